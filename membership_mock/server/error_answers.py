"""Errors of the server itself, in the form that the SDK of the calling program reads.

An SDK shows code and text of an error only if it comes in the protocol of its service, and it
repeats a call after the statuses 500, 502, 503 and 504.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from werkzeug.datastructures import Headers

#: the services that speak XML over paths, by the names that their requests are signed for
REST_XML = frozenset({"s3", "s3control", "cloudfront", "route53"})


@dataclass(frozen=True)
class ErrorAnswer:
    """An error as HTTP has it.

    Attributes:
        status: the HTTP status.
        headers: the headers.
        body: the bytes of the body.
    """

    status: int
    headers: dict[str, str]
    body: bytes


def error_answer(
    headers: Headers, service: str | None, status: int, code: str, message: str
) -> ErrorAnswer:
    """Return an error for a request.

    Args:
        headers: those of the request, looked up without regard to case.
        service: the name that the request is signed for; None when it is not known.
        status: the HTTP status, which SDKs do not repeat.
        code: a stable code.
        message: the text.
    """
    kind = headers.get("Content-Type", "")
    if "smithy-protocol" in headers:
        media, body = "application/cbor", _cbor({"__type": code, "message": message})
    elif service == "ec2":
        media, body = "text/xml", _xml("Response/Errors/Error", code, message)
    elif service == "s3":
        media, body = "application/xml", _xml("Error", code, message)
    elif service in REST_XML or kind.startswith("application/x-www-form-urlencoded"):
        media, body = "text/xml", _xml("ErrorResponse/Error", code, message)
    else:
        media = "application/json"
        body = json.dumps({"__type": code, "message": message}, ensure_ascii=False).encode()
    sent = {"Content-Type": media, "x-amzn-errortype": code}
    if "smithy-protocol" in headers:
        sent["smithy-protocol"] = headers["smithy-protocol"]
    return ErrorAnswer(status, sent, body)


def _xml(path: str, code: str, message: str) -> bytes:
    names = path.split("/")
    opened = "".join(f"<{name}>" for name in names)
    closed = "".join(f"</{name}>" for name in reversed(names))
    said = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    return f"{opened}{said}{closed}".encode()


def _cbor(fields: Mapping[str, str]) -> bytes:
    """Return a map of texts in CBOR, RFC 8949."""
    parts = [bytes([0xA0 | len(fields)])]
    for text in (each for pair in fields.items() for each in pair):
        data = text.encode()
        size = len(data)
        if size < 24:
            parts.append(bytes([0x60 | size]))
        else:
            parts.append(b"\x79" + min(size, 0xFFFF).to_bytes(2, "big"))
        parts.append(data[:0xFFFF])
    return b"".join(parts)
