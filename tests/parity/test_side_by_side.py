"""Stories are played on a real endpoint and on the mock in lockstep, and clean up after themselves.

This project's own server stands for AWS. A proxy before it alters what it answers, on purpose.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from moto import mock_aws

from membership_mock import UsageError, mock_membership, parity
from membership_mock.parity import STORIES
from membership_mock.parity.playback import Playback
from tests.parity.conftest import ADMIN, MEMBER, REGION, session

#: takes method, path, status and body; returns status and body, or None to cut the connection
Alteration = Callable[[str, str, int, Any], tuple[int, Any] | None]
SESSIONS = {"admin": ADMIN, "member": MEMBER}


@contextmanager
def proxy(target: str, alter: Alteration) -> Iterator[tuple[str, list[str]]]:
    """Run a proxy that alters answers; yield its URL and what was called, as it grows."""
    called: list[str] = []
    host = urlsplit(target).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            called.append(f"{self.command} {self.path}")
            connection = HTTPConnection(host)
            connection.request(self.command, self.path, sent, dict(self.headers))
            answer = connection.getresponse()
            body = answer.read()
            status, headers = answer.status, dict(answer.getheaders())
            connection.close()
            if body[:1] in (b"{", b""):
                altered = alter(self.command, self.path, status, json.loads(body or b"{}"))
                if altered is None:
                    self.close_connection = True
                    return
                status, told = altered
                if "__type" in told:
                    headers = {name: each for name, each in headers.items() if "rror" not in name}
                    headers["x-amzn-ErrorType"] = told.pop("__type")
                body = json.dumps(told).encode()
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in {"content-length", "connection", "date", "server"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _forward  # noqa: N815

        def log_message(self, *parts: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", called
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def as_it_is(_method: str, _path: str, status: int, body: Any) -> tuple[int, Any]:
    """Alter nothing."""
    return status, body


def play(story: str, url: str, **options: Any) -> parity.Report:
    """Play a story with the mock in this process, which the server is not."""
    accounts = {role: SESSIONS[role] for role in STORIES[story].roles}
    with mock_membership(region=REGION, unmocked_calls="ignore") as mock:
        sessions = {role: session(account) for role, account in accounts.items()}
        playback = Playback(mock)
        playback.presume("the story", STORIES[story].world(accounts, REGION), {})
        return parity.play(
            story, sessions, region=REGION, endpoint_url=url, checker=playback, **options
        )


def enable_hubs(url: str) -> None:
    """Enable Security Hub in both accounts on the server."""
    for account in SESSIONS.values():
        session(account).client("securityhub", endpoint_url=url).enable_security_hub()


def rooms_of(url: str) -> list[Any]:
    """Return the collaborations that there are on the server."""
    client = session(ADMIN).client("cleanrooms", endpoint_url=url)
    found: list[Any] = client.list_collaborations()["collaborationList"]
    return found


def not_equal(report: parity.Report) -> dict[str, list[str]]:
    """Return the differences by operation."""
    return {
        each.call.operation: [str(difference) for difference in each.differences]
        for each in report.results
        if not each.is_equal
    }


@pytest.mark.parametrize("story", STORIES)
def test_a_story_finds_the_server_equal_and_leaves_nothing(server: str, story: str) -> None:
    if STORIES[story].world({"admin": ADMIN}, REGION):
        enable_hubs(server)
    report = play(story, server, create=True)
    assert not_equal(report) == {}
    assert report.ok
    assert report.skipped == {}
    assert rooms_of(server) == []
    if story == "invitation":
        admin = session(ADMIN).client("securityhub", endpoint_url=server)
        assert admin.list_members(OnlyAssociated=False)["Members"] == []
        member = session(MEMBER).client("securityhub", endpoint_url=server)
        assert member.list_invitations()["Invitations"] == []


def test_answers_that_were_altered_are_reported_and_no_others(server: str) -> None:
    def alter(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        if method == "GET" and path.startswith("/memberships/"):
            body["membership"]["status"] = "REMOVED"
            body["membership"]["colour"] = "red"  # which botocore drops, as it does not know it
            del body["membership"]["queryLogStatus"]
        if method == "GET" and path.endswith("/members"):
            body["memberSummaries"].reverse()
        if method == "PATCH":
            return 400, {"__type": "ValidationException", "message": "No."}
        return status, body

    with proxy(server, alter) as (url, called):
        report = play("collaboration", url, create=True)
    assert not_equal(report) == {
        "GetMembership": [
            'membership.status: expected "REMOVED", got "ACTIVE"',
            'membership.queryLogStatus: expected nothing, got "DISABLED"',
        ],
        "ListMembers": report_of_order(report),
        "UpdateCollaboration": [
            'error code: expected "ValidationException", got "AccessDeniedException"',
            f'error text: expected "No.", got "{denied(report)}"',
            "status: expected 400, got 403",
        ],
    }
    assert all("the same entries in another order" in each for each in report_of_order(report))
    assert "DELETE" in called[-1]
    assert rooms_of(server) == []


def report_of_order(report: parity.Report) -> list[str]:
    """Return the differences of the last list of members."""
    found = [each for each in report.results if each.call.operation == "ListMembers"]
    return [str(each) for each in found[-1].differences]


def denied(report: parity.Report) -> str:
    """Return the text with which the mock denies."""
    (result,) = (each for each in report.results if each.call.operation == "UpdateCollaboration")
    return str(result.differences[1].got)


def test_what_the_real_endpoint_answers_can_be_recorded(server: str, tmp_path: Path) -> None:
    file = tmp_path / "story.jsonl"
    checked: list[parity.RecordedCall] = []

    class Nothing:
        """A mock that is not there: this process has none, as with the mock in another one."""

        def check(self, call: parity.RecordedCall) -> parity.Result:
            checked.append(call)
            return parity.Result(call, parity.Outcome.EQUAL)

    with parity.record(file, keep=True):
        parity.play(
            "collaboration",
            {role: session(account) for role, account in SESSIONS.items()},
            region=REGION,
            endpoint_url=server,
            create=True,
            checker=Nothing(),
        )
    report = parity.check(file)
    report.assert_equal()
    assert len(report.checked) == len(checked)


def test_a_story_that_creates_things_lists_them_before_it_calls_anything(server: str) -> None:
    with (
        proxy(server, as_it_is) as (url, called),
        pytest.raises(UsageError, match="a collaboration 'membership-mock parity'") as raised,
    ):
        play("collaboration", url)
    assert "a membership of `member` in it: DeleteMembership" in str(raised.value)
    assert "Cost: " in str(raised.value)
    assert called == []


def test_a_story_that_cannot_go_on_removes_what_it_has_created(server: str) -> None:
    def refuse_to_join(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        if (method, path) == ("POST", "/memberships"):
            return 402, {"__type": "ServiceQuotaExceededException", "message": "Full."}
        return status, body

    with proxy(server, refuse_to_join) as (url, called):
        report = play("collaboration", url, create=True)
    assert called[-1].startswith("DELETE /collaborations/")
    assert rooms_of(server) == []
    assert [each for each in report.skipped if "CreateMembership of member was refused" in each]


def test_a_lost_connection_ends_the_story_after_its_clean_up(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    def cut(method: str, path: str, status: int, body: Any) -> tuple[int, Any] | None:
        return None if method == "GET" and path.startswith("/memberships/") else (status, body)

    with (
        proxy(server, cut) as (url, called),
        pytest.raises(UsageError, match=r"GetMembership of member has not reached the endpoint"),
    ):
        play("collaboration", url, create=True)
    assert [each.partition("/")[0] for each in called[-2:]] == ["DELETE ", "DELETE "]
    assert rooms_of(server) == []


def test_an_interrupt_of_the_user_ends_the_story_after_its_clean_up(server: str) -> None:
    told: list[str] = []

    def interrupt(text: str) -> None:
        told.append(text)
        if "cleanrooms.GetMembership" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play("collaboration", server, create=True, tell=interrupt)
    assert rooms_of(server) == []
    assert "DeleteCollaboration" in told[-1]


def test_what_a_clean_up_cannot_remove_is_told(server: str) -> None:
    def keep(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        if method == "DELETE" and path.startswith("/collaborations/"):
            return 403, {"__type": "AccessDeniedException", "message": "No."}
        return status, body

    told: list[str] = []
    with proxy(server, keep) as (url, _):
        report = play("collaboration", url, create=True, tell=told.append)
    assert told[-1].startswith("NOT REMOVED  cleanrooms.DeleteCollaboration of admin with ")
    assert [each for each in report.skipped if each.startswith("a clean-up: ")]


def test_the_clean_up_goes_on_when_the_mock_has_gone(server: str) -> None:
    class Gone:
        """A mock whose process has ended after the first calls."""

        def __init__(self) -> None:
            self.calls = 0

        def check(self, call: parity.RecordedCall) -> parity.Result:
            self.calls += 1
            if self.calls > 4:
                raise UsageError("The process of the mock has ended")
            return parity.Result(call, parity.Outcome.EQUAL)

    told: list[str] = []
    with pytest.raises(UsageError, match="The process of the mock has ended"):
        parity.play(
            "collaboration",
            {role: session(account) for role, account in SESSIONS.items()},
            region=REGION,
            endpoint_url=server,
            create=True,
            checker=Gone(),
            tell=told.append,
        )
    assert rooms_of(server) == []
    assert not [each for each in told if "NOT REMOVED" in each]


def test_what_was_there_before_is_left_alone(server: str) -> None:
    enable_hubs(server)
    admin = session(ADMIN).client("securityhub", endpoint_url=server)
    admin.create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "kept@example.com"}])
    report = play("invitation", server, create=True)
    assert "the rest of the story: `member` is in the list of `admin` already" in report.skipped
    (kept,) = admin.list_members(OnlyAssociated=False)["Members"]
    assert kept["Email"] == "kept@example.com"


def test_a_refused_creation_is_not_undone(server: str) -> None:
    enable_hubs(server)

    def refuse(method: str, path: str, status: int, body: Any) -> tuple[int, Any]:
        if (method, path) == ("POST", "/members"):
            return 400, {"__type": "InvalidInputException", "Message": "No."}
        return status, body

    with proxy(server, refuse) as (url, called):
        report = play("invitation", url, create=True)
    assert "POST /members/delete" not in called
    assert [each for each in report.skipped if "CreateMembers of admin was refused" in each]


def test_moto_alone_is_found_to_differ() -> None:
    with mock_aws():
        assumed = boto3.client("sts", region_name=REGION).assume_role(
            RoleArn=f"arn:aws:iam::{MEMBER}:role/x", RoleSessionName="story"
        )["Credentials"]
        member = boto3.Session(
            assumed["AccessKeyId"],
            assumed["SecretAccessKey"],
            assumed["SessionToken"],
            region_name=REGION,
        )
        sessions = {"admin": session(ADMIN), "member": member}
        for each in sessions.values():
            each.client("securityhub").enable_security_hub()
        told: list[str] = []
        # the mock is in a process of its own: mock_aws of this one does not reach it
        report = parity.play("invitation", sessions, region=REGION, create=True, tell=told.append)
    assert not report.ok
    assert len(told) >= len(report.results)
    assert "GetMembers" in not_equal(report)
    # in moto, no invitation arrives at the other account
    assert any(each.startswith("the rest of the story: ") for each in report.skipped)


def test_mistakes_are_told_before_anything_is_called(server: str) -> None:
    admin = session(ADMIN)
    options: dict[str, Any] = {"region": REGION, "endpoint_url": server}
    with pytest.raises(UsageError, match="no story 'catalog'; nearest: 'catalogue'"):
        parity.play("catalog", {"admin": admin}, **options)
    with pytest.raises(UsageError, match="there is no session for member"):
        parity.play("collaboration", {"admin": admin}, create=True, **options)
    with pytest.raises(UsageError, match=f"another account, but there are only {ADMIN}"):
        parity.play("collaboration", {"admin": admin, "member": admin}, create=True, **options)
    with pytest.raises(UsageError, match="The account of admin is not known"):
        parity.play("catalogue", {"admin": admin}, region=REGION, endpoint_url="http://127.0.0.1:9")
    with mock_membership(), pytest.raises(UsageError, match="A mock is running in this process"):
        parity.play("catalogue", {"admin": admin}, **options)
