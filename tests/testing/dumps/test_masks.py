"""Ids and times are masked, so that the worlds of two runs can be compared."""

from __future__ import annotations

import re
from typing import Any

import pytest

from membership_mock import Dump, MembershipMock, UsageError, mock_membership
from tests.testing.dumps.test_dumps import fill
from tests.testing.dumps.test_snapshots import ADMIN, MEMBER, invited

EVERYTHING = ("ids", "accounts", "times")


def two_members(mock: Any, administrators: str = "first") -> Dump:
    """Return a world with two invitations; both by one administrator, or one by each of two."""
    second = ADMIN if administrators == "first" else "333333333333"
    for administrator, member in ((ADMIN, "444444444444"), (second, "555555555555")):
        mock.given.securityhub.member(administrator, member, "Invited", region="eu-west-1")
    return mock.dump()


def test_two_runs_without_a_seed_are_equal_when_masked() -> None:
    worlds = []
    for _ in range(2):
        with mock_membership() as mock:
            fill(mock)
            mock.organization({"Security": ["audit"], "Prod": ["shop"]}, management="777777777777")
            worlds.append(mock.dump())
    one, other = worlds
    assert one != other
    assert one.difference(other, mask=EVERYTHING) == ""
    assert one.masked(*EVERYTHING) == other.masked(*EVERYTHING)
    assert one.difference(other, mask=["ids"]) != ""


def test_ids_that_are_related_in_another_way_are_a_difference() -> None:
    worlds = []
    for administrators in ("first", "first and second"):
        with mock_membership() as mock:
            worlds.append(two_members(mock, administrators))
    assert "account" in worlds[0].difference(worlds[1], mask=EVERYTHING)


def test_an_id_has_one_name_wherever_it_stands(membership_mock: MembershipMock) -> None:
    room = membership_mock.given.cleanrooms.joined_collaboration([ADMIN, MEMBER])
    text = membership_mock.dump().masked("ids", "accounts").to_json()
    assert room.id not in text
    assert ADMIN not in text
    arns = set(re.findall(r"arn:aws:cleanrooms:[\w-]+:account-\d+:collaboration/([\w-]+)", text))
    assert len(arns) == 1
    assert re.fullmatch(r"id-\d+", arns.pop())


def test_a_masked_dump_keeps_times_apart_from_everything_else(
    membership_mock: MembershipMock,
) -> None:
    membership_mock.clock.freeze("2026-03-14T12:00:00Z")
    invited(membership_mock)
    membership_mock.organization(["audit"], management="777777777777")
    before = membership_mock.dump()
    membership_mock.clock.advance(days=1)
    assert before.difference(membership_mock.dump()) != ""
    assert before.difference(membership_mock.dump(), mask=["times"]) == ""
    assert "2026-03-1" not in before.masked("times").to_json()
    membership_mock.client(
        "securityhub", account=MEMBER, region="eu-west-1"
    ).update_security_hub_configuration(AutoEnableControls=False)
    assert "auto_enable_controls" in before.difference(membership_mock.dump(), mask=["times"])


def test_a_pattern_masks_other_text(membership_mock: MembershipMock) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region="eu-west-1")
    client.enable_security_hub(Tags={"build": "build-17"})
    before = membership_mock.dump()
    arn = client.describe_hub()["HubArn"]
    client.tag_resource(ResourceArn=arn, Tags={"build": "build-18"})
    assert "build-18" in before.difference(membership_mock.dump())
    assert before.difference(membership_mock.dump(), mask=[re.compile(r"build-\d+")]) == ""


def test_ids_that_only_a_set_holds_are_named_by_what_is_known_of_them() -> None:
    def world(one: str, two: str) -> Dump:
        held = {"$set": sorted([one, two])}
        return Dump(
            {
                "stores": {"s": {"Store": {"x": {"near": held, "first": one}}}},
                "clock": {},
            }
        )

    a, b = "0" * 32, "f" * 32
    assert world(a, b).masked("ids") == world(b, a).masked("ids")


def test_a_masked_dump_is_saved_and_compared_but_not_loaded(
    membership_mock: MembershipMock,
) -> None:
    invited(membership_mock)
    masked = membership_mock.dump().masked("ids", "times")
    assert Dump.from_json(masked.to_json()) == masked
    with pytest.raises(UsageError, match=r"^The ids, times of this dump were masked"):
        membership_mock.load(masked)


@pytest.mark.parametrize(
    ("masks", "expected"),
    [
        pytest.param(["id"], r"'id' is not a mask: .*nearest: 'ids'\.", id="misspelt"),
        pytest.param([7], r"7 is not a mask", id="number"),
        pytest.param([re.compile(b"x")], r"is not a mask", id="bytes"),
        pytest.param("ids", r"write mask=\['ids'\]", id="text"),
        pytest.param(None, r"mask is a list", id="nothing"),
    ],
)
def test_a_mask_that_is_none_is_a_usage_error(
    membership_mock: MembershipMock, masks: Any, expected: str
) -> None:
    dump = membership_mock.dump()
    with pytest.raises(UsageError, match=expected):
        dump.difference(dump, mask=masks)


def test_masking_nothing_is_a_usage_error(membership_mock: MembershipMock) -> None:
    with pytest.raises(UsageError, match=r"masked\('ids', 'times'\)"):
        membership_mock.dump().masked()
