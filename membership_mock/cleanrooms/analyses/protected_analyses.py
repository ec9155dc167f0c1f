"""What protected queries and protected jobs have in common: their life, and how one ends.

An analysis moves by the clock, or also with each read of it and each list that it may be in (see
the clock's ``settling``). It ends in SUCCESS unless the author of a test has said otherwise.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import NoneType
from typing import Any, Generic

from membership_mock.cleanrooms.analyses.analysis_store import (
    ENDINGS,
    NEXT_STATUS,
    UNFINISHED,
    A,
    Analyses,
    Event,
    Outcome,
    durations,
)
from membership_mock.cleanrooms.analyses.result_delivery import Destination, Result, missing_bucket
from membership_mock.cleanrooms.collaborations.clean_rooms_events import ANALYSIS_EVENTS, tell
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import (
    Collaboration,
    CollaborationStore,
    Membership,
)
from membership_mock.cleanrooms.collaborations.payment import Cost, named
from membership_mock.cleanrooms.errors import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from membership_mock.cleanrooms.looked_listing import LookedListing
from membership_mock.cleanrooms.privacy.budget_spending import BudgetSpending
from membership_mock.cleanrooms.privacy.differential_privacy import WEIGHTS
from membership_mock.cleanrooms.quotas import Quotas
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.engine.state.quotas import Quota
from membership_mock.errors import UsageError

#: the codes of an error that queries and jobs have in common. Source: the model's texts.
ERROR_CODES = (
    "RESOURCE_NOT_FOUND",
    "INVALID_RESOURCE",
    "RESOURCE_ACCESS_DENIED",
    "INSUFFICIENT_COMPUTE",
    "TRANSIENT_ERROR",
    "INTERNAL_ERROR",
    "UNKNOWN_ERROR",
)


class ProtectedAnalyses(CleanRoomsFamily, Generic[A]):
    """A family of analyses: what is the same for queries and for jobs."""

    #: what one is called in a message
    thing: str
    #: what an account needs to run one
    ability: str
    #: how many of an account run at once
    quota_of_account: Quota
    endings: tuple[str, ...]
    error_codes: tuple[str, ...]

    @property
    @abstractmethod
    def analyses(self) -> Analyses[A]:
        """The analyses of the region."""

    @abstractmethod
    def check_result(self, result: Result, destinations: Sequence[Destination] | None) -> None:
        """Refuse, with a `UsageError`, a result that could not be delivered.

        Args:
            result: what the author of a test wants delivered.
            destinations: where to; None while that is not known.
        """

    @abstractmethod
    def deliver(self, analysis: A) -> dict[str, Any]:
        """Deliver the result of ``analysis`` to its receivers, and return the ``output``."""

    def plan(
        self,
        status: str,
        result: Result,
        error: Mapping[str, Any] | None,
        analysis_id: str | None,
        functions: Sequence[str] | None = None,
    ) -> None:
        """Set how an analysis ends: that of the id, or else the next one of this account.

        Args:
            status: how it ends.
            result: what its receivers get.
            error: what a failure says.
            analysis_id: which one.
            functions: the aggregate functions that it pays for; None for those in its text.

        Raises:
            UsageError: no analysis can end like that, the one of the id has ended, or the account
                cannot run any here.
        """
        if status not in self.endings:
            raise UsageError(
                f"A {self.thing} ends in {', '.join(self.endings)}, not in {status!r}."
            )
        if result is not None and status != "SUCCESS":
            raise UsageError(f"A {self.thing} that ends in {status} has no result.")
        if not isinstance(error, (Mapping, NoneType)):
            raise UsageError(
                f"The error of a {self.thing} is a mapping with code, message and retryable, not"
                f" {error!r}."
            )
        if error is not None and status != "FAILED":
            raise UsageError(f"A {self.thing} that ends in {status} has no error.")
        outcome = Outcome(
            status,
            result,
            self._error(error or {}) if status == "FAILED" else None,
            _functions(functions),
        )
        if analysis_id is None:
            self.check_result(result, None)
            self._check_runner()
            self.analyses.planned.setdefault(self.backend.account_id, []).append(outcome)
            return
        known = isinstance(analysis_id, str)
        found = self.analyses.by_id.get(analysis_id) if known else None
        if found is None or found.account_id != self.backend.account_id:
            raise UsageError(
                f"Account {self.backend.account_id} has no {self.thing} with the id {analysis_id}"
                f" in {self.backend.region_name}."
            )
        self._catch_up(found, self.backend.world.clock.now())
        if found.status not in ("SUBMITTED", "STARTED"):
            raise UsageError(f"The {self.thing} {analysis_id} is {found.status} already.")
        self.check_result(result, found.destinations)
        found.outcome = outcome

    def next_outcome(self) -> Outcome:
        """Return how the analysis that is about to start will end, without using that up."""
        planned = self.analyses.planned.get(self.backend.account_id)
        return planned[0] if planned else Outcome()

    def start(self, analysis: A) -> None:
        """Keep a new analysis, which uses up the next planned outcome."""
        planned = self.analyses.planned.get(self.backend.account_id)
        if planned:
            planned.pop(0)
        self.analyses.add(analysis)
        self._tell(analysis, analysis.create_time)

    def require_room(self, membership: Membership, quota: Quota, now: datetime) -> None:
        """Refuse one more analysis of ``membership``.

        Raises:
            ServiceQuotaExceededException: too many have not ended by now.
        """
        self.of(Quotas).require_room(quota, len(self.running(membership, now)))

    def _waits(self, analysis: A, now: datetime) -> bool:
        """Return whether an analysis stays SUBMITTED, because as many run as may run at once.

        The account's quota counts those that run (its name says so); that the others wait, the
        oldest one for the shortest time, is inferred [CR-76].
        """
        if analysis.status != "SUBMITTED":
            return False
        limit = self.limit(self.quota_of_account, analysis.account_id)
        if len(self._before(analysis)) >= limit:
            for each in sorted(self._before(analysis), key=lambda one: one.sequence):
                if each.sequence < analysis.sequence:
                    self._catch_up(each, now)
        return len(self._before(analysis)) >= limit

    def _before(self, analysis: A) -> list[A]:
        """Return what runs on the account of an analysis, or is to run before it."""
        if self.analyses.ongoing.get(analysis.account_id, 0) < 2:
            return []
        return [
            each
            for held in self.analyses.unfinished.values()
            for each in held
            if each.account_id == analysis.account_id
            and each is not analysis
            and (each.status != "SUBMITTED" or each.sequence < analysis.sequence)
        ]

    def find(self, membership: Membership, analysis_id: str) -> A:
        """Return an analysis of a membership.

        Raises:
            ResourceNotFoundException: the membership has no such analysis.
        """
        found = self.analyses.by_id.get(analysis_id)
        if found is None or found.membership_id != membership.id:
            raise ResourceNotFoundException(
                f"No such {self.thing} with id: {analysis_id}", analysis_id, "MEMBERSHIP"
            )
        return found

    def listing(self, membership: Membership, status: str | None, now: datetime) -> Listing[A]:
        """Return the analyses of a membership, newest first; the first page is a read of all."""

        def look() -> None:
            for each in list(self.analyses.unfinished.get(membership.id, ())):
                self.look_at(each, now)

        def held() -> Sequence[A]:
            if status is None:
                return self.analyses.by_membership.get(membership.id, [])
            return self.analyses.by_status.get((membership.id, status), [])

        return LookedListing(look, held)

    def look_at(self, analysis: A, now: datetime) -> A:
        """Return an analysis, with its status after this read."""
        self._catch_up(analysis, now)
        if not self._waits(analysis, now):
            moments = analysis.course.look(durations(analysis), now, self.backend.world)
            self._follow(analysis, moments)
        analysis.course.shown = True
        return analysis

    def let_time_pass(self, analysis: A, now: datetime) -> A:
        """Return an analysis, as far on as time has taken it."""
        self._catch_up(analysis, now)
        return analysis

    def running(self, membership: Membership, now: datetime) -> list[A]:
        """Return the analyses of a membership that have not ended by now."""
        unfinished = self.analyses.unfinished
        for each in list(unfinished.get(membership.id, ())):
            self._catch_up(each, now)
        return list(unfinished.get(membership.id, ()))

    def time_passed(self, now: datetime) -> None:
        """Let the analyses of this account end that are due: their results lie in S3."""
        for held in list(self.analyses.unfinished.values()):
            for each in list(held):
                if each.account_id == self.backend.account_id:
                    self._catch_up(each, now)

    def cancel(self, analysis: A, now: datetime) -> A:
        """Cancel an analysis that has not ended, and return it.

        Raises:
            ConflictException: it has ended otherwise (inferred [CR-130]: the reason).
        """
        self._catch_up(analysis, now)
        if (analysis.status, "cancel") not in NEXT_STATUS:
            raise ConflictException(
                f"The {self.thing} {analysis.id} cannot be cancelled: it is {analysis.status}.",
                analysis.membership_id,
                "MEMBERSHIP",
                "INVALID_STATE",
            )
        self._move(analysis, "cancel", now)
        analysis.course.shown = True
        return analysis

    def unfinished_work(self, membership: Membership, now: datetime) -> list[str]:
        """Return the analyses of ``membership`` that have not ended."""
        return [f"{self.thing} {each.id}" for each in self.running(membership, now)]

    def catch_up(self, collaboration: Collaboration, now: datetime) -> None:
        """Take what runs in a collaboration as far as time has."""
        for member in collaboration.members.values():
            if member.membership is not None:
                self.running(member.membership, now)

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Cancel what still runs in ``membership``."""
        for each in self.running(membership, now):
            self._move(each, "lose membership", now)

    def _catch_up(self, analysis: A, now: datetime) -> None:
        """Take an analysis as far as time has; it may come to its cancellation on the way."""
        if self._waits(analysis, now):
            return
        while moments := analysis.course.pass_time(durations(analysis), now):
            self._follow(analysis, moments)

    def _follow(self, analysis: A, moments: Sequence[datetime]) -> None:
        """Let an analysis have the status that its course has come to, step by step."""
        for moment in moments:
            event: Event = "settle"
            if analysis.status == "SUBMITTED":
                error = self.of(BudgetSpending).take(
                    analysis.collaboration_id,
                    analysis.tables.items(),
                    analysis.to_pay(),
                    moment,
                )
                if error is not None:
                    analysis.error = error
                    self._move(analysis, "lack budget", moment)
                    return
                event, analysis.start_time = "start", moment
            elif analysis.status == "STARTED":
                self._fail_without_bucket(analysis)
                event = ENDINGS[analysis.outcome.status]
            self._move(analysis, event, moment)

    def _fail_without_bucket(self, analysis: A) -> None:
        """Let an analysis fail whose planned result has nowhere to go (inferred [CR-131])."""
        if analysis.outcome.result is None:
            return
        missing = missing_bucket(self.backend, analysis.destinations)
        if missing is not None:
            error = self._error({"code": "RESOURCE_NOT_FOUND", "message": missing})
            analysis.outcome = Outcome("FAILED", None, error)

    def _check_runner(self) -> None:
        """Refuse to plan for an account that runs its analyses elsewhere, or cannot run any.

        An account that has no membership anywhere may still join a collaboration.

        Raises:
            UsageError: what is planned would never be used.
        """
        account_id, here = self.backend.account_id, self.backend.region_name
        regions, may_join = [], False
        for (region,), store in self.backend.world.stores(CollaborationStore):
            members = store.rooms.get((account_id, ""), ())
            if any(self.ability in member.abilities for member in members):
                regions.append(region)
            may_join = may_join or (region == here and bool(members))
        if regions and here not in regions:
            raise UsageError(
                f"Account {account_id} runs no {self.thing} in {here}, but in"
                f" {', '.join(regions)}: take mock.aws_side({account_id!r}, {regions[0]!r})."
            )
        if may_join and not regions:
            raise UsageError(
                f"Account {account_id} cannot run a {self.thing}: in none of its collaborations in"
                f" {here} does it have the ability {self.ability}."
            )

    def _move(self, analysis: A, event: Event, now: datetime) -> None:
        before = analysis.status
        self.analyses.set_status(analysis, NEXT_STATUS[before, event])
        if analysis.status == "CANCELLING" != before:
            analysis.course = Progress([now])
        if analysis.status == "SUCCESS":
            elapsed = max(now - analysis.create_time, timedelta())  # a test may turn time back
            analysis.statistics = {
                "totalDurationInMillis": int(elapsed.total_seconds() * 1000),
                "billedResourceUtilization": {"units": 0.0},
            }
            if analysis.intermediate_table_configuration is None:
                analysis.result = {"output": self.deliver(analysis)}
        elif event == "fail":
            analysis.error = analysis.outcome.error
        if analysis.status != before:
            self._tell(analysis, now)
        if analysis.status not in UNFINISHED:
            unfinished = self.analyses.unfinished[analysis.membership_id]
            unfinished[:] = [each for each in unfinished if each is not analysis]
            self.analyses.ongoing[analysis.account_id] -= 1
            if analysis.intermediate_table_configuration is not None:
                self.announce_population(analysis.id, now)

    def _tell(self, analysis: A, at: datetime) -> None:
        """Announce the status of an analysis to its runner, its payer and its receivers."""
        accounts = [analysis.account_id, analysis.payer]
        accounts += [each.account_id for each in analysis.destinations]
        kind = self.thing.title()
        detail = {
            f"{kind[0].lower()}{kind[1:].replace(' ', '')}Id": analysis.id,
            "membershipId": analysis.membership_id,
            "collaborationId": analysis.collaboration_id,
            "status": analysis.status,
        }
        what = f"{kind} {ANALYSIS_EVENTS[analysis.status]}"
        tell(self, accounts, what, analysis.membership_arn, detail, at)

    def _error(self, given: Mapping[str, Any]) -> dict[str, Any]:
        unknown = set(given) - {"code", "message", "retryable"}
        if unknown:
            raise UsageError(
                "The error of a failure has code, message and retryable, not"
                f" {', '.join(sorted(unknown))}."
            )
        code = given.get("code", "UNKNOWN_ERROR")
        if code not in self.error_codes:
            raise UsageError(
                f"{code!r} is not an error code of a {self.thing}; there are:"
                f" {', '.join(self.error_codes)}."
            )
        if not isinstance(given.get("message", ""), str):
            raise UsageError(f"The message of a failure is text, not {given['message']!r}.")
        return {
            "code": code,
            "message": given.get("message", f"The {self.thing} failed."),
            "retry": {"retryable": bool(given.get("retryable", code == "TRANSIENT_ERROR"))},
        }


def _functions(given: Sequence[str] | None) -> list[str] | None:
    if given is None:
        return None
    unknown = [given] if isinstance(given, str) else [one for one in given if one not in WEIGHTS]
    if unknown:
        raise UsageError(
            f"{unknown[0]!r} is not a list of functions that take from a privacy budget; there are:"
            f" {', '.join(WEIGHTS)}."
        )
    return list(given)


def payer_of(collaboration: Collaboration, cost: Cost, asked: str | None, field_name: str) -> str:
    """Return the account that pays for an analysis: the one asked for, or the only candidate.

    Candidates are the active members who have accepted to pay. Source: the model's text on payer
    candidates; user guide: when the payer has left, nothing runs. The error is inferred [CR-74].

    Args:
        collaboration: where the analysis runs.
        cost: what is to be paid for.
        asked: the account that the runner names.
        field_name: the field that names it.

    Raises:
        ValidationException: no member pays, several could, or the named one does not.
    """
    candidates = [
        each.account_id
        for each in collaboration.active_members()
        if each.membership is not None and named(each.membership.payment_configuration, cost)
    ]
    if asked is not None:
        if asked not in candidates:
            raise ValidationException(
                f"Account {asked} is not an active member of the collaboration who pays for this.",
                field=field_name,
            )
        return asked
    if not candidates:
        raise ValidationException(
            "No active member of the collaboration pays for this.", field=field_name
        )
    if len(candidates) > 1:
        raise ValidationException(
            f"Several members can pay for this: {', '.join(candidates)}. Name one of them.",
            field=field_name,
        )
    return candidates[0]


def check_workers(configuration: Mapping[str, Any] | None, most: int) -> None:
    """Refuse more workers than an analysis of this kind can have.

    Source: user guide; the model allows the largest number of any kind.

    Raises:
        ValidationException: there are too many.
    """
    number = (configuration or {}).get("worker", {}).get("number")
    if number is not None and number > most:
        raise ValidationException(
            f"The number of workers must be {most} at the most.", field="computeConfiguration"
        )
