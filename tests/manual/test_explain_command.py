"""`python -m membership_mock explain` tells what an operation does, and how that is known."""

import re
from pathlib import Path

import pytest

import membership_mock
from membership_mock.__main__ import main
from membership_mock.engine.protocol.model import declared_errors, service_model
from membership_mock.manual.choices import NUMBER, choices
from membership_mock.manual.explanation import explain
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
        ("securityhub.CreateMember", "nearest: securityhub.CreateMembers"),
        ("sts.AssumeRole", "sts is one of moto's services"),
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
