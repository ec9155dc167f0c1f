"""The classes that a dump may name, and no others: the plain data of our services and of moto's."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from typing import Any

from membership_mock.engine.moto.service_state import is_behaviour
from membership_mock.engine.state.world import Store
from membership_mock.services import SERVICES

_PACKAGE = __name__.partition(".")[0]

#: where our plain data is defined
_OURS = (
    *(f"{_PACKAGE}.{service.replace('-', '_')}." for service in SERVICES),
    f"{_PACKAGE}.engine.http",
    f"{_PACKAGE}.engine.idempotency",
    f"{_PACKAGE}.engine.quotas",
    f"{_PACKAGE}.engine.settling",
)

#: where moto's is, of the services that go into a dump
_MOTOS = (
    "moto.organizations.models",
    "moto.s3.models",
    "moto.s3.utils",
    "moto.utilities.tagging_service",
    "moto.utilities.utils",
    "requests.structures",  # the metadata of S3's multipart uploads
)


def name_of(kind: type) -> str | None:
    """Return what a dump calls a class; None if it must not name it."""
    module = kind.__module__
    if dataclasses.is_dataclass(kind) and module.startswith(_OURS):
        return f"{module.removeprefix(f'{_PACKAGE}.')}.{kind.__qualname__}"
    if module in _MOTOS and not is_behaviour(kind):
        return f"{module}.{kind.__qualname__}"
    return None


def class_named(name: str) -> type | None:
    """Return the class that a dump calls ``name``; None if there is none, or none it may name."""
    module_name, _, bare = name.rpartition(".")
    for full in (f"{_PACKAGE}.{module_name}", module_name):
        # Only what this program has imported itself: a dump imports nothing.
        found = getattr(sys.modules.get(full), bare, None)
        if isinstance(found, type) and found.__module__ == full and name_of(found) == name:
            return found
    return None


def service_of(kind: type[Store]) -> str:
    """Return the service id of a store's class; ``engine`` for those of no service."""
    room = kind.__module__.removeprefix(f"{_PACKAGE}.").partition(".")[0]
    return next((each for each in SERVICES if each.replace("-", "_") == room), room)


def store_classes() -> dict[tuple[str, str], type[Store]]:
    """Return the class of every store by service id and name."""
    return {(service_of(kind), kind.__name__): kind for kind in _below(Store)}


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith(f"{_PACKAGE}."):
            yield each
        yield from _below(each)
