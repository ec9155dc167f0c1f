"""Headers of requests and answers are prepared quickly, and equal to those that botocore prepares."""

from __future__ import annotations

import email.policy
import re
from email.policy import compat32
from io import BytesIO
from typing import Any

import botocore.parsers
import pytest
from botocore.awsrequest import AWSRequest, AWSRequestPreparer, AWSResponse, HeadersDict
from botocore.compat import HTTPHeaders
from botocore.endpoint import Endpoint
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock import mock_membership
from membership_mock.engine.adapters.botocore_headers import AnswerHeaders
from tests.engine.adapters.shape_models import is_run, outcome

OWN = AWSRequestPreparer._prepare_headers
OWN_ENCODE = Endpoint._encode_headers
OWN_LOWERCASE = botocore.parsers.lowercase_dict

names = st.sampled_from(
    ["X-Amz-Date", "x-amz-date", "Content-Length", "content-length", "Transfer-Encoding", "Accept"]
)
values = st.sampled_from(["1", "text", "é", b"1", b"\xff", 1, "\udc80"])
bodies = st.sampled_from([b"", b"bytes", "text", None, BytesIO(b"file"), {"a": "b"}, object()])
methods = st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "DELETE"])


class _MessageOfTheUser(HTTPHeaders):  # type: ignore[misc]
    """Headers of a kind that the mock does not know."""


def request(method: str, body: Any, headers: list[tuple[str, Any]]) -> AWSRequest:
    made = AWSRequest(method, "https://aws.example", data=body)
    for name, value in headers:
        made.headers[name] = value
    return made


class _OwnPreparer(AWSRequestPreparer):  # type: ignore[misc]
    _prepare_headers = OWN


def sent(
    method: str, body: Any, headers: list[tuple[str, Any]], *, encode: bool, own: bool = False
) -> Any:
    made = request(method, body, headers)
    if own:
        made._request_preparer = _OwnPreparer()
    if encode:
        Endpoint._encode_headers(None, made.headers)
    prepared = made.prepare()
    shown = list(prepared.headers.items()), list(prepared.headers), prepared.body
    return type(prepared.headers), re.sub("0x[0-9a-f]+", "", repr(shown))


@pytest.mark.usefixtures("membership_mock")
def test_any_headers_are_prepared_as_botocore_prepares_them() -> None:
    @settings(max_examples=100, deadline=None)
    @given(
        method=methods,
        body=bodies,
        headers=st.lists(st.tuples(names, values), max_size=4),
        encode=st.booleans(),
    )
    def check(method: str, body: Any, headers: Any, encode: bool) -> None:
        quick = outcome(lambda: sent(method, body, headers, encode=encode))
        assert quick == outcome(lambda: sent(method, body, headers, encode=encode, own=True))

    check()


@pytest.mark.usefixtures("membership_mock")
def test_the_headers_of_a_usual_request_are_not_prepared_by_botocore() -> None:
    usual = [("X-Amz-Date", "20260131T120000Z"), ("Accept", "*/*")]
    assert not is_run(OWN, lambda: sent("POST", b"{}", usual, encode=True))


@pytest.mark.parametrize("policy", [compat32, compat32.clone(), email.policy.default])
def test_any_headers_are_added_as_python_adds_them(policy: Any) -> None:
    texts = values | st.just("a\nb") | st.just("Sat, 31 Jan 2026 12:34:56 GMT")

    @settings(max_examples=100, deadline=None)
    @given(headers=st.lists(st.tuples(names | st.sampled_from(["", "a:b", "Date"]), texts)))
    def check(headers: Any) -> None:
        def added() -> Any:
            message = HTTPHeaders(policy)
            for name, text in headers:
                message[name] = text
            return message._headers

        quick = outcome(added)
        with pytest.MonkeyPatch.context() as patch:
            patch.delattr(HTTPHeaders, "__setitem__")
            assert quick == outcome(added)

    with mock_membership():
        check()
    assert "__setitem__" not in vars(HTTPHeaders)


@pytest.mark.usefixtures("membership_mock")
def test_any_headers_are_encoded_as_botocore_encodes_them() -> None:
    @settings(max_examples=100, deadline=None)
    @given(headers=st.lists(st.tuples(names, values), max_size=4))
    def check(headers: Any) -> None:
        def encoded(encode: Any) -> Any:
            made = request("GET", b"", headers).headers
            encode(None, made)
            return made._headers

        quick = outcome(lambda: encoded(Endpoint._encode_headers))
        assert quick == outcome(lambda: encoded(OWN_ENCODE))

    check()


@pytest.mark.usefixtures("membership_mock")
def test_usual_headers_are_not_encoded_by_botocore() -> None:
    usual = request("GET", b"", [("Accept", "*/*")]).headers
    assert not is_run(OWN_ENCODE, lambda: Endpoint._encode_headers(None, usual))
    other = _MessageOfTheUser()
    other["Accept"] = "*/*"
    assert is_run(OWN_ENCODE, lambda: Endpoint._encode_headers(None, other))


@pytest.mark.usefixtures("membership_mock")
@pytest.mark.parametrize(
    "headers", [{}, {"date": "today"}, {"Date": "today", "X-Amz-Id": "É", "ETag": "1"}]
)
def test_the_headers_of_an_answer_are_shown_as_botocore_shows_them(headers: dict[str, str]) -> None:
    quick = botocore.parsers.lowercase_dict(AnswerHeaders(headers))
    own = OWN_LOWERCASE(HeadersDict(headers))
    assert (type(quick), list(quick.items())) == (dict, list(own.items()))
    assert botocore.parsers.lowercase_dict(headers) == own


@pytest.mark.usefixtures("membership_mock")
def test_headers_of_another_kind_are_prepared_by_botocore() -> None:
    made = request("POST", b"{}", [])
    made.headers = _MessageOfTheUser()
    made.headers["Accept"] = "*/*"
    assert is_run(OWN, made.prepare)


def test_botocores_own_preparation_is_back_after_the_mock() -> None:
    with mock_membership():
        pass
    assert AWSRequestPreparer._prepare_headers is OWN
    assert Endpoint._encode_headers is OWN_ENCODE
    assert botocore.parsers.lowercase_dict is OWN_LOWERCASE


@pytest.mark.parametrize("name", ["_prepare_headers", "_determine_content_length"])
def test_a_botocore_without_this_private_name_prepares_headers_itself(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = getattr(AWSRequestPreparer, name)
    monkeypatch.delattr(AWSRequestPreparer, name)
    monkeypatch.setattr(
        AWSRequestPreparer, "__getattr__", lambda self, _: kept.__get__(self), raising=False
    )
    with mock_membership() as mock:
        assert vars(AWSRequestPreparer).get("_prepare_headers") in (None, OWN)
        assert mock.client("security-ir").list_memberships()["items"] == []


def test_a_handler_of_the_user_reads_the_headers_of_an_answer_as_botocores_own(
    membership_mock: Any,
) -> None:
    client = membership_mock.client("security-ir")
    seen: list[Any] = []
    client.meta.events.register(
        "before-parse", lambda response_dict, **_: seen.append(response_dict["headers"])
    )
    client.list_memberships()
    (headers,) = seen
    own = HeadersDict(headers.items())
    assert isinstance(headers, HeadersDict)
    assert (list(headers), dict(headers), len(headers)) == (list(own), dict(own), len(own))
    assert repr(headers) == repr(own)
    assert headers["Content-Type"] == headers.get("CONTENT-TYPE") == "application/json"
    assert ("x-AMZN-requestid" in headers, "x-other" in headers) == (True, False)
    headers["X-Mine"] = "1"
    del headers["content-type"]
    assert ("x-mine" in headers, "Content-Type" in headers) == (True, False)
    assert headers.copy() == headers


def test_a_response_has_what_botocore_gives_one(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir")
    seen: list[Any] = []
    client.meta.events.register("after-call", lambda http_response, **_: seen.append(http_response))
    for _ in range(2):
        client.list_memberships()
    first, second = seen
    own = AWSResponse(first.url, 200, first.headers.items(), BytesIO(first.content))
    assert (type(first), vars(first).keys()) == (AWSResponse, vars(own).keys())
    assert (first.status_code, first.text) == (200, first.content.decode())
    assert dict(first.headers) == dict(own.headers)
    assert first.headers is not second.headers


def test_two_answers_do_not_share_their_headers() -> None:
    sent_by_us = {"date": "today"}
    first, second = AnswerHeaders(sent_by_us), AnswerHeaders(sent_by_us)
    first["date"] = "tomorrow"
    assert (second["Date"], sent_by_us["date"]) == ("today", "today")
