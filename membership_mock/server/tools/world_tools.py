"""The world as a whole over HTTP, and the state of the server."""

from __future__ import annotations

import io
from typing import Any

from membership_mock.errors import NotRunning
from membership_mock.server.tools.served import Served
from membership_mock.server.tools.states import HealthState, SnapshotState
from membership_mock.server.tools.tool import Tool
from membership_mock.services import SERVICES
from membership_mock.testing.dumps.dumps import Dump
from membership_mock.testing.tools.world_tools import WorldTools
from membership_mock.version import __version__


def read_health(served: Served) -> HealthState:
    """Return that the server runs, and what it serves; also when its mock has ended."""
    mock = served.mock
    counts = {name: len(kind.handlers) for name, kind in SERVICES.items()}
    if not mock._is_running:
        return HealthState("ended", __version__, counts, "", "", 0)
    running = mock._running()
    return HealthState(
        "running",
        __version__,
        counts,
        running.pipeline.default_account,
        mock._region(),
        len(running.record.entries),
    )


def read_ready(served: Served) -> str:
    """Return ``ready`` when calls are served; refuse with status 503 when the mock has ended."""
    with served.mock._running().world.lock:
        return "ready"


def reset(served: Served) -> None:
    """Empty the world, moto's other services included, the record of calls and the faults."""
    served.mock.reset()


def take_snapshot(served: Served) -> SnapshotState:
    """Keep the world as it is now, to go back to with `restore` as often as you like."""
    snapshot = served.mock.snapshot()
    return SnapshotState(served.keep(snapshot), snapshot.size)


def list_snapshots(served: Served) -> list[SnapshotState]:
    """Return the snapshots that the server keeps; ``start`` is the world that it started with."""
    return [SnapshotState(name, each.size) for name, each in list(served.snapshots.items())]


def restore(served: Served, snapshot: str) -> None:
    """Put the world back to a snapshot.

    Args:
        served: what is served.
        snapshot: its id.
    """
    served.mock.restore(served.snapshot(snapshot))


def forget_snapshot(served: Served, id: str) -> None:  # noqa: A002  its name in the path
    """Forget a snapshot, which frees its memory.

    Args:
        served: what is served.
        id: its id.
    """
    served.forget(id)


def _dump(served: Served) -> Dump:
    return served.mock.dump()


def _load(served: Served, dump: Dump) -> None:
    served.mock.load(dump)


def _show(served: Served, **part: Any) -> str:
    text = io.StringIO()
    served.mock.show(file=text, **part)
    return text.getvalue()


def _draw(served: Served, **arguments: Any) -> str:
    return served.mock.diagram(**{"format": "svg", **arguments})


def media_of_diagram(arguments: dict[str, Any]) -> str:
    """Return the media type of a diagram, by the arguments that it was asked for with."""
    return "text/plain" if arguments.get("format") == "mermaid" else "image/svg+xml"


def is_not_ready(tool: Tool, error: Exception) -> bool:
    """Return whether an answer means that a load balancer is to send nothing."""
    return tool.name == "ready" and isinstance(error, NotRunning)


TOOLS = [
    Tool("health", "GET", "/health", read_health, read_health),
    Tool("ready", "GET", "/ready", read_ready, read_ready),
    Tool("reset", "POST", "/reset", reset, reset),
    Tool("snapshot", "POST", "/snapshot", take_snapshot, take_snapshot),
    Tool("snapshots", "GET", "/snapshots", list_snapshots, list_snapshots),
    Tool("restore", "POST", "/restore", restore, restore),
    Tool("snapshot.forget", "DELETE", "/snapshots/{id}", forget_snapshot, forget_snapshot),
    Tool("dump", "GET", "/dump", WorldTools.dump, _dump),
    Tool("load", "POST", "/load", WorldTools.load, _load, whole="dump"),
    Tool(
        "show",
        "GET",
        "/show",
        WorldTools.show,
        _show,
        answers=str,
        without=frozenset({"file"}),
        media="text/plain",
    ),
    Tool("diagram", "GET", "/diagram", WorldTools.diagram, _draw, media="image/svg+xml"),
]
