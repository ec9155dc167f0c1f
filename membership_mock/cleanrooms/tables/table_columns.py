"""The columns of a configured table, with their types.

A Glue table, or one that Athena finds there, is looked up in the Glue Data Catalog of the same
mock; a Snowflake reference brings its own columns. A column of an unknown table has the
type string; for other types, create the table in the mock's Glue. That a missing table or column is
refused with a ValidationException is inferred [CR-44].
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from membership_mock.cleanrooms.errors import ValidationException
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.state.other_services import GlueTable

_UNKNOWN_TYPE = "string"


@dataclass
class Columns:
    """The columns of a table that a collaboration sees.

    Attributes:
        types: the type of each allowed column, by its name.
        partition_keys: the names of the partition keys, allowed or not: they can be used in every
            association (user guide, "Configuring tables").
        key_types: the types of those keys that are not allowed columns.
    """

    types: dict[str, str]
    partition_keys: list[str]
    key_types: dict[str, str] = field(default_factory=dict)

    def shown(self) -> list[dict[str, str]]:
        """Return all columns as a schema shows them."""
        return [{"name": name, "type": kind} for name, kind in self.types.items()]

    def partition_keys_shown(self) -> list[dict[str, str]]:
        """Return the partition keys as a schema shows them."""
        types = {**self.key_types, **self.types}
        return [{"name": name, "type": types[name]} for name in self.partition_keys]


def columns_of(ctx: Context, reference: dict[str, Any], allowed: list[str]) -> Columns:
    """Return the allowed columns of the table that ``reference`` names.

    Raises:
        ValidationException: the mock knows where the table would be, and it or a column is not
            there.
    """
    (kind,) = reference
    described = reference[kind]
    known: dict[str, str] | None = None
    keys: list[str] = []
    if kind == "snowflake":
        known = {
            each["columnName"]: each["columnType"]
            for each in described["tableSchema"].get("v1", ())
        }
    elif kind == "glue" or (
        kind == "athena" and described.get("catalogName", "AwsDataCatalog") == "AwsDataCatalog"
    ):
        found = _glue_table(ctx, described.get("region", ctx.region), described)
        if found is not None:
            known, keys = found.columns, found.partition_keys
    missing = [] if known is None else [name for name in allowed if name not in known]
    if missing:
        raise ValidationException(
            f"The table does not have these columns: {', '.join(missing)}.", field="allowedColumns"
        )
    return Columns(
        {name: (known or {}).get(name, _UNKNOWN_TYPE) for name in allowed},
        keys,
        {name: (known or {}).get(name, _UNKNOWN_TYPE) for name in keys if name not in allowed},
    )


def _glue_table(ctx: Context, region: str, described: dict[str, Any]) -> GlueTable | None:
    name, database = described["tableName"], described["databaseName"]
    found = ctx.world.other_services.glue_database(ctx.account_id, region, database, name)
    if found is None:
        return None
    if found.table is None:
        raise ValidationException(
            f"Table {name} was not found in database {database} of the AWS Glue Data Catalog of"
            f" account {ctx.account_id} in Region {region}.",
            field="tableReference",
        )
    return found.table
