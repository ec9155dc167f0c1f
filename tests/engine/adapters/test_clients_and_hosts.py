"""Every client of every age, and every host name, is served; nothing leaves the process."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import boto3
import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from membership_mock import ClientOutlivedMock, RequestBlocked, mock_membership
from tests.samples import new_membership

ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
OLD_SESSION = boto3.Session(
    aws_access_key_id="AKIAOLDOLDOLDOLDOLDO", aws_secret_access_key="x", region_name="eu-west-1"
)
OLD_CLIENT = OLD_SESSION.client("security-ir")
OLD_STS = OLD_SESSION.client("sts")
OLD_S3 = OLD_SESSION.resource("s3")


def works(client: Any) -> None:
    membership = new_membership(client)
    assert client.get_membership(membershipId=membership)["membershipStatus"] == "Active"


def test_a_client_of_module_level_is_served() -> None:
    with mock_membership():
        works(OLD_CLIENT)


def test_a_new_client_of_an_older_session_is_served() -> None:
    with mock_membership():
        works(OLD_SESSION.client("security-ir"))


def test_motos_services_are_served_for_older_clients_and_resources() -> None:
    with mock_membership(account="444455556666"):
        assert OLD_STS.get_caller_identity()["Account"] == "444455556666"
        OLD_S3.create_bucket(
            Bucket="old", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        assert [bucket.name for bucket in OLD_S3.buckets.all()] == ["old"]


def test_an_older_client_without_credentials_is_served() -> None:
    client = boto3.Session(region_name="eu-west-1").client("security-ir")
    with mock_membership():
        works(client)


def test_an_unsigned_client_is_served() -> None:
    with mock_membership():
        works(boto3.client("security-ir", config=Config(signature_version=UNSIGNED)))


def test_a_client_made_before_the_package_was_imported_is_served() -> None:
    code = """
import boto3
session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
client, sts = session.client("security-ir"), session.client("sts")
import membership_mock
with membership_mock.mock_membership():
    assert client.list_memberships()["items"] == []
    assert sts.get_caller_identity()["Account"] == "123456789012"
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_s3_at_an_endpoint_that_motos_variable_names_is_served_with_hooks() -> None:
    code = """
import os
os.environ["MOTO_S3_CUSTOM_ENDPOINTS"] = "http://127.0.0.1:9,https://minio.example.com"
from membership_mock import mock_membership
with mock_membership() as mock:
    for each in os.environ["MOTO_S3_CUSTOM_ENDPOINTS"].split(","):
        s3 = mock.client("s3", region="us-east-1", endpoint_url=each)
        s3.create_bucket(Bucket="bucket")
    assert [call.operation for call in mock.calls] == ["CreateBucket"] * 2
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_call_to_a_server_of_this_machine_meets_no_hook_here() -> None:
    with mock_membership() as mock:
        fault = mock.fail("sts.GetCallerIdentity", "AccessDenied", force=True)
        with pytest.raises(EndpointConnectionError):
            mock.client("sts", endpoint_url="http://127.0.0.1:9", config=ONCE).get_caller_identity()
        assert (len(fault.fired), len(mock.calls)) == (0, 0)
        fault.cancel()


def test_clients_in_other_threads_are_served() -> None:
    seen: list[str] = []

    def work() -> None:
        client = boto3.Session(
            aws_access_key_id="111122223333", aws_secret_access_key="x", region_name="us-east-1"
        ).client("security-ir")
        seen.append(new_membership(client))
        seen.append(OLD_CLIENT.list_memberships()["items"] == [])

    with mock_membership():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen[0].startswith("m-")
    assert seen[1] is True


def test_botocore_clients_are_served() -> None:
    with mock_membership():
        works(botocore.session.get_session().create_client("security-ir", region_name="us-east-1"))


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"config": Config(use_fips_endpoint=True)}, id="FIPS"),
        pytest.param({"config": Config(use_dualstack_endpoint=True)}, id="dual-stack"),
        pytest.param(
            {"endpoint_url": "https://vpce-0123-abcd.security-ir.us-east-1.vpce.amazonaws.com"},
            id="VPC endpoint",
        ),
        pytest.param({"region_name": "cn-north-1"}, id="China"),
        pytest.param({"region_name": "us-gov-west-1"}, id="GovCloud"),
        pytest.param({"region_name": "mx-central-1"}, id="newest region"),
        pytest.param({"endpoint_url": "https://security-ir.us-east-1.amazonaws.com"}, id="classic"),
        pytest.param({"endpoint_url": "https://incident.proxy.example.com"}, id="own host"),
    ],
)
def test_every_host_is_served(options: dict[str, Any]) -> None:
    with mock_membership() as mock:
        works(boto3.client("security-ir", **options))
        region = options.get("region_name", "us-east-1")
        assert {call.region for call in mock.calls} == {region}


def test_arns_carry_the_partition_of_the_region() -> None:
    with mock_membership() as mock:
        client = mock.client("security-ir", region="cn-north-1")
        membership = client.get_membership(membershipId=new_membership(client))
        assert membership["membershipArn"].startswith("arn:aws-cn:security-ir:cn-north-1:")


# --- nothing leaves the process ---


def test_a_service_that_nobody_serves_is_stopped_with_the_way_out() -> None:
    with mock_membership(account="444455556666"):
        client = boto3.client("braket", region_name="eu-west-2", config=ONCE)
        with pytest.raises(RequestBlocked) as raised:
            client.get_device(deviceArn="arn:aws:braket:::device/x")
    text = str(raised.value)
    assert "braket.GetDevice was about to leave for braket.eu-west-2.amazonaws.com" in text
    assert "444455556666 in eu-west-2" in text
    assert "passthrough" in text


def test_an_older_client_of_a_service_that_nobody_serves_is_stopped_too() -> None:
    client = OLD_SESSION.client("braket", config=ONCE)
    with mock_membership(), pytest.raises(RequestBlocked, match=r"braket\.GetDevice"):
        client.get_device(deviceArn="arn:aws:braket:::device/x")


@pytest.mark.parametrize(
    "host",
    [
        "https://nothing.us-east-1.api.aws",
        "https://nothing.cn-north-1.amazonaws.com.cn",
        "https://nothing.cn-north-1.api.amazonwebservices.com.cn",
        "https://nothing.us-gov-west-1.amazonaws.com",
        "https://vpce-1.nothing.us-east-1.vpce.amazonaws.com",
        "https://nothing-fips.us-east-1.amazonaws.com",
    ],
)
def test_every_aws_host_that_nobody_serves_is_stopped(host: str) -> None:
    with mock_membership():
        client = boto3.client("braket", endpoint_url=host, config=ONCE)
        with pytest.raises(RequestBlocked):
            client.get_device(deviceArn="arn:aws:braket:::device/x")


@pytest.mark.parametrize("service", ["security-ir", "braket"])
def test_explicit_loopback_endpoints_stay_untouched(service: str) -> None:
    with mock_membership() as mock:
        client = boto3.client(service, endpoint_url="http://127.0.0.1:9", config=ONCE)
        with pytest.raises(EndpointConnectionError):
            client.list_memberships() if service == "security-ir" else client.get_device(
                deviceArn="arn:aws:braket:::device/x"
            )
        assert len(mock.calls) == 0


@pytest.mark.parametrize(
    "passthrough",
    [
        pytest.param({"services": ["security-ir"]}, id="by service"),
        pytest.param({"urls": [r"https://security-ir\."]}, id="by URL"),
    ],
)
def test_configured_passthrough_reaches_the_network(passthrough: dict[str, Any]) -> None:
    with mock_membership(config={"core": {"passthrough": passthrough}}) as mock:
        client = boto3.client("security-ir", config=ONCE)
        # The network is closed to the tests: that the guard of the test suite speaks is the proof.
        with pytest.raises(EndpointConnectionError):
            client.list_memberships()
        assert len(mock.calls) == 0


def test_passthrough_of_another_service_reaches_the_network() -> None:
    config = {"core": {"passthrough": {"urls": [r"https://braket\."]}}}
    with mock_membership(config=config):
        client = boto3.client("braket", region_name="us-east-1", config=ONCE)
        with pytest.raises(EndpointConnectionError):
            client.get_device(deviceArn="arn:aws:braket:::device/x")


def test_a_client_that_outlives_its_mock_is_stopped() -> None:
    with mock_membership():
        client = boto3.client("security-ir", region_name="eu-west-1", config=ONCE)
    with pytest.raises(ClientOutlivedMock) as raised:
        client.list_memberships()
    assert "security-ir.ListMemberships" in str(raised.value)
    assert "Make the client inside the test" in str(raised.value)


def test_a_client_made_in_a_mock_from_an_older_session_is_stopped_after_it_too() -> None:
    with mock_membership():
        client = OLD_SESSION.client("security-ir", config=ONCE)
    with pytest.raises(ClientOutlivedMock):
        client.list_memberships()


def test_a_client_that_outlived_its_mock_is_served_by_moto_if_moto_has_the_service() -> None:
    with mock_membership() as mock:
        hub = mock.client("securityhub")
        response = mock.client("security-ir")
    with mock_aws():
        hub.enable_security_hub()
        assert hub.describe_hub()["HubArn"].endswith(":hub/default")
        with pytest.raises(ClientOutlivedMock):
            response.list_memberships()
    with pytest.raises(ClientOutlivedMock):
        hub.describe_hub()


def test_a_client_that_outlived_a_mock_works_again_in_the_next() -> None:
    with mock_membership():
        client = boto3.client("security-ir")
    with mock_membership():
        works(client)


def test_a_client_made_before_the_mock_goes_its_own_way_after_it() -> None:
    client = OLD_SESSION.client("security-ir", config=ONCE)
    with mock_membership():
        client.list_memberships()
    with pytest.raises(EndpointConnectionError):
        client.list_memberships()


def test_the_users_own_before_send_handler_still_answers_first(membership_mock: Any) -> None:
    from botocore.awsrequest import AWSResponse

    from membership_mock.engine.adapters.botocore_clients import _RawBody

    client = membership_mock.client("security-ir")
    seen = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        seen.append(request.url)
        return AWSResponse(request.url, 200, {}, _RawBody(b'{"items": []}'))

    client.meta.events.register("before-send.security-ir.ListMemberships", answer)
    assert client.list_memberships()["items"] == []
    assert len(seen) == 1
    assert len(membership_mock.calls) == 0
