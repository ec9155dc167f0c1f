"""Counts the work of a call, which does not depend on the machine.

What is counted are the lines that the package executes, and the attributes of stored objects, and of
moto's accounts and units, that it reads, which C code such as `sorted` asks for too.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from moto.organizations import models as organizations

import membership_mock as package
from membership_mock.engine import running

T = TypeVar("T")

_ROOT = str(Path(package.__file__).parent)


def least_work(act: Callable[[], object]) -> int:
    """Count a call three times, and return the least.

    What a call does now and then, as a finalizer that the garbage collector runs or a text that is
    made once a second, is no cost of the page.
    """
    return min(work(act)[0] for _ in range(3))


def work(act: Callable[[], T]) -> tuple[int, T]:
    """Count what the package does in a call, and return that with what the call returns.

    Instructions would be no measure: how many there are depends on what the interpreter has
    specialized so far.
    """
    count = 0

    def trace(frame: Any, event: str, _: Any) -> Any:
        nonlocal count
        if event == "call" and not frame.f_code.co_filename.startswith((_ROOT, __file__)):
            return None
        if event in ("call", "line"):
            count += 1
        return trace

    with _attributes_traced():
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            returned = act()
        finally:
            sys.settrace(before)
    return count, returned


@contextmanager
def _attributes_traced() -> Iterator[None]:
    """Let every attribute of a stored object or an account be read by a counted function."""

    def read(self: object, name: str) -> Any:
        return object.__getattribute__(self, name)

    kinds = {
        *_kept(frozenset(running.require().world._stores)),
        organizations.FakeAccount,
        organizations.FakeOrganizationalUnit,
    }
    for kind in kinds:
        kind.__getattribute__ = read  # type: ignore[method-assign]
    try:
        yield
    finally:
        for kind in kinds:
            del kind.__getattribute__  # type: ignore[misc]


@cache
def _kept(stores: frozenset[tuple[type[Any], Any]]) -> set[type[Any]]:
    """Return the classes of the objects that stand in stores: those of their modules."""
    modules = {sys.modules[kind.__module__] for kind, _ in stores}
    return {
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type)
        and dataclasses.is_dataclass(each)
        and each.__module__.startswith(f"{package.__name__}.")
    }
