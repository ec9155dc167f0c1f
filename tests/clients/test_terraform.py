"""Terraform applies a project of two accounts, finds nothing left to change, and destroys it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from membership_mock import MembershipMock

ADMIN, MEMBER = "111122223333", "444455556666"


def test_a_project_of_two_accounts_is_applied_planned_and_destroyed(
    terraform_plugins: str, url: str, mock: MembershipMock, tmp_path: Path
) -> None:
    shutil.copy(Path(__file__).with_name("main.tf"), tmp_path)
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "TF_VAR_url": url,
        "TF_VAR_admin": ADMIN,
        "TF_VAR_member": MEMBER,
        "AWS_EC2_METADATA_DISABLED": "true",
    }

    def terraform(*arguments: str) -> int:
        done = subprocess.run(
            ["terraform", *arguments, "-no-color"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode in (0, 2), done.stdout + done.stderr
        return done.returncode

    terraform("init", f"-plugin-dir={terraform_plugins}")
    terraform("apply", "-auto-approve", "-input=false")
    hub = mock.client("securityhub", account=ADMIN)
    assert [each["MemberStatus"] for each in hub.list_members()["Members"]] == ["Enabled"]
    (room,) = mock.client("cleanrooms", account=MEMBER).list_collaborations()["collaborationList"]
    assert (room["name"], room["membershipArn"] is not None) == ("Campaigns", True)
    assert terraform("plan", "-detailed-exitcode", "-input=false") == 0
    terraform("destroy", "-auto-approve", "-input=false", "-refresh=false")
    assert (
        mock.client("cleanrooms", account=MEMBER).list_collaborations()["collaborationList"] == []
    )
    assert "member" not in str(mock)
