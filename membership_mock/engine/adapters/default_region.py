"""The region of clients without a region, with the option ``missing_region``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from botocore.session import Session

from membership_mock.engine.moto.patches import Patches


def install(patches: Patches, region: Callable[[], str | None]) -> None:
    """Let sessions without a region have that of the mock.

    What the code, the environment or a profile says counts before it, as for botocore.

    Args:
        patches: undone when the mock ends.
        region: returns the region; None leaves sessions without one.
    """
    configured = patches.original(Session, "get_config_variable")

    @functools.wraps(configured)
    def get_config_variable(self: Any, logical_name: str, *args: Any, **kwargs: Any) -> Any:
        found = configured(self, logical_name, *args, **kwargs)
        return region() if found is None and logical_name == "region" else found

    # which is called some eighty times for a client
    patches.set(Session, "get_config_variable", get_config_variable, asks_itself=True)
