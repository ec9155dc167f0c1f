"""The schema of all tools over HTTP in OpenAPI 3.1, made from their signatures and type hints."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin, get_type_hints

from membership_mock.server.tools.examples import example_of
from membership_mock.server.tools.json_values import BASE64, to_json
from membership_mock.server.tools.table import PREFIX, TOOLS
from membership_mock.server.tools.tool import REQUIRED, Parameter, Tool
from membership_mock.testing.dumps.dumps import Dump
from membership_mock.testing.organization.organization import MockOrganization
from membership_mock.version import __version__

_BYTES = {
    "description": "bytes: text, or an object with the bytes in base64",
    "type": "object",
    "properties": {BASE64: {"type": "string", "contentEncoding": BASE64}},
    "required": [BASE64],
    "additionalProperties": False,
}
_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bytes: {"anyOf": [{"type": "string"}, _BYTES]},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    type(None): {"type": "null"},
    Any: {},
    object: {},
    Dump: {"type": "object", "description": "the world as plain data"},
}
_ORGANIZATION = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("organization_id", "management", "root_id")},
        **{
            name: {"type": "object", "additionalProperties": {"type": "string"}}
            for name in ("accounts", "units")
        },
    },
}


class Components(dict[str, dict[str, Any]]):
    """The schemas of results with named fields, by name."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[type, str] = {}

    def name_of(self, kind: type) -> str:
        """Return the name of a class; that of its module is added where two have the same."""
        if kind not in self._names:
            taken = kind.__name__ in self._names.values()
            module = kind.__module__.rpartition(".")[2]
            self._names[kind] = f"{kind.__name__}.{module}" if taken else kind.__name__
        return self._names[kind]


@cache
def openapi() -> dict[str, Any]:
    """Return the description of all tools, as OpenAPI has it."""
    named = Components()
    named["Error"] = {
        "type": "object",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        "required": ["code", "message"],
    }
    paths: dict[str, dict[str, Any]] = {}
    for tool in TOOLS:
        paths.setdefault(f"{PREFIX}{tool.path}", {})[tool.verb.lower()] = _operation(tool, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The tools of membership_mock",
            "version": __version__,
            "description": "What a test author does with a running mock, over HTTP.",
        },
        "paths": paths,
        "components": {"schemas": named},
    }


def schema_of(hint: Any, named: Components) -> dict[str, Any]:
    """Return the JSON schema of a type.

    Args:
        hint: the type.
        named: the schemas of results with named fields; those that are met are added.

    Raises:
        TypeError: JSON has nothing for the type.
    """
    origin, inner = get_origin(hint), get_args(hint)
    if hint is MockOrganization:
        named["MockOrganization"] = _ORGANIZATION
        return {"$ref": "#/components/schemas/MockOrganization"}
    if isinstance(hint, (ForwardRef, str)):  # a type that holds itself, such as a tree
        return {}
    if origin is None and hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (Union, types.UnionType):
        return _any_of([each for each in inner if not _is_unsendable(each)], named)
    if is_dataclass(hint) and isinstance(hint, type):
        return _object(hint, named)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        values = schema_of(inner[1], named)
        return {"type": "object", **({"additionalProperties": values} if values else {})}
    if origin is tuple and inner[1:] != (...,):
        each = [schema_of(kind, named) for kind in inner]
        return {"type": "array", "prefixItems": each, "minItems": len(each), "maxItems": len(each)}
    if isinstance(origin, type) and issubclass(origin, Collection):
        items = schema_of(inner[0], named)
        return {"type": "array", **({"items": items} if items else {})}
    raise TypeError(f"{hint!r} has no JSON schema.")


def _is_unsendable(hint: Any) -> bool:
    """Return whether a type exists in Python only: a function, an exception, or its class."""
    if get_origin(hint) is Callable:
        return True
    kind = get_args(hint)[0] if get_origin(hint) is type else hint
    return isinstance(kind, type) and issubclass(kind, BaseException)


def _any_of(kinds: list[Any], named: Components) -> dict[str, Any]:
    if datetime in kinds and str in kinds:  # an instant, which is text
        kinds = [each for each in kinds if each not in (datetime, date)]
    known: list[dict[str, Any]] = []
    for kind in kinds:
        schema = dict(_BYTES) if kind is bytes else schema_of(kind, named)
        if schema not in known:
            known.append(schema)
    simple = [each["type"] for each in known if list(each) == ["type"]]
    if len(simple) == len(known):
        return {"type": simple if len(simple) > 1 else simple[0]}
    return {"anyOf": known} if len(known) > 1 else known[0]


def _object(kind: type, named: Components) -> dict[str, Any]:
    name = named.name_of(kind)
    if name not in named:
        hints = get_type_hints(kind)
        members = [each.name for each in fields(kind)]
        named[name] = {
            "type": "object",
            "description": plain((inspect.getdoc(kind) or "").partition("\n")[0]),
            "properties": {each: schema_of(hints[each], named) for each in members},
            "required": members,
        }
    return {"$ref": f"#/components/schemas/{name}"}


def plain(words: str) -> str:
    """Return what a docstring says in the words of JSON, with the marks of Markdown."""
    return re.sub(r"\bNone\b", "null", words.replace("``", "`"))


def _operation(tool: Tool, named: Components) -> dict[str, Any]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    parameters = [
        _argument(each, "path" if name in tool.in_path else "query", named)
        for name, each in tool.parameters.items()
        if tool.verb != "POST" or name in tool.in_path
    ]
    if tool.on_a_side:
        parameters += [
            {
                "name": name,
                "in": "query",
                "description": f"{what}; the mock's default {name} when left out",
                "schema": {"type": "string"},
            }
            for name, what in (("account", "12 digits"), ("region", "the region"))
        ]
    described: dict[str, Any] = {
        "operationId": tool.name,
        "summary": plain(tool.summary),
        "parameters": parameters,
    }
    body = body_of(tool, named)
    if body is not None:
        needed = bool(body.get("required")) or tool.whole is not None
        described["requestBody"] = {
            "required": needed,
            "content": {"application/json": {"schema": body, "example": _example(tool)}},
        }
    described["responses"] = {
        "200": {
            "description": "what it answers",
            "content": {tool.media: {"schema": schema_of(tool.answer, named)}},
        },
        "400": {"description": "a usage error; nothing has changed", "content": error},
    }
    return described


def _example(tool: Tool) -> Any:
    example = example_of(tool.name)
    return example[tool.whole] if tool.whole is not None else example


def body_of(tool: Tool, named: Components) -> dict[str, Any] | None:
    """Return the schema of the body that a tool takes; None if it takes none."""
    if tool.verb != "POST":
        return None
    taken = {name: each for name, each in tool.parameters.items() if name not in tool.in_path}
    if tool.whole is not None:
        return {
            **schema_of(taken[tool.whole].hint, named),
            "description": plain(taken[tool.whole].words),
        }
    if not taken and tool.others is None:
        return None
    others = schema_of(tool.others.hint, named) if tool.others else False
    return {
        "type": "object",
        "properties": {name: _described(each, named) for name, each in taken.items()},
        "required": [name for name, each in taken.items() if each.default is REQUIRED],
        "additionalProperties": others or others is not False,
    }


def _argument(each: Parameter, place: str, named: Components) -> dict[str, Any]:
    schema = _described(each, named)
    words = schema.pop("description", "")
    return {
        "name": each.name,
        "in": place,
        "required": place == "path" or each.default is REQUIRED,
        "description": words,
        "schema": schema,
    }


def _described(each: Parameter, named: Components) -> dict[str, Any]:
    schema = schema_of(each.hint, named)
    if each.words:
        schema["description"] = plain(each.words)
    if each.default not in (REQUIRED, None):
        schema["default"] = to_json(each.default)
    return schema
