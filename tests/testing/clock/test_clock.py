"""The clock of a mock: frozen, moved, and followed by everything that depends on time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
import requests
import time_machine
from freezegun import freeze_time

from membership_mock import MockClock, NotRunning, UsageError, mock_membership
from tests.cleanrooms.collaboration_samples import REGION, A, B, join, member, new_collaboration
from tests.security_ir.scenes import member_client, new_case
from tests.securityhub.findings.finding_samples import finding

NOON = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
TOKYO = timezone(timedelta(hours=9))


def utc(*parts):
    return datetime(*parts, tzinfo=timezone.utc)


@pytest.fixture
def clock(membership_mock):
    membership_mock.clock.freeze(NOON)
    return membership_mock.clock


def stamp(mock, account="111111111111", region="eu-west-1"):
    """Return the moment at which a new hub says that it was enabled."""
    client = mock.client("securityhub", account=account, region=region)
    client.enable_security_hub()
    return datetime.fromisoformat(client.describe_hub()["SubscribedAt"].replace("Z", "+00:00"))


# --- freeze, move, advance ---


def test_a_frozen_clock_stands_still_for_every_account_and_region(membership_mock, clock):
    assert stamp(membership_mock) == NOON
    assert stamp(membership_mock, "222222222222", "us-east-1") == NOON
    assert clock.now() == NOON
    assert clock.frozen


def test_freeze_without_an_instant_stops_the_clock_where_it_is(membership_mock):
    with freeze_time(NOON) as real:
        membership_mock.clock.freeze()
        real.tick(HOUR)
        assert stamp(membership_mock) == NOON


def test_time_goes_on_from_where_the_clock_was_moved_to(membership_mock):
    with freeze_time(NOON) as real:
        membership_mock.clock.move_to("2027-01-01T00:00:00Z")
        real.tick(60)
        assert stamp(membership_mock) == datetime(2027, 1, 1, 0, 1, tzinfo=timezone.utc)
    assert not membership_mock.clock.frozen


def test_time_goes_on_from_where_the_clock_is_unfrozen(membership_mock):
    clock = membership_mock.clock
    with freeze_time("2026-06-01") as real:
        clock.freeze(NOON)
        real.tick(HOUR)
        clock.advance(minutes=1)
        clock.unfreeze()
        real.tick(2)
        assert clock.now() == NOON + timedelta(minutes=1, seconds=2)
        clock.unfreeze()  # it goes already
        assert clock.now() == NOON + timedelta(minutes=1, seconds=2)


def test_a_frozen_clock_that_is_moved_stays_frozen(clock):
    clock.move_to(NOON + HOUR)
    assert (clock.now(), clock.frozen) == (NOON + HOUR, True)
    clock.advance(days=1)
    assert (clock.now(), clock.frozen) == (NOON + HOUR + timedelta(days=1), True)


@pytest.mark.parametrize(
    ("by", "parts", "expected"),
    [
        pytest.param(timedelta(hours=2), {}, timedelta(hours=2), id="timedelta"),
        pytest.param(timedelta(), {}, timedelta(), id="no time at all"),
        pytest.param(None, {"seconds": 1.5}, timedelta(milliseconds=1500), id="seconds"),
        pytest.param(None, {"minutes": 20}, timedelta(minutes=20), id="minutes"),
        pytest.param(None, {"hours": 3}, timedelta(hours=3), id="hours"),
        pytest.param(None, {"days": 1, "hours": -1}, timedelta(hours=23), id="a sum"),
        pytest.param(None, {"seconds": 0}, timedelta(), id="nothing, computed"),
    ],
)
def test_advance_takes_a_timedelta_or_its_parts(clock, by, parts, expected):
    clock.advance(by, **parts)
    assert clock.now() == NOON + expected


def test_small_advances_add_up_to_milliseconds(clock):
    for _ in range(4):
        clock.advance(timedelta(microseconds=500))
    assert clock.now() == NOON + timedelta(milliseconds=2)
    clock.advance(timedelta(microseconds=999))
    assert clock.now() == NOON + timedelta(milliseconds=2)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("2027-01-31T12:00:00Z", utc(2027, 1, 31, 12), id="Z"),
        pytest.param("2027-01-31T12:00:00z", utc(2027, 1, 31, 12), id="small z"),
        pytest.param("2027-01-31T12:00:00+09:00", utc(2027, 1, 31, 3), id="offset"),
        pytest.param("2027-01-31T12:00:00-0130", utc(2027, 1, 31, 13, 30), id="short offset"),
        pytest.param("2027-01-31T12:00:00.25Z", utc(2027, 1, 31, 12, 0, 0, 250000), id="split"),
        pytest.param("2027-01-31 12:00", utc(2027, 1, 31, 12), id="no offset: UTC"),
        pytest.param("2027-01-31", utc(2027, 1, 31), id="a day as text"),
        pytest.param(date(2027, 1, 31), utc(2027, 1, 31), id="a day"),
        pytest.param(datetime(2027, 1, 31, 12, tzinfo=TOKYO), utc(2027, 1, 31, 3), id="aware"),
    ],
)
def test_move_to_takes_whatever_says_when(clock, given, expected):
    clock.move_to(given)
    assert clock.now() == expected
    assert clock.now().tzinfo is timezone.utc


def test_freeze_as_a_block_lets_time_go_on_afterwards(membership_mock):
    with freeze_time("2026-06-01") as real:
        with membership_mock.clock.freeze(NOON) as clock:
            assert isinstance(clock, MockClock)
            real.tick(HOUR)
            assert stamp(membership_mock) == NOON
            clock.advance(minutes=1)
        real.tick(5)
        assert clock.now() == NOON + timedelta(minutes=1, seconds=5)


def test_freeze_as_a_block_leaves_a_frozen_clock_frozen(clock):
    with clock.freeze(NOON + HOUR):
        pass
    assert (clock.now(), clock.frozen) == (NOON + HOUR, True)


def test_the_clock_of_a_block_may_end_with_its_mock():
    with mock_membership() as mock:
        block = mock.clock.freeze(NOON)
        block.__enter__()
    block.__exit__(None, None, None)
    with mock_membership() as mock:
        assert not mock.clock.frozen


def test_the_clock_shows_itself(clock):
    assert repr(clock) == "<MockClock 2026-03-14T12:00:00+00:00, frozen>"
    clock.unfreeze()
    assert repr(clock).startswith("<MockClock 2026-03-14T12:00:0")


def test_the_clock_of_a_mock_that_has_ended_can_still_be_shown():
    with mock_membership() as mock:
        clock = mock.clock
    assert repr(clock) == "<MockClock of a mock that has ended>"


# --- not back ---


def test_a_mock_in_which_nothing_has_happened_may_begin_in_the_past(membership_mock):
    membership_mock.clock.move_to("2001-02-03")
    assert stamp(membership_mock).date() == date(2001, 2, 3)


def test_an_organization_of_motos_is_no_reason_not_to_begin_in_the_past(membership_mock):
    organizations = membership_mock.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    organizations.create_account(AccountName="one", Email="one@example.com")
    membership_mock.clock.freeze("2001-02-03")
    assert stamp(membership_mock).date() == date(2001, 2, 3)


@pytest.mark.parametrize("move", ["move_to", "freeze"])
def test_the_clock_does_not_go_behind_what_has_happened(membership_mock, move):
    stamp(membership_mock)
    before = membership_mock.clock.now()
    with pytest.raises(UsageError, match=r"cannot go back to 2001-02-03.*option `now`"):
        getattr(membership_mock.clock, move)("2001-02-03")
    assert not membership_mock.clock.frozen
    assert membership_mock.clock.now() >= before


@pytest.mark.parametrize("frozen", [True, False])
def test_a_clock_that_was_moved_does_not_go_back(membership_mock, frozen):
    clock = membership_mock.clock
    clock.move_to("2100-01-01")
    if frozen:
        clock.freeze()
    with pytest.raises(UsageError, match="cannot go back to 2099-12-31"):
        clock.move_to("2099-12-31")
    assert clock.now() >= datetime(2100, 1, 1, tzinfo=timezone.utc)
    assert clock.frozen is frozen


def test_the_present_of_a_moment_ago_is_not_the_past(membership_mock):
    with freeze_time(NOON) as real:
        stamp(membership_mock)
        at = membership_mock.clock.now()
        real.tick(timedelta(milliseconds=5))
        membership_mock.clock.freeze(at)
        assert membership_mock.clock.now() == at
        with pytest.raises(UsageError, match="cannot go back"):
            membership_mock.clock.freeze(at - timedelta(milliseconds=1))


# --- misuse ---


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(NOON.replace(tzinfo=None), "no time zone.*pass an aware", id="naive"),
        pytest.param("tomorrow", "not an instant in ISO 8601", id="words"),
        pytest.param("2027-02-30", "not an instant in ISO 8601.*day", id="no such day"),
        pytest.param(
            "2027-01-31T12:00:00+99:00", "not an instant in ISO 8601", id="no such offset"
        ),
        pytest.param("2027-01-31T12:00:00Z ", "not an instant in ISO 8601", id="more than a time"),
        pytest.param("٢٠٢٧-01-31", "not an instant in ISO 8601", id="other digits"),
        pytest.param(1_800_000_000, "is not an instant: pass", id="seconds"),
        pytest.param(timedelta(1), "is not an instant: pass", id="timedelta"),
        pytest.param("9999-01-01", "from 1970-01-01 to 9998-12-31", id="too late"),
        pytest.param("0001-01-01T00:00:00+09:00", "from 1970-01-01", id="before all time"),
        pytest.param(
            datetime(9999, 12, 31, 23, tzinfo=timezone(-HOUR)), "from 1970-01-01", id="after all"
        ),
        pytest.param(date(1969, 12, 31), "from 1970-01-01", id="too early"),
    ],
)
@pytest.mark.parametrize("move", ["move_to", "freeze"])
def test_what_is_no_instant_is_refused_and_nothing_changes(clock, move, given, message):
    clock.unfreeze()
    with pytest.raises(UsageError, match=message):
        getattr(clock, move)(given)
    assert not clock.frozen
    assert clock.now() - NOON < HOUR


@pytest.mark.parametrize(
    ("by", "parts", "message"),
    [
        pytest.param(None, {}, "given nothing: pass a timedelta", id="nothing"),
        pytest.param(HOUR, {"hours": 1}, "a timedelta and parts of one", id="both"),
        pytest.param(-HOUR, {}, "time goes forward only", id="negative"),
        pytest.param(None, {"hours": -1}, "time goes forward only", id="negative part"),
        pytest.param(60, {}, "60 is not a time to advance by: pass a timedelta", id="a number"),
        pytest.param(None, {"hours": "1"}, "hours='1' is not a number of hours", id="text"),
        pytest.param(None, {"days": True}, "days=True is not a number of days", id="a truth"),
        pytest.param(None, {"days": float("nan")}, "by days=nan: that is not a time", id="nan"),
        pytest.param(None, {"days": 1e300}, "that is not a time", id="more than there is"),
        pytest.param(timedelta.max, {}, "that is too far", id="far beyond"),
        pytest.param(timedelta(days=2912078), {}, "to 9998-12-31", id="beyond"),
    ],
)
def test_what_is_no_advance_is_refused_and_nothing_changes(clock, by, parts, message):
    with pytest.raises(UsageError, match=message):
        clock.advance(by, **parts)
    assert (clock.now(), clock.frozen) == (NOON, True)


def test_a_running_clock_stops_at_its_last_moment(membership_mock):
    with freeze_time(NOON) as real:
        membership_mock.clock.move_to("9998-12-31")
        real.tick(HOUR)
        assert stamp(membership_mock) == datetime(9998, 12, 31, tzinfo=timezone.utc)


def test_the_clock_of_a_mock_that_has_ended_is_refused():
    mock = mock_membership()
    with pytest.raises(NotRunning):
        _ = mock.clock
    with mock:
        clock = mock.clock
    with mock:  # a new world, with a clock of its own
        for use in (clock.now, clock.freeze, clock.unfreeze, lambda: clock.frozen):
            with pytest.raises(NotRunning, match=r"has ended: take `mock\.clock`"):
                use()
        with pytest.raises(NotRunning):
            clock.advance(minutes=1)
        with pytest.raises(NotRunning):
            clock.move_to("2100-01-01")
        assert not mock.clock.frozen


# --- beginning and end ---


def test_nothing_is_left_of_a_clock_after_its_mock():
    with freeze_time(NOON):
        with mock_membership() as mock:
            mock.clock.freeze("2100-01-01")
        with mock_membership() as mock:
            assert stamp(mock) == NOON


def test_nothing_is_left_of_a_clock_after_a_reset(membership_mock):
    with freeze_time(NOON):
        clock = membership_mock.clock
        clock.freeze("2100-01-01")
        membership_mock.reset()
        assert (stamp(membership_mock), clock.frozen) == (NOON, False)
        clock.advance(hours=1)
        assert membership_mock.clock.now() == NOON + HOUR


def test_nested_mocks_share_one_clock(membership_mock):
    membership_mock.clock.freeze(NOON)
    with mock_membership() as inner:
        inner.clock.advance(hours=1)
    assert membership_mock.clock.now() == NOON + HOUR


# --- the option `now` ---


@pytest.mark.parametrize("now", [NOON, "2026-03-14T12:00:00Z", "2026-03-14T21:00+09:00"])
def test_the_option_now_freezes_the_clock_from_the_start(now):
    with mock_membership(now=now) as mock:
        assert (stamp(mock), mock.clock.frozen) == (NOON, True)
        mock.clock.advance(hours=1)
        mock.reset()
        assert mock.clock.now() == NOON


@pytest.mark.membership_mock(now="2026-03-14T12:00:00Z")
def test_the_marker_freezes_the_clock_too(membership_mock):
    assert stamp(membership_mock) == NOON


def test_the_ini_options_freeze_the_clock_and_let_states_wait_for_it(pytester):
    pytester.makeini(
        "[pytest]\nmembership_mock_now = 2026-03-14T12:00:00Z\nmembership_mock_settle = clock"
    )
    pytester.makepyfile(
        """
        def test_ini(membership_mock):
            assert membership_mock.clock.now().isoformat() == "2026-03-14T12:00:00+00:00"
            client = membership_mock.client("securityhub", region="us-east-1")
            client.enable_security_hub()
            for _ in range(2):
                found = client.get_enabled_standards()["StandardsSubscriptions"]
                assert {one["StandardsStatus"] for one in found} == {"PENDING"}
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


@mock_membership(now="2026-03-14T12:00:00Z")
class TestDecoratedClass:
    """Its set-up and its test are a mock each, in one world."""

    def setup_method(self):
        with mock_membership() as mock:
            mock.clock.advance(hours=1)

    def test_the_set_up_may_have_moved_the_clock(self):
        with mock_membership() as mock:
            assert mock.clock.now() == NOON + HOUR


def test_the_option_of_an_inner_mock_moves_the_clock_forward(membership_mock):
    membership_mock.clock.freeze(NOON)
    with mock_membership(now=NOON + HOUR):
        assert membership_mock.clock.now() == NOON + HOUR
    assert membership_mock.clock.now() == NOON + HOUR


def test_the_option_of_an_inner_mock_does_not_move_the_clock_back(membership_mock):
    membership_mock.clock.freeze(NOON)
    with pytest.raises(
        UsageError, match=r"cannot go back.*shares the world of one that is running"
    ):
        mock_membership(now=NOON - HOUR).start()
    assert membership_mock.clock.now() == NOON


@pytest.mark.parametrize("now", [NOON.replace(tzinfo=None), "soon", 7])
def test_the_option_now_has_to_be_an_instant(now):
    with pytest.raises(UsageError):
        mock_membership(now=now)


# --- snapshots ---


def test_a_snapshot_keeps_the_clock_where_it_was_frozen(membership_mock, clock):
    case_client = member_client(membership_mock)
    case_id = new_case(case_client, resolverType="AWS")
    before, dump = membership_mock.snapshot(), membership_mock.dump()
    clock.advance(days=1)
    assert len(case_client.list_comments(caseId=case_id)["items"]) == 1
    clock.unfreeze()
    for _ in range(2):
        membership_mock.restore(before)
        assert clock.frozen
        assert clock.now() == NOON
        assert membership_mock.dump() == dump
        assert case_client.list_comments(caseId=case_id)["items"] == []
        clock.advance(minutes=1)
        shown = case_client.list_investigations(caseId=case_id)["investigationActions"]
        assert shown[0]["lastUpdated"] == NOON + timedelta(minutes=1)


# --- freezegun and time-machine ---


def travelled(to):
    """Return a context in which time-machine stands still at a moment, and what moves it on."""
    return time_machine.travel(to, tick=False)


EITHER = pytest.mark.parametrize(
    ("travel", "tick"),
    [
        pytest.param(freeze_time, "tick", id="freezegun"),
        pytest.param(travelled, "shift", id="time-machine"),
    ],
)


@EITHER
def test_a_clock_that_nobody_has_touched_shows_their_time(membership_mock, travel, tick):
    with travel(NOON) as theirs:
        assert membership_mock.clock.now() == NOON
        getattr(theirs, tick)(HOUR)
        assert stamp(membership_mock) == NOON + HOUR


@EITHER
def test_a_moved_clock_goes_ahead_of_theirs(membership_mock, travel, tick):
    with travel(NOON) as theirs:
        membership_mock.clock.advance(days=1)
        getattr(theirs, tick)(HOUR)
        assert stamp(membership_mock) == NOON + timedelta(days=1) + HOUR


@EITHER
def test_a_frozen_clock_does_not_follow_theirs(membership_mock, clock, travel, tick):
    with travel(NOON + 24 * HOUR) as theirs:
        assert stamp(membership_mock) == NOON
        clock.unfreeze()
        getattr(theirs, tick)(HOUR)
        assert stamp(membership_mock, region="us-east-1") == NOON + HOUR


@EITHER
def test_the_clock_can_go_forward_after_theirs_has_gone_back(membership_mock, travel, tick):
    stamp(membership_mock)
    with travel(datetime(2001, 2, 3, tzinfo=timezone.utc)) as theirs:
        getattr(theirs, tick)(HOUR)
        membership_mock.clock.move_to("2001-02-04")
        assert membership_mock.clock.now() == datetime(2001, 2, 4, tzinfo=timezone.utc)


# --- what depends on time ---


def test_the_record_of_calls_is_dated_by_the_clock(membership_mock, clock):
    stamp(membership_mock)
    clock.advance(hours=1)
    membership_mock.client("securityhub", region="us-east-1").enable_security_hub()
    assert [call.at for call in membership_mock.calls.filter("EnableSecurityHub")] == [
        NOON,
        NOON + HOUR,
    ]


def test_stamps_of_clean_rooms_follow_the_clock(membership_mock, clock):
    client = membership_mock.client("cleanrooms", account=A, region=REGION)
    room = new_collaboration(client, member(B))
    clock.advance(hours=1)
    joined = join(client, room["id"])
    assert (room["createTime"], joined["createTime"]) == (NOON, NOON + HOUR)


def test_stamps_of_a_case_follow_the_clock(membership_mock, clock):
    client = member_client(membership_mock)
    case_id = new_case(client)
    clock.advance(hours=1)
    client.update_case(caseId=case_id, title="Another title")
    clock.advance(hours=1)
    closed = client.close_case(caseId=case_id)
    case = client.get_case(caseId=case_id)
    assert (case["createdDate"], closed["closedDate"]) == (NOON, NOON + 2 * HOUR)
    assert case["closedDate"] == case["lastUpdatedDate"] == NOON + 2 * HOUR


def test_a_change_of_the_organization_is_dated_by_the_clock(membership_mock, clock):
    organizations = membership_mock.client("organizations", account="111111111111")
    organizations.create_organization(FeatureSet="ALL")
    client = member_client(membership_mock)
    organizations.enable_aws_service_access(ServicePrincipal="security-ir.amazonaws.com")
    clock.advance(hours=1)
    organizations.disable_aws_service_access(ServicePrincipal="security-ir.amazonaws.com")
    (listed,) = client.list_memberships()["items"]
    membership = client.get_membership(membershipId=listed["membershipId"])
    assert membership["membershipStatus"] == "Terminated"
    assert membership["membershipDeactivationTimestamp"] == NOON + HOUR


def upload_url(client, case_id):
    return client.get_case_attachment_upload_url(
        caseId=case_id, fileName="log.txt", contentLength=3
    )["attachmentPresignedUrl"]


@pytest.mark.parametrize(("seconds", "status"), [(900, 200), (901, 403)])
def test_the_url_of_an_upload_expires_by_the_clock(membership_mock, clock, seconds, status):
    client = member_client(membership_mock)
    url = upload_url(client, new_case(client))
    clock.advance(seconds=seconds)
    assert requests.put(url, data=b"log", timeout=5).status_code == status


def test_the_attachments_of_a_closed_case_go_by_the_clock(membership_mock, clock):
    client = member_client(membership_mock)
    case_id = new_case(client)
    requests.put(upload_url(client, case_id), data=b"log", timeout=5)
    client.close_case(caseId=case_id)
    clock.advance(days=7, seconds=-1)
    assert len(client.get_case(caseId=case_id)["caseAttachments"]) == 1
    clock.advance(seconds=1)
    assert client.get_case(caseId=case_id)["caseAttachments"] == []


def test_an_idempotency_token_is_forgotten_by_the_clock(membership_mock, clock):
    client = member_client(membership_mock)
    first = new_case(client, clientToken="token")
    clock.advance(hours=24, seconds=-1)
    assert new_case(client, clientToken="token") == first
    clock.advance(seconds=1)
    assert new_case(client, clientToken="token") != first


def test_the_quota_of_a_day_is_given_back_by_the_clock(membership_mock, clock):
    client = member_client(membership_mock)
    for _ in range(50):
        client.close_case(caseId=new_case(client, "AWS"))
    clock.advance(days=1, seconds=-1)
    with pytest.raises(client.exceptions.ServiceQuotaExceededException):
        new_case(client, "AWS")
    clock.advance(seconds=1)
    assert new_case(client, "AWS")


def test_a_finding_expires_by_the_clock(membership_mock, clock):
    client = membership_mock.client("securityhub", account="111111111111", region="eu-west-1")
    client.enable_security_hub(EnableDefaultStandards=False)
    client.batch_import_findings(Findings=[finding("one")])
    clock.advance(days=90, seconds=-1)
    assert len(client.get_findings()["Findings"]) == 1
    clock.advance(seconds=1)
    assert client.get_findings()["Findings"] == []


def test_a_filter_by_age_follows_the_clock(membership_mock, clock):
    client = membership_mock.client("securityhub", account="111111111111", region="eu-west-1")
    client.enable_security_hub(EnableDefaultStandards=False)
    at = "2026-03-13T12:00:00.000Z"
    client.batch_import_findings(Findings=[finding("one", CreatedAt=at, UpdatedAt=at)])
    recent = {"CreatedAt": [{"DateRange": {"Value": 7, "Unit": "DAYS"}}]}
    assert len(client.get_findings(Filters=recent)["Findings"]) == 1
    clock.advance(days=7)
    assert client.get_findings(Filters=recent)["Findings"] == []


def test_the_services_of_moto_keep_their_own_time(membership_mock, clock):
    s3 = membership_mock.client("s3", region="us-east-1")
    s3.create_bucket(Bucket="evidence")
    with freeze_time("2026-06-01"):
        s3.put_object(Bucket="evidence", Key="a", Body=b"")
        assert s3.head_object(Bucket="evidence", Key="a")["LastModified"].date() == date(2026, 6, 1)
