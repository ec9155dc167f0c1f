"""Reads the values of a document at the path of a filter, a sort criterion or a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from membership_mock.engine.protocol import model

Document = Mapping[str, Any]
Path = tuple[str, ...]


@cache
def path_of(field: str) -> Path:
    """Return the steps of a field name: ``finding_info.types`` has two."""
    return tuple(field.split("."))


def values(document: Document, path: Path) -> list[Any]:
    """Return what stands at ``path``: nothing, one value, or one for each item of a list."""
    level: list[Any] = [document]
    for name in path:
        below: list[Any] = []
        for item in level:
            # nearly all of them are dicts, and to ask for their type is faster
            is_map = type(item) is dict or isinstance(item, Mapping)
            value = item.get(name) if is_map else None
            if value is None:
                continue
            if isinstance(value, list):
                below += value
            else:
                below.append(value)
        if not below:
            return below
        level = below
    return level


def pairs(found: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys and values of maps, also of those that are lists of names and values."""
    for each in found:
        if not isinstance(each, Mapping):
            continue
        for key, value in (("name", "value"), ("Key", "Value")):
            if key in each:
                yield str(each[key]), str(each.get(value, ""))
                break
        else:
            for name, text in each.items():
                yield str(name), str(text)


@cache
def names_of(*shapes: str) -> frozenset[str]:
    """Return the field names that enums of the model list; of one that it lacks, none."""
    described = model.service_model("securityhub")
    return frozenset(
        name
        for shape in shapes
        if shape in described.shape_names
        for name in described.shape_for(shape).metadata.get("enum", ())
    )
