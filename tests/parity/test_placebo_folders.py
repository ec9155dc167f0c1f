"""Folders of placebo are read by placebo; parameters and order are told besides."""

from __future__ import annotations

import json
import shutil
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import placebo
import pytest

from membership_mock import UsageError, mock_membership, parity
from tests.parity.conftest import ADMIN, MEMBER, REGION


@pytest.fixture(scope="module")
def _recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What placebo has recorded of an administrator."""
    folder = tmp_path_factory.mktemp("placebo")
    with mock_membership(region=REGION) as mock, redirect_stdout(StringIO()):  # placebo prints
        recorded = mock.session(ADMIN)  # of its own: placebo changes it for good
        pill = placebo.attach(recorded, data_path=str(folder))
        pill.record()
        hub = recorded.client("securityhub")
        with pytest.raises(hub.exceptions.InvalidAccessException):
            hub.describe_hub()
        hub.enable_security_hub()
        hub.create_members(AccountDetails=[{"AccountId": MEMBER}])
        hub.get_members(AccountIds=[MEMBER])
        hub.get_invitations_count()
        rooms = recorded.client("cleanrooms")
        rooms.list_collaborations()
        recorded.client("sts").get_caller_identity()
        pill.stop()
    return folder


@pytest.fixture
def folder(_recorded: Path, tmp_path: Path) -> Path:
    """A copy of what was recorded."""
    return Path(shutil.copytree(_recorded, tmp_path / "recorded"))


#: what placebo does not record, in the order of the calls
PARAMETERS: dict[str, dict[str, Any]] = {
    "securityhub.DescribeHub_1": {},
    "securityhub.EnableSecurityHub_1": {},
    "securityhub.CreateMembers_1": {"AccountDetails": [{"AccountId": MEMBER}]},
    "securityhub.GetMembers_1": {"AccountIds": [MEMBER]},
}


def test_a_folder_is_answered_alike_with_its_parameters(folder: Path) -> None:
    report = parity.check(folder, account=ADMIN, region=REGION, parameters=PARAMETERS)
    report.assert_equal()
    assert [each.call.operation for each in report.results] == [
        "DescribeHub",
        "EnableSecurityHub",
        "CreateMembers",
        "GetMembers",
        "ListCollaborations",
        "GetInvitationsCount",
    ]
    assert Path(report.results[0].call.place).name == "securityhub.DescribeHub_1.json"
    assert list(report.skipped.values()) == [1]  # STS


def test_calls_that_need_parameters_are_skipped_and_counted_without_them(folder: Path) -> None:
    report = parity.check(folder, account=ADMIN, region=REGION)
    assert "placebo records no parameters, and the operation requires some" in report.skipped
    assert {each.call.operation for each in report.results} >= {"DescribeHub", "EnableSecurityHub"}


def test_mistakes_name_the_file(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"no file for 'securityhub\.GetMember_1'; nearest: 'sec"):
        parity.check(folder, parameters={"securityhub.GetMember_1": {}})
    broken = folder / "securityhub.DescribeHub_2.json"
    broken.write_text(json.dumps({"data": {}}), encoding="utf-8")
    with pytest.raises(UsageError, match=r"DescribeHub_2\.json: this is not an answer"):
        parity.check(folder)
    broken.unlink()
    (folder / "securityhub.DescribeHub_2.pickle").write_bytes(b"")
    with pytest.raises(UsageError, match=r"DescribeHub_2\.pickle: only placebo's JSON files"):
        parity.check(folder)


def test_a_folder_without_recordings_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="the folder has no file of placebo"):
        parity.check(tmp_path)
