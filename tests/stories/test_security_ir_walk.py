"""A random walk over memberships and cases, beside a small reference model.

The reference is written from the documentation of the service, not from the package: memberships
and cases as dictionaries, and the tables of the user guide. After each step both must agree.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from moto.moto_api._internal import mock_random

from membership_mock import mock_membership
from tests.samples import TEAM, case_input
from tests.walks import walks

MANAGEMENT = "111111111111"
STRANGER = "999999999999"
REGIONS = ("eu-west-1", "us-east-1")
PRINCIPAL = "security-ir.amazonaws.com"
ACCOUNTS = ("management", "delegated", "member", "stranger")
PARENTS = ("root", "workloads", "prod", "sandbox")

DENIED = "AccessDeniedException"
CONFLICT = "ConflictException"
NOT_ACTIVE = "SecurityIncidentResponseNotActiveException"
NOT_FOUND = "ResourceNotFoundException"
INVALID = "ValidationException"

#: user guide, "Changing the case status", and API page UpdateCaseStatus
MOVES = {
    "Submitted": {"Detection", "Containment", "Post"},
    "Detection": {"Containment", "Post"},
    "Containment": {"Detection", "Post"},
    "Post": {"Detection", "Containment"},
    "Closed": set(),
}
SPELLED = {
    "Submitted": "Submitted",
    "Detection": "Detection and Analysis",
    "Containment": "Containment, Eradication and Recovery",
    "Post": "Post-incident Activities",
    "Closed": "Closed",
}

Home = tuple[str, str]


class Reference:
    """What the documentation says should be there.

    Attributes:
        memberships: in the order of creation.
        cases: in the order of creation.
        parents: where each account of the organization sits, by the account's nickname.
        delegated: whether the delegated administrator is registered.
    """

    def __init__(self) -> None:
        self.memberships: list[dict[str, Any]] = []
        self.cases: list[dict[str, Any]] = []
        self.parents = dict.fromkeys(("management", "delegated", "member"), "root")
        self.delegated = True

    # memberships

    def active(self, home: Home) -> dict[str, Any] | None:
        """Return the active membership of an account in a region."""
        for each in self.memberships:
            if each["home"] == home and each["status"] == "Active":
                return each
        return None

    def refusal_to_hold(self, account: str) -> str | None:
        """Return why an account cannot have an active membership now."""
        if account == "member" or (account == "delegated" and not self.delegated):
            return DENIED
        together = {"stranger"} if account == "stranger" else self.parents.keys()
        for each in self.memberships:
            if each["home"][0] in together and each["status"] == "Active":
                return CONFLICT
        return None

    def refusal_to_change(self, home: Home, membership: dict[str, Any]) -> str | None:
        """Return why a membership cannot be changed from an account in a region."""
        if membership["home"] != home:
            return DENIED
        return None if membership["status"] == "Active" else CONFLICT

    def covered(self, membership: dict[str, Any]) -> set[str]:
        """Return the accounts that a membership covers."""
        if membership["status"] != "Active":
            return set()
        account = membership["home"][0]
        if account == "stranger":
            return {account}
        if membership["entire"]:
            return set(self.parents)
        if not membership["units"]:
            return {account}
        above = {"root": {"root"}, "workloads": {"workloads"}, "sandbox": {"sandbox"}}
        above["prod"] = {"prod", "workloads"}
        return {
            each for each, parent in self.parents.items() if above[parent] & membership["units"]
        }

    def relation(self, membership: dict[str, Any], account: str) -> tuple[str, str]:
        """Return how an account stands to an active membership."""
        if account in self.covered(membership) or account == membership["home"][0]:
            return "Associated", "Organization"
        if account in membership["ever"]:
            return "Disassociated", "Organization"
        if account in self.parents and membership["home"][0] in self.parents:
            return "Unassociated", "Organization"
        return "Unassociated", "Unrelated"

    def remember(self) -> None:
        """Keep in mind who is covered after a step."""
        for each in self.memberships:
            each["ever"] |= self.covered(each)

    # cases

    def cases_of(self, home: Home) -> list[dict[str, Any]]:
        """Return the visible cases, newest first."""
        membership = self.active(home)
        found = [each for each in self.cases if each["membership"] is membership]
        return found[::-1] if membership else []

    def refusal_to_touch(self, home: Home, case: dict[str, Any]) -> str | None:
        """Return why a case cannot be seen from an account in a region."""
        membership = self.active(home)
        if membership is None:
            return NOT_ACTIVE
        return None if case["membership"] is membership else NOT_FOUND


@cache
def _client(account: str, region: str) -> Any:
    """Return a client, which works in all examples: making clients is what takes longest."""
    return boto3.client(
        "security-ir",
        region_name=region,
        aws_access_key_id=account,
        aws_secret_access_key="no secret",
    )


class Walk(RuleBasedStateMachine):
    """Four accounts, three of them in one organization, in two regions."""

    def __init__(self) -> None:
        super().__init__()
        mock_random.seed(0)  # the same accounts in each example, so that clients can be kept
        # the model below knows no investigations, which looks at comments would take on
        self.mock = mock_membership(settle="clock").start()
        self.expected = Reference()
        self.case: dict[str, Any] | None = None
        self.homes: list[Home] = []
        self.steps = 0

    def teardown(self) -> None:
        try:
            for home in self.homes:
                self.check_home(home)
            self.check_strangers()
        finally:
            self.mock.stop()

    @initialize(
        first=st.sampled_from(
            [
                ("management", "eu-west-1"),
                ("delegated", "us-east-1"),
                ("delegated", "eu-west-1"),
                ("management", "us-east-1"),
                ("stranger", "us-east-1"),
            ]
        ),
        unit=st.sampled_from([None, "workloads", "prod"]),
        resolvers=st.lists(
            st.sampled_from(["Self", "Self", "Self", "AWS"]), min_size=2, max_size=4
        ),
    )
    def found_an_organization(self, first: Home, unit: str | None, resolvers: list[str]) -> None:
        organizations = self.mock.client("organizations", account=MANAGEMENT)
        organizations.create_organization(FeatureSet="ALL")
        root = organizations.list_roots()["Roots"][0]["Id"]
        self.organizations, self.places = organizations, {"root": root}
        for name, parent in (("workloads", "root"), ("prod", "workloads"), ("sandbox", "root")):
            made = organizations.create_organizational_unit(ParentId=self.places[parent], Name=name)
            self.places[name] = made["OrganizationalUnit"]["Id"]
        self.ids = {"management": MANAGEMENT, "stranger": STRANGER}
        for name in ("delegated", "member"):
            made = organizations.create_account(AccountName=name, Email=f"{name}@example.com")
            self.ids[name] = made["CreateAccountStatus"]["AccountId"]
        self.register(delegated=True)
        self.move_account_to("member", "prod")
        self.clients = {
            (account, region): _client(self.ids[account], region)
            for account in ACCOUNTS
            for region in REGIONS
        }
        self.homes = list(self.clients)
        self.touched: Home = self.homes[0]
        self.create_membership_in(first, entire=None)
        if unit is not None and first[0] != "stranger":
            (membership,) = self.expected.memberships
            self.clients[first].update_membership(
                membershipId=membership["id"],
                membershipAccountsConfigurationsUpdate={
                    "organizationalUnitsToAdd": [self.places[unit]]
                },
            )
            membership["units"] = {unit}
        for resolver in resolvers:
            self.create_case_in(first, resolver, ["000000000000"])

    # --- helpers ---

    def attempt(self, refusal: str | None, call: Callable[..., Any], **sent: Any) -> Any:
        """Call, and check that it is refused exactly as expected; return the answer, or None."""
        try:
            answer = call(**sent)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            assert code == refusal, f"expected {refusal or 'success'}, got {error}"
            return None
        assert refusal is None, f"expected {refusal}, got {answer}"
        return answer

    def register(self, *, delegated: bool) -> None:
        """Make an account the delegated administrator, or end that."""
        change = (
            self.organizations.register_delegated_administrator
            if delegated
            else self.organizations.deregister_delegated_administrator
        )
        change(AccountId=self.ids["delegated"], ServicePrincipal=PRINCIPAL)

    def move_account_to(self, account: str, parent: str) -> None:
        """Move an account of the organization to another unit, or to the root."""
        before = self.expected.parents[account]
        if before != parent:
            self.organizations.move_account(
                AccountId=self.ids[account],
                SourceParentId=self.places[before],
                DestinationParentId=self.places[parent],
            )
            self.expected.parents[account] = parent

    # --- memberships ---

    @precondition(lambda self: self.steps % 3 == 1)
    @rule(
        account=st.sampled_from(ACCOUNTS),
        region=st.sampled_from(REGIONS),
        entire=st.sampled_from([None, False, True]),
    )
    def create_membership(self, account: str, region: str, entire: bool | None) -> None:
        self.create_membership_in((account, region), entire)

    def create_membership_in(self, home: Home, entire: bool | None) -> None:
        """Create a membership, or be refused."""
        self.touched = home
        sent = {} if entire is None else {"coverEntireOrganization": entire}
        answer = self.attempt(
            self.expected.refusal_to_hold(home[0]),
            self.clients[home].create_membership,
            membershipName="Walk",
            incidentResponseTeam=TEAM,
            **sent,
        )
        if answer is not None:
            taken = {each["id"] for each in self.expected.memberships}
            assert answer["membershipId"] not in taken
            self.expected.memberships.append(
                {
                    "id": answer["membershipId"],
                    "home": home,
                    "status": "Active",
                    "name": "Walk",
                    "entire": bool(entire),
                    "units": set(),
                    "ever": set(),
                }
            )

    def pick_membership(
        self, data: Any, prefer: tuple[str, ...] = ("Active",)
    ) -> tuple[Home, dict[str, Any]]:
        """Return a membership and who acts on it: nearly always its own account."""
        everything = self.expected.memberships
        preferred = [each for each in everything if each["status"] in prefer]
        membership = data.draw(st.sampled_from(preferred * 10 + everything), label="membership")
        home = data.draw(st.sampled_from([membership["home"]] * 40 + self.homes), label="caller")
        self.touched = membership["home"]
        return home, membership

    # what ends a membership comes now and then only, or there would be little else to see
    @precondition(lambda self: self.expected.memberships and self.steps % 6 == 3)
    @rule(data=st.data())
    def cancel_membership(self, data: Any) -> None:
        home, membership = self.pick_membership(data)
        refusal = DENIED if membership["home"] != home else None
        if refusal is None and membership["status"] == "Terminated":
            refusal = CONFLICT
        answer = self.attempt(
            refusal, self.clients[home].cancel_membership, membershipId=membership["id"]
        )
        if answer is not None:
            assert answer["membershipId"] == membership["id"]
            membership["status"] = "Cancelled"

    @precondition(lambda self: self.expected.memberships)
    @rule(data=st.data())
    def undo_cancellation(self, data: Any) -> None:
        home, membership = self.pick_membership(data, ("Cancelled", "Terminated"))
        refusal = DENIED if membership["home"] != home else None
        if refusal is None and membership["status"] != "Cancelled":
            refusal = CONFLICT
        if refusal is None:
            refusal = self.expected.refusal_to_hold(home[0])
        answer = self.attempt(
            refusal,
            self.clients[home].update_membership,
            membershipId=membership["id"],
            undoMembershipCancellation=True,
        )
        if answer is not None:
            membership["status"] = "Active"

    @precondition(lambda self: self.expected.memberships)
    @rule(data=st.data(), name=st.sampled_from(["One name", "Another name"]))
    def rename_membership(self, data: Any, name: str) -> None:
        home, membership = self.pick_membership(data, ())
        answer = self.attempt(
            self.expected.refusal_to_change(home, membership),
            self.clients[home].update_membership,
            membershipId=membership["id"],
            membershipName=name,
        )
        if answer is not None:
            membership["name"] = name

    @precondition(lambda self: self.expected.memberships)
    @rule(
        data=st.data(),
        units=st.dictionaries(st.sampled_from(PARENTS[1:]), st.booleans(), min_size=1),
    )
    def change_units(self, data: Any, units: dict[str, bool]) -> None:
        home, membership = self.pick_membership(data)
        refusal = self.expected.refusal_to_change(home, membership)
        if refusal is None and home[0] == "stranger":
            refusal = INVALID  # a Standalone membership has no units
        add = [unit for unit, added in units.items() if added]
        remove = [unit for unit, added in units.items() if not added]
        change = {
            key: [self.places[unit] for unit in chosen]
            for key, chosen in (
                ("organizationalUnitsToAdd", add),
                ("organizationalUnitsToRemove", remove),
            )
            if chosen
        }
        answer = self.attempt(
            refusal,
            self.clients[home].update_membership,
            membershipId=membership["id"],
            membershipAccountsConfigurationsUpdate=change,
        )
        if answer is not None:
            membership["units"] = (membership["units"] | set(add)) - set(remove)
            if add:
                membership["entire"] = False

    @precondition(lambda self: self.expected.memberships)
    @rule(data=st.data(), entire=st.booleans())
    def cover_entire_organization(self, data: Any, entire: bool) -> None:
        home, membership = self.pick_membership(data)
        answer = self.attempt(
            self.expected.refusal_to_change(home, membership),
            self.clients[home].update_membership,
            membershipId=membership["id"],
            membershipAccountsConfigurationsUpdate={"coverEntireOrganization": entire},
        )
        if answer is not None:
            membership["entire"] = entire
            if entire:
                membership["units"] = set()

    # --- the organization ---

    @rule(account=st.sampled_from(("delegated", "member")), parent=st.sampled_from(PARENTS))
    def move_account(self, account: str, parent: str) -> None:
        self.move_account_to(account, parent)
        for each in self.expected.memberships:
            if each["status"] == "Active" and each["home"][0] in self.expected.parents:
                self.touched = each["home"]

    @precondition(lambda self: self.steps % 6 == 5 or not self.expected.delegated)
    @rule()
    def change_the_delegated_administrator(self) -> None:
        self.expected.delegated = not self.expected.delegated
        self.register(delegated=self.expected.delegated)
        if not self.expected.delegated:
            for each in self.expected.memberships:
                if each["home"][0] == "delegated":
                    each["status"] = "Terminated"

    # --- cases ---

    @rule(
        data=st.data(),
        resolver=st.sampled_from(["Self", "Self", "AWS"]),
        accounts=st.lists(st.sampled_from(["000000000000", MANAGEMENT]), unique=True),
    )
    def create_case(self, data: Any, resolver: str, accounts: list[str]) -> None:
        active = [each["home"] for each in self.expected.memberships if each["status"] == "Active"]
        home = data.draw(st.sampled_from(active * 30 + self.homes), label="caller")
        self.create_case_in(home, resolver, accounts)

    def create_case_in(self, home: Home, resolver: str, accounts: list[str]) -> None:
        """Open a case, or be refused."""
        self.touched = home
        membership = self.expected.active(home)
        answer = self.attempt(
            NOT_ACTIVE if membership is None else None,
            self.clients[home].create_case,
            **case_input(resolverType=resolver, impactedAccounts=accounts),
        )
        if answer is not None:
            assert answer["caseId"] not in {each["id"] for each in self.expected.cases}
            self.expected.cases.append(
                {
                    "id": answer["caseId"],
                    "membership": membership,
                    "resolver": resolver,
                    "status": "Submitted",
                    "title": case_input()["title"],
                    "accounts": accounts,
                    "comments": [],
                    "edits": 1,
                }
            )

    def pick_case(self, data: Any, *, writing: bool = True) -> tuple[Any, dict[str, Any], Any]:
        """Return a client, a case, and why the client cannot write to it."""
        visible = [each for each in self.expected.cases if each["membership"]["status"] == "Active"]
        case = data.draw(st.sampled_from(visible[-4:] * 9 + self.expected.cases[-4:]), label="case")
        home = data.draw(
            st.sampled_from([case["membership"]["home"]] * 60 + self.homes), label="caller"
        )
        self.touched, self.case = home, case
        refusal = self.expected.refusal_to_touch(home, case)
        if refusal is None and writing and case["status"] == "Closed":
            refusal = CONFLICT
        return self.clients[home], case, refusal

    @precondition(lambda self: self.expected.cases)
    @rule(data=st.data(), title=st.sampled_from(["Unknown key", "Stolen key"]))
    def change_title(self, data: Any, title: str) -> None:
        client, case, refusal = self.pick_case(data)
        answer = self.attempt(refusal, client.update_case, caseId=case["id"], title=title)
        if answer is not None and case["title"] != title:
            case["title"] = title
            case["edits"] += 1

    @precondition(lambda self: self.expected.cases)
    @rule(
        data=st.data(),
        add=st.lists(st.sampled_from(["000000000000", "333333333333"]), max_size=2, unique=True),
        delete=st.lists(st.sampled_from(["000000000000", MANAGEMENT]), max_size=2, unique=True),
    )
    def change_impacted_accounts(self, data: Any, add: list[str], delete: list[str]) -> None:
        client, case, refusal = self.pick_case(data)
        answer = self.attempt(
            refusal,
            client.update_case,
            caseId=case["id"],
            impactedAccountsToAdd=add,
            impactedAccountsToDelete=delete,
        )
        if answer is not None:
            after = [each for each in case["accounts"] if each not in delete]
            after += [each for each in add if each not in after]
            case["edits"] += after != case["accounts"]
            case["accounts"] = after

    @precondition(lambda self: self.expected.cases)
    @rule(data=st.data(), times=st.integers(2, 5))
    def move_case(self, data: Any, times: int) -> None:
        client, case, unseen = self.pick_case(data, writing=False)
        for _ in range(times):
            allowed = sorted(MOVES[case["status"]])
            status = data.draw(
                st.sampled_from(allowed * 2 + ["Submitted", *allowed, case["status"]])
                if case["status"] != "Closed"
                else st.sampled_from(["Submitted", "Detection", "Post"]),
                label="status",
            )
            refusal = unseen
            managed = case["resolver"] == "AWS"
            if refusal is None and (managed or status not in MOVES[case["status"]]):
                refusal = INVALID
            answer = self.attempt(
                refusal, client.update_case_status, caseId=case["id"], caseStatus=SPELLED[status]
            )
            if answer is not None:
                assert answer["caseStatus"] == SPELLED[status]
                case["status"] = status
                case["edits"] += 1

    @precondition(lambda self: self.expected.cases)
    @rule(data=st.data())
    def close_case(self, data: Any) -> None:
        client, case, refusal = self.pick_case(data)
        answer = self.attempt(refusal, client.close_case, caseId=case["id"])
        if answer is not None:
            assert answer["caseStatus"] == "Closed"
            case["status"] = "Closed"
            case["edits"] += 1

    @precondition(lambda self: self.expected.cases)
    @rule(data=st.data(), resolver=st.sampled_from(["AWS", "Self"]))
    def change_resolver(self, data: Any, resolver: str) -> None:
        client, case, refusal = self.pick_case(data)
        if refusal is None and case["resolver"] == resolver:
            refusal = INVALID
        elif refusal is None and resolver == "Self":
            refusal = CONFLICT
        answer = self.attempt(
            refusal, client.update_resolver_type, caseId=case["id"], resolverType=resolver
        )
        if answer is not None:
            assert (answer["caseStatus"], answer["resolverType"]) == ("Submitted", "AWS")
            case.update(resolver="AWS", status="Submitted", edits=case["edits"] + 1)

    @precondition(lambda self: self.expected.cases)
    @rule(data=st.data(), body=st.sampled_from(["Seen.", "Seen again."]))
    def comment(self, data: Any, body: str) -> None:
        client, case, refusal = self.pick_case(data)
        answer = self.attempt(refusal, client.create_case_comment, caseId=case["id"], body=body)
        if answer is not None:
            assert answer["commentId"] not in [comment[0] for comment in case["comments"]]
            case["comments"].append([answer["commentId"], body])
            case["edits"] += 1

    @precondition(lambda self: any(each["comments"] for each in self.expected.cases[-4:]))
    @rule(data=st.data(), body=st.sampled_from(["Seen.", "Never seen."]))
    def change_comment(self, data: Any, body: str) -> None:
        client, case, refusal = self.pick_case(data)
        comments = case["comments"]
        known = data.draw(st.sampled_from([*comments, *comments, None]), label="comment")
        if refusal is None and known is None:
            refusal = NOT_FOUND
        if known is None and refusal == CONFLICT:
            return  # closed, and no such comment: which comes first is written nowhere
        answer = self.attempt(
            refusal,
            client.update_case_comment,
            caseId=case["id"],
            commentId=known[0] if known else "999999",
            body=body,
        )
        if answer is not None and known is not None:
            case["edits"] += known[1] != body
            known[1] = body

    # --- what has to hold after each step ---

    @invariant()
    def both_agree(self) -> None:
        if not self.homes:
            return
        self.expected.remember()
        self.steps += 1
        # which is so in the mock as well, as soon as both agree on each account
        for together in (set(self.expected.parents), {"stranger"}):
            active = [each for each in self.expected.memberships if each["status"] == "Active"]
            assert len([each for each in active if each["home"][0] in together]) <= 1
        self.check_home(self.touched)
        self.case = None
        # of those that nobody has touched one at a time, in turn
        if self.steps % 4 == 0:
            self.check_home(self.homes[self.steps // 4 % len(self.homes)])
        if self.steps % 5 == 0:
            self.check_strangers()

    def check_home(self, home: Home) -> None:
        """Compare everything that an account sees in a region."""
        client = self.clients[home]
        ours = [each for each in self.expected.memberships if each["home"] == home]
        listed = client.list_memberships()["items"]
        assert [(each["membershipId"], each["membershipStatus"]) for each in listed] == [
            (each["id"], each["status"]) for each in ours
        ]
        assert all(
            (each["accountId"], each["region"]) == (self.ids[home[0]], home[1]) for each in listed
        )
        if len(ours) > 1 and self.steps % 4 == 0:
            assert self.walk(client, "list_memberships", 1 + self.steps % 2) == listed
        looks_at_case = self.case is not None and self.case["membership"]["home"] == home
        if ours and not (looks_at_case and self.steps % 3):
            # the newest more often than the others
            place = -1 if self.steps % 3 else self.steps % len(ours)
            self.check_membership(client, ours[place])
        self.check_cases(client, home)

    def check_membership(self, client: Any, membership: dict[str, Any]) -> None:
        """Compare one membership and what it covers."""
        seen = client.get_membership(membershipId=membership["id"])
        scope = seen["membershipAccountsConfigurations"]
        units = {self.places[each] for each in membership["units"]}
        if membership["home"][0] != "stranger":
            assert scope["coverEntireOrganization"] == membership["entire"]
        assert len(scope["organizationalUnits"]) == len(units)
        assert set(scope["organizationalUnits"]) == units
        assert seen["numberOfAccountsCovered"] == len(self.expected.covered(membership))
        assert seen["membershipStatus"] == membership["status"]
        assert seen["membershipName"] == membership["name"]
        ended = "membershipDeactivationTimestamp" in seen
        assert ended == (membership["status"] != "Active")
        answer = self.attempt(
            None if membership["status"] == "Active" else NOT_ACTIVE,
            client.batch_get_member_account_details,
            membershipId=membership["id"],
            accountIds=[self.ids[each] for each in ACCOUNTS],
        )
        if answer is not None:
            assert [
                (each["relationshipStatus"], each["relationshipType"]) for each in answer["items"]
            ] == [self.expected.relation(membership, each) for each in ACCOUNTS]

    def check_cases(self, client: Any, home: Home) -> None:
        """Compare the cases that an account sees in a region."""
        cases = self.expected.cases_of(home)
        active = self.expected.active(home) is not None
        answer = self.attempt(None if active else NOT_ACTIVE, client.list_cases)
        if answer is None:
            return
        listed = answer["items"]
        assert answer["total"] == len(listed) == len(cases)
        assert [each["caseId"] for each in listed] == [each["id"] for each in cases]
        if len(cases) > 1 and self.steps % 4 == 1:
            assert self.walk(client, "list_cases", 1 + self.steps % 3) == listed
        if cases and (self.case in cases or self.steps % 3 == 0):
            place = next((n for n, case in enumerate(cases) if case is self.case), 0)
            self.check_case(client, cases[place], listed[place])

    def check_case(self, client: Any, case: dict[str, Any], listed: dict[str, Any]) -> None:
        """Compare one case, its comments and its trail."""
        seen = client.get_case(caseId=case["id"])
        assert {name: seen[name] for name in listed if name in seen} == {
            name: value for name, value in listed.items() if name in seen
        }
        assert seen["caseStatus"] == SPELLED[case["status"]]
        assert seen["resolverType"] == case["resolver"]
        assert seen["title"] == case["title"]
        assert seen["impactedAccounts"] == case["accounts"]
        assert ("closedDate" in seen) == (case["status"] == "Closed")
        waits = case["resolver"] == "Self" and case["status"] != "Closed"
        assert seen["pendingAction"] == ("Customer" if waits else "None")
        comments = client.list_comments(caseId=case["id"])
        assert [[each["commentId"], each["body"]] for each in comments["items"]] == case["comments"]
        assert comments["total"] == len(case["comments"])
        trail = client.list_case_edits(caseId=case["id"])
        assert trail["total"] == case["edits"]
        edits = trail["items"]
        if "nextToken" in trail or self.steps % 3 == 0:
            edits = self.walk(client, "list_case_edits", 3, caseId=case["id"])
        assert len(edits) == case["edits"]
        stamps = [each["eventTimestamp"] for each in edits]
        assert stamps == sorted(stamps)

    def check_strangers(self) -> None:
        """Check that nobody sees what belongs to another account or region."""
        home = self.homes[self.steps // 5 % len(self.homes)]
        client = self.clients[home]
        for membership in self.expected.memberships:
            if membership["home"] != home:
                self.attempt(DENIED, client.get_membership, membershipId=membership["id"])
        for case in self.expected.cases:
            refusal = self.expected.refusal_to_touch(home, case)
            if refusal is not None:
                self.attempt(refusal, client.get_case, caseId=case["id"])

    def walk(self, client: Any, method: str, size: int, **sent: Any) -> list[Any]:
        """Return the union of a list's pages."""
        found = []
        for page in client.get_paginator(method).paginate(
            PaginationConfig={"PageSize": size}, **sent
        ):
            assert len(page["items"]) <= size
            found += page["items"]
        return found


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=walks(40),
    stateful_step_count=30,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
