"""What the tests of Clean Rooms have besides the common fixtures."""

from __future__ import annotations

import pytest

from membership_mock.cleanrooms.backend import CleanRoomsBackend
from membership_mock.services import SERVICES


@pytest.fixture(autouse=True)
def _clean_rooms_is_mocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SERVICES, "cleanrooms", CleanRoomsBackend)
