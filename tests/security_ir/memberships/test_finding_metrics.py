"""GetFindingMetrics, and how a test puts numbers into it."""

from datetime import datetime, timedelta, timezone

import pytest

from membership_mock.engine import running
from membership_mock.engine.protocol.model import service_model
from membership_mock.security_ir.memberships.finding_metrics import FindingMetrics

MONDAY = datetime(2026, 3, 9, tzinfo=timezone.utc)
TEAM = [
    {"name": "Alice", "jobTitle": "CEO", "email": "alice@example.com"},
    {"name": "Bob Jones", "jobTitle": "Security Responder", "email": "bob@example.com"},
]

pytestmark = pytest.mark.skipif(
    "GetFindingMetrics" not in service_model("security-ir").operation_names,
    reason="this botocore does not have the operation yet",
)


@pytest.fixture
def client(membership_mock):
    return membership_mock.client("security-ir", account="111111111111", region="eu-west-1")


@pytest.fixture
def membership_id(client):
    created = client.create_membership(membershipName="Example", incidentResponseTeam=TEAM)
    return created["membershipId"]


def metrics(client, membership_id, start=MONDAY, end=MONDAY):
    answer = client.get_finding_metrics(membershipId=membership_id, startDate=start, endDate=end)
    del answer["ResponseMetadata"]
    return answer


def test_get_finding_metrics_shows_all_counters_at_zero(client, membership_id):
    shape = client.meta.service_model.operation_model("GetFindingMetrics").output_shape
    assert metrics(client, membership_id) == dict.fromkeys(shape.members, 0)


def test_get_finding_metrics_accepts_an_end_in_the_future(client, membership_id):
    far = MONDAY + timedelta(days=36500)
    assert metrics(client, membership_id, end=far)["findingsTriaged"] == 0


def test_get_finding_metrics_accepts_an_earlier_hour_of_the_same_day(client, membership_id):
    metrics(client, membership_id, start=MONDAY + timedelta(hours=15))


def test_get_finding_metrics_refuses_a_window_that_ends_before_it_begins(client, membership_id):
    with pytest.raises(client.exceptions.ValidationException) as refusal:
        metrics(client, membership_id, end=MONDAY - timedelta(days=1))
    assert refusal.value.response["reason"] == "OTHER"
    names = [field["name"] for field in refusal.value.response["fieldList"]]
    assert names == ["startDate", "endDate"]


def test_get_finding_metrics_is_denied_for_an_unknown_membership(client):
    with pytest.raises(client.exceptions.AccessDeniedException):
        metrics(client, "m-aaaaaaaaaaaaaaaaaaaa")


def test_get_finding_metrics_asks_for_an_active_membership(client, membership_id):
    client.cancel_membership(membershipId=membership_id)
    with pytest.raises(client.exceptions.SecurityIncidentResponseNotActiveException):
        metrics(client, membership_id)


@pytest.fixture
def metrics_family(membership_mock):
    return (
        running.require()
        .backends.of("security-ir", "111111111111", "eu-west-1")
        .family(FindingMetrics)
    )


def test_get_finding_metrics_adds_up_recorded_days_inside_the_window(
    client, membership_id, metrics_family
):
    for days, triaged in ((-1, 1000), (0, 100), (1, 20), (2, 3), (3, 1000)):
        day = (MONDAY + timedelta(days=days)).date()
        metrics_family.record(membership_id, day, findings_triaged=triaged)
    metrics_family.record(membership_id, MONDAY.date(), findingsTriaged=4000, findingsEscalated=1)
    found = metrics(
        client,
        membership_id,
        start=MONDAY + timedelta(hours=15),
        end=MONDAY + timedelta(days=2),
    )
    assert (found["findingsTriaged"], found["findingsEscalated"]) == (4123, 1)
    assert found["findingsInvestigated"] == 0


def test_get_finding_metrics_keeps_memberships_apart(client, membership_id, metrics_family):
    metrics_family.record(membership_id, MONDAY.date(), findings_triaged=7)
    client.cancel_membership(membershipId=membership_id)
    second = client.create_membership(membershipName="Second", incidentResponseTeam=TEAM)
    assert metrics(client, second["membershipId"])["findingsTriaged"] == 0


def test_record_takes_a_datetime_for_the_day_it_falls_on_in_utc(
    client, membership_id, metrics_family
):
    late = (MONDAY + timedelta(hours=23)).astimezone(timezone(timedelta(hours=9)))
    for moment, triaged in ((late, 1), (MONDAY.replace(tzinfo=None), 20), (MONDAY.date(), 300)):
        metrics_family.record(membership_id, moment, findings_triaged=triaged)
    assert metrics(client, membership_id, start=MONDAY, end=MONDAY)["findingsTriaged"] == 321


def test_record_names_the_metrics_when_it_gets_an_unknown_one(membership_id, metrics_family):
    with pytest.raises(TypeError, match=r"findings_lost: no finding metric.*findings_triaged"):
        metrics_family.record(membership_id, MONDAY.date(), findings_lost=1)
