"""Rooms to test in: valid input for Clean Rooms, for tests that are about something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

A, B, C, D, STRANGER = (digit * 12 for digit in "12349")
REGION = "eu-west-1"
NOBODY = "00000000-0000-4000-8000-000000000000"
RUNNER = ["CAN_QUERY", "CAN_RECEIVE_RESULTS"]
RECEIVER = ["CAN_RECEIVE_RESULTS"]


def member(account: str, *abilities: str, **others: Any) -> dict[str, Any]:
    """Return an account as CreateCollaboration lists it."""
    return {
        "accountId": account,
        "displayName": f"Company {account[0]}",
        "memberAbilities": list(abilities),
        **others,
    }


def new_collaboration(client: Any, *members: dict[str, Any], **others: Any) -> dict[str, Any]:
    """Create a collaboration whose creator runs the queries, and return it."""
    given = {
        "name": "Shared room",
        "description": "What both of us know.",  # older releases of boto3 demand one
        "members": list(members),
        "creatorDisplayName": "Creator",
        "creatorMemberAbilities": RUNNER,
        "queryLogStatus": "ENABLED",
        **others,
    }
    return dict(client.create_collaboration(**given)["collaboration"])


def join(client: Any, collaboration_id: str, **others: Any) -> dict[str, Any]:
    """Join a collaboration and return the membership."""
    given = {"collaborationIdentifier": collaboration_id, "queryLogStatus": "DISABLED", **others}
    return dict(client.create_membership(**given)["membership"])


def results_to(bucket: str, account: str | None = None, **others: Any) -> dict[str, Any]:
    """Return a default result configuration; with ``account``, one with a role of it."""
    given: dict[str, Any] = {
        "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": bucket, **others}}
    }
    if account is not None:
        given["roleArn"] = f"arn:aws:iam::{account}:role/results"
    return given


def pays(*costs: str, **explicit: bool) -> dict[str, Any]:
    """Return a payment configuration, every part of it, that is true for ``costs`` only."""
    says = {**dict.fromkeys(costs, True), **explicit}

    def part(name: str) -> dict[str, bool]:
        return {"isResponsible": says.get(name, False)}

    return {
        "queryCompute": part("queryCompute"),
        "machineLearning": {
            name: part(name)
            for name in ("modelTraining", "modelInference", "syntheticDataGeneration")
        },
        "jobCompute": part("jobCompute"),
    }


def refusal(call: Callable[..., Any], *arguments: Any, **others: Any) -> Any:
    """Return the answer of a call that has to be refused."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **others)
    return caught.value.response


def code(call: Callable[..., Any], *arguments: Any, **others: Any) -> str:
    """Return the code of the error that a call has to end with."""
    return str(refusal(call, *arguments, **others)["Error"]["Code"])
