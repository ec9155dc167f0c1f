"""Seeds of Security Hub: insights, custom actions and automation rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from membership_mock.testing.given.securityhub_hubs import SERVICE
from membership_mock.testing.given.securityhub_products import ProductSeeds


@dataclass(frozen=True)
class SeededInsight:
    """A custom insight.

    Attributes:
        account: whose it is.
        region: where it is.
        arn: its ARN.
    """

    account: str
    region: str
    arn: str


@dataclass(frozen=True)
class SeededActionTarget:
    """A custom action.

    Attributes:
        account: whose it is.
        region: where it is.
        arn: its ARN.
    """

    account: str
    region: str
    arn: str


@dataclass(frozen=True)
class SeededAutomationRule:
    """An automation rule.

    Attributes:
        account: whose it is.
        region: where it is.
        arn: its ARN.
    """

    account: str
    region: str
    arn: str


class TriageSeeds(ProductSeeds):
    """Seeds of what findings are triaged with."""

    def insight(
        self,
        account: str | None = None,
        *,
        name: str = "An insight",
        filters: Mapping[str, Any] | None = None,
        group_by: str = "ResourceId",
        region: str | None = None,
    ) -> SeededInsight:
        """Return a custom insight; the one of that name is changed if there is one.

        Args:
            account: whose insight; its hub is enabled.
            name: its name.
            filters: which findings it counts, as GetFindings takes filters; all when None.
            group_by: the attribute that it groups them by.
            region: where.

        Raises:
            SeedRefused: the filters or the attribute are refused.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        with self._setup.seed("securityhub.insight"):
            self._enable(account, region)
            given = {"Name": name, "Filters": dict(filters or {}), "GroupByAttribute": group_by}
            for each in self._setup.listed(SERVICE, "GetInsights", account, region):
                if each["Name"] == name:
                    arn = each["InsightArn"]
                    self._setup.call(
                        SERVICE, "UpdateInsight", account, region, InsightArn=arn, **given
                    )
                    return SeededInsight(account, region, arn)
            made = self._setup.call(SERVICE, "CreateInsight", account, region, **given)
            return SeededInsight(account, region, made["InsightArn"])

    def action_target(
        self,
        account: str | None = None,
        *,
        id: str = "Triage",  # noqa: A002  # as CreateActionTarget calls it
        name: str = "Triage",
        description: str = "An action that a test has seeded.",
        region: str | None = None,
    ) -> SeededActionTarget:
        """Return a custom action; the one with that id is changed if there is one.

        Args:
            account: whose action; its hub is enabled.
            id: up to 20 letters and digits.
            name: up to 20 characters.
            description: what it is for.
            region: where.

        Raises:
            SeedRefused: the id or the name is refused.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        with self._setup.seed("securityhub.action_target"):
            self._enable(account, region)
            arn = (
                f"arn:{self._setup.partition(region)}:securityhub:{region}:{account}"
                f":action/custom/{id}"
            )
            given = {"Name": name, "Description": description}
            found = self._setup.call(
                SERVICE, "DescribeActionTargets", account, region, ActionTargetArns=[arn]
            )
            if found["ActionTargets"]:
                self._setup.call(
                    SERVICE, "UpdateActionTarget", account, region, ActionTargetArn=arn, **given
                )
            else:
                self._setup.call(SERVICE, "CreateActionTarget", account, region, Id=id, **given)
            return SeededActionTarget(account, region, arn)

    def automation_rule(
        self,
        account: str | None = None,
        *,
        criteria: Mapping[str, Any],
        update: Mapping[str, Any],
        name: str = "A rule",
        description: str = "A rule that a test has seeded.",
        order: int = 1,
        terminal: bool = False,
        enabled: bool = True,
        region: str | None = None,
    ) -> SeededAutomationRule:
        """Return an automation rule; the one of that name is changed if there is one.

        Args:
            account: whose rule, an administrator's or that of an account on its own; its hub is
                enabled.
            criteria: which findings it acts on, e.g.
                ``{"SeverityLabel": [{"Value": "LOW", "Comparison": "EQUALS"}]}``.
            update: what it sets, e.g. ``{"Workflow": {"Status": "SUPPRESSED"}}``.
            name: its name.
            description: what it is for.
            order: when it is evaluated, the lowest first.
            terminal: whether no later rule is evaluated for the findings that it acts on.
            enabled: whether it is evaluated at all.
            region: where.

        Raises:
            SeedRefused: the account is a member, or criteria or update are refused.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        with self._setup.seed(
            "securityhub.automation_rule",
            "members have no automation rules: seed those of their administrator.",
        ):
            self._enable(account, region)
            given: dict[str, Any] = {
                "RuleName": name,
                "Description": description,
                "RuleOrder": order,
                "IsTerminal": terminal,
                "RuleStatus": "ENABLED" if enabled else "DISABLED",
                "Criteria": dict(criteria),
                "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": dict(update)}],
            }
            for each in self._setup.listed(SERVICE, "ListAutomationRules", account, region):
                if each["RuleName"] == name:
                    arn = each["RuleArn"]
                    self._setup.call(
                        SERVICE,
                        "BatchUpdateAutomationRules",
                        account,
                        region,
                        UpdateAutomationRulesRequestItems=[{"RuleArn": arn, **given}],
                    )
                    return SeededAutomationRule(account, region, arn)
            made = self._setup.call(SERVICE, "CreateAutomationRule", account, region, **given)
            return SeededAutomationRule(account, region, made["RuleArn"])
