"""Serving in threads: addresses, HTTPS and clients that wait."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import SSLError

from membership_mock import MembershipMock, NotRunning
from membership_mock.server import certificates
from membership_mock.server.client import RemoteMock
from membership_mock.server.serving import serving


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
