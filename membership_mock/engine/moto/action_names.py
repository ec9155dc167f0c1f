"""Calls to moto's services find their handler quickly while a mock runs.

For each call moto lists all methods of the class that answers it, which is 5 to 10 % of the work.
They are listed once, and again only when attributes have been added to the class or removed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from moto.core import responses

from membership_mock.engine.moto.patches import Patches

_NAME = "method_names_from_class"


def install(patches: Patches) -> None:
    """List the methods of each class once, until ``patches`` are undone."""
    if not hasattr(responses, _NAME):  # this release of moto finds them in another way
        return
    lists = patches.original(responses, _NAME)

    @cache
    def listed(clazz: Any, _attributes: int) -> Any:
        return lists(clazz)

    def method_names_from_class(clazz: Any) -> Any:
        return listed(clazz, sum(len(vars(each)) for each in clazz.__mro__))

    patches.set(responses, _NAME, method_names_from_class)
