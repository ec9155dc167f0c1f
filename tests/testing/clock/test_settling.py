"""States that pass by themselves: at the next read, or not before the clock says so.

Each story brings one about. By default polling without waiting goes through all of it; with
``settle="clock"`` no look changes anything, and the clock does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from itertools import groupby
from typing import Any

import pytest
import requests
import time_machine
from freezegun import freeze_time

from membership_mock import MembershipMock, UsageError, mock_membership
from tests.cleanrooms.collaboration_samples import (
    REGION,
    RUNNER,
    A,
    B,
    join,
    member,
    new_collaboration,
)
from tests.cleanrooms.query_samples import finish_query, get_job, get_query, start_job, start_query
from tests.cleanrooms.table_samples import pyspark_template
from tests.security_ir.scenes import member_client, new_case
from tests.securityhub.central_configuration.central import Central

NOON = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)
ADMIN = "111111111111"
PCI = "arn:aws:securityhub:eu-west-1::standards/pci-dss/v/3.2.1"
PCI_SUBSCRIPTION = f"arn:aws:securityhub:eu-west-1:{ADMIN}:subscription/pci-dss/v/3.2.1"
RESULTS = {
    "outputConfiguration": {"s3": {"bucket": "results"}},
    "roleArn": f"arn:aws:iam::{A}:role/results",
}

Look = Callable[[], Any]


def hub(mock: MembershipMock) -> Any:
    client = mock.client("securityhub", account=ADMIN, region="eu-west-1")
    client.enable_security_hub(EnableDefaultStandards=False)
    return client


def enable(client: Any) -> str:
    answer = client.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": PCI}])
    return str(answer["StandardsSubscriptions"][0]["StandardsStatus"])


def standards(client: Any) -> list[str]:
    found = client.get_enabled_standards()["StandardsSubscriptions"]
    return [one["StandardsStatus"] for one in found]


def subscription(mock: MembershipMock) -> Look:
    client = hub(mock)
    assert enable(client) == "PENDING"
    return lambda: standards(client)


def default_subscription(mock: MembershipMock) -> Look:
    client = mock.client("securityhub", account=ADMIN, region="eu-west-1")
    client.enable_security_hub()
    return lambda: standards(client)


def end_of_subscription(mock: MembershipMock) -> Look:
    client = hub(mock)
    enable(client)
    mock.clock.advance(minutes=1)
    answer = client.batch_disable_standards(StandardsSubscriptionArns=[PCI_SUBSCRIPTION])
    assert answer["StandardsSubscriptions"][0]["StandardsStatus"] == "DELETING"
    return lambda: standards(client)


def central_configuration(mock: MembershipMock) -> Look:
    central = Central(mock)
    return lambda: central.hub.describe_organization_configuration()["OrganizationConfiguration"][
        "Status"
    ]


def policy_association(mock: MembershipMock) -> Look:
    central = Central(mock)
    answer = central.apply(central.policy(), central.account("target"))
    assert answer["AssociationStatus"] == "PENDING"
    return lambda: central.association(answer["TargetId"])["AssociationStatus"]


def inherited_associations(mock: MembershipMock) -> Look:
    central = Central(mock)
    central.account("target", central.workloads)
    central.apply(central.policy(), central.workloads)
    return lambda: [status for _, _, status in central.associations().values()]


def failed_association(mock: MembershipMock) -> Look:
    central = Central(mock)
    central.apply(central.policy(), "111111111111")  # has not enabled Security Hub by itself
    return lambda: central.association("111111111111")["AssociationStatus"]


def investigation(mock: MembershipMock) -> Look:
    client = member_client(mock)
    case_id = new_case(client, "AWS")
    return lambda: [
        action["status"]
        for action in client.list_investigations(caseId=case_id)["investigationActions"]
    ]


def summary(mock: MembershipMock) -> Look:
    client = member_client(mock)
    case_id = new_case(client, "AWS")
    return lambda: client.list_comments(caseId=case_id)["total"]


def scan(mock: MembershipMock) -> Look:
    client = member_client(mock)
    case_id = new_case(client)
    url = client.get_case_attachment_upload_url(caseId=case_id, fileName="a", contentLength=3)
    requests.put(url["attachmentPresignedUrl"], data=b"log", timeout=5)
    return lambda: [
        one["attachmentStatus"] for one in client.get_case(caseId=case_id)["caseAttachments"]
    ]


def room(mock: MembershipMock, *abilities: str, **others: Any) -> tuple[Any, str]:
    a, b = (mock.client("cleanrooms", account=one, region=REGION) for one in (A, B))
    shared = new_collaboration(a, member(B), creatorMemberAbilities=[*RUNNER, *abilities])["id"]
    join(b, shared)
    return a, join(a, shared, **others)["id"]


def query(mock: MembershipMock) -> Look:
    a, membership_id = room(mock)
    query_id = start_query(a, membership_id)["id"]
    return lambda: get_query(a, membership_id, query_id)["status"]


def listed_query(mock: MembershipMock) -> Look:
    a, membership_id = room(mock)
    start_query(a, membership_id)
    return lambda: a.list_protected_queries(membershipIdentifier=membership_id)["protectedQueries"][
        0
    ]["status"]


def cancelled_query(mock: MembershipMock) -> Look:
    a, membership_id = room(mock)
    query_id = start_query(a, membership_id)["id"]
    a.update_protected_query(
        membershipIdentifier=membership_id,
        protectedQueryIdentifier=query_id,
        targetStatus="CANCELLED",
    )
    return lambda: get_query(a, membership_id, query_id)["status"]


def query_that_is_cancelled_from_elsewhere(mock: MembershipMock) -> Look:
    mock.aws_side(A, REGION).end_query("CANCELLED")
    return query(mock)


def job(mock: MembershipMock) -> Look:
    a, membership_id = room(mock, "CAN_RUN_JOB", defaultJobResultConfiguration=RESULTS)
    job_id = start_job(a, membership_id, pyspark_template(a, membership_id)["arn"])["id"]
    return lambda: get_job(a, membership_id, job_id)["status"]


#: what begins, what looks see one after another, and what shows at which minute
STORIES: list[tuple[Any, list[Any], list[tuple[int, Any]]]] = [
    (subscription, [["READY"]], [(0, ["PENDING"]), (1, ["READY"])]),
    (default_subscription, [["READY"] * 2], [(0, ["PENDING"] * 2), (1, ["READY"] * 2)]),
    (end_of_subscription, [[]], [(0, ["DELETING"]), (1, [])]),
    (central_configuration, ["PENDING", "ENABLED"], [(0, "PENDING"), (1, "ENABLED")]),
    (policy_association, ["SUCCESS"], [(0, "PENDING"), (1, "SUCCESS")]),
    (inherited_associations, [["SUCCESS"] * 3], [(0, ["PENDING"] * 3), (1, ["SUCCESS"] * 3)]),
    (failed_association, ["FAILED"], [(0, "PENDING"), (1, "FAILED")]),
    (
        investigation,
        [
            ["Pending", "Pending", "Pending"],
            ["Waiting", "Pending", "Pending"],
            ["InProgress", "InProgress", "Pending"],
            ["InProgress", "Completed", "Pending"],
            ["Completed", "Completed", "InProgress"],
            ["Completed", "Completed", "Completed"],
        ],
        [
            (0, ["Pending", "Pending", "Pending"]),
            (1, ["Waiting", "Pending", "Pending"]),
            (11, ["InProgress", "InProgress", "Pending"]),
            (14, ["InProgress", "Completed", "Pending"]),
            (16, ["Completed", "Completed", "InProgress"]),
            (18, ["Completed", "Completed", "Completed"]),
        ],
    ),
    (summary, [0, 1], [(0, 0), (18, 1)]),
    (scan, [["Verified"]], [(0, ["Pending"]), (1, ["Verified"])]),
    (query, ["STARTED", "SUCCESS"], [(0, "SUBMITTED"), (1, "STARTED"), (6, "SUCCESS")]),
    (listed_query, ["STARTED", "SUCCESS"], [(0, "SUBMITTED"), (1, "STARTED"), (6, "SUCCESS")]),
    (cancelled_query, ["CANCELLED"], [(0, "CANCELLING"), (1, "CANCELLED")]),
    (
        query_that_is_cancelled_from_elsewhere,
        ["STARTED", "CANCELLING", "CANCELLED"],
        [(0, "SUBMITTED"), (1, "STARTED"), (6, "CANCELLING"), (7, "CANCELLED")],
    ),
    (job, ["STARTED", "SUCCESS"], [(0, "SUBMITTED"), (1, "STARTED"), (6, "SUCCESS")]),
]
EVERY_STORY = pytest.mark.parametrize(
    ("begin", "polled", "timetable"), [pytest.param(*one, id=one[0].__name__) for one in STORIES]
)


@pytest.fixture
def waiting() -> Iterator[MembershipMock]:
    """A mock whose states wait for its clock, which stands still."""
    with mock_membership(settle="clock", now=NOON) as mock:
        yield mock


@EVERY_STORY
def test_polling_goes_through_all_states_without_waiting(membership_mock, begin, polled, timetable):
    look = begin(membership_mock)
    seen = [look() for _ in range(8)]
    assert [state for state, _ in groupby(seen)] == polled
    assert seen[-1] == timetable[-1][1]


@EVERY_STORY
def test_no_look_settles_what_waits_for_the_clock(waiting, begin, polled, timetable):
    look = begin(waiting)
    assert [look() for _ in range(8)] == [timetable[0][1]] * 8


@EVERY_STORY
def test_the_clock_settles_what_waits_for_it(waiting, begin, polled, timetable):
    look = begin(waiting)
    start = waiting.clock.now()
    for (minute, state), (_, before) in zip(timetable[1:], timetable, strict=False):
        waiting.clock.move_to(start + timedelta(minutes=minute, milliseconds=-1))
        assert look() == before
        waiting.clock.advance(timedelta(milliseconds=1))
        assert look() == state
    waiting.clock.advance(days=1)
    assert look() == timetable[-1][1]


@EVERY_STORY
def test_the_clock_settles_everything_by_default_too(membership_mock, begin, polled, timetable):
    look = begin(membership_mock)
    membership_mock.clock.advance(minutes=timetable[-1][0])
    assert look() == timetable[-1][1]


@EVERY_STORY
def test_freezegun_settles_what_waits_for_the_clock(begin, polled, timetable):
    with freeze_time(NOON) as real, mock_membership(settle="clock") as mock:
        look = begin(mock)
        assert look() == timetable[0][1]
        real.tick(timedelta(minutes=timetable[-1][0]))
        assert look() == timetable[-1][1]


@EVERY_STORY
def test_time_machine_settles_what_waits_for_the_clock(begin, polled, timetable):
    with time_machine.travel(NOON, tick=False) as real, mock_membership(settle="clock") as mock:
        look = begin(mock)
        assert look() == timetable[0][1]
        real.shift(timedelta(minutes=timetable[-1][0]))
        assert look() == timetable[-1][1]


# --- which policy counts ---


def test_the_option_of_the_innermost_mock_counts(membership_mock):
    look = query(membership_mock)
    with mock_membership(settle="clock"):
        assert [look(), look()] == ["SUBMITTED", "SUBMITTED"]
        with mock_membership(), mock_membership(settle="read"):
            assert look() == "STARTED"
        assert look() == "STARTED"
    assert look() == "SUCCESS"


@pytest.mark.membership_mock(settle="clock")
def test_the_marker_sets_the_option(membership_mock):
    look = subscription(membership_mock)
    assert [look(), look()] == [["PENDING"], ["PENDING"]]


# --- what hangs on it ---


def test_what_looks_have_settled_is_dated_to_the_look(membership_mock):
    membership_mock.clock.freeze(NOON)
    client = member_client(membership_mock)
    case_id = new_case(client, "AWS")
    for _ in range(6):
        actions = client.list_investigations(caseId=case_id)["investigationActions"]
    assert [action["lastUpdated"] for action in actions] == [NOON] * 3
    (comment,) = client.list_comments(caseId=case_id)["items"]
    assert comment["createdDate"] == client.get_case(caseId=case_id)["lastUpdatedDate"] == NOON


def test_an_investigation_that_looks_have_taken_on_goes_on_by_the_clock(membership_mock):
    membership_mock.clock.freeze(NOON)
    look = investigation(membership_mock)
    assert [look() for _ in range(3)][-1] == ["InProgress", "InProgress", "Pending"]
    membership_mock.clock.advance(minutes=3)
    assert look() == ["InProgress", "Completed", "Pending"]


def test_only_an_answer_of_the_customer_ends_the_wait_for_it(waiting):
    client = member_client(waiting)
    case_id = new_case(client, "AWS")
    waiting.clock.advance(minutes=2)
    client.create_case_comment(caseId=case_id, body="It was not us.")
    (first, *_) = client.list_investigations(caseId=case_id)["investigationActions"]
    assert (first["status"], first["lastUpdated"]) == ("InProgress", NOON + timedelta(minutes=2))


def test_a_closed_case_is_investigated_no_further(membership_mock):
    client = member_client(membership_mock)
    case_id = new_case(client, "AWS")
    client.close_case(caseId=case_id)
    for _ in range(3):
        actions = client.list_investigations(caseId=case_id)["investigationActions"]
        assert {action["status"] for action in actions} == {"Cancelled"}


def test_an_attachment_that_waits_for_its_scan_cannot_be_downloaded(waiting):
    client = member_client(waiting)
    case_id = new_case(client)
    url = client.get_case_attachment_upload_url(caseId=case_id, fileName="a", contentLength=3)
    requests.put(url["attachmentPresignedUrl"], data=b"log", timeout=5)
    (attachment,) = client.get_case(caseId=case_id)["caseAttachments"]
    arguments = {"caseId": case_id, "attachmentId": attachment["attachmentId"]}
    with pytest.raises(client.exceptions.ValidationException, match="still pending"):
        client.get_case_attachment_download_url(**arguments)
    waiting.clock.advance(minutes=1)
    found = client.get_case_attachment_download_url(**arguments)["attachmentPresignedUrl"]
    assert requests.get(found, timeout=5).content == b"log"


def test_a_pending_subscription_cannot_be_ended_however_often_it_is_looked_at(waiting):
    client = hub(waiting)
    enable(client)
    assert standards(client) == ["PENDING"]
    with pytest.raises(client.exceptions.InvalidInputException, match="in state PENDING"):
        client.batch_disable_standards(StandardsSubscriptionArns=[PCI_SUBSCRIPTION])
    assert enable(client) == "PENDING"


def test_a_client_that_tries_later_ends_a_pending_subscription(membership_mock):
    membership_mock.clock.freeze(NOON)
    client = hub(membership_mock)
    enable(client)
    arguments = {"StandardsSubscriptionArns": [PCI_SUBSCRIPTION]}
    with pytest.raises(client.exceptions.InvalidInputException, match="please try later"):
        client.batch_disable_standards(**arguments)
    answer = client.batch_disable_standards(**arguments)
    assert answer["StandardsSubscriptions"][0]["StandardsStatus"] == "DELETING"


def test_a_subscription_that_is_being_deleted_cannot_be_made_again(waiting):
    look = end_of_subscription(waiting)
    client = waiting.client("securityhub", account=ADMIN, region="eu-west-1")
    with pytest.raises(client.exceptions.InvalidInputException, match="in state DELETING"):
        enable(client)
    answer = client.batch_disable_standards(StandardsSubscriptionArns=[PCI_SUBSCRIPTION])
    assert answer["StandardsSubscriptions"][0]["StandardsStatus"] == "DELETING"
    waiting.clock.advance(minutes=1)
    assert enable(client) == "PENDING"
    assert look() == ["PENDING"]


def test_a_result_lies_in_its_bucket_when_the_clock_has_moved(waiting):
    s3 = waiting.client("s3", account=A, region="us-east-1")
    s3.create_bucket(Bucket="results")
    waiting.aws_side(A, REGION).end_query(result=[{"city": "Paris"}])
    a, membership_id = room(waiting)
    query_id = start_query(a, membership_id)["id"]
    waiting.clock.advance(minutes=5)
    assert "Contents" not in s3.list_objects_v2(Bucket="results")
    waiting.clock.advance(minutes=1)
    assert len(s3.list_objects_v2(Bucket="results")["Contents"]) == 1
    waiting.clock.advance(hours=1)
    ended = get_query(a, membership_id, query_id)
    assert ended["statistics"]["totalDurationInMillis"] == 360_000


def test_a_query_that_has_ended_by_the_clock_makes_room_for_another(waiting):
    a, membership_id = room(waiting)
    for _ in range(5):
        start_query(a, membership_id)
    with pytest.raises(a.exceptions.ServiceQuotaExceededException):
        start_query(a, membership_id)
    waiting.clock.advance(minutes=6)
    assert start_query(a, membership_id)["status"] == "SUBMITTED"


def test_a_query_that_has_ended_by_the_clock_cannot_be_cancelled(waiting):
    a, membership_id = room(waiting)
    query_id = start_query(a, membership_id)["id"]
    waiting.clock.advance(minutes=6)
    with pytest.raises(a.exceptions.ConflictException, match="it is SUCCESS"):
        a.update_protected_query(
            membershipIdentifier=membership_id,
            protectedQueryIdentifier=query_id,
            targetStatus="CANCELLED",
        )


def test_the_end_of_a_query_that_has_ended_by_time_cannot_be_settled():
    with freeze_time(NOON) as real, mock_membership(settle="clock") as mock:
        a, membership_id = room(mock)
        query_id = start_query(a, membership_id)["id"]
        real.tick(timedelta(minutes=6))
        with pytest.raises(UsageError, match="is SUCCESS already"):
            mock.aws_side(A, REGION).end_query("FAILED", protected_query_id=query_id)


def test_the_clock_moves_the_queries_of_all_accounts(membership_mock):
    membership_mock.clock.freeze(NOON)
    looks = []
    for runner, other in ((A, B), (B, A)):
        client = membership_mock.client("cleanrooms", account=runner, region=REGION)
        membership_id = join(client, new_collaboration(client, member(other))["id"])["id"]
        looks.append((client, membership_id, start_query(client, membership_id)["id"]))
    membership_mock.clock.advance(hours=1)
    assert [finish_query(*look)["status"] for look in looks] == ["SUCCESS", "SUCCESS"]
