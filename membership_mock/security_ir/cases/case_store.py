"""The data of a case with all its parts, and the stores of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.engine.state.summary import Line, Summary, View, named, several
from membership_mock.engine.state.world import Scope, Store, World
from membership_mock.security_ir.quotas import active_memberships


@dataclass
class CaseAttachment:
    """A file that belongs to a case; its bytes are in the `AttachmentStore`."""

    attachment_id: str
    file_name: str
    attachment_status: str
    creator: str
    created_date: datetime


@dataclass(slots=True)
class Comment:
    """A comment; its id is its number in the case, so that ids ascend with time."""

    comment_id: str
    created_date: datetime
    last_updated_date: datetime
    creator: str
    last_updated_by: str
    body: str


@dataclass(slots=True)
class CaseEdit:
    """One entry of a case's list of edits."""

    number: int
    event_timestamp: datetime
    principal: str
    action: str
    message: str


@dataclass
class InvestigationFeedback:
    """The customer's rating of a result."""

    usefulness: str
    comment: str | None
    submitted_at: datetime


@dataclass
class ToldAction:
    """An action that a test has set; it no longer follows the timetable.

    Attributes:
        since: when it got its status.
    """

    investigation_id: str
    action_type: str
    title: str
    content: str
    status: str
    since: datetime


@dataclass(slots=True)
class Case:
    """A security event that the customer, or AWS, works on.

    Attributes:
        number: the case's number among the cases of its membership.
        membership_id: the membership of the case; when it ends, the case ends too.
        case_metadata: entries with the keys ``key`` and ``value``; None rather than empty.
        investigation: the progress of the investigation that began when AWS became the resolver;
            None for a self-managed case.
        feedback: the customer's ratings of results of the investigation, by their id.
        told_actions: the actions of the investigation that a test has set, by their number.
        summary_posted: whether the investigation has added its summary as a comment.
        closes_at: the time when the service closes a case that it has opened by itself, unless the
            customer answers; None if it does not close the case.
    """

    case_id: str
    case_arn: str
    account_id: str
    membership_id: str
    number: int
    resolver_type: str
    title: str
    description: str
    engagement_type: str
    reported_incident_start_date: datetime
    impacted_accounts: list[str]
    watchers: list[dict[str, Any]]
    threat_actor_ip_addresses: list[dict[str, Any]]
    impacted_services: list[str]
    impacted_aws_regions: list[dict[str, Any]]
    created_date: datetime
    last_updated_date: datetime
    pending_action: str
    tags: dict[str, str]
    investigation: Progress | None
    case_status: str = "Submitted"
    actual_incident_start_date: datetime | None = None
    closed_date: datetime | None = None
    closure_code: str | None = None
    case_metadata: list[dict[str, str]] | None = None
    case_attachments: list[CaseAttachment] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    edits: list[CaseEdit] = field(default_factory=list)
    feedback: dict[str, InvestigationFeedback] = field(default_factory=dict)
    told_actions: dict[int, ToldAction] = field(default_factory=dict)
    summary_posted: bool = False
    closes_at: datetime | None = None


_FIELDS = tuple(each.name for each in fields(Case))
#: Returns the values of all fields of a case; every call that concerns a case asks for them.
_all_of = attrgetter(*_FIELDS)


def keep(case: Case) -> Callable[[], None]:
    """Return a function that restores a case, except for parts that only the customer changes.

    AWS only adds comments and edits, so copies of these lists are enough.
    """
    held = _all_of(case)
    lists = case.case_attachments[:], case.comments[:], case.edits[:]
    statuses = [each.attachment_status for each in case.case_attachments]
    course = case.investigation
    moments, shown = (list(course.moments), course.shown) if course else ([], False)

    def put_back() -> None:
        for name, value in zip(_FIELDS, held, strict=True):
            setattr(case, name, value)
        case.case_attachments, case.comments, case.edits = lists
        for attachment, status in zip(case.case_attachments, statuses, strict=True):
            attachment.attachment_status = status
        if course is not None:
            course.moments, course.shown = moments, shown

    return put_back


@dataclass
class CaseStore(Store, scope=Scope.ACCOUNT_REGION):
    """The cases of an account in a region: by id, and by membership in the order of creation."""

    rank = 2
    by_id: dict[str, Case] = field(default_factory=dict)
    by_membership: dict[str, list[Case]] = field(default_factory=dict)

    def overdue(self, membership_id: str, resolver_type: str, now: datetime) -> int:
        """Return how many cases with a resolver AWS closes by itself until ``now``."""
        return sum(
            each.closes_at is not None
            and each.closes_at <= now
            and each.resolver_type == resolver_type
            and each.case_status != "Closed"
            for each in self.by_membership.get(membership_id, ())
        )

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each case, the latest first."""
        del view
        account_id, region = key
        if self.by_id:
            lines = several("cases", list(reversed(self.by_id.values())), _outline_of)
            yield Summary(account_id, region, "security-ir", lines)


def _outline_of(case: Case) -> Line:
    attachments = several(
        "attachments",
        case.case_attachments,
        lambda each: f"attachment {named(each.file_name)} {each.attachment_status}",
    )
    count = len(case.comments)
    comments = f", {count:,} comment{'' if count == 1 else 's'}" if count else ""
    return Line(
        f"case {case.case_id} {named(case.title)} {case.case_status}"
        f" ({case.resolver_type}){comments}",
        (attachments,),
    )


@dataclass
class CaseIdStore(Store, scope=Scope.PARTITION):
    """The case ids that are in use, in all accounts and regions."""

    taken: set[str] = field(default_factory=set)


def writable_cases(world: World) -> Iterator[tuple[str, Case]]:
    """Yield the region and the case, for each case to which something may still be added."""
    active = active_memberships(world)
    for (_, region), store in world.stores(CaseStore):
        for case in store.by_id.values():
            if case.membership_id in active and case.case_status != "Closed":
                yield region, case
