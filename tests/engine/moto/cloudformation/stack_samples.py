"""Resources for the tests of stacks."""

from __future__ import annotations

from typing import Any

from tests.engine.cloudformation.resource_samples import BY_TYPE, COLLABORATION, HUB, MEMBERSHIP

__all__ = ["COLLABORATION", "HUB", "MEMBERSHIP", "bucket", "insight", "target"]


def insight(name: Any = "high", **others: Any) -> dict[str, Any]:
    """Return an insight that comes after the hub."""
    properties = {**BY_TYPE["AWS::SecurityHub::Insight"].properties, "Name": name}
    return {
        "Type": "AWS::SecurityHub::Insight",
        "DependsOn": "Hub",
        "Properties": {**properties, **others},
    }


def target(identifier: Any = "Ticket", name: Any = "Ticket") -> dict[str, Any]:
    """Return a custom action, which is replaced when its id changes."""
    return {
        "Type": "AWS::SecurityHub::ActionTarget",
        "DependsOn": "Hub",
        "Properties": {"Id": identifier, "Name": name, "Description": "Opens a ticket"},
    }


def bucket(name: str = "evidence") -> dict[str, Any]:
    """Return a resource of moto's."""
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
