"""The tables of each collaboration, of all kinds, by name."""

from __future__ import annotations

from dataclasses import field

from membership_mock.cleanrooms.errors import ConflictException, ResourceType
from membership_mock.cleanrooms.ordered_index import add_to_index, remove_from_index
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.world import Scope, Store

TABLE = "TABLE"
ID_MAPPING_TABLE = "ID_MAPPING_TABLE"
INTERMEDIATE_TABLE = "INTERMEDIATE_TABLE"


@dataclass
class SchemaEntry:
    """A table that a collaboration has, or had while its owner was an active member.

    Attributes:
        type: the schema type.
        name: its name in the collaboration.
        arn: the ARN of the resource that the schema is made of.
        resource_id: its id.
        account_id: its owner.
        membership_id: the owner's membership.
        collaboration_id: the collaboration.
        sequence: its place in the order of creation, of all types.
    """

    type: str
    name: str
    arn: str
    resource_id: str
    account_id: str
    membership_id: str
    collaboration_id: str
    sequence: int = 0


@dataclass
class SchemaIndex(Store, scope=Scope.REGION):
    """The tables of a region.

    Attributes:
        by_arn: each by its ARN, also those of members who have left.
        visible: the tables that a collaboration sees, by type, and under "" all of them.
        spellings: the tables that a collaboration sees, by their name in lower case.
        created: how many were ever added.
    """

    by_arn: dict[str, SchemaEntry] = field(default_factory=dict)
    visible: dict[tuple[str, str], list[SchemaEntry]] = field(default_factory=dict)
    spellings: dict[tuple[str, str], list[SchemaEntry]] = field(default_factory=dict)
    created: int = 0

    def add(self, entry: SchemaEntry) -> None:
        """Add a new table."""
        self.created += 1
        entry.sequence = self.created
        self.by_arn[entry.arn] = entry
        for kind in ("", entry.type):
            add_to_index(self.visible.setdefault((entry.collaboration_id, kind), []), entry)
        key = (entry.collaboration_id, entry.name.lower())
        add_to_index(self.spellings.setdefault(key, []), entry)

    def hide(self, arn: str) -> None:
        """Hide a table from its collaboration; its owner keeps it."""
        entry = self.by_arn[arn]
        for kind in ("", entry.type):
            remove_from_index(self.visible[entry.collaboration_id, kind], entry)
        remove_from_index(self.spellings[entry.collaboration_id, entry.name.lower()], entry)

    def remove(self, arn: str) -> None:
        """Remove a table."""
        self.hide(arn)
        del self.by_arn[arn]

    def named(self, collaboration_id: str, name: str) -> SchemaEntry | None:
        """Return the table of a collaboration with exactly this name."""
        alike = self.spellings.get((collaboration_id, name.lower()), ())
        return next((each for each in alike if each.name == name), None)

    def meant(self, collaboration_id: str, name: str) -> SchemaEntry | None:
        """Return the table that a query names, ignoring case."""
        exact = self.named(collaboration_id, name)
        alike = self.spellings.get((collaboration_id, name.lower()))
        return exact or (alike[0] if alike else None)

    def require_new_name(
        self, collaboration_id: str, name: str, resource_type: ResourceType = "MEMBERSHIP"
    ) -> None:
        """Refuse a name that the collaboration has already, for a table of any kind (documented).

        Raises:
            ConflictException: the name is taken (the reason is inferred [CR-55]).
        """
        namesake = self.named(collaboration_id, name)
        if namesake is not None:
            raise ConflictException(
                f"Collaboration {collaboration_id} already has a table named {name}.",
                namesake.resource_id,
                resource_type,
                "ALREADY_EXISTS",
            )
