"""Answers the requests to the tools: reads arguments, runs the tool, writes its result."""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from membership_mock.engine.protocol.model import OperationNotFoundError
from membership_mock.errors import UsageError
from membership_mock.server.tools.json_values import to_json
from membership_mock.server.tools.schema import openapi
from membership_mock.server.tools.served import Served
from membership_mock.server.tools.table import IN_PROCESS, PREFIX, nearest_paths, paths, tools_at
from membership_mock.server.tools.tool import Tool
from membership_mock.server.tools.world_tools import is_not_ready, media_of_diagram
from membership_mock.testing.printing import printable

_JSON = "application/json"
#: a browser takes an answer for what it says, runs nothing in it, and asks anew each time
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}
_IN_PROCESS = (
    "Use it in the process that runs the mock: see `python -m membership_mock docs server`."
)


class Refused(Exception):
    """A request that is not one for a tool.

    Args:
        status: the HTTP status.
        code: the code that the client gets.
        message: the text.
        more: further members of the answer.
        headers: further headers.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        more: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.more = more or {}
        self.headers = headers or {}


def answer(served: Served, request: Request) -> Response:
    """Return the answer to a request below the prefix of the tools."""
    try:
        path = request.path.removeprefix(PREFIX).rstrip("/")
        if path == "/schema":
            _check_verb(request, ["GET"])
            return _response(openapi())
        return _run(served, request, path)
    except Refused as refused:
        body = {"code": refused.code, "message": str(refused), **refused.more}
        return _response(body, refused.status, refused.headers)


def refused(status: int, code: str, message: str) -> Response:
    """Return the answer to a request that no tool may see."""
    return _response({"code": code, "message": message}, status)


def _run(served: Served, request: Request, path: str) -> Response:
    tools, held = tools_at(path)
    if not tools:
        why = IN_PROCESS.get(path.strip("/").replace("-", "_"))
        if why is not None:
            raise Refused(
                404, "OnlyInProcess", f"{request.path} is not there over HTTP: {why}. {_IN_PROCESS}"
            )
        near = nearest_paths(f"{PREFIX}{path}")
        hint = f"; nearest: {near[0]}." if near else "."
        raise Refused(
            404,
            "UnknownPath",
            f"No tool has the path {request.path}{hint} `paths` lists all;"
            f" {PREFIX}/schema describes them.",
            {"paths": paths()},
        )
    tool = tools[_check_verb(request, sorted(tools), may_be_misspelt=bool(held))]
    try:
        side, given = _arguments(tool, request, held)
        result = tool.run(served, *side, **tool.arguments(given))
        return _written(tool, given, result)
    except (UsageError, TypeError) as error:
        status = 503 if is_not_ready(tool, error) else 400
        raise Refused(status, type(error).__name__, str(error)) from error
    except OperationNotFoundError as error:
        raise Refused(
            400,
            "UsageError",
            f"{tool.name} needs a newer boto3: this one does not know the operation {error}.",
        ) from error
    except AssertionError as error:
        raise Refused(400, "AssertionError", str(error)) from error
    except Refused:
        raise
    except Exception as error:
        # A mistake of this package: the client is told, and its author can be, too.
        traceback.print_exc(file=sys.stderr)
        raise Refused(
            500, "InternalError", f"{tool.name} has failed with {type(error).__name__}: {error}"
        ) from error


def _check_verb(request: Request, allowed: list[str], *, may_be_misspelt: bool = False) -> str:
    """Return the method of the tool that a request is for.

    Args:
        request: the request.
        allowed: the methods of the tools of its path.
        may_be_misspelt: whether a part of the path was read as an id, which may be a wrong name.
    """
    verb = "GET" if request.method == "HEAD" else request.method
    if verb not in allowed:
        shown = ", ".join(allowed)
        near = nearest_paths(request.path, verb) if may_be_misspelt else []
        hint = f"; nearest for {verb}: {near[0]}" if near else ""
        raise Refused(
            405,
            "WrongMethod",
            f"{request.path} is for {shown}, not for {request.method}{hint}.",
            headers={"Allow": shown},
        )
    return verb


def _arguments(
    tool: Tool, request: Request, held: dict[str, str]
) -> tuple[list[str | None], dict[str, Any]]:
    """Return account and region of a side of AWS if the tool has one, and the other arguments."""
    query = request.args.to_dict()
    for name, values in request.args.lists():
        if len(values) > 1:
            raise UsageError(f"The query of {tool.name} has {name!r} {len(values)} times.")
    side: list[str | None] = []
    if tool.on_a_side:
        side = [query.pop("account", None), query.pop("region", None)]
    if tool.verb != "POST":
        return side, {**tool.read_query(query), **held}
    if query:
        raise UsageError(
            f"{tool.name} takes {', '.join(query)} in the body, a JSON object, not in the query."
        )
    body = _body(request)
    if tool.whole is not None:
        return side, {tool.whole: body}
    if not isinstance(body, dict):
        raise UsageError(f"{tool.name} takes a JSON object with its arguments by name.")
    return side, {**body, **held}


def _body(request: Request) -> Any:
    try:
        text = request.get_data()
    except (OSError, HTTPException) as error:  # the client has gone, or its chunks are malformed
        raise Refused(400, "MalformedBody", f"The body cannot be read: {error}") from None
    if not text.strip():
        return {}
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "MalformedJson", f"The body is not JSON: {error}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _written(tool: Tool, given: dict[str, Any], result: Any) -> Response:
    if tool.media == _JSON:
        return _response(to_json(result))
    media = media_of_diagram(given) if tool.name == "diagram" else tool.media
    return _finished(Response(printable(str(result)), mimetype=media))


def _response(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    text = json.dumps(value, ensure_ascii=False) + "\n"
    if printable(text) != text:  # half a surrogate pair, which only an escape can write
        text = json.dumps(value) + "\n"
    return _finished(Response(text, status, headers, mimetype=_JSON))


def _finished(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
