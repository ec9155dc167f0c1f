"""What the tests of stacks share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.engine.cloudformation.resource_samples import ADMIN, REGION

pytest.importorskip("cfnlint", reason="moto's extra cloudformation is not installed")


@dataclass
class Stack:
    """A stack under test.

    Attributes:
        cloudformation: a client in its account and region.
        name: its name.
    """

    cloudformation: Any
    name: str = "it"

    def create(self, resources: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Create it and return how it ended."""
        sections = {key: options.pop(key) for key in list(options) if key in SECTIONS}
        self.cloudformation.create_stack(
            StackName=self.name, TemplateBody=body(resources, **sections), **options
        )
        return self.described

    def update(self, resources: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Update it and return how it ended."""
        sections = {key: options.pop(key) for key in list(options) if key in SECTIONS}
        self.cloudformation.update_stack(
            StackName=self.name, TemplateBody=body(resources, **sections), **options
        )
        return self.described

    @property
    def described(self) -> dict[str, Any]:
        """The stack as DescribeStacks returns it."""
        return dict(self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0])

    @property
    def status(self) -> str:
        """Its status."""
        return str(self.described["StackStatus"])

    @property
    def outputs(self) -> dict[str, str]:
        """Its outputs by key."""
        found = self.described.get("Outputs", ())
        return {each["OutputKey"]: each["OutputValue"] for each in found}

    @property
    def events(self) -> list[dict[str, Any]]:
        """Its events, the oldest first."""
        found = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return list(reversed(found))

    @property
    def story(self) -> list[str]:
        """What happened to which resource, the oldest first; not what the stack itself went through."""
        return [
            f"{each['LogicalResourceId']} {each['ResourceStatus']}"
            for each in self.events
            if each["LogicalResourceId"] != self.name
        ]

    @property
    def statuses(self) -> list[str]:
        """The statuses that the stack went through."""
        return [e["ResourceStatus"] for e in self.events if e["LogicalResourceId"] == self.name]

    def reason(self, logical_id: str) -> str:
        """Why a resource, or the stack, failed last."""
        return next(
            str(each["ResourceStatusReason"])
            for each in reversed(self.events)
            if each["LogicalResourceId"] == logical_id and each.get("ResourceStatusReason")
        )

    @property
    def resources(self) -> dict[str, str]:
        """The physical id of each resource."""
        found = self.cloudformation.describe_stack_resources(StackName=self.name)["StackResources"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}


SECTIONS = ("Parameters_", "Outputs", "Conditions", "Mappings")


def body(resources: dict[str, Any], **sections: Any) -> str:
    """Return the text of a template; ``Parameters_`` are the template's, not the call's."""
    named = {key.rstrip("_"): value for key, value in sections.items()}
    return json.dumps({"Resources": resources, **named})


@pytest.fixture
def stack_in(membership_mock: Any) -> Callable[..., Stack]:
    """Return a stack of an account in a region."""

    def of(account: str = ADMIN, region: str = REGION, name: str = "it") -> Stack:
        client = membership_mock.client("cloudformation", account=account, region=region)
        return Stack(client, name)

    return of


@pytest.fixture
def stack(stack_in: Callable[..., Stack]) -> Stack:
    """A stack."""
    return stack_in()


@pytest.fixture
def hub(membership_mock: Any) -> Any:
    """A client of Security Hub beside the stack."""
    return membership_mock.client("securityhub", account=ADMIN, region=REGION)
