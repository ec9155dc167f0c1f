"""Account Management's operations on the regions of an account, which read and change the world.

moto has the service since its release 5.1.21, without these operations; with an older one, these
operations are the whole service.

Source: the API reference of Account Management; its guide on regions. The texts are inferred.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.utilities.utils import PARTITION_NAMES

from membership_mock.engine.protocol.regions import (
    REGIONS_WITHOUT_OPT_IN,
    partition_of,
    regions_of,
)
from membership_mock.engine.state.opt_in import change_region, status_of

if TYPE_CHECKING:
    from membership_mock.engine.moto.patches import Patches
    from membership_mock.engine.state.world import World

_MOST = 50
_STATUSES = {"ENABLED", "ENABLING", "DISABLING", "DISABLED", "ENABLED_BY_DEFAULT"}

_HOST = r"https?://account\.[^/]+\.amazonaws\.com"
#: finds the service by the host, as moto's own pattern does
PATTERN = re.compile(_HOST)


def install(patches: Patches, world: Callable[[], World]) -> None:
    """Let moto's Account Management answer for regions.

    Args:
        patches: undone when the mock ends.
        world: returns the state.
    """
    responses = importlib.import_module("moto.account.responses")
    urls = importlib.import_module("moto.account.urls")
    kind = responses.AccountResponse
    paths = dict(urls.url_paths)
    for path, name, answer in _OPERATIONS:
        paths[f"{{0}}/{path}$"] = kind.dispatch
        patches.set(kind, name, _method(answer, world))
    patches.set(urls, "url_paths", paths)


@cache
def moto_has_the_service() -> bool:
    """Return whether this release of moto has Account Management."""
    return importlib.util.find_spec("moto.account") is not None


def own_backends(world: Callable[[], World]) -> BackendDict:
    """Return the backends of the service for a moto that does not have it."""

    class AccountResponse(BaseResponse):  # type: ignore[misc]  # moto is untyped here
        def __init__(self) -> None:
            super().__init__(service_name="account")

    for _, name, answer in _OPERATIONS:
        setattr(AccountResponse, name, _method(answer, world))

    class AccountBackend(BaseBackend):  # type: ignore[misc]  # moto is untyped here
        url_bases = (_HOST,)

        @property
        def urls(self) -> dict[str, Any]:
            return {f"{_HOST}{path}": handler for path, handler in self.url_paths.items()}

        @property
        def url_paths(self) -> dict[str, Any]:
            return {f"/{path}$": AccountResponse.dispatch for path, _, _ in _OPERATIONS}

        @property
        def flask_paths(self) -> dict[str, Any]:
            return {f"/{path}": AccountResponse.dispatch for path, _, _ in _OPERATIONS}

    return BackendDict(
        AccountBackend, "account", use_boto3_regions=False, additional_regions=PARTITION_NAMES
    )


Answer = Callable[["_Call"], dict[str, Any] | None]


def _method(answer: Answer, world: Callable[[], World]) -> Callable[[Any], Any]:
    def respond(response: Any) -> Any:
        current = world()
        with current.lock:
            result = answer(_Call(response, current))
        return EmptyResult() if result is None else ActionResult(result)

    return respond


class _Call:
    """One call to Account Management."""

    def __init__(self, response: Any, world: World) -> None:
        self.get: Callable[[str], Any] = response._get_param
        self.world = world
        self.account_id: str = self.get("AccountId") or response.current_account
        if not re.fullmatch(r"\d{12}", self.account_id):
            raise JsonRESTError("ValidationException", "The AccountId is not valid.")
        self.partition = partition_of(response.region)

    def region(self) -> str:
        """Return the region that the call names.

        Raises:
            JsonRESTError: there is no such region in the partition.
        """
        name = str(self.get("RegionName"))
        if name not in regions_of(self.partition):
            raise JsonRESTError("ValidationException", f"The Region {name} does not exist.")
        return name

    def status(self, region: str, *, read: bool = True) -> str:
        """Return the status of a region."""
        if region in REGIONS_WITHOUT_OPT_IN.get(self.partition, ()):
            return "ENABLED_BY_DEFAULT"
        now = self.world.clock.now()
        return status_of(self.world, self.account_id, region, now, read=read)


def _list_regions(call: _Call) -> dict[str, Any]:
    wanted = call.get("RegionOptStatusContains")
    if unknown := set(wanted or ()) - _STATUSES:
        raise JsonRESTError(
            "ValidationException", f"{', '.join(sorted(unknown))} is not the status of a Region."
        )
    found = [(name, call.status(name)) for name in regions_of(call.partition)]
    shown = [
        {"RegionName": name, "RegionOptStatus": status}
        for name, status in found
        if not wanted or status in wanted
    ]
    token = str(call.get("NextToken") or "0")
    if not token.isdecimal() or int(token) > len(shown):
        raise JsonRESTError("ValidationException", "The NextToken is not valid.")
    end = int(token) + int(call.get("MaxResults") or _MOST)
    answer: dict[str, Any] = {"Regions": shown[int(token) : end]}
    if end < len(shown):
        answer["NextToken"] = str(end)
    return answer


def _get_status(call: _Call) -> dict[str, Any]:
    region = call.region()
    return {"RegionName": region, "RegionOptStatus": call.status(region)}


def _enable(call: _Call) -> None:
    _change(call, enables=True)


def _disable(call: _Call) -> None:
    _change(call, enables=False)


def _change(call: _Call, *, enables: bool) -> None:
    """Enable or disable a region; a repetition changes nothing (inferred)."""
    region = call.region()
    status = call.status(region, read=False)
    if status == "ENABLED_BY_DEFAULT":
        raise JsonRESTError(
            "ValidationException",
            f"The Region {region} is enabled by default and cannot be enabled or disabled.",
        )
    if status in ("ENABLING", "DISABLING") and (status == "ENABLING") != enables:
        raise JsonRESTError("ConflictException", f"The Region {region} is {status}.")
    if status in (("DISABLED",) if enables else ("ENABLED",)):
        change_region(call.world, call.account_id, region, call.world.clock.now(), enables=enables)


_OPERATIONS: tuple[tuple[str, str, Answer], ...] = (
    ("listRegions", "list_regions", _list_regions),
    ("getRegionOptStatus", "get_region_opt_status", _get_status),
    ("enableRegion", "enable_region", _enable),
    ("disableRegion", "disable_region", _disable),
)
