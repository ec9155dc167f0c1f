"""Automation rules of Security Hub V2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.securityhub.samples import ADMIN, IRELAND, OHIO, refused
from tests.securityhub.v2.ocsf import bring, finding, imported, only, where
from tests.securityhub.v2.samples import FRANKFURT, World

COMPARISONS = "CONTAINS, EQUALS, NOT_EQUALS, PREFIX, PREFIX_NOT_EQUALS"
HIGH = {"OcsfFindingCriteria": where("String", "severity", Value="High", Comparison="EQUALS")}


def _action(**fields: Any) -> list[dict[str, Any]]:
    return [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": fields}]


def _rule(client: Any, order: float = 1.0, **arguments: Any) -> Any:
    given = {
        "RuleName": "triage",
        "Description": "A rule",
        "RuleOrder": order,
        "Criteria": HIGH,
        "Actions": _action(SeverityId=5),
        **arguments,
    }
    return client.create_automation_rule_v2(**given)


def test_a_rule_reads_back_as_it_was_created(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    created = _rule(client, 100, Tags={"team": "blue"})
    arn, rule_id = created["RuleArn"], created["RuleId"]
    assert arn == f"arn:aws:securityhub:{IRELAND}:{ADMIN}:automation-rulev2/{rule_id}"
    rule = client.get_automation_rule_v2(Identifier=arn)
    assert rule["Criteria"] == HIGH
    assert rule["Actions"] == _action(SeverityId=5)
    assert rule["RuleOrder"] == 100.0
    assert rule["RuleStatus"] == "ENABLED"
    assert rule["CreatedAt"] == rule["UpdatedAt"]
    assert client.get_automation_rule_v2(Identifier=rule_id)["RuleArn"] == arn
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "blue"}


def test_rules_are_listed_in_the_order_in_which_they_act(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    for name, order in (("c", 3), ("a", 1), ("b", 2.5)):
        _rule(client, order, RuleName=name)
    first = client.list_automation_rules_v2(MaxResults=2)
    rest = client.list_automation_rules_v2(MaxResults=2, NextToken=first["NextToken"])
    shown = first["Rules"] + rest["Rules"]
    assert [rule["RuleName"] for rule in shown] == ["a", "b", "c"]
    assert "NextToken" not in rest
    assert shown[0]["Actions"] == [{"Type": "FINDING_FIELDS_UPDATE"}]
    assert "Criteria" not in shown[0]


def test_a_rule_acts_on_what_arrives_after_it(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding("before"))
    _rule(client, Actions=_action(SeverityId=5, StatusId=2, Comment="Look"))
    imported(client, finding("after"), finding("low", Severity={"Label": "LOW"}))
    shown = {one["finding_info"]["uid"]: one for one in client.get_findings_v2()["Findings"]}
    assert shown["before"]["severity"] == "High"
    assert shown["low"]["severity"] == "Low"
    after = shown["after"]
    assert (after["severity"], after["status"], after["comment"]) == (
        "Critical",
        "In Progress",
        "Look",
    )
    assert after["vendor_attributes"]["severity"] == "High"
    imported(client, finding("before", UpdatedAt="2026-02-02T00:00:00Z"))
    latest = client.get_findings_v2()["Findings"][0]
    assert (latest["finding_info"]["uid"], latest["severity"]) == ("before", "Critical")


def test_the_last_rule_to_set_a_field_counts_and_sees_the_original(
    hub_v2: Callable[..., Any],
) -> None:
    client = hub_v2(ADMIN)
    _rule(client, 2, Actions=_action(SeverityId=2))
    _rule(client, 1, Actions=_action(SeverityId=6, Comment="first"))
    _rule(client, 3, Actions=_action(SeverityId=1), RuleStatus="DISABLED")
    imported(client, finding())
    assert (only(client)["severity"], only(client)["comment"]) == ("Low", "first")


def test_the_last_writer_of_a_field_counts_rule_or_customer(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    _rule(client)
    imported(client, finding())
    uid = only(client)["metadata"]["uid"]
    client.batch_update_findings_v2(MetadataUids=[uid], SeverityId=1)
    assert only(client)["severity"] == "Informational"
    imported(client, finding(UpdatedAt="2026-02-02T00:00:00Z"))
    assert only(client)["severity"] == "Critical"


def test_a_rule_is_changed_and_deleted(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    rule_id = _rule(client)["RuleId"]
    client.update_automation_rule_v2(
        Identifier=rule_id, RuleStatus="DISABLED", RuleOrder=7.5, Description="Off"
    )
    rule = client.get_automation_rule_v2(Identifier=rule_id)
    assert (rule["RuleStatus"], rule["RuleOrder"], rule["Description"]) == ("DISABLED", 7.5, "Off")
    assert rule["UpdatedAt"] >= rule["CreatedAt"]
    assert rule["Criteria"] == HIGH
    client.delete_automation_rule_v2(Identifier=rule_id)
    assert refused(client.get_automation_rule_v2, Identifier=rule_id) == (
        "ResourceNotFoundException",
        404,
        "Automation rule not found",
    )
    assert client.list_automation_rules_v2()["Rules"] == []


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            {"Actions": [{"Type": "FINDING_FIELDS_UPDATE"}]},
            "An action of the Type FINDING_FIELDS_UPDATE must have FindingFieldsUpdate alone",
        ),
        ({"Actions": _action()}, "One of Comment, SeverityId and StatusId is required"),
        ({"Actions": _action(StatusId=9)}, "StatusId must be one of: 0, 1, 2, 3, 4, 5, 99"),
        (
            {
                "Actions": [
                    {
                        "Type": "EXTERNAL_INTEGRATION",
                        "ExternalIntegrationConfiguration": {"ConnectorArn": "arn:none"},
                    }
                ]
            },
            "Connector arn:none not found",
        ),
        (
            {
                "Criteria": {
                    "OcsfFindingCriteria": where(
                        "String", "severity", Value="High", Comparison="CONTAINS_WORD"
                    )
                }
            },
            f"The comparison of severity must be one of: {COMPARISONS}",
        ),
    ],
)
def test_rules_that_make_no_sense_are_refused(
    hub_v2: Callable[..., Any], arguments: Any, text: str
) -> None:
    client = hub_v2(ADMIN)
    answer = refused(lambda **given: _rule(client, **given), **arguments)
    assert answer == ("ValidationException", 400, text)
    assert client.list_automation_rules_v2()["Rules"] == []


def test_an_account_has_as_many_rules_as_its_quota_allows(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    membership_mock.quotas.set("securityhub", "automation_rules_v2", 1)
    client = hub_v2(ADMIN)
    _rule(client)
    code, status, text = refused(lambda: _rule(client))
    assert (code, status) == ("ServiceQuotaExceededException", 402)
    assert "at most 1 automation rules" in text


def test_the_rules_of_the_home_region_act_on_members_in_linked_regions(led: World) -> None:
    administrator = led.client(led.security)
    administrator.create_aggregator_v2(
        RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=[FRANKFURT]
    )
    _rule(administrator)
    for region, severity in ((FRANKFURT, "Critical"), (IRELAND, "Critical"), (OHIO, "High")):
        member = led.client(led.first, region)
        imported(member, finding(account=led.first, region=region))
        assert only(member)["severity"] == severity


def test_a_linked_region_takes_no_new_rules(hub_v2: Callable[..., Any]) -> None:
    client, linked = hub_v2(ADMIN), hub_v2(ADMIN, FRANKFURT)
    rule_id = _rule(linked)["RuleId"]
    client.create_aggregator_v2(RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=[FRANKFURT])
    code, status, text = refused(lambda: _rule(linked))
    assert (code, status) == ("ConflictException", 409)
    assert text.endswith(f"does not match the aggregation Region {IRELAND}")
    update = linked.update_automation_rule_v2
    assert refused(update, Identifier=rule_id, RuleOrder=2)[0] == "ConflictException"
    assert len(linked.list_automation_rules_v2()["Rules"]) == 1
    linked.delete_automation_rule_v2(Identifier=rule_id)


def test_a_member_creates_no_rules_and_its_old_ones_do_not_act(led: World) -> None:
    management = led.organization.hub()
    management.disable_organization_admin_account(
        AdminAccountId=led.security, Feature="SecurityHubV2"
    )
    member = led.client(led.first)
    rule_id = _rule(member)["RuleId"]
    management.enable_organization_admin_account(
        AdminAccountId=led.security, Feature="SecurityHubV2"
    )
    imported(member, finding(account=led.first))
    assert only(member)["severity"] == "High"
    code, status, _ = refused(lambda: _rule(member))
    assert (code, status) == ("AccessDeniedException", 403)
    assert member.get_automation_rule_v2(Identifier=rule_id)["RuleId"] == rule_id


@pytest.mark.newest_model
def test_rules_on_resources_set_their_criticality(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    bucket = where("String", "ResourceType", Value="AWS::S3::Bucket", Comparison="EQUALS")
    update = {"Type": "RESOURCE_FIELDS_UPDATE", "ResourceFieldsUpdate": {"Criticality": "High"}}
    _rule(client, RuleName="vital", Criteria={"ResourceCriteria": bucket}, Actions=[update])
    imported(
        client,
        finding(
            Resources=[
                {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::logs"},
                {"Type": "AwsEc2Instance", "Id": "i-1"},
            ]
        ),
    )
    shown = {one["ResourceId"]: one for one in client.get_resources_v2()["Resources"]}
    assert shown["arn:aws:s3:::logs"]["ResourceCriticality"] == "High"
    assert shown["arn:aws:s3:::logs"]["CriticalitySources"] == [
        {"Source": "AutomationRule", "Reason": "vital"}
    ]
    assert shown["i-1"]["ResourceCriticality"] == "Unknown"
    wrong = {"Criteria": HIGH, "Actions": [update]}
    assert refused(lambda: _rule(client, **wrong))[0] == "ValidationException"


@pytest.mark.membership_mock(seed=7)
def test_after_a_restore_a_seeded_rule_acts_by_its_own_criteria(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    client.enable_security_hub_v2()
    imported(client, finding("older"))
    before = membership_mock.snapshot()

    def commented(severity: str) -> tuple[str, str | None]:
        criteria = {"OcsfFindingCriteria": where("String", "severity", Value=severity)}
        made = _rule(client, Criteria=criteria, Actions=_action(Comment="seen"))
        bring(client, finding("newer"))
        found = only(client, Filters=where("String", "finding_info.uid", Value="newer"))
        return made["RuleId"], found.get("comment")

    first, comment = commented("Low")
    assert comment is None
    membership_mock.restore(before)
    assert commented("High") == (first, "seen")


def test_a_refused_rule_and_a_look_for_connectors_leave_no_trace(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    client = hub_v2(ADMIN)
    before = membership_mock.dump()
    ticket = {
        "Type": "EXTERNAL_INTEGRATION",
        "ExternalIntegrationConfiguration": {"ConnectorArn": "arn:aws:securityhub:::connectorv2/x"},
    }
    assert refused(lambda: _rule(client, Actions=[ticket]))[0] == "ValidationException"
    assert client.list_connectors_v2()["Connectors"] == []
    assert membership_mock.dump() == before
    membership_mock.quotas.set("securityhub", "automation_rules_v2", 0)
    before = membership_mock.dump()
    assert refused(lambda: _rule(client))[0] == "ServiceQuotaExceededException"
    assert membership_mock.dump() == before


def test_an_empty_map_of_tags_is_taken(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN, Tags={})
    arn = _rule(client, Tags={})["RuleArn"]
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == {}
