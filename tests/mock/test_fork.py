"""Processes that are forked while a mock runs."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def in_child(work: Callable[[], object]) -> int:
    """Return how a forked child that does some work ends; a child that hangs ends by a signal."""
    child = os.fork()
    if child == 0:  # pragma: no cover  (the child's own process)
        signal.alarm(20)
        try:
            work()
        except BaseException:  # noqa: BLE001  the child must end here
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_that_is_forked_during_calls_of_other_threads_can_call(
    membership_mock: Any,
) -> None:
    # the lock of the world was copied locked, so that one child in thirty hung for ever
    clients = [
        membership_mock.client("securityhub", account=f"{n:012d}", region="eu-west-1")
        for n in range(1, 5)
    ]
    for each in clients:
        each.enable_security_hub()
    over = threading.Event()

    def work(client: Any) -> None:
        while not over.is_set():
            client.describe_hub()

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        assert [in_child(clients[0].describe_hub) for _ in range(10)] == [0] * 10
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_what_a_forked_child_changes_and_calls_stays_in_the_child(membership_mock: Any) -> None:
    hub = membership_mock.client("securityhub", account="111122223333", region="eu-west-1")
    hub.enable_security_hub()
    assert in_child(hub.disable_security_hub) == 0
    assert hub.describe_hub()["HubArn"]
    membership_mock.calls.assert_not_called("DisableSecurityHub")
