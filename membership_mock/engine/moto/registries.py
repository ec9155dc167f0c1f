"""Registers our services with moto, and wraps our backends in backends of moto.

moto serves a service if its URL pattern is in the backend index and its ``BackendDict`` is found by
name. Then `mock_aws`, the moto server, the Resource Groups Tagging API and moto's IAM all know it.
`Registries` puts our services there, and removes them again.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import moto.backends
from moto.backend_index import backend_url_patterns
from moto.core import custom_responses_mock
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend
from moto.core.responses import BaseResponse

from membership_mock.engine.moto import (
    account_regions,
    iam,
    organization_changes,
    service_quotas,
    tagging,
)
from membership_mock.engine.moto.event_bridge import installation as event_installation
from membership_mock.engine.moto.modules import models_of
from membership_mock.engine.moto.patches import KeptPatches, Patches
from membership_mock.engine.pipeline.setup_calls import is_setup_call
from membership_mock.engine.protocol.regions import is_region
from membership_mock.errors import NotRunning

if TYPE_CHECKING:
    from membership_mock.engine.moto.parts import Parts, Perform, ResponseHandler
    from membership_mock.engine.pipeline.backends import Backends
    from membership_mock.engine.pipeline.operation import Backend
    from membership_mock.engine.state.world import World


_RELEASE_CHECK = "is_responses_0_17_x"


class MotoBackend(tagging.TaggableBackend, BaseBackend):  # type: ignore[misc]  # moto is untyped here
    """One of our backends as a backend of moto: found by URL, and taggable.

    Args:
        backend: our backend.
        handler: serves requests that moto has matched by URL.
        perform: performs an operation for moto's Tagging API.
    """

    SERVICE_NAMESPACE: ClassVar[str] = "membership-mock"

    def __init__(self, backend: Backend, handler: ResponseHandler, perform: Perform) -> None:
        super().__init__(backend.region_name, backend.account_id)
        self._backend = backend
        self._handler = handler
        self._perform = perform

    def reset(self) -> None:
        """Do nothing when moto empties its backends: the world holds all state."""

    @property
    def url_bases(self) -> list[str]:
        """The start of every URL of the service, as a regular expression."""
        return [host_pattern(self._backend.service)]

    @property
    def urls(self) -> dict[str, ResponseHandler]:
        """The URLs that moto passes to our response handler."""
        return {host_pattern(self._backend.service): self._handler}

    @property
    def url_paths(self) -> dict[str, ResponseHandler]:
        """The same for moto's server, which matches paths only."""
        return self.flask_paths

    @property
    def flask_paths(self) -> dict[str, ResponseHandler]:
        """Every path, because our own router reads them."""
        return {"/": self._handler, "/<path:path>": self._handler}

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """Serve TagResources of the Resource Groups Tagging API."""
        self._perform(self._backend, "TagResource", {"resource_arn": arn, "tags": tags})

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """Serve UntagResources of the Resource Groups Tagging API."""
        self._perform(self._backend, "UntagResource", {"resource_arn": arn, "tag_keys": tag_keys})

    def owns_arn(self, arn: str) -> bool:
        """Return whether ``arn`` belongs to this service, account and region."""
        ours = self._backend
        return arn.startswith(
            f"arn:{ours.partition}:{ours.service}:{ours.region_name}:{ours.account_id}:"
        )

    def iter_tagged_resources(self) -> Iterator[tagging.TaggedResource]:
        """Yield the resources for the Resource Groups Tagging API."""
        with self._backend.world.lock:
            found = list(self._backend.tagged_resources())
        for each in found:
            yield tagging.TaggedResource(each.arn, each.tags, each.resource_type)


@functools.cache
def host_pattern(service: str) -> str:
    """Return the regular expression of the hosts of ``service``, in every partition and variant.

    It asks for a region, so that it does not match a bucket with the name of the service.
    """
    return (
        rf"https?://(?:vpce-[^./]+\.)?{re.escape(service)}(?:-fips)?\.[a-z]+(?:-[a-z]+)+-\d+\."
        r"(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)(?::\d+)?(?:/|$)"
    )


class _MotoBackends(BackendDict):  # type: ignore[misc]  # moto is untyped here
    """moto's dictionary of a service's backends, by account and then by region."""

    def __init__(self, service: str, make: Callable[[str, str], MotoBackend]) -> None:
        super().__init__(MotoBackend, service, use_boto3_regions=False)
        self._make = make

    def _create_account_specific_backend(self, account_id: str) -> None:
        if account_id not in self:
            dict.__setitem__(
                self, account_id, _AccountBackends(self.service_name, account_id, self._make)
            )
        if self not in BackendDict._instances:
            BackendDict._instances.append(self)


class _AccountBackends(AccountSpecificBackend):  # type: ignore[misc]  # moto is untyped here
    """The backends of one account, in any region: botocore may not know a new one yet."""

    def __init__(
        self, service: str, account_id: str, make: Callable[[str, str], MotoBackend]
    ) -> None:
        super().__init__(service, account_id, MotoBackend, False, None)
        self._make = make

    def __contains__(self, region: object) -> bool:
        return is_region(region)

    def __getitem__(self, region_name: str) -> Any:
        found = dict.get(self, region_name)
        if found is None:
            # Two threads may each create one: neither holds state, and the first is kept.
            found = dict.setdefault(self, region_name, self._make(self.account_id, region_name))
        return found


# --- registering our services with moto, and removing them ---------------------------------------


class Registries:
    """Our services in moto's registries, from `put` to `remove`; one for all mocks of a process.

    Args:
        services: the ids of our services.
        handler: returns the response handler of a service.
        current: returns the parts of the running mock; None if none is running.
    """

    def __init__(
        self,
        services: frozenset[str],
        handler: Callable[[str], ResponseHandler],
        current: Callable[[], Parts | None],
    ) -> None:
        self._handler = handler
        self._current = current
        self._backends = {
            service: _MotoBackends(service, functools.partial(self._make, service))
            for service in sorted(services)
        }
        self._modules = {service.replace("-", ""): service for service in self._backends}
        self._patterns = [(each, re.compile(host_pattern(each))) for each in self._backends]
        self._added: dict[str, BackendDict] = {}
        if not account_regions.moto_has_the_service():
            self._patterns.append(("account", account_regions.PATTERN))
            self._added["account"] = account_regions.own_backends(self._world)
        self._always = KeptPatches(self._install)
        # These are patched when they are first used: some releases of moto import every service
        # with its Tagging API.
        self._late = {
            "iam": KeptPatches(iam.install),
            "cloudformation": KeptPatches(self._install_cloudformation),
            "events": KeptPatches(self._install_events),
            "organizations": KeptPatches(self._install_organizations),
            "account": KeptPatches(self._install_account),
            "servicequotas": KeptPatches(self._install_service_quotas),
            "resourcegroupstaggingapi": KeptPatches(self._install_tagging),
        }
        self._services: Mapping[str, type[Backend]] = {}
        self._waiting: set[str] = set()
        self._lock = threading.RLock()

    def put(self, backends: Backends) -> None:
        """Register our services with moto.

        Args:
            backends: those of the mock that is starting.
        """
        # moto's dictionary has an account and a region as soon as a request has come from there
        backends.made = self._register
        self._services = backends.services
        backend_url_patterns[:0] = self._patterns
        self._always.put()
        self._waiting = set(self._late)
        for name in self._late:
            if models_of(name) is not None:
                self._put_late(name)
        for each in backends.all_made():  # before moto was imported
            self._register(each)

    def remove(self) -> None:
        """Restore moto's registries."""
        with self._lock:
            self._waiting = set()  # for a thread that is asking moto for a service
            for late in self._late.values():
                late.remove()
        self._always.remove()
        for pattern in self._patterns:
            if pattern in backend_url_patterns:
                backend_url_patterns.remove(pattern)
        for backends in (*self._backends.values(), *self._added.values()):
            backends.clear()
            if backends in BackendDict._instances:
                BackendDict._instances.remove(backends)

    def _make(self, service: str, account_id: str, region: str) -> MotoBackend:
        parts = self._parts()
        return MotoBackend(
            parts.backends.of(service, account_id, region),
            self._handler(service),
            parts.pipeline.call,
        )

    def _register(self, made: Backend) -> None:
        self._backends[made.service][made.account_id][made.region_name]

    def _parts(self) -> Parts:
        found = self._current()
        if found is None:  # it has ended in this moment
            raise NotRunning("The mock has ended while another thread was calling.")
        return found

    def _world(self) -> World:
        return self._parts().world

    def _put_late(self, module_name: str) -> None:
        with self._lock:  # a thread that comes second waits until the first has replaced it all
            if module_name in self._waiting:
                self._waiting.remove(module_name)
                self._late[module_name].put()

    def _install(self, patches: Patches) -> None:
        current = self._current
        if patches.has(custom_responses_mock, _RELEASE_CHECK):
            # moto parses the release of `responses` each time that it empties its backends.
            asks = patches.original(custom_responses_mock, _RELEASE_CHECK)
            patches.set(custom_responses_mock, _RELEASE_CHECK, functools.cache(asks))
        find = patches.original(moto.backends, "_import_backend")

        def import_backend(module_name: str, backends_name: str) -> Any:
            service = self._modules.get(module_name)
            if service is not None:
                return self._backends[service]
            if module_name in self._added:
                return self._added[module_name]
            try:
                found = find(module_name, backends_name)
            except ModuleNotFoundError as missing:
                if missing.name is None or missing.name.partition(".")[0] == "moto":
                    raise
                raise ModuleNotFoundError(
                    f"moto needs {missing.name} for its service {module_name}, which does not come"
                    f" with moto alone: pip install 'moto[{module_name}]'.",
                    name=missing.name,
                ) from missing
            self._put_late(module_name)
            return found

        patches.set(moto.backends, "_import_backend", import_backend)

        moto_says = patches.original(BaseResponse, "get_current_account")

        def get_current_account(response: Any) -> str:
            parts = current()
            found = None if parts is None else parts.account_of(response.headers)
            return found or moto_says(response)

        patches.set(BaseResponse, "get_current_account", get_current_account)

        moto_resets = patches.original(BackendDict, "reset")

        def reset(_: Any) -> None:
            moto_resets()
            parts = current()  # none while a mock is starting or ending
            if parts is not None:
                parts.after_reset()  # only now: moto holds its own lock while it empties

        patches.set(BackendDict, "reset", classmethod(reset))

        check_name = "_authenticate_and_authorize_action"
        moto_checks = patches.original(ActionAuthenticatorMixin, check_name)

        def check(response: Any, *args: Any, **kwargs: Any) -> None:
            if not is_setup_call():  # a setup call needs no policy, and is not counted
                moto_checks(response, *args, **kwargs)

        patches.set(ActionAuthenticatorMixin, check_name, check)

    def _install_cloudformation(self, patches: Patches) -> None:
        """Import what moto's CloudFormation needs only now: few tests use it."""
        from membership_mock.engine.moto.cloudformation.installation import install

        parts = self._parts
        install(patches, self._services, lambda: parts().pipeline)

    def _install_events(self, patches: Patches) -> None:
        event_installation.install(patches, lambda: self._parts().bridge)

    def _install_organizations(self, patches: Patches) -> None:
        organization_changes.install(patches, lambda: self._parts().backends, self._world)

    def _install_account(self, patches: Patches) -> None:
        account_regions.install(patches, self._world)

    def _install_service_quotas(self, patches: Patches) -> None:
        service_quotas.install(patches, self._services, self._world)

    def _install_tagging(self, patches: Patches) -> None:
        tagging.install(patches, self._backends)
