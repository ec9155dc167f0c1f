"""Ask moto's own services for the answer to a request of botocore's."""

from __future__ import annotations

from typing import Any

from moto.core.models import botocore_stubber

from membership_mock.engine.protocol.http import HttpAnswer

#: What moto answers to a request that matches none of its services.
_UNSERVED: tuple[int, dict[str, str], str] = (404, {}, "Not yet implemented")


def answer_of_moto(request: Any) -> HttpAnswer | None:
    """Return moto's answer to a prepared request of botocore's; None when moto does not serve it.

    The header names are as moto writes them.
    """
    found = botocore_stubber.process_request(request)
    if found is None or found == _UNSERVED:
        return None
    status, headers, body = found
    return HttpAnswer(status, headers, body.encode() if isinstance(body, str) else body)


def is_moto_mocking() -> bool:
    """Return whether a `mock_aws` is running, so that moto answers botocore's requests."""
    return bool(botocore_stubber.enabled)
