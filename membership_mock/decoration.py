"""Putting a mock around functions, coroutines, generators and test classes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

#: Returns a new mock, to be entered for one call.
MakeMock = Callable[[], AbstractContextManager[Any]]


def decorated(target: Any, make_mock: MakeMock) -> Any:
    """Return ``target``, with a mock of its own around each call, or each test of a class.

    Raises:
        TypeError: ``target`` is neither a function nor a class.
    """
    if isinstance(target, type):
        return _decorate_class(target, make_mock)
    if callable(target) and not _is_fixture(target):
        return _decorate_function(target, make_mock)
    raise TypeError(
        f"mock_membership cannot decorate {target!r}: it takes functions and classes."
        + (
            " Put @mock_membership below @pytest.fixture, next to the function."
            if _is_fixture(target)
            else " Options have names, e.g. mock_membership(account='111122223333')."
        )
    )


def _is_fixture(target: object) -> bool:
    return type(target).__name__ == "FixtureFunctionDefinition" or hasattr(
        target, "_pytestfixturefunction"
    )


def _decorate_function(function: Any, make_mock: MakeMock) -> Any:
    """Return ``function`` with a mock of its own around each call."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            with make_mock():
                return await function(*args, **kwargs)

        return coroutine
    if inspect.isasyncgenfunction(function):

        @functools.wraps(function)
        async def async_generator(*args: Any, **kwargs: Any) -> Any:
            with make_mock():
                inner = function(*args, **kwargs)
                try:
                    value = await inner.__anext__()
                    while True:
                        try:
                            sent = yield value
                        except BaseException as thrown:  # noqa: BLE001, PERF203  the inner one's
                            value = await inner.athrow(thrown)
                        else:
                            value = await inner.asend(sent)
                except StopAsyncIteration:
                    return
                finally:
                    await inner.aclose()

        return async_generator
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def generator(*args: Any, **kwargs: Any) -> Any:
            with make_mock():
                return (yield from function(*args, **kwargs))

        return generator

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with make_mock():
            return function(*args, **kwargs)

    return call


def _decorate_class(cls: type, make_mock: MakeMock) -> type:
    """Put one mock around each test of a class: around its set-up, the test and its tear-down."""
    import unittest  # only now, because it takes long to import

    if issubclass(cls, unittest.TestCase):
        # `run` contains the whole test, with asyncSetUp and the clean-ups.
        for name in ("run", "debug"):
            setattr(cls, name, _decorate_run(getattr(cls, name), make_mock))
        return cls
    for name, attribute in list(vars(cls).items()):
        if isinstance(attribute, type) and name.startswith("Test"):
            _decorate_class(attribute, make_mock)
        elif name.startswith("test") and inspect.isfunction(attribute):
            # Under pytest, setup_method has started a mock already; this one shares its world.
            setattr(cls, name, _decorate_function(attribute, make_mock))
    _wrap_setup_and_teardown(cls, make_mock)
    _wrap_subclasses(cls, make_mock)
    return cls


def _decorate_run(run: Any, make_mock: MakeMock) -> Any:
    """Return a `unittest.TestCase.run` with a mock around it, stopped by the last clean-up.

    An error that the mock raises at its end is then an error of this test, not of the whole run.
    """

    @functools.wraps(run)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        clean_up = self.doCleanups
        mock = make_mock()

        def stop(error: BaseException | None = None) -> None:
            if mocks:
                mocks.pop().__exit__(type(error) if error else None, error, None)

        def clean_up_and_stop() -> Any:
            clean_up()
            fine = getattr(getattr(self, "_outcome", None), "success", True)
            failed = None if fine else AssertionError("the test has failed")
            self.addCleanup(stop, failed)
            return clean_up()

        mock.__enter__()
        mocks = [mock]
        self.doCleanups = clean_up_and_stop
        try:
            return run(self, *args, **kwargs)
        except BaseException as error:
            stop(error)
            raise
        finally:
            self.doCleanups = clean_up
            stop()  # of a test that was skipped, or debugged

    return call


def _wrap_setup_and_teardown(cls: Any, make_mock: MakeMock) -> None:
    """Start a mock before pytest's ``setup_method`` and stop it after ``teardown_method``."""
    set_up = getattr(cls, "setup_method", None)
    tear_down = getattr(cls, "teardown_method", None)
    marker = object()

    def stop(self: Any) -> None:
        # A subclass may override both methods and call only one of those that it overrides.
        started = vars(self).get("_membership_mocks", [])
        if any(each is marker for each, _ in started):
            last: object = None
            while last is not marker:
                last, mock = started.pop()
                mock.__exit__(None, None, None)

    def setup_method(self: Any, method: Any = None) -> None:
        mock = make_mock().__enter__()
        vars(self).setdefault("_membership_mocks", []).append((marker, mock))
        try:
            if set_up is not None:
                _call(set_up, self, method)
        except BaseException:
            stop(self)
            raise

    def teardown_method(self: Any, method: Any = None) -> None:
        try:
            if tear_down is not None:
                _call(tear_down, self, method)
        finally:
            stop(self)

    cls.setup_method = setup_method
    cls.teardown_method = teardown_method


def _wrap_subclasses(cls: Any, make_mock: MakeMock) -> None:
    """Do the same for subclasses that override ``setup_method`` or ``teardown_method``."""
    own = vars(cls).get("__init_subclass__")

    def __init_subclass__(subclass: Any, /, **kwargs: Any) -> None:  # noqa: N807
        if own is None:
            super(cls, subclass).__init_subclass__(**kwargs)
        else:
            own.__func__(subclass, **kwargs)
        if not vars(subclass).keys().isdisjoint(("setup_method", "teardown_method")):
            _wrap_setup_and_teardown(subclass, make_mock)

    cls.__init_subclass__ = classmethod(__init_subclass__)


def _call(function: Any, self: Any, method: Any) -> None:
    """Call a set-up or tear-down, which may take the test method or not."""
    if len(inspect.signature(function).parameters) > 1:
        function(self, method)
    else:
        function(self)
