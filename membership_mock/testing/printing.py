"""Text of anything, fit to be printed."""

from __future__ import annotations


def printable(text: str, encoding: str = "utf-8") -> str:
    """Return ``text`` without what cannot be written in an encoding.

    What JSON can escape need not be a character: half a surrogate pair cannot be printed.
    """
    return text.encode(encoding, "backslashreplace").decode(encoding)


def shortened(text: str, most: int) -> str:
    """Return ``text`` in no more than ``most`` characters, the last a sign for what is left out."""
    return text if len(text) <= most else text[: most - 1] + "…"
