"""The chain of hooks sees every call, to our services and to moto's, in one order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from membership_mock.engine import running
from membership_mock.engine.pipeline.call_record import Entry
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.hooks import Hook, InterceptedCall
from membership_mock.engine.protocol.http import HttpAnswer
from membership_mock.errors import RequestBlocked, UsageError

ACCOUNT, REGION = "111122223333", "eu-west-1"


class Noting(Hook):
    """Notes each call that it meets."""

    def __init__(self, name: str, log: list[str], rank: int = 0) -> None:
        self.name, self.log, self.rank = name, log, rank

    def arrives(self, entry: Entry) -> None:
        context = entry.context
        self.log.append(f"{self.name} arrives {context.service}.{context.operation}")

    def is_over(self, context: Context) -> None:
        self.log.append(f"{self.name} over {context.service}.{context.operation}")

    def around(self, call: InterceptedCall, proceed: Callable[[], HttpAnswer]) -> HttpAnswer:
        self.log.append(f"{self.name} before {call.model.name} {call.context.account_id}")
        answer = proceed()
        self.log.append(f"{self.name} after {answer.status}")
        return answer


@contextmanager
def hooked(*hooks: Hook) -> Iterator[None]:
    chain = running.require().pipeline.hooks
    for hook in hooks:
        chain.add(hook)
    try:
        yield
    finally:
        for hook in hooks:
            chain.remove(hook)


def run_in_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    ("service", "operation"),
    [("securityhub", "EnableSecurityHub"), ("sts", "GetCallerIdentity"), ("s3", "ListBuckets")],
)
def test_hooks_meet_every_call_by_rank_on_arrival_around_its_answer_and_when_it_is_over(
    membership_mock: Any, service: str, operation: str
) -> None:
    client = membership_mock.client(service, account=ACCOUNT, region=REGION)
    log: list[str] = []
    with hooked(Noting("inner", log, rank=5), Noting("outer", log, rank=-5)):
        getattr(
            client,
            {
                "EnableSecurityHub": "enable_security_hub",
                "GetCallerIdentity": "get_caller_identity",
                "ListBuckets": "list_buckets",
            }[operation],
        )()
    assert log == [
        f"outer arrives {service}.{operation}",
        f"inner arrives {service}.{operation}",
        f"outer before {operation} {ACCOUNT}",
        f"inner before {operation} {ACCOUNT}",
        "inner after 200",
        "outer after 200",
        f"outer over {service}.{operation}",
        f"inner over {service}.{operation}",
    ]


@pytest.mark.parametrize("service", ["securityhub", "sts"])
def test_a_hook_that_refuses_a_call_on_arrival_keeps_the_others_from_seeing_it(
    membership_mock: Any, service: str
) -> None:
    class Refusing(Hook):
        rank = -1

        def arrives(self, entry: Entry) -> None:
            raise UsageError(f"{entry.context.operation} is not wanted")

    client = membership_mock.client(service, account=ACCOUNT, region=REGION)
    log: list[str] = []
    call = client.enable_security_hub if service == "securityhub" else client.get_caller_identity
    with hooked(Refusing(), Noting("later", log)), pytest.raises(UsageError, match="not wanted"):
        call()
    assert log == []


def test_a_hook_may_answer_instead_of_moto(membership_mock: Any) -> None:
    class Answering(Hook):
        def around(self, call: InterceptedCall, proceed: Callable[[], HttpAnswer]) -> HttpAnswer:
            del proceed
            return HttpAnswer(200, {}, b'{"Organization": {"Id": "o-example123"}}')

    client = membership_mock.client("organizations", account=ACCOUNT, region="us-east-1")
    with hooked(Answering()):
        assert client.describe_organization()["Organization"] == {"Id": "o-example123"}
    with pytest.raises(client.exceptions.AWSOrganizationsNotInUseException):
        client.describe_organization()


def test_a_call_that_nobody_serves_meets_the_hooks_and_is_blocked(membership_mock: Any) -> None:
    client = membership_mock.client("braket", account=ACCOUNT, region="us-east-1")
    log: list[str] = []
    with hooked(Noting("hook", log)), pytest.raises(RequestBlocked, match=r"braket\.SearchDevices"):
        client.search_devices(filters=[])
    assert log[:2] == [
        "hook arrives braket.SearchDevices",
        f"hook before SearchDevices {ACCOUNT}",
    ]


@pytest.mark.parametrize("service", ["securityhub", "sts"])
def test_no_lock_is_held_when_a_call_arrives_and_when_it_is_over(
    membership_mock: Any, service: str
) -> None:
    lock = running.require().world.lock
    free: list[bool] = []

    def try_lock() -> None:
        free.append(lock.acquire(blocking=False))
        if free[-1]:
            lock.release()

    class Trying(Hook):
        def arrives(self, entry: Entry) -> None:
            run_in_thread(try_lock)

        def is_over(self, context: Context) -> None:
            run_in_thread(try_lock)

    client = membership_mock.client(service, account=ACCOUNT, region=REGION)
    with hooked(Trying()):
        client.enable_security_hub() if service == "securityhub" else client.get_caller_identity()
    assert free == [True, True]


def test_setup_calls_meet_no_hook(membership_mock: Any) -> None:
    log: list[str] = []
    with hooked(Noting("hook", log)):
        membership_mock.given.securityhub.hub(ACCOUNT, region=REGION)
        membership_mock.organization(["audit"])
    assert log == []


def test_a_reset_removes_hooks_but_those_that_outlive_it(membership_mock: Any) -> None:
    log: list[str] = []
    staying = Noting("staying", log)
    staying.outlives_reset = True
    with hooked(staying, Noting("going", log)):
        membership_mock.reset()
        membership_mock.client("sts", account=ACCOUNT, region=REGION).get_caller_identity()
    assert {line.split()[0] for line in log} == {"staying"}
