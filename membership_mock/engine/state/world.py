"""The state of one running mock: stores with a declared scope, a lock, a clock.

Nothing else in the package holds state. A world is made when the outermost mock starts and
dropped when it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import partial
from random import Random
from typing import Any, ClassVar, TypeVar

from membership_mock.engine.state.clock import Clock
from membership_mock.engine.state.events import Event, WorldLock
from membership_mock.engine.state.kept_stores import KeptStores
from membership_mock.engine.state.organizations import Organization
from membership_mock.engine.state.other_services import OtherServices
from membership_mock.engine.state.summary import Summary, View
from membership_mock.engine.state.transaction import Transaction

# The bits of a UUID that say version and variant (RFC 9562), and all the others.
_VERSION_4 = (4 << 76) | (8 << 60)
_NO_VERSION = (1 << 128) - 1 - (15 << 76) - (12 << 60)


class Scope(Enum):
    """The accounts and regions that share a store."""

    ACCOUNT_REGION = "one account in one region"
    REGION = "all accounts in one region"
    PARTITION = "all accounts in all regions of a partition"
    WORLD = "everything"

    # Members are singletons, so identity is enough. Enum's own hash costs as much as a look-up.
    __hash__ = object.__hash__


def keys_of(account_id: str, region: str, partition: str) -> dict[Scope, tuple[str, ...]]:
    """Return the key of a store of each scope, for a caller in this account and region."""
    return {
        Scope.ACCOUNT_REGION: (account_id, region),
        Scope.REGION: (region,),
        Scope.PARTITION: (partition,),
        Scope.WORLD: (),
    }


class Store:
    """Plain data of a world: subclass it as a dataclass whose fields all have defaults.

    A relationship between two accounts is stored once, in a store that both can reach.
    """

    scope: ClassVar[Scope]
    #: the sort key of its summary among those of the other stores of its service
    rank: ClassVar[int] = 0

    def __init_subclass__(cls, scope: Scope, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.scope = scope

    def is_complete(self) -> bool:
        """Return whether nothing is deferred that the whole state has to show.

        If something is, `Family.complete` carries it out.
        """
        return True

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield what `mock.show` prints about the store, without changing anything.

        A relationship between two accounts is shown under both.

        Args:
            key: the key of this store: (account, region), (region,), (partition,) or ().
            view: the time, the organizations and the other stores.
        """
        del key, view
        yield from ()


S = TypeVar("S", bound=Store)


class World:
    """All state of one running mock.

    Attributes:
        lock: held while a backend works; its release passes on the events that were announced.
        clock: the one source of time.
        secret: the key that page tokens are signed with.
        random: the source of every id and token; a test can seed it.
        other_services: Organizations, IAM, S3 and Glue of the same accounts.
        settles_at_read: whether states that take minutes on AWS settle at the next read, or wait
            for the clock; see `lifecycle`.
        transaction: the open transaction, which copies each store before it is used; None if there
            is none.
        undone_if_refused: takes a function that is called if the call that is being answered is
            refused; None while no handler runs.
        kept: the copies of stores that were made for snapshots.
    """

    def __init__(self, secret: bytes, random: Random, other_services: OtherServices) -> None:
        self.lock = WorldLock()
        self.clock = Clock()
        self.secret = secret
        self.random = random
        self.other_services = other_services
        self.settles_at_read = True
        self.transaction: Transaction | None = None
        self.undone_if_refused: Callable[[Callable[[], object]], None] | None = None
        self._keeping: Callable[[Callable[[], object]], None] | None = None
        self._stores: dict[tuple[type[Store], tuple[str, ...]], Store] = {}
        self.kept = KeptStores(self._stores)
        self._unused = self.kept.unused

    def uuid(self) -> str:
        """Return a random UUID."""
        # uuid.UUID would take several times as long, and every request has one.
        digits = f"{self.random.getrandbits(128) & _NO_VERSION | _VERSION_4:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def announce(self, event: Event) -> None:
        """Let an event be sent once the lock is released; call it with the lock held."""
        self.lock.waiting.append(event)

    def organization_of(self, account_id: str, partition: str) -> Organization | None:
        """Return the organization that an account belongs to now; None if it is in none."""
        return self.other_services.organization_of(account_id, partition)

    @property
    def is_complete(self) -> bool:
        """Whether no store has deferred anything that the whole state has to show."""
        return all(store.is_complete() for store in self._stores.values())

    @property
    def is_untouched(self) -> bool:
        """Whether the world has no store yet."""
        return not self._stores

    def store(self, kind: type[S], *, account_id: str, region: str, partition: str) -> S:
        """Return the one store of ``kind`` that a caller in this account and region reaches."""
        return self.store_at(kind, keys_of(account_id, region, partition)[kind.scope])

    def store_at(self, kind: type[S], key: tuple[str, ...]) -> S:
        """Return the one store of ``kind`` with this key."""
        found = self._stores.get((kind, key))
        if self._unused:
            self._unused.pop((kind, key), None)
        if self.transaction is not None:
            self.transaction.keep((kind, key), found)
        if found is None:
            found = self._stores[(kind, key)] = kind()
        return found  # type: ignore[return-value]  # the key holds the type

    def held_at(self, kind: type[S], key: tuple[str, ...]) -> S | None:
        """Return the store of ``kind`` with this key without creating it; None if none exists."""
        return self.store_at(kind, key) if (kind, key) in self._stores else None

    def stores(self, kind: type[S]) -> Iterator[tuple[tuple[str, ...], S]]:
        """Yield the key and the store, for every store of ``kind``; the scope decides the key."""
        for (held, key), store in list(self._stores.items()):
            if held is kind:
                self._unused.pop((held, key), None)
                if self.transaction is not None:
                    self.transaction.keep((held, key), store)
                yield key, store  # type: ignore[misc]  # the key holds the type

    @contextmanager
    def undone_on_error(self) -> Iterator[Transaction]:
        """Restore all stores to their present state if the block raises."""
        with self.lock:
            transaction = self.transaction = Transaction(self._stores)
            transaction.undo.append(self.lock.mark())
            try:
                yield transaction
            except BaseException:
                self._unused.clear()
                transaction.roll_back()
                raise
            finally:
                self.transaction = None

    def keep_for_refusal(self, package: str) -> None:
        """Copy stores before something in them changes because its time has come.

        A refused call changes nothing, so what it lets happen on the way is undone. Nothing is
        copied outside of a call, in a transaction, or twice in a call.

        Args:
            package: the package of a service, whose stores are copied.
        """
        undone = self.undone_if_refused
        if undone is None or undone is self._keeping or self.transaction is not None:
            return
        self._keeping = undone
        transaction = Transaction(self._stores)
        for (kind, key), store in self._stores.items():
            if kind.__module__.startswith(f"{package}."):
                transaction.keep((kind, key), store)
        undone(transaction.roll_back)
        undone(self.lock.mark())

    def put_object(
        self, account_id: str, partition: str, bucket: str, key: str, body: bytes
    ) -> bool:
        """Write an object that there is not yet into a bucket in S3.

        It is deleted again if the call that is being answered is refused.

        Returns:
            Whether the account has that bucket.
        """
        services = self.other_services
        is_written = services.put_object(account_id, partition, bucket, key, body)
        if is_written and self.undone_if_refused is not None:
            self.undone_if_refused(
                partial(services.delete_object, account_id, partition, bucket, key)
            )
        return is_written

    def summary(self, view: View) -> Iterator[Summary]:
        """Yield the summaries of all stores; hold the lock until their lines are read."""
        held = sorted(self._stores.items(), key=lambda each: each[0][0].rank)
        for (_, key), store in held:
            yield from store.summary(key, view)

    def clear(self) -> None:
        """Drop all state, as if the mock had just started."""
        with self.lock:
            self._stores.clear()
            self._unused.clear()
            self.clock.clear()
