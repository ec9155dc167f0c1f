"""One tool over HTTP: its path, and its arguments from the signature of the method behind it."""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from membership_mock.errors import UsageError
from membership_mock.server.tools.json_values import from_json
from membership_mock.testing.argument_types import check_types
from membership_mock.testing.names import nearest_to
from membership_mock.testing.type_hints import hints_of

#: a parameter without a default
REQUIRED = inspect.Parameter.empty

_SECTION = re.compile(r"^(Args|Returns|Raises|Attributes|Yields):$")
_ARGUMENT = re.compile(r"^    \*{0,2}(\w+): (.*)$")


@dataclass(frozen=True)
class Parameter:
    """An argument of a tool.

    Attributes:
        name: its name.
        hint: its type.
        default: its default; `REQUIRED` if it has none.
        words: what the docstring says about it.
    """

    name: str
    hint: Any
    default: Any
    words: str


@dataclass(frozen=True)
class Tool:
    """A tool over HTTP.

    Attributes:
        name: how it is called on a mock, e.g. ``clock.move_to``.
        verb: the method of HTTP.
        path: below ``/_membership``; a part in braces is an argument.
        says: the method whose signature, type hints and docstring describe it.
        run: does it; takes what is served, and the arguments by name.
        answers: the type of the answer; that of the method when None.
        without: arguments of the method that cannot be sent.
        whole: the argument that is the whole body; None when the body is an object of arguments.
        on_a_side: whether an account and a region are arguments of the query.
        media: the media type of the answer.
        words: what is said about arguments that take less over HTTP than in Python.
    """

    name: str
    verb: Literal["GET", "POST", "DELETE"]
    path: str
    says: Callable[..., Any]
    run: Callable[..., Any]
    answers: Any = None
    without: frozenset[str] = frozenset()
    whole: str | None = None
    on_a_side: bool = False
    media: str = "application/json"
    words: Mapping[str, str] = field(default_factory=dict)

    @functools.cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The arguments by name; those of the path are among them."""
        hints, words = hints_of(self.says), {**_arguments(self.says), **self.words}
        return {
            each.name: Parameter(
                each.name, hints.get(each.name, Any), each.default, words.get(each.name, "")
            )
            for each in inspect.signature(self.says).parameters.values()
            if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
            and each.name not in ("self", "served")
            and each.name not in self.without
        }

    @functools.cached_property
    def others(self) -> Parameter | None:
        """What else it takes by any name: the fields of an operation, or None."""
        for each in inspect.signature(self.says).parameters.values():
            if each.kind is each.VAR_KEYWORD:
                words = _arguments(self.says).get(each.name, "")
                hint = hints_of(self.says).get(each.name, Any)
                return Parameter(each.name, hint, REQUIRED, words)
        return None

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return (inspect.getdoc(self.says) or "").partition("\n\n")[0].replace("\n", " ")

    @property
    def answer(self) -> Any:
        """The type of its answer."""
        return self.answers or hints_of(self.says).get("return", Any)

    @property
    def in_path(self) -> list[str]:
        """The names of the arguments in the path."""
        return re.findall(r"{(\w+)}", self.path)

    def arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments for `run`, of the types that it takes.

        Args:
            given: what was sent: JSON values by name.

        Raises:
            UsageError: one is unknown, missing, cannot be sent, or of another type.
        """
        for name in given:
            if name in self.without:
                raise UsageError(
                    f"{self.name} takes no {name} over HTTP: it cannot be written as JSON."
                )
            if name not in self.parameters and self.others is None:
                known = ", ".join(self.parameters) or "none"
                raise UsageError(
                    f"{self.name} has no argument {name!r}{nearest_to(name, self.parameters)}"
                    f" Its arguments: {known}."
                )
        for each in self.parameters.values():
            if each.default is REQUIRED and each.name not in given:
                raise UsageError(f"{self.name} needs the argument {each.name!r}.")
        read = {}
        for name, value in given.items():
            known_as = self.parameters.get(name) or self.others
            read[name] = from_json(value, known_as.hint if known_as else Any, name)
        check_types(self.name, self.says, read)
        return read

    def read_query(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return the JSON values that the texts of a query stand for.

        Raises:
            UsageError: one is not JSON where the argument is not text.
        """
        found: dict[str, Any] = {}
        for name, text in query.items():
            parameter = self.parameters.get(name)
            if parameter is None or takes_text(parameter.hint):
                found[name] = text
                continue
            try:
                found[name] = json.loads(text)
            except ValueError:
                raise UsageError(f"{self.name}: {name}={text!r} is not JSON.") from None
        return found


def takes_text(hint: Any) -> bool:
    """Return whether a value of a type is text."""
    return hint is str or str in getattr(hint, "__args__", ()) or _is_of_texts(hint)


def _is_of_texts(hint: Any) -> bool:
    kinds = getattr(hint, "__args__", ())
    return bool(kinds) and all(isinstance(each, str) for each in kinds)


@functools.cache
def _arguments(method: Callable[..., Any]) -> dict[str, str]:
    """Return what the section ``Args`` of a docstring says about each argument."""
    found: dict[str, str] = {}
    section = last = ""
    for line in (inspect.getdoc(method) or "").splitlines():
        heading = _SECTION.match(line)
        if heading:
            section = heading.group(1)
        elif section == "Args":
            argument = _ARGUMENT.match(line)
            if argument:
                last = argument.group(1)
                found[last] = argument.group(2)
            elif line.startswith("        ") and last:
                found[last] += f" {line.strip()}"
    return found
