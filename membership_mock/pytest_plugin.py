"""The pytest plugin: fixtures, marker, ini options, trace, a section in a failed test's report.

It is loaded in every run of every project that has the package installed, so it imports nothing
but pytest until a fixture is used.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from weakref import ref

    from membership_mock.engine.activation import StartedMock
    from membership_mock.engine.pipeline.observers import MockObserver, RecordView
    from membership_mock.mock import MembershipMock


def _text(value: str) -> str:
    return value


def _mapping(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise pytest.UsageError(
            f"membership_mock_config has to be a JSON object in one line, not {value!r}: {error}"
        ) from None


def _seed(value: str) -> int | str:
    return int(value) if value.isdecimal() else value


#: The ini options: what their text means, and how to read it.
_INI: dict[str, tuple[str, Callable[[str], Any]]] = {
    "config": ("moto's configuration as a JSON object", _mapping),
    "account": ("account of calls whose credentials name no account (12 digits)", _text),
    "region": ("region of mock.client() and mock.session() when none is given", _text),
    "seed": ("makes ids and tokens repeatable: a number or text", _seed),
    "settle": (
        "when slow changes of a status happen: at the next 'read', or by the mock's 'clock'",
        _text,
    ),
    "strict": ("the only calls that are allowed, as patterns of operations", str.split),
    "now": ("instant at which the clock is frozen, e.g. 2026-01-31T12:00:00Z", _text),
    "unused_plans": (
        "what happens to faults and canned answers that were never used: 'ignore', 'warn', 'error'",
        _text,
    ),
    "unfired_faults": ("deprecated: the older name of membership_mock_unused_plans", _text),
    "unmocked_calls": (
        "what happens at the end to calls that no mock answers: 'ignore', 'warn' or 'error'",
        _text,
    ),
    "missing_region": (
        "region of clients that name none: botocore's 'error', or that of the 'mock'",
        _text,
    ),
    "sleep": ("whether sleeps of the code under test take time: 'real' or 'virtual'", _text),
}

#: The fixtures, by scope.
_FIXTURES = {
    "function": "membership_mock",
    "class": "membership_mock_class",
    "module": "membership_mock_module",
    "session": "membership_mock_session",
}

#: the ini option that guards a run, and the name of its flag on the command line
_GUARD = "membership_mock_guard"
_GUARD_HELP = "let every call to AWS fail that a test makes while no mock is running"

_mock = pytest.StashKey["MembershipMock"]()
_failed = pytest.StashKey[bool]()
_running = pytest.StashKey[list[str]]()
_observer: pytest.StashKey[MockObserver] = pytest.StashKey()
_records = pytest.StashKey[list["RecordView"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options and the trace."""
    for name, (text, _) in _INI.items():
        parser.addini(f"membership_mock_{name}", f"membership_mock: {text}", default=None)
    parser.getgroup("membership_mock").addoption(
        "--membership-mock-trace",
        action="store_true",
        help="print the calls that each test makes to mocked services",
    )
    parser.addini(_GUARD, f"membership_mock: {_GUARD_HELP}", type="bool", default=False)
    parser.getgroup("membership_mock").addoption(
        "--membership-mock-guard", action="store_true", help=_GUARD_HELP
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start the guard before any code of the project is imported."""
    _guard(early_config, early_config.known_args_namespace)


def _guard(config: pytest.Config, options: Any) -> None:
    if getattr(options, _GUARD, False) or config.getini(_GUARD):
        from membership_mock import pytest_guard

        pytest_guard.start(config)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    _guard(config, config.option)
    config.addinivalue_line(
        "markers",
        "membership_mock_real_aws(*operations): let the test call AWS though the run is guarded;"
        " only these operations, e.g. 's3.GetObject' or 'sts.*', or all.",
    )
    config.addinivalue_line(
        "markers",
        f"membership_mock({', '.join(f'{name}=None' for name in _INI)}): options of the fixture"
        " membership_mock; without the fixture in its arguments, start the mock around the test.",
    )


@pytest.fixture(name="membership_mock")
def membership_mock_fixture(request: pytest.FixtureRequest) -> Iterator[MembershipMock]:
    """A running `MembershipMock`, empty for each test; the marker of the same name sets options.

    While a fixture of a wider scope is running, both share one state. The changes of the test are
    undone at its end.
    """
    wider = [node.stash[_mock] for node in request.node.listchain()[:-1] if _mock in node.stash]
    with wider[-1]._isolated() if wider else nullcontext():
        yield from _start(request)


@pytest.fixture(name="membership_mock_class", scope="class")
def membership_mock_class_fixture(request: pytest.FixtureRequest) -> Iterator[MembershipMock]:
    """A running `MembershipMock` that the tests of a class share."""
    yield from _start(request)


@pytest.fixture(name="membership_mock_module", scope="module")
def membership_mock_module_fixture(request: pytest.FixtureRequest) -> Iterator[MembershipMock]:
    """A running `MembershipMock` that the tests of a module share."""
    yield from _start(request)


@pytest.fixture(name="membership_mock_session", scope="session")
def membership_mock_session_fixture(request: pytest.FixtureRequest) -> Iterator[MembershipMock]:
    """A running `MembershipMock` that all tests share; under xdist, all tests of one worker."""
    yield from _start(request)


def _start(request: pytest.FixtureRequest) -> Iterator[MembershipMock]:
    from membership_mock.errors import UsageError
    from membership_mock.mock import mock_membership
    from membership_mock.pytest_owners import refuse_leaked

    __tracebackhide__ = True
    node, scopes = request.node, list(_FIXTURES)
    running = request.session.stash.setdefault(_running, [])
    if any(scopes.index(scope) < scopes.index(request.scope) for scope in running):
        raise UsageError(
            f"{request.fixturename} cannot start while {_FIXTURES[running[-1]]} is running: what"
            " one test has done would stay there for all tests. Ask for it in the arguments of the"
            " test or of a fixture, not with getfixturevalue."
        )
    refuse_leaked(request, _test(request))
    # Also inside a fixture of a wider scope: the plans of a test end with it.
    options = {"unused_plans": "warn", **_options(request)}
    mock = mock_membership(**options).start()
    node.stash[_mock], node.stash[_failed] = mock, False
    running.append(request.scope)
    try:
        yield mock
    finally:
        running.remove(request.scope)
        if request.scope != "function":  # a test's own mock is shown in the report of its tear-down
            del node.stash[_mock]
        failed = AssertionError("the test has failed") if node.stash.get(_failed, False) else None
        mock.__exit__(type(failed), failed)


def _test(request: pytest.FixtureRequest) -> str:
    """Return the id of the test for which a fixture is set up, whatever the fixture's scope."""
    return str(getattr(request, "_pyfuncitem", request.node).nodeid)


@pytest.hookimpl(hookwrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Iterator[None]:
    """Note which fixture has started a mock."""
    before = _started_mocks()
    yield
    _note_owner(request.session, before, _test(request), fixturedef)


def _started_mocks() -> list[StartedMock]:
    running = sys.modules.get("membership_mock.engine.running")
    return running.current_mocks() if running is not None else []


def _note_owner(
    session: pytest.Session,
    before: list[StartedMock],
    test: str,
    fixture: pytest.FixtureDef[Any] | None = None,
) -> None:
    if _started_mocks():
        from membership_mock import pytest_owners

        pytest_owners.note(session, before, test, fixture)


def _node_of(item: pytest.Item, scope: str) -> Any:
    """Return the node that a fixture of a scope belongs to."""
    kind: Any = {"class": pytest.Class, "module": pytest.Module, "session": pytest.Session}
    return (item.getparent(kind[scope]) if scope in kind else None) or item


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give a marked test the fixture, even if its arguments do not name it.

    A fixture of a wider scope is enough if the marker applies to it. A marker at a test does not
    apply to the fixture of its module.
    """
    names = getattr(item, "fixturenames", None)
    marked = next((node for node, _ in item.iter_markers_with_node("membership_mock")), None)
    if names is None or marked is None:
        return
    asked = [scope for scope, name in _FIXTURES.items() if name in names]
    if not any(marked in _node_of(item, scope).listchain() for scope in asked):
        names.insert(
            max((names.index(_FIXTURES[each]) + 1 for each in asked), default=0), "membership_mock"
        )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note the mocks that run during a test, for its report, and for the trace if asked for.

    A mock may be running already, for instance one that `setUpClass` has started.
    """
    before = _started_mocks()
    yield from _observed(item)
    _note_owner(item.session, before, item.nodeid)


def _observed(item: pytest.Item) -> Iterator[None]:
    observers = sys.modules.get("membership_mock.engine.pipeline.observers")
    if observers is None:
        yield from _tracing(item)
        return
    with observers.observing_mocks(_running_before(item)) as item.stash[_observer]:
        yield from _tracing(item)
    del item.stash[_observer]


def _running_before(item: pytest.Item) -> list[ref[Any]]:
    """Return the mocks that run already, except those of this plugin's fixtures."""
    from membership_mock.engine.running import current_mocks

    of_fixtures = [node.stash[_mock] for node in item.listchain() if _mock in node.stash]
    return [mock for mock in current_mocks() if mock() not in of_fixtures]


def _tracing(item: pytest.Item) -> Iterator[None]:
    if not item.config.getoption("membership_mock_trace"):
        yield
        return
    from membership_mock.engine.pipeline.observers import observing_records
    from membership_mock.engine.running import current_record

    with observing_records(current_record()) as item.stash[_records]:
        yield
    del item.stash[_records]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Add the last calls and the state of the world to the report of a failed test."""
    outcome: Any = yield
    report = outcome.get_result()
    if call.excinfo is not None:  # it may have been skipped, or be expected to fail
        item.stash[_failed] = True
    if report.failed:
        for node in item.listchain():
            node.stash[_failed] = True
        mock = _mock_of(item)
        if mock is not None:
            report.sections.append(("membership_mock", _shown(mock.report)))
    if report.when != "teardown":
        return
    if _mock in item.stash:  # the test is over: drop its mock
        del item.stash[_mock]
    if _records in item.stash:
        from membership_mock.testing.trace import trace

        records = item.stash[_records]
        # An attribute of text: under xdist the worker sends it along.
        report.membership_mock_trace = _shown(lambda: trace(records))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the traces, test by test, if they were asked for."""
    if not terminalreporter.config.getoption("membership_mock_trace"):
        return
    reports = [
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "membership_mock_trace", "")
    ]
    if reports:
        terminalreporter.section("calls to mocked services")
    for report in reports:
        terminalreporter.write_line(report.nodeid)
        terminalreporter.write_line(report.membership_mock_trace)


def _mock_of(item: pytest.Item) -> MembershipMock | None:
    """Return the mock of the narrowest scope that a test uses, or the last one that it started."""
    names = getattr(item, "fixturenames", ())
    for node in reversed(item.listchain()):
        if _mock in node.stash and any(name in names for name in _FIXTURES.values()):
            return node.stash[_mock]
    observer = item.stash.get(_observer, None)
    return observer.last if observer else None


def _shown(show: Callable[[], str]) -> str:
    try:
        return show()
    except Exception as error:  # noqa: BLE001  a hook that raises ends the whole run
        return f"The calls and the world cannot be shown: {error!r}"


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Show how two worlds differ when an assertion says that they do not."""
    dumps = sys.modules.get("membership_mock.testing.dumps.dumps")
    if dumps is None or op != "==" or {type(left), type(right)} != {dumps.Dump}:
        return None
    changes = right.difference(left)  # type: ignore[attr-defined]  # both are dumps
    return ["two worlds; what is different in the left one:", *changes.splitlines()]


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the ini options, overridden by the markers, the closest last."""
    from membership_mock.options import renamed

    __tracebackhide__ = True
    in_the_file: dict[str, Any] = {}
    for name, (_, read) in _INI.items():
        value = request.config.getini(f"membership_mock_{name}")
        if value:
            in_the_file[name] = read(value)
    options = renamed(in_the_file, "membership_mock_")
    for marker in reversed(list(request.node.iter_markers("membership_mock"))):
        if marker.args:
            raise TypeError(
                "@pytest.mark.membership_mock takes keyword options only,"
                f" e.g. account='111122223333', not {marker.args!r}."
            )
        options.update(renamed(marker.kwargs))
    return options
