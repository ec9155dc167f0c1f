"""The data of a protected query or job, its transitions, and the store of all of them.

Sources: the model's statuses; user guide, "EventBridge events". Steps at reads exist only in the
mock; other choices, such as how long a step takes, are marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, TypeVar

from membership_mock.cleanrooms.analyses.computing import vcpus
from membership_mock.cleanrooms.analyses.result_delivery import Destination, Result
from membership_mock.cleanrooms.ordered_index import add_to_index, remove_from_index
from membership_mock.cleanrooms.privacy.differential_privacy import Aggregation
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.lifecycle import A_MINUTE, Progress
from membership_mock.engine.state.quotas import Quota, QuotaUse
from membership_mock.engine.state.summary import Summary, by_account, listed, one, several

Event = Literal[
    "start", "lack budget", "succeed", "fail", "time out", "cancel", "settle", "lose membership"
]

#: The events of a query or a job, with the status afterwards; any other event is refused. Source:
#: the model's statuses; that a cancellation may be repeated, and what happens to an analysis when
#: its membership ends, is inferred [CR-124, CR-125].
NEXT_STATUS: Mapping[tuple[str, Event], str] = {
    ("SUBMITTED", "start"): "STARTED",
    ("SUBMITTED", "lack budget"): "FAILED",
    ("SUBMITTED", "cancel"): "CANCELLING",
    ("SUBMITTED", "lose membership"): "CANCELLED",
    ("STARTED", "succeed"): "SUCCESS",
    ("STARTED", "fail"): "FAILED",
    ("STARTED", "time out"): "TIMED_OUT",
    ("STARTED", "cancel"): "CANCELLING",
    ("STARTED", "lose membership"): "CANCELLED",
    ("CANCELLING", "settle"): "CANCELLED",
    ("CANCELLING", "cancel"): "CANCELLING",
    ("CANCELLING", "lose membership"): "CANCELLED",
    ("CANCELLED", "cancel"): "CANCELLED",
}

#: how long an analysis is SUBMITTED, and how long it then runs (inferred [CR-126])
RUNS = (A_MINUTE, 5 * A_MINUTE)
#: how long it is CANCELLING (inferred [CR-126])
CANCELS = (A_MINUTE,)

#: the statuses that count against a membership's quota of ongoing analyses (inferred [CR-41])
UNFINISHED = ("SUBMITTED", "STARTED", "CANCELLING")

#: the endings that a test may choose, and the event for each
ENDINGS: Mapping[str, Event] = {
    "SUCCESS": "succeed",
    "FAILED": "fail",
    "TIMED_OUT": "time out",
    "CANCELLED": "cancel",
}


@dataclass
class Outcome:
    """The planned ending of an analysis.

    Attributes:
        status: one of `ENDINGS`.
        result: what the receivers get; None for a default.
        error: of a failure: code, message, and whether a retry helps.
        functions: the aggregate functions that use up a differential privacy budget; None for those
            in the text of the query.
    """

    status: str = "SUCCESS"
    result: Result = None
    error: dict[str, Any] | None = None
    functions: list[str] | None = None


@dataclass(kw_only=True)
class ProtectedAnalysis:
    """A query or a job; fields that are not explained are those of GetProtectedQuery.

    Attributes:
        account_id: the account that runs it.
        sequence: its place in the order of creation.
        destinations: the destinations of its result.
        outcome: its planned ending.
        course: the steps that it, or its cancellation, has taken.
        tables: the tables with access budgets that it uses up: names by ARN.
        aggregations: the aggregate functions that use up the differential privacy budget; None for
            an analysis without a table with differential privacy.
        start_time: when it started to run; None before that.
        intermediate_table_configuration: id, ARN and name of the intermediate table that it fills;
            None if its result goes to receivers.
    """

    id: str
    account_id: str
    sequence: int
    collaboration_id: str
    membership_id: str
    membership_arn: str
    create_time: datetime
    result_configuration: dict[str, Any] | None
    compute_configuration: dict[str, Any] | None
    destinations: list[Destination]
    outcome: Outcome
    course: Progress
    tables: dict[str, str] = field(default_factory=dict)
    aggregations: list[Aggregation] | None = None
    start_time: datetime | None = None
    intermediate_table_configuration: dict[str, str] | None = None
    status: str = "SUBMITTED"
    statistics: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None

    @property
    def payer(self) -> str:
        """The account that pays for its computing."""
        return self.account_id

    def to_pay(self) -> list[Aggregation] | None:
        """Return the functions that use up the differential privacy budget."""
        if self.aggregations is None or self.outcome.functions is None:
            return self.aggregations
        return [Aggregation(name, name) for name in self.outcome.functions]

    @property
    def receiver_configurations(self) -> list[dict[str, Any]]:
        """The receivers of the result, as lists show them.

        Empty for the population of an intermediate table (inferred [CR-127]).
        """
        if self.intermediate_table_configuration is not None:
            return []
        receivers = list(dict.fromkeys(each.account_id for each in self.destinations))
        details = {"directAnalysisConfigurationDetails": {"receiverAccountIds": receivers}}
        return [{"analysisType": "DIRECT_ANALYSIS", "configurationDetails": details}]


A = TypeVar("A", bound=ProtectedAnalysis)


@dataclass
class Analyses(Generic[A]):
    """The queries of a region, or its jobs.

    Attributes:
        by_id: each by its id.
        by_membership: by membership, in the order of creation.
        by_status: the same by membership and status.
        unfinished: those that have not ended, by membership.
        ongoing: how many analyses of an account have not ended.
        planned: the planned endings of an account's next analyses, by account.
    """

    by_id: dict[str, A] = field(default_factory=dict)
    by_membership: dict[str, list[A]] = field(default_factory=dict)
    by_status: dict[tuple[str, str], list[A]] = field(default_factory=dict)
    unfinished: dict[str, list[A]] = field(default_factory=dict)
    ongoing: dict[str, int] = field(default_factory=dict)
    planned: dict[str, list[Outcome]] = field(default_factory=dict)

    def add(self, analysis: A) -> None:
        """Add a new analysis."""
        self.by_id[analysis.id] = analysis
        self.by_membership.setdefault(analysis.membership_id, []).append(analysis)
        self.unfinished.setdefault(analysis.membership_id, []).append(analysis)
        self.ongoing[analysis.account_id] = self.ongoing.get(analysis.account_id, 0) + 1
        self._file(analysis)

    def set_status(self, analysis: A, status: str) -> None:
        """Set the status of an analysis, and move it to the list of this status."""
        remove_from_index(self.by_status[analysis.membership_id, analysis.status], analysis)
        analysis.status = status
        self._file(analysis)

    def _file(self, analysis: A) -> None:
        place = analysis.membership_id, analysis.status
        add_to_index(self.by_status.setdefault(place, []), analysis)

    def uses(
        self, region: str, quota: Quota, quota_of_account: Quota, quota_of_vcpus: Quota
    ) -> Iterator[QuotaUse]:
        """Yield how many of each membership have not ended, and what of each account runs."""
        for membership_id, held in self.unfinished.items():
            if held:
                yield QuotaUse(quota, held[0].account_id, region, len(held), membership_id)
        running: dict[str, list[A]] = {account_id: [] for account_id in self.ongoing}
        for held in self.unfinished.values():
            for each in held:
                if each.status != "SUBMITTED":
                    running[each.account_id].append(each)
        for account_id, analyses in running.items():
            yield QuotaUse(quota_of_account, account_id, region, len(analyses))
            used = sum(vcpus(each.compute_configuration) for each in analyses)
            yield QuotaUse(quota_of_vcpus, account_id, region, used)

    def waiting(self, region: str) -> Iterator[tuple[str, str]]:
        """Yield the accounts and regions with analyses that have not ended."""
        for account_id, number in self.ongoing.items():
            if number:
                yield account_id, region


def outline_of(analyses: Analyses[A], thing: str, things: str, region: str) -> Iterator[Summary]:
    """Yield the analyses of each account, the latest first, and their planned endings."""

    def show(analysis: A) -> str:
        code = f", {analysis.error['code']}" if analysis.error else ""
        return f"{thing} {analysis.id} {analysis.status}{code}"

    held = by_account(reversed(analyses.by_id.values()), lambda each: each.account_id)
    for account_id, runs in held.items():
        yield Summary(account_id, region, "cleanrooms", several(things, runs, show))
    for account_id, planned in analyses.planned.items():
        if planned:
            endings = listed([outcome.status for outcome in planned])
            text = f"the next {thing} will end in {endings}"
            yield Summary(account_id, region, "cleanrooms", one(text))


def durations(analysis: ProtectedAnalysis) -> tuple[timedelta, ...]:
    """Return the durations of the remaining steps of an analysis; empty at its end."""
    if analysis.status not in UNFINISHED:
        return ()
    return CANCELS if analysis.status == "CANCELLING" else RUNS
