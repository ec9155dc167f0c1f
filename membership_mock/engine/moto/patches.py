"""Replaces attributes of other libraries while a mock runs.

Making a replacement takes longer than setting it. So those that are the same for every mock are
made once per process (`KeptPatches`), set at each start and put back at each end.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from contextlib import suppress
from types import FunctionType
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass

#: the attribute of a replacement that holds its original
_REPLACES = "__membership_mock_replaces__"

#: stands for the original of an attribute that the owner did not have
_ABSENT = object()

#: the owner of an attribute, its name, its original and its replacement
Replaced = tuple[Any, str, Any, Any]
#: the owner of an attribute, its name, and what it was when a decision was based on it
Consulted = tuple[Any, str, Any]


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
        self._replaced: list[Replaced] = []
        self._consulted: list[Consulted] = []
        self._undone = False

    def original(self, owner: Any, name: str) -> Any:
        """Return the attribute that is to be replaced, without the replacement of an ended mock.

        The original is restored as well, so that replacements do not accumulate.
        """
        found = vars(owner)[name]
        while (leftover := getattr(found, _REPLACES, None)) is not None and leftover.is_over():
            found = leftover.original
            setattr(owner, name, found)
        self._consulted.append((owner, name, found))
        return getattr(owner, name)

    def has(self, owner: Any, name: str) -> bool:
        """Return whether an owner has an attribute of its own, which it may not inherit."""
        found = vars(owner).get(name, _ABSENT)
        self._consulted.append((owner, name, found))
        return found is not _ABSENT

    def original_of(self, owner: Any, name: str, usual: Collection[Any]) -> Any:
        """Return the attribute that is to be replaced, if it is what its library has put there.

        Args:
            owner: the class or module that has the attribute.
            name: the attribute.
            usual: what the library has put there; it may have other entries.

        Returns:
            None if the attribute is missing, or if another tool has replaced it.
        """
        if not self.has(owner, name):
            return None
        found = self.original(owner, name)
        return found if found in usual else None

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
        self._put((owner, name, original, ours))

    @property
    def is_undone(self) -> bool:
        """Whether nothing is replaced any more: the mock has ended."""
        return self._undone

    @property
    def replaced(self) -> list[Replaced]:
        """What is replaced at present."""
        return list(self._replaced)

    @property
    def left_alone(self) -> list[Consulted]:
        """The attributes that were looked up as originals, but are not replaced."""
        replaced = {(id(owner), name) for owner, name, _, _ in self._replaced}
        return [each for each in self._consulted if (id(each[0]), each[1]) not in replaced]

    def put_again(self, replaced: list[Replaced], left_alone: list[Consulted]) -> bool:
        """Replace attributes that were replaced before `undo`, with the same replacements.

        Args:
            replaced: what was replaced.
            left_alone: what was not, because of what it was.

        Returns:
            False, and nothing is replaced, if any of them is not what it was before.
        """
        if any(vars(owner).get(name, _ABSENT) is not found for owner, name, found in left_alone):
            return False
        self._undone = False
        for each in replaced:
            owner, name, original, _ = each
            if vars(owner).get(name, _ABSENT) is not original:
                self.undo()
                return False
            self._put(each)
        return True

    def undo(self) -> None:
        """Restore every attribute, except for those that another tool has replaced since then."""
        self._undone = True
        while self._replaced:
            owner, name, original, ours = self._replaced.pop()
            if vars(owner).get(name) is not ours:
                continue
            if original is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, original)

    def _put(self, replaced: Replaced) -> None:
        owner, name, _, ours = replaced
        self._replaced.append(replaced)
        setattr(owner, name, ours)

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


class KeptPatches:
    """Replacements that all mocks of the process share, made at the first `put`.

    They are made again if one of the attributes is not what it was before: another tool has
    replaced it since then. Those that were made before stay switched off for ever.

    Args:
        install: makes them. What it makes may refer to the running mock only through functions that
            return it.
    """

    def __init__(self, install: Callable[[Patches], None]) -> None:
        self._install = install
        self._patches = Patches()
        self._made: list[Replaced] = []
        self._left_alone: list[Consulted] = []

    def put(self) -> None:
        """Replace the attributes; call `remove` before the next `put`."""
        if self._made and self._patches.put_again(self._made, self._left_alone):
            return
        self._made = []
        self._patches = patches = Patches()
        try:
            self._install(patches)
        except BaseException:
            patches.undo()
            raise
        self._made, self._left_alone = patches.replaced, patches.left_alone

    def remove(self) -> None:
        """Restore the attributes, if they are replaced."""
        self._patches.undo()
