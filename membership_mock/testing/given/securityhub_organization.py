"""Seeds of Security Hub: the organization's administrator, aggregation, central configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from membership_mock.errors import UsageError
from membership_mock.testing.given.securityhub_hubs import SERVICE, HubSeeds
from membership_mock.testing.names import nearest_to

_ADMIN_WAY_OUT = (
    "an organization has one Security Hub administrator in all regions, an active account of its"
    " own, and all features enabled: see `mock.organization`."
)


@dataclass(frozen=True)
class SeededAdministrator:
    """The Security Hub administrator of an organization.

    Attributes:
        account: the administrator.
        management: the management account of the organization.
        region: where it was designated.
    """

    account: str
    management: str
    region: str


@dataclass(frozen=True)
class SeededAggregator:
    """A finding aggregator.

    Attributes:
        account: whose it is.
        region: its home region.
        arn: its ARN.
        linked_regions: the regions that it names.
    """

    account: str
    region: str
    arn: str
    linked_regions: tuple[str, ...]


@dataclass(frozen=True)
class SeededOrganizationConfiguration:
    """What an administrator has configured for its organization.

    Attributes:
        account: the administrator.
        region: where.
        configuration_type: ``LOCAL`` or ``CENTRAL``.
        auto_enable: whether accounts that join become members.
        auto_enable_standards: ``NONE`` or ``DEFAULT``.
    """

    account: str
    region: str
    configuration_type: str
    auto_enable: bool
    auto_enable_standards: str


@dataclass(frozen=True)
class SeededCentralConfiguration:
    """Central configuration that is in use.

    Attributes:
        account: the delegated administrator.
        region: the home region.
        linked_regions: the regions that follow it.
        aggregator_arn: the finding aggregator.
        policies: the id of each policy by its name.
    """

    account: str
    region: str
    linked_regions: tuple[str, ...]
    aggregator_arn: str
    policies: Mapping[str, str]


class OrganizationSeeds(HubSeeds):
    """Seeds of what an organization configures in Security Hub."""

    def organization_admin(
        self, account: str | None = None, *, region: str | None = None
    ) -> SeededAdministrator:
        """Return the delegated administrator of the organization that an account is in.

        Args:
            account: the account of the organization that becomes its administrator.
            region: where.

        Raises:
            SeedRefused: the account is in no organization, or cannot be its administrator.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        with self._setup.seed("securityhub.organization_admin", _ADMIN_WAY_OUT):
            organization = self._setup.organization(account, region)
            if organization is None:
                raise self._setup.refuse(
                    f"account {account} is in no organization.",
                    "make one with `mock.organization`, or with the client of organizations.",
                )
            management = organization.management_account_id
            self._setup.keep_organizations()
            if management == account:
                self._enable(account, region)
            self._setup.call(
                SERVICE,
                "EnableOrganizationAdminAccount",
                management,
                region,
                AdminAccountId=account,
            )
            return SeededAdministrator(account, management, region)

    def organization_configuration(
        self,
        administrator: str | None = None,
        *,
        auto_enable: bool = True,
        auto_enable_standards: Literal["NONE", "DEFAULT"] = "DEFAULT",
        region: str | None = None,
    ) -> SeededOrganizationConfiguration:
        """Return the local configuration of an organization, whose administrator is designated.

        Args:
            administrator: the account of the organization that administers it.
            auto_enable: whether accounts that join become members at once.
            auto_enable_standards: ``NONE`` or ``DEFAULT``.
            region: where.

        Raises:
            SeedRefused: the account cannot be the administrator, or policies are in use.
        """
        account, region = self._setup.account(administrator), self._setup.region(region)
        with self._setup.seed("securityhub.organization_configuration", _ADMIN_WAY_OUT):
            self.organization_admin(account, region=region)
            self._setup.call(
                SERVICE,
                "UpdateOrganizationConfiguration",
                account,
                region,
                AutoEnable=auto_enable,
                AutoEnableStandards=auto_enable_standards,
                OrganizationConfiguration={"ConfigurationType": "LOCAL"},
            )
            return SeededOrganizationConfiguration(
                account, region, "LOCAL", auto_enable, auto_enable_standards
            )

    def aggregator(
        self,
        account: str | None = None,
        *,
        linked_regions: Sequence[str] | None = None,
        region: str | None = None,
    ) -> SeededAggregator:
        """Return the finding aggregator of an account, whose hub is enabled.

        Args:
            account: the account; the aggregator gathers its findings and those of its members.
            linked_regions: the regions that it gathers findings of; every region when None. An
                existing aggregator is changed to these.
            region: the home region.

        Raises:
            SeedRefused: the account is a member, or has an aggregator in another region.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        linked = tuple(self._setup.region(each) for each in linked_regions or ())
        says: dict[str, Any] = {"RegionLinkingMode": "ALL_REGIONS"}
        if linked_regions is not None:
            says = {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": list(linked)}
            if not linked:
                says = {"RegionLinkingMode": "NO_REGIONS"}
        with self._setup.seed(
            "securityhub.aggregator",
            "the aggregator of an administrator applies to its members, and an account has one"
            " aggregator in all regions: ask for it in its home region, or delete it first.",
        ):
            self._enable(account, region)
            listed = self._setup.call(SERVICE, "ListFindingAggregators", account, region)
            found = [each["FindingAggregatorArn"] for each in listed["FindingAggregators"]]
            if not found:
                made = self._setup.call(SERVICE, "CreateFindingAggregator", account, region, **says)
                return SeededAggregator(account, region, made["FindingAggregatorArn"], linked)
            now = self._setup.call(
                SERVICE, "GetFindingAggregator", account, region, FindingAggregatorArn=found[0]
            )
            same = (
                now["RegionLinkingMode"] == says["RegionLinkingMode"]
                and set(now.get("Regions", ())) == set(linked)
                and now["FindingAggregationRegion"] == region
            )
            if not same or found[0].split(":")[4] != account:
                self._setup.call(
                    SERVICE,
                    "UpdateFindingAggregator",
                    account,
                    region,
                    FindingAggregatorArn=found[0],
                    **says,
                )
            return SeededAggregator(account, region, found[0], linked)

    def central_configuration(
        self,
        administrator: str | None = None,
        *,
        linked_regions: Sequence[str] | None = None,
        policies: Mapping[str, Mapping[str, Any]] | None = None,
        region: str | None = None,
    ) -> SeededCentralConfiguration:
        """Return the central configuration of an organization, in use, with its policies.

        The administrator is designated in the home region and the linked ones.

        Args:
            administrator: the account of the organization that administers it; not the management
                account.
            linked_regions: the regions that follow the home region; none when None.
            policies: the content of each by its name: ``enabled`` (whether Security Hub is),
                ``standards`` (by ARN or the end of one), ``disabled_controls``, ``description``,
                and ``targets``, the ids of accounts, units or the root that they are applied to. An
                existing policy of this name is changed.
            region: the home region.

        Raises:
            SeedRefused: the account cannot be the administrator, or a policy contradicts itself.
            UsageError: a policy has another key, or names a standard that does not exist.
        """
        account, region = self._setup.account(administrator), self._setup.region(region)
        linked = [self._setup.region(each) for each in linked_regions or ()]
        with self._setup.seed(
            "securityhub.central_configuration",
            "central configuration needs a delegated administrator that is not the management"
            " account, and one home region.",
        ):
            for where in (region, *linked):
                self.organization_admin(account, region=where)
            aggregator = self.aggregator(account, linked_regions=linked, region=region)
            self._setup.call(
                SERVICE,
                "UpdateOrganizationConfiguration",
                account,
                region,
                AutoEnable=False,
                AutoEnableStandards="NONE",
                OrganizationConfiguration={"ConfigurationType": "CENTRAL"},
            )
            for _ in range(2):  # it is PENDING at the first read
                self._setup.call(SERVICE, "DescribeOrganizationConfiguration", account, region)
            ids = {
                name: self._policy(account, region, name, says)
                for name, says in (policies or {}).items()
            }
            return SeededCentralConfiguration(account, region, tuple(linked), aggregator.arn, ids)

    def _policy(self, account: str, region: str, name: str, says: Mapping[str, Any]) -> str:
        """Return the id of a policy, which is created or changed, and applied."""
        known = ("enabled", "standards", "disabled_controls", "description", "targets")
        for key in says:
            if key not in known:
                raise UsageError(
                    f"A policy has no {key!r}{nearest_to(str(key), known)} It has:"
                    f" {', '.join(known)}."
                )
        enabled = bool(says.get("enabled", True))
        hub: dict[str, Any] = {"ServiceEnabled": enabled}
        if enabled or "standards" in says:
            hub["EnabledStandardIdentifiers"] = self._standards_named(
                account, region, says.get("standards", ())
            )
        if enabled or "disabled_controls" in says:
            hub["SecurityControlsConfiguration"] = {
                "DisabledSecurityControlIdentifiers": list(says.get("disabled_controls", ()))
            }
        given = {
            "ConfigurationPolicy": {"SecurityHub": hub},
            "Description": says.get("description"),
        }
        listed = self._setup.call(
            SERVICE, "ListConfigurationPolicies", account, region, MaxResults=100
        )
        policy_id = next(
            (each["Id"] for each in listed["ConfigurationPolicySummaries"] if each["Name"] == name),
            None,
        )
        if policy_id is None:
            created = self._setup.call(
                SERVICE, "CreateConfigurationPolicy", account, region, Name=name, **given
            )
            policy_id = created["Id"]
        else:
            self._setup.call(
                SERVICE, "UpdateConfigurationPolicy", account, region, Identifier=policy_id, **given
            )
        for target in says.get("targets", ()):
            self._setup.call(
                SERVICE,
                "StartConfigurationPolicyAssociation",
                account,
                region,
                ConfigurationPolicyIdentifier=policy_id,
                Target=_target(target),
            )
        return str(policy_id)


def _target(target_id: str) -> dict[str, str]:
    """Return the union that stands for a target of a policy."""
    if target_id.startswith("r-"):
        return {"RootId": target_id}
    return {"OrganizationalUnitId" if target_id.startswith("ou-") else "AccountId": target_id}
