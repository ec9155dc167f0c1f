"""Findings of Security Hub V2: one store, shown in OCSF."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from membership_mock.errors import UsageError
from tests.securityhub.findings.finding_samples import product
from tests.securityhub.samples import ADMIN, IRELAND, OHIO, refused
from tests.securityhub.v2.ocsf import finding, imported, names, only, walked
from tests.securityhub.v2.samples import FRANKFURT, World

MODIFIED = "finding_info.modified_time_dt"


def test_an_imported_finding_is_shown_in_ocsf(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    imported(
        client,
        finding(Note={"Text": "Look here", "UpdatedBy": "me", "UpdatedAt": "2026-02-01T00:00:00Z"}),
    )
    shown = only(client)
    uid = shown["metadata"]["uid"]
    assert re.fullmatch(r"[0-9a-f]{64}", uid)
    assert shown["class_uid"] == 2004
    assert shown["type_uid"] == 200401
    assert shown["type_name"] == "Detection Finding: Create"
    assert (shown["severity"], shown["severity_id"]) == ("High", 4)
    assert (shown["status"], shown["status_id"]) == ("New", 1)
    assert shown["comment"] == "Look here"
    assert shown["metadata"]["product"]["uid"] == product().replace("product/", "productv2/", 1)
    assert shown["metadata"]["product"]["feature"] == {"uid": "scanner"}
    assert shown["cloud"]["account"]["uid"] == ADMIN
    assert shown["finding_info"]["created_time"] == 1769904000000
    assert shown["finding_info"][MODIFIED.partition(".")[2]] == "2026-02-01T00:00:00.000Z"
    assert shown["time_dt"] == shown["finding_info"]["modified_time_dt"]
    assert shown["resources"] == [
        {
            "owner": {"account": {"uid": ADMIN}},
            "provider": "AWS",
            "type": "AWS::EC2::Instance",
            "uid": "i-1",
        }
    ]
    assert shown["vendor_attributes"] == {"severity": "High", "severity_id": 4}


def test_the_keys_of_a_document_are_sorted_at_every_level(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding())

    def check(value: Any) -> None:
        if isinstance(value, dict):
            assert list(value) == sorted(value)
            assert None not in value.values()
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, (dict, list)):
                check(each)

    check(only(client))


@pytest.mark.parametrize(
    ("fields", "class_uid", "own_type"),
    [
        ({"Vulnerabilities": [{"Id": "CVE-2026-1"}]}, 2002, "Vulnerabilities"),
        ({"Compliance": {"Status": "FAILED", "SecurityControlId": "S3.1"}}, 2003, "Posture"),
        ({"Compliance": {"Status": "FAILED"}}, 2003, None),
        ({"Types": ["Sensitive Data Identifications/PII"]}, 2006, "Sensitive Data"),
        ({"Types": ["TTPs/Discovery"]}, 2004, None),
    ],
)
def test_what_a_finding_is_about_decides_its_class(
    hub_v2: Callable[..., Any], fields: Any, class_uid: int, own_type: str | None
) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding(**fields))
    shown = only(client)
    assert shown["class_uid"] == class_uid
    assert shown["type_uid"] == class_uid * 100 + 1
    types = shown["finding_info"]["types"]
    given = fields.get("Types") or ["Software and Configuration Checks/Vulnerabilities/CVE"]
    assert types[0] == given[0]
    assert (len(types) > 1) == (own_type is not None)
    assert own_type is None or types[-1].startswith(own_type)


def test_a_control_finding_shows_its_control_and_no_feature(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    imported(
        client,
        finding(
            Compliance={
                "Status": "FAILED",
                "SecurityControlId": "S3.1",
                "AssociatedStandards": [{"StandardsId": "ruleset/cis"}],
                "RelatedRequirements": ["CIS 1.1"],
                "StatusReasons": [{"ReasonCode": "CONFIG", "Description": "No."}],
                "SecurityControlParameters": [{"Name": "days", "Value": ["90"]}],
            }
        ),
    )
    shown = only(client)
    assert "feature" not in shown["metadata"]["product"]
    assert shown["compliance"] == {
        "assessments": [{"desc": "No.", "meets_criteria": False, "name": "CONFIG"}],
        "control": "S3.1",
        "control_parameters": {"days": "90"},
        "requirements": ["CIS 1.1"],
        "standards": ["ruleset/cis"],
        "status": "Fail",
        "status_id": 3,
    }


def test_a_vulnerability_shows_packages_and_scores(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    imported(
        client,
        finding(
            Vulnerabilities=[
                {
                    "Id": "CVE-2026-1",
                    "EpssScore": 0.25,
                    "FixAvailable": "PARTIAL",
                    "ExploitAvailable": "NO",
                    "Cvss": [{"Version": "3.1", "BaseScore": 9.8, "Source": "NVD"}],
                    "VulnerablePackages": [
                        {"Name": "openssl", "Version": "1", "Epoch": "1", "PackageManager": "OS"}
                    ],
                    "CodeVulnerabilities": [{"FilePath": {"FilePath": "a.py"}}],
                }
            ]
        ),
    )
    (shown,) = only(client)["vulnerabilities"]
    assert shown["cve"] == {
        "cvss": [{"base_score": 9.8, "vendor_name": "NVD", "version": "3.1"}],
        "epss": {"score": "0.25"},
        "uid": "CVE-2026-1",
    }
    assert (shown["fix_coverage"], shown["fix_coverage_id"]) == ("Partial", 2)
    assert (shown["is_fix_available"], shown["is_exploit_available"]) == (True, False)
    assert shown["affected_packages"] == [
        {"epoch": 1, "name": "openssl", "package_manager": "OS", "version": "1"}
    ]
    assert shown["affected_code"] == [{"file": {"path": "a.py"}}]


@pytest.mark.parametrize(
    ("kind", "named", "shown"),
    [
        ("AwsAccount", f"AWS::::Account:{ADMIN}", ("AWS::::Account", ADMIN, None)),
        ("AwsS3Bucket", "arn:aws:s3:::logs", ("AWS::S3::Bucket", "logs", "arn:aws:s3:::logs")),
        ("AwsRdsDbInstance", "db", ("AWS::RDS::DBInstance", "db", None)),
        ("AwsEc2Vpc", "vpc-1", ("AWS::EC2::VPC", "vpc-1", None)),
        ("AwsLambdaFunction", "f", ("AWS::Lambda::Function", "f", None)),
        ("Container", "c", ("Container", "c", None)),
    ],
)
def test_resources_have_the_types_of_aws_config(
    hub_v2: Callable[..., Any], kind: str, named: str, shown: Any
) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding(Resources=[{"Type": kind, "Id": named, "Tags": {"a": "b"}}]))
    (resource,) = only(client)["resources"]
    assert (resource["type"], resource["uid"], resource.get("uid_alt")) == shown
    assert resource["tags"] == [{"name": "a", "value": "b"}]


def test_evidence_is_taken_from_action_and_network(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    remote = {
        "IpAddressV4": "198.51.100.1",
        "City": {"CityName": "Oslo"},
        "Organization": {"Asn": 64496, "AsnOrg": "Example"},
    }
    call = {"Api": "ListBuckets", "ServiceName": "s3.amazonaws.com", "RemoteIpDetails": remote}
    imported(
        client,
        finding(
            Action={"ActionType": "AWS_API_CALL", "AwsApiCallAction": call},
            Network={"Direction": "IN", "DestinationPort": 22, "SourceIpV4": "203.0.113.5"},
        ),
    )
    first, second = only(client)["evidences"]
    assert first["api"] == {
        "operation": "ListBuckets",
        "service": {"name": "s3.amazonaws.com"},
    }
    assert first["src_endpoint"]["autonomous_system"] == {"name": "Example", "number": 64496}
    assert second["dst_endpoint"] == {"port": 22}
    assert second["src_endpoint"] == {"ip": "203.0.113.5"}


# --- versions, and the two views ---


def test_the_uid_of_a_finding_stays_while_its_activity_changes(
    hub_v2: Callable[..., Any],
) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding())
    first = only(client)
    imported(client, finding(UpdatedAt="2026-02-02T00:00:00Z", Title="Still open"))
    second = only(client)
    imported(client, finding(UpdatedAt="2026-02-03T00:00:00Z", RecordState="ARCHIVED"))
    third = only(client)
    assert first["metadata"]["uid"] == second["metadata"]["uid"] == third["metadata"]["uid"]
    assert [each["activity_name"] for each in (first, second, third)] == [
        "Create",
        "Update",
        "Close",
    ]
    assert second["finding_info"]["title"] == "Still open"
    assert (third["status"], third["status_id"]) == ("Archived", 5)


def test_what_was_imported_before_the_hub_is_shown_too(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    imported(client, finding("before"))
    client.enable_security_hub_v2()
    imported(client, finding("after"))
    assert sorted(names(client)) == ["after", "before"]


def test_what_customers_set_stays_with_the_service_they_set_it_through(
    hub_v2: Callable[..., Any],
) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding())
    uid = only(client)["metadata"]["uid"]
    client.batch_update_findings(
        FindingIdentifiers=[{"Id": "one", "ProductArn": product()}],
        Workflow={"Status": "SUPPRESSED"},
        Severity={"Label": "LOW"},
        Note={"Text": "older", "UpdatedBy": "me"},
    )
    assert only(client)["status"] == "New"
    assert only(client)["severity"] == "High"
    client.batch_update_findings_v2(MetadataUids=[uid], StatusId=4, SeverityId=5, Comment="newer")
    (older,) = client.get_findings()["Findings"]
    assert older["Workflow"] == {"Status": "SUPPRESSED"}
    assert older["Severity"]["Label"] == "LOW"
    assert older["Note"]["Text"] == "older"


def test_disabling_the_hub_forgets_edits_and_keeps_imported_findings(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding())
    membership_mock.aws_side(account=ADMIN, region=IRELAND).ocsf_finding()
    for one in client.get_findings_v2()["Findings"]:
        client.batch_update_findings_v2(MetadataUids=[one["metadata"]["uid"]], StatusId=4)
    client.disable_security_hub_v2()
    text = f"Security Hub V2 is not enabled for {ADMIN}"
    assert refused(client.get_findings_v2) == ("ConflictException", 409, text)
    client.enable_security_hub_v2()
    assert (only(client)["finding_info"]["uid"], only(client)["status"]) == ("one", "New")


def test_a_finding_is_kept_for_ninety_days_after_the_latest_update_of_either_service(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding())
    aws = membership_mock.aws_side(account=ADMIN, region=IRELAND)
    other = aws.ocsf_finding({"finding_info": {"uid": "written"}})
    uid = next(
        one["metadata"]["uid"]
        for one in client.get_findings_v2()["Findings"]
        if one["finding_info"]["uid"] == "one"
    )
    membership_mock.clock.advance(days=60)
    client.batch_update_findings_v2(MetadataUids=[uid], Comment="still there")
    membership_mock.clock.advance(days=60)
    assert names(client) == ["one"]
    assert [one["Id"] for one in client.get_findings()["Findings"]] == ["one"]
    membership_mock.clock.advance(days=60)
    assert names(client) == []
    answer = client.batch_update_findings_v2(MetadataUids=[uid, other], Comment="gone")
    assert len(answer["UnprocessedFindings"]) == 2


@pytest.mark.parametrize("seen_first", [False, True])
def test_an_archived_finding_is_gone_from_both_services_after_thirty_days(
    hub_v2: Callable[..., Any], membership_mock: Any, seen_first: bool
) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding("kept"), finding("archived", RecordState="ARCHIVED"))
    shown = {
        one["finding_info"]["uid"]: one["metadata"]["uid"]
        for one in (client.get_findings_v2()["Findings"] if seen_first else ())
    }
    membership_mock.clock.advance(days=31)
    assert [one["Id"] for one in client.get_findings()["Findings"]] == ["kept"]
    assert names(client) == ["kept"]
    if seen_first:
        answer = client.batch_update_findings_v2(MetadataUids=[shown["archived"]], StatusId=4)
        assert answer["UnprocessedFindings"][0]["ErrorCode"] == "ResourceNotFoundException"


def test_a_finding_of_a_control_is_resolved_when_it_passes_and_new_when_it_fails(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    client = hub_v2(ADMIN)
    client.enable_security_hub()
    aws = membership_mock.aws_side(account=ADMIN, region=IRELAND)
    shown = []
    for outcome in ("PASSED", "FAILED", "PASSED"):
        aws.evaluate_control("S3.1", outcome)
        finding_now = only(client)
        shown.append((finding_now["status"], finding_now["compliance"]["status"]))
    assert shown == [("Resolved", "Pass"), ("New", "Fail"), ("Resolved", "Pass")]
    assert only(client)["metadata"]["product"]["name"] == "Security Hub"
    assert only(client)["finding_info"]["types"][-1] == "Posture Management"


@pytest.mark.parametrize("shown_before", [False, True])
def test_a_finding_of_a_disabled_control_is_closed(
    hub_v2: Callable[..., Any], membership_mock: Any, shown_before: bool
) -> None:
    client = hub_v2(ADMIN)
    client.enable_security_hub()
    membership_mock.aws_side(account=ADMIN, region=IRELAND).evaluate_control("S3.1", "FAILED")
    if shown_before:
        assert only(client)["activity_name"] == "Create"
        (resource,) = client.get_resources_v2()["Resources"]
        assert resource["FindingsSummary"][0]["TotalFindings"] == 1
    standards = client.get_enabled_standards()["StandardsSubscriptions"]
    client.batch_disable_standards(
        StandardsSubscriptionArns=[one["StandardsSubscriptionArn"] for one in standards]
    )
    assert client.get_findings()["Findings"][0]["RecordState"] == "ARCHIVED"
    shown = only(client)
    assert (shown["activity_name"], shown["status"]) == ("Close", "Archived")
    assert client.get_resources_v2()["Resources"][0]["FindingsSummary"] == []


# --- findings that a test writes ---


def test_a_written_finding_is_completed_and_updated(
    hub_v2: Callable[..., Any], membership_mock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    client = hub_v2(ADMIN)
    aws = membership_mock.aws_side(account=ADMIN, region=IRELAND)
    given = {"finding_info": {"uid": "risk-1", "title": "Open to the world"}, "impact": "High"}
    uid = aws.ocsf_finding(given, kind="exposure", severity="Critical")
    shown = only(client)
    assert shown["metadata"]["uid"] == uid
    assert shown["severity_id"] == 5
    assert shown["impact"] == "High"
    assert shown["metadata"]["product"]["name"] == "Security Hub Exposure Detection"
    assert aws.ocsf_finding(given, kind="exposure", severity="Low") == uid
    assert only(client)["type_name"] == "Detection Finding: Update"
    aws.close_ocsf_finding(uid)
    assert only(client)["activity_name"] == "Close"
    assert len(membership_mock.calls.filter(operation="GetFindingsV2")) == 3
    client.enable_security_hub()
    assert client.get_findings()["Findings"] == []
    imported(client, finding())
    membership_mock.show()
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines.count("findings: 1") == lines.count("findings written in OCSF: 1") == 1


def test_both_spellings_of_a_written_time_agree(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    client = hub_v2(ADMIN)
    aws = membership_mock.aws_side(account=ADMIN, region=IRELAND)
    aws.ocsf_finding(
        {
            "finding_info": {
                "created_time": 1767225600000,
                "modified_time_dt": "2026-01-02T00:00:00Z",
            }
        }
    )
    shown = only(client)
    info = shown["finding_info"]
    assert info["created_time_dt"] == "2026-01-01T00:00:00.000Z"
    assert (info["modified_time"], shown["time"]) == (1767312000000, 1767312000000)
    assert shown["time_dt"] == "2026-01-02T00:00:00.000Z"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"severity": "high"}, "'high' is no severity: Unknown, Informational"),
        ({"severity_id": 42}, "42 is no severity_id: 0, 1"),
        ({"status": "NEW"}, "'NEW' is no status: Unknown, New"),
        ({"finding_info": {"modified_time_dt": "noon"}}, "'noon' is no modified_time_dt"),
        ({"finding_info": {"created_time": 10**20}}, "is no created_time: it is too far"),
        ({"finding_info": {"first_seen_time": "noon"}}, "first_seen_time is a whole number"),
        ({"finding_info": {"title": 3}}, "finding_info.title is text, not 3"),
        ({"finding_info": 3}, "finding_info is a mapping, not 3"),
        ({"severity": {"a": 1}}, "severity is text, not {'a': 1}"),
        ({"metadata": None}, "metadata cannot be None; leave it out"),
        ({"metadata": {"product": {"uid": ""}}}, "metadata.product.uid is empty"),
        ({"resources": {}}, "resources is a list, not {}"),
        ({"resources": [1]}, r"resources\[0\] is a mapping, not 1"),
        ({"resources": [{"uid": 1}]}, r"resources\[0\].uid is text, not 1"),
        ({"class_uid": "2004"}, "'2004' is no class_uid: 2002"),
        ({"activity_id": None}, "None is no activity_id: 0, 1, 2, 3, 99"),
        ({"unmapped": {1: 2}}, "the name 1 in unmapped is not text"),
        ({"score": float("nan")}, "score is nan, which JSON does not have"),
        ({"tags": {"a", "b"}}, "which is not a value of JSON"),
        ({"document": [1]}, r"document: \[1\] is not a mapping"),
        ({"kind": None}, "kind: None is not text"),
        ({"kind": "exposures"}, "nearest: 'exposure'"),
    ],
)
def test_a_finding_cannot_be_written_with_values_that_do_not_exist(
    hub_v2: Callable[..., Any], membership_mock: Any, fields: dict[str, Any], named: str
) -> None:
    client = hub_v2(ADMIN)
    aws = membership_mock.aws_side(account=ADMIN, region=IRELAND)
    with pytest.raises(UsageError, match=named):
        aws.ocsf_finding(**fields)
    assert client.get_findings_v2()["Findings"] == []
    assert client.get_resources_v2()["Resources"] == []


def test_coverage_findings_have_the_marks_of_recorded_ones(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    client = hub_v2(ADMIN)
    membership_mock.aws_side(account=ADMIN, region=IRELAND).ocsf_finding(kind="coverage")
    shown = only(client)
    assert shown["class_uid"] == 2003
    assert shown["metadata"]["product"]["feature"] == {"uid": "security-hub/Coverage"}
    assert shown["resources"][0]["uid"] == ADMIN


# --- who sees what ---


def test_the_administrator_sees_members_and_members_see_themselves(led: World) -> None:
    clients = {one: led.client(one) for one in (led.security, led.first, led.second)}
    for account, client in clients.items():
        imported(client, finding(account, account))
    assert sorted(names(clients[led.security])) == sorted(clients)
    assert names(clients[led.first]) == [led.first]


def test_a_member_without_a_hub_is_not_seen(led: World) -> None:
    administrator, member = led.client(led.security), led.client(led.first)
    imported(member, finding(account=led.first))
    assert len(names(administrator)) == 1
    member.disable_security_hub_v2()
    assert names(administrator) == []


def test_the_home_region_shows_the_linked_regions(led: World) -> None:
    administrator = led.client(led.security)
    arn = administrator.create_aggregator_v2(
        RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=[FRANKFURT]
    )["AggregatorV2Arn"]
    for region in (FRANKFURT, OHIO):
        member = led.client(led.first, region)
        imported(member, finding(region, led.first, region))
    assert names(administrator) == [FRANKFURT]
    assert names(led.client(led.security, FRANKFURT)) == [FRANKFURT]
    assert names(led.client(led.security, OHIO)) == [OHIO]
    administrator.delete_aggregator_v2(AggregatorV2Arn=arn)
    imported(led.client(led.first, FRANKFURT), finding("later", led.first, FRANKFURT))
    assert names(administrator) == [FRANKFURT]


@pytest.mark.newest_model
def test_scopes_choose_units_of_the_organization(led: World) -> None:
    organizations = led.organization.organizations
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="team")
    unit_id = unit["OrganizationalUnit"]["Id"]
    organizations.move_account(
        AccountId=led.first, SourceParentId=root, DestinationParentId=unit_id
    )
    own_id = organizations.describe_organization()["Organization"]["Id"]
    administrator, member = led.client(led.security), led.client(led.first)
    imported(member, finding("member", led.first))
    imported(administrator, finding("own", led.security))

    def ask(*entries: dict[str, str]) -> dict[str, Any]:
        return {"Scopes": {"AwsOrganizations": list(entries)}}

    assert names(administrator, **ask({"OrganizationalUnitId": unit_id})) == ["member"]
    assert len(names(administrator, **ask({"OrganizationId": own_id}))) == 2
    get = administrator.get_findings_v2
    assert refused(get, **ask({"OrganizationId": "o-none"})) == (
        "OrganizationNotFoundException",
        400,
        "Organization not found: 'o-none'",
    )
    assert refused(get, **ask({"OrganizationalUnitId": root}))[:2] == (
        "OrganizationalUnitNotFoundException",
        400,
    )
    both = ask({"OrganizationId": own_id}, {"OrganizationalUnitId": unit_id})
    assert refused(get, **both)[0] == "ValidationException"
    assert refused(get, **ask({}))[0] == "ValidationException"
    assert refused(get, **ask(*[{"OrganizationId": own_id}] * 11))[0] == "ValidationException"
    assert refused(member.get_findings_v2, **ask({"OrganizationId": own_id})) == (
        "AccessDeniedException",
        403,
        "Only the delegated administrator account can use Scopes.",
    )


# --- order and pages ---


def test_the_latest_change_comes_first_and_pages_follow_each_other(
    hub_v2: Callable[..., Any],
) -> None:
    client = hub_v2(ADMIN)
    stamps = [f"2026-02-{day:02}T00:00:00Z" for day in range(1, 26)]
    imported(client, *(finding(stamp, UpdatedAt=stamp) for stamp in stamps))
    assert walked(client, 4) == stamps[::-1]
    upwards = [{"Field": MODIFIED, "SortOrder": "asc"}]
    assert walked(client, 4, SortCriteria=upwards) == stamps
    assert len(names(client)) == 20


def test_findings_are_sorted_by_what_is_asked_for(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    for name, label, title in (("a", "LOW", "Z"), ("b", "HIGH", "Y"), ("c", "HIGH", "X")):
        imported(client, finding(name, Severity={"Label": label}, Title=title))
    criteria = [
        {"Field": "severity_id", "SortOrder": "desc"},
        {"Field": "finding_info.title", "SortOrder": "asc"},
    ]
    assert walked(client, 1, SortCriteria=criteria) == ["c", "b", "a"]
    absent_last = [{"Field": "compliance.control", "SortOrder": "asc"}]
    imported(client, finding("d", Compliance={"Status": "FAILED", "SecurityControlId": "S3.1"}))
    assert names(client, SortCriteria=absent_last)[0] == "d"


def test_wrong_sort_criteria_are_refused(hub_v2: Callable[..., Any]) -> None:
    get = hub_v2(ADMIN).get_findings_v2
    assert refused(get, SortCriteria=[{"Field": "shoe_size"}]) == (
        "ValidationException",
        400,
        "SortCriteria cannot have the Field shoe_size",
    )
    many = [{"Field": MODIFIED}] * 11
    assert refused(get, SortCriteria=many)[0] == "ValidationException"


def test_a_token_belongs_to_its_question(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding("a"), finding("b"))
    token = client.get_findings_v2(MaxResults=1)["NextToken"]
    other = [{"Field": MODIFIED, "SortOrder": "asc"}]
    answer = refused(client.get_findings_v2, MaxResults=1, NextToken=token, SortCriteria=other)
    assert answer == (
        "ValidationException",
        400,
        "Invalid parameter 'NextToken'. The token is not valid.",
    )
