"""Requests to a server as any program sends them, without an SDK."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

_OPENER = build_opener(ProxyHandler({}))


@dataclass
class Answer:
    """An answer.

    Attributes:
        status: the HTTP status.
        headers: the headers, looked up without regard to case.
        text: the body.
    """

    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        """What the body holds as JSON."""
        return json.loads(self.text)


@dataclass
class Raw:
    """A server.

    Attributes:
        url: its URL.
        headers: what is sent with every request.
    """

    url: str
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, verb: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request; text and bytes are sent as they are, everything else as JSON."""
        data = body
        if body is not None and not isinstance(body, bytes):
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(self.url + path, data, {**self.headers, **named}, method=verb)
        try:
            with _OPENER.open(request, timeout=20) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode())
        except HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.headers, refusal.read().decode())

    def tool(self, verb: str, path: str, body: Any = None) -> Any:
        """Use a tool, and return what it answers."""
        answer = self.send(verb, f"/_membership{path}", body)
        assert answer.status == 200, answer.text
        return answer.json

    def refusal(self, verb: str, path: str, body: Any = None, status: int = 400) -> tuple[str, str]:
        """Use a tool that refuses, and return code and message."""
        answer = self.send(verb, f"/_membership{path}", body)
        assert answer.status == status, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        return answer.json["code"], answer.json["message"]


def signature(service: str, account: str = "111122223333", region: str = "eu-west-1") -> str:
    """Return a header Authorization as an SDK sends it."""
    return (
        f"AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/{service}/aws4_request,"
        " SignedHeaders=host, Signature=abc"
    )
