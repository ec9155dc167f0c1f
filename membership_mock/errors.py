"""The errors of this package.

Usage errors go to the author of a test and say what happened, what was expected and what to do::

    UsageError
    ├── OperationNotMocked      also a NotImplementedError: the operation is not mocked
    ├── RequestBlocked          a request to AWS was about to leave the process
    ├── ClientOutlivedMock      a client made inside a mock was used after the mock had ended
    ├── NotRunning              a mock was used that is not running
    ├── SeedRefused             a seed asked for a state that AWS does not allow
    ├── UnexpectedCall          also an AssertionError: strict mode does not allow the call
    ├── HookFailed              also an AssertionError: the action of a hook raised an error
    └── UnusedPlan              also an AssertionError: a canned answer or a hook was never used
        └── UnfiredFault        a fault applied to no call, or a planned ending was not used

Service errors go to the code under test, exactly as AWS would send them::

    ServiceError                one subclass per modelled error, in the service's ``errors.py``

This module imports nothing of the package, so that every other module can import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar


class UsageError(Exception):
    """A wrong use of the mock in a test; the message says what to do instead."""


class OperationNotMocked(UsageError, NotImplementedError):
    """The code called an operation of one of the three services that is not mocked.

    Over the server, it is also the error of an operation that moto does not mock.
    """


class RequestBlocked(UsageError):
    """A request to AWS that no mock answers was blocked before it reached the network.

    botocore, another HTTP client or a socket was about to send it.
    """


class ClientOutlivedMock(UsageError):
    """A client that was made inside a mock was used after that mock had ended."""


class NotRunning(UsageError, RuntimeError):
    """A mock was used before it was started or after it was stopped."""


class SeedRefused(UsageError):
    """A seed asked for a state that the rules of the service do not allow."""


class UnexpectedCall(UsageError, AssertionError):
    """A call was made that strict mode does not allow."""


class HookFailed(UsageError, AssertionError):
    """The action of a hook has raised an error, which is the ``__cause__`` of this one."""


class UnusedPlan(UsageError, AssertionError):
    """A plan of the test, e.g. a canned answer, was never used."""


class UnfiredFault(UnusedPlan):
    """An injected fault has applied to no call, or a planned ending was not used."""


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
