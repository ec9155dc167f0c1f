"""Copies the whole state of a world, and restores it.

Nothing tracks which objects have changed, on purpose: state is plain data that any code may change
without telling anyone. But stores that were not handed out have not changed, and are neither
copied nor restored; see `engine.state.kept_stores`. moto's state is always copied, since anyone may
have moto's objects.
"""

from __future__ import annotations

import gc
import io
import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.moto import service_state
from membership_mock.engine.state.frozen import Freezer, Frozen
from membership_mock.engine.state.layouts import NotPlainError

if TYPE_CHECKING:
    from membership_mock.engine.moto.service_state import ServiceState
    from membership_mock.engine.state.kept_stores import StoresCopy
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


#: copies of the services of moto, by their names
MotoCopy = dict[str, Frozen | bytes]


@dataclass(eq=False)
class _Kept:
    """The state of a service of moto itself, not a copy."""

    state: ServiceState

    def thaw(self) -> list[ServiceState]:
        """Return the state."""
        return [self.state]


#: copies of the services of moto, or their state itself, by their names
_Moto = Mapping[str, Frozen | bytes | _Kept]


@dataclass(eq=False)
class WorldCopy:
    """A copy of the whole state of a world.

    Attributes:
        stores: a copy of all stores.
        clock: the attributes of the clock.
        secret: the key that page tokens are signed with.
        moto: a copy of the services of moto that ours use.
    """

    stores: StoresCopy
    clock: dict[str, Any]
    secret: bytes
    moto: MotoCopy

    @property
    def size(self) -> int:
        """How many bytes it takes as a pickle."""
        moto = (len(each) if isinstance(each, bytes) else each.size for each in self.moto.values())
        return self.stores.size + sum(moto)


def read(world: World) -> State:
    """Return the state of a world: its own objects, not copies."""
    return State(dict(world._stores), dict(vars(world.clock)), world.secret, service_state.read())


def copy(world: World, *, within_call: bool) -> WorldCopy:
    """Return a copy of the state of a world; hold its lock.

    Args:
        world: the world.
        within_call: whether the caller held the lock already, and may use stores that it has.
    """
    with no_garbage_collection():
        return WorldCopy(
            world.kept.copy(within_call=within_call),
            dict(vars(world.clock)),
            world.secret,
            copy_moto(service_state.read()),
        )


def restore(world: World, copied: WorldCopy, *, within_call: bool) -> None:
    """Restore a world to a copy of its state; hold its lock.

    Args:
        world: the world.
        copied: the copy, which can be restored any number of times.
        within_call: whether the caller held the lock already, and may use stores that it has.
    """
    with no_garbage_collection():
        world.kept.restore(copied.stores, within_call=within_call)
        _put(world, copied.clock, copied.secret, copied.moto)


def replace(world: World, state: State, moto: _Moto) -> None:
    """Replace the state of a world by another one, which becomes the world's.

    Args:
        world: the world.
        state: the state; its part of moto is not used.
        moto: a copy of the services of moto, or what `kept_moto` has returned.
    """
    with no_garbage_collection():
        world.kept.replace(state.stores)
        _put(world, state.clock, state.secret, moto)


def copy_moto(services: dict[str, ServiceState]) -> MotoCopy:
    """Return a copy of the state of services of moto."""
    return {service: _frozen(state) for service, state in services.items()}


def kept_moto(services: dict[str, ServiceState]) -> _Moto:
    """Return the state of services of moto, to be put back at most once.

    Only S3's is copied: moto closes the files of its objects when it is emptied.
    """
    return {
        service: _frozen(state) if service == "s3" else _Kept(state)
        for service, state in services.items()
    }


def keep_moto(service: str) -> Callable[[], None]:
    """Return a function that restores one of moto's kept services to its present state."""
    with no_garbage_collection():
        copied = copy_moto(service_state.read([service]))

    def put_back() -> None:
        service_state.empty([service])
        with no_garbage_collection():
            _fill(copied)

    return put_back


def _put(world: World, clock: dict[str, Any], secret: bytes, moto: _Moto) -> None:
    world.secret = secret
    for name, value in clock.items():
        setattr(world.clock, name, value)
    # emptied first: moto tracks every object of its services that is created, also those restored
    service_state.empty()
    _fill(moto)


def _fill(moto: _Moto) -> None:
    for service, copied in moto.items():
        if isinstance(copied, bytes):
            state = pickle.loads(copied)  # noqa: S301  made by `_pickled`
        else:
            (state,) = copied.thaw()
        service_state.fill({service: state})


def _frozen(state: ServiceState) -> Frozen | bytes:
    try:
        return Freezer().part([state])
    except NotPlainError:
        return _pickled(state)


def _pickled(state: object) -> bytes:
    out = io.BytesIO()
    pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = service_state.reducers()
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
