"""Short words for tests of findings in OCSF."""

from __future__ import annotations

from typing import Any

from tests.securityhub.findings.finding_samples import bring, finding


def imported(client: Any, *findings: Any) -> None:
    """Import findings through the older service, whose hub is enabled for it."""
    try:
        client.describe_hub()
    except client.exceptions.InvalidAccessException:
        client.enable_security_hub(EnableDefaultStandards=False)
    bring(client, *findings)


def only(client: Any, **arguments: Any) -> Any:
    """Return the one finding that there is."""
    (found,) = client.get_findings_v2(**arguments)["Findings"]
    return found


def names(client: Any, **arguments: Any) -> list[str]:
    """Return the ids of the findings of one page."""
    found = client.get_findings_v2(**arguments)["Findings"]
    return [one["finding_info"]["uid"] for one in found]


def walked(client: Any, size: int, **arguments: Any) -> list[str]:
    """Return the ids of all findings, page by page."""
    pages = client.get_paginator("get_findings_v2").paginate(
        **arguments, PaginationConfig={"PageSize": size}
    )
    return [one["finding_info"]["uid"] for page in pages for one in page["Findings"]]


def where(kind: str, field: str, operator: str = "AND", **condition: Any) -> dict[str, Any]:
    """Return filters with one condition, e.g. of the kind ``String``."""
    leaf = {"FieldName": field, "Filter": condition}
    return {"CompositeFilters": [{f"{kind}Filters": [leaf], "Operator": operator}]}


__all__ = ["bring", "finding", "imported", "names", "only", "walked", "where"]
