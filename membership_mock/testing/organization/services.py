"""Which services an organization works with: trusted access and delegated administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from membership_mock.engine.moto.organization_setup import (
    ONE_ADMINISTRATOR,
    MotoOrganization,
    known_principals,
    organization_of,
)
from membership_mock.engine.pipeline.caller import account_id, region_name
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.errors import ServiceError, UsageError
from membership_mock.testing.names import nearest_to
from membership_mock.testing.organization.tree import MANAGEMENT

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.operation import Backend
    from membership_mock.engine.running import Running

SECURITYHUB = "securityhub.amazonaws.com"

#: The mocked service that does not work with Organizations.
CLEANROOMS = "cleanrooms.amazonaws.com"


def trusted_principal(service: object) -> str:
    """Return the principal of a service that can have trusted access.

    Args:
        service: its id, e.g. ``securityhub``, or its principal.

    Raises:
        UsageError: there is no such service, or it does not work with Organizations.
    """
    return _principal(service, known_principals()[0], "have trusted access to an organization")


def delegated_principal(service: object) -> str:
    """Return the principal of a service that can have a delegated administrator.

    Args:
        service: its id, e.g. ``securityhub``, or its principal.

    Raises:
        UsageError: there is no such service, or it cannot have one.
    """
    return _principal(service, known_principals()[1], "have a delegated administrator")


def _principal(service: object, known: list[str], ability: str) -> str:
    if not isinstance(service, str) or not service:
        raise UsageError(
            f"{service!r} is not a service: pass its id, e.g. 'securityhub', or its principal."
        )
    principal = service if "." in service else f"{service}.amazonaws.com"
    if principal == CLEANROOMS:
        raise UsageError(
            "AWS Clean Rooms does not work with Organizations, and cannot"
            f" {ability}: its accounts invite each other to collaborations."
        )
    if principal not in known:
        raise UsageError(
            f"{service!r} is not a service that can {ability}{nearest_to(principal, known)}"
        )
    return principal


def administrators(delegated: Mapping[str, str | Sequence[str]]) -> list[tuple[str, str]]:
    """Return principal and account of each delegated administrator that is asked for.

    Raises:
        UsageError: a service cannot have a delegated administrator, or not so many.
    """
    if not isinstance(delegated, Mapping):
        raise UsageError(
            f"{delegated!r} does not name delegated administrators: pass a mapping of"
            " services to names of accounts, e.g. {'securityhub': 'audit'}."
        )
    found: list[tuple[str, str]] = []
    for service, named in delegated.items():
        principal = delegated_principal(service)
        if not isinstance(named, (str, list, tuple)) or not all(
            isinstance(each, str) for each in named
        ):
            raise UsageError(
                f"{named!r} cannot be the delegated administrator of {service!r}: pass the name of"
                " an account, or a list of names."
            )
        names = [named] if isinstance(named, str) else list(named)
        found += [(principal, name) for name in names if (principal, name) not in found]
        several = [name for of, name in found if of == principal]
        if principal in ONE_ADMINISTRATOR and len(several) > 1:
            raise UsageError(
                f"{service!r} has one delegated administrator at the most, but is given"
                f" {', '.join(map(repr, several))}."
            )
    return found


class OrganizationServices:
    """The services of one organization.

    Args:
        running: the mock that it lives in.
        moto: the organization in moto.
    """

    def __init__(self, running: Running, moto: MotoOrganization) -> None:
        self._running = running
        self._moto = moto

    def check_candidate(self, principal: str, account: str, regions: Sequence[str]) -> None:
        """Refuse an account that cannot become a delegated administrator.

        Raises:
            UsageError: it is the management account, or suspended, or is the administrator
                already; the service has another one; or Security Hub refuses it in a region.
        """
        organization = self._moto.read()
        if account == self._moto.management or organization is None:
            raise UsageError(management_cannot(principal))
        if not organization.accounts[account].active:
            raise UsageError(
                f"Account {account} is suspended or closed, and cannot become a delegated"
                " administrator: `reinstate` it first."
            )
        registered = organization.delegated.get(principal, ())
        if principal == SECURITYHUB:
            check_standing(self._running, account, regions)
        elif account in registered:
            raise UsageError(f"Account {account} is the delegated administrator of {principal}.")
        others = [each for each in registered if each != account]
        if others and principal in ONE_ADMINISTRATOR:
            raise UsageError(
                f"Account {others[0]} is the delegated administrator of {principal}, which has one"
                " at the most: `undelegate` it first."
            )

    def delegate(self, principal: str, account: str, regions: Sequence[str]) -> None:
        """Make a candidate that was checked a delegated administrator.

        Security Hub's is designated in each region, by the management account, as its user guide
        tells to: that registers it in Organizations and enables trusted access.
        """
        if principal != SECURITYHUB:
            self._moto.trust(principal)
            self._moto.register(principal, account)
            return
        for region in regions:
            backend = _backend(self._running, self._moto.management, region)
            try:
                self._running.pipeline.call(
                    backend, "EnableOrganizationAdminAccount", {"admin_account_id": account}
                )
            except ServiceError as refusal:
                raise UsageError(
                    f"Security Hub in {region} does not let account {account} become the"
                    f" organization's administrator: {refusal.message}"
                ) from None


def check_regions(regions: object, partition: str | None = None) -> list[str]:
    """Return the regions if an organization can have an administrator in them.

    Args:
        regions: what the test passed as regions.
        partition: where the organization lives; where the first region is when None.

    Raises:
        UsageError: there are none, one is not a region, or they are in several partitions.
    """
    if isinstance(regions, str) or not isinstance(regions, Sequence) or not regions:
        raise UsageError(f"{regions!r} is not a list of regions: pass e.g. ['eu-west-1'].")
    for region in regions:
        region_name(region)
        partition = partition or partition_of(region)
        if partition_of(region) != partition:
            raise UsageError(
                f"{region} is not in the partition {partition}; an organization is in one"
                " partition."
            )
    return list(regions)


def check_standing(running: Running, account: str, regions: Sequence[str]) -> None:
    """Refuse an account that is a member of a Security Hub administrator in one of the regions.

    Raises:
        UsageError: it is a member in one of them.
    """
    from membership_mock.securityhub.relationships.administration import Administration

    for region in regions:
        family = _backend(running, account_id(account), region).family(Administration)
        administrator = family.administrator_of(account)
        if administrator is not None:
            raise UsageError(
                f"Account {account} cannot administer Security Hub in {region}: it is a member"
                f" account of {administrator} there."
            )


def _backend(running: Running, account: str, region: str) -> Backend:
    return running.backends.of("securityhub", account, region)


def management_cannot(principal: str) -> str:
    """Return the message that the management account cannot become a delegated administrator."""
    return (
        f"The {MANAGEMENT} account cannot be registered as the delegated administrator of"
        f" {principal}: name a member account."
    )


def outsider(account: str, partition: str) -> str:
    """Return ``account`` if it is in no organization.

    Raises:
        UsageError: it is in one.
    """
    organization = organization_of(account, partition)
    if organization is not None:
        raise UsageError(
            f"Account {account} is in the organization {organization.organization_id} of"
            f" {organization.management_account_id} already; an account is in one at a time."
        )
    return account
