"""The accounts that a request of Security Hub V2 asks for.

Sources: the texts of Scopes in the API reference. Inferred [SH-192, SH-233]: the words of refusals,
the code for a request that mixes kinds, and that accounts in the units below a unit belong to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.state.organizations import Organization
from membership_mock.securityhub.errors import (
    AccessDeniedException,
    OrganizationalUnitNotFoundException,
    OrganizationNotFoundException,
    ValidationException,
)
from membership_mock.securityhub.v2.access.delegation import DelegationV2

MOST_SCOPES = 10
ADMINISTRATOR_ONLY = "Only the delegated administrator account can use Scopes."


class ScopesV2(Family):
    """The accounts that the caller may see, and those that it asks for."""

    def accounts(self, scopes: Mapping[str, Any] | None = None) -> AbstractSet[str]:
        """Return the accounts that a request is about.

        Without scopes these are the caller, or for the delegated administrator all accounts of the
        organization.

        Args:
            scopes: Scopes of the request.

        Raises:
            AccessDeniedException: another than the delegated administrator gives scopes.
            OrganizationNotFoundException, OrganizationalUnitNotFoundException: an id is unknown.
            ValidationException: there are too many, or they name both kinds or nothing.
        """
        led = self.of(DelegationV2).led_organization()
        given = (scopes or {}).get("AwsOrganizations") or []
        if not given:
            return led.accounts.keys() if led else frozenset({self.backend.account_id})
        if led is None:
            raise AccessDeniedException(ADMINISTRATOR_ONLY)
        units = _units(given, led)
        return frozenset(led.accounts_below(units)) if units else led.accounts.keys()


def _units(given: Sequence[Mapping[str, str]], led: Organization) -> list[str]:
    """Return the units that scopes name; none if they stand for the whole organization."""
    if len(given) > MOST_SCOPES:
        raise ValidationException(f"AwsOrganizations must have at most {MOST_SCOPES} entries")
    units = [each["OrganizationalUnitId"] for each in given if "OrganizationalUnitId" in each]
    if any(not each for each in given):
        raise ValidationException(
            "AwsOrganizations needs OrganizationId or OrganizationalUnitId in each entry"
        )
    if units and len(units) < len(given):
        raise ValidationException(
            "AwsOrganizations can have either organizations or organizational units"
        )
    for each in given:
        named = each.get("OrganizationId", led.organization_id)
        if named != led.organization_id:
            raise OrganizationNotFoundException(f"Organization not found: '{named}'")
    for unit in units:
        if not led.has_unit(unit):
            raise OrganizationalUnitNotFoundException(f"Organizational unit not found: '{unit}'")
    return units
