"""A Lambda function: open a case for each critical finding that Security Hub sends.

EventBridge calls `handler` with an event "Security Hub Findings - Imported". The function opens a
case of AWS Security Incident Response, and marks the finding as notified. Lambda delivers an event
more than once, so the second delivery of a finding must not open a second case.
"""

from __future__ import annotations

import hashlib
import logging
import os
from datetime import datetime, timezone
from typing import Any

import boto3

LOG = logging.getLogger()
LOG.setLevel(logging.INFO)
ACCOUNT_LIMIT = int(os.environ.get("IMPACTED_ACCOUNT_LIMIT", "200"))

# Lambda keeps a module between calls, so clients are made once.
HUB = boto3.client("securityhub")
RESPONSE = boto3.client("security-ir")

Finding = dict[str, Any]


def handler(event: dict[str, Any], _context: object) -> dict[str, list[str]]:
    """Return the ids of the cases that were opened."""
    findings = [each for each in event["detail"]["findings"] if is_new_and_critical(each)]
    cases = []
    failed = []
    for finding in findings:
        try:
            case = open_case(finding)
        except RESPONSE.exceptions.ClientError:
            LOG.exception("no case for finding %s", finding["Id"])
            failed.append(finding["Id"])
        else:
            cases.append(case)
            mark(finding, case)
    if failed:  # Lambda tries the event again; the findings that are marked are left out then
        raise RuntimeError(f"no case for {len(failed)} of {len(findings)} findings: {failed}")
    return {"cases": cases}


def is_new_and_critical(finding: Finding) -> bool:
    """Return whether a finding needs a case."""
    state = finding["Severity"]["Label"], finding["Workflow"]["Status"], finding["RecordState"]
    return state == ("CRITICAL", "NEW", "ACTIVE")


def open_case(finding: Finding) -> str:
    """Return the id of the case of a finding; it is opened where it is missing."""
    accounts = sorted({finding["AwsAccountId"], *related_accounts(finding)})[:ACCOUNT_LIMIT]
    answer = RESPONSE.create_case(
        clientToken=hashlib.sha256(finding["Id"].encode()).hexdigest()[:32],
        resolverType="AWS",
        title=finding["Title"][:300],
        description=f"{finding['Description']}\n\nFinding: {finding['Id']}"[:8000],
        engagementType="Security Incident",
        reportedIncidentStartDate=incident_start(finding),
        impactedAccounts=accounts,
        watchers=[],
    )
    return str(answer["caseId"])


def related_accounts(finding: Finding) -> set[str]:
    """Return the accounts of the resources of a finding."""
    parts = (resource["Id"].split(":") for resource in finding["Resources"])
    return {part[4] for part in parts if len(part) > 4 and part[4].isdigit()}


def incident_start(finding: Finding) -> datetime:
    """Return when the incident began, to the second."""
    text = finding.get("FirstObservedAt") or finding["CreatedAt"]
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.astimezone(timezone.utc).replace(microsecond=0)


def mark(finding: Finding, case: str) -> None:
    """Mark a finding as notified, with a note that names its case."""
    answer = HUB.batch_update_findings(
        FindingIdentifiers=[{"Id": finding["Id"], "ProductArn": finding["ProductArn"]}],
        Workflow={"Status": "NOTIFIED"},
        Note={"Text": f"Case {case}", "UpdatedBy": "triage"},
    )
    for refused in answer["UnprocessedFindings"]:
        LOG.error("finding %s is not marked: %s", finding["Id"], refused["ErrorMessage"])
