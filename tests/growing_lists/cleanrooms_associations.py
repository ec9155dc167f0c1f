"""The lists of Clean Rooms that are about identity, audience models and stored analyses."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.cleanrooms import table_samples as tables
from tests.cleanrooms.identity_samples import (
    add_mapping_table,
    add_model,
    add_namespace,
    model,
    namespace,
    workflow,
)
from tests.cleanrooms.intermediate_samples import (
    add_intermediate_rule,
    fill,
    new_intermediate,
)
from tests.cleanrooms.privacy_samples import access_template, run
from tests.growing_lists.cleanrooms import client_of, joined
from tests.growing_lists.growing_list import ACCOUNT, REGION, Add, GrowingList, growing

LISTS: list[GrowingList] = []
SERVICE = "cleanrooms"
_list = partial(growing, LISTS, SERVICE)
Started = tuple[Any, dict[str, Any], Add]


def _namespaces(mock: Any) -> tuple[Any, dict[str, str], dict[str, str], Add]:
    client = client_of(mock, "id_namespace_associations_per_membership")
    here, mine = joined(client)

    def add(number: int) -> None:
        add_namespace(client, mine["membershipIdentifier"], namespace(ACCOUNT, f"source{number}"))

    return client, here, mine, add


@_list("ListIdNamespaceAssociations")
def _namespaces_of_a_membership(mock: Any) -> Started:
    client, _, mine, add = _namespaces(mock)
    return client, mine, add


@_list("ListCollaborationIdNamespaceAssociations")
def _namespaces_of_a_collaboration(mock: Any) -> Started:
    client, here, _, add = _namespaces(mock)
    return client, here, add


def _models(mock: Any) -> tuple[Any, dict[str, str], dict[str, str], Add]:
    client = client_of(mock, "audience_model_associations_per_membership")
    here, mine = joined(client)

    def add(number: int) -> None:
        add_model(client, mine["membershipIdentifier"], model(ACCOUNT, f"model{number}"))

    return client, here, mine, add


@_list("ListConfiguredAudienceModelAssociations")
def _models_of_a_membership(mock: Any) -> Started:
    client, _, mine, add = _models(mock)
    return client, mine, add


@_list("ListCollaborationConfiguredAudienceModelAssociations")
def _models_of_a_collaboration(mock: Any) -> Started:
    client, here, _, add = _models(mock)
    return client, here, add


@_list("ListIdMappingTables")
def _mapping_tables(mock: Any) -> Started:
    client = client_of(mock, "id_mapping_tables_per_membership")
    _, mine = joined(client)
    membership_id = mine["membershipIdentifier"]
    for name in ("source", "target"):
        add_namespace(client, membership_id, namespace(ACCOUNT, name))

    def add(number: int) -> None:
        add_mapping_table(client, membership_id, workflow(ACCOUNT), f"ids{number}")

    return client, mine, add


@_list("ListIntermediateTables")
def _intermediate_tables(mock: Any) -> Started:
    client = client_of(mock)
    _, mine = joined(client)
    membership_id = mine["membershipIdentifier"]
    tables.ready_table(client, membership_id, ACCOUNT)
    return client, mine, lambda number: new_intermediate(client, membership_id, f"cities{number}")


@_list("ListIntermediateTableVersions")
def _versions(mock: Any) -> Started:
    client = client_of(mock)
    _, mine = joined(client)
    membership_id = mine["membershipIdentifier"]
    tables.ready_table(client, membership_id, ACCOUNT)
    table = new_intermediate(client, membership_id)
    add_intermediate_rule(client, membership_id, table["id"], allowedResultReceivers=[ACCOUNT])

    def add(number: int) -> None:
        fill(client, ACCOUNT, membership_id, table["id"], [{"city": "Paris", "n": number}])

    return client, {**mine, "intermediateTableIdentifier": table["id"]}, add


@_list("ListAnalysisLogExports")
def _log_exports(mock: Any) -> Started:
    client = client_of(mock, "log_exports_per_membership")
    mock.client("s3", account=ACCOUNT, region=REGION).create_bucket(
        Bucket="spark-logs", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    _, mine = joined(client, "CAN_EXPORT_QUERY_ANALYSIS_LOG")
    tables.ready_table(client, mine["membershipIdentifier"], ACCOUNT)
    query = run(client, mine["membershipIdentifier"], "SELECT city FROM orders")

    def add(number: int) -> None:
        del number
        export = client.start_analysis_log_export(
            **mine,
            analysisId=query["id"],
            analysisType="PROTECTED_QUERY",
            resultConfiguration={"outputConfiguration": {"s3": {"bucket": "spark-logs"}}},
        )["analysisLogExport"]
        for _ in range(3):  # each read takes it a step on
            client.get_analysis_log_export(
                **mine, analysisLogExportIdentifier=export["analysisLogExportId"]
            )

    return client, mine, add


def _budgets(mock: Any) -> tuple[Any, dict[str, str], dict[str, str], Add]:
    client = client_of(mock, "access_budgets_per_collaboration")
    here, mine = joined(client)
    membership_id = mine["membershipIdentifier"]

    def add(number: int) -> None:
        table = tables.new_table(client, name=f"Table {number}")
        held = tables.associate(client, membership_id, table["id"], f"table_{number}")
        access_template(client, membership_id, held["arn"], ("LIFETIME", 7))

    return client, here, mine, add


@_list("ListPrivacyBudgetTemplates")
def _templates_of_a_membership(mock: Any) -> Started:
    client, _, mine, add = _budgets(mock)
    return client, mine, add


@_list("ListCollaborationPrivacyBudgetTemplates")
def _templates_of_a_collaboration(mock: Any) -> Started:
    client, here, _, add = _budgets(mock)
    return client, here, add


@_list("ListPrivacyBudgets")
def _budgets_of_a_membership(mock: Any) -> Started:
    client, _, mine, add = _budgets(mock)
    return client, {**mine, "privacyBudgetType": "ACCESS_BUDGET"}, add


@_list("ListCollaborationPrivacyBudgets")
def _budgets_of_a_collaboration(mock: Any) -> Started:
    client, here, _, add = _budgets(mock)
    return client, {**here, "privacyBudgetType": "ACCESS_BUDGET"}, add
