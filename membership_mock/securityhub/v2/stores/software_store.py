"""The software that tests have recorded on resources."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.world import Scope, Store


@dataclass(frozen=True)
class Installed:
    """A package on a resource.

    Attributes:
        package_name: its name.
        package_version: its version; None where it has none.
        package_type: such as ``operating-system``, ``application`` or ``library``.
        resource_id: the resource that it is on.
        resource_type: the type of the resource.
        account_id: whose resource it is.
        region: where the resource is.
    """

    package_name: str
    package_version: str | None
    package_type: str
    resource_id: str
    resource_type: str
    account_id: str
    region: str

    @property
    def package(self) -> tuple[str, str, str]:
        """Name, type and version of the package."""
        return self.package_name, self.package_type, self.package_version or ""

    @cached_property
    def place(self) -> str:
        """Its place among the packages of all resources."""
        return "\x1f".join((*self.package, self.resource_id, self.account_id, self.region))

    def document(self) -> Mapping[str, Any]:
        """Return what filters, groups and the list of resources see of it."""
        return {
            "PackageName": self.package_name,
            "PackageVersion": self.package_version,
            "PackageType": self.package_type,
            "ResourceId": self.resource_id,
            "ResourceType": self.resource_type,
            "AccountId": self.account_id,
            "Region": self.region,
            "ResourceRegion": self.region,
            "ResourceProvider": "AWS",
            "ResourceOwnerAccountId": self.account_id,
        }


@dataclass
class SoftwareStore(Store, scope=Scope.PARTITION):
    """The software on the resources of all accounts, by region and account.

    The packages of an account in a region are ascending by their places.
    """

    rank = 27
    software: dict[str, dict[str, list[Installed]]] = field(default_factory=dict)

    def add(self, installed: Installed) -> None:
        """Keep a package on a resource; one that is there already stays."""
        held = self.software.setdefault(installed.region, {}).setdefault(installed.account_id, [])
        at = bisect_left(held, installed.place, key=lambda each: each.place)
        if at == len(held) or held[at] != installed:
            held.insert(at, installed)
