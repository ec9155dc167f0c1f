"""Resources that a membership owns and its collaboration sees: the code that all kinds share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import Collaboration, Membership
from membership_mock.cleanrooms.errors import ConflictException, ResourceNotFoundException
from membership_mock.cleanrooms.ordered_index import add_to_index, is_in_index, remove_from_index
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.state.quotas import Quota, QuotaUse


@dataclass(kw_only=True)
class MembershipResource:
    """A resource of a membership; fields that are not explained are those of its Get operation.

    Attributes:
        creator_account_id: the account that owns it.
        sequence: its place in the order of creation.
    """

    id: str
    arn: str
    creator_account_id: str
    sequence: int
    collaboration_id: str
    collaboration_arn: str
    membership_id: str
    membership_arn: str
    name: str
    description: str | None
    create_time: datetime
    update_time: datetime
    tags: dict[str, str]


R = TypeVar("R", bound=MembershipResource)


@dataclass
class MembershipResources(Generic[R]):
    """The resources of one kind in a region.

    Attributes:
        by_id: each by its id.
        by_membership: those of a membership, oldest first.
        by_collaboration: those that a collaboration sees, oldest first, without resources of
            members who have left.
        created: how many were ever added.
    """

    by_id: dict[str, R] = field(default_factory=dict)
    by_membership: dict[str, list[R]] = field(default_factory=dict)
    by_collaboration: dict[str, list[R]] = field(default_factory=dict)
    created: int = 0

    def add(self, resource: R) -> None:
        """Add a new resource."""
        self.created += 1
        self.by_id[resource.id] = resource
        add_to_index(self.by_membership.setdefault(resource.membership_id, []), resource)
        add_to_index(self.by_collaboration.setdefault(resource.collaboration_id, []), resource)

    def hide(self, resource: R) -> None:
        """Remove a resource from its collaboration; its owner keeps it."""
        remove_from_index(self.by_collaboration[resource.collaboration_id], resource)

    def remove(self, resource: R) -> None:
        """Remove a resource."""
        self.hide(resource)
        del self.by_id[resource.id]
        remove_from_index(self.by_membership[resource.membership_id], resource)

    def of_membership(self, membership_id: str) -> list[R]:
        """Return the resources of a membership, oldest first."""
        return self.by_membership.get(membership_id, [])

    def seen_by(self, collaboration_id: str) -> list[R]:
        """Return the resources that a collaboration sees, oldest first."""
        return self.by_collaboration.get(collaboration_id, [])

    def sees(self, resource: R) -> bool:
        """Return whether the collaboration of a resource sees it."""
        return is_in_index(self.seen_by(resource.collaboration_id), resource)

    def uses(self, quota: Quota, region: str) -> Iterator[QuotaUse]:
        """Yield how many resources each membership has."""
        for membership_id, held in self.by_membership.items():
            if held:
                account_id = held[0].creator_account_id
                yield QuotaUse(quota, account_id, region, len(held), membership_id)


class MembershipResourceFamily(CleanRoomsFamily, Generic[R]):
    """A family whose resources belong to memberships."""

    #: its kind in messages
    thing: ClassVar[str]
    #: its kind in the Resource Groups Tagging API
    tag_type: ClassVar[str]

    @property
    @abstractmethod
    def resources(self) -> MembershipResources[R]:
        """The resources of the region."""

    def find(self, membership: Membership, resource_id: str) -> R:
        """Return a resource of a membership.

        Raises:
            ResourceNotFoundException: the membership has no such resource.
        """
        found = self.resources.by_id.get(resource_id)
        if found is None or found.membership_id != membership.id:
            raise self.no_such(resource_id)
        return found

    def shared(self, collaboration: Collaboration, resource_id: str) -> R:
        """Return a resource that the members of a collaboration see.

        Raises:
            ResourceNotFoundException: it does not exist, or its owner has left.
        """
        found = self.resources.by_id.get(resource_id)
        if (
            found is None
            or found.collaboration_id != collaboration.id
            or not self.resources.sees(found)
        ):
            raise self.no_such(resource_id)
        return found

    def no_such(self, resource_id: str) -> ResourceNotFoundException:
        """Return the error for an unknown id; errors have no type for these kinds (documented)."""
        return ResourceNotFoundException(
            f"No such {self.thing} with id: {resource_id}", resource_id, "MEMBERSHIP"
        )

    def already(self, membership: Membership, what: str, twin: R) -> ConflictException:
        """Return the error for a resource that the membership has already (inferred [CR-136])."""
        return ConflictException(
            f"Membership {membership.id} already has {what}.",
            twin.id,
            "MEMBERSHIP",
            "ALREADY_EXISTS",
        )

    def blocks_membership_deletion(self, membership: Membership) -> list[str]:
        """Return the resources of ``membership``."""
        return [f"{self.thing} {each.id}" for each in self.resources.of_membership(membership.id)]

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Remove the resources from the collaboration; their owner keeps them."""
        del now
        for each in self.resources.of_membership(membership.id):
            self.resources.hide(each)

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """Return the stored tags of a resource of this account."""
        found = self.resources.by_id.get(arn.rpartition("/")[2])
        if found is None or (found.arn, found.creator_account_id) != (arn, self.backend.account_id):
            return None
        return found.tags

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the resources of this account."""
        for each in self.resources.by_id.values():
            if each.creator_account_id == self.backend.account_id:
                yield TaggedResource(each.arn, each.tags, resource_type=self.tag_type)
