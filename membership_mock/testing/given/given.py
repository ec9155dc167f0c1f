"""The world in a wanted state, in one call each, by the rules of the API."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from membership_mock.testing.given.setup import Scene

if TYPE_CHECKING:
    from membership_mock.testing.given.cleanrooms import CleanRoomsSeeds
    from membership_mock.testing.given.security_ir import SecurityIrSeeds
    from membership_mock.testing.given.securityhub import SecurityHubSeeds
    from membership_mock.toolbox import Toolbox


class Given:
    """Seeds of a running mock, from `MembershipMock.given`."""

    def __init__(self, mock: Toolbox) -> None:
        self._mock = mock
        self._scene = Scene(mock)

    @cached_property
    def securityhub(self) -> SecurityHubSeeds:
        """Seeds of Security Hub."""
        from membership_mock.testing.given.securityhub import SecurityHubSeeds

        return SecurityHubSeeds(self._scene)

    @cached_property
    def cleanrooms(self) -> CleanRoomsSeeds:
        """Seeds of Clean Rooms."""
        from membership_mock.testing.given.cleanrooms import CleanRoomsSeeds

        return CleanRoomsSeeds(self._scene)

    @cached_property
    def security_ir(self) -> SecurityIrSeeds:
        """Seeds of Security Incident Response."""
        from membership_mock.testing.given.security_ir import SecurityIrSeeds

        return SecurityIrSeeds(self._scene)

    def world(self, mapping: Mapping[str, Any]) -> dict[str, Any]:
        """Seed all that a mapping describes, in its order, or nothing at all.

        Args:
            mapping: plain data, e.g. read from a JSON file, with the keys ``accounts`` (an id for
                each name), ``organization`` (what `MembershipMock.organization` takes) and the ids
                of services, each with a list of seeds: ``{"member": {"status": "Invited", …}}``
                is ``given.securityhub.member(status="Invited", …)``. An entry with ``"as": "name"``
                names its result, which ``"$name"`` and ``"$name.field"`` stand for later on.

        Returns:
            The named results: accounts, the ``organization``, and what entries were called.

        Raises:
            UsageError: the mapping says something that cannot be understood, and where.
            SeedRefused: a seed is refused; the world is as it was before the whole mapping.
        """
        from membership_mock.testing.given.world import seed_world

        return seed_world(self._mock, self._scene, self, mapping)
