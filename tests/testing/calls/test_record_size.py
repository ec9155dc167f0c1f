"""What the record of calls costs in memory, and how it is bounded."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from membership_mock.engine import running

COUNT = 100
ADMIN, OTHER = "111111111111", "222222222222"


def bytes_per_call(call: Callable[[], object]) -> float:
    """Return how much memory of this package's a call leaves allocated.

    Only the calls are traced: a snapshot of all that a client needs takes seconds.
    """
    call()  # what is made once
    tracemalloc.start()
    try:
        for _ in range(COUNT):
            call()
        gc.collect()
        snapshot = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    ours = snapshot.filter_traces([tracemalloc.Filter(True, "*/membership_mock/*")])
    return sum(each.size for each in ours.statistics("filename")) / COUNT


def test_a_call_keeps_a_kilobyte_at_most(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir")
    assert bytes_per_call(client.list_memberships) < 1_000


def test_a_refused_call_keeps_its_error_besides_but_not_the_stack_of_it(
    membership_mock: Any,
) -> None:
    client = membership_mock.client("securityhub")

    def refused() -> None:
        with pytest.raises(ClientError):
            client.describe_hub()

    # some of the text in a request is made by functions of botocore that this package calls itself
    assert bytes_per_call(refused) < 1_500
    assert membership_mock.calls[-1].error_code == "InvalidAccessException"


def test_a_bounded_record_keeps_the_latest_calls(membership_mock: Any) -> None:
    membership_mock.client("securityhub", account=ADMIN).enable_security_hub()
    record = running.require().record
    record.most = 5
    hub = membership_mock.client("securityhub", account=ADMIN)
    ours = membership_mock.client("security-ir", account=OTHER)
    sts = membership_mock.client("sts")
    for number in range(23):
        hub.get_findings(MaxResults=number + 1)
        ours.list_memberships()
        sts.get_caller_identity()
        assert len(membership_mock.calls) <= 10
        assert membership_mock.passed_through()["sts.GetCallerIdentity"] <= 10
    *_, before, last, others = membership_mock.calls
    assert before.parameters == {"MaxResults": 23}
    assert (last.operation, last.account) == ("ListMemberships", OTHER)
    assert others.operation == "GetCallerIdentity"
    assert len(membership_mock.calls) >= 5
    membership_mock.calls.assert_called("GetFindings", parameters={"MaxResults": 22})


def test_a_record_that_keeps_no_calls_is_empty(membership_mock: Any) -> None:
    running.require().record.most = 0
    membership_mock.client("security-ir").list_memberships()
    membership_mock.client("sts").get_caller_identity()
    assert len(membership_mock.calls) == 0
    assert not membership_mock.passed_through()


def test_a_reset_keeps_the_bound(membership_mock: Any) -> None:
    running.require().record.most = 0
    membership_mock.reset()
    membership_mock.client("security-ir").list_memberships()
    assert len(membership_mock.calls) == 0
