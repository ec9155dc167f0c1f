"""Lets `mock_aws` serve clients that were made before moto was imported.

moto serves a client of botocore's through a handler that new sessions get once moto is imported.
The import of this package used to import moto. Code that relies on it makes its clients after that
import, and must not reach AWS because moto is imported later now.
"""

from __future__ import annotations

from typing import Any

from botocore.handlers import BUILTIN_HANDLERS

from membership_mock.engine.moto.presence import is_imported, require_moto


def _ask_moto(request: Any, event_name: str, **others: Any) -> Any:
    """Return moto's answer to a request, as moto's own handler does."""
    if not is_imported():
        return None
    require_moto()
    from moto.core.models import botocore_stubber

    return botocore_stubber(event_name, request, **others)


_HANDLER = ("before-send", _ask_moto)


def serve_later() -> None:
    """Give the handler to sessions that are made from now on, if moto is not imported yet."""
    if not is_imported():
        BUILTIN_HANDLERS.append(_HANDLER)


def end() -> None:
    """Give it to no more sessions, because moto's own handler is there."""
    if _HANDLER in BUILTIN_HANDLERS:
        BUILTIN_HANDLERS.remove(_HANDLER)
