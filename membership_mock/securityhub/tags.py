"""The tags of hubs, configuration policies and automation rules, and of what V2 keeps.

A resource carries 50 tags at the most, as many as ListTagsForResource can answer with.
"""

from __future__ import annotations

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol import model
from membership_mock.securityhub.errors import InvalidInputException, ResourceNotFoundException
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.relationships.central_configuration import (
    CentralConfigurationStore,
)
from membership_mock.securityhub.triage.automation_rules import AutomationRules
from membership_mock.securityhub.v2.families import V2_TAGGED


class Tags(Family):
    """The operations on tags."""

    @operation("TagResource")
    def tag_resource(self, ctx: Context, resource_arn: str, tags: dict[str, str]) -> None:
        """Add tags to a resource; equal keys get the new value.

        Raises:
            InvalidInputException: the resource would have too many tags (inferred [SH-88]).
            ResourceNotFoundException: no such resource in the caller's account and region.
        """
        held = self._held(ctx, resource_arn)
        most = _most()
        if most is not None and len(held.keys() | tags.keys()) > most:
            raise InvalidInputException(f"A resource can have {most} tags at the most.")
        held.update(tags)

    @operation("UntagResource")
    def untag_resource(self, ctx: Context, resource_arn: str, tag_keys: list[str]) -> None:
        """Remove tags from a resource; absent keys are ignored."""
        held = self._held(ctx, resource_arn)
        for key in tag_keys:
            held.pop(key, None)

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, ctx: Context, resource_arn: str) -> dict[str, dict[str, str]]:
        """Return the tags of a resource; an empty map if it has none.

        That the map is there is inferred [SH-89] from clients that look into it without asking,
        though its shape wants at least one tag.
        """
        return {"Tags": self._held(ctx, resource_arn)}

    def _held(self, ctx: Context, arn: str) -> dict[str, str]:
        """Return the stored tags of a resource of the caller's account and region."""
        hub = self.of(Hubs).of_account(ctx.account_id)
        if hub is not None and hub.hub_arn == arn:
            return hub.tags
        central = self.store(CentralConfigurationStore).organizations.get(ctx.account_id)
        policy = central.policies.get(arn.rpartition("/")[2]) if central else None
        if policy is not None and policy.arn == arn == ctx.arn(f"configuration-policy/{policy.id}"):
            return policy.tags
        rule = self.of(AutomationRules).find(arn)
        if rule is not None:
            return rule.tags
        for family in V2_TAGGED:
            for resource in self.of(family).tagged_resources():
                if resource.arn == arn:
                    return resource.tags
        raise ResourceNotFoundException(f"Resource {arn} was not found.")


def _most() -> int | None:
    limit: int | None = model.service_model("securityhub").shape_for("TagMap").metadata.get("max")
    return limit
