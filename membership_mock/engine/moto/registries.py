"""moto's registries and its configuration, and the backends that they hold.

moto takes a foreign service in when its URL pattern stands in the backend index and its
``BackendDict`` is found by name. Then `mock_aws`, the moto server, the Resource Groups Tagging API
and moto's IAM all see it. `Installation` puts our services there, and takes them out again.
"""

from __future__ import annotations

import functools
import json
import re
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

import moto.backends
from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError
from moto.backend_index import backend_url_patterns
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend
from moto.core.config import (
    default_user_config,
    mock_credentials,
    passthrough_service,
    passthrough_url,
    service_whitelisted,
)
from moto.core.exceptions import ServiceNotWhitelisted
from moto.core.responses import BaseResponse
from moto.moto_api._internal import mock_random as random
from moto.utilities.utils import get_partition

from membership_mock.engine.moto import organizations, tagging
from membership_mock.engine.moto.organizations import (
    organization_of,
    register_delegated_administrator,
)
from membership_mock.engine.moto.patches import Patches
from membership_mock.engine.moto.tagging import TaggedResource
from membership_mock.engine.pipeline.setup_calls import is_setup_call
from membership_mock.engine.state.world import keys_of
from membership_mock.errors import UsageError

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.operation import Backend, Family
    from membership_mock.engine.state.world import World

__all__ = [
    "DEFAULT_ACCOUNT_ID",
    "Installation",
    "MotoBackend",
    "TaggedResource",
    "check_whitelist",
    "default_user_config",
    "is_region",
    "mock_credentials",
    "organization_of",
    "partition_of",
    "passes_through",
    "random",
    "random_uuid",
    "register_delegated_administrator",
]

partition_of = functools.lru_cache(maxsize=None)(get_partition)


# The bits of a UUID that say version and variant (RFC 9562), and all the others.
_VERSION_4 = (4 << 76) | (8 << 60)
_NO_VERSION = (1 << 128) - 1 - (15 << 76) - (12 << 60)


def random_uuid() -> str:
    """Return a random UUID from moto's random source, which a test can seed."""
    # uuid.UUID would take several times as long, and every request has one.
    digits = f"{random.getrandbits(128) & _NO_VERSION | _VERSION_4:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class MotoBackend(tagging.TaggableBackend, BaseBackend):  # type: ignore[misc]  # moto is untyped here
    """A backend as moto wants it: made per account and region, found by URL, taggable."""

    SERVICE_NAMESPACE: ClassVar[str] = "membership-mock"
    service: ClassVar[str]
    world: World
    account_id: str
    region_name: str
    partition: str
    _families: dict[type[Family], Family]

    def __init__(self, region_name: str, account_id: str, world: World) -> None:
        super().__init__(region_name, account_id)
        self.world = world
        self.store_keys = keys_of(account_id, region_name, self.partition)
        self._families = {}

    def reset(self) -> None:
        """Do nothing when moto empties its backends: no backend holds state, the world does."""

    @property
    def url_bases(self) -> list[str]:
        """The start of every URL of the service, as a regular expression."""
        return [host_pattern(self.service)]

    @property
    def urls(self) -> dict[str, Callable[..., Any]]:
        """The URLs that moto hands to our response handler."""
        return {host_pattern(self.service): response_handler(self.service)}

    @property
    def url_paths(self) -> dict[str, Callable[..., Any]]:
        """The same for moto's server, which looks at paths only."""
        return self.flask_paths

    @property
    def flask_paths(self) -> dict[str, Callable[..., Any]]:
        """Every path: our router reads them."""
        handler = response_handler(self.service)
        return {"/": handler, "/<path:path>": handler}

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """Serve TagResources of the Resource Groups Tagging API."""
        self._through_the_api("TagResource", resource_arn=arn, tags=tags)

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """Serve UntagResources of the Resource Groups Tagging API."""
        self._through_the_api("UntagResource", resource_arn=arn, tag_keys=tag_keys)

    def owns_arn(self, arn: str) -> bool:
        """Return whether ``arn`` belongs to this service, account and region."""
        return arn.startswith(
            f"arn:{self.partition}:{self.service}:{self.region_name}:{self.account_id}:"
        )

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield what the Resource Groups Tagging API finds."""
        with self.world.lock:
            return iter(list(self.tagged_resources()))

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield all taggable resources; backends override this."""
        yield from ()

    def _through_the_api(self, operation: str, **arguments: Any) -> None:
        from membership_mock.engine import running  # the runtime imports this module

        running.require().pipeline.call(self, operation, arguments)


@functools.cache
def host_pattern(service: str) -> str:
    """Return the regular expression of the hosts of ``service``: every partition and flavour.

    The region must look like one, so that a bucket of the service's name stays S3's.
    """
    return (
        rf"https?://(?:vpce-[^./]+\.)?{re.escape(service)}(?:-fips)?\.[a-z]+(?:-[a-z]+)+-\d+\."
        r"(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)(?::\d+)?(?:/|$)"
    )


@functools.cache
def response_handler(service: str) -> Callable[[Any, str, Any], tuple[int, dict[str, str], bytes]]:
    """Return what moto calls to serve a request that did not come from botocore."""

    def serve(request: Any, full_url: str, _headers: Any) -> tuple[int, dict[str, str], bytes]:
        from membership_mock.engine import running  # the runtime imports this module
        from membership_mock.engine.protocol.http import from_moto

        over_http = "SERVER_SOFTWARE" in getattr(request, "environ", ())
        try:
            answer = running.require().pipeline.serve(service, None, from_moto(request, full_url))
        except UsageError as error:
            if not over_http:
                raise
            # The other program sees what happened; 501 is no status that an SDK tries again.
            headers = {
                "content-type": "application/json",
                "x-amzn-errortype": type(error).__name__,
            }
            return 501, headers, json.dumps({"message": str(error)}).encode()
        except (HTTPClientError, NoConnection) as error:  # a fault that a test has injected
            if not over_http:
                raise
            _hang_up(request)
            headers = {"content-type": "application/json"}
            return 504, headers, json.dumps({"message": str(error)}).encode()
        if answer.delay:
            running.require().pipeline.let_pass(answer.delay)
        if over_http:
            del answer.headers["date"]  # a real server sets its own
        return answer.status, answer.headers, answer.body

    serve.__name__ = f"serve_{service.replace('-', '_')}"
    return serve


def _hang_up(request: Any) -> None:
    """Close the connection that a request came by, if the server shows it; the answer is lost."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        with suppress(OSError):  # the client was faster
            connection.shutdown(socket.SHUT_RDWR)


class _WorldBackends(BackendDict):  # type: ignore[misc]  # moto is untyped here
    """moto's dictionary of backends, for backends that know their world."""

    def __init__(self, backend: type[Backend], world: World) -> None:
        super().__init__(backend, backend.service, use_boto3_regions=False)
        self.world = world

    def _create_account_specific_backend(self, account_id: str) -> None:
        if account_id not in self:
            dict.__setitem__(
                self, account_id, _AccountBackends(account_id, self.backend, self.world)
            )
        if self not in BackendDict._instances:
            BackendDict._instances.append(self)


class _AccountBackends(AccountSpecificBackend):  # type: ignore[misc]  # moto is untyped here
    """The backends of one account, in any region: SDKs learn of new ones late."""

    def __init__(self, account_id: str, backend: type[Backend], world: World) -> None:
        super().__init__(backend.service, account_id, backend, False, None)
        self.world = world

    def __contains__(self, region: object) -> bool:
        return is_region(region)

    def __getitem__(self, region_name: str) -> Any:
        found = dict.get(self, region_name)
        if found is None:
            with self.world.lock:
                found = dict.get(self, region_name)
                if found is None:
                    found = self.backend(region_name, self.account_id, self.world)
                    dict.__setitem__(self, region_name, found)
        return found


_REGION = re.compile(r"[a-z]+(?:-[a-z]+)+-\d+")


def is_region(value: object) -> bool:
    """Return whether ``value`` looks like a region of AWS, known or yet to come."""
    return isinstance(value, str) and _REGION.fullmatch(value) is not None


# --- what moto's configuration says --------------------------------------------------------------


def passes_through(service: str | None, url: str) -> bool:
    """Return whether moto's configuration sends a request to the real network.

    Args:
        service: the id of one of our services; None for all others, which moto finds by the URL.
        url: where the request goes.
    """
    passthrough = default_user_config.get("core", {}).get("passthrough", {})
    if not passthrough.get("services") and not passthrough.get("urls"):
        return False
    url = url.partition("?")[0]
    found = service or moto.backends.get_service_from_url(url)
    return bool((found and passthrough_service(found)) or passthrough_url(url))


def check_whitelist(service: str) -> None:
    """Refuse a service that moto's configuration does not allow, as moto does.

    Raises:
        ServiceNotWhitelisted: there is a list, and the service is not on it.
    """
    if not service_whitelisted(service):
        raise ServiceNotWhitelisted(service)


# --- putting our services into moto, and taking them out ---------------------------------------


class Installation:
    """Our services in moto's registries, from `put` to `remove`.

    Args:
        services: the backend class of each service, by service id.
        world: the state that their backends share.
    """

    def __init__(self, services: Mapping[str, type[Backend]], world: World) -> None:
        self.backends: dict[str, _WorldBackends] = {
            service: _WorldBackends(kind, world) for service, kind in services.items()
        }
        self._services = services
        self._world = world
        self._modules = {service.replace("-", ""): service for service in services}
        self._patterns = [(service, re.compile(host_pattern(service))) for service in services]
        self._patches = Patches()

    def put(
        self, current_account: Callable[[Any], str | None], after_reset: Callable[[], None]
    ) -> None:
        """Enter moto's registries.

        Args:
            current_account: says which account a request of moto's own services comes from; None
                leaves that to moto.
            after_reset: called when moto has emptied all of its backends, whoever asked for it.
        """
        backend_url_patterns[:0] = self._patterns
        patches = self._patches
        find = moto.backends._import_backend
        # These two are imported only when somebody uses them: some releases of moto load every
        # service with its Tagging API.
        late: dict[str, Callable[[], None]] = {
            "organizations": lambda: organizations.install(patches, self._services, self._world),
            "resourcegroupstaggingapi": lambda: tagging.install(patches, self.backends),
        }

        def import_backend(module_name: str, backends_name: str) -> Any:
            service = self._modules.get(module_name)
            if service is not None:
                return self.backends[service]
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
            if module_name in late:
                late.pop(module_name)()
            return found

        patches.set(moto.backends, "_import_backend", import_backend)
        for name in [name for name in late if f"moto.{name}.models" in sys.modules]:
            late.pop(name)()

        moto_says = BaseResponse.get_current_account

        def get_current_account(response: Any) -> str:
            return current_account(response.headers) or moto_says(response)

        patches.set(BaseResponse, "get_current_account", get_current_account)

        moto_resets = BackendDict.reset

        def reset(_: Any) -> None:
            moto_resets()
            after_reset()  # only now: moto holds its own lock while it empties

        patches.set(BackendDict, "reset", classmethod(reset))

        check_name = "_authenticate_and_authorize_action"
        moto_checks = vars(ActionAuthenticatorMixin)[check_name]

        def check(response: Any, *args: Any, **kwargs: Any) -> None:
            if not is_setup_call():  # what sets the scene needs no policy, and is not counted
                moto_checks(response, *args, **kwargs)

        patches.set(ActionAuthenticatorMixin, check_name, check)

    def remove(self) -> None:
        """Leave moto's registries as they were found."""
        self._patches.undo()
        for pattern in self._patterns:
            if pattern in backend_url_patterns:
                backend_url_patterns.remove(pattern)
        for backends in self.backends.values():
            if backends in BackendDict._instances:
                BackendDict._instances.remove(backends)
