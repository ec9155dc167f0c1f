"""Writes ``docs/reference/http.md``: ``python -m membership_mock.server.reference_page``.

Everything in it comes from the schema, which comes from the tools' own signatures.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from membership_mock.server.tools.examples import SIDE, example_of
from membership_mock.server.tools.schema import openapi, plain
from membership_mock.server.tools.table import BY_NAME, PREFIX
from membership_mock.server.tools.tool import Tool

_INTRODUCTION = (
    "# The tools over HTTP\n\n"
    "What a server of this package (`python -m membership_mock serve`) offers below"
    f" `{PREFIX}`; see [the mock over HTTP](../how-to/server.md).\n"
    "Generated from the signatures of the tools by"
    " `python -m membership_mock.server.reference_page`; tests check that it is fresh, and run"
    " every example.\n\n"
    "- The path is the name of the tool in Python: `mock.clock.move_to(at=…)` is"
    f" `POST {PREFIX}/clock/move_to`.\n"
    "- `POST` takes a JSON object with the arguments by name; `GET` and `DELETE` take them in the"
    " query.\n"
    "- The answer is the result as JSON, `null` where there is none.\n"
    '- Instants are text in ISO 8601. Bytes are text, or `{"base64": "…"}`.\n'
    "- Text in angle brackets, such as `<case>`, stands for an id that an earlier call has"
    " answered, or for the whole result of a seed.\n"
    "- Required arguments are **bold**.\n\n"
    f"`GET {PREFIX}/schema` is the same as OpenAPI 3.1, and `GET {PREFIX}/` the page for a"
    " browser.\n\n"
    "## Refusals\n\n"
    '`{"code": "…", "message": "…"}`, and nothing has changed.\n\n'
    "| Status | Code | When |\n"
    "| --- | --- | --- |\n"
    "| 400 | the class of the usage error, e.g. `UsageError`, `SeedRefused`, `NotRunning`,"
    " `UnfiredFault`; `TypeError` | the tool refuses; the message is its own |\n"
    "| 400 | `MalformedJson` | the body is not JSON |\n"
    "| 400 | `MalformedBody` | the body ends too early, or its chunks are malformed |\n"
    "| 403 | `ForeignPage` | a web page of another server has sent it |\n"
    "| 404 | `OnlyInProcess` | it is for the process that runs the mock, e.g. hooks; the message"
    " says why |\n"
    "| 404 | `UnknownPath` | there is no such tool; `paths` lists all |\n"
    "| 405 | `WrongMethod` | the header `Allow` says which methods there are |\n"
    "| 500 | `InternalError` | a mistake of this package |\n"
    "| 503 | `NotRunning` | `ready`, when the mock has ended |\n"
)

#: what stays as it is in a query, so that people can read it
_READABLE = "*<>"

_OF_SIDES = (
    "`account` and `region` of the side are in the query; without them it is the side of the"
    " default account in the default region."
)

#: the sections, by how the paths of their tools begin
_SECTIONS = {
    "The server and the world": ("/health", "/ready", "/reset", "/snapshot", "/restore", "/dump",
                                 "/load", "/show", "/diagram"),
    "Calls": ("/calls",),
    "Faults": ("/faults",),
    "Canned answers": ("/answers",),
    "Strict mode, and what was never used": ("/strict", "/unused_plans"),
    "Events": ("/events",),
    "The clock": ("/clock",),
    "Quotas": ("/quotas",),
    "Organizations and whole worlds": ("/organization", "/given/world"),
    "Seeds of Security Hub": ("/given/securityhub/",),
    "Seeds of Clean Rooms": ("/given/cleanrooms/",),
    "Seeds of Security Incident Response": ("/given/security_ir/",),
    "AWS's side": ("/aws_side/",),
}  # fmt: skip


def reference_page() -> str:
    """Return the page."""
    lines = _INTRODUCTION.splitlines()
    for title, starts in _SECTIONS.items():
        lines += ["", f"## {title}", ""]
        if title == "AWS's side":
            lines += [_OF_SIDES, ""]
        for path, verbs in openapi()["paths"].items():
            if path.removeprefix(PREFIX).startswith(starts):
                for verb, described in verbs.items():
                    lines += _tool(verb.upper(), path, described)
    return "\n".join(lines).rstrip() + "\n"


def _tool(verb: str, path: str, described: dict[str, Any]) -> Iterator[str]:
    tool = BY_NAME[described["operationId"]]
    yield f"### `{verb} {path}`"
    yield ""
    yield described["summary"]
    yield ""
    rows = list(_arguments(tool, described))
    if rows:
        yield "| Argument | Type | Default | |"
        yield "| --- | --- | --- | --- |"
        yield from rows
        yield ""
    (answer,) = described["responses"]["200"]["content"].items()
    media, content = answer
    kind = type_of(content["schema"]) if media == "application/json" else f"`{media}`"
    yield f"Answers {'`null`' if kind == 'null' else kind}."
    yield ""
    yield "```console"
    yield f"$ {curl(tool)}"
    yield "```"
    yield ""


def _arguments(tool: Tool, described: dict[str, Any]) -> Iterator[str]:
    body = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = body.get("schema", {})
    for each in described["parameters"]:
        if not (tool.on_a_side and each["name"] in SIDE):
            yield _row(each["name"], {**each["schema"], "description": each["description"]},
                       required=each["required"])  # fmt: skip
    if tool.whole is not None:
        yield _row("the body", schema, required=True)
        return
    for name, each in schema.get("properties", {}).items():
        yield _row(name, each, required=name in schema["required"])
    if tool.others is not None:
        words = {**_as_schema(schema["additionalProperties"]), "description": tool.others.words}
        yield _row("any other", words, required=False)


def _row(name: str, schema: dict[str, Any], *, required: bool) -> str:
    shown = f"**`{name}`**" if required else f"`{name}`"
    default = f"`{json.dumps(schema['default'])}`" if "default" in schema else ""
    words = plain(schema.get("description", "")).replace("|", "\\|")
    return f"| {shown} | {type_of(schema)} | {default} | {words} |"


def _as_schema(others: Any) -> dict[str, Any]:
    return others if isinstance(others, dict) else {}


def type_of(schema: dict[str, Any]) -> str:
    """Return the type of a schema in words."""
    if not set(schema) - {"description", "default"}:
        return "any"
    if "$ref" in schema:
        return f"a `{schema['$ref'].rpartition('/')[2]}`"
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(each)}`" for each in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(type_of(each) for each in schema["anyOf"]))
    if schema.get("type") == "array":
        items = schema.get("items")
        return f"list of {type_of(items)}" if items else "list"
    if isinstance(schema["type"], list):
        return " or ".join(schema["type"])
    kind = str(schema["type"])
    return "day" if schema.get("format") == "date" else kind


def curl(tool: Tool, url: str = "http://127.0.0.1:5000") -> str:
    """Return the command that uses a tool with its example."""
    sent = example_of(tool.name)
    path = tool.path
    for name in tool.in_path:
        path = path.replace(f"{{{name}}}", sent.pop(name))
    query = dict(SIDE) if tool.on_a_side else {}
    if tool.verb != "POST":
        query |= {n: v if isinstance(v, str) else json.dumps(v) for n, v in sent.items()}
    where = f"{url}{PREFIX}{path}{f'?{urlencode(query, safe=_READABLE)}' if query else ''}"
    quoted = f"'{where}'" if "?" in where or "<" in where else where
    if tool.verb != "POST":
        return f"curl {'-X DELETE ' if tool.verb == 'DELETE' else ''}{quoted}"
    body = sent[tool.whole] if tool.whole is not None else sent
    if isinstance(body, str):  # a file that an earlier command has written
        return f"curl -d @dump.json {quoted}"
    if not body:
        return f"curl -X POST {quoted}"
    text = json.dumps(body).replace("'", "'\\''")
    return f"curl -d '{text}' {quoted}"


if __name__ == "__main__":
    sys.stdout.write(reference_page())
