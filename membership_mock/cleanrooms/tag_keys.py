"""Checks the keys of tags."""

from __future__ import annotations

from collections.abc import Iterable

from membership_mock.cleanrooms.errors import ValidationException


def check_tag_keys(keys: Iterable[str], field: str) -> None:
    """Refuse keys that are reserved for AWS (inferred [CR-43] from the general rules of tags).

    Raises:
        ValidationException: a key begins with ``aws:``.
    """
    if any(key.lower().startswith("aws:") for key in keys):
        raise ValidationException(
            "Tag keys that begin with aws: are reserved for AWS.", field=field
        )
