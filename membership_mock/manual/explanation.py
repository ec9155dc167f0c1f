"""What ``explain`` prints: what the mock does for an operation, and how that is known."""

from __future__ import annotations

import difflib
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator

from membership_mock.engine.pipeline.handlers import Handler
from membership_mock.engine.protocol.model import declared_errors, service_model, service_names
from membership_mock.errors import UsageError
from membership_mock.manual.choices import choices_on
from membership_mock.manual.sources import (
    linked_keys,
    named_api_pages,
    named_sources,
    sources_of,
)
from membership_mock.manual.statements import statements_on
from membership_mock.manual.terminal import plain
from membership_mock.services import SERVICES
from membership_mock.testing.names import nearest_to

_SOURCES = re.compile(r"Sources?: (.*?)(?:\n\n|\Z)", re.DOTALL)
_WIDTH = 88
#: where AWS documents each operation of a service
_API_PAGES = {
    "security-ir": "https://docs.aws.amazon.com/security-ir/latest/APIReference/API_{}.html",
    "securityhub": "https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_{}.html",
    "cleanrooms": "https://docs.aws.amazon.com/clean-rooms/latest/apireference/API_{}.html",
}


def explain(asked: str) -> str:
    """Return what the mock does for an operation, its errors, differences, choices and sources.

    Args:
        asked: the operation, e.g. ``securityhub.CreateMembers``, ``CreateMembers`` or
            ``create_members``.

    Raises:
        UsageError: no mocked service has the operation.
    """
    service, name = _found(asked)
    handler = SERVICES[service].handlers[name]
    return "\n".join(_lines(service, name, handler)).rstrip() + "\n"


def api_page(service: str, operation: str) -> str:
    """Return the address of AWS's page on an operation."""
    return _API_PAGES[service].format(operation)


def addresses(service: str, name: str, handler: Handler) -> dict[str, str]:
    """Return the sources of what is known of an operation: the address of each by its key.

    They are those that the docstrings of its method and its module name, and those that rows of
    the reference pages on it link to. The operation's own API page is left out.

    Args:
        service: the service's id.
        name: the operation.
        handler: what serves it.
    """
    docstring = inspect.getdoc(handler.method) or ""
    module = inspect.getdoc(sys.modules[handler.family.__module__]) or ""
    docstrings = f"{module}\n\n{docstring}"
    known = sources_of(service)
    found = {each.key: each.address for each in named_sources(service, docstrings)}
    model = service_model(service)
    pages = {*model.shape_names, *model.operation_names}.intersection(named_api_pages(docstrings))
    found |= {f"API:{page}": api_page(service, page) for page in sorted(pages)}
    texts = [
        *(f"{each.situation} {each.behaviour}" for each in choices_on(service, name, docstring)),
        *(f"{each.text} {each.mark}" for each in statements_on(service, name)),
    ]
    for key in (key for text in texts for key in linked_keys(text) if key in known):
        found[key] = known[key].address
    found.pop(f"API:{name}", None)
    return found


def _found(asked: str) -> tuple[str, str]:
    """Return the service and the operation that are meant."""
    service, dot, rest = asked.rpartition(".")
    if dot and service not in SERVICES:
        mocked = f"The mocked services are {', '.join(SERVICES)}."
        if service in service_names():
            raise UsageError(f"This package does not mock {service}. {mocked}")
        raise UsageError(f"There is no service {service!r}{nearest_to(service, SERVICES)} {mocked}")
    wanted = _key(rest)
    names = {
        _key(name): (each, name)
        for each in ([service] if dot else SERVICES)
        for name in SERVICES[each].handlers
    }
    if wanted in names:
        return names[wanted]
    spelt = {key: ".".join(found) for key, found in names.items()}
    close = difflib.get_close_matches(wanted, spelt, n=1)
    hint = f"; nearest: {spelt[close[0]]!r}." if close else "."
    raise UsageError(
        f"There is no operation {asked!r}{hint} `python -m membership_mock operations` lists all"
        " mocked operations."
    )


def _key(name: str) -> str:
    return name.replace("_", "").lower()


def _lines(service: str, name: str, handler: Handler) -> Iterator[str]:
    docstring = inspect.getdoc(handler.method) or ""
    summary, _, raises = docstring.partition("Raises:")
    module = sys.modules[handler.family.__module__]
    yield f"{service}.{name} is mocked, by {handler.family.__name__}.{handler.method.__name__}."
    yield ""
    for paragraph in summary.strip().split("\n\n"):
        yield from _indented(paragraph)
        yield ""
    if raises:
        yield "It raises"
        yield from (f"  {line}".rstrip() for line in textwrap.dedent(raises).strip().splitlines())
        yield ""
    declared = sorted(declared_errors(service_model(service).operation_model(name)))
    if declared:
        yield "AWS's model declares"
        yield from _indented(", ".join(declared))
        yield ""
    if handler.mark.differs:
        yield "It differs from AWS"
        yield from _indented(handler.mark.differs)
        yield ""
    concerned = choices_on(service, name, docstring)
    for topic in dict.fromkeys(each.topic for each in concerned):
        yield f"Choices, where AWS's documents are silent (docs {topic})"
        for each in concerned:
            if each.topic == topic:
                yield from _indented(
                    plain(f"{each.number} {each.situation}: {each.behaviour}"), hanging=7
                )
        yield ""
    stated = statements_on(service, name)
    for topic in dict.fromkeys(each.topic for each in stated):
        yield f"Stated in tables, with marks (docs {topic})"
        for statement in stated:
            if statement.topic == topic:
                mark = f" -- {statement.mark}" if statement.mark else ""
                yield from _indented(plain(f"{statement.text}{mark}"), hanging=2)
        yield ""
    yield "Sources"
    yield f"  {api_page(service, name)}"
    found = addresses(service, name, handler)
    width = max(map(len, found), default=0) + 2
    yield from (f"  {key:<{width}}{address}" for key, address in found.items())
    prose = _SOURCES.search(inspect.getdoc(module) or "")
    if prose:
        yield from _indented(prose[1])
    yield ""
    topics = dict.fromkeys(
        [service, *(each.topic for each in concerned), *(each.topic for each in stated)]
    )
    yield f"More: {', '.join(f'`python -m membership_mock docs {topic}`' for topic in topics)}"


def _indented(text: str, hanging: int = 0) -> list[str]:
    """Return a paragraph as lines, two blanks in; the lines of an ``Args`` section keep theirs."""
    if text.startswith(("Args:", "Returns:")):
        return [f"  {line}".rstrip() for line in text.splitlines()]
    return textwrap.wrap(
        " ".join(text.split()),
        _WIDTH,
        initial_indent="  ",
        subsequent_indent="  " + " " * hanging,
        break_on_hyphens=False,
    )
