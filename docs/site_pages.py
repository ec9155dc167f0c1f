"""Pages that the site has and the repository has not: classes and operations, from docstrings.

They are written into ``docs/_generated`` before Sphinx looks for pages.
"""

from __future__ import annotations

import inspect
import re
import shutil
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import membership_mock
from membership_mock.engine.pipeline.operation import Handler
from membership_mock.engine.protocol.model import declared_errors, service_model
from membership_mock.manual.choices import Choice, choices_on
from membership_mock.manual.explanation import addresses, api_page
from membership_mock.manual.sources import with_addresses
from membership_mock.services import SERVICES

TITLES = {
    "security-ir": "Security Incident Response",
    "securityhub": "Security Hub",
    "cleanrooms": "Clean Rooms",
}
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ITEM = re.compile(r"^(?=\S[^:\n]*: )", re.MULTILINE)


def write(folder: Path) -> None:
    """Write all pages into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in {**_class_pages(), **_operation_pages()}.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _class_pages() -> dict[str, str]:
    """Return a page for the mock, one for each of its tools, one for the errors and the options."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in membership_mock.__all__:
        found = getattr(membership_mock, name)
        if inspect.isclass(found):
            errors = issubclass(found, BaseException)
            groups["Errors" if errors else found.__name__].append(_path(found))
    for tool in ("Given", "AwsSide"):
        groups[tool] += [_path(each) for each in _parts_of(getattr(membership_mock, tool))]
    groups["Options"].append("membership_mock.options.Options")
    pages = {
        f"classes/{title.lower()}.rst": "\n".join(
            [_rst_title(title), *(_autoclass(path) for path in paths)]
        )
        for title, paths in groups.items()
    }
    names = sorted(groups, key=lambda title: (title != "MembershipMock", title))
    pages["classes/index.rst"] = "\n".join(
        [
            _rst_title("Classes and functions"),
            "Every public class with its methods, from the docstrings.",
            "",
            ".. toctree::",
            "   :maxdepth: 1",
            "",
            *(f"   {title.lower()}" for title in names),
            "",
            _rst_title("mock_membership", "-"),
            ".. autofunction:: membership_mock.mock.mock_membership",
            "",
        ]
    )
    return pages


def _parts_of(tool: type) -> Iterator[type]:
    """Yield the classes of the attributes of a tool that has a part for each service."""
    for value in vars(tool).values():
        if isinstance(value, property):
            found = inspect.get_annotations(value.fget)["return"]
            yield getattr(sys.modules[tool.__module__], found) if isinstance(found, str) else found


def _path(found: Any) -> str:
    return f"{found.__module__}.{found.__qualname__}"


def _autoclass(path: str) -> str:
    return f".. autoclass:: {path}\n   :members:\n   :inherited-members: Sequence, Exception\n"


def _rst_title(text: str, line: str = "=") -> str:
    return f"{text}\n{line * len(text)}\n"


def _operation_pages() -> dict[str, str]:
    """Return a page for each family of operations, and one that lists those of a service."""
    pages = {}
    for service, backend in SERVICES.items():
        families: dict[type, list[tuple[str, Handler]]] = defaultdict(list)
        for name in sorted(backend.handlers):
            families[backend.handlers[name].family].append((name, backend.handlers[name]))
        titles = {family: " ".join(_WORDS.split(family.__name__)) for family in families}
        ordered = sorted(families, key=titles.__getitem__)
        for family in ordered:
            lines = [f"# {TITLES[service]}: {titles[family]}", "", _module_summary(family), ""]
            for name, handler in families[family]:
                lines += _operation(service, name, handler)
            pages[f"operations/{service}/{family.__name__}.md"] = "\n".join(lines) + "\n"
        listed = "\n".join(family.__name__ for family in ordered)
        pages[f"operations/{service}/index.md"] = (
            f"# Operations of {TITLES[service]}\n\n"
            f"{len(backend.handlers)} operations are mocked.\n"
            f"[Its page](../../../reference/{service}.md) describes resources and states.\n\n"
            f"```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"
        )
    return pages


def _module_summary(family: type) -> str:
    docstring = inspect.getdoc(sys.modules[family.__module__]) or ""
    return docstring.replace("``", "`").strip()


def _operation(service: str, name: str, handler: Handler) -> list[str]:
    docstring = (inspect.getdoc(handler.method) or "").replace("``", "`")
    summary, _, raises = docstring.partition("Raises:")
    lines = [f"## {name}", "", _without_arguments(summary).strip(), ""]
    if raises:
        lines += ["| Error | When |", "| --- | --- |"]
        for item in filter(None, map(str.strip, _ITEM.split(textwrap.dedent(raises).strip("\n")))):
            error, _, when = " ".join(item.split()).partition(": ")
            lines.append(f"| `{error}` | {when.replace('|', chr(92) + '|')} |")
        lines.append("")
    declared = sorted(declared_errors(service_model(service).operation_model(name)))
    if declared:
        lines += ["AWS's model declares " + ", ".join(f"`{each}`" for each in declared) + ".", ""]
    if handler.mark.differs:
        lines += [f"Differs from AWS: {handler.mark.differs}.", ""]
    concerned = choices_on(service, name, docstring)
    if concerned:
        lines += ["| No. | Situation | What the mock does |", "| --- | --- | --- |"]
        lines += [_row(service, each) for each in concerned]
        lines.append("")
    sources = {"AWS's API page": api_page(service, name), **addresses(service, name, handler)}
    links = ", ".join(f"[{key}]({address})" for key, address in sources.items())
    lines += [f"Sources: {links}", ""]
    return lines


def _row(service: str, choice: Choice) -> str:
    """Return the row of a choice, whose links lead to the reference pages and to sources."""
    row = f"| {choice.number} | {choice.situation} | {choice.behaviour} |"
    row = re.sub(r"\]\((?=[\w.-]+\.md)", "](../../../reference/", row)
    row = row.replace("](#", f"](../../../reference/{choice.topic}.md#")
    return with_addresses(service, row)


def _without_arguments(summary: str) -> str:
    """Return a docstring without its sections on arguments and results, which AWS documents."""
    return re.split(r"\n(?:Args|Returns):\n", summary)[0]
