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
from tests.cleanrooms.intermediate_samples import new_intermediate
from tests.growing_lists.cleanrooms import client_of, joined
from tests.growing_lists.growing_list import ACCOUNT, Add, GrowingList, growing

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
