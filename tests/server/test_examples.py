"""Every tool works with its example, which the schema and the reference page show."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from membership_mock import MembershipMock, mock_membership
from membership_mock.server.reference_page import curl, reference_page
from membership_mock.server.serving import serving
from membership_mock.server.tools.examples import ADMIN, EXAMPLES, MEMBER, SIDE, example_of
from membership_mock.server.tools.json_values import to_json
from membership_mock.server.tools.schema import openapi
from membership_mock.server.tools.table import BY_NAME, TOOLS
from membership_mock.server.tools.tool import REQUIRED, Tool
from tests.conftest import NEWEST_MODEL
from tests.documentation.pages import DOCS
from tests.server.raw_http import Raw

REGION = SIDE["region"]
#: tools for operations that the oldest supported botocore does not have
NEW = ("aws_side.end_export", "aws_side.record_finding_metrics")
#: where the prepared world has what an example is about, if it is not on the side of the others
PLACES = {
    "aws_side.fail_policy_association": {"region": "us-east-1"},
    "aws_side.terminate_membership": {"account": "777788889999"},
}


@pytest.fixture(scope="module")
def prepared() -> Iterator[tuple[MembershipMock, Raw, dict[str, Any]]]:
    """A world in which all examples can be followed, and what their brackets stand for."""
    with mock_membership(region=REGION) as mock, serving(mock) as url:
        server = Raw(url)
        yield mock, server, _prepare(mock, server)


def _prepare(mock: MembershipMock, server: Raw) -> dict[str, Any]:
    given, aws = mock.given, mock.aws_side(ADMIN)
    delegated = {"securityhub": "security", "security-ir": "security"}
    mock.organization({"security": ADMIN, "shop": MEMBER}, delegated=delegated)
    given.securityhub.central_configuration(
        ADMIN, policies={"base": {"targets": [MEMBER]}}, region="us-east-1"
    )
    given.securityhub.hub_v2(ADMIN)
    given.securityhub.standards(["aws-foundational-security-best-practices/v/1.0.0"], ADMIN)
    connector = given.securityhub.connector_v2(ADMIN)
    waiting = given.securityhub.connector_v2(ADMIN, name="waiting", status="PENDING_AUTHORIZATION")
    exposure = aws.ocsf_finding(kind="exposure")
    mock.client("s3", account=ADMIN).create_bucket(
        Bucket="reports", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    client, job = mock.client("securityhub", account=ADMIN), None
    if hasattr(client, "start_export_job_v2"):  # a newer one than the oldest that is supported
        key = f"arn:aws:kms:{REGION}:{ADMIN}:key/1234"
        job = client.start_export_job_v2(
            Destination={"S3": {"BucketArn": "arn:aws:s3:::reports", "KmsKeyArn": key}},
            OutputConfiguration={"Findings": {"Format": "OCSF_JSON"}},
        )["ExportJobId"]
    room = given.cleanrooms.joined_collaboration([ADMIN, MEMBER])
    given.securityhub.action_target(ADMIN)
    given.security_ir.membership(ADMIN, triage=True)
    case = given.security_ir.case(ADMIN, resolver="AWS", attachments=["evidence.txt"])
    comment = aws.comment(case.case_id, "When did it start?")
    action = aws.add_investigation_action(case.case_id, "Evidence", "Logs", "…", "InProgress")
    cancelled = given.security_ir.membership("777788889999", status="Cancelled")
    given.cleanrooms.collaboration(
        ADMIN, creatorMemberAbilities=["CAN_QUERY", "CAN_RUN_JOB", "CAN_RECEIVE_RESULTS"]
    )
    brackets = {
        "dump": None,
        "connector": to_json(connector),
        "connector id": connector.id,
        "waiting connector": waiting.id,
        "finding": aws.ocsf_finding(),
        "exposure": exposure,
        "insight": given.securityhub.insight(ADMIN).arn,
        "security finding": given.securityhub.finding(ADMIN).id,
        "target": aws.remediation_target([(exposure, "High", None)]),
        "export job": job,
        "room": to_json(room),
        "invitation": given.cleanrooms.collaboration(ADMIN, [MEMBER]).id,
        "table": to_json(given.cleanrooms.associated_table(room, ADMIN)),
        "case": case.case_id,
        "comment": comment,
        "action": action,
        "membership": case.membership_id,
        "cancelled membership": cancelled.membership_id,
    }
    brackets["dump"] = mock.dump().data
    return brackets


def filled(value: Any, brackets: dict[str, Any]) -> Any:
    """Return an example with what its brackets stand for."""
    if isinstance(value, str) and value.startswith("<"):
        return brackets[value.strip("<>")]
    if isinstance(value, dict):
        return {name: filled(each, brackets) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, brackets) for each in value]
    return value


@pytest.mark.parametrize("tool", [pytest.param(each, id=each.name) for each in TOOLS])
def test_the_command_of_a_tool_works(
    tool: Tool, prepared: tuple[MembershipMock, Raw, dict[str, Any]]
) -> None:
    mock, server, brackets = prepared
    before = mock.snapshot()
    snapshot = server.tool("POST", "/snapshot")["id"]
    fault = server.tool("POST", "/faults/delay", {"operation": "ListCases", "seconds": 1})["id"]
    canned = {"operation": "ListCases", "answer": {"items": []}}
    answer = server.tool("POST", "/answers/give", canned)["id"]
    strict = server.tool("POST", "/strict/start", {"allowed": ["security-ir.*"]})["id"]
    brackets |= {"snapshot": snapshot, "fault": fault, "canned answer": answer, "strict": strict}
    verb, path, body = command(curl(tool, ""))
    for name in tool.in_path:
        path = path.replace(example_of(tool.name)[name], brackets[name_of(tool, name)])
    sent = filled(json.loads(body) if body and body[0] != "@" else body, brackets)
    if body == "@dump.json":
        sent = brackets["dump"]
    if tool.name == "restore":  # `start` is the empty world here
        sent = {"snapshot": snapshot}
    if not NEWEST_MODEL and tool.name in NEW:
        pytest.skip("this botocore does not know the operation")
    if tool.name.endswith((".assert_all_fired", ".assert_all_used")):
        mock.faults.clear()
        mock.answers.clear()
    for place, other in PLACES.get(tool.name, {}).items():
        path = path.replace(f"{place}={SIDE[place]}", f"{place}={other}")
    try:
        answered = server.send(verb, path, sent)
        assert (verb, answered.status) == (tool.verb, 200), answered.text
    finally:
        mock.restore(before)
        mock.faults.clear()
        mock.answers.clear()
        for each in server.tool("GET", "/strict"):
            server.tool("POST", "/strict/stop", {"id": each["id"]})
        server.send("DELETE", f"/_membership/snapshots/{snapshot}")


def command(text: str) -> tuple[str, str, str | None]:
    """Return method, path and body of a command of curl."""
    program, *words = shlex.split(text)
    assert program == "curl"
    options = dict(zip(words[:-1:2], words[1:-1:2], strict=True))
    assert set(options) <= {"-X", "-d"}
    body = options.get("-d")
    return options.get("-X", "GET" if body is None else "POST"), words[-1], body


def name_of(tool: Tool, argument: str) -> str:
    """Return what the bracket in a path stands for."""
    return str(example_of(tool.name)[argument]).strip("<>")


def test_examples_are_of_tools_and_every_tool_that_needs_arguments_has_one() -> None:
    assert set(EXAMPLES) <= set(BY_NAME)
    for tool in TOOLS:
        needed = {name for name, each in tool.parameters.items() if each.default is REQUIRED}
        assert needed <= set(example_of(tool.name)), (
            f"{tool.name} needs an example in membership_mock/server/tools/examples.py"
        )


def test_the_schema_has_the_examples() -> None:
    (post,) = openapi()["paths"]["/_membership/faults/fail"].values()
    body = post["requestBody"]["content"]["application/json"]
    assert body["example"] == example_of("faults.fail")


def test_the_reference_page_is_fresh() -> None:
    write = "python -m membership_mock.server.reference_page > docs/reference/http.md"
    written = (DOCS / "reference" / "http.md").read_text(encoding="utf-8")
    assert written == reference_page(), f"docs/reference/http.md is stale; write it again: {write}"
    shown = re.findall(r"^### `(\w+) /_membership(\S+)`", written, re.MULTILINE)
    assert len(shown) == len(TOOLS)
    assert set(shown) == {(tool.verb, tool.path) for tool in TOOLS}
