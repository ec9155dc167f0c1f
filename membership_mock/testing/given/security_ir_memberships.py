"""Seeds of Security Incident Response: memberships in any status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from membership_mock.errors import UsageError
from membership_mock.security_ir.memberships.membership_store import NEXT_STATUS
from membership_mock.testing.aws_side.aws_side import AwsSide
from membership_mock.testing.given.security_ir_results import SeededMembership
from membership_mock.testing.given.seeds import Seeds

_SERVICE = "security-ir"

_TEAM = (
    {"name": "Ana Silva", "jobTitle": "Lead", "email": "ana@example.com"},
    {"name": "Bo Li", "jobTitle": "Analyst", "email": "bo@example.com"},
)

_WHO_MAY = (
    "a membership is held by an account in no organization, by the management account, or by the"
    " delegated administrator for security-ir.amazonaws.com; an organization has one active"
    " membership at the most."
)


class MembershipSeeds(Seeds):
    """Seeds of memberships."""

    def membership(
        self,
        account: str | None = None,
        region: str | None = None,
        *,
        status: Literal["Active", "Cancelled", "Terminated"] = "Active",
        name: str | None = None,
        team: Sequence[Mapping[str, Any]] | None = None,
        triage: bool | None = None,
        entire_organization: bool | None = None,
        units: Sequence[str] = (),
    ) -> SeededMembership:
        """Return a membership with this status; if the account has one, it is used.

        Args:
            account: 12 digits; the mock's default account when None.
            region: the home region; the mock's default region when None.
            status: ``Active``, ``Cancelled`` or ``Terminated`` (by AWS, after a cancellation).
            name: its name, 3 to 50 characters.
            team: two to ten members, each with ``name``, ``jobTitle`` and ``email``.
            triage: whether proactive response is enabled.
            entire_organization: whether it covers all accounts of the organization.
            units: ids of the organizational units that it covers instead, at the most 5.

        Raises:
            SeedRefused: the account may not hold a membership, or AWS refuses a value.
            UsageError: no membership has that status, or that scope.
        """
        statuses = list(dict.fromkeys(["Active", *NEXT_STATUS.values()]))
        if status not in statuses:
            raise UsageError(
                f"A membership cannot be {status!r}; it can be: {', '.join(statuses)}."
            )
        if entire_organization and units:
            raise UsageError(
                "A membership covers the entire organization or some of its units, not both: leave"
                " entire_organization or units out."
            )
        with self._setup.seed("security_ir.membership", _WHO_MAY):
            who, where = self._setup.account(account), self._setup.region(region)
            held = self._memberships(who, where)
            wanted = _without_none(
                membershipName=name,
                incidentResponseTeam=None if team is None else [dict(each) for each in team],
                optInFeatures=None
                if triage is None
                else [{"featureName": "Triage", "isEnabled": triage}],
            )
            unchanged = not (wanted or units or entire_organization is not None)
            active = next((one for one in held if one.status == "Active"), None)
            if active is None:
                if held and unchanged and held[-1].status == status:
                    return held[-1]
                if held and unchanged and (held[-1].status, status) == ("Cancelled", "Terminated"):
                    return self._terminated(held[-1])
                defaults = {
                    "membershipName": "Incident response",
                    "incidentResponseTeam": [dict(one) for one in _TEAM],
                }
                created = self._call(
                    "CreateMembership",
                    who,
                    where,
                    **{**defaults, **wanted},
                    coverEntireOrganization=entire_organization,
                )
                membership_id = str(created["membershipId"])
                wanted, entire_organization = {}, None
            else:
                membership_id = active.membership_id
            scope = _without_none(
                coverEntireOrganization=entire_organization,
                organizationalUnitsToAdd=list(units) or None,
            )
            if scope:
                wanted["membershipAccountsConfigurationsUpdate"] = scope
            if wanted:
                self._call("UpdateMembership", who, where, membershipId=membership_id, **wanted)
            if status != "Active":
                self._call("CancelMembership", who, where, membershipId=membership_id)
            found = next(
                one for one in self._memberships(who, where) if one.membership_id == membership_id
            )
            return self._terminated(found) if status == "Terminated" else found

    def _call(self, operation: str, account: str, region: str, **fields: Any) -> dict[str, Any]:
        return self._setup.call(_SERVICE, operation, account, region, **fields)

    def _aws(self, account: str, region: str) -> AwsSide:
        return AwsSide(self._setup.running, account, region)

    def _terminated(self, membership: SeededMembership) -> SeededMembership:
        aws = self._aws(membership.account, membership.region)
        aws.terminate_membership(membership.membership_id)
        return replace(membership, status="Terminated")

    def _memberships(self, account: str, region: str) -> list[SeededMembership]:
        """Return the memberships of an account in a region, oldest first."""
        return [
            SeededMembership(
                one["membershipId"], one["membershipArn"], account, region, one["membershipStatus"]
            )
            for one in self._setup.listed(_SERVICE, "ListMemberships", account, region)
        ]


def _without_none(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
