"""Signatures of requests that stay in the process, and of those that do not."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore.auth
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials
from moto.core import set_initial_no_auth_action_count

from membership_mock import mock_membership

CONSTANT = "0" * 64
ACCOUNT = "111122223333"


def sent_by(client: Any, event: str = "before-send") -> list[Any]:
    """Return the requests that a client is about to send, as a user's own handler sees them."""
    seen: list[Any] = []
    client.meta.events.register(event, lambda request, **_: seen.append(request))
    return seen


def test_a_request_that_stays_has_the_headers_of_a_signed_one(membership_mock: Any) -> None:
    session = boto3.Session(ACCOUNT, "secret", aws_session_token="token", region_name="eu-west-1")
    client = session.client("securityhub")
    seen = sent_by(client)
    client.enable_security_hub()
    headers = {name: str(value) for name, value in seen[0].headers.items()}
    headers = {name: value.removeprefix("b'").removesuffix("'") for name, value in headers.items()}
    assert re.fullmatch(r"\d{8}T\d{6}Z", headers["X-Amz-Date"])
    assert headers["X-Amz-Security-Token"] == "token"
    assert headers["Authorization"] == (
        f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/{headers['X-Amz-Date'][:8]}/eu-west-1/securityhub/"
        f"aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature={CONSTANT}"
    )
    membership_mock.calls.assert_called("EnableSecurityHub", account=ACCOUNT, region="eu-west-1")


UNSIGNED: list[dict[str, str]] = [
    {},
    {"User-Agent": "mine", "Accept": "*/*"},
    {"Date": "Sat, 31 Jan 2026 12:34:56 GMT"},
    {"x-amz-date": "20260131T000000Z", "authorization": "old"},
    {"X-Amz-Security-Token": "old"},
]


@pytest.mark.parametrize("payload_signing_enabled", [None, False])
@pytest.mark.parametrize("token", [None, "token"])
@pytest.mark.parametrize("headers", UNSIGNED)
@pytest.mark.parametrize("kind", [SigV4Auth, S3SigV4Auth])
def test_a_constant_signature_adds_the_headers_that_a_real_one_adds(
    kind: Any,
    headers: dict[str, str],
    token: str | None,
    payload_signing_enabled: bool | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = datetime(2026, 1, 31, 12, 34, 56, tzinfo=timezone.utc)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: moment)

    def signed() -> list[tuple[str, str]]:
        request = AWSRequest("POST", "https://securityhub.eu-west-1.amazonaws.com/", headers)
        if payload_signing_enabled is not None:
            request.context["payload_signing_enabled"] = payload_signing_enabled
        credentials = Credentials(ACCOUNT, "secret", token)
        kind(credentials, "securityhub", "eu-west-1").add_auth(request)
        return [
            (name, value.partition(", SignedHeaders")[0])
            for name, value in request.headers._headers
        ]

    own = signed()
    with mock_membership():
        assert signed() == own


def test_what_another_tool_has_replaced_in_signing_is_called(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = membership_mock.client("securityhub", account=ACCOUNT)
    client.enable_security_hub()
    own = SigV4Auth._set_necessary_date_headers

    def other(self: Any, request: Any) -> None:
        own(self, request)
        request.headers["X-Other"] = "1"

    monkeypatch.setattr(SigV4Auth, "_set_necessary_date_headers", other)
    seen = sent_by(client)
    client.describe_hub()
    assert seen[0].headers["X-Other"] == b"1"


def test_calls_to_motos_services_are_not_signed_for_real_either(membership_mock: Any) -> None:
    client = membership_mock.client("s3", account=ACCOUNT, region="us-east-1")
    seen = sent_by(client)
    client.create_bucket(Bucket="evidence")
    client.put_object(Bucket="evidence", Key="a", Body=b"bytes")
    assert all(CONSTANT in str(request.headers["Authorization"]) for request in seen)
    assert client.get_object(Bucket="evidence", Key="a")["Body"].read() == b"bytes"


def test_a_retry_carries_one_authorization_header(membership_mock: Any) -> None:
    membership_mock.fail("security-ir.ListMemberships", "ConnectionClosedError")
    client = membership_mock.client("security-ir", account=ACCOUNT, region="eu-west-1")
    seen = sent_by(client)
    client.list_memberships()
    assert [
        len(request.headers.get_all("Authorization") or ())
        for request in seen
        if hasattr(request.headers, "get_all")
    ] in ([], [1, 1])
    membership_mock.calls.assert_called("ListMemberships", times=2)


def test_requests_that_leave_are_signed_for_real() -> None:
    canned = AWSResponse("http://127.0.0.1:9", 200, {}, None)
    canned._content = b'{"items": []}'
    with mock_membership(config={"core": {"passthrough": {"services": ["securityhub"]}}}) as mock:
        loopback = mock.session().client("security-ir", endpoint_url="http://127.0.0.1:9")
        passing = mock.client("securityhub", region="eu-west-1")
        for client, call in ((loopback, "list_memberships"), (passing, "describe_hub")):
            seen = sent_by(client)
            client.meta.events.register("before-send", lambda **_: canned)
            getattr(client, call)()
            assert CONSTANT not in str(seen[0].headers["Authorization"])
            assert re.search(r"Signature=[0-9a-f]{64}", str(seen[0].headers["Authorization"]))


def test_presigned_urls_are_signed_for_real(membership_mock: Any) -> None:
    client = membership_mock.client("s3", account=ACCOUNT, region="us-east-1")
    url = client.generate_presigned_url("get_object", Params={"Bucket": "evidence", "Key": "a"})
    query = parse_qs(urlsplit(url).query)
    (signature,) = query.get("X-Amz-Signature") or query["Signature"]
    assert signature != CONSTANT


def test_requests_that_motos_iam_authenticates_are_signed_for_real(membership_mock: Any) -> None:
    iam = membership_mock.client("iam", account=ACCOUNT)
    iam.create_user(UserName="ana")
    iam.put_user_policy(
        UserName="ana",
        PolicyName="all",
        PolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
    )
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="eu-west-1")
    wrong = boto3.Session(key["AccessKeyId"], "wrong", region_name="eu-west-1")

    @set_initial_no_auth_action_count(0)  # type: ignore[untyped-decorator]
    def enforced() -> None:
        client = session.client("securityhub")
        seen = sent_by(client)
        client.enable_security_hub()
        assert CONSTANT not in str(seen[0].headers["Authorization"])
        refused = wrong.client("securityhub")
        with pytest.raises(refused.exceptions.ClientError, match="signature"):
            refused.describe_hub()

    enforced()


def test_signing_is_botocores_own_after_the_mock() -> None:
    before = SigV4Auth.add_auth
    with mock_membership():
        assert SigV4Auth.add_auth is not before
    assert SigV4Auth.add_auth is before


def test_a_botocore_without_a_private_name_signs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(botocore.auth, "SIGV4_TIMESTAMP")
    monkeypatch.setattr(SigV4Auth, "add_auth", lambda *_: None)
    kept = SigV4Auth.add_auth
    with mock_membership() as mock:
        assert SigV4Auth.add_auth is kept
        assert mock.client("security-ir").list_memberships()["items"] == []
