"""Queries and jobs to start, and how their author says how they end."""

from __future__ import annotations

from typing import Any

from membership_mock import AwsSide
from membership_mock.engine import running
from tests.cleanrooms.collaboration_samples import REGION

SQL = "SELECT city, SUM(amount) FROM orders GROUP BY city"


def to_bucket(bucket: str, **others: Any) -> dict[str, Any]:
    """Return a result configuration that names a bucket of the runner's."""
    return {"outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": bucket, **others}}}


def to_member(account: str) -> dict[str, Any]:
    """Return a result configuration that names a member."""
    return {"outputConfiguration": {"member": {"accountId": account}}}


def start_query(client: Any, membership_id: str, **others: Any) -> dict[str, Any]:
    """Start a query, and return it."""
    given = {
        "type": "SQL",
        "sqlParameters": {"queryString": SQL},
        "resultConfiguration": to_bucket("results"),
        **others,
    }
    given = {name: value for name, value in given.items() if value is not None}
    answer = client.start_protected_query(membershipIdentifier=membership_id, **given)
    return dict(answer["protectedQuery"])


def get_query(client: Any, membership_id: str, query_id: str) -> dict[str, Any]:
    """Look at a query."""
    answer = client.get_protected_query(
        membershipIdentifier=membership_id, protectedQueryIdentifier=query_id
    )
    return dict(answer["protectedQuery"])


def finish_query(client: Any, membership_id: str, query_id: str) -> dict[str, Any]:
    """Look at a query until it has ended."""
    query = get_query(client, membership_id, query_id)
    while query["status"] in ("SUBMITTED", "STARTED", "CANCELLING"):
        query = get_query(client, membership_id, query_id)
    return query


def start_job(client: Any, membership_id: str, template_arn: str, **others: Any) -> dict[str, Any]:
    """Start a job, and return it."""
    answer = client.start_protected_job(
        membershipIdentifier=membership_id,
        type="PYSPARK",
        jobParameters={"analysisTemplateArn": template_arn},
        **others,
    )
    return dict(answer["protectedJob"])


def get_job(client: Any, membership_id: str, job_id: str) -> dict[str, Any]:
    """Look at a job."""
    answer = client.get_protected_job(
        membershipIdentifier=membership_id, protectedJobIdentifier=job_id
    )
    return dict(answer["protectedJob"])


def aws_side(account: str) -> AwsSide:
    """Return AWS's side of an account, where the ends of queries and jobs are settled."""
    return AwsSide(running.require(), account, REGION)


def objects(membership_mock: Any, account: str, bucket: str) -> dict[str, bytes]:
    """Return what lies in a bucket of an account, by key."""
    s3 = membership_mock.client("s3", account=account, region="us-east-1")
    found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in found
    }


def new_bucket(membership_mock: Any, account: str, bucket: str) -> None:
    """Create a bucket of an account."""
    membership_mock.client("s3", account=account, region="us-east-1").create_bucket(Bucket=bucket)
