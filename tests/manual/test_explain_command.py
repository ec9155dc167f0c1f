"""`python -m membership_mock explain` tells what an operation does, and how that is known."""

import re
from pathlib import Path

import pytest

import membership_mock
from membership_mock.__main__ import main
from membership_mock.engine.protocol.model import declared_errors, service_model
from membership_mock.manual.choices import NUMBER, PREFIXES, choices, choices_on
from membership_mock.manual.explanation import explain
from membership_mock.manual.statements import statements_on
from membership_mock.services import SERVICES
from tests.documentation.pages import DOCS

PACKAGE = Path(membership_mock.__file__).parent
OPERATIONS = [(service, name) for service in SERVICES for name in SERVICES[service].handlers]


def test_an_operation_is_explained_with_errors_choices_and_sources(capsys):
    assert main(["explain", "securityhub.CreateMembers"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("securityhub.CreateMembers is mocked, by Members.create_members.\n")
    for part in ("It raises\n  BadRequestException", "InvalidAccessException", "Sources\n"):
        assert part in text
    assert "`python -m membership_mock docs securityhub`" in text


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_explained(service):
    for name in SERVICES[service].handlers:
        text = explain(f"{service}.{name}")
        summary = SERVICES[service].handlers[name].method.__doc__.strip().split(maxsplit=3)[0]
        assert f"  {summary}" in text, name
        for error in declared_errors(service_model(service).operation_model(name)):
            assert error in text, name
        if SERVICES[service].handlers[name].mark.differs:
            assert "It differs from AWS" in text, name
        assert "Sources\n  https://docs.aws.amazon.com/" in text, name


@pytest.mark.parametrize("spelt", ["CreateCase", "create_case", "security-ir.create_case"])
def test_an_operation_may_be_spelt_as_in_python(spelt):
    assert explain(spelt).startswith("security-ir.CreateCase is mocked")


def test_a_choice_is_printed_with_its_number_for_the_operations_that_it_names():
    text = explain("cleanrooms.DeleteMember")
    number = next(
        each.number for each in choices().values() if "`DeleteMember` of the own" in each.situation
    )
    assert f"  {number} `DeleteMember` of the own account: `ValidationException`" in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("securityhub.CreateMember", "nearest: 'securityhub.CreateMembers'"),
        ("security_ir.CreateCase", "nearest: 'security-ir'. The mocked services are"),
        ("sts.AssumeRole", "does not mock sts. The mocked services are cleanrooms, "),
        ("securityhubb.CreateMembers", "There is no service 'securityhubb'"),
        ("nothing_like_it", "lists all mocked operations"),
    ],
)
def test_what_cannot_be_explained_is_told_with_the_way_out(asked, said, capsys):
    assert main(["explain", asked]) == 2
    assert said in capsys.readouterr().err


def test_numbers_of_choices_are_given_once():
    rows = [
        row
        for path in DOCS.glob("reference/*.md")
        for row in re.findall(r"^\| ((?:IR|SH|CR)-\d+) \|", path.read_text(), re.MULTILINE)
    ]
    assert len(rows) == len(set(rows)) == len(choices())
    assert len(rows) > 400


def test_numbers_that_the_code_names_are_those_of_choices():
    named = {
        number: path.name
        for path in PACKAGE.rglob("*.py")
        for number in NUMBER.findall(path.read_text())
        if path.parent.name != "manual"
    }
    assert {number: where for number, where in named.items() if number not in choices()} == {}


#: what says how choices are marked, or is a value, and needs no number
NO_MARK = re.compile(
    r"(?:is|are|not) marked inferred|marked inferred|(?:what )?is inferred says so"
    r'|origin="inferred", # (?:IR|SH|CR)-\d+'
)
NUMBERED = re.compile(r"\binferred \[(?:(?:IR|SH|CR)-\d+(?:, )?)+\]", re.IGNORECASE)


@pytest.mark.parametrize("service", SERVICES)
def test_the_word_inferred_has_a_number_in_docstrings_and_comments(service):
    bare = {}
    for path in (PACKAGE / service.replace("-", "_")).rglob("*.py"):
        text = NUMBERED.sub("", NO_MARK.sub("", " ".join(path.read_text().split())))
        found = re.search(r".{40}\binferred\b.{20}", text, re.IGNORECASE)
        if found:
            bare[path.name] = found[0]
    assert bare == {}


@pytest.mark.parametrize("service", SERVICES)
def test_numbers_are_those_of_the_service(service):
    others = [prefix for name, prefix in PREFIXES.items() if name != service]
    for path in (PACKAGE / service.replace("-", "_")).rglob("*.py"):
        assert not re.search(rf"\b(?:{'|'.join(others)})-\d+\b", path.read_text()), path.name


def rows_of(service):
    """Return the numbered rows of the pages of a service as their text."""
    return {
        number: line
        for path in DOCS.glob(f"reference/{service}*.md")
        for line in path.read_text().splitlines()
        for number in re.findall(rf"^\| ({PREFIXES[service]}-\d+) \|", line)
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_row_that_names_an_operation_is_printed_when_it_is_explained(service):
    rows = rows_of(service)
    for name in SERVICES[service].handlers:
        text = explain(f"{service}.{name}")
        named = {number for number, row in rows.items() if re.search(rf"\b{name}\b", row)}
        docstring = SERVICES[service].handlers[name].method.__doc__
        for number in named | set(NUMBER.findall(docstring)):
            assert f"  {number} " in text, name


def test_choices_are_printed_with_the_page_that_they_stand_on():
    text = explain("securityhub.UpdateStandardsControl")
    assert "silent (docs securityhub-controls)\n  SH-135 Disabling again" in text


def test_choices_that_a_marked_row_on_the_operation_names_are_printed():
    text = explain("securityhub.DisassociateMembers")
    assert "for Enabled, otherwise inferred [SH-14, SH-15]" in " ".join(text.split())
    assert "  SH-14 Disassociating an invited account" in text


def test_marked_rows_of_other_tables_are_printed_with_mark_and_source():
    text = " ".join(explain("security-ir.CancelMembership").split())
    assert "`CancelMembership`; To: Cancelled, at once -- documented [UG:cancel-membership]" in text
    assert (
        "UG:cancel-membership https://docs.aws.amazon.com/security-ir/latest/userguide/"
        "cancel-membership.html"
    ) in text


def test_the_tables_are_searched_once_for_an_operation() -> None:
    for search in (statements_on, choices_on):
        search.cache_clear()
        explain("securityhub.CreateMembers")
        assert search.cache_info().misses == 1


def test_sources_that_docstrings_name_are_printed_with_their_addresses():
    text = explain("security-ir.UpdateCase")
    for name in ("API_GetCase.html", "userguide/edit-a-case.html"):
        assert name in text
    assert text.count("API_UpdateCase.html") == 1
