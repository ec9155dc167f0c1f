"""Virtual sleep in event loops: the order in which tasks wake, timeouts, threads, the end."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import freezegun
import pytest

from membership_mock import mock_membership
from membership_mock.testing.sleeps import event_loops
from tests.testing.sleeps import imports_by_name

NOON = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)
REAL_ASYNCIO_SLEEP, REAL_CLOCK = asyncio.sleep, time.perf_counter


@pytest.fixture(autouse=True)
def _no_time_passes():
    began = REAL_CLOCK()
    yield
    assert REAL_CLOCK() - began < 30
    assert asyncio.sleep is REAL_ASYNCIO_SLEEP
    assert not event_loops._drivers


@pytest.fixture
def mock():
    with mock_membership(now=NOON, sleep="virtual") as mock:
        yield mock


def test_sleepers_wake_in_the_right_order_at_the_right_time(mock) -> None:
    woken: list[tuple[str, datetime]] = []

    async def sleeper(name: str, *delays: float) -> None:
        for delay in delays:
            assert await asyncio.sleep(delay, name) == name
            woken.append((name, mock.clock.now()))

    async def main() -> None:
        await asyncio.gather(sleeper("a", 30, 30), sleeper("b", 10, 25), sleeper("c", 1000))

    asyncio.run(main())
    expected = [("b", 10), ("a", 30), ("b", 35), ("a", 60), ("c", 1000)]
    assert woken == [(name, NOON + timedelta(seconds=each)) for name, each in expected]
    assert mock.clock.sleeps.seconds == [30.0, 10.0, 1000.0, 25.0, 30.0]
    assert {each.function for each in mock.clock.sleeps} == {"asyncio.sleep"}
    assert mock.clock.sleeps[0].where.rpartition(":")[0] == __file__


def test_a_timeout_that_is_over_before_the_sleep_goes_off(mock) -> None:
    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.sleep(100), timeout=10)
        # its timer was made before the sleep began, and that moment was real
        assert timedelta(seconds=9) < mock.clock.now() - NOON <= timedelta(seconds=10)
        await asyncio.wait_for(asyncio.sleep(100), timeout=200)

    asyncio.run(main())
    assert timedelta(seconds=109) < mock.clock.now() - NOON <= timedelta(seconds=110)


def test_timers_of_a_loop_go_off_between_sleeps(mock) -> None:
    seen: list[str] = []

    async def main() -> None:
        asyncio.get_running_loop().call_later(50, seen.append, "timer")
        await asyncio.sleep(49)
        seen.append("before")
        await asyncio.sleep(2)
        seen.append("after")

    asyncio.run(main())
    assert seen == ["before", "timer", "after"]


def test_a_timer_without_a_sleeper_waits_for_the_real_time(mock) -> None:
    async def main() -> float:
        began = REAL_CLOCK()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), timeout=0.02)
        return REAL_CLOCK() - began

    assert asyncio.run(main()) >= 0.02
    assert mock.clock.now() == NOON


def test_sleep_of_zero_yields_and_moves_nothing(mock) -> None:
    seen: list[int] = []

    async def count(start: int) -> None:
        for number in range(start, 6, 2):
            seen.append(number)
            await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.gather(count(0), count(1))

    asyncio.run(main())
    assert seen == [0, 1, 2, 3, 4, 5]
    assert not mock.clock.sleeps
    assert mock.clock.now() == NOON


def test_a_timeout_around_a_thread_waits_for_the_thread(mock) -> None:
    def job() -> str:
        deadline = REAL_CLOCK() + 0.05
        while REAL_CLOCK() < deadline:
            pass
        mock.client("security-ir").list_memberships()
        return "done"

    async def heartbeat() -> None:
        while True:  # noqa: ASYNC110  the loop is what it is about
            await asyncio.sleep(1)

    async def main() -> str:
        beating = asyncio.create_task(heartbeat())
        await asyncio.sleep(0)
        try:
            return await asyncio.wait_for(asyncio.to_thread(job), timeout=5)
        finally:
            beating.cancel()

    assert asyncio.run(main()) == "done"
    mock.calls.assert_called("ListMemberships", times=1)


def test_a_thread_of_the_loop_sleeps_virtually_too(mock) -> None:
    async def main() -> None:
        await asyncio.gather(asyncio.to_thread(time.sleep, 500), asyncio.sleep(0.001))

    asyncio.run(main())
    assert sorted(mock.clock.sleeps.seconds) == [0.001, 500.0]


def test_a_thread_that_the_loop_had_before_the_block_sleeps_virtually_too() -> None:
    async def main() -> list[float]:
        await asyncio.to_thread(int)
        with mock_membership() as mock, mock.clock.virtual_sleep() as sleeps:
            await asyncio.to_thread(time.sleep, 500)
        return sleeps.seconds

    assert asyncio.run(main()) == [500.0]


def test_a_name_that_was_imported_before_is_virtual(mock) -> None:
    asyncio.run(imports_by_name.wait_async(77))
    assert mock.clock.sleeps.seconds == [77.0]
    assert mock.clock.now() == NOON + timedelta(seconds=77)


def test_a_cancelled_sleep_moves_no_clock(mock) -> None:
    async def main() -> None:
        sleeping = asyncio.create_task(asyncio.sleep(1000))
        await asyncio.sleep(1)
        sleeping.cancel()
        await asyncio.sleep(1)

    asyncio.run(main())
    assert mock.clock.now() == NOON + timedelta(seconds=2)


def test_an_endless_sleep_waits_for_its_cancellation(mock) -> None:
    async def main() -> None:
        forever = asyncio.create_task(asyncio.sleep(float("inf")))
        await asyncio.sleep(60)
        assert not forever.done()
        forever.cancel()

    asyncio.run(main())
    assert mock.clock.sleeps.seconds == [60.0]


def test_a_block_in_a_loop_that_runs_leaves_its_timers_as_they_were() -> None:
    async def main() -> float:
        with mock_membership(now=NOON) as mock:
            fired = asyncio.Event()
            with mock.clock.virtual_sleep():
                asyncio.get_running_loop().call_later(100.02, fired.set)
                await asyncio.sleep(100)
                sleeping = asyncio.create_task(asyncio.sleep(0.02))
                await asyncio.sleep(0)
            began = REAL_CLOCK()
            await asyncio.wait_for(fired.wait(), timeout=20)
            await sleeping
            return REAL_CLOCK() - began

    assert asyncio.run(main()) < 10


def test_freezegun_moves_along() -> None:
    async def main() -> None:
        await asyncio.gather(asyncio.sleep(60), asyncio.sleep(30))

    with freezegun.freeze_time(NOON), mock_membership(sleep="virtual") as mock:
        asyncio.run(main())
        passed = datetime.now(timezone.utc) - NOON
        assert timedelta(seconds=60) <= passed < timedelta(seconds=60.01)
        assert abs(mock.clock.now() - NOON - passed) < timedelta(seconds=0.01)


def test_a_loop_whose_timers_cannot_be_read_does_not_wait_either(
    mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_loops, "_can_be_driven", lambda loop: False)
    assert asyncio.run(asyncio.sleep(60, "result")) == "result"
    assert mock.clock.now() == NOON + timedelta(seconds=60)


def test_freezegun_with_real_asyncio_moves_along() -> None:
    async def sleeper(delay: float) -> datetime:
        await asyncio.sleep(delay)
        return datetime.now(timezone.utc)

    async def main() -> None:
        woken = await asyncio.gather(sleeper(60), sleeper(5))
        assert [each.replace(microsecond=0) - NOON for each in woken] == [
            timedelta(seconds=60),
            timedelta(seconds=5),
        ]
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(sleeper(60), timeout=3)

    with freezegun.freeze_time(NOON, real_asyncio=True), mock_membership(sleep="virtual") as mock:
        asyncio.run(main())
        assert timedelta(seconds=62.9) < mock.clock.now() - NOON < timedelta(seconds=63.1)


def test_the_timers_of_a_loop_in_another_thread_are_as_they_were_after_the_end() -> None:
    ready, stopped = threading.Event(), threading.Event()

    async def main() -> None:
        await asyncio.sleep(3600)
        waiting = asyncio.create_task(asyncio.sleep(0.02))
        await asyncio.sleep(0)
        ready.set()
        stopped.wait()
        await waiting

    with ThreadPoolExecutor(1) as executor:
        with mock_membership(sleep="virtual"):
            done = executor.submit(asyncio.run, main())
            ready.wait(timeout=30)
        stopped.set()
        done.result(timeout=20)
