"""Entries of a call that come back as failed, while the call works for the others.

Where an operation lists what it could not process is read from the service's model: a list of the
answer whose entries have a code or a reason, and that name entries of a list that was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from membership_mock.engine.protocol.model import (
    ListShape,
    StructureShape,
    declared_errors,
    service_model,
    snake,
)
from membership_mock.errors import ServiceError, UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.containing import contains
from membership_mock.testing.faults.effects import Effect, Proceed
from membership_mock.testing.names import nearest_to
from membership_mock.testing.operation_names import check_parameters

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.engine.protocol.http import HttpAnswer
    from membership_mock.engine.protocol.model import Shape

#: the reason for a refused entry when neither the test nor the model gives one (inferred)
DEFAULT_REASON = "The request could not be processed for this entry."
#: the documented codes to choose from when the test gives none: the first that the model knows
_CODES = ("InternalFailure", "InternalServerException", "LIMIT_EXCEEDED")
#: the status of a refused entry whose code is one
_STATUS = 500
_REASONS = ("processingresult", "errormessage", "errorreason", "message")
_CODE_NAMES = ("errorcode", "code", "error")
#: how a description lists the values of a member
_LISTED = re.compile(r"<li>\s*<p>\s*<code>([^<]+)</code>")

Target = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A list of a call, and how the answer names one of its entries.

    Attributes:
        name: the parameter, by its API name.
        whole: the field of the answer that repeats the entry; None if it has fields of the entry.
        fields: the fields of the entry that the answer repeats.
    """

    name: str
    whole: str | None
    fields: tuple[str, ...]

    def named(self, entry: Any) -> dict[str, Any]:
        """Return the fields of the answer that name an entry."""
        if self.whole is not None:
            return {self.whole: entry}
        return {field: entry[field] for field in self.fields if field in entry}


@dataclass(frozen=True, slots=True)
class EntryLists:
    """Where an operation has entries, and where it lists those that it could not process.

    Attributes:
        sent: the lists of the call.
        refused: the list of the answer.
        reason: the field of its entries that says why.
        code: the field with a code; None if there is none.
        codes: the codes that the model knows; empty if it may be any.
        reasons: the reason that the model gives for each of ``codes``, if it does.
        default_code: the code when the test gives none.
        count: the field of the answer with the number of refused entries, if there is one.
    """

    sent: tuple[Sent, ...]
    refused: str
    reason: str
    code: str | None
    codes: tuple[str, ...]
    reasons: Mapping[str, str]
    default_code: str | int
    count: str | None


@cache
def entry_lists(service: str, operation: str) -> EntryLists | None:
    """Return where an operation has entries; None if it does not answer for single ones."""
    described = service_model(service).operation_model(operation)
    sent, answered = described.input_shape, described.output_shape
    for name, shape in (answered.members if answered else {}).items():
        entry = shape.member if isinstance(shape, ListShape) else None
        if not isinstance(entry, StructureShape):
            continue
        by_lower = {field.lower(): field for field in entry.members}
        reason = next((by_lower[each] for each in _REASONS if each in by_lower), None)
        code = next((by_lower[each] for each in _CODE_NAMES if each in by_lower), None)
        names = {n: s for n, s in entry.members.items() if n not in (reason, code)}
        lists = tuple(_sent(sent, names))
        if reason is None or not lists:
            continue
        codes = _values(entry.members[code]) if code else ()
        texts = _values(entry.members[reason])
        internal = sorted(each for each in declared_errors(described) if "Internal" in each)
        return EntryLists(
            lists,
            name,
            reason,
            code,
            codes,
            dict(zip(codes, texts, strict=True)) if len(codes) == len(texts) else {},
            _default_code(entry.members[code] if code else None, codes, internal),
            "FailedCount" if answered and "FailedCount" in answered.members else None,
        )
    return None


def _sent(shape: StructureShape | None, names: Mapping[str, Shape]) -> list[Sent]:
    """Return the lists of a call whose entries the fields ``names`` of the answer can name."""
    found = []
    for name, each in (shape.members if shape else {}).items():
        if not isinstance(each, ListShape):
            continue
        entry = each.member
        same = [n for n, s in names.items() if s.name == entry.name and s.type_name == "structure"]
        if same:
            found.append(Sent(name, same[0], ()))
        elif isinstance(entry, StructureShape):
            texts = [n for n, s in names.items() if s.type_name == "string" and n in entry.members]
            if texts:
                found.append(Sent(name, None, tuple(texts)))
        else:
            texts = [n for n, s in names.items() if s.type_name == "string"]
            if len(texts) == 1 and entry.type_name == "string" and _is_plural(name, texts[0]):
                found.append(Sent(name, texts[0], ()))
    return found


def _is_plural(plural: str, singular: str) -> bool:
    """Return whether a list is one of ``singular``: ``AutomationRulesArns`` of ``RuleArn``."""
    words = re.findall(r"[A-Z]?[a-z0-9]+", singular)
    return plural.lower().removesuffix("s").endswith(words[-1].lower())


def _values(shape: Shape) -> tuple[str, ...]:
    """Return the values that a text can have, by its enum or by the list in its description."""
    return tuple(getattr(shape, "enum", ())) or tuple(_LISTED.findall(shape.documentation))


def _default_code(shape: Shape | None, codes: Sequence[str], internal: Sequence[str]) -> str | int:
    if shape is None:
        return ""
    if shape.type_name == "integer":
        return _STATUS
    if "HTTP status code" in shape.documentation:
        return str(_STATUS)
    found = next((each for each in _CODES if each in codes), None)
    return found or next(iter([*codes, *internal]), _CODES[0])


class RefusedEntries(Effect):
    """Some entries of a call come back as failed; the others are processed.

    Args:
        targets: service id and name of each operation that it is for.
        entries: the entries: text that names one, or a mapping with some of its members.
        reason: the reason that the answer gives.
        code: the code of the error, where the operation has one.

    Raises:
        UsageError: an operation has no such list, or could not send the code.
    """

    refuses_parts = True

    def __init__(
        self,
        targets: frozenset[Target],
        entries: Sequence[str | Mapping[str, Any]],
        reason: str | None,
        code: str | int | None,
    ) -> None:
        found = {each: entry_lists(*each) for each in targets if each[0] in SERVICES}
        self._lists = {target: lists for target, lists in found.items() if lists is not None}
        without = sorted(".".join(target) for target in targets - self._lists.keys())
        if without:
            shown = ", ".join(without[:6]) + (", …" if len(without) > 6 else "")
            raise UsageError(
                f"Single entries cannot be refused by {shown}. These operations can:"
                f" {', '.join(_with_entry_lists())}. For others, give the answer: mock.answer."
            )
        given: object = entries
        if isinstance(given, (str, Mapping)) or not isinstance(given, Sequence) or not given:
            raise UsageError(
                "entries is a list of what names an entry, at least one: an id, or a mapping with"
                f" some of its members; not {given!r}."
            )
        for entry in entries:
            self._check_entry(entry)
        if reason is not None and not isinstance(reason, str):
            raise UsageError(f"reason is text, not {reason!r}.")
        for target, lists in self._lists.items():
            _check_code(target, lists, code)
        self._entries = list(entries)
        self._reason = reason
        self._code = code
        named = [each if isinstance(each, str) else repr(dict(each)) for each in entries]
        self.words = f"refuses {', '.join(named)}"

    def goes_with(self, other: Effect) -> bool:
        """Return true for other refusals too: they are about other entries of the same call."""
        return other.refuses_parts or super().goes_with(other)

    def concerns(self, call: InterceptedCall) -> bool:
        """Return whether the call has one of the entries."""
        lists = self._lists[call.context.service, call.context.operation]
        return any(
            self._names(sent, entry)
            for sent in lists.sent
            for entry in call.arguments.get(snake(sent.name), ())
        )

    def apply(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Keep the entries from the service, and put them into its answer as failed.

        So nothing happens to them, and the service makes all of its other checks.
        """
        lists = self._lists[call.context.service, call.context.operation]
        order: list[dict[str, Any]] = []
        refused: list[dict[str, Any]] = []
        given: dict[str, list[Any]] = {}
        for sent in lists.sent:
            argument = snake(sent.name)
            if argument not in call.arguments:
                continue
            given[argument] = call.arguments[argument]
            kept = []
            for entry in given[argument]:
                named = sent.named(entry)
                order.append(named)
                if self._names(sent, entry):
                    refused.append({**named, **self._failure(lists)})
                else:
                    kept.append(entry)
            call.arguments[argument] = kept
        try:
            answer = proceed()
        except ServiceError:
            if any(call.arguments[argument] for argument in given):
                raise
            answer = _undone(call, given, proceed)
        document = json.loads(answer.body)
        failed = [*document.get(lists.refused, ()), *refused]
        # in the order of the call, as the services answer; what names none of its entries is last
        failed.sort(
            key=lambda each: next(
                (n for n, named in enumerate(order) if contains(each, named)), len(order)
            )
        )
        document[lists.refused] = failed
        if lists.count is not None:
            document[lists.count] = document.get(lists.count, 0) + len(refused)
        body = json.dumps(document, separators=(",", ":")).encode()
        return type(answer)(answer.status, answer.headers, body, answer.delay)

    def _failure(self, lists: EntryLists) -> dict[str, Any]:
        code = lists.default_code if self._code is None else self._code
        reason = lists.reasons.get(str(code), DEFAULT_REASON)
        failure: dict[str, Any] = {lists.reason: reason if self._reason is None else self._reason}
        return failure if lists.code is None else {**failure, lists.code: code}

    def _names(self, sent: Sent, entry: Any) -> bool:
        """Return whether one of the given entries is this one."""
        values = _texts(sent.named(entry))
        return any(
            (each in values) if isinstance(each, str) else contains(entry, each)
            for each in self._entries
        )

    def _check_entry(self, entry: object) -> None:
        if isinstance(entry, str):
            return
        if not isinstance(entry, Mapping) or not entry:
            raise UsageError(
                "An entry is named by text, or by a mapping with some of its members, not"
                f" {entry!r}."
            )
        for target, lists in self._lists.items():
            wrong = [_unknown_member(target, sent, entry) for sent in lists.sent]
            if None not in wrong:
                raise UsageError(str(wrong[0]))


def _unknown_member(target: Target, sent: Sent, entry: Mapping[str, Any]) -> UsageError | None:
    """Return what is wrong with a part of an entry of this list; None if it may be one."""
    try:
        check_parameters([target], {sent.name: [entry]})
    except UsageError as error:
        return error
    return None


def _check_code(target: Target, lists: EntryLists, code: object) -> None:
    if code is None:
        return
    operation = ".".join(target)
    if lists.code is None:
        raise UsageError(
            f"An entry of {lists.refused} of {operation} has a text but no code: leave `code` out,"
            " and write it into `reason`."
        )
    if isinstance(lists.default_code, int):
        if type(code) is not int:
            raise UsageError(f"The {lists.code} of {operation} is a number, not {code!r}.")
    elif not isinstance(code, str):
        raise UsageError(f"The {lists.code} of {operation} is text, not {code!r}.")
    elif lists.codes and code not in lists.codes:
        raise UsageError(
            f"{operation} has no {lists.code} {code!r}; it has: {', '.join(lists.codes)}"
            + nearest_to(code, lists.codes)
        )


class _TakeBackError(Exception):
    """Nothing of a call is to stay."""


def _undone(call: InterceptedCall, given: dict[str, list[Any]], proceed: Proceed) -> HttpAnswer:
    """Return the answer to a call of which nothing is processed, although all of it is valid.

    Some operations refuse a call without entries. So the call is answered with all of them, for the
    checks of the service, and taken back.
    """
    call.arguments.update(given)
    with suppress(_TakeBackError), call.context.world.undone_on_error():
        answer = proceed()
        raise _TakeBackError
    shapes = call.model.output_shape.members
    empty: dict[str, Any] = {
        name: [] if isinstance(value, list) else 0
        for name, value in json.loads(answer.body).items()
        if not shapes[name].metadata.get("min")  # a list that must have entries is left out
    }
    return type(answer)(answer.status, answer.headers, json.dumps(empty).encode(), answer.delay)


def _texts(value: Any) -> list[str]:
    """Return every text in what names an entry."""
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    return [value] if isinstance(value, str) else []


def _with_entry_lists() -> list[str]:
    return [
        f"{service}.{operation}"
        for service, backend in SERVICES.items()
        for operation in sorted(backend.handlers)
        if entry_lists(service, operation) is not None
    ]
