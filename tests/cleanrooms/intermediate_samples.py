"""Intermediate tables to test with: valid input, and how a test populates one."""

from __future__ import annotations

from typing import Any

from tests.cleanrooms.query_samples import aws_side
from tests.cleanrooms.table_samples import custom

SQL = "SELECT city, COUNT(*) AS n FROM orders GROUP BY city"
ROWS = [{"city": "Paris", "n": 7}, {"city": "Rome", "n": 2}]


def new_intermediate(
    client: Any, membership_id: str, name: str = "cities", sql: str = SQL, **others: Any
) -> dict[str, Any]:
    """Create an intermediate table, and return it."""
    given = {
        "populationAnalysisConfiguration": {"sqlParameters": {"queryString": sql}},
        **others,
    }
    answer = client.create_intermediate_table(
        membershipIdentifier=membership_id, name=name, **given
    )
    return dict(answer["intermediateTable"])


def get_intermediate(client: Any, membership_id: str, table_id: str) -> dict[str, Any]:
    """Look at an intermediate table."""
    answer = client.get_intermediate_table(
        membershipIdentifier=membership_id, intermediateTableIdentifier=table_id
    )
    return dict(answer["intermediateTable"])


def start_population(
    client: Any, membership_id: str, table_id: str, **others: Any
) -> dict[str, Any]:
    """Start to populate an intermediate table, and return the answer."""
    return dict(
        client.populate_intermediate_table(
            membershipIdentifier=membership_id, intermediateTableIdentifier=table_id, **others
        )
    )


def fill(
    client: Any, account: str, membership_id: str, table_id: str, rows: Any = None
) -> dict[str, Any]:
    """Populate an intermediate table with rows, and return it."""
    aws_side(account).end_query(result=ROWS if rows is None else rows)
    start_population(client, membership_id, table_id)
    table = get_intermediate(client, membership_id, table_id)
    while table["status"] == "POPULATE_STARTED":
        table = get_intermediate(client, membership_id, table_id)
    return table


def versions(client: Any, membership_id: str, table_id: str) -> list[dict[str, Any]]:
    """Return the versions of an intermediate table."""
    answer = client.list_intermediate_table_versions(
        membershipIdentifier=membership_id, intermediateTableIdentifier=table_id
    )
    return list(answer["intermediateTableVersionSummaries"])


def add_intermediate_rule(
    client: Any, membership_id: str, table_id: str, policy: Any = None, **content: Any
) -> dict[str, Any]:
    """Give an intermediate table an analysis rule, and return the rule."""
    answer = client.create_intermediate_table_analysis_rule(
        membershipIdentifier=membership_id,
        intermediateTableIdentifier=table_id,
        analysisRuleType="CUSTOM",
        analysisRulePolicy=policy or custom(**content),
    )
    return dict(answer["analysisRule"])


def ready_intermediate(
    client: Any, account: str, membership_id: str, *receivers: str, **others: Any
) -> dict[str, Any]:
    """Create an intermediate table that has data and a rule, and return it."""
    table = new_intermediate(client, membership_id, **others)
    add_intermediate_rule(
        client, membership_id, table["id"], allowedResultReceivers=list(receivers)
    )
    return fill(client, account, membership_id, table["id"])


def disallow(client: Any, membership_id: str, name: str = "cities", **others: Any) -> None:
    """Disallow an intermediate table by its name."""
    client.disallow_intermediate_table(
        membershipIdentifier=membership_id, intermediateTableName=name, **others
    )
