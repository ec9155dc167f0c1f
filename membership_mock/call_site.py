"""The line of a test that uses this package, for warnings and reports."""

from __future__ import annotations

import sys


def levels_up() -> int:
    """Return the stack level of the code that uses this package, as `warnings.warn` counts it."""
    frame, levels = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(
        ("membership_mock.", "contextlib")
    ):
        frame, levels = frame.f_back, levels + 1
    return levels


def where_called() -> str:
    """Return file and line of the code that uses this package."""
    frame = sys._getframe(levels_up() - 1)
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
