"""The numbered choices of the reference pages: what the mock does where AWS's documents are silent.

The tables of the pages have a column "No." with a number that never changes, e.g. ``SH-12``.
Docstrings name the same numbers behind the word *inferred*, e.g. ``(inferred [SH-12])``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from membership_mock.manual.pages import pages
from membership_mock.manual.statements import statements_on

#: the prefix of the numbers of each service
PREFIXES = {"security-ir": "IR", "securityhub": "SH", "cleanrooms": "CR"}
_ROW = re.compile(r"^\| ((?:IR|SH|CR)-\d+) \| (.*) \|$")
NUMBER = re.compile(r"\b(?:IR|SH|CR)-\d+\b")


@dataclass(frozen=True)
class Choice:
    """A row of a table of choices.

    Attributes:
        number: its number, e.g. ``SH-12``.
        topic: the page that it stands on.
        situation: when it applies.
        behaviour: what the mock does.
    """

    number: str
    topic: str
    situation: str
    behaviour: str


@cache
def choices() -> dict[str, Choice]:
    """Return every choice by its number, in the order of the pages."""
    found = {}
    for page in pages().values():
        if page.folder == "reference":
            for line in page.text.splitlines():
                row = _ROW.match(line)
                if row:
                    situation, _, behaviour = row[2].partition(" | ")
                    found[row[1]] = Choice(row[1], page.topic, situation, behaviour)
    return found


@cache
def choices_on(service: str, operation: str, docstring: str) -> tuple[Choice, ...]:
    """Return the choices that concern an operation.

    Their rows name the operation, or its docstring, or a marked row on it, names their numbers.

    Args:
        service: the service's id.
        operation: the operation's name.
        docstring: that of the method that serves it.
    """
    stated = (f"{each.text} {each.mark}" for each in statements_on(service, operation))
    named = set(NUMBER.findall(" ".join([docstring, *stated])))
    word = re.compile(rf"\b{operation}\b")
    prefix = f"{PREFIXES[service]}-"
    return tuple(
        each
        for each in choices().values()
        if each.number in named
        or (each.number.startswith(prefix) and word.search(f"{each.situation} {each.behaviour}"))
    )
