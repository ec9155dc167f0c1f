"""Arguments of another type are usage errors, and change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from membership_mock.errors import UsageError

ADMIN, REGION = "111122223333", "eu-west-1"


@pytest.mark.parametrize(
    ("method", "arguments", "said"),
    [
        (
            "break_tickets",
            {"connector_id": 3, "trouble": "THROTTLED"},
            "connector_id: 3 is not text",
        ),
        ("record_software", {"name": 3, "on": ["i-1"]}, "name: 3 is not text"),
        ("record_software", {"name": True, "on": ["i-1"]}, "name: True is not text"),
        ("record_software", {"name": "n", "on": [7]}, r"on: \[7\] is not a list of text"),
        ("remediation_target", {"exposures": [1]}, r"\[1\] is not a list of tuples of 3"),
        ("end_query", {"functions": 3}, "functions: 3 is not a list of text or None"),
        ("fail_policy_association", {"account_id": [1]}, r"account_id: \[1\] is not text"),
        ("id_namespace", {"arn": "arn", "workflows": 3}, "workflows: 3 is not a list of mappings"),
        ("use_custom_action", {"action": "a", "findings": 3}, "3 is not text or a list of text"),
        ("set_connector_health", {"connector_id": "c", "status": 3}, "status: 3 is not text"),
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
