"""Calls by which a test's scene is set: AWS's rules hold, but they are no calls of the test.

They are not in the record, no fault hits them, and no policy has to allow them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_staging: ContextVar[bool] = ContextVar("membership_mock_staging", default=False)

#: Returns whether the running thread or task is setting a scene.
is_setup_call = _staging.get


@contextmanager
def setup_calls() -> Iterator[None]:
    """Let every call inside the block, of the running thread or task, set the scene."""
    token = _staging.set(True)
    try:
        yield
    finally:
        _staging.reset(token)
