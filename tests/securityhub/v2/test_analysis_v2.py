"""What AWS finds out by itself: software, exposures, unused permissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from membership_mock.errors import UsageError
from tests.securityhub.samples import ADMIN, IRELAND, refused
from tests.securityhub.v2.ocsf import where
from tests.securityhub.v2.samples import World

pytestmark = pytest.mark.newest_model


@pytest.fixture
def aws(membership_mock: Any) -> Any:
    """AWS's side of the account."""
    return membership_mock.aws_side(account=ADMIN, region=IRELAND)


# --- software ---


def test_software_is_what_a_test_records(hub_v2: Callable[..., Any], aws: Any) -> None:
    client = hub_v2(ADMIN)
    assert client.get_software_v2()["Software"] == []
    aws.record_software("openssl", "3.0", "library", on=["i-1", "i-2"])
    aws.record_software("openssl", "3.0", "library", on=["i-2"])
    aws.record_software("linux", None, "operating-system", on=["i-1"])
    pages = client.get_paginator("get_software_v2").paginate(PaginationConfig={"PageSize": 1})
    assert [one for page in pages for one in page["Software"]] == [
        {"PackageName": "linux", "PackageType": "operating-system", "ResourceCount": 1},
        {
            "PackageName": "openssl",
            "PackageVersion": "3.0",
            "PackageType": "library",
            "ResourceCount": 2,
        },
    ]
    library = where("String", "PackageType", Value="lib", Comparison="PREFIX")
    (found,) = client.get_software_v2(Filters=library)["Software"]
    assert found["PackageName"] == "openssl"
    on = client.get_software_resources_v2(PackageName="openssl", PackageType="library")
    assert [one["ResourceId"] for one in on["SoftwareResources"]] == ["i-1", "i-2"]
    assert on["SoftwareResources"][0]["AccountId"] == ADMIN
    unknown = client.get_software_resources_v2(PackageName="none", PackageType="library")
    assert unknown["SoftwareResources"] == []
    (result,) = client.get_software_statistics_v2(GroupByRules=[{"GroupByField": "PackageName"}])[
        "GroupByResults"
    ]
    assert result["GroupByValues"] == [
        {"FieldValue": "openssl", "Count": 2},
        {"FieldValue": "linux", "Count": 1},
    ]


def test_software_is_not_sorted_by_its_count(hub_v2: Callable[..., Any], aws: Any) -> None:
    client = hub_v2(ADMIN)
    aws.record_software("a", "1", on=["i-1"])
    aws.record_software("b", "2", on=["i-1"])
    names = [{"Field": "PackageName", "SortOrder": "desc"}]
    shown = client.get_software_v2(SortCriteria=names)["Software"]
    assert [one["PackageName"] for one in shown] == ["b", "a"]
    count = [{"Field": "ResourceCount"}]
    assert refused(client.get_software_v2, SortCriteria=count)[0] == "ValidationException"
    two = [{"Field": "ResourceId"}, {"Field": "Region"}]
    given = {"PackageName": "a", "PackageType": "application", "SortCriteria": two}
    assert refused(client.get_software_resources_v2, **given)[0] == "ValidationException"


def test_the_administrator_sees_the_software_of_members(led: World) -> None:
    administrator, _ = led.client(led.security), led.client(led.first)
    led.mock.aws_side(account=led.first, region=IRELAND).record_software("a", "1", on=["i-1"])
    assert len(administrator.get_software_v2()["Software"]) == 1
    assert led.client(led.second).get_software_v2()["Software"] == []


# --- remediations ---


def test_without_exposures_there_is_nothing_to_remedy(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    assert client.get_remediations_v2()["Items"] == []
    assert client.get_remediations_v2(MetadataUid="unknown")["Items"] == []
    answer = ("ResourceNotFoundException", 404, "Remediation target not found")
    assert refused(client.get_remediations_v2, TargetUid="unknown") == answer
    assert refused(client.list_exposures_by_remediation_v2, TargetUid="unknown") == answer


def test_impacts_and_counts_follow_from_the_exposures(hub_v2: Callable[..., Any], aws: Any) -> None:
    client = hub_v2(ADMIN)
    uids = [
        aws.ocsf_finding({"finding_info": {"uid": name, "title": name}}, kind="exposure")
        for name in "abc"
    ]
    target = aws.remediation_target(
        [(uids[0], "Medium", "Low"), (uids[1], "Critical", None), (uids[2], "Low", "Low")],
        guidance=_guidance(),
    )
    urgent = aws.remediation_target([(uids[0], "Medium", "Low")], priority="Critical")
    items = client.get_remediations_v2()["Items"]
    assert [one["TargetUid"] for one in items] == [urgent, target]
    assert items[1]["Outcome"] == {
        "ResolvedFindingsCount": 1,
        "SeverityReductionFindingsCount": 1,
        "SeverityUnchangedCount": 1,
    }
    assert "Guidance" not in items[1]
    answer = client.list_exposures_by_remediation_v2(TargetUid=target, MaxResults=2)
    assert answer["TotalCount"] == 3
    assert [(one["Title"], one["Impact"]) for one in answer["Items"]] == [
        ("b", "Resolves"),
        ("a", "Reduces"),
    ]
    assert [
        one["TargetUid"] for one in client.get_remediations_v2(MetadataUid=uids[1])["Items"]
    ] == [target]
    high = {"FieldName": "Priority", "Filter": {"Value": "High"}}
    filters = {"CompositeFilters": [{"StringFilters": [high]}]}
    assert len(client.get_remediations_v2(Filters=filters)["Items"]) == 1
    aws.resolve_remediation(urgent)
    assert client.get_remediations_v2(TargetUid=urgent)["Items"][0]["Status"] == "Resolved"


def _guidance() -> dict[str, Any]:
    return {
        "TargetTypeName": "AWS::EC2::Instance",
        "Pattern": "restrict",
        "Version": "1",
        "Context": {},
        "Specification": {},
        "Examples": {"AwsCli": "aws ec2 …", "Terraform": "resource …"},
        "Metadata": {
            "ResourceType": "AWS::EC2::Instance",
            "ExposureType": "Reachability",
            "TraitTitles": ["Open"],
            "Reversibility": "Full",
            "FixEffect": "Immediate",
            "RiskLevel": "Low",
        },
    }


def test_guidance_is_shown_on_demand_and_in_one_format(
    hub_v2: Callable[..., Any], aws: Any
) -> None:
    client = hub_v2(ADMIN)
    uid = aws.ocsf_finding(kind="exposure")
    target = aws.remediation_target([(uid, "High", None)], guidance=_guidance())
    (item,) = client.get_remediations_v2(TargetUid=target, ShowGuidance=True)["Items"]
    assert set(item["Guidance"]["Examples"]) == {"AwsCli", "Terraform"}
    (item,) = client.get_remediations_v2(ShowGuidance=True, GuidanceFormat="AwsCli")["Items"]
    assert set(item["Guidance"]["Examples"]) == {"AwsCli"}


def test_one_way_of_asking_for_remediations_at_a_time(hub_v2: Callable[..., Any]) -> None:
    get = hub_v2(ADMIN).get_remediations_v2
    code, status, text = refused(get, TargetUid="a", MetadataUid="b")
    assert (code, status) == ("ValidationException", 400)
    assert text.startswith("You can only provide either")
    assert refused(get, TargetUid="a" * 2049) == (
        "ValidationException",
        400,
        "TargetUid must be between 1 and 2048 characters",
    )


def test_without_a_hub_remediations_are_denied(membership_mock: Any, aws: Any) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    text = f"Security Hub V2 is not enabled for {ADMIN}"
    assert refused(client.get_remediations_v2) == ("AccessDeniedException", 403, text)
    with pytest.raises(UsageError, match="no hub of Security Hub V2"):
        aws.remediation_target([])


# --- recommended policies ---


def test_a_policy_is_generated_for_unused_permissions(hub_v2: Callable[..., Any], aws: Any) -> None:
    client = hub_v2(ADMIN)
    uid = aws.ocsf_finding(kind="unused_permission")
    get = client.get_recommended_policy_v2
    assert refused(get, MetadataUid=uid)[:2] == ("ResourceNotFoundException", 404)
    client.generate_recommended_policy_v2(MetadataUid=uid)
    assert get(MetadataUid=uid)["Status"] == "IN_PROGRESS"
    answer = get(MetadataUid=uid)
    assert answer["Status"] == "SUCCEEDED"
    assert answer["RecommendationType"] == "UNUSED_PERMISSION_RECOMMENDATION"
    (step,) = answer["RecommendationSteps"]
    assert step["UnusedPermissions"]["RecommendedAction"] == "DETACH_POLICY"
    client.generate_recommended_policy_v2(MetadataUid=uid)
    assert get(MetadataUid=uid)["Status"] == "IN_PROGRESS"


def test_a_test_says_what_is_recommended(hub_v2: Callable[..., Any], aws: Any) -> None:
    client = hub_v2(ADMIN)
    uid = aws.ocsf_finding(kind="unused_permission")
    aws.end_recommended_policy(
        uid, steps=[{"RecommendedAction": "CREATE_POLICY", "RecommendedPolicy": "{}"}]
    )
    client.generate_recommended_policy_v2(MetadataUid=uid)
    client.get_recommended_policy_v2(MetadataUid=uid)
    (step,) = client.get_recommended_policy_v2(MetadataUid=uid)["RecommendationSteps"]
    assert step["UnusedPermissions"]["RecommendedPolicy"] == "{}"
    aws.end_recommended_policy(uid, error=("PERMISSION_SET", "It is managed elsewhere."))
    answer = client.get_recommended_policy_v2(MetadataUid=uid)
    assert (answer["Status"], answer["Error"]["Code"]) == ("FAILED", "PERMISSION_SET")


def test_other_findings_have_no_recommended_policy(led: World) -> None:
    member, other = led.client(led.first), led.client(led.second)
    aws = led.mock.aws_side(account=led.first, region=IRELAND)
    uid = aws.ocsf_finding(kind="unused_permission")
    threat = aws.ocsf_finding()
    generate = member.generate_recommended_policy_v2
    assert refused(generate, MetadataUid=threat)[:2] == ("InvalidInputException", 400)
    assert refused(generate, MetadataUid="unknown")[:2] == ("ResourceNotFoundException", 404)
    denied = refused(other.generate_recommended_policy_v2, MetadataUid=uid)
    assert denied[:2] == ("AccessDeniedException", 403)
    led.client(led.security).generate_recommended_policy_v2(MetadataUid=uid)
    member.batch_update_findings_v2(MetadataUids=[uid], StatusId=4)
    assert refused(generate, MetadataUid=uid)[2] == f"Finding {uid} is resolved"
