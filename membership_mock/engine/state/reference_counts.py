"""Counts the references to objects, which shows which objects have several owners."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def many_references(found: object) -> int:
    """Return more references than an object with one owner has."""
    del found
    return 1 << 30


#: returns how many references there are to an object; not all interpreters count them, and every
#: object seems to have several owners there
references: Callable[[Any], int] = getattr(sys, "getrefcount", many_references)


def _references_of_one_owner() -> int:
    owner: list[list[Any]] = [[]]
    column = list(owner)
    return max(map(references, column)) if references is not many_references else 0


#: how many references there are, at most, to an object that one owner holds besides a list of
#: values; an interpreter that does not count references gives every object more
ONE_OWNER = _references_of_one_owner()
