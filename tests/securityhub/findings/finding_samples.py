"""Findings, and short words for what tests of findings ask again and again."""

from __future__ import annotations

from typing import Any

from tests.securityhub.samples import ADMIN, IRELAND


def product(account: str = ADMIN, region: str = IRELAND) -> str:
    """Return the ARN of an account's default product."""
    return f"arn:aws:securityhub:{region}:{account}:product/{account}/default"


def finding(name: str = "one", account: str = ADMIN, region: str = IRELAND, **fields: Any) -> Any:
    """Return a well-formed finding."""
    return {
        "SchemaVersion": "2018-10-08",
        "Id": name,
        "ProductArn": product(account, region),
        "GeneratorId": "scanner",
        "AwsAccountId": account,
        "CreatedAt": "2026-02-01T00:00:00Z",
        "UpdatedAt": "2026-02-01T00:00:00Z",
        "Types": ["Software and Configuration Checks/Vulnerabilities/CVE"],
        "Severity": {"Label": "HIGH"},
        "Title": "Open port",
        "Description": "Port 22 is open to the world.",
        "Resources": [{"Type": "AwsEc2Instance", "Id": "i-1"}],
        **fields,
    }


def bring(client: Any, *findings: Any) -> None:
    """Import findings, all of which have to be accepted."""
    answer = client.batch_import_findings(Findings=list(findings))
    assert answer["FailedFindings"] == []


def names(client: Any, **arguments: Any) -> list[str]:
    """Return the ids of the findings of one page."""
    return [one["Id"] for one in client.get_findings(**arguments)["Findings"]]


def walked(client: Any, size: int, **arguments: Any) -> list[str]:
    """Return the ids of all findings, page by page."""
    pages = client.get_paginator("get_findings").paginate(
        **arguments, PaginationConfig={"PageSize": size}
    )
    return [one["Id"] for page in pages for one in page["Findings"]]


def only(client: Any) -> Any:
    """Return the one finding that there is."""
    (found,) = client.get_findings()["Findings"]
    return found


def identifier(name: str = "one", account: str = ADMIN, region: str = IRELAND) -> dict[str, str]:
    """Return what BatchUpdateFindings calls a finding by."""
    return {"Id": name, "ProductArn": product(account, region)}


def update(client: Any, *identifiers: dict[str, str], **changes: Any) -> Any:
    """Update findings, and return what was not updated, by code."""
    answer = client.batch_update_findings(FindingIdentifiers=list(identifiers), **changes)
    return [one["ErrorCode"] for one in answer["UnprocessedFindings"]]
