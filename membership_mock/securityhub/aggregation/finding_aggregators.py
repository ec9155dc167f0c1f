"""Finding aggregators, which show the findings of linked regions in a home region.

Sources: the API pages of the five operations, the user guide on cross-Region aggregation, a log of
a member's refusal; what they leave open is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.protocol.regions import REGIONS_WITHOUT_OPT_IN
from membership_mock.securityhub.central_configuration.configuration_rollout import (
    ConfigurationRollout,
)
from membership_mock.securityhub.errors import InvalidInputException, ResourceNotFoundException
from membership_mock.securityhub.families import SecurityHubFamily
from membership_mock.securityhub.hubs.hubs import Hubs, HubStore
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.aggregation import (
    TAKES_REGIONS,
    FindingAggregator,
    FindingAggregatorStore,
    is_region,
)
from membership_mock.securityhub.relationships.organization_settings import OrganizationSettings


class CreatedByMember(InvalidInputException):
    """The refusal of a member that creates a finding aggregator: the usual code with status 401.

    Source: a log of the refusal.
    """

    code = "InvalidInputException"
    status = 401


class FindingAggregators(SecurityHubFamily):
    """The operations on finding aggregators."""

    def of_account(self, account_id: str) -> FindingAggregator | None:
        """Return the finding aggregator that an account itself has created, in any region."""
        return self.store(FindingAggregatorStore).aggregators.get(account_id)

    def followed(self, account_id: str) -> FindingAggregator | None:
        """Return the finding aggregator for an account: its own, or its administrator's."""
        return self.of_account(self.of(Administration).administrator_of(account_id) or account_id)

    def linked_regions(self, account_id: str) -> list[str]:
        """Return the regions whose findings an account sees in this one, besides this one.

        Only regions where the account has a hub count, for a member those where it is a member of
        the same administrator; there are no such regions unless this is the home region.
        """
        aggregator = self.followed(account_id)
        here = self.backend.region_name
        if aggregator is None or aggregator.finding_aggregation_region != here:
            return []
        owner = aggregator.account_id
        return [
            region
            for region in self._regions_with_hub(account_id)
            if aggregator.links(region)
            and (owner == account_id or self._is_member(owner, account_id, region))
        ]

    @operation("CreateFindingAggregator")
    def create_finding_aggregator(
        self, ctx: Context, region_linking_mode: str, regions: list[str] | None = None
    ) -> FindingAggregator:
        """Make this region the home region of the caller's findings.

        An organization whose central configuration has lost its home region has it here from now
        on (inferred [SH-66]).

        Raises:
            InvalidInputException: the caller is a member (observed, with status 401); it has a
                finding aggregator already, in this or another region; the linking mode is unknown
                or does not go with the regions (inferred [SH-58], but for NO_REGIONS); or this
                region takes opting in (rule documented, error inferred [SH-67]).
        """
        self.of(Hubs).require()
        if self.of(Administration).administrator_of(ctx.account_id) is not None:
            raise CreatedByMember("A finding aggregator cannot be created by a member account.")
        regions = _checked(ctx, region_linking_mode, regions)
        without_opt_in = REGIONS_WITHOUT_OPT_IN.get(ctx.partition, (ctx.region,))
        if ctx.region not in without_opt_in:
            raise InvalidInputException(
                f"Region {ctx.region} is disabled by default and cannot be the aggregation Region."
            )
        existing = self.of_account(ctx.account_id)
        if existing is not None:
            raise InvalidInputException(
                f"Account {ctx.account_id} already has the finding aggregator"
                f" {existing.finding_aggregator_arn}."
            )
        aggregator = FindingAggregator(
            account_id=ctx.account_id,
            finding_aggregator_arn=ctx.arn(f"finding-aggregator/{ctx.world.uuid()}"),
            finding_aggregation_region=ctx.region,
            region_linking_mode=region_linking_mode,
            regions=regions,
        )
        rollout, settings = self.of(ConfigurationRollout), self.of(OrganizationSettings)
        was_central = settings.without_home(ctx.account_id)
        if was_central:
            rollout.check_regions(ctx.account_id, rollout.regions(ctx.account_id, aggregator))
        self.store(FindingAggregatorStore).aggregators[ctx.account_id] = aggregator
        if was_central:
            settings.move_home(ctx.account_id)
            rollout.begin(ctx.account_id, ctx.now)
        return aggregator

    @operation("GetFindingAggregator")
    def get_finding_aggregator(
        self, ctx: Context, finding_aggregator_arn: str
    ) -> FindingAggregator:
        """Return the finding aggregator of the caller, from any region (inferred [SH-61]).

        A member gets its administrator's.
        """
        self.of(Hubs).require()
        return self._followed_by_caller(ctx, finding_aggregator_arn)

    @operation("ListFindingAggregators")
    def list_finding_aggregators(self, ctx: Context) -> dict[str, Listing[FindingAggregator]]:
        """Return the one finding aggregator that applies to the caller, in any region."""
        self.of(Hubs).require()
        aggregator = self.followed(ctx.account_id)
        return {
            "FindingAggregators": Listing(
                [] if aggregator is None else [aggregator],
                position=lambda each: each.finding_aggregator_arn,
                show=lambda each: {"FindingAggregatorArn": each.finding_aggregator_arn},
            )
        }

    @operation("UpdateFindingAggregator")
    def update_finding_aggregator(
        self,
        ctx: Context,
        finding_aggregator_arn: str,
        region_linking_mode: str,
        regions: list[str] | None = None,
    ) -> FindingAggregator:
        """Replace linking mode and regions; central configuration reaches newly linked regions.

        In regions that are linked no more, accounts keep their settings (documented).

        Raises:
            InvalidInputException: like for a new finding aggregator; or the organization uses
                central configuration, and the caller is another account's member in a newly
                linked region (rule documented, error inferred [SH-53]).
        """
        aggregator = self._own(ctx, finding_aggregator_arn, "updated")
        regions = _checked(ctx, region_linking_mode, regions)
        rollout = self.of(ConfigurationRollout)
        before = rollout.regions(ctx.account_id)
        is_central = self._is_central(ctx.account_id)
        if is_central:
            planned = replace(aggregator, region_linking_mode=region_linking_mode, regions=regions)
            rollout.check_regions(ctx.account_id, rollout.regions(ctx.account_id, planned))
        linked_before = replace(aggregator)
        aggregator.region_linking_mode = region_linking_mode
        aggregator.regions = regions
        for family in self.followers():
            family.regions_unlinked(linked_before, aggregator)
        if is_central:
            rollout.extend(ctx.account_id, beyond=before, now=ctx.now)
        return aggregator

    @operation("DeleteFindingAggregator")
    def delete_finding_aggregator(self, ctx: Context, finding_aggregator_arn: str) -> None:
        """Stop cross-Region aggregation; copies of findings in the home region stay there.

        Under central configuration, policies and associations are deleted, accounts keep their
        settings, and nothing can be configured until there is a home region again (documented).
        """
        aggregator = self._own(ctx, finding_aggregator_arn, "deleted")
        if self._is_central(ctx.account_id):
            self.of(ConfigurationRollout).lose_home(ctx.account_id)
        del self.store(FindingAggregatorStore).aggregators[ctx.account_id]
        for family in self.followers():
            family.regions_unlinked(aggregator, None)

    def _own(self, ctx: Context, arn: str, verb: str) -> FindingAggregator:
        """Return the caller's own finding aggregator, in its home region only.

        Raises:
            InvalidInputException: it is the caller's administrator's, or this is another region
                (rules documented, errors inferred [SH-60]).
            ResourceNotFoundException: there is no such finding aggregator.
        """
        self.of(Hubs).require()
        aggregator = self._followed_by_caller(ctx, arn)
        if aggregator.account_id != ctx.account_id:
            raise InvalidInputException(
                f"A finding aggregator cannot be {verb} by a member account."
            )
        home = aggregator.finding_aggregation_region
        if home != ctx.region:
            raise InvalidInputException(
                f"A finding aggregator can be {verb} only in its home Region, which is {home}."
            )
        return aggregator

    def _followed_by_caller(self, ctx: Context, arn: str) -> FindingAggregator:
        aggregator = self.followed(ctx.account_id)
        if aggregator is None or aggregator.finding_aggregator_arn != arn:
            raise ResourceNotFoundException(f"Finding aggregator {arn} was not found.")
        return aggregator

    def _is_central(self, account_id: str) -> bool:
        settings = self.of(OrganizationSettings).settings(account_id)
        return settings.configuration_type == "CENTRAL"

    def _regions_with_hub(self, account_id: str) -> list[str]:
        stores = self.backend.world.stores(HubStore)
        return sorted(region for (region,), store in stores if account_id in store.hubs)

    def _is_member(self, administrator_id: str, account_id: str, region: str) -> bool:
        backend = self.backend.in_region(region, account_id)
        return backend.family(Administration).is_member(administrator_id, account_id)


def _checked(ctx: Context, mode: str, given: Iterable[str] | None) -> list[str]:
    """Return the regions of a request, provided that they go with its linking mode.

    A string with commas means several regions, as in the published CLI example.
    """
    regions = [name.strip() for text in given or () for name in text.split(",")]
    if mode not in TAKES_REGIONS:
        raise InvalidInputException(
            f"Invalid RegionLinkingMode {mode}. Valid values are {', '.join(TAKES_REGIONS)}."
        )
    if regions and not TAKES_REGIONS[mode]:
        raise InvalidInputException(f"Regions cannot be given when RegionLinkingMode is {mode}.")
    if not regions and TAKES_REGIONS[mode]:
        raise InvalidInputException(f"Regions must be given when RegionLinkingMode is {mode}.")
    for region in regions:
        if not is_region(region, ctx.partition):
            raise InvalidInputException(f"Invalid Region {region}.")
        if region == ctx.region:
            raise InvalidInputException(f"The home Region {region} cannot be one of the Regions.")
    return list(dict.fromkeys(regions))
