"""Keeps the patterns of URLs of moto's services from call to call while a mock runs.

For each call moto makes the patterns of all URLs of the service again. Those of S3 depend on an
environment variable, so moto also loads their module again from its file, twice for each call. Here
the patterns are made again only when what they are made from has changed.
"""

from __future__ import annotations

from typing import Any

from moto import settings
from moto.core import base_backend
from moto.core.base_backend import BaseBackend

from membership_mock.engine.moto.patches import Patches

_NAME = "urls"
#: for how many classes of backends patterns are kept; moto has some 200
_MOST = 512

_S3 = "moto.s3.models"

# What moto's class has before anybody patches it.
_own = vars(BaseBackend).get(_NAME)


def install(patches: Patches) -> None:
    """Keep the patterns of URLs until ``patches`` are undone."""
    if not patches.has(settings, "get_s3_custom_endpoints") or not patches.has(
        base_backend, "enable_iso_regions"
    ):
        return
    slow = patches.original_of(BaseBackend, _NAME, (_own,))
    if not isinstance(slow, property):
        return
    module_of = _UrlModules().of
    known: dict[type, tuple[Any, dict[str, Any]]] = {}

    def urls(self: Any) -> Any:
        if patches.is_undone:
            return slow.__get__(self)
        module = module_of(self)
        found = known.get(type(self))
        if found is None or found[0] != _made_from(module):
            if len(known) >= _MOST:
                known.clear()
            made = slow.__get__(self)  # which loads the module of S3 again
            found = known[type(self)] = (_made_from(module), made)
        return dict(found[1])

    patches.set(BaseBackend, _NAME, property(urls))


def _made_from(module: Any) -> Any:
    """Return what the patterns of a service are made from."""
    return (
        base_backend.enable_iso_regions(),
        tuple(module.url_bases),
        tuple(module.url_paths.items()),
    )


class _UrlModules:
    """The modules with the URLs of services."""

    def __init__(self) -> None:
        # The module of S3, the custom endpoints when it was loaded last, and its URLs at that time.
        self._loaded: tuple[Any, Any, Any] | None = None

    def of(self, backend: Any) -> Any:
        """Return the module of a backend, which moto loads again for S3 if that is needed."""
        if type(backend).__module__ != _S3:
            return backend._url_module
        endpoints, loaded = settings.get_s3_custom_endpoints(), self._loaded
        if loaded is not None and loaded[1:] == (endpoints, loaded[0].url_bases):
            return loaded[0]
        module = backend._url_module
        self._loaded = (module, endpoints, module.url_bases)
        return module
