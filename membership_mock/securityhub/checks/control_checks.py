"""Evaluating a control: resources that pass or fail become findings of Security Hub.

Sources: the user guide on how control findings are created and updated, on their workflow status
and on consolidated control findings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.protocol.timestamps import WRITING
from membership_mock.errors import UsageError
from membership_mock.securityhub.checks import check_findings
from membership_mock.securityhub.checks.check_findings import Check, Requirement
from membership_mock.securityhub.checks.control_findings import (
    CONSOLIDATED,
    GENERATOR_CHANGED,
    ControlFindings,
    ControlFindingStore,
    group_of,
    later_than,
)
from membership_mock.securityhub.controls.catalogue import SecurityControl
from membership_mock.securityhub.controls.control_states import ControlStates
from membership_mock.securityhub.controls.customizations import Customizations
from membership_mock.securityhub.controls.known_controls import KnownControls
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.triage.finding_import import FindingImport


class ControlChecks(Family):
    """The checks of controls in this account and region, whose results a test sets."""

    def evaluate(
        self,
        ctx: Context,
        control_id: str,
        outcomes: Mapping[str | None, str],
        resource_type: str | None,
        reasons: Sequence[Mapping[str, str]],
    ) -> list[str]:
        """Evaluate a control, and return the ids of its findings.

        A resource that was checked before keeps its finding, which is updated. If the hub has
        another ControlFindingGenerator since, there are new findings, and the old ones are
        archived.

        Args:
            ctx: a request of AWS's own in the account and region.
            control_id: the control.
            outcomes: the status of each resource by its id; None is the account itself.
            resource_type: the type of the resources in findings; None for what the control checks.
            reasons: the reasons for the statuses.

        Raises:
            UsageError: the account has no hub here, or AWS would not evaluate that control.
        """
        control = self._enabled_control(ctx, control_id)
        states, customizations = self.of(ControlStates), self.of(Customizations)
        requirements = list(states.enabled_requirements(ctx.account_id, control))
        generator = self.of(Hubs).control_finding_generator(ctx.account_id)
        is_consolidated = generator == "SECURITY_CONTROL"
        customizations.checked(ctx.account_id, control.id, ctx.now)
        findings = self.of(ControlFindings)
        for group, ids in findings.groups(ctx.account_id, control.id):
            if (group == CONSOLIDATED) != is_consolidated:
                findings.archive(ctx.account_id, ids.values(), GENERATOR_CHANGED, ctx.now)
        check = Check(
            partition=ctx.partition,
            region=ctx.region,
            account_id=ctx.account_id,
            control=control,
            values=customizations.values(ctx.account_id, control.id),
            resource=None,
            resource_type=resource_type,
            status="",
            reasons=reasons,
        )
        made = []
        for resource, status in outcomes.items():
            one = replace(check, resource=resource, status=status)
            if is_consolidated:
                fields = check_findings.consolidated(one, requirements)
                made.append(self._kept(ctx, one, CONSOLIDATED, None, fields))
                continue
            for each in requirements:
                group = group_of(each[1].standard, each[1].arn_id)
                fields = check_findings.of_standard(one, each)
                made.append(self._kept(ctx, one, group, each, fields))
        self.of(FindingImport).take(ctx, made)
        return [each["Id"] for each in made]

    def _kept(
        self,
        ctx: Context,
        check: Check,
        group: str,
        requirement: Requirement | None,
        fields: dict[str, Any],
    ) -> dict[str, Any]:
        """Return a finding with its id and its times: those of the one before, if there is one."""
        findings, store = self.of(ControlFindings), self.store(ControlFindingStore)
        ids = dict(findings.groups(ctx.account_id, check.control.id)).get(group, {})
        old = findings.find(ctx.account_id, ids.get(check.resource_id), ctx.now)
        now = WRITING["iso8601"](ctx.now)
        if old is None:
            id_ = f"{check_findings.id_prefix(check, requirement)}/finding/{ctx.world.uuid()}"
            store.note(ctx.account_id, check.control.id, group, check.resource_id, id_)
            return {
                **fields,
                "Id": id_,
                "FirstObservedAt": now,
                "LastObservedAt": now,
                "CreatedAt": now,
                "UpdatedAt": now,
            }
        fields["ProductFields"]["PreviousComplianceStatus"] = old.fields["Compliance"]["Status"]
        return {
            **fields,
            "Id": old.fields["Id"],
            "FirstObservedAt": old.fields["FirstObservedAt"],
            "LastObservedAt": now,
            "CreatedAt": old.fields["CreatedAt"],
            "UpdatedAt": WRITING["iso8601"](later_than(old.fields, ctx.now)),
        }

    def _enabled_control(self, ctx: Context, control_id: str) -> SecurityControl:
        """Return a control that AWS evaluates in this account and region."""
        where = f"account {ctx.account_id} in {ctx.region}"
        if self.of(Hubs).of_account(ctx.account_id) is None:
            raise UsageError(
                f"No control is evaluated without a hub: enable Security Hub for {where} first,"
                " for instance with mock.given.securityhub.hub(…)."
            )
        control = self.of(KnownControls).find(control_id)
        if control is None:
            raise UsageError(
                f"There is no security control {control_id!r}; ListSecurityControlDefinitions lists"
                " them. Upper and lower case differ."
            )
        if not control.is_available(ctx.region):
            raise UsageError(
                f"Security control {control_id} is not available in {ctx.region}, so it is not"
                " evaluated there."
            )
        if not self.of(ControlStates).is_enabled(ctx.account_id, control):
            standards = ", ".join(control.standards) or "none"
            raise UsageError(
                f"Security control {control_id} is disabled for {where}, so it is not evaluated."
                f" Enable it in a standard that is enabled; standards with it: {standards}."
            )
        return control
