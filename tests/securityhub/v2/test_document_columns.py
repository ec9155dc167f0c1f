"""Filters of findings and resources of V2 are right after every change of a finding."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from membership_mock.securityhub.findings import finding_columns
from membership_mock.securityhub.v2.queries import pages
from tests.securityhub.findings.finding_samples import finding
from tests.walks import walks

ACCOUNT = "111111111111"
SIZE = 80
LABELS = ("LOW", "MEDIUM", "HIGH", "CRITICAL")


def condition(kind: str, name: str, **given: Any) -> dict[str, Any]:
    return {kind: [{"FieldName": name, "Filter": given}]}


def text(name: str, value: str, comparison: str = "EQUALS") -> dict[str, Any]:
    return condition("StringFilters", name, Value=value, Comparison=comparison)


def filters(*composites: dict[str, Any], operator: str = "AND") -> dict[str, Any]:
    return {"CompositeFilters": list(composites), "CompositeOperator": operator}


def _note(each: Any) -> Any:
    return each.get("comment")


#: filters, each with what a finding must meet
QUERIES: dict[str, tuple[dict[str, Any], Callable[[Any], bool]]] = {
    "severity": (filters(text("severity", "High")), lambda each: each["severity"] == "High"),
    "not": (
        filters(text("severity", "High", "NOT_EQUALS")),
        lambda each: each["severity"] != "High",
    ),
    "status": (
        filters(condition("NumberFilters", "status_id", Eq=2)),
        lambda each: each["status_id"] == 2,
    ),
    "title": (
        filters(text("finding_info.title", "weak", "CONTAINS_WORD")),
        lambda each: "Weak" in each["finding_info"]["title"],
    ),
    "either": (
        filters(
            text("severity", "Low"), text("finding_info.title", "Weak", "PREFIX"), operator="OR"
        ),
        lambda each: each["severity"] == "Low" or each["finding_info"]["title"].startswith("Weak"),
    ),
    "both": (
        filters(text("severity", "Low"), text("finding_info.title", "Weak", "PREFIX")),
        lambda each: each["severity"] == "Low" and each["finding_info"]["title"].startswith("Weak"),
    ),
    "nested": (
        filters(
            {
                "Operator": "OR",
                "NestedCompositeFilters": [
                    {**text("severity", "Low"), "Operator": "AND"},
                    {**condition("NumberFilters", "status_id", Eq=2), "Operator": "AND"},
                ],
            }
        ),
        lambda each: each["severity"] == "Low" or each["status_id"] == 2,
    ),
    "comment": (filters(text("comment", "seen")), lambda each: _note(each) == "seen"),
    "map": (
        filters(condition("MapFilters", "resources.tags", Key="team", Value="red")),
        lambda each: any(
            {"name": "team", "value": "red"} in one.get("tags", []) for one in each["resources"]
        ),
    ),
}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding_columns, "PART_SIZE", 16)
    monkeypatch.setattr(pages, "TESTED_SINGLY", 4)


class World:
    """Findings of V2 that change at random."""

    def __init__(self, mock: Any, seed: int) -> None:
        self.mock = mock
        self.random = random.Random(seed)
        self.client = mock.client("securityhub", account=ACCOUNT, region="eu-west-1")
        self.client.enable_security_hub()
        self.client.enable_security_hub_v2()
        self.minutes = 0
        self.bring(range(SIZE))

    def bring(self, numbers: Any) -> None:
        made = []
        for number in numbers:
            self.minutes += 1
            draw = self.random
            made.append(
                finding(
                    f"f{number}",
                    ACCOUNT,
                    Title=draw.choice(("Weak password", "Open port")),
                    Severity={"Label": draw.choice(LABELS)},
                    UpdatedAt=f"2026-02-0{1 + self.minutes // 1440}T"
                    f"{self.minutes // 60 % 24:02d}:{self.minutes % 60:02d}:00Z",
                    Resources=[
                        {
                            "Type": draw.choice(("AwsEc2Instance", "AwsS3Bucket")),
                            "Id": f"arn:aws:x:::r-{draw.randrange(40)}",
                            "Tags": {"team": draw.choice(("red", "blue"))},
                        }
                    ],
                )
            )
        answer = self.client.batch_import_findings(Findings=made)
        assert answer["FailedCount"] == 0, answer

    def all(self, **given: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        while True:
            answer = self.client.get_findings_v2(MaxResults=100, **given, **token)
            found += answer["Findings"]
            if "NextToken" not in answer:
                return found
            token = {"NextToken": answer["NextToken"]}

    def resources(self, **given: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get_resources_v2(MaxResults=100, **given)[
            "Resources"
        ]
        return found

    def change(self) -> None:
        """Let something happen to findings."""
        some = {self.random.randrange(SIZE) for _ in range(3)}
        kind = self.random.randrange(4)
        if kind == 0:
            self.bring(some)
        elif kind == 1:
            uids = [each["metadata"]["uid"] for each in self.all()]
            self.client.batch_update_findings_v2(
                MetadataUids=self.random.sample(uids, 3),
                Comment=self.random.choice(("seen", "new")),
                SeverityId=self.random.randrange(1, 5),
                StatusId=2,
            )
        elif kind == 2:
            before = self.mock.snapshot()
            self.bring(some)
            self.check()
            self.mock.restore(before)
        else:
            self.bring(range(SIZE, SIZE + 2))

    def check(self) -> None:
        every = self.all()
        for name, (given, meets) in QUERIES.items():
            assert self.all(Filters=given) == [each for each in every if meets(each)], name
            upwards = [{"Field": "finding_info.modified_time_dt", "SortOrder": "asc"}]
            found = self.all(Filters=given, SortCriteria=upwards)
            assert found == [each for each in reversed(every) if meets(each)], name
        resources = self.resources()
        for kind in ("AWS::EC2::Instance", "AWS::S3::Bucket"):
            wanted = [each for each in resources if each["ResourceType"] == kind]
            assert self.resources(Filters=filters(text("ResourceType", kind))) == wanted


@pytest.mark.parametrize("seed", range(walks(2)))
def test_answers_are_right_after_every_change(membership_mock: Any, seed: int) -> None:
    world = World(membership_mock, seed)
    world.check()
    for _ in range(walks(8)):
        world.change()
        world.check()


def test_the_queries_find_something(membership_mock: Any) -> None:
    world = World(membership_mock, 5)
    uids = [each["metadata"]["uid"] for each in world.all()]
    world.client.batch_update_findings_v2(MetadataUids=uids[:3], Comment="seen", StatusId=2)
    every = world.all()
    for name, (given, _) in QUERIES.items():
        assert 0 < len(world.all(Filters=given)) < len(every), name
    assert world.resources(Filters=filters(text("ResourceType", "AWS::EC2::Instance")))


def test_findings_with_a_text_where_others_have_a_map_can_be_filtered(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ACCOUNT, region="eu-west-1")
    client.enable_security_hub_v2()
    aws = membership_mock.aws_side(ACCOUNT, "eu-west-1")
    names = [{"name": "worm"}, "worm", [{"name": "worm"}, "worm"], ["worm"], 5]
    for number in range(SIZE):
        aws.ocsf_finding(malware=names[number % 5], finding_info={"uid": f"f{number}"})

    found = client.get_findings_v2(Filters=filters(text("malware.name", "worm")), MaxResults=100)

    numbers = sorted(int(each["finding_info"]["uid"][1:]) for each in found["Findings"])
    assert numbers == [number for number in range(SIZE) if number % 5 in (0, 2)]
