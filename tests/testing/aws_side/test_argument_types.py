"""Arguments of another type are usage errors, and change nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any, Literal

import pytest

from membership_mock.errors import UsageError
from membership_mock.testing.argument_types import check_type

ADMIN, REGION = "111122223333", "eu-west-1"


@pytest.mark.parametrize(
    ("value", "hint", "said"),
    [
        (3, str, "it is text, not 3"),
        (True, int, "it is a whole number, not True"),
        ("3", float, "it is a number, not '3'"),
        (1, bool, "it is True or False, not 1"),
        ("2026-01-01", date, r"it is a day, e.g. date\(2026, 3, 14\), not '2026-01-01'"),
        (3, str | None, "it is text or None, not 3"),
        (3, Literal["a", "b"], "it is one of 'a', 'b', not 3"),
        ("ab", Sequence[str], "it is a list, not 'ab'"),
        (["a", 3], Sequence[str], r"it\[1\] is text, not 3"),
        ([("a",)], Sequence[tuple[str, int]], r"it\[0\] is a tuple of 2, not \('a',\)"),
        ([("a", "b")], Sequence[tuple[str, int]], r"it\[0\]\[1\] is a whole number, not 'b'"),
        ([1], Mapping[str, Any], r"it is a mapping, not \[1\]"),
        ({1: 2}, Mapping[str, Any], "a key of it is text, not 1"),
        ({"a": "b"}, Mapping[str, int], r"it\['a'\] is a whole number, not 'b'"),
        ({"a": 3}, Mapping[str, int] | Sequence[str] | None, None),
        ("c", Literal["a", "b"], None),  # the tool names the nearest
        (3, float, None),
        (datetime(2026, 1, 1, tzinfo=timezone.utc), date, None),
        (object(), Any, None),
        (("a", "b"), tuple[str, ...], None),
    ],
)
def test_a_value_fits_its_hint_or_is_refused_in_words(value: Any, hint: Any, said: Any) -> None:
    if said is None:
        check_type(value, hint, "it")
        return
    with pytest.raises(UsageError, match=said):
        check_type(value, hint, "it")


@pytest.mark.parametrize(
    ("method", "arguments", "said"),
    [
        (
            "break_tickets",
            {"connector_id": 3, "trouble": "THROTTLED"},
            "connector_id is text, not 3",
        ),
        ("record_software", {"name": 3, "on": ["i-1"]}, "name is text, not 3"),
        ("remediation_target", {"exposures": [1]}, r"exposures\[0\] is a tuple of 3, not 1"),
        ("end_query", {"functions": 3}, "3 is no list of functions"),
        ("fail_policy_association", {"account_id": [1]}, r"account_id is text, not \[1\]"),
        ("id_namespace", {"arn": "arn", "workflows": 3}, "workflows is a list"),
        ("use_custom_action", {"action": "a", "findings": 3}, "findings is text or a list, not 3"),
        ("set_connector_health", {"connector_id": "c", "status": 3}, "status is one of"),
    ],
)
def test_a_side_of_aws_refuses_arguments_of_another_type(
    membership_mock: Any, method: str, arguments: dict[str, Any], said: str
) -> None:
    aws = membership_mock.aws_side(ADMIN, REGION)
    before = membership_mock.dump()
    with pytest.raises(UsageError, match=said):
        getattr(aws, method)(**arguments)
    assert membership_mock.dump() == before
