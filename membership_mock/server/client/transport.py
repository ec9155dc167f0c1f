"""Sends a call of a tool to a server, and reads what comes back."""

from __future__ import annotations

import inspect
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from membership_mock import errors
from membership_mock.errors import NotRunning, UsageError
from membership_mock.server.tools.json_values import from_json, to_json
from membership_mock.server.tools.table import BY_NAME, PREFIX
from membership_mock.server.tools.tool import Tool


class Transport:
    """A connection to the tools of a server.

    Args:
        url: the server's URL, as it prints it.
        ca_file: the certificate to trust, in PEM; those of the machine when None.
        timeout: seconds to wait for an answer.
    """

    def __init__(self, url: str, ca_file: str | None, timeout: float) -> None:
        if urlsplit(str(url)).scheme not in ("http", "https"):
            raise UsageError(f"A server's URL is e.g. 'http://127.0.0.1:5000', not {url!r}.")
        self.url = url.rstrip("/")
        self.ca_file = ca_file
        self._timeout = timeout
        context = ssl.create_default_context(cafile=ca_file)
        self._opener = build_opener(ProxyHandler({}), HTTPSHandler(context=context))

    def use(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a tool with arguments as the mock takes them, and return its result.

        Raises:
            UsageError: the server refuses, with its message, or does not answer.
        """
        tool = BY_NAME[name]
        return self.send(tool, named(tool, args, kwargs))

    def send(
        self, tool: Tool, arguments: Mapping[str, Any], side: Mapping[str, str | None] | None = None
    ) -> Any:
        """Call a tool with arguments by name, and return its result.

        Args:
            tool: the tool.
            arguments: by name.
            side: account and region of a side of AWS; either may be None.

        Raises:
            UsageError: as for `use`.
        """
        sent = {name: to_json(value) for name, value in arguments.items()}
        path = tool.path
        for name in tool.in_path:
            path = path.replace(f"{{{name}}}", str(sent.pop(name)))
        query: dict[str, Any] = {n: value for n, value in (side or {}).items() if value is not None}
        body = None
        if tool.verb != "POST":
            query |= {
                name: value if isinstance(value, str) else json.dumps(value)
                for name, value in sent.items()
                if value is not None
            }
        else:
            body = json.dumps(sent[tool.whole] if tool.whole is not None else sent).encode()
        text = self._exchange(tool.verb, path, query, body)
        if tool.media != "application/json":
            return text
        return from_json(json.loads(text), tool.answer, tool.name)

    def _exchange(self, verb: str, path: str, query: Mapping[str, str], body: bytes | None) -> str:
        shown = f"?{urlencode(query)}" if query else ""
        request = Request(  # noqa: S310  the scheme was checked
            f"{self.url}{PREFIX}{path}{shown}",
            body,
            {"Content-Type": "application/json"} if body is not None else {},
            method=verb,
        )
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return str(answer.read().decode())
        except HTTPError as refusal:
            with refusal:
                raise _raised(refusal.read(), self.url) from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise NotRunning(
                f"No server of membership_mock answers at {self.url}: {reason}. Start it with"
                " `python -m membership_mock serve`."
            ) from error


def named(tool: Tool, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return all arguments of a call by name, as the method of the tool names them.

    Raises:
        TypeError: there are too many, or one is given twice.
    """
    known = [
        each.name
        for each in inspect.signature(tool.says).parameters.values()
        if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
        and each.name not in ("self", "served")
    ]
    if len(args) > len(known):
        raise TypeError(f"{tool.name} takes {len(known)} arguments by position, not {len(args)}.")
    found = dict(zip(known, args, strict=False))
    for name, value in kwargs.items():
        if name in found:
            raise TypeError(f"{tool.name} was given the argument {name!r} twice.")
        found[name] = value
    return found


def error_of(code: str, message: str) -> Exception:
    """Return the error that a code and a message stand for."""
    if code == "TypeError":
        return TypeError(message)
    kind: object = getattr(errors, code, None)
    if isinstance(kind, type) and issubclass(kind, UsageError):
        return kind(message)
    return UsageError(message)


def _raised(body: bytes, url: str) -> Exception:
    try:
        said = json.loads(body)
        return error_of(said["code"], said["message"])
    except (ValueError, KeyError, TypeError):
        return UsageError(f"What answers at {url} is not a server of membership_mock.")
