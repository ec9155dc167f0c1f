"""The life of a protected job."""

from datetime import datetime, timezone

import pytest

from membership_mock.errors import UsageError
from tests.cleanrooms.collaboration_samples import (
    RECEIVER,
    REGION,
    A,
    B,
    join,
    member,
    new_collaboration,
)
from tests.cleanrooms.query_samples import (
    aws_side,
    get_job,
    new_bucket,
    objects,
    start_job,
    to_member,
)
from tests.cleanrooms.table_samples import custom, pyspark_template, ready_table, sql_template
from tests.frozen_time import freeze_time

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
RUNNER = ["CAN_QUERY", "CAN_RUN_JOB", "CAN_RECEIVE_RESULTS"]


def job_results_to(bucket, account, **others):
    return {
        "outputConfiguration": {"s3": {"bucket": bucket, **others}},
        "roleArn": f"arn:aws:iam::{account}:role/results",
    }


@pytest.fixture
def collaboration_id(a):
    return new_collaboration(a, member(B), creatorMemberAbilities=RUNNER)["id"]


@pytest.fixture
def mid(a, collaboration_id):
    configuration = job_results_to("results", A, keyPrefix="jobs")
    return join(a, collaboration_id, defaultJobResultConfiguration=configuration)["id"]


@pytest.fixture
def theirs(b, collaboration_id):
    return join(b, collaboration_id)["id"]


@pytest.fixture
def arn(a, mid):
    return pyspark_template(a, mid)["arn"]


def cancel(client, membership_id, job_id):
    answer = client.update_protected_job(
        membershipIdentifier=membership_id,
        protectedJobIdentifier=job_id,
        targetStatus="CANCELLED",
    )
    return answer["protectedJob"]["status"]


@pytest.mark.newest_model
def test_start_protected_job_returns_a_submitted_job(a, mid, arn):
    with freeze_time(NOON):
        job = start_job(a, mid, arn, resultConfiguration=to_member(A))
    assert job == {
        "id": job["id"],
        "membershipId": mid,
        "membershipArn": f"arn:aws:cleanrooms:{REGION}:{A}:membership/{mid}",
        "createTime": NOON,
        "jobParameters": {"analysisTemplateArn": arn},
        "status": "SUBMITTED",
        "resultConfiguration": to_member(A),
        "jobComputePayerAccountId": A,
    }


def test_get_protected_job_moves_a_job_to_its_success(a, mid, arn):
    job_id = start_job(a, mid, arn)["id"]
    assert [get_job(a, mid, job_id)["status"] for _ in range(3)] == [
        "STARTED",
        "SUCCESS",
        "SUCCESS",
    ]


def test_the_files_of_a_job_land_at_the_default_place_of_the_runner(membership_mock, a, mid, arn):
    new_bucket(membership_mock, A, "results")
    aws_side(A).end_job(result={"out.json": b"{}", "log/a.txt": b"done"})
    job_id = start_job(a, mid, arn)["id"]
    get_job(a, mid, job_id)
    job = get_job(a, mid, job_id)
    assert job["result"] == {"output": {"s3": {"location": f"s3://results/jobs/{job_id}"}}}
    assert "totalDurationInMillis" in job["statistics"]
    assert objects(membership_mock, A, "results") == {
        f"jobs/{job_id}/out.json": b"{}",
        f"jobs/{job_id}/log/a.txt": b"done",
    }


def test_the_files_of_a_job_land_with_the_member_it_names(membership_mock, a, b):
    room = new_collaboration(a, member(B, *RECEIVER), creatorMemberAbilities=RUNNER)["id"]
    mid = join(a, room)["id"]
    results = {"outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": "queries-b"}}}
    join(
        b,
        room,
        defaultResultConfiguration={**results, "roleArn": f"arn:aws:iam::{B}:role/results"},
        defaultJobResultConfiguration=job_results_to("jobs-b", B),
    )
    new_bucket(membership_mock, B, "jobs-b")
    aws_side(A).end_job(result={"out.json": b"{}"})
    arn = pyspark_template(a, mid)["arn"]
    job_id = start_job(a, mid, arn, resultConfiguration=to_member(B))["id"]
    get_job(a, mid, job_id)
    job = get_job(a, mid, job_id)
    assert job["result"] == {"output": {"memberList": [{"accountId": B}]}}
    assert objects(membership_mock, B, "jobs-b") == {f"{job_id}/out.json": b"{}"}


def test_list_protected_jobs_shows_the_newest_first_and_filters(a, mid, arn):
    first = start_job(a, mid, arn)["id"]
    cancel(a, mid, first)
    get_job(a, mid, first)
    second = start_job(a, mid, arn)["id"]
    jobs = a.list_protected_jobs(membershipIdentifier=mid)["protectedJobs"]
    assert [(each["id"], each["status"]) for each in jobs] == [
        (second, "STARTED"),
        (first, "CANCELLED"),
    ]
    assert jobs[0]["receiverConfigurations"] == [
        {
            "analysisType": "DIRECT_ANALYSIS",
            "configurationDetails": {
                "directAnalysisConfigurationDetails": {"receiverAccountIds": [A]}
            },
        }
    ]
    answer = a.list_protected_jobs(membershipIdentifier=mid, status="CANCELLED")
    assert [each["id"] for each in answer["protectedJobs"]] == [first]


def test_update_protected_job_cancels_in_two_steps(a, mid, arn):
    job_id = start_job(a, mid, arn)["id"]
    assert cancel(a, mid, job_id) == "CANCELLING"
    assert get_job(a, mid, job_id)["status"] == "CANCELLED"
    assert cancel(a, mid, job_id) == "CANCELLED"


def test_update_protected_job_refuses_a_job_that_has_ended(a, mid, arn):
    job_id = start_job(a, mid, arn)["id"]
    for _ in range(2):
        get_job(a, mid, job_id)
    with pytest.raises(a.exceptions.ConflictException) as refused:
        cancel(a, mid, job_id)
    assert refused.value.response["reason"] == "INVALID_STATE"


@pytest.mark.newest_model
def test_a_job_fails_with_the_error_that_the_test_names(a, mid, arn):
    aws_side(A).end_job("FAILED", error={"code": "MALFORMED_SCRIPT"})
    job_id = start_job(a, mid, arn)["id"]
    get_job(a, mid, job_id)
    assert get_job(a, mid, job_id)["error"] == {
        "code": "MALFORMED_SCRIPT",
        "message": "The protected job failed.",
        "retry": {"retryable": False},
    }


@pytest.mark.parametrize(
    "given",
    [{"status": "TIMED_OUT"}, {"result": b"x"}, {"result": {"out": "text"}}],
    ids=["queries only time out", "no file names", "text in place of bytes"],
)
def test_the_end_of_an_analysis_tells_the_author_of_a_test_what_is_wrong(membership_mock, given):
    with pytest.raises(UsageError):
        aws_side(A).end_job(**given)


def test_get_protected_job_does_not_find_the_job_of_another(a, b, mid, theirs, arn):
    job_id = start_job(a, mid, arn)["id"]
    with pytest.raises(b.exceptions.ResourceNotFoundException):
        get_job(b, theirs, job_id)


def test_start_protected_job_is_refused_to_a_member_who_cannot_run_jobs(b, mid, theirs, arn):
    with pytest.raises(b.exceptions.AccessDeniedException):
        start_job(b, theirs, arn)


def test_start_protected_job_refuses_an_sql_template(a, mid):
    with pytest.raises(a.exceptions.ValidationException, match="SQL"):
        start_job(a, mid, sql_template(a, mid)["arn"])


def test_start_protected_job_does_not_find_a_template_that_is_gone(a, mid, arn):
    a.delete_analysis_template(
        membershipIdentifier=mid, analysisTemplateIdentifier=arn.rpartition("/")[2]
    )
    with pytest.raises(a.exceptions.ResourceNotFoundException):
        start_job(a, mid, arn)


def test_start_protected_job_refuses_a_second_one_until_the_first_has_ended(a, mid, arn):
    job_id = start_job(a, mid, arn)["id"]
    with pytest.raises(a.exceptions.ServiceQuotaExceededException) as refused:
        start_job(a, mid, arn)
    assert refused.value.response["quotaName"] == "Concurrent ongoing job per membership"
    for _ in range(2):
        get_job(a, mid, job_id)
    start_job(a, mid, arn)


def test_start_protected_job_refuses_too_many_workers(a, mid, arn):
    with pytest.raises(a.exceptions.ValidationException):
        start_job(a, mid, arn, computeConfiguration={"worker": {"type": "CR.1X", "number": 129}})


@pytest.mark.parametrize(
    ("kind", "policy", "allowed"),
    [
        pytest.param("CUSTOM", custom("ANY_JOB"), True, id="any job"),
        pytest.param("CUSTOM", custom("ANY_QUERY", providers=[A]), False, id="any query"),
    ],
)
def test_start_protected_job_asks_the_rules_of_the_tables(
    a, b, mid, theirs, arn, kind, policy, allowed
):
    ready_table(b, theirs, A, kind=kind, policy=policy, analysisMethod="DIRECT_JOB")
    if allowed:
        start_job(a, mid, arn)
    else:
        with pytest.raises(a.exceptions.ValidationException):
            start_job(a, mid, arn)


def test_start_protected_job_refuses_a_table_for_queries_only(a, b, mid, theirs, arn):
    ready_table(b, theirs, A, kind="CUSTOM", policy=custom("ANY_JOB"))
    with pytest.raises(a.exceptions.ValidationException, match="DIRECT_QUERY"):
        start_job(a, mid, arn)


def test_jobs_of_a_membership_that_ends_are_cancelled(a, collaboration_id, mid, arn):
    job_id = start_job(a, mid, arn)["id"]
    a.delete_collaboration(collaborationIdentifier=collaboration_id)
    assert get_job(a, mid, job_id)["status"] == "CANCELLED"
    with pytest.raises(a.exceptions.ConflictException):  # its membership has ended
        a.update_protected_job(
            membershipIdentifier=mid, protectedJobIdentifier=job_id, targetStatus="CANCELLED"
        )
