"""``python -m membership_mock``: demo and operations; `serve` has tests in ``tests/server``."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

import pytest

from membership_mock.__main__ import main
from membership_mock.demo import run


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


@pytest.mark.parametrize(
    ("command", "status"),
    [
        pytest.param("demo", 0, id="while it works"),
        pytest.param("operations security-hub", 2, id="when it fails"),
    ],
)
def test_a_command_ends_as_ever_when_its_reader_has_read_enough(command: str, status: int) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        result = subprocess.run(
            [sys.executable, "-m", "membership_mock", *command.split()],
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(write)
    assert result.returncode == status
    assert "BrokenPipeError" not in result.stderr


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
    assert "ec2 is not mocked. The mocked services are cleanrooms, " in capsys.readouterr().err


def test_without_a_command_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "demo" in capsys.readouterr().err
