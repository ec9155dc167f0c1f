"""The seed: the same calls get the same ids and tokens again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from moto.moto_api._internal import mock_random

from membership_mock import MembershipMock, UsageError, mock_membership
from tests.cleanrooms.collaboration_samples import new_collaboration
from tests.samples import TEAM, case_input

ROOT = Path(__file__).parents[3]

STORY = """
    import json
    from datetime import datetime, timezone
    from membership_mock import mock_membership
    from tests.testing.given.test_seed import organization_of, story

    with mock_membership(seed=SEED, now="2026-03-14T12:00:00Z") as mock:
        print(json.dumps({"ids": story(mock), "moto": organization_of(mock)}))
"""


def story(mock: Any) -> list[str]:
    """Return ids, ARNs, tokens and secrets of all three services, and of moto's Organizations."""
    found: list[str] = []
    security = mock.client("security-ir", account="111122223333", region="eu-west-1")
    found.append(
        security.create_membership(membershipName="Response", incidentResponseTeam=TEAM)[
            "membershipId"
        ]
    )
    cases = [security.create_case(**case_input())["caseId"] for _ in range(3)]
    page = security.list_cases(maxResults=1)
    found += [*cases, page["nextToken"], page["ResponseMetadata"]["RequestId"]]
    hub = mock.client("securityhub", account="111122223333", region="us-east-1")
    hub.enable_security_hub(EnableDefaultStandards=False)
    members = [{"AccountId": f"22220000000{n}"} for n in range(3)]
    hub.create_members(AccountDetails=members)
    hub.invite_members(AccountIds=[member["AccountId"] for member in members])
    for member in members:
        other = mock.client("securityhub", account=member["AccountId"], region="us-east-1")
        other.enable_security_hub(EnableDefaultStandards=False)
        found += [each["InvitationId"] for each in other.list_invitations()["Invitations"]]
    rooms = mock.client("cleanrooms", account="111122223333", region="us-east-1")
    room = rooms.create_collaboration(
        name="Room",
        description="A room",
        creatorDisplayName="One",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[{"accountId": "444455556666", "displayName": "Two", "memberAbilities": []}],
        queryLogStatus="DISABLED",
    )["collaboration"]
    found.append(room["id"])
    organizations = mock.client("organizations", account="111122223333")
    found.append(organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"])
    found.append(
        organizations.create_account(AccountName="one", Email="one@example.com")[
            "CreateAccountStatus"
        ]["AccountId"]
    )
    return found


def organization_of(mock: MembershipMock) -> dict[str, Any]:
    """Build an organization with everything that has an id or a stamp; return what moto holds."""
    org = mock.organization(
        {"Security": ["audit"], "Workloads": {"Prod": {"shop": None, "pay": "222222222222"}}},
        management="333333333333",
        delegated={"securityhub": "audit"},
        trusted=["guardduty"],
    )
    mock.clock.advance(hours=1)
    client = org.client("organizations")
    policy = client.create_policy(
        Name="p", Description="d", Content="{}", Type="SERVICE_CONTROL_POLICY"
    )["Policy"]["PolicySummary"]["Id"]
    client.attach_policy(PolicyId=policy, TargetId=org["shop"])
    client.create_account(AccountName="late", Email="late@example.com")
    org.join("later", unit="Workloads/Prod")
    org.join("guest", account_id="444444444444")
    org.close("shop")
    return mock.dump().data["organizations"]


def test_equal_seeds_and_instants_give_equal_organizations() -> None:
    worlds = []
    for day in ("2026-03-14", "2026-03-14", "2026-03-15"):
        with mock_membership(seed=7, now=day) as mock:
            organization_of(mock)
            worlds.append(mock.dump())
    assert worlds[0].difference(worlds[1]) == ""
    assert worlds[0].difference(worlds[2], ignore=["clock*"]) != ""
    assert worlds[0].difference(worlds[2], mask=["times"]) == ""


def test_the_same_seed_gives_the_same_ids_again() -> None:
    told = []
    for seed in (7, 7, 8, "seven", "seven"):
        with mock_membership(seed=seed) as mock:
            told.append(story(mock))
    assert told[0] == told[1] != told[2]
    assert told[3] == told[4] != told[0]
    assert len(told[0]) == len(set(told[0]))


def test_a_seed_makes_worlds_of_seeds_equal_idempotency_tokens_included() -> None:
    worlds = []
    for _ in range(2):
        with mock_membership(seed=7, now="2026-03-14") as mock:
            given = mock.given
            given.security_ir.case("111122223333", resolver="AWS", comments=["Help."])
            room = given.cleanrooms.joined_collaboration(["111122223333", "444455556666"])
            given.cleanrooms.associated_table(room, "444455556666")
            given.securityhub.member("111122223333", "444455556666", "Invited")
            worlds.append(mock.dump())
    assert worlds[0] == worlds[1]


def test_no_seed_gives_others() -> None:
    told = []
    for _ in range(2):
        with mock_membership() as mock:
            told.append(story(mock))
    assert not set(told[0]) & set(told[1])


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_another_process_gives_the_same_ids_and_the_same_organization(hash_seed: str) -> None:
    with mock_membership(seed=7, now="2026-03-14T12:00:00Z") as mock:
        here = {"ids": story(mock), "moto": organization_of(mock)}
    script = textwrap.dedent(STORY).replace("SEED", "7")
    there = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    assert json.loads(there.stdout) == here


def test_a_reset_begins_again() -> None:
    with mock_membership(seed=7) as mock:
        first = story(mock)
        mock.reset()
        again = story(mock)
    assert again == first


def test_what_follows_a_seeded_mock_is_as_random_as_before() -> None:
    before = mock_random.getstate()
    with mock_membership(seed=7), mock_membership(seed=8):
        assert mock_random.getstate() != before
    assert mock_random.getstate() == before


def test_an_inner_seed_counts_from_its_start_on() -> None:
    ids = []
    for _ in range(2):
        with mock_membership(), mock_membership(seed=7) as mock:
            client = mock.client("security-ir")
            made = client.create_membership(membershipName="Response", incidentResponseTeam=TEAM)
            ids.append(made["membershipId"])
    assert ids[0] == ids[1]


def test_an_inner_mock_with_the_same_seed_makes_no_id_again() -> None:
    made = []
    with mock_membership(seed=7) as outer:
        client = outer.client("cleanrooms", account="111122223333", region="us-east-1")
        made.append(new_collaboration(client)["id"])
        for looks in range(4):  # every call draws, so that the draws of both could meet
            with mock_membership(seed=7):
                for _ in range(looks):
                    client.list_collaborations()
                made.append(new_collaboration(client)["id"])
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("seeds", [(7, 7), (7, 8), (8, 7, 8)])
def test_a_reset_begins_nested_mocks_again(seeds: tuple[int, ...]) -> None:
    with ExitStack() as mocks:
        for seed in seeds:
            mock = mocks.enter_context(mock_membership(seed=seed))
        mock.reset()
        first = story(mock)
        mock.reset()
        assert story(mock) == first


@pytest.fixture
def with_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let child runs of pytest find the samples of these tests."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.mark.usefixtures("with_samples")
def test_the_set_up_of_a_decorated_class_makes_no_id_that_its_test_makes(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import boto3
        from membership_mock import mock_membership
        from tests.cleanrooms.collaboration_samples import new_collaboration

        @mock_membership(seed=7)
        class TestRooms:
            def setup_method(self):
                self.client = boto3.client("cleanrooms", region_name="us-east-1")
                self.first = new_collaboration(self.client)["id"]

            def test_ids(self):
                self.client.list_collaborations()
                assert new_collaboration(self.client)["id"] != self.first
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


@pytest.mark.usefixtures("with_samples")
def test_tests_that_share_a_seeded_set_up_make_none_of_its_ids(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from tests.cleanrooms.collaboration_samples import new_collaboration

        pytestmark = pytest.mark.membership_mock(seed=7)
        made = set()

        @pytest.fixture(scope="module")
        def first(membership_mock_module):
            return new_collaboration(membership_mock_module.client("cleanrooms"))["id"]

        @pytest.mark.parametrize("number", range(2))
        def test_ids(first, membership_mock, number):
            client = membership_mock.client("cleanrooms")
            client.list_collaborations()
            made.add(new_collaboration(client)["id"])
            assert first not in made
            assert len(made) == 1  # each test gets the same ones
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("seed", [1.5, b"seven", object(), True])
def test_a_seed_that_is_none_is_a_usage_error(seed: Any) -> None:
    with pytest.raises(UsageError, match="A seed is an int or text"):
        mock_membership(seed=seed)


def test_a_decorated_class_with_a_seed_makes_no_id_twice(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from membership_mock import mock_membership

        def new_room():
            with mock_membership() as mock:
                return mock.given.cleanrooms.collaboration("111111111111").id

        @mock_membership(seed=7)
        class TestIt:
            def setup_method(self):
                self.room = new_room()

            def test_it(self):
                assert new_room() != self.room
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
