"""The parts of a running mock that moto's services use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from membership_mock.engine.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from membership_mock.engine.moto.event_bridge.event_bridge import EventBridge
    from membership_mock.engine.pipeline.backends import Backends
    from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
    from membership_mock.engine.state.world import World

#: What moto calls to serve a request that did not come from botocore.
ResponseHandler = Callable[[Any, str, Any], tuple[int, dict[str, str], bytes]]

#: Performs an operation of a backend for moto's Tagging API: the backend, the operation, its
#: arguments.
Perform = Callable[[Any, str, dict[str, Any]], Any]


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts of a running mock that moto's services use.

    Attributes:
        backends: the backends of all our services.
        world: the state that they share.
        pipeline: answers requests.
        bridge: delivers events to targets of moto's rules.
        account_of: returns the account of a request to one of moto's own services, by the request's
            headers; None leaves that to moto.
        after_reset: called after moto has emptied all of its backends, for whatever reason.
    """

    backends: Backends
    world: World
    pipeline: RequestPipeline
    bridge: EventBridge
    account_of: Callable[[Any], str | None]
    after_reset: Callable[[], None]
