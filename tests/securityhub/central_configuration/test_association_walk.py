"""A random walk of four accounts over two regions, against a model of who is whose member.

Two of the accounts belong to an organization, whose administrator comes and goes. After each step
the mock and the model agree on the answer and on what every account sees, and the rules that hold
for all memberships hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from membership_mock import mock_membership
from tests.securityhub.samples import IRELAND, MANAGEMENT, OHIO
from tests.walks import walks

PRINCIPAL = "securityhub.amazonaws.com"
REGIONS = st.sampled_from([IRELAND, OHIO])
#: the first two are in the organization
ACCOUNTS = st.integers(0, 3)
OK, UNPROCESSED = "ok", "unprocessed"

#: (status before, operation of the administrator or the member): status after
TABLE = {
    ("Created", "invite"): "Invited",
    ("Resigned", "invite"): "Invited",
    ("Removed", "invite"): "Invited",
    ("Invited", "accept"): "Enabled",
    ("Resigned", "accept"): "Enabled",
    ("Invited", "decline"): "Resigned",
    ("Resigned", "decline"): "Resigned",
    ("Enabled", "resign"): "Resigned",
    ("Created", "disassociate"): "Created",
    ("Invited", "disassociate"): "Removed",
    ("Enabled", "disassociate"): "Removed",
    ("Resigned", "disassociate"): "Resigned",
    ("Removed", "disassociate"): "Removed",
    ("Created", "delete"): None,
    ("Invited", "delete"): None,
    ("Resigned", "delete"): None,
    ("Removed", "delete"): None,
}
#: which method does what the table speaks of
METHODS = {
    "create": "create_members",
    "invite": "invite_members",
    "accept": "accept",
    "decline": "decline",
    "resign": "resign_as_member",
    "disassociate": "disassociate_member",
    "delete": "delete_member",
}
#: what one account does to another, or about another, whoever it is
BETWEEN_TWO = [
    "create_members",
    "invite_members",
    "disassociate_member",
    "delete_member",
    "accept",
    "accept_by_old_name",
    "decline",
    "delete_invitation",
    "resign_as_member",
]
#: what concerns one account, its own hub and its organization
OF_ONE = [
    "enable_hub",
    "disable_hub",
    "resign",
    "resign_by_old_name",
    "dismiss",
    "deregister",
]
ROLES = ["designate", "designate", "designate", "dismiss", "deregister"]


@dataclass
class Row:
    """What an administrator and a member have with each other."""

    status: str = "Created"
    invited: bool = False
    organization: bool = False


@dataclass
class Region:
    """What the model knows of a region."""

    hubs: set[int] = field(default_factory=set)
    rows: dict[tuple[int, int], Row] = field(default_factory=dict)
    delegated: int | None = None

    def administrator(self, member: int) -> int | None:
        """Return whose enabled member an account is."""
        found = [a for (a, m), row in self.rows.items() if m == member and row.status == "Enabled"]
        assert len(found) <= 1
        return found[0] if found else None

    def leads(self, account: int) -> bool:
        """Return whether an account has enabled members."""
        return any(a == account and row.status == "Enabled" for (a, _), row in self.rows.items())

    def step(self, pair: tuple[int, int], event: str) -> str:
        """Let something happen to a row, if the table allows it."""
        row = self.rows.get(pair)
        if row is None or (row.status, event) not in TABLE:
            return UNPROCESSED
        after = TABLE[row.status, event]
        if after is None:
            del self.rows[pair]
        else:
            row.invited = after in ("Invited", "Enabled", "Resigned") and row.invited
            row.status = after
        return OK

    def release(self) -> None:
        """Let the administrator of the organization go."""
        for (a, _), row in self.rows.items():
            if a == self.delegated and row.organization and row.status == "Enabled":
                row.status = "Removed"
        self.delegated = None


#: the quotas that limit what an administrator has in its list of members
OF_MEMBERS = {"members", "invited_members", "outstanding_invitations"}


class Walk(RuleBasedStateMachine):
    """The mock beside the model."""

    def __init__(self) -> None:
        super().__init__()
        self.mock = mock_membership().start()
        self.organizations = self.mock.client(
            "organizations", account=MANAGEMENT, region="us-east-1"
        )
        self.organizations.create_organization(FeatureSet="ALL")
        inside = [
            self.organizations.create_account(AccountName=name, Email=f"{name}@example.com")
            for name in ("first", "second")
        ]
        self.ids = [one["CreateAccountStatus"]["AccountId"] for one in inside]
        self.ids += ["111111111111", "222222222222"]
        self.model = {IRELAND: Region(), OHIO: Region()}
        self.registered: int | None = None
        self.used_ids: dict[tuple[str, int, int], str] = {}
        self.touched = IRELAND
        self.clients: dict[tuple[str, str], Any] = {}
        for region, model in self.model.items():  # most of what there is to see needs hubs
            for account, account_id in enumerate(self.ids):
                self.call(region, account_id, "enable_security_hub", EnableDefaultStandards=False)
                model.hubs.add(account)

    def client(self, region: str, account_id: str) -> Any:
        """Return the client of an account in a region."""
        key = (region, account_id)
        if key not in self.clients:
            self.clients[key] = self.mock.client("securityhub", account=account_id, region=region)
        return self.clients[key]

    def teardown(self) -> None:
        try:
            for region in self.model:
                self.touched = region
                self.both_sides_see_what_the_model_says()
        finally:
            self.mock.stop()

    def call(self, region: str, account: str, operation: str, **arguments: Any) -> Any:
        """Return the answer of an operation; OK, UNPROCESSED or the code of an error."""
        self.touched = region
        try:
            answer = getattr(self.client(region, account), operation)(**arguments)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return UNPROCESSED if answer.get("UnprocessedAccounts") else OK

    # --- what happens by chance ---

    @rule(which=st.integers(0, 11), choice=st.integers(0, 4))
    def go_on(self, which: int, choice: int) -> None:
        """Let something happen between two accounts that the table has an answer to."""
        known = [(region, pair) for region in self.model for pair in self.model[region].rows]
        if not known:
            self.onboard(IRELAND, which % 4, 1 + choice % 3)
            return
        region, pair = known[which % len(known)]
        status = self.model[region].rows[pair].status
        events = ["create", *(event for before, event in TABLE if before == status)]
        getattr(self, METHODS[events[choice % len(events)]])(region, *pair)

    @rule(which=st.integers(0, 11), choice=st.integers(0, 4))
    def go_on_further(self, which: int, choice: int) -> None:
        """Do it more often than the rest."""
        self.go_on(which, choice)

    @rule(region=REGIONS, admin=ACCOUNTS, member=ACCOUNTS, operation=st.sampled_from(BETWEEN_TWO))
    def try_anything(self, region: str, admin: int, member: int, operation: str) -> None:
        getattr(self, operation)(region, admin, member)

    @rule(region=REGIONS, admin=ACCOUNTS, distance=st.integers(1, 3))
    def onboard(self, region: str, admin: int, distance: int) -> None:
        """Go the usual way as far as it leads; chance alone rarely does."""
        member = (admin + distance) % 4
        for step in (self.create_members, self.invite_members):
            step(region, admin, member)
            self.both_sides_see_what_the_model_says()
        self.accept(region, admin, member)

    @rule(region=REGIONS, account=st.integers(0, 1), operation=st.sampled_from(ROLES))
    def roll_out(self, region: str, account: int, operation: str) -> None:
        """Let the organization have an administrator, and the administrator a member."""
        self.designate(region, account)
        self.create_members(region, account, 1 - account)
        if operation != "designate":
            self.both_sides_see_what_the_model_says()
            getattr(self, operation)(region, account)

    @rule(region=REGIONS, account=ACCOUNTS, operation=st.sampled_from(OF_ONE))
    def act_alone(self, region: str, account: int, operation: str) -> None:
        getattr(self, operation)(region, account)

    # --- hubs ---

    def enable_hub(self, region: str, account: int) -> None:
        model = self.model[region]
        expected = "ResourceConflictException" if account in model.hubs else OK
        model.hubs.add(account)
        assert self.call(region, self.ids[account], "enable_security_hub") == expected

    def disable_hub(self, region: str, account: int) -> None:
        model = self.model[region]
        if account not in model.hubs:
            expected = "ResourceNotFoundException"
        elif (
            model.leads(account)
            or model.delegated == account
            or model.administrator(account) is not None
        ):
            expected = "InvalidInputException"
        else:
            expected = OK
            model.hubs.remove(account)
            model.rows = {pair: row for pair, row in model.rows.items() if pair[0] != account}
        assert self.call(region, self.ids[account], "disable_security_hub") == expected

    # --- the administrator ---

    def create_members(self, region: str, admin: int, member: int) -> None:
        model = self.model[region]
        row = model.rows.get((admin, member))
        inside = model.delegated == admin and member < 2
        expected = UNPROCESSED
        if admin not in model.hubs:
            expected = "BadRequestException"
        elif admin == member or model.administrator(admin) is not None:
            pass
        elif inside and model.administrator(member) is None and not model.leads(member):
            expected = OK
            model.rows[admin, member] = Row("Enabled", organization=True)
            model.hubs.add(member)
        elif not inside and row is None:
            expected = OK
            model.rows[admin, member] = Row()
        details = [{"AccountId": self.ids[member]}]
        answer = self.call(region, self.ids[admin], "create_members", AccountDetails=details)
        assert answer == expected

    def invite_members(self, region: str, admin: int, member: int) -> None:
        model = self.model[region]
        if admin not in model.hubs:
            expected = "BadRequestException"
        elif (
            model.administrator(admin) is not None
            or model.administrator(member) is not None
            or (model.delegated == admin and member < 2)
        ):
            expected = UNPROCESSED
        else:
            expected = model.step((admin, member), "invite")
            if expected == OK:
                row = model.rows[admin, member]
                row.invited, row.organization = True, False
        accounts = [self.ids[member]]
        answer = self.call(region, self.ids[admin], "invite_members", AccountIds=accounts)
        assert answer == expected

    def disassociate_member(self, region: str, admin: int, member: int) -> None:
        self.let_go(region, admin, member, "disassociate")

    def delete_member(self, region: str, admin: int, member: int) -> None:
        self.let_go(region, admin, member, "delete")

    def let_go(self, region: str, admin: int, member: int, operation: str) -> None:
        model = self.model[region]
        if admin not in model.hubs:
            expected = "BadRequestException"
        else:
            expected = model.step((admin, member), operation)
            if operation == "disassociate":
                expected = OK
        accounts = [self.ids[member]]
        answer = self.call(region, self.ids[admin], f"{operation}_members", AccountIds=accounts)
        assert answer == expected

    # --- the member ---

    def accept_by_old_name(self, region: str, admin: int, member: int) -> None:
        self.accept(region, admin, member, old_name=True)

    def accept(self, region: str, admin: int, member: int, *, old_name: bool = False) -> None:
        """Accept the latest invitation that the member has ever seen of this administrator."""
        model = self.model[region]
        row = model.rows.get((admin, member))
        invitation_id = self.used_ids.get((region, admin, member), "0" * 32)
        expected = "BadRequestException"
        if (
            member in model.hubs
            and row is not None
            and row.invited
            and model.administrator(member) is None
            and model.administrator(admin) is None
            and not model.leads(member)
            and model.delegated != member
        ):
            expected = model.step((admin, member), "accept")
        operation, key = (
            ("accept_invitation", "MasterId")
            if old_name
            else ("accept_administrator_invitation", "AdministratorId")
        )
        arguments = {key: self.ids[admin], "InvitationId": invitation_id}
        assert self.call(region, self.ids[member], operation, **arguments) == expected

    def decline(self, region: str, admin: int, member: int) -> None:
        model = self.model[region]
        row = model.rows.get((admin, member))
        if member not in model.hubs:
            expected = "BadRequestException"
        elif row is None or not row.invited:
            expected = UNPROCESSED
        else:
            expected = model.step((admin, member), "decline")
        accounts = [self.ids[admin]]
        answer = self.call(region, self.ids[member], "decline_invitations", AccountIds=accounts)
        assert answer == expected

    def delete_invitation(self, region: str, admin: int, member: int) -> None:
        model = self.model[region]
        row = model.rows.get((admin, member))
        expected = UNPROCESSED
        if member not in model.hubs:
            expected = "BadRequestException"
        elif row is not None and row.invited and row.status == "Resigned":
            expected, row.invited = OK, False
        accounts = [self.ids[admin]]
        answer = self.call(region, self.ids[member], "delete_invitations", AccountIds=accounts)
        assert answer == expected

    def resign_as_member(self, region: str, admin: int, member: int) -> None:
        del admin
        self.resign(region, member)

    def resign_by_old_name(self, region: str, member: int) -> None:
        self.resign(region, member, "master")

    def resign(self, region: str, member: int, word: str = "administrator") -> None:
        model = self.model[region]
        admin = model.administrator(member)
        expected = "BadRequestException"
        if admin is not None and not model.rows[admin, member].organization:
            expected = model.step((admin, member), "resign")
        operation = f"disassociate_from_{word}_account"
        assert self.call(region, self.ids[member], operation) == expected

    # --- the organization ---

    def designate(self, region: str, account: int) -> None:
        model = self.model[region]
        expected = "InvalidInputException"
        if model.delegated == account or (
            account < 2
            and self.registered in (None, account)
            and model.administrator(account) is None
        ):
            expected = OK
            self.registered = model.delegated = account
            model.hubs.add(account)
            for (admin, member), row in model.rows.items():
                if admin == account and member < 2 and row.status == "Enabled":
                    row.organization, row.invited = True, False
        arguments = {"AdminAccountId": self.ids[account]}
        operation = "enable_organization_admin_account"
        assert self.call(region, MANAGEMENT, operation, **arguments) == expected

    def dismiss(self, region: str, account: int) -> None:
        model = self.model[region]
        expected = "ResourceNotFoundException"
        if model.delegated == account:
            expected = OK
            model.release()
        arguments = {"AdminAccountId": self.ids[account]}
        operation = "disable_organization_admin_account"
        assert self.call(region, MANAGEMENT, operation, **arguments) == expected

    def deregister(self, region: str, account: int) -> None:
        """End the registration in Organizations, which concerns all regions."""
        del region, account
        if self.registered is not None:
            self.organizations.deregister_delegated_administrator(
                AccountId=self.ids[self.registered], ServicePrincipal=PRINCIPAL
            )
            self.registered = None
            for model in self.model.values():
                model.release()

    # --- what has to be true at any time ---

    @invariant()
    def both_sides_see_what_the_model_says(self) -> None:
        region, model = self.touched, self.model[self.touched]
        for account, account_id in enumerate(self.ids):
            if account not in model.hubs:
                continue
            client = self.client(region, account_id)
            rows = {self.ids[m]: row.status for (a, m), row in model.rows.items() if a == account}
            every = client.list_members(OnlyAssociated=False)["Members"]
            associated = client.list_members()["Members"]
            assert {one["AccountId"]: one["MemberStatus"] for one in every} == rows
            assert {one["AccountId"] for one in associated} == {
                member for member, status in rows.items() if status == "Enabled"
            }
            invitations = client.list_invitations()["Invitations"]
            assert {one["AccountId"]: one["MemberStatus"] for one in invitations} == {
                self.ids[a]: row.status
                for (a, m), row in model.rows.items()
                if m == account and row.invited
            }
            for one in invitations:
                pair = (region, self.ids.index(one["AccountId"]), account)
                self.used_ids[pair] = one["InvitationId"]
            waiting = [one for one in invitations if one["MemberStatus"] != "Enabled"]
            assert client.get_invitations_count()["InvitationsCount"] == len(waiting)
            self.check_administrator(client, model, account, bool(associated))
            self.check_quotas(region, account)

    def check_quotas(self, region: str, account: int) -> None:
        """See that what counts against the quotas is what the administrator has."""
        states = self.mock.quotas.states("securityhub", account=self.ids[account], region=region)
        used = {state.name: state.used for state in states if state.name in OF_MEMBERS}
        rows = [row for (admin, _), row in self.model[region].rows.items() if admin == account]
        assert used == {
            "members": len(rows),
            "invited_members": sum(not row.organization for row in rows),
            "outstanding_invitations": sum(row.status == "Invited" for row in rows),
        }

    def check_administrator(
        self, client: Any, model: Region, account: int, has_members: bool
    ) -> None:
        """See that an account has the administrator it should have, and cannot be one as well."""
        administrator = model.administrator(account)
        found = client.get_administrator_account().get("Administrator")
        assert found == client.get_master_account().get("Master")
        if administrator is None:
            assert found is None
        else:
            assert (found["AccountId"], found["MemberStatus"]) == (
                self.ids[administrator],
                "Enabled",
            )
            assert not has_members
            assert model.delegated != account
            assert administrator in model.hubs


TestAssociations = Walk.TestCase
TestAssociations.settings = settings(
    max_examples=walks(10),
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
