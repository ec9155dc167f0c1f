"""What `help()` says of the classes that a test author uses."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from membership_mock import mock_membership
from membership_mock.mock import MembershipMock
from membership_mock.options import Options
from membership_mock.testing.answers.answer import Answer
from membership_mock.testing.answers.answers import Answers
from membership_mock.testing.aws_side.aws_side import AwsSide
from membership_mock.testing.call import Call
from membership_mock.testing.calls import Calls
from membership_mock.testing.clock import MockClock
from membership_mock.testing.dumps.dumps import Dump
from membership_mock.testing.events.events import Events
from membership_mock.testing.faults.fault import Fault
from membership_mock.testing.faults.faults import Faults
from membership_mock.testing.given.cleanrooms import CleanRoomsSeeds
from membership_mock.testing.given.given import Given
from membership_mock.testing.given.security_ir import SecurityIrSeeds
from membership_mock.testing.given.securityhub import SecurityHubSeeds
from membership_mock.testing.organization.organization import MockOrganization
from membership_mock.testing.quotas import MockQuotas

CLASSES = (
    MembershipMock,
    Answer,
    Answers,
    AwsSide,
    Call,
    Calls,
    CleanRoomsSeeds,
    Dump,
    Events,
    Fault,
    Faults,
    Given,
    MockClock,
    MockOrganization,
    MockQuotas,
    SecurityHubSeeds,
    SecurityIrSeeds,
)


def _methods(kind: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_") and getattr(method, "__module__", "").startswith("membership"):
            yield name, method


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_method_says_what_it_does_and_names_its_arguments(kind: type) -> None:
    assert inspect.getdoc(kind)
    for name, method in _methods(kind):
        text = inspect.getdoc(method) or ""
        arguments = [each for each in inspect.signature(method).parameters if each != "self"]
        missing = [each for each in arguments if not re.search(rf"\b{each}\b", text)]
        assert text.splitlines()[0].endswith((".", ";")), name
        assert missing == [], name


@pytest.mark.parametrize(
    ("short", "whole"),
    [(MembershipMock.fail, Faults.fail), (MembershipMock.answer, Answers.give)],
    ids=["fail", "answer"],
)
def test_a_tool_explains_its_arguments_wherever_it_is_called(
    short: Callable[..., Any], whole: Callable[..., Any]
) -> None:
    said, wanted = inspect.getdoc(short) or "", inspect.getdoc(whole) or ""
    arguments = wanted[wanted.index("Args:") :]
    assert said.endswith(arguments)


def test_the_help_of_mock_membership_explains_every_option() -> None:
    text = inspect.getdoc(mock_membership) or ""
    for each in dataclasses.fields(Options):
        assert f"``{each.name}``: " in text
