"""The software of Security Hub V2: packages, and the resources that they are on.

AWS finds software by itself; here it is what a test records, and without that lists are empty.

Sources: the API pages of the three operations. Inferred [SH-191, SH-281]: the answer for an unknown
package is an empty list, and the orders where none is asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby, islice
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing, Position
from membership_mock.securityhub.errors import ValidationException
from membership_mock.securityhub.v2.access.home_region import HomeRegionV2
from membership_mock.securityhub.v2.access.scopes import ScopesV2
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.queries import leaves
from membership_mock.securityhub.v2.queries.fields import names_of
from membership_mock.securityhub.v2.queries.filters import Dialect, compile_filters
from membership_mock.securityhub.v2.queries.leaves import Test
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
    ) -> dict[str, Listing[Package]]:
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
        found = _FoundPackages(self._held(scopes), matches)
        if not (order.criteria or order.descending):
            return {"Software": found}
        source = Source(list(found.behind(None)), lambda package: package.document())
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
        begins = [package_name, package_type, *filter(None, [package_version])]

        def document(each: Installed) -> Mapping[str, Any] | None:
            if (each.package_name, each.package_type) != (package_name, package_type):
                return None
            return each.document() if package_version in (None, each.package_version) else None

        return {
            "SoftwareResources": Found(
                [Source(_Part(held, begins), document) for held in self._held(scopes)],
                matches,
                order,
                lambda document: {name: document[name] for name in _RESOURCE_FIELDS},
            )
        }

    def _installed(self, scopes: Mapping[str, Any] | None) -> Iterator[Installed]:
        """Yield the packages on the resources that the caller sees."""
        for held in self._held(scopes):
            yield from held

    def _held(self, scopes: Mapping[str, Any] | None) -> Iterator[list[Installed]]:
        """Yield the packages of each account and region that the caller sees, by their places."""
        accounts = self.of(ScopesV2).accounts(scopes)
        store = self.store_if_any(SoftwareStore)
        if store is None:
            return
        for region in self.of(HomeRegionV2).regions():
            hubs = self.backend.world.held_at(HubV2Store, (region,))
            for account_id, held in store.software.get(region, {}).items():
                if account_id in accounts and hubs is not None and account_id in hubs.hubs:
                    yield held


#: stands behind the separator of places, and so behind all places that begin with the same words
_BEHIND = "\x20"


class _Part(Sequence[Installed]):
    """Those of ordered packages on resources whose places begin with certain words."""

    def __init__(self, held: list[Installed], words: list[str]) -> None:
        begin = "\x1f".join(words)
        self._held = held
        self._start = bisect_left(held, begin, key=_place)
        self._stop = bisect_left(held, begin + _BEHIND, key=_place)

    def __len__(self) -> int:
        return self._stop - self._start

    def __getitem__(self, index: Any) -> Any:
        return self._held[range(self._start, self._stop)[index]]


class _FoundPackages(Listing[Package]):
    """The packages on resources, of which a page reads those only that it shows.

    Args:
        held: the packages on the resources of each account and region, ascending by their places.
        matches: what a package on a resource must meet to be counted; None for nothing.
    """

    __slots__ = ("_held", "_matches")

    def __init__(self, held: Iterable[list[Installed]], matches: Test | None) -> None:
        super().__init__((), lambda package: package.place)
        self._held = list(held)
        self._matches = matches

    def page(self, size: int, after: Position | None) -> tuple[list[Any], Position | None]:
        """Return the packages behind the position ``after``, and the position to go on from."""
        chosen = list(islice(self.behind(after), size + 1))
        following = chosen[size - 1].place if len(chosen) > size else None
        return [package.document() for package in chosen[:size]], following

    def behind(self, after: Position | None) -> Iterator[Package]:
        """Yield the packages behind a position, with how many resources each is on."""
        walks = []
        for held in self._held:
            start = 0 if after is None else bisect_left(held, f"{after}{_BEHIND}", key=_place)
            walks.append(map(held.__getitem__, range(start, len(held))))
        matches = self._matches
        for (name, kind, _), same in groupby(merge(*walks, key=_place), key=_package):
            on = [each for each in same if matches is None or matches(each.document())]
            if on:
                yield Package(name, on[0].package_version, kind, len(on))


def _place(installed: Installed) -> str:
    return installed.place


def _package(installed: Installed) -> tuple[str, str, str]:
    return installed.package
