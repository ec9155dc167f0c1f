"""The backends of all services of one running mock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from membership_mock.engine.lasting_objects import making_lasting_objects
from membership_mock.engine.pipeline.operation import Backend, Family, ServiceBackends
from membership_mock.engine.pipeline.plain_http import PlainHttpEndpoint
from membership_mock.engine.state.world import World


class Services(Mapping[str, type[Backend]]):
    """The backend class of each service, by the service's id, imported when it is first needed.

    Most tests call one service, and importing all of them takes longer than the rest of the start.

    Args:
        importers: functions that import and return the backend class, by the service's id.
        plain_http_endpoints: what the services serve outside their APIs, such as the storage behind
            presigned URLs; requests for them may come before the first call.
    """

    def __init__(
        self,
        importers: Mapping[str, Callable[[], type[Backend]]],
        plain_http_endpoints: tuple[PlainHttpEndpoint, ...] = (),
    ) -> None:
        self.plain_http_endpoints = plain_http_endpoints
        self._importers = importers
        self._imported: dict[str, type[Backend]] = {}

    def __getitem__(self, service: str) -> type[Backend]:
        found = self._imported.get(service)
        if found is None:
            # Several threads may get here: each waits until the import is complete.
            with making_lasting_objects():
                found = self._imported[service] = self._importers[service]()
        return found

    def __contains__(self, service: object) -> bool:
        return service in self._importers

    def __iter__(self) -> Iterator[str]:
        return iter(self._importers)

    def __len__(self) -> int:
        return len(self._importers)


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
        self._world = world
        self._of_service: dict[str, ServiceBackends] = {}

    def of(self, service: str, account_id: str, region: str) -> Backend:
        """Return the backend of a service for one account in one region."""
        return self._backends_of(service).of(account_id, region)

    def all_made(self) -> list[Backend]:
        """Return every backend that was made so far."""
        return [backend for each in list(self._of_service.values()) for backend in each.all_made()]

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """Return the tags of a resource by its ARN; None if there is no such taggable resource."""
        parts = arn.split(":", 5)
        if len(parts) < 6 or parts[2] not in self.services or not (parts[3] and parts[4]):
            return None
        backend = self.of(parts[2], parts[4], parts[3])
        return next((each.tags for each in backend.tagged_resources() if each.arn == arn), None)

    def families(self) -> Iterable[tuple[ServiceBackends, type[Family]]]:
        """Yield the backends of its service and the family, for every family of every service."""
        for backends in map(self._backends_of, self.services):
            for family in backends.kind.families:
                yield backends, family

    def complete(self) -> None:
        """Carry out what was deferred, before the whole state is shown or dumped."""
        with self._world.lock:
            if not self._world.is_complete:
                for backends, family in list(self.families()):
                    family.complete(backends)

    def _backends_of(self, service: str) -> ServiceBackends:
        found = self._of_service.get(service)
        if found is None:
            made = ServiceBackends(self.services[service], self._world, self._announce)
            # Two threads may each make one at the same time: the first is kept.
            found = self._of_service.setdefault(service, made)
        return found

    def _announce(self, backend: Backend) -> None:
        self.made(backend)
