"""Seeds of Security Hub V2: hubs, the delegated administrator, aggregators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.testing.given.securityhub_hubs import SERVICE
from membership_mock.testing.given.seeds import Seeds

FEATURE = "SecurityHubV2"


@dataclass(frozen=True)
class SeededHubV2:
    """A hub of Security Hub V2.

    Attributes:
        account: whose it is.
        region: where it is.
        arn: its ARN.
        features: the features that are on.
    """

    account: str
    region: str
    arn: str
    features: tuple[str, ...]


@dataclass(frozen=True)
class SeededAdministratorV2:
    """The delegated administrator of Security Hub V2.

    Attributes:
        account: the administrator.
        management: the management account of its organization.
        region: where its hub of V2 is enabled.
    """

    account: str
    management: str
    region: str


@dataclass(frozen=True)
class SeededAggregatorV2:
    """An aggregator of Security Hub V2.

    Attributes:
        account: whose it is.
        region: the home region.
        arn: its ARN.
        linked_regions: the regions that are linked to the home region.
    """

    account: str
    region: str
    arn: str
    linked_regions: tuple[str, ...]


class HubV2Seeds(Seeds):
    """Seeds of hubs of Security Hub V2, and what the other seeds of V2 need of them."""

    def hub_v2(
        self,
        account: str | None = None,
        *,
        features: Sequence[str] = (),
        policy: bool = False,
        region: str | None = None,
    ) -> SeededHubV2:
        """Return the hub of Security Hub V2 of an account.

        Args:
            account: whose hub.
            features: the features to switch on, e.g. ``NETWORK_SCANNING``.
            policy: whether an organization policy manages the hub and its features, so that the
                account can no longer change them.
            region: where.

        Raises:
            SeedRefused: a feature does not exist, or a policy manages the features already.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        with self._setup.seed("securityhub.hub_v2"):
            self._setup.call(SERVICE, "EnableSecurityHubV2", account, region)
            for each in features:
                self._setup.call(
                    SERVICE, "EnableSecurityHubFeatureV2", account, region, FeatureName=each
                )
            shown = self._setup.call(SERVICE, "DescribeSecurityHubV2", account, region)
            if policy:
                backend = self._setup.running.backends.of(SERVICE, account, region)
                hub = backend.family(SubscriptionV2).of_account(account)
                if hub is not None:
                    hub.by_policy = True
            on = tuple(
                name
                for name, each in shown.get("Features", {}).items()
                if each["FeatureStatus"] == "ENABLED"
            )
            return SeededHubV2(account, region, shown["HubV2Arn"], on)

    def organization_admin_v2(
        self, account: str | None = None, *, region: str | None = None
    ) -> SeededAdministratorV2:
        """Return the delegated administrator of Security Hub V2, with its hub of V2 enabled.

        Args:
            account: the account of the organization that becomes its administrator.
            region: where its hub is; its role holds in every region.

        Raises:
            SeedRefused: the account is in no organization, or cannot be its administrator.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        with self._setup.seed("securityhub.organization_admin_v2"):
            organization = self._setup.organization(account, region)
            if organization is None:
                raise self._setup.refuse(
                    f"account {account} is in no organization.",
                    "make one with `mock.organization`, or with the client of organizations.",
                )
            management = organization.management_account_id
            self._setup.keep_organizations()
            self._setup.call(
                SERVICE,
                "EnableOrganizationAdminAccount",
                management,
                region,
                AdminAccountId=account,
                Feature=FEATURE,
            )
            self.hub_v2(account, region=region)
            return SeededAdministratorV2(account, management, region)

    def aggregator_v2(
        self,
        account: str | None = None,
        *,
        linked_regions: Sequence[str] = (),
        region: str | None = None,
    ) -> SeededAggregatorV2:
        """Return the aggregator of an account, whose hubs of V2 are enabled in all its regions.

        Args:
            account: whose aggregator.
            linked_regions: the regions that are linked. An existing aggregator is changed to these.
            region: the home region.

        Raises:
            SeedRefused: the account is a member of an organization, or has its home in another
                region, or a region cannot be linked.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        linked = tuple(self._setup.region(each) for each in linked_regions)
        says = {"RegionLinkingMode": "SPECIFIED_REGIONS", "LinkedRegions": list(linked)}
        with self._setup.seed("securityhub.aggregator_v2"):
            for each in (region, *linked):
                self.hub_v2(account, region=each)
            listed = self._setup.call(SERVICE, "ListAggregatorsV2", account, region)
            found = [each["AggregatorV2Arn"] for each in listed["AggregatorsV2"]]
            if found:
                arn = found[0]
                self._setup.call(
                    SERVICE, "UpdateAggregatorV2", account, region, AggregatorV2Arn=arn, **says
                )
            else:
                made = self._setup.call(SERVICE, "CreateAggregatorV2", account, region, **says)
                arn = made["AggregatorV2Arn"]
            return SeededAggregatorV2(account, region, arn, linked)
