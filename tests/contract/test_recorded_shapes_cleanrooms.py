"""Answers of Clean Rooms have the members that were recorded of AWS, and no others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from membership_mock.engine.protocol.model import snake
from tests.cleanrooms.collaboration_samples import (
    REGION,
    A,
    B,
    join,
    member,
    new_collaboration,
    results_to,
)
from tests.cleanrooms.table_samples import add_rule, custom, new_table

RECORDED: dict[str, Any] = json.loads(
    Path(__file__).with_name("recorded_shapes_cleanrooms.json").read_text(encoding="utf-8")
)["operations"]

#: what the recordings call a type, by the class that boto3 parses it into
TYPES = {dict: "structure", list: "list", str: "string", bool: "boolean", datetime: "timestamp"}

ENCRYPTION = {
    "allowCleartext": True,
    "allowDuplicates": False,
    "allowJoinsOnColumnsWithDifferentNames": False,
    "preserveNulls": False,
}


class RecordedState:
    """What was recorded: a room that its creator has joined and another account has not.

    Args:
        mock: the running mock.
        given: whether requests set what only some of the recorded ones had set.
    """

    def __init__(self, mock: Any, *, given: bool) -> None:
        self.client = mock.client("cleanrooms", account=A, region=REGION)
        encryption = {"dataEncryptionMetadata": ENCRYPTION} if given else {}
        results = {"defaultResultConfiguration": results_to("bucket", A)} if given else {}
        tags = {"Env": "test"}
        self.room = new_collaboration(self.client, member(B), tags=tags, **encryption)
        self.membership = join(self.client, self.room["id"], tags=tags, **results)
        self.table = new_table(
            self.client,
            analysisMethod="MULTIPLE",
            selectedAnalysisMethods=["DIRECT_JOB", "DIRECT_QUERY"],
            tags=tags,
        )
        add_rule(self.client, self.table["id"], "CUSTOM", custom("ANY_QUERY", providers=[A]))

    def inputs(self, operation: str) -> list[dict[str, str]]:
        """Return what to ask an operation for: everything here that was recorded of it."""
        room = {"collaborationIdentifier": self.room["id"]}
        if operation == "ListTagsForResource":
            made = (self.room, self.membership, self.table)
            return [{"resourceArn": each["arn"]} for each in made]
        return [
            {
                "GetCollaboration": room,
                "UpdateCollaboration": room,
                "ListMembers": room,
                "GetMembership": {"membershipIdentifier": self.membership["id"]},
                "UpdateMembership": {"membershipIdentifier": self.membership["id"]},
                "GetConfiguredTable": {"configuredTableIdentifier": self.table["id"]},
                "UpdateConfiguredTable": {"configuredTableIdentifier": self.table["id"]},
            }.get(operation, {})
        ]

    def answers(self, operation: str) -> list[dict[str, Any]]:
        """Call an operation about everything here that was recorded of it."""
        call = getattr(self.client, snake(operation))
        found = [call(**each) for each in self.inputs(operation)]
        return [{name: each[name] for name in each if name != "ResponseMetadata"} for each in found]


def members_of(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each member of an answer, at any depth, with the path that the recordings have."""
    if isinstance(value, dict) and path != "tags":  # the keys of tags are the user's own
        for name, inner in value.items():
            place = f"{path}.{name}" if path else name
            yield place, inner
            yield from members_of(inner, place)
    elif isinstance(value, list):
        for inner in value:
            yield f"{path}[]", inner
            yield from members_of(inner, f"{path}[]")


def expected(operation: str, *, given: bool) -> set[str]:
    """Return the recorded paths, less those that no request has set."""
    recorded = RECORDED[operation]
    left_out = () if given else tuple(recorded["given"])
    return {
        path
        for path in recorded["paths"]
        if not any(path == name or path.startswith(f"{name}.") for name in left_out)
    }


def misfits(operation: str, answer: dict[str, Any]) -> list[str]:
    """Return the members of an answer that have another type than AWS's, or a value unlike it."""
    found = []
    for path, value in members_of(answer):
        kind, _, values = RECORDED[operation]["paths"].get(path, "").partition(" = ")
        if kind != TYPES[type(value)] or (values and str(value) not in values.split(", ")):
            found.append(f"{path}: {value!r}")
    return found


both_ways = pytest.mark.parametrize("given", [True, False], ids=["all given", "least given"])


@pytest.mark.newest_model
@both_ways
@pytest.mark.parametrize("operation", RECORDED)
def test_an_answer_has_every_recorded_member(
    membership_mock: Any, operation: str, given: bool
) -> None:
    for answer in RecordedState(membership_mock, given=given).answers(operation):
        found = {path for path, _ in members_of(answer)}
        assert expected(operation, given=given) - found == set()


@pytest.mark.newest_model
def test_an_invited_member_has_every_recorded_member_like_one_who_has_joined(
    membership_mock: Any,
) -> None:
    (answer,) = RecordedState(membership_mock, given=False).answers("ListMembers")
    joined, invited = answer["memberSummaries"]
    assert (joined["status"], invited["status"]) == ("ACTIVE", "INVITED")
    assert {path for path, _ in members_of(invited)} == {
        path for path, _ in members_of(joined) if path != "abilities[]"
    }


@both_ways
@pytest.mark.parametrize("operation", RECORDED)
def test_an_answer_has_no_member_that_was_never_recorded(
    membership_mock: Any, operation: str, given: bool
) -> None:
    for answer in RecordedState(membership_mock, given=given).answers(operation):
        found = {path for path, _ in members_of(answer)}
        assert found - expected(operation, given=given) == set()


@both_ways
@pytest.mark.parametrize("operation", RECORDED)
def test_an_answer_has_the_recorded_types_and_values(
    membership_mock: Any, operation: str, given: bool
) -> None:
    for answer in RecordedState(membership_mock, given=given).answers(operation):
        assert misfits(operation, answer) == []


@both_ways
@pytest.mark.parametrize("resource", ["Collaboration", "Membership", "ConfiguredTable"])
def test_an_update_answers_in_the_recorded_shape_of_reading(
    membership_mock: Any, resource: str, given: bool
) -> None:
    resources = RecordedState(membership_mock, given=given)
    (updated,) = resources.answers(f"Update{resource}")
    assert [updated] == resources.answers(f"Get{resource}")


@both_ways
def test_joining_answers_in_the_recorded_shape_of_reading(
    membership_mock: Any, given: bool
) -> None:
    resources = RecordedState(membership_mock, given=given)
    assert resources.answers("GetMembership") == [{"membership": resources.membership}]
