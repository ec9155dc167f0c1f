"""Calls to moto's services find their handler quickly while a mock runs.

For each call moto lists all methods of the class that answers it, which is 5 to 10 % of the work.
The methods of a class stay the same, so they are listed once.
"""

from __future__ import annotations

from functools import cache

from moto.core import responses

from membership_mock.engine.moto.patches import Patches

_NAME = "method_names_from_class"


def install(patches: Patches) -> None:
    """List the methods of each class once, until ``patches`` are undone."""
    if hasattr(responses, _NAME):  # otherwise this release of moto finds them in another way
        patches.set(responses, _NAME, cache(patches.original(responses, _NAME)))
