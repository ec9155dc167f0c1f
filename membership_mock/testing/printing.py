"""Text that can be printed, and is not too long."""

from __future__ import annotations


def printable(text: str, encoding: str = "utf-8") -> str:
    """Return ``text`` without what cannot be written in an encoding.

    JSON can contain half a surrogate pair, which is not a character and cannot be printed.
    """
    return text.encode(encoding, "backslashreplace").decode(encoding)


def shortened(text: str, most: int) -> str:
    """Return ``text``, cut to ``most`` characters and ended with "…" if it is longer."""
    return text if len(text) <= most else text[: most - 1] + "…"


def times_as_text(count: int) -> str:
    """Return how often something happens, in words."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
