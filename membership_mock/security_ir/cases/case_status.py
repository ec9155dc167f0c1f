"""The status of a case, its end, and who resolves it.

Source: API pages UpdateCaseStatus, CloseCase, UpdateResolverType; user guide, "Changing the case
status", "Changing the resolver", "Closing a case". The errors of refusals are
inferred [IR-60, IR-61, IR-65].
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.security_ir.cases.case_families import CaseChange, CaseFamily
from membership_mock.security_ir.cases.case_store import Case, CaseStore
from membership_mock.security_ir.cases.cases import Cases, pending_action
from membership_mock.security_ir.errors import ConflictException, ValidationException
from membership_mock.security_ir.principals import principal_of
from membership_mock.security_ir.quotas import Quotas

SUBMITTED = "Submitted"
ACKNOWLEDGED = "Acknowledged"
ANALYSIS = "Detection and Analysis"
CONTAINMENT = "Containment, Eradication and Recovery"
POST_INCIDENT = "Post-incident Activities"
READY = "Ready to Close"
CLOSED = "Closed"

Transitions = Mapping[str, frozenset[str]]

#: the transitions of a self-managed case by the customer; CloseCase leads to Closed
SELF_MANAGED: Transitions = {
    SUBMITTED: frozenset({ANALYSIS, CONTAINMENT, POST_INCIDENT, CLOSED}),
    ANALYSIS: frozenset({CONTAINMENT, POST_INCIDENT, CLOSED}),
    CONTAINMENT: frozenset({ANALYSIS, POST_INCIDENT, CLOSED}),
    POST_INCIDENT: frozenset({ANALYSIS, CONTAINMENT, CLOSED}),
    CLOSED: frozenset(),
}

#: the transitions of an AWS-supported case: only AWS's engineers make them, but the customer may
#: close the case at any time
SERVICE_MANAGED: Transitions = {
    SUBMITTED: frozenset({ACKNOWLEDGED, CLOSED}),
    ACKNOWLEDGED: frozenset({ANALYSIS, CLOSED}),
    ANALYSIS: frozenset({CONTAINMENT, POST_INCIDENT, CLOSED}),
    CONTAINMENT: frozenset({ANALYSIS, POST_INCIDENT, CLOSED}),
    POST_INCIDENT: frozenset({READY, CLOSED}),
    READY: frozenset({CLOSED}),
    CLOSED: frozenset(),
}

#: the table of each resolver
TRANSITIONS: Mapping[str, Transitions] = {"Self": SELF_MANAGED, "AWS": SERVICE_MANAGED}


class CaseStatus(CaseFamily):
    """The operations on the status and the resolver of a case."""

    @operation("UpdateCaseStatus")
    def update_case_status(self, ctx: Context, case_id: str, case_status: str) -> dict[str, Any]:
        """Move a self-managed case to another status, and return that status.

        Raises:
            ValidationException: AWS resolves the case, or the transition is not allowed; none is
                from Closed (inferred [IR-60]: "value updates must be permitted").
        """
        case = self.of(Cases).for_reading(ctx, case_id)
        if case.resolver_type != "Self":
            raise ValidationException(
                f"The status of case {case_id} is changed by AWS, because its resolver is AWS.",
                field="caseStatus",
            )
        return self.move(ctx, case, case_status)

    @operation("CloseCase")
    def close_case(self, ctx: Context, case_id: str) -> dict[str, Any]:
        """Close a case for good, and return its status and the time.

        The closure code stays absent: only AWS can set it (inferred [IR-46]).

        Raises:
            ConflictException: the case is closed already.
        """
        return self.close(ctx, self.of(Cases).for_writing(ctx, case_id))

    def move(self, ctx: Context, case: Case, case_status: str) -> dict[str, Any]:
        """Move a case to a status that the table of its resolver allows, and return the status.

        Raises:
            ValidationException: the table has no such transition.
        """
        before = case.case_status
        if case_status not in TRANSITIONS[case.resolver_type][before]:
            raise ValidationException(
                f"Case {case.case_id} cannot go from {before} to {case_status}.",
                field="caseStatus",
            )
        case.case_status = case_status
        self._note(ctx, case, "Update case status", f"Changed {before} to {case_status}.")
        return {"caseStatus": case_status}

    def close(self, ctx: Context, case: Case) -> dict[str, Any]:
        """Close a case, and return its status and the time.

        Raises:
            ConflictException: it is closed already.
        """
        before = case.case_status
        if CLOSED not in TRANSITIONS[case.resolver_type][before]:
            raise ConflictException(
                f"Case {case.case_id} cannot be closed while it is {before}.", case.case_id, "Case"
            )
        self.of(Quotas).give_back(case.membership_id, case.resolver_type)
        case.case_status = CLOSED
        case.closed_date = ctx.now
        case.pending_action = pending_action(case.resolver_type, CLOSED)
        self._note(ctx, case, "Close case", f"Changed {before} to {CLOSED}.")
        return {"caseStatus": CLOSED, "closedDate": ctx.now}

    @operation(
        "UpdateResolverType",
        differs="no AWS engineer works on an AWS-supported case: the test says what they do",
    )
    def update_resolver_type(
        self, ctx: Context, case_id: str, resolver_type: str
    ) -> dict[str, Any]:
        """Hand a self-managed case over to AWS: it becomes Submitted, and AWS investigates.

        Raises:
            ConflictException: the case is closed, or would go from AWS to Self.
            ServiceQuotaExceededException: the quota of service-managed cases is used up.
            ValidationException: the case has this resolver already.
        """
        case = self.of(Cases).for_writing(ctx, case_id)
        before = case.resolver_type
        if resolver_type == before:
            raise ValidationException(
                f"The resolver of case {case_id} is {before} already.", field="resolverType"
            )
        if resolver_type == "Self":
            raise ConflictException(
                f"Case {case_id} is supported by AWS and cannot become self-managed.",
                case_id,
                "Case",
            )
        quotas = self.of(Quotas)
        cases = self.store(CaseStore)
        overdue = partial(cases.overdue, case.membership_id, resolver_type, ctx.now)
        quotas.require_room(case.membership_id, resolver_type, ctx.now, overdue)
        quotas.give_back(case.membership_id, before)
        quotas.take(case.membership_id, resolver_type, ctx.now)
        case.resolver_type = resolver_type
        case.case_status = SUBMITTED
        case.pending_action = pending_action(resolver_type, SUBMITTED)
        case.investigation = Progress([ctx.now])
        self._note(
            ctx,
            case,
            "Update resolver type",
            f"Changed the resolver from {before} to {resolver_type}.",
        )
        return {"caseId": case_id, "caseStatus": SUBMITTED, "resolverType": resolver_type}

    def _note(self, ctx: Context, case: Case, action: str, message: str) -> None:
        self.of(Cases).note(CaseChange(case, ctx.now, principal_of(ctx), action, message))
