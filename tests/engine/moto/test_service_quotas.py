"""Service Quotas of moto, for our services, in step with `mock.quotas`."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from membership_mock import mock_membership
from membership_mock.services import SERVICES

ACCOUNT, OTHER = "111122223333", "444455556666"
REGION = "us-east-1"
COLLABORATIONS = {"ServiceCode": "cleanrooms", "QuotaCode": "L-F60C2030"}


@pytest.fixture
def mock():
    with mock_membership(account=ACCOUNT, region=REGION) as mock:
        yield mock


def refused(call, **arguments):
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return error.value.response["Error"]["Code"]


def test_a_quota_is_answered_as_it_is_set(mock):
    quotas = mock.client("service-quotas")
    assert quotas.get_service_quota(**COLLABORATIONS)["Quota"] == {
        "ServiceCode": "cleanrooms",
        "ServiceName": "AWS Clean Rooms Service",
        "QuotaArn": f"arn:aws:servicequotas:{REGION}:{ACCOUNT}:cleanrooms/L-F60C2030",
        "QuotaCode": "L-F60C2030",
        "QuotaName": "Collaborations created per account",
        "Value": 500.0,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }
    mock.quotas.set("cleanrooms", "collaborations", 7, account=ACCOUNT, region=REGION)
    assert quotas.get_service_quota(**COLLABORATIONS)["Quota"]["Value"] == 7.0
    default = quotas.get_aws_default_service_quota(**COLLABORATIONS)["Quota"]
    assert default["Value"] == 500.0
    assert default["QuotaArn"] == f"arn:aws:servicequotas:{REGION}::cleanrooms/L-F60C2030"
    for account, region in ((OTHER, REGION), (ACCOUNT, "eu-west-1")):
        client = mock.client("service-quotas", account=account, region=region)
        assert client.get_service_quota(**COLLABORATIONS)["Quota"]["Value"] == 500.0


@pytest.mark.parametrize("service", sorted(SERVICES))
@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_lists_have_every_quota_with_a_published_code(mock, service, region):
    client = mock.client("service-quotas", region=region)
    known = {
        state.code: state.limit
        for state in mock.quotas.states(service, region=region)
        if (state.code or "").startswith("L-")
    }
    for name in ("list_service_quotas", "list_aws_default_service_quotas"):
        pages = client.get_paginator(name).paginate(
            ServiceCode=service, PaginationConfig={"PageSize": 4}
        )
        found = {each["QuotaCode"]: each["Value"] for page in pages for each in page["Quotas"]}
        assert found == known


def test_an_increase_raises_the_quota_at_once(mock):
    quotas = mock.client("service-quotas")
    made = quotas.request_service_quota_increase(**COLLABORATIONS, DesiredValue=600.0)
    request = made["RequestedQuota"]
    assert (request["Status"], request["DesiredValue"]) == ("APPROVED", 600.0)
    assert mock.quotas.get("cleanrooms", "collaborations").limit == 600
    assert mock.quotas.get("cleanrooms", "collaborations", account=OTHER).limit == 500
    shown = quotas.get_requested_service_quota_change(RequestId=request["Id"])
    assert shown["RequestedQuota"] == request
    for history in (
        quotas.list_requested_service_quota_change_history(),
        quotas.list_requested_service_quota_change_history(ServiceCode="cleanrooms"),
        quotas.list_requested_service_quota_change_history_by_quota(**COLLABORATIONS),
    ):
        assert history["RequestedQuotas"] == [request]
    other = mock.client("service-quotas", account=OTHER)
    assert other.list_requested_service_quota_change_history()["RequestedQuotas"] == []


@pytest.mark.parametrize(
    ("code", "value"),
    [("L-F60C2030", 500.0), ("L-F60C2030", 500.5), ("L-F04AAAFE", 10.0)],
)
def test_an_increase_that_is_none_or_cannot_be_is_refused(mock, code, value):
    quotas = mock.client("service-quotas")
    asked = {"ServiceCode": "cleanrooms", "QuotaCode": code, "DesiredValue": value}
    assert refused(quotas.request_service_quota_increase, **asked) == "IllegalArgumentException"
    assert quotas.list_requested_service_quota_change_history()["RequestedQuotas"] == []


def test_what_does_not_exist_is_refused(mock):
    quotas = mock.client("service-quotas")
    missing = "NoSuchResourceException"
    assert refused(quotas.get_service_quota, ServiceCode="cleanrooms", QuotaCode="L-0") == missing
    assert refused(quotas.list_service_quotas, ServiceCode="nothing") == missing
    assert refused(quotas.get_requested_service_quota_change, RequestId="x") == missing
    token = {"ServiceCode": "cleanrooms", "NextToken": "x"}
    assert refused(quotas.list_service_quotas, **token) == "InvalidPaginationTokenException"


def test_services_are_listed_and_moto_answers_for_its_own(mock):
    quotas = mock.client("service-quotas")
    codes = [each["ServiceCode"] for each in quotas.list_services()["Services"]]
    assert codes == ["cleanrooms", "security-ir", "vpc"]
    listed = quotas.list_aws_default_service_quotas(ServiceCode="vpc")["Quotas"]
    code = {"ServiceCode": "vpc", "QuotaCode": listed[0]["QuotaCode"]}
    assert quotas.get_service_quota(**code)["Quota"] == listed[0]


def test_requests_are_part_of_dumps_and_of_the_tree(mock):
    mock.client("service-quotas").request_service_quota_increase(
        **COLLABORATIONS, DesiredValue=600.0
    )
    assert "asked for quota L-F60C2030: 600" in str(mock)
    dump = mock.dump()
    mock.reset()
    mock.load(dump)
    history = mock.client("service-quotas").list_requested_service_quota_change_history()
    assert [each["DesiredValue"] for each in history["RequestedQuotas"]] == [600.0]


def test_moto_is_as_it_was_after_the_mock():
    with mock_membership(account=ACCOUNT, region=REGION) as mock:
        mock.client("service-quotas").list_services()
    from moto.servicequotas.responses import ServiceQuotasResponse

    assert not hasattr(ServiceQuotasResponse, "list_services")


def test_quotas_of_motos_services_are_not_denied(mock):
    client = mock.client("service-quotas")
    defaults = client.list_aws_default_service_quotas(ServiceCode="vpc")["Quotas"]
    applied = client.list_service_quotas(ServiceCode="vpc")["Quotas"]
    assert [each["QuotaCode"] for each in applied] == [each["QuotaCode"] for each in defaults]
    one = {"ServiceCode": "vpc", "QuotaCode": defaults[0]["QuotaCode"]}
    assert client.get_aws_default_service_quota(**one)["Quota"]["Value"] == defaults[0]["Value"]
    with pytest.raises(NotImplementedError, match="A quota of vpc cannot be raised"):
        client.request_service_quota_increase(**one, DesiredValue=1000)
    assert (
        client.list_requested_service_quota_change_history(ServiceCode="vpc")["RequestedQuotas"]
        == []
    )


def test_no_value_is_more_than_service_quotas_takes(mock):
    client = mock.client("service-quotas")
    raise_to = client.request_service_quota_increase
    assert refused(raise_to, **COLLABORATIONS, DesiredValue=1e11) == "IllegalArgumentException"
    assert client.get_service_quota(**COLLABORATIONS)["Quota"]["Value"] == 500.0
