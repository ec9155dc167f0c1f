"""Which events the mock sends: a filter for any other would find none, whatever the code does."""

from __future__ import annotations

from fnmatch import fnmatchcase

from membership_mock.errors import UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.names import nearest_to

_CHANGES = ("Created", "Updated", "Deleted")
_RUNS = ("Submitted", "Started", "Cancelling", "Cancelled", "Succeeded", "Failed", "Timed Out")
#: the ``detail-type`` of every event that the mock sends, in the order of the page on events
DETAIL_TYPES: tuple[str, ...] = (
    *(f"Case {each}" for each in ("Created", "Updated", "Closed", "Comment Added")),
    "Case Comment Updated",
    *(f"Membership {each}" for each in (*_CHANGES, "Cancelled", "Terminated")),
    "Security Hub Findings - Imported",
    "Security Hub Findings - Custom Action",
    "Security Hub Insight Results",
    "Findings Imported V2",
    "Collaboration Created",
    "Collaboration Updated",
    "Invited To Collaboration",
    *(
        f"Collaboration Change Request {each}"
        for each in ("Created", "Approved", "Cancelled", "Committed")
    ),
    *(
        f"{thing} {each}"
        for thing in (
            "Analysis Template",
            "Configured Table Association",
            "Configured Table Association Analysis Rule",
            "Id Mapping Table",
            "Id Namespace Association",
        )
        for each in _CHANGES
    ),
    *(f"Protected {thing} {each}" for thing in ("Query", "Job") for each in _RUNS),
)
_WAY_OUT = "`python -m membership_mock docs events` lists all events."


def check_detail_type(detail_type: object) -> None:
    """Refuse a ``detail-type``, or a pattern, that no event of the mock has.

    Raises:
        UsageError: it is not text, or no event has it.
    """
    if not isinstance(detail_type, str):
        raise UsageError(
            f"detail_type is text, e.g. 'Case Created' or 'Case *', not {detail_type!r}."
        )
    if not any(fnmatchcase(each, detail_type) for each in DETAIL_TYPES):
        raise UsageError(
            f"The mock sends no event {detail_type!r}{nearest_to(detail_type, DETAIL_TYPES)}"
            f" {_WAY_OUT}"
        )


def full_source(source: object) -> str:
    """Return the source of events, which may have been given as the id of its service.

    Raises:
        UsageError: it is neither.
    """
    named = str(source).removeprefix("aws.")
    if not isinstance(source, str) or named not in SERVICES:
        known = [f"aws.{each}" for each in SERVICES]
        raise UsageError(
            f"The mock sends no events of the source {source!r}{nearest_to(f'aws.{named}', known)}"
            f" Its sources are {', '.join(known)}."
        )
    return f"aws.{named}"
