"""Stories that are played on real endpoints and on the mock.

A story says which roles it has, what its accounts have to look like before, and what it creates.
Most only read. Those that create things name each thing, and give its clean-up at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

_UNKNOWN_ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
_UNKNOWN_MEMBERSHIP = "m-aaaaaaaaaaaaaaaaaaaa"


class Undo(NamedTuple):
    """The call that takes back what another has created; both go to one service.

    Attributes:
        role: who makes it.
        service: where.
        operation: what.
        parameters: its parameters.
    """

    role: str
    service: str
    operation: str
    parameters: Mapping[str, Any]


class Stage(Protocol):
    """What a story acts on."""

    region: str
    accounts: Mapping[str, str]

    def call(self, role: str, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Make a call that the story needs; a refusal ends the story."""

    def attempt(self, role: str, service: str, operation: str, **parameters: Any) -> None:
        """Make a call that may be refused."""

    def need(self, condition: bool, text: str) -> None:
        """End the story if a condition does not hold: the accounts are not as it presumes."""

    def create(self, undo: Undo, role: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Make a call that the story needs, and undo it at the end unless it was refused."""

    def later(self, role: str, service: str, operation: str, **parameters: Any) -> None:
        """Make a call when the story ends, however it ends; the last one is made first."""


@dataclass(frozen=True)
class Story:
    """A story of this package.

    Attributes:
        name: its name on the command line.
        about: one sentence.
        roles: who acts; each role is another account.
        presumes: what the accounts and the region look like before.
        world: the same for the mock: takes the accounts by role and the region, returns a mapping
            as `mock.given.world` takes it.
        steps: plays it.
        creates: what it creates, each with the operations that remove it; empty if it only reads.
        cost: what it may cost on AWS.
    """

    name: str
    about: str
    roles: Sequence[str]
    presumes: str
    world: Callable[[Mapping[str, str], str], Mapping[str, Any]]
    steps: Callable[[Stage], None]
    creates: Sequence[str] = ()
    cost: str = "API calls of these services are not billed by themselves."


def _nothing(accounts: Mapping[str, str], region: str) -> Mapping[str, Any]:
    del accounts, region
    return {}


def _hubs(accounts: Mapping[str, str], region: str) -> Mapping[str, Any]:
    return {
        "securityhub": [
            {"hub": {"account": account, "region": region}} for account in accounts.values()
        ]
    }


def _not_enabled(stage: Stage) -> None:
    for operation in ("DescribeHub", "GetEnabledStandards", "GetMasterAccount", "ListMembers"):
        stage.attempt("admin", "securityhub", operation)
    for operation in ("ListInvitations", "GetInvitationsCount", "GetFindings"):
        stage.attempt("admin", "securityhub", operation)
    stage.attempt("admin", "securityhub", "DescribeSecurityHubV2")
    stage.attempt("admin", "securityhub", "ListAggregatorsV2")
    stage.attempt("admin", "security-ir", "ListMemberships")
    stage.attempt("admin", "security-ir", "ListCases")


def _unknown_ids(stage: Stage) -> None:
    stage.attempt("admin", "security-ir", "GetMembership", membershipId=_UNKNOWN_MEMBERSHIP)
    room, member = {"collaborationIdentifier": _UNKNOWN_ID}, {"membershipIdentifier": _UNKNOWN_ID}
    stage.attempt("admin", "cleanrooms", "GetCollaboration", **room)
    stage.attempt("admin", "cleanrooms", "ListMembers", **room)
    stage.attempt("admin", "cleanrooms", "GetMembership", **member)
    stage.attempt("admin", "cleanrooms", "ListConfiguredTableAssociations", **member)
    stage.attempt(
        "admin", "cleanrooms", "GetConfiguredTable", configuredTableIdentifier=_UNKNOWN_ID
    )
    arn = f"arn:aws:securityhub:{stage.region}:{stage.accounts['admin']}"
    stage.attempt(
        "admin", "securityhub", "GetInsights", InsightArns=[f"{arn}:insight/none/custom/none"]
    )
    stage.attempt(
        "admin", "securityhub", "DescribeActionTargets", ActionTargetArns=[f"{arn}:action/custom/x"]
    )


def _catalogue(stage: Stage) -> None:
    stage.attempt("admin", "securityhub", "DescribeStandards")
    answer = stage.call("admin", "securityhub", "ListSecurityControlDefinitions", MaxResults=20)
    for each in answer["SecurityControlDefinitions"][:5]:
        control = each["SecurityControlId"]
        stage.attempt(
            "admin", "securityhub", "GetSecurityControlDefinition", SecurityControlId=control
        )


def _invitation(stage: Stage) -> None:
    admin, member = stage.accounts["admin"], stage.accounts["member"]
    one = {"AccountIds": [member]}
    # Nothing may be there before, since the clean-up would remove that too.
    known = stage.call("admin", "securityhub", "GetMembers", **one)
    stage.need(not known["Members"], "`member` is in the list of `admin` already")
    leader = stage.call("member", "securityhub", "GetAdministratorAccount")
    stage.need("Administrator" not in leader, "`member` has an administrator already")
    known = stage.call("member", "securityhub", "ListInvitations")
    stage.need(not known["Invitations"], "`member` has invitations already")

    details = [{"AccountId": member, "Email": "member@example.com"}]
    undo = Undo("admin", "securityhub", "DeleteMembers", one)
    stage.create(undo, "admin", "CreateMembers", AccountDetails=details)
    stage.attempt("admin", "securityhub", "GetMembers", **one)
    stage.later("admin", "securityhub", "DisassociateMembers", **one)
    undo = Undo("member", "securityhub", "DeleteInvitations", {"AccountIds": [admin]})
    stage.create(undo, "admin", "InviteMembers", **one)
    (invitation,) = stage.call("member", "securityhub", "ListInvitations")["Invitations"]
    stage.attempt("member", "securityhub", "GetInvitationsCount")
    stage.create(
        Undo("member", "securityhub", "DisassociateFromAdministratorAccount", {}),
        "member",
        "AcceptAdministratorInvitation",
        AdministratorId=admin,
        InvitationId=invitation["InvitationId"],
    )
    stage.attempt("member", "securityhub", "GetAdministratorAccount")
    stage.attempt("admin", "securityhub", "ListMembers")
    stage.attempt("member", "securityhub", "DisableSecurityHub")


def _collaboration(stage: Stage) -> None:
    partner = {
        "accountId": stage.accounts["member"],
        "displayName": "Parity member",
        "memberAbilities": [],
    }
    created = stage.call(
        "admin",
        "cleanrooms",
        "CreateCollaboration",
        name="membership-mock parity",
        description="Created by a story of membership_mock, and removed at its end.",
        creatorDisplayName="Parity admin",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[partner],
        queryLogStatus="DISABLED",
    )
    room = {"collaborationIdentifier": created["collaboration"]["id"]}
    stage.later("admin", "cleanrooms", "DeleteCollaboration", **room)
    stage.attempt("admin", "cleanrooms", "ListMembers", **room)
    stage.attempt("member", "cleanrooms", "GetCollaboration", **room)
    joined = stage.call(
        "member", "cleanrooms", "CreateMembership", queryLogStatus="DISABLED", **room
    )
    membership = {"membershipIdentifier": joined["membership"]["id"]}
    stage.later("member", "cleanrooms", "DeleteMembership", **membership)
    stage.attempt("member", "cleanrooms", "GetMembership", **membership)
    stage.attempt("admin", "cleanrooms", "ListMembers", **room)
    stage.attempt("member", "cleanrooms", "UpdateCollaboration", name="no", **room)


#: the stories, by name
STORIES: Mapping[str, Story] = {
    story.name: story
    for story in (
        Story(
            "not-enabled",
            "Reads what the services answer where nothing is enabled.",
            ("admin",),
            "Neither Security Hub, in either version, nor Security Incident Response is enabled.",
            _nothing,
            _not_enabled,
        ),
        Story(
            "unknown-ids",
            "Reads things that do not exist, in all three services.",
            ("admin",),
            "Security Hub is enabled; Security Incident Response is not.",
            _hubs,
            _unknown_ids,
        ),
        Story(
            "catalogue",
            "Reads the standards of Security Hub, and some of its controls.",
            ("admin",),
            "Security Hub is enabled.",
            _hubs,
            _catalogue,
        ),
        Story(
            "invitation",
            "Invites a member account, which accepts, and takes all of it back.",
            ("admin", "member"),
            "Security Hub is enabled in both accounts. They are not in one organization, neither"
            " has members or an administrator, and there are no invitations.",
            _hubs,
            _invitation,
            creates=(
                "`member` in the list of members of `admin`: DisassociateMembers, DeleteMembers",
                "an invitation to `member`: DeleteInvitations",
                "the association of the two: DisassociateFromAdministratorAccount",
            ),
            cost="Invitations are free. Security Hub itself bills its checks and findings as long"
            " as it is enabled, whether the story is played or not.",
        ),
        Story(
            "collaboration",
            "Creates a collaboration, which the other account joins, and deletes it.",
            ("admin", "member"),
            "Nothing: the story looks only at what it has created.",
            _nothing,
            _collaboration,
            creates=(
                "a collaboration 'membership-mock parity' of `admin`: DeleteCollaboration",
                "a membership of `member` in it: DeleteMembership",
            ),
            cost="Collaborations and memberships are free; queries are billed, and none is run.",
        ),
    )
}
