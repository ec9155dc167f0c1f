"""Calls that prepare the state of a test: those of seeds, and AWS's own changes to an organization.

AWS's rules apply to them. But they are not calls of the test: they are not recorded, hooks do not
run for them, and no policy has to allow them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_setup_call: ContextVar[bool] = ContextVar("membership_mock_setup_call", default=False)

#: Returns whether the calls of the running thread or task prepare the state of a test.
is_setup_call = _is_setup_call.get


@contextmanager
def setup_calls() -> Iterator[None]:
    """Let every call of the running thread or task inside the block be a setup call."""
    token = _is_setup_call.set(True)
    try:
        yield
    finally:
        _is_setup_call.reset(token)
