"""What the sessions and clients of a mock are made with, whichever SDK they are of."""

from __future__ import annotations

from inspect import signature
from typing import Any

from botocore.exceptions import UnknownServiceError

from membership_mock.engine.protocol.model import service_names
from membership_mock.errors import UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.arguments import unknown_argument
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


def client_of(session: Any, service: str, kwargs: dict[str, Any]) -> Any:
    """Return a client of a boto3 session.

    Raises:
        UsageError: ``service`` is not the id of a service.
        TypeError: boto3 makes no clients with one of the other arguments.
    """
    if not isinstance(service, str):
        raise unknown_service(service)
    try:
        return session.client(service, **kwargs)
    except UnknownServiceError:
        raise unknown_service(service) from None
    except TypeError:
        known = ["account", "region", *list(signature(session.client).parameters)[1:]]
        for name in kwargs:
            if name not in known:
                raise unknown_argument("client", name, known) from None
        raise


def unknown_service(service: object) -> UsageError:
    """Return the error for a service that botocore does not know, with the nearest one."""
    known = [*SERVICES, *service_names()]
    return UsageError(
        f"{service!r} is not a service of AWS that this botocore knows"
        f"{nearest_to(str(service), known)}"
    )
