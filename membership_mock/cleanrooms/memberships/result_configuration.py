"""The default destinations of a member's results, and the logs and metrics that it may enable.

Sources: the service model; that a member who only receives must give a destination is observed,
and what else is refused here is inferred [CR-23, CR-24].
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from membership_mock.cleanrooms.collaborations.abilities import QUERY, RECEIVE_RESULTS
from membership_mock.cleanrooms.errors import ValidationException

Configuration = dict[str, Any]


def check_query_results(
    given: Configuration | None, abilities: Iterable[str]
) -> Configuration | None:
    """Return the destination of query results, as answers show it.

    Raises:
        ValidationException: the member does not receive results, or gives no destination.
    """
    held = set(abilities)
    receives_only = RECEIVE_RESULTS in held and QUERY not in held
    if given is None:
        if receives_only:
            raise ValidationException(
                "defaultResultConfiguration is required for a member who can receive results but"
                " cannot query.",
                field="defaultResultConfiguration",
            )
        return None
    _check_receives(held, "defaultResultConfiguration")
    if receives_only and "roleArn" not in given:
        raise ValidationException(
            "defaultResultConfiguration.roleArn is required for a member who can receive results"
            " but cannot query.",
            field="defaultResultConfiguration",
        )
    bucket = given["outputConfiguration"]["s3"]
    return {**given, "outputConfiguration": {"s3": {"singleFileOutput": False, **bucket}}}


def check_job_results(given: Configuration | None, abilities: Iterable[str]) -> None:
    """Refuse a destination of job results for a member who receives none.

    Raises:
        ValidationException: the member does not receive results.
    """
    if given is not None:
        _check_receives(set(abilities), "defaultJobResultConfiguration")


def check_log(status: str | None, collaboration_status: str | None, field: str) -> None:
    """Refuse a log that the collaboration has not enabled.

    Raises:
        ValidationException: it cannot be enabled for a membership.
    """
    if status == "ENABLED" and collaboration_status != "ENABLED":
        raise ValidationException(
            f"{field} cannot be ENABLED: it is not enabled for the collaboration.", field=field
        )


def check_metrics(*, wanted: bool, collaboration_has: bool, runs_or_pays: bool) -> None:
    """Refuse metrics that the collaboration, or this member, does not have.

    Raises:
        ValidationException: they cannot be enabled for this membership.
    """
    if wanted and not collaboration_has:
        raise ValidationException(
            "isMetricsEnabled cannot be true: metrics are not enabled for the collaboration.",
            field="isMetricsEnabled",
        )
    if wanted and not runs_or_pays:
        raise ValidationException(
            "isMetricsEnabled can be true only for members who run queries or pay for them.",
            field="isMetricsEnabled",
        )


def _check_receives(abilities: set[str], field: str) -> None:
    if RECEIVE_RESULTS not in abilities:
        raise ValidationException(
            f"{field} is only for members with the ability {RECEIVE_RESULTS}.", field=field
        )
