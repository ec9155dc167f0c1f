"""Security Hub: the findings of an account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from typing import Any

from membership_mock import mock_membership
from tests.benchmarks.filling import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Resend,
    in_batches,
    large_world,
    lister,
)
from tests.benchmarks.long_lists import (
    WALK,
    WORST_PAGE,
    LongList,
    long_list_rows,
    one_of,
    walk_and_pages,
)
from tests.benchmarks.measuring import Action, Effort, Figure, Row, ready, require, take_turns
from tests.securityhub.findings.finding_samples import finding


def _equal(attribute: str, value: str) -> dict[str, Any]:
    return {attribute: [{"Value": value, "Comparison": "EQUALS"}]}


#: what no finding of `filled` matches, by the attributes that tests filter by most
USUAL: dict[str, dict[str, Any]] = {
    "SeverityLabel": _equal("SeverityLabel", "CRITICAL"),
    "AwsAccountId": _equal("AwsAccountId", "999988887777"),
    "ProductArn": _equal("ProductArn", "arn:aws:securityhub:eu-west-1::product/example/none"),
    "WorkflowStatus": _equal("WorkflowStatus", "RESOLVED"),
    "RecordState": _equal("RecordState", "ARCHIVED"),
    "Id": _equal("Id", "none"),
    "UpdatedAt": {"UpdatedAt": [{"DateRange": {"Value": 1, "Unit": "DAYS"}}]},
}
#: the same by others
OTHERS: dict[str, dict[str, Any]] = {
    "Title prefix": {"Title": [{"Value": "Closed", "Comparison": "PREFIX"}]},
    "CreatedAt": {"CreatedAt": [{"Start": "2100-01-01T00:00:00Z"}]},
    "ResourceId": _equal("ResourceId", "none"),
    "Keyword": {"Keyword": [{"Value": "closed"}]},
}
QUERIES = {**USUAL, **OTHERS}


@cache
def findings(effort: Effort) -> Mapping[str, Figure]:
    """Measure the findings of an account.

    Returns:
        What `walk_and_pages` does, and how long it takes to look at a finding in vain
        by the slowest of `USUAL` (``usual``) and of `OTHERS` (``others``), by the slowest of
        all if no filter has seen the findings before (``unseen``), or to sort it by its severity
        (``sorted``).
    """
    with large_world(), mock_membership() as mock:
        clients = [lister("securityhub", account) for account in (ACCOUNT, OTHER_ACCOUNT)]
        lists = [
            filled(client, account, size)
            for client, account, size in zip(
                clients, (ACCOUNT, OTHER_ACCOUNT), effort.lengths, strict=True
            )
        ]
        figures = walk_and_pages(lists, effort)
        search = clients[-1].get_findings
        for query in QUERIES.values():
            found = search(Filters=query)["Findings"]
            require(found == [], f"{query} finds {found[:1]}")
        contenders = {name: ready(partial(search, Filters=each)) for name, each in QUERIES.items()}
        criteria = [{"Field": "SeverityLabel", "SortOrder": "asc"}]
        contenders["sorted"] = ready(partial(search, SortCriteria=criteria, MaxResults=1))
        times = take_turns(contenders, effort.rounds // 3)
        restored = partial(_restored, mock, mock.snapshot())
        unseen = take_turns(
            {
                name: partial(restored, partial(search, Filters=each))
                for name, each in QUERIES.items()
            },
            max(effort.rounds // 10, 2),
        )
    first = {name: unseen.middle(name) / effort.lengths[-1] for name in QUERIES}
    each = {name: times.middle(name) / effort.lengths[-1] for name in contenders}
    sorting = each.pop("sorted")
    return {
        **figures,
        **{
            name: Figure(
                max(each[one] for one in queries), "µs", {one: each[one] for one in queries}
            )
            for name, queries in (("usual", USUAL), ("others", OTHERS))
        },
        "unseen": Figure(max(first.values()), "µs", first),
        "sorted": Figure(sorting, "µs", {}),
    }


@contextmanager
def _restored(mock: Any, copied: Any, act: Action) -> Iterator[Action]:
    """Yield an action on findings that are new objects, which nothing has looked at."""
    mock.restore(copied)
    yield act


def filled(client: Any, account: str, size: int) -> LongList:
    """Return the findings of an account, so many of which have been imported."""
    client.enable_security_hub()
    oldest = datetime(2026, 2, 1, tzinfo=timezone.utc)
    made = [
        finding(f"{n:06d}", account, UpdatedAt=(oldest + timedelta(minutes=n)).isoformat())
        for n in range(size)
    ]
    client.batch_import_findings(Findings=made[:1])
    bring = Resend()
    for batch in in_batches(made[1:], 100):
        answer = bring({"Findings": batch})
        require(answer["FailedCount"] == 0, f"BatchImportFindings answered {answer}")
    # without sort criteria the latest update comes first
    expected = [each["Id"] for each in reversed(made)]
    return LongList(client.get_findings, expected, ("Findings", "Id"), ("MaxResults", "NextToken"))


ROWS = [
    *long_list_rows("GetFindings", findings, {"page": WORST_PAGE, "walk": WALK}),
    Row(
        "GetFindings, per finding that does not match by a usual attribute",
        1.0,
        partial(one_of, findings, "usual"),
    ),
    Row(
        "GetFindings, per finding that does not match by another attribute",
        3.0,
        partial(one_of, findings, "others"),
    ),
    Row(
        "GetFindings, per finding that does not match and was not searched before",
        None,
        partial(one_of, findings, "unseen"),
    ),
    Row("GetFindings, per finding that is sorted", 3.0, partial(one_of, findings, "sorted")),
]
