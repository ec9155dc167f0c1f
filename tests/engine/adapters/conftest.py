"""Fixtures for the tests of aiobotocore's clients."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long aiobotocore would have slept between its attempts."""
    taken: list[float] = []
    sleep = asyncio.sleep

    async def nap(seconds: float, *args: Any) -> Any:
        taken.append(seconds)
        return await sleep(0, *args)

    monkeypatch.setattr("asyncio.sleep", nap)
    return taken
