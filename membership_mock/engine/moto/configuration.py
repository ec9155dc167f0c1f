"""moto's configuration and its random source.

The configuration says what passes through to the network, and which services are allowed.
"""

from __future__ import annotations

from typing import Any

import moto.backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import backend_lock
from moto.core.config import (
    default_user_config,
    mock_credentials,
    passthrough_service,
    passthrough_url,
    service_whitelisted,
)
from moto.core.exceptions import ServiceNotWhitelisted
from moto.moto_api._internal import mock_random as random
from moto.settings import get_s3_custom_endpoints

__all__ = [
    "DEFAULT_ACCOUNT_ID",
    "backend_lock",
    "check_whitelist",
    "copy_of",
    "default_user_config",
    "is_custom_endpoint",
    "mock_credentials",
    "passes_through",
    "random",
]


def copy_of(config: Any) -> Any:
    """Return a copy of a configuration, which consists of dictionaries, lists and plain values."""
    if isinstance(config, dict):
        return {name: copy_of(value) for name, value in config.items()}
    if isinstance(config, list):
        return [copy_of(each) for each in config]
    return config


def passes_through(service: str | None, url: str) -> bool:
    """Return whether moto's configuration sends a request to the real network.

    Args:
        service: the id of one of our services; None for all others, which moto finds by the URL.
        url: where the request goes.
    """
    passthrough = default_user_config.get("core", {}).get("passthrough", {})
    if not passthrough.get("services") and not passthrough.get("urls"):
        return False
    url = url.partition("?")[0]
    found = service or moto.backends.get_service_from_url(url)
    return bool((found and passthrough_service(found)) or passthrough_url(url))


def is_custom_endpoint(url: str) -> bool:
    """Return whether a URL is of an endpoint where moto serves S3 besides AWS's own.

    They stand in the variable ``MOTO_S3_CUSTOM_ENDPOINTS``.
    """
    return url.startswith(tuple(each for each in get_s3_custom_endpoints() if each))


def check_whitelist(service: str) -> None:
    """Refuse a service that moto's configuration does not allow, as moto does.

    Raises:
        ServiceNotWhitelisted: there is a list, and the service is not on it.
    """
    if not service_whitelisted(service):
        raise ServiceNotWhitelisted(service)
