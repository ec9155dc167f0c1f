"""The hub of Security Hub V2: independent of the older one, with features and free trials."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, refused
from tests.securityhub.v2.samples import ALONE, World

NOT_SUBSCRIBED = ("ResourceNotFoundException", 404, "You are not subscribed to HubV2")


def test_the_two_services_are_enabled_independently(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    client.enable_security_hub()
    assert refused(client.describe_security_hub_v2) == NOT_SUBSCRIBED
    client.enable_security_hub_v2()
    client.disable_security_hub()
    assert client.describe_security_hub_v2()["HubV2Arn"].startswith("arn:aws:securityhub:")
    assert refused(client.describe_hub)[0] == "InvalidAccessException"


def test_a_hub_is_described_as_it_was_enabled(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN, Tags={"team": "blue"})
    hub = client.describe_security_hub_v2()
    prefix = f"arn:aws:securityhub:{IRELAND}:{ADMIN}:hubv2/"
    assert hub["HubV2Arn"].startswith(prefix)
    assert hub["SubscribedAt"].endswith("Z")
    assert client.list_tags_for_resource(ResourceArn=hub["HubV2Arn"])["Tags"] == {"team": "blue"}


def test_enabling_again_changes_nothing(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN, Tags={"team": "blue"})
    first = client.describe_security_hub_v2()
    assert client.enable_security_hub_v2(Tags={"team": "red"})["HubV2Arn"] == first["HubV2Arn"]
    assert client.list_tags_for_resource(ResourceArn=first["HubV2Arn"])["Tags"] == {"team": "blue"}


def test_a_hub_that_is_enabled_anew_has_another_arn(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    first = client.describe_security_hub_v2()["HubV2Arn"]
    client.disable_security_hub_v2()
    client.disable_security_hub_v2()
    assert client.enable_security_hub_v2()["HubV2Arn"] != first


def test_a_region_knows_nothing_of_the_hub_in_another(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    hub_v2(ADMIN)
    elsewhere = membership_mock.client("securityhub", account=ADMIN, region=OHIO)
    assert refused(elsewhere.describe_security_hub_v2) == NOT_SUBSCRIBED


def test_operations_without_a_hub_say_so(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    text = f"Security Hub V2 is not enabled for {ADMIN}"
    assert refused(client.list_aggregators_v2) == ("ConflictException", 409, text)


@pytest.mark.newest_model
def test_features_are_switched_and_keep_their_time(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    def network_scanning() -> Any:
        return client.describe_security_hub_v2()["Features"]["NETWORK_SCANNING"]

    membership_mock.clock.freeze("2026-03-01T00:00:00Z")
    client = hub_v2(ADMIN)
    before = network_scanning()
    assert before["FeatureStatus"] == "DISABLED"
    membership_mock.clock.advance(days=1)
    client.enable_security_hub_feature_v2(FeatureName="NETWORK_SCANNING")
    switched = network_scanning()
    membership_mock.clock.advance(days=1)
    client.enable_security_hub_feature_v2(FeatureName="NETWORK_SCANNING")
    assert network_scanning() == switched
    assert switched["FeatureStatus"] == "ENABLED"
    assert switched["UpdatedAt"] - before["UpdatedAt"] == timedelta(days=1)
    client.disable_security_hub_feature_v2(FeatureName="NETWORK_SCANNING")
    assert network_scanning()["FeatureStatus"] == "DISABLED"


@pytest.mark.newest_model
def test_features_need_a_hub_and_a_known_name(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    switch = client.enable_security_hub_feature_v2
    assert refused(switch, FeatureName="NETWORK_SCANNING") == NOT_SUBSCRIBED
    client = hub_v2(ADMIN)
    code, status, text = refused(switch, FeatureName="TELEPATHY")
    assert (code, status) == ("ValidationException", 400)
    assert text == "FeatureName must be one of: NETWORK_SCANNING"


# --- free trials ---


def _trials(client: Any, **arguments: Any) -> Any:
    answer = client.list_free_trial_statuses_v2(**arguments)
    return {
        one["AccountId"]: [each["Status"] for each in one["FreeTrialStatuses"]]
        for one in answer["AccountFreeTrialStatuses"]
    }


@pytest.mark.newest_model
def test_a_free_trial_lasts_thirty_days_and_is_remembered(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    client = membership_mock.client("securityhub", account=ALONE, region=IRELAND)
    assert _trials(client) == {ALONE: []}
    hub_v2(ALONE)
    assert _trials(client) == {ALONE: ["ACTIVE"]}
    client.disable_security_hub_v2()
    membership_mock.clock.advance(days=30)
    client.enable_security_hub_v2()
    assert _trials(client) == {ALONE: ["INACTIVE"]}
    assert _trials(client, Statuses=["ACTIVE"]) == {ALONE: []}


@pytest.mark.newest_model
def test_the_administrator_sees_the_free_trials_of_the_organization(led: World) -> None:
    led.client(led.first)
    administrator = led.client(led.security)
    found = _trials(administrator)
    assert found[led.first] == ["ACTIVE"]
    assert found[led.second] == []
    assert _trials(administrator, AccountIds=[led.second]) == {led.second: []}


@pytest.mark.newest_model
def test_others_see_their_own_free_trial_only(led: World, membership_mock: Any) -> None:
    member = led.client(led.first)
    code, status, text = refused(member.list_free_trial_statuses_v2, AccountIds=[led.second])
    assert (code, status) == ("ValidationException", 400)
    assert text.startswith("Organization not found: 'o-")
    stranger = membership_mock.client("securityhub", account=ALONE, region=IRELAND)
    assert refused(stranger.list_free_trial_statuses_v2, AccountIds=[MEMBER])[:2] == (
        "AccessDeniedException",
        403,
    )
