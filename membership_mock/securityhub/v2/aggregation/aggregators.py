"""Aggregators of Security Hub V2: which region shows the findings of which others.

Sources: the API pages of the five operations, the user guide on aggregation, observed answers in
and outside of the home region and of members. What they leave open is marked inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.protocol.regions import REGIONS_WITHOUT_OPT_IN
from membership_mock.securityhub.errors import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from membership_mock.securityhub.findings.finding_store import FindingStore
from membership_mock.securityhub.relationships.aggregation import is_region
from membership_mock.securityhub.v2.access.delegation import DelegationV2
from membership_mock.securityhub.v2.access.home_region import not_the_home_region
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.stores.aggregator_store import (
    AggregatorV2,
    AggregatorV2Store,
)

#: the only linking mode (observed for updates, inferred [SH-235] for new aggregators)
LINKING_MODE = "SPECIFIED_REGIONS"
WRONG_LINKING_MODE = f"RegionLinkingMode must be set to '{LINKING_MODE}'"
#: inferred [SH-192]
NOT_FOUND = "Aggregator not found"
_ARN = re.compile(r"arn:[^:]+:securityhub:[^:]*:[^:]*:aggregatorv2/.+")


class AggregatorsV2(Family):
    """The operations on aggregators."""

    @operation(
        "CreateAggregatorV2",
        differs="Only SPECIFIED_REGIONS is taken, as CloudFormation does; some documents show the"
        " linking modes of the older service.",
    )
    def create_aggregator_v2(
        self,
        ctx: Context,
        region_linking_mode: str,
        linked_regions: list[str] | None = None,
        tags: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Create the caller's aggregator, with this region as the home region.

        Raises:
            AccessDeniedException: another account administers the caller's organization (rule
                documented, code inferred [SH-236]).
            ConflictException: the caller has an aggregator, in this or another region
                (inferred [SH-237]).
            ValidationException: this region takes opting in (rule documented, code
                inferred [SH-238]), or the linking mode or the regions are not valid.
        """
        self.of(SubscriptionV2).require(ctx)
        self.of(DelegationV2).require_own_say()
        if ctx.region not in REGIONS_WITHOUT_OPT_IN.get(ctx.partition, (ctx.region,)):
            raise ValidationException(
                f"The opt-in Region {ctx.region} cannot be the aggregation Region"
            )
        regions = _checked(ctx, region_linking_mode, linked_regions)
        aggregators = self.store(AggregatorV2Store).aggregators
        existing = aggregators.get(ctx.account_id)
        if existing is not None:
            raise ConflictException(
                f"Account {ctx.account_id} already has the aggregator {existing.aggregator_v2_arn}"
            )
        aggregator = aggregators[ctx.account_id] = AggregatorV2(
            account_id=ctx.account_id,
            aggregator_v2_arn=ctx.arn(f"aggregatorv2/{ctx.world.uuid()}"),
            aggregation_region=ctx.region,
            region_linking_mode=region_linking_mode,
            linked_regions=regions,
            tags=tags or {},
        )
        return _shown(aggregator)

    @operation("GetAggregatorV2")
    def get_aggregator_v2(self, ctx: Context, aggregator_v2_arn: str) -> dict[str, Any]:
        """Return the caller's aggregator, in its home region only (observed)."""
        return _shown(self._own(ctx, aggregator_v2_arn))

    @operation("ListAggregatorsV2")
    def list_aggregators_v2(self, ctx: Context) -> dict[str, Listing[AggregatorV2]]:
        """Return the caller's aggregator from any region, as a list of at most one.

        For an account whose organization another account administers it is empty (observed).
        """
        self.of(SubscriptionV2).require(ctx)
        own = self.store(AggregatorV2Store).aggregators.get(ctx.account_id)
        return {
            "AggregatorsV2": Listing(
                [] if own is None or self.of(DelegationV2).is_led() else [own],
                position=lambda each: each.aggregator_v2_arn,
                show=lambda each: {"AggregatorV2Arn": each.aggregator_v2_arn},
            )
        }

    @operation("UpdateAggregatorV2")
    def update_aggregator_v2(
        self,
        ctx: Context,
        aggregator_v2_arn: str,
        region_linking_mode: str,
        linked_regions: list[str] | None = None,
    ) -> dict[str, Any]:
        """Replace the linked regions; what was aggregated stays visible.

        Raises:
            AccessDeniedException, ConflictException, ResourceNotFoundException: as for `_own`.
            ValidationException: the linking mode (observed) or the regions (inferred [SH-239]) are
                not valid.
        """
        self.of(SubscriptionV2).require(ctx)
        self.of(DelegationV2).require_own_say()
        aggregator = self._own(ctx, aggregator_v2_arn)
        regions = _checked(ctx, region_linking_mode, linked_regions)
        self._keep_copies(aggregator, set(aggregator.linked_regions) - set(regions))
        aggregator.linked_regions = regions
        return _shown(aggregator)

    @operation("DeleteAggregatorV2")
    def delete_aggregator_v2(self, ctx: Context, aggregator_v2_arn: str) -> None:
        """Stop aggregation; what was aggregated stays visible in the home region (documented)."""
        self.of(SubscriptionV2).require(ctx)
        self.of(DelegationV2).require_own_say()
        aggregator = self._own(ctx, aggregator_v2_arn)
        self._keep_copies(aggregator, aggregator.linked_regions)
        del self.store(AggregatorV2Store).aggregators[ctx.account_id]

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the aggregator of this account, in its home region."""
        own = self.store(AggregatorV2Store).aggregators.get(self.backend.account_id)
        if own is not None and own.aggregation_region == self.backend.region_name:
            yield TaggedResource(
                arn=own.aggregator_v2_arn, tags=own.tags, resource_type="securityhub:aggregatorv2"
            )

    def _own(self, ctx: Context, arn: str) -> AggregatorV2:
        """Return the caller's aggregator, in its home region.

        Raises:
            ConflictException: this is another region (observed).
            ResourceNotFoundException: there is no such aggregator, or another account administers
                the caller's organization (text inferred [SH-192]).
            ValidationException: this is no ARN of an aggregator (inferred [SH-207]).
        """
        self.of(SubscriptionV2).require(ctx)
        if _ARN.fullmatch(arn) is None:
            raise ValidationException("AggregatorV2Arn must be the ARN of an aggregator")
        own = self.store(AggregatorV2Store).aggregators.get(ctx.account_id)
        if own is None or own.aggregator_v2_arn != arn or self.of(DelegationV2).is_led():
            raise ResourceNotFoundException(NOT_FOUND)
        if own.aggregation_region != ctx.region:
            raise not_the_home_region(ctx.region, own.aggregation_region)
        return own

    def _keep_copies(self, aggregator: AggregatorV2, regions: Iterable[str]) -> None:
        latest = self.store(FindingStore).last_sequence
        key = (aggregator.account_id, aggregator.aggregation_region)
        self.store(AggregatorV2Store).copies.setdefault(key, {}).update(
            dict.fromkeys(regions, latest)
        )


def _checked(ctx: Context, mode: str, regions: list[str] | None) -> list[str]:
    """Return the linked regions of a request, which may be none, but not absent.

    The rule is inferred [SH-239].
    """
    if mode != LINKING_MODE:
        raise ValidationException(WRONG_LINKING_MODE)
    if regions is None:
        raise ValidationException("LinkedRegions is required")
    for region in regions:
        if not is_region(region, ctx.partition):
            raise ValidationException(f"LinkedRegions: {region} is not a Region")
        if region == ctx.region:
            raise ValidationException(
                f"LinkedRegions must not have the aggregation Region {region}"
            )
    if len(set(regions)) < len(regions):
        raise ValidationException("LinkedRegions must not have a Region twice")
    return regions


def _shown(aggregator: AggregatorV2) -> dict[str, Any]:
    return {
        "AggregatorV2Arn": aggregator.aggregator_v2_arn,
        "AggregationRegion": aggregator.aggregation_region,
        "RegionLinkingMode": aggregator.region_linking_mode,
        "LinkedRegions": aggregator.linked_regions,
    }
