"""The scope of a membership, and the accounts that are in it at a given moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.organizations import Organization
from membership_mock.security_ir.errors import ResourceNotFoundException, ValidationException

CHANGE = "membershipAccountsConfigurationsUpdate"


@dataclass
class AccountScope:
    """The accounts that an active membership covers.

    Attributes:
        account_id: the membership account.
        standalone: whether that account was in no organization when the membership was created.
        cover_entire_organization: whether every account of the organization is covered.
        organizational_units: the units whose accounts are covered, in the order they were added.
        ever_covered: accounts that were covered when the scope or the organization last changed.
    """

    account_id: str
    standalone: bool
    cover_entire_organization: bool
    organizational_units: list[str] = field(default_factory=list)
    ever_covered: set[str] = field(default_factory=set)

    def accounts(self, organization: Organization | None) -> set[str]:
        """Return the accounts in scope at this moment, without suspended and closed ones.

        Inferred [IR-10, IR-11]: without the whole organization and without units, it is the
        membership account alone; with units it is the accounts below them, the membership account
        only if it is one.
        """
        if self.standalone or organization is None:
            return {self.account_id}
        if self.cover_entire_organization:
            return set(organization.accounts.active)
        if self.organizational_units:
            chosen = organization.accounts_below(
                filter(organization.has_unit, self.organizational_units)
            )
        else:
            chosen = [self.account_id]
        return set(organization.accounts.active.intersection(chosen))

    def after(
        self, change: Mapping[str, Any], organization: Organization | None
    ) -> tuple[bool, list[str]]:
        """Return the scope after ``change``: whether it is the whole organization, and the units.

        Adding a unit ends the coverage of the entire organization, and the other way round; to add
        a unit twice or to remove an absent one changes nothing (inferred [IR-27, IR-31]).

        Raises:
            ResourceNotFoundException: the organization does not have a unit (inferred [IR-30]).
            ValidationException: there is no organization that could have units (inferred [IR-8]).
        """
        units = self.organizational_units
        add, remove = _units(change)
        if (add or remove) and self.standalone:
            raise ValidationException(
                "A standalone membership cannot cover organizational units.", field=CHANGE
            )
        for unit in (*add, *(gone for gone in remove if gone not in units)):
            if organization is None or not organization.has_unit(unit):
                raise ResourceNotFoundException(
                    f"Organizational unit {unit} does not exist in your organization."
                )
        entire = change.get("coverEntireOrganization")
        if entire is None:
            entire = self.cover_entire_organization and not add
        if entire:
            return True, []
        return False, [unit for unit in dict.fromkeys([*units, *add]) if unit not in remove]


def check_change(change: Mapping[str, Any]) -> None:
    """Refuse a change of the scope that contradicts itself (inferred [IR-28])."""
    add, remove = _units(change)
    if not set(add).isdisjoint(remove):
        raise ValidationException(
            "You cannot add and remove the same organizational unit in one request.", field=CHANGE
        )
    if add and change.get("coverEntireOrganization"):
        raise ValidationException(
            "You cannot add organizational units while you cover the entire organization.",
            field=CHANGE,
        )


def _units(change: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    add, remove = "organizationalUnitsToAdd", "organizationalUnitsToRemove"
    return change.get(add) or [], change.get(remove) or []
