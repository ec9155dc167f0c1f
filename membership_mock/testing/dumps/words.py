"""What the words of a dump mean; `writer` explains them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any


def key_of(text: str) -> Any:
    """Return the key of a mapping that a text stands for."""
    return immutable(json.loads(text[1:])) if text[:1] == "$" else text


def immutable(node: Any) -> Any:
    """Return a key or an entry of a set, which cannot be changed."""
    if not isinstance(node, dict):
        return node
    word = next(iter(node), "")
    return WORDS[word](node[word])


def _nowhere(pointer: Any) -> Any:
    raise ValueError(f"a key, or an entry of a set, cannot stand at {pointer!r}")


#: what each word does with the value that follows it; `reader` looks after what values hold
WORDS: dict[str, Callable[[Any], Any]] = {
    "$same": _nowhere,
    "$tuple": lambda content: tuple(map(immutable, content)),
    "$set": lambda content: set(map(immutable, content)),
    "$frozenset": lambda content: frozenset(map(immutable, content)),
    "$time": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$seconds": lambda content: timedelta(seconds=content),
    "$utf8": str.encode,
    "$base64": lambda content: base64.b64decode(content, validate=True),
}

#: what cannot be the name of a class
NO_CLASSES = frozenset(("", *WORDS))
