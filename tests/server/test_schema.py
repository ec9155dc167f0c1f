"""The schema of the tools: it is OpenAPI, it says what the tools take, and the answers fit it."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from botocore.exceptions import ClientError
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from membership_mock import MembershipMock
from membership_mock.server.tools.schema import openapi
from membership_mock.server.tools.table import TOOLS
from membership_mock.testing.faults.faults import Faults
from tests.server.raw_http import Raw

ADMIN, MEMBER = "111122223333", "444455556666"


def operations() -> dict[str, dict[str, Any]]:
    """Return the description of each tool by its name."""
    return {
        described["operationId"]: described
        for verbs in openapi()["paths"].values()
        for described in verbs.values()
    }


def errors(schema: dict[str, Any], value: Any) -> list[str]:
    """Return how a value differs from a schema."""
    whole = {**schema, "components": openapi()["components"]}
    return [each.message for each in Draft202012Validator(whole).iter_errors(value)]


def body_of(name: str) -> dict[str, Any]:
    """Return the schema of what a tool takes."""
    schema: dict[str, Any] = operations()[name]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    return schema


def test_the_schema_is_openapi_and_has_every_tool(server: Raw) -> None:
    served = server.tool("GET", "/schema")
    assert served == openapi()
    validate(served)
    assert set(operations()) == {tool.name for tool in TOOLS}


def test_every_tool_and_argument_is_described() -> None:
    without = []
    for name, each in operations().items():
        parameters = [(one["name"], one) for one in each["parameters"]]
        body = each.get("requestBody", {}).get("content", {}).get("application/json", {})
        parameters += body.get("schema", {}).get("properties", {}).items()
        if not each["summary"]:
            without.append(name)
        without += [f"{name} {one}" for one, said in parameters if not said.get("description")]
    assert without == []


def test_arguments_have_the_names_types_and_defaults_of_the_method() -> None:
    fail = body_of("faults.fail")
    named = set(inspect.signature(Faults.fail).parameters) - {"self", "where"}
    assert set(fail["properties"]) == named
    assert fail["required"] == ["operation", "error"]
    assert fail["properties"]["times"]["type"] == ["integer", "null"]
    assert fail["properties"]["times"]["default"] == 1
    assert fail["additionalProperties"] is False
    scan = body_of("aws_side.end_scan")["properties"]["status"]
    assert (scan["enum"], scan["default"]) == (["Verified", "Failed"], "Verified")
    assert body_of("given.securityhub.finding")["additionalProperties"] is True
    assert body_of("aws_side.record_finding_metrics")["additionalProperties"] == {"type": "integer"}


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("aws_side.end_query", {"result": [{"city": "Oslo"}]}, True),
        ("aws_side.end_query", {"result": {"base64": "AAEC"}}, True),
        ("aws_side.end_query", {"result": {"base65": "AAEC"}}, False),
        ("aws_side.end_query", {"reslt": None}, False),
        ("aws_side.record_trend", {"day": "2026-01-31", "severities": {"high": 1}}, True),
        ("aws_side.record_trend", {"severities": {"high": 1}}, False),
        ("clock.freeze", {"at": "2026-01-31"}, True),
        ("clock.freeze", {"at": 5}, False),
        ("clock.freeze", {}, True),
        ("given.securityhub.member", {"administrator": ADMIN}, False),
        ("given.securityhub.member", {"administrator": ADMIN, "account": MEMBER}, True),
    ],
)
def test_the_schema_takes_what_the_tool_takes(name: str, value: object, fits: bool) -> None:
    assert (errors(body_of(name), value) == []) is fits


def test_answers_fit_the_schema(server: Raw, mock: MembershipMock) -> None:
    mock.given.cleanrooms.query(mock.given.cleanrooms.joined_collaboration([ADMIN, MEMBER]))
    made: dict[str, Any] = {}

    def check(name: str, verb: str, path: str, body: Any = None) -> Any:
        made[name] = answer = server.tool(verb, path, body)
        said = operations()[name]["responses"]["200"]["content"]["application/json"]["schema"]
        assert errors(said, answer) == [], name
        return answer

    sent = {"operation": "securityhub.ListMembers", "error": "InternalException"}
    fault = check("faults.fail", "POST", "/faults/fail", sent)
    with pytest.raises(ClientError):
        mock.client("securityhub", account=ADMIN).list_members()
    mock.given.securityhub.hub(ADMIN)
    mock.client("securityhub", account=ADMIN).list_members()
    for name in ("health", "ready", "clock", "calls", "faults", "snapshots", "dump"):
        check(name, "GET", f"/{name}")
    check("fault", "GET", f"/faults/{fault['id']}")
    check("fault.fired", "GET", f"/faults/{fault['id']}/fired")
    check("quotas.states", "GET", "/quotas")
    for name in ("snapshot", "reset", "organization"):
        check(name, "POST", f"/{name}")
    for name, body in [
        ("given.securityhub.members", {"administrator": ADMIN, "accounts": 2}),
        ("given.securityhub.findings", {"findings": 2}),
        ("given.securityhub.connector_v2", {}),
        ("given.cleanrooms.joined_collaboration", {"accounts": [ADMIN, MEMBER]}),
        ("given.cleanrooms.table", {}),
        ("given.security_ir.case", {"comments": ["a"], "attachments": ["b.txt"]}),
        ("given.security_ir.investigation", {}),
    ]:
        check(name, "POST", f"/{name.replace('.', '/')}", body)
    assert made["given.cleanrooms.table"]["account"] == "123456789012"
