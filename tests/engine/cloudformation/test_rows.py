"""What only some types do: features, disabled controls, parameters, providers and budgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from membership_mock import UsageError, mock_membership
from membership_mock.engine.cloudformation.conversion import to_parameter
from membership_mock.engine.cloudformation.schemas import schemas
from membership_mock.engine.protocol.model import service_model
from tests.engine.cloudformation.resource_samples import (
    ADMIN,
    AGGREGATOR_V2,
    BY_TYPE,
    CONTROLS,
    HUB,
    HUB_V2,
    REGION,
    ROOM,
    TABLE,
    receivers,
    template,
)


@pytest.fixture
def made(membership_mock: Any) -> Callable[..., str]:
    """Create or update the stack ``it``, and return its status."""
    cloudformation = membership_mock.client("cloudformation", account=ADMIN, region=REGION)

    def of(resources: dict[str, Any]) -> str:
        there = cloudformation.list_stacks(StackStatusFilter=["CREATE_COMPLETE", "UPDATE_COMPLETE"])
        call = (
            cloudformation.update_stack if there["StackSummaries"] else cloudformation.create_stack
        )
        call(StackName="it", TemplateBody=template(resources))
        return str(cloudformation.describe_stacks(StackName="it")["Stacks"][0]["StackStatus"])

    return of


@pytest.fixture
def hub(membership_mock: Any) -> Any:
    return membership_mock.client("securityhub", account=ADMIN, region=REGION)


@pytest.fixture
def rooms(membership_mock: Any) -> Any:
    return membership_mock.client("cleanrooms", account=ADMIN, region=REGION)


def test_a_hub_sets_what_only_an_update_can(made: Any, hub: Any) -> None:
    made({"Hub": {**HUB, "Properties": {"AutoEnableControls": False}}})
    assert hub.describe_hub()["AutoEnableControls"] is False


def test_a_property_that_no_operation_changes_keeps_its_value(made: Any, hub: Any) -> None:
    for status, value in (("CREATE_COMPLETE", False), ("UPDATE_COMPLETE", True)):
        assert made({"Hub": {**HUB, "Properties": {"EnableDefaultStandards": value}}}) == status
        assert hub.get_enabled_standards()["StandardsSubscriptions"] == []


def test_metrics_of_a_collaboration_keep_their_value(made: Any, rooms: Any) -> None:
    created = service_model("cleanrooms").operation_model("CreateCollaboration").input_shape
    if "isMetricsEnabled" not in created.members:
        pytest.skip("the botocore in use does not know metrics")
    for status, value in (("CREATE_COMPLETE", False), ("UPDATE_COMPLETE", True)):
        properties = {**ROOM["Collaboration"]["Properties"], "IsMetricsEnabled": value}
        room = {**ROOM["Collaboration"], "Properties": properties}
        assert made({"Collaboration": room}) == status
        [found] = rooms.list_collaborations()["collaborationList"]
        shown = rooms.get_collaboration(collaborationIdentifier=found["id"])["collaboration"]
        assert not shown.get("isMetricsEnabled")


def test_network_scanning_is_switched(made: Any, hub: Any) -> None:
    if "EnableSecurityHubFeatureV2" not in service_model("securityhub").operation_names:
        pytest.skip("the botocore in use does not know features")

    def switched(status: str) -> str:
        made({"Hub": {**HUB_V2, "Properties": {"NetworkScanning": {"Status": status}}}})
        features = hub.describe_security_hub_v2()["Features"]
        return str(features["NETWORK_SCANNING"]["FeatureStatus"])

    assert switched("ENABLED") == "ENABLED"
    assert switched("DISABLED") == "DISABLED"


def test_controls_of_a_standard_are_disabled_and_enabled(made: Any, hub: Any) -> None:
    standard = BY_TYPE["AWS::SecurityHub::Standard"]

    def disabled(*controls: str) -> set[str]:
        listed = [
            {
                "StandardsControlArn": f"{CONTROLS}/aws-foundational-security-best-practices/v/1.0.0/{each}",
                "Reason": "not ours",
            }
            for each in controls
        ]
        changes = {"DisabledStandardsControls": listed} if listed else {}
        assert made({"Hub": HUB, "It": standard.resource(**changes)}).endswith("E_COMPLETE")
        [arn] = [
            e["StandardsSubscriptionArn"]
            for e in hub.get_enabled_standards()["StandardsSubscriptions"]
        ]
        shown = hub.get_paginator("describe_standards_controls").paginate(
            StandardsSubscriptionArn=arn
        )
        return {
            each["ControlId"]
            for page in shown
            for each in page["Controls"]
            if each["ControlStatus"] == "DISABLED"
        }

    assert disabled("ACM.1", "ACM.2") == {"ACM.1", "ACM.2"}
    assert disabled("ACM.2", "IAM.1") == {"ACM.2", "IAM.1"}
    assert disabled() == set()


def test_parameters_of_a_control_return_to_their_default(made: Any, hub: Any) -> None:
    control = BY_TYPE["AWS::SecurityHub::SecurityControl"]

    def days() -> Any:
        [found] = hub.batch_get_security_controls(SecurityControlIds=["ACM.1"])["SecurityControls"]
        return found["Parameters"]["daysToExpiration"]

    made({"Hub": HUB, "It": control.resource()})
    assert days() == {"ValueType": "CUSTOM", "Value": {"Integer": 15}}
    made({"Hub": HUB})
    assert days()["ValueType"] == "DEFAULT"


def test_the_organization_returns_to_local_configuration(
    membership_mock: Any, made: Any, hub: Any
) -> None:
    membership_mock.organization({"admin": ADMIN}, management="111111111111")
    membership_mock.client(
        "securityhub", account="111111111111", region=REGION
    ).enable_organization_admin_account(AdminAccountId=ADMIN)
    sample = BY_TYPE["AWS::SecurityHub::OrganizationConfiguration"]
    made({**sample.needs, "It": sample.resource()})
    shown = hub.describe_organization_configuration()["OrganizationConfiguration"]
    assert shown["ConfigurationType"] == "CENTRAL"
    made(sample.needs)
    shown = hub.describe_organization_configuration()
    assert shown["OrganizationConfiguration"]["ConfigurationType"] == "LOCAL"
    assert shown["AutoEnable"] is False


def test_a_connector_changes_what_of_its_provider_can_change(
    membership_mock: Any, made: Any, hub: Any
) -> None:
    secret = f"arn:aws:secretsmanager:{REGION}:{ADMIN}:secret:snow"

    def connector(secret: str) -> dict[str, Any]:
        provider = {"ServiceNow": {"InstanceName": "example", "SecretArn": secret}}
        return {
            "Hub": HUB_V2,
            "Aggregator": {**AGGREGATOR_V2, "DependsOn": "Hub"},
            "It": {
                "Type": "AWS::SecurityHub::ConnectorV2",
                "DependsOn": "Aggregator",
                "Properties": {"Name": "snow", "Provider": provider},
            },
        }

    assert made(connector(secret)) == "CREATE_COMPLETE"
    assert made(connector(secret + "-2")) == "UPDATE_COMPLETE"
    [update] = membership_mock.calls.filter("UpdateConnectorV2")
    assert update.parameters["Provider"] == {"ServiceNow": {"SecretArn": secret + "-2"}}


def test_a_rule_that_a_batch_does_not_take_is_a_failure(
    membership_mock: Any, made: Any, hub: Any
) -> None:
    sample = BY_TYPE["AWS::SecurityHub::AutomationRule"]
    made({**sample.needs, "It": sample.resource()})
    [rule] = hub.list_automation_rules()["AutomationRulesMetadata"]
    hub.batch_delete_automation_rules(AutomationRulesArns=[rule["RuleArn"]])
    changed = {**sample.needs, "It": sample.resource(Description="other")}
    assert made(changed).startswith("UPDATE_ROLLBACK_")


def test_the_rules_of_a_table_follow_the_template(made: Any, rooms: Any) -> None:
    sample = BY_TYPE["AWS::CleanRooms::ConfiguredTableAssociation"]
    needs = {**ROOM, "Table": TABLE}
    rules = "ConfiguredTableAssociationAnalysisRules"

    def shown() -> list[str]:
        [room] = rooms.list_memberships()["membershipSummaries"]
        [found] = rooms.list_configured_table_associations(membershipIdentifier=room["id"])[
            "configuredTableAssociationSummaries"
        ]
        return list(
            rooms.get_configured_table_association(
                membershipIdentifier=room["id"], configuredTableAssociationIdentifier=found["id"]
            )["configuredTableAssociation"].get("analysisRuleTypes", [])
        )

    plain = sample.resource(**{rules: {"Ref": "AWS::NoValue"}})
    assert made({**needs, "It": plain}) == "CREATE_COMPLETE"
    assert shown() == []
    assert made({**needs, "It": sample.resource(**{rules: receivers(ADMIN)})}) == "UPDATE_COMPLETE"
    assert shown() == ["CUSTOM"]
    assert made({**needs, "It": plain}) == "UPDATE_COMPLETE"
    assert shown() == []


def test_an_access_budget_is_flat_in_the_template(made: Any, rooms: Any) -> None:
    associated = BY_TYPE["AWS::CleanRooms::ConfiguredTableAssociation"].resource()
    associated.pop("DependsOn")
    resources = {**ROOM, "Table": TABLE, "Associated": associated}

    def budget(most: int) -> dict[str, Any]:
        return {
            "Type": "AWS::CleanRooms::PrivacyBudgetTemplate",
            "Properties": {
                "MembershipIdentifier": {"Ref": "Membership"},
                "PrivacyBudgetType": "ACCESS_BUDGET",
                "AutoRefresh": "NONE",
                "Parameters": {
                    "BudgetParameters": [{"Type": "LIFETIME", "Budget": most}],
                    "ResourceArn": {"Fn::GetAtt": ["Associated", "Arn"]},
                },
            },
        }

    assert made({**resources, "It": budget(5)}) == "CREATE_COMPLETE"
    assert made({**resources, "It": budget(7)}) == "UPDATE_COMPLETE"
    [room] = rooms.list_memberships()["membershipSummaries"]
    [found] = rooms.list_privacy_budget_templates(membershipIdentifier=room["id"])[
        "privacyBudgetTemplateSummaries"
    ]
    shown = rooms.get_privacy_budget_template(
        membershipIdentifier=room["id"], privacyBudgetTemplateIdentifier=found["id"]
    )["privacyBudgetTemplate"]
    assert shown["parameters"]["accessBudget"]["budgetParameters"][0]["budget"] == 7


def test_a_property_that_botocore_does_not_know_is_named() -> None:
    shape = service_model("securityhub").operation_model("CreateInsight").input_shape
    with pytest.raises(UsageError, match=r"Filters\.Brandnew .* install a newer botocore"):
        to_parameter({"Brandnew": []}, shape.members["Filters"], "Filters")


def test_a_property_that_no_operation_knows_is_named(
    made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = schemas("membership_mock.securityhub.cloudformation")["AWS::SecurityHub::Hub"]
    properties = {**schema._described["properties"], "Brandnew": {"type": "string"}}
    monkeypatch.setitem(schema._described, "properties", properties)
    with pytest.raises(UsageError, match=r"Brandnew of AWS::SecurityHub::Hub .* newer botocore"):
        made({"Hub": {**HUB, "Properties": {"Brandnew": "x"}}})


def test_an_intermediate_table_is_not_populated(
    membership_mock: Any, made: Any, rooms: Any
) -> None:
    sample = BY_TYPE["AWS::CleanRooms::IntermediateTable"]
    if "CreateIntermediateTable" not in service_model("cleanrooms").operation_names:
        pytest.skip("the botocore in use does not know intermediate tables")
    assert made({**sample.needs, "It": sample.resource()}) == "CREATE_COMPLETE"
    [room] = rooms.list_memberships()["membershipSummaries"]
    [found] = rooms.list_intermediate_tables(membershipIdentifier=room["id"])[
        "intermediateTableSummaries"
    ]
    assert found["status"] == "CREATED"
    membership_mock.calls.assert_not_called("PopulateIntermediateTable")


@pytest.mark.parametrize(("settle", "status"), [("read", "ENABLED"), ("clock", "PENDING")])
def test_a_stack_waits_for_states_that_a_read_settles(settle: str, status: str) -> None:
    with mock_membership(settle=settle) as mock:
        mock.organization({"admin": ADMIN}, management="111111111111")
        management = mock.client("securityhub", account="111111111111", region=REGION)
        management.enable_organization_admin_account(AdminAccountId=ADMIN)
        cloudformation = mock.client("cloudformation", account=ADMIN, region=REGION)
        sample = BY_TYPE["AWS::SecurityHub::OrganizationConfiguration"]
        cloudformation.create_stack(StackName="it", TemplateBody=sample.template(["Status"]))
        outputs = cloudformation.describe_stacks(StackName="it")["Stacks"][0]["Outputs"]
        shown = {each["OutputKey"]: each["OutputValue"] for each in outputs}
        assert shown["Status"] == status
