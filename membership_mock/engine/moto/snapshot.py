"""Reads the whole state of a world, freezes it to bytes, and restores it.

One pickle of everything keeps shared objects shared, and costs time in proportion to the world.
Nothing tracks which stores have changed, on purpose: state is plain data that any code may change
without telling anyone.
"""

from __future__ import annotations

import gc
import io
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto import service_state

if TYPE_CHECKING:
    from membership_mock.engine.moto.service_state import ServiceState
    from membership_mock.engine.state.world import Store, World


@dataclass
class State:
    """The whole state of a world.

    Attributes:
        stores: every store by its type and its key.
        clock: the attributes of the clock.
        secret: the key that page tokens are signed with.
        moto: the state of the services of moto that ours use.
    """

    stores: dict[tuple[type[Store], tuple[str, ...]], Store]
    clock: dict[str, Any]
    secret: bytes
    moto: dict[str, ServiceState]


def read(world: World) -> State:
    """Return the state of a world; it is not a copy."""
    return State(world._stores, dict(vars(world.clock)), world.secret, service_state.read())


def freeze(state: State) -> bytes:
    """Return a copy of a state, as bytes."""
    return _frozen((state.stores, state.clock, state.secret, state.moto))


def put(world: World, frozen: bytes) -> None:
    """Restore a world to a frozen state, which can be restored any number of times."""
    # moto first: it tracks every object of its services that is created, also those restored.
    service_state.empty()
    with no_garbage_collection():
        stores, clock, secret, moto = pickle.loads(frozen)  # noqa: S301  made by `freeze`
    world._stores.clear()
    world._stores.update(stores)
    world.secret = secret
    for name, value in clock.items():
        setattr(world.clock, name, value)
    service_state.fill(moto)


def keep_moto(service: str) -> Callable[[], None]:
    """Return a function that restores one of moto's kept services to its present state."""
    frozen = _frozen(service_state.read([service]))

    def put_back() -> None:
        service_state.empty([service])
        with no_garbage_collection():
            service_state.fill(pickle.loads(frozen))  # noqa: S301  made above

    return put_back


def _frozen(state: object) -> bytes:
    out = io.BytesIO()
    pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = service_state.reducers()
    with no_garbage_collection():
        pickler.dump(state)
    return out.getvalue()


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Disable the garbage collector while many objects are created.

    It would scan all objects again and again, and time would not stay in proportion to the world.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
