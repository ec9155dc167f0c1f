"""Associations of configuration policies: applied, inherited, and what their status says."""

import pytest

from tests.frozen_time import freeze_time
from tests.securityhub.central_configuration.central import (
    CIS,
    FSBP,
    MANAGEMENT,
    OFF,
    SELF_MANAGED,
    Central,
    code_of,
    on,
    target,
)
from tests.securityhub.samples import MEMBER, OTHER_ADMIN, accept, invite, statuses


@pytest.fixture
def central(membership_mock):
    return Central(membership_mock)


def test_start_association_answers_pending_and_without_a_message(central):
    policy_id = central.policy()

    with freeze_time("2026-03-01T12:00:00Z"):
        answer = central.apply(policy_id, central.workloads)

    answer.pop("ResponseMetadata")
    assert answer.pop("UpdatedAt").isoformat() == "2026-03-01T12:00:00+00:00"
    assert answer == {
        "ConfigurationPolicyId": policy_id,
        "TargetId": central.workloads,
        "TargetType": "ORGANIZATIONAL_UNIT",
        "AssociationType": "APPLIED",
        "AssociationStatus": "PENDING",
    }


def test_an_association_has_succeeded_at_the_next_look(central):
    policy_id = central.policy()
    central.apply(policy_id, central.workloads)

    found = central.association(central.workloads)

    assert found["AssociationStatus"] == "SUCCESS"
    assert found["AssociationStatusMessage"] == "Association applied successfully on this target."
    assert found["ConfigurationPolicyId"] == policy_id


def test_a_policy_can_be_named_by_its_arn(central):
    created = central.hub.create_configuration_policy(Name="policy", ConfigurationPolicy=on())

    answer = central.apply(created["Arn"], central.root)

    assert (answer["ConfigurationPolicyId"], answer["TargetType"]) == (created["Id"], "ROOT")


def test_self_managed_behavior_is_applied_without_a_message(central):
    account_id = central.account("alice")

    answer = central.apply(SELF_MANAGED, account_id)
    found = central.association(account_id)

    assert (answer["AssociationStatus"], answer["TargetType"]) == ("PENDING", "ACCOUNT")
    assert found["ConfigurationPolicyId"] == SELF_MANAGED
    assert found["AssociationStatus"] == "SUCCESS"
    assert "AssociationStatusMessage" not in found


def test_targets_inherit_from_the_closest_parent_that_has_a_configuration(central):
    everywhere, special = central.policy("everywhere"), central.policy("special")
    outside = central.account("outside")
    inside = central.account("inside", central.workloads)
    deep = central.account("deep", central.prod)
    own = central.account("own", central.prod)

    central.apply(everywhere, central.root)
    central.apply(special, central.workloads)
    central.apply(SELF_MANAGED, own)

    assert central.associations() == {
        central.root: (everywhere, "APPLIED", "FAILED"),  # the management account has no hub
        central.workloads: (special, "APPLIED", "SUCCESS"),
        central.prod: (special, "INHERITED", "SUCCESS"),
        MANAGEMENT: (everywhere, "INHERITED", "FAILED"),
        central.administrator: (everywhere, "INHERITED", "SUCCESS"),
        outside: (everywhere, "INHERITED", "SUCCESS"),
        inside: (special, "INHERITED", "SUCCESS"),
        deep: (special, "INHERITED", "SUCCESS"),
        own: (SELF_MANAGED, "APPLIED", "SUCCESS"),
    }


def test_self_managed_behavior_is_inherited_as_well(central):
    account_id = central.account("alice", central.prod)
    central.apply(central.policy(), central.root)

    central.apply(SELF_MANAGED, central.workloads)

    found = central.association(account_id)
    assert (found["ConfigurationPolicyId"], found["AssociationType"]) == (SELF_MANAGED, "INHERITED")


def test_a_new_association_takes_the_place_of_the_old_one(central):
    first, second = central.policy("first"), central.policy("second")
    central.apply(first, central.prod)

    central.apply(second, central.prod)

    assert central.association(central.prod)["ConfigurationPolicyId"] == second
    central.hub.delete_configuration_policy(Identifier=first)


def test_after_a_disassociation_the_target_inherits(central):
    everywhere, special = central.policy("everywhere"), central.policy("special")
    central.apply(everywhere, central.workloads)
    central.apply(special, central.prod)

    central.take_away(special, central.prod)

    found = central.association(central.prod)
    assert (found["ConfigurationPolicyId"], found["AssociationType"]) == (everywhere, "INHERITED")


def test_after_a_disassociation_without_a_parent_there_is_no_association(central):
    policy_id = central.policy()
    account_id = central.account("alice")
    central.apply(policy_id, account_id)

    central.take_away(policy_id, account_id)

    with pytest.raises(central.hub.exceptions.ResourceNotFoundException):
        central.association(account_id)
    assert central.associations() == {}


def test_only_what_was_applied_to_the_target_itself_can_be_taken_away(central):
    applied, other = central.policy("applied"), central.policy("other")
    central.apply(applied, central.workloads)

    for policy_id, target_id in (
        (other, central.workloads),
        (SELF_MANAGED, central.workloads),
        (applied, central.prod),
    ):
        with pytest.raises(central.hub.exceptions.ResourceNotFoundException):
            central.take_away(policy_id, target_id)
    assert central.association(central.workloads)["ConfigurationPolicyId"] == applied


def test_a_disassociation_without_a_target_is_refused(central):
    policy_id = central.policy()

    with pytest.raises(central.hub.exceptions.InvalidInputException):
        central.hub.start_configuration_policy_disassociation(
            ConfigurationPolicyIdentifier=policy_id
        )


def test_an_unknown_policy_cannot_be_associated(central):
    unknown = "a1b2c3d4-5678-90ab-cdef-111111111111"

    with pytest.raises(central.hub.exceptions.ResourceNotFoundException):
        central.apply(unknown, central.prod)
    with pytest.raises(central.hub.exceptions.ResourceNotFoundException):
        central.take_away(unknown, central.prod)
    assert central.associations() == {}


def test_a_target_outside_the_organization_is_not_found(central):
    policy_id = central.policy()

    for target_id in ("999999999999", "ou-abcd-12345678", "r-zzzz"):
        with pytest.raises(central.hub.exceptions.ResourceNotFoundException):
            central.apply(policy_id, target_id)
        with pytest.raises(central.hub.exceptions.ResourceNotFoundException):
            central.association(target_id)


@pytest.mark.parametrize(
    "malformed",
    [
        {"AccountId": "12345"},
        {"AccountId": "ou-abcd-12345678"},
        {"OrganizationalUnitId": "workloads"},
        {"OrganizationalUnitId": "123456789012"},
        {"RootId": "root"},
    ],
)
def test_a_malformed_target_is_refused(central, malformed):
    policy_id = central.policy()

    with pytest.raises(central.hub.exceptions.InvalidInputException):
        central.hub.start_configuration_policy_association(
            ConfigurationPolicyIdentifier=policy_id, Target=malformed
        )
    with pytest.raises(central.hub.exceptions.InvalidInputException):
        central.hub.get_configuration_policy_association(Target=malformed)


def test_a_policy_that_disables_security_hub_passes_the_administrator_by(central):
    policy_id = central.policy("off", configuration=OFF)

    with pytest.raises(central.hub.exceptions.InvalidInputException):
        central.apply(policy_id, central.administrator)
    central.apply(policy_id, central.root)

    assert central.administrator not in central.associations()
    central.hub.describe_hub()


def test_a_policy_of_the_administrator_cannot_be_changed_to_disable_security_hub(central):
    policy_id = central.policy()
    central.apply(policy_id, central.administrator)

    with pytest.raises(central.hub.exceptions.InvalidInputException):
        central.hub.update_configuration_policy(Identifier=policy_id, ConfigurationPolicy=OFF)

    assert central.hub.get_configuration_policy(Identifier=policy_id)["ConfigurationPolicy"] == on(
        FSBP
    )


def test_the_association_of_a_management_account_without_a_hub_fails(central):
    policy_id = central.policy()
    central.apply(policy_id, MANAGEMENT)

    found = central.association(MANAGEMENT)

    assert found["AssociationStatus"] == "FAILED"
    assert found["AssociationStatusMessage"] == (
        f"Configuration Policy {policy_id} couldn't be applied to account {MANAGEMENT} in eu-west-1"
        " Region. The management account must enable Security Hub first."
    )


def test_a_management_account_without_a_hub_in_a_linked_region_lets_no_association_fail(central):
    policy_id = central.policy()
    central.client(MANAGEMENT).enable_security_hub(EnableDefaultStandards=False)

    central.apply(policy_id, central.root)

    assert central.association(central.root)["AssociationStatus"] == "SUCCESS"
    assert central.association(MANAGEMENT)["AssociationStatus"] == "SUCCESS"
    assert central.members()[MANAGEMENT] == "Enabled"
    assert MANAGEMENT not in central.members("eu-west-2")


def test_the_association_of_a_management_account_succeeds_once_it_has_its_hubs(central):
    policy_id = central.policy()
    central.apply(policy_id, MANAGEMENT)
    for region in ("eu-west-1", "eu-west-2"):
        central.client(MANAGEMENT, region).enable_security_hub(EnableDefaultStandards=False)

    assert central.association(MANAGEMENT)["AssociationStatus"] == "FAILED"
    central.apply(policy_id, MANAGEMENT)

    assert central.association(MANAGEMENT)["AssociationStatus"] == "SUCCESS"
    assert central.members()[MANAGEMENT] == "Enabled"


def test_the_association_of_a_suspended_account_fails(central):
    account_id = central.account("alice", central.prod)
    central.organizations.close_account(AccountId=account_id)

    central.apply(central.policy(), account_id)

    found = central.association(account_id)
    assert found["AssociationStatus"] == "FAILED"
    assert found["AssociationStatusMessage"].endswith(" Region. The account is suspended.")


def test_the_association_of_an_account_with_another_administrator_fails(central):
    account_id = central.account("alice", central.prod)
    other, alice = central.client("999999999999"), central.client(account_id)
    other.enable_security_hub()
    alice.enable_security_hub()
    other.create_members(AccountDetails=[{"AccountId": account_id}])
    other.invite_members(AccountIds=[account_id])
    invitation = alice.list_invitations()["Invitations"][0]
    alice.accept_administrator_invitation(
        AdministratorId="999999999999", InvitationId=invitation["InvitationId"]
    )

    central.apply(central.policy(), account_id)

    found = central.association(account_id)
    assert found["AssociationStatus"] == "FAILED"
    assert found["AssociationStatusMessage"].endswith(
        " Region. The account is a member account of another administrator account."
    )
    assert alice.get_administrator_account()["Administrator"]["AccountId"] == "999999999999"


def test_a_unit_and_the_root_fail_with_what_is_below_them(central):
    account_id = central.account("alice", central.prod)
    central.organizations.close_account(AccountId=account_id)
    for region in ("eu-west-1", "eu-west-2"):
        central.client(MANAGEMENT, region).enable_security_hub(EnableDefaultStandards=False)

    central.apply(central.policy(), central.root)

    assert central.association(central.prod)["AssociationStatusMessage"] == (
        "One or more children under this target failed association."
    )
    assert central.association(central.root)["AssociationStatusMessage"] == (
        "Policy association failed because 3 organizational units or accounts under this root"
        " failed."
    )


def test_an_applied_unit_keeps_its_status_until_it_is_associated_again(central):
    policy_id = central.policy()
    account_id = central.account("alice", central.workloads)
    central.organizations.close_account(AccountId=account_id)
    central.apply(policy_id, central.workloads)
    central.move(account_id, central.workloads, central.root)

    assert central.association(central.workloads)["AssociationStatus"] == "FAILED"
    central.apply(policy_id, central.workloads)

    assert central.association(central.workloads)["AssociationStatus"] == "SUCCESS"


def test_list_associations_filters_by_policy_type_and_status(central):
    first, second = central.policy("first"), central.policy("second")
    account_id = central.account("alice", central.prod)
    central.apply(first, central.workloads)
    central.apply(second, MANAGEMENT)
    arn = central.hub.get_configuration_policy(Identifier=first)["Arn"]

    assert set(central.associations()) == {central.workloads, central.prod, account_id, MANAGEMENT}
    assert set(central.associations(ConfigurationPolicyId=second)) == {MANAGEMENT}
    assert set(central.associations(ConfigurationPolicyId=arn)) == {
        central.workloads,
        central.prod,
        account_id,
    }
    assert set(central.associations(AssociationType="APPLIED")) == {central.workloads, MANAGEMENT}
    assert set(central.associations(AssociationStatus="FAILED")) == {MANAGEMENT}
    assert central.associations(AssociationStatus="FAILED", AssociationType="INHERITED") == {}


def test_list_associations_shows_the_root_first_then_units_then_accounts(central):
    account_id = central.account("alice", central.prod)
    central.apply(central.policy(), central.root)

    paginator = central.hub.get_paginator("list_configuration_policy_associations")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 2}))

    shown = [
        each["TargetType"]
        for page in pages
        for each in page["ConfigurationPolicyAssociationSummaries"]
    ]
    assert shown == ["ROOT", "ORGANIZATIONAL_UNIT", "ORGANIZATIONAL_UNIT"] + ["ACCOUNT"] * 3
    assert account_id in central.associations()


def test_batch_get_associations_returns_what_there_is_and_says_what_there_is_not(central):
    policy_id = central.policy()
    central.apply(policy_id, central.prod)

    answer = central.hub.batch_get_configuration_policy_associations(
        ConfigurationPolicyAssociationIdentifiers=[
            {"Target": target(central.workloads)},
            {"Target": target(central.prod)},
            {"Target": {"AccountId": "nobody"}},
        ]
    )

    (found,) = answer["ConfigurationPolicyAssociations"]
    assert (found["TargetId"], found["ConfigurationPolicyId"]) == (central.prod, policy_id)
    unprocessed = answer["UnprocessedConfigurationPolicyAssociations"]
    assert [
        (each["ConfigurationPolicyAssociationIdentifiers"], each["ErrorCode"])
        for each in unprocessed
    ] == [
        ({"Target": target(central.workloads)}, "404"),
        ({"Target": {"AccountId": "nobody"}}, "400"),
    ]
    assert all(each["ErrorReason"] for each in unprocessed)


def test_the_instant_of_an_inherited_association_is_when_the_account_was_configured(central):
    with freeze_time("2026-03-01T12:00:00Z") as clock:
        central.apply(central.policy(configuration=on(CIS)), central.workloads)
        clock.move_to("2026-03-05T12:00:00Z")
        account_id = central.account("alice", central.workloads)
        clock.move_to("2026-03-06T12:00:00Z")
        found = central.association(account_id)

    assert found["UpdatedAt"].isoformat() == "2026-03-05T12:00:00+00:00"


def test_an_account_that_was_never_configured_has_no_association(central):
    with pytest.raises(central.hub.exceptions.ResourceNotFoundException) as refused:
        central.association(central.administrator)
    assert code_of(refused) == "ResourceNotFoundException"


def test_batch_get_associations_says_400_of_a_target_that_the_organization_does_not_have(central):
    (unprocessed,) = central.hub.batch_get_configuration_policy_associations(
        ConfigurationPolicyAssociationIdentifiers=[{"Target": {"RootId": "r-f6g7h8i9j0example"}}]
    )["UnprocessedConfigurationPolicyAssociations"]

    assert unprocessed == {
        "ConfigurationPolicyAssociationIdentifiers": {"Target": {"RootId": "r-f6g7h8i9j0example"}},
        "ErrorCode": "400",
        "ErrorReason": "You do not have sufficient access to perform this action.",
    }


def test_a_policy_without_security_hub_fails_for_a_member_of_another_administrator(central):
    account_id = central.account("somebody's")
    stranger, member = central.client(OTHER_ADMIN), central.client(account_id)
    for client in (stranger, member):
        client.enable_security_hub()
    invite(stranger, account_id)
    accept(member, OTHER_ADMIN)

    central.apply(central.policy(configuration=OFF), account_id)

    assert central.association(account_id)["AssociationStatus"] == "FAILED"
    assert member.describe_hub()["HubArn"].endswith(f":{account_id}:hub/default")
    assert statuses(stranger) == {account_id: "Enabled"}


def test_a_policy_without_security_hub_fails_for_the_administrator_of_others(central):
    account_id = central.account("leader")
    leader, follower = central.client(account_id), central.client(MEMBER)
    for client in (leader, follower):
        client.enable_security_hub()
    invite(leader, MEMBER)
    accept(follower, account_id)

    central.apply(central.policy(configuration=OFF), account_id)

    assert central.association(account_id)["AssociationStatus"] == "FAILED"
    assert follower.get_administrator_account()["Administrator"]["AccountId"] == account_id
