"""``python -m membership_mock``: demo, operations, serve."""

from __future__ import annotations

import io
import re
import signal
import socket
import subprocess
import sys
from functools import partial

import boto3
import pytest

from membership_mock import mock_membership
from membership_mock.__main__ import main
from membership_mock.demo import run
from tests.samples import new_membership


def test_the_demo_tells_every_call_with_its_answer_and_caller() -> None:
    out = io.StringIO()
    run(out)
    text = out.getvalue()
    for line in (
        r"management +111122223333  organizations\.CreateOrganization",
        r"security +\d{12}  security-ir\.CreateMembership",
        r"security +\d{12}  security-ir\.CancelMembership",
        r'security +\d{12}  security-ir\.UpdateMembership .*"undoMembershipCancellation": true',
        r"shop +\d{12}  security-ir\.GetMembership .*\n    ! .*AccessDeniedException",
        r"security +\d{12}  security-ir\.CloseCase .*\n    > .*Closed",
        r"security +\d{12}  securityhub\.InviteMembers",
        r"acquired +\d{12}  securityhub\.AcceptAdministratorInvitation",
        r"security +\d{12}  securityhub\.ListMembers .*\n    > .*Enabled",
        r"acquired +\d{12}  securityhub\.GetAdministratorAccount .*\n    > .*Enabled",
        r"security +\d{12}  securityhub\.ListMembers .*\n    > .*Resigned",
        r"shop +\d{12}  cleanrooms\.CreateCollaboration",
        r"partner +\d{12}  cleanrooms\.CreateMembership .*\n    > .*ACTIVE",
        r"shop +\d{12}  cleanrooms\.ListMembers .*\n    > .*LEFT",
        r"partner +\d{12}  cleanrooms\.GetCollaboration .*\n    ! .*AccessDeniedException",
        r"\n  organization o-\w+ of 111122223333, all features, 3 accounts\n",
        r"\n        444455556666 'Partner' LEFT\n",
    ):
        assert re.search(line, text), line
    assert "\x1b[" not in text  # colours are for terminals only


def test_the_demo_runs_as_a_command_and_needs_nothing_set_up() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "membership_mock", "demo"],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
        check=True,
    )
    assert "What the mock remembers" in result.stdout
    assert result.stderr == ""


def test_operations_lists_what_is_mocked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations", "security-ir"]) == 0
    text = capsys.readouterr().out
    assert re.match(r"security-ir: \d+ of \d+ operations\n", text)
    assert "  CreateMembership\n" in text
    assert "  UpdateMembership  (account scope changes take effect at once)\n" in text


def test_operations_of_an_unknown_service_names_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["operations", "ec2"])
    assert "ec2 is not mocked; the mocked services are: " in capsys.readouterr().err


def test_without_a_command_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "demo" in capsys.readouterr().err


def serving() -> tuple[subprocess.Popen[str], str]:
    """Start the server as a shell does with ``&``; return its process and the URL it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "membership_mock", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell lets what it runs in the background ignore the interrupt.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509
    )
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found
    return process, found.group()


def ended(process: subprocess.Popen[str], by: signal.Signals) -> tuple[int, str]:
    """Send a signal to the server; return its exit status and what it wrote about it."""
    process.send_signal(by)
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors


def test_serve_serves_the_mock_over_http() -> None:
    process, url = serving()
    try:
        client = boto3.client(
            "security-ir",
            endpoint_url=url,
            region_name="eu-west-1",
            aws_access_key_id="111122223333",
            aws_secret_access_key="x",
        )
        membership = new_membership(client)
        assert client.get_membership(membershipId=membership)["accountId"] == "111122223333"
        with mock_membership() as mock:
            here = mock.client("security-ir", account="111122223333", region="eu-west-1")
            assert here.list_memberships()["items"] == []
    finally:
        status, errors = ended(process, signal.SIGTERM)
    assert status == 0
    assert "Traceback" not in errors


def test_an_interrupt_ends_a_server_in_the_background() -> None:
    process, _ = serving()
    assert ended(process, signal.SIGINT) == (0, "")


def test_a_port_that_is_taken_ends_serve_with_one_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    said = capsys.readouterr()
    assert said.err == f"Cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert said.out == ""


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("203.0.113.1", "0"),
        ("no-such-host.invalid", "0"),
        ("x" * 70, "0"),
        ("127.0.0.1", "70000"),
        ("127.0.0.1", "-1"),
    ],
)
def test_a_host_or_port_that_cannot_be_ends_serve_with_one_sentence(
    capsys: pytest.CaptureFixture[str], host: str, port: str
) -> None:
    assert main(["serve", "--host", host, f"--port={port}"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"Cannot listen on {host}:{port}: ")
    assert said.count("\n") == 1


def test_serve_keeps_no_negative_number_of_calls(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--keep-calls", "-1"])
    assert "--keep-calls is a number from 0 on, not -1" in capsys.readouterr().err


def test_serve_leaves_the_handlers_of_signals_as_they_were(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with socket.create_server(("127.0.0.1", 0)) as other:
        main(["serve", "--port", str(other.getsockname()[1])])
    assert signal.getsignal(signal.SIGTERM) == before
    assert capsys.readouterr().err
