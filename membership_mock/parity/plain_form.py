"""The plain form of a recording: one JSON object a line. `docs/reference/recordings.md` has it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from membership_mock.errors import UsageError
from membership_mock.parity.recorded_call import RecordedCall, RecordedError, Recording
from membership_mock.parity.shapes import TYPES
from membership_mock.testing.names import nearest_to
from membership_mock.testing.printing import shortened

#: the version of the form, which the first line of a recording says
VERSION = 1
#: the fields of the head, of a call and of an error
HEAD = ("recording", "about", "world", "ids")
ENTRY = (
    "service",
    "operation",
    "account",
    "region",
    "parameters",
    "answer",
    "shape",
    "error",
    "status",
    "partial",
    "setup",
    "about",
)
ERROR = ("code", "message", "contains", "members")
_ACCOUNT = re.compile(r"\d{12}")


def read_plain(path: Path) -> Recording:
    """Return the recording in a file of JSON lines.

    Raises:
        UsageError: the file cannot be read, or an entry is malformed; the text names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the recording cannot be read: {error}") from error
    head: Mapping[str, Any] = {}
    calls: list[RecordedCall] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{place}: this is not JSON: {error}") from error
        if isinstance(entry, Mapping) and "recording" in entry:
            if head or calls:
                raise UsageError(f"{place}: the head of a recording is its first line.")
            head = _checked_head(place, entry)
        else:
            calls.append(call_of(place, entry))
    return Recording(
        name=str(path), calls=calls, world=head.get("world", {}), ids=head.get("ids", {})
    )


def call_of(place: str, entry: object) -> RecordedCall:
    """Return the call that an entry of the plain form describes.

    Args:
        place: the file and the entry, for messages.
        entry: a mapping with the fields of the plain form.

    Raises:
        UsageError: the entry is malformed; the text begins with ``place``.
    """
    fields = _mapping(place, "an entry", entry)
    _known(place, "an entry", fields, ENTRY)
    for name in ("service", "operation"):
        if not isinstance(fields.get(name), str) or not fields[name]:
            raise UsageError(f"{place}: {name!r} is missing: it is a text, e.g. {_EXAMPLES[name]}.")
    account, region = fields.get("account"), fields.get("region")
    if account is not None and not (isinstance(account, str) and _ACCOUNT.fullmatch(account)):
        raise UsageError(f"{place}: 'account' is a text of 12 digits, not {_short(account)}.")
    if region is not None and not isinstance(region, str):
        raise UsageError(f"{place}: 'region' is a text, e.g. 'eu-west-1', not {_short(region)}.")
    status = fields.get("status")
    if status is not None and (type(status) is not int or not 100 <= status < 600):
        raise UsageError(f"{place}: 'status' is an HTTP status, e.g. 200, not {_short(status)}.")
    for name in ("partial", "setup"):
        if not isinstance(fields.get(name, False), bool):
            raise UsageError(f"{place}: {name!r} is true or false, not {_short(fields[name])}.")
    setup = fields.get("setup", False)
    told = [name for name in ("answer", "shape", "error") if fields.get(name) is not None]
    if len(told) > 1 or not (told or setup):
        raise UsageError(
            f"{place}: one of 'answer', 'shape' and 'error' was expected, but there"
            f" {'are ' + ' and '.join(map(repr, told)) if told else 'is none'}. Only a call with"
            " 'setup': true may have none."
        )
    if setup and told not in ([], ["answer"]):
        raise UsageError(f"{place}: a set-up call has an 'answer' or nothing, not {told[0]!r}.")
    return RecordedCall(
        place=place,
        service=fields["service"],
        operation=fields["operation"],
        account=account,
        region=region,
        parameters=_mapping(place, "'parameters'", fields.get("parameters") or {}),
        answer=_mapping(place, "'answer'", fields["answer"]) if told == ["answer"] else None,
        shape=_shape(place, fields["shape"]) if told == ["shape"] else None,
        error=_error(place, fields["error"]) if told == ["error"] else None,
        status=status,
        partial=fields.get("partial", False),
        setup=setup,
    )


_EXAMPLES = {"service": "'securityhub'", "operation": "'CreateMembers'"}


def entry_of(call: RecordedCall) -> dict[str, Any]:
    """Return a call as an entry of the plain form."""
    entry: dict[str, Any] = {"service": call.service, "operation": call.operation}
    optional = {"account": call.account, "region": call.region}
    entry.update({name: value for name, value in optional.items() if value is not None})
    entry["parameters"] = dict(call.parameters)
    if call.error is not None:
        error = call.error
        told = {"code": error.code, "message": error.message, "contains": error.contains}
        entry["error"] = {name: value for name, value in told.items() if value is not None}
        if error.members:
            entry["error"]["members"] = dict(error.members)
    if call.answer is not None:
        entry["answer"] = dict(call.answer)
    if call.shape is not None:
        entry["shape"] = dict(call.shape)
    if call.status is not None:
        entry["status"] = call.status
    entry.update({name: True for name in ("partial", "setup") if getattr(call, name)})
    return entry


def written(recording: Recording) -> str:
    """Return a recording in the plain form."""
    head: dict[str, Any] = {"recording": VERSION}
    if recording.world:
        head["world"] = dict(recording.world)
    if recording.ids:
        head["ids"] = dict(recording.ids)
    lines = [head, *map(entry_of, recording.calls)]
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


def _checked_head(place: str, head: Mapping[str, Any]) -> Mapping[str, Any]:
    _known(place, "the head of a recording", head, HEAD)
    if head["recording"] != VERSION:
        raise UsageError(
            f"{place}: this is version {_short(head['recording'])} of the form; this release reads"
            f" version {VERSION}."
        )
    _mapping(place, "'world'", head.get("world", {}))
    ids = _mapping(place, "'ids'", head.get("ids", {}))
    for recorded, reference in ids.items():
        check_reference(place, recorded, reference)
    return head


def check_reference(place: str, recorded: str, reference: object) -> None:
    """Check what an id of the presumed state refers to.

    Raises:
        UsageError: it is not a reference.
    """
    if not isinstance(reference, str) or not re.fullmatch(r"\$[\w-]+(\.[\w-]+)*", reference):
        raise UsageError(
            f"{place}: 'ids' says of {recorded!r} {_short(reference)}; expected was a reference to"
            " a part of 'world', e.g. '$room.id'."
        )


def _error(place: str, value: object) -> RecordedError:
    error = _mapping(place, "'error'", value)
    _known(place, "an error", error, ERROR)
    if not isinstance(error.get("code"), str) or not error["code"]:
        raise UsageError(f"{place}: the error has no 'code', e.g. 'AccessDeniedException'.")
    for name in ("message", "contains"):
        if error.get(name) is not None and not isinstance(error[name], str):
            raise UsageError(f"{place}: {name!r} is a text, not {_short(error[name])}.")
    members = _mapping(place, "'members'", error.get("members") or {})
    return RecordedError(error["code"], error.get("message"), error.get("contains"), members)


def _shape(place: str, value: object) -> Mapping[str, str]:
    shape = _mapping(place, "'shape'", value)
    for path, kind in shape.items():
        named = kind.partition(" = ")[0].strip() if isinstance(kind, str) else kind
        if named not in TYPES:
            near = nearest_to(str(named), TYPES)
            raise UsageError(f"{place}: the type of {path!r} is {_short(kind)}{near}")
    return shape


def _mapping(place: str, what: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise UsageError(f"{place}: {what} is an object, not {_short(value)}.")
    return value


def _known(place: str, what: str, fields: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in fields:
        if name not in known:
            raise UsageError(
                f"{place}: {what} has no {name!r}{nearest_to(str(name), known)} It has:"
                f" {', '.join(known)}."
            )


def _short(value: Any, show: Callable[[Any], str] = repr) -> str:
    return shortened(show(value), 80)
