"""The AI investigation of service-managed cases, and the customer's feedback on it.

Source: user guide, "AI investigative agent": it starts by itself with a case that AWS resolves,
may ask questions, goes on after ten minutes without an answer, and posts its summary as a comment.
The three actions, their texts and the other durations are inferred [IR-78], and the same for every
case. Reads of its actions and of the comments take it one step further (see the clock's
``settling``). An action that a test has set no longer follows the timetable.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.security_ir.cases.case_families import CaseChange, CaseFamily
from membership_mock.security_ir.cases.case_store import Case, InvestigationFeedback, ToldAction
from membership_mock.security_ir.cases.cases import Cases
from membership_mock.security_ir.cases.comments import ADDED, Comments
from membership_mock.security_ir.errors import ResourceNotFoundException
from membership_mock.security_ir.principals import SERVICE

#: How long each step takes, from the moment when AWS became the resolver: the questions are asked;
#: any comment of the customer answers them, or the wait ends (documented: ten minutes); the
#: evidence is collected; the activity is investigated; everything is summarized. The other
#: durations are inferred [IR-78].
STEPS = tuple(timedelta(minutes=each) for each in (1, 10, 3, 2, 2))
ASKED, ANSWERED, COLLECTED, INVESTIGATED, SUMMARIZED = range(1, 6)
#: how long an action waits for an answer
WAITS_FOR = STEPS[ASKED]


@dataclass(frozen=True, slots=True)
class Plan:
    """One action of every investigation.

    Attributes:
        action_type: a value of the enum ActionType.
        title: what the customer sees as its title.
        statuses: by step, the status that it has from this step on.
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

#: the index of the action with the result that becomes a comment
_SUMMARY = 2

#: the content of an action that has no result
_CONTENT: Mapping[str, str] = {
    "Pending": "This action has not started yet.",
    "Waiting": "## Questions\n\n- When did you first notice the activity?\n- Was it expected?",
    "InProgress": "This action is in progress.",
    "Failed": "This action failed.",
    "Cancelled": "The case was closed before this action was completed.",
}

#: The transitions of an action's status, by the timetable or by a test. The statuses are the
#: model's; the transitions are inferred [IR-98].
NEXT_STATUS: Mapping[str, frozenset[str]] = {
    "Pending": frozenset({"Waiting", "InProgress", "Failed", "Cancelled"}),
    "Waiting": frozenset({"InProgress", "Failed", "Cancelled"}),
    "InProgress": frozenset({"Waiting", "Completed", "Failed", "Cancelled"}),
    "Completed": frozenset(),
    "Failed": frozenset(),
    "Cancelled": frozenset(),
}


@dataclass
class InvestigationAction:
    """One action of an investigation at one moment."""

    number: int
    investigation_id: str
    action_type: str
    title: str
    content: str
    status: str
    last_updated: datetime
    feedback: InvestigationFeedback | None


class Investigations(CaseFamily):
    """The work of the AI agent on the cases that AWS resolves."""

    def catch_up(self, case: Case, now: datetime) -> None:
        """Take the steps that are due; the last one adds the summary as a comment."""
        if case.investigation is not None and case.closed_date is None:
            case.investigation.pass_time(STEPS, now)
            self._post_summary(case, case.investigation)

    def changed(self, change: CaseChange) -> None:
        """Treat a comment of the customer as the answer, if there are open questions."""
        case = change.case
        course = case.investigation
        if (
            course is not None
            and course.steps == ASKED
            and (change.action, change.principal) == (ADDED, case.account_id)
        ):
            course.take(change.at)

    def progress_read(self, ctx: Context, case: Case) -> None:
        """Take a step, if reads do so; the last one adds the summary as a comment."""
        if case.investigation is not None and case.closed_date is None:
            case.investigation.look(STEPS, ctx.now, ctx.world)
            self._post_summary(case, case.investigation)

    def _post_summary(self, case: Case, course: Progress) -> None:
        told = _SUMMARY in case.told_actions
        if course.steps == SUMMARIZED and not case.summary_posted and not told:
            summary = actions_of(case, course.moments[SUMMARIZED])[_SUMMARY]
            self._post(case, summary.number, summary.last_updated, summary.content)

    def tell(
        self,
        case: Case,
        action: InvestigationAction,
        now: datetime,
        *,
        status: str | None = None,
        title: str | None = None,
        content: str | None = None,
    ) -> None:
        """Set an action, which then leaves the timetable; a completed summary becomes a comment.

        Args:
            case: a case that AWS resolves.
            action: the action now; a new one is Pending.
            now: the time of the change.
            status: a status that `NEXT_STATUS` leads to; None leaves it as it is.
            title: another title.
            content: another content; the one of the new status when None.
        """
        if content is None:
            changed = status not in (None, action.status)
            content = _content(action, status or action.status) if changed else action.content
        case.told_actions[action.number] = ToldAction(
            action.investigation_id,
            action.action_type,
            title or action.title,
            content,
            status or action.status,
            now,
        )
        completed = status == "Completed" != action.status
        if completed and action.action_type == "Summarization":
            self._post(case, action.number, now, content)

    def new_action(self, case: Case, now: datetime, action_type: str) -> InvestigationAction:
        """Return a new action of a case's investigation, for the caller to set."""
        number = max([len(PLANS) - 1, *case.told_actions]) + 1
        return InvestigationAction(
            number, _id(case, number), action_type, "", _CONTENT["Pending"], "Pending", now, None
        )

    def _post(self, case: Case, number: int, at: datetime, summary: str) -> None:
        if number == _SUMMARY:
            case.summary_posted = True
        comments = self.of(Comments)
        if comments.has_room(case):
            comments.add(case, at, SERVICE, summary)

    @operation(
        "ListInvestigations",
        optional=True,
        differs="the same three actions for every case, on a fixed timetable that reads shorten,"
        " unless the test says otherwise: nothing is investigated",
    )
    def list_investigations(self, ctx: Context, case_id: str) -> dict[str, Any]:
        """Return the actions of a case's investigation; a self-managed case has no actions."""
        actions = actions_of(self.of(Cases).for_reading_progress(ctx, case_id), ctx.now)
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
        """Rate an action of the investigation of an open case.

        A later rating replaces the earlier one (inferred [IR-99]).

        Raises:
            ConflictException: the case is closed.
            ResourceNotFoundException: the case has no such result.
        """
        cases = self.of(Cases)
        case = cases.for_reading(ctx, case_id)
        if all(action.investigation_id != result_id for action in actions_of(case, ctx.now)):
            raise ResourceNotFoundException(f"Result {result_id} of case {case_id} was not found.")
        cases.require_open(case)
        case.feedback[result_id] = InvestigationFeedback(usefulness, comment, ctx.now)


def actions_of(case: Case, now: datetime) -> list[InvestigationAction]:
    """Return the actions of a case's investigation; a self-managed case has no actions."""
    course = case.investigation
    if course is None:
        return []
    actions = []
    for number, plan in enumerate(PLANS):
        if number in case.told_actions:
            continue
        status, since = _status(plan, case, course)
        investigation_id = _id(case, number)
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
    if case.told_actions:
        actions += [_set_by_author(case, number, now) for number in case.told_actions]
        actions.sort(key=lambda action: action.number)
    return actions


def _id(case: Case, number: int) -> str:
    return f"inv-{sha256(f'{case.case_arn}/{number}'.encode()).hexdigest()[:20]}"


def _content(action: InvestigationAction, status: str) -> str:
    """Return the default content of an action with this status."""
    if status == "Completed":
        return next(plan.result for plan in PLANS if plan.action_type == action.action_type)
    return "This action was cancelled." if status == "Cancelled" else _CONTENT[status]


def _set_by_author(case: Case, number: int, now: datetime) -> InvestigationAction:
    told = case.told_actions[number]
    status, since, content = told.status, told.since, told.content
    last_moment = now if case.closed_date is None else case.closed_date
    if status == "Waiting" and (answered := _answered(case, since)) <= last_moment:
        status, since = "InProgress", answered
        if content == _CONTENT["Waiting"]:  # the questions are no longer open
            content = _CONTENT["InProgress"]
    if case.closed_date is not None and NEXT_STATUS[status]:
        status, since, content = "Cancelled", case.closed_date, _CONTENT["Cancelled"]
    return InvestigationAction(
        number,
        told.investigation_id,
        told.action_type,
        told.title,
        content,
        status,
        since,
        case.feedback.get(told.investigation_id),
    )


def _status(plan: Plan, case: Case, course: Progress) -> tuple[str, datetime]:
    """Return the status of an action, and the time when it got this status."""
    step = max(step for step in plan.statuses if step <= course.steps)
    if case.closed_date is not None and plan.statuses[step] != "Completed":
        return "Cancelled", case.closed_date
    return plan.statuses[step], course.moments[step]


def _answered(case: Case, asked: datetime) -> datetime:
    """Return the time when the customer answered the questions, or when the wait ends."""
    over = asked + WAITS_FOR
    first = bisect_left(case.comments, asked, key=lambda comment: comment.created_date)
    later = islice(case.comments, first, None)
    by_customer = (each.created_date for each in later if each.creator == case.account_id)
    return min(next(by_customer, over), over)
