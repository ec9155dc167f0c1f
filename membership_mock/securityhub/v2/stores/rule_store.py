"""The automation rules of Security Hub V2, in the order in which they act."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, named, several
from membership_mock.engine.state.world import Scope, Store


@dataclass
class AutomationRuleV2:
    """An automation rule; the fields are those of GetAutomationRuleV2.

    Attributes:
        tags: the value of each tag by its key.
    """

    rule_arn: str
    rule_id: str
    rule_name: str
    rule_status: str
    description: str
    rule_order: float
    criteria: dict[str, Any]
    actions: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Its place in the order: by RuleOrder, and the earlier changed one first."""
        stamp = self.updated_at.isoformat(timespec="microseconds")
        return f"{self.rule_order:012.4f}/{stamp}/{self.rule_id}"


@dataclass
class AccountRules:
    """The automation rules of an account in a region.

    Attributes:
        rules: every one by its id.
        ordered: the same, in the order in which they act.
    """

    rules: dict[str, AutomationRuleV2] = field(default_factory=dict)
    ordered: list[AutomationRuleV2] = field(default_factory=list)

    def add(self, rule: AutomationRuleV2) -> None:
        """Keep a rule, whose id must be new."""
        self.rules[rule.rule_id] = rule
        insort(self.ordered, rule, key=_place)

    def remove(self, rule: AutomationRuleV2) -> None:
        """Drop a rule."""
        del self.rules[rule.rule_id]
        self.ordered.remove(rule)


@dataclass
class AutomationRuleV2Store(Store, scope=Scope.REGION):
    """The automation rules of all accounts in a region, by account."""

    rank = 23
    accounts: dict[str, AccountRules] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each rule."""
        del view
        (region,) = key
        for account_id, held in self.accounts.items():
            if held.ordered:
                lines = several("automation rules V2", held.ordered, _line)
                yield Summary(account_id, region, "securityhub", lines)


def _line(rule: AutomationRuleV2) -> str:
    kind = rule.actions[0]["Type"]
    return f"automation rule V2 {named(rule.rule_name)}, {rule.rule_status}, {kind}"


def _place(rule: AutomationRuleV2) -> str:
    return rule.place
