"""moto's Organizations and S3 as far as our services lean on them: read whole, and put back whole.

A backend of moto's stays the same object all its life, for others may hold it; what is kept and put
back is its attributes. No other service of moto's is touched.
"""

from __future__ import annotations

import copyreg
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import moto.backends
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.model_instances import model_data
from moto.utilities.utils import PARTITION_NAMES

from membership_mock.engine.moto.modules import models_of

#: the services that are kept, each with what its dictionary of backends knows besides them: whose
#: member accounts and buckets are
KEPT = {"organizations": "master_accounts", "s3": "bucket_accounts"}

#: what says whose a backend is, rather than what it holds
_IDENTITY = ("region_name", "account_id", "partition")

#: the state of one service: the attributes of its backends by account and partition as one text,
#: and what their dictionary knows besides
ServiceState = dict[str, dict[str, Any]]


def release() -> str:
    """Return the release of moto."""
    from moto import __version__

    return str(__version__)


def read(services: Iterable[str] = KEPT) -> dict[str, ServiceState]:
    """Return the state of kept services that hold anything, live: not a copy."""
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
        # moto forgets to empty this one; what is left of an earlier test leads to nothing
        known = {
            name: owner
            for name, owner in getattr(backends, shared).items()
            if not held.keys().isdisjoint((" ".join(owner), " ".join(reversed(owner))))
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
        backends = moto.backends.get_backend(service)  # imports it if nobody has yet
        getattr(backends, KEPT[service]).update(state[KEPT[service]])
        for place, attributes in state["backends"].items():
            account_id, where = place.split(" ")
            vars(backends[account_id][where]).update(attributes)


def misfit(service: str, state: Any) -> str:
    """Return why something cannot be put into a kept service as its state; empty if it can.

    What moto's own objects hold is not looked at: moto declares no types for it.
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
        return "backends are no mapping"
    for place, attributes in held.items():
        account_id, _, where = str(place).partition(" ")
        if not (re.fullmatch("[0-9]{12}", account_id) and where in PARTITION_NAMES):
            return f"{place!r} is no account in a partition"
        fresh = _state(moto.backends.get_backend(service).backend(where, account_id))
        if not isinstance(attributes, dict) or attributes.keys() != fresh.keys():
            return f"{place} does not have {', '.join(fresh)}"
        for name, value in fresh.items():
            if value is not None and type(attributes[name]) is not type(value):
                return f"{name} of {place} is no {type(value).__qualname__}"
    return ""


@contextmanager
def unnoticed() -> Iterator[None]:
    """Let moto take no note of the objects of kept services that are made inside the block."""
    models = [model for service in KEPT for model in model_data[service].values()]
    before = [len(model.instances_tracked) for model in models]
    try:
        yield
    finally:
        for model, number in zip(models, before, strict=True):
            tracked: list[Any] = model.instances_tracked
            for instance in tracked[number:]:
                if hasattr(instance, "dispose"):
                    instance.disposed = False  # one that is broken may not know
                    instance.dispose()
            del tracked[number:]


def is_behaviour(kind: type) -> bool:
    """Return whether a class of moto's is that of backends, which hold what a dump holds."""
    return issubclass(kind, (BaseBackend, BackendDict))


def is_plain(kind: type, attribute: str) -> bool:
    """Return whether an attribute of an object of moto's can be state, and not what it does."""
    return not attribute.startswith("__") and not callable(getattr(kind, attribute, None))


def wake(services: list[str]) -> None:
    """Import what of moto mocks these services, if nobody has yet."""
    for service in services:
        moto.backends.get_backend(service)


def reducers() -> dict[type, Callable[[Any], Any]]:
    """Return how to pickle what pickle alone would get wrong, by type."""
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
    """Return an object of moto's whose class reads its state by itself, as that of S3's does."""
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
    # Its own items() show the latest version of each object only.
    return _with_versions, (type(store), dict(dict.items(store)))


def _with_versions(kind: type[dict[str, Any]], items: dict[str, list[Any]]) -> Any:
    store = kind()
    dict.update(store, items)
    return store


def _backends(service: str) -> Any:
    """Return moto's dictionary of a service's backends; None if nobody has used the service."""
    models = models_of(service)
    return None if models is None else getattr(models, f"{service}_backends")


def _each(backends: Any) -> Iterator[tuple[str, Any]]:
    """Yield every backend that exists, after its partition."""
    for account in list(backends.values()):
        yield from list(account.items())


def _state(backend: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(backend).items() if name not in _IDENTITY}


def _is_empty(backend: Any) -> bool:
    """Return whether nobody has put anything into a backend: it may have been made to look."""
    fresh = _state(type(backend)(backend.region_name, backend.account_id))
    held = _state(backend)
    return held.keys() == fresh.keys() and all(
        _plain(held[name]) == _plain(fresh[name]) for name in fresh
    )


def _plain(value: Any) -> Any:
    """Return something that compares by content."""
    return (type(value), vars(value)) if hasattr(value, "__dict__") else value
