"""What the pages say is so: links, names, options, errors, commands, versions, transitions."""

from __future__ import annotations

import ast
import inspect
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import membership_mock
from membership_mock import pytest_plugin
from membership_mock.cleanrooms.analyses import analysis_store
from membership_mock.cleanrooms.collaborations import change_requests, collaboration_store
from membership_mock.cleanrooms.intermediate_tables import intermediate_store
from membership_mock.engine.pipeline.operation import Mark
from membership_mock.engine.protocol.model import service_model, snake
from membership_mock.manual import pages as manual
from membership_mock.operations_page import markdown
from membership_mock.options import Options
from membership_mock.security_ir.cases import case_status
from membership_mock.security_ir.investigations import investigations
from membership_mock.security_ir.memberships import membership_store
from membership_mock.securityhub.relationships import associations
from membership_mock.services import SERVICES
from membership_mock.testing.given.cleanrooms import CleanRoomsSeeds
from membership_mock.testing.given.security_ir import SecurityIrSeeds
from membership_mock.testing.given.securityhub import SecurityHubSeeds
from tests.documentation.pages import (
    DOCS,
    ROOT,
    anchors,
    blocks,
    headings,
    links,
    name_of,
    pages,
    prose,
    table,
    tables,
)

README = ROOT / "README.md"
CHANGELOG = ROOT / "CHANGELOG.md"
PACKAGE = membership_mock.__name__
REFERENCE = DOCS / "reference"
GENERATED = REFERENCE / "mocked-operations.md"

EVERY_PAGE = pytest.mark.parametrize(
    "page", [pytest.param(page, id=name_of(page)) for page in pages()]
)


def pyproject(pattern: str) -> str:
    """Return what the first group of ``pattern`` finds in the project's description."""
    found = re.search(pattern, (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, pattern
    return found.group(1)


# --- every page ---


@EVERY_PAGE
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    broken = []
    for link in links(page):
        if link.startswith(("https://", "mailto:")):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (fragment and fragment not in anchors(target)):
            broken.append(link)
    assert not broken


@EVERY_PAGE
def test_a_page_has_one_title(page: Path) -> None:
    titles = [line for line in prose(page).splitlines() if line.startswith("# ")]
    assert len(titles) == 1


@EVERY_PAGE
def test_a_page_can_be_reached_from_the_front_page(page: Path) -> None:
    reached, waiting = set(), [README]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            targets = ((here.parent / link.partition("#")[0]).resolve() for link in links(here))
            waiting += [target for target in targets if target.suffix == ".md"]
    assert page in reached, "no link leads here"


def texts_in_the_package() -> Iterator[tuple[Path, str]]:
    """Yield the text of each string in the package's code, but for docstrings."""
    for module in (ROOT / "membership_mock").rglob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docstrings
            ):
                yield module, node.value


def test_pages_that_messages_name_exist() -> None:
    named = {
        topic
        for _, text in texts_in_the_package()
        for topic in re.findall(r"python -m membership_mock docs ([\w-]+)", text)
    }
    assert {"unmocked-operations", "guard-a-suite", "async", "server"} <= named
    assert not named - manual.pages().keys() - {"TOPIC"}


def test_messages_name_no_file_that_is_not_installed() -> None:
    """Someone who has installed the package has its pages by topic, and no folder ``docs``."""
    named = {
        f"{module.name}: {text}"
        for module, text in texts_in_the_package()
        if re.search(r"docs/[\w/-]+\.md", text)
    }
    assert not named


# --- README and changelog ---


@pytest.mark.parametrize(
    "command",
    ["pip install . && python -m membership_mock demo", 'pip install ".[test]" && pytest'],
)
def test_the_readme_has_the_command(command: str) -> None:
    shown = [block.text.splitlines() for block in blocks(README) if block.language == "console"]
    assert any(line.removeprefix("$ ") == command for lines in shown for line in lines)


def test_what_the_readme_tells_to_run_is_what_the_project_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace('/bin/pip"', "/bin/pip")
    for install, run in [
        (r"/pip install --quiet \.$", r"-m membership_mock demo"),
        (r'/pip install --quiet "\.\[test\]"$', r'python" -m pytest$'),
    ]:
        installed = re.search(install, script, re.MULTILINE)
        assert installed, f".ci/run does not install like the README: {install}"
        assert re.search(run, script[installed.end() :], re.MULTILINE), run


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("Python", r'^requires-python = ">=([\d.]+)"'),
        ("moto", r'^    "moto>=([\d.]+)"'),
        ("boto3", r'^    "boto3>=([\d.]+)"'),
        ("pytest", r'^    "pytest>=(\d+)'),
    ],
)
def test_the_readme_has_the_supported_version_of(name: str, pattern: str) -> None:
    oldest = pyproject(pattern)
    assert any(row[:2] == [name, f"{oldest} or later"] for row in tables(README))


def test_version_and_changelog_agree() -> None:
    version = pyproject(r'^version = "(.+)"')
    assert membership_mock.__version__ == version
    titles = headings(CHANGELOG)
    assert any(title == version or title.startswith(f"{version} ") for title in titles)


@pytest.mark.parametrize("service", SERVICES)
def test_a_mocked_service_has_a_page_and_a_row_in_the_readme(service: str) -> None:
    page = REFERENCE / f"{service}.md"
    assert page.exists(), f"write docs/reference/{page.name}, like security-ir.md"
    assert any(row[0] == f"`{service}`" for row in tables(README)), "in the table What is mocked"


@pytest.mark.parametrize("service", SERVICES)
def test_the_number_of_mocked_operations_is_told_right(service: str) -> None:
    number = len(SERVICES[service].handlers.keys() | optional_operations(service))
    (row,) = (row for row in tables(README) if row[0] == f"`{service}`")
    sections = prose(CHANGELOG).split("\n## ")[1:]
    newest = next(each for each in sections if not each.startswith("Unreleased"))
    (entry,) = (line for line in newest.splitlines() if f"(`{service}`)" in line)
    for text in (row[1], entry, prose(REFERENCE / f"{service}.md")):
        assert f" {number} operations" in f" {text}"


# --- reference ---


def test_every_option_is_documented_and_nothing_else() -> None:
    rows = {row[0]: row for row in tables(REFERENCE / "options.md")[1:]}
    assert rows.keys() == {f"`{option.name}`" for option in fields(Options)}
    for option in fields(Options):
        ini = f"`membership_mock_{option.name}`"
        assert rows[f"`{option.name}`"][2] == (ini if option.name in pytest_plugin._INI else "-")


def subclasses(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def test_every_usage_error_is_documented_and_nothing_else() -> None:
    named = {title.strip("`") for title in headings(REFERENCE / "errors.md") if "`" in title}
    ours = {each.__name__ for each in subclasses(membership_mock.UsageError)}
    assert named == ours | {"UsageError"}


def signature(owner: str, name: str, target: Any) -> str:
    """Return a callable as the page spells it: names and defaults, no types."""
    shown = []
    for parameter in inspect.signature(target).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in "".join(shown):
            shown.append("*")
        prefix = {parameter.VAR_KEYWORD: "**", parameter.VAR_POSITIONAL: "*"}.get(
            parameter.kind, ""
        )
        default = (
            ""
            if parameter.default is parameter.empty
            else f"={parameter.default!r}".replace("'", '"')
        )
        shown.append(f"{prefix}{parameter.name}{default}")
    return f"{owner}{name}({', '.join(shown)})"


def public_api() -> Iterator[str]:
    """Yield how each public name has to stand on the page."""
    for name in membership_mock.__all__:
        yield f"`{name}"
    for owner, kind in [
        ("mock.", membership_mock.MembershipMock),
        ("calls.", membership_mock.Calls),
        ("call.", membership_mock.Call),
        ("aws.", membership_mock.AwsSide),
        ("org.", membership_mock.MockOrganization),
        ("given.", membership_mock.Given),
        ("faults.", membership_mock.Faults),
        ("fault.", membership_mock.Fault),
        ("hooks.", membership_mock.CallHooks),
        ("hook.", membership_mock.CallHook),
        ("clock.", membership_mock.MockClock),
        ("sleeps.", membership_mock.Sleeps),
        ("quotas.", membership_mock.MockQuotas),
        ("quota.", membership_mock.QuotaState),
        ("snapshot.", membership_mock.Snapshot),
        ("events.", membership_mock.Events),
        ("event.", membership_mock.SentEvent),
        ("dump.", membership_mock.Dump),
    ]:
        own = [each for each in kind.__mro__ if each.__module__.startswith(PACKAGE)]
        for name, value in ChainMap(*(dict(vars(each)) for each in own)).items():
            if not name.startswith("_"):
                yield (
                    signature(owner, name, value) if inspect.isfunction(value) else f"{owner}{name}"
                )
    for owner, kind in [
        ("given.cleanrooms.", CleanRoomsSeeds),
        ("given.securityhub.", SecurityHubSeeds),
        ("given.security_ir.", SecurityIrSeeds),
    ]:
        for name, value in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_"):
                yield signature(owner, name, value)


def test_every_public_name_is_documented() -> None:
    names, page = list(public_api()), prose(REFERENCE / "python-api.md")
    assert len(names) > 150
    assert [name for name in names if name not in page] == []


# --- the generated page ---


def rows(page: str) -> dict[str, dict[str, str]]:
    """Return the line of each operation of each service."""
    found: dict[str, dict[str, str]] = {}
    for line in page.splitlines():
        if line.startswith("## "):
            service = found.setdefault(line.strip("# `"), {})
        elif line.startswith("| `"):
            service[line.split("`")[1]] = line
    return found


def optional_operations(service: str) -> set[str]:
    """Return the operations that the botocore in use may not have."""
    marks: Iterator[Mark | None] = (
        getattr(method, "__operation__", None)
        for family in SERVICES[service].families
        for method in vars(family).values()
    )
    return {mark.name for mark in marks if mark is not None and mark.optional}


def test_the_page_of_mocked_operations_is_fresh() -> None:
    command = (
        "python -m membership_mock operations --markdown > docs/reference/mocked-operations.md"
    )
    stale = f"docs/reference/mocked-operations.md is stale; write it again:\n    {command}\n"
    page, fresh = GENERATED.read_text(encoding="utf-8"), markdown()
    shown, expected = rows(page), rows(fresh)
    assert shown.keys() == expected.keys(), stale
    for service, lines in expected.items():
        there = shown[service]
        if there.keys() == lines.keys():
            continue
        # Another botocore than the one that the page was written with knows other operations.
        assert not {name for name in lines.keys() - there.keys() if "| mocked |" in lines[name]}, (
            stale
        )
        gone = {name for name in there.keys() - lines.keys() if "| mocked |" in there[name]}
        assert gone <= optional_operations(service), stale
        assert {
            name: lines[name] for name in lines.keys() & there.keys()
        }.items() <= there.items(), stale
    if all(shown[service].keys() == lines.keys() for service, lines in expected.items()):
        assert page == fresh, stale


# --- state machines ---


def arrows(page: Path, title: str, end: str | None = None) -> set[tuple[str, str]]:
    """Return the arrows of the Mermaid diagram that follows a heading, by the states' names.

    Args:
        page: where the diagram is.
        title: the heading.
        end: what the end is called; arrows to the end are left out when None.
    """
    lines = page.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip("# ") == title)
    diagram = next(
        block for block in blocks(page) if block.language == "mermaid" and block.line > start
    )
    names = dict(re.findall(r'state "(.+)" as (\w+)', diagram.text))
    full = {short: name for name, short in names.items()}
    found = re.findall(r"^\s*(\S+) --> (\w+|\[\*\])", diagram.text, re.MULTILINE)
    return {
        (full.get(one, one), end if two == "[*]" and end else full.get(two, two))
        for one, two in found
        if one != "[*]" and (two != "[*]" or end)
    }


def transitions(page: Path, title: str) -> dict[tuple[str, str], str]:
    """Return the table below a heading, events in lines and statuses in columns, as a table."""
    (_, _, *statuses, _), *lines = table(page, title)
    return {
        (before, event): after
        for event, _, *cells, _ in lines
        for before, after in zip(statuses, cells, strict=True)
        if after
    }


def changes(known: Mapping[Any, str], *events: str) -> set[tuple[str, str]]:
    """Return which status leads to which other one, by these events, or by any."""
    return {
        (before, after)
        for (before, event), after in known.items()
        if before != after and (not events or event in events)
    }


def moves(table: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(before, after) for before, targets in table.items() for after in targets}


def test_the_diagrams_of_security_ir_are_the_tables_of_the_code() -> None:
    page = REFERENCE / "security-ir.md"
    life = {(before, after) for (before, _), after in membership_store.NEXT_STATUS.items()}
    assert arrows(page, "The life of a membership") == {
        (before, after) for before, after in life if before != after
    }
    assert arrows(page, "The life of a self-managed case") == moves(case_status.SELF_MANAGED)
    assert arrows(page, "The life of an AWS-supported case") == moves(case_status.SERVICE_MANAGED)
    assert arrows(page, "Investigations") == moves(investigations.NEXT_STATUS)


def test_the_transitions_of_securityhub_are_the_table_of_the_code() -> None:
    page, known = REFERENCE / "securityhub.md", associations.NEXT_STATUS
    assert transitions(page, "All transitions") == known
    invited = arrows(page, "The life of an invited member", end="Deleted")
    assert invited == {
        (before, after)
        for before, after in changes(
            known, "invite", "accept", "decline", "resign", "disassociate", "delete"
        )
        if before != "AccountSuspended"
    }
    enrolled = {"Enabled", "Removed", "AccountSuspended"}
    assert arrows(page, "The life of a member by organization", end="Deleted") == {
        (before, after)
        for before, after in changes(
            known, "enroll", "enroll suspended", "disassociate", "leave", "delete"
        )
        if before in enrolled
    }


def test_the_transitions_of_cleanrooms_are_the_tables_of_the_code() -> None:
    page = REFERENCE / "cleanrooms.md"
    members, requests = collaboration_store.NEXT_MEMBER_STATUS, change_requests.NEXT_STATUS
    assert transitions(page, "The life of a member") == members
    assert arrows(page, "The life of a member") == changes(members)
    assert transitions(page, "The life of a change request") == requests
    assert arrows(page, "The life of a change request") == changes(requests)
    analyses = analysis_store.NEXT_STATUS
    assert transitions(page, "The life of a query or job") == analyses
    page, tables = REFERENCE / "cleanrooms-intermediate-tables.md", intermediate_store.NEXT_STATUS
    assert transitions(page, "The life of an intermediate table") == tables
    assert arrows(page, "The life of an intermediate table") == changes(tables)


def test_the_status_of_a_membership_of_cleanrooms_is_the_table_of_the_code() -> None:
    _, *lines = table(REFERENCE / "cleanrooms.md", "The status of a membership")
    shown = {
        (member, deleted): status
        for member, *cells in lines
        for deleted, status in zip((False, True), cells, strict=True)
    }
    assert shown == collaboration_store.MEMBERSHIP_STATUS


# --- moto's own ---


@pytest.mark.parametrize("service", ["cleanrooms", "securityhub"])
def test_what_moto_has_and_we_have_not_is_documented(service: str) -> None:
    responses = pytest.importorskip(f"moto.{service}.responses")
    theirs = {
        name
        for name in service_model(service).operation_names
        for kind in vars(responses).values()
        if inspect.isclass(kind)
        and kind.__module__ == responses.__name__
        and snake(name) in vars(kind)
    }
    assert theirs
    title = "What moto has of these services"
    (row,) = (row for row in table(DOCS / "how-to/beside-moto.md", title) if service in row[0])
    assert theirs - SERVICES[service].handlers.keys() <= set(re.findall(r"`(\w+)`", row[3]))
