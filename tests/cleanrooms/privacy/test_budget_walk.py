"""Random walks over members, templates, queries and time, against a model of the budgets.

The model is written from the documentation, apart from the package: it counts what was used of
each budget with plain integers and fractions. After each step all members see the same, nothing
is overspent, and what a query was allowed agrees with what was left.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from math import log, sqrt
from random import Random
from typing import Any

import pytest

from tests.cleanrooms.collaboration_samples import A, B, C, join, member, new_collaboration
from tests.cleanrooms.privacy_samples import (
    access_budgets,
    access_template,
    privacy_template,
    private,
)
from tests.cleanrooms.query_samples import get_query, start_query
from tests.cleanrooms.table_samples import ready_table
from tests.walks import walks

STEPS = 60
COSTS = {"COUNT(DISTINCT customer_id)": 1, "COUNT(*)": 2, "SUM(amount)": 3, "AVG(amount)": 4}
START = datetime(2030, 3, 20, 12, tzinfo=timezone.utc)


def capacity(epsilon: int, noise: int) -> float:
    """Return how many COUNT DISTINCT a budget allows, by the formula of the page."""
    root = log(10**4)
    return 0.40363 * noise**2 * (sqrt(root + epsilon) - sqrt(root)) ** 2


class Walk:
    """Three accounts, their tables, and what the model knows of the budgets."""

    def __init__(self, mock: Any, clients: dict[str, Any], seed: int) -> None:
        self.clock = mock.clock
        self.clients = clients
        self.random = Random(seed)
        self.room = new_collaboration(clients[A], member(B), member(C))["id"]
        self.mids = {one: join(clients[one], self.room)["id"] for one in (A, B, C)}
        self.tables = {
            name: (
                owner,
                ready_table(
                    clients[owner],
                    self.mids[owner],
                    A,
                    name=name,
                    kind="CUSTOM",
                    policy=private(A)
                    if name.startswith("private")
                    else {
                        "v1": {
                            "custom": {
                                "allowedAnalyses": ["ANY_QUERY"],
                                "allowedAnalysisProviders": [A],
                            }
                        }
                    },
                )["arn"],
            )
            for name, owner in (("private1", B), ("private2", B), ("open1", B), ("open2", C))
        }
        #: by table: the template and its allowances: [kind, budget, period, used]
        self.access: dict[str, tuple[dict[str, Any], list[list[Any]]]] = {}
        #: owner, template, epsilon, noise, used in COUNT DISTINCT of noise 10, and in which month
        self.private: list[Any] | None = None
        self.waiting: list[tuple[str, list[str], int]] = []
        self.history: list[str] = []

    def now(self) -> datetime:
        moment: datetime = self.clock.now()
        return moment

    # --- steps ---

    def step(self) -> None:
        action = self.random.choice(
            [self.limit, self.protect, self.unlimit, self.wait, *[self.ask, self.look] * 4]
        )
        self.history.append(f"{action.__name__}: {action()}")
        self.compare()

    def limit(self) -> str:
        name = self.random.choice(sorted(self.tables.keys() - self.access.keys()) or [""])
        if not name:
            return "all have one"
        owner, arn = self.tables[name]
        kinds = self.random.choice([["DAY"], ["LIFETIME"], ["WEEK", "LIFETIME"], ["MONTH"]])
        budgets = [(kind, self.random.randrange(4)) for kind in kinds]
        template = access_template(self.clients[owner], self.mids[owner], arn, *budgets)
        self.access[name] = (
            template,
            [[kind, number, self.period(kind), 0] for kind, number in budgets],
        )
        return f"{name} {budgets}"

    def unlimit(self) -> str:
        if self.private is not None and self.random.random() < 0.5:
            owner, template = self.private[:2]
            self.private = None
        elif self.access:
            name = self.random.choice(sorted(self.access))
            owner, template = self.tables[name][0], self.access.pop(name)[0]
        else:
            return "nothing"
        self.clients[owner].delete_privacy_budget_template(
            membershipIdentifier=self.mids[owner], privacyBudgetTemplateIdentifier=template["id"]
        )
        return str(template["privacyBudgetType"])

    def protect(self) -> str:
        if self.private is not None:
            owner, template, epsilon, noise, *_ = self.private
            noise = self.random.choice([10, 20, noise])
            epsilon = min(20, epsilon + self.random.randrange(2))
            self.clients[owner].update_privacy_budget_template(
                membershipIdentifier=self.mids[owner],
                privacyBudgetTemplateIdentifier=template["id"],
                privacyBudgetType="DIFFERENTIAL_PRIVACY",
                parameters={
                    "differentialPrivacy": {"epsilon": epsilon, "usersNoisePerQuery": noise}
                },
            )
            self.private[2:4] = [epsilon, noise]
            return f"now {epsilon} {noise}"
        owner = self.random.choice([A, B, C])
        epsilon, noise = self.random.choice([1, 2, 3]), self.random.choice([10, 20, 30])
        template = privacy_template(
            self.clients[owner], self.mids[owner], epsilon, noise, autoRefresh="CALENDAR_MONTH"
        )
        self.private = [owner, template, epsilon, noise, 0.0, self.period("MONTH")]
        return f"{owner[0]} {epsilon} {noise}"

    def wait(self) -> str:
        """Let time pass, but never over the start of a query that waits."""
        while self.waiting:
            self.look()
        days = self.random.choice([1, 3, 8, 20])
        self.clock.advance(timedelta(days=days))
        return f"{days} days"

    def ask(self) -> str:
        if len(self.waiting) == 2:
            return "too many"
        names = self.random.sample(sorted(self.tables), self.random.randrange(1, 3))
        uses_private = any(name.startswith("private") for name in names)
        if uses_private and self.private is None:
            return "not ready"
        function = self.random.choice(sorted(COSTS))
        sql = f"SELECT {function} FROM {', '.join(names)}"
        query = start_query(self.clients[A], self.mids[A], sqlParameters={"queryString": sql})
        self.waiting.append((query["id"], names, COSTS[function] if uses_private else 0))
        return sql

    def look(self) -> str:
        """Let the oldest query start, and take it to its end if it may."""
        if not self.waiting:
            return "nothing runs"
        query_id, names, cost = self.waiting.pop(0)
        status = get_query(self.clients[A], self.mids[A], query_id)["status"]
        assert status == ("STARTED" if self.pays(names, cost) else "FAILED"), self.history
        if status == "STARTED":
            assert get_query(self.clients[A], self.mids[A], query_id)["status"] == "SUCCESS"
        return status

    # --- the model ---

    def period(self, kind: str) -> Any:
        """Return what tells the present period of a kind from others."""
        today = self.now().date()
        sunday = today - timedelta(days=today.isoweekday() % 7)
        return {
            "DAY": today,
            "WEEK": sunday,
            "MONTH": (today.year, today.month),
            "LIFETIME": None,
        }[kind]

    def refresh(self) -> None:
        for _, allowances in self.access.values():
            for each in allowances:
                if each[2] != self.period(each[0]):
                    each[2:] = [self.period(each[0]), 0]
        if self.private is not None and self.private[5] != self.period("MONTH"):
            self.private[4:] = [0.0, self.period("MONTH")]

    def pays(self, names: list[str], cost: int) -> bool:
        """Take what a query needs from the model, if all of it is there."""
        self.refresh()
        needed = [each for name in names if name in self.access for each in self.access[name][1]]
        if any(used >= number for _, number, _, used in needed):
            return False
        if cost:
            if self.private is None:
                return False
            price = cost * (10 / self.private[3]) ** 2
            if self.private[4] + price > capacity(self.private[2], 10) + 1e-6:
                return False
            self.private[4] += price
        for each in needed:
            each[3] += 1
        return True

    def compare(self) -> None:
        """Compare what every member sees with the model."""
        self.refresh()
        access = {
            self.tables[name][1]: [number - used for _, number, _, used in allowances]
            for name, (_, allowances) in self.access.items()
        }
        assert all(left >= 0 for each in access.values() for left in each)
        for account, client in self.clients.items():
            if account not in self.mids:
                continue
            seen = access_budgets(client, self.room)
            assert left_of(seen) == access, self.history
            mine = client.list_privacy_budgets(
                membershipIdentifier=self.mids[account], privacyBudgetType="ACCESS_BUDGET"
            )["privacyBudgetSummaries"]
            assert left_of(mine) == {
                arn: left
                for owner, arn in self.tables.values()
                for left in [access.get(arn)]
                if left is not None and owner == account
            }, self.history
            private = client.list_collaboration_privacy_budgets(
                collaborationIdentifier=self.room, privacyBudgetType="DIFFERENTIAL_PRIVACY"
            )["collaborationPrivacyBudgetSummaries"]
            assert [self.distinct_left(each) for each in private] == self.expected(), self.history

    def expected(self) -> list[int]:
        if self.private is None:
            return []
        _, _, epsilon, noise, used, _ = self.private
        return [int((capacity(epsilon, 10) - used) * (noise / 10) ** 2 + 1e-6)]

    def distinct_left(self, budget: dict[str, Any]) -> int:
        counts = {
            each["type"]: each["remainingCount"]
            for each in budget["budget"]["differentialPrivacy"]["aggregations"]
        }
        units = counts["COUNT_DISTINCT"]
        assert counts == {
            "COUNT_DISTINCT": units,
            "COUNT": units // 2,
            "SUM": units // 3,
            "AVG": units // 4,
            "STDDEV": units // 4,
        }
        return int(units)


def left_of(budgets: list[dict[str, Any]]) -> dict[str, list[int]]:
    """Return what is left of access budgets, by table."""
    found = {}
    for each in budgets:
        content = each["budget"]["accessBudget"]
        left = [one["remainingBudget"] for one in content["details"]]
        assert content["aggregateRemainingBudget"] == min(left)
        found[content["resourceArn"]] = left
    return found


@pytest.mark.parametrize("seed", range(walks(4)))
def test_no_budget_is_overspent_and_all_views_agree(membership_mock, clients, seed):
    membership_mock.clock.freeze(START)
    walk = Walk(membership_mock, clients, seed)
    for _ in range(STEPS):
        walk.step()
    assert any("STARTED" in each for each in walk.history)
