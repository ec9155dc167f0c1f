"""The tags of all resources of Clean Rooms that have an ARN."""

from __future__ import annotations

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.errors import (
    ResourceNotFoundException,
    ResourceType,
    ValidationException,
)
from membership_mock.cleanrooms.tag_keys import check_tag_keys
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol import model

#: the kinds of resources that errors can name, by the last word before the id in an ARN
_TYPES: dict[str, ResourceType] = {
    "collaboration": "COLLABORATION",
    "configuredtable": "CONFIGURED_TABLE",
    "configuredtableassociation": "CONFIGURED_TABLE_ASSOCIATION",
}


class Tags(CleanRoomsFamily):
    """The operations on tags; each family returns the tags of its own resources."""

    @operation("TagResource")
    def tag_resource(self, ctx: Context, resource_arn: str, tags: dict[str, str]) -> None:
        """Add tags to a resource; equal keys get the new value.

        Raises:
            ResourceNotFoundException: the caller has no such resource: collaborations are tagged by
                their creators, other resources by their owners.
            ValidationException: a key is reserved, or the resource would have too many tags.
        """
        del ctx
        check_tag_keys(tags, "tags")
        held = self._held(resource_arn)
        most = model.service_model("cleanrooms").shape_for("TagMap").metadata.get("max")
        if most is not None and len(held.keys() | tags.keys()) > most:
            raise ValidationException(f"A resource can have {most} tags at the most.", field="tags")
        held.update(tags)

    @operation("UntagResource")
    def untag_resource(self, ctx: Context, resource_arn: str, tag_keys: list[str]) -> None:
        """Remove tags from a resource; absent keys are ignored."""
        del ctx
        check_tag_keys(tag_keys, "tagKeys")
        held = self._held(resource_arn)
        for key in tag_keys:
            held.pop(key, None)

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, ctx: Context, resource_arn: str) -> dict[str, dict[str, str]]:
        """Return the tags of a resource."""
        del ctx
        return {"tags": self._held(resource_arn)}

    def _held(self, arn: str) -> dict[str, str]:
        """Return the stored tags of a resource of this account in this region."""
        for family in self.all_families():
            tags = family.tags_of(arn)
            if tags is not None:
                return tags
        *kind, resource_id = arn.rpartition(":")[2].split("/")
        raise ResourceNotFoundException(
            f"No such resource with arn: {arn}",
            resource_id,
            _TYPES.get(kind[-1] if kind else "", "MEMBERSHIP"),
        )
