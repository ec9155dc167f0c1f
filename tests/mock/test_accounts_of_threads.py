"""`as_account(…, threads=True)`: the account of what a block starts in threads."""

from __future__ import annotations

import asyncio
import io
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from membership_mock import NotRunning, UsageError, mock_membership

A, B, DEFAULT = "111111111111", "222222222222", "123456789012"
SUBMIT, START = ThreadPoolExecutor.submit, threading.Thread.start
MAKE = ThreadPoolExecutor.__init__


@pytest.fixture(autouse=True)
def _nothing_is_left():
    yield
    assert (ThreadPoolExecutor.submit, threading.Thread.start) == (SUBMIT, START)
    assert ThreadPoolExecutor.__init__ is MAKE


@pytest.fixture
def who(membership_mock):
    client = boto3.client("sts")
    return lambda *_: client.get_caller_identity()["Account"]


def in_a_thread(function) -> list[str]:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found


def test_without_it_threads_have_the_default_account(membership_mock, who) -> None:
    with membership_mock.as_account(A), ThreadPoolExecutor(1) as executor:
        assert (executor.submit(who).result(), in_a_thread(who)) == (DEFAULT, [DEFAULT])


def test_work_that_is_submitted_and_threads_that_start_are_the_accounts(
    membership_mock, who
) -> None:
    with membership_mock.as_account(A, threads=True), ThreadPoolExecutor(2) as executor:
        assert executor.submit(who).result() == A
        assert list(executor.map(who, range(3))) == [A] * 3
        assert in_a_thread(who) == [A]
        assert executor.submit(in_a_thread, who).result() == [A]
        assert who() == A


def test_what_prepares_the_threads_of_an_executor_is_the_accounts_that_makes_it(
    membership_mock, who
) -> None:
    seen: list[str] = []

    def prepare(name: str) -> None:
        seen.append(f"{name} {who()}")

    with membership_mock.as_account(A, threads=True):
        executor = ThreadPoolExecutor(1, "worker", prepare, ("first",))
    with executor, ThreadPoolExecutor(1, initializer=prepare, initargs=("second",)) as other:
        assert (executor.submit(who).result(), other.submit(who).result()) == (DEFAULT, DEFAULT)
    assert seen == [f"first {A}", f"second {DEFAULT}"]
    with pytest.raises(TypeError, match="initializer must be a callable"):
        ThreadPoolExecutor(1, initializer=5)


def test_the_threads_of_an_executor_do_not_keep_the_account(membership_mock, who) -> None:
    with ThreadPoolExecutor(1) as executor:
        with membership_mock.as_account(A, threads=True):
            assert executor.submit(who).result() == A
        assert executor.submit(who).result() == DEFAULT
        with membership_mock.as_account(B, threads=True):
            assert executor.submit(who).result() == B


def test_blocks_of_several_threads_do_not_mix(membership_mock, who) -> None:
    barrier = threading.Barrier(2)

    def work(account: str) -> list[str]:
        with membership_mock.as_account(account, threads=True), ThreadPoolExecutor(2) as executor:
            barrier.wait()
            return [executor.submit(who).result() for _ in range(5)]

    with ThreadPoolExecutor(2) as executor:
        assert list(executor.map(work, [A, B])) == [[A] * 5, [B] * 5]


def test_an_inner_block_counts_for_its_threads_as_well(membership_mock, who) -> None:
    with membership_mock.as_account(A, threads=True):
        with membership_mock.as_account(B):
            assert in_a_thread(who) == [B]
        assert in_a_thread(who) == [A]


def test_an_executor_of_an_event_loop_works_for_the_account(membership_mock, who) -> None:
    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        with membership_mock.as_account(A, threads=True):
            return [await loop.run_in_executor(None, who), await asyncio.to_thread(who)]

    assert asyncio.run(main()) == [A, A]


def test_transfers_of_boto3_work_for_the_account(membership_mock) -> None:
    s3 = boto3.client("s3")
    with membership_mock.as_account(A, threads=True):
        s3.create_bucket(Bucket="of-a")
        s3.upload_fileobj(io.BytesIO(b"x" * 100), "of-a", "key")
    assert {call.account for call in membership_mock.calls} == {A}


def test_a_thread_that_cannot_start_is_as_it_was(membership_mock) -> None:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    with membership_mock.as_account(A, threads=True), pytest.raises(RuntimeError, match="once"):
        thread.start()


def test_misuse_is_a_usage_error() -> None:
    mock = mock_membership()
    with pytest.raises(NotRunning), mock.as_account(A, threads=True):
        pass
    wrong = pytest.raises(UsageError, match="is not an account id")
    with mock, wrong, mock.as_account("1", threads=True):
        pass
