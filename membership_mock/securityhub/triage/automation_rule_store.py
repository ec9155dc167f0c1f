"""The store of automation rules, and the rules that act on an import.

Sources: the user guide's page on automation rules and API page CreateAutomationRule for the order
and for rules that end the evaluation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Line, Lines, Summary, View, named, one
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.findings.filter_tests import Test
from membership_mock.securityhub.triage.rule_actions import changes_of
from membership_mock.securityhub.triage.rule_criteria import compiled


@dataclass
class AutomationRule:
    """An automation rule; fields that are not explained are those of BatchGetAutomationRules.

    Attributes:
        number: its number in the order of creation.
        criteria_text: the criteria in JSON, which they are compiled from.
    """

    rule_arn: str
    rule_status: str
    rule_order: int
    rule_name: str
    description: str
    is_terminal: bool
    criteria_text: str
    actions: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime
    created_by: str
    number: int
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def criteria(self) -> dict[str, Any]:
        """The criteria as they were given."""
        return dict(json.loads(self.criteria_text))

    @property
    def position(self) -> str:
        """The place in ListAutomationRules: by RuleOrder, then as created (inferred [SH-148])."""
        return f"{self.rule_order:04d}/{self.number:012d}"


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule that is ready to judge the findings of an import.

    Attributes:
        rule_arn: the rule.
        tests: what a finding must meet.
        changes: what the rule sets on a finding that does.
        is_terminal: whether no later rule is evaluated for that finding.
    """

    rule_arn: str
    tests: tuple[Test, ...]
    changes: Mapping[str, Any]
    is_terminal: bool


@dataclass
class AutomationRuleStore(Store, scope=Scope.REGION):
    """The automation rules of all accounts in a region, by account and ARN.

    Attributes:
        last_number: what the latest rule was numbered.
    """

    rank = 13
    rules: dict[str, dict[str, AutomationRule]] = field(default_factory=dict)
    last_number: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield the rules of each account in the order in which they are evaluated."""
        del view
        (region,) = key
        for account_id, rules in self.rules.items():
            if rules:
                in_order = sorted(rules.values(), key=_evaluation_order)
                below = Lines("automation rules", len(in_order), map(_line, in_order))
                text = f"automation rules: {len(in_order)}"
                yield Summary(account_id, region, "securityhub", one(text, below))

    def ready(self, account_id: str, now: datetime) -> list[ReadyRule]:
        """Return the enabled rules of an account in the order in which they are evaluated."""
        rules = self.rules.get(account_id)
        if not rules:
            return []
        enabled = [each for each in rules.values() if each.rule_status == "ENABLED"]
        return [
            ReadyRule(
                each.rule_arn,
                compiled(each.criteria_text).at(now),
                _changes(each.actions, now),
                each.is_terminal,
            )
            for each in sorted(enabled, key=_evaluation_order)
        ]


def matching(rules: Sequence[ReadyRule], original: Mapping[str, Any]) -> Iterator[ReadyRule]:
    """Yield the rules that act on a finding, up to the first terminal one of them.

    Args:
        rules: in the order in which they are evaluated.
        original: the finding as its provider has sent it.
    """
    for rule in rules:
        for test in rule.tests:
            if not test(original):
                break
        else:
            yield rule
            if rule.is_terminal:
                return


def _evaluation_order(rule: AutomationRule) -> tuple[int, datetime, int]:
    # of rules with equal RuleOrder the one that was updated earlier comes first (documented)
    return rule.rule_order, rule.updated_at, rule.number


def _changes(actions: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for action in actions:
        changes.update(changes_of(action, now))
    return changes


def _line(rule: AutomationRule) -> Line:
    status = "" if rule.rule_status == "ENABLED" else ", disabled"
    last = ", terminal" if rule.is_terminal else ""
    return Line(f"{rule.rule_order}. {named(rule.rule_name)}{last}{status}")
