"""Checks and calls the functions that a test passes as ``where=`` to choose calls and events."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from membership_mock.errors import UsageError


def check_where(where: object, of: str = "call") -> None:
    """Refuse what is not a function of one argument; None is no condition.

    Args:
        where: what the test gave.
        of: what the function gets.

    Raises:
        UsageError: it cannot be called with one argument.
    """
    if where is None:
        return
    article = "an" if of == "event" else "a"
    if not callable(where):
        raise UsageError(
            f"where is a function of {article} {of}, e.g. `lambda {of}: …`, not {where!r}."
        )
    try:
        signature = inspect.signature(where)
    except (TypeError, ValueError):  # some functions in C do not tell theirs
        return
    try:
        signature.bind(None)
    except TypeError:
        raise UsageError(
            f"where is a function of {article} {of}, but {_named(where)}{signature} does not take"
            f" one argument: write `lambda {of}: …`."
        ) from None


def holds(where: Callable[[Any], bool], subject: object, of: str = "call") -> bool:
    """Return whether a test's function holds for a call or an event.

    Raises:
        UsageError: the function raises an error; the text says that it is the function of `where`.
    """
    try:
        return bool(where(subject))
    except Exception as error:
        raise UsageError(
            f"The function {_named(where)} of where= has raised {type(error).__name__}: {error}\n"
            f"    for the {of} {subject!r}\n"
            f"    It is asked about every {of} that matches the other arguments: let it return"
            " False where something is missing."
        ) from error


def _named(where: object) -> str:
    return str(getattr(where, "__name__", repr(where)))
