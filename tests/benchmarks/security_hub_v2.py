"""Security Hub V2: the pages of findings in OCSF and of resources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from typing import Any

from tests.benchmarks.filling import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Resend,
    in_batches,
    large_world,
    lister,
)
from tests.benchmarks.long_lists import (
    WORST_PAGE,
    LongList,
    long_list_rows,
    one_of,
    walk_and_pages,
)
from tests.benchmarks.measuring import Effort, Figure, Row, ready, require, take_turns
from tests.securityhub.findings.finding_samples import finding
from tests.securityhub.v2.ocsf import where

_SIZE_AND_TOKEN = ("MaxResults", "NextToken")


@cache
def findings(effort: Effort) -> Mapping[str, Figure]:
    """Measure the findings of an account: `walk_and_pages`, and a look in vain (``filtered``)."""
    with large_world():
        lists = [
            _findings(account, size)
            for account, size in zip((ACCOUNT, OTHER_ACCOUNT), effort.lengths, strict=True)
        ]
        figures = walk_and_pages(lists, effort)
        fatal = where("String", "severity", Value="Fatal", Comparison="EQUALS")
        search = partial(lists[-1].call, Filters=fatal)
        require(search()["Findings"] == [], "a finding is Fatal")
        times = take_turns({"filtered": ready(search)}, effort.rounds // 3)
    each = times.middle("filtered") / effort.lengths[-1]
    return {**figures, "filtered": Figure(each, "µs", {})}


@cache
def resources(effort: Effort) -> Mapping[str, Figure]:
    """Measure the resources of an account: `walk_and_pages`."""
    with large_world():
        lists = [
            _resources(account, size)
            for account, size in zip((ACCOUNT, OTHER_ACCOUNT), effort.lengths, strict=True)
        ]
        return walk_and_pages(lists, effort)


def _filled(account: str, size: int) -> tuple[Any, list[Any]]:
    """Return the client of an account and its findings, each with a resource of its own."""
    client = lister("securityhub", account)
    client.enable_security_hub(EnableDefaultStandards=False)
    client.enable_security_hub_v2()
    oldest = datetime(2026, 2, 1, tzinfo=timezone.utc)
    made = [
        finding(
            f"{n:06d}",
            account,
            UpdatedAt=(oldest + timedelta(minutes=n)).isoformat(),
            Resources=[{"Type": "AwsEc2Instance", "Id": f"i-{n:06d}"}],
        )
        for n in range(size)
    ]
    client.batch_import_findings(Findings=made[:1])
    bring = Resend()
    for batch in in_batches(made[1:], 100):
        answer = bring({"Findings": batch})
        require(answer["FailedCount"] == 0, f"BatchImportFindings answered {answer}")
    return client, made


def _findings(account: str, size: int) -> LongList:
    client, made = _filled(account, size)
    # the latest change comes first; no two of them are of the same minute
    expected = [each["UpdatedAt"].replace("+00:00", ".000Z") for each in reversed(made)]
    return LongList(client.get_findings_v2, expected, ("Findings", "time_dt"), _SIZE_AND_TOKEN)


def _resources(account: str, size: int) -> LongList:
    client, made = _filled(account, size)
    expected = [each["Resources"][0]["Id"] for each in made]
    return LongList(client.get_resources_v2, expected, ("Resources", "ResourceId"), _SIZE_AND_TOKEN)


ROWS = [
    *long_list_rows("GetFindingsV2", findings, {"page": WORST_PAGE}),
    Row(
        "GetFindingsV2, per finding that does not match",
        None,
        partial(one_of, findings, "filtered"),
    ),
    *long_list_rows("GetResourcesV2", resources, {"page": WORST_PAGE}),
]
