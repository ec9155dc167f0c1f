"""Export jobs of Security Hub V2."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from tests.securityhub.samples import ADMIN, IRELAND, refused
from tests.securityhub.v2.ocsf import finding, imported, where

pytestmark = pytest.mark.newest_model

KEY = f"arn:aws:kms:{IRELAND}:{ADMIN}:key/1234"
DESTINATION = {"S3": {"BucketArn": "arn:aws:s3:::reports", "KmsKeyArn": KEY, "ObjectPrefix": "x/"}}
DOCUMENTS = {"Findings": {"Format": "OCSF_JSON"}}
TABLE = {
    "Findings": {
        "Format": "CSV",
        "SelectedFields": ["finding_info.uid", "severity", "finding_info.types"],
    }
}


@pytest.fixture
def s3(membership_mock: Any) -> Any:
    """A client of the account's S3, with the bucket."""
    client = membership_mock.client("s3", account=ADMIN, region=IRELAND)
    client.create_bucket(
        Bucket="reports", CreateBucketConfiguration={"LocationConstraint": IRELAND}
    )
    return client


def _start(client: Any, output: Any = DOCUMENTS, **arguments: Any) -> str:
    given = {"Destination": DESTINATION, "OutputConfiguration": output, **arguments}
    answer = client.start_export_job_v2(**given)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    return str(answer["ExportJobId"])


def _statuses(client: Any, job_id: str) -> list[str]:
    return [client.get_export_job_v2(ExportJobId=job_id)["Status"] for _ in range(2)]


def _file(s3: Any, job_id: str, name: str) -> str:
    key = f"x/{ADMIN}/{IRELAND}/{job_id}/{name}"
    return str(s3.get_object(Bucket="reports", Key=key)["Body"].read().decode())


def test_a_job_writes_a_document_a_line(hub_v2: Callable[..., Any], s3: Any) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding("a"), finding("b"))
    job_id = _start(client, Name="all of them")
    assert _statuses(client, job_id) == ["RUNNING", "SUCCEEDED"]
    job = client.get_export_job_v2(ExportJobId=job_id)
    assert (job["Name"], job["DataType"]) == ("all of them", "FINDINGS")
    assert job["OutputConfiguration"] == DOCUMENTS
    assert job["EndedAt"] >= job["StartedAt"]
    lines = [json.loads(line) for line in _file(s3, job_id, "findings.json").splitlines()]
    assert lines == client.get_findings_v2()["Findings"][::-1]


def test_a_table_has_the_selected_fields_and_the_filtered_findings(
    hub_v2: Callable[..., Any], s3: Any
) -> None:
    client = hub_v2(ADMIN)
    imported(client, finding("a", Types=["A/b", "C/d"]), finding("b", Severity={"Label": "LOW"}))
    filters = where("String", "severity", Value="High", Comparison="EQUALS")
    job_id = _start(client, {"Findings": {**TABLE["Findings"], "Filters": filters}})
    assert _statuses(client, job_id)[-1] == "SUCCEEDED"
    rows = list(csv.reader(io.StringIO(_file(s3, job_id, "findings.csv"))))
    assert rows == [TABLE["Findings"]["SelectedFields"], ["a", "High", "A/b;C/d"]]


def test_the_clock_ends_a_job_and_its_file_is_there(
    hub_v2: Callable[..., Any], s3: Any, membership_mock: Any
) -> None:
    client = hub_v2(ADMIN)
    job_id = _start(client)
    membership_mock.clock.advance(minutes=1)
    assert _file(s3, job_id, "findings.json") == ""
    assert client.get_export_job_v2(ExportJobId=job_id)["Status"] == "SUCCEEDED"


def test_a_missing_bucket_fails_the_job(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    job_id = _start(client)
    assert _statuses(client, job_id)[-1] == "FAILED"
    job = client.get_export_job_v2(ExportJobId=job_id)
    assert job["FailureCode"] == "RESOURCE_NOT_FOUND"
    assert "reports" in job["FailureMessage"]


def test_one_job_runs_at_a_time(hub_v2: Callable[..., Any], s3: Any, membership_mock: Any) -> None:
    client = hub_v2(ADMIN)
    first = _start(client, ClientToken="once")
    assert _start(client, ClientToken="once") == first
    start = client.start_export_job_v2
    arguments = {"Destination": DESTINATION, "OutputConfiguration": DOCUMENTS}
    other = {"Destination": DESTINATION, "OutputConfiguration": TABLE, "ClientToken": "once"}
    assert refused(start, **other)[:2] == ("ConflictException", 409)
    before = membership_mock.dump()
    code, status, _ = refused(start, **arguments)
    assert (code, status) == ("ServiceQuotaExceededException", 402)
    assert membership_mock.dump() == before
    assert _statuses(client, first) == ["RUNNING", "SUCCEEDED"]
    second = _start(client)
    listed = client.list_export_jobs_v2()["Items"]
    assert [job["ExportJobId"] for job in listed] == [second, first]
    assert listed[0]["OutputConfiguration"] == {"Findings": {"Format": "OCSF_JSON"}}


def test_a_job_is_cancelled_while_it_runs(hub_v2: Callable[..., Any], s3: Any) -> None:
    client = hub_v2(ADMIN)
    job_id = _start(client)
    cancel = client.cancel_export_job_v2
    assert cancel(ExportJobId=job_id)["Status"] == "CANCELLED"
    assert cancel(ExportJobId=job_id)["Status"] == "CANCELLED"
    assert client.list_export_jobs_v2(Status="CANCELLED")["Items"][0]["ExportJobId"] == job_id
    assert client.list_export_jobs_v2(Status="RUNNING")["Items"] == []
    done = _start(client)
    _statuses(client, done)
    assert refused(cancel, ExportJobId=done) == (
        "ConflictException",
        409,
        f"Export job {done} is SUCCEEDED",
    )
    assert refused(cancel, ExportJobId="unknown")[:2] == ("ResourceNotFoundException", 404)
    assert s3.list_objects_v2(Bucket="reports")["KeyCount"] == 1


def test_a_test_says_how_a_job_ends(
    hub_v2: Callable[..., Any], s3: Any, membership_mock: Any
) -> None:
    client = hub_v2(ADMIN)
    job_id = _start(client)
    aws = membership_mock.aws_side(account=ADMIN, region=IRELAND)
    aws.end_export(job_id, "FAILED", failure="ACCESS_DENIED")
    job = client.get_export_job_v2(ExportJobId=job_id)
    assert (job["Status"], job["FailureCode"]) == ("FAILED", "ACCESS_DENIED")


@pytest.mark.parametrize(
    ("output", "target"),
    [
        ({"Findings": {"Format": "CSV"}}, {}),
        ({"Findings": {**TABLE["Findings"], "Format": "OCSF_JSON"}}, {}),
        (DOCUMENTS, {"BucketArn": "reports"}),
        (DOCUMENTS, {"KmsKeyArn": f"arn:aws:kms:{IRELAND}:{ADMIN}:alias/x"}),
        (DOCUMENTS, {"KmsKeyArn": f"arn:aws:kms:{IRELAND}:{ADMIN}:key/mrk-1"}),
        (DOCUMENTS, {"KmsKeyArn": f"arn:aws:kms:us-east-1:{ADMIN}:key/1"}),
    ],
)
def test_jobs_that_make_no_sense_are_refused(
    hub_v2: Callable[..., Any], output: Any, target: Any
) -> None:
    client = hub_v2(ADMIN)
    destination = {"S3": {**DESTINATION["S3"], **target}}
    start = client.start_export_job_v2
    answer = refused(start, Destination=destination, OutputConfiguration=output)
    assert answer[:2] == ("ValidationException", 400)
    assert client.list_export_jobs_v2()["Items"] == []


def test_without_a_hub_jobs_are_denied(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    assert refused(client.list_export_jobs_v2)[:2] == ("AccessDeniedException", 403)


def test_a_refused_call_does_not_end_a_job(
    hub_v2: Callable[..., Any], s3: Any, membership_mock: Any
) -> None:
    with freeze_time("2026-03-01T00:00:00Z") as clock:
        client = hub_v2(ADMIN)
        job_id = _start(client)
        clock.tick(timedelta(days=1))  # the mock does not know that the clock has moved
        before = membership_mock.dump()
        code, *_ = refused(client.cancel_export_job_v2, ExportJobId=job_id)
        assert code == "ConflictException"
        assert membership_mock.dump() == before
        assert s3.list_objects_v2(Bucket="reports")["KeyCount"] == 0
        assert client.get_export_job_v2(ExportJobId=job_id)["Status"] == "SUCCEEDED"
        assert s3.list_objects_v2(Bucket="reports")["KeyCount"] == 1
