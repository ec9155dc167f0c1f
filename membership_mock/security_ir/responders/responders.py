"""AWS's work on cases: engineers comment on them and change them, the service opens some by itself.

No operation of the API does this; a test says what happens. AWS uses the same methods and tables
of transitions as the customer, as another principal.

Source: user guide, "Changing the case status", "Closing a case", "Action items", "Case closure",
"Communications". An act that AWS would not do is refused with a `UsageError` that says what to do
instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from membership_mock.engine.state.world import World
from membership_mock.errors import ServiceError, UsageError
from membership_mock.security_ir.attachments.attachments import Attachments
from membership_mock.security_ir.cases.case_families import CaseChange, CaseFamily
from membership_mock.security_ir.cases.case_status import CLOSED, SERVICE_MANAGED, CaseStatus
from membership_mock.security_ir.cases.case_store import Case, CaseStore
from membership_mock.security_ir.cases.cases import Cases, pending_action
from membership_mock.security_ir.cases.comments import Comments, find_comment
from membership_mock.security_ir.errors import (
    AccessDeniedException,
    ResourceNotFoundException,
    SecurityIncidentResponseNotActiveException,
)
from membership_mock.security_ir.investigations.investigations import (
    NEXT_STATUS,
    InvestigationAction,
    Investigations,
    actions_of,
)
from membership_mock.security_ir.memberships.membership_events import announce_membership
from membership_mock.security_ir.memberships.membership_store import MembershipStore
from membership_mock.security_ir.memberships.memberships import Memberships
from membership_mock.security_ir.principals import AWS, SERVICE, AwsContext, principal_of
from membership_mock.security_ir.quotas import QuotaStore

#: how long a case that AWS has opened by itself waits for an answer of the customer
ANSWER_WITHIN = timedelta(days=5)

_SCANNED = ("Verified", "Failed")
_ENDINGS = ("Completed", "Failed", "Cancelled")


class Responders(CaseFamily):
    """AWS's work on the cases of the active membership, and on memberships."""

    def changed(self, change: CaseChange) -> None:
        """Stop waiting for the customer once the customer has changed the case.

        The rule is inferred [IR-103].
        """
        case = change.case
        if case.resolver_type == "AWS" and change.principal == case.account_id:
            case.pending_action = pending_action("AWS", case.case_status)
            case.closes_at = None

    def catch_up(self, case: Case, now: datetime) -> None:
        """Close a case that AWS opened by itself and the customer did not answer in five days.

        Source: user guide, "Create an AWS supported case"; that it has no closure code is
        inferred [IR-46, IR-49].
        """
        due = case.closes_at
        if due is None or now < due or case.case_status == CLOSED:
            return
        backend = self.backend
        ctx = AwsContext(
            backend.world,
            backend.service,
            "CloseCase",
            case.account_id,
            backend.region_name,
            backend.partition,
            due,
            request_id="",
            acting=SERVICE,
        )
        self.of(CaseStatus).close(ctx, case)

    def keep(self, case: Case) -> Callable[[], None] | None:
        """Return a function that counts a case as active again after `catch_up` has closed it."""
        if case.closes_at is None or case.case_status == CLOSED:
            return None
        store = self.store(QuotaStore)
        counted = dict(store.active)

        def put_back() -> None:
            store.active = counted

        return put_back

    @classmethod
    def waiting(cls, world: World) -> Iterator[tuple[str, str]]:
        """Yield the accounts and regions with cases that AWS has opened by itself and may close."""
        for (account_id, region), store in world.stores(CaseStore):
            if any(case.closes_at is not None for case in store.by_id.values()):
                yield account_id, region

    def time_passed(self, now: datetime) -> None:
        """Close unanswered cases, so that they no longer count against the quotas."""
        store = self.store_if_any(CaseStore)
        for case in store.by_id.values() if store else ():
            if case.closes_at is not None and case.closes_at <= now:
                self.of(Investigations).catch_up(case, case.closes_at)
                self.catch_up(case, now)

    # --- the work on a case ---

    def comment(self, ctx: AwsContext, case_id: str, body: str) -> str:
        """Write a comment, and return its id."""
        self._open_case(ctx, case_id)
        return str(self.of(Comments).create_case_comment(ctx, case_id, body)["commentId"])

    def update_comment(self, ctx: AwsContext, case_id: str, comment_id: str, body: str) -> None:
        """Replace the body of a comment that AWS has written."""
        case = self._open_case(ctx, case_id)
        try:
            ctx.acting = find_comment(case, comment_id).creator
        except ResourceNotFoundException as refusal:
            raise UsageError(f"{refusal.message} It has {len(case.comments)} comments.") from None
        if ctx.acting not in AWS:
            raise UsageError(
                f"Comment {comment_id} of case {case_id} is by the customer {ctx.acting}, so AWS"
                " does not edit it: let the account call update_case_comment."
            )
        self.of(Comments).update_case_comment(ctx, case_id, comment_id, body)

    def update(self, ctx: AwsContext, case_id: str, **fields: Any) -> None:
        """Change fields of a case, as UpdateCase does."""
        self._open_case(ctx, case_id)
        self.of(Cases).update_case(ctx, case_id, **fields)

    def move(self, ctx: AwsContext, case_id: str, case_status: str) -> None:
        """Move a case to a status that the table of AWS-supported cases allows."""
        case = self._open_case(ctx, case_id)
        if case_status not in SERVICE_MANAGED:
            raise UsageError(
                f"{case_status!r} is not a status of a case; there are:"
                f" {', '.join(map(repr, SERVICE_MANAGED))}."
            )
        following = [each for each in SERVICE_MANAGED if each in SERVICE_MANAGED[case.case_status]]
        if case_status == CLOSED:
            raise UsageError(
                f"Case {case_id} is closed by close_case, which takes the closure code."
            )
        if case_status not in following:
            raise UsageError(
                f"Case {case_id} is {case.case_status!r}, and AWS does not move it to"
                f" {case_status!r} from there; next may come:"
                f" {', '.join(map(repr, following))}."
            )
        self.of(CaseStatus).move(ctx, case, case_status)
        if pending_action("AWS", case_status) == "Customer":
            case.pending_action = "Customer"

    def close(self, ctx: AwsContext, case_id: str, closure_code: str) -> None:
        """Close a case, with the code that AWS gives it."""
        case = self._open_case(ctx, case_id)
        self.of(CaseStatus).close(ctx, case)
        case.closure_code = closure_code

    def wait_for_customer(
        self, ctx: AwsContext, case_id: str, *, waits: bool, silent: bool = False
    ) -> None:
        """Set whether AWS waits for the customer.

        Args:
            ctx: the account and the time.
            case_id: the case.
            waits: whether it waits.
            silent: whether no edit is added, because the caller adds another one.
        """
        case = self._open_case(ctx, case_id)
        wanted = "Customer" if waits else "None"
        if not waits:
            case.closes_at = None
        changes = case.pending_action != wanted
        case.pending_action = wanted
        if changes and not silent:
            self.of(Cases).note(
                CaseChange(
                    case, ctx.now, principal_of(ctx), "Update case", "Updated pendingAction."
                )
            )

    def open_case(self, ctx: AwsContext, **fields: Any) -> str:
        """Open an AWS-supported case by AWS itself, and return its id."""
        try:
            membership = self.of(Memberships).require_active()
        except SecurityIncidentResponseNotActiveException:
            raise UsageError(self._no_membership()) from None
        if not all(feature["isEnabled"] for feature in membership.opt_in_features):
            raise UsageError(
                "AWS opens cases by itself only with proactive response: enable it with"
                f' update_membership(membershipId="{membership.membership_id}",'
                ' optInFeatures=[{"featureName": "Triage", "isEnabled": True}]).'
            )
        try:
            created = self.of(Cases).create_case(ctx, resolver_type="AWS", **fields)
        except ServiceError as refusal:
            raise UsageError(f"AWS opens no case here: {refusal.message}") from None
        case_id = str(created["caseId"])
        case = self.of(Cases).find(case_id)
        case.pending_action = "Customer"
        case.closes_at = ctx.now + ANSWER_WITHIN
        return case_id

    # --- investigations ---

    def investigation_of(self, ctx: AwsContext, case_id: str) -> list[InvestigationAction]:
        """Return the actions of the investigation of a case."""
        return actions_of(self._open_case(ctx, case_id), ctx.now)

    def add_action(
        self, ctx: AwsContext, case_id: str, action_type: str, title: str, content: str, status: str
    ) -> str:
        """Add an action to the investigation of a case, and return its id."""
        case = self._open_case(ctx, case_id)
        action = self.of(Investigations).new_action(case, ctx.now, action_type)
        _check_reachable(action, status)
        self.of(Investigations).tell(
            case, action, ctx.now, status=status, title=title, content=content
        )
        return action.investigation_id

    def set_action(
        self,
        ctx: AwsContext,
        case_id: str,
        investigation_id: str,
        status: str | None,
        title: str | None,
        content: str | None,
    ) -> None:
        """Set status, title or content of an action of the investigation of a case."""
        case = self._open_case(ctx, case_id)
        actions = actions_of(case, ctx.now)
        found = next((each for each in actions if each.investigation_id == investigation_id), None)
        if found is None:
            held = ", ".join(f"{each.investigation_id} ({each.action_type})" for each in actions)
            raise UsageError(f"Case {case_id} has no action {investigation_id!r}; it has {held}.")
        if status is not None:
            _check_reachable(found, status)
        self.of(Investigations).tell(
            case, found, ctx.now, status=status, title=title, content=content
        )

    def end_investigation(
        self, ctx: AwsContext, case_id: str, status: str, results: dict[str, str]
    ) -> None:
        """End every action of the investigation of a case that has not ended yet."""
        case = self._open_case(ctx, case_id)
        if status not in _ENDINGS:
            raise UsageError(f"An investigation ends in {', '.join(_ENDINGS)}, not in {status!r}.")
        unfinished = [each for each in actions_of(case, ctx.now) if NEXT_STATUS[each.status]]
        if not unfinished:
            raise UsageError(
                f"The investigation of case {case_id} has ended already; add_investigation_action"
                " adds to it."
            )
        unknown = sorted(results.keys() - {each.action_type for each in unfinished})
        if unknown:
            held = ", ".join(dict.fromkeys(each.action_type for each in unfinished))
            raise UsageError(
                f"No action of the type {', '.join(map(repr, unknown))} is left to end in case"
                f" {case_id}; left are: {held}."
            )
        for action in unfinished:
            content = results.get(action.action_type)
            self.of(Investigations).tell(case, action, ctx.now, status=status, content=content)

    # --- attachments and memberships ---

    def end_scan(self, ctx: AwsContext, case_id: str, attachment: str, status: str) -> None:
        """Set the result of the scan of an attachment, with either resolver of the case."""
        if status not in _SCANNED:
            raise UsageError(
                f"A scan ends in {' or '.join(_SCANNED)}, not in {status!r}; an attachment is"
                " Pending until its bytes are uploaded."
            )
        case = self._case(ctx, case_id)
        for each in case.case_attachments:
            if attachment in (each.attachment_id, each.file_name):
                self.of(Attachments).end_scan(each, status)
                return
        held = ", ".join(repr(each.file_name) for each in case.case_attachments) or "none"
        raise UsageError(f"Case {case_id} has no attachment {attachment!r}; it has: {held}.")

    def terminate_membership(self, ctx: AwsContext, membership_id: str) -> None:
        """Terminate a cancelled membership."""
        try:
            membership = self.of(Memberships).visible(membership_id, ctx.now)
        except AccessDeniedException:
            raise UsageError(
                f"Account {ctx.account_id} has no membership {membership_id} in {ctx.region}."
            ) from None
        status = membership.membership_status
        if status == "Active":
            raise UsageError(
                f"Membership {membership_id} is Active, and AWS does not end it by itself: cancel"
                " it first, or let the organization end it (deregister_delegated_administrator,"
                " disable_aws_service_access)."
            )
        if status == "Terminated":
            raise UsageError(f"Membership {membership_id} is Terminated already.")
        self.store(MembershipStore).move(membership, "terminate", ctx.now)
        announce_membership(ctx.world, membership, "Terminated", ctx.now)

    # --- the cases that AWS works on ---

    def _open_case(self, ctx: AwsContext, case_id: str) -> Case:
        """Return a case that AWS works on."""
        case = self._case(ctx, case_id)
        if case.case_status == CLOSED:
            raise UsageError(
                f"Case {case_id} is closed, and AWS does not work on a closed case: take this step"
                " before it is closed, or open another case."
            )
        if case.resolver_type != "AWS":
            raise UsageError(
                f"Case {case_id} is self-managed, so AWS does not work on it: create it with"
                ' resolverType="AWS", or hand it over with update_resolver_type.'
            )
        return case

    def _case(self, ctx: AwsContext, case_id: str) -> Case:
        try:
            return self.of(Cases).for_reading(ctx, case_id)
        except SecurityIncidentResponseNotActiveException:
            raise UsageError(self._no_membership() + self._elsewhere(case_id)) from None
        except ResourceNotFoundException:
            raise UsageError(
                f"Account {ctx.account_id} has no case {case_id!r} of its active membership in"
                f" {ctx.region}." + self._elsewhere(case_id)
            ) from None

    def _no_membership(self) -> str:
        return (
            f"Account {self.backend.account_id} has no active membership in"
            f" {self.backend.region_name}, so AWS does nothing there."
        )

    def _elsewhere(self, case_id: str) -> str:
        """Return a sentence: where a case with this id is; empty if no case has it."""
        here = (self.backend.account_id, self.backend.region_name)
        for key, store in self.backend.world.stores(CaseStore):
            if case_id in store.by_id and key != here:
                account, region = key
                return f' It is a case of mock.aws_side("{account}", "{region}").'
        return ""


def _check_reachable(action: InvestigationAction, status: str) -> None:
    """Refuse a status that the action cannot reach; the steps in between are not shown."""
    if status not in NEXT_STATUS:
        raise UsageError(
            f"{status!r} is not a status of an action; there are: {', '.join(NEXT_STATUS)}."
        )
    reached = {action.status}
    waiting = [action.status]
    while waiting:
        new = NEXT_STATUS[waiting.pop()] - reached
        reached |= new
        waiting += new
    if status not in reached:
        raise UsageError(
            f"The action {action.investigation_id} is {action.status}, and does not become"
            f" {status} any more."
        )
