"""Automation rules of Security Hub V2: creating, changing and listing them.

Sources: the API pages of the five operations, the user guide on automation rules, what a provider
of Terraform reads back. What they leave open is marked inferred.
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
    ResourceNotFoundException,
    ServiceQuotaExceededException,
    ValidationException,
)
from membership_mock.securityhub.quotas import AUTOMATION_RULES_V2
from membership_mock.securityhub.v2.access.delegation import DelegationV2
from membership_mock.securityhub.v2.access.home_region import HomeRegionV2
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.ocsf.customer_fields import checked_changes
from membership_mock.securityhub.v2.ocsf.resource_documents import RESOURCE_RULE
from membership_mock.securityhub.v2.queries.filters import RULE, compile_filters
from membership_mock.securityhub.v2.stores.connector_store import ConnectorV2Store
from membership_mock.securityhub.v2.stores.rule_store import (
    AccountRules,
    AutomationRuleV2,
    AutomationRuleV2Store,
)

#: inferred [SH-192]
NOT_FOUND = "Automation rule not found"

FINDING_UPDATE, TICKET, RESOURCE_UPDATE = (
    "FINDING_FIELDS_UPDATE",
    "EXTERNAL_INTEGRATION",
    "RESOURCE_FIELDS_UPDATE",
)
#: by the type of an action: its member, and the kind of criteria that it goes with
_ACTIONS: Mapping[str, tuple[str, str]] = {
    FINDING_UPDATE: ("FindingFieldsUpdate", "OcsfFindingCriteria"),
    TICKET: ("ExternalIntegrationConfiguration", "OcsfFindingCriteria"),
    RESOURCE_UPDATE: ("ResourceFieldsUpdate", "ResourceCriteria"),
}


class AutomationRulesV2(Family):
    """The operations on automation rules."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many rules each account has."""
        del now
        for (region,), store in world.stores(AutomationRuleV2Store):
            for account_id, held in store.accounts.items():
                yield QuotaUse(AUTOMATION_RULES_V2, account_id, region, len(held.rules))

    @operation("CreateAutomationRuleV2")
    def create_automation_rule_v2(
        self,
        ctx: Context,
        rule_name: str,
        description: str,
        rule_order: float,
        criteria: dict[str, Any],
        actions: list[dict[str, Any]],
        rule_status: str = "ENABLED",
        tags: dict[str, str] | None = None,
    ) -> dict[str, str]:
        """Create a rule, which acts on findings that arrive from now on.

        Raises:
            AccessDeniedException: another account administers the caller's organization.
            ConflictException: this region is linked to a home region.
            ServiceQuotaExceededException: the account has as many rules as it may have.
            ValidationException: criteria or action are not valid.
        """
        self._require_say(ctx)
        self._check(ctx, criteria, actions)
        accounts = self.store(AutomationRuleV2Store).accounts
        held = accounts.get(ctx.account_id) or AccountRules()
        limit = self.limit(AUTOMATION_RULES_V2)
        if len(held.rules) >= limit:
            raise ServiceQuotaExceededException(
                f"Account {ctx.account_id} can have at most {limit} automation rules in a Region"
            )
        rule_id = ctx.world.uuid()
        rule = AutomationRuleV2(
            rule_arn=ctx.arn(f"automation-rulev2/{rule_id}"),
            rule_id=rule_id,
            rule_name=rule_name,
            rule_status=rule_status,
            description=description,
            rule_order=float(rule_order),
            criteria=criteria,
            actions=actions,
            created_at=ctx.now,
            updated_at=ctx.now,
            tags=tags or {},
        )
        held.add(rule)
        accounts[ctx.account_id] = held
        return {"RuleArn": rule.rule_arn, "RuleId": rule_id}

    @operation("GetAutomationRuleV2")
    def get_automation_rule_v2(self, ctx: Context, identifier: str) -> AutomationRuleV2:
        """Return a rule of the caller in this region, its criteria as they were sent."""
        self.of(SubscriptionV2).require(ctx)
        return self._rule(identifier)[1]

    @operation("ListAutomationRulesV2")
    def list_automation_rules_v2(self, ctx: Context) -> dict[str, Listing[AutomationRuleV2]]:
        """Return the rules of the caller in this region, in the order in which they act."""
        self.of(SubscriptionV2).require(ctx)
        held = self.store(AutomationRuleV2Store).accounts.get(ctx.account_id)
        return {
            "Rules": Listing(
                held.ordered if held else [], position=lambda rule: rule.place, show=_summary
            )
        }

    @operation("UpdateAutomationRuleV2")
    def update_automation_rule_v2(
        self,
        ctx: Context,
        identifier: str,
        rule_status: str | None = None,
        rule_order: float | None = None,
        description: str | None = None,
        rule_name: str | None = None,
        criteria: dict[str, Any] | None = None,
        actions: list[dict[str, Any]] | None = None,
    ) -> None:
        """Change what is given of a rule; it acts so on findings that arrive from now on.

        Raises:
            AccessDeniedException, ConflictException, ValidationException: as for a new rule.
            ResourceNotFoundException: there is no such rule.
        """
        self._require_say(ctx)
        held, rule = self._rule(identifier)
        self._check(ctx, criteria or rule.criteria, actions or rule.actions)
        held.remove(rule)
        rule.rule_status = rule_status or rule.rule_status
        rule.rule_order = rule.rule_order if rule_order is None else float(rule_order)
        rule.description = description or rule.description
        rule.rule_name = rule_name or rule.rule_name
        rule.criteria = criteria or rule.criteria
        rule.actions = actions or rule.actions
        rule.updated_at = ctx.now
        held.add(rule)

    @operation("DeleteAutomationRuleV2")
    def delete_automation_rule_v2(self, ctx: Context, identifier: str) -> None:
        """Delete a rule; what it has set on findings stays."""
        self.of(SubscriptionV2).require(ctx)
        held, rule = self._rule(identifier)
        held.remove(rule)

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the rules of this account and region."""
        store = self.store_if_any(AutomationRuleV2Store)
        held = store.accounts.get(self.backend.account_id) if store else None
        for rule in held.ordered if held else ():
            yield TaggedResource(rule.rule_arn, rule.tags, "securityhub:automation-rulev2")

    def _require_say(self, ctx: Context) -> None:
        """Refuse accounts that may neither create nor change rules here.

        The rules are documented, the codes inferred [SH-241].
        """
        self.of(SubscriptionV2).require(ctx)
        self.of(DelegationV2).require_own_say()
        self.of(HomeRegionV2).refuse_linked()

    def _rule(self, identifier: str) -> tuple[AccountRules, AutomationRuleV2]:
        """Return a rule by its ARN or its id (the latter inferred [SH-242])."""
        held = self.store(AutomationRuleV2Store).accounts.get(self.backend.account_id)
        rule = held.rules.get(identifier.rpartition("/")[2]) if held else None
        if held is None or rule is None or identifier not in (rule.rule_arn, rule.rule_id):
            raise ResourceNotFoundException(NOT_FOUND)
        return held, rule

    def _check(
        self, ctx: Context, criteria: Mapping[str, Any], actions: Sequence[Mapping[str, Any]]
    ) -> None:
        """Refuse criteria and actions that are not valid."""
        (action,) = actions
        kind = action["Type"]
        member, goes_with = _ACTIONS[kind]
        others = action.keys() - {"Type", member}
        if member not in action or others:
            raise ValidationException(f"An action of the Type {kind} must have {member} alone")
        if goes_with not in criteria:
            raise ValidationException(f"An action of the Type {kind} goes with {goes_with}")
        compile_filters(
            criteria[goes_with], ctx.now, RESOURCE_RULE if kind == RESOURCE_UPDATE else RULE
        )
        given = action[member]
        if kind == FINDING_UPDATE:
            checked_changes(given.get("Comment"), given.get("SeverityId"), given.get("StatusId"))
        elif kind == TICKET:
            arn = given.get("ConnectorArn")
            known = self.store(ConnectorV2Store).of(ctx.account_id).connectors.values()
            if arn not in {each.connector_arn for each in known}:
                raise ValidationException(f"Connector {arn} not found")


def _summary(rule: AutomationRuleV2) -> dict[str, Any]:
    return {
        "RuleArn": rule.rule_arn,
        "RuleId": rule.rule_id,
        "RuleOrder": rule.rule_order,
        "RuleName": rule.rule_name,
        "RuleStatus": rule.rule_status,
        "Description": rule.description,
        "Actions": [{"Type": action["Type"]} for action in rule.actions],
        "CreatedAt": rule.created_at,
        "UpdatedAt": rule.updated_at,
    }
