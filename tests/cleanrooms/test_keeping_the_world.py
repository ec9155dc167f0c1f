"""Budgets, mapping tables, stored analyses and exports survive snapshots and dumps."""

from datetime import timedelta

import pytest

from tests.cleanrooms.collaboration_samples import (
    REGION,
    RUNNER,
    A,
    B,
    join,
    member,
    new_collaboration,
)
from tests.cleanrooms.identity_samples import (
    add_mapping_table,
    add_model,
    add_namespace,
    model,
    namespace,
    populate,
    workflow,
)
from tests.cleanrooms.intermediate_samples import get_intermediate, ready_intermediate
from tests.cleanrooms.privacy_samples import (
    access_left,
    access_template,
    aggregations_left,
    privacy_template,
    private_table,
    run,
)
from tests.cleanrooms.query_samples import aws_side
from tests.cleanrooms.table_samples import custom, ready_table

pytestmark = pytest.mark.newest_model


@pytest.fixture
def world(membership_mock, clients):
    """A room with one of everything, in the middle of its life: its ids by name."""
    a, b = clients[A], clients[B]
    s3 = membership_mock.client("s3", account=A, region=REGION)
    s3.create_bucket(Bucket="spark-logs", CreateBucketConfiguration={"LocationConstraint": REGION})
    abilities = [*RUNNER, "CAN_EXPORT_QUERY_ANALYSIS_LOG"]
    room = new_collaboration(a, member(B), creatorMemberAbilities=abilities)["id"]
    mine, theirs = join(a, room)["id"], join(b, room)["id"]
    rule = custom("ANY_QUERY", providers=[A])  # of the type that the private table has
    orders = ready_table(b, theirs, A, kind="CUSTOM", policy=rule)
    private_table(b, theirs, A, name="members")
    privacy_template(b, theirs)
    access_template(b, theirs, orders["arn"], ("WEEK", 5), ("LIFETIME", 9))
    run(a, mine, "SELECT COUNT(DISTINCT customer_id) FROM members, orders")
    add_namespace(a, mine, namespace(A))
    add_namespace(b, theirs, namespace(B, "target"))
    ids = add_mapping_table(a, mine, workflow(A))
    populate(a, mine, ids["id"])
    aws_side(A).end_id_mapping_job("FAILED")
    add_model(b, theirs, model(B))
    stored = ready_intermediate(a, A, mine, A)
    aws_side(A).end_log_export("FAILED")
    export = a.start_analysis_log_export(
        membershipIdentifier=mine,
        analysisId=run(a, mine, "SELECT 1")["id"],
        analysisType="PROTECTED_QUERY",
        resultConfiguration={"outputConfiguration": {"s3": {"bucket": "spark-logs"}}},
    )["analysisLogExport"]
    return {"room": room, "mine": mine, "stored": stored["id"], "export": export}


def check(membership_mock, clients, world):
    """Go on with a world that was kept, as if nothing had happened."""
    a, room, mine = clients[A], world["room"], world["mine"]
    assert access_left(a, room) == {"CALENDAR_WEEK": 3, "LIFETIME": 7, "all": 3}
    assert aggregations_left(a, room)["COUNT_DISTINCT"] == 659
    schemas = a.list_schemas(collaborationIdentifier=room)["schemaSummaries"]
    assert [each["name"] for each in schemas] == ["orders", "members", "ids", "cities"]
    found = a.get_schema(collaborationIdentifier=room, name="ids")["schema"]
    assert found["schemaStatusDetails"][0]["status"] == "READY"
    export_id = world["export"]["analysisLogExportId"]
    export = a.get_analysis_log_export(
        membershipIdentifier=mine, analysisLogExportIdentifier=export_id
    )["analysisLogExport"]
    assert export["status"] == "FAILED"
    assert run(a, mine, "SELECT n FROM cities")["status"] == "SUCCESS"
    membership_mock.clock.advance(timedelta(days=30))
    table = get_intermediate(a, mine, world["stored"])
    assert table["status"] == "RETENTION_PERIOD_EXPIRED"
    assert "schema" not in table


def test_a_snapshot_keeps_everything(membership_mock, clients, world):
    with membership_mock.rolled_back():
        check(membership_mock, clients, world)
    check(membership_mock, clients, world)


def test_a_dump_keeps_everything(membership_mock, clients, world):
    text = membership_mock.dump().to_json()
    membership_mock.reset()
    membership_mock.load(type(membership_mock.dump()).from_json(text))
    check(membership_mock, clients, world)
