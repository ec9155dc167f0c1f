"""Central configuration of a large organization, in all regions."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from moto.organizations.models import FakeOrganizationalUnit, organizations_backends

from membership_mock import mock_membership
from tests.benchmarks.filling import MANAGEMENT, REGION, lister
from tests.benchmarks.measuring import Effort, Figure, Row, require
from tests.benchmarks.organizations import delegate, new_organization

#: accounts in each unit
IN_UNIT = 10
FSBP = f"arn:aws:securityhub:{REGION}::standards/aws-foundational-security-best-practices/v/1.0.0"


def _policy(*standards: str) -> dict[str, Any]:
    return {
        "SecurityHub": {
            "ServiceEnabled": True,
            "EnabledStandardIdentifiers": list(standards),
            "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []},
        }
    }


def slowest_call(effort: Effort) -> Figure:
    """Measure the calls of central configuration; the figure is that of the slowest.

    The rounds are in one world, and the best one of each call counts: the first use of a service
    reads its catalogues.
    """
    with mock_membership():
        size = effort.lengths[-1] - 1  # the administrator can have no more members
        calls = _calls(new_organization(MANAGEMENT, size))
        best: dict[str, float] = {}
        for _ in range(3):
            for name, call in calls.items():
                start = time.process_time_ns()
                call()
                taken = (time.process_time_ns() - start) / 1000
                best[name] = min(taken, best.get(name, taken))
    slowest = max(best, key=lambda name: best[name])
    return Figure(best[slowest] / 1000, "ms", {f"{size:,} accounts, {slowest}": best[slowest]})


def _calls(accounts: list[str]) -> dict[str, Callable[[], Any]]:
    """Return what is measured, in this order."""
    backend = organizations_backends[MANAGEMENT]["aws"]
    root = backend.org.root_id
    units = [
        FakeOrganizationalUnit(backend.org, Name=f"unit {number}", ParentId=root)
        for number in range(len(accounts) // IN_UNIT + 1)
    ]
    backend.ou += units
    for place, account in enumerate(each for each in backend.accounts if each.id in set(accounts)):
        account.parent_id = units[place // IN_UNIT].id
    admin = delegate(MANAGEMENT, accounts[0], REGION)
    admin.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    admin.update_organization_configuration(
        AutoEnable=False, OrganizationConfiguration={"ConfigurationType": "CENTRAL"}
    )
    policies = [
        admin.create_configuration_policy(Name=f"policy{number}", ConfigurationPolicy=each)["Id"]
        for number, each in enumerate([_policy(FSBP), _policy()])
    ]
    target, unit = {"RootId": root}, {"OrganizationalUnitId": units[1].id}
    organizations = lister("organizations", MANAGEMENT)
    member = lister("securityhub", accounts[-1], REGION)

    def start(policy_id: str, target: dict[str, str]) -> Callable[[], Any]:
        return lambda: admin.start_configuration_policy_association(
            ConfigurationPolicyIdentifier=policy_id, Target=target
        )

    def end(policy_id: str, target: dict[str, str]) -> Callable[[], Any]:
        return lambda: admin.start_configuration_policy_disassociation(
            ConfigurationPolicyIdentifier=policy_id, Target=target
        )

    def move(start: str, end: str) -> Callable[[], Any]:
        return lambda: organizations.move_account(
            AccountId=accounts[1], SourceParentId=start, DestinationParentId=end
        )

    def failed() -> None:
        answer = admin.list_configuration_policy_associations(
            Filters={"AssociationStatus": "FAILED"}
        )
        # the management account has no hub
        found = [each["TargetId"] for each in answer["ConfigurationPolicyAssociationSummaries"]]
        require(MANAGEMENT in found, f"{found} have failed")

    return {
        "StartConfigurationPolicyAssociation": start(policies[0], target),
        "ListMembers": lambda: admin.list_members(MaxResults=50),
        "DescribeHub": member.describe_hub,
        "GetFindings": admin.get_findings,
        "UpdateConfigurationPolicy": lambda: admin.update_configuration_policy(
            Identifier=policies[0], ConfigurationPolicy=_policy(FSBP)
        ),
        "GetMembers": lambda: admin.get_members(AccountIds=accounts[-50:]),
        "StartConfigurationPolicyAssociation, another": start(policies[1], target),
        "StartConfigurationPolicyAssociation, a unit": start(policies[0], unit),
        "ListConfigurationPolicyAssociations": admin.list_configuration_policy_associations,
        "ListConfigurationPolicyAssociations, failed": failed,
        "GetConfigurationPolicyAssociation": lambda: admin.get_configuration_policy_association(
            Target=unit
        ),
        "MoveAccount": move(units[0].id, units[1].id),
        "MoveAccount, back": move(units[1].id, units[0].id),
        "StartConfigurationPolicyDisassociation, a unit": end(policies[0], unit),
        "StartConfigurationPolicyDisassociation": end(policies[1], target),
        "DescribeOrganizationConfiguration": admin.describe_organization_configuration,
    }


ROWS = [
    Row(
        "central configuration of many accounts in all regions, the slowest call", 100, slowest_call
    )
]
