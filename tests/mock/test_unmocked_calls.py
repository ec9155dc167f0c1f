"""Calls that no mock answers are reported when the mock stops, if the code has caught the errors."""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import Any

import pytest

from membership_mock import OperationNotMocked, UsageError, mock_membership
from membership_mock.engine.protocol.model import service_model, snake
from membership_mock.services import SERVICES


def unmocked_operation() -> tuple[str, str]:
    """Return a service of ours and an operation that needs no parameters and is not mocked."""
    for service, backend in SERVICES.items():
        model = service_model(service)
        for name in model.operation_names:
            shape = model.operation_model(name).input_shape
            if name not in backend.handlers and not (shape and shape.required_members):
                return service, name
    pytest.skip("every such operation is mocked")


def swallow(mock: Any) -> None:
    """Call an operation of a service that moto does not have, as code with a broad `except`."""
    with suppress(Exception):
        mock.client("braket").get_device(deviceArn="arn:aws:braket:::device/x")


def test_a_swallowed_error_is_a_warning_at_the_end() -> None:
    expected = pytest.warns(match=r"No mock answers braket\.GetDevice \(2 times\): ")
    with expected as caught, mock_membership() as mock:
        swallow(mock)
        swallow(mock)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_an_operation_of_ours_that_is_not_mocked_is_reported_too() -> None:
    service, operation = unmocked_operation()
    nearest = r"nearest  .+ \(\d+ operations are mocked\)"
    warned = pytest.warns(match=rf"No mock answers {service}\.{operation}: ")
    with warned, mock_membership() as mock, pytest.raises(OperationNotMocked, match=nearest):
        getattr(mock.client(service), snake(operation))()


def test_the_option_makes_it_an_error() -> None:
    refused = pytest.raises(OperationNotMocked, match="No mock answers braket")
    with refused, mock_membership(unmocked_calls="error") as mock:
        swallow(mock)


def test_the_option_makes_it_silent() -> None:
    with (
        warnings.catch_warnings(record=True) as caught,
        mock_membership(unmocked_calls="ignore") as mock,
    ):
        swallow(mock)
    assert caught == []


def test_an_inner_mock_reports_its_calls_and_the_outer_one_does_not_again() -> None:
    outer, warned = mock_membership(unmocked_calls="error"), pytest.warns(match="No mock answers")
    with outer, warned, mock_membership() as inner:
        swallow(inner)


def test_the_outer_mock_reports_its_own_calls() -> None:
    with pytest.warns(match="No mock answers braket") as caught, mock_membership() as outer:
        swallow(outer)
        with mock_membership(unmocked_calls="error"):
            pass
    assert len(caught) == 1


def test_a_reset_forgets_no_such_call() -> None:
    with pytest.warns(match="No mock answers braket"), mock_membership() as mock:
        swallow(mock)
        mock.reset()


def test_a_failed_block_raises_its_own_error() -> None:
    with pytest.raises(ZeroDivisionError), mock_membership(unmocked_calls="error") as mock:
        swallow(mock)
        raise ZeroDivisionError


def test_another_value_of_the_option_is_refused() -> None:
    with pytest.raises(UsageError, match="unmocked_calls is 'ignore', 'warn' or 'error'"):
        mock_membership(unmocked_calls="shout")  # type: ignore[call-overload]
