"""A dump that was edited by hand: what contradicts itself is refused, and breaks nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from membership_mock import UsageError, mock_membership
from membership_mock.testing.dumps import trial
from membership_mock.testing.dumps.dumps import Dump

OWNER, PARTNER, IRELAND = "111111111111", "222222222222", "eu-west-1"
ORGANIZATION = f"organizations/backends/{OWNER} aws"


@pytest.fixture(scope="module")
def text() -> str:
    """The text of a dump in which every service has something."""
    with mock_membership(account=OWNER, region=IRELAND) as mock:
        mock.organization(["app"])
        case = mock.given.security_ir.case(OWNER)
        mock.given.security_ir.attachment(case)
        room = mock.given.cleanrooms.joined_collaboration([OWNER, PARTNER], name="Campaigns")
        mock.given.cleanrooms.associated_table(room, OWNER)
        mock.given.cleanrooms.query(room, status="STARTED")
        return str(mock.dump().to_json())


def _without(*places: str) -> Callable[[dict[str, Any]], None]:
    """Return an edit that removes an entry, the first one where the last step is a star."""

    def edit(data: dict[str, Any]) -> None:
        for place in places:
            *above, last = place.split("/")
            part: Any = data
            for step in above:
                part = part[int(step) if isinstance(part, list) else step]
            del part[next(iter(part)) if last == "*" else last]

    return edit


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        pytest.param(
            _without("stores/security-ir/AttachmentStore"),
            f"security-ir.ListCases by 111111111111 in {IRELAND} does not find",
            id="attachments of a case",
        ),
        pytest.param(
            _without("stores/security-ir/MembershipStore/aws/memberships/*"),
            "ListMemberships",
            id="membership of an account",
        ),
        pytest.param(_without("stores/cleanrooms/ConfiguredTableStore"), "ListSchemas", id="table"),
        pytest.param(
            lambda data: data["stores"]["cleanrooms"]["ProtectedQueryStore"][IRELAND][
                "queries"
            ].update(ongoing={}),
            "reading the quotas of cleanrooms",
            id="query",
        ),
        pytest.param(_without(f"{ORGANIZATION}/accounts/1/status"), "organizations", id="account"),
        pytest.param(_without(f"{ORGANIZATION}/org/id"), "organizations", id="organization"),
    ],
)
def test_a_dump_whose_parts_contradict_each_other_is_refused_and_changes_nothing(
    text: str, edit: Callable[[dict[str, Any]], None], said: str
) -> None:
    data = json.loads(text)
    edit(data)
    with mock_membership() as mock:
        mock.given.securityhub.hub("222222222222")
        before = mock.dump()
        with pytest.raises(UsageError, match="was edited, and contradicts itself") as refused:
            mock.load(Dump.from_json(json.dumps(data)))
        assert said in str(refused.value)
        assert mock.dump() == before


def test_an_edit_that_fits_is_loaded_as_it_is_written_and_nothing_is_told_of_it(text: str) -> None:
    edited = Dump.from_json(text.replace("Campaigns", "Adverts"))
    with mock_membership() as mock:
        mock.load(edited)
        assert mock.dump() == edited
        assert len(mock.events) == len(mock.calls) == 0
        assert "Adverts" in str(mock)


def test_a_dump_that_was_not_edited_is_not_tried_out(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "contradiction", lambda *_: "tried out")
    with mock_membership() as mock:
        mock.load(Dump.from_json(text))
        mock.load(mock.dump())
        with pytest.raises(UsageError, match="tried out"):
            mock.load(Dump.from_json(text.replace("Campaigns", "Adverts")))
