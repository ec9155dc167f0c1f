"""What protected queries and protected jobs have in common: their life.

An analysis moves by the clock, or also with each read of it and each list that it may be in (see
the clock's ``settling``).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from membership_mock.cleanrooms.analyses.analysis_store import (
    ENDINGS,
    NEXT_STATUS,
    UNFINISHED,
    A,
    Event,
    Outcome,
    durations,
)
from membership_mock.cleanrooms.analyses.computing import vcpus
from membership_mock.cleanrooms.analyses.planned_endings import PlannedEndings
from membership_mock.cleanrooms.analyses.result_delivery import missing_bucket
from membership_mock.cleanrooms.collaborations.clean_rooms_events import ANALYSIS_EVENTS, tell
from membership_mock.cleanrooms.collaborations.collaboration_store import (
    Collaboration,
    Membership,
)
from membership_mock.cleanrooms.errors import (
    ConflictException,
    ResourceNotFoundException,
)
from membership_mock.cleanrooms.looked_listing import LookedListing
from membership_mock.cleanrooms.privacy.budget_spending import BudgetSpending
from membership_mock.cleanrooms.quotas import Quotas
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.engine.state.quotas import Quota


class ProtectedAnalyses(PlannedEndings[A]):
    """A family of analyses: what is the same for queries and for jobs."""

    #: how many of an account run at once
    quota_of_account: Quota
    #: how many vCPUs those have together
    quota_of_vcpus: Quota

    @abstractmethod
    def deliver(self, analysis: A) -> dict[str, Any]:
        """Deliver the result of ``analysis`` to its receivers, and return the ``output``."""

    def start(self, analysis: A) -> None:
        """Add a new analysis, which uses up the next planned outcome."""
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

        The account's quotas count those that run (their names say so); that the others wait, the
        oldest one for the shortest time, is inferred [CR-76].
        """
        if analysis.status != "SUBMITTED":
            return False
        if self._has_no_room(analysis):
            for each in sorted(self._before(analysis), key=lambda one: one.sequence):
                if each.sequence < analysis.sequence:
                    self._catch_up(each, now)
        return self._has_no_room(analysis)

    def _has_no_room(self, analysis: A) -> bool:
        """Return whether too many run before an analysis, or too many vCPUs.

        One that alone asks for too many vCPUs runs when no other does (inferred [CR-204]).
        """
        before = self._before(analysis)
        if len(before) >= self.limit(self.quota_of_account, analysis.account_id):
            return True
        wanted = vcpus(analysis.compute_configuration)
        if not before or not wanted:
            return False
        used = sum(vcpus(each.compute_configuration) for each in before)
        return used + wanted > self.limit(self.quota_of_vcpus, analysis.account_id)

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
        course = analysis.course
        if course.steps_by(durations(analysis), now) > course.steps:
            self.keep_for_refusal()
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

    def _move(self, analysis: A, event: Event, now: datetime) -> None:
        before = analysis.status
        self.analyses.set_status(analysis, NEXT_STATUS[before, event])
        if analysis.status == "CANCELLING" != before:
            analysis.course = Progress([now])
        if analysis.status == "SUCCESS":  # the others have no statistics (inferred [CR-205])
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
