"""What the sessions and clients of a mock are made with, whichever SDK they are of."""

from __future__ import annotations

from typing import Any

from membership_mock.engine.protocol.model import service_names
from membership_mock.errors import UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.names import nearest_to

#: variables of a botocore session: its clients use no profile and no endpoint that the user's
#: environment or configuration files name
NOT_OF_THE_USER = {
    "profile": (None, None, None, None),
    "ignore_configured_endpoint_urls": (None, None, True, None),
}


def region_of(method: str, region: str | None, kwargs: dict[str, Any]) -> str | None:
    """Return the region that a call of ``method`` names, and take boto3's name out of ``kwargs``.

    Raises:
        UsageError: it is named twice.
    """
    if "region_name" not in kwargs:
        return region
    other: str | None = kwargs.pop("region_name")
    if region is not None and other is not None:
        raise UsageError(
            f"{method}() got region={region!r} and region_name={other!r}: pass one of them."
        )
    return other if region is None else region


def unknown_service(service: object) -> UsageError:
    """Return the error for a service that botocore does not know, with the nearest one."""
    known = [*SERVICES, *service_names()]
    return UsageError(
        f"{service!r} is not a service of AWS that this botocore knows"
        f"{nearest_to(str(service), known)}"
    )
