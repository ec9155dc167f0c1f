"""Replaces attributes of other libraries while a mock runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import FunctionType
from typing import Any

#: the attribute of a replacement that holds its original
_REPLACES = "__membership_mock_replaces__"

#: stands for the original of an attribute that the owner did not have
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class _Replaces:
    """The original of a replacement, and whether its mock has ended."""

    original: Any
    is_over: Callable[[], bool]


class Patches:
    """Replaced attributes, put back in reverse order by `undo`.

    Another tool may keep a replacement of ours for longer than the mock runs, and put it back
    later: pytest's `monkeypatch` does so with whatever it has replaced. So each replacement calls
    the original function as soon as its patches are undone, and `original` finds the original
    behind such a replacement.
    """

    def __init__(self) -> None:
        self._originals: list[tuple[Any, str, Any, Any]] = []
        self._undone = False

    def original(self, owner: Any, name: str) -> Any:
        """Return the attribute that is to be replaced, without the replacement of an ended mock.

        The original is restored as well, so that replacements do not accumulate.
        """
        found = vars(owner)[name]
        while (leftover := getattr(found, _REPLACES, None)) is not None and leftover.is_over():
            found = leftover.original
            setattr(owner, name, found)
        return getattr(owner, name)

    def set(self, owner: Any, name: str, value: Any, *, asks_itself: bool = False) -> None:
        """Replace an attribute, or add one that is removed again.

        Args:
            owner: the class or module that has the attribute.
            name: the attribute.
            value: the replacement.
            asks_itself: whether the function checks by itself that a mock is running.
        """
        original = vars(owner).get(name, _ABSENT)
        ours = value if asks_itself else self._calling_original_when_undone(value, original)
        replaces = _Replaces(original, lambda: self._undone)
        with suppress(AttributeError, TypeError):  # a value that is not a function
            setattr(getattr(ours, "__func__", ours), _REPLACES, replaces)
        self._originals.append((owner, name, original, ours))
        setattr(owner, name, ours)

    def undo(self) -> None:
        """Restore every attribute, except for those that another tool has replaced since then."""
        self._undone = True
        while self._originals:
            owner, name, original, ours = self._originals.pop()
            if vars(owner).get(name) is not ours:
                continue
            if original is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, original)

    def _calling_original_when_undone(self, value: Any, original: Any) -> Any:
        """Return a replacement that calls the original once the patches are undone."""
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
