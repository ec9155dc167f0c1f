"""The base of all seeds: who makes their calls, and the check of their arguments' types."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from membership_mock.testing.argument_types import checking_types
from membership_mock.testing.arguments import naming_attributes

if TYPE_CHECKING:
    from membership_mock.testing.given.setup import Setup


class Seeds:
    """Seeds of a service: every public method of a subclass is one, and checks what it is given.

    Args:
        setup: makes the calls.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def __init_subclass__(cls) -> None:
        for name, value in list(vars(cls).items()):
            if inspect.isfunction(value) and not name.startswith("_"):
                setattr(cls, name, checking_types(value))
        naming_attributes(cls)
