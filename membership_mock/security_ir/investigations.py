"""The AI investigation of service-managed cases, and the customer's feedback on it.

Source: user guide, "AI investigative agent": it starts by itself with a case that AWS resolves,
may ask questions, goes on after ten minutes without an answer, and posts its summary as a comment.
The three actions, their texts and the other durations are inferred, and the same for every case.
Looks take it on as well, see `settling`: those at its actions, and those at the comments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from membership_mock.engine.context import Context
from membership_mock.engine.operation import operation
from membership_mock.engine.pagination import Listing
from membership_mock.engine.settling import Course
from membership_mock.security_ir.cases import Case, CaseChange, CaseFamily, Cases
from membership_mock.security_ir.comments import ADDED, MOST_COMMENTS, Comments
from membership_mock.security_ir.errors import ResourceNotFoundException

#: the author of what the service itself writes
SERVICE = "security-ir.amazonaws.com"

#: how long it takes until the questions are asked, counted from the moment AWS became the resolver,
#: until they are answered by any comment of the customer or not waited for any longer, until the
#: evidence is collected, the activity investigated, and all of it summarized
STEPS = tuple(timedelta(minutes=each) for each in (1, 10, 3, 2, 2))
ASKED, ANSWERED, COLLECTED, INVESTIGATED, SUMMARIZED = range(1, 6)


@dataclass(frozen=True, slots=True)
class Plan:
    """One action of every investigation.

    Attributes:
        action_type: a value of the enum ActionType.
        title: what the customer sees as its title.
        statuses: the status it has from each of these steps on.
        result: its content, in Markdown, once it is completed.
    """

    action_type: str
    title: str
    statuses: Mapping[int, str]
    result: str


PLANS = (
    Plan(
        "Investigation",
        "Investigate the reported activity",
        {0: "Pending", ASKED: "Waiting", ANSWERED: "InProgress", INVESTIGATED: "Completed"},
        result="## Investigation\n\nThe activity around the reported start date was reviewed.",
    ),
    Plan(
        "Evidence",
        "Collect evidence from the impacted accounts",
        {0: "Pending", ANSWERED: "InProgress", COLLECTED: "Completed"},
        result="## Evidence\n\n- AWS CloudTrail events\n- AWS IAM roles\n- Amazon EC2 instances",
    ),
    Plan(
        "Summarization",
        "Summarize the findings",
        {0: "Pending", INVESTIGATED: "InProgress", SUMMARIZED: "Completed"},
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
        """Take the steps that are due; the last one leaves the summary as a comment."""
        if case.investigation is not None and case.closed_date is None:
            case.investigation.pass_time(STEPS, now)
            self._post_summary(case, case.investigation)

    def changed(self, change: CaseChange) -> None:
        """Take a comment of the customer for the answer, if there are questions."""
        case = change.case
        course = case.investigation
        if (
            course is not None
            and course.steps == ASKED
            and (change.action, change.principal) == (ADDED, case.account_id)
        ):
            course.take(change.at)

    def looked_at(self, ctx: Context, case: Case) -> None:
        """Take a step, if looks do so; the last one leaves the summary as a comment."""
        if case.investigation is not None and case.closed_date is None:
            case.investigation.look(STEPS, ctx.now, ctx.world)
            self._post_summary(case, case.investigation)

    def _post_summary(self, case: Case, course: Course) -> None:
        if course.steps == SUMMARIZED and not case.summary_posted:
            case.summary_posted = True
            if len(case.comments) < MOST_COMMENTS:
                summary = _actions(case)[-1]
                self.of(Comments).add(case, summary.last_updated, SERVICE, summary.content)

    @operation(
        "ListInvestigations",
        optional=True,
        differs="the same three actions for every case, on a fixed timetable: nothing is"
        " investigated",
    )
    def list_investigations(self, ctx: Context, case_id: str) -> dict[str, Any]:
        """Return the actions of a case's investigation; none for a self-managed case."""
        actions = _actions(self.of(Cases).for_looking(ctx, case_id))
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
        if all(action.investigation_id != result_id for action in _actions(case)):
            raise ResourceNotFoundException(f"Result {result_id} of case {case_id} was not found.")
        cases.require_open(case)
        case.feedback[result_id] = InvestigationFeedback(usefulness, comment, ctx.now)


def _actions(case: Case) -> list[InvestigationAction]:
    course = case.investigation
    if course is None:
        return []
    actions = []
    for number, plan in enumerate(PLANS):
        status, since = _status(plan, case, course)
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


def _status(plan: Plan, case: Case, course: Course) -> tuple[str, datetime]:
    """Return the status of an action, and since when it has it."""
    step = max(step for step in plan.statuses if step <= course.steps)
    if case.closed_date is not None and plan.statuses[step] != "Completed":
        return "Cancelled", case.closed_date
    return plan.statuses[step], course.moments[step]
