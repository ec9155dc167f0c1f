"""Reads and restores the whole state of moto's Organizations and S3, which our services use.

Other objects may hold a backend of moto's, so a backend stays the same object: its attributes are
read and restored. No other service of moto's is touched.
"""

from __future__ import annotations

import copyreg
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import moto  # before its modules, as `require_moto` explains
import moto.backends
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.model_instances import model_data
from moto.utilities.utils import PARTITION_NAMES

from membership_mock.engine.moto.modules import models_of

#: the services that are kept, each with the attribute of its dictionary of backends that says who
#: owns member accounts or buckets
KEPT = {"organizations": "master_accounts", "s3": "bucket_accounts"}

#: the attributes that identify a backend, which are not state
_IDENTITY = ("region_name", "account_id", "partition")

#: the state of one service: the attributes of its backends, by a text of account and partition, and
#: the owners of member accounts or buckets
ServiceState = dict[str, dict[str, Any]]


def release() -> str:
    """Return the release of moto."""
    from moto import __version__

    return str(__version__)


def read(services: Iterable[str] = KEPT) -> dict[str, ServiceState]:
    """Return the state of the kept services that are not empty; it is not a copy."""
    found: dict[str, ServiceState] = {}
    for service in services:
        shared, backends = KEPT[service], _backends(service)
        if backends is None:
            continue
        held = {
            f"{backend.account_id} {where}": state
            for where, backend in sorted(_each(backends), key=lambda pair: pair[1].account_id)
            if (state := _state(backend)) and not _is_empty(backend)
        }
        # moto does not empty this dictionary, so entries of an earlier test are left out
        owners = {
            each for key in held for each in (tuple(key.split(" ")), tuple(key.split(" ")[::-1]))
        }
        known = {
            name: owner for name, owner in getattr(backends, shared).items() if owner in owners
        }
        if held:
            found[service] = {shared: known, "backends": held}
    return found


def empty(services: Iterable[str] = KEPT) -> None:
    """Empty kept services."""
    for service in services:
        shared, backends = KEPT[service], _backends(service)
        if backends is None:
            continue
        for _, backend in list(_each(backends)):
            backend.reset()
        getattr(backends, shared).clear()
        for model in model_data[service].values():
            tracked: list[Any] = model.instances_tracked
            for instance in tracked:
                if hasattr(instance, "dispose"):  # S3 warns of objects whose file is still open
                    instance.dispose()
            tracked.clear()


def fill(states: dict[str, ServiceState]) -> None:
    """Put what `read` returned into the kept services, which must be empty."""
    for service, state in states.items():
        backends = moto.backends.get_backend(service)  # imports it if need be
        getattr(backends, KEPT[service]).update(state[KEPT[service]])
        for key, attributes in state["backends"].items():
            account_id, where = key.split(" ")
            vars(backends[account_id][where]).update(attributes)


def misfit(service: str, state: Any) -> str:
    """Return why something is not the state of a kept service; empty if it is.

    The contents of moto's own objects are not checked, since moto declares no types for them. What
    moto needs to empty itself is: without it no later mock could start.
    """
    shared = KEPT[service]
    if not isinstance(state, dict) or state.keys() != {shared, "backends"}:
        return f"it does not have {shared} and backends"
    known, held = state[shared], state["backends"]
    if not isinstance(known, dict) or not all(
        type(name) is str
        and type(owner) is tuple
        and len(owner) == 2
        and all(type(each) is str for each in owner)
        for name, owner in known.items()
    ):
        return f"{shared} does not say whose each of them is"
    if not isinstance(held, dict):
        return "backends is not a mapping"
    for key, attributes in held.items():
        account_id, _, where = str(key).partition(" ")
        if not (re.fullmatch("[0-9]{12}", account_id) and where in PARTITION_NAMES):
            return f"{key!r} is not an account in a partition"
        fresh = _state(moto.backends.get_backend(service).backend(where, account_id))
        if not isinstance(attributes, dict) or attributes.keys() != fresh.keys():
            return f"{key} does not have {', '.join(fresh)}"
        for name, value in fresh.items():
            if value is not None and type(attributes[name]) is not type(value):
                return f"{name} of {key} is not a {type(value).__qualname__}"
        if service == "s3":
            for name in ("buckets", "table_buckets"):
                for title, bucket in attributes.get(name, {}).items():
                    if not _can_be_emptied(bucket):
                        return (
                            f"{title!r} in the {name} of {key} is not a bucket that moto can empty"
                        )
    return ""


def _can_be_emptied(bucket: Any) -> bool:
    """Return whether moto can drop a bucket with its objects, as it does at each reset."""
    if type(bucket).__module__ != "moto.s3.models" or type(vars(bucket).get("name")) is not str:
        return False
    held = [vars(bucket).get(name) for name in ("keys", "multiparts")]
    return all(isinstance(each, dict) for each in held) and all(
        hasattr(part, "dispose") for part in held[1].values()
    )


@contextmanager
def untracked() -> Iterator[None]:
    """Let moto not track the objects of kept services that are created inside the block."""
    models = [model for service in KEPT for model in model_data[service].values()]
    before = [len(model.instances_tracked) for model in models]
    try:
        yield
    finally:
        for model, number in zip(models, before, strict=True):
            tracked: list[Any] = model.instances_tracked
            for instance in tracked[number:]:
                if hasattr(instance, "dispose"):
                    instance.disposed = False  # a broken one may lack it
                    instance.dispose()
            del tracked[number:]


def is_behaviour(kind: type) -> bool:
    """Return whether a class of moto's is a backend or a dictionary of backends."""
    return issubclass(kind, (BaseBackend, BackendDict))


def is_plain(kind: type, attribute: str) -> bool:
    """Return whether an attribute of an object of moto's can be state: it is not a method."""
    return not attribute.startswith("__") and not callable(getattr(kind, attribute, None))


def import_services(services: list[str]) -> None:
    """Import moto's models of these services, if need be."""
    for service in services:
        moto.backends.get_backend(service)


def reducers() -> dict[type, Callable[[Any], Any]]:
    """Return how to pickle objects that pickle alone would restore wrongly, by type."""
    found: dict[type, Callable[[Any], Any]] = dict(copyreg.dispatch_table)
    for service in KEPT:
        backends = _backends(service)
        if backends is not None:
            found[backends.backend] = _by_name
    s3 = models_of("s3")
    if s3 is not None:
        found[s3.FakeKey] = _by_content
        found[s3._VersionedKeyStore] = _by_versions
    return found


def with_state(kind: Any, state: dict[str, Any]) -> Any:
    """Return an object of moto's whose class restores its own state, such as an object of S3."""
    made = kind.__new__(kind)
    made.__setstate__(state)
    if state.get("disposed"):  # the part of an upload that is complete: its bytes are gone
        made.contentsize = state["contentsize"]
        made._value_buffer.close()
    return made


def _by_content(key: Any) -> Any:
    return with_state, (type(key), key.__getstate__())


def _by_name(backend: Any) -> Any:
    service = next(name for name in KEPT if type(backend).__module__ == f"moto.{name}.models")
    where = next(key for key, each in _each(_backends(service)) if each is backend)
    return _backend, (service, backend.account_id, where)


def _backend(service: str, account_id: str, where: str) -> Any:
    return moto.backends.get_backend(service)[account_id][where]


def _by_versions(store: Any) -> Any:
    # Its own items() returns only the latest version of each object.
    return _with_versions, (type(store), dict(dict.items(store)))


def _with_versions(kind: type[dict[str, Any]], items: dict[str, list[Any]]) -> Any:
    store = kind()
    dict.update(store, items)
    return store


def _backends(service: str) -> Any:
    """Return moto's dictionary of a service's backends; None if the service has not been used."""
    models = models_of(service)
    return None if models is None else getattr(models, f"{service}_backends")


def _each(backends: Any) -> Iterator[tuple[str, Any]]:
    """Yield the partition and the backend, for every backend that exists."""
    for account in list(backends.values()):
        yield from list(account.items())


def _state(backend: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(backend).items() if name not in _IDENTITY}


def _is_empty(backend: Any) -> bool:
    """Return whether a backend holds nothing: moto creates backends at a mere read."""
    fresh = _state(type(backend)(backend.region_name, backend.account_id))
    held = _state(backend)
    return held.keys() == fresh.keys() and all(
        _plain(held[name]) == _plain(fresh[name]) for name in fresh
    )


def _plain(value: Any) -> Any:
    """Return something that compares by content."""
    return (type(value), vars(value)) if hasattr(value, "__dict__") else value
