"""ID mapping tables, which map the ids of one member to those of another one.

A member creates one from a workflow of Entity Resolution with a source and a target that are
associated in the collaboration; the others see a schema of its name. No ids are matched: a test
sets how a job ends with `AwsSide.end_id_mapping_job`. Sources: API pages of the
operations; user guide, "ID mapping tables"; what they leave open is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_events import tell_of_resource
from membership_mock.cleanrooms.collaborations.collaboration_store import Membership
from membership_mock.cleanrooms.collaborations.membership_resources import (
    MembershipResourceFamily,
    MembershipResources,
)
from membership_mock.cleanrooms.errors import ConflictException, ValidationException
from membership_mock.cleanrooms.identity.entity_resolution import (
    SOURCE,
    TARGET,
    EntityResolution,
    check_own,
)
from membership_mock.cleanrooms.identity.id_mapping_store import (
    JOB_ENDINGS,
    IdMappingJob,
    IdMappingTable,
    IdMappingTableStore,
)
from membership_mock.cleanrooms.identity.id_namespace_associations import (
    IdNamespaceAssociation,
    IdNamespaceAssociations,
)
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.ordered_index import sequence_of
from membership_mock.cleanrooms.quotas import ID_MAPPING_TABLES, Quotas
from membership_mock.cleanrooms.schemas.schema_index import (
    ID_MAPPING_TABLE,
    SchemaEntry,
    SchemaIndex,
)
from membership_mock.cleanrooms.schemas.schema_source import (
    leave_collaboration,
)
from membership_mock.cleanrooms.tag_keys import check_tag_keys
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World
from membership_mock.errors import UsageError

_TRUST = (
    "the workflow is trusted: moto has no Entity Resolution; a test may describe it, and says how a"
    " job ends"
)


class IdMappingTables(MembershipResourceFamily[IdMappingTable]):
    """The operations on ID mapping tables."""

    thing = "ID mapping table"
    tag_type = "cleanrooms:idmappingtable"

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many tables each membership has."""
        del now
        for (region,), store in world.stores(IdMappingTableStore):
            yield from store.tables.uses(ID_MAPPING_TABLES, region)

    @property
    def resources(self) -> MembershipResources[IdMappingTable]:
        """The tables of the region."""
        return self.store(IdMappingTableStore).tables

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Remove the tables from the collaboration; their owner keeps them."""
        super().membership_ended(membership, now)
        for each in self.resources.of_membership(membership.id):
            leave_collaboration(self, each.arn, now, deleted=False)

    def resource_removed(self, arn: str, now: datetime, *, deleted: bool) -> None:
        """Delete the data of the tables that were made with an association that is gone."""
        del deleted
        if "/idnamespaceassociation/" not in arn:
            return
        store = self.store(IdMappingTableStore)
        for table_id in store.made_with.get(arn.rpartition("/")[2], ()):
            table = store.tables.by_id[table_id]
            table.populated, table.job = False, None
            self.announce_removal(table.arn, now, deleted=False)

    def plan(self, status: str, job_id: str | None) -> None:
        """Set how a job ends: the job with the id, otherwise the next job of this account.

        Raises:
            UsageError: no job can end like that, or the job with the id has ended.
        """
        if status not in JOB_ENDINGS:
            raise UsageError(
                f"An ID mapping job ends in {' or '.join(JOB_ENDINGS)}, not in {status!r}."
            )
        account_id = self.backend.account_id
        if job_id is None:
            self.store(IdMappingTableStore).planned.setdefault(account_id, []).append(status)
            return
        for table in self.resources.by_id.values():
            table.let_time_pass(self.backend.world.clock.now())
            job = table.job
            if job is not None and job.id == job_id and table.creator_account_id == account_id:
                job.outcome = status
                return
        raise UsageError(
            f"Account {account_id} has no ID mapping job with the id {job_id} that runs in"
            f" {self.backend.region_name}."
        )

    @operation("CreateIdMappingTable", differs=_TRUST)
    def create_id_mapping_table(
        self,
        ctx: Context,
        membership_identifier: str,
        name: str,
        input_reference_config: dict[str, Any],
        description: str | None = None,
        tags: dict[str, str] | None = None,
        kms_key_arn: str | None = None,
    ) -> dict[str, Any]:
        """Create a table without data.

        Raises:
            ConflictException: the collaboration has a table of that name, of any kind, or the
                membership is not ACTIVE.
            ServiceQuotaExceededException: the membership has too many tables.
            ValidationException: the workflow is of another account or region, or its source or
                target is not associated in the collaboration (inferred [CR-137, CR-144]).
        """
        check_tag_keys(tags or {}, "tags")
        arn = input_reference_config["inputReferenceArn"]
        check_own(arn, ctx.account_id, ctx.region, "inputReferenceConfig")
        membership = self.of(Memberships).require_active(membership_identifier)
        sources = self._sources(membership, arn)
        index = self.store(SchemaIndex)
        index.require_new_name(membership.collaboration_id, name)
        held = self.resources.of_membership(membership.id)
        self.of(Quotas).require_room(ID_MAPPING_TABLES, len(held))
        table_id = ctx.world.uuid()
        table = IdMappingTable(
            id=table_id,
            arn=f"{membership.arn}/idmappingtable/{table_id}",
            creator_account_id=ctx.account_id,
            sequence=self.resources.created,
            collaboration_id=membership.collaboration_id,
            collaboration_arn=membership.collaboration_arn,
            membership_id=membership.id,
            membership_arn=membership.arn,
            name=name,
            description=description,
            create_time=ctx.now,
            update_time=ctx.now,
            input_reference_config=input_reference_config,
            kms_key_arn=kms_key_arn,
            sources={kind: each.id for kind, each in sources.items()},
            tags=tags or {},
        )
        self.store(IdMappingTableStore).add(table)
        index.add(
            SchemaEntry(
                ID_MAPPING_TABLE,
                name,
                table.arn,
                table_id,
                ctx.account_id,
                membership.id,
                membership.collaboration_id,
            )
        )
        tell_of_resource(self, membership, table, "Id Mapping Table", "Created", ctx.now)
        return self._shown(table, ctx.now)

    @operation("GetIdMappingTable", differs=_TRUST)
    def get_id_mapping_table(
        self, ctx: Context, id_mapping_table_identifier: str, membership_identifier: str
    ) -> dict[str, Any]:
        """Return a table of a membership of the caller's, in any status.

        Only its schema shows whether it has data. This read ends a running job.
        """
        membership = self.of(Memberships).find(membership_identifier)
        table = self.find(membership, id_mapping_table_identifier)
        table.look(ctx.now, ctx.world)
        return self._shown(table, ctx.now)

    @operation("ListIdMappingTables")
    def list_id_mapping_tables(
        self, ctx: Context, membership_identifier: str
    ) -> dict[str, Listing[IdMappingTable]]:
        """Return the tables of a membership of the caller's, oldest first (inferred [CR-102])."""
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        held = self.resources.of_membership(membership.id)
        return {"idMappingTableSummaries": Listing(held, sequence_of)}

    @operation("UpdateIdMappingTable")
    def update_id_mapping_table(
        self,
        ctx: Context,
        id_mapping_table_identifier: str,
        membership_identifier: str,
        description: str | None = None,
        kms_key_arn: str | None = None,
    ) -> dict[str, Any]:
        """Change what is given, and return the table.

        Raises:
            AccessDeniedException: the membership is not ACTIVE (inferred [CR-12]).
        """
        membership = self.of(Memberships).require_active(membership_identifier, conflict=False)
        table = self.find(membership, id_mapping_table_identifier)
        table.description = table.description if description is None else description
        table.kms_key_arn = table.kms_key_arn if kms_key_arn is None else kms_key_arn
        table.update_time = ctx.now
        tell_of_resource(self, membership, table, "Id Mapping Table", "Updated", ctx.now)
        return self._shown(table, ctx.now)

    @operation("DeleteIdMappingTable")
    def delete_id_mapping_table(
        self, ctx: Context, id_mapping_table_identifier: str, membership_identifier: str
    ) -> None:
        """Delete a table and its data, in a membership of any status, even while a job runs.

        That its data are deleted is documented; the rest is inferred [CR-105, CR-128].
        """
        membership = self.of(Memberships).find(membership_identifier)
        table = self.find(membership, id_mapping_table_identifier)
        self.store(IdMappingTableStore).remove(table)
        leave_collaboration(self, table.arn, ctx.now, deleted=True)
        tell_of_resource(self, membership, table, "Id Mapping Table", "Deleted", ctx.now)

    @operation("PopulateIdMappingTable", differs=_TRUST)
    def populate_id_mapping_table(
        self,
        ctx: Context,
        id_mapping_table_identifier: str,
        membership_identifier: str,
        job_type: str | None = None,
    ) -> dict[str, str]:
        """Start a job that fills a table, and return the id that the job has in Entity Resolution.

        Raises:
            ConflictException: a job runs, an association that the table was made with is gone
                (documented; inferred [CR-145]: the error), or the membership is not ACTIVE.
            ValidationException: the workflow has no incremental runs (inferred [CR-146]).
        """
        membership = self.of(Memberships).require_active(membership_identifier)
        table = self.find(membership, id_mapping_table_identifier)
        workflow = self.store(EntityResolution).workflows.get(table.workflow_arn)
        incremental = workflow is not None and workflow.incremental
        if job_type in ("INCREMENTAL", "DELETE_ONLY") and not incremental:
            raise ValidationException(
                f"The workflow {table.workflow_arn} was created without incremental runs.",
                field="jobType",
            )
        if table.is_due(ctx.now):
            self.keep_for_refusal()
            table.let_time_pass(ctx.now)
        if table.job is not None:
            raise _not_now(table, f"the ID mapping job {table.job.id} has not ended")
        if not self._has_sources(table):
            raise _not_now(table, "an ID namespace association that it was made with is gone")
        planned = self.store(IdMappingTableStore).planned.get(ctx.account_id)
        outcome = planned.pop(0) if planned else "SUCCEEDED"
        table.job = IdMappingJob(ctx.world.uuid(), outcome, Progress([ctx.now], shown=True))
        return {"idMappingJobId": table.job.id}

    # --- its sources ---

    def _sources(
        self, membership: Membership, workflow_arn: str
    ) -> dict[str, IdNamespaceAssociation]:
        """Return the associations of the source and the target that a workflow maps, by type."""
        workflow = self.store(EntityResolution).workflows.get(workflow_arn)
        wanted: dict[str, str | None] = {SOURCE: None, TARGET: None}
        if workflow is not None:
            wanted = {SOURCE: workflow.source, TARGET: workflow.target}
        held = self.of(IdNamespaceAssociations).resources.seen_by(membership.collaboration_id)
        found = {}
        for kind, arn in wanted.items():
            fitting = [
                each for each in held if each.type == kind and arn in (None, each.namespace_arn)
            ]
            if not fitting:
                raise ValidationException(
                    f"The collaboration has no association of the {kind} of the workflow"
                    f" {workflow_arn}{f', {arn}' if arn else ''}.",
                    field="inputReferenceConfig",
                )
            if len(fitting) > 1:
                raise ValidationException(
                    f"The collaboration has {len(fitting)} associations that can be the {kind} of"
                    f" the workflow {workflow_arn}. A test says which namespaces a workflow maps"
                    " with aws_side(…).id_mapping_workflow(…).",
                    field="inputReferenceConfig",
                )
            found[kind] = fitting[0]
        return found

    def _has_sources(self, table: IdMappingTable) -> bool:
        associations = self.of(IdNamespaceAssociations).resources
        found = map(associations.by_id.get, table.sources.values())
        return all(each is not None and associations.sees(each) for each in found)

    def _shown(self, table: IdMappingTable, now: datetime) -> dict[str, Any]:
        return {
            "idMappingTable": {
                "id": table.id,
                "arn": table.arn,
                "inputReferenceConfig": table.input_reference_config,
                "membershipId": table.membership_id,
                "membershipArn": table.membership_arn,
                "collaborationId": table.collaboration_id,
                "collaborationArn": table.collaboration_arn,
                "description": table.description,
                "name": table.name,
                "createTime": table.create_time,
                "updateTime": table.update_time,
                "inputReferenceProperties": {"idMappingTableInputSource": table.input_sources},
                "kmsKeyArn": table.kms_key_arn,
                "childResources": self.children_of(table.arn, now),
            }
        }


def _not_now(table: IdMappingTable, why: str) -> ConflictException:
    return ConflictException(
        f"ID mapping table {table.id} cannot be populated: {why}.",
        table.id,
        "MEMBERSHIP",
        "INVALID_STATE",
    )
