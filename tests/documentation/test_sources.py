"""Marks of the reference pages lead to sources, and the tables of sources are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from membership_mock.engine.protocol.model import service_model
from membership_mock.manual.choices import NUMBER, PREFIXES, choices
from membership_mock.manual.sources import DEFINITION, LINK, pages_of, sources_of
from membership_mock.services import SERVICES
from tests.documentation.pages import DOCS, name_of, pages, prose, table, tables

PAGES = [
    pytest.param(DOCS / "reference" / f"{page.topic}.md", service, id=page.topic)
    for service in SERVICES
    for page in pages_of(service)
]
SOURCES = pytest.mark.parametrize(("page", "service"), PAGES)


def definitions(page: Path) -> dict[str, str]:
    """Return the addresses by key, as they are defined at the end of a page."""
    found = [DEFINITION.match(line) for line in prose(page).splitlines()]
    pairs = [(each[1], each[2]) for each in found if each]
    assert len(pairs) == len(dict(pairs)), "a key is defined twice"
    return dict(pairs)


def listed(page: Path) -> dict[str, str]:
    """Return the addresses by key, as the table of sources has them."""
    head, *rows = table(page, "Sources")
    assert head == ["Key", "What it is", "Address"]
    keys = [key for key, _, _ in rows]
    assert len(keys) == len(set(keys))
    return {key.strip("`"): address.strip("<>") for key, _, address in rows}


@SOURCES
def test_every_mark_that_is_a_link_leads_to_a_source(page: Path, service: str) -> None:
    linked = {link[2] for link in LINK.finditer(prose(page))}
    assert linked
    assert linked == definitions(page).keys()


@SOURCES
def test_definitions_and_the_table_of_sources_agree(page: Path, service: str) -> None:
    sources = listed(page)
    for key, address in definitions(page).items():
        assert sources[key] == address
    for key, address in sources.items():
        assert sources_of(service)[key].address == address


@pytest.mark.newest_model
@SOURCES
def test_keys_of_the_api_reference_name_operations_or_shapes(page: Path, service: str) -> None:
    model = service_model(service)
    operations = {row[0].strip("`") for row in tables(DOCS / "reference" / "mocked-operations.md")}
    known = operations.union(model.operation_names, model.shape_names)
    for key in listed(page):
        kind, _, name = key.partition(":")
        assert kind != "API" or name in known, name


@SOURCES
def test_the_mark_inferred_names_the_rows_of_its_choices(page: Path, service: str) -> None:
    bare = [
        line
        for line in prose(page).splitlines()
        if re.search(r"(?<!#)\binferred\b(?!\*? \[(?:IR|SH|CR)-\d| choices\b)", line)
        and not line.startswith(("All lines are *inferred*", f"| {PREFIXES[service]}-"))
    ]
    assert bare == []


@SOURCES
def test_numbers_on_the_page_are_those_of_rows(page: Path, service: str) -> None:
    named = set(re.findall(rf"{PREFIXES[service]}-\d+", prose(page)))
    assert named
    assert named <= choices().keys()


def test_numbers_on_any_page_are_those_of_rows() -> None:
    named = {
        number: name_of(page)
        for page in pages()
        for number in NUMBER.findall(page.read_text(encoding="utf-8"))
    }
    assert {number: where for number, where in named.items() if number not in choices()} == {}


#: how many marks of a page have no link, because no single source could be named; it only shrinks
WITHOUT_LINK = {
    "cleanrooms": 1,
    "cleanrooms-privacy": 1,
    "securityhub": 6,
    "securityhub-controls": 3,
    "securityhub-triage": 4,
    "securityhub-v2": 2,
}


@SOURCES
def test_marks_link_to_their_source(page: Path, service: str) -> None:
    text = LINK.sub("", prose(page).partition("\n## Sources")[0])
    marks = re.findall(r".{0,60}\b(?:documented|observed)\b", text)
    assert len(marks) <= WITHOUT_LINK.get(page.stem, 0), marks
