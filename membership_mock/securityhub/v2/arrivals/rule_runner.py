"""Applies automation rules to a finding that has just arrived.

Sources: the user guide on automation rules. Rules look at what the provider says, in ascending
order; the last one to set a field counts, also before what a customer has set.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Backend, Family
from membership_mock.securityhub.v2.access.delegation import DelegationV2
from membership_mock.securityhub.v2.connectors.ticket_maker import TicketMakerV2
from membership_mock.securityhub.v2.ocsf import vocabulary as words
from membership_mock.securityhub.v2.ocsf.resource_documents import RESOURCE_RULE
from membership_mock.securityhub.v2.queries.fields import Document
from membership_mock.securityhub.v2.queries.filters import RULE, compile_filters
from membership_mock.securityhub.v2.queries.leaves import Test
from membership_mock.securityhub.v2.stores.aggregator_store import AggregatorV2Store
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfRecord
from membership_mock.securityhub.v2.stores.rule_store import (
    AutomationRuleV2,
    AutomationRuleV2Store,
)

_FIELDS = {"Comment": "comment", "SeverityId": "severity_id", "StatusId": "status_id"}


class RuleRunnerV2(Family):
    """The rules that act in this account and region."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        # the tests of the request that was served last, by rule: no state, they can be made anew.
        # The request is known by its context: seeded ids come again after a restore
        self._compiled: tuple[Context | None, dict[str, Test]] = (None, {})

    def run(self, ctx: Context, record: OcsfRecord, document: Callable[[], Document]) -> None:
        """Let all rules act on a finding.

        Args:
            ctx: the request by which it arrived.
            record: the finding.
            document: returns the finding as its provider has it.
        """
        owner = self.of(DelegationV2).administrator() or record.account_id
        for region, rule in self._rules(owner, record.region):
            if "OcsfFindingCriteria" in rule.criteria and self._matches(ctx, rule)(document()):
                self._act(owner, region, rule, record, document())
        if record.activity_id == words.CREATE:
            return
        for region in self._regions(owner, record.region):
            maker = self.backend.in_region(region, owner).family(TicketMakerV2)
            maker.note_update(record)

    def criticality(
        self, ctx: Context, region: str, resource: Callable[[], Document]
    ) -> tuple[str, str] | None:
        """Return what the rules on resources say of one, and the rule's name; None for nothing.

        Args:
            ctx: the request by which a finding of it arrived.
            region: the region of the finding.
            resource: returns the resource, as GetResourcesV2 shows it.
        """
        owner = self.of(DelegationV2).administrator() or self.backend.account_id
        said = None
        for _, rule in self._rules(owner, region):
            if "ResourceCriteria" in rule.criteria and self._matches(ctx, rule)(resource()):
                update = rule.actions[0]["ResourceFieldsUpdate"]
                said = (update["Criticality"], rule.rule_name)
        return said

    def _rules(self, owner: str, region: str) -> Iterator[tuple[str, AutomationRuleV2]]:
        """Yield the enabled rules of an account that act in a region, with the region of each."""
        found = []
        for each in self._regions(owner, region):
            store = self.backend.world.held_at(AutomationRuleV2Store, (each,))
            held = store.accounts.get(owner) if store else None
            if held and held.ordered:
                found.append([(each, rule) for rule in held.ordered])
        for home, rule in heapq.merge(*found, key=lambda pair: pair[1].place):
            if rule.rule_status == "ENABLED":
                yield home, rule

    def _regions(self, owner: str, region: str) -> list[str]:
        """Return the regions whose rules act in a region: itself, and the home region."""
        store = self.store_if_any(AggregatorV2Store)
        aggregator = store.aggregators.get(owner) if store else None
        if aggregator is not None and region in aggregator.linked_regions:
            return [region, aggregator.aggregation_region]
        return [region]

    def _matches(self, ctx: Context, rule: AutomationRuleV2) -> Test:
        """Return the test of a rule, which is compiled once a request."""
        if self._compiled[0] is not ctx:
            self._compiled = (ctx, {})
        tests = self._compiled[1]
        if rule.rule_id not in tests:
            criteria = rule.criteria
            test = (
                compile_filters(criteria["OcsfFindingCriteria"], ctx.now, RULE)
                if "OcsfFindingCriteria" in criteria
                else compile_filters(criteria["ResourceCriteria"], ctx.now, RESOURCE_RULE)
            )
            tests[rule.rule_id] = test or (lambda _: True)
        return tests[rule.rule_id]

    def _act(
        self,
        owner: str,
        region: str,
        rule: AutomationRuleV2,
        record: OcsfRecord,
        document: Document,
    ) -> None:
        action = rule.actions[0]
        if action["Type"] == "FINDING_FIELDS_UPDATE":
            for name, value in action["FindingFieldsUpdate"].items():
                record.overlay[_FIELDS[name]] = value
            record.version += 1
        else:
            arn = action["ExternalIntegrationConfiguration"]["ConnectorArn"]
            maker = self.backend.in_region(region, owner).family(TicketMakerV2)
            maker.for_rule(arn, record, document)
