"""What the AWS Security Finding Format demands of a finding, in the words of the service.

The service model knows types, enums and required fields; `finding_limits` has what the
documentation adds. A finding is checked by itself, so that one bad finding does not stop the
others.

Sources: the texts come from logs of real calls; those of other fields are worded alike (inferred
[SH-192]). The service reports the first error that it finds. Timestamps in the details of resources
are not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.field_paths import FieldPath, Reader, path_of
from membership_mock.engine.protocol.readers import Readers
from membership_mock.engine.protocol.refusals import Violation
from membership_mock.securityhub.findings.finding_limits import (
    ENTRIES,
    LENGTHS,
    PATTERNS,
    RANGES,
    TIMESTAMP,
)

Path = tuple[str | int, ...]

_ANY = (float("-inf"), float("inf"))

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?"
    r"(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)\Z",
    re.ASCII,
)


class _WrongType(Exception):
    """A value has a type that the model forbids."""

    def __init__(self, place: FieldPath, detail: str) -> None:
        super().__init__(detail)
        self.path = path_of(place)
        self.detail = detail


def read(finding: Any) -> tuple[dict[str, Any], str | None]:
    """Return a finding without what the model does not know, and what is wrong with it.

    Args:
        finding: as it was sent.

    Returns:
        The finding, and the error message of the service; None if the finding is well-formed.
    """
    found: list[Violation] = []
    try:
        checked = _reader()(finding, None, found)
    except _WrongType as wrong:
        return (finding if isinstance(finding, dict) else {}), _sentence(_mistyped(wrong))
    _keep_provider_numbers(finding, checked)
    first = next(complaints(checked, found), None)
    return checked, None if first is None else _sentence(first)


def _keep_provider_numbers(finding: Any, checked: dict[str, Any]) -> None:
    """Keep the numbers of a severity in FindingProviderFields, which the model does not have.

    The service copies them to the severity at the top (documented); SDKs cannot send them.
    """
    kept = checked.get("FindingProviderFields", {}).get("Severity")
    if not isinstance(kept, dict):
        return
    sent = finding["FindingProviderFields"]["Severity"]
    for name, (low, high) in (("Normalized", RANGES["Severity.Normalized"]), ("Product", _ANY)):
        value = sent.get(name)
        if isinstance(value, (int, float)) and type(value) is not bool and low <= value <= high:
            kept[name] = value


def complaints(finding: Mapping[str, Any], found: list[Violation]) -> Iterator[str]:
    """Yield what is wrong with a finding, in the order in which the service checks.

    Args:
        finding: the finding, or a part of one.
        found: the constraints of the model that it breaks.
    """
    yield from map(_worded, sorted(found, key=lambda one: (one.kind != "required", len(one.path))))
    for field, (least, most) in LENGTHS.items():
        for path, value in _values(finding, field):
            if not least <= len(value) <= most:
                yield f"{_at(path)} {_length(value, least, most)}"
    yield from _long_entries(finding)
    for field, (low, high) in RANGES.items():
        for path, value in _values(finding, field):
            if not low <= value <= high:
                yield f"{_at(path)} {_range(value, low, high)}"
    for field, pattern in PATTERNS.items():
        for path, value in _values(finding, field):
            for place, text in _texts(path, value):
                if not _fits(text, pattern):
                    yield f'{_at(place)} should match pattern "{pattern}"'
    if "SchemaVersion" in finding:
        yield from _severity_and_types(finding)


def instant(text: str) -> datetime | None:
    """Return the instant that a timestamp of a finding names; None if it names none."""
    try:
        return when(text)
    except ValueError:
        return None


def quick_instant(text: str) -> datetime | None:
    """Return what `instant` returns, in a tenth of the time for what most products send.

    That is ``2026-02-01T00:00:00Z``, with ``+00:00`` instead of ``Z``, and with or without
    milliseconds or microseconds.
    """
    local = text[:-1] if text[-1:] == "Z" else text[:-6] if text[-6:] == "+00:00" else ""
    size = len(local)
    if (
        (size == 19 or (size in (23, 26) and local[19] == "."))
        and local[4] == local[7] == "-"
        and local[10] == "T"
        and local[13] == local[16] == ":"
    ):
        try:
            return datetime.fromisoformat(f"{local}+00:00")
        except ValueError:  # a leap second, for instance
            pass
    return instant(text)


def when(text: str) -> datetime:
    """Return the instant that a timestamp of a finding names.

    Raises:
        ValueError: it names none.
    """
    found = _INSTANT.match(text)
    if found is None:
        raise ValueError(text)
    day, hour, minute, second, fraction, sign, hours, minutes = found.groups()
    year, month, date = map(int, day.split("-"))
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        # a leap second is the first of the next minute
        return (
            datetime(
                year, month, date, int(hour), int(minute),
                microsecond=int((fraction or "0").ljust(6, "0")[:6]), tzinfo=timezone.utc,
            )
            + timedelta(seconds=int(second))
            - (-offset if sign == "-" else offset)
        )  # fmt: skip
    except OverflowError:
        raise ValueError(text) from None


def _severity_and_types(finding: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is missing of what stands either at the top or in FindingProviderFields."""
    provided = finding.get("FindingProviderFields")
    absent = [name for name in ("Severity", "Types") if name not in finding]
    if provided is None and absent:
        yield (
            "data should have required property 'FindingProviderFields', data should match some"
            " schema in anyOf"
        )
    for name in absent:
        if provided is not None and name not in provided:
            yield (
                f"data.FindingProviderFields should have required property '{name}', data should"
                " match some schema in anyOf"
            )
    severity = finding.get("Severity")
    if severity is not None and not severity.keys() & {"Label", "Normalized"}:
        yield (
            "data.Severity should have required property 'Label', data.Severity should match some"
            " schema in anyOf"
        )
    severity = (provided or {}).get("Severity")
    if severity is not None and "Label" not in severity:
        yield "data.FindingProviderFields.Severity should have required property 'Label'"


@cache
def _reader() -> Reader:
    return Readers(refuse=_refuse).of(_shape())


@cache
def _shape() -> model.Shape:
    return model.service_model("securityhub").shape_for("AwsSecurityFinding")


def _refuse(place: FieldPath, detail: str, found: list[Violation]) -> Any:
    del found
    raise _WrongType(place, detail)


def _fits(text: str, pattern: str) -> bool:
    if pattern == TIMESTAMP:
        return re.match(pattern, text, re.ASCII) is not None and instant(text) is not None
    return re.search(pattern, text, re.ASCII) is not None


def _long_entries(finding: Mapping[str, Any]) -> Iterator[str]:
    """Yield the entries of maps whose key or value is too long.

    The text for keys is inferred [SH-192].
    """
    for field, (longest_key, longest_value) in ENTRIES.items():
        for path, entries in _values(finding, field):
            for key, value in entries.items():
                if len(key) > longest_key:
                    too_long = _length(key, 0, longest_key)
                    yield f"{_at(path)} {too_long}, {_at(path)} property name '{key}' is invalid"
                if len(value) > longest_value:
                    yield f"{_at((*path, key))} {_length(value, 0, longest_value)}"


def _worded(found: Violation) -> str:
    """Return a broken constraint of the model in the words of the service."""
    if found.kind == "required":
        return f"{_at(found.path[:-1])} should have required property '{found.path[-1]}'"
    if found.kind == "enum":
        return f"{_at(found.path)} should be equal to one of the allowed values"
    if found.bounds is not None:
        told = _range if found.kind == "range" else _length
        return f"{_at(found.path)} {told(found.value, *found.bounds)}"
    if found.value == "":
        return f"{_at(found.path)} should NOT be shorter than 1 characters"
    pattern = found.constraint.rpartition("pattern: ")[2]
    return f'{_at(found.path)} should match pattern "{pattern}"'


def _mistyped(wrong: _WrongType) -> str:
    """Return what is wrong with a value of the wrong type in the words of the service."""
    named = re.search(r"must be an? (?:JSON )?(\w+)", wrong.detail)
    kind = named[1].replace("list", "array") if named else "valid"
    return f"{_at(wrong.path)} should be {kind}"


def _range(value: float, low: float, high: float) -> str:
    return f"should be >= {low}" if value < low else f"should be <= {high}"


def _length(value: Any, least: float, most: float) -> str:
    if isinstance(value, str):
        if len(value) < least:
            return f"should NOT be shorter than {least} characters"
        return f"should NOT be longer than {most} characters"
    what = "items" if isinstance(value, list) else "properties"
    if len(value) < least:
        return f"should NOT have fewer than {least} {what}"
    return f"should NOT have more than {most} {what}"


def _values(finding: Mapping[str, Any], field: str) -> list[tuple[Path, Any]]:
    """Return the values of a field with their places; a list on the way is gone through."""
    names = field.split(".")
    if names[0] not in finding:
        return []
    level: list[tuple[Path, Any]] = [((), finding)]
    for name in names:
        level = [
            ((*path, name), item[name])
            for at, value in level
            for path, item in _texts(at, value)
            if name in item
        ]
    return level


def _texts(path: Path, value: Any) -> list[tuple[Path, Any]]:
    """Return the items of a list with their places, or a value that is no list with its own."""
    if isinstance(value, list):
        return [((*path, index), item) for index, item in enumerate(value)]
    return [(path, value)]


def _at(path: Path) -> str:
    """Return a place as the service prints it: the keys of maps stand in brackets (observed)."""
    text = "data"
    shape: model.Shape | None = _shape()
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
            shape = shape.member if isinstance(shape, model.ListShape) else None
        elif isinstance(shape, model.MapShape):
            text += f"['{step}']"
            shape = shape.value
        else:
            text += f".{step}"
            known = shape.members if isinstance(shape, model.StructureShape) else {}
            shape = known.get(step)
    return text


def _sentence(text: str) -> str:
    return f"Finding does not adhere to Amazon Finding Format. {text}."
