"""All seeds: `mock.given`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.given.setup import Setup

if TYPE_CHECKING:
    from membership_mock.testing.given.cleanrooms import CleanRoomsSeeds
    from membership_mock.testing.given.security_ir import SecurityIrSeeds
    from membership_mock.testing.given.securityhub import SecurityHubSeeds
    from membership_mock.testing.running_mock import RunningMock


@naming_arguments
class Given:
    """Seeds of a running mock, from `MembershipMock.given`."""

    def __init__(self, mock: RunningMock, organize: Callable[..., object]) -> None:
        self._organize = organize
        self._setup = Setup(mock)

    @cached_property
    def securityhub(self) -> SecurityHubSeeds:
        """Seeds of Security Hub."""
        from membership_mock.testing.given.securityhub import SecurityHubSeeds

        return SecurityHubSeeds(self._setup)

    @cached_property
    def cleanrooms(self) -> CleanRoomsSeeds:
        """Seeds of Clean Rooms."""
        from membership_mock.testing.given.cleanrooms import CleanRoomsSeeds

        return CleanRoomsSeeds(self._setup)

    @cached_property
    def security_ir(self) -> SecurityIrSeeds:
        """Seeds of Security Incident Response."""
        from membership_mock.testing.given.security_ir import SecurityIrSeeds

        return SecurityIrSeeds(self._setup)

    def world(self, mapping: Mapping[str, Any]) -> dict[str, Any]:
        """Seed all entries of a mapping, in its order; if one is refused, seed nothing.

        Args:
            mapping: plain data, e.g. read from a JSON file, with the keys ``accounts`` (an id for
                each name), ``organization`` (what `MembershipMock.organization` takes) and the ids
                of services, each with a list of seeds: ``{"member": {"status": "Invited", …}}``
                is ``given.securityhub.member(status="Invited", …)``. An entry with ``"as": "name"``
                names its result, which ``"$name"`` and ``"$name.field"`` stand for later on.

        Returns:
            The results by name: accounts, the ``organization``, and the results of named entries.

        Raises:
            UsageError: the mapping is not valid; the text says where.
            SeedRefused: a seed is refused; the world is as it was before the whole mapping.
        """
        from membership_mock.testing.given.world import seed_world

        def seeds_of(service: str) -> object:
            return getattr(self, service.replace("-", "_"))

        return seed_world(self._setup, seeds_of, self._organize, mapping)
