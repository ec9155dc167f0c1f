"""Lets `mock_aws` serve clients that were made before moto was imported.

moto serves a client of botocore's through a handler that sessions get if they are made after moto
was imported. Before release 0.2.0, the import of this package imported moto. So code may import
this package, make its clients, and use them in `mock_aws` later. Its requests must not reach AWS
now that moto is imported later.
"""

from __future__ import annotations

import sys
from typing import Any

from botocore.handlers import BUILTIN_HANDLERS

from membership_mock.engine.moto.presence import ImportWatch, is_imported, require_moto


class _MotosHandler:
    """Stands for moto's own handler, and is equal to it.

    So `moto.core.patch_client` finds that a client has the handler, and adds no second one.
    botocore calls all handlers of an event, and moto would serve each request twice.
    """

    def __call__(self, request: Any, event_name: str, **others: Any) -> Any:
        """Return moto's answer to a request, as moto's own handler does."""
        if not is_imported():
            return None
        require_moto()
        from moto.core.models import botocore_stubber

        return botocore_stubber(event_name, request, **others)

    def __eq__(self, other: object) -> bool:
        models = sys.modules.get("moto.core.models")
        return other is self or other is getattr(models, "botocore_stubber", self)

    __hash__ = object.__hash__


_HANDLER = ("before-send", _MotosHandler())


def serve_later() -> None:
    """Give the handler to the sessions that are made from now until moto is imported."""
    if not is_imported():
        BUILTIN_HANDLERS.append(_HANDLER)
        ImportWatch(_end).begin()
        if is_imported():  # another thread has just begun its import
            _end()


def _end() -> None:
    """Give the handler to no more sessions, because they get moto's own."""
    BUILTIN_HANDLERS[:] = [each for each in BUILTIN_HANDLERS if each is not _HANDLER]
