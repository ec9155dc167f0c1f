"""What the README and the guides claim of every call, where no other test has the claim."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.awsrequest
from moto import mock_aws

TEAM = [
    {"name": "Ana Silva", "jobTitle": "Lead", "email": "ana@example.com"},
    {"name": "Bo Li", "jobTitle": "Analyst", "email": "bo@example.com"},
]
ADMIN, MEMBER, REGION = "111122223333", "444455556666", "eu-west-1"


class Body:
    """The body of an answer, as urllib3 gives it."""

    def stream(self, **_: Any) -> list[bytes]:
        return [b"{}"]


def test_calls_to_security_ir_go_to_the_network_with_moto_alone() -> None:
    """The README: "With moto alone, ... calls to security-ir go to the network"."""
    left = []

    def instead_of_the_network(request: Any, **_: Any) -> Any:
        left.append(request.url)
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, Body())

    with mock_aws():
        client = boto3.client("security-ir", region_name=REGION)
        client.meta.events.register_last("before-send", instead_of_the_network)
        client.list_memberships()
    assert left == [f"https://security-ir.{REGION}.api.aws/v1/memberships"]


def test_all_timestamps_of_a_request_are_equal(membership_mock: Any) -> None:
    """docs/how-to/move-time.md: "Each request has one instant"."""
    client = membership_mock.client("security-ir", account=ADMIN, region=REGION)
    client.create_membership(membershipName="Response", incidentResponseTeam=TEAM)
    case = membership_mock.given.security_ir.case(ADMIN, REGION).case_id
    client.update_case(caseId=case, title="Another title")
    shown = client.get_case(caseId=case)
    (edit,) = (
        each
        for each in client.list_case_edits(caseId=case)["items"]
        if each["action"] == "Update case"
    )
    (call,) = membership_mock.calls.filter("UpdateCase")
    assert shown["lastUpdatedDate"] == edit["eventTimestamp"] == call.at
    assert call.at.microsecond % 1000 == 0


def test_an_invitation_does_not_expire(membership_mock: Any) -> None:
    """docs/how-to/move-time.md: "For instance, an invitation does not expire"."""
    membership_mock.given.securityhub.member(ADMIN, MEMBER, "Invited", region=REGION)
    membership_mock.clock.advance(days=3000)
    member = membership_mock.client("securityhub", account=MEMBER, region=REGION)
    (invitation,) = member.list_invitations()["Invitations"]
    member.accept_administrator_invitation(
        AdministratorId=ADMIN, InvitationId=invitation["InvitationId"]
    )
    assert member.get_administrator_account()["Administrator"]["AccountId"] == ADMIN
