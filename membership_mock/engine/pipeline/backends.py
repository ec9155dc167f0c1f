"""The backends of all services of one running mock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from membership_mock.engine.pipeline.operation import Backend, Family, ServiceBackends
from membership_mock.engine.state.world import World


class Backends:
    """Keep one backend for each service, account and region.

    Args:
        services: the backend class of each service, by service id.
        world: the state that the backends share.

    Attributes:
        services: the same.
        made: called with each backend that is made.
    """

    def __init__(self, services: Mapping[str, type[Backend]], world: World) -> None:
        self.services = services
        self.made: Callable[[Backend], None] = lambda _: None
        self._of_service = {
            service: ServiceBackends(kind, world, self._announce)
            for service, kind in services.items()
        }

    def of(self, service: str, account_id: str, region: str) -> Backend:
        """Return the backend of a service for one account in one region."""
        return self._of_service[service].of(account_id, region)

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """Return the tags of a resource by its ARN; None if there is no such taggable resource."""
        parts = arn.split(":", 5)
        if len(parts) < 6 or parts[2] not in self._of_service or not (parts[3] and parts[4]):
            return None
        backend = self.of(parts[2], parts[4], parts[3])
        return next((each.tags for each in backend.tagged_resources() if each.arn == arn), None)

    def families(self) -> Iterable[tuple[ServiceBackends, type[Family]]]:
        """Yield the backends of its service and the family, for every family of every service."""
        for backends in self._of_service.values():
            for family in backends.kind.families:
                yield backends, family

    def _announce(self, backend: Backend) -> None:
        self.made(backend)
