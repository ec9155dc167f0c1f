"""The errors of calls to our services that no handler answers."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.protocol.http import HttpRequest
from membership_mock.engine.protocol.model import service_model
from membership_mock.errors import OperationNotMocked

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.operation import Backend


def refusal_of_unmocked(
    context: Context, backend_class: type[Backend], request: HttpRequest
) -> Exception:
    """Return the error for a route that does not exist, or an operation that is not mocked.

    Args:
        context: the call.
        backend_class: the class of the service's backends.
        request: what was sent.
    """
    if context.operation not in service_model(context.service).operation_names:
        return backend_class.refusals.unknown_operation(request.method, request.path)
    mocked = sorted(backend_class.handlers)
    nearest = get_close_matches(context.operation, mocked, n=4, cutoff=0.5)
    shown = ", ".join(nearest) or "no operation"
    return OperationNotMocked(
        f"{context.service}.{context.operation} was called, but membership_mock does not mock it.\n"
        f"    caller   {context.account_id} in {context.region}\n"
        f"    nearest  {shown} ({len(mocked)} operations are mocked)\n"
        "    To answer it in the test:"
        f" mock.answer('{context.service}.{context.operation}', {{…}})\n"
        f"    Mocked operations: python -m membership_mock operations {context.service}\n"
        "    More: python -m membership_mock docs unmocked-operations"
    )
