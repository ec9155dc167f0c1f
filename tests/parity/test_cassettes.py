"""Cassettes of vcrpy are read by vcrpy, and their HTTP becomes calls of botocore's terms."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import vcr

from membership_mock import UsageError, parity
from membership_mock.services import SERVICES
from tests.parity.conftest import ADMIN, MEMBER, REGION, session

HOST = f"https://securityhub.{REGION}.amazonaws.com"


def interaction(
    method: str,
    url: str,
    *,
    key: str | None = ADMIN,
    service: str = "securityhub",
    sent: Any = None,
    status: int = 200,
    answer: Any = None,
    error: str | None = None,
) -> dict[str, Any]:
    """Return an entry of a cassette, as vcrpy writes it."""
    headers = {"User-Agent": ["Boto3"]}
    if key is not None:
        signed = f"AWS4-HMAC-SHA256 Credential={key}/20240102/{REGION}/{service}/aws4_request"
        headers["Authorization"] = [f"{signed}, SignedHeaders=host, Signature=0"]
    return {
        "request": {
            "method": method,
            "uri": url,
            "headers": headers,
            "body": None if sent is None else json.dumps(sent),
        },
        "response": {
            "status": {"code": status, "message": "?"},
            "headers": {
                "Content-Type": ["application/json"],
                **({"x-amzn-ErrorType": [error]} if error else {}),
            },
            "body": {"string": json.dumps({} if answer is None else answer)},
        },
    }


def cassette(folder: Path, *interactions: Any) -> Path:
    """Write a cassette in JSON."""
    file = folder / "cassette.json"
    told = {"version": 1, "interactions": list(interactions)}
    file.write_text(json.dumps(told), encoding="utf-8")
    return file


def test_what_vcrpy_records_of_two_accounts_is_answered_alike(server: str, tmp_path: Path) -> None:
    file = tmp_path / "invitation.yaml"
    with vcr.use_cassette(str(file)):
        admin = session(ADMIN).client("securityhub", endpoint_url=server)
        member = session(MEMBER).client("securityhub", endpoint_url=server)
        admin.enable_security_hub(Tags={"Team": "blue"})
        member.enable_security_hub()
        admin.create_members(AccountDetails=[{"AccountId": MEMBER}])
        admin.invite_members(AccountIds=[MEMBER])
        (invitation,) = member.list_invitations()["Invitations"]
        member.accept_administrator_invitation(
            AdministratorId=ADMIN, InvitationId=invitation["InvitationId"]
        )
        admin.list_members(OnlyAssociated=True, MaxResults=5)
        arn = admin.describe_hub()["HubArn"]
        admin.list_tags_for_resource(ResourceArn=arn)
        with pytest.raises(admin.exceptions.ClientError):
            member.disable_security_hub()
        rooms = session(ADMIN).client("cleanrooms", endpoint_url=server)
        with pytest.raises(rooms.exceptions.AccessDeniedException):
            rooms.get_collaboration(collaborationIdentifier="aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
        session(ADMIN).client("sts", endpoint_url=server).get_caller_identity()

    report = parity.check(file)

    assert [each.call.operation for each in report.results] == [
        "EnableSecurityHub",
        "EnableSecurityHub",
        "CreateMembers",
        "InviteMembers",
        "ListInvitations",
        "AcceptAdministratorInvitation",
        "ListMembers",
        "DescribeHub",
        "ListTagsForResource",
        "DisableSecurityHub",
        "GetCollaboration",
    ]
    report.assert_equal()
    assert {each.account for each in report.results} == {ADMIN, MEMBER}
    assert report.results[6].call.parameters == {"OnlyAssociated": True, "MaxResults": 5}
    assert report.skipped == {f"sts is not one of {', '.join(SERVICES)}": 1}


def test_hosts_of_aws_tell_service_and_region_where_signatures_were_removed(tmp_path: Path) -> None:
    file = cassette(
        tmp_path,
        interaction("POST", f"{HOST}/accounts", key=None),
        interaction("GET", f"{HOST}/invitations/count", key=None, answer={"InvitationsCount": 0}),
        interaction(
            "POST",
            "https://security-ir.us-west-2.api.aws/v1/memberships",
            key=None,
            answer={"items": []},
        ),
        interaction("GET", "https://s3.eu-west-1.amazonaws.com/bucket", key=None),
        interaction("GET", "https://example.com/hub", key=None),
    )
    report = parity.check(file, account=MEMBER)
    report.assert_equal()
    assert {(each.account, each.region) for each in report.results} == {
        (MEMBER, REGION),
        (MEMBER, "us-west-2"),
    }
    assert sum(report.skipped.values()) == 2


def test_access_key_ids_of_several_accounts_have_to_be_told(tmp_path: Path) -> None:
    first, second = "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"
    file = cassette(
        tmp_path,
        interaction("POST", f"{HOST}/accounts", key=first),
        interaction("POST", f"{HOST}/accounts", key=second),
    )
    with pytest.raises(UsageError, match=f"the accounts of {second}, {first} are not known"):
        parity.check(file)
    report = parity.check(file, accounts={first: ADMIN, second: MEMBER})
    report.assert_equal()
    assert [each.account for each in report.results] == [ADMIN, MEMBER]


def test_transient_answers_are_skipped_and_counted(tmp_path: Path) -> None:
    file = cassette(
        tmp_path,
        interaction(
            "POST",
            f"{HOST}/accounts",
            status=429,
            error="TooManyRequestsException",
            answer={"Message": "Rate exceeded"},
        ),
        interaction("POST", f"{HOST}/accounts"),
    )
    report = parity.check(file)
    report.assert_equal()
    assert list(report.skipped.values()) == [1]


def test_a_refused_request_is_kept_with_what_the_client_has_sent(tmp_path: Path) -> None:
    file = cassette(
        tmp_path,
        interaction("POST", f"{HOST}/accounts"),
        interaction(
            "POST",
            f"{HOST}/findings",
            sent={"Filters": {"CreatedAt": [{"DateRange": {"Value": "7", "Unit": "DAYS"}}]}},
            status=400,
            error="InvalidInputException",
            answer={
                "Code": "InvalidInputException",
                "Message": "Invalid Filters in the input:"
                " data.CreatedAt[0].DateRange.Value should be number",
            },
        ),
    )
    parity.check(file).assert_equal()


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"request": {"method": "GET"}, "response": {}}, "cassette.json: this is not a cassette"),
        (
            {**interaction("GET", f"{HOST}/accounts"), "response": {"status": {"code": 200}}},
            "cassette.json, interaction 2: the interaction is malformed: KeyError",
        ),
        (
            {
                **interaction("POST", f"{HOST}/findings"),
                "request": {
                    **interaction("POST", f"{HOST}/findings")["request"],
                    "body": "[1]",
                },
            },
            "cassette.json, interaction 2: .*the body of the request is not a JSON object",
        ),
    ],
)
def test_a_malformed_cassette_is_named_with_its_entry(
    tmp_path: Path, broken: Any, message: str
) -> None:
    file = cassette(tmp_path, interaction("POST", f"{HOST}/accounts"), broken)
    with pytest.raises(UsageError, match=message):
        parity.check(file)


@pytest.mark.parametrize("module", ["vcr", "placebo"])
def test_without_the_library_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    for name in [each for each in sys.modules if each.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    recording = tmp_path if module == "placebo" else cassette(tmp_path)
    with pytest.raises(UsageError, match=r"pip install 'membership-mock\[parity\]'"):
        parity.read(recording)
