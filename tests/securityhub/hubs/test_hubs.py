"""Hubs: enabled, described, changed and disabled, each account and region by itself."""

import pytest

from tests.frozen_time import freeze_time
from tests.securityhub.samples import (
    ADMIN,
    IRELAND,
    MEMBER,
    NO_SUCH_RESOURCE,
    OHIO,
    accept,
    create,
    invite,
    refused,
    statuses,
)

NOT_SUBSCRIBED = f"Account {ADMIN} is not subscribed to AWS Security Hub"


@pytest.fixture
def standards():
    def enabled(client):
        found = client.get_enabled_standards()["StandardsSubscriptions"]
        return {one["StandardsArn"] for one in found}

    return enabled


@pytest.fixture
def without_hub(membership_mock):
    return membership_mock.client("securityhub", account=ADMIN, region=IRELAND)


@pytest.fixture
def enabled_member(admin, member):
    invite(admin, MEMBER)
    accept(member, ADMIN)
    return member


def test_enable_security_hub_answers_nothing(without_hub):
    answer = without_hub.enable_security_hub()
    assert list(answer) == ["ResponseMetadata"]


def test_enable_security_hub_subscribes_to_the_default_standards(admin, standards):
    assert standards(admin) == {
        f"arn:aws:securityhub:{IRELAND}::standards/aws-foundational-security-best-practices/v/1.0.0",
        "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0",
    }


def test_enable_security_hub_leaves_the_standards_out_on_request(hub, standards):
    assert standards(hub(ADMIN, EnableDefaultStandards=False)) == set()


def test_enable_security_hub_refuses_a_second_time(admin):
    assert refused(admin.enable_security_hub) == (
        "ResourceConflictException",
        409,
        "Account is already subscribed to Security Hub",
    )


def test_enable_security_hub_keeps_the_tags_on_the_hub(hub):
    client = hub(ADMIN, Tags={"team": "blue"})
    arn = client.describe_hub()["HubArn"]
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "blue"}


def test_a_refusal_has_message_and_code_in_its_body_too(admin):
    with pytest.raises(admin.exceptions.ResourceConflictException) as caught:
        admin.enable_security_hub()
    answer = caught.value.response
    assert answer["Message"] == "Account is already subscribed to Security Hub"
    assert answer["Code"] == "ResourceConflictException"


def test_enable_security_hub_refuses_a_control_finding_generator_that_is_none(without_hub):
    code, status, message = refused(without_hub.enable_security_hub, ControlFindingGenerator="BOTH")
    assert (code, status) == ("InvalidInputException", 400)
    assert "'ControlFindingGenerator'" in message
    assert refused(without_hub.describe_hub)[0] == "InvalidAccessException"


@freeze_time("2026-03-04T05:06:07.891Z")
def test_describe_hub_returns_what_the_hub_is_like(hub):
    answer = hub(ADMIN).describe_hub()
    del answer["ResponseMetadata"]
    assert answer == {
        "HubArn": f"arn:aws:securityhub:{IRELAND}:{ADMIN}:hub/default",
        "SubscribedAt": "2026-03-04T05:06:07.891Z",
        "AutoEnableControls": True,
        "ControlFindingGenerator": "SECURITY_CONTROL",
    }


def test_describe_hub_takes_the_arn_of_the_hub(admin):
    arn = admin.describe_hub()["HubArn"]
    assert admin.describe_hub(HubArn=arn)["HubArn"] == arn


def test_describe_hub_does_not_find_the_hub_of_another_account(admin, member):
    arn = member.describe_hub()["HubArn"]
    assert refused(admin.describe_hub, HubArn=arn)[:2] == ("ResourceNotFoundException", 404)


def test_describe_hub_refuses_an_account_without_a_hub(without_hub):
    assert refused(without_hub.describe_hub) == ("InvalidAccessException", 401, NOT_SUBSCRIBED)


def test_a_hub_is_enabled_in_one_region_only(admin, membership_mock):
    ohio = membership_mock.client("securityhub", account=ADMIN, region=OHIO)
    assert refused(ohio.describe_hub)[0] == "InvalidAccessException"


def test_a_hub_belongs_to_one_account_only(admin, membership_mock):
    stranger = membership_mock.client("securityhub", account=MEMBER, region=IRELAND)
    assert refused(stranger.describe_hub)[0] == "InvalidAccessException"


@pytest.mark.parametrize("partition_region", ["cn-north-1", "us-gov-west-1"])
def test_a_hub_carries_the_partition_of_its_region(hub, partition_region):
    arn = hub(ADMIN, partition_region).describe_hub()["HubArn"]
    assert (
        arn.split(":")[1]
        == {"cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"}[partition_region]
    )


def test_update_security_hub_configuration_changes_what_is_given(admin):
    admin.update_security_hub_configuration(AutoEnableControls=False)
    admin.update_security_hub_configuration(ControlFindingGenerator="STANDARD_CONTROL")
    answer = admin.describe_hub()
    assert answer["AutoEnableControls"] is False
    assert answer["ControlFindingGenerator"] == "STANDARD_CONTROL"


def test_update_security_hub_configuration_refuses_an_account_without_a_hub(without_hub):
    assert refused(without_hub.update_security_hub_configuration, AutoEnableControls=True) == (
        "InvalidAccessException",
        401,
        NOT_SUBSCRIBED,
    )


def test_a_member_shows_the_control_finding_generator_of_its_administrator(admin, enabled_member):
    admin.update_security_hub_configuration(ControlFindingGenerator="STANDARD_CONTROL")
    assert enabled_member.describe_hub()["ControlFindingGenerator"] == "STANDARD_CONTROL"


def test_a_member_cannot_change_the_control_finding_generator(enabled_member):
    assert refused(
        enabled_member.update_security_hub_configuration,
        AutoEnableControls=False,
        ControlFindingGenerator="STANDARD_CONTROL",
    ) == (
        "InvalidAccessException",
        401,
        f"Request contains configurations that cannot be updated by a member account {MEMBER}",
    )
    assert enabled_member.describe_hub()["AutoEnableControls"] is True


def test_disable_security_hub_ends_hub_and_standards(admin, hub, standards):
    admin.disable_security_hub()
    assert refused(admin.describe_hub)[0] == "InvalidAccessException"
    assert standards(hub(ADMIN, EnableDefaultStandards=False)) == set()


def test_disable_security_hub_refuses_an_account_without_a_hub(without_hub):
    assert refused(without_hub.disable_security_hub) == (
        "ResourceNotFoundException",
        404,
        "Account is not subscribed to Security Hub",
    )


def test_disable_security_hub_leaves_other_regions_alone(admin, hub):
    ohio = hub(ADMIN, OHIO)
    admin.disable_security_hub()
    assert ohio.describe_hub()["HubArn"].split(":")[3] == OHIO


def test_disable_security_hub_refuses_an_administrator_with_enabled_members(admin, enabled_member):
    assert refused(admin.disable_security_hub) == (
        "InvalidInputException",
        400,
        "Cannot disable Security Hub on the Security Hub administrator",
    )


def test_disable_security_hub_refuses_an_enabled_member(enabled_member):
    assert refused(enabled_member.disable_security_hub) == (
        "InvalidInputException",
        400,
        "Member account cannot disable Security Hub",
    )


def test_disable_security_hub_refuses_the_delegated_administrator(organization):
    client = organization.delegate(organization.account("security"))
    assert refused(client.disable_security_hub) == (
        "InvalidInputException",
        400,
        "Cannot disable Security Hub on the Security Hub administrator",
    )


def test_disable_security_hub_drops_the_list_and_withdraws_the_invitations(admin, member):
    create(admin, "555555555555")
    invite(admin, MEMBER)
    admin.disable_security_hub()
    assert member.list_invitations()["Invitations"] == []
    admin.enable_security_hub()
    assert statuses(admin) == {}


def test_disable_security_hub_of_an_invited_account_keeps_its_invitation(admin, member, hub):
    invite(admin, MEMBER)
    member.disable_security_hub()
    assert statuses(admin) == {MEMBER: "Invited"}
    assert refused(member.list_invitations)[2] == NO_SUCH_RESOURCE
    accept(hub(MEMBER), ADMIN)
    assert statuses(admin) == {MEMBER: "Enabled"}


def test_disable_security_hub_works_again_after_the_member_was_disassociated(admin, enabled_member):
    admin.disassociate_members(AccountIds=[MEMBER])
    enabled_member.disable_security_hub()
    admin.disable_security_hub()
    assert refused(enabled_member.describe_hub)[0] == "InvalidAccessException"
    assert refused(admin.describe_hub)[0] == "InvalidAccessException"
