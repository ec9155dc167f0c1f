"""Timestamps of answers are read quickly, and equal to what botocore reads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import botocore.parsers
import botocore.utils
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock import mock_membership

PARSERS = (botocore.parsers.BaseJSONParser, botocore.parsers.BaseXMLResponseParser)

instants = st.datetimes()


def written(instant: datetime, digits: int) -> str:
    fraction = f".{instant.microsecond:06d}"[: digits + 1] if digits else ""
    return f"{instant:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + fraction + "Z"


@pytest.fixture(params=["UTC", "Asia/Kolkata", "Europe/London", "UTC0BST"])
def _time_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine be in a time zone: in one called UTC, dateutil returns that of the machine."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_time_zone")
@pytest.mark.parametrize("kind", PARSERS)
def test_timestamps_are_equal_to_those_of_botocore(kind: Any) -> None:
    with mock_membership():
        parser = kind.__new__(kind)
        botocore.parsers.ResponseParser.__init__(parser)

        @settings(max_examples=100, deadline=None)
        @given(instant=instants, digits=st.integers(0, 6))
        def check(instant: datetime, digits: int) -> None:
            text = written(instant, digits)
            ours, theirs = (
                parser._handle_timestamp(None, text),
                botocore.utils.parse_timestamp(text),
            )
            assert (ours, type(ours.tzinfo)) == (theirs, type(theirs.tzinfo))

        check()


@pytest.mark.parametrize(
    "value",
    [
        1700000000,
        1700000000.125,
        "1700000000",
        "Tue, 14 Nov 2023 22:13:20 GMT",
        "2023-11-14T22:13:20+01:00",
        "2023-11-14T22:13:20.1234567Z",
        "2023-11-14T22:13:20",
        "2023-11-14",
        "20231114T221320Z",
        "2023-11-14T24:00:00Z",
        "\uff12023-11-14T22:13:20Z",
    ],
)
@pytest.mark.parametrize("kind", PARSERS)
def test_other_forms_are_read_by_botocore(kind: Any, value: Any) -> None:
    def result(read: Any) -> Any:
        try:
            found = read(value)
        except ValueError as error:
            return type(error), str(error)
        return found, type(found.tzinfo)

    with mock_membership():
        parser = kind.__new__(kind)
        botocore.parsers.ResponseParser.__init__(parser)
        assert result(lambda text: parser._handle_timestamp(None, text)) == result(
            botocore.utils.parse_timestamp
        )


def test_a_reader_that_the_user_has_chosen_stays() -> None:
    with mock_membership():
        parser = botocore.parsers.RestJSONParser(timestamp_parser=lambda text: ("mine", text))
        assert parser._handle_timestamp(None, "2023-11-14T22:13:20Z") == (
            "mine",
            "2023-11-14T22:13:20Z",
        )


def test_a_client_gets_the_kind_of_time_zone_that_botocore_gives(membership_mock: Any) -> None:
    hub = membership_mock.client("securityhub", account="111122223333", region="eu-west-1")
    hub.enable_security_hub()
    hub.create_members(AccountDetails=[{"AccountId": "444455556666"}])
    updated = hub.list_members(OnlyAssociated=False)["Members"][0]["UpdatedAt"]
    theirs = botocore.utils.parse_timestamp("2023-11-14T22:13:20Z")
    assert type(updated.tzinfo) is type(theirs.tzinfo)
    assert abs((datetime.now(timezone.utc) - updated).total_seconds()) < 3600


@pytest.mark.parametrize("kind", PARSERS)
def test_botocores_own_reader_is_back_after_the_mock(kind: Any) -> None:
    before = vars(kind)["_handle_timestamp"]
    with mock_membership():
        assert vars(kind)["_handle_timestamp"] is not before
    assert vars(kind)["_handle_timestamp"] is before


def test_a_botocore_without_this_private_name_reads_timestamps_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for kind in PARSERS:
        reads = kind._handle_timestamp
        monkeypatch.setattr(kind, "_other_name", reads, raising=False)
        monkeypatch.delattr(kind, "_handle_timestamp")
    with mock_membership() as mock:
        assert mock.client("security-ir").list_memberships()["items"] == []
        assert not any("_handle_timestamp" in vars(kind) for kind in PARSERS)
