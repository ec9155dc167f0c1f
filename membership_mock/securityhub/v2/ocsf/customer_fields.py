"""The fields that customers and automation rules may set on findings.

Source: the API page of BatchUpdateFindingsV2 (values); the words of refusals are inferred [SH-192].
"""

from __future__ import annotations

from typing import Any

from membership_mock.securityhub.errors import ValidationException
from membership_mock.securityhub.v2.ocsf import vocabulary as words

LONGEST_COMMENT = 512


def checked_changes(
    comment: str | None, severity_id: int | None, status_id: int | None
) -> dict[str, Any]:
    """Return what is to be set on findings, by customers or by automation rules.

    Raises:
        ValidationException: nothing is, or to a value that does not exist.
    """
    if comment is not None and not 1 <= len(comment) <= LONGEST_COMMENT:
        raise ValidationException(f"Comment must be between 1 and {LONGEST_COMMENT} characters")
    for name, value, known in (
        ("SeverityId", severity_id, words.SEVERITIES),
        ("StatusId", status_id, words.STATUSES),
    ):
        if value is not None and value not in known:
            raise ValidationException(f"{name} must be one of: {', '.join(map(str, known))}")
    changes = {"comment": comment, "severity_id": severity_id, "status_id": status_id}
    given = {name: value for name, value in changes.items() if value is not None}
    if not given:
        raise ValidationException("One of Comment, SeverityId and StatusId is required")
    return given
