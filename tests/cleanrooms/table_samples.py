"""Tables to bring into rooms: valid input for configured tables, their rules and templates."""

from __future__ import annotations

from typing import Any

GLUE = {"glue": {"tableName": "orders", "databaseName": "sales"}}
COLUMNS = ["customer_id", "city", "amount"]

LIST = {"v1": {"list": {"joinColumns": ["customer_id"], "listColumns": ["city"]}}}
AGGREGATION = {
    "v1": {
        "aggregation": {
            "aggregateColumns": [{"columnNames": ["amount"], "function": "SUM"}],
            "joinColumns": ["customer_id"],
            "dimensionColumns": ["city"],
            "scalarFunctions": ["TRUNC"],
            "outputConstraints": [
                {"columnName": "customer_id", "minimum": 2, "type": "COUNT_DISTINCT"}
            ],
        }
    }
}


def custom(*analyses: str, providers: list[str] | None = None, **others: Any) -> dict[str, Any]:
    """Return a policy of the type CUSTOM."""
    content: dict[str, Any] = {"allowedAnalyses": list(analyses), **others}
    if providers is not None:
        content["allowedAnalysisProviders"] = providers
    return {"v1": {"custom": content}}


def receivers(kind: str, *accounts: str, **others: Any) -> dict[str, Any]:
    """Return the policy of a collaboration analysis rule."""
    return {"v1": {kind.lower(): {"allowedResultReceivers": list(accounts), **others}}}


def new_table(client: Any, **others: Any) -> dict[str, Any]:
    """Create a configured table, and return it."""
    given = {
        "name": "Orders",
        "tableReference": GLUE,
        "allowedColumns": COLUMNS,
        "analysisMethod": "DIRECT_QUERY",
        **others,
    }
    return dict(client.create_configured_table(**given)["configuredTable"])


def add_rule(client: Any, table_id: str, kind: str = "LIST", policy: Any = LIST) -> dict[str, Any]:
    """Give a configured table an analysis rule, and return the rule."""
    answer = client.create_configured_table_analysis_rule(
        configuredTableIdentifier=table_id, analysisRuleType=kind, analysisRulePolicy=policy
    )
    return dict(answer["analysisRule"])


def associate(
    client: Any, membership_id: str, table_id: str, name: str = "orders", **others: Any
) -> dict[str, Any]:
    """Bring a configured table into a collaboration, and return the association."""
    answer = client.create_configured_table_association(
        name=name,
        membershipIdentifier=membership_id,
        configuredTableIdentifier=table_id,
        roleArn="arn:aws:iam::222222222222:role/clean-rooms",
        **others,
    )
    return dict(answer["configuredTableAssociation"])


def add_collaboration_rule(
    client: Any, membership_id: str, association_id: str, kind: str, policy: Any
) -> dict[str, Any]:
    """Give an association an analysis rule, and return the rule."""
    answer = client.create_configured_table_association_analysis_rule(
        membershipIdentifier=membership_id,
        configuredTableAssociationIdentifier=association_id,
        analysisRuleType=kind,
        analysisRulePolicy=policy,
    )
    return dict(answer["analysisRule"])


def ready_table(
    client: Any,
    membership_id: str,
    *accounts: str,
    name: str = "orders",
    kind: str = "LIST",
    policy: Any = LIST,
    **others: Any,
) -> dict[str, Any]:
    """Bring a table into a collaboration that ``accounts`` may have results of."""
    table = new_table(client, **others)
    add_rule(client, table["id"], kind, policy)
    association = associate(client, membership_id, table["id"], name)
    add_collaboration_rule(
        client, membership_id, association["id"], kind, receivers(kind, *accounts)
    )
    return association


def sql_template(client: Any, membership_id: str, **others: Any) -> dict[str, Any]:
    """Create an SQL analysis template, and return it."""
    given = {
        "name": "cities",
        "format": "SQL",
        "source": {"text": "SELECT city FROM orders WHERE amount > :least"},
        "analysisParameters": [{"name": "least", "type": "INTEGER", "defaultValue": "0"}],
        **others,
    }
    answer = client.create_analysis_template(membershipIdentifier=membership_id, **given)
    return dict(answer["analysisTemplate"])


def pyspark_template(client: Any, membership_id: str, **others: Any) -> dict[str, Any]:
    """Create a PySpark analysis template, and return it."""
    given = {
        "name": "model",
        "format": "PYSPARK_1_0",
        "source": {
            "artifacts": {
                "entryPoint": {"location": {"bucket": "scripts", "key": "main.py"}},
                "roleArn": "arn:aws:iam::111111111111:role/artifacts",
            }
        },
        "schema": {"referencedTables": ["orders"]},
        **others,
    }
    answer = client.create_analysis_template(membershipIdentifier=membership_id, **given)
    return dict(answer["analysisTemplate"])
