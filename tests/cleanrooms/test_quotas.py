"""Quotas of an account in a region, and how a test raises or lowers them."""

import pytest

from tests.cleanrooms.collaboration_samples import REGION, A, B, join, member, new_collaboration
from tests.cleanrooms.query_samples import finish_query, get_query, start_query


@pytest.fixture
def limit(membership_mock):
    """Set a quota of an account."""

    def set_limit(account, name, number):
        membership_mock.quotas.set("cleanrooms", name, number, account=account, region=REGION)

    return set_limit


def exceeded(client, call, *arguments):
    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as caught:
        call(client, *arguments)
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 402
    return answer["quotaName"], answer["quotaValue"]


def test_collaborations_are_limited_and_deleted_ones_give_room(a, b, limit):
    limit(A, "collaborations", 1)
    room = new_collaboration(a)["id"]
    assert exceeded(a, new_collaboration) == ("Collaborations created per account", 1.0)
    new_collaboration(b)
    a.delete_collaboration(collaborationIdentifier=room)
    new_collaboration(a)


def test_memberships_are_limited_in_every_status(a, b, limit):
    limit(B, "memberships", 1)
    first, second = (new_collaboration(a, member(B))["id"] for _ in range(2))
    membership = join(b, first)["id"]
    a.delete_collaboration(collaborationIdentifier=first)
    assert exceeded(b, join, second) == ("Memberships per account", 1.0)
    b.delete_membership(membershipIdentifier=membership)
    join(b, second)


def test_a_quota_can_be_raised(a, limit):
    limit(A, "members_per_collaboration", 6)
    new_collaboration(a, *(member(f"{number:012}") for number in range(6)))


def test_queries_of_an_account_are_limited_over_all_of_its_memberships(a):
    first, second = (join(a, new_collaboration(a)["id"])["id"] for _ in range(2))
    running = [start_query(a, each)["id"] for each in (first, second)]
    waiting = start_query(a, second)["id"]
    for membership_id, query_id in zip((first, second), running, strict=True):
        assert get_query(a, membership_id, query_id)["status"] == "STARTED"
    for _ in range(3):
        assert get_query(a, second, waiting)["status"] == "SUBMITTED"
    finish_query(a, first, running[0])
    assert finish_query(a, second, waiting)["status"] == "SUCCESS"


def test_a_query_that_waits_runs_once_time_has_ended_those_before_it(membership_mock, a):
    membership_id = join(a, new_collaboration(a)["id"])["id"]
    first, second, third = (start_query(a, membership_id)["id"] for _ in range(3))
    membership_mock.clock.advance(minutes=3)
    statuses = [get_query(a, membership_id, each)["status"] for each in (third, second, first)]
    assert statuses[0] == "SUBMITTED"
    membership_mock.clock.advance(minutes=30)
    assert get_query(a, membership_id, third)["status"] == "SUCCESS"


def test_an_account_may_run_more_queries_in_virginia(membership_mock):
    client = membership_mock.client("cleanrooms", account=A, region="us-east-1")
    first, second = (join(client, new_collaboration(client)["id"])["id"] for _ in range(2))
    queries = [
        (each, start_query(client, each)["id"])
        for each in (first, second, first, second, first, second)
    ]
    statuses = [get_query(client, *each)["status"] for each in queries]
    assert statuses == ["STARTED"] * 5 + ["SUBMITTED"]


@pytest.mark.newest_model
def test_a_query_waits_for_vcpus_unless_it_runs_alone(membership_mock, a):
    def workers(number):
        return {"computeConfiguration": {"worker": {"type": "CR.4X", "number": number}}}

    quotas, where = membership_mock.quotas, {"account": A, "region": REGION}
    mine = join(a, new_collaboration(a)["id"])["id"]
    large = start_query(a, mine, **workers(400))["id"]
    small = start_query(a, mine, **workers(2))["id"]
    unknown = start_query(a, mine)["id"]
    assert get_query(a, mine, large)["status"] == "STARTED"
    assert quotas.get("cleanrooms", "concurrent_query_vcpus", **where).used == 6400
    assert [get_query(a, mine, small)["status"] for _ in range(2)] == ["SUBMITTED"] * 2
    finish_query(a, mine, large)
    assert get_query(a, mine, small)["status"] == "STARTED"
    assert get_query(a, mine, unknown)["status"] == "STARTED"
    assert quotas.get("cleanrooms", "concurrent_query_vcpus", **where).used == 32
    quotas.set("cleanrooms", "concurrent_query_vcpus", 40)
    third = start_query(a, mine, **workers(2))["id"]
    finish_query(a, mine, unknown)
    assert get_query(a, mine, third)["status"] == "SUBMITTED"
    assert finish_query(a, mine, small)["status"] == "SUCCESS"
    assert finish_query(a, mine, third)["status"] == "SUCCESS"


def test_the_quotas_on_vcpus_are_those_of_the_region(membership_mock):
    def limits(region):
        return [
            membership_mock.quotas.get(
                "cleanrooms", f"concurrent_{kind}_vcpus", region=region
            ).limit
            for kind in ("query", "job")
        ]

    assert limits("us-east-1") == [512, 1024]
    assert limits("eu-west-1") == [512, 512]
