"""The table of all tools over HTTP, and the look-up by method and path."""

from __future__ import annotations

import difflib
import re

from membership_mock.server.tools import (
    answer_tools,
    call_tools,
    clock_tools,
    event_tools,
    fault_tools,
    plan_tools,
    quota_tools,
    seed_tools,
    world_tools,
)
from membership_mock.server.tools.tool import Tool

#: what stands before every path of a tool
PREFIX = "/_membership"

TOOLS: tuple[Tool, ...] = (
    *world_tools.TOOLS,
    *call_tools.TOOLS,
    *fault_tools.TOOLS,
    *answer_tools.TOOLS,
    *plan_tools.TOOLS,
    *event_tools.TOOLS,
    *clock_tools.TOOLS,
    *quota_tools.TOOLS,
    *seed_tools.TOOLS,
)
BY_NAME = {tool.name: tool for tool in TOOLS}

#: what a mock has and a server has not, by its name, and why
IN_PROCESS = {
    **dict.fromkeys(("before", "after", "hooks"), "a hook runs a function, which cannot be sent"),
    "events/on_target": "a target's function cannot be sent",
    "as_account": "the access key id of the client says which account calls",
    "virtual_sleep": "only the sleeps of the mock's own process can be replaced",
    "clock/virtual_sleep": "only the sleeps of the mock's own process can be replaced",
}

_FIXED: dict[str, dict[str, Tool]] = {}
_OPEN: list[tuple[re.Pattern[str], Tool]] = []
for _tool in TOOLS:
    if _tool.in_path:
        _pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", _tool.path)
        _OPEN.append((re.compile(_pattern), _tool))
    else:
        _FIXED.setdefault(_tool.path, {})[_tool.verb] = _tool


def tools_at(path: str) -> tuple[dict[str, Tool], dict[str, str]]:
    """Return the tools of a path by method, and the arguments that the path holds.

    Args:
        path: below the prefix, decoded; ``-`` in a fixed part stands for ``_``.
    """
    fixed = _FIXED.get(path) or _FIXED.get(path.replace("-", "_"))
    if fixed is not None:
        return fixed, {}
    found: dict[str, Tool] = {}
    held: dict[str, str] = {}
    for pattern, tool in _OPEN:
        match = pattern.fullmatch(path)
        if match:
            found[tool.verb] = tool
            held = match.groupdict()
    return found, held


def paths() -> list[str]:
    """Return the paths of all tools, with the prefix."""
    return [f"{PREFIX}{path}" for path in dict.fromkeys(tool.path for tool in TOOLS)]


def nearest_paths(path: str, verb: str | None = None) -> list[str]:
    """Return the paths that are most like one that does not exist.

    Args:
        path: the path, with the prefix.
        verb: the method of the tools; None for all tools.
    """
    known = paths()
    if verb is not None:
        known = [f"{PREFIX}{tool.path}" for tool in TOOLS if tool.verb == verb]
    return difflib.get_close_matches(path, known, n=3, cutoff=0.5)
