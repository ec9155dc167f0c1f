"""moto's configuration and its random source.

The configuration says what passes through to the network, and which services are allowed. As long
as the process has not imported moto, it is moto's default.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto.modules import module
from membership_mock.engine.moto.presence import is_imported

if TYPE_CHECKING:
    from random import Random

#: moto's default account: that of calls whose access key moto has given to no account
DEFAULT_ACCOUNT_ID = "123456789012"

#: where moto serves S3 besides AWS's own endpoints
_CUSTOM_ENDPOINTS = "MOTO_S3_CUSTOM_ENDPOINTS"


def user_config() -> dict[str, Any]:
    """Return moto's configuration itself, to be changed; it imports moto."""
    config: dict[str, Any] = module("moto.core.config").default_user_config
    return config


def random() -> Random:
    """Return moto's random source; it imports moto."""
    source: Random = module("moto.moto_api._internal").mock_random
    return source


def backend_lock() -> Any:
    """Return the lock with which moto makes backends; it imports moto."""
    return module("moto.core.base_backend").backend_lock


def copy_of(config: Any) -> Any:
    """Return a copy of a configuration, which consists of dictionaries, lists and plain values."""
    if isinstance(config, dict):
        return {name: copy_of(value) for name, value in config.items()}
    if isinstance(config, list):
        return [copy_of(each) for each in config]
    return config


def mock_credentials() -> bool:
    """Return whether the mock sets fake credentials."""
    return not is_imported() or bool(module("moto.core.config").mock_credentials())


def passes_through(service: str | None, url: str) -> bool:
    """Return whether moto's configuration sends a request to the real network.

    Args:
        service: the id of one of our services; None for all others, which moto finds by the URL.
        url: where the request goes.
    """
    if not is_imported():
        return False
    config = module("moto.core.config")
    passthrough = config.default_user_config.get("core", {}).get("passthrough", {})
    if not passthrough.get("services") and not passthrough.get("urls"):
        return False
    url = url.partition("?")[0]
    found = service or module("moto.backends").get_service_from_url(url)
    return bool((found and config.passthrough_service(found)) or config.passthrough_url(url))


def is_custom_endpoint(url: str) -> bool:
    """Return whether a URL is of an endpoint where moto serves S3 besides AWS's own.

    They stand in the variable ``MOTO_S3_CUSTOM_ENDPOINTS``.
    """
    if not os.environ.get(_CUSTOM_ENDPOINTS):
        return False
    endpoints = module("moto.settings").get_s3_custom_endpoints()
    return url.startswith(tuple(each for each in endpoints if each))


def check_whitelist(service: str) -> None:
    """Refuse a service that moto's configuration does not allow, as moto does.

    Raises:
        ServiceNotWhitelisted: there is a list, and the service is not on it.
    """
    if is_imported() and not module("moto.core.config").service_whitelisted(service):
        raise module("moto.core.exceptions").ServiceNotWhitelisted(service)
