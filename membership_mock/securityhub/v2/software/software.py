"""The software of Security Hub V2: packages, and the resources that they are on.

AWS finds software by itself; here it is what a test records, and without that lists are empty.

Sources: the API pages of the three operations. Inferred [SH-191, SH-281]: the answer for an unknown
package is an empty list, and the orders where none is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.securityhub.errors import ValidationException
from membership_mock.securityhub.v2.access.home_region import HomeRegionV2
from membership_mock.securityhub.v2.access.scopes import ScopesV2
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.queries import leaves
from membership_mock.securityhub.v2.queries.fields import names_of
from membership_mock.securityhub.v2.queries.filters import Dialect, compile_filters
from membership_mock.securityhub.v2.queries.pages import Found, Source, compile_order
from membership_mock.securityhub.v2.queries.statistics import group
from membership_mock.securityhub.v2.stores.hub_store import HubV2Store
from membership_mock.securityhub.v2.stores.software_store import Installed, SoftwareStore

DIALECT = Dialect(leaves.SOFTWARE)
_PACKAGE_FIELDS = ("PackageName", "PackageVersion", "PackageType")
_RESOURCE_FIELDS = (
    "AccountId",
    "ResourceType",
    "Region",
    "ResourceId",
    "ResourceProvider",
    "ResourceOwnerAccountId",
    "ResourceRegion",
)


@dataclass(frozen=True)
class Package:
    """A package, and how many resources it is on."""

    package_name: str
    package_version: str | None
    package_type: str
    resource_count: int

    @property
    def place(self) -> str:
        """Its place in the order of GetSoftwareV2."""
        return "\x1f".join((self.package_name, self.package_type, self.package_version or ""))

    def document(self) -> Mapping[str, Any]:
        """Return what the list shows of it."""
        shown: dict[str, Any] = {
            "PackageName": self.package_name,
            "PackageType": self.package_type,
            "ResourceCount": self.resource_count,
        }
        if self.package_version is not None:
            shown["PackageVersion"] = self.package_version
        return shown


class SoftwareV2(Family):
    """The operations on software."""

    @operation("GetSoftwareV2", optional=True)
    def get_software_v2(
        self,
        ctx: Context,
        filters: dict[str, Any] | None = None,
        scopes: dict[str, Any] | None = None,
        sort_criteria: list[dict[str, str]] | None = None,
    ) -> dict[str, Found[Package]]:
        """Return the packages on the resources that the caller sees from here and that match.

        Raises:
            ValidationException: filters, scopes or sort criteria are not valid; packages cannot be
                sorted by how many resources they are on (documented).
        """
        self.of(SubscriptionV2).require(ctx)
        matches = compile_filters(filters, ctx.now, DIALECT)
        order = compile_order(
            sort_criteria, _PACKAGE_FIELDS, DIALECT, kept_by="PackageName", descending=False
        )
        found = [
            each for each in self._installed(scopes) if matches is None or matches(each.document())
        ]
        found.sort(key=lambda each: each.package)
        packages = []
        for _, same in groupby(found, key=lambda each: each.package):
            on = list(same)
            first = on[0]
            packages.append(
                Package(first.package_name, first.package_version, first.package_type, len(on))
            )
        source = Source(packages, lambda package: package.document())
        return {"Software": Found([source], None, order)}

    @operation("GetSoftwareStatisticsV2", optional=True)
    def get_software_statistics_v2(
        self,
        ctx: Context,
        group_by_rules: list[dict[str, Any]],
        scopes: dict[str, Any] | None = None,
        sort_order: str | None = None,
        max_statistic_results: int | None = None,
    ) -> dict[str, Any]:
        """Return how many packages have each value; one on three resources counts three times.

        Raises:
            ValidationException: there is no rule, or more than five, or filters are not valid.
        """
        self.of(SubscriptionV2).require(ctx)
        return {
            "GroupByResults": group(
                group_by_rules,
                lambda: (each.document() for each in self._installed(scopes)),
                ctx.now,
                DIALECT,
                sort_order,
                max_statistic_results,
            )
        }

    @operation("GetSoftwareResourcesV2", optional=True)
    def get_software_resources_v2(
        self,
        ctx: Context,
        package_name: str,
        package_type: str,
        package_version: str | None = None,
        filters: dict[str, Any] | None = None,
        scopes: dict[str, Any] | None = None,
        sort_criteria: list[dict[str, str]] | None = None,
    ) -> dict[str, Found[Installed]]:
        """Return the resources that a package is on, an empty list for an unknown package.

        Raises:
            ValidationException: filters, scopes or sort criteria are not valid; there is at most
                one sort criterion (documented).
        """
        self.of(SubscriptionV2).require(ctx)
        if len(sort_criteria or ()) > 1:
            raise ValidationException("SortCriteria must have at most 1 entries")
        matches = compile_filters(filters, ctx.now, DIALECT)
        fields = names_of("SoftwareStringField").intersection(_RESOURCE_FIELDS)
        order = compile_order(sort_criteria, fields, DIALECT, kept_by="", descending=False)
        found = [
            each
            for each in self._installed(scopes)
            if (each.package_name, each.package_type) == (package_name, package_type)
            and package_version in (None, each.package_version)
        ]
        found.sort(key=lambda each: each.place)
        return {
            "SoftwareResources": Found(
                [Source(found, lambda each: each.document())],
                matches,
                order,
                lambda document: {name: document[name] for name in _RESOURCE_FIELDS},
            )
        }

    def _installed(self, scopes: Mapping[str, Any] | None) -> Iterator[Installed]:
        """Yield the packages on the resources that the caller sees."""
        accounts = self.of(ScopesV2).accounts(scopes)
        store = self.store_if_any(SoftwareStore)
        if store is None:
            return
        for region in self.of(HomeRegionV2).regions():
            hubs = self.backend.world.held_at(HubV2Store, (region,))
            for account_id, held in store.software.get(region, {}).items():
                if account_id in accounts and hubs is not None and account_id in hubs.hubs:
                    yield from held
