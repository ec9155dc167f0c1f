"""JSON pointers (RFC 6901), by which the parts of a dump are named."""

from __future__ import annotations

from collections import deque
from typing import Any


def step_text(step: str) -> str:
    """Return one step of a pointer."""
    if "/" not in step and "~" not in step:
        return step
    return step.replace("~", "~0").replace("/", "~1")


def pointer_to(root: Any, wanted: Any) -> str:
    """Return the JSON pointer to a node, for a message."""
    near: deque[tuple[Any, str]] = deque([(root, "")])
    while near:
        node, pointer = near.popleft()
        if node is wanted:
            return pointer
        if isinstance(node, dict):
            near += ((each, f"{pointer}/{step_text(key)}") for key, each in node.items())
        elif isinstance(node, list):
            near += ((each, f"{pointer}/{number}") for number, each in enumerate(node))
    return ""
