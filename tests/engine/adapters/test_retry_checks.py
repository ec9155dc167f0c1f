"""Calls are sent again exactly when botocore sends them again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.retries import standard
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock import mock_membership
from membership_mock.engine.adapters import retry_checks
from membership_mock.engine.moto.patches import Patches
from tests.engine.adapters.shape_models import is_run, outcome

OWN = standard.OrRetryChecker.is_retryable

STATUSES = [200, 201, 204, 299, 300, 400, 429, 500, 503]
CODES = [None, "Throttling", "RequestTimeout", "IDPCommunicationError", "AccessDenied", 5]
ERRORS = [
    None,
    ConnectionClosedError(endpoint_url="x"),
    ReadTimeoutError(endpoint_url="x"),
    ValueError(),
]
PARSED = [None, {}, {"ResponseMetadata": {}}, {"Error": {}}, {"Error": "text"}]


def context(
    service: str, status: int | None, parsed: Any, error: Any, checksum: str | None
) -> standard.RetryContext:
    shape = SimpleNamespace(
        name="Slow", metadata={"retryable": {"throttling": True}, "error": {"code": "Throttling"}}
    )
    headers = {} if checksum is None else {"x-amz-crc32": checksum}
    answer = SimpleNamespace(status_code=status, headers=headers, content=b"bytes")
    return standard.RetryContext(
        attempt_number=1,
        operation_model=SimpleNamespace(
            service_model=SimpleNamespace(service_name=service), error_shapes=[shape]
        ),
        parsed_response=parsed,
        http_response=None if status is None else answer,
        caught_exception=error,
        request_context={},
    )


@pytest.mark.usefixtures("membership_mock")
def test_an_answer_is_checked_as_botocore_checks_it() -> None:
    conditions = standard.StandardRetryConditions(max_attempts=3)
    codes = st.sampled_from(CODES).map(lambda code: {"Error": {"Code": code}})

    @settings(max_examples=300, deadline=None)
    @given(
        service=st.sampled_from(["securityhub", "sts", "dynamodb"]),
        status=st.sampled_from([None, *STATUSES]),
        parsed=st.sampled_from(PARSED) | codes,
        error=st.sampled_from(ERRORS),
        checksum=st.sampled_from([None, "1"]),
    )
    def check(**given: Any) -> None:
        quick = outcome(lambda: conditions.is_retryable(context(**given)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(standard.OrRetryChecker, "is_retryable", OWN)
            assert quick == outcome(lambda: conditions.is_retryable(context(**given)))

    check()


def test_the_checkers_are_not_asked_about_a_good_answer(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir", config=Config(retries={"mode": "standard"}))
    client.list_memberships()
    assert not is_run(OWN, client.list_memberships)


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_a_call_is_sent_again_in_each_mode(membership_mock: Any, mode: str) -> None:
    client = membership_mock.client("security-ir", config=Config(retries={"mode": mode}))
    client.list_memberships()
    membership_mock.fail("security-ir.ListMemberships", "InternalServerException", times=1)
    answer = client.list_memberships()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert client.list_memberships()["ResponseMetadata"]["RetryAttempts"] == 0
    membership_mock.calls.assert_called("ListMemberships", times=4)


def test_a_handler_of_the_user_may_send_a_good_call_again(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir")
    client.meta.events.register("needs-retry", lambda attempts, **_: 0 if attempts < 3 else None)
    assert client.list_memberships()["ResponseMetadata"]["RetryAttempts"] == 2


class _Again(standard.BaseRetryableChecker):  # type: ignore[misc]
    """A checker of the user's."""

    def is_retryable(self, context: Any) -> bool:
        return bool(context.http_response.status_code == 200)


@pytest.mark.usefixtures("membership_mock")
@pytest.mark.parametrize("nested", [False, True])
def test_a_checker_of_another_class_is_asked(nested: bool) -> None:
    checkers = [standard.TransientRetryableChecker(), _Again()]
    either = standard.OrRetryChecker(checkers)
    if nested:
        either = standard.OrRetryChecker([standard.ModeledRetryableChecker(), either])
    assert either.is_retryable(context("securityhub", 200, {}, None, None))


@pytest.mark.usefixtures("membership_mock")
def test_what_another_tool_has_replaced_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    either = standard.OrRetryChecker([standard.TransientRetryableChecker()])
    good = context("securityhub", 200, {}, None, None)
    assert not either.is_retryable(good)
    monkeypatch.setattr(standard.TransientRetryableChecker, "is_retryable", lambda *_: True)
    assert either.is_retryable(good)


def test_botocores_own_is_back_after_the_mock() -> None:
    with mock_membership():
        assert standard.OrRetryChecker.is_retryable is not OWN
    assert standard.OrRetryChecker.is_retryable is OWN


def test_a_botocore_without_one_of_the_checkers_checks_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retry_checks, "_usual", None)
    patches = Patches()
    retry_checks.install(patches)
    assert patches.replaced == []
