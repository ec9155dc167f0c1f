"""Suppress findings of Security Hub that match a rule, with a note that says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.client import BaseClient

BATCH = 100  # findings in one call of BatchUpdateFindings
Filters = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Rule:
    """Which findings to suppress.

    Attributes:
        control: the control, e.g. ``S3.8``.
        reason: why; it becomes the note of the findings.
        accounts: the accounts that the rule is about; all when empty.
    """

    control: str
    reason: str
    accounts: tuple[str, ...] = ()

    def filters(self) -> Filters:
        """Return the filters of GetFindings for what is still open."""
        equal = {"Comparison": "EQUALS"}
        filters: Filters = {
            "ComplianceSecurityControlId": [{"Value": self.control, **equal}],
            "RecordState": [{"Value": "ACTIVE", **equal}],
            "WorkflowStatus": [{"Value": "NEW", **equal}, {"Value": "NOTIFIED", **equal}],
        }
        if self.accounts:
            filters["AwsAccountId"] = [{"Value": each, **equal} for each in self.accounts]
        return filters


@dataclass
class Result:
    """What has become of the findings, by their ids.

    Attributes:
        suppressed: those that are suppressed now.
        refused: those that are not, and why.
    """

    suppressed: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def suppress(hub: BaseClient, rule: Rule) -> Result:
    """Suppress every finding that a rule matches.

    Args:
        hub: a client of the administrator, in the home region.
        rule: which findings, and why.
    """
    result = Result()
    for batch in batches(matching(hub, rule)):
        answer = hub.batch_update_findings(
            FindingIdentifiers=batch,
            Workflow={"Status": "SUPPRESSED"},
            Note={"Text": rule.reason, "UpdatedBy": "suppress"},
        )
        result.suppressed += [each["Id"] for each in answer["ProcessedFindings"]]
        for each in answer["UnprocessedFindings"]:
            result.refused[each["FindingIdentifier"]["Id"]] = each["ErrorMessage"]
    return result


def matching(hub: BaseClient, rule: Rule) -> list[dict[str, str]]:
    """Return the identifiers of the findings of a rule.

    All pages are read before the first update: a finding that is updated matches no longer, and
    would move those behind it to an earlier page.
    """
    pages = hub.get_paginator("get_findings").paginate(Filters=rule.filters())
    return [
        {"Id": finding["Id"], "ProductArn": finding["ProductArn"]}
        for page in pages
        for finding in page["Findings"]
    ]


def batches(found: list[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    """Yield what was found in parts that one call takes."""
    for start in range(0, len(found), BATCH):
        yield found[start : start + BATCH]
