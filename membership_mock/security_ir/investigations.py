"""The AI investigation of service-managed cases, and the customer's feedback on it.

Source: user guide, "AI investigative agent": it starts by itself with a case that AWS resolves,
may ask questions, goes on after ten minutes without an answer, and posts its summary as a comment.
The three actions, their texts and the other durations are inferred, and the same for every case: an
investigation follows from the case and the time alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from membership_mock.engine.context import Context
from membership_mock.engine.operation import operation
from membership_mock.engine.pagination import Listing
from membership_mock.security_ir.cases import Case, CaseFamily, Cases
from membership_mock.security_ir.comments import Comments
from membership_mock.security_ir.errors import ResourceNotFoundException

#: the author of what the service itself writes
SERVICE = "security-ir.amazonaws.com"

#: when the questions are asked, counted from the moment AWS became the resolver
ASKS_AFTER = timedelta(minutes=1)
#: how long it waits for an answer, which is any comment of the customer
WAITS_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Plan:
    """One action of every investigation.

    Attributes:
        action_type: a value of the enum ActionType.
        title: what the customer sees as its title.
        asks: whether it asks the questions and waits for their answer.
        starts: minutes from the answer, or from the end of the wait, to InProgress.
        completes: the same to Completed.
        result: its content, in Markdown, once it is completed.
    """

    action_type: str
    title: str
    asks: bool
    starts: int
    completes: int
    result: str


PLANS = (
    Plan(
        "Investigation",
        "Investigate the reported activity",
        asks=True,
        starts=0,
        completes=5,
        result="## Investigation\n\nThe activity around the reported start date was reviewed.",
    ),
    Plan(
        "Evidence",
        "Collect evidence from the impacted accounts",
        asks=False,
        starts=0,
        completes=3,
        result="## Evidence\n\n- AWS CloudTrail events\n- AWS IAM roles\n- Amazon EC2 instances",
    ),
    Plan(
        "Summarization",
        "Summarize the findings",
        asks=False,
        starts=5,
        completes=7,
        result="## Summary\n\nThe investigation is complete. Review the evidence and the findings.",
    ),
)

#: the content of an action that has no result
_CONTENT: Mapping[str, str] = {
    "Pending": "This action has not started yet.",
    "Waiting": "## Questions\n\n- When did you first notice the activity?\n- Was it expected?",
    "InProgress": "This action is in progress.",
    "Cancelled": "The case was closed before this action was completed.",
}


@dataclass
class InvestigationFeedback:
    """What the customer thinks of a result."""

    usefulness: str
    comment: str | None
    submitted_at: datetime


@dataclass
class InvestigationAction:
    """One action of an investigation as it stands at one moment."""

    number: int
    investigation_id: str
    action_type: str
    title: str
    content: str
    status: str
    last_updated: datetime
    feedback: InvestigationFeedback | None


class Investigations(CaseFamily):
    """What the AI agent does for the cases that AWS resolves."""

    def catch_up(self, case: Case, now: datetime) -> None:
        """Post the summary as a comment, dated to the moment it was completed."""
        if case.service_managed_since is None or case.summary_posted:
            return
        summary = _actions(case, now)[-1]
        if summary.status == "Completed":
            case.summary_posted = True
            comments = self.of(Comments)
            if comments.has_room(case):
                comments.add(case, summary.last_updated, SERVICE, summary.content)

    @operation(
        "ListInvestigations",
        optional=True,
        differs="the same three actions for every case, on a fixed timetable: nothing is"
        " investigated",
    )
    def list_investigations(self, ctx: Context, case_id: str) -> dict[str, Any]:
        """Return the actions of a case's investigation; none for a self-managed case."""
        actions = _actions(self.of(Cases).for_reading(ctx, case_id), ctx.now)
        return {"investigationActions": Listing(actions, lambda action: action.number)}

    @operation("SendFeedback", optional=True)
    def send_feedback(
        self,
        ctx: Context,
        case_id: str,
        result_id: str,
        usefulness: str,
        comment: str | None = None,
    ) -> None:
        """Rate an action of the investigation of an open case; the last rating stands (inferred).

        Raises:
            ConflictException: the case is closed.
            ResourceNotFoundException: the case has no such result.
        """
        cases = self.of(Cases)
        case = cases.for_reading(ctx, case_id)
        if all(action.investigation_id != result_id for action in _actions(case, ctx.now)):
            raise ResourceNotFoundException(f"Result {result_id} of case {case_id} was not found.")
        cases.require_open(case)
        case.feedback[result_id] = InvestigationFeedback(usefulness, comment, ctx.now)


def _actions(case: Case, now: datetime) -> list[InvestigationAction]:
    start = case.service_managed_since
    if start is None:
        return []
    actions = []
    for number, plan in enumerate(PLANS):
        status, since = _status(plan, case, start, now)
        investigation_id = f"inv-{sha256(f'{case.case_arn}/{number}'.encode()).hexdigest()[:20]}"
        actions.append(
            InvestigationAction(
                number=number,
                investigation_id=investigation_id,
                action_type=plan.action_type,
                title=plan.title,
                content=plan.result if status == "Completed" else _CONTENT[status],
                status=status,
                last_updated=since,
                feedback=case.feedback.get(investigation_id),
            )
        )
    return actions


def _status(plan: Plan, case: Case, start: datetime, now: datetime) -> tuple[str, datetime]:
    """Return the status of an action, and since when it has it."""
    asked = start + ASKS_AFTER
    answered = _answered(case, asked)
    timetable = [
        ("Pending", start),
        *([("Waiting", asked)] if plan.asks else []),
        ("InProgress", answered + timedelta(minutes=plan.starts)),
        ("Completed", answered + timedelta(minutes=plan.completes)),
    ]
    last_moment = now if case.closed_date is None else case.closed_date
    status, since = timetable[0]
    for following, moment in timetable:
        if moment <= last_moment:
            status, since = following, moment
    if case.closed_date is not None and status != "Completed":
        return "Cancelled", case.closed_date
    return status, since


def _answered(case: Case, asked: datetime) -> datetime:
    """Return when the customer answered the questions, or when the wait for it is over."""
    first = bisect_left(case.comments, asked, key=lambda comment: comment.created_date)
    over = asked + WAITS_FOR
    return min(case.comments[first].created_date, over) if first < len(case.comments) else over
