"""Fixtures of the tests of cases: a frozen clock and an account with an active membership."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.frozen_time import freeze_time
from tests.security_ir.scenes import START, member_client


@pytest.fixture
def clock() -> Iterator[Any]:
    """Stop the clock at START; ``tick`` and ``move_to`` move it."""
    with freeze_time(START) as frozen:
        yield frozen


@pytest.fixture
def security_ir(clock: Any, membership_mock: Any) -> Any:
    """Return a client of account 111111111111 in eu-west-1, which has an active membership."""
    return member_client(membership_mock)
