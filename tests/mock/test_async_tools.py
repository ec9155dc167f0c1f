"""Sessions and clients of aiobotocore that the mock makes, where aiobotocore is not installed.

Where it is, tests/engine/adapters/test_async_clients.py has the rest.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from membership_mock import NotRunning, UsageError, mock_membership


async def entered(context: Any) -> None:
    async with context:
        pass


def test_without_aiobotocore_the_extra_is_named(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "aiobotocore.session", None)
    expected = r'pip install "membership-mock\[async\]"'
    with pytest.raises(UsageError, match=expected):
        membership_mock.async_session()
    with pytest.raises(UsageError, match=expected):
        asyncio.run(entered(membership_mock.async_client("security-ir")))


def test_a_mock_that_is_not_running_makes_none() -> None:
    mock = mock_membership()
    with pytest.raises(NotRunning):
        mock.async_session()
    with pytest.raises(NotRunning):
        asyncio.run(entered(mock.async_client("security-ir")))
