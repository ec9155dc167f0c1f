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
    misfit = misfit_of_one_argument(where)
    if misfit is not None:
        raise UsageError(
            f"where is a function of {article} {of}, but {misfit} does not take"
            f" one argument: write `lambda {of}: …`."
        )


def misfit_of_one_argument(function: Callable[..., Any]) -> str | None:
    """Return name and signature of a function that does not take one argument; None if it does."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some functions in C have no signature
        return None
    try:
        signature.bind(None)
    except TypeError:
        return f"{name_of(function)}{signature}"
    return None


def holds(where: Callable[[Any], bool], subject: object, of: str = "call") -> bool:
    """Return whether a test's function holds for a call or an event.

    Raises:
        UsageError: the function raises an error; the text says that it is the function of `where`.
    """
    try:
        return bool(where(subject))
    except Exception as error:
        raise UsageError(
            f"The function {name_of(where)} of where= has raised {type(error).__name__}: {error}\n"
            f"    for the {of} {subject!r}\n"
            f"    It is asked about every {of} that matches the other arguments: let it return"
            " False where something is missing."
        ) from error


def name_of(function: object) -> str:
    """Return what messages call a function: its name, or how it prints if it has none."""
    return str(getattr(function, "__name__", repr(function)))
