"""The JS SDK v3 tells the stories of two accounts; its script is beside this file."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from membership_mock import MembershipMock

ADMIN, MEMBER = "111122223333", "444455556666"


def test_two_accounts_tell_the_stories_of_all_services(
    node_modules: Path, url: str, mock: MembershipMock, tmp_path: Path
) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not there")
    # Modules are looked for beside the script.
    (tmp_path / "node_modules").symlink_to(node_modules.resolve())
    script = shutil.copy(Path(__file__).with_name("story.mjs"), tmp_path)
    done = subprocess.run(
        [node, script, url, ADMIN, MEMBER],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "invitedBy": [ADMIN],
        "invitedAtIsADate": True,
        "members": ["Enabled"],
        "pages": [4, 2],
        "conflict": [True, 409],
        "createdIsADate": True,
        "rooms": ["Campaigns"],
        "collaborators": {ADMIN: "INVITED", MEMBER: "ACTIVE"},
        "missing": [True, "AccessDeniedException"],
        "own": ADMIN,
        "stranger": "AccessDeniedException",
        "notMocked": ["ServiceNotMocked", 1],
    }
    assert {(call.service, call.account) for call in mock.calls} == {
        (service, account)
        for service in ("securityhub", "cleanrooms", "security-ir")
        for account in (ADMIN, MEMBER)
    }
