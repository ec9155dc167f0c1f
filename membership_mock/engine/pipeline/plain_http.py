"""Plain HTTP that a service serves outside its API, such as the storage behind presigned URLs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from membership_mock.engine.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from membership_mock.engine.state.world import World


@dataclass(frozen=True, slots=True)
class PlainHttpRequest:
    """A request of an HTTP client that is not an SDK.

    Attributes:
        method: upper case.
        url: the whole URL.
        headers: a mapping that ignores case.
        body: the bytes of the body.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class PlainHttpResponse:
    """The answer to a `PlainHttpRequest`."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class PlainHttpEndpoint:
    """URLs that a service serves while the mock runs.

    Attributes:
        pattern: matches the URL (without its query) from the beginning.
        serve: called with the world, whose lock is held, and the request.
    """

    pattern: re.Pattern[str]
    serve: Callable[[World, PlainHttpRequest], PlainHttpResponse]
