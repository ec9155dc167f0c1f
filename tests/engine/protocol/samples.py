"""Values that fit a shape, made from the shape alone: the same ones in every run."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import cache
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.model import OperationModel, Shape
from botocore.serialize import create_serializer

from membership_mock.engine.protocol.patterns import matcher, translate

if sys.version_info >= (3, 11):
    from re import _constants as constants
    from re import _parser as parser
else:
    import sre_constants as constants
    import sre_parse as parser

SERVICES = ("security-ir", "securityhub", "cleanrooms")
DEEPEST = 7
WHEN = datetime(2026, 1, 31, 12, 30, 15, tzinfo=timezone.utc)
TEXT = 'Zoë said "a/b?c=d&e%20f+g" 😀'


def sample(shape: Shape, *, full: bool = True, pick: int = 0, depth: int = 0) -> Any:
    """Return a value that fits ``shape``.

    Args:
        shape: the shape.
        full: whether to set the members that are not required.
        pick: which member of a union, which value of an enum to take.
        depth: how many shapes there are around this one.
    """
    return getattr(_Sampler(full, pick), f"of_{shape.type_name}")(shape, depth)


class _Sampler:
    def __init__(self, full: bool, pick: int) -> None:
        self.full = full
        self.pick = pick

    def of(self, shape: Shape, depth: int) -> Any:
        return getattr(self, f"of_{shape.type_name}")(shape, depth + 1)

    def of_structure(self, shape: Shape, depth: int) -> Any:
        if shape.metadata.get("document"):
            return {"a": [1, "two", None, {"three": 3.5}]}
        names = list(shape.members)
        if shape.metadata.get("union"):
            plain = [n for n in names if shape.members[n].type_name not in ("list", "structure")]
            names = plain[:1] or names if depth > DEEPEST else names
            names = [names[self.pick % len(names)]]
        elif depth > DEEPEST or not self.full:
            names = list(shape.required_members)
        return {name: self.of(shape.members[name], depth) for name in names}

    def of_list(self, shape: Shape, depth: int) -> list[Any]:
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max", sys.maxsize)
        size = least if depth > DEEPEST else min(max(least, 1), most)
        return [self.of(shape.member, depth) for _ in range(size)]

    def of_map(self, shape: Shape, depth: int) -> dict[str, Any]:
        if depth > DEEPEST and not shape.metadata.get("min"):
            return {}
        return {self.of(shape.key, depth): self.of(shape.value, depth)}

    def of_string(self, shape: Shape, depth: int) -> str:
        meta = shape.metadata
        if meta.get("enum"):
            return str(meta["enum"][self.pick % len(meta["enum"])])
        return text_for(meta.get("pattern"), meta.get("min") or 0, meta.get("max"))

    def of_integer(self, shape: Shape, depth: int) -> int:
        return int(min(max(shape.metadata.get("min", 7), 7), shape.metadata.get("max", 7)))

    def of_float(self, shape: Shape, depth: int) -> float:
        return float(min(max(shape.metadata.get("min", 0.5), 0.5), shape.metadata.get("max", 0.5)))

    def of_boolean(self, shape: Shape, depth: int) -> bool:
        return True

    def of_timestamp(self, shape: Shape, depth: int) -> datetime:
        return WHEN

    def of_blob(self, shape: Shape, depth: int) -> bytes:
        return b"\x00blob"

    of_long = of_integer
    of_double = of_float


@cache
def text_for(pattern: str | None, least: int, most: int | None) -> str:
    """Return a text of ``pattern`` with at least ``least`` and at most ``most`` characters."""
    most = sys.maxsize if most is None else most
    if pattern is None:
        return (TEXT * (least // len(TEXT) + 1))[: max(least, min(most, len(TEXT)))]
    matches = matcher(pattern)
    assert matches is not None, f"cannot be translated: {pattern}"
    tree = parser.parse(translate(pattern))
    dice = random.Random(pattern)
    for attempt in range(3000):
        text = "".join(_walk(tree, dice, 1 + attempt % 60))
        if least <= len(text) <= most and matches(text) and _is_text(text):
            return text
    raise AssertionError(f"no text found for {pattern}")


def _is_text(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _walk(tree: Any, dice: random.Random, growth: int) -> Iterator[str]:
    for kind, value in tree:
        if kind is constants.LITERAL:
            yield chr(value)
        elif kind is constants.ANY or kind is constants.NOT_LITERAL:
            yield dice.choice("abc")
        elif kind is constants.IN:
            yield _one_of(value, dice)
        elif kind is constants.BRANCH:
            yield from _walk(dice.choice(value[1]), dice, growth)
        elif kind is constants.SUBPATTERN:
            yield from _walk(value[3], dice, growth)
        elif kind in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            least, most, inner = value
            for _ in range(dice.randint(least, min(int(most), least + growth))):
                yield from _walk(inner, dice, growth)
        else:
            assert kind in (constants.AT, constants.ASSERT, constants.ASSERT_NOT), kind


def _one_of(members: Any, dice: random.Random) -> str:
    ranges = {
        constants.CATEGORY_DIGIT: "0123456789",
        constants.CATEGORY_WORD: "abcXYZ019_",
        constants.CATEGORY_NOT_SPACE: "abc",
        constants.CATEGORY_SPACE: " ",
    }
    if members[0][0] is constants.NEGATE:
        return "x"
    kind, value = dice.choice(members)
    if kind is constants.LITERAL:
        return chr(value)
    if kind is constants.RANGE:
        return chr(dice.randint(*value))
    return dice.choice(ranges[value])


def request_for(operation: OperationModel, parameters: dict[str, Any]) -> AWSRequest:
    """Return the request that botocore sends, ready to go out."""
    parts = create_serializer("rest-json").serialize_to_request(parameters, operation)
    return AWSRequest(
        method=parts["method"],
        url="https://example.com" + parts["url_path"],
        headers=parts["headers"],
        data=parts["body"],
        params=parts["query_string"],
    ).prepare()


def split(url: str) -> tuple[str, str]:
    """Return path and query of a URL, still encoded."""
    path, _, query = url.removeprefix("https://example.com").partition("?")
    return path, query
