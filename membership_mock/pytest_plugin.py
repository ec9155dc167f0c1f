"""The pytest plugin: fixture, marker, ini options, and a section in the report of a failed test.

It is loaded in every run of every project that has the package installed, so it imports nothing
but pytest until the fixture is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from membership_mock.mock import MembershipMock

_INI = {
    "account": "account of every call that names none (12 digits)",
    "region": "region of mock.client() and mock.session() when none is given",
    "seed": "what ids and tokens are made from",
    "settle": "when states that take minutes on AWS settle: at the next 'read', or by the 'clock'",
    "now": "where the clock stands still from the start, e.g. 2026-01-31T12:00:00Z",
}

_running = pytest.StashKey["MembershipMock"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options."""
    for name, text in _INI.items():
        parser.addini(f"membership_mock_{name}", f"membership_mock: {text}", default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        "membership_mock(config=None, account=None, region=None): options of the fixture"
        " membership_mock; without the fixture in its arguments, start the mock around the test.",
    )


@pytest.fixture(name="membership_mock")
def membership_mock_fixture(request: pytest.FixtureRequest) -> Iterator[MembershipMock]:
    """A running `MembershipMock`, fresh for each test; the marker of the same name sets options."""
    from membership_mock.mock import mock_membership

    with mock_membership(**_options(request)) as mock:
        request.node.stash[_running] = mock
        yield mock


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a marked test have the fixture even if its arguments do not name it."""
    names = getattr(item, "fixturenames", ["membership_mock"])
    if "membership_mock" not in names and item.get_closest_marker("membership_mock"):
        names.insert(0, "membership_mock")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Add the last calls and the state of the world to the report of a failed test."""
    outcome: Any = yield
    report = outcome.get_result()
    mock = item.stash.get(_running, None)
    if mock is not None and report.failed:
        try:
            text = mock.report()
        except Exception as error:  # noqa: BLE001  a hook that raises ends the whole run
            text = f"The calls and the world cannot be shown: {error!r}"
        report.sections.append(("membership_mock", text))


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the ini options, overridden by the markers, the closest last."""
    options: dict[str, Any] = {}
    for name in _INI:
        value = request.config.getini(f"membership_mock_{name}")
        if value:
            options[name] = value
    for marker in reversed(list(request.node.iter_markers("membership_mock"))):
        if marker.args:
            raise TypeError(
                "@pytest.mark.membership_mock takes keyword options only,"
                f" e.g. account='111122223333', not {marker.args!r}."
            )
        options.update(marker.kwargs)
    return options
