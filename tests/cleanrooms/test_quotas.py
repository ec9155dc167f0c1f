"""Quotas of an account in a region, and how a test raises or lowers them."""

import pytest
from moto.backends import get_backend

from membership_mock.cleanrooms.quotas import COLLABORATIONS, MEMBERS, MEMBERSHIPS, Quotas
from membership_mock.errors import UsageError

from .rooms import REGION, A, B, join, member, new_collaboration


@pytest.fixture
def quotas(clients):
    """The quotas of an account."""
    return lambda account: get_backend("cleanrooms")[account][REGION].family(Quotas)


def exceeded(client, call, *arguments):
    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as caught:
        call(client, *arguments)
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 402
    return answer["quotaName"], answer["quotaValue"]


def test_collaborations_are_limited_and_deleted_ones_give_room(a, b, quotas):
    quotas(A).set_limit(COLLABORATIONS, 1)
    room = new_collaboration(a)["id"]
    assert exceeded(a, new_collaboration) == ("Collaborations created per account", 1.0)
    new_collaboration(b)
    a.delete_collaboration(collaborationIdentifier=room)
    new_collaboration(a)


def test_memberships_are_limited_in_every_status(a, b, quotas):
    quotas(B).set_limit(MEMBERSHIPS, 1)
    first, second = (new_collaboration(a, member(B))["id"] for _ in range(2))
    membership = join(b, first)["id"]
    a.delete_collaboration(collaborationIdentifier=first)
    assert exceeded(b, join, second) == ("Memberships per account", 1.0)
    b.delete_membership(membershipIdentifier=membership)
    join(b, second)


def test_a_quota_can_be_raised(a, quotas):
    quotas(A).set_limit(MEMBERS, 6)
    new_collaboration(a, *(member(f"{number:012}") for number in range(6)))


def test_a_quota_that_does_not_exist_cannot_be_set(quotas):
    with pytest.raises(UsageError, match="Memberships per account"):
        quotas(A).set_limit("Rooms", 1)
