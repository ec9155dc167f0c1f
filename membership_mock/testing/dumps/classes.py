"""The classes that a dump may name, and no others: the plain data of our services and of moto's."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import sys
from collections.abc import Iterator
from typing import Any

from membership_mock.engine.moto.service_state import is_behaviour
from membership_mock.engine.state.world import Store
from membership_mock.services import SERVICES

_PACKAGE = __name__.partition(".")[0]

#: the modules of the engine whose plain data goes into a dump
_ENGINE = tuple(
    f"{_PACKAGE}.engine.{module}"
    for module in (
        "protocol.http",
        "pipeline.idempotency",
        "state.quotas",
        "state.quota_requests",
        "state.opt_in",
        "state.lifecycle",
    )
)

#: the folders of the services, whose dataclasses all go into a dump
_SERVICE_PACKAGES = {service.replace("-", "_") for service in SERVICES}

_OURS = (*_ENGINE, *(f"{_PACKAGE}.{each}." for each in sorted(_SERVICE_PACKAGES)))

#: the modules of moto whose plain data goes into a dump
_MOTOS = (
    "moto.organizations.models",
    "moto.s3.models",
    "moto.s3.utils",
    "moto.utilities.tagging_service",
    "moto.utilities.utils",
    "requests.structures",  # the metadata of S3's multipart uploads
)


@functools.cache
def name_of(kind: type) -> str | None:
    """Return what a dump calls a class; None if it must not name it.

    A class of ours is named by its service and its own name, so that moving it to another file
    changes no dump.
    """
    module = kind.__module__
    if dataclasses.is_dataclass(kind) and module.startswith(f"{_PACKAGE}."):
        part = module.split(".")[1]
        if (part in _SERVICE_PACKAGES and f"{part}.cloudformation." not in module) or (
            module in _ENGINE
        ):
            return f"{part}.{kind.__qualname__}"
    if module in _MOTOS and not is_behaviour(kind):
        return f"{module}.{kind.__qualname__}"
    return None


def class_named(name: str) -> type | None:
    """Return the class that a dump calls ``name``; None if a dump may not name such a class."""
    module, _, bare = name.rpartition(".")
    if module in _MOTOS:
        found = getattr(importlib.import_module(module), bare, None)
        return found if isinstance(found, type) and name_of(found) == name else None
    return _our_classes().get(name)


def classes_beside(kind: type) -> dict[str, type]:
    """Return the classes of the same service that a dump may name, by their bare names."""
    part = kind.__module__.split(".")[1]
    return {
        name.partition(".")[2]: each
        for name, each in _our_classes().items()
        if name.partition(".")[0] == part
    }


@functools.cache
def _our_classes() -> dict[str, type]:
    """Return every class of ours that a dump may name, by that name."""
    found: dict[str, type] = {}
    import_all()
    for module in [each for name, each in list(sys.modules.items()) if name.startswith(_OURS)]:
        for kind in vars(module).values():
            if isinstance(kind, type) and kind.__module__ == module.__name__:
                name = name_of(kind)
                if name is not None:
                    found[name] = kind
    return found


def service_of(kind: type[Store]) -> str:
    """Return the service id of a store's class; ``engine`` for those of no service."""
    folder = kind.__module__.removeprefix(f"{_PACKAGE}.").partition(".")[0]
    return next((each for each in SERVICES if each.replace("-", "_") == folder), folder)


def store_classes() -> dict[tuple[str, str], type[Store]]:
    """Return the class of every store by service id and name."""
    import_all()
    return {(service_of(kind), kind.__name__): kind for kind in _below(Store)}


def import_all() -> None:
    """Import every service: a dump may hold data of one that was not called yet."""
    tuple(SERVICES.values())


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith(f"{_PACKAGE}."):
            yield each
        yield from _below(each)
