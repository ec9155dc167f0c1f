"""Attributes of other libraries that are replaced while a mock runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import FunctionType
from typing import Any

#: where a replacement keeps what it stands in for
_REPLACES = "__membership_mock_replaces__"


@dataclass(frozen=True, slots=True)
class _Replaces:
    """What a replacement stands in for, and whether its mock has ended."""

    original: Any
    is_over: Callable[[], bool]


class Patches:
    """Replaced attributes, put back in reverse order by `undo`.

    Another tool may keep a replacement of ours for longer than the mock runs, and put it back
    later: pytest's `monkeypatch` does so with whatever it has replaced. So each function that we
    put in passes to the original one as soon as its patches are undone, and `original` finds the
    original behind such a function.
    """

    def __init__(self) -> None:
        self._originals: list[tuple[Any, str, Any, Any]] = []
        self._undone = False

    def original(self, owner: Any, name: str) -> Any:
        """Return the attribute that is to be replaced, without what an ended mock has left there.

        It is put back in place as well, so that mocks do not pile up.
        """
        found = vars(owner)[name]
        while (leftover := getattr(found, _REPLACES, None)) is not None and leftover.is_over():
            found = leftover.original
            setattr(owner, name, found)
        return getattr(owner, name)

    def set(self, owner: Any, name: str, value: Any, *, asks_itself: bool = False) -> None:
        """Replace an attribute.

        Args:
            owner: the class or module that the attribute stands on.
            name: the attribute.
            value: what takes its place.
            asks_itself: the function finds out by itself whether a mock is running.
        """
        original = vars(owner)[name]
        ours = value if asks_itself else self._passing_on(value, original)
        replaces = _Replaces(original, lambda: self._undone)
        with suppress(AttributeError, TypeError):  # a value that is no function
            setattr(getattr(ours, "__func__", ours), _REPLACES, replaces)
        self._originals.append((owner, name, original, ours))
        setattr(owner, name, ours)

    def undo(self) -> None:
        """Put every attribute back as it was, but what another tool has replaced since then."""
        self._undone = True
        while self._originals:
            owner, name, original, ours = self._originals.pop()
            if vars(owner).get(name) is ours:
                setattr(owner, name, original)

    def _passing_on(self, value: Any, original: Any) -> Any:
        """Return a replacement that passes to the original once the patches are undone."""
        if isinstance(value, FunctionType) and callable(original):
            return self._switch(value, original)
        if isinstance(value, classmethod) and isinstance(original, classmethod):
            return classmethod(self._switch(value.__func__, original.__func__))
        return value

    def _switch(
        self, replacement: Callable[..., Any], original: Callable[..., Any]
    ) -> Callable[..., Any]:
        @functools.wraps(original)
        def switch(*args: Any, **kwargs: Any) -> Any:
            return (original if self._undone else replacement)(*args, **kwargs)

        return switch
