"""Parameters of a request to CloudFormation, kept while the request is answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import field

from membership_mock.engine.lazy_dataclasses import dataclass


@dataclass(frozen=True)
class StackRequest:
    """The parameters of a request to CloudFormation that moto does not pass on.

    Attributes:
        access_key: the key that signed the request; empty if IAM policies do not apply.
        security_token: the session token of the key.
        on_failure: ``ROLLBACK``, ``DELETE`` or ``DO_NOTHING``.
        retained: the logical ids of the resources that are not to be deleted with the stack.
        stack_set_tags: the tags of the stack set that the stack belongs to.
        retains_stacks: whether stacks that leave a stack set stay as stacks of their own.
        organizational_units: the units whose accounts an operation on a stack set affects.
    """

    access_key: str = ""
    security_token: str = ""
    on_failure: str = "ROLLBACK"
    retained: tuple[str, ...] = ()
    stack_set_tags: Mapping[str, str] = field(default_factory=dict)
    retains_stacks: bool = False
    organizational_units: tuple[str, ...] = ()


_current: ContextVar[StackRequest | None] = ContextVar(
    "membership_mock_stack_request", default=None
)


def current_request() -> StackRequest:
    """Return the request that is being answered."""
    return _current.get() or StackRequest()


@contextmanager
def answering(request: StackRequest) -> Iterator[None]:
    """Let changes of stacks inside the block use the parameters of a request."""
    token = _current.set(request)
    try:
        yield
    finally:
        _current.reset(token)
