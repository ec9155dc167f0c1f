"""The errors of this package, for two readers.

Usage errors go to the author of a test and say what happened, what was expected and the way out::

    UsageError
    ├── OperationNotMocked      also a NotImplementedError: the operation is not modelled here
    ├── RequestBlocked          a request was about to leave the process, and nobody serves it
    ├── ClientOutlivedMock      a client made inside a mock was used after the mock had ended
    ├── NotRunning              something was asked of a mock that is not running
    ├── SeedRefused             a wanted state is one that AWS would not let come about
    ├── UnexpectedCall          also an AssertionError: strict mode allows no such call
    └── UnfiredFault            also an AssertionError: an injected fault hit no call

Service errors go to the code under test, exactly as AWS would send them::

    ServiceError                one subclass per modelled error, in the service's ``errors.py``

This module imports nothing, so that everybody may import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar


class UsageError(Exception):
    """What the author of a test did, in words that tell the way out."""


class OperationNotMocked(UsageError, NotImplementedError):
    """An operation of a mocked service that this package does not model was called."""


class RequestBlocked(UsageError):
    """A request to AWS that nobody serves was stopped before it reached the network.

    Whatever client was about to send it: botocore, an HTTP client, a socket.
    """


class ClientOutlivedMock(UsageError):
    """A client that was made inside a mock was used after that mock had ended."""


class NotRunning(UsageError, RuntimeError):
    """Something was asked of a mock that has not been started, or has been stopped."""


class SeedRefused(UsageError):
    """A state was wanted of the world that the service's own rules do not let come about."""


class UnexpectedCall(UsageError, AssertionError):
    """A call was made that the strict mode in force does not allow."""


class UnfiredFault(UsageError, AssertionError):
    """A fault was injected, and no call came that it could have hit."""


class ServiceError(Exception):
    """An error that the service itself sends.

    The name of the class is the error code. Status and members come from the error's shape in the
    service model; ``status`` is set only on errors that the model does not know.

    Args:
        message: the text for the caller.
        **fields: the other members of the error's shape, in snake case.

    Attributes:
        headers: further headers of the answer, in lower case.
        delay: how many seconds the answer takes.
    """

    code: ClassVar[str] = ""
    status: ClassVar[int | None] = None
    headers: Mapping[str, str] = MappingProxyType({})
    delay: float = 0.0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = cls.__name__

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields
