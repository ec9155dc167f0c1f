"""The tags of hubs and configuration policies."""

import pytest
from botocore.exceptions import ClientError

from membership_mock.engine.protocol import fit
from tests.securityhub.central_configuration.central import HOME, LINKED, Central, code_of, on

ALICE = "111111111111"
BOB = "222222222222"


@pytest.fixture
def hub(membership_mock):
    client = membership_mock.client("securityhub", account=ALICE, region="eu-west-1")
    client.enable_security_hub(Tags={"team": "blue"})
    return client


def arn_of(client):
    return client.describe_hub()["HubArn"]


def tags(client, arn):
    return client.list_tags_for_resource(ResourceArn=arn)["Tags"]


def test_tags_of_enable_security_hub_sit_on_the_hub(hub):
    assert tags(hub, arn_of(hub)) == {"team": "blue"}


def test_tag_resource_adds_tags_and_replaces_equal_keys(hub):
    hub.tag_resource(ResourceArn=arn_of(hub), Tags={"team": "red", "stage": "prod"})

    assert tags(hub, arn_of(hub)) == {"team": "red", "stage": "prod"}


def test_untag_resource_removes_tags_and_ignores_absent_keys(hub):
    hub.tag_resource(ResourceArn=arn_of(hub), Tags={"stage": "prod"})

    hub.untag_resource(ResourceArn=arn_of(hub), TagKeys=["team", "nothing"])

    assert tags(hub, arn_of(hub)) == {"stage": "prod"}


def test_policies_are_tagged_like_hubs(membership_mock):
    central = Central(membership_mock)
    created = central.hub.create_configuration_policy(
        Name="policy", ConfigurationPolicy=on(), Tags={"team": "blue"}
    )

    central.hub.tag_resource(ResourceArn=created["Arn"], Tags={"stage": "prod"})

    assert tags(central.hub, created["Arn"]) == {"team": "blue", "stage": "prod"}


def test_a_policy_has_its_tags_in_the_home_region_only(membership_mock):
    central = Central(membership_mock)
    created = central.hub.create_configuration_policy(
        Name="policy", ConfigurationPolicy=on(), Tags={"team": "blue"}
    )
    elsewhere = central.client(central.administrator, LINKED)

    for arn in (created["Arn"], created["Arn"].replace(HOME, LINKED)):
        with pytest.raises(elsewhere.exceptions.ResourceNotFoundException):
            tags(elsewhere, arn)


def test_an_unknown_or_foreign_resource_is_not_found(hub, membership_mock):
    bob = membership_mock.client("securityhub", account=BOB, region="eu-west-1")
    bob.enable_security_hub(Tags={"team": "green"})

    for arn in (
        arn_of(bob),
        arn_of(hub).replace("eu-west-1", "us-east-1"),
        f"arn:aws:securityhub:eu-west-1:{ALICE}:configuration-policy/nothing",
    ):
        for call in (
            lambda arn=arn: hub.list_tags_for_resource(ResourceArn=arn),
            lambda arn=arn: hub.tag_resource(ResourceArn=arn, Tags={"team": "red"}),
            lambda arn=arn: hub.untag_resource(ResourceArn=arn, TagKeys=["team"]),
        ):
            with pytest.raises(hub.exceptions.ResourceNotFoundException):
                call()
    assert tags(bob, arn_of(bob)) == {"team": "green"}


@pytest.mark.parametrize(
    "bad",
    [{"aws:team": "blue"}, {"te am": "blue"}, {"team": "b" * 257}, {"t" * 129: "blue"}],
)
def test_a_tag_outside_the_models_constraints_is_refused(hub, bad):
    with pytest.raises(ClientError) as refused:
        hub.tag_resource(ResourceArn=arn_of(hub), Tags=bad)

    assert code_of(refused) == "InvalidInputException"
    assert tags(hub, arn_of(hub)) == {"team": "blue"}


def test_a_resource_has_fifty_tags_at_the_most(hub):
    hub.tag_resource(ResourceArn=arn_of(hub), Tags={f"key{n}": "v" for n in range(49)})

    with pytest.raises(hub.exceptions.InvalidInputException):
        hub.tag_resource(ResourceArn=arn_of(hub), Tags={"one-more": "v"})
    hub.tag_resource(ResourceArn=arn_of(hub), Tags={"team": "red"})

    assert len(tags(hub, arn_of(hub))) == 50


def test_a_hub_that_is_enabled_again_has_no_old_tags(hub):
    hub.disable_security_hub()
    hub.enable_security_hub(Tags={"stage": "prod"})

    assert tags(hub, arn_of(hub)) == {"stage": "prod"}


def test_the_tagging_api_finds_hubs_and_policies(membership_mock):
    central = Central(membership_mock)
    created = central.hub.create_configuration_policy(
        Name="policy", ConfigurationPolicy=on(), Tags={"team": "blue"}
    )
    central.hub.tag_resource(ResourceArn=arn_of(central.hub), Tags={"team": "blue"})
    api = membership_mock.client(
        "resourcegroupstaggingapi", account=central.administrator, region=HOME
    )

    found = api.get_resources(TagFilters=[{"Key": "team", "Values": ["blue"]}])

    assert {each["ResourceARN"] for each in found["ResourceTagMappingList"]} == {
        created["Arn"],
        arn_of(central.hub),
    }


def test_a_resource_without_tags_has_an_empty_map(membership_mock, monkeypatch):
    # the shape says at least one tag, but clients of the service look into the map without asking
    monkeypatch.setattr(fit, "misfits", lambda *_, **__: [])
    client = membership_mock.client("securityhub", account=BOB, region="eu-west-1")
    client.enable_security_hub()

    assert tags(client, arn_of(client)) == {}
