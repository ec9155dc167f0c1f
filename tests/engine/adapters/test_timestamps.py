"""Timestamps of answers are read quickly, and equal to what botocore reads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any

import botocore.parsers
import botocore.utils
import pytest
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock import mock_membership
from tests.engine.adapters.shape_models import is_run, members, model_of

XML = botocore.parsers.BaseXMLResponseParser
TIMESTAMP = model_of(
    {"Root": {"type": "structure", "members": members(at="At")}, "At": {"type": "timestamp"}}
)

instants = st.datetimes()
#: from before 1970 until after 2106, most of them in years in which offsets change
seconds = st.one_of(
    st.integers(-(10**9), 2**33),
    st.integers(1_600_000_000, 1_800_000_000),
    st.floats(1_600_000_000, 1_800_000_000),
    st.floats(allow_nan=True),
)


def read_by_json(value: Any) -> Any:
    """Return a timestamp of a JSON answer."""
    shape = TIMESTAMP.operation_model("Act").output_shape
    return botocore.parsers.RestJSONParser()._handle_structure(shape, {"at": value})["at"]


def read_by_xml(value: Any) -> Any:
    """Return a timestamp of an XML answer."""
    parser = XML.__new__(XML)
    botocore.parsers.ResponseParser.__init__(parser)
    return parser._handle_timestamp(None, value)


def result(read: Any, value: Any) -> Any:
    """Return a timestamp with the kinds of all its parts, or the error."""
    try:
        found = read(value)
    except (ValueError, RuntimeError) as error:
        return type(error), str(error)
    # two instants of an hour that comes twice are never equal, if their zones are two objects
    return (
        found.replace(tzinfo=None),
        found.fold,
        found.utcoffset(),
        type(found),
        type(found.tzinfo),
    )


def written(instant: datetime, digits: int) -> str:
    fraction = f".{instant.microsecond:06d}"[: digits + 1] if digits else ""
    return f"{instant:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + fraction + "Z"


@pytest.fixture(
    params=[
        "UTC",
        "Asia/Kolkata",
        "Europe/London",
        "Europe/Dublin",
        "America/New_York",
        "Australia/Lord_Howe",
        "UTC0BST",
    ]
)
def _time_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine be in a time zone: in one called UTC, dateutil returns that of the machine."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


READERS = (read_by_json, read_by_xml)


@pytest.mark.usefixtures("_time_zone", "membership_mock")
@pytest.mark.parametrize("read", READERS)
def test_timestamps_are_equal_to_those_of_botocore(read: Any) -> None:
    @settings(max_examples=100, deadline=None)
    @given(instant=instants, digits=st.integers(0, 6))
    def check(instant: datetime, digits: int) -> None:
        text = written(instant, digits)
        assert result(read, text) == result(botocore.utils.parse_timestamp, text)

    check()


@pytest.mark.usefixtures("_time_zone", "membership_mock")
def test_dates_of_headers_are_equal_to_those_of_botocore() -> None:
    @settings(max_examples=100, deadline=None)
    @given(instant=st.datetimes(timezones=st.just(timezone.utc)))
    def check(instant: datetime) -> None:
        text = format_datetime(instant, usegmt=True)
        assert result(read_by_xml, text) == result(botocore.utils.parse_timestamp, text)

    check()


@pytest.mark.usefixtures("_time_zone", "membership_mock")
def test_numbers_of_seconds_are_equal_to_those_of_botocore() -> None:
    @settings(max_examples=100, deadline=None)
    @given(value=seconds)
    def check(value: float) -> None:
        assert result(read_by_json, value) == result(botocore.utils.parse_timestamp, value)

    check()


@pytest.mark.usefixtures("_time_zone", "membership_mock")
def test_the_hours_around_a_change_of_the_offset_are_equal_to_those_of_botocore() -> None:
    now = 1_700_000_000
    offsets = {hour: time.localtime(now + hour * 3600).tm_gmtoff for hour in range(366 * 24)}
    changes = [hour for hour in offsets if offsets.get(hour + 1, offsets[hour]) != offsets[hour]]
    assert len(changes) == (2 if time.daylight else 0)
    for hour in changes:
        for quarter in range(-12, 12):
            value = now + hour * 3600 + quarter * 900
            assert result(read_by_json, value) == result(botocore.utils.parse_timestamp, value)


@pytest.mark.usefixtures("membership_mock")
@pytest.mark.parametrize(
    "value",
    [
        "2026-01-31T12:34:56.789Z",
        "Sat, 31 Jan 2026 12:34:56 GMT",
        1_700_000_000,
        1_700_000_000.125,
    ],
)
def test_usual_timestamps_are_not_read_by_botocore(value: Any) -> None:
    assert not is_run(botocore.utils.parse_timestamp, lambda: read_by_json(value))


@freeze_time("2026-01-31T12:00:00Z")
def test_timestamps_have_the_class_of_freezegun_as_those_of_botocore() -> None:
    with mock_membership():
        for value in ("2026-01-31T12:34:56.789Z", "Sat, 31 Jan 2026 12:34:56 GMT", 1_700_000_000):
            assert result(read_by_json, value) == result(botocore.utils.parse_timestamp, value)


@pytest.mark.parametrize(
    "value",
    [
        True,
        1e300,
        "1700000000",
        "Fri, 14 Nov 2023 22:13:20 GMT",
        "Tue, 31 Feb 2023 22:13:20 GMT",
        "Tue, 14 Nov 2023 24:13:20 GMT",
        "Tue, 14 Nov 2023 22:13:20 UTC",
        "Foo, 14 Nov 2023 22:13:20 GMT",
        "14 Nov 2023 22:13:20 GMT",
        "2023-11-14T22:13:20+01:00",
        "2023-11-14T22:13:20.1234567Z",
        "2023-11-14T22:13:20",
        "2023-11-14",
        "20231114T221320Z",
        "2023-11-14T24:00:00Z",
        "\uff12023-11-14T22:13:20Z",
    ],
)
@pytest.mark.usefixtures("membership_mock")
@pytest.mark.parametrize("read", READERS)
def test_other_forms_are_read_by_botocore(read: Any, value: Any) -> None:
    assert result(read, value) == result(botocore.utils.parse_timestamp, value)


def test_a_reader_that_the_user_has_chosen_stays() -> None:
    with mock_membership():
        parser = XML.__new__(XML)
        botocore.parsers.ResponseParser.__init__(
            parser, timestamp_parser=lambda text: ("mine", text)
        )
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


def test_botocores_own_reader_is_back_after_the_mock() -> None:
    before = vars(XML)["_handle_timestamp"]
    with mock_membership():
        assert vars(XML)["_handle_timestamp"] is not before
    assert vars(XML)["_handle_timestamp"] is before


def test_a_botocore_without_this_private_name_reads_timestamps_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads = XML._handle_timestamp
    monkeypatch.setattr(XML, "_other_name", reads, raising=False)
    monkeypatch.delattr(XML, "_handle_timestamp")
    with mock_membership() as mock:
        assert mock.client("iam").list_users()["Users"] == []
        assert "_handle_timestamp" not in vars(XML)
