"""Configuration policies: what the accounts of an organization are to enable.

Sources: the API pages of the five operations, the user guide on configuration policies, logs of
refusals; what they leave open is marked inferred.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World
from membership_mock.securityhub.central_configuration.configuration_rollout import (
    ConfigurationRollout,
)
from membership_mock.securityhub.controls.policy_controls import PolicyControls
from membership_mock.securityhub.errors import (
    HOME_REGION_ONLY,
    AccessDeniedException,
    InvalidInputException,
    LimitExceededException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from membership_mock.securityhub.quotas import POLICIES
from membership_mock.securityhub.relationships.central_configuration import (
    CentralConfiguration,
    CentralConfigurationStore,
    ConfigurationPolicy,
    Governance,
)
from membership_mock.securityhub.relationships.delegation import Delegation
from membership_mock.securityhub.relationships.organization_settings import OrganizationSettings
from membership_mock.securityhub.standards.standards import Standards

#: Source: API page CreateConfigurationPolicy.
_NAME = re.compile(r"[A-Za-z0-9\-.!*/]+")

#: observed
NOT_CENTRAL = "Must be a Security Hub delegated administrator with Central Configuration enabled"

#: observed
INCOMPLETE = (
    "Invalid semantics: Enabled standards and security control configurations must be configured"
    " when Security Hub is enabled"
)


class ConfigurationPolicies(Family):
    """The operations on configuration policies."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many policies each administrator has, in its home region."""
        del now
        for _, store in world.stores(CentralConfigurationStore):
            for account_id, central in store.organizations.items():
                homes = Counter(policy.arn.split(":")[3] for policy in central.policies.values())
                for region, number in homes.items():
                    yield QuotaUse(POLICIES, account_id, region, number)

    def administered(self, ctx: Context) -> CentralConfiguration:
        """Return the central configuration that the caller administers, from its home region.

        Raises:
            AccessDeniedException: the caller is not the delegated administrator, its organization
                does not use central configuration, or this is not the home region (texts observed).
        """
        aggregator = self.of(Governance).aggregator(ctx.account_id)
        if aggregator is None or self.of(Delegation).delegated_administrator() != ctx.account_id:
            raise AccessDeniedException(NOT_CENTRAL)
        home = aggregator.finding_aggregation_region
        at_home = self.backend.in_region(home)
        settings = at_home.family(OrganizationSettings).settings(ctx.account_id)
        if settings.configuration_type != "CENTRAL":
            raise AccessDeniedException(NOT_CENTRAL)
        if ctx.region != home:
            raise AccessDeniedException(HOME_REGION_ONLY)
        held = self.store(CentralConfigurationStore).organizations
        return held.get(ctx.account_id) or CentralConfiguration(ctx.account_id)

    def find(self, central: CentralConfiguration, identifier: str) -> ConfigurationPolicy:
        """Return a policy by its id or its ARN.

        Raises:
            ResourceNotFoundException: the caller has no such policy.
        """
        policy = central.policies.get(identifier.rpartition("/")[2])
        if policy is None or identifier not in (policy.id, policy.arn):
            raise ResourceNotFoundException(f"Configuration policy {identifier} was not found.")
        return policy

    @operation("CreateConfigurationPolicy")
    def create_configuration_policy(
        self,
        ctx: Context,
        name: str,
        configuration_policy: dict[str, Any],
        description: str | None = None,
        tags: dict[str, str] | None = None,
    ) -> ConfigurationPolicy:
        """Create a policy, which has no effect before it is associated with something.

        Raises:
            InvalidInputException: the name has other characters than documented, or the policy
                contradicts itself.
            LimitExceededException: there are as many policies as there may be (documented).
            ResourceConflictException: another policy has the name (inferred [SH-69]).
        """
        central = self.administered(ctx)
        _check_name(central, name)
        self._check_policy(configuration_policy)
        most = self.limit(POLICIES)
        if len(central.policies) >= most:
            raise LimitExceededException(
                f"You can create {most} configuration policies at the most."
            )
        policy_id = ctx.world.uuid()
        central.last_sequence += 1
        policy = ConfigurationPolicy(
            arn=ctx.arn(f"configuration-policy/{policy_id}"),
            id=policy_id,
            name=name,
            description=description,
            configuration_policy=configuration_policy,
            created_at=ctx.now,
            updated_at=ctx.now,
            sequence=central.last_sequence,
            tags=tags or {},
        )
        central.policies[policy_id] = policy
        self.store(CentralConfigurationStore).organizations[ctx.account_id] = central
        return policy

    @operation("GetConfigurationPolicy")
    def get_configuration_policy(self, ctx: Context, identifier: str) -> ConfigurationPolicy:
        """Return a policy by its id or its ARN."""
        return self.find(self.administered(ctx), identifier)

    @operation("ListConfigurationPolicies")
    def list_configuration_policies(self, ctx: Context) -> dict[str, Listing[ConfigurationPolicy]]:
        """Return the caller's policies, the oldest one first (inferred [SH-71])."""
        policies = list(self.administered(ctx).policies.values())
        return {
            "ConfigurationPolicySummaries": Listing(policies, position=lambda each: each.sequence)
        }

    @operation("UpdateConfigurationPolicy")
    def update_configuration_policy(
        self,
        ctx: Context,
        identifier: str,
        name: str | None = None,
        description: str | None = None,
        updated_reason: str | None = None,
        configuration_policy: dict[str, Any] | None = None,
    ) -> ConfigurationPolicy:
        """Change what is given; the configuration is replaced as a whole.

        All accounts that follow the policy are configured anew.

        Raises:
            InvalidInputException: like for a new policy; or the policy is applied to the delegated
                administrator, and would switch Security Hub off (documented rule, inferred [SH-72]
                error).
            ResourceConflictException: another policy has the name (inferred [SH-69]).
        """
        del updated_reason  # no operation shows it
        central = self.administered(ctx)
        policy = self.find(central, identifier)
        if name is not None and name != policy.name:
            _check_name(central, name)
        if configuration_policy is not None:
            self._check_policy(configuration_policy)
            own = central.applied.get(ctx.account_id)
            if own is not None and own.configuration_policy_id == policy.id:
                refuse_switching_off(configuration_policy)
            policy.configuration_policy = configuration_policy
        policy.name = name or policy.name
        policy.description = description or policy.description
        policy.updated_at = ctx.now
        if configuration_policy is not None:
            self.of(ConfigurationRollout).renew(ctx.account_id, policy.id, ctx.now)
        return policy

    @operation("DeleteConfigurationPolicy")
    def delete_configuration_policy(self, ctx: Context, identifier: str) -> None:
        """Delete a policy that is associated with nothing.

        Raises:
            ResourceConflictException: it is still associated with an account, a unit or the root.
        """
        central = self.administered(ctx)
        policy = self.find(central, identifier)
        applied = central.applied.values()
        targets = [each.target_id for each in applied if each.configuration_policy_id == policy.id]
        if targets:
            raise ResourceConflictException(
                f"Configuration policy {policy.id} is associated with {', '.join(targets)}."
                " Disassociate it before you delete it."
            )
        del central.policies[policy.id]

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the policies of this account, in their home region."""
        backend = self.backend
        held = self.store(CentralConfigurationStore).organizations.get(backend.account_id)
        for policy in held.policies.values() if held else ():
            if policy.arn.split(":")[3] == backend.region_name:
                yield TaggedResource(
                    arn=policy.arn,
                    tags=policy.tags,
                    resource_type="securityhub:configuration-policy",
                )

    def _check_policy(self, policy: Mapping[str, Any]) -> None:
        """Refuse a policy that contradicts itself.

        Texts are inferred [SH-70, SH-192] but for the first rule's.
        """
        hub = policy.get("SecurityHub")
        if hub is None or hub.get("ServiceEnabled") is None:
            raise InvalidInputException(
                "Invalid semantics: A configuration policy must say whether Security Hub is enabled"
            )
        standards = hub.get("EnabledStandardIdentifiers")
        controls = hub.get("SecurityControlsConfiguration")
        if hub["ServiceEnabled"] and (standards is None or controls is None):
            raise InvalidInputException(INCOMPLETE)
        if not hub["ServiceEnabled"] and (standards or controls):
            raise InvalidInputException(
                "Invalid semantics: Enabled standards and security control configurations cannot"
                " be configured when Security Hub is disabled"
            )
        _check_controls(controls or {})
        self.of(PolicyControls).check(controls or {})
        # standards of other clouds cannot be in a policy (documented)
        found = [(arn, self.of(Standards).find(arn)) for arn in standards or ()]
        unknown = [arn for arn, each in found if each is None or each.provider != "AWS"]
        if unknown:
            raise InvalidInputException(f"Invalid standard identifiers: {', '.join(unknown)}")


def refuse_switching_off(policy: Mapping[str, Any]) -> None:
    """Refuse to apply a policy without Security Hub to the delegated administrator itself."""
    if not policy["SecurityHub"]["ServiceEnabled"]:
        raise InvalidInputException(
            "A configuration policy that disables Security Hub cannot be associated with the"
            " delegated administrator account"
        )


def _check_name(central: CentralConfiguration, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidInputException(
            "Invalid Name. Alphanumeric characters and the following ASCII characters are"
            " permitted: -, ., !, *, /"
        )
    if any(policy.name == name for policy in central.policies.values()):
        raise ResourceConflictException(f"A configuration policy named {name} already exists.")


def _check_controls(controls: Mapping[str, Any]) -> None:
    """Refuse a configuration of controls that contradicts itself.

    Texts are inferred [SH-70, SH-192].
    """
    enabled, disabled = "EnabledSecurityControlIdentifiers", "DisabledSecurityControlIdentifiers"
    if controls.get(enabled) is not None and controls.get(disabled) is not None:
        raise InvalidInputException(
            f"Invalid semantics: Only one of {enabled} and {disabled} can be specified"
        )
    for custom in controls.get("SecurityControlCustomParameters") or ():
        for name, parameter in (custom.get("Parameters") or {}).items():
            if parameter["ValueType"] == "CUSTOM" and not parameter.get("Value"):
                raise InvalidInputException(
                    f"Invalid semantics: Parameter {name} of {custom.get('SecurityControlId')} is"
                    " CUSTOM and must have a value"
                )
