"""The queries and jobs that fill intermediate tables: how one is followed, ended and cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from membership_mock.cleanrooms.analyses.analysis_store import ProtectedAnalysis
from membership_mock.cleanrooms.analyses.protected_jobs import ProtectedJobs
from membership_mock.cleanrooms.analyses.protected_queries import ProtectedQueries
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.intermediate_tables.inherited_constraints import (
    BaseTable,
    consolidated,
    inherited,
)
from membership_mock.cleanrooms.intermediate_tables.intermediate_store import (
    IntermediateTable,
    IntermediateTableStore,
    IntermediateTableVersion,
)
from membership_mock.cleanrooms.schemas.schema_index import (
    INTERMEDIATE_TABLE,
    SchemaEntry,
    SchemaIndex,
)
from membership_mock.cleanrooms.schemas.schema_source import source_of

#: the type of a column, by that of the first value that is not None (the mock's own)
_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "bigint"),
    (float, "double"),
    (datetime, "timestamp"),
    (date, "date"),
)


class RunningPopulation(CleanRoomsFamily):
    """How populations of intermediate tables go."""

    def look(self, table: IntermediateTable, now: datetime) -> None:
        """Move the population of ``table`` on, by time or by this read."""
        self._follow(table, now, look=True)

    def let_time_pass(self, table: IntermediateTable, now: datetime) -> None:
        """Move the population of ``table`` on by time, and let data go that are too old."""
        self._follow(table, now, look=False)

    def cancel(self, table: IntermediateTable, now: datetime) -> None:
        """Cancel the population of ``table``, if one runs."""
        self.let_time_pass(table, now)
        version = _running(table)
        if version is None:
            return
        if version.analysis_type == "QUERY":
            queries = self.of(ProtectedQueries)
            queries.cancel(queries.analyses.by_id[version.analysis_id], now)
        else:
            jobs = self.of(ProtectedJobs)
            jobs.cancel(jobs.analyses.by_id[version.analysis_id], now)

    def population_ended(self, analysis_id: str, now: datetime) -> None:
        """Give the table its new data, or the reason why it has none.

        The result of a population that ends after its table was disallowed, or has lost its base,
        is dropped (inferred [CR-115]).
        """
        store = self.store(IntermediateTableStore)
        table = store.tables.by_id.get(store.populating.pop(analysis_id, ""))
        if table is None:
            return
        version = table.versions[-1]
        analysis = self._analysis(version)
        if analysis.status == "SUCCESS" and table.status == "POPULATE_STARTED":
            version.status = "POPULATE_SUCCESS"
            version.expiration_time = version.create_time + timedelta(days=table.retention_in_days)
            version.columns = columns_of(analysis.outcome.result)
            version.inherited = inherited(self._bases(table)) if table.is_multi_party else {}
            table.active = version
            table.move("succeed")
        else:
            version.status = "POPULATE_FAILED"
            if table.status == "POPULATE_STARTED":
                table.move("fail", _reason(analysis))
        table.update_time = now

    def _follow(self, table: IntermediateTable, now: datetime, *, look: bool) -> None:
        version = _running(table)
        if version is not None:
            if version.analysis_type == "QUERY":
                queries = self.of(ProtectedQueries)
                query = queries.analyses.by_id[version.analysis_id]
                queries.look_at(query, now) if look else queries.let_time_pass(query, now)
            else:
                jobs = self.of(ProtectedJobs)
                job = jobs.analyses.by_id[version.analysis_id]
                jobs.look_at(job, now) if look else jobs.let_time_pass(job, now)
        if table.is_due(now):
            self.keep_for_refusal()
            table.let_time_pass(now)

    def _analysis(self, version: IntermediateTableVersion) -> ProtectedAnalysis:
        if version.analysis_type == "QUERY":
            return self.of(ProtectedQueries).analyses.by_id[version.analysis_id]
        return self.of(ProtectedJobs).analyses.by_id[version.analysis_id]

    def _bases(self, table: IntermediateTable) -> list[BaseTable]:
        """Return the tables that a table is directly made of, with what their rules say."""
        index, found = self.store(SchemaIndex), []
        for each in table.dependencies:
            entry = index.by_arn.get(each.arn)
            if each.parent_type != "DIRECT" or entry is None:
                continue
            if entry.type == INTERMEDIATE_TABLE:
                content = _taken_from(self.store(IntermediateTableStore).tables.by_id[each.id])
            else:
                content = self._rule_of(entry)
            found.append(BaseTable(each.name, each.id, each.type, each.creator_account_id, content))
        return found

    def _rule_of(self, entry: SchemaEntry) -> dict[str, Any]:
        """Return what the rules of a table say together; it has one at the most."""
        source, content = source_of(self, entry), {}
        for kind in source.summary_of(entry)["analysisRuleTypes"]:
            rule = source.rule_of(entry, kind) or {}
            (content,) = rule.get("consolidatedPolicy", {"v1": {"": {}}})["v1"].values()
        return content


def _taken_from(table: IntermediateTable) -> dict[str, Any]:
    """Return what binds the tables made of ``table``: what it has taken over as well.

    Its own rule may have been deleted while the population ran.
    """
    content = table.rule.content if table.rule else {}
    return consolidated(content, table.active.inherited if table.active else {})


def columns_of(result: Any) -> list[dict[str, str]]:
    """Return the columns of a result that a test has given as rows; otherwise they are unknown."""
    if isinstance(result, (bytes, str)) or not isinstance(result, Sequence):
        return []
    values: dict[str, Any] = {}
    for row in result:
        if isinstance(row, Mapping):
            for key, value in row.items():
                name = str(key).lower()
                if values.get(name) is None:
                    values[name] = value
    return [{"name": name, "type": _type_of(value)} for name, value in values.items()]


def _type_of(value: object) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "string")


def _running(table: IntermediateTable) -> IntermediateTableVersion | None:
    """Return the population that runs, which is the latest one."""
    version = table.versions[-1] if table.versions else None
    return version if version is not None and version.status == "POPULATE_STARTED" else None


def _reason(analysis: ProtectedAnalysis) -> str:
    if analysis.error is not None:
        return str(analysis.error["message"])
    return f"The analysis {analysis.id} ended with the status {analysis.status}."
