"""The guard of a whole run of pytest: which test called, what a marker allows, swallowed errors.

`membership_mock.pytest_plugin` starts it if the ini option or the flag asks for it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import pytest

from membership_mock.engine.adapters.suite_guard import decision, installation
from membership_mock.errors import RequestBlocked, UsageError

_NAME = "membership_mock_guard"
MARKER = "membership_mock_real_aws"

_allowances = pytest.StashKey[ExitStack]()
_refused = pytest.StashKey[list[Exception]]()


def start(config: pytest.Config) -> None:
    """Guard a run from now on to its end; nothing happens if it is guarded already."""
    if not config.pluginmanager.has_plugin(_NAME):
        guard = decision.SuiteGuard()
        config.pluginmanager.register(_Plugin(guard), _NAME)
        installation.put(guard)
        config.add_cleanup(lambda: installation.remove(guard))


def real_aws(*operations: str) -> AbstractContextManager[None]:
    """Allow calls to the real AWS inside the block, in a run with the guard.

    It applies to all threads, and does nothing in a run without the guard. While a mock is running,
    the mock decides.

    Args:
        *operations: the only ones, as ``s3.GetObject``, or patterns such as ``sts.*``; everything
            when none is given, also what other HTTP clients than botocore send.

    Raises:
        UsageError: an operation names no service, or one that AWS does not have.
    """
    return decision.allowing(_patterns(operations))


def _patterns(operations: tuple[Any, ...]) -> decision.Patterns | None:
    if not operations:
        return None
    from membership_mock.testing.strict import check_pattern

    found = []
    for each in operations:
        if isinstance(each, str) and "." not in each:
            raise UsageError(
                f"{each!r} names no service: write it with the service's id, e.g. 's3.GetObject'"
                " or 's3.*'."
            )
        found.append(check_pattern(each))
    return found


class _Plugin:
    """The hooks of a guarded run."""

    def __init__(self, guard: decision.SuiteGuard) -> None:
        self._guard = guard

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        """Report calls of a module that is imported."""
        with self._at(f"at the import of {collector.nodeid or 'a conftest.py'}"):
            report = yield
        refused = self._guard.take_refused()
        if refused and report.outcome != "failed":
            report.outcome, report.longrepr = "failed", _swallowed(refused)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Let what a marker has allowed end with the test."""
        with ExitStack() as item.stash[_allowances]:
            try:
                return (yield)
            finally:
                self._guard.where = f"after {item.nodeid}"

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Read the marker, and guard the fixtures."""
        marker = item.get_closest_marker(MARKER)
        if marker is not None:
            if marker.kwargs:
                raise UsageError(
                    f"@pytest.mark.{MARKER} takes operations only, e.g. 's3.GetObject', not"
                    f" {', '.join(f'{name}={value!r}' for name, value in marker.kwargs.items())}."
                )
            item.stash[_allowances].enter_context(real_aws(*marker.args))
        with self._guarded(item, "in the set-up of "):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Guard the test."""
        with self._guarded(item, "in "):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Guard the tear-down of fixtures."""
        with self._guarded(item, "in the tear-down of "):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Name the refused calls in the report of a test that failed with another error."""
        report = yield
        refused = item.stash.get(_refused, [])
        item.stash[_refused] = []
        told = str(report.longrepr) if report.failed and refused else ""
        untold = dict.fromkeys(str(each) for each in refused if not _is_in(each, told))
        if report.failed and untold:
            report.sections.append(("membership_mock_guard", "\n".join(untold)))
        return report

    @contextmanager
    def _at(self, where: str) -> Iterator[None]:
        before, self._guard.where = self._guard.where, where
        try:
            yield
        finally:
            self._guard.where = before

    @contextmanager
    def _guarded(self, item: pytest.Item, phase: str) -> Iterator[None]:
        """Fail at the end of a phase in which the code has caught a refusal and gone on.

        Raises:
            RequestBlocked: it has.
        """
        item.stash[_refused] = []
        try:
            with self._at(f"{phase}{item.nodeid}"):
                yield
        except BaseException:
            item.stash[_refused] = self._guard.take_refused()
            raise
        refused = self._guard.take_refused()
        if refused:
            raise RequestBlocked(_swallowed(refused))


def _is_in(error: Exception, text: str) -> bool:
    """Return whether a report shows an error, whose lines it may indent."""
    return str(error).partition("\n")[0] in text


def _swallowed(refused: list[Exception]) -> str:
    texts = "\n".join(dict.fromkeys(str(each) for each in refused))
    return (
        f"{texts}\n"
        "    The test, or code that it calls, has caught the error and gone on, so it is raised"
        " here again."
    )
