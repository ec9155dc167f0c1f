"""Virtual sleep of threads: no time passes, the clocks move, and everything is recorded."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import freezegun
import pytest
import time_machine
from botocore.config import Config

from membership_mock import NotRunning, UsageError, mock_membership
from membership_mock.testing.sleeps import virtual_time
from tests.testing.sleeps import imports_by_name

NOON = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)
REAL_SLEEP, REAL_MONOTONIC, REAL_CLOCK = time.sleep, time.monotonic, time.perf_counter
REAL_SUBMIT = ThreadPoolExecutor.submit


@pytest.fixture(autouse=True)
def _no_time_passes():
    began = REAL_CLOCK()
    yield
    assert REAL_CLOCK() - began < 30
    assert (time.sleep, time.monotonic) == (REAL_SLEEP, REAL_MONOTONIC)
    assert ThreadPoolExecutor.submit is REAL_SUBMIT
    assert imports_by_name.sleep is REAL_SLEEP


@pytest.fixture
def mock():
    with mock_membership(now=NOON) as mock:
        yield mock


def test_a_sleep_takes_no_time_moves_the_clock_and_is_recorded(mock) -> None:
    with mock.clock.virtual_sleep() as sleeps:
        time.sleep(1.5)
        mock.client("security-ir").list_memberships()
        time.sleep(600)
    assert mock.clock.now() == NOON + timedelta(seconds=601.5)
    assert mock.clock.frozen
    assert (sleeps.seconds, sleeps.total) == ([1.5, 600.0], 601.5)
    first, second = sleeps
    assert (first.function, first.thread, first.at) == ("time.sleep", "MainThread", NOON)
    assert first.where.rpartition(":")[0] == __file__
    assert [first.calls_before, second.calls_before] == [0, 1]
    assert sleeps[-1:] == [second]
    assert "2 sleeps, 601.5 s in all" in repr(sleeps)


def test_a_clock_that_runs_is_moved_as_well() -> None:
    with mock_membership(sleep="virtual") as mock:
        before = mock.clock.now()
        time.sleep(3600)
        assert timedelta(hours=1) <= mock.clock.now() - before < timedelta(hours=1, seconds=5)
        assert not mock.clock.frozen


def test_what_is_due_happens(mock) -> None:
    with mock_membership(settle="clock"), mock.clock.virtual_sleep():
        hub = mock.client("securityhub")
        hub.enable_security_hub(EnableDefaultStandards=True)
        statuses = set()
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            (*_, last) = hub.get_enabled_standards()["StandardsSubscriptions"]
            statuses.add(last["StandardsStatus"])
            if last["StandardsStatus"] == "READY":
                break
            time.sleep(20)
        assert statuses == {"PENDING", "READY"}
    assert mock.clock.sleeps.seconds == [20.0] * 3


def test_names_that_were_imported_before_and_meanwhile_are_virtual(mock) -> None:
    before = imports_by_name.clocks()
    with mock.clock.virtual_sleep() as sleeps:
        imports_by_name.wait(1000)
        after = imports_by_name.clocks()
        namespace: dict[str, object] = {"__name__": "imported_meanwhile"}
        exec("from time import sleep", namespace)
        namespace["sleep"](5)
    assert sleeps.seconds == [1000.0, 5.0]
    assert all(1000 <= b - a < 1005 for a, b in zip(before, after, strict=True))
    assert all(b - a < 5 for a, b in zip(before, imports_by_name.clocks(), strict=True))
    namespace["sleep"](0.001)
    assert len(sleeps) == 2


def test_the_clocks_of_the_code_move_with_its_sleeps(mock) -> None:
    names = ["time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"]
    before = [getattr(time, name)() for name in names]
    with mock.clock.virtual_sleep():
        time.sleep(100)
        moved = [getattr(time, name)() - old for name, old in zip(names, before, strict=True)]
    assert [round(each / (1e9 if each > 1e6 else 1)) for each in moved] == [100] * 6


def test_a_sleep_that_is_not_one_is_as_always(mock) -> None:
    with mock.clock.virtual_sleep() as sleeps:
        time.sleep(0)
        with pytest.raises(ValueError, match="non-negative"):
            time.sleep(-1)
        with pytest.raises(TypeError):
            time.sleep("1")
        with pytest.raises(UsageError, match="sleep for 1e\\+12 s, until after 9998"):
            time.sleep(1e12)
    assert not sleeps
    assert mock.clock.now() == NOON


def test_threads_that_start_in_the_block_are_virtual_and_older_ones_are_not(mock) -> None:
    go, done = threading.Event(), threading.Event()

    def older() -> None:
        go.wait()
        time.sleep(0.01)
        done.set()

    threading.Thread(target=older).start()
    with mock.clock.virtual_sleep() as sleeps:
        go.set()
        done.wait()
        with ThreadPoolExecutor(2, thread_name_prefix="worker") as executor:
            list(executor.map(time.sleep, [30, 60]))
    assert sorted(sleeps.seconds) == [30.0, 60.0]
    assert all(each.thread.startswith("worker") for each in sleeps)
    assert mock.clock.now() == NOON + timedelta(seconds=90)


def test_a_job_belongs_to_the_block_that_submits_it_whichever_thread_does_it(mock) -> None:
    with ThreadPoolExecutor(1) as older:
        older.submit(int).result()
        with mock.as_account("111111111111", threads=True), mock.clock.virtual_sleep() as sleeps:
            older.submit(time.sleep, 30).result()
            with mock.clock.virtual_sleep() as inner:
                assert list(older.map(time.sleep, [60, 90])) == [None, None]
        assert (sleeps.seconds, inner.seconds) == ([30.0, 60.0, 90.0], [60.0, 90.0])
        with mock.clock.virtual_sleep() as later:
            assert older.submit(lambda: time.sleep(5) or 1).result() == 1
        older.submit(time.sleep, 0.001).result()
        assert later.seconds == [5.0]
    assert mock.clock.now() == NOON + timedelta(seconds=185)


def test_what_waits_for_processes_and_locks_waits_in_real_time(mock) -> None:
    with mock.clock.virtual_sleep() as sleeps:
        time.sleep(10_000)
        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.1)"])
        assert process.wait(timeout=30) == 0
        began = REAL_CLOCK()
        assert not threading.Event().wait(timeout=0.02)
        assert REAL_CLOCK() - began >= 0.02
    assert sleeps.seconds == [10_000.0]


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_retries_of_botocore_take_no_time_and_can_be_asserted(mock, mode: str) -> None:
    client = mock.client(
        "security-ir", config=Config(retries={"mode": mode, "total_max_attempts": 4})
    )
    mock.fail("security-ir.ListMemberships", "InternalServerException", times=3)
    with mock.clock.virtual_sleep() as sleeps:
        client.list_memberships()
    mock.calls.assert_called("ListMemberships", times=4)
    backoffs = [each for each in sleeps if each.where.partition(":")[0].endswith("endpoint.py")]
    assert [each.calls_before for each in backoffs] == [1, 2, 3]


def test_waiters_of_botocore_take_no_time(mock) -> None:
    s3 = mock.client("s3")
    waiter = s3.get_waiter("bucket_exists")
    with mock.clock.virtual_sleep() as sleeps:
        timer = threading.Timer(0, lambda: None)
        timer.start()
        with pytest.raises(Exception, match="Max attempts exceeded"):
            waiter.wait(Bucket="never", WaiterConfig={"Delay": 5, "MaxAttempts": 4})
    assert sleeps.seconds == [5.0] * 3
    timer.join()


# --- its end, and other options ---


def test_it_ends_with_the_mock_though_its_block_has_not() -> None:
    mock = mock_membership().start()
    block = mock.clock.virtual_sleep()
    sleeps = block.__enter__()
    time.sleep(1)
    mock.stop()
    assert time.sleep is REAL_SLEEP
    time.sleep(0.001)
    block.__exit__(None, None, None)
    assert sleeps.seconds == [1.0]


def test_what_a_test_has_patched_meanwhile_stays_until_the_test_puts_it_back(
    mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[float] = []
    with mock.clock.virtual_sleep() as sleeps:
        monkeypatch.setattr(time, "sleep", taken.append)
        time.sleep(7)
    assert time.sleep(8) is None
    assert (taken, sleeps.seconds) == ([7, 8], [])
    monkeypatch.undo()
    began = time.monotonic()
    time.sleep(0.01)
    assert time.monotonic() - began >= 0.01
    assert len(sleeps) == 0
    with mock.clock.virtual_sleep() as again:
        time.sleep(9)
    assert again.seconds == [9.0]


def test_the_option_holds_for_the_mock_and_nested_blocks_record_their_own() -> None:
    with mock_membership(sleep="virtual", now=NOON) as mock:
        time.sleep(1)
        with mock.clock.virtual_sleep() as inner:
            time.sleep(2)
        with mock_membership() as nested:
            time.sleep(3)
            assert nested.clock.sleeps.seconds == [1.0, 2.0, 3.0]
        assert inner.seconds == [2.0]
        assert mock.clock.now() == NOON + timedelta(seconds=6)


def test_a_reset_forgets_the_sleeps_and_leaves_sleep_virtual(mock) -> None:
    with mock.clock.virtual_sleep() as sleeps:
        time.sleep(5)
        mock.reset()
        assert mock.clock.sleeps.seconds == []
        assert mock.clock.now() == NOON
        time.sleep(6)
        assert mock.clock.sleeps.seconds == [6.0]
    assert sleeps.seconds == [5.0, 6.0]


def test_a_restored_snapshot_puts_the_mocks_clock_back_and_not_that_of_the_code(mock) -> None:
    with mock.clock.virtual_sleep() as sleeps:
        snapshot, before = mock.snapshot(), time.monotonic()
        time.sleep(50)
        mock.restore(snapshot)
        assert mock.clock.now() == NOON
        assert time.monotonic() - before >= 50
        assert sleeps.seconds == [50.0]


def test_a_loop_that_waits_for_a_clock_that_stands_still_is_refused_with_ways_out(
    mock, monkeypatch
) -> None:
    monkeypatch.setattr(virtual_time, "_MOST_SLEEPS", 100)
    with mock.clock.virtual_sleep() as sleeps:
        deadline = datetime.now(timezone.utc) + timedelta(minutes=1)
        with pytest.raises(
            UsageError, match=r"slept 100 times .*, for 500 s .*test_sleep\.py:"
        ) as e:
            while datetime.now(timezone.utc) < deadline:
                time.sleep(5)
        assert "freezegun or time-machine" in str(e.value)
        with pytest.raises(UsageError, match="slept 100 times"):
            asyncio.run(asyncio.sleep(1))
        assert (len(sleeps), mock.clock.now()) == (100, NOON + timedelta(seconds=500))
        mock.reset()
        time.sleep(5)


def test_wrong_uses_are_usage_errors(mock) -> None:
    with pytest.raises(UsageError, match="sleep is 'real' or 'virtual', not 'fake'"):
        mock_membership(sleep="fake")  # type: ignore[call-overload]
    with mock_membership() as ended:
        clock = ended.clock
    mock.stop()
    with pytest.raises(NotRunning):
        clock.virtual_sleep()
    with pytest.raises(NotRunning):
        _ = clock.sleeps
    mock.start()


# --- freezegun and time-machine ---


def test_freezegun_moves_along_whichever_began_first() -> None:
    with freezegun.freeze_time(NOON), mock_membership(sleep="virtual") as mock:
        time.sleep(60)
        imports_by_name.wait(60)
        assert datetime.now(timezone.utc) == NOON + timedelta(minutes=2) == mock.clock.now()
        assert time.time() == NOON.timestamp() + 120
    with mock_membership(sleep="virtual", now=NOON) as mock:
        with freezegun.freeze_time("2030-01-01T00:00:00"):
            before = time.monotonic()
            time.sleep(60)
            assert datetime.now(timezone.utc).isoformat() == "2030-01-01T00:01:00+00:00"
            assert imports_by_name.clocks()[0] == time.time()
            assert time.monotonic() - before == pytest.approx(60)
        time.sleep(1)
        before = time.monotonic()
        time.sleep(10)
        assert time.monotonic() - before >= 10
        assert mock.clock.now() == NOON + timedelta(seconds=71)


def test_time_machine_moves_along() -> None:
    with time_machine.travel(NOON, tick=False), mock_membership(sleep="virtual") as mock:
        before = time.monotonic()
        time.sleep(60)
        assert datetime.now(timezone.utc) == NOON + timedelta(minutes=1) == mock.clock.now()
        assert time.time() == NOON.timestamp() + 60
        assert 60 <= time.monotonic() - before < 65


def test_the_fixture_of_a_test_forgets_its_sleeps_beside_a_wider_one(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini("[pytest]\nmembership_mock_sleep = virtual")
    pytester.makepyfile(
        """
        import time

        def test_one(membership_mock_module, membership_mock):
            time.sleep(100)
            assert membership_mock.clock.sleeps.seconds == [100.0]

        def test_two(membership_mock_module, membership_mock):
            time.sleep(200)
            assert membership_mock.clock.sleeps.seconds == [200.0]
        """
    )
    result = pytester.runpytest_subprocess("--durations=1", "-vv")
    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*100.*s call*")
