"""Attributes of other libraries that are replaced while a mock runs."""

from __future__ import annotations

from typing import Any


class Patches:
    """Replaced attributes, put back in reverse order by `undo`."""

    def __init__(self) -> None:
        self._originals: list[tuple[Any, str, Any, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Replace the attribute ``name`` that stands on ``owner`` itself."""
        self._originals.append((owner, name, vars(owner)[name], value))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Put every attribute back as it was, but what another tool has replaced since then."""
        while self._originals:
            owner, name, original, ours = self._originals.pop()
            if vars(owner).get(name) is ours:
                setattr(owner, name, original)
