"""Exports of the Spark event logs of queries: who may, where to, and how they end."""

from datetime import timedelta

import pytest

from membership_mock import UsageError
from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    REGION,
    RUNNER,
    A,
    B,
    C,
    code,
    join,
    member,
    new_collaboration,
    pays,
    refusal,
)
from tests.cleanrooms.privacy_samples import privacy_template, private_table, run
from tests.cleanrooms.query_samples import aws_side, finish_query, get_query, objects, start_query

pytestmark = pytest.mark.newest_model

EXPORT = "CAN_EXPORT_QUERY_ANALYSIS_LOG"


def bucket(membership_mock, account, name, region=REGION):
    """Create a bucket of an account in a region."""
    s3 = membership_mock.client("s3", account=account, region=region)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})


def start(client, mid, query_id, to="spark-logs", **others):
    """Start an export, and return it."""
    where = {"bucket": to, **others}
    answer = client.start_analysis_log_export(
        membershipIdentifier=mid,
        analysisId=query_id,
        analysisType="PROTECTED_QUERY",
        resultConfiguration={"outputConfiguration": {"s3": where}},
    )
    return dict(answer["analysisLogExport"])


def get(client, mid, export_id):
    """Look at an export."""
    return client.get_analysis_log_export(
        membershipIdentifier=mid, analysisLogExportIdentifier=export_id
    )["analysisLogExport"]


def listed(client, mid, **filters):
    """List exports."""
    answer = client.list_analysis_log_exports(membershipIdentifier=mid, **filters)
    return answer["analysisLogExports"]


@pytest.fixture
def room(clients):
    """A collaboration of A, who runs the queries, B, who pays for them, and C."""
    costs = {"paymentConfiguration": pays("queryCompute")}
    return new_collaboration(
        clients[A],
        member(B, EXPORT, **costs),
        member(C, EXPORT),
        creatorMemberAbilities=[*RUNNER, EXPORT],
        creatorPaymentConfiguration=pays(),
    )["id"]


@pytest.fixture
def mids(clients, room):
    """The memberships of A, B and C, by account."""
    return {
        A: join(clients[A], room)["id"],
        B: join(clients[B], room, paymentConfiguration=pays("queryCompute"))["id"],
        C: join(clients[C], room)["id"],
    }


@pytest.fixture
def query(a, mids):
    """The id of a query that has succeeded."""
    return run(a, mids[A], "SELECT 1")["id"]


@pytest.fixture(autouse=True)
def _buckets(membership_mock):
    for account, name in ((A, "spark-logs"), (B, "spark-logs-of-b"), (C, "spark-logs-of-c")):
        bucket(membership_mock, account, name)


def test_an_export_writes_the_event_log_below_the_prefix(membership_mock, a, room, mids, query):
    export = start(a, mids[A], query, keyPrefix="spark")
    assert export == {
        "analysisLogExportId": export["analysisLogExportId"],
        "analysisId": query,
        "analysisType": "PROTECTED_QUERY",
        "membershipId": mids[A],
        "status": "IN_PROGRESS",
        "resultConfiguration": {
            "outputConfiguration": {"s3": {"bucket": "spark-logs", "keyPrefix": "spark"}}
        },
        "createTime": export["createTime"],
        "updateTime": export["createTime"],
    }
    assert objects(membership_mock, A, "spark-logs") == {"sparkvalidationSuccess": b""}
    ended = get(a, mids[A], export["analysisLogExportId"])
    assert ended == {**export, "status": "SUCCESS", "updateTime": ended["updateTime"]}
    folder = (
        f"spark/collaboration={room}/analysis={query}/{export['analysisLogExportId']}"
        f"/eventlog_v2_{query}"
    )
    assert objects(membership_mock, A, "spark-logs") == {
        "sparkvalidationSuccess": b"",
        f"{folder}/events_1_{query}": b'{"Event": "SparkListenerLogStart"}\n',
        f"{folder}/appstatus_{query}": b"",
    }


@pytest.mark.parametrize(("prefix", "start_of_key"), [({}, ""), ({"keyPrefix": "a/b/"}, "a/b/")])
def test_the_prefix_is_optional_and_may_end_in_a_slash(
    membership_mock, a, room, mids, query, prefix, start_of_key
):
    export = start(a, mids[A], query, **prefix)
    get(a, mids[A], export["analysisLogExportId"])
    keys = objects(membership_mock, A, "spark-logs")
    assert f"{start_of_key}validationSuccess" in keys
    assert sum(key.startswith(f"{start_of_key}collaboration={room}/") for key in keys) == 2


def test_time_ends_an_export_and_the_files_are_there_at_once(membership_mock, a, mids, query):
    export = start(a, mids[A], query)
    membership_mock.clock.advance(timedelta(seconds=59))
    assert len(objects(membership_mock, A, "spark-logs")) == 1
    membership_mock.clock.advance(timedelta(seconds=1))
    assert len(objects(membership_mock, A, "spark-logs")) == 3
    assert get(a, mids[A], export["analysisLogExportId"])["status"] == "SUCCESS"


def test_lists_are_newest_first_with_filters(a, mids, query):
    other = run(a, mids[A], "SELECT 2")["id"]
    aws_side(A).end_log_export("SUCCESS")
    aws_side(A).end_log_export("FAILED")
    first = start(a, mids[A], query)["analysisLogExportId"]
    second = start(a, mids[A], other)["analysisLogExportId"]
    assert [each["analysisLogExportId"] for each in listed(a, mids[A])] == [second, first]
    assert [each["analysisLogExportId"] for each in listed(a, mids[A], status="FAILED")] == [second]
    (one,) = listed(a, mids[A], analysisIdentifier=query)
    assert one == {
        "analysisLogExportId": first,
        "analysisId": query,
        "analysisType": "PROTECTED_QUERY",
        "status": "SUCCESS",
        "createTime": one["createTime"],
    }
    assert listed(a, mids[A], analysisIdentifier=query, status="FAILED") == []


def test_runner_and_payer_export_each_for_itself(clients, mids, query):
    exports = {
        one: start(clients[one], mids[one], query, to)
        for one, to in ((A, "spark-logs"), (B, "spark-logs-of-b"))
    }
    for one, other in ((A, B), (B, A)):
        own = exports[one]["analysisLogExportId"]
        assert [each["analysisLogExportId"] for each in listed(clients[one], mids[one])] == [own]
        answer = refusal(get, clients[other], mids[other], own)
        assert answer["Error"]["Code"] == "ResourceNotFoundException"
        assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", own)


@pytest.mark.parametrize("end", ["FAILED", "TIMED_OUT", "CANCELLED"])
def test_queries_that_have_ended_otherwise_have_logs_too(a, mids, end):
    aws_side(A).end_query(end)
    query = run(a, mids[A], "SELECT 1")
    export = start(a, mids[A], query["id"])
    assert get(a, mids[A], export["analysisLogExportId"])["status"] == "SUCCESS"


def test_a_query_that_never_ran_has_no_logs(membership_mock, a, mids):
    query = start_query(a, mids[A], sqlParameters={"queryString": "SELECT 1"})
    a.update_protected_query(
        membershipIdentifier=mids[A],
        protectedQueryIdentifier=query["id"],
        targetStatus="CANCELLED",
    )
    assert finish_query(a, mids[A], query["id"])["status"] == "CANCELLED"
    export = start(a, mids[A], query["id"])
    ended = get(a, mids[A], export["analysisLogExportId"])
    assert (ended["status"], ended["error"]["code"]) == ("FAILED", "LOGS_NOT_AVAILABLE")
    assert list(objects(membership_mock, A, "spark-logs")) == ["validationSuccess"]


def test_a_test_says_how_an_export_ends(a, mids, query):
    aws = aws_side(A)
    aws.end_log_export("FAILED", error={"code": "THROTTLED", "message": "Later."})
    first = start(a, mids[A], query, keyPrefix="1")["analysisLogExportId"]
    second = start(a, mids[A], query, keyPrefix="2")["analysisLogExportId"]
    aws.end_log_export("FAILED", analysis_log_export_id=second)
    assert get(a, mids[A], first)["error"] == {"code": "THROTTLED", "message": "Later."}
    assert get(a, mids[A], second)["error"]["code"] == "INTERNAL_ERROR"
    for arguments, text in (
        (("DONE",), "SUCCESS or FAILED, not in 'DONE'"),
        (("SUCCESS", {"code": "X"}), "has no error"),
        (("FAILED", {"reason": "X"}), "code and message, not reason"),
        (("FAILED", None, second), "is FAILED already"),
        (("FAILED", None, NOBODY), f"no analysis log export with the id {NOBODY}"),
    ):
        status, error, export_id = (*arguments, None, None)[:3]
        with pytest.raises(UsageError, match=text):
            aws.end_log_export(status, error=error, analysis_log_export_id=export_id)


def test_an_export_fails_when_its_bucket_is_gone_by_the_end(membership_mock, a, mids, query):
    export = start(a, mids[A], query)
    s3 = membership_mock.client("s3", account=A, region=REGION)
    s3.delete_object(Bucket="spark-logs", Key="validationSuccess")
    s3.delete_bucket(Bucket="spark-logs")
    ended = get(a, mids[A], export["analysisLogExportId"])
    assert (ended["status"], ended["error"]["code"]) == ("FAILED", "RESOURCE_ACCESS_DENIED")


# --- refusals, in the order of the checks ---


def test_the_ability_is_needed(a, memberships):
    answer = refusal(start, a, memberships[A], NOBODY)
    assert answer["Error"]["Code"] == "AccessDeniedException"
    assert answer["Error"]["Message"] == "You don't have the ability to export query analysis logs."


def test_the_query_has_to_be_in_the_collaboration(clients, mids, query):
    other = new_collaboration(clients[A], creatorMemberAbilities=[*RUNNER, EXPORT])["id"]
    elsewhere = join(clients[A], other)["id"]
    for mid, query_id in ((mids[A], NOBODY), (elsewhere, query)):
        answer = refusal(start, clients[A], mid, query_id)
        assert answer["Error"]["Code"] == "ResourceNotFoundException"
        assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", query_id)


def test_others_than_runner_and_payer_export_nothing(clients, mids, query):
    answer = refusal(start, clients[C], mids[C], query, "spark-logs-of-c")
    assert answer["Error"]["Code"] == "AccessDeniedException"
    assert answer["Error"]["Message"] == (
        "Only the query runner or the payer of the query can export analysis logs."
    )
    assert listed(clients[C], mids[C]) == []


def test_the_query_has_to_have_ended(a, mids):
    query = start_query(a, mids[A], sqlParameters={"queryString": "SELECT 1"})
    for _ in range(2):
        answer = refusal(start, a, mids[A], query["id"])
        assert answer["Error"]["Code"] == "ValidationException"
        assert answer["Error"]["Message"] == (
            "Query must reach a terminal state before logs can be exported."
        )
        get_query(a, mids[A], query["id"])


def test_queries_with_differential_privacy_have_no_export(clients, mids):
    private_table(clients[C], mids[C], A)
    privacy_template(clients[C], mids[C])
    query = run(clients[A], mids[A])
    answer = refusal(start, clients[A], mids[A], query["id"])
    assert answer["Error"]["Message"] == (
        "Log export is not supported for queries that use differential privacy."
    )


def test_the_same_destination_is_used_once_at_a_time(a, mids, query):
    export = start(a, mids[A], query)
    answer = refusal(start, a, mids[A], query)
    assert answer["Error"]["Code"] == "ValidationException"
    assert export["analysisLogExportId"] in answer["Error"]["Message"]
    start(a, mids[A], query, keyPrefix="other")
    get(a, mids[A], export["analysisLogExportId"])
    start(a, mids[A], query)


def test_exports_in_progress_are_limited(membership_mock, a, mids, query):
    name = "log_exports_per_membership"
    membership_mock.quotas.set("cleanrooms", name, 1, account=A)
    export = start(a, mids[A], query)
    assert membership_mock.quotas.get("cleanrooms", name, account=A, region=REGION).used == 1
    answer = refusal(start, a, mids[A], query, keyPrefix="other")
    assert answer["Error"]["Code"] == "ServiceQuotaExceededException"
    get(a, mids[A], export["analysisLogExportId"])
    start(a, mids[A], query, keyPrefix="other")


@pytest.mark.parametrize(
    ("to", "text"),
    [
        ("nowhere", "does not exist"),
        ("spark-logs-of-b", "does not exist"),
        ("far-away", "is in Region eu-central-1"),
    ],
)
def test_the_bucket_has_to_be_the_callers_in_the_region(membership_mock, a, mids, query, to, text):
    bucket(membership_mock, A, "far-away", "eu-central-1")
    answer = refusal(start, a, mids[A], query, to)
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["fieldList"][0]["name"] == "resultConfiguration"
    assert text in answer["Error"]["Message"]
    assert listed(a, mids[A]) == []


def test_after_the_membership_has_ended_exports_are_read_and_not_started(
    clients, room, mids, query
):
    export = start(clients[B], mids[B], query, "spark-logs-of-b")["analysisLogExportId"]
    clients[A].delete_member(collaborationIdentifier=room, accountId=B)
    assert code(start, clients[B], mids[B], query, "spark-logs-of-b") == "AccessDeniedException"
    assert get(clients[B], mids[B], export)["status"] == "SUCCESS"
    clients[B].delete_membership(membershipIdentifier=mids[B])
    assert code(listed, clients[B], mids[B]) == "ResourceNotFoundException"


def test_show_names_the_exports(membership_mock, capsys, a, mids, query):
    start(a, mids[A], query)
    aws_side(A).end_log_export("FAILED")
    membership_mock.show()
    shown = capsys.readouterr().out
    assert f"IN_PROGRESS of protected query {query}" in shown
    assert "the next analysis log export will end in FAILED" in shown
