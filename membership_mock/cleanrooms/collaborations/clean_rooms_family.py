"""The hooks by which a family of Clean Rooms follows memberships and answers for its resources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from membership_mock.engine.pipeline.operation import Family

if TYPE_CHECKING:
    from membership_mock.cleanrooms.collaborations.collaboration_store import (
        Collaboration,
        Membership,
    )


class CleanRoomsFamily(Family):
    """A family that may own resources inside memberships; by default it owns nothing.

    `membership_ended` is called on the backend of whoever ended the membership, which may be
    another account's: keep what it touches in a store that the whole region reaches.
    """

    def all_families(self) -> Iterator[CleanRoomsFamily]:
        """Yield every family of this backend that can be asked these questions."""
        for kind in self.backend.families:
            if issubclass(kind, CleanRoomsFamily):
                yield self.of(kind)

    def announce_end(self, membership: Membership, now: datetime) -> None:
        """Let every family of this backend follow the end of ``membership``."""
        for family in self.all_families():
            family.membership_ended(membership, now)

    def announce_removal(self, arn: str, now: datetime, *, deleted: bool) -> None:
        """Let every family of this backend follow that the resource ``arn`` is gone."""
        for family in self.all_families():
            family.resource_removed(arn, now, deleted=deleted)

    def announce_population(self, analysis_id: str, now: datetime) -> None:
        """Let every family of this backend follow the end of a query or job that fills a table."""
        for family in self.all_families():
            family.population_ended(analysis_id, now)

    def let_catch_up(self, collaboration: Collaboration, now: datetime) -> None:
        """Let everything in ``collaboration`` that is due by ``now`` happen first."""
        for family in self.all_families():
            family.catch_up(collaboration, now)

    def blocks_membership_deletion(self, membership: Membership) -> list[str]:
        """Return what keeps ``membership`` from being deleted, as words for a message.

        Examples: ``configured table association 6c8d...``; ``analysis template 0a1b...``.
        """
        del membership
        return []

    def unfinished_work(self, membership: Membership, now: datetime) -> list[str]:
        """Return what still runs in ``membership``, as words for a message: queries and jobs."""
        del membership, now
        return []

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Follow the end of ``membership``: it was deleted or removed, or its collaboration was.

        Its status is the new one already; of a deleted membership ``member.status`` is LEFT.
        """

    def resource_removed(self, arn: str, now: datetime, *, deleted: bool) -> None:
        """Follow that a resource which others depend on is gone for its collaboration.

        Args:
            arn: the ARN of the resource.
            now: the present.
            deleted: whether it was deleted; otherwise its owner's membership has ended.
        """

    def population_ended(self, analysis_id: str, now: datetime) -> None:
        """Follow the end of a query or job that fills an intermediate table."""

    def catch_up(self, collaboration: Collaboration, now: datetime) -> None:
        """Let what is due in ``collaboration`` happen: others are about to read what it changes."""

    def children_of(self, arn: str, now: datetime) -> list[dict[str, Any]]:
        """Return the ``childResources`` of the table ``arn``: what is made of its data."""
        return [each for family in self.all_families() for each in family.child_resources(arn, now)]

    def child_resources(self, arn: str, now: datetime) -> list[dict[str, Any]]:
        """Return the resources of this family that are made of the data of the table ``arn``."""
        del arn, now
        return []

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """Return the very tags of the resource ``arn`` of this account in this region.

        None when no resource of this family has that ARN. Override `tagged_resources` as well.
        """
        del arn
        return None
