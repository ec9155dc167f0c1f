"""Check that answers fit the service model. Only the tests of this project use it.

An answer that AWS could not have given misleads users. So every answer and every error that the
project's own tests cause is checked here as it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape

from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.field_paths import FieldPath, Unparsable, missing, path_of
from membership_mock.engine.protocol.parse import json_object
from membership_mock.engine.protocol.readers import Readers
from membership_mock.engine.protocol.refusals import Violation


def misfits(
    service: str,
    operation: str,
    answer_body: bytes,
    status: int,
    headers: Mapping[str, str] | None = None,
) -> list[str]:
    """Return every way in which a successful answer does not fit its output shape.

    Args:
        service: the service's id.
        operation: the operation's name.
        answer_body: the body as it is sent.
        status: the status.
        headers: the headers.
    """
    described = model.service_model(service).operation_model(operation)
    shape = described.output_shape
    wrong = []
    located = {
        member.serialization.get("location") for member in (shape.members if shape else {}).values()
    }
    if "statusCode" not in located and status != model.success_status(described):
        wrong.append(f"status is {status}, not {model.success_status(described)}")
    return wrong + _members(shape, answer_body, headers or {}, _readers(service))


def error_misfits(
    service: str,
    operation: str | None,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    allowed: Iterable[str] = (),
) -> list[str]:
    """Return every way in which an error does not fit what its operation declares.

    Args:
        service: the service's id.
        operation: the operation's name; None for a route that does not exist.
        status: the status.
        headers: the headers.
        body: the body as it is sent.
        allowed: codes that may be sent though the operation does not declare them.
    """
    names = {name.lower(): text for name, text in headers.items()}
    code = names.get("x-amzn-errortype", "").partition(":")[0]
    if not code:
        return ["there is no x-amzn-errortype header"]
    shape = model.error_shape(service, code)
    known = set(allowed)
    if operation is not None:
        known |= model.declared_errors(model.service_model(service).operation_model(operation))
    elif shape is not None:
        known.add(code)
    wrong = [] if code in known else [f"{code} is not declared by {operation or service}"]
    if not isinstance(shape, StructureShape):
        return wrong + _common_error_misfits(status, body)
    expected = shape.metadata.get("error", {}).get("httpStatusCode")
    if expected is not None and status != expected and code not in allowed:
        wrong.append(f"status is {status}, not {expected}")
    return wrong + _members(shape, body, headers, _readers(service))


def strays(service: str, operation: str, answer: object) -> list[str]:
    """Return the keys of a handler's answer that its output shape does not have.

    The serializer leaves them out silently, because an older botocore may not know a field yet.
    """
    shape = model.service_model(service).operation_model(operation).output_shape
    if shape is None:
        return [str(key) for key in answer] if isinstance(answer, Mapping) else []
    return _strays(shape, answer, "")


def _strays(shape: Shape, value: Any, path: str) -> list[str]:
    if value is None or shape.metadata.get("document"):
        return []
    if isinstance(shape, ListShape):
        return [text for item in value for text in _strays(shape.member, item, f"{path}/*")]
    if isinstance(shape, MapShape):
        return [text for item in value.values() for text in _strays(shape.value, item, f"{path}/*")]
    if not isinstance(shape, StructureShape):
        return []
    if isinstance(value, Mapping):
        fields = dict(value)
    else:
        names = {name: model.snake(name) for name in shape.members}
        fields = {name: getattr(value, snake, None) for name, snake in names.items()}
    found = []
    for name, item in fields.items():
        if name not in shape.members:
            found.append(f"{path}/{name}")
        elif not callable(item):
            found += _strays(shape.members[name], item, f"{path}/{name}")
    return found


def _members(
    shape: StructureShape | None, body: bytes, headers: Mapping[str, str], readers: Readers
) -> list[str]:
    members: Mapping[str, Shape] = shape.members if shape else {}
    payload = shape.serialization.get("payload") if shape else None
    inside = [name for name in members if "location" not in members[name].serialization]
    found: list[Violation] = []
    present = set()
    if payload or not inside:
        if body and not payload:
            found.append(_text(None, "must be empty: the shape has no fields there"))
        present.update([payload] if body and payload else [])
    elif shape is not None:
        try:
            sent = json_object(body)
        except Unparsable as unparsable:
            return [unparsable.detail]
        fields = readers.fields(shape, inside, str)
        for key, item in sent.items():
            field = fields[key]
            if field is None:
                found.append(_text((None, key), "is not a field of the model"))
            elif item is None:
                found.append(_text((None, key), "must not be null"))
            else:
                present.add(field[0])
                field[1](item, (None, key), found)
    names = {name.lower(): text for name, text in headers.items()}
    for name, member in members.items():
        wire = member.serialization.get("name", name).lower()
        if member.serialization.get("location") == "header" and wire in names:
            present.add(name)
            readers.text(member, "header")([names[wire]], (None, name), found)
    required = shape.required_members if shape else ()
    found.extend(missing((None, name)) for name in required if name not in present)
    return [_sentence(item) for item in found]


def _common_error_misfits(status: int, body: bytes) -> list[str]:
    try:
        sent = json_object(body)
    except Unparsable as unparsable:
        return [unparsable.detail]
    wrong = (
        [] if status // 100 in (4, 5) else [f"status is {status}, which is not that of an error"]
    )
    if not isinstance(sent.get("message", sent.get("Message")), str):
        wrong.append("the body has no message")
    return wrong


@cache
def _readers(service: str) -> Readers:
    del service
    return Readers(refuse=_note, strict=True)


def _note(at: FieldPath, detail: str, found: list[Violation]) -> None:
    found.append(_text(at, detail))


def _text(at: FieldPath, detail: str) -> Violation:
    # one list for texts and violations, so that they keep their order
    where = "/".join(map(str, path_of(at)))
    return cast("Violation", f"'/{where}' {detail}")


def _sentence(found: Violation | str) -> str:
    if isinstance(found, str):
        return found
    where = "/".join(map(str, found.path))
    return f"'/{where}' = {found.value!r}: {found.constraint}"
