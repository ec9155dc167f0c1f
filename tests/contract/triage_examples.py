"""The worlds that the published examples of triage in Security Hub take for granted."""

from __future__ import annotations

from typing import Any

from tests.securityhub.findings.finding_samples import finding

#: the account of the ARNs in the examples
ACCOUNT = "123456789012"
CROWDSTRIKE = "517716713836:product/crowdstrike/crowdstrike-falcon"
RESOLVE = {
    "Type": "FINDING_FIELDS_UPDATE",
    "FindingFieldsUpdate": {"Workflow": {"Status": "RESOLVED"}},
}
SOME_RULE = {
    "RuleOrder": 1,
    "RuleName": "any",
    "Description": "any",
    "Criteria": {"SeverityLabel": [{"Value": "LOW", "Comparison": "EQUALS"}]},
    "Actions": [RESOLVE],
}


class TriageWorlds:
    """Worlds of the examples; a test's replay has the client, the example and the names."""

    example: dict[str, Any]
    region: str
    names: dict[str, str]

    def hub(self, account: str = ACCOUNT) -> Any:
        """Return the client of an account, which has a hub afterwards."""
        raise NotImplementedError

    def with_subscriptions(self) -> Any:
        """Be subscribed to the products of the examples."""
        client = self.hub()
        for product in (CROWDSTRIKE, ":product/3coresec/3coresec"):
            arn = f"arn:aws:securityhub:{self.region}:{product}"
            client.enable_import_findings_for_product(ProductArn=arn)
        return client

    def with_insight(self) -> Any:
        """Have the insight of the examples, and findings that it counts as they show."""
        client = self.hub()
        self.names["insight"] = client.create_insight(
            Name="Critical role findings",
            Filters={
                "ResourceType": [{"Comparison": "EQUALS", "Value": "AwsIamRole"}],
                "SeverityLabel": [{"Comparison": "EQUALS", "Value": "CRITICAL"}],
            },
            GroupByAttribute="ResourceId",
        )["InsightArn"]
        shown = self.example["output"].get("InsightResults", {}).get("ResultValues", [])
        for group in shown:
            value = group["GroupByAttributeValue"]
            answer = client.batch_import_findings(
                Findings=[
                    finding(
                        f"{value}-{number}",
                        ACCOUNT,
                        self.region,
                        Severity={"Label": "CRITICAL"},
                        Resources=[{"Type": "AwsIamRole", "Id": value}],
                    )
                    for number in range(group["Count"])
                ]
            )
            assert answer["FailedFindings"] == []
        return client

    def with_action(self) -> Any:
        """Have the custom action of the examples."""
        client = self.hub()
        client.create_action_target(
            Name="Send to remediation",
            Description="Action to send the finding for remediation tracking",
            Id="Remediation",
        )
        return client

    def with_rules(self) -> Any:
        """Have the rules that the example shows, or three others."""
        client = self.hub()
        shown = self.example["output"]
        shown = shown.get("Rules") or shown.get("AutomationRulesMetadata") or []
        known = ("RuleOrder", "RuleName", "Description", "Criteria", "Actions", "IsTerminal")
        for number in range(3):
            rule = dict(SOME_RULE)
            if number < len(shown):
                rule.update({name: shown[number][name] for name in known if name in shown[number]})
            else:
                rule["RuleOrder"] = 100
            arn = client.create_automation_rule(**rule)["RuleArn"]
            self.names[f"rule {number + 1}"] = arn
        if (
            self.example["operation"] == "ListAutomationRules"
            and "NextToken" not in (self.example["output"])
        ):
            assert len(shown) == 3
        return client

    def with_history(self) -> Any:
        """Have the finding of the example, which was imported twice."""
        client = self.hub()
        fields = self.example["input"]["FindingIdentifier"]
        before = {
            "LastObservedAt": "2023-06-01T09:15:38.587Z",
            "Compliance": {
                "RelatedRequirements": [
                    "NIST.800-53.r5 SC-12(2)",
                    "NIST.800-53.r5 SC-12(3)",
                    "NIST.800-53.r5 SC-12(6)",
                ]
            },
        }
        after = {
            "UpdatedAt": "2026-02-02T00:00:00Z",
            "LastObservedAt": "2023-06-02T03:15:22.946Z",
            "Compliance": {
                "RelatedRequirements": [
                    "NIST.800-53.r5 SC-12(2)",
                    "NIST.800-53.r5 CM-3(6)",
                    "NIST.800-53.r5 SC-13",
                ]
            },
        }
        for version in (before, after):
            sent = {**finding("any", ACCOUNT, self.region), **fields, **version}
            assert client.batch_import_findings(Findings=[sent])["FailedFindings"] == []
        return client
