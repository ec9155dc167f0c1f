"""Calls to moto's services find their handler quickly while a mock runs.

For each call moto lists all methods of the class that answers it, which is 5 to 10 % of the work.
Then it asks whether one name is among them. Here this is answered without the list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import isfunction
from typing import Any, overload

from moto.core import responses

from membership_mock.engine.moto.patches import Patches

_NAME = "method_names_from_class"


def install(patches: Patches) -> None:
    """Find the methods of moto's classes by name until ``patches`` are undone."""
    if not patches.has(responses, _NAME):  # this release of moto finds them in another way
        return
    lists = patches.original(responses, _NAME)
    patches.set(responses, _NAME, lambda clazz: _MethodNames(clazz, lists))


class _MethodNames(Sequence[str]):
    """The names of the methods of a class, which are listed only if more than one is asked for."""

    def __init__(self, clazz: type, lists: Callable[[type], list[str]]) -> None:
        self._class = clazz
        self._lists = lists

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and isfunction(getattr(self._class, name, None))

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: Any) -> Any:
        return self._lists(self._class)[index]

    def __len__(self) -> int:
        return len(self._lists(self._class))
