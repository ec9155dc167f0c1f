"""BatchUpdateFindings and UpdateFindings, with which customers, not providers, change findings.

Sources: API pages BatchUpdateFindings and BatchUpdateFindingsUnprocessedFinding (codes and texts).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.refusals import Violation
from membership_mock.engine.protocol.timestamps import WRITING
from membership_mock.securityhub.errors import InvalidInputException
from membership_mock.securityhub.findings import finding_format
from membership_mock.securityhub.findings.finding_changes import UPDATED
from membership_mock.securityhub.findings.finding_events import FindingEvents
from membership_mock.securityhub.findings.finding_filters import compile_filters
from membership_mock.securityhub.findings.finding_severity import completed
from membership_mock.securityhub.findings.finding_store import Finding
from membership_mock.securityhub.findings.findings import Findings
from membership_mock.securityhub.findings.visible_findings import identified
from membership_mock.securityhub.hubs.hubs import Hubs

#: Source: API page BatchImportFindings; that it goes for updates is in the codes below.
LARGEST_FINDING = 240 * 1024
#: Source: API page BatchUpdateFindings, "up to 100 findings at a time".
MOST_FINDINGS = 100

#: the codes of findings that are not updated, with their texts
FAILURES: Mapping[str, str] = {
    "DuplicatedFindingIdentifier": "Finding Identifier is duplicated",
    "FindingNotFound": "Finding Not Found",
    "FindingSizeExceeded": "Finding size exceeded 240 KB",
    "InvalidInput": "Invalid Input",
}


class FindingUpdates(Family):
    """The operations that update findings."""

    @operation("BatchUpdateFindings")
    def batch_update_findings(
        self,
        ctx: Context,
        finding_identifiers: list[dict[str, str]],
        note: dict[str, str] | None = None,
        severity: dict[str, Any] | None = None,
        verification_state: str | None = None,
        confidence: int | None = None,
        criticality: int | None = None,
        types: list[str] | None = None,
        user_defined_fields: dict[str, str] | None = None,
        workflow: dict[str, str] | None = None,
        related_findings: list[dict[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Update the findings that the caller sees from here; their UpdatedAt stays.

        What is given takes the place of what was there, maps and lists as a whole
        (inferred [SH-110]). The first of several equal identifiers counts (inferred [SH-111]).

        Raises:
            InvalidInputException: no finding is named, or more than 100 are (inferred [SH-112]).
        """
        self.of(Hubs).require()
        count = len(finding_identifiers)
        if not 1 <= count <= MOST_FINDINGS:
            raise self.backend.refusals.invalid([_count_violation(count)])
        changes: dict[str, Any] = {
            "Note": {**note, "UpdatedAt": WRITING["iso8601"](ctx.now)} if note else None,
            "Severity": severity or None,
            "VerificationState": verification_state,
            "Confidence": confidence,
            "Criticality": criticality,
            "Types": types,
            "UserDefinedFields": user_defined_fields,
            "Workflow": workflow or None,
            "RelatedFindings": related_findings,
        }
        changes = {name: value for name, value in changes.items() if value is not None}
        well_formed = next(finding_format.complaints(changes, []), None) is None
        visible = list(self.of(Findings).visible(ctx.now))
        processed, unprocessed, seen = [], [], set()
        for identifier in finding_identifiers:
            identity = (identifier["ProductArn"], identifier["Id"])
            found = identified(visible, identity)
            failure: str | None
            if identity in seen:
                failure = "DuplicatedFindingIdentifier"
            elif not found:
                failure = "FindingNotFound"
            elif not well_formed:
                failure = "InvalidInput"
            else:
                failure = self._update(ctx, found, changes)
            seen.add(identity)
            if failure is None:
                processed.append(identifier)
            else:
                unprocessed.append(
                    {
                        "FindingIdentifier": identifier,
                        "ErrorCode": failure,
                        "ErrorMessage": FAILURES[failure],
                    }
                )
        return {"ProcessedFindings": processed, "UnprocessedFindings": unprocessed}

    def _update(self, ctx: Context, found: list[Finding], changes: Mapping[str, Any]) -> str | None:
        """Change findings of one identity, and return the code of the failure, if any."""
        updated = [{**finding.fields, **applied(finding, changes)} for finding in found]
        if any(len(json.dumps(fields)) > LARGEST_FINDING for fields in updated):
            return "FindingSizeExceeded"
        for finding, fields in zip(found, updated, strict=True):
            before, finding.fields = finding.fields, fields
            finding.touched = ctx.now
            finding.set_by_customer(changes)
            finding.note_changes(ctx.now, UPDATED, ctx.principal, before)
            self._announce(ctx, finding, fields["AwsAccountId"], fields["Region"])
        return None

    @operation("UpdateFindings")
    def update_findings(
        self,
        ctx: Context,
        filters: dict[str, Any],
        note: dict[str, str] | None = None,
        record_state: str | None = None,
    ) -> None:
        """Set the note and the state of all findings that the caller sees and that match.

        The next import of a finding takes that back, and it is not in the history (documented).
        UpdatedAt stays (inferred [SH-174]).

        Raises:
            InvalidInputException: the filters are not valid; or neither a note nor a state is given
                (inferred [SH-172]).
        """
        self.of(Hubs).require()
        query = compile_filters(filters, ctx.now)
        changes: dict[str, Any] = {}
        if note is not None:
            changes["Note"] = {**note, "UpdatedAt": WRITING["iso8601"](ctx.now)}
        if record_state is not None:
            changes["RecordState"] = record_state
        if not changes:
            raise InvalidInputException("Either Note or RecordState must be given.")
        complaint = next(finding_format.complaints(changes, []), None)
        if complaint is not None:
            raise InvalidInputException(f"Invalid parameter 'Note'. {complaint}.")
        for index, finding in list(self.of(Findings).matching(query, ctx.now)):
            finding.set_until_import(changes)
            finding.touched = ctx.now
            index.expect_expiry_of(finding)
            self._announce(ctx, finding, index.account_id, index.region)

    def _announce(self, ctx: Context, finding: Finding, account_id: str, region: str) -> None:
        there = self.backend.in_region(region, account_id)
        there.family(FindingEvents).announce(account_id, finding, ctx.now)


def applied(finding: Finding, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of ``finding`` that ``changes`` give a new value."""
    applied = dict(changes)
    if "Severity" in applied:
        given = applied["Severity"]
        kept = {
            name: value
            for name, value in finding.fields.get("Severity", {}).items()
            if name == "Original" or not given.keys() & {"Label", "Normalized"}
        }
        applied["Severity"] = completed({**kept, **given})
    return applied


def _count_violation(count: int) -> Violation:
    constraint = f"Member must have length between 1 and {MOST_FINDINGS}, inclusive"
    bounds = (1, MOST_FINDINGS)
    return Violation(("FindingIdentifiers",), "length", constraint, length=count, bounds=bounds)
