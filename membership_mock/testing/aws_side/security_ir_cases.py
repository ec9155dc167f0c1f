"""What AWS does with cases of Security Incident Response."""

from __future__ import annotations

from typing import Any, Literal

from membership_mock.engine.protocol.model import service_model
from membership_mock.errors import UsageError
from membership_mock.security_ir.principals import AWS, SERVICE
from membership_mock.testing.aws_side.security_ir import SERVICE_ID, SecurityIrSide, named_fields
from membership_mock.testing.aws_side.side import check_text

CaseStatus = Literal[
    "Acknowledged",
    "Detection and Analysis",
    "Containment, Eradication and Recovery",
    "Post-incident Activities",
    "Ready to Close",
]


class CaseSide(SecurityIrSide):
    """What AWS does with the cases of one account in one region."""

    def comment(
        self,
        case_id: str,
        body: str,
        *,
        asks_customer: bool = False,
        creator: Literal["AWS Responder", "security-ir.amazonaws.com"] = "AWS Responder",
    ) -> str:
        """Comment on an AWS-supported case as AWS, and return the comment's id.

        Args:
            case_id: an open case of this account and region.
            body: the text, up to 12,000 characters.
            asks_customer: whether AWS waits for the customer from now on: the case's
                ``pendingAction`` is ``Customer`` until the customer does something on the case.
            creator: an engineer, ``AWS Responder``, or the service itself,
                ``security-ir.amazonaws.com``.

        Raises:
            UsageError: the case is closed, self-managed or missing; or ``body`` or ``creator`` is
                not valid.
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
        """Replace the text of a comment of AWS.

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
        """Move an AWS-supported case to its next status, as AWS's engineers do.

        Submitted → Acknowledged → Detection and Analysis ⇄ Containment, Eradication and Recovery →
        Post-incident Activities → Ready to Close.

        Args:
            case_id: an open case of this account and region.
            status: the next status; `close_case` closes a case.
            waits_for_customer: whether AWS waits for the customer from now on. None leaves that as
                it is, except at ``Ready to Close``, where AWS waits for the customer to close the
                case.

        Raises:
            UsageError: the case cannot move to this status; or it is closed, self-managed or
                missing.
        """
        check_text(case_id=case_id, status=status)
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
        """Close an AWS-supported case as AWS, from any status.

        Args:
            case_id: an open case of this account and region.
            closure_code: the ``closureCode`` that GetCase shows from now on.

        Raises:
            UsageError: the case is closed, self-managed or missing; or there is no such code.
        """
        codes = service_model(SERVICE_ID).shape_for("ClosureCode").metadata["enum"]
        if closure_code not in codes:
            raise UsageError(
                f"{closure_code!r} is not a closure code; the codes are:"
                f" {', '.join(map(repr, codes))}."
            )
        check_text(case_id=case_id)
        with self._acting("CloseCase") as (responders, ctx):
            responders.close(ctx, case_id, closure_code)

    def wait_for_customer(self, case_id: str, waits: bool = True) -> None:
        """Set the ``pendingAction`` of an AWS-supported case: whether AWS waits for the customer.

        Args:
            case_id: an open case of this account and region.
            waits: whether it waits.

        Raises:
            UsageError: the case is closed, self-managed or missing.
        """
        check_text(case_id=case_id)
        with self._acting("UpdateCase") as (responders, ctx):
            responders.wait_for_customer(ctx, case_id, waits=waits)

    def update_case(self, case_id: str, **fields: Any) -> None:
        """Change fields of an AWS-supported case, as AWS's engineers do.

        Args:
            case_id: an open case of this account and region.
            **fields: what boto3's ``update_case`` takes besides, e.g.
                ``actualIncidentStartDate=…`` or ``impactedAccountsToAdd=[…]``; in snake case, too.

        Raises:
            UsageError: the case is closed, self-managed or missing; or a field cannot be changed
                like this.
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
        """Open an AWS-supported case as AWS, for a finding of its triage.

        The membership has proactive response (the feature Triage) enabled. The case's creator is
        the service, ``security-ir.amazonaws.com``, and AWS waits for the customer. A case that the
        customer does not answer within five days is closed.

        Args:
            title: the case's title.
            description: its description.
            **fields: what boto3's ``create_case`` takes besides, each with a default; in snake
                case, too.

        Returns:
            The case's id.

        Raises:
            UsageError: there is no active membership, or it has Triage disabled; a quota is used
                up; or a field is not valid.
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
