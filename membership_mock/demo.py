"""An example with several accounts, printed call by call: ``python -m membership_mock demo``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, TextIO

from botocore.exceptions import ClientError

from membership_mock.mock import MembershipMock, mock_membership
from membership_mock.testing.printing import shortened

_COLOURS = ("36", "35", "33", "34", "96")  # cyan, magenta, yellow, blue, bright cyan
_MANAGEMENT = "111122223333"
_ACQUIRED = "222233334444"  # outside of the organization, like the next one
_PARTNER = "444455556666"
_REGION = "eu-west-1"


class Printer:
    """Prints each call with its answer, every account in a colour of its own.

    Args:
        out: where to print; colours only when it is a terminal and NO_COLOR is not set.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._colours = out.isatty() and "NO_COLOR" not in os.environ
        self._names: dict[str, str] = {}

    def introduce(self, account: str, name: str) -> None:
        """Give an account a name and a colour."""
        self._names[account] = name

    def chapter(self, title: str) -> None:
        """Print a heading."""
        self._out.write(f"\n{self._paint(title, '1')}\n")

    def client(
        self, mock: MembershipMock, account: str, service: str, fields: Sequence[str] = ()
    ) -> Any:
        """Return a client of ``account`` whose calls are printed.

        Args:
            mock: where it calls.
            account: who calls.
            service: the service's id.
            fields: what to print of an answer; all when empty.
        """
        client = mock.client(service, account=account, region=_REGION)
        return _PrintingClient(self, client, account, service, fields)

    def call(self, account: str, what: str, parameters: dict[str, Any]) -> None:
        """Print who calls what."""
        names = list(self._names)
        colour = _COLOURS[names.index(account) % len(_COLOURS)]
        who = self._paint(f"{self._names[account]:<18} {account}", colour)
        self._out.write(f"\n{who}  {what} {_short(parameters)}\n")

    def answer(self, text: str, *, refused: bool = False) -> None:
        """Print an answer below its call."""
        self._out.write(
            f"    {self._paint('!' if refused else '>', '31' if refused else '32')} {text}\n"
        )

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours else text


class _PrintingClient:
    """A client whose calls are printed as they happen."""

    def __init__(
        self, printer: Printer, client: Any, account: str, service: str, fields: Sequence[str]
    ) -> None:
        self._printer = printer
        self._client = client
        self._account = account
        self._service = service
        self._fields = fields

    def __getattr__(self, method: str) -> Any:
        name = self._client.meta.method_to_api_mapping[method]

        def call(**parameters: Any) -> dict[str, Any]:
            self._printer.call(self._account, f"{self._service}.{name}", parameters)
            try:
                answer: dict[str, Any] = getattr(self._client, method)(**parameters)
            except ClientError as error:
                self._printer.answer(str(error.response["Error"]), refused=True)
                raise
            answer.pop("ResponseMetadata", None)
            text = _short(answer) if answer else "(empty answer)"
            if answer and self._fields:
                text = f"{_short(_only(answer, self._fields))} (in part)"
            self._printer.answer(text)
            return answer

        return call


@contextmanager
def _refused() -> Iterator[None]:
    """Expect a refusal, which the client has printed."""
    try:
        yield
    except ClientError:
        return
    raise AssertionError("the call was expected to be refused")


def run(out: TextIO) -> None:
    """Print the example: incident response, an invitation, a collaboration with a partner."""
    printer = Printer(out)
    printer.introduce(_MANAGEMENT, "management")
    out.write("Everything below happens in this process, on a mock. No call leaves it.\n")
    with mock_membership(account=_MANAGEMENT, region=_REGION) as mock:
        team, unit, workload = _organization(printer, mock)
        membership = _membership(printer, mock, team, unit, workload)
        _case(printer, mock, team, workload)
        _invitation(printer, mock, team)
        _collaborate(printer, mock, workload)
        printer.chapter("What the mock remembers")
        for service in ("security-ir", "securityhub", "cleanrooms"):
            calls = mock.calls.filter(service=service)
            refused = calls.filter(where=lambda call: call.error_code is not None)
            out.write(f"{len(calls)} calls to {service}, {len(refused)} refused.\n")
        out.write("\n")
        mock.show(file=out)
        out.write(f"\nThe membership {membership}, and all else, is gone with the mock.\n")


def _organization(printer: Printer, mock: MembershipMock) -> tuple[str, str, str]:
    printer.chapter("1. An organization with a delegated administrator")
    organizations = printer.client(mock, _MANAGEMENT, "organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="workloads")
    unit_id = unit["OrganizationalUnit"]["Id"]
    accounts = []
    for name in ("security", "shop"):
        status = organizations.create_account(Email=f"{name}@example.com", AccountName=name)
        account = status["CreateAccountStatus"]["AccountId"]
        printer.introduce(account, name)
        accounts.append(account)
    team, workload = accounts
    organizations.move_account(AccountId=workload, SourceParentId=root, DestinationParentId=unit_id)
    organizations.enable_aws_service_access(ServicePrincipal="security-ir.amazonaws.com")
    organizations.register_delegated_administrator(
        AccountId=team, ServicePrincipal="security-ir.amazonaws.com"
    )
    return team, unit_id, workload


def _membership(printer: Printer, mock: MembershipMock, team: str, unit: str, workload: str) -> str:
    printer.chapter("2. A membership: created, read, scoped, cancelled and restored")
    security = printer.client(mock, team, "security-ir")
    created = security.create_membership(
        membershipName="Incident response",
        incidentResponseTeam=[
            {"name": "Ana", "jobTitle": "Lead", "email": "ana@example.com"},
            {"name": "Bo Li", "jobTitle": "Analyst", "email": "bo@example.com"},
        ],
    )
    membership: str = created["membershipId"]
    security.get_membership(membershipId=membership)
    with _refused():  # the other side: a covered account does not see the membership itself
        printer.client(mock, workload, "security-ir").get_membership(membershipId=membership)
    security.update_membership(
        membershipId=membership,
        membershipAccountsConfigurationsUpdate={"organizationalUnitsToAdd": [unit]},
    )
    security.batch_get_member_account_details(
        membershipId=membership, accountIds=[team, workload, "999999999999"]
    )
    security.cancel_membership(membershipId=membership)
    security.list_memberships()
    security.update_membership(membershipId=membership, undoMembershipCancellation=True)
    return membership


def _case(printer: Printer, mock: MembershipMock, team: str, workload: str) -> None:
    printer.chapter("3. A case: opened, commented, moved and closed")
    security = printer.client(mock, team, "security-ir")
    case = security.create_case(
        resolverType="Self",
        title="Unknown key in the shop",
        description="An access key nobody knows was used at night.",
        engagementType="Security Incident",
        reportedIncidentStartDate=datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc),
        impactedAccounts=[workload],
        watchers=[],
    )["caseId"]
    security.create_case_comment(caseId=case, body="The key is disabled.")
    security.update_case_status(caseId=case, caseStatus="Detection and Analysis")
    security.list_comments(caseId=case)
    security.close_case(caseId=case)
    security.list_cases()


def _invitation(printer: Printer, mock: MembershipMock, team: str) -> None:
    printer.chapter("4. An invitation: sent, seen, accepted, and given up, from both sides")
    printer.introduce(_ACQUIRED, "acquired")
    administrator = printer.client(mock, team, "securityhub")
    member = printer.client(mock, _ACQUIRED, "securityhub")
    administrator.enable_security_hub()
    member.enable_security_hub()
    administrator.create_members(AccountDetails=[{"AccountId": _ACQUIRED}])
    administrator.invite_members(AccountIds=[_ACQUIRED])
    invitation = member.list_invitations()["Invitations"][0]
    member.accept_administrator_invitation(
        AdministratorId=invitation["AccountId"], InvitationId=invitation["InvitationId"]
    )
    administrator.list_members()
    member.get_administrator_account()
    with _refused():  # a member keeps its hub for as long as it is one
        member.disable_security_hub()
    member.disassociate_from_administrator_account()
    administrator.list_members(OnlyAssociated=False)
    member.get_administrator_account()


def _collaborate(printer: Printer, mock: MembershipMock, workload: str) -> None:
    printer.chapter("5. A clean room: two companies create and join it, and one leaves")
    printer.introduce(_PARTNER, "partner")
    shown = [
        *("collaboration", "collaborationList", "membership", "memberSummaries"),
        *("id", "name", "creatorAccountId", "accountId", "status", "memberStatus"),
    ]
    shop = printer.client(mock, workload, "cleanrooms", shown)
    partner = printer.client(mock, _PARTNER, "cleanrooms", shown)
    created = shop.create_collaboration(
        name="Campaigns",
        description="Who saw what?",
        creatorDisplayName="Shop",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[{"accountId": _PARTNER, "displayName": "Partner", "memberAbilities": []}],
        queryLogStatus="DISABLED",
    )
    room = created["collaboration"]["id"]
    partner.list_collaborations(memberStatus="INVITED")
    shop.create_membership(collaborationIdentifier=room, queryLogStatus="DISABLED")
    joined = partner.create_membership(collaborationIdentifier=room, queryLogStatus="DISABLED")
    shop.list_members(collaborationIdentifier=room)
    partner.delete_membership(membershipIdentifier=joined["membership"]["id"])
    shop.list_members(collaborationIdentifier=room)
    with _refused():  # an account that has left can no longer read the collaboration
        partner.get_collaboration(collaborationIdentifier=room)


def _only(value: Any, fields: Sequence[str]) -> Any:
    """Return an answer with nothing but ``fields`` in it, at any depth."""
    if isinstance(value, list):
        return [_only(each, fields) for each in value]
    if isinstance(value, dict):
        return {name: _only(each, fields) for name, each in value.items() if name in fields}
    return value


def _short(value: Any) -> str:
    return shortened(json.dumps(value, default=_plain, ensure_ascii=False), 300)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
