"""Requests that no SDK would send get the answer of AWS: no traceback, and nothing happens.

Most are sent with `requests`, which moto catches for us; the last ones through moto's server.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from membership_mock import mock_membership
from membership_mock.engine.protocol.model import service_model
from membership_mock.engine.protocol.router import router
from membership_mock.services import SERVICES
from tests.contract.raw_requests import CARELESS, post, signed, world
from tests.contract.sample_resources import ACCOUNT, REGION, samples_of
from tests.contract.samples_from_model import Wire, wire
from tests.many_cases import ManyCases
from tests.samples import TEAM, case_input, new_case, new_membership

OTHER_ACCOUNT = "333333333333"
OTHER_REGION = "us-east-1"


def _deep(levels: int) -> bytes:
    return b'{"unknown": ' + b"[" * levels + b"]" * levels + b"}"


#: bodies that are no JSON objects, or hold what JSON cannot
MALFORMED_BODIES: dict[str, bytes] = {
    "cut off": b"{",
    "two documents": b"{}{}",
    "single quotes": b"{'a': 1}",
    "a form": b"title=Unknown+key",
    "XML": b"<a/>",
    "a list": b"[]",
    "a string": b'"text"',
    "a number": b"1",
    "null": b"null",
    "a boolean": b"true",
    "a space": b" ",
    "NaN": b'{"unknown": NaN}',
    "infinity": b'{"unknown": -Infinity}',
    "a number of 5000 digits": b'{"unknown": ' + b"9" * 5000 + b"}",
    "invalid UTF-8": b'{"unknown": "\xff"}',
    "UTF-16": '{"unknown": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a null byte": b"\x00",
    "half a surrogate pair": b'{"unknown": "\\ud800"}',
    "half a surrogate pair in a name": b'{"\\udfff": 1}',
    "a control character": b'{"unknown": "\x01"}',
    "101 levels": _deep(101),
    "1000 levels": _deep(1000),
    "200,000 levels": b'{"unknown": ' + b"[" * 200_000,
    "200,000 objects": b'{"a":' * 200_000,
}


def _with_a_body(service: str, mock: Any) -> tuple[str, Wire]:
    """Return an operation that has a body and succeeds, however often, and valid input for it."""
    samples = samples_of(service, mock)
    for name in sorted(SERVICES[service].handlers, key=_reading_first):
        sent = wire(samples.operation(name), samples.input(name, "least"))
        if sent.body and all(post(service, sent.target, sent.body, sent.method).ok for _ in "12"):
            return name, sent
    pytest.fail(f"{service} has no operation that succeeds for a body")


def _reading_first(name: str) -> tuple[bool, str]:
    return not name.startswith(("BatchGet", "Get", "List")), name


def _with_a_field(body: bytes, field: bytes) -> bytes:
    """Return a JSON object with one more field, whose value is ``field``."""
    rest = body[1:] if body == b"{}" else b", " + body[1:]
    return b'{"unknown": ' + field + rest


def _assert_is_an_error(answer: requests.Response, code: str) -> None:
    """Check that an answer has all that AWS's errors have."""
    assert answer.headers["x-amzn-errortype"] == code
    assert answer.headers["x-amzn-requestid"]
    assert answer.headers["content-type"] == "application/json"
    assert 400 <= answer.status_code < 500
    assert len(answer.content) == int(answer.headers["content-length"])
    body = {name.lower(): value for name, value in answer.json().items()}
    assert isinstance(body["message"], str)
    assert "Traceback" not in body["message"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_body_that_is_no_json_object_is_refused_as_unparsable(
    membership_mock: Any, service: str
) -> None:
    operation, sent = _with_a_body(service, membership_mock)
    before = world()
    with ManyCases() as cases:
        for name, body in MALFORMED_BODIES.items():
            with cases.case(name):
                answer = post(service, sent.target, body, sent.method)

                _assert_is_an_error(answer, SERVICES[service].refusals.unparsable("").code)
                assert world() == before
                assert membership_mock.calls[-1].operation == operation
    assert cases.tried == 25


@pytest.mark.parametrize("service", SERVICES)
def test_a_call_with_a_malformed_body_can_be_read_and_shown(service: str) -> None:
    # not the fixture: it shows the calls of a failed test, which is what is tried here
    with mock_membership() as mock, ManyCases() as cases:
        operation, sent = _with_a_body(service, mock)
        for name, body in MALFORMED_BODIES.items():
            with cases.case(name):
                post(service, sent.target, body, sent.method)
                assert isinstance(mock.calls[-1].parameters, dict)
                assert f"{service}.{operation}" in repr(mock.calls[-1])
                assert mock.report()
    assert cases.tried == 25


@pytest.mark.parametrize("service", SERVICES)
def test_a_body_of_a_hundred_levels_is_read(membership_mock: Any, service: str) -> None:
    _, sent = _with_a_body(service, membership_mock)
    deep = _with_a_field(sent.body, b"[" * 98 + b"]" * 98)
    assert post(service, sent.target, deep, sent.method).status_code < 300


@pytest.mark.parametrize("service", SERVICES)
def test_fields_that_the_model_does_not_know_are_ignored(
    membership_mock: Any, service: str
) -> None:
    _, sent = _with_a_body(service, membership_mock)
    body = _with_a_field(sent.body, b'{"a": [1, null]}')
    assert post(service, sent.target, body, sent.method).status_code < 300


@pytest.mark.parametrize("service", SERVICES)
def test_a_body_over_the_limit_is_refused_and_one_at_the_limit_is_read(
    membership_mock: Any, service: str
) -> None:
    _, sent = _with_a_body(service, membership_mock)
    refusals = SERVICES[service].refusals
    padding = b" " * (refusals.body_limit - len(sent.body))
    before = world()

    over = post(service, sent.target, sent.body + padding + b" ", sent.method)

    _assert_is_an_error(over, refusals.too_large().code)
    assert over.status_code == 413
    assert world() == before
    assert post(service, sent.target, sent.body + padding, sent.method).status_code < 300


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", "/v1/no-such-thing"),
        ("GET", "/"),
        ("PATCH", "/"),
        ("DELETE", "/" + "x" * 4000),
        ("POST", "/%00"),
        ("POST", "/%ff%fe"),
        ("POST", "/../../etc/passwd"),
        ("OPTIONS", "/no/such/thing?with=query"),
    ],
)
@pytest.mark.parametrize("service", SERVICES)
def test_an_unknown_route_is_refused_as_an_unknown_operation(
    membership_mock: Any, service: str, method: str, target: str
) -> None:
    samples_of(service, membership_mock)
    before = world()

    answer = post(service, target, b"{}", method)

    _assert_is_an_error(answer, SERVICES[service].refusals.unknown_operation("", "").code)
    assert world() == before


@pytest.mark.parametrize("service", SERVICES)
def test_a_call_of_an_unknown_route_can_be_read_and_shown(service: str) -> None:
    with mock_membership() as mock:
        post(service, "/v1/no-such-thing", b'{"a": 1}')
        assert mock.calls[-1].parameters == {"a": 1}
        assert mock.calls[-1].answer is None
        assert service in repr(mock.calls[-1])
        assert mock.report()


@pytest.mark.parametrize("service", SERVICES)
def test_a_wrong_method_is_refused_as_an_unknown_operation(
    membership_mock: Any, service: str
) -> None:
    _, sent = _with_a_body(service, membership_mock)
    # other operations may have the same path, or a path with a label that matches it
    methods = [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if router(service).match(method, sent.target) is None
    ]
    assert methods
    before = world()
    for method in methods:
        answer = post(service, sent.target, sent.body, method)
        _assert_is_an_error(answer, SERVICES[service].refusals.unknown_operation("", "").code)
    assert world() == before


# --- Security Incident Response: places outside the body ---


@pytest.fixture
def client(membership_mock: Any) -> Any:
    """A client of an account with a membership."""
    client = membership_mock.client("security-ir", account=ACCOUNT, region=REGION)
    new_membership(client)
    return client


METRICS = pytest.mark.skipif(
    "GetFindingMetrics" not in service_model("security-ir").operation_names,
    reason="this botocore does not have the operation yet",
)


@pytest.mark.parametrize(
    ("method", "target", "reason"),
    [
        pytest.param("GET", "/v1/cases//get-case", "FIELD_VALIDATION_FAILED", id="empty label"),
        pytest.param("GET", "/v1/cases/%ff/get-case", "CANNOT_PARSE", id="label no UTF-8"),
        pytest.param("GET", "/v1/cases/a%2Fb/get-case", "FIELD_VALIDATION_FAILED", id="slash"),
        pytest.param("GET", "/v1/cases/a/b/get-case", "UNKNOWN_OPERATION", id="bare slash"),
        pytest.param(
            "GET", "/v1/cases/0123456789/get-case/", "UNKNOWN_OPERATION", id="slash at the end"
        ),
        pytest.param("GET", "/V1/cases/0123456789/get-case", "UNKNOWN_OPERATION", id="upper case"),
        pytest.param(
            "GET",
            "/v1/cases/0123456789/list-investigations?maxResults=",
            "CANNOT_PARSE",
            id="empty number",
        ),
        pytest.param(
            "GET",
            "/v1/cases/0123456789/list-investigations?maxResults=1e1",
            "CANNOT_PARSE",
            id="no integer",
        ),
        pytest.param(
            "GET",
            "/v1/cases/0123456789/list-investigations?maxResults=" + "9" * 100,
            "CANNOT_PARSE",
            id="huge number",
        ),
        pytest.param(
            "GET",
            "/v1/cases/0123456789/list-investigations?nextToken=%ff",
            "CANNOT_PARSE",
            id="query no UTF-8",
        ),
        pytest.param(
            "GET",
            "/v1/membership/m-0123456789/finding-metrics?startDate=2026-02-30T00:00:00Z"
            "&endDate=2026-03-01T00:00:00Z",
            "CANNOT_PARSE",
            id="no such day",
            marks=METRICS,
        ),
        pytest.param(
            "GET",
            "/v1/membership/m-0123456789/finding-metrics?startDate=0000-00-00T00:00:00Z"
            "&endDate=9999-12-31T23:59:60Z",
            "CANNOT_PARSE",
            id="no such year",
            marks=METRICS,
        ),
        pytest.param(
            "GET", "/v1/tags/not-an-arn", "FIELD_VALIDATION_FAILED", id="label that is no ARN"
        ),
        pytest.param(
            "GET",
            "/v1/tags/arn%3Aaws%3As3%3A%3A%3Abucket%2Fa%2Fb",
            "FIELD_VALIDATION_FAILED",
            id="ARN of another service",
        ),
    ],
)
def test_a_malformed_path_or_query_is_refused_with_its_reason(
    client: Any, method: str, target: str, reason: str
) -> None:
    before = world()

    answer = post("security-ir", target, None, method)

    _assert_is_an_error(answer, "ValidationException")
    assert answer.json()["reason"] == reason
    assert world() == before


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(b"1e999", id="infinite"),
        pytest.param(b"1e18", id="after the last year"),
        pytest.param(b"-1e18", id="before the first year"),
        pytest.param(b"99999999999999999999", id="many digits"),
        pytest.param(b'"2026-01-01T00:00:00Z"', id="text"),
        pytest.param(b"true", id="boolean"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_by_its_name(client: Any, moment: bytes) -> None:
    body = json.dumps(case_input(reportedIncidentStartDate=0)).encode()
    body = body.replace(
        b'"reportedIncidentStartDate": 0', b'"reportedIncidentStartDate": ' + moment
    )
    before = world()

    answer = post("security-ir", "/v1/create-case", body)

    _assert_is_an_error(answer, "ValidationException")
    assert "/reportedIncidentStartDate" in answer.json()["message"]
    assert world() == before


# --- page tokens ---


class Lists:
    """Every list of the service with at least three entries, in several places.

    Attributes:
        calls: by a name, how to ask for a page of the list.
    """

    def __init__(self, mock: Any) -> None:
        self.calls: dict[str, Any] = {}
        for account, region in (
            (ACCOUNT, REGION),
            (OTHER_ACCOUNT, REGION),
            (ACCOUNT, OTHER_REGION),
        ):
            client = mock.client("security-ir", account=account, region=region, config=CARELESS)
            if (account, region) == (ACCOUNT, OTHER_REGION):
                # one active membership at a time: this one becomes active later
                first = mock.client("security-ir", account=ACCOUNT, region=REGION)
                active = first.list_memberships()["items"][-1]["membershipId"]
                first.cancel_membership(membershipId=active)
            for _ in range(2):
                client.cancel_membership(membershipId=new_membership(client))
            ours = new_membership(client)
            cases = [new_case(client, resolverType="AWS") for _ in range(3)]
            for case_id in cases[:2]:
                for body in "abc":
                    client.create_case_comment(caseId=case_id, body=body)
            if region == REGION:
                at = f"{account} "
                self.calls[at + "memberships"] = (client.list_memberships, {})
                self.calls[at + "cases"] = (client.list_cases, {})
                for place, case_id in enumerate(cases[:2]):
                    where = f"{at}{place} "
                    one = {"caseId": case_id}
                    self.calls[where + "comments"] = (client.list_comments, one)
                    self.calls[where + "edits"] = (client.list_case_edits, one)
                    self.calls[where + "investigations"] = (client.list_investigations, one)
            else:
                token = client.list_cases(maxResults=1)["nextToken"]
                self.elsewhere = {
                    "cases of another region": token,
                    "memberships of another region": client.list_memberships(maxResults=1)[
                        "nextToken"
                    ],
                }
                client.cancel_membership(membershipId=ours)
                first.update_membership(membershipId=active, undoMembershipCancellation=True)

    def page(self, name: str, token: str | None = None) -> dict[str, Any]:
        """Return a page of one entry."""
        call, arguments = self.calls[name]
        return dict(call(maxResults=1, **arguments, **({"nextToken": token} if token else {})))

    def assert_refuses(self, name: str, token: str, what: str) -> None:
        """Check that the list refuses a token, and that nothing happens."""
        before = world()
        try:
            answer = self.page(name, token)
        except ClientError as refused:
            response: Any = refused.response
        else:
            pytest.fail(f"{name} takes {what}: {token} -> {answer}")
        assert response["Error"]["Code"] == "ValidationException"
        assert response["reason"] == "OTHER"
        assert [entry["name"] for entry in response["fieldList"]] == ["nextToken"]
        assert world() == before


@pytest.fixture
def lists(membership_mock: Any) -> Lists:
    """Lists in several places."""
    return Lists(membership_mock)


def test_a_page_token_is_good_for_its_own_list_only(lists: Lists) -> None:
    tokens = {name: lists.page(name)["nextToken"] for name in lists.calls}
    for name in lists.calls:
        for other, token in {**tokens, **lists.elsewhere}.items():
            if other != name:
                lists.assert_refuses(name, token, f"the token of {other}")


def test_a_page_token_can_be_used_again_and_gives_the_same_page(lists: Lists) -> None:
    for name in lists.calls:
        token = lists.page(name)["nextToken"]
        pages = [lists.page(name, token) for _ in range(2)]
        for page in pages:
            page.pop("ResponseMetadata")
        assert pages[0] == pages[1]


def test_a_page_token_with_one_character_changed_is_refused(lists: Lists) -> None:
    name = f"{ACCOUNT} cases"
    token = lists.page(name)["nextToken"]
    for place, character in enumerate(token):
        for wrong in ("A", "b", "-", "="):
            if wrong != character:
                changed = token[:place] + wrong + token[place + 1 :]
                lists.assert_refuses(name, changed, f"a {wrong} at {place}")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda token: token + "!", id="a character appended"),
        pytest.param(lambda token: token + token, id="doubled"),
        pytest.param(lambda token: f" {token}", id="a space before"),
        pytest.param(lambda token: f"{token}\n", id="a line break behind"),
        pytest.param(lambda token: token[:4] + "*" + token[4:], id="a character inserted"),
        pytest.param(lambda token: token[:-1], id="cut"),
        pytest.param(lambda token: token[1:], id="begun late"),
        pytest.param(lambda token: token.lower(), id="lower case"),
        pytest.param(lambda token: token[::-1], id="reversed"),
        pytest.param(lambda token: "0", id="a number"),
        pytest.param(lambda token: "é", id="not ASCII"),
        pytest.param(lambda token: "x" * 2000, id="long"),
        pytest.param(lambda token: base64.b64encode(b"\xff\xfe").decode(), id="no text inside"),
        pytest.param(lambda token: _encoded(None), id="null inside"),
        pytest.param(lambda token: _encoded([]), id="an empty list inside"),
        pytest.param(lambda token: _encoded([1]), id="no seal"),
        pytest.param(lambda token: _encoded([1, None]), id="an empty seal"),
        pytest.param(lambda token: _encoded([1, "é"]), id="a seal that is not ASCII"),
        pytest.param(lambda token: _encoded([True, _seal(token)]), id="a boolean inside"),
        pytest.param(lambda token: _encoded([0, _seal(token)]), id="another position"),
        pytest.param(lambda token: _encoded(["x", _seal(token)]), id="a text as position"),
        pytest.param(lambda token: _encoded([[], _seal(token)]), id="a list as position"),
        pytest.param(
            lambda token: base64.urlsafe_b64encode(b"[" * 1400).decode(), id="deep inside"
        ),
    ],
)
def test_a_page_token_that_was_never_handed_out_is_refused(lists: Lists, change: Any) -> None:
    for kind in ("cases", "memberships", "0 comments", "0 edits", "0 investigations"):
        name = f"{ACCOUNT} {kind}"
        token = change(lists.page(name)["nextToken"])
        if token != lists.page(name)["nextToken"]:
            lists.assert_refuses(name, token, "it")


def test_an_empty_page_token_asks_for_the_first_page(client: Any) -> None:
    cases = [new_case(client) for _ in range(2)]
    assert client.list_cases(nextToken="", maxResults=1)["items"][0]["caseId"] == cases[-1]


def _encoded(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def _seal(token: str) -> Any:
    """Return the last part of a token, if it looks as it does today."""
    try:
        return json.loads(base64.urlsafe_b64decode(token))[-1]
    except (ValueError, TypeError):
        return "0" * 18


# --- idempotency tokens ---

ONCE = [
    pytest.param("create_membership", {"membershipName": "Other name"}, id="CreateMembership"),
    pytest.param("create_case", {"title": "Other title"}, id="CreateCase"),
    pytest.param("create_case_comment", {"body": "Other body"}, id="CreateCaseComment"),
    pytest.param(
        "get_case_attachment_upload_url", {"contentLength": 4}, id="GetCaseAttachmentUploadUrl"
    ),
]


def _once(client: Any, method: str) -> dict[str, Any]:
    """Return input for an operation with an idempotency token."""
    if method == "create_membership":
        for item in client.list_memberships()["items"]:
            client.cancel_membership(membershipId=item["membershipId"])
        return {"membershipName": "A name", "incidentResponseTeam": TEAM}
    if method == "create_case":
        return case_input()
    case_id = new_case(client)
    if method == "create_case_comment":
        return {"caseId": case_id, "body": "A body"}
    return {"caseId": case_id, "fileName": "log.txt", "contentLength": 3}


@pytest.mark.parametrize(("method", "change"), ONCE)
def test_a_client_token_that_comes_again_gets_the_first_answer_and_nothing_happens(
    client: Any, method: str, change: dict[str, Any]
) -> None:
    call, sent = getattr(client, method), _once(client, method)
    first = call(clientToken="the-token", **sent)
    before = world()

    second = call(clientToken="the-token", **sent)

    assert world() == before
    for answer in (first, second):
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    assert first == second


@pytest.mark.parametrize(("method", "change"), ONCE)
def test_a_client_token_that_comes_again_with_other_input_is_refused(
    client: Any, method: str, change: dict[str, Any]
) -> None:
    call, sent = getattr(client, method), _once(client, method)
    call(clientToken="the-token", **sent)
    before = world()

    with pytest.raises(client.exceptions.ConflictException) as refused:
        call(clientToken="the-token", **{**sent, **change})

    assert refused.value.response["resourceId"] == "the-token"
    assert "clientToken" in refused.value.response["Error"]["Message"]
    assert world() == before


# --- moto's server ---


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a moto server, which stopping takes half a second."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def server(membership_mock: Any, address: str) -> str:
    """The address of a moto server that serves the running mock."""
    return address


def _over_http(server: str) -> Any:
    return boto3.client(
        "security-ir",
        region_name=REGION,
        endpoint_url=server,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="secret",
        config=CARELESS,
    )


def test_the_server_has_the_same_world(membership_mock: Any, server: str) -> None:
    ours, theirs = (
        _over_http(server),
        membership_mock.client("security-ir", account=ACCOUNT, region=REGION),
    )
    membership_id = new_membership(ours)
    case_id = new_case(theirs)
    arn = ours.get_membership(membershipId=membership_id)["membershipArn"]

    ours.tag_resource(resourceArn=arn, tags={"a/b": "c d", "é": "ü"})

    assert theirs.list_tags_for_resource(resourceArn=arn)["tags"] == {"a/b": "c d", "é": "ü"}
    assert ours.list_tags_for_resource(resourceArn=arn)["tags"] == {"a/b": "c d", "é": "ü"}
    assert [item["caseId"] for item in ours.list_cases()["items"]] == [case_id]


@pytest.mark.parametrize(
    ("method", "target", "body", "reason"),
    [
        ("POST", "/v1/create-case", b"{", "CANNOT_PARSE"),
        ("POST", "/v1/create-case", b"\xff", "CANNOT_PARSE"),
        ("POST", "/v1/create-case", b"[" * 200_000, "CANNOT_PARSE"),
        ("POST", "/v1/create-case", b"{}", "FIELD_VALIDATION_FAILED"),
        ("GET", "/v1/create-case", b"", "UNKNOWN_OPERATION"),
        ("POST", "/v1/no-such-thing", b"{}", "UNKNOWN_OPERATION"),
        ("GET", "/v1/cases/%ff/get-case", b"", "CANNOT_PARSE"),
    ],
)
def test_the_server_refuses_malformed_requests_in_the_same_way(
    server: str, method: str, target: str, body: bytes, reason: str
) -> None:
    before = world()

    answer = requests.request(
        method, server + target, data=body, headers=signed("security-ir"), timeout=10
    )

    _assert_is_an_error(answer, "ValidationException")
    assert answer.json()["reason"] == reason
    assert world() == before


def test_the_server_sends_each_header_once(server: str) -> None:
    answer = requests.post(
        f"{server}/v1/memberships", data=b"{}", headers=signed("security-ir"), timeout=10
    )
    names = [name.lower() for name, _ in answer.raw.headers.items()]
    assert sorted(names) == sorted(set(names))


def test_the_server_refuses_a_foreign_page_token(membership_mock: Any, server: str) -> None:
    client = _over_http(server)
    new_membership(client)
    for _ in range(2):
        new_case(client)
    token = client.list_cases(maxResults=1)["nextToken"]
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.list_memberships(nextToken=token)
    assert refused.value.response["fieldList"][0]["name"] == "nextToken"
