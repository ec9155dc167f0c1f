"""Calls of the operations on products, insights, actions, automation rules and the history."""

from __future__ import annotations

from typing import Any

LOW = [{"Value": "LOW", "Comparison": "EQUALS"}]
SUPPRESS = {
    "Type": "FINDING_FIELDS_UPDATE",
    "FindingFieldsUpdate": {"Workflow": {"Status": "SUPPRESSED"}},
}


def call_everything(client: Any, finding: dict[str, str]) -> None:
    """Call every operation of this part with success, for an account that has a hub.

    Args:
        client: its client.
        finding: Id and ProductArn of a finding that it has.
    """
    _products(client)
    _insights(client)
    _actions(client)
    _rules(client)
    client.get_finding_history(FindingIdentifier=finding)
    ids = [{"Value": finding["Id"], "Comparison": "EQUALS"}]
    client.update_findings(Filters={"Id": ids}, RecordState="ARCHIVED")


def _products(client: Any) -> None:
    products = client.describe_products()["Products"]
    prowler = next(each for each in products if each["ProductName"] == "Prowler")
    enabled = client.enable_import_findings_for_product(ProductArn=prowler["ProductArn"])
    arn = enabled["ProductSubscriptionArn"]
    assert arn in client.list_enabled_products_for_import()["ProductSubscriptions"]
    client.disable_import_findings_for_product(ProductSubscriptionArn=arn)


def _insights(client: Any) -> None:
    arn = client.create_insight(
        Name="low", Filters={"SeverityLabel": LOW}, GroupByAttribute="ResourceId"
    )["InsightArn"]
    client.update_insight(InsightArn=arn, Name="lowest")
    client.get_insights(InsightArns=[arn])
    client.get_insight_results(InsightArn=arn)
    client.delete_insight(InsightArn=arn)


def _actions(client: Any) -> None:
    arn = client.create_action_target(Name="Ticket", Description="Opens a ticket", Id="Ticket")[
        "ActionTargetArn"
    ]
    client.update_action_target(ActionTargetArn=arn, Name="A ticket")
    client.describe_action_targets(ActionTargetArns=[arn])
    client.delete_action_target(ActionTargetArn=arn)


def _rules(client: Any) -> None:
    arn = client.create_automation_rule(
        RuleOrder=1,
        RuleName="low",
        Description="Suppresses what is low",
        Criteria={"SeverityLabel": LOW},
        Actions=[SUPPRESS],
    )["RuleArn"]
    client.list_automation_rules()
    client.batch_get_automation_rules(AutomationRulesArns=[arn])
    client.batch_update_automation_rules(
        UpdateAutomationRulesRequestItems=[{"RuleArn": arn, "RuleOrder": 2}]
    )
    client.batch_delete_automation_rules(AutomationRulesArns=[arn])
