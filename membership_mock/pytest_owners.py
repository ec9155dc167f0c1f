"""Who has started the mocks that are running: a test, or a fixture that it used.

A fixture of this package does not start inside a mock that an earlier test has left running.
`membership_mock.pytest_plugin` imports this file when the first mock runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from membership_mock.engine.activation import StartedMock
from membership_mock.engine.running import current_mocks
from membership_mock.errors import UsageError


@dataclass(frozen=True)
class _Owner:
    """Who has started a mock: a test, or a fixture that it used."""

    mock: StartedMock
    test: str
    fixture: pytest.FixtureDef[Any] | None


_owners = pytest.StashKey[dict[int, _Owner]]()


def note(
    session: pytest.Session,
    before: list[StartedMock],
    test: str,
    fixture: pytest.FixtureDef[Any] | None = None,
) -> None:
    """Note who has started the mocks that were not running before.

    Args:
        session: of the run.
        before: the mocks that were running before.
        test: the id of the test.
        fixture: what has started them; None if it was the test itself.
    """
    known = {id(mock) for mock in before}
    for mock in current_mocks():
        if id(mock) not in known:
            owners = session.stash.setdefault(_owners, {})
            owner = owners.get(id(mock))
            if owner is None or owner.mock is not mock:
                owners[id(mock)] = _Owner(mock, test, fixture)


def refuse_leaked(request: pytest.FixtureRequest, test: str) -> None:
    """Refuse to share the world of a mock that an earlier test has left running.

    A mock is shared on purpose if this test has started it, or a fixture that is still active
    (`setUpClass` and `setup_module` are fixtures as well), or if no test has: a `conftest.py`.

    Args:
        request: of the fixture that is about to start.
        test: the id of the test that it is set up for.

    Raises:
        UsageError: an earlier test has left one.
    """
    for mock in current_mocks():
        owner = request.session.stash.setdefault(_owners, {}).get(id(mock))
        if owner is None or owner.mock is not mock:
            continue
        if owner.fixture.cached_result is None if owner.fixture else owner.test != test:
            raise UsageError(
                f"{request.fixturename} cannot start: a mock that was started at {mock.at}, in"
                f" {owner.test}, is still running, and its world would be shared. Stop it where it"
                " is started: `with mock_membership():`, or `addCleanup(mock.stop)` in setUp,"
                " `addClassCleanup(mock.stop)` in setUpClass."
            )
