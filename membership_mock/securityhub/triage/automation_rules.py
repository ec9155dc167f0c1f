"""Automation rules, which change findings when they are imported.

The rules of an administrator act on its own findings and on its members' ones. How they do stands
in ``automation_rule_store.py``, ``rule_criteria.py`` and ``rule_actions.py``.

Sources: the API pages of the five operations; the user guide's page on automation rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World
from membership_mock.securityhub.errors import (
    AccessDeniedException,
    InvalidInputException,
    LimitExceededException,
    ResourceNotFoundException,
)
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.quotas import AUTOMATION_RULES
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.triage import rule_actions, rule_criteria
from membership_mock.securityhub.triage.automation_rule_store import (
    AutomationRule,
    AutomationRuleStore,
    ReadyRule,
)

#: the error for a rule that does not exist, alone or in a list (inferred [SH-150])
NOT_FOUND = "Automation rule not found"


class AutomationRules(Family):
    """The operations on automation rules."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many automation rules each account has."""
        del now
        for (region,), store in world.stores(AutomationRuleStore):
            for account_id, rules in store.rules.items():
                yield QuotaUse(AUTOMATION_RULES, account_id, region, len(rules))

    def ready_for(self, account_id: str, now: datetime) -> list[ReadyRule]:
        """Return the rules that judge what is imported into an account in this region now.

        They are its administrator's, or its own if it has no administrator.
        """
        store = self.store_if_any(AutomationRuleStore)
        if store is None or not store.rules:
            return []
        owner = self.of(Administration).administrator_of(account_id) or account_id
        return store.ready(owner, now)

    def find(self, arn: str) -> AutomationRule | None:
        """Return the caller's rule that has an ARN; None if it does not exist."""
        store = self.store_if_any(AutomationRuleStore)
        return store.rules.get(self.backend.account_id, {}).get(arn) if store else None

    @operation("CreateAutomationRule")
    def create_automation_rule(
        self,
        ctx: Context,
        rule_order: int,
        rule_name: str,
        description: str,
        criteria: dict[str, Any],
        actions: list[dict[str, Any]],
        tags: dict[str, str] | None = None,
        rule_status: str | None = None,
        is_terminal: bool | None = None,
    ) -> dict[str, str]:
        """Create a rule and return its ARN.

        It is enabled unless told otherwise (inferred [SH-147]).

        Names and orders need not be unique (documented).

        Raises:
            AccessDeniedException: the caller is a member (rule documented, code inferred [SH-222]).
            InvalidInputException: the criteria or the actions are not valid.
            LimitExceededException: the account has as many rules as it may have.
        """
        self._require_rights()
        rule_criteria.check(criteria, ctx.now)
        rule_actions.check(actions)
        store = self.store(AutomationRuleStore)
        rules = store.rules.get(ctx.account_id, {})
        most = self.limit(AUTOMATION_RULES)
        if len(rules) >= most:
            raise LimitExceededException(
                f"The number of automation rules exceeds the limit of {most}"
            )
        store.last_number += 1
        arn = ctx.arn(f"automation-rule/{ctx.world.uuid()}")
        store.rules.setdefault(ctx.account_id, {})[arn] = AutomationRule(
            rule_arn=arn,
            rule_status=rule_status or "ENABLED",
            rule_order=rule_order,
            rule_name=rule_name,
            description=description,
            is_terminal=bool(is_terminal),
            criteria_text=rule_criteria.text_of(criteria),
            actions=actions,
            created_at=ctx.now,
            updated_at=ctx.now,
            created_by=ctx.principal,
            number=store.last_number,
            tags=tags or {},
        )
        return {"RuleArn": arn}

    @operation("ListAutomationRules")
    def list_automation_rules(self, ctx: Context) -> dict[str, Listing[AutomationRule]]:
        """Return all rules without criteria and actions, by RuleOrder, then as created.

        The order is inferred [SH-148].

        Raises:
            AccessDeniedException: the caller is a member.
        """
        self._require_rights()
        rules = self.store(AutomationRuleStore).rules.get(ctx.account_id, {})
        return {
            "AutomationRulesMetadata": Listing(
                sorted(rules.values(), key=lambda each: each.position),
                position=lambda each: each.position,
            )
        }

    @operation("BatchGetAutomationRules")
    def batch_get_automation_rules(
        self, ctx: Context, automation_rules_arns: list[str]
    ) -> dict[str, Any]:
        """Return the rules that are named, in that order, and what does not exist.

        Raises:
            AccessDeniedException: the caller is a member.
            InvalidInputException: a rule is named twice (inferred [SH-152]).
            ResourceNotFoundException: none of the rules exists (inferred [SH-151]).
        """
        del ctx
        found, unprocessed = self._named(automation_rules_arns)
        return {"Rules": found, "UnprocessedAutomationRules": unprocessed}

    @operation("BatchUpdateAutomationRules")
    def batch_update_automation_rules(
        self, ctx: Context, update_automation_rules_request_items: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Change what is given of each rule.

        Criteria and actions are replaced whole (inferred [SH-154]).

        Raises:
            AccessDeniedException: the caller is a member (the model does not declare it here).
            InvalidInputException: a rule is named twice, or a change is not valid; then none is
                changed (inferred [SH-152, SH-153]).
            ResourceNotFoundException: none of the rules exists (inferred [SH-151]).
        """
        items = {each["RuleArn"]: each for each in update_automation_rules_request_items}
        named = [each["RuleArn"] for each in update_automation_rules_request_items]
        found, unprocessed = self._named(named)
        for item in items.values():
            if "Criteria" in item:
                rule_criteria.check(item["Criteria"], ctx.now)
            if "Actions" in item:
                rule_actions.check(item["Actions"])
        for rule in found:
            _update(rule, items[rule.rule_arn], ctx.now)
        return _processed(found, unprocessed)

    @operation("BatchDeleteAutomationRules")
    def batch_delete_automation_rules(
        self, ctx: Context, automation_rules_arns: list[str]
    ) -> dict[str, Any]:
        """Delete the rules that are named; what they have changed stays.

        Raises:
            AccessDeniedException: the caller is a member (the model does not declare it here).
            InvalidInputException: a rule is named twice (inferred [SH-152]).
            ResourceNotFoundException: none of the rules exists (inferred [SH-151]).
        """
        found, unprocessed = self._named(automation_rules_arns)
        rules = self.store(AutomationRuleStore).rules[ctx.account_id]
        for rule in found:
            del rules[rule.rule_arn]
        return _processed(found, unprocessed)

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the rules of this account and region."""
        store = self.store_if_any(AutomationRuleStore)
        if store is not None:
            for each in store.rules.get(self.backend.account_id, {}).values():
                yield TaggedResource(
                    arn=each.rule_arn,
                    tags=each.tags,
                    resource_type="securityhub:automation-rule",
                )

    def _require_rights(self) -> None:
        """Refuse accounts that can have no rules.

        Raises:
            AccessDeniedException: the caller is a member.
            InvalidAccessException: there is no hub.
        """
        self.of(Hubs).require()
        caller = self.backend.account_id
        if self.of(Administration).administrator_of(caller) is not None:
            # Source: user guide for the rule; code and text are inferred [SH-222].
            raise AccessDeniedException(
                f"Account {caller} is not authorized to perform this operation"
            )

    def _named(self, arns: Sequence[str]) -> tuple[list[AutomationRule], list[dict[str, Any]]]:
        """Return the rules that have these ARNs, and an entry for each ARN that no rule has.

        Raises:
            AccessDeniedException: the caller is a member.
            InvalidInputException: an ARN is given twice.
            ResourceNotFoundException: all of the rules are missing.
        """
        self._require_rights()
        for arn in arns:
            if arns.count(arn) > 1:
                raise InvalidInputException(f"The automation rule {arn} is given twice.")
        rules = [self.find(arn) for arn in arns]
        found = [each for each in rules if each is not None]
        if not found:
            raise ResourceNotFoundException(NOT_FOUND)
        return found, [
            {"RuleArn": arn, "ErrorCode": 404, "ErrorMessage": NOT_FOUND}
            for arn, rule in zip(arns, rules, strict=True)
            if rule is None
        ]


def _update(rule: AutomationRule, item: Mapping[str, Any], now: datetime) -> None:
    rule.rule_status = item.get("RuleStatus", rule.rule_status)
    rule.rule_order = item.get("RuleOrder", rule.rule_order)
    rule.rule_name = item.get("RuleName", rule.rule_name)
    rule.description = item.get("Description", rule.description)
    rule.is_terminal = item.get("IsTerminal", rule.is_terminal)
    rule.actions = item.get("Actions", rule.actions)
    if "Criteria" in item:
        rule.criteria_text = rule_criteria.text_of(item["Criteria"])
    rule.updated_at = now


def _processed(
    found: Sequence[AutomationRule], unprocessed: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "ProcessedAutomationRules": [each.rule_arn for each in found],
        "UnprocessedAutomationRules": unprocessed,
    }
