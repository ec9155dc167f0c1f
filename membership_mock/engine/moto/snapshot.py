"""The state of a world, whole: read live, frozen to bytes, and put back.

Frozen by pickle in one go: that keeps what is one object in several places one object, and costs
time in proportion to the world. Which stores have changed since is not known, on purpose: state is
plain data that anybody may change, and nobody has to say so.
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
    """All that a mocked world consists of.

    Attributes:
        stores: every store by its type and its key.
        clock: the attributes of the clock.
        secret: what page tokens are sealed with.
        moto: the state of moto's services that ours lean on.
    """

    stores: dict[tuple[type[Store], tuple[str, ...]], Store]
    clock: dict[str, Any]
    secret: bytes
    moto: dict[str, ServiceState]


def read(world: World) -> State:
    """Return the state of a world, live: not a copy."""
    return State(world._stores, dict(vars(world.clock)), world.secret, service_state.read())


def freeze(state: State) -> bytes:
    """Return a state as bytes, which nothing changes any more."""
    return _frozen((state.stores, state.clock, state.secret, state.moto))


def put(world: World, frozen: bytes) -> None:
    """Let a world be in a frozen state, which can be put again as often as you like."""
    # moto's first: it takes note of every object of its services that is made, the thawed too.
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
    """Return a function that puts a service of moto's that is kept back as it is now."""
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
    """Keep the collector from looking at everything again and again while much is made.

    With it, time would not stay in proportion to the world.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
