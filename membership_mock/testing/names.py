"""Names that a test author may have misspelt, and those that were meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest_to(name: str, known: Iterable[str]) -> str:
    """Return how a sentence ends that names something unknown: with the nearest name, if any."""
    nearest = difflib.get_close_matches(name, list(known), n=1)
    return f"; nearest: {nearest[0]!r}." if nearest else "."
