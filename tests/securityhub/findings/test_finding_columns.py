"""Filters, sorting and insights over many findings are right after every change of a finding."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership_mock.securityhub.findings import finding_columns, visible_findings
from membership_mock.securityhub.findings.filter_tests import FINDING_COMPARISONS, compile_each
from membership_mock.securityhub.findings.finding_columns import (
    ColumnTest,
    FindingColumns,
    Part,
)
from membership_mock.securityhub.findings.finding_fields import path_of
from membership_mock.securityhub.findings.finding_store import FindingIndex
from tests.securityhub.findings.finding_samples import finding
from tests.walks import walks

ACCOUNT = "111111111111"
#: findings of a part, and all findings
PART, SIZE = 16, 100
LABELS = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
OLDEST = datetime(2026, 2, 1, tzinfo=timezone.utc)


def equal(name: str, value: str) -> dict[str, Any]:
    return {name: [{"Value": value, "Comparison": "EQUALS"}]}


#: filters, each with what a finding must meet
QUERIES: dict[str, tuple[dict[str, Any], Callable[[Any], bool]]] = {
    "severity": (equal("SeverityLabel", "HIGH"), lambda each: each["Severity"]["Label"] == "HIGH"),
    "status": (equal("WorkflowStatus", "NEW"), lambda each: each["Workflow"]["Status"] == "NEW"),
    "state": (
        equal("RecordState", "ARCHIVED"),
        lambda each: each["RecordState"] == "ARCHIVED",
    ),
    "resource": (
        {"ResourceId": [{"Value": "i-1", "Comparison": "PREFIX"}]},
        lambda each: any(one["Id"].startswith("i-1") for one in each["Resources"]),
    ),
    "not the resource": (
        {"ResourceId": [{"Value": "i-3", "Comparison": "NOT_EQUALS"}]},
        lambda each: all(one["Id"] != "i-3" for one in each["Resources"]),
    ),
    "created": (
        {"CreatedAt": [{"Start": "2026-01-10T00:00:00Z"}]},
        lambda each: each["CreatedAt"] >= "2026-01-10",
    ),
    "keyword": ({"Keyword": [{"Value": "WEAK"}]}, lambda each: "weak" in each["Title"].lower()),
    "name of a field": (
        {"Keyword": [{"Value": "severity"}]},
        lambda each: "sever" in str(each["Title"]),
    ),
    "confidence": (
        {"Confidence": [{"Gte": 50}]},
        lambda each: each.get("Confidence", 0) >= 50,
    ),
    "several": (
        {
            **equal("SeverityLabel", "LOW"),
            "Keyword": [{"Value": "weak"}],
            "UpdatedAt": [{"Start": "2026-02-01T02:00:00Z"}],
            "NoteText": [{"Value": "seen", "Comparison": "NOT_EQUALS"}],
        },
        lambda each: (
            each["Severity"]["Label"] == "LOW"
            and "weak" in each["Title"].lower()
            and each["UpdatedAt"] >= "2026-02-01T02"
            and each.get("Note", {}).get("Text") != "seen"
        ),
    ),
    "all": ({}, lambda each: True),
}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding_columns, "PART_SIZE", PART)
    monkeypatch.setattr(visible_findings, "TESTED_SINGLY", 4)


class World:
    """Findings that change at random."""

    def __init__(self, mock: Any, seed: int) -> None:
        self.mock = mock
        self.random = random.Random(seed)
        self.client = mock.client("securityhub", account=ACCOUNT, region="eu-west-1")
        self.client.enable_security_hub()
        self.made = 0
        self.minutes = 0
        self.bring([self.new() for _ in range(SIZE)])

    def new(self, number: int | None = None) -> dict[str, Any]:
        if number is None:
            number, self.made = self.made, self.made + 1
        self.minutes += 1
        draw = self.random
        more: dict[str, Any] = {}
        if draw.random() < 0.5:
            more["Confidence"] = draw.randrange(100)
        return finding(
            f"f{number}",
            ACCOUNT,
            Title=draw.choice(("Weak password", "Open port", "severity of all")),
            Severity={"Label": draw.choice(LABELS)},
            CreatedAt=f"2026-01-{draw.randrange(1, 28):02d}T00:00:00Z",
            UpdatedAt=(OLDEST + timedelta(minutes=self.minutes)).isoformat(),
            Resources=[
                {"Type": "AwsEc2Instance", "Id": f"i-{draw.randrange(40)}"}
                for _ in range(draw.randrange(1, 3))
            ],
            **more,
        )

    def bring(self, findings: list[dict[str, Any]]) -> None:
        answer = self.client.batch_import_findings(Findings=findings)
        assert answer["FailedCount"] == 0, answer

    def all(self, **parameters: Any) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("get_findings").paginate(**parameters)
        return [each for page in pages for each in page["Findings"]]

    def change(self) -> None:
        """Let something happen to findings."""
        some = [f"f{self.random.randrange(self.made)}" for _ in range(3)]
        kind = self.random.randrange(6)
        if kind == 0:
            self.bring([self.new()])
        elif kind == 1:
            self.bring([self.new(int(each[1:])) for each in set(some)])
        elif kind == 2:
            arn = f"arn:aws:securityhub:eu-west-1:{ACCOUNT}:product/{ACCOUNT}/default"
            self.client.batch_update_findings(
                FindingIdentifiers=[{"Id": each, "ProductArn": arn} for each in set(some)],
                Workflow={"Status": self.random.choice(("NOTIFIED", "RESOLVED"))},
                Severity={"Label": self.random.choice(LABELS)},
                Note={"Text": self.random.choice(("seen", "new")), "UpdatedBy": "me"},
            )
        elif kind == 3:
            self.client.update_findings(
                Filters={"Id": [{"Value": each, "Comparison": "EQUALS"} for each in some]},
                RecordState="ARCHIVED",
            )
        elif kind == 4:
            before = self.mock.snapshot()
            self.bring([self.new(int(each[1:])) for each in set(some)])
            self.check()
            self.mock.restore(before)
        else:
            self.mock.clock.advance(days=11)

    def check(self) -> None:
        """Compare filters, orders and an insight with all findings."""
        every = self.all()
        for name, (filters, meets) in QUERIES.items():
            wanted = [each for each in every if meets(each)]
            assert self.all(Filters=filters) == wanted, name
            upwards = [{"Field": "UpdatedAt", "SortOrder": "asc"}]
            assert self.all(Filters=filters, SortCriteria=upwards) == wanted[::-1], name
            by = [
                {"Field": "SeverityLabel", "SortOrder": "desc"},
                {"Field": "CreatedAt", "SortOrder": "asc"},
            ]
            expected = sorted(wanted, key=lambda each: each["CreatedAt"])
            expected.sort(key=lambda each: each["Severity"]["Label"], reverse=True)
            assert self.all(Filters=filters, SortCriteria=by) == expected, name
            by = [{"Field": "Confidence", "SortOrder": "desc"}]
            expected = sorted(wanted, key=lambda each: -each.get("Confidence", -1))
            assert self.all(Filters=filters, SortCriteria=by, MaxResults=100) == expected, name
            counts = Counter(one for each in wanted for one in {r["Id"] for r in each["Resources"]})
            assert self.counted(filters) == counts, name

    def counted(self, filters: dict[str, Any]) -> Counter[str]:
        insight = self.client.create_insight(
            Name="by resource", Filters=filters, GroupByAttribute="ResourceId"
        )["InsightArn"]
        found = self.client.get_insight_results(InsightArn=insight)["InsightResults"]
        self.client.delete_insight(InsightArn=insight)
        return Counter(
            {each["GroupByAttributeValue"]: each["Count"] for each in found["ResultValues"]}
        )


@pytest.mark.parametrize("seed", range(walks(2)))
def test_answers_are_right_after_every_change(membership_mock: Any, seed: int) -> None:
    world = World(membership_mock, seed)
    world.check()
    for _ in range(walks(8)):
        world.change()
        world.check()


@pytest.mark.parametrize("singly", [0, 3])
def test_answers_are_the_same_however_many_findings_are_tested_singly(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch, singly: int
) -> None:
    monkeypatch.setattr(visible_findings, "TESTED_SINGLY", singly)
    World(membership_mock, 7).check()


def test_the_values_of_findings_are_read_once(membership_mock: Any, monkeypatch: Any) -> None:
    world = World(membership_mock, 3)
    world.all(Filters=equal("SeverityLabel", "NONE"))
    made: list[Part] = []
    original = Part.__init__

    def init(self: Part, *given: Any) -> None:
        made.append(self)
        original(self, *given)

    monkeypatch.setattr(Part, "__init__", init)
    world.all(Filters=equal("SeverityLabel", "NONE"))
    assert made == []

    world.bring([world.new()])  # the latest one stands in the last part
    world.all(Filters=equal("SeverityLabel", "NONE"))

    assert len(made) == 1


TEXTS = st.sampled_from(["a", "ab", "b", ""])
KINDS = {
    "Title": st.fixed_dictionaries({}, optional={"Title": TEXTS}),
    "Type": st.fixed_dictionaries({}, optional={"Types": st.lists(TEXTS, max_size=3)}),
    "SeverityLabel": st.fixed_dictionaries(
        {}, optional={"Severity": st.fixed_dictionaries({}, optional={"Label": TEXTS})}
    ),
    "ResourceId": st.fixed_dictionaries(
        {}, optional={"Resources": st.lists(st.fixed_dictionaries({"Id": TEXTS}), max_size=3)}
    ),
}


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
def test_a_filter_marks_what_it_accepts(name: str, data: Any) -> None:
    comparison = st.sampled_from(["EQUALS", "PREFIX", "NOT_EQUALS", "PREFIX_NOT_EQUALS"])
    filters = data.draw(st.lists(st.tuples(TEXTS, comparison), min_size=1, max_size=3))
    if {"EQUALS", "NOT_EQUALS"} <= {one for _, one in filters} or {
        "EQUALS",
        "PREFIX_NOT_EQUALS",
    } <= {one for _, one in filters}:
        filters = filters[:1]
    given = [{"Value": value, "Comparison": one} for value, one in filters]
    test = compile_each({name: given}, None, FINDING_COMPARISONS)[name]
    rows = data.draw(st.lists(KINDS[name], max_size=20))

    marks = ColumnTest(path_of(name), test).marks(Part(rows), b"")

    assert [*map(bool, marks)] == [test(fields) for fields in rows]


def test_an_index_without_findings_has_no_parts() -> None:
    columns = FindingColumns(FindingIndex(ACCOUNT, "eu-west-1"))

    assert list(columns.choose([], range(0))) == []
