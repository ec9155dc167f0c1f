"""Random steps with all tools in one world: whatever is refused, shown or put back changes nothing.

The steps come from a seed, so that a failure comes again; most of the arguments cannot be meant.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from membership_mock import Dump, MembershipMock, Snapshot, UsageError, mock_membership
from tests.samples import TEAM, case_input
from tests.walks import walks

MANAGEMENT, BANK, SHOP = "111111111111", "222222222222", "333333333333"
REGIONS = ["eu-west-1", "us-east-1"]
ONCE = Config(retries={"total_max_attempts": 1})
STATUSES = ["Created", "Invited", "Enabled", "Resigned", "Removed", "Deleted"]
CASE_STATUSES = ["Submitted", "Acknowledged", "Ready to Close", "Closed"]
ERRORS = ["ThrottlingException", "InternalServerException", ReadTimeoutError]
OPERATIONS = ["*", "securityhub.*", "security-ir.Create*", "cleanrooms.*"]


class Walk:
    """One world, and what has been made in it, some of which a restore has taken away."""

    def __init__(self, mock: MembershipMock, seed: int) -> None:
        self.mock = mock
        self.random = random.Random(seed)
        self.cases: list[Any] = ["1234567890"]
        self.rooms: list[Any] = ["11111111-1111-4111-8111-111111111111"]
        self.memberships = ["m-" + "a" * 17]
        self.kept: list[tuple[Snapshot, Dump]] = []
        self.build()

    def build(self) -> None:
        self.org = self.mock.organization(
            {"Security": ["audit"], "Prod": {"web": None, "Inner": ["pay"]}},
            management=MANAGEMENT,
            delegated={"securityhub": "audit", "security-ir": "audit"},
            regions=REGIONS,
        )
        self.accounts = [MANAGEMENT, BANK, SHOP, *self.org.accounts.values()]

    def pick(self, things: Any) -> Any:
        return self.random.choice(things)

    # --- steps ---

    def change_the_organization(self) -> None:
        name, unit = self.pick(["audit", "web", "pay", "new"]), self.pick(["Prod", "Security", "X"])
        org = self.org
        self.pick(
            [
                lambda: org.join("new", unit),
                lambda: org.move(name, unit),
                lambda: org.suspend(name),
                lambda: org.reinstate(name),
                lambda: org.close(name),
                lambda: org.leave(name),
                lambda: org.undelegate("securityhub"),
                lambda: org.delegate("securityhub", name, regions=REGIONS),
                lambda: org.distrust("security-ir"),
            ]
        )()

    def seed(self) -> None:
        given, account, other = self.mock.given, self.pick(self.accounts), self.pick(self.accounts)
        region, room = self.pick(REGIONS), self.pick(self.rooms)
        hub, response, rooms = given.securityhub, given.security_ir, given.cleanrooms

        def case() -> None:
            resolver, status = self.pick(["Self", "AWS"]), self.pick(CASE_STATUSES)
            made = response.case(account, region, resolver=resolver, status=status)
            self.cases.append(made)

        def membership() -> None:
            made = response.membership(account, region, entire_organization=self.pick([True, None]))
            self.memberships.append(made.membership_id)

        def collaboration() -> None:
            self.rooms.append(rooms.collaboration(account, [other], region=region))

        self.pick(
            [
                case,
                membership,
                collaboration,
                lambda: hub.member(account, other, self.pick(STATUSES), region=region),
                lambda: hub.findings(2, account, region=region),
                lambda: hub.central_configuration(
                    region=region, policies={"base": {"enabled": True, "standards": []}}
                ),
                lambda: rooms.membership(room, account),
                lambda: rooms.query(room, self.pick(["SUBMITTED", "SUCCESS"])),
                lambda: response.investigation(self.pick(self.cases)),
            ]
        )()

    def call(self) -> None:
        account, other, region = (self.pick(each) for each in (self.accounts,) * 2 + (REGIONS,))
        hub, security, rooms = (
            self.mock.client(service, account=account, region=region, config=ONCE)
            for service in ("securityhub", "security-ir", "cleanrooms")
        )
        case, room = self.pick(self.cases), self.pick(self.rooms)
        case, room = getattr(case, "case_id", case), getattr(room, "id", room)
        token = self.pick(["one", "two"])
        self.pick(
            [
                lambda: hub.create_members(AccountDetails=[{"AccountId": other}]),
                lambda: hub.invite_members(AccountIds=[other]),
                lambda: hub.disassociate_members(AccountIds=[other]),
                hub.disable_security_hub,
                hub.list_configuration_policy_associations,
                lambda: hub.disable_organization_admin_account(AdminAccountId=other),
                lambda: security.create_membership(
                    membershipName="Ours", incidentResponseTeam=TEAM, clientToken=token
                ),
                lambda: security.cancel_membership(membershipId=self.pick(self.memberships)),
                lambda: security.create_case(**case_input(clientToken=token)),
                lambda: security.create_case_comment(caseId=case, body=token, clientToken=token),
                lambda: security.close_case(caseId=case),
                lambda: rooms.create_membership(
                    collaborationIdentifier=room, queryLogStatus="DISABLED"
                ),
                lambda: rooms.delete_member(collaborationIdentifier=room, accountId=other),
                lambda: rooms.delete_collaboration(collaborationIdentifier=room),
            ]
        )()

    def play_aws(self) -> None:
        aws = self.mock.aws_side(self.pick(self.accounts), self.pick(REGIONS))
        case = getattr(case := self.pick(self.cases), "case_id", case)
        self.pick(
            [
                lambda: aws.comment(case, "Was it you?", asks_customer=True),
                lambda: aws.move_case(case, self.pick(CASE_STATUSES)),
                lambda: aws.close_case(case),
                aws.open_case,
                aws.end_query,
                lambda: aws.fail_policy_association(self.pick(self.accounts)),
                lambda: aws.terminate_membership(self.pick(self.memberships)),
            ]
        )()

    def set_a_quota(self) -> None:
        quota = self.pick(self.mock.quotas.states())
        limit, account = self.pick([0, 1, 3]), self.pick([None, *self.accounts])
        self.mock.quotas.set(quota.service, quota.name, limit, account=account)

    def move_the_clock(self) -> None:
        clock = self.mock.clock
        self.pick(
            [
                lambda: clock.advance(minutes=7),
                lambda: clock.advance(days=35),
                lambda: clock.advance(days=-1),
                lambda: clock.move_to("2020-01-01"),
            ]
        )()

    def keep(self) -> None:
        self.kept.append((self.mock.snapshot(), self.mock.dump()))

    def put_back(self) -> None:
        if self.kept:
            snapshot, dump = self.pick(self.kept)
            if self.pick([True, False]):
                self.mock.restore(snapshot)
            else:
                self.mock.load(Dump.from_json(dump.to_json()))
            assert dump.difference(self.mock.dump()) == ""

    def begin_anew(self) -> None:
        self.mock.reset()
        self.build()

    def inject(self) -> None:
        account = self.pick([None, *self.accounts])
        arguments = {"after": self.pick([True, False]), "account": account, "force": True}
        self.mock.fail(self.pick(OPERATIONS), self.pick(ERRORS), **arguments)

    # --- what holds after each ---

    def step(self) -> None:
        weights: dict[Callable[[], None], int] = {
            self.change_the_organization: 4,
            self.seed: 8,
            self.call: 8,
            self.play_aws: 3,
            self.set_a_quota: 1,
            self.move_the_clock: 2,
            self.keep: 2,
            self.put_back: 2,
            self.inject: 1,
            self.mock.faults.clear: 1,
        }
        (act,) = self.random.choices(list(weights), list(weights.values()))
        before, faulty = self.mock.dump(), any(fault.remaining for fault in self.mock.faults)
        try:
            act()
        except (ClientError, UsageError):  # anything else is no answer to a user
            assert faulty or before.difference(self.mock.dump()) == "", act
        except ReadTimeoutError:
            assert faulty
        after = self.mock.dump()
        assert "cannot be shown" not in self.mock.report()
        assert self.mock.diagram("svg")
        assert repr(self.mock.quotas)
        assert after.difference(self.mock.dump()) == "", "a look changed something"
        self.mock.load(Dump.from_json(after.to_json()))
        assert after.difference(self.mock.dump()) == "", act


@pytest.mark.newest_model
@pytest.mark.parametrize("seed", range(1, 1 + walks(2)))
def test_random_steps_with_all_tools_keep_their_promises(seed: int) -> None:
    seen = []
    for _ in range(2):
        with mock_membership(
            seed=seed, now="2026-03-14", settle="clock", unused_plans="ignore"
        ) as mock:
            walk = Walk(mock, seed)
            for number in range(45):
                walk.step()
                if number == 30:
                    walk.begin_anew()
            with suppress(UsageError):
                walk.org.close("web")
            seen.append(mock.dump())
    # moto has stamps of its own, and boto3 fills in tokens
    ours = ["engine TokenStore*", "organizations*", "s3*"]
    assert seen[0].difference(seen[1], ignore=ours) == ""
