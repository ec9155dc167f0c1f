"""The mocked operations, as text and as a page of the documentation, read from the marks."""

from __future__ import annotations

from membership_mock.engine.protocol.model import service_model
from membership_mock.services import SERVICES


def text(service: str | None = None) -> str:
    """Return the mocked operations, one per line, with what differs from AWS.

    Args:
        service: only this one; all when None.
    """
    lines: list[str] = []
    for each in [service] if service else SERVICES:
        handlers, known = SERVICES[each].handlers, service_model(each).operation_names
        lines.append(f"{each}: {len(handlers)} of {len(known)} operations")
        for name in sorted(handlers):
            differs = handlers[name].mark.differs
            lines.append(f"  {name}" + (f"  ({differs})" if differs else ""))
    return "\n".join(lines) + "\n"


def markdown() -> str:
    """Return the page ``docs/reference/mocked-operations.md``."""
    lines = [
        "# Mocked operations",
        "",
        (
            "Generated from the marks in the code by"
            " `python -m membership_mock operations --markdown`; a test checks that it is fresh."
        ),
        "Where a row says nothing else, the operation behaves as the service's own page describes.",
        "",
    ]
    for service, backend in SERVICES.items():
        known = sorted(service_model(service).operation_names)
        lines += [
            f"## `{service}`",
            "",
            f"{len(backend.handlers)} of {len(known)} operations.",
            "",
            "| Operation | State | Served by | Differs from AWS |",
            "| --- | --- | --- | --- |",
        ]
        for name in known:
            handler = backend.handlers.get(name)
            if handler is None:
                lines.append(f"| `{name}` | not mocked | | |")
            else:
                module = handler.family.__module__.rpartition(".")[2]
                lines.append(
                    f"| `{name}` | mocked | `{module}.{handler.family.__name__}`"
                    f" | {handler.mark.differs} |"
                )
        lines.append("")
    return "\n".join(lines)
