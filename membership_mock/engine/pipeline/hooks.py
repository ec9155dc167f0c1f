"""Where a test author may step in between a request and its handler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.context import Context
    from membership_mock.engine.protocol.codec import OperationCodec
    from membership_mock.engine.protocol.http import HttpAnswer, HttpRequest
    from membership_mock.engine.protocol.refusals import Refusals


@dataclass(slots=True)
class InterceptedCall:
    """A call that is valid and authorized, on its way to its handler.

    Attributes:
        context: who called what, where and when.
        request: what was sent.
        arguments: the parameters in snake case; changing them changes what the handler gets.
        codec: writes answers and errors of the operation.
        refusals: how the service words what the engine refuses.
    """

    context: Context
    request: HttpRequest
    arguments: dict[str, Any]
    codec: OperationCodec
    refusals: Refusals


#: Answers a call, by the function that would do so by itself, or without it.
CallHook = Callable[[InterceptedCall, Callable[[], "HttpAnswer"]], "HttpAnswer"]

#: Looks at a call to any service, before anything else does, and may raise: service, operation,
#: account, region.
RequestHook = Callable[[str, str, str, str], None]
