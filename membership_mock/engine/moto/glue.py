"""Reads the columns of a table in moto's Glue Data Catalog for our services."""

from __future__ import annotations

from collections.abc import Iterable

from membership_mock.engine.moto.modules import models_of
from membership_mock.engine.state.other_services import GlueDatabase, GlueTable


def look_up(account_id: str, region: str, database: str, table: str) -> GlueDatabase | None:
    """Return a database of an account with one of its tables; None if there is no such database."""
    models = models_of("glue")
    if models is None:  # Glue has not been used yet
        return None
    backends = models.glue_backends
    if account_id not in backends or region not in list(backends[account_id]):
        return None
    databases = backends[account_id][region].databases
    database_name = _spelled(database, databases)
    if database_name is None:
        return None
    tables = databases[database_name].tables
    table_name = _spelled(table, tables)
    if table_name is None:
        return GlueDatabase(None)
    described = tables[table_name].as_dict()
    plain = described.get("StorageDescriptor", {}).get("Columns", [])
    keys = described.get("PartitionKeys", [])
    # Glue itself keeps names in lower case, moto keeps them as they were sent
    return GlueDatabase(
        GlueTable(
            {each["Name"].lower(): each.get("Type", "string") for each in (*plain, *keys)},
            [each["Name"].lower() for each in keys],
        )
    )


def _spelled(name: str, known: Iterable[str]) -> str | None:
    """Return how moto's Glue spells a name; None if it does not have it in any letter case.

    That AWS compares in lower case is inferred [CR-207] from how Glue keeps names.
    """
    return next((each for each in known if each.lower() == name.lower()), None)
