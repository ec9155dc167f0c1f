"""The hooks with which a family of Clean Rooms follows memberships and reports its resources."""

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

    `membership_ended` is called on the backend of the account that ended the membership, which may
    be another account. So the data that it changes has to be in a store of the whole region.
    """

    def all_families(self) -> Iterator[CleanRoomsFamily]:
        """Yield every family of this backend that has these hooks."""
        for kind in self.backend.families:
            if issubclass(kind, CleanRoomsFamily):
                yield self.of(kind)

    def announce_end(self, membership: Membership, now: datetime) -> None:
        """Notify every family of this backend of the end of ``membership``."""
        for family in self.all_families():
            family.membership_ended(membership, now)

    def announce_removal(self, arn: str, now: datetime, *, deleted: bool) -> None:
        """Notify every family of this backend that the resource ``arn`` is gone."""
        for family in self.all_families():
            family.resource_removed(arn, now, deleted=deleted)

    def announce_population(self, analysis_id: str, now: datetime) -> None:
        """Notify every family of this backend of the end of a query or job that fills a table."""
        for family in self.all_families():
            family.population_ended(analysis_id, now)

    def let_catch_up(self, collaboration: Collaboration, now: datetime) -> None:
        """Apply everything in ``collaboration`` that is due by ``now``."""
        for family in self.all_families():
            family.catch_up(collaboration, now)

    def blocks_membership_deletion(self, membership: Membership) -> list[str]:
        """Return the resources that prevent the deletion of ``membership``, as text for a message.

        Examples: ``configured table association 6c8d...``; ``analysis template 0a1b...``.
        """
        del membership
        return []

    def unfinished_work(self, membership: Membership, now: datetime) -> list[str]:
        """Return the queries and jobs that run in ``membership``, as text for a message."""
        del membership, now
        return []

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Adapt to the end of ``membership``: it was deleted or removed, or its collaboration was.

        It has the new status already; ``member.status`` of a deleted membership is LEFT.
        """

    def resource_removed(self, arn: str, now: datetime, *, deleted: bool) -> None:
        """Adapt to the removal of a resource from its collaboration.

        Args:
            arn: the ARN of the resource.
            now: the present.
            deleted: whether it was deleted; otherwise its owner's membership has ended.
        """

    def population_ended(self, analysis_id: str, now: datetime) -> None:
        """Adapt to the end of a query or job that fills an intermediate table."""

    def catch_up(self, collaboration: Collaboration, now: datetime) -> None:
        """Apply what is due in ``collaboration``: other families are about to read it."""

    def children_of(self, arn: str, now: datetime) -> list[dict[str, Any]]:
        """Return the ``childResources`` of the table ``arn``: the resources made from its data."""
        return [each for family in self.all_families() for each in family.child_resources(arn, now)]

    def child_resources(self, arn: str, now: datetime) -> list[dict[str, Any]]:
        """Return the resources of this family that are made from the data of the table ``arn``."""
        del arn, now
        return []

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """Return the stored tags of the resource ``arn`` of this account in this region.

        None when no resource of this family has that ARN. Override `tagged_resources` as well.
        """
        del arn
        return None
