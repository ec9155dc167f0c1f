"""Suggestions for names that may be misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from membership_mock.errors import UsageError


def nearest_to(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown name: the nearest known name, if any."""
    nearest = difflib.get_close_matches(name, list(known), n=1)
    return f"; nearest: {nearest[0]!r}." if nearest else "."


def not_one_of(given: object, what: str, known: Iterable[str]) -> UsageError:
    """Return the error for a value that is not among the known ones, which it lists.

    Args:
        given: the value.
        what: what it should be, with its article: ``a severity``.
        known: the values that there are.
    """
    names = list(known)
    listed = ", ".join(names) or "none"
    return UsageError(
        f"{given!r} is not {what}{nearest_to(str(given), names)} There are: {listed}."
    )
