"""Families, backends, and the mark that connects a method with an operation.

An operation of AWS is one method of a family, marked with `operation`. A family is one kind of
resource: its data, its rules, and the operations on it. A backend is the list of a service's
families, for one account in one region. The package `engine.moto` registers backends with moto.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from membership_mock.engine.pipeline.authorization import IamResources
from membership_mock.engine.pipeline.handlers import Handler, Mark, collect
from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.refusals import Refusals
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.engine.state.events import Detail, Event
from membership_mock.engine.state.organizations import OrganizationChange
from membership_mock.engine.state.quotas import limit_of
from membership_mock.engine.state.world import keys_of

if TYPE_CHECKING:
    from datetime import datetime

    from membership_mock.engine.pipeline.tagged_resource import TaggedResource
    from membership_mock.engine.state.quotas import Quota, QuotaUse
    from membership_mock.engine.state.world import Store, World

H = TypeVar("H", bound=Callable[..., Any])
F = TypeVar("F", bound="Family")
S = TypeVar("S", bound="Store")


def operation(
    name: str,
    *,
    differs: str = "",
    optional: bool = False,
    page_size: int = 0,
    action: str = "",
) -> Callable[[H], H]:
    """Mark a family's method as the one that serves the operation ``name``.

    The method takes a `Context` and then the fields of the operation's input shape in snake case,
    except for those that the engine handles: the idempotency token, and page size and page
    token of a paginated list (return a `Listing` under the paginator's result key instead). Fields
    that are not required have a default. It returns a mapping with the output shape's field names,
    or an object whose attributes are these names in snake case; None means absent.

    Args:
        name: the operation in its API spelling, e.g. ``CreateCase``.
        differs: a known difference from AWS, for the table of mocked operations.
        optional: the oldest supported botocore does not have the operation yet.
        page_size: the number of entries of a page when the caller gives none; 0 for the highest
            number that the model allows.
        action: the IAM action that allows the operation, if it has another name than the operation.
    """

    def mark(method: H) -> H:
        method.__operation__ = Mark(  # type: ignore[attr-defined]
            name, differs, optional, page_size, action
        )
        return method

    return mark


class Family:
    """The operations on one family of resources, for one account in one region.

    Keep all state in stores: a family may be created again at any time.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def of(self, family: type[F]) -> F:
        """Return another family of the same backend."""
        return self.backend.family(family)

    def store(self, kind: type[S]) -> S:
        """Return the store of ``kind`` that this account and region reach."""
        backend = self.backend
        return backend.world.store_at(kind, backend.store_keys[kind.scope])

    def store_if_any(self, kind: type[S]) -> S | None:
        """Return the store of ``kind`` of this account and region; None if it does not exist."""
        backend = self.backend
        return backend.world.held_at(kind, backend.store_keys[kind.scope])

    def limit(self, quota: Quota, account_id: str | None = None) -> int:
        """Return the limit of a quota in this region.

        Args:
            quota: one that the backend declares.
            account_id: the account; this one when None.
        """
        backend = self.backend
        return limit_of(backend.world, quota, account_id or backend.account_id, backend.region_name)

    def keep_for_refusal(self) -> None:
        """Call this before time changes what the service has stored, in the course of a call.

        If the call is refused, all of the service's stores are as they were.
        """
        self.backend.world.keep_for_refusal(type(self.backend).__module__.rpartition(".")[0])

    def emit(
        self,
        detail_type: str,
        resources: Sequence[str],
        detail: Detail,
        at: datetime,
        account_id: str | None = None,
        region: str | None = None,
    ) -> None:
        """Let the service send an event once the change that it reports has taken effect.

        Args:
            detail_type: the event's ``detail-type``.
            resources: the ARNs of its resources.
            detail: its ``detail``, or a function that makes it from data that does not change.
            at: when it happened, in UTC.
            account_id: the account that gets it; this one when None.
            region: the region where the account gets it; this one when None.
        """
        backend = self.backend
        backend.world.announce(
            Event(
                f"aws.{backend.service}",
                detail_type,
                account_id or backend.account_id,
                region or backend.region_name,
                at,
                resources,
                detail,
            )
        )

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how much of the family's quotas is in use, in all accounts and regions."""
        del world, now
        yield from ()

    @classmethod
    def complete(cls, backends: ServiceBackends) -> None:
        """Carry out what was deferred, before the whole state is shown or dumped.

        It is called while a store says that it is not complete.
        """
        del backends

    @classmethod
    def organization_changing(
        cls, backends: ServiceBackends, change: OrganizationChange
    ) -> Callable[[], None] | None:
        """Read an organization just before it changes; change nothing yet.

        Args:
            backends: the backends of the family's service, and their world.
            change: the change, which may still fail.

        Returns:
            A function that is called after the change; None if nothing has to be done then.
        """
        del backends, change
        return None

    @classmethod
    def organization_changed(cls, backends: ServiceBackends, change: OrganizationChange) -> None:
        """Adapt to ``change``, which has just happened to an organization."""

    @classmethod
    def waiting(cls, world: World) -> Iterator[tuple[str, str]]:
        """Yield the accounts and regions in which `time_passed` may have something to do.

        Derive them from the state, not from earlier calls: a world may have been restored or
        loaded.
        """
        del world
        yield from ()

    def time_passed(self, now: datetime) -> None:
        """Do what is due after the clock has moved, if it has an effect outside of the service.

        Everything else that depends on time is derived when it is read. A family that overrides
        this overrides `waiting` too.
        """

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the family's taggable resources of this account and region."""
        yield from ()


class Backend:
    """The behaviour of one service for one account in one region.

    Subclass it with ``service`` and ``families``. Wrong or repeated marks raise a ``TypeError``
    when the class is created.

    Args:
        backends: the backends of the same service in all accounts and regions.
        account_id: the 12 digits of the account.
        region_name: the region.
    """

    service: ClassVar[str]
    families: ClassVar[tuple[type[Family], ...]]
    refusals: ClassVar[Refusals]
    #: the quotas of the service, whose limits tests may set
    quotas: ClassVar[tuple[Quota, ...]] = ()
    handlers: ClassVar[dict[str, Handler]]
    #: the families that override `Family.time_passed`
    followers_of_time: ClassVar[tuple[type[Family], ...]]
    #: shapes of lists that refuse equal entries, a trait that botocore's models do not carry
    unique_lists: ClassVar[frozenset[str]] = frozenset()
    #: structures that reach the handler unchecked, and lists that may be longer than their maximum:
    #: the handler checks each entry itself
    unchecked_shapes: ClassVar[frozenset[str]] = frozenset()
    #: the resources that the operations act on, as policies of IAM name them
    iam_resources: ClassVar[IamResources] = IamResources()
    #: traits of shapes that botocore's model has wrong, by the shape's name
    model_corrections: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    #: page tokens that ask for the first page, as a missing token does
    first_page_tokens: ClassVar[frozenset[str]] = frozenset()
    #: how to page operations that botocore has no paginator for, in the form of its paginators
    added_paginators: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.model_corrections:
            model.correct(cls.service, cls.model_corrections)
        if cls.added_paginators:
            model.add_paginators(cls.service, cls.added_paginators)
        cls.handlers = collect(cls.__name__, cls.service, cls.families)
        cls.followers_of_time = tuple(
            kind for kind in cls.families if kind.time_passed is not Family.time_passed
        )

    def __init__(self, backends: ServiceBackends, account_id: str, region_name: str) -> None:
        self.backends = backends
        self.account_id = account_id
        self.region_name = region_name
        self.partition = partition_of(region_name)
        self.world = backends.world
        self.store_keys = keys_of(account_id, region_name, self.partition)
        self._families: dict[type[Family], Family] = {}

    def in_region(self, region: str, account_id: str | None = None) -> Backend:
        """Return the backend of the same service in another region.

        Args:
            region: the region.
            account_id: the account; this backend's when None.
        """
        return self.backends.of(account_id or self.account_id, region)

    def family(self, kind: type[F]) -> F:
        """Return the family ``kind`` of this backend."""
        found = self._families.get(kind)
        if found is None:
            found = self._families[kind] = kind(self)
        return found  # type: ignore[return-value]  # the key is the type

    def time_passed(self, now: datetime) -> None:
        """Do what is due in this account and region after the clock has moved."""
        for kind in self.followers_of_time:
            self.family(kind).time_passed(now)

    @classmethod
    def resource_types(cls) -> tuple[Any, ...]:
        """Return the service's rows in the table of CloudFormation's resource types.

        They are imported when CloudFormation is first used.
        """
        return ()

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how much of the service's quotas is in use, in all accounts and regions."""
        for kind in cls.families:
            yield from kind.quota_uses(world, now)

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield all taggable resources of this account and region."""
        for kind in self.families:
            yield from self.family(kind).tagged_resources()


class ServiceBackends:
    """The backends of one service, each made when it is first asked for.

    Args:
        kind: the backend class of the service.
        world: the state that they share.
        made: called with each backend that is made.
    """

    def __init__(
        self, kind: type[Backend], world: World, made: Callable[[Backend], None] = lambda _: None
    ) -> None:
        self.kind = kind
        self.world = world
        self._announce = made
        self._made: dict[tuple[str, str], Backend] = {}

    def of(self, account_id: str, region: str) -> Backend:
        """Return the backend for one account in one region."""
        found = self._made.get((account_id, region))
        if found is None:
            with self.world.lock:
                found = self._made.get((account_id, region))
                if found is None:
                    found = self.kind(self, account_id, region)
                    self._made[account_id, region] = found
                    self._announce(found)
        return found

    def all_made(self) -> list[Backend]:
        """Return every backend that was made so far."""
        return list(self._made.values())
