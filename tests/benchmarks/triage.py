"""Security Hub: automation rules and insights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial
from itertools import count
from typing import Any

from tests.benchmarks.filling import ACCOUNT, OTHER_ACCOUNT, large_world, lister
from tests.benchmarks.findings import filled
from tests.benchmarks.long_lists import one_of
from tests.benchmarks.measuring import (
    Contender,
    Effort,
    Figure,
    Row,
    ready,
    require,
    take_turns,
)
from tests.securityhub.findings.finding_samples import finding

#: how many automation rules judge each imported finding, which is what an account may have
RULES = 100
ACCOUNTS = (ACCOUNT, OTHER_ACCOUNT)


@cache
def rules(effort: Effort) -> Mapping[str, Figure]:
    """Measure imports under automation rules.

    Returns:
        What an import costs under 100 rules, none of which acts, against its cost under none
        (``rules``).
    """
    with large_world():
        contenders: dict[str, Contender] = {}
        for account, number in zip(ACCOUNTS, (0, RULES), strict=True):
            client = lister("securityhub", account)
            client.enable_security_hub()
            for order in range(number):
                _rule(client, order + 1)
            contenders[f"{number} rules"] = ready(partial(_import, client, account, count()))
        times = take_turns(contenders, effort.rounds // 2)
    parts = {f"{name}, per finding": times.middle(name) / 100 for name in contenders}
    return {"rules": Figure(times.ratio(f"{RULES} rules", "0 rules"), "x", parts)}


@cache
def insights(effort: Effort) -> Mapping[str, Figure]:
    """Measure an insight.

    Returns:
        How long it takes for each finding that it counts, in the largest account against the
        smallest (``insight``).
    """
    sizes = (effort.sizes[0], effort.sizes[-1])
    with large_world():
        contenders: dict[str, Contender] = {}
        for account, size in zip(ACCOUNTS, sizes, strict=True):
            client = lister("securityhub", account)
            filled(client, account, size)
            arn = client.create_insight(Name="all", Filters={}, GroupByAttribute="SeverityLabel")
            look = partial(client.get_insight_results, InsightArn=arn["InsightArn"])
            (group,) = look()["InsightResults"]["ResultValues"]
            require(group["Count"] == size, f"the insight counts {group}")
            contenders[f"{size:,}"] = ready(look)
        times = take_turns(contenders, max(effort.rounds // 6, 2))
    few, many = (times.middle(name) / size for name, size in zip(contenders, sizes, strict=True))
    parts = dict(zip((f"{name}, per finding" for name in contenders), (few, many), strict=True))
    return {"insight": Figure(many / few, "x", parts)}


def _rule(client: Any, order: int) -> None:
    client.create_automation_rule(
        RuleOrder=order,
        RuleName=f"rule {order}",
        Description="acts on nothing",
        Criteria={
            "SeverityLabel": [{"Value": "HIGH", "Comparison": "EQUALS"}],
            "Title": [{"Value": f"Closed {order}", "Comparison": "PREFIX"}],
        },
        Actions=[
            {
                "Type": "FINDING_FIELDS_UPDATE",
                "FindingFieldsUpdate": {"Workflow": {"Status": "SUPPRESSED"}},
            }
        ],
    )


def _import(client: Any, account: str, numbers: Iterator[int]) -> None:
    batch = [finding(f"{next(numbers):06d}", account) for _ in range(100)]
    answer = client.batch_import_findings(Findings=batch)
    require(answer["FailedCount"] == 0, f"BatchImportFindings answered {answer}")


ROWS = [
    Row(
        f"BatchImportFindings, under {RULES} automation rules / none",
        2.0,
        partial(one_of, rules, "rules"),
    ),
    Row(
        "GetInsightResults, per finding: longest / shortest",
        1.2,
        partial(one_of, insights, "insight"),
    ),
]
