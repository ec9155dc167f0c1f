"""Payment: costs, their payers, and the costs that a member accepts.

A payment configuration is handled in its API form with every part present. Sources: the service
model and recorded answers; the rest is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from membership_mock.cleanrooms.errors import ValidationException

Payment = dict[str, Any]
Cost = tuple[str, ...]

QUERIES: Cost = ("queryCompute",)
JOBS: Cost = ("jobCompute",)
SYNTHETIC_DATA: Cost = ("machineLearning", "syntheticDataGeneration")
MODELS: tuple[Cost, ...] = (
    ("machineLearning", "modelTraining"),
    ("machineLearning", "modelInference"),
)
COSTS: tuple[Cost, ...] = (QUERIES, *MODELS, SYNTHETIC_DATA, JOBS)


def named(payment: Mapping[str, Any] | None, cost: Cost) -> bool | None:
    """Return whether ``payment`` makes its member responsible; None if it does not set this."""
    part: Any = payment or {}
    for step in cost:
        part = part.get(step)
        if part is None:
            return None
    return bool(part["isResponsible"])


def expanded(responsible: Iterable[Cost]) -> Payment:
    """Return the configuration of a member that is responsible for these costs only (observed)."""
    chosen = set(responsible)
    payment: Payment = {"queryCompute": {}, "machineLearning": {}, "jobCompute": {}}
    for cost in COSTS:
        part = payment
        for step in cost:
            part = part.setdefault(step, {})
        part["isResponsible"] = cost in chosen
    return payment


def costs_of(payment: Mapping[str, Any] | None) -> set[Cost]:
    """Return the costs that ``payment`` makes its member responsible for."""
    return {cost for cost in COSTS if named(payment, cost)}


def with_default_payers(
    given: Mapping[str, Mapping[str, Any] | None], runner: str, *, runs_jobs: bool
) -> dict[str, Payment]:
    """Return the full configuration of each account of a new collaboration.

    Without a named payer the runner of queries pays for them. A runner of jobs can always pay for
    them. The model's texts name the runner as default payer of machine learning as well, but
    recorded answers show false.

    Args:
        given: the creator's configuration of each account, its own first.
        runner: the account that runs the queries.
        runs_jobs: whether it runs jobs as well.

    Raises:
        ValidationException: the runner of jobs is configured not to pay for them.
    """
    costs = {account: costs_of(payment) for account, payment in given.items()}
    if not any(QUERIES in held for held in costs.values()):
        costs[runner].add(QUERIES)
    if runs_jobs:
        if named(given[runner], JOBS) is False:
            creator = next(iter(given))
            raise runner_must_pay(
                runner, "creatorPaymentConfiguration" if runner == creator else "members"
            )
        costs[runner].add(JOBS)
    return {account: expanded(held) for account, held in costs.items()}


def merged(present: Payment, given: Mapping[str, Any] | None) -> Payment:
    """Return ``present`` with the parts that ``given`` names."""
    says = {cost: named(given, cost) for cost in COSTS}
    return expanded(
        cost for cost in COSTS if (named(present, cost) if says[cost] is None else says[cost])
    )


def accepted_on_joining(
    given: Mapping[str, Any] | None, configured: Payment, *, runs_queries: bool, open_to: set[Cost]
) -> Payment:
    """Return the costs that a member pays from the time it joins.

    Missing parts are accepted as configured (inferred [CR-141]).

    Args:
        given: the costs that the member accepts.
        configured: the creator's configuration for this member.
        runs_queries: whether it runs the queries; then all parts may be missing.
        open_to: further costs that it may accept (the runner, those without a named payer).

    Raises:
        ValidationException: the member's answer is required, or does not fit the configuration.
    """
    responsible = costs_of(configured)
    if given is None:
        if responsible and not runs_queries:
            raise ValidationException(
                "paymentConfiguration is required: the creator of the collaboration configured you"
                f" to pay for {_words(responsible)}.",
                field="paymentConfiguration",
            )
        return expanded(responsible)
    declined = {cost for cost in responsible if named(given, cost) is False}
    if declined:
        raise ValidationException(
            f"You are responsible to pay for {_words(declined)}; isResponsible cannot be false.",
            field="paymentConfiguration",
        )
    _check_not_beyond(given, responsible | open_to, "paymentConfiguration")
    return merged(expanded(responsible), given)


def accepted_later(
    given: Mapping[str, Any], accepted: Payment, configured: Payment, open_to: set[Cost]
) -> Payment:
    """Return the costs that a member pays after it accepted or declined some of them.

    Raises:
        ValidationException: it accepts a cost that is not configured for it.
    """
    _check_not_beyond(given, costs_of(configured) | open_to, "membershipPaymentConfiguration")
    return merged(accepted, given)


def _check_not_beyond(given: Mapping[str, Any], allowed: set[Cost], field: str) -> None:
    beyond = costs_of(given) - allowed
    if beyond:
        raise ValidationException(
            f"You are not responsible to pay for {_words(beyond)}; isResponsible cannot be true.",
            field=field,
        )


def _words(costs: Iterable[Cost]) -> str:
    chosen = set(costs)
    return ", ".join(".".join(cost) for cost in COSTS if cost in chosen)


def runner_must_pay(account_id: str, field: str) -> ValidationException:
    """Return the error for a runner of jobs that is not to pay for them (text inferred [CR-84])."""
    return ValidationException(
        f"Account {account_id} runs queries and jobs, so that its jobCompute.isResponsible cannot"
        " be false.",
        field=field,
    )
