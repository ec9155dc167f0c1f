"""The random walks of each service again, in worlds that are put back again and again on the way.

The walks compare every answer with a model of their own: what a snapshot or a dump loses, doubles
or mixes up comes out there.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from membership_mock import Dump
from tests.cleanrooms.collaboration_samples import REGION, STRANGER, A, B, C, D
from tests.cleanrooms.test_room_walk import Walk as RoomWalk
from tests.securityhub.central_configuration.test_association_walk import Walk as AssociationWalk
from tests.stories.test_security_ir_walk import Walk as ResponseWalk
from tests.walks import walks

#: what a detour tries, with each client that the walk has; most of it is refused
DETOURS = [
    ("disable_security_hub", {}),
    ("enable_security_hub", {}),
    ("disassociate_from_administrator_account", {}),
    ("create_members", {"AccountDetails": [{"AccountId": "333333333333"}]}),
    ("enable_organization_admin_account", {"AdminAccountId": "333333333333"}),
    ("cancel_membership", {"membershipId": "m-" + "a" * 10}),
]


def rebuild(mock: Any, how: str) -> None:
    """Put the world back as it is, which nobody should notice."""
    before = mock.dump()
    if how == "snapshot":
        mock.restore(mock.snapshot())
    else:
        mock.load(Dump.from_json(before.to_json()))
    assert before.difference(mock.dump()) == ""
    assert mock.dump() == before


def detour(mock: Any, clients: list[Any]) -> None:
    """Change a lot, and go back."""
    before, dump = mock.snapshot(), mock.dump()
    for client in clients:
        for operation, arguments in DETOURS:
            if hasattr(client, operation):
                with suppress(ClientError):
                    getattr(client, operation)(**arguments)
    organizations = mock.client("organizations", account="444444444444")
    organizations.create_organization(FeatureSet="ALL")
    s3 = mock.client("s3", account="444444444444", region="us-east-1")
    s3.create_bucket(Bucket="detour")
    assert mock.dump() != dump
    mock.restore(before)
    assert dump.difference(mock.dump()) == ""


class _Rebuilt(RuleBasedStateMachine):
    """What a walk does besides its own steps."""

    mock: Any
    clients: dict[Any, Any]

    @rule(how=st.sampled_from(["snapshot", "dump"]))
    def rebuild(self, how: str) -> None:
        rebuild(self.mock, how)

    @rule(how=st.sampled_from(["snapshot", "dump"]))
    def rebuild_more_often(self, how: str) -> None:
        rebuild(self.mock, how)

    @rule()
    def take_a_detour(self) -> None:
        detour(self.mock, list(self.clients.values()))


class Associations(_Rebuilt, AssociationWalk):
    """Members and their administrators."""


class Responses(_Rebuilt, ResponseWalk):
    """Memberships and cases of Security Incident Response, in an organization."""


_SETTINGS = settings(
    max_examples=walks(4),
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

TestAssociations = Associations.TestCase
TestAssociations.settings = _SETTINGS
TestResponses = Responses.TestCase
TestResponses.settings = _SETTINGS


@pytest.mark.newest_model
@pytest.mark.parametrize("how", ["snapshot", "dump"])
def test_rooms_that_are_put_back_after_each_step_go_on(membership_mock: Any, how: str) -> None:
    clients = {
        account: membership_mock.client("cleanrooms", account=account, region=REGION)
        for account in (A, B, C, D, STRANGER)
    }
    walk = RoomWalk(clients, seed=1)
    for number in range(40):
        walk.step()
        rebuild(membership_mock, how)
        if number % 4 == 0:
            walk.compare()
    walk.compare()
