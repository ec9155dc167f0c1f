"""The types in the signatures of tools, also those that a module imports for type checkers only."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints


@functools.cache
def hints_of(method: Callable[..., Any]) -> Mapping[str, Any]:
    """Return the types of a method's arguments, and of its result as ``return``.

    A tool that imports a class when it is first used names that class for type checkers only.

    Raises:
        NameError: a name in the signature is not imported at all.
    """
    try:
        return get_type_hints(method)
    except NameError:
        return get_type_hints(method, localns=_imported_late(method.__module__))


@functools.cache
def _imported_late(module: str) -> dict[str, Any]:
    """Return what a module imports under ``if TYPE_CHECKING``, by name."""
    found: dict[str, Any] = {}
    for block in ast.parse(inspect.getsource(importlib.import_module(module))).body:
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING":
            for each in block.body:
                if isinstance(each, ast.ImportFrom) and each.module is not None:
                    there = importlib.import_module(each.module)
                    found |= {
                        one.asname or one.name: getattr(there, one.name) for one in each.names
                    }
    return found
