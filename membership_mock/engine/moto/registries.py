"""Registers our services with moto, and wraps our backends in backends of moto.

moto serves a service if its URL pattern is in the backend index and its ``BackendDict`` is found by
name. Then `mock_aws`, the moto server, the Resource Groups Tagging API and moto's IAM all know it.
`Installation` registers our services there, and removes them again.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import moto.backends
from moto.backend_index import backend_url_patterns
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend
from moto.core.responses import BaseResponse

from membership_mock.engine.moto import (
    account_regions,
    iam,
    organizations,
    service_quotas,
    tagging,
)
from membership_mock.engine.moto.event_bridge import installation as event_installation
from membership_mock.engine.moto.modules import models_of
from membership_mock.engine.moto.patches import Patches
from membership_mock.engine.pipeline.setup_calls import is_setup_call
from membership_mock.engine.protocol.regions import is_region

if TYPE_CHECKING:
    from membership_mock.engine.moto.event_bridge.event_bridge import EventBridge
    from membership_mock.engine.pipeline.backends import Backends
    from membership_mock.engine.pipeline.operation import Backend
    from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
    from membership_mock.engine.state.world import World

#: What moto calls to serve a request that did not come from botocore.
ResponseHandler = Callable[[Any, str, Any], tuple[int, dict[str, str], bytes]]

#: Performs an operation of a backend for moto's Tagging API: the backend, the operation, its
#: arguments.
Perform = Callable[["Backend", str, dict[str, Any]], Any]


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


def _install_cloudformation(
    patches: Patches, services: Mapping[str, type[Backend]], pipeline: RequestPipeline
) -> None:
    """Import what moto's CloudFormation needs only now: few tests use it."""
    from membership_mock.engine.moto.cloudformation.installation import install

    install(patches, services, pipeline)


# --- registering our services with moto, and removing them ---------------------------------------


class Installation:
    """Our services in moto's registries, from `put` to `remove`.

    Args:
        backends: the backends of all our services.
        world: the state that they share.
        handler: returns the response handler of a service.
        pipeline: that of the running mock.
        bridge: delivers events to targets of moto's rules.
    """

    def __init__(
        self,
        backends: Backends,
        world: World,
        handler: Callable[[str], ResponseHandler],
        pipeline: RequestPipeline,
        bridge: EventBridge,
    ) -> None:
        self._ours = backends
        self._bridge = bridge
        self._world = world
        self._pipeline = pipeline
        perform = pipeline.call

        def make(service: str, account_id: str, region: str) -> MotoBackend:
            return MotoBackend(backends.of(service, account_id, region), handler(service), perform)

        self._backends = {
            service: _MotoBackends(service, functools.partial(make, service))
            for service in backends.services
        }
        self._modules = {service.replace("-", ""): service for service in backends.services}
        self._patterns = [
            (service, re.compile(host_pattern(service))) for service in backends.services
        ]
        self._added: dict[str, BackendDict] = {}
        if not account_regions.moto_has_the_service():
            self._patterns.append(("account", account_regions.PATTERN))
            self._added["account"] = account_regions.own_backends(world)
        self._patches = Patches()
        # moto's dictionary has an account and a region as soon as a request has come from there
        backends.made = lambda made: self._backends[made.service][made.account_id][made.region_name]

    def put(
        self, current_account: Callable[[Any], str | None], after_reset: Callable[[], None]
    ) -> None:
        """Register our services with moto.

        Args:
            current_account: returns the account of a request to one of moto's own services; None
                leaves that to moto.
            after_reset: called after moto has emptied all of its backends, for whatever reason.
        """
        backend_url_patterns[:0] = self._patterns
        patches = self._patches
        find = patches.original(moto.backends, "_import_backend")
        # These are patched when they are first used: some releases of moto import every service
        # with its Tagging API.
        late: dict[str, Callable[[], None]] = {
            "iam": lambda: iam.install(patches),
            "cloudformation": lambda: _install_cloudformation(
                patches, self._ours.services, self._pipeline
            ),
            "events": lambda: event_installation.install(patches, self._bridge),
            "organizations": lambda: organizations.install(patches, self._ours, self._world),
            "account": lambda: account_regions.install(patches, self._world),
            "servicequotas": lambda: service_quotas.install(
                patches, self._ours.services, self._world
            ),
            "resourcegroupstaggingapi": lambda: tagging.install(patches, self._backends),
        }

        installing = threading.RLock()

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
            with installing:  # a second thread waits until the first has installed it
                if module_name in late:
                    late.pop(module_name)()
            return found

        patches.set(moto.backends, "_import_backend", import_backend)
        for name in [name for name in late if models_of(name) is not None]:
            late.pop(name)()

        moto_says = patches.original(BaseResponse, "get_current_account")

        def get_current_account(response: Any) -> str:
            return current_account(response.headers) or moto_says(response)

        patches.set(BaseResponse, "get_current_account", get_current_account)

        moto_resets = patches.original(BackendDict, "reset")

        def reset(_: Any) -> None:
            moto_resets()
            after_reset()  # only now: moto holds its own lock while it empties

        patches.set(BackendDict, "reset", classmethod(reset))

        check_name = "_authenticate_and_authorize_action"
        moto_checks = patches.original(ActionAuthenticatorMixin, check_name)

        def check(response: Any, *args: Any, **kwargs: Any) -> None:
            if not is_setup_call():  # a setup call needs no policy, and is not counted
                moto_checks(response, *args, **kwargs)

        patches.set(ActionAuthenticatorMixin, check_name, check)

    def remove(self) -> None:
        """Restore moto's registries."""
        self._patches.undo()
        for pattern in self._patterns:
            if pattern in backend_url_patterns:
                backend_url_patterns.remove(pattern)
        for backends in (*self._backends.values(), *self._added.values()):
            if backends in BackendDict._instances:
                BackendDict._instances.remove(backends)
