"""Seeds and AWS's side over HTTP: every public method of their classes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import partial
from typing import Any

from membership_mock.server.tools.served import Served
from membership_mock.server.tools.tool import Tool
from membership_mock.testing.aws_side.aws_side import AwsSide
from membership_mock.testing.given.cleanrooms import CleanRoomsSeeds
from membership_mock.testing.given.given import Given
from membership_mock.testing.given.security_ir import SecurityIrSeeds
from membership_mock.testing.given.securityhub import SecurityHubSeeds
from membership_mock.testing.organization.organization import MockOrganization
from membership_mock.testing.tools.setup_tools import SetupTools

_SEEDS: dict[str, type] = {
    "securityhub": SecurityHubSeeds,
    "cleanrooms": CleanRoomsSeeds,
    "security_ir": SecurityIrSeeds,
}


def _organize(served: Served, **arguments: Any) -> MockOrganization:
    return served.mock.organization(**arguments)


def _seed_world(served: Served, mapping: Any) -> dict[str, Any]:
    return served.mock.given.world(mapping)


def _seed(service: str, name: str, served: Served, /, **arguments: Any) -> Any:
    return getattr(getattr(served.mock.given, service), name)(**arguments)


def _act(
    name: str, served: Served, account: str | None, region: str | None, /, **arguments: Any
) -> Any:
    return getattr(served.mock.aws_side(account, region), name)(**arguments)


def _methods(kind: type) -> Iterator[tuple[str, Any]]:
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_"):
            yield name, method


TOOLS = [
    Tool("organization", "POST", "/organization", SetupTools.organization, _organize),
    Tool("given.world", "POST", "/given/world", Given.world, _seed_world, whole="mapping"),
    *(
        Tool(
            f"given.{service}.{name}",
            "POST",
            f"/given/{service}/{name}",
            method,
            partial(_seed, service, name),
        )
        for service, kind in _SEEDS.items()
        for name, method in _methods(kind)
    ),
    *(
        Tool(
            f"aws_side.{name}",
            "POST",
            f"/aws_side/{name}",
            method,
            partial(_act, name),
            on_a_side=True,
        )
        for name, method in _methods(AwsSide)
    ),
]
