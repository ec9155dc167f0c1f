"""The AWS CLI tells the stories of two accounts."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from membership_mock import MembershipMock
from tests.samples import TEAM

ADMIN, MEMBER = "111122223333", "444455556666"
#: the exit status for an error of the service: of the CLI's versions 1 and 2
REFUSED = (255, 254)


class Cli:
    """The AWS CLI of one account.

    Args:
        program: the path of ``aws``.
        url: the URL of the server.
        account: the account, by its key id.
    """

    def __init__(self, program: str, url: str, account: str) -> None:
        self._program = program
        self._environment = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PATH": "/usr/bin:/bin",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            [self._program, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def __call__(self, *arguments: str) -> Any:
        """Run a command that succeeds, and return what it prints as JSON; None if nothing."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None


@pytest.fixture
def admin(aws_cli: str, url: str) -> Cli:
    return Cli(aws_cli, url, ADMIN)


@pytest.fixture
def member(aws_cli: str, url: str) -> Cli:
    return Cli(aws_cli, url, MEMBER)


def test_an_invitation_is_sent_seen_and_accepted(
    admin: Cli, member: Cli, mock: MembershipMock
) -> None:
    with ThreadPoolExecutor(2) as pool:  # the CLI takes its time to start
        list(pool.map(lambda cli: cli("securityhub", "enable-security-hub"), (admin, member)))
    assert admin(
        "securityhub", "create-members", "--account-details", json.dumps([{"AccountId": MEMBER}])
    ) == {"UnprocessedAccounts": []}
    admin("securityhub", "invite-members", "--account-ids", MEMBER)
    invitation = member("securityhub", "list-invitations", "--query", "Invitations[0].InvitationId")
    member(
        *("securityhub", "accept-administrator-invitation"),
        *("--administrator-id", ADMIN, "--invitation-id", invitation),
    )
    assert admin("securityhub", "list-members", "--query", "Members[].MemberStatus") == ["Enabled"]
    mock.calls.assert_called("AcceptAdministratorInvitation", account=MEMBER)


def test_pages_are_walked_and_refusals_end_with_their_code(
    admin: Cli, mock: MembershipMock, url: str
) -> None:
    mock.given.securityhub.members(ADMIN, 7, "Created")
    everyone = admin(
        *("securityhub", "list-members", "--no-only-associated"),
        *("--page-size", "3", "--query", "length(Members)"),
    )
    assert everyone == 7
    mock.calls.assert_called("securityhub.ListMembers", times=3)
    refused = admin.run("securityhub", "enable-security-hub")
    assert refused.returncode in REFUSED
    assert "An error occurred (ResourceConflictException)" in refused.stderr
    missing = admin.run("detective", "list-graphs")
    assert missing.returncode in REFUSED
    assert "An error occurred (ServiceNotMocked)" in missing.stderr
    assert "mocks the service detective" in missing.stderr


def test_a_clean_room_is_made_and_joined(admin: Cli, member: Cli, mock: MembershipMock) -> None:
    room = admin(
        *("cleanrooms", "create-collaboration", "--name", "Campaigns"),
        *("--description", "Who saw what?", "--creator-display-name", "Brand"),
        *("--creator-member-abilities", "CAN_QUERY", "CAN_RECEIVE_RESULTS"),
        *("--query-log-status", "DISABLED"),
        "--members",
        json.dumps([{"accountId": MEMBER, "displayName": "Publisher", "memberAbilities": []}]),
    )["collaboration"]["id"]
    seen = member("cleanrooms", "list-collaborations", "--query", "collaborationList[].id")
    assert seen == [room]
    member(
        *("cleanrooms", "create-membership", "--collaboration-identifier", room),
        *("--query-log-status", "DISABLED"),
    )
    statuses = admin(
        *("cleanrooms", "list-members", "--collaboration-identifier", room),
        *("--query", "memberSummaries[].[accountId,status]"),
    )
    assert sorted(statuses) == [[ADMIN, "INVITED"], [MEMBER, "ACTIVE"]]


def test_a_case_is_opened_and_kept_from_others(
    admin: Cli, member: Cli, mock: MembershipMock
) -> None:
    membership = admin(
        *("security-ir", "create-membership", "--membership-name", "Response"),
        *("--incident-response-team", json.dumps(TEAM)),
    )["membershipId"]
    case = admin(
        *("security-ir", "create-case", "--resolver-type", "Self", "--title", "Unknown key"),
        *("--description", "It was used.", "--engagement-type", "Security Incident"),
        *("--reported-incident-start-date", "2026-01-02T00:00:00Z"),
        *("--impacted-accounts", ADMIN, "--watchers", "[]"),
    )["caseId"]
    here = partial(admin, "security-ir")
    assert here("get-case", "--case-id", case, "--query", "caseStatus") == "Submitted"
    refused = member.run("security-ir", "get-membership", "--membership-id", membership)
    assert refused.returncode in REFUSED
    assert "AccessDeniedException" in refused.stderr
    assert mock.calls[-1].account == MEMBER
