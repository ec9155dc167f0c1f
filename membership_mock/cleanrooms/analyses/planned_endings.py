"""How protected queries and jobs end: what the author of a test has planned.

An analysis ends in SUCCESS unless a plan says otherwise, see `AwsSide.end_query`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import NoneType
from typing import Any, Generic

from membership_mock.cleanrooms.analyses.analysis_store import A, Analyses, Outcome
from membership_mock.cleanrooms.analyses.result_delivery import Destination, Result
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import CollaborationStore
from membership_mock.cleanrooms.privacy.differential_privacy import WEIGHTS
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


class PlannedEndings(CleanRoomsFamily, Generic[A]):
    """How the analyses of a family end."""

    #: what one is called in a message
    thing: str
    #: what an account needs to run one
    ability: str
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
    def let_time_pass(self, analysis: A, now: datetime) -> A:
        """Return an analysis, as far on as time has taken it."""

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
        self.let_time_pass(found, self.backend.world.clock.now())
        if found.status not in ("SUBMITTED", "STARTED"):
            raise UsageError(f"The {self.thing} {analysis_id} is {found.status} already.")
        self.check_result(result, found.destinations)
        found.outcome = outcome

    def next_outcome(self) -> Outcome:
        """Return how the analysis that is about to start will end, without using that up."""
        planned = self.analyses.planned.get(self.backend.account_id)
        return planned[0] if planned else Outcome()

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


def _functions(given: object) -> list[str] | None:
    if given is None:
        return None
    is_list = isinstance(given, Sequence) and not isinstance(given, (str, bytes))
    listed: list[Any] = list(given) if isinstance(given, Sequence) and is_list else [given]
    unknown = [one for one in listed if not is_list or one not in list(WEIGHTS)]
    if unknown:
        raise UsageError(
            f"{unknown[0]!r} is not a list of functions that take from a privacy budget; there are:"
            f" {', '.join(WEIGHTS)}."
        )
    return listed
