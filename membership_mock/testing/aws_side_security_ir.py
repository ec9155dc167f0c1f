"""What AWS does by itself in Security Incident Response, said by the author of a test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timezone
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import quote

from membership_mock.engine.codec import Invalid, Unparsable, codec
from membership_mock.engine.model import service_model, snake
from membership_mock.engine.moto_bridge import partition_of, random_uuid
from membership_mock.errors import NotRunning, ServiceError, UsageError
from membership_mock.security_ir.backend import SecurityIrBackend
from membership_mock.security_ir.finding_metrics import FindingMetrics
from membership_mock.security_ir.principals import AWS, RESPONDER, SERVICE, AwsContext
from membership_mock.security_ir.responders import Responders
from membership_mock.testing.names import nearest_to

if TYPE_CHECKING:
    from membership_mock.engine.operation import Family
    from membership_mock.engine.running import Running
    from membership_mock.security_ir.investigations import InvestigationAction

F = TypeVar("F", bound="Family")

_SERVICE_ID = "security-ir"

CaseStatus = Literal[
    "Acknowledged",
    "Detection and Analysis",
    "Containment, Eradication and Recovery",
    "Post-incident Activities",
    "Ready to Close",
]


class SecurityIrSide:
    """AWS's side of the cases and memberships of one account in one region."""

    def __init__(self, running: Running, account: str, region: str) -> None:
        self._held = running
        self._account = account
        self._region = region

    @property
    def _running(self) -> Running:
        if self._held.is_empty:
            raise NotRunning(
                "The mock of this side of AWS has ended: take `mock.aws_side(…)` of the one that is"
                " running."
            )
        return self._held

    # --- cases ---

    def comment(
        self,
        case_id: str,
        body: str,
        *,
        asks_customer: bool = False,
        creator: Literal["AWS Responder", "security-ir.amazonaws.com"] = "AWS Responder",
    ) -> str:
        """Let AWS comment on an AWS-supported case, and return the comment's id.

        Args:
            case_id: an open case of this account and region.
            body: the text, up to 12,000 characters.
            asks_customer: whether AWS waits for the customer from now on: the case's
                ``pendingAction`` is ``Customer`` until the customer does something on the case.
            creator: an engineer, ``AWS Responder``, or the service itself,
                ``security-ir.amazonaws.com``.

        Raises:
            UsageError: the case is closed, self-managed or none; or ``body`` or ``creator`` cannot
                be one.
        """
        if creator not in AWS:
            raise UsageError(
                f"{creator!r} is not AWS; a comment by AWS is by {' or '.join(map(repr, AWS))}."
            )
        self._checked("CreateCaseComment", case_id, {"body": body})
        with self._acting("CreateCaseComment", creator) as (responders, ctx):
            comment_id = responders.comment(ctx, case_id, body)
            if asks_customer:
                responders.wait_for_customer(ctx, case_id, waits=True, silent=True)
            return comment_id

    def update_comment(self, case_id: str, comment_id: str, body: str) -> None:
        """Let AWS replace the text of a comment that it has written itself.

        Args:
            case_id: an open case of this account and region.
            comment_id: six digits, as `comment` returned them.
            body: the text, up to 12,000 characters.

        Raises:
            UsageError: the comment is the customer's, or as for `comment`.
        """
        self._checked("UpdateCaseComment", case_id, {"commentId": comment_id, "body": body})
        with self._acting("UpdateCaseComment") as (responders, ctx):
            responders.update_comment(ctx, case_id, comment_id, body)

    def move_case(
        self, case_id: str, status: CaseStatus, *, waits_for_customer: bool | None = None
    ) -> None:
        """Let AWS's engineers move an AWS-supported case on by one step.

        Submitted → Acknowledged → Detection and Analysis ⇄ Containment, Eradication and Recovery →
        Post-incident Activities → Ready to Close.

        Args:
            case_id: an open case of this account and region.
            status: the next status; `close_case` closes a case.
            waits_for_customer: whether AWS waits for the customer from now on. None leaves that as
                it is, but for ``Ready to Close``, where AWS waits for the customer to close.

        Raises:
            UsageError: the case does not go there from where it is; it is closed, self-managed or
                none.
        """
        _check_text(case_id=case_id, status=status)
        with self._acting("UpdateCaseStatus") as (responders, ctx):
            responders.move(ctx, case_id, status)
            if waits_for_customer is not None:
                responders.wait_for_customer(ctx, case_id, waits=waits_for_customer, silent=True)

    def close_case(
        self,
        case_id: str,
        closure_code: Literal[
            "Investigation Completed", "Not Resolved", "False Positive", "Duplicate"
        ] = "Investigation Completed",
    ) -> None:
        """Let AWS close an AWS-supported case, from whatever status.

        Args:
            case_id: an open case of this account and region.
            closure_code: the ``closureCode`` that GetCase shows from now on.

        Raises:
            UsageError: the case is closed, self-managed or none; or there is no such code.
        """
        codes = service_model(_SERVICE_ID).shape_for("ClosureCode").metadata["enum"]
        if closure_code not in codes:
            raise UsageError(
                f"{closure_code!r} is no closure code; there are: {', '.join(map(repr, codes))}."
            )
        _check_text(case_id=case_id)
        with self._acting("CloseCase") as (responders, ctx):
            responders.close(ctx, case_id, closure_code)

    def wait_for_customer(self, case_id: str, waits: bool = True) -> None:
        """Let AWS wait for the customer, or no longer: ``pendingAction`` of an AWS-supported case.

        Args:
            case_id: an open case of this account and region.
            waits: whether it waits.

        Raises:
            UsageError: the case is closed, self-managed or none.
        """
        _check_text(case_id=case_id)
        with self._acting("UpdateCase") as (responders, ctx):
            responders.wait_for_customer(ctx, case_id, waits=waits)

    def update_case(self, case_id: str, **fields: Any) -> None:
        """Let AWS's engineers change fields of an AWS-supported case, what they have found out.

        Args:
            case_id: an open case of this account and region.
            **fields: what boto3's ``update_case`` takes besides, e.g.
                ``actualIncidentStartDate=…`` or ``impactedAccountsToAdd=[…]``; in snake case, too.

        Raises:
            UsageError: the case is closed, self-managed or none; or a field cannot be changed so.
        """
        named = named_fields("UpdateCase", fields)
        if "caseId" in named:
            raise UsageError("The case is named once, by case_id: leave caseId out.")
        arguments = self._checked("UpdateCase", case_id, named)
        with self._acting("UpdateCase") as (responders, ctx):
            responders.update(ctx, **arguments)

    def open_case(
        self,
        title: str = "Suspicious activity",
        description: str = "AWS has found suspicious activity in your account.",
        **fields: Any,
    ) -> str:
        """Let AWS open an AWS-supported case by itself, for a finding of its triage.

        The membership has proactive response (the feature Triage) enabled. The case's creator is
        the service, ``security-ir.amazonaws.com``, and AWS waits for the customer: a case that
        nobody has answered in five days is closed.

        Args:
            title: the case's title.
            description: its description.
            **fields: what boto3's ``create_case`` takes besides, each with a default; in snake
                case, too.

        Returns:
            The case's id.

        Raises:
            UsageError: there is no active membership, or it has Triage disabled; a quota is used
                up; or a field cannot be so.
        """
        wanted = {
            "resolverType": "AWS",
            "title": title,
            "description": description,
            "engagementType": "Security Incident",
            "reportedIncidentStartDate": self._running.world.clock.now(),
            "impactedAccounts": [self._account],
            "watchers": [],
        }
        wanted.update(named_fields("CreateCase", fields))
        if wanted["resolverType"] != "AWS":
            raise UsageError("A case that AWS opens is resolved by AWS, not by the customer.")
        arguments = self._checked("CreateCase", None, wanted)
        arguments.pop("client_token", None)
        del arguments["resolver_type"]
        with self._acting("CreateCase", SERVICE) as (responders, ctx):
            return responders.open_case(ctx, **arguments)

    # --- investigations ---

    def add_investigation_action(
        self,
        case_id: str,
        action_type: Literal["Evidence", "Investigation", "Summarization"],
        title: str,
        content: str,
        status: str = "Completed",
    ) -> str:
        """Add an action to the AI investigation of an AWS-supported case, and return its id.

        Args:
            case_id: an open case of this account and region.
            action_type: a summarization that is Completed becomes a comment of the service, too.
            title: up to 200 characters.
            content: Markdown, up to 5,000 characters.
            status: ``Pending``, ``InProgress``, ``Waiting`` (for a comment of the customer's, ten
                minutes at the most), ``Completed``, ``Failed`` or ``Cancelled``.

        Raises:
            UsageError: the case is closed, self-managed or none; or a value cannot be so.
        """
        _check_text(case_id=case_id, status=status)
        _check_text(action_type=action_type, title=title, content=content)
        self._check_action(actionType=action_type, title=title, content=content)
        with self._acting("ListInvestigations", SERVICE) as (responders, ctx):
            return responders.add_action(ctx, case_id, action_type, title, content, status)

    def set_investigation_action(
        self,
        case_id: str,
        investigation_id: str,
        *,
        status: str | None = None,
        title: str | None = None,
        content: str | None = None,
    ) -> None:
        """Let an action of the AI investigation be as given; it leaves the timetable.

        Args:
            case_id: an open case of this account and region.
            investigation_id: the ``investigationId`` that ListInvestigations shows.
            status: where the action has come to; None leaves it where it is.
            title: another title.
            content: another content; a new status has one of its own if none is given.

        Raises:
            UsageError: an action that has ended does not go on; there is no such action; the case
                is closed, self-managed or none; or a value cannot be so.
        """
        _check_text(case_id=case_id, investigation_id=investigation_id)
        given = {"status": status, "title": title, "content": content}
        _check_text(**{name: value for name, value in given.items() if value is not None})
        self._check_action(title=title, content=content)
        with self._acting("ListInvestigations", SERVICE) as (responders, ctx):
            responders.set_action(ctx, case_id, investigation_id, status, title, content)

    def end_investigation(
        self,
        case_id: str,
        status: Literal["Completed", "Failed", "Cancelled"] = "Completed",
        *,
        results: Mapping[str, str] | None = None,
    ) -> None:
        """End all that is unfinished of the AI investigation of an AWS-supported case.

        Args:
            case_id: an open case of this account and region.
            status: how it ends. The summary of a completed one becomes a comment of the service.
            results: contents, in Markdown, by the type of the action: ``Evidence``,
                ``Investigation``, ``Summarization``; each has a default.

        Raises:
            UsageError: the investigation has ended; the case is closed, self-managed or none; or a
                value cannot be so.
        """
        _check_text(case_id=case_id, status=status)
        if not isinstance(results, (Mapping, NoneType)):
            raise UsageError(
                f"The results of an investigation are a mapping from the type of an action to its"
                f" content, not {results!r}."
            )
        for action_type, content in (results or {}).items():
            _check_text(action_type=action_type, content=content)
            self._check_action(content=content)
        with self._acting("ListInvestigations", SERVICE) as (responders, ctx):
            responders.end_investigation(ctx, case_id, status, dict(results or {}))

    # --- attachments, memberships, metrics ---

    def end_scan(
        self, case_id: str, attachment: str, status: Literal["Verified", "Failed"] = "Verified"
    ) -> None:
        """Settle what the scan of an attachment finds, whoever resolves the case.

        Args:
            case_id: a case of this account and region.
            attachment: its id, or the name of its file.
            status: ``Failed`` when it finds malicious content. It holds at once if the bytes are
                uploaded, and otherwise as soon as they are.

        Raises:
            UsageError: the case has no such attachment, there is no such case, or no scan ends so.
        """
        _check_text(case_id=case_id, attachment=attachment, status=status)
        with self._acting("GetCaseAttachmentUploadUrl", SERVICE) as (responders, ctx):
            responders.end_scan(ctx, case_id, attachment, status)

    def terminate_membership(self, membership_id: str) -> None:
        """Let AWS shut a cancelled membership down for good: it is Terminated.

        Args:
            membership_id: a membership of this account and region.

        Raises:
            UsageError: the membership is not Cancelled, or there is none.
        """
        _check_text(membership_id=membership_id)
        with self._acting("CancelMembership", SERVICE) as (responders, ctx):
            responders.terminate_membership(ctx, membership_id)

    def record_finding_metrics(self, membership_id: str, day: date, **counts: int) -> None:
        """Add to the counts of a day that GetFindingMetrics of Security Incident Response shows.

        Args:
            membership_id: a membership of this account and region, in any status.
            day: the day in UTC.
            **counts: how many to add, by the field's name in snake case, e.g.
                ``findings_triaged=3``.

        Raises:
            TypeError: a name is no field of the answer of GetFindingMetrics.
            UsageError: there is no such membership, or a value can be no day or no number of
                findings.
        """
        _check_text(membership_id=membership_id)
        with self._running.world.lock:
            try:
                self._family(_SERVICE_ID, FindingMetrics).record(membership_id, day, **counts)
            except ServiceError as refusal:
                raise UsageError(
                    f"Account {self._account} has no membership {membership_id} in {self._region}."
                ) from refusal

    # --- how AWS acts ---

    def _investigation_of(self, case_id: str) -> list[InvestigationAction]:
        """Return the actions of an open case's investigation; no look, which would take it on."""
        with self._acting("ListInvestigations", SERVICE) as (responders, ctx):
            return responders.investigation_of(ctx, case_id)

    def _family(self, service: str, kind: type[F]) -> F:
        found: F = self._running.installation.backends[service][self._account][self._region].family(
            kind
        )
        return found

    @contextmanager
    def _acting(
        self, operation: str, principal: str = RESPONDER
    ) -> Iterator[tuple[Responders, AwsContext]]:
        """Hold the world, and turn what the service refuses into words for the test's author."""
        world = self._running.world
        with world.lock:
            ctx = AwsContext(
                world,
                _SERVICE_ID,
                operation,
                self._account,
                self._region,
                partition_of(self._region),
                world.clock.now(),
                random_uuid(),
                principal,
            )
            try:
                yield self._family(_SERVICE_ID, Responders), ctx
            except ServiceError as refusal:
                raise UsageError(
                    "Security Incident Response refuses that to AWS as it would to the customer:"
                    f" {refusal.code}: {refusal.message}"
                ) from refusal

    def _checked(
        self, operation: str, case_id: str | None, fields: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the arguments of an operation, checked as those of a request are."""
        compiled = codec(_SERVICE_ID, operation, SecurityIrBackend.unique_lists)
        named = named_fields(operation, fields)
        path = str(compiled.model.http["requestUri"])
        for name, value in {"caseId": case_id, "commentId": named.get("commentId")}.items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        named.pop("commentId", None)
        try:
            body = json.dumps(named, default=_epoch).encode()
            return compiled.parse(path, "", {}, body)
        except Invalid as invalid:
            broken = "; ".join(violation.sentence() for violation in invalid.violations)
            raise UsageError(f"{operation} does not take that: {broken}.") from None
        except (Unparsable, TypeError) as unparsable:
            raise UsageError(f"{operation} does not take that: {unparsable}") from None

    def _check_action(self, **fields: str | None) -> None:
        members = service_model(_SERVICE_ID).shape_for("InvestigationAction").members
        for name, value in fields.items():
            limits = members[name].metadata
            if value is None:
                continue
            if "enum" in limits and value not in limits["enum"]:
                raise UsageError(
                    f"{value!r} is no {name} of an investigation; there are:"
                    f" {', '.join(limits['enum'])}."
                )
            if "max" in limits and not limits["min"] <= len(value) <= limits["max"]:
                raise UsageError(
                    f"The {name} of an action has {limits['min']} to {limits['max']} characters,"
                    f" not {len(value)}."
                )


def _check_text(**given: object) -> None:
    for name, value in given.items():
        if not isinstance(value, str):
            raise UsageError(f"{name} is text, not {value!r}.")


def named_fields(operation: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters of an operation by their API names, whichever way they are spelled.

    Raises:
        UsageError: one is no parameter of it.
    """
    shape = service_model(_SERVICE_ID).operation_model(operation).input_shape
    names = list(shape.members) if shape else []
    spellings = {**{snake(name): name for name in names}, **{name: name for name in names}}
    for name in fields:
        if name not in spellings:
            raise UsageError(f"{name!r} is no field of {operation}{nearest_to(name, spellings)}")
    return {spellings[name]: value for name, value in fields.items()}


def _epoch(value: object) -> float:
    """Return a date as JSON has it on the wire."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).timestamp()
    raise TypeError(f"{value!r} is nothing that a parameter may be.")
