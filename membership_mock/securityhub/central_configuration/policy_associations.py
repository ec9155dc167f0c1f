"""Which configuration applies to which account, unit, or the root, and its status.

Sources: the API pages of the five operations, the published CLI examples for the messages, the user
guide on the status of associations; what they leave open is marked inferred.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, ServiceBackends, operation
from membership_mock.engine.protocol.pagination import FilteredListing, Listing
from membership_mock.engine.state.organizations import Organization, OrganizationChange
from membership_mock.errors import ServiceError, UsageError
from membership_mock.securityhub.central_configuration.association_look import (
    AssociationSummary,
    Look,
)
from membership_mock.securityhub.central_configuration.configuration_policies import (
    ConfigurationPolicies,
    refuse_switching_off,
)
from membership_mock.securityhub.central_configuration.configuration_rollout import (
    ConfigurationRollout,
)
from membership_mock.securityhub.central_configuration.regional_policy import failure
from membership_mock.securityhub.errors import InvalidInputException, ResourceNotFoundException
from membership_mock.securityhub.relationships.aggregation import FindingAggregatorStore
from membership_mock.securityhub.relationships.central_configuration import (
    SELF_MANAGED,
    Applied,
    CentralConfiguration,
    CentralConfigurationStore,
    Governance,
    Outcome,
    TargetType,
    lineage,
    type_of,
)
from membership_mock.securityhub.relationships.delegation import Delegation

#: how the id of each kind of target reads; the names are those of the union Target
_TARGETS: dict[str, tuple[TargetType, re.Pattern[str]]] = {
    "AccountId": ("ACCOUNT", re.compile(r"\d{12}")),
    "OrganizationalUnitId": (
        "ORGANIZATIONAL_UNIT",
        re.compile(r"ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}"),
    ),
    "RootId": ("ROOT", re.compile(r"r-[0-9a-z]{4,32}")),
}

#: documented by the SDK's example of BatchGetConfigurationPolicyAssociations, with the code 400
NO_ACCESS = "You do not have sufficient access to perform this action."

_STATUS: dict[type[ServiceError], int] = {
    InvalidInputException: 400,
    ResourceNotFoundException: 404,
}


class PolicyAssociations(Family):
    """The operations on the associations of configuration policies."""

    def governing(self, account_id: str) -> str | None:
        """Return the policy that governs an account here, SELF_MANAGED_SECURITY_HUB, or None."""
        return self.of(Governance).governing(account_id)

    @operation("StartConfigurationPolicyAssociation", differs="policies are carried out at once")
    def start_configuration_policy_association(
        self, ctx: Context, configuration_policy_identifier: str, target: dict[str, str]
    ) -> AssociationSummary:
        """Apply a policy, or self-managed behavior, to a target, in place of what it had.

        The answer says PENDING; the result shows at the next read of the association, or a minute
        later where time has to pass (inferred [SH-193]). The configuration takes effect at once.

        Raises:
            InvalidInputException: the target's id is malformed; or the policy switches Security
                Hub off, and the target is the delegated administrator (errors
                inferred [SH-72, SH-73]).
            ResourceNotFoundException: there is no such policy, or the organization has no such
                target.
        """
        policies = self.of(ConfigurationPolicies)
        central = policies.administered(ctx)
        policy_id = configuration_policy_identifier
        policy = None if policy_id == SELF_MANAGED else policies.find(central, policy_id)
        organization = _organization(ctx)
        target_id = _known_target(organization, target)
        if policy is not None and target_id == ctx.account_id:
            refuse_switching_off(policy.configuration_policy)

        applied = Applied(target_id, policy.id if policy else SELF_MANAGED, ctx.now)
        central.applied[target_id] = applied
        self.store(CentralConfigurationStore).organizations[ctx.account_id] = central
        concerned = central.governed_by(organization, applied)
        self.of(ConfigurationRollout).carry_out(ctx.account_id, concerned, ctx.now)
        applied.failed = central.failed_below(organization)[target_id]
        return {
            "ConfigurationPolicyId": applied.configuration_policy_id,
            "TargetId": target_id,
            "TargetType": type_of(organization, target_id),
            "AssociationType": "APPLIED",
            "UpdatedAt": ctx.now,
            "AssociationStatus": "PENDING",
        }

    @operation("StartConfigurationPolicyDisassociation", differs="policies are carried out at once")
    def start_configuration_policy_disassociation(
        self,
        ctx: Context,
        configuration_policy_identifier: str,
        target: dict[str, str] | None = None,
    ) -> None:
        """Remove what was applied to a target, which then inherits from its closest parent.

        Without a parent that has a configuration it keeps its settings and is self-managed.

        Raises:
            ResourceNotFoundException: there is no such policy, or it was not applied to the target
                itself (inferred [SH-75]).
        """
        policies = self.of(ConfigurationPolicies)
        central = policies.administered(ctx)
        policy_id = configuration_policy_identifier
        if policy_id != SELF_MANAGED:
            policy_id = policies.find(central, policy_id).id
        target_id = _known_target(_organization(ctx), target or {})
        applied = central.applied.get(target_id)
        if applied is None or applied.configuration_policy_id != policy_id:
            raise ResourceNotFoundException(
                f"Configuration {policy_id} is not associated with target {target_id}."
            )
        del central.applied[target_id]
        self.of(ConfigurationRollout).settle(ctx.account_id, ctx.now)

    @operation("GetConfigurationPolicyAssociation")
    def get_configuration_policy_association(
        self, ctx: Context, target: dict[str, str]
    ) -> AssociationSummary:
        """Return what applies to a target, its own or inherited.

        Raises:
            ResourceNotFoundException: nothing applies to it (inferred [SH-75]), or the organization
                does not have it.
        """
        return _association(Look(ctx, self._settled(ctx), _organization(ctx)), target)

    @operation("BatchGetConfigurationPolicyAssociations")
    def batch_get_configuration_policy_associations(
        self, ctx: Context, configuration_policy_association_identifiers: list[dict[str, Any]]
    ) -> dict[str, list[Any]]:
        """Return the associations of targets; those without one, and unknown ones, are unprocessed.

        The ErrorCode of a target that the organization does not have is 400 (documented by an
        example), otherwise the status that GetConfigurationPolicyAssociation would have
        (inferred [SH-74, SH-75]).
        """
        look = Look(ctx, self._settled(ctx), _organization(ctx))
        found: list[AssociationSummary] = []
        unprocessed = []
        for identifiers in configuration_policy_association_identifiers:
            refusal = _find(look, identifiers.get("Target") or {}, found)
            if refusal is not None:
                unprocessed.append(
                    {
                        "ConfigurationPolicyAssociationIdentifiers": identifiers,
                        "ErrorCode": str(_STATUS[type(refusal)]),
                        "ErrorReason": refusal.message,
                    }
                )
        return {
            "ConfigurationPolicyAssociations": found,
            "UnprocessedConfigurationPolicyAssociations": unprocessed,
        }

    @operation("ListConfigurationPolicyAssociations")
    def list_configuration_policy_associations(
        self, ctx: Context, filters: dict[str, str] | None = None
    ) -> dict[str, Listing[str]]:
        """Return the associations of all targets that have one: the root, units, accounts.

        Args:
            ctx: the request.
            filters: a policy's id or ARN (one that does not exist finds nothing,
                inferred [SH-194]), the type of the association and its status; all of them have to
                match.
        """
        central = self._settled(ctx)
        look = Look(ctx, central, _organization(ctx))
        organization = look.organization
        wanted = dict(filters or {})
        named = wanted.get("ConfigurationPolicyId")
        for policy in central.policies.values():
            if policy.arn == named:
                wanted["ConfigurationPolicyId"] = policy.id
        return {
            "ConfigurationPolicyAssociationSummaries": FilteredListing(
                organization.targets,
                position=lambda target_id: target_id,
                keep=lambda target_id: look.finds(target_id, wanted),
                descending=True,
                show=look.at,
            )
        }

    @classmethod
    def organization_changed(cls, backends: ServiceBackends, change: OrganizationChange) -> None:
        """Apply to accounts what they inherit in their new place, and end what has to end.

        When the delegated administrator is removed by way of Organizations, central configuration
        stops: policies and associations are deleted, accounts keep their settings (documented).
        The same goes for one that leaves, is closed, or whose organization is deleted
        (inferred [SH-195]).
        """
        for key, store in backends.world.stores(CentralConfigurationStore):
            if key == (change.partition,):
                for administrator_id in list(store.organizations):
                    _follow(backends, change, administrator_id)

    def fail(self, ctx: Context, account_id: str, message: str | None) -> None:
        """Let the rollout of the policy of an account have failed, for the author of a test.

        Its parents show it as they show any failure; it lasts until the policy is applied to the
        account again.

        Args:
            ctx: a request by the delegated administrator in the home region.
            account_id: an account of the organization that a policy applies to.
            message: why it failed; None for the usual words.
        """
        central = self._settled(ctx)
        organization = _organization(ctx)
        source = central.source(organization, account_id)
        if account_id not in organization.accounts:
            raise UsageError(
                f"{account_id!r} is not an account of the organization. An association fails for an"
                " account; units and the root show that one below them has failed."
            )
        if source is None or source.configuration_policy_id == SELF_MANAGED:
            raise UsageError(
                f"Account {account_id} goes by no configuration policy, so none can fail there:"
                " call start_configuration_policy_association for it, its unit or the root first."
            )
        policy_id = source.configuration_policy_id
        central.outcomes[account_id] = Outcome(
            policy_id, ctx.now, message or failure(policy_id, account_id, ctx.region)
        )
        source.failed = central.failed_below(organization)[source.target_id]

    def _settled(self, ctx: Context) -> CentralConfiguration:
        """Return the caller's central configuration, with everything carried out.

        What follows from a change of the organization is carried out when that happens.
        """
        central = self.of(ConfigurationPolicies).administered(ctx)
        self.of(ConfigurationRollout).open_regions(ctx.account_id, ctx.now)
        return central


def _follow(backends: ServiceBackends, change: OrganizationChange, administrator_id: str) -> None:
    world = backends.world
    where = {"account_id": administrator_id, "region": "", "partition": change.partition}
    aggregator = world.store(FindingAggregatorStore, **where).aggregators.get(administrator_id)
    if aggregator is not None:
        home = backends.of(administrator_id, aggregator.finding_aggregation_region)
        if home.family(Delegation).delegated_administrator() == administrator_id:
            concerned = None if change.account_id is None else [change.account_id]
            home.family(ConfigurationRollout).settle(administrator_id, change.now, concerned)
            return
    del world.store(CentralConfigurationStore, **where).organizations[administrator_id]


def _organization(ctx: Context) -> Organization:
    organization = ctx.world.organization_of(ctx.account_id, ctx.partition)
    if organization is None:  # a delegated administrator has an organization
        raise ResourceNotFoundException("The organization was not found.")
    return organization


def _known_target(organization: Organization, target: Mapping[str, str]) -> str:
    """Return the id of a target that the organization has.

    Raises:
        InvalidInputException: the id is malformed, or missing (inferred [SH-73]).
        ResourceNotFoundException: the organization has no such account, unit or root.
    """
    if len(target) != 1:
        raise InvalidInputException(
            f"Exactly one of {', '.join(_TARGETS)} must be specified as the target."
        )
    ((name, target_id),) = target.items()
    kind, pattern = _TARGETS[name]
    if not pattern.fullmatch(target_id):
        raise InvalidInputException(f"Invalid {name} {target_id}.")
    if not lineage(organization, target_id) or type_of(organization, target_id) != kind:
        raise ResourceNotFoundException(f"Target {target_id} was not found in the organization.")
    return target_id


def _find(
    look: Look, target: Mapping[str, str], found: list[AssociationSummary]
) -> ServiceError | None:
    """Put the association of a target into ``found``, or return why it has none."""
    try:
        _known_target(look.organization, target)
    except InvalidInputException as refusal:
        return refusal
    except ResourceNotFoundException:
        return InvalidInputException(NO_ACCESS)
    try:
        found.append(_association(look, target))
    except ResourceNotFoundException as refusal:
        return refusal
    return None


def _association(look: Look, target: Mapping[str, str]) -> AssociationSummary:
    target_id = _known_target(look.organization, target)
    found = look.at(target_id)
    if found is None:
        raise ResourceNotFoundException(f"Target {target_id} is not associated with anything.")
    return found
