"""Privacy budgets to test with: valid templates, and how a test reads what is left."""

from __future__ import annotations

from typing import Any

from tests.cleanrooms.query_samples import finish_query, start_query
from tests.cleanrooms.table_samples import custom, ready_table

COUNT_DISTINCT = "SELECT COUNT(DISTINCT customer_id) FROM orders"
AVG = "SELECT AVG(amount) FROM orders"


def private(*providers: str, column: str = "customer_id") -> dict[str, Any]:
    """Return the policy of a rule with differential privacy, for any query of ``providers``."""
    privacy = {"columns": [{"name": column}]}
    return custom("ANY_QUERY", providers=list(providers), differentialPrivacy=privacy)


def private_table(client: Any, membership_id: str, runner: str, **others: Any) -> dict[str, Any]:
    """Bring a table with differential privacy that ``runner`` may query, and return it."""
    given = {"kind": "CUSTOM", "policy": private(runner), **others}
    return ready_table(client, membership_id, runner, **given)


def privacy_template(
    client: Any, membership_id: str, epsilon: int = 10, noise: int = 30, **others: Any
) -> dict[str, Any]:
    """Create a template for differential privacy, and return it."""
    return create(
        client,
        membership_id,
        "DIFFERENTIAL_PRIVACY",
        {"differentialPrivacy": {"epsilon": epsilon, "usersNoisePerQuery": noise}},
        **others,
    )


def access_template(
    client: Any, membership_id: str, arn: str, *budgets: tuple[Any, ...], **others: Any
) -> dict[str, Any]:
    """Create a template for an access budget, and return it."""
    parameters = {"budgetParameters": list(map(budget, budgets)), "resourceArn": arn}
    return create(client, membership_id, "ACCESS_BUDGET", {"accessBudget": parameters}, **others)


def budget(given: tuple[Any, ...]) -> dict[str, Any]:
    """Return a parameter: its type without CALENDAR_, how much, and perhaps whether refreshed."""
    kind, number, *refresh = given
    full = kind if kind == "LIFETIME" else f"CALENDAR_{kind}"
    more = {"autoRefresh": refresh[0]} if refresh else {}
    return {"type": full, "budget": number, **more}


def create(
    client: Any, membership_id: str, kind: str, parameters: dict[str, Any], **others: Any
) -> dict[str, Any]:
    """Create a template, and return it."""
    answer = client.create_privacy_budget_template(
        membershipIdentifier=membership_id,
        privacyBudgetType=kind,
        parameters=parameters,
        **others,
    )
    return dict(answer["privacyBudgetTemplate"])


def access_budgets(client: Any, collaboration_id: str, **others: Any) -> list[dict[str, Any]]:
    """Return the access budgets of a collaboration."""
    answer = client.list_collaboration_privacy_budgets(
        collaborationIdentifier=collaboration_id, privacyBudgetType="ACCESS_BUDGET", **others
    )
    return list(answer["collaborationPrivacyBudgetSummaries"])


def access_left(client: Any, collaboration_id: str) -> dict[str, int]:
    """Return what is left of the one access budget, by type, and of all of it together."""
    (found,) = access_budgets(client, collaboration_id)
    content = found["budget"]["accessBudget"]
    left = {each["budgetType"]: each["remainingBudget"] for each in content["details"]}
    return {**left, "all": content["aggregateRemainingBudget"]}


def private_budget(client: Any, collaboration_id: str) -> dict[str, Any]:
    """Return the one differential privacy budget of a collaboration."""
    (found,) = client.list_collaboration_privacy_budgets(
        collaborationIdentifier=collaboration_id, privacyBudgetType="DIFFERENTIAL_PRIVACY"
    )["collaborationPrivacyBudgetSummaries"]
    return dict(found)


def aggregations_left(client: Any, collaboration_id: str) -> dict[str, int]:
    """Return how often each function can still be called."""
    content = private_budget(client, collaboration_id)["budget"]["differentialPrivacy"]
    return {each["type"]: each["remainingCount"] for each in content["aggregations"]}


def run(client: Any, membership_id: str, sql: str = COUNT_DISTINCT) -> dict[str, Any]:
    """Run a query to its end, and return it."""
    query = start_query(client, membership_id, sqlParameters={"queryString": sql})
    return finish_query(client, membership_id, query["id"])
