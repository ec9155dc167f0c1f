"""What code sends to AWS without botocore is served, or stopped, whatever client it takes."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import io
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing, nullcontext
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import requests_mock
import responses
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from moto import mock_aws

from membership_mock import RequestBlocked, mock_membership
from tests.samples import new_case, new_membership

UPLOAD = {"If-None-Match": "*", "Content-Type": "application/octet-stream"}
BYTES = b"who was it\r\n\r\n\x00\xff"


def by_urllib3(method: str, url: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
    answer = urllib3.PoolManager().request(method, url, body=body, headers=headers, retries=False)
    return answer.status, answer.data


def by_urllib(
    method: str, url: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def by_http_client(
    method: str, url: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    scheme, _, rest = url.partition("://")
    host, _, target = rest.partition("/")
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    with closing(kind(host, timeout=5)) as connection:
        connection.request(method, f"/{target}", body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def by_requests(
    method: str, url: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    answer = requests.request(method, url, data=body, headers=headers, timeout=5)
    return answer.status_code, answer.content


SERVED = [
    pytest.param(by_urllib3, id="urllib3"),
    pytest.param(by_urllib, id="urllib.request"),
    pytest.param(by_http_client, id="http.client"),
]
Send = Callable[..., tuple[int, bytes]]


def connect(host: str) -> None:
    socket.create_connection((host, 443), timeout=1).close()


def connect_async(host: str) -> None:
    asyncio.run(asyncio.open_connection(host, 443))


def by_httpx(host: str) -> None:
    httpx.get(f"https://{host}/", timeout=1)


def by_aiohttp(host: str) -> None:
    async def get() -> None:
        async with aiohttp.ClientSession() as session:
            await session.get(f"https://{host}/")

    asyncio.run(get())


UNSERVED = [
    pytest.param(connect, id="socket.create_connection"),
    pytest.param(connect_async, id="asyncio.open_connection"),
    pytest.param(by_httpx, id="httpx"),
    pytest.param(by_aiohttp, id="aiohttp"),
]


class LookedUp(Exception):
    """A name would have been looked up."""


@pytest.fixture(autouse=True)
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of other machines that were looked up, which have no address."""
    names: list[str] = []
    look_up = socket.getaddrinfo

    def note(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host in ("127.0.0.1", "::1", "localhost", None):
            return look_up(host, *args, **kwargs)
        names.append(host)
        raise LookedUp(host)

    monkeypatch.setattr(socket, "getaddrinfo", note)
    return names


@pytest.fixture
def s3(membership_mock: Any) -> Any:
    client = membership_mock.client("s3", region="us-east-1")
    client.create_bucket(Bucket="evidence")
    return client


def presigned(s3: Any, operation: str, key: str) -> str:
    return s3.generate_presigned_url(operation, Params={"Bucket": "evidence", "Key": key})


# --- served ---


@pytest.mark.parametrize("send", SERVED)
@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "cn-north-1"])
def test_attachments_go_up_and_down(
    membership_mock: Any, looked_up: list[str], region: str, send: Send
) -> None:
    security = membership_mock.client("security-ir", region=region)
    new_membership(security)
    case = new_case(security)
    url = security.get_case_attachment_upload_url(
        caseId=case, fileName="log.txt", contentLength=len(BYTES)
    )["attachmentPresignedUrl"]
    assert send("PUT", url, BYTES, **UPLOAD) == (200, b"")
    assert send("PUT", url, BYTES, **UPLOAD)[0] == 412
    (attachment,) = security.get_case(caseId=case)["caseAttachments"]
    url = security.get_case_attachment_download_url(
        caseId=case, attachmentId=attachment["attachmentId"]
    )["attachmentPresignedUrl"]
    assert send("GET", url) == (200, BYTES)
    assert send("GET", f"{url}x")[0] == 403
    assert looked_up == []


@pytest.mark.parametrize("send", SERVED)
def test_presigned_urls_of_s3_are_served(s3: Any, looked_up: list[str], send: Send) -> None:
    assert send("PUT", presigned(s3, "put_object", "a"), BYTES)[0] == 200
    assert s3.get_object(Bucket="evidence", Key="a")["Body"].read() == BYTES
    assert send("GET", presigned(s3, "get_object", "a")) == (200, BYTES)
    assert send("HEAD", presigned(s3, "head_object", "a")) == (200, b"")
    assert send("DELETE", presigned(s3, "delete_object", "a")) == (204, b"")
    status, body = send("GET", presigned(s3, "get_object", "a"))
    assert (status, b"NoSuchKey" in body) == (404, True)
    assert looked_up == []


@pytest.mark.parametrize("send", SERVED)
def test_our_services_are_served_without_botocore(membership_mock: Any, send: Send) -> None:
    url = "https://security-ir.eu-west-1.api.aws/v1/memberships"
    assert send("POST", url, b"{}") == (200, b'{"items":[]}')
    (call,) = membership_mock.calls
    assert (call.operation, call.region) == ("ListMemberships", "eu-west-1")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"bytes", id="bytes"),
        pytest.param("text", id="text"),
        pytest.param(io.BytesIO(b"file"), id="file"),
        pytest.param([b"a", b"", b"list"], id="list"),
    ],
)
def test_urllib3_sends_every_kind_of_body(s3: Any, body: Any) -> None:
    answer = urllib3.PoolManager().request("PUT", presigned(s3, "put_object", "a"), body=body)
    assert answer.status == 200
    held = s3.get_object(Bucket="evidence", Key="a")["Body"].read()
    assert held in (b"bytes", b"text", b"file", b"alist")


@pytest.mark.parametrize("send", SERVED)
def test_a_host_may_be_written_in_capitals(s3: Any, send: Send) -> None:
    s3.put_object(Bucket="evidence", Key="a", Body=BYTES)
    url = presigned(s3, "get_object", "a").replace("evidence.s3.amazon", "EVIDENCE.S3.AMAZON")
    assert send("GET", url) == (200, BYTES)


def test_what_a_long_file_costs_grows_with_its_length(s3: Any) -> None:
    def cost(length: int) -> float:
        begin = time.process_time()
        by_urllib3("PUT", url, io.BytesIO(bytes(length)))  # sent in chunks of 16 KiB
        return time.process_time() - begin

    url = presigned(s3, "put_object", "a")
    cost(1 << 20)
    # fourfold; it was sixteenfold, and three quarters of a minute for 50 MB
    assert min(cost(16 << 20) for _ in range(3)) < 10 * min(cost(4 << 20) for _ in range(3))
    assert s3.head_object(Bucket="evidence", Key="a")["ContentLength"] == 4 << 20


def test_urllib3_gives_headers_and_the_body_as_it_is_asked_for(s3: Any) -> None:
    content = gzip.compress(b"evidence")
    s3.put_object(
        Bucket="evidence",
        Key="a",
        Body=content,
        ContentEncoding="gzip",
        ContentType="text/x",
        Metadata={"case": "7"},
    )
    http, url = urllib3.PoolManager(), presigned(s3, "get_object", "a")
    answer = http.request("GET", url)
    assert (answer.reason, answer.version, answer.data) == ("OK", 11, b"evidence")
    assert answer.headers["content-type"] == "text/x"
    assert answer.headers["x-amz-meta-case"] == "7"
    assert http.request("GET", url, decode_content=False).data == content
    answer = http.request("GET", url, preload_content=False)
    assert b"".join(answer.stream(3)) == b"evidence"
    answer.release_conn()
    answer = http.request("HEAD", presigned(s3, "head_object", "a"))
    assert (answer.data, answer.headers["content-length"]) == (b"", str(len(content)))


def test_urllib3s_other_ways_and_arguments_are_served(s3: Any) -> None:
    s3.put_object(Bucket="evidence", Key="a", Body=BYTES)
    url = presigned(s3, "get_object", "a")
    retry = urllib3.Retry(3, status_forcelist=[500], backoff_factor=0)
    for options in ({}, {"redirect": False}, {"retries": retry}, {"timeout": 0.1}):
        assert urllib3.PoolManager().request("GET", url, **options).data == BYTES
    pool = urllib3.HTTPSConnectionPool("evidence.s3.amazonaws.com", maxsize=1)
    for _ in range(2):  # from the same pool
        assert pool.request("GET", url.partition(".com")[2]).data == BYTES
    assert urllib3.PoolManager().request("GET", url.replace("https", "http")).data == BYTES


def test_a_connection_is_used_again_for_every_request(s3: Any) -> None:
    connection = http.client.HTTPSConnection("evidence.s3.amazonaws.com")
    for body in (b"first", b"second"):
        connection.request("PUT", presigned(s3, "put_object", "a").partition(".com")[2], body=body)
        connection.getresponse().read()
        assert s3.get_object(Bucket="evidence", Key="a")["Body"].read() == body


@pytest.mark.parametrize("kind", [http.client.HTTPConnection, http.client.HTTPSConnection])
def test_a_connection_may_be_opened_first(s3: Any, looked_up: list[str], kind: Any) -> None:
    s3.put_object(Bucket="evidence", Key="a", Body=BYTES)
    connection = kind("evidence.s3.amazonaws.com")
    connection.connect()
    connection.request("GET", presigned(s3, "get_object", "a").partition(".com")[2])
    assert connection.getresponse().read() == BYTES
    assert looked_up == []


def test_what_is_sent_by_botocores_own_http_client_is_served(membership_mock: Any) -> None:
    url = "https://security-ir.eu-west-1.api.aws/v1/memberships"
    request = AWSRequest("POST", url, data=b"{}")
    SigV4Auth(Credentials("111122223333", "x"), "security-ir", "eu-west-1").add_auth(request)
    assert URLLib3Session().send(request.prepare()).content == b'{"items":[]}'
    (call,) = membership_mock.calls
    assert (call.account, call.region) == ("111122223333", "eu-west-1")


def test_a_connection_that_was_open_before_the_mock_is_not_used() -> None:
    connection = http.client.HTTPSConnection("braket.eu-west-1.amazonaws.com")
    connection.sock, other_side = socket.socketpair()
    with other_side, mock_membership():
        with pytest.raises(RequestBlocked):
            connection.request("POST", "/jobs", body=BYTES)
            connection.getresponse()
        assert other_side.recv(1) == b""


def test_a_proxy_does_not_get_what_is_for_aws(
    s3: Any, monkeypatch: pytest.MonkeyPatch, looked_up: list[str]
) -> None:
    s3.put_object(Bucket="evidence", Key="a", Body=BYTES)
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://proxy.example.com:3128")
    monkeypatch.setattr(urllib.request, "_opener", None)  # else it is kept for other tests
    proxy = urllib3.ProxyManager("http://proxy.example.com:3128")
    for url in (
        presigned(s3, "get_object", "a"),
        presigned(s3, "get_object", "a").replace("s:", ":"),
    ):
        assert by_urllib("GET", url) == (200, BYTES)
        assert proxy.request("GET", url).data == BYTES
    assert looked_up == []


def test_other_threads_are_served_and_stopped_too(s3: Any, looked_up: list[str]) -> None:
    seen: list[Any] = []

    def work() -> None:
        seen.append(by_urllib3("PUT", presigned(s3, "put_object", "a"), BYTES)[0])
        try:
            connect("nothing.us-east-1.api.aws")
        except RequestBlocked:
            seen.append(RequestBlocked)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [200, RequestBlocked]
    assert looked_up == []


# --- stopped ---

HOSTS = [
    "nothing.eu-west-1.amazonaws.com",
    "nothing.us-east-1.api.aws",
    "nothing.cn-north-1.amazonaws.com.cn",
    "nothing.us-gov-west-1.amazonaws.com",
    "vpce-1.nothing.us-east-1.vpce.amazonaws.com",
    "NOTHING.us-east-1.API.AWS",
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("send", SERVED)
def test_what_nobody_serves_is_stopped_with_the_way_out(
    looked_up: list[str], send: Send, host: str
) -> None:
    with mock_membership(), pytest.raises(RequestBlocked) as stopped:
        send("POST", f"https://{host}/path?key=secret", BYTES)
    text = str(stopped.value)
    assert "POST https://" in text
    assert f"was about to leave for {host.lower()}, but" in text
    assert f"r'https?://{host.lower()}'" in text
    assert "secret" not in text
    assert looked_up == []


def test_what_moto_does_not_know_at_all_is_stopped_for_requests_too(looked_up: list[str]) -> None:
    with mock_membership(), pytest.raises(RequestBlocked, match=r"leave for nothing\.us-east-1"):
        by_requests("POST", "https://nothing.us-east-1.api.aws/", BYTES)
    assert looked_up == []


@pytest.mark.parametrize("host", [*HOSTS, "evidence.s3.eu-west-1.amazonaws.com."])
@pytest.mark.parametrize("client", UNSERVED)
def test_clients_that_are_not_served_are_stopped_with_the_way_out(
    looked_up: list[str], client: Callable[[str], None], host: str
) -> None:
    with mock_membership(), pytest.raises(RequestBlocked) as stopped:
        client(host)
    text = str(stopped.value).lower()  # some clients write the name so
    assert f"leave for {host.lower()}, by an http client or a socket" in text
    assert "urllib3, urllib.request and http.client" in text
    assert f"r'https?://{host.lower()}'" in text
    assert looked_up == []


@pytest.mark.parametrize("host", [b"nothing.api.aws", bytearray(b"nothing.api.aws")])
def test_a_name_in_bytes_is_stopped_too(host: Any) -> None:
    with mock_membership(), pytest.raises(RequestBlocked):
        socket.getaddrinfo(host=host, port=443)


@pytest.mark.parametrize("client", UNSERVED[:2])
@pytest.mark.parametrize("host", ["example.com", "amazonaws.com.example.com", "myamazonaws.com"])
def test_other_hosts_are_looked_up(
    looked_up: list[str], client: Callable[[str], None], host: str
) -> None:
    with mock_membership(), pytest.raises(LookedUp):
        client(host)
    assert looked_up == [host]


@pytest.mark.parametrize("host", ["[::2", "[x]y.amazonaws.example", "", "fe80::1%eth0"])
def test_a_host_that_is_none_is_looked_up_as_without_a_mock(
    looked_up: list[str], host: str
) -> None:
    for around in (nullcontext(), mock_membership()):
        with around, pytest.raises(LookedUp):
            http.client.HTTPConnection(host, 80).request("GET", "/")
    assert looked_up == [host] * 2


@pytest.mark.parametrize("send", [*SERVED, pytest.param(by_requests, id="requests")])
def test_other_hosts_are_reached(looked_up: list[str], send: Send) -> None:
    with mock_membership(), pytest.raises(LookedUp):
        send("GET", "https://example.com/?at=.amazonaws.com/")
    assert looked_up == ["example.com"]


@pytest.mark.parametrize("send", SERVED)
def test_this_machine_is_reached(send: Send) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal")

        thread = threading.Thread(target=serve)
        thread.start()
        with mock_membership():
            assert send("GET", f"http://127.0.0.1:{server.getsockname()[1]}/") == (200, b"real")
        thread.join()


# --- let through ---

EVIDENCE = "https://evidence.s3.amazonaws.com/open/a"


@pytest.mark.parametrize("send", [*SERVED, pytest.param(by_requests, id="requests")])
@pytest.mark.parametrize(
    "passthrough",
    [
        pytest.param({"services": ["s3"]}, id="service"),
        pytest.param({"urls": [r"https://evidence\."]}, id="host"),
        pytest.param({"urls": [r"https://.+/open/"]}, id="path"),
    ],
)
def test_what_is_configured_to_pass_reaches_the_network(
    looked_up: list[str], passthrough: dict[str, Any], send: Send
) -> None:
    seen: list[type[BaseException]] = []

    def work() -> None:
        try:
            send("GET", EVIDENCE)
        except LookedUp:
            seen.append(LookedUp)

    with mock_membership(config={"core": {"passthrough": passthrough}}):
        work()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        with pytest.raises(RequestBlocked):
            by_urllib3("GET", "https://nothing.us-east-1.api.aws/")
    assert seen == [LookedUp] * 2
    assert set(looked_up) == {"evidence.s3.amazonaws.com"}


@pytest.mark.parametrize("client", UNSERVED[:2])
def test_a_host_that_is_configured_to_pass_is_looked_up(
    looked_up: list[str], client: Callable[[str], None]
) -> None:
    config = {"core": {"passthrough": {"urls": [r"https?://braket\."]}}}
    with mock_membership():
        with mock_membership(config=config), pytest.raises(LookedUp):
            client("braket.eu-west-1.amazonaws.com")
        with pytest.raises(RequestBlocked):
            client("braket.eu-west-1.amazonaws.com")
    assert looked_up == ["braket.eu-west-1.amazonaws.com"]


def test_our_own_service_passes_when_it_is_configured_to(looked_up: list[str]) -> None:
    with mock_membership(config={"core": {"passthrough": {"services": ["security-ir"]}}}) as mock:
        with pytest.raises(LookedUp):
            by_urllib3("POST", "https://security-ir.eu-west-1.api.aws/v1/memberships", b"{}")
        assert len(mock.calls) == 0


class OwnTools:
    """Tools of a test that catch what `requests` sends, each with nothing registered."""

    @staticmethod
    def responses() -> Any:
        return responses.RequestsMock()

    @staticmethod
    def responses_with_passthru() -> Any:
        own = responses.RequestsMock()
        own.add_passthru("http")
        return own

    @staticmethod
    def requests_mock() -> Any:
        return requests_mock.Mocker()

    @staticmethod
    def requests_mock_with_real_http() -> Any:
        return requests_mock.Mocker(real_http=True)


OWN_TOOLS = [getattr(OwnTools, name) for name in vars(OwnTools) if not name.startswith("_")]


@pytest.mark.parametrize("tool", OWN_TOOLS)
def test_presigned_urls_are_served_inside_a_tests_own_tool(
    membership_mock: Any, looked_up: list[str], tool: Any
) -> None:
    s3 = membership_mock.client("s3")
    s3.create_bucket(Bucket="evidence")
    s3.put_object(Bucket="evidence", Key="key", Body=b"a body")
    url = s3.generate_presigned_url("get_object", {"Bucket": "evidence", "Key": "key"})
    case = membership_mock.given.security_ir.case()
    ours = membership_mock.client("security-ir", region=case.region)
    upload = ours.get_case_attachment_upload_url(
        caseId=case.case_id, fileName="a.txt", contentLength=3
    )["attachmentPresignedUrl"]
    with tool():
        assert requests.get(url, timeout=5).content == b"a body"
        assert requests.put(upload, data=b"abc", timeout=5).status_code == 200
    assert looked_up == []


@pytest.mark.parametrize("tool", OWN_TOOLS)
def test_nothing_of_aws_leaves_through_a_tests_own_tool(looked_up: list[str], tool: Any) -> None:
    with mock_membership(), tool(), pytest.raises(RequestBlocked):
        requests.get("https://nothing.api.aws/", timeout=5)
    assert looked_up == []


def test_what_a_tests_own_tool_has_registered_is_its_own(membership_mock: Any) -> None:
    with responses.RequestsMock() as own:
        own.get(EVIDENCE, body=b"first")
        own.get(EVIDENCE, body=b"second")
        assert [requests.get(EVIDENCE, timeout=5).content for _ in "12"] == [b"first", b"second"]
    with requests_mock.Mocker() as other:
        other.get(EVIDENCE, content=b"third")
        assert requests.get(EVIDENCE, timeout=5).content == b"third"


def test_what_is_not_of_aws_is_refused_or_let_through_by_a_tests_own_tool(
    membership_mock: Any, looked_up: list[str]
) -> None:
    elsewhere = "https://www.example.com/"
    with responses.RequestsMock(), pytest.raises(requests.ConnectionError, match="by Responses"):
        requests.get(elsewhere, timeout=5)
    with requests_mock.Mocker(), pytest.raises(requests_mock.NoMockAddress):
        requests.get(elsewhere, timeout=5)
    with OwnTools.responses_with_passthru(), pytest.raises(LookedUp):
        requests.get(elsewhere, timeout=5)
    assert looked_up == ["www.example.com"]


def test_what_motos_passthrough_names_passes_a_tests_own_tool(looked_up: list[str]) -> None:
    config = {"core": {"passthrough": {"urls": [r"https://evidence\."]}}}
    own = OwnTools.responses_with_passthru()
    with mock_membership(config=config), own, pytest.raises(LookedUp):
        requests.get(EVIDENCE, timeout=5)


# --- begin and end ---


def test_the_guard_holds_until_the_outermost_mock_ends(looked_up: list[str]) -> None:
    def is_stopped() -> bool:
        try:
            connect("nothing.api.aws")
        except RequestBlocked:
            return True
        except LookedUp:
            return False
        raise AssertionError

    before = socket.getaddrinfo
    assert not is_stopped()
    with mock_aws():
        with mock_membership():
            with mock_membership(), mock_aws():
                assert is_stopped()
            assert is_stopped()
        assert not is_stopped()
        assert socket.getaddrinfo is before
    first, second = mock_membership().start(), mock_membership().start()
    first.stop()
    assert is_stopped()
    second.stop()
    assert socket.getaddrinfo is before


def test_a_tool_that_ends_after_the_mock_is_not_disturbed(
    monkeypatch: pytest.MonkeyPatch, looked_up: list[str]
) -> None:
    before = socket.getaddrinfo
    for _ in range(3):
        mock = mock_membership().start()
        found = socket.getaddrinfo

        def own(*args: Any, found: Any = found, **kwargs: Any) -> Any:
            return found(*args, **kwargs)

        socket.getaddrinfo = own
        with pytest.raises(RequestBlocked):
            connect("nothing.api.aws")
        mock.stop()
        assert socket.getaddrinfo is own
        socket.getaddrinfo = found  # as the tool has found it, which guards nothing any more
        with pytest.raises(LookedUp):
            connect("nothing.api.aws")
    with mock_membership(), pytest.raises(RequestBlocked):
        connect("nothing.api.aws")
    assert socket.getaddrinfo is before


def test_a_mock_may_start_while_another_tool_holds_the_classes(
    monkeypatch: pytest.MonkeyPatch, looked_up: list[str]
) -> None:
    class Recorder:
        """As vcrpy has them while a cassette is open: no `HTTPConnection`, but in its place."""

    for name in ("HTTPConnection", "HTTPSConnection"):
        monkeypatch.setattr(http.client, name, Recorder)
    url = "https://security-ir.eu-west-1.api.aws/v1/memberships"
    with mock_membership():
        assert by_urllib3("POST", url, b"{}") == (200, b'{"items":[]}')
    assert looked_up == []


def test_a_pool_that_was_served_goes_to_the_network_after_the_mock(looked_up: list[str]) -> None:
    pool = urllib3.PoolManager()
    url = "https://security-ir.eu-west-1.api.aws/v1/memberships"
    with mock_membership():
        assert pool.request("POST", url, body=b"{}").status == 200
    with pytest.raises(LookedUp):
        pool.request("POST", url, body=b"{}")
