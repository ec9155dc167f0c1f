"""A rollout that accounts wait for shows nobody that they wait.

The same random steps are done twice: once every account waits that may, and once none does. All
answers, and the worlds in the end, are the same.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from membership_mock import Dump, MembershipMock, UsageError, mock_membership
from membership_mock.engine import running
from membership_mock.securityhub.relationships import deferred_rollouts
from tests.securityhub.central_configuration.central import (
    CIS,
    FSBP,
    HOME,
    LINKED,
    MANAGEMENT,
    OFF,
    SELF_MANAGED,
    UNLINKED,
    Central,
    on,
)
from tests.securityhub.findings.finding_samples import finding

REGIONS = [HOME, LINKED, UNLINKED]
OUTSIDE = "999999999999"
CONTROLS = {
    "SecurityHub": {
        "ServiceEnabled": True,
        "EnabledStandardIdentifiers": [FSBP],
        "SecurityControlsConfiguration": {
            "DisabledSecurityControlIdentifiers": ["S3.1"],
            "SecurityControlCustomParameters": [
                {
                    "SecurityControlId": "ACM.1",
                    "Parameters": {
                        "daysToExpiration": {"ValueType": "CUSTOM", "Value": {"Integer": 15}}
                    },
                }
            ],
        },
    }
}
CONFIGURATIONS = [on(FSBP), on(CIS), on(FSBP, CIS), on(), OFF, CONTROLS]


class Walk:
    """One world, what is done in it, and what is seen."""

    def __init__(self, mock: MembershipMock, seed: int) -> None:
        self.mock = mock
        self.random = random.Random(seed)
        self.seen: list[Any] = []
        self.waited = 0
        self.central = Central(mock)
        self.places = [self.central.root, self.central.workloads, self.central.prod]
        self.accounts = [
            self.central.account(f"account{number}", self.random.choice(self.places[1:]))
            for number in range(7)
        ]
        self.policies = [
            self.central.policy(f"policy{number}", configuration=each)
            for number, each in enumerate(CONFIGURATIONS)
        ]
        self.everybody = [MANAGEMENT, self.central.administrator, OUTSIDE, *self.accounts]
        self.central.client(OUTSIDE).enable_security_hub()

    def pick(self, things: Any) -> Any:
        return self.random.choice(things)

    def some(self) -> list[str]:
        return [*self.random.sample(self.everybody, 3), "123"]

    def hub(self) -> tuple[str, Any]:
        """Return a client of any account in any region, the administrator's more often."""
        account = self.pick([*self.everybody, *[self.central.administrator] * 4])
        return account, self.central.client(account, self.pick(REGIONS))

    # --- what changes something ---

    def configure(self) -> Any:
        """Change what applies to whom; most of it concerns the root."""
        target_id = self.pick([*[self.central.root] * 4, *self.places[1:], *self.accounts[:3]])
        policy = self.pick([*self.policies, SELF_MANAGED])
        applied = self.central.associations(AssociationType="APPLIED")
        if target_id in applied and self.pick([True, False, False]):
            self.central.take_away(applied[target_id][0], target_id)
            return target_id
        return self.central.apply(policy, target_id)

    def change_a_policy(self) -> Any:
        return self.central.hub.update_configuration_policy(
            Identifier=self.pick(self.policies), ConfigurationPolicy=self.pick(CONFIGURATIONS)
        )

    def change_the_regions(self) -> Any:
        (found,) = self.central.hub.list_finding_aggregators()["FindingAggregators"]
        linked = self.pick([[LINKED], [UNLINKED], [LINKED, UNLINKED], []])
        arguments: dict[str, Any] = {"RegionLinkingMode": "NO_REGIONS"}
        if linked:
            arguments = {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": linked}
        return self.central.hub.update_finding_aggregator(**found, **arguments)

    def lose_the_home(self) -> Any:
        (found,) = self.central.hub.list_finding_aggregators()["FindingAggregators"]
        self.central.hub.delete_finding_aggregator(**found)
        self.central.link()
        self.policies = [self.central.policy(f"again{len(self.seen)}", configuration=on(FSBP))]

    def change_the_organization(self) -> Any:
        organizations, account = self.central.organizations, self.pick(self.accounts)
        what = self.pick(["move", "move", "create", "close", "leave", "deregister"])
        if what == "create":
            self.accounts.append(self.central.account(f"new{len(self.seen)}"))
            self.everybody.append(self.accounts[-1])
        elif what == "move":
            (parent,) = organizations.list_parents(ChildId=account)["Parents"]
            self.central.move(account, parent["Id"], self.pick(self.places))
        elif what == "close":
            organizations.close_account(AccountId=account)
        elif what == "leave":
            organizations.remove_account_from_organization(AccountId=account)
        else:
            self.change_the_administrator()
        return account

    def change_the_administrator(self) -> None:
        """End the role in Organizations, and begin anew with the same or another account."""
        self.central.organizations.deregister_delegated_administrator(
            AccountId=self.central.administrator, ServicePrincipal="securityhub.amazonaws.com"
        )
        self.look()
        administrator = self.pick([self.central.administrator, *self.accounts[:2]])
        self.central.client(MANAGEMENT).enable_organization_admin_account(
            AdminAccountId=administrator
        )
        self.central.administrator = administrator
        self.central.hub = self.central.client(administrator)
        self.central.link()
        self.central.turn("CENTRAL")
        self.policies = [
            self.central.policy(f"p{number}", configuration=each)
            for number, each in enumerate(CONFIGURATIONS)
        ]

    def act(self) -> Any:
        """Let an account act by itself, or on members."""
        account, hub = self.hub()
        some = self.some()
        acts: list[Callable[[], Any]] = [
            lambda: hub.enable_security_hub(EnableDefaultStandards=self.pick([True, False])),
            hub.disable_security_hub,
            lambda: hub.batch_enable_standards(
                StandardsSubscriptionRequests=[{"StandardsArn": CIS}]
            ),
            lambda: hub.batch_disable_standards(
                StandardsSubscriptionArns=[
                    each["StandardsSubscriptionArn"]
                    for each in hub.get_enabled_standards()["StandardsSubscriptions"][:1]
                ]
            ),
            lambda: hub.update_security_hub_configuration(AutoEnableControls=False),
            lambda: hub.update_security_control(
                SecurityControlId="ACM.1",
                Parameters={"daysToExpiration": {"ValueType": "CUSTOM", "Value": {"Integer": 20}}},
            ),
            lambda: hub.create_members(AccountDetails=[{"AccountId": each} for each in some]),
            lambda: hub.invite_members(AccountIds=some),
            lambda: hub.disassociate_members(AccountIds=some[:3]),
            lambda: hub.delete_members(AccountIds=some),
            lambda: hub.create_finding_aggregator(RegionLinkingMode="NO_REGIONS"),
            hub.disassociate_from_administrator_account,
            lambda: hub.accept_administrator_invitation(
                AdministratorId=(found := hub.list_invitations()["Invitations"][-1])["AccountId"],
                InvitationId=found["InvitationId"],
            ),
            lambda: hub.batch_import_findings(
                Findings=[finding(f"f{len(self.seen)}", account, hub.meta.region_name)]
            ),
            lambda: self.mock.aws_side(account, hub.meta.region_name).evaluate_control(
                "S3.1", "FAILED"
            ),
        ]
        return self.pick(acts)()

    def play_aws(self) -> Any:
        aws = self.mock.aws_side(self.central.administrator, HOME)
        return aws.fail_policy_association(self.pick(self.accounts))

    def use_the_tools(self) -> Any:
        mock = self.mock
        what = self.pick(["clock", "restore", "load", "quota", "show", "seed"])
        if what == "clock":
            mock.clock.advance(seconds=self.pick([20, 70, 86400 * 40]))
        elif what == "restore":
            mock.restore(mock.snapshot())
        elif what == "load":
            dump = mock.dump()
            mock.load(Dump.from_json(dump.to_json()))
        elif what == "quota":
            mock.quotas.set("securityhub", "members", self.pick([3, 6, 10_000]))
        elif what == "show":
            return str(mock)
        else:
            mock.given.securityhub.member(OUTSIDE, self.pick(self.accounts), "Invited")
        return what

    # --- what is seen ---

    def look(self) -> Any:
        hub = self.hub()[1]
        looks: list[Callable[[], Any]] = [
            hub.describe_hub,
            hub.get_enabled_standards,
            hub.get_findings,
            hub.get_administrator_account,
            hub.list_invitations,
            hub.describe_organization_configuration,
            hub.list_finding_aggregators,
            lambda: hub.get_members(AccountIds=self.some()),
            lambda: self.pages(hub, self.pick([True, False])),
            lambda: hub.list_members(OnlyAssociated=False, MaxResults=2)["Members"],
            lambda: hub.batch_get_security_controls(SecurityControlIds=["ACM.1", "S3.1"]),
            lambda: hub.list_standards_control_associations(SecurityControlId="S3.1"),
            self.central.associations,
            lambda: self.central.associations(AssociationStatus="FAILED"),
            lambda: self.central.association(self.pick([*self.places, *self.accounts])),
            lambda: repr(self.mock.quotas),
        ]
        return self.pick(looks)()

    def pages(self, hub: Any, only_associated: bool) -> list[Any]:
        paginator = hub.get_paginator("list_members")
        size = {"PageSize": self.pick([1, 2, 5])}
        found = paginator.paginate(OnlyAssociated=only_associated, PaginationConfig=size)
        return [each for page in found for each in page["Members"]]

    def step(self) -> None:
        weights = {
            self.configure: 10,
            self.change_a_policy: 4,
            self.change_the_regions: 2,
            self.lose_the_home: 1,
            self.change_the_organization: 5,
            self.act: 8,
            self.play_aws: 1,
            self.use_the_tools: 4,
            self.look: 10,
        }
        (act,) = self.random.choices(list(weights), list(weights.values()))
        try:
            answer = act()
        except ClientError as error:
            answer = error.response["Error"]
        except (UsageError, IndexError, ParamValidationError) as error:
            answer = repr(error)
        if isinstance(answer, dict):
            answer = {name: each for name, each in answer.items() if name != "ResponseMetadata"}
        self.seen.append((act.__name__, answer))
        self.waited += not running.require().world.is_complete


def plain(value: Any) -> Any:
    """Return data of stores without the numbers of members, which may have gaps."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: plain(getattr(value, each.name))
            for each in dataclasses.fields(value)
            if each.compare and not each.name.endswith("sequence")
        }
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def stores() -> dict[Any, Any]:
    """Return all that the stores hold."""
    mock = running.require()
    mock.backends.complete()
    return {
        (kind.__name__, where): plain(store)
        for (kind, where), store in mock.world._stores.items()
        if store != kind()  # an empty one may be left from a read
    }


def walk(seed: int, settle: str, many: int, monkeypatch: Any) -> tuple[list[Any], Any, int]:
    """Return what is seen on a walk, the world afterwards, and after how many steps some waited."""
    monkeypatch.setattr(deferred_rollouts, "MANY", many)
    with mock_membership(seed=seed, now="2026-03-14", settle=settle) as mock:
        walked = Walk(mock, seed)
        for _ in range(40):
            walked.step()
        return walked.seen, stores(), walked.waited


@pytest.mark.parametrize(("seed", "settle"), [(0, "clock"), (4, "read")])
def test_nobody_sees_that_accounts_wait(seed: int, settle: str, monkeypatch: Any) -> None:
    seen, held, waited = walk(seed, settle, 1, monkeypatch)
    seen_at_once, held_at_once, never = walk(seed, settle, 10**9, monkeypatch)

    assert waited > 10
    assert never == 0
    for one, other in zip(seen, seen_at_once, strict=True):
        assert one == other
    assert held == held_at_once


def test_a_rollout_is_carried_out_for_the_accounts_that_are_looked_at(membership_mock, monkeypatch):
    monkeypatch.setattr(deferred_rollouts, "MANY", 1)
    central = Central(membership_mock)
    accounts = [central.account(f"account{number}") for number in range(5)]
    central.apply(central.policy(), central.root)
    ((_, store),) = running.require().world.stores(deferred_rollouts.DeferredRolloutStore)
    assert set(store.waiting) == set(accounts)

    central.client(accounts[3]).describe_hub()
    members = central.hub.list_members(MaxResults=2)["Members"]

    assert [each["AccountId"] for each in members] == accounts[:2]
    assert set(store.waiting) == {accounts[2], accounts[4]}
    membership_mock.dump()
    assert not store.waiting


def test_the_end_of_the_role_of_an_administrator_waits_as_well(membership_mock, monkeypatch):
    monkeypatch.setattr(deferred_rollouts, "MANY", 1)
    central = Central(membership_mock)
    accounts = [central.account(f"account{number}") for number in range(3)]
    central.apply(central.policy(), central.root)
    central.organizations.deregister_delegated_administrator(
        AccountId=central.administrator, ServicePrincipal="securityhub.amazonaws.com"
    )

    assert central.members() == dict.fromkeys(accounts, "Removed")
    with pytest.raises(ClientError, match="no such resource"):
        membership_mock.client("securityhub", account=OUTSIDE, region=HOME).list_members()
    assert central.client(accounts[0]).get_administrator_account().get("Administrator") is None
