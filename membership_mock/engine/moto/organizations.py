"""Reads moto's Organizations for our services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from membership_mock.engine.moto.modules import models_of, require_models_of
from membership_mock.engine.moto.organization_index import Accounts, Indexes, Units
from membership_mock.engine.state.organizations import Organization


def organization_of(
    account_id: str, partition: str, indexes: Indexes | None = None
) -> Organization | None:
    """Return the organization that an account belongs to now; None if it is in none.

    Args:
        account_id: the account.
        partition: the partition that it lives in.
        indexes: those of the world; without them an organization with many accounts is read anew.
    """
    models = models_of("organizations")
    backend = None if models is None else backend_of(models, account_id, partition)
    return None if backend is None else _read(models, backend, indexes or Indexes())


def all_organizations() -> Iterator[tuple[str, Organization, dict[str, str]]]:
    """Yield the partition, the organization and the names in it, for each organization.

    The names are those of accounts and units, by their ids. Nothing is created by reading.
    """
    models = models_of("organizations")
    for _, partitions in sorted(models.organizations_backends.items()) if models else ():
        for partition, backend in sorted(partitions.items()):
            if backend.org is not None:
                named = {each.id: str(each.name) for each in (*backend.ou, *backend.accounts)}
                yield partition, _read(models, backend, Indexes()), named


def describe_organizations() -> None:
    """Read all that moto has of every organization, as its operations do; nothing is created."""
    models = models_of("organizations")
    for partitions in models.organizations_backends.values() if models else ():
        for backend in partitions.values():
            held = (*backend.accounts, *backend.ou, *backend.policies, *backend.admins)
            for each in held if backend.org is None else (backend.org, *held):
                each.describe()


def backend_of(models: Any, account_id: str, partition: str) -> Any:
    """Return the backend of the management account of an account's organization, or None."""
    backends = models.organizations_backends
    management, where = backends.master_accounts.get(account_id, (account_id, partition))
    if management not in backends or where not in list(backends[management]):
        return None
    backend = backends[management][where]
    return None if backend.org is None else backend


def forget_members_of_deleted_organizations() -> None:
    """Delete the members of deleted organizations from moto's list of members.

    moto keeps that list when it empties its backends. An account whose id is used again would be in
    an organization that does not exist.
    """
    models = models_of("organizations")
    if models is None:
        return
    backends = models.organizations_backends
    for account_id in list(backends.master_accounts):
        if backend_of(models, account_id, "") is None:
            del backends.master_accounts[account_id]


def _read(models: Any, backend: Any, indexes: Indexes) -> Organization:
    delegated: dict[str, tuple[str, ...]] = {}
    for admin in backend.admins:
        for principal in admin.services:
            delegated[principal] = (*delegated.get(principal, ()), admin.account.id)
    return Organization(
        organization_id=backend.org.id,
        management_account_id=backend.org.master_account_id,
        all_features=backend.org.feature_set == "ALL",
        root_id=backend.org.root_id,
        accounts=Accounts(indexes, models, backend),
        unit_parents=Units(indexes, models, backend),
        delegated=delegated,
        trusted_services=frozenset(service["ServicePrincipal"] for service in backend.services),
    )


def register_delegated_administrator(
    organization: Organization, partition: str, account_id: str, service_principal: str
) -> None:
    """Enable trusted access and register a delegated administrator, as some AWS services do.

    Args:
        organization: the organization, as read for this request.
        partition: the partition that it lives in.
        account_id: an account of it; the management account needs no registration.
        service_principal: the principal of the service.
    """
    management = organization.management_account_id
    models: Any = require_models_of("organizations")
    backend = models.organizations_backends[management][partition]
    if service_principal not in organization.trusted_services:
        backend.enable_aws_service_access(ServicePrincipal=service_principal)
    registered = organization.delegated.get(service_principal, ())
    if account_id not in (management, *registered):
        backend.register_delegated_administrator(
            AccountId=account_id, ServicePrincipal=service_principal
        )
