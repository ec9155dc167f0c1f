"""``python -m membership_mock parity``: check, run, stories, and their exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from membership_mock.__main__ import main
from tests.parity.conftest import ADMIN, MEMBER, REGION
from tests.parity.test_side_by_side import enable_hubs, proxy

HUB = {"service": "securityhub", "operation": "EnableSecurityHub", "setup": True}
COUNT = {"service": "securityhub", "operation": "GetInvitationsCount"}


def recording(folder: Path, count: int) -> str:
    """Write a recording in which an account has so many invitations."""
    file = folder / "count.jsonl"
    lines = [HUB, {**COUNT, "answer": {"InvitationsCount": count}}]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return str(file)


@pytest.fixture
def _profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles with the names of the roles."""
    file = tmp_path / "credentials"
    file.write_text(
        "".join(
            f"[{name}]\naws_access_key_id = {account}\naws_secret_access_key = any\n"
            for name, account in (("admin", ADMIN), ("member", MEMBER))
        ),
        encoding="utf-8",
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))


@pytest.mark.parametrize(("count", "status"), [(0, 0), (2, 1)])
def test_check_ends_with_the_status_for_a_build_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int, status: int
) -> None:
    assert main(["parity", "check", recording(tmp_path, count)]) == status
    shown = capsys.readouterr().out
    assert ("InvitationsCount: expected 2, got 0" in shown) is bool(status)
    assert "1 calls checked: " in shown


def test_check_takes_what_the_recording_does_not_tell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = tmp_path / "world.json"
    world.write_text(
        json.dumps(
            {
                "securityhub": [
                    {
                        "member": {
                            "administrator": ADMIN,
                            "account": MEMBER,
                            "region": REGION,
                            "status": "Invited",
                        }
                    }
                ]
            }
        ),
        encoding="utf-8",
    )
    file = tmp_path / "count.jsonl"
    file.write_text(json.dumps({**COUNT, "answer": {"InvitationsCount": 1}}), encoding="utf-8")
    arguments = ["--world", str(world), "--account", MEMBER, "--region", REGION]
    assert main(["parity", "check", str(file), *arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert told["calls"][0]["account"] == MEMBER
    ignored = ["--ignore", "InvitationsCount", "--all"]
    assert main(["parity", "check", recording(tmp_path, 7), *ignored]) == 0
    assert "equal             securityhub.GetInvitationsCount" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "none.jsonl"], "none.jsonl: there is no such file"),
        (["check", "x.jsonl", "--account-of", "AKIA"], "--account-of takes KEY=ID"),
        (["check", "x.jsonl", "--world", "none.json"], "none.json: this cannot be read as JSON"),
        (["run", "catalog"], "nearest: 'catalogue'"),
        (["run", "catalogue"], "there is no session for admin"),
        (["run", "catalogue", "--profile", "nobody"], "--profile: The config profile"),
        (["run", "catalogue", "--profile", "a", "--profile", "b"], "has the roles admin only"),
        (["run", "invitation"], "It creates, and removes with:"),
    ],
)
def test_mistakes_end_with_another_status(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["parity", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_the_stories_are_listed_with_what_they_create_and_cost(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["parity", "stories"]) == 0
    shown = capsys.readouterr().out
    assert "invitation: Invites a member account" in shown
    assert "    - an invitation to `member`: DeleteInvitations" in shown
    assert "  It only reads. " in shown


@pytest.mark.usefixtures("_profiles")
def test_run_plays_a_story_with_profiles_and_the_mock_in_another_process(
    server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    enable_hubs(server)

    def alter(method: str, path: str, status: int, body: object) -> tuple[int, object]:
        if (method, path) == ("GET", "/administrator") and isinstance(body, dict) and body:
            body["Administrator"]["MemberStatus"] = "Paused"
        return status, body

    with proxy(server, alter) as (url, _):
        arguments = ["--profile", "admin", "--profile", "member", "--create"]
        arguments += ["--region", REGION, "--endpoint-url", url]
        assert main(["parity", "run", "invitation", *arguments]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("differs           securityhub.GetAdministratorAccount by ")
    assert shown[1] == '    Administrator.MemberStatus: expected "Paused", got "Enabled"'
    assert shown[2:] == [
        "16 calls checked: 15 equal, 1 differs, 0 refused otherwise, 0 not mocked."
    ]
