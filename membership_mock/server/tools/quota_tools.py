"""Quotas over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Any

from membership_mock.server.tools.served import Served
from membership_mock.server.tools.tool import Tool
from membership_mock.testing.quotas import MockQuotas


def _use(name: str, served: Served, /, **arguments: Any) -> Any:
    return getattr(served.mock.quotas, name)(**arguments)


TOOLS = [
    Tool("quotas.states", "GET", "/quotas", MockQuotas.states, partial(_use, "states")),
    Tool("quotas.get", "GET", "/quotas/get", MockQuotas.get, partial(_use, "get")),
    Tool("quotas.set", "POST", "/quotas/set", MockQuotas.set, partial(_use, "set")),
    Tool("quotas.unset", "POST", "/quotas/unset", MockQuotas.unset, partial(_use, "unset")),
]
