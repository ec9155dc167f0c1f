"""What the advertiser gets, what the publisher sees, and what neither may do."""

import pytest
from botocore.exceptions import ClientError

from clean_room import Party, QueryFailed, QueryTimedOut, Table

ADVERTISER, PUBLISHER, STRANGER = "111122223333", "444455556666", "777788889999"
REGION, BUCKET = "us-east-1", "advertiser-results"
ROLE = f"arn:aws:iam::{PUBLISHER}:role/clean-rooms"
CLICKS = Table("ads", "clicks", {"email_hash": "string", "campaign": "string"}, ["email_hash"])
SQL = "SELECT campaign FROM clicks"


@pytest.fixture
def advertiser(membership_mock):
    membership_mock.client("s3", account=ADVERTISER).create_bucket(Bucket=BUCKET)
    return Party(membership_mock.session(account=ADVERTISER, region=REGION))


@pytest.fixture
def publisher(membership_mock):
    return Party(membership_mock.session(account=PUBLISHER, region=REGION))


@pytest.fixture
def room(advertiser, publisher):
    """A collaboration into which the publisher has brought its table."""
    room = advertiser.open_room("Campaigns", PUBLISHER)
    publisher.share_table(room, CLICKS, receivers=[ADVERTISER], role=ROLE)
    return room


@pytest.fixture
def aws(membership_mock):
    """Says how the next query of the advertiser ends: the mock runs no SQL."""
    return membership_mock.aws_side(account=ADVERTISER, region=REGION)


def test_the_advertiser_gets_its_answer(advertiser, room, aws):
    aws.end_query(result=[{"campaign": "spring"}, {"campaign": "summer"}])
    rows = advertiser.ask(room, SQL, BUCKET)
    assert rows == [{"campaign": "spring"}, {"campaign": "summer"}]


def test_the_publisher_sees_the_invitation_until_it_joins(advertiser, publisher):
    room = advertiser.open_room("Campaigns", PUBLISHER)
    assert publisher.invitations() == [room]
    membership = publisher.join(room)
    assert publisher.invitations() == []
    assert publisher.join(room) == membership


def test_the_publisher_may_not_ask(publisher, room):
    with pytest.raises(ClientError, match="AccessDeniedException"):
        publisher.ask(room, SQL, BUCKET)


def test_a_stranger_cannot_join(room, membership_mock):
    stranger = Party(membership_mock.session(account=STRANGER, region=REGION))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        stranger.join(room)


def test_the_reason_of_a_failed_query_is_told(advertiser, room, aws):
    aws.end_query("FAILED", error={"code": "INSUFFICIENT_COMPUTE", "message": "Too many rows"})
    with pytest.raises(QueryFailed, match="FAILED: INSUFFICIENT_COMPUTE Too many rows"):
        advertiser.ask(room, SQL, BUCKET)


@pytest.mark.membership_mock(settle="clock")
def test_a_slow_query_is_cancelled(advertiser, room, membership_mock):
    with pytest.raises(QueryTimedOut):
        advertiser.ask(room, SQL, BUCKET, timeout=60)
    membership_mock.calls.assert_called(
        "UpdateProtectedQuery", parameters={"targetStatus": "CANCELLED"}
    )
