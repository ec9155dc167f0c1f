"""Sign an organization up for AWS Security Incident Response, as a file describes it.

Run it with credentials of the delegated administrator. It can be run again at any time: what is
there already is updated to what the file says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.client import BaseClient

LIVE = ("Active", "Cancelled")


class OnboardingError(Exception):
    """The file or the organization has to be changed by hand first."""


@dataclass(frozen=True)
class Plan:
    """What a file of settings describes.

    Attributes:
        name: the name of the membership.
        team: the people who are told of cases, the first is the lead.
        units: the names of the organizational units to cover, below the root.
        proactive_response: whether AWS may open cases by itself.
    """

    name: str
    team: list[dict[str, str]]
    units: list[str]
    proactive_response: bool = False

    @classmethod
    def read(cls, path: Path) -> Plan:
        """Return the plan in a JSON file."""
        try:
            plan = cls(**json.loads(path.read_text(encoding="utf-8")))
        except (TypeError, json.JSONDecodeError) as error:
            raise OnboardingError(f"{path} is not a plan: {error}") from error
        if len(plan.team) < 2:
            raise OnboardingError(f"{path} names {len(plan.team)} people, the service wants two")
        return plan


def onboard(plan: Plan, session: boto3.Session) -> str:
    """Create the membership or bring it up to date; return its id.

    Raises:
        OnboardingError: the organization has a membership elsewhere, or lacks a unit.
    """
    units = unit_ids(session.client("organizations"), plan.units)
    client = session.client("security-ir")
    membership = live_membership(client)
    features = [{"featureName": "Triage", "isEnabled": plan.proactive_response}]
    if membership is None:
        try:
            membership = client.create_membership(
                membershipName=plan.name, incidentResponseTeam=plan.team, optInFeatures=features
            )["membershipId"]
        except client.exceptions.ConflictException as error:
            other = error.response["resourceId"]
            raise OnboardingError(f"the organization has the membership {other} already") from error
    else:
        client.update_membership(
            membershipId=membership,
            membershipName=plan.name,
            incidentResponseTeam=plan.team,
            optInFeatures=features,
        )
    cover(client, membership, units)
    return membership


def live_membership(client: BaseClient) -> str | None:
    """Return the id of the account's membership that is not terminated."""
    for page in client.get_paginator("list_memberships").paginate():
        for item in page["items"]:
            if item["membershipStatus"] in LIVE:
                return str(item["membershipId"])
    return None


def unit_ids(organizations: BaseClient, names: list[str]) -> set[str]:
    """Return the ids of organizational units directly below the root."""
    (root,) = organizations.list_roots()["Roots"]
    pages = organizations.get_paginator("list_organizational_units_for_parent").paginate(
        ParentId=root["Id"]
    )
    found = {unit["Name"]: unit["Id"] for page in pages for unit in page["OrganizationalUnits"]}
    missing = sorted(set(names) - found.keys())
    if missing:
        raise OnboardingError(f"no unit {', '.join(missing)}; there are {', '.join(sorted(found))}")
    return {found[name] for name in names}


def cover(client: BaseClient, membership: str, units: set[str]) -> None:
    """Let a membership cover these units and no others."""
    shown = client.get_membership(membershipId=membership)
    covered = set(shown.get("membershipAccountsConfigurations", {}).get("organizationalUnits", ()))
    changes: dict[str, Any] = {
        "organizationalUnitsToAdd": sorted(units - covered),
        "organizationalUnitsToRemove": sorted(covered - units),
    }
    changes = {name: value for name, value in changes.items() if value}
    if changes:
        client.update_membership(
            membershipId=membership, membershipAccountsConfigurationsUpdate=changes
        )
