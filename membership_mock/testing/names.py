"""Suggestions for names that may be misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest_to(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown name: the nearest known name, if any."""
    nearest = difflib.get_close_matches(name, list(known), n=1)
    return f"; nearest: {nearest[0]!r}." if nearest else "."
