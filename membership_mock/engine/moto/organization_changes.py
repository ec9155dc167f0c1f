"""Makes moto's Organizations fit our services, and notifies them when an organization changes.

While a mock runs, moto's Organizations accepts our service principals wherever AWS does, lets a
delegated administrator read the organization, and follows the mock's clock.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, get_args

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.moto import organization_clock, organization_index
from membership_mock.engine.moto.organizations import backend_of
from membership_mock.engine.state.organizations import OrganizationChange, OrganizationOperation

if TYPE_CHECKING:
    from membership_mock.engine.moto.patches import Patches
    from membership_mock.engine.pipeline.backends import Backends
    from membership_mock.engine.state.world import World

#: The principals of our services. moto knows at most one of them, and accepts none for a delegated
#: administrator. Source: "AWS services that you can use with AWS Organizations".
PRINCIPALS = (
    "security-ir.amazonaws.com",
    "securityhub.amazonaws.com",
    "cleanrooms.amazonaws.com",
)

#: The services for which an organization has at most one delegated administrator.
#: Source: user guides ("only one account may be …, the same in all Regions").
ONE_ADMINISTRATOR = frozenset({"security-ir.amazonaws.com", "securityhub.amazonaws.com"})

#: The operations that AWS lets a delegated administrator call, of those that moto has.
#: Source: Organizations API reference, "can be called only from the management account or by a
#: member account that is a delegated administrator".
DELEGATED_READS = frozenset(
    {
        "describe_account",
        "describe_organizational_unit",
        "list_accounts",
        "list_accounts_for_parent",
        "list_aws_service_access_for_organization",
        "list_children",
        "list_create_account_status",
        "list_delegated_administrators",
        "list_delegated_services_for_account",
        "list_organizational_units_for_parent",
        "list_parents",
        "list_roots",
        "list_tags_for_resource",
    }
)

#: The methods of moto that change an organization; their names are those of the operations.
CHANGING_METHODS: tuple[OrganizationOperation, ...] = get_args(OrganizationOperation)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An account that is about to join an organization, with its id.

    Attributes:
        account_id: the id that moto's `create_account` is to use instead of a random one.
        invited: whether the account exists already, and joins by accepting an invitation.
    """

    account_id: str
    invited: bool = False


_arriving: ContextVar[Arrival | None] = ContextVar("membership_mock_arriving", default=None)


@contextmanager
def arriving(arrival: Arrival) -> Iterator[None]:
    """Let moto's `create_account` inside the block create this account."""
    token = _arriving.set(arrival)
    try:
        yield
    finally:
        _arriving.reset(token)


def install(patches: Patches, backends: Callable[[], Backends], world: Callable[[], World]) -> None:
    """Let moto's Organizations know our services, until ``patches`` are undone.

    Args:
        patches: undone when the mock ends.
        backends: returns the backends of our services.
        world: returns their state.
    """
    from moto.organizations import models

    for owner, name in (
        (models.FakeServiceAccess, "TRUSTED_SERVICES"),
        (models.FakeDelegatedAdministrator, "SUPPORTED_SERVICES"),
    ):
        known = list(getattr(owner, name))
        patches.set(owner, name, known + [each for each in PRINCIPALS if each not in known])

    organization_clock.install(patches, models, world)
    organization_index.install(patches, models)
    random_id = patches.original(models.utils, "make_random_account_id")

    def make_account_id() -> str:
        arrival = _arriving.get()
        return str(random_id()) if arrival is None else arrival.account_id

    patches.set(models.utils, "make_random_account_id", make_account_id)

    backend = models.OrganizationsBackend
    removal = patches.original(backend, "remove_account_from_organization")
    patches.set(
        models.OrganizationsBackend,
        "remove_account_from_organization",
        _keeping_refused_members(models, removal),
    )

    for name in CHANGING_METHODS:
        original = patches.original(models.OrganizationsBackend, name)
        patches.set(models.OrganizationsBackend, name, _announcing(name, original, backends, world))

    for name in DELEGATED_READS:
        if name in vars(models.OrganizationsBackend):
            original = patches.original(models.OrganizationsBackend, name)
            patches.set(models.OrganizationsBackend, name, _for_delegates(models, original))


def _keeping_refused_members(models: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep a member in its organization when its removal is refused.

    moto removes it from its list of members first, and checks afterwards whether the caller may
    remove it.
    """

    @functools.wraps(original)
    def remove(self: Any, *args: Any, AccountId: str, **kwargs: Any) -> Any:  # noqa: N803
        masters = models.organizations_backends.master_accounts
        belongs = masters.get(AccountId)
        try:
            return original(self, *args, AccountId=AccountId, **kwargs)
        except Exception:
            if belongs is not None:
                masters[AccountId] = belongs
            raise

    return remove


def _for_delegates(models: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    """Let a delegated administrator read the organization.

    moto keeps an organization in the backend of its management account; a member's own backend is
    empty.
    """

    @functools.wraps(original)
    def read(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.org is None:
            backend = backend_of(models, self.account_id, self.partition)
            if backend is not None and any(
                admin.account.id == self.account_id for admin in backend.admins
            ):
                return original(backend, *args, **kwargs)
        return original(self, *args, **kwargs)

    return read


def _require_eligible(backend: Any, AccountId: str, ServicePrincipal: str, **_: Any) -> None:  # noqa: N803
    """Refuse a suspended account, and a second administrator of a service that allows one."""
    from moto.organizations.exceptions import ConstraintViolationException

    if ServicePrincipal in PRINCIPALS and any(
        account.id == AccountId and account.status != "ACTIVE" for account in backend.accounts
    ):
        # rule and text are AWS's (reason
        # CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR)
        raise ConstraintViolationException(
            "You cannot register a suspended account as a delegated administrator."
        )
    if ServicePrincipal in ONE_ADMINISTRATOR and any(
        ServicePrincipal in admin.services
        and admin.account.id != AccountId
        and admin.account.status == "ACTIVE"
        for admin in backend.admins
    ):
        # the code is AWS's (reason MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED), the
        # wording inferred
        raise ConstraintViolationException(
            "You have exceeded the maximum number of delegated administrators allowed for the"
            " service principal."
        )


def _announcing(
    name: OrganizationOperation,
    original: Callable[..., Any],
    backends: Callable[[], Backends],
    world: Callable[[], World],
) -> Callable[..., Any]:
    """Notify every family of our services before and after a change."""

    @functools.wraps(original)
    def act(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.org is None:  # moto refuses it, or it does not concern our services
            return original(self, *args, **kwargs)
        if name == "register_delegated_administrator":
            _require_eligible(self, **kwargs)
        change = OrganizationChange(
            kind=name,
            management_account_id=self.account_id,
            partition=self.partition,
            now=world().clock.now(),
            account_id=kwargs.get("AccountId"),
            service_principal=kwargs.get("ServicePrincipal"),
        )
        arrival = _arriving.get()
        if name == "create_account" and arrival is not None and arrival.invited:
            change = dataclasses.replace(change, kind="accept_handshake")
        with announced(backends(), world(), change) as happened:
            answer = original(self, *args, **kwargs)
            if name == "create_account":
                happened.account_id = answer["CreateAccountStatus"]["AccountId"]
                organization_clock.keep_in_order(self.accounts)
        return answer

    return act


@dataclass(slots=True)
class Happened:
    """The parts of a change that are known only after it has happened."""

    account_id: str | None = None


@contextmanager
def announced(backends: Backends, world: World, change: OrganizationChange) -> Iterator[Happened]:
    """Notify every family of our services before and after the block that makes a change.

    If the block raises, nothing has changed, and the families get no second notification.
    """
    families = list(backends.families())
    happened = Happened()
    with world.lock:
        prepared = [family.organization_changing(those, change) for those, family in families]
        yield happened
        for finish in prepared:
            if finish is not None:
                finish()
        if happened.account_id is not None:
            change = dataclasses.replace(change, account_id=happened.account_id)
        for those, family in families:
            family.organization_changed(those, change)
