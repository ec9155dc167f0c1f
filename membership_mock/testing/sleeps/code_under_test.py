"""Which code virtual time is for: that of the test and what it calls, not what runs the test."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType, ModuleType
from typing import Any, cast
from weakref import WeakSet

#: packages that run, measure or watch tests, or whose sleeps wait for another process; moto's
#: services follow the real time, as the documentation of the clock says
_OTHERS = frozenset(
    (
        "_pydev_bundle",
        "_pydevd_bundle",
        "_pytest",
        "coverage",
        "debugpy",
        "execnet",
        "freezegun",
        "hypothesis",
        "membership_mock",
        "moto",
        "multiprocessing",
        "pluggy",
        "pydevd",
        "pytest",
        "subprocess",
        "time_machine",
        "werkzeug",
        "xdist",
    )
)
#: our own files that run a job of the code under test
_RUN_JOBS = frozenset((__name__, "membership_mock.testing.thread_accounts"))
#: plugins of pytest
_PLUGINS = "pytest_"


def is_code_under_test(frame: FrameType) -> bool:
    """Return whether the code that runs in a frame is the test's, or code that it calls."""
    caller: FrameType | None = frame
    while caller is not None and caller.f_globals.get("__name__") in _RUN_JOBS:
        caller = caller.f_back
    return caller is None or _counts(str(caller.f_globals.get("__name__", "")))


def _counts(module: str) -> bool:
    package = module.partition(".")[0]
    return package not in _OTHERS and not package.startswith(_PLUGINS)


def modules() -> Iterator[tuple[ModuleType, dict[str, Any]]]:
    """Yield the modules that may have imported a function of `time` by its name, and their names.

    Those of the standard library are left out: its locks and queues measure real time.
    """
    standard = sys.stdlib_module_names
    imported: dict[str, object] = dict(sys.modules)
    for name, module in imported.items():
        if (
            name.partition(".")[0] not in standard
            and _counts(name)
            # what says to be a module may be none, and have no names
            and issubclass(type(module), ModuleType)
        ):
            # in this way a module that is imported lazily stays unimported
            yield (
                cast("ModuleType", module),
                dict(object.__getattribute__(module, "__dict__")),
            )


class _Submitted(threading.local):
    """The blocks in which the job was submitted that this thread of a pool does now."""

    blocks: Sequence[Threads] = ()


_submitted = _Submitted()


class Threads:
    """The thread that makes this object, those that start later, and the jobs of both in pools."""

    def __init__(self) -> None:
        self._own = threading.current_thread()
        self._others = WeakSet(threading.enumerate())
        self._others.discard(self._own)

    def has_current(self) -> bool:
        """Return whether the thread that runs is one of them."""
        current = threading.current_thread()
        return current is self._own or current not in self._others or self in _submitted.blocks


def as_submitted(blocks: Sequence[Threads], function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a job that is one of some blocks, whichever thread does it."""

    @functools.wraps(function, assigned=(), updated=())
    def job(*args: Any, **kwargs: Any) -> Any:
        before, _submitted.blocks = _submitted.blocks, blocks
        try:
            return function(*args, **kwargs)
        finally:
            _submitted.blocks = before

    return job
