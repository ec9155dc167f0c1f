"""Serving in threads: addresses, HTTPS and clients that wait."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import SSLError

from membership_mock import MembershipMock, NotRunning
from membership_mock.server import certificates
from membership_mock.server.client import RemoteMock
from membership_mock.server.serving import listening, run, serving
from membership_mock.server.tools.served import Served


@pytest.fixture(scope="module")
def certificate() -> Iterator[certificates.Certificate]:
    with certificates.self_signed("mock.test") as made:
        yield made


def test_https_serves_clients_that_trust_the_certificate(
    mock: MembershipMock, certificate: certificates.Certificate
) -> None:
    with serving(mock, tls=certificate.context) as url:
        assert url.startswith("https://127.0.0.1:")
        remote = RemoteMock(url, ca_file=str(certificate.file))
        assert remote.health().status == "running"
        assert remote.client("security-ir").list_memberships()["items"] == []
        with pytest.raises(NotRunning, match="CERTIFICATE_VERIFY_FAILED"):
            RemoteMock(url).health()
        distrustful = boto3.client(
            "security-ir",
            endpoint_url=url,
            region_name="eu-west-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",
            config=Config(retries={"total_max_attempts": 1}),
        )
        with pytest.raises(SSLError):
            distrustful.list_memberships()
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as plain:  # a browser without the s
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
            with suppress(ConnectionResetError):
                assert b"HTTP" not in plain.recv(100)
        assert remote.health().status == "running"


def test_the_certificate_has_the_names_of_the_server(
    certificate: certificates.Certificate,
) -> None:
    decoded = ssl._ssl._test_decode_cert(str(certificate.file))  # type: ignore[attr-defined]
    names = {name for _, name in decoded["subjectAltName"]}
    assert {"localhost", "127.0.0.1", "mock.test"} <= names


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_a_client_that_says_nothing_stops_no_other(
    mock: MembershipMock, certificate: certificates.Certificate, secure: bool
) -> None:
    with serving(mock, tls=certificate.context if secure else None) as url:
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)):
            remote = RemoteMock(url, ca_file=str(certificate.file), timeout=5)
            assert remote.health().status == "running"


def test_the_port_is_free_again_when_the_block_has_ended(mock: MembershipMock) -> None:
    with serving(mock) as url:
        port = int(url.rpartition(":")[2])
    with serving(mock, port=port) as again:
        assert again == url
        with pytest.raises(OSError, match="in use"), serving(mock, port=port):
            pass


def test_an_address_of_ip_version_6_is_served(mock: MembershipMock, tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no ::1")
    with serving(mock, host="::1") as url:
        assert url.startswith("http://[::1]:")
        assert RemoteMock(url).health().status == "running"


def exchanged(url: str, sent: bytes) -> str:
    """Send bytes to a server, and return all that it answers."""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=20) as there:
        there.sendall(sent)
        there.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: there.recv(65536), b"")).decode()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /_membership/" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", "414"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
        (b"\x16\x03\x01 \x02 hello\r\n\r\n", "400"),
    ],
    ids=["a long path", "HTTP/2", "no HTTP"],
)
def test_what_is_not_http_is_refused_and_leaves_no_traceback(
    mock: MembershipMock, capsys: pytest.CaptureFixture[str], sent: bytes, status: str
) -> None:
    with (
        listening("127.0.0.1", 0) as listener,
        run(Served(mock), listener, "127.0.0.1", log=True) as url,
    ):
        assert status in exchanged(url, sent)
    assert "Traceback" not in capsys.readouterr().err


_ADVANCE = b"POST /_membership/clock/advance HTTP/1.1\r\nHost: localhost\r\n"


def test_a_client_that_waits_to_continue_is_told_once(url: str) -> None:
    head = b"Expect: 100-continue\r\nContent-Length: 12\r\n\r\n"
    answer = exchanged(url, _ADVANCE + head + b'{"hours": 1}')
    assert answer.count("HTTP/1.1 100 Continue") == 1
    assert "HTTP/1.1 200" in answer


@pytest.mark.parametrize(
    "rest",
    [b"Content-Length: 500\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{"],
    ids=["it ends too early", "its chunks are malformed"],
)
def test_a_body_that_cannot_be_read_is_no_mistake_of_this_package(
    url: str, capsys: pytest.CaptureFixture[str], rest: bytes
) -> None:
    answer = exchanged(url, _ADVANCE + rest)
    assert "HTTP/1.1 400" in answer
    assert "MalformedBody" in answer
    assert capsys.readouterr().err == ""


def test_a_body_in_chunks_is_read(url: str, mock: MembershipMock) -> None:
    before = mock.clock.now()
    chunks = b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"hou\r\n7\r\nrs": 1}\r\n0\r\n\r\n'
    assert "HTTP/1.1 200" in exchanged(url, _ADVANCE + chunks)
    assert mock.clock.now() - before >= timedelta(hours=1)


def test_the_name_of_an_allowed_host_may_be_in_upper_case(mock: MembershipMock) -> None:
    with serving(mock, allowed_hosts=["Mock.Example.com."]) as url:
        for name in (b"mock.example.com", b"MOCK.example.com:80"):
            sent = b"GET /_membership/ready HTTP/1.1\r\nHost: " + name + b"\r\n\r\n"
            assert "HTTP/1.1 200" in exchanged(url, sent)
