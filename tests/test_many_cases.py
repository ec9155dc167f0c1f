"""A loop of cases reports all that fail, and counts them."""

from __future__ import annotations

import pytest

from tests.many_cases import ManyCases


def test_every_failure_is_reported_and_the_others_are_tried() -> None:
    with pytest.raises(AssertionError) as failed, ManyCases() as cases:
        for number in range(5):
            with cases.case("number", number):
                assert number % 2 == 0, f"{number} is odd"
    text = str(failed.value)
    assert cases.tried == 5
    assert text.startswith("2 of 5 cases failed")
    for number in (1, 3):
        assert f"[number {number}] File" in text
        assert f"{number} is odd" in text


def test_many_failures_are_named_all_and_shown_in_part() -> None:
    with pytest.raises(AssertionError) as failed, ManyCases() as cases:
        for number in range(30):
            with cases.case(number):
                raise KeyError(f"broken-{number}")
    assert "broken-19" in str(failed.value)
    assert "broken-20" not in str(failed.value)
    assert str(failed.value).endswith("and: 20, 21, 22, 23, 24, 25, 26, 27, 28, 29")


def test_a_loop_without_a_case_fails() -> None:
    with pytest.raises(AssertionError, match="not a single case"), ManyCases():
        pass


def test_an_error_outside_of_a_case_comes_through() -> None:
    with pytest.raises(ZeroDivisionError), ManyCases() as cases:
        with cases.case("fine"):
            pass
        raise ZeroDivisionError
