"""``python -m membership_mock serve``: its options, its signals, and how it refuses."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from membership_mock import Dump, MembershipMock, NotRunning, UsageError, mock_membership
from membership_mock.__main__ import main
from membership_mock.server import command_line
from membership_mock.server.client import RemoteMock
from membership_mock.server.serving import serving
from tests.samples import new_membership
from tests.server.raw_http import Raw

ACCOUNT, MEMBER = "111122223333", "444455556666"


def started(*options: str) -> tuple[subprocess.Popen[str], str, list[str]]:
    """Start the server as a shell does with ``&``; return its process, its URL and what it says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "membership_mock", "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell lets what it runs in the background ignore the interrupt.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509
    )
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        found = re.search(r"https?://127\.0\.0\.1:\d+", line)
        if found:
            return process, found.group(), lines
    raise AssertionError(process.communicate()[1])


def ended(process: subprocess.Popen[str], by: signal.Signals) -> tuple[int, str]:
    """Send a signal to the server; return its exit status and what it wrote about it."""
    process.send_signal(by)
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors


def test_a_server_starts_with_options_and_leaves_a_dump(tmp_path: Path) -> None:
    given, kept = tmp_path / "world.json", tmp_path / "state.json"
    given.write_text(
        json.dumps({"securityhub": [{"member": {"administrator": ACCOUNT, "account": MEMBER}}]})
    )
    process, url, said = started(
        *("--account", ACCOUNT, "--region", "eu-west-1", "--seed", "7"),
        *("--given", str(given), "--load", str(kept), "--dump-on-exit", str(kept), "--tls"),
    )
    try:
        assert said[0] == f"{kept} is not there yet: the world is empty\n"
        assert process.stdout is not None
        trusted = process.stdout.readline().removeprefix("Certificate to trust: ").strip()
        remote = RemoteMock(url, ca_file=trusted)
        health = remote.health()
        assert (health.account, health.region) == (ACCOUNT, "eu-west-1")
        hub = remote.client("securityhub")  # of the default account
        assert [each["AccountId"] for each in hub.list_members()["Members"]] == [MEMBER]
        with mock_membership() as mock:  # the mock of this process is another world
            new_membership(remote.client("security-ir"))
            assert len(mock.calls) == 0
        at_start = remote.dump()
        remote.restore("start")
        assert remote.client("security-ir").list_memberships()["items"] == []
        remote.load(at_start)
    finally:
        status, errors = ended(process, signal.SIGTERM)
    assert status == 0
    assert "Traceback" not in errors
    assert "POST /v1/membership" in errors  # the access log
    assert "_membership" not in errors
    dump = Dump.from_json(kept.read_text())
    with mock_membership() as mock:
        mock.load(dump)
        here = mock.client("securityhub", account=ACCOUNT, region="eu-west-1")
        assert [each["AccountId"] for each in here.list_members()["Members"]] == [MEMBER]
    assert not Path(trusted).exists()


def test_an_interrupt_ends_a_server_in_the_background_whose_clock_was_frozen() -> None:
    process, url, _ = started("--now", "2030-01-31T12:00:00Z")
    try:
        clock = RemoteMock(url).clock
        assert (clock.now().isoformat(), clock.frozen) == ("2030-01-31T12:00:00+00:00", True)
    finally:
        assert ended(process, signal.SIGINT) == (0, "")


def test_a_server_outlives_its_mock_and_says_so() -> None:
    mock = mock_membership().start()
    with serving(mock) as url:
        server = Raw(url)
        assert server.tool("GET", "/ready") == "ready"
        client = RemoteMock(url).client("security-ir", account="111122223333", region="eu-west-1")
        mock.stop()
        assert server.tool("GET", "/health")["status"] == "ended"
        assert server.refusal("GET", "/ready", status=503)[0] == "NotRunning"
        assert server.refusal("POST", "/reset")[0] == "NotRunning"
        with pytest.raises(NotRunning):
            RemoteMock(url).reset()
        with pytest.raises(ClientError) as raised:
            client.list_memberships()
        assert raised.value.response["Error"]["Code"] == "NotRunning"


# --- misuse ---


def refused(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Return the sentence with which the server refuses to start, with exit status 1."""
    assert main(["serve", "--port", "0", *options]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


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


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--keep-calls", "-1"], "--keep-calls is a number from 0 on, not -1"),
        (["--account", "1234"], "--account: '1234' is not an account id"),
        (
            ["--region", "eu-west-11"],
            "--region: 'eu-west-11' is not a region; nearest: 'eu-west-1'",
        ),
        (["--now", "yesterday"], "--now: "),
        (["--now", "2030-01-31", "--load", "x"], "a dump has a clock of its own"),
        (["--tls-cert", "x"], "--tls-cert and --tls-key go together"),
        (["--tls", "--tls-cert", "x", "--tls-key", "x"], "--tls makes a certificate"),
        (["--prot", "1"], "unrecognized arguments: --prot"),
        (["--port", "x"], "invalid int value: 'x'"),
    ],
)
def test_an_option_that_cannot_be_ends_serve_with_the_usage(
    capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["serve", *options])
    assert exited.value.code == 2
    shown = capsys.readouterr().err
    assert "usage: python -m membership_mock" in shown
    assert said in shown


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--load", None, "cannot be read: No such file or directory"),
        ("--load", b"\xff", "cannot be read: 'utf-8' codec"),
        ("--load", b"{", "This is not the JSON text of a dump"),
        ("--load", b'{"format": 0}', "This dump has the format 0"),
        ("--load", b'{"format": 2, "stores": {}, "clock": {}}', "The clock of a dump"),
        ("--given", None, "cannot be read: No such file or directory"),
        ("--given", b"{", "is not JSON"),
        ("--given", b"[]", "the world"),
        ("--given", b'{"securityhb": []}', "nearest: 'securityhub'"),
        ("--given", b'{"securityhub": [{"hub": {"acount": "1"}}]}', "acount"),
    ],
)
def test_a_file_that_cannot_be_used_ends_serve_with_its_name(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    option: str,
    content: bytes | None,
    said: str,
) -> None:
    path = tmp_path / "file.json"
    if content is not None:
        path.write_bytes(content)
    text = refused(capsys, option, str(path))
    assert text.startswith(f"{option} {path}")
    assert said in text


def test_a_place_for_the_dump_that_cannot_be_written_is_told_at_the_start(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    missing = tmp_path / "no" / "state.json"
    text = refused(capsys, "--dump-on-exit", str(missing))
    assert text == f"--dump-on-exit {missing} cannot be written: {missing.parent} is not a folder\n"
    assert refused(capsys, "--dump-on-exit", str(tmp_path)) == (
        f"--dump-on-exit {tmp_path} cannot be written\n"
    )


@pytest.mark.parametrize("trouble", ["folder", "world"])
def test_a_dump_that_cannot_be_written_at_the_end_is_told(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()

    def end() -> None:
        if trouble == "folder":
            folder.rmdir()
        raise KeyboardInterrupt

    def refuse(_: object) -> None:
        raise UsageError("S3 holds something that cannot be written.")

    monkeypatch.setattr("membership_mock.server.command_line._wait_for_a_signal", end)
    if trouble == "world":
        monkeypatch.setattr(MembershipMock, "dump", refuse)
    target = folder / "state.json"
    assert main(["serve", "--port", "0", "--dump-on-exit", str(target)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"--dump-on-exit {target} cannot be written: ")
    assert said.count("\n") == 1


def test_a_region_of_the_environment_that_is_none_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-wset-1")
    assert "AWS_DEFAULT_REGION: 'eu-wset-1' is not a region" in refused(capsys)


def test_a_certificate_that_cannot_be_used_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    wrong = tmp_path / "cert.pem"
    for _ in range(2):
        text = refused(capsys, "--tls-cert", str(wrong), "--tls-key", str(wrong))
        assert text.startswith(f"--tls-cert {wrong} and --tls-key {wrong} cannot be used: ")
        wrong.write_text("x")


def test_without_the_extra_the_command_names_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "flask_cors", None)
    assert "pip install 'membership-mock[server]'" in refused(capsys)


def test_serve_leaves_the_handlers_of_signals_as_they_were(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    given = tmp_path / "world.json"
    given.write_text("[]")
    refused(capsys, "--given", str(given))
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize("stage", ["_mock", "_read_dump", "_fill"])
def test_a_signal_ends_a_server_that_has_not_started_yet_and_writes_no_dump(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stage: str
) -> None:
    def interrupted(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(command_line, stage, interrupted)
    kept = tmp_path / "state.json"
    kept.write_text("{}")
    assert main(["serve", "--port", "0", "--dump-on-exit", str(kept)]) == 0
    assert (capsys.readouterr().err, kept.read_text()) == ("", "{}")
