"""What reads and changes of associations cost, as an organization grows."""

import sys

import pytest

from membership_mock.engine import running
from tests.securityhub.central_configuration.central import HOME, on, target


def steps(action):
    """Return how many functions were called by an action."""
    count = 0

    def follow(frame, event, argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(follow)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def administer(membership_mock, units, below):
    """Return the organization, its administrator's client and a policy that the root follows."""
    tree = {f"unit{unit}": [f"a{unit}-{each}" for each in range(below)] for unit in range(units)}
    organization = membership_mock.organization({**tree, "security": None})
    management = organization.client("securityhub", organization.management, region=HOME)
    administrator = organization["security"]
    management.enable_organization_admin_account(AdminAccountId=administrator)
    hub = organization.client("securityhub", administrator, region=HOME)
    hub.create_finding_aggregator(RegionLinkingMode="NO_REGIONS")
    hub.update_organization_configuration(
        AutoEnable=False, OrganizationConfiguration={"ConfigurationType": "CENTRAL"}
    )
    policy_id = hub.create_configuration_policy(Name="policy", ConfigurationPolicy=on())["Id"]
    hub.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=policy_id, Target=target(organization.root_id)
    )
    return organization, hub, policy_id


LOOKS = {
    "a page of the list": lambda organization, hub, policy_id: (
        hub.list_configuration_policy_associations(MaxResults=10)
    ),
    "a page of those that failed": lambda organization, hub, policy_id: (
        hub.list_configuration_policy_associations(Filters={"AssociationStatus": "FAILED"})
    ),
    "one association": lambda organization, hub, policy_id: (
        hub.get_configuration_policy_association(Target=target(organization.root_id))
    ),
    "a batch of associations": lambda organization, hub, policy_id: (
        hub.batch_get_configuration_policy_associations(
            ConfigurationPolicyAssociationIdentifiers=[
                {"Target": target(organization.unit(f"unit{unit}"))} for unit in range(10)
            ]
        )
    ),
    "an association with the root": lambda organization, hub, policy_id: (
        hub.start_configuration_policy_association(
            ConfigurationPolicyIdentifier=policy_id, Target=target(organization.root_id)
        )
    ),
    "a move, there and back": lambda organization, hub, policy_id: (
        organization.move("a0-0", "unit1"),
        organization.move("a0-0", "unit0"),
    ),
}


@pytest.mark.parametrize("what", LOOKS)
def test_reads_and_changes_grow_no_faster_than_the_organization(membership_mock, what):
    look = LOOKS[what]
    costs = []
    for units in (10, 40):
        membership_mock.reset()
        given = administer(membership_mock, units, 4)
        look(*given)
        costs.append(steps(lambda given=given: look(*given)))
    few, many = costs
    assert many < 5 * few


def test_the_accounts_below_units_are_found_however_deep_the_units_lie(membership_mock):
    deep = {"top": {f"u{unit}": {"low": [f"a{unit}"]} for unit in range(3)}, "b": ["b1"]}
    organization = membership_mock.organization(deep)
    read = running.require().world.organization_of(organization.management, "aws")

    below = read.accounts_below([organization.unit("top/u1"), organization.unit("b")])

    assert set(below) == {organization["a1"], organization["b1"]}
    assert read.accounts_below([]) == []
    assert set(read.accounts_below([read.root_id])) == set(read.accounts)
