"""Seeds of Clean Rooms: collaborations, memberships, tables and queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from membership_mock.engine.moto.s3 import forget_folder, new_bucket
from membership_mock.testing.aws_side.aws_side import AwsSide
from membership_mock.testing.given.cleanrooms_budgets import BudgetSeeds, SeededBudget
from membership_mock.testing.given.cleanrooms_rooms import (
    RECEIVE,
    SERVICE,
    SeededCollaboration,
    SeededMembership,
)
from membership_mock.testing.given.cleanrooms_tables import (
    SeededTable,
    SeededTableAssociation,
)
from membership_mock.testing.names import not_one_of

__all__ = [
    "CleanRoomsSeeds",
    "SeededBudget",
    "SeededCollaboration",
    "SeededMembership",
    "SeededQuery",
    "SeededTable",
    "SeededTableAssociation",
]

QueryStatus = Literal[
    "SUBMITTED", "STARTED", "SUCCESS", "FAILED", "TIMED_OUT", "CANCELLING", "CANCELLED"
]
#: the ends of a query that is not cancelled
_ENDINGS = ("SUCCESS", "FAILED", "TIMED_OUT")
_STATUSES = ("SUBMITTED", "STARTED", *_ENDINGS, "CANCELLING", "CANCELLED")


@dataclass(frozen=True)
class SeededQuery:
    """A protected query.

    Attributes:
        id: its id.
        membership_id: the runner's membership.
        collaboration_id: the collaboration that it runs in.
        account: the runner.
        region: where it is.
        status: its status.
    """

    id: str
    membership_id: str
    collaboration_id: str
    account: str
    region: str
    status: str


class CleanRoomsSeeds(BudgetSeeds):
    """Seeds of Clean Rooms, from `Given.cleanrooms`.

    Without an account or region, a seed takes the mock's default one.
    """

    def query(
        self,
        collaboration: SeededCollaboration | str,
        status: QueryStatus = "SUCCESS",
        *,
        sql: str | None = None,
        result: Sequence[Mapping[str, Any]] | bytes | None = None,
        error: Mapping[str, Any] | None = None,
        account: str | None = None,
        region: str | None = None,
        **fields: Any,
    ) -> SeededQuery:
        """Return a protected query with a status.

        Args:
            collaboration: where it runs, or its id.
            status: ``SUBMITTED``, ``STARTED``, ``SUCCESS``, ``FAILED``, ``TIMED_OUT``,
                ``CANCELLING`` or ``CANCELLED``.
            sql: its text; when None, it selects all of the first table that has an analysis rule.
            result: its result, as for `AwsSide.end_query`; of a query that has not ended, its
                result later on. The runner gets the bucket that it goes to, if there is none.
            error: how it fails, as for `AwsSide.end_query`.
            account: the runner; needed only if the collaboration is given by its id.
            region: where the collaboration is; not needed for a seeded one.
            **fields: other fields of StartProtectedQuery, e.g. ``resultConfiguration``.

        Raises:
            SeedRefused: the runner has not joined, a table does not allow the query, or the status
                changes only with the mock's clock.
            UsageError: there is no such status, or it does not go with a result or an error.
        """
        if status not in _STATUSES:
            raise not_one_of(status, "a status of a query", _STATUSES)
        if isinstance(collaboration, SeededCollaboration):
            account = account or collaboration.runner
        room_id, account, region = self._place(collaboration, account, region)
        with self._setup.seed(
            "cleanrooms.query",
            "the runner and the payer must have joined, and the table's rules must allow the query:"
            " see `joined_collaboration` and `associated_table`.",
        ):
            state, membership_id = self._status(room_id, account, region)
            if membership_id is None:
                raise self._setup.refuse(
                    f"account {account} is {state or 'not a member'} in collaboration {room_id}."
                )
            started = self._setup.call(
                SERVICE,
                "StartProtectedQuery",
                account,
                region,
                **{
                    "type": "SQL",
                    "membershipIdentifier": membership_id,
                    "sqlParameters": {"queryString": sql or self._sql(room_id, account, region)},
                    "resultConfiguration": self._results(membership_id, account, region),
                    **fields,
                },
            )["protectedQuery"]
            query_id = str(started["id"])
            if result is not None and "resultConfiguration" not in fields:
                self._make_bucket(started, membership_id, account, region)
            if status == "SUCCESS":
                # before the bucket is taken away, which must be empty then
                self._setup.undo(partial(forget_folder, query_id))
            ending = status if status in _ENDINGS else "FAILED" if error else "SUCCESS"
            if status in _ENDINGS or result is not None or error is not None:
                AwsSide(self._setup.running, account, region).end_query(
                    ending, result=result, error=error, protected_query_id=query_id
                )
            asked = {"membershipIdentifier": membership_id, "protectedQueryIdentifier": query_id}
            if status in ("CANCELLING", "CANCELLED"):
                self._setup.call(
                    SERVICE,
                    "UpdateProtectedQuery",
                    account,
                    region,
                    targetStatus="CANCELLED",
                    **asked,
                )
            self._reach(status, account, region, asked)
        return SeededQuery(query_id, membership_id, room_id, account, region, status)

    def _reach(self, status: str, account: str, region: str, asked: Mapping[str, Any]) -> None:
        """Read a query until it has the wanted status."""
        if status in ("SUBMITTED", "CANCELLING"):
            return
        found = ""
        for _ in range(3):
            answer = self._setup.call(SERVICE, "GetProtectedQuery", account, region, **asked)
            found = answer["protectedQuery"]["status"]
            if found == status:
                return
            if found == "FAILED":
                raise self._setup.refuse(
                    f"it fails: {answer['protectedQuery']['error']['message']}",
                    "create the bucket first, with the account's client of s3.",
                )
        raise self._setup.refuse(
            f"the query stays {found}, because its status changes only with the mock's clock.",
            "seed it as SUBMITTED and move the clock, or let a read change the status (the option"
            " settle='read').",
        )

    def _make_bucket(
        self, started: Mapping[str, Any], membership_id: str, account: str, region: str
    ) -> None:
        """Give the runner the bucket that its results go to, if there is none of this name."""
        own = self._setup.call(
            SERVICE, "GetMembership", account, region, membershipIdentifier=membership_id
        )["membership"]
        chosen = started.get("resultConfiguration") or own.get("defaultResultConfiguration")
        if chosen is not None:
            take_back = new_bucket(account, region, chosen["outputConfiguration"]["s3"]["bucket"])
            if take_back is not None:
                self._setup.undo(take_back)

    def _sql(self, room_id: str, account: str, region: str) -> str:
        listed = self._setup.call(
            SERVICE, "ListSchemas", account, region, collaborationIdentifier=room_id
        )
        names = [
            each["name"]
            for each in listed["schemaSummaries"]
            if each["analysisRuleTypes"] and each["type"] == "TABLE"
        ]
        return f"SELECT * FROM {names[0]}" if names else "SELECT 1"  # noqa: S608  no database

    def _results(self, membership_id: str, account: str, region: str) -> dict[str, Any] | None:
        """Return where results go, or None if the runner's membership has a default for it."""
        own = self._setup.call(
            SERVICE, "GetMembership", account, region, membershipIdentifier=membership_id
        )["membership"]
        if "defaultResultConfiguration" in own or RECEIVE not in own["memberAbilities"]:
            return None
        bucket = {"resultFormat": "CSV", "bucket": f"results-{account}"}
        return {"outputConfiguration": {"s3": bucket}}
