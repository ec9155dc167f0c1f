"""Configured table associations: the tables that a member brings into a collaboration.

An association lives in its owner's membership; the other members see a schema of its name. Sources:
API pages of the operations; user guide, "Associate a configured table"; what they leave open is
marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_events import tell_of_resource
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import Membership
from membership_mock.cleanrooms.errors import ConflictException, ResourceNotFoundException
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.ordered_index import add_to_index, remove_from_index, sequence_of
from membership_mock.cleanrooms.quotas import TABLE_ASSOCIATIONS, Quotas
from membership_mock.cleanrooms.schemas.schema_index import TABLE, SchemaEntry, SchemaIndex
from membership_mock.cleanrooms.schemas.schema_source import leave_collaboration
from membership_mock.cleanrooms.tables.analysis_rule import AnalysisRule
from membership_mock.cleanrooms.tables.configured_tables import (
    ConfiguredTable,
    ConfiguredTables,
    ConfiguredTableStore,
)
from membership_mock.cleanrooms.tag_keys import check_tag_keys
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.summary import Summary, View, by_account, named, several
from membership_mock.engine.state.world import Scope, Store, World


@dataclass
class TableAssociation:
    """An association; fields that are not explained are those of GetConfiguredTableAssociation.

    Attributes:
        account_id: the account that owns it, and the membership and the table with it.
        sequence: its place in the order of creation.
        rules: its analysis rules by type, which AWS calls collaboration analysis rules.
    """

    id: str
    arn: str
    account_id: str
    sequence: int
    collaboration_id: str
    membership_id: str
    membership_arn: str
    configured_table_id: str
    configured_table_arn: str
    name: str
    description: str | None
    role_arn: str
    create_time: datetime
    update_time: datetime
    tags: dict[str, str]
    rules: dict[str, AnalysisRule] = field(default_factory=dict)

    @property
    def analysis_rule_types(self) -> list[str]:
        """The types of its analysis rules.

        Empty, not absent, when it has no rules (inferred [CR-57]).
        """
        return list(self.rules)


@dataclass
class TableAssociationStore(Store, scope=Scope.REGION):
    """The associations: by id, and by membership in the order of creation."""

    rank = 5
    by_id: dict[str, TableAssociation] = field(default_factory=dict)
    by_membership: dict[str, list[TableAssociation]] = field(default_factory=dict)
    created: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each association."""
        del view
        held = by_account(self.by_id.values(), lambda each: each.account_id)
        for account_id, associations in held.items():
            lines = several("table associations", associations, _outline_of)
            yield Summary(account_id, key[0], "cleanrooms", lines)


def _outline_of(association: TableAssociation) -> str:
    rules = f", analysis rule {', '.join(association.rules)}" if association.rules else ""
    return (
        f"table association {named(association.name)} in collaboration"
        f" {association.collaboration_id}{rules}"
    )


class TableAssociations(CleanRoomsFamily):
    """The operations on configured table associations."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many associations each membership has."""
        del now
        for (region,), store in world.stores(TableAssociationStore):
            for membership_id, held in store.by_membership.items():
                if held:
                    account_id = held[0].account_id
                    yield QuotaUse(TABLE_ASSOCIATIONS, account_id, region, len(held), membership_id)

    def find(self, membership: Membership, association_id: str) -> TableAssociation:
        """Return an association of a membership.

        Raises:
            ResourceNotFoundException: the membership has no such association.
        """
        found = self.store(TableAssociationStore).by_id.get(association_id)
        if found is None or found.membership_id != membership.id:
            raise ResourceNotFoundException(
                f"No such configured table association with id: {association_id}",
                association_id,
                "CONFIGURED_TABLE_ASSOCIATION",
            )
        return found

    def table_of(self, association: TableAssociation) -> ConfiguredTable:
        """Return the configured table of an association, which cannot be deleted before it."""
        return self.store(ConfiguredTableStore).by_id[association.configured_table_id]

    def blocks_membership_deletion(self, membership: Membership) -> list[str]:
        """Return the associations of ``membership``."""
        held = self.store(TableAssociationStore).by_membership.get(membership.id, ())
        return [f"configured table association {each.id}" for each in held]

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Take the tables out of the collaboration; their owner keeps what it has."""
        for each in self.store(TableAssociationStore).by_membership.get(membership.id, ()):
            leave_collaboration(self, each.arn, now, deleted=False)

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """Return the stored tags of an association of this account."""
        found = self.store(TableAssociationStore).by_id.get(arn.rpartition("/")[2])
        if found is None or (found.arn, found.account_id) != (arn, self.backend.account_id):
            return None
        return found.tags

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the associations of this account."""
        for each in self.store(TableAssociationStore).by_id.values():
            if each.account_id == self.backend.account_id:
                yield TaggedResource(
                    each.arn, each.tags, resource_type="cleanrooms:configuredtableassociation"
                )

    @operation("CreateConfiguredTableAssociation", differs="the role is not looked at")
    def create_configured_table_association(
        self,
        ctx: Context,
        name: str,
        membership_identifier: str,
        configured_table_identifier: str,
        role_arn: str,
        description: str | None = None,
        tags: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Bring a table of the caller's into a collaboration, and return the association.

        Raises:
            ConflictException: the membership has the table already, or the collaboration the name;
                that names are unique in a collaboration is documented, the reason is
                inferred [CR-55].
            ResourceNotFoundException: the caller has no such membership or table.
            ServiceQuotaExceededException: the membership has too many associations.
        """
        check_tag_keys(tags or {}, "tags")
        membership = self.of(Memberships).require_active(membership_identifier)
        table = self.of(ConfiguredTables).find(configured_table_identifier)
        store = self.store(TableAssociationStore)
        siblings = store.by_membership.get(membership.id, [])
        twin = next((each for each in siblings if each.configured_table_id == table.id), None)
        if twin is not None:
            raise _already(
                f"Configured table {table.id} is already associated with membership"
                f" {membership.id}.",
                twin.id,
            )
        index = self.store(SchemaIndex)
        index.require_new_name(membership.collaboration_id, name, "CONFIGURED_TABLE_ASSOCIATION")
        self.of(Quotas).require_room(TABLE_ASSOCIATIONS, len(siblings))
        association_id = ctx.world.uuid()
        association = TableAssociation(
            id=association_id,
            arn=f"{membership.arn}/configuredtableassociation/{association_id}",
            account_id=ctx.account_id,
            sequence=store.created,
            collaboration_id=membership.collaboration_id,
            membership_id=membership.id,
            membership_arn=membership.arn,
            configured_table_id=table.id,
            configured_table_arn=table.arn,
            name=name,
            description=description,
            role_arn=role_arn,
            create_time=ctx.now,
            update_time=ctx.now,
            tags=tags or {},
        )
        store.created += 1
        store.by_id[association_id] = association
        add_to_index(store.by_membership.setdefault(membership.id, []), association)
        index.add(
            SchemaEntry(
                TABLE,
                name,
                association.arn,
                association_id,
                ctx.account_id,
                membership.id,
                membership.collaboration_id,
            )
        )
        table.associations.append(association_id)
        tell_of_resource(
            self, membership, association, "Configured Table Association", "Created", ctx.now
        )
        return self._shown(association, ctx.now)

    @operation("GetConfiguredTableAssociation")
    def get_configured_table_association(
        self,
        ctx: Context,
        configured_table_association_identifier: str,
        membership_identifier: str,
    ) -> dict[str, Any]:
        """Return an association of a membership of the caller's, in any status."""
        membership = self.of(Memberships).find(membership_identifier)
        found = self.find(membership, configured_table_association_identifier)
        return self._shown(found, ctx.now)

    @operation("ListConfiguredTableAssociations")
    def list_configured_table_associations(
        self, ctx: Context, membership_identifier: str
    ) -> dict[str, Listing[TableAssociation]]:
        """Return the associations of a membership of the caller's, oldest first."""
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        held = self.store(TableAssociationStore).by_membership.get(membership.id, ())
        return {"configuredTableAssociationSummaries": Listing(held, sequence_of)}

    @operation("UpdateConfiguredTableAssociation", differs="the role is not looked at")
    def update_configured_table_association(
        self,
        ctx: Context,
        configured_table_association_identifier: str,
        membership_identifier: str,
        description: str | None = None,
        role_arn: str | None = None,
    ) -> dict[str, Any]:
        """Change what is given, and return the association."""
        membership = self.of(Memberships).require_active(membership_identifier)
        found = self.find(membership, configured_table_association_identifier)
        found.description = found.description if description is None else description
        found.role_arn = found.role_arn if role_arn is None else role_arn
        found.update_time = ctx.now
        tell_of_resource(
            self, membership, found, "Configured Table Association", "Updated", ctx.now
        )
        return self._shown(found, ctx.now)

    @operation("DeleteConfiguredTableAssociation")
    def delete_configured_table_association(
        self,
        ctx: Context,
        configured_table_association_identifier: str,
        membership_identifier: str,
    ) -> None:
        """Delete an association, and its collaboration analysis rules with it.

        Its access budget goes with it, and what was made of it cannot be used any longer. That
        rules do not hold it back is observed. It works in a membership of any status
        (inferred [CR-128]), for nothing else would empty a membership that has ended.
        """
        membership = self.of(Memberships).find(membership_identifier)
        association = self.find(membership, configured_table_association_identifier)
        store = self.store(TableAssociationStore)
        self.table_of(association).associations.remove(association.id)
        del store.by_id[association.id]
        remove_from_index(store.by_membership[membership.id], association)
        leave_collaboration(self, association.arn, ctx.now, deleted=True)
        tell_of_resource(
            self, membership, association, "Configured Table Association", "Deleted", ctx.now
        )

    def _shown(self, association: TableAssociation, now: datetime) -> dict[str, Any]:
        return {
            "configuredTableAssociation": {
                "arn": association.arn,
                "id": association.id,
                "configuredTableId": association.configured_table_id,
                "configuredTableArn": association.configured_table_arn,
                "membershipId": association.membership_id,
                "membershipArn": association.membership_arn,
                "roleArn": association.role_arn,
                "name": association.name,
                "description": association.description,
                "analysisRuleTypes": association.analysis_rule_types,
                "createTime": association.create_time,
                "updateTime": association.update_time,
                "childResources": self.children_of(association.arn, now),
            }
        }


def _already(message: str, association_id: str) -> ConflictException:
    return ConflictException(
        message, association_id, "CONFIGURED_TABLE_ASSOCIATION", "ALREADY_EXISTS"
    )
