"""Aggregators of Security Hub V2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.securityhub.samples import ADMIN, IRELAND, OHIO, refused
from tests.securityhub.v2.samples import FRANKFURT, LONDON, World

SPECIFIED = {"RegionLinkingMode": "SPECIFIED_REGIONS"}


def _create(client: Any, *regions: str, **arguments: Any) -> Any:
    answer = client.create_aggregator_v2(**SPECIFIED, LinkedRegions=list(regions), **arguments)
    answer.pop("ResponseMetadata")
    return answer


def test_an_aggregator_reads_back_as_it_was_created(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    created = _create(client, FRANKFURT, LONDON, Tags={"team": "blue"})
    arn = created["AggregatorV2Arn"]
    assert arn.startswith(f"arn:aws:securityhub:{IRELAND}:{ADMIN}:aggregatorv2/")
    assert created["AggregationRegion"] == IRELAND
    assert created["LinkedRegions"] == [FRANKFURT, LONDON]
    read = client.get_aggregator_v2(AggregatorV2Arn=arn)
    read.pop("ResponseMetadata")
    assert read == created
    assert client.list_aggregators_v2()["AggregatorsV2"] == [{"AggregatorV2Arn": arn}]
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "blue"}


def test_an_aggregator_is_changed_and_deleted(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    arn = _create(client, FRANKFURT)["AggregatorV2Arn"]
    changed = client.update_aggregator_v2(AggregatorV2Arn=arn, **SPECIFIED, LinkedRegions=[])
    assert changed["LinkedRegions"] == []
    client.delete_aggregator_v2(AggregatorV2Arn=arn)
    assert client.list_aggregators_v2()["AggregatorsV2"] == []
    assert refused(client.get_aggregator_v2, AggregatorV2Arn=arn) == (
        "ResourceNotFoundException",
        404,
        "Aggregator not found",
    )


def test_the_same_token_creates_one_aggregator(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    first = _create(client, FRANKFURT, ClientToken="once")
    assert _create(client, FRANKFURT, ClientToken="once") == first
    create = client.create_aggregator_v2
    arguments = {**SPECIFIED, "LinkedRegions": [LONDON], "ClientToken": "once"}
    assert refused(create, **arguments)[:2] == ("ConflictException", 409)


def test_an_account_has_one_aggregator_whatever_the_region(hub_v2: Callable[..., Any]) -> None:
    _create(hub_v2(ADMIN))
    elsewhere = hub_v2(ADMIN, FRANKFURT)
    code, status, _ = refused(elsewhere.create_aggregator_v2, **SPECIFIED, LinkedRegions=[])
    assert (code, status) == ("ConflictException", 409)


def test_other_linking_modes_and_wrong_regions_are_refused(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    create = client.create_aggregator_v2
    text = "RegionLinkingMode must be set to 'SPECIFIED_REGIONS'"
    assert refused(create, RegionLinkingMode="ALL_REGIONS") == ("ValidationException", 400, text)
    for regions in ([IRELAND], [FRANKFURT, FRANKFURT], ["atlantis"]):
        assert refused(create, **SPECIFIED, LinkedRegions=regions)[0] == "ValidationException"
    assert refused(create, **SPECIFIED)[2] == "LinkedRegions is required"
    assert client.list_aggregators_v2()["AggregatorsV2"] == []


def test_an_opt_in_region_cannot_be_home(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN, "eu-south-1")
    code, _, text = refused(client.create_aggregator_v2, **SPECIFIED, LinkedRegions=[])
    assert (code, "eu-south-1" in text) == ("ValidationException", True)


def test_outside_of_the_home_region_it_is_listed_and_nothing_else(
    hub_v2: Callable[..., Any],
) -> None:
    arn = _create(hub_v2(ADMIN), FRANKFURT)["AggregatorV2Arn"]
    elsewhere = hub_v2(ADMIN, OHIO)
    assert elsewhere.list_aggregators_v2()["AggregatorsV2"] == [{"AggregatorV2Arn": arn}]
    text = f"The current Region {OHIO} does not match the aggregation Region {IRELAND}"
    for call, arguments in (
        (elsewhere.get_aggregator_v2, {}),
        (elsewhere.update_aggregator_v2, {**SPECIFIED, "LinkedRegions": []}),
        (elsewhere.delete_aggregator_v2, {}),
    ):
        assert refused(call, AggregatorV2Arn=arn, **arguments) == ("ConflictException", 409, text)


def test_unknown_and_malformed_arns_are_told_apart(hub_v2: Callable[..., Any]) -> None:
    get = hub_v2(ADMIN).get_aggregator_v2
    unknown = f"arn:aws:securityhub:{IRELAND}:{ADMIN}:aggregatorv2/none"
    assert refused(get, AggregatorV2Arn=unknown)[0] == "ResourceNotFoundException"
    for malformed in ("none", unknown.replace("aggregatorv2", "hubv2")):
        assert refused(get, AggregatorV2Arn=malformed)[0] == "ValidationException"
    for service in ("guardduty", "iam"):
        of_another = unknown.replace("securityhub", service)
        assert refused(get, AggregatorV2Arn=of_another)[0] == "ValidationException"


def test_a_member_of_an_organization_has_no_aggregator(led: World) -> None:
    administrator, member = led.client(led.security), led.client(led.first)
    arn = _create(administrator, FRANKFURT)["AggregatorV2Arn"]
    create = member.create_aggregator_v2
    assert refused(create, **SPECIFIED, LinkedRegions=[])[:2] == ("AccessDeniedException", 403)
    assert member.list_aggregators_v2()["AggregatorsV2"] == []
    assert refused(member.get_aggregator_v2, AggregatorV2Arn=arn)[0] == "ResourceNotFoundException"
    assert refused(member.delete_aggregator_v2, AggregatorV2Arn=arn)[0] == "AccessDeniedException"


def test_disabling_the_hub_at_home_takes_the_aggregator_along(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    _create(client, FRANKFURT)
    client.disable_security_hub_v2()
    client.enable_security_hub_v2()
    assert client.list_aggregators_v2()["AggregatorsV2"] == []
