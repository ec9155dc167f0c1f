"""The parameters of endpoint rules are those that botocore finds."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.context import get_context, start_as_current_context
from botocore.regions import EndpointRulesetResolver
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock import mock_membership
from membership_mock.engine.adapters import endpoint_rules
from membership_mock.engine.moto.patches import Patches
from tests.engine.adapters.shape_models import is_run, outcome

OWN = EndpointRulesetResolver._get_provider_params

SERVICES = [
    "security-ir",
    "securityhub",
    "cleanrooms",
    "sts",
    "iam",
    "organizations",
    "s3",
    "s3control",
    "dynamodb",
    "events",
]

CONFIGURATIONS = [
    pytest.param({}, id="nothing"),
    pytest.param({"endpoint_url": "https://proxy.example:8443/base"}, id="another endpoint"),
    pytest.param({"config": Config(use_fips_endpoint=True)}, id="FIPS"),
    pytest.param({"config": Config(use_dualstack_endpoint=True)}, id="dual stack"),
    pytest.param({"use_ssl": False}, id="without TLS"),
    pytest.param({"region_name": "cn-north-1"}, id="China"),
    pytest.param({"region_name": "aws-global"}, id="no region"),
    pytest.param({"config": Config(account_id_endpoint_mode="disabled")}, id="no account ids"),
]

S3_CONFIGURATIONS = [
    {},
    {"addressing_style": "path"},
    {"addressing_style": "virtual"},
    {"use_accelerate_endpoint": True},
    {"use_arn_region": False},
    {"us_east_1_regional_endpoint": "legacy"},
]

BUCKETS = [
    "evidence",
    "Evidence.With.Dots",
    "under_score",
    "directory--use1-az4--x-s3",
    "arn:aws:s3:us-west-2:111122223333:accesspoint/point",
    "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap",
    "arn:aws:s3-outposts:eu-west-1:111122223333:outpost/op-1/accesspoint/point",
    "arn:aws:s3",
]


def client_of(service: str, **options: Any) -> Any:
    session = boto3.Session(
        "111122223333", "testing", region_name="eu-west-1", aws_account_id="111122223333"
    )
    return session.client(service, **options)


def found(find: Any, client: Any, operation: str, parameters: Any) -> str:
    """Return the parameters of the rules, and the features that are noted on the way."""
    model = client.meta.service_model.operation_model(operation)

    def call() -> Any:
        with start_as_current_context():
            given = find(client._ruleset_resolver, model, parameters, {})
            return given, sorted(get_context().features)

    return outcome(call)


def endpoint(client: Any, operation: str, parameters: Any) -> str:
    model = client.meta.service_model.operation_model(operation)
    context: dict[str, Any] = {}
    return outcome(lambda: (client._resolve_endpoint_ruleset(model, parameters, context), context))


def by_botocore(call: Any) -> Any:
    """Return what a call returns while botocore finds the parameters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EndpointRulesetResolver, "_get_provider_params", OWN)
        return call()


@pytest.mark.usefixtures("membership_mock")
@pytest.mark.parametrize("options", CONFIGURATIONS)
@pytest.mark.parametrize("service", SERVICES)
def test_the_parameters_of_every_operation_are_those_of_botocore(
    service: str, options: dict[str, Any]
) -> None:
    try:
        client = client_of(service, **options)
    except Exception as error:  # noqa: BLE001
        pytest.skip(f"botocore has no such client: {error}")
    for operation in client.meta.service_model.operation_names:
        for parameters in ({}, {"Bucket": "evidence", "TableName": "table", "AccountId": "1"}):
            own = found(OWN, client, operation, parameters)
            for _ in range(2):
                quick = EndpointRulesetResolver._get_provider_params
                assert found(quick, client, operation, parameters) == own
            usual = endpoint(client, operation, parameters)
            assert usual == by_botocore(lambda: endpoint(client, operation, parameters))  # noqa: B023


@pytest.mark.usefixtures("membership_mock")
def test_the_endpoint_of_any_bucket_is_that_of_botocore() -> None:
    clients = [
        client_of("s3", region_name=region, config=Config(s3=settings_of_s3))
        for region in ("us-east-1", "eu-west-1", "cn-north-1")
        for settings_of_s3 in S3_CONFIGURATIONS
    ]

    @settings(max_examples=150, deadline=None)
    @given(
        client=st.sampled_from(clients),
        operation=st.sampled_from(["GetObject", "PutObject", "ListObjectsV2", "DeleteObjects"]),
        bucket=st.sampled_from(BUCKETS) | st.text(max_size=20),
        key=st.text(max_size=5),
    )
    def check(client: Any, operation: str, bucket: str, key: str) -> None:
        parameters = {"Bucket": bucket, "Key": key}
        quick = endpoint(client, operation, parameters)
        assert quick == by_botocore(lambda: endpoint(client, operation, parameters))

    check()


def urls_sent_by(client: Any) -> list[str]:
    seen: list[str] = []
    client.meta.events.register("before-send", lambda request, **_: seen.append(request.url))
    return seen


def test_a_handler_may_change_the_built_in_parameters_of_each_call(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", region="us-east-1")
    other = membership_mock.client("securityhub", region="us-east-1")
    client.enable_security_hub()
    seen, seen_by_other = urls_sent_by(client), urls_sent_by(other)
    client.describe_hub()

    def use_fips(builtins: dict[str, Any], **_: Any) -> None:
        builtins["AWS::UseFIPS"] = True

    event = "before-endpoint-resolution.securityhub"
    client.meta.events.register(event, use_fips)
    client.describe_hub()
    other.describe_hub()
    client.meta.events.unregister(event, use_fips)
    client.describe_hub()
    usual = "https://securityhub.us-east-1.amazonaws.com/accounts"
    assert seen == [usual, usual.replace("hub.", "hub-fips."), usual]
    assert seen_by_other == [usual]


def test_the_parameters_of_the_second_call_are_not_looked_up(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir")
    client.list_memberships()
    assert not is_run(OWN, client.list_memberships)


@pytest.mark.usefixtures("membership_mock")
def test_settings_of_a_client_that_are_changed_later_count() -> None:
    client = client_of("s3")
    before = endpoint(client, "GetObject", {"Bucket": "evidence"})
    client._ruleset_resolver._client_context["use_arn_region"] = False
    client._ruleset_resolver._client_context["force_path_style"] = True
    client._ruleset_resolver._builtins["AWS::S3::ForcePathStyle"] = True
    after = endpoint(client, "GetObject", {"Bucket": "evidence"})
    assert after == by_botocore(lambda: endpoint(client, "GetObject", {"Bucket": "evidence"}))
    assert after != before


@pytest.mark.parametrize("name", endpoint_rules._DECIDING)
def test_what_another_tool_has_replaced_is_called(
    name: str, membership_mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = membership_mock.client("s3")
    client.list_buckets()
    own, calls = getattr(EndpointRulesetResolver, name), []

    def other(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        return own(*args, **kwargs)

    monkeypatch.setattr(EndpointRulesetResolver, name, other)
    client.list_buckets()
    assert calls


@pytest.mark.usefixtures("membership_mock")
def test_a_resolver_of_another_class_finds_its_parameters_itself() -> None:
    class Resolver(EndpointRulesetResolver):  # type: ignore[misc]
        pass

    client = client_of("security-ir")
    client.list_memberships()
    client._ruleset_resolver.__class__ = Resolver
    assert is_run(OWN, client.list_memberships)


def test_botocores_own_is_back_after_the_mock() -> None:
    with mock_membership():
        assert EndpointRulesetResolver._get_provider_params is not OWN
    assert EndpointRulesetResolver._get_provider_params is OWN


def test_a_botocore_without_a_private_name_finds_parameters_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoint_rules, "_usual", None)
    patches = Patches()
    endpoint_rules.install(patches)
    assert patches.replaced == []
