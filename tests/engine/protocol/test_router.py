"""The router finds every operation by the method and path that botocore sends."""

from __future__ import annotations

import time
from urllib.parse import unquote

import pytest

from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.router import Template, router
from tests.engine.protocol import samples
from tests.many_cases import ManyCases

CASE_ARN = "arn:aws:security-ir:eu-west-1:111111111111:case/0123456789"
POLICY_ARN = "arn:aws:securityhub:eu-west-1:111111111111:configuration-policy/12345678"


@pytest.mark.parametrize("service", samples.SERVICES)
def test_every_operation_is_found_by_the_path_that_botocore_builds(service: str) -> None:
    described = model.service_model(service)
    with ManyCases() as cases:
        for name in described.operation_names:
            with cases.case(name):
                operation = described.operation_model(name)
                parameters = samples.sample(operation.input_shape) if operation.input_shape else {}
                request = samples.request_for(operation, parameters)

                assert router(service).match(request.method, samples.split(request.url)[0]) == name
    assert cases.tried == len(described.operation_names)


@pytest.mark.parametrize(
    ("service", "method", "path", "expected"),
    [
        pytest.param(
            "securityhub", "GET", "/insights/results/arn:aws:x/y", "GetInsightResults",
            id="literal before greedy label",
        ),
        pytest.param(
            "securityhub", "PATCH", "/insights/arn:aws:x/results", "UpdateInsight",
            id="greedy label with slashes",
        ),
        pytest.param(
            "securityhub", "GET", "/automationrulesv2/list", "ListAutomationRulesV2",
            id="literal before label",
        ),
        pytest.param(
            "securityhub", "GET", "/automationrulesv2/other", "GetAutomationRuleV2", id="label"
        ),
        pytest.param(
            "security-ir", "GET", "/v1/membership/m-1/finding-metrics", "GetFindingMetrics",
            id="literal after label",
        ),
        pytest.param("security-ir", "GET", "/v1/membership/", "GetMembership", id="empty label"),
    ],
)  # fmt: skip
def test_the_more_literal_template_wins(
    service: str, method: str, path: str, expected: str
) -> None:
    if expected not in model.service_model(service).operation_names:
        pytest.skip("this botocore is older than the operation")
    assert router(service).match(method, path) == expected


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/", id="root"),
        pytest.param("GET", "", id="no path"),
        pytest.param("GET", "/v1/nothing", id="unknown path"),
        pytest.param("DELETE", "/v1/create-case", id="wrong method"),
        pytest.param("post", "/v1/create-case", id="method in lower case"),
        pytest.param("POST", "/v1/create-case/", id="trailing slash"),
        pytest.param("POST", "/v1/create-case\n", id="trailing line break"),
        pytest.param("GET", "/v1/cases/0123456789/get-case/", id="trailing slash after label"),
        pytest.param("GET", "/v1/cases/01234/56789/get-case", id="slash in a label"),
        pytest.param("GET", "/v2/cases/0123456789/get-case", id="other version"),
    ],
)
def test_what_is_no_operation_is_not_matched(method: str, path: str) -> None:
    assert router("security-ir").match(method, path) is None


@pytest.mark.parametrize(
    ("service", "method", "path", "expected"),
    [
        ("security-ir", "GET", f"/v1/tags/{CASE_ARN}", "ListTagsForResource"),
        ("securityhub", "GET", f"/configurationPolicy/get/{POLICY_ARN}", "GetConfigurationPolicy"),
        (
            "cleanrooms",
            "GET",
            "/collaborations/c/analysistemplates/arn:aws:cleanrooms:::membership/m/analysistemplate/t",
            "GetCollaborationAnalysisTemplate",
        ),
    ],
)
def test_an_arn_in_a_decoded_path_may_show_its_slashes(
    service: str, method: str, path: str, expected: str
) -> None:
    assert router(service).match(method, path) == expected


def test_labels_are_the_same_in_an_encoded_and_a_decoded_path() -> None:
    template = Template("/v1/tags/{resourceArn}")
    encoded = template.read(f"/v1/tags/{CASE_ARN.replace(':', '%3A').replace('/', '%2F')}")

    assert encoded is not None
    assert [unquote(text) for text in encoded] == [CASE_ARN]
    assert template.read(f"/v1/tags/{CASE_ARN}") == (CASE_ARN,)


def test_labels_come_in_the_order_of_the_path() -> None:
    template = Template("/a/{one}/b/{two+}/c")

    assert template.labels == ("one", "two")
    assert template.read("/a/1/b/2/3/c") == ("1", "2/3")
    assert template.read("/a/1/b/2") is None


def test_a_long_path_that_names_no_operation_is_refused_in_little_time() -> None:
    """Labels may hold ARNs with slashes, and there are many ways to divide a path like this."""
    path = "/memberships/arn:a/intermediateTables" + "/intermediateTables/arn:a" * 20_000 + "/zz"
    started = time.perf_counter()

    assert router("cleanrooms").match("POST", path) is None

    assert time.perf_counter() - started < 5
