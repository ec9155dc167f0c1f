"""The tags of memberships and cases.

A resource has at most 200 tags, the highest number in an answer of ListTagsForResource
(inferred [IR-40]).
"""

from __future__ import annotations

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol import model
from membership_mock.security_ir.cases.cases import Cases
from membership_mock.security_ir.errors import ValidationException, no_such_resource
from membership_mock.security_ir.memberships.membership_store import MembershipStore
from membership_mock.security_ir.memberships.memberships import check_tag_keys


class Tags(Family):
    """The operations on tags."""

    @operation("TagResource")
    def tag_resource(self, ctx: Context, resource_arn: str, tags: dict[str, str]) -> None:
        """Add tags to a membership in any status or to a case; equal keys get the new value.

        Raises:
            ResourceNotFoundException: no such resource in the caller's account and region.
            ValidationException: a key is reserved, or the resource would have too many tags.
        """
        check_tag_keys(tags, "tags")
        held = self._held(ctx, resource_arn)
        most = _most()
        if most is not None and len(held.keys() | tags.keys()) > most:
            raise ValidationException(f"A resource can have {most} tags at the most.", field="tags")
        held.update(tags)

    @operation("UntagResource")
    def untag_resource(self, ctx: Context, resource_arn: str, tag_keys: list[str]) -> None:
        """Remove tags from a membership in any status or from a case; absent keys are ignored."""
        check_tag_keys(tag_keys, "tagKeys")
        held = self._held(ctx, resource_arn)
        for key in tag_keys:
            held.pop(key, None)

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, ctx: Context, resource_arn: str) -> dict[str, dict[str, str]]:
        """Return the tags of a membership in any status or of a case."""
        return {"tags": self._held(ctx, resource_arn)}

    def _held(self, ctx: Context, arn: str) -> dict[str, str]:
        """Return the stored tags of a resource of the caller's account and region."""
        kind, _, name = arn.rpartition(":")[2].partition("/")
        if kind == "case":
            return self.of(Cases).by_arn(arn).tags
        membership = self.store(MembershipStore).memberships.get(name)
        if membership is None or not (
            arn == membership.membership_arn == ctx.arn(f"{kind}/{name}")
        ):
            raise no_such_resource(arn)
        return membership.tags


def _most() -> int | None:
    limit: int | None = model.service_model("security-ir").shape_for("TagMap").metadata.get("max")
    return limit
