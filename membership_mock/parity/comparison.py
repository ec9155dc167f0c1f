"""Compare an answer with the recorded one, by shape and value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from membership_mock.engine.protocol.model import Shape
from membership_mock.parity.identities import Identities, ids_in, without_ids
from membership_mock.parity.results import ABSENT, Difference
from membership_mock.parity.values import instant

#: in a recording, a value that is not known or was not written: anything matches that is there
UNKNOWN = ("<any>", "<secret>")

_INDEX = re.compile(r"\[\d+\]")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")
_SIGNED_URL = re.compile(r"https?://\S+[?&](?:X-Amz-)?Signature=", re.IGNORECASE)
#: a short number that a service makes up, in a member that is called an id
_SHORT_NUMBER = re.compile(r"\d{4,9}")
#: lists up to this length are searched for the same entries in another order
_LONGEST_SEARCHED = 100


class Comparison:
    """Compares the answers of one operation.

    Args:
        operation: service and operation, e.g. ``securityhub.ListMembers``.
        identities: the ids that are known to be the same; the comparison adds what it learns.
        ignore: patterns of paths that are not compared, e.g. ``*.UpdatedAt``, ``Members[].Email``
            or ``securityhub.ListMembers:Members[].Email``.
        partial: whether members that the recording does not have are left out of account.
        any_order: whether the order of lists is left out of account.
        chosen_times: times that the caller sent, which have to come back as they are.
        page_tokens: the names of members that hold a page token.
    """

    def __init__(
        self,
        operation: str,
        identities: Identities,
        *,
        ignore: Sequence[str] = (),
        partial: bool = False,
        any_order: bool = False,
        chosen_times: frozenset[datetime] = frozenset(),
        page_tokens: frozenset[str] = frozenset(),
    ) -> None:
        self._operation = operation
        self._identities = identities
        self._ignore = ignore
        self._partial = partial
        self._any_order = any_order
        self._chosen_times = chosen_times
        self._page_tokens = page_tokens

    def answers(self, expected: Any, got: Any, shape: Shape | None) -> list[Difference]:
        """Return the differences of two answers; both are plain JSON values."""
        return list(self._values("", expected, got, shape))

    def texts(self, path: str, expected: str, got: str) -> list[Difference]:
        """Return the differences of two texts, in which ids may differ."""
        return list(self._texts(path, expected, got))

    def _values(
        self, path: str, expected: Any, got: Any, shape: Shape | None
    ) -> Iterator[Difference]:
        if self.is_ignored(path) or expected in UNKNOWN:
            return
        kind = shape.type_name if shape is not None else None
        if isinstance(expected, Mapping) and isinstance(got, Mapping):
            yield from self._mappings(path, expected, got, shape)
        elif isinstance(expected, list) and isinstance(got, list):
            member = shape.member if kind == "list" else None  # type: ignore[union-attr]
            yield from self._lists(path, expected, got, member)
        elif kind == "timestamp":
            yield from self._times(path, expected, got)
        elif isinstance(expected, str) and isinstance(got, str):
            yield from self._texts(path, expected, got)
        elif _class(expected) != _class(got) or expected != got:
            yield Difference(path, expected, got)

    def _mappings(
        self, path: str, expected: Mapping[str, Any], got: Mapping[str, Any], shape: Shape | None
    ) -> Iterator[Difference]:
        kind = shape.type_name if shape is not None else None
        expected = {self._identities.partner(key) or key: each for key, each in expected.items()}
        for name, value in expected.items():
            place = f"{path}.{name}" if path else name
            if name not in got:
                if not self.is_ignored(place):
                    yield Difference(place, value, ABSENT)
                continue
            if kind == "structure":
                inner = shape.members.get(name)  # type: ignore[union-attr]
            else:
                inner = shape.value if kind == "map" else None  # type: ignore[union-attr]
            yield from self._values(place, value, got[name], inner)
        for name, value in got.items():
            place = f"{path}.{name}" if path else name
            if name not in expected and not self._partial and not self.is_ignored(place):
                yield Difference(place, ABSENT, value)

    def _lists(
        self, path: str, expected: list[Any], got: list[Any], member: Shape | None
    ) -> Iterator[Difference]:
        tried = self._trial()
        found = [
            difference
            for at, pair in enumerate(zip(expected, got, strict=False))
            for difference in tried._values(f"{path}[{at}]", *pair, member)
        ]
        if len(expected) == len(got):
            if found and len(got) <= _LONGEST_SEARCHED:
                searched = self._trial()
                if searched._has_the_same_entries(path, expected, got, member):
                    self._identities.take(searched._identities)
                    if not self._any_order:
                        yield Difference(path, expected, got, "the same entries in another order")
                    return
        elif not self.is_ignored(f"{path}[]"):
            yield Difference(path, expected, got, f"{len(expected)} and {len(got)} entries")
        self._identities.take(tried._identities)
        yield from found

    def _has_the_same_entries(
        self, path: str, expected: list[Any], got: list[Any], member: Shape | None
    ) -> bool:
        left = list(got)
        for entry in expected:
            for at, candidate in enumerate(left):
                tried = self._trial()
                if not any(tried._values(f"{path}[0]", entry, candidate, member)):
                    self._identities.take(tried._identities)
                    del left[at]
                    break
            else:
                return False
        return True

    def _trial(self) -> Comparison:
        return Comparison(
            self._operation,
            self._identities.copy(),
            ignore=self._ignore,
            partial=self._partial,
            any_order=self._any_order,
            chosen_times=self._chosen_times,
            page_tokens=self._page_tokens,
        )

    def _times(self, path: str, expected: Any, got: Any) -> Iterator[Difference]:
        then, now = instant(expected), instant(got)
        if then is None or now is None:
            yield Difference(path, expected, got, "a time was expected")
        elif then in self._chosen_times and then != now:
            yield Difference(path, expected, got, "the caller has sent this time")

    def _texts(self, path: str, expected: str, got: str) -> Iterator[Difference]:
        name = _INDEX.sub("", path.rpartition(".")[2])
        if name in self._page_tokens:
            self._identities.pair(expected, got)
            return
        if _SIGNED_URL.match(expected) and _SIGNED_URL.match(got):
            return
        if _TIME.fullmatch(expected) and _TIME.fullmatch(got):
            yield from self._times(path, expected, got)
            return
        pairs = self._pairs(name, expected, got)
        if pairs is None:
            yield Difference(path, expected, got)
            return
        for recorded, here in pairs:
            if not self._identities.pair(recorded, here):
                yield Difference(path, expected, got, self._broken(recorded, here))

    def _pairs(self, name: str, expected: str, got: str) -> list[tuple[str, str]] | None:
        """Return the ids that stand in the same places; None if the texts differ besides."""
        called_id = name.lower().endswith(("id", "ids", "identifier", "identifiers"))
        if called_id and all(_SHORT_NUMBER.fullmatch(each) for each in (expected, got)):
            return [(expected, got)] if len(expected) == len(got) else None
        there, here = _TIME.sub("<time>", expected), _TIME.sub("<time>", got)
        if without_ids(there) != without_ids(here):
            return None
        found = zip(ids_in(there), ids_in(here), strict=True)
        return [(recorded, other) for (_, recorded), (_, other) in found]

    def _broken(self, recorded: str, here: str) -> str:
        known = self._identities.partner(recorded)
        if known == recorded:
            return f"{recorded} was chosen by the caller, or is known to the recording as itself"
        if known is not None:
            return f"{recorded} was {known} before"
        if self._identities.recorded_for(here) is None:
            return "the caller has chosen it"
        return f"{here} stood for {self._identities.recorded_for(here)} before"

    def is_ignored(self, path: str) -> bool:
        """Return whether a path is not compared."""
        if not self._ignore or not path:
            return False
        general = _INDEX.sub("[]", path)
        names = {
            each for place in (path, general) for each in (place, f"{self._operation}:{place}")
        }
        return any(
            fnmatchcase(_literal(name), _literal(pattern))
            for pattern in self._ignore
            for name in names
        )


def _literal(text: str) -> str:
    """Return a path or pattern in which brackets are no pattern of their own."""
    return text.replace("[", "(").replace("]", ")")


def _class(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(type(value))
    if isinstance(value, (int, float)):
        return "number"
    return "object" if isinstance(value, Mapping) else type(value).__name__
