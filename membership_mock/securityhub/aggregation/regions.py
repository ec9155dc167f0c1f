"""The way from one region to another: what happens to an organization happens in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from membership_mock.engine.state.world import World
    from membership_mock.securityhub.backend import SecurityHubBackend


def backend_in(world: World, region: str, account_id: str) -> SecurityHubBackend:
    """Return the families of ``account_id`` in ``region``, on the same stores as everybody's."""
    # the list of families imports this module
    from membership_mock.securityhub.backend import SecurityHubBackend

    return SecurityHubBackend(region, account_id, world)
