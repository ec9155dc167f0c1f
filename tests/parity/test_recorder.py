"""Recordings of real calls hold no names and no secrets, and nothing is kept unseen."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from membership_mock import MembershipMock, UsageError, mock_membership, parity
from tests.parity.conftest import REGION, session

A, B = "321321321321", "654654654654"
PRIVATE = (
    *("Anastasia", "Robert Smith", "acme.example", "Acme Response", "blue-team", "Sneaky"),
    *("stolen.txt", "203.0.113.77", "acme-bucket", "prod-role", "Publishing House", A, B),
)


@pytest.fixture
def mock() -> Iterator[MembershipMock]:
    """A running mock, which stands for AWS."""
    with mock_membership() as running:
        yield running


def a_day_at_work(mock: MembershipMock) -> dict[str, str]:
    """Make calls of two accounts to all three services, and return the secrets in them."""
    ir = mock.client("security-ir", account=A, region=REGION)
    membership = ir.create_membership(
        membershipName="Acme Response",
        incidentResponseTeam=[
            {"name": "Anastasia", "jobTitle": "Lead", "email": "anastasia@acme.example"},
            {"name": "Robert Smith", "jobTitle": "Analyst", "email": "robert@acme.example"},
        ],
        tags={"team": "blue-team"},
    )["membershipId"]
    ir.get_membership(membershipId=membership)
    case = ir.create_case(
        resolverType="Self",
        title="Sneaky access",
        description="Anastasia saw 203.0.113.77 use prod-role.",
        engagementType="Security Incident",
        reportedIncidentStartDate="2026-01-02T03:04:00Z",
        impactedAccounts=[B],
        threatActorIpAddresses=[{"ipAddress": "203.0.113.77", "userAgent": "Sneaky/1.0"}],
        watchers=[],
    )["caseId"]
    ir.get_case(caseId=case)
    url = ir.get_case_attachment_upload_url(caseId=case, fileName="stolen.txt", contentLength=3)
    with pytest.raises(ir.exceptions.ResourceNotFoundException):
        ir.get_case(caseId="1234567890")

    rooms = mock.client("cleanrooms", account=A, region=REGION)
    room = rooms.create_collaboration(
        name="Anastasia and friends",
        description="Ask robert@acme.example.",
        creatorDisplayName="Acme",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[{"accountId": B, "displayName": "Publishing House", "memberAbilities": []}],
        queryLogStatus="DISABLED",
    )["collaboration"]
    rooms.create_membership(
        collaborationIdentifier=room["id"],
        queryLogStatus="DISABLED",
        defaultResultConfiguration={
            "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": "acme-bucket"}},
            "roleArn": f"arn:aws:iam::{A}:role/prod-role",
        },
    )
    partner = mock.client("cleanrooms", account=B, region=REGION)
    partner.get_collaboration(collaborationIdentifier=room["id"])
    partner.list_members(collaborationIdentifier=room["id"])
    rooms.list_tags_for_resource(resourceArn=room["arn"])

    hub = mock.client("securityhub", account=A, region=REGION)
    hub.enable_security_hub()
    hub.create_members(AccountDetails=[{"AccountId": B, "Email": "robert@acme.example"}])
    hub.get_members(AccountIds=[B])
    hub.enable_import_findings_for_product(
        ProductArn=f"arn:aws:securityhub:{REGION}:517716713836:product/crowdstrike/crowdstrike-falcon"
    )
    return {"url": url["attachmentPresignedUrl"], "id": room["id"], "case": case}


def test_what_was_recorded_is_answered_alike_and_shows_nothing_private(
    mock: MembershipMock, tmp_path: Path
) -> None:
    file = tmp_path / "day.jsonl"
    with parity.record(file, keep=False) as recorder:
        found = a_day_at_work(mock)
    recorder.keep()
    mock.stop()
    try:
        text = file.read_text(encoding="utf-8")
        assert [each for each in PRIVATE if each in text] == []
        assert [name for name, each in found.items() if each in text] == []
        assert "Signature" not in text
        assert "X-Amz" not in text
        assert "<secret>" in text
        assert "517716713836:product/crowdstrike" in text  # public, and the mock has to know it
        report = parity.check(file)
        report.assert_equal()
        assert len(report.checked) == len(recorder) == 15
        assert {each.account for each in report.results} == {"1" * 12, "2" * 12}
    finally:
        mock.start()


def test_the_same_thing_has_the_same_name_in_every_call(
    mock: MembershipMock, tmp_path: Path
) -> None:
    with parity.record(tmp_path / "day.jsonl", keep=False) as recorder:
        a_day_at_work(mock)
    calls = {each.operation: each for each in recorder.recording.calls}
    created, read = calls["CreateMembership"], calls["GetCollaboration"]
    assert read.answer is not None
    assert created.parameters["collaborationIdentifier"] == read.answer["collaboration"]["id"]
    assert read.answer["collaboration"]["arn"].split(":")[4] == created.account
    team = recorder.recording.calls[0].parameters["incidentResponseTeam"]
    case = recorder.recording.calls[2].parameters
    # a name is found inside of another text too, an address of the case in its list
    assert calls["CreateCollaboration"].parameters["name"] != "Anastasia and friends"
    assert team[0]["name"].startswith("name-")
    assert case["threatActorIpAddresses"][0]["ipAddress"].startswith("192.0.2.")


def test_the_preview_shows_what_is_replaced_and_the_file_but_no_secret(
    mock: MembershipMock, tmp_path: Path
) -> None:
    shown: list[str] = []
    with parity.record(tmp_path / "day.jsonl", keep=lambda text: bool(shown.append(text))):
        found = a_day_at_work(mock)
    (preview,) = shown
    assert preview.startswith("15 calls would be written to ")
    assert f"'{A}' -> '111111111111'" in preview
    assert "'anastasia@acme.example' -> 'person1@example.com'" in preview
    assert '"operation": "CreateCollaboration", "account": "111111111111"' in preview
    assert found["url"] not in preview
    assert not (tmp_path / "day.jsonl").exists()  # the function has said no


@pytest.mark.parametrize(
    ("typed", "terminal", "kept"), [("y\n", True, True), ("\n", True, False), ("y\n", False, False)]
)
def test_by_default_the_terminal_is_asked(
    mock: MembershipMock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    terminal: bool,
    kept: bool,
) -> None:
    answers = io.StringIO(typed)
    monkeypatch.setattr(answers, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stdin", answers)
    file = tmp_path / "hub.jsonl"
    with parity.record(file):
        mock.client("securityhub", account=A).enable_security_hub()
    shown = capsys.readouterr().err
    assert "1 calls would be written" in shown
    assert ("Keep this in" in shown) is terminal
    assert ("no terminal to ask" in shown) is not terminal
    assert file.exists() is kept


def test_only_the_named_services_are_recorded_and_every_client_is_as_it_was_afterwards(
    mock: MembershipMock, tmp_path: Path
) -> None:
    original = BaseClient._make_api_call
    hub = mock.client("securityhub", account=A)  # a client that is older than the recorder
    organizations = mock.client("organizations", account=A)
    with parity.record(tmp_path / "a.jsonl", keep=False) as all_three:
        with parity.record(tmp_path / "b.jsonl", services=["organizations"], keep=False) as other:
            organizations.create_organization(FeatureSet="ALL")
            hub.enable_security_hub()
        hub.describe_hub()
    hub.get_findings()
    assert [each.operation for each in all_three.recording.calls] == [
        "EnableSecurityHub",
        "DescribeHub",
    ]
    assert [each.operation for each in other.recording.calls] == ["CreateOrganization"]
    assert BaseClient._make_api_call is original


def test_nothing_that_a_finding_tells_of_its_owner_is_written(
    mock: MembershipMock, tmp_path: Path
) -> None:
    canaries = iter(range(1000))

    def canary() -> str:
        return f"canary {next(canaries)}"

    finding = {
        "SchemaVersion": "2018-10-08",
        "Id": canary(),
        "ProductArn": f"arn:aws:securityhub:{REGION}:{A}:product/{A}/default",
        "GeneratorId": canary(),
        "AwsAccountId": A,
        "Types": ["Software and Configuration Checks/Vulnerabilities/CVE"],
        "CreatedAt": "2026-01-02T03:04:05Z",
        "UpdatedAt": "2026-01-02T03:04:05Z",
        "Severity": {"Label": "HIGH", "Original": canary()},
        "Title": canary(),
        "Description": f"See {canary()} at https://wiki.acme.example/x and i-0abc1234def567890.",
        "Resources": [
            {
                "Type": "AwsEc2Instance",
                "Id": f"arn:aws:ec2:{REGION}:{A}:instance/i-0abc1234def567890",
                "Tags": {canary(): canary()},
                "Details": {
                    "AwsEc2Instance": {"KeyName": canary(), "IpV4Addresses": ["203.0.113.9"]},
                    "Other": {canary(): canary()},
                },
            }
        ],
        "UserDefinedFields": {canary(): canary()},
        "ProductFields": {"aws/securityhub/x": "aws/x", "team": canary()},
        "Note": {"Text": canary(), "UpdatedBy": canary(), "UpdatedAt": "2026-01-02T03:04:05Z"},
        "Network": {"SourceDomain": canary(), "Direction": "IN"},
        "Process": {"Name": canary(), "Path": canary()},
        "Remediation": {"Recommendation": {"Text": canary(), "Url": "https://acme.example/fix"}},
    }
    hub = mock.client("securityhub", account=A, region=REGION)
    file = tmp_path / "finding.jsonl"
    with parity.record(file, keep=True):
        hub.enable_security_hub()
        assert hub.batch_import_findings(Findings=[finding])["FailedCount"] == 0
        filters = {"Title": [{"Value": finding["Title"], "Comparison": "EQUALS"}]}
        assert len(hub.get_findings(Filters=filters)["Findings"]) == 1
    mock.stop()
    try:
        text = file.read_text(encoding="utf-8")
        for each in ("canary", "acme", "203.0.113", "0abc1234", A):
            assert each not in text, each
        for each in ("AwsEc2Instance", "Vulnerabilities/CVE", '"HIGH"', '"EQUALS"', '"IN"'):
            assert each in text, each
        parity.check(file).assert_equal()
    finally:
        mock.start()


def test_calls_of_many_threads_are_all_recorded(mock: MembershipMock, tmp_path: Path) -> None:
    accounts = [f"{n}" * 12 for n in range(1, 7)]
    clients = {each: mock.client("securityhub", account=each, region=REGION) for each in accounts}

    def work(account: str) -> None:
        clients[account].enable_security_hub()
        for _ in range(4):
            clients[account].describe_hub()

    with (
        parity.record(tmp_path / "a.jsonl", keep=False) as recorder,
        ThreadPoolExecutor(len(accounts)) as pool,
    ):
        list(pool.map(work, accounts))
    calls = recorder.recording.calls
    assert len(calls) == len(recorder) == 30
    for call in calls:
        if call.answer:
            assert call.answer["HubArn"].split(":")[4] == call.account


def test_the_account_of_temporary_credentials_is_asked_of_sts(
    mock: MembershipMock, tmp_path: Path
) -> None:
    sts = mock.client("sts", account=A, region=REGION)
    assumed = sts.assume_role(RoleArn=f"arn:aws:iam::{B}:role/audit", RoleSessionName="audit")
    keys = assumed["Credentials"]
    hub = boto3.client(
        "securityhub",
        region_name=REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    own = mock.client("securityhub", account=A, region=REGION)
    with parity.record(tmp_path / "a.jsonl", keep=False) as recorder:
        hub.enable_security_hub()
        own.enable_security_hub()
    assert [each.account for each in recorder.recording.calls] == ["1" * 12, "2" * 12]
    text = recorder.preview()
    assert keys["SecretAccessKey"] not in text
    assert keys["AccessKeyId"] not in text


def test_calls_to_a_real_endpoint_are_recorded(server: str, tmp_path: Path) -> None:
    file = tmp_path / "real.jsonl"
    with parity.record(file, keep=True):
        hub = session(A).client("securityhub", endpoint_url=server)
        with pytest.raises(hub.exceptions.InvalidAccessException):
            hub.describe_hub()
        hub.enable_security_hub()
        hub.describe_hub()
    parity.check(file).assert_equal()
    first = json.loads(file.read_text(encoding="utf-8").splitlines()[1])
    assert first["error"]["message"] == "Account 111111111111 is not subscribed to AWS Security Hub"
    assert first["status"] == 401


def test_secrets_in_members_and_texts_are_never_written() -> None:
    from membership_mock.parity.anonymizer import Anonymizer

    sent: dict[str, Any] = {
        "ClientSecret": "hunter2",
        "SecretArn": f"arn:aws:secretsmanager:eu-west-1:{A}:secret:prod-db",
        "Password": "swordfish",
        "Link": "https://x.s3.amazonaws.com/k?X-Amz-Signature=abc",
        "Note": "the key AKIAIOSFODNN7EXAMPLE has leaked",
    }
    anonymizer = Anonymizer()
    anonymizer.learn(sent, None, None)
    written = json.dumps(anonymizer.applied(sent, None))
    for each in ("hunter2", "swordfish", "abc", "AKIAIOSFODNN7EXAMPLE", "prod-db", A):
        assert each not in written, each
    assert anonymizer.applied(sent, None)["SecretArn"] == (
        "arn:aws:secretsmanager:eu-west-1:111111111111:secret:name-1"
    )


def test_mistakes_are_told_before_anything_is_called(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="the file exists"), parity.record(tmp_path / "a.jsonl"):
        pass
    with (
        pytest.raises(UsageError, match="no service 'securityhubb'; nearest: 'securityhub'"),
        parity.record(tmp_path / "b.jsonl", services=["securityhubb"]),
    ):
        pass


def test_the_end_of_an_id_is_no_account() -> None:
    from membership_mock.parity.anonymizer import Anonymizer

    uuid = "0c280205-2a50-42e0-9b86-123456789012"
    sent = {"roomArn": f"arn:aws:cleanrooms:eu-west-1:{A}:collaboration/{uuid}", "id": uuid}
    anonymizer = Anonymizer()
    anonymizer.learn(sent, None, None)
    assert anonymizer.applied(sent, None) == {
        "roomArn": "arn:aws:cleanrooms:eu-west-1:111111111111:collaboration/"
        "00000000-0000-4000-8000-000000000001",
        "id": "00000000-0000-4000-8000-000000000001",
    }
