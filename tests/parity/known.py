"""The recordings of the project, what the mock answers to them, and the table of the docs.

Run ``python -m tests.parity.known`` to write the table again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from membership_mock import parity
from membership_mock.parity.plain_form import call_of
from membership_mock.services import SERVICES

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs/reference/known-differences.md"
#: shapes of recorded answers, which `tests/contract` reads as well
SHAPES = ROOT / "tests/contract/recorded_shapes_cleanrooms.json"

#: the differences there are: service, operation and path, each with its explanation
EXPLAINED: Mapping[tuple[str, str, str], str] = {
    ("securityhub", "DescribeHub", "error text"): (
        "Two texts were seen for an account without a hub. The mock answers with the one that"
        " clients compare with; the other one was recorded once, in 2020."
    ),
    ("securityhub", "ListEnabledProductsForImport", "ProductSubscriptions"): (
        "The same entries. The recorded list is sorted but for Security Hub itself, which is last;"
        " no rule for that is known, and the mock sorts by ARN."
    ),
    ("securityhub", "GetInsights", "Insights[].Filters.WorkflowStatus"): (
        "Recorded in 2019, when findings had no workflow status. Today's documentation says that"
        " all managed insights filter by it, and the mock follows it."
    ),
}

_BEGIN, _END = "<!-- the table begins -->\n", "<!-- the table ends -->\n"

A, B = "111111111111", "222222222222"
ROOM, MEMBERSHIP, TABLE = (f"{n}0000000-0000-4000-8000-000000000001" for n in (1, 2, 3))


def recordings() -> list[parity.Recording]:
    """Return all recordings of the project."""
    return [*map(parity.read, sorted((HERE / "recordings").glob("*.jsonl"))), shapes_of_rooms()]


def shapes_of_rooms() -> parity.Recording:
    """Return the calls whose shapes were recorded of Clean Rooms, and what leads to their state."""
    shapes = json.loads(SHAPES.read_text(encoding="utf-8"))["operations"]
    room, member = {"collaborationIdentifier": ROOM}, {"membershipIdentifier": MEMBERSHIP}
    results = {"s3": {"resultFormat": "CSV", "bucket": "results", "singleFileOutput": False}}
    encryption = dict.fromkeys(
        ("allowDuplicates", "allowJoinsOnColumnsWithDifferentNames", "preserveNulls"), False
    )
    table = {"tableName": "people", "databaseName": "crm"}
    arn = f"arn:aws:cleanrooms:us-east-1:{A}"
    setup: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        (
            "CreateCollaboration",
            {
                "name": "Campaigns",
                "description": "Who saw what?",
                "creatorDisplayName": "Brand",
                "creatorMemberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
                "members": [{"accountId": B, "displayName": "Partner", "memberAbilities": []}],
                "queryLogStatus": "DISABLED",
                "dataEncryptionMetadata": {"allowCleartext": True, **encryption},
                "tags": {"Env": "test"},
            },
            {"collaboration": {"id": ROOM, "arn": f"{arn}:collaboration/{ROOM}"}},
        ),
        (
            "CreateMembership",
            {
                **room,
                "queryLogStatus": "DISABLED",
                "defaultResultConfiguration": {
                    "outputConfiguration": results,
                    "roleArn": f"arn:aws:iam::{A}:role/results",
                },
            },
            {"membership": {"id": MEMBERSHIP}},
        ),
        (
            "CreateConfiguredTable",
            {
                "name": "people",
                "tableReference": {"glue": table},
                "allowedColumns": ["id"],
                "analysisMethod": "MULTIPLE",
                "selectedAnalysisMethods": ["DIRECT_JOB", "DIRECT_QUERY"],
            },
            {"configuredTable": {"id": TABLE}},
        ),
        (
            "CreateConfiguredTableAnalysisRule",
            {
                "configuredTableIdentifier": TABLE,
                "analysisRuleType": "CUSTOM",
                "analysisRulePolicy": {
                    "v1": {
                        "custom": {
                            "allowedAnalyses": ["ANY_QUERY"],
                            "allowedAnalysisProviders": [A],
                        }
                    }
                },
            },
            {},
        ),
    ]
    inputs = {
        "GetCollaboration": room,
        "ListMembers": room,
        "GetMembership": member,
        "GetConfiguredTable": {"configuredTableIdentifier": TABLE},
        "ListTagsForResource": {"resourceArn": f"{arn}:collaboration/{ROOM}"},
    }
    of_all: dict[str, Any] = {"service": "cleanrooms", "account": A, "region": "us-east-1"}
    entries = [
        {"operation": name, "parameters": sent, "answer": answer, "setup": True}
        for name, sent, answer in setup
    ]
    entries += [
        {"operation": name, "parameters": inputs.get(name, {}), "shape": recorded["paths"]}
        for name, recorded in shapes.items()
        if name.startswith(("Get", "List"))
    ]
    calls = [call_of(f"{SHAPES.name}, {each['operation']}", {**of_all, **each}) for each in entries]
    return parity.Recording(name=SHAPES.name, calls=calls)


def differences_of(result: parity.Result) -> list[parity.Difference]:
    """Return the differences of a call, without those inside of a member that differs itself."""
    found: list[parity.Difference] = []
    for each in result.differences:
        if not any(each.path.startswith((f"{one.path}.", f"{one.path}[")) for one in found):
            found.append(each)
    return found


def table(report: parity.Report) -> str:
    """Return the table of the docs, and the differences with their explanations."""
    lines = ["| Service | Calls checked | Equal | Different |", "| --- | --- | --- | --- |"]
    for service in sorted(SERVICES):
        of_service = [each for each in report.checked if each.call.service == service]
        equal = sum(each.is_equal for each in of_service)
        lines.append(f"| `{service}` | {len(of_service)} | {equal} | {len(of_service) - equal} |")
    lines += ["", "| Call | Recorded | The mock | Explanation |", "| --- | --- | --- | --- |"]
    for result in report.checked:
        call = result.call
        for each in differences_of(result):
            why = EXPLAINED[call.service, call.operation, each.path]
            recorded, got = (_cell(side) for side in (each.expected, each.got))
            lines.append(
                f"| `{call.service}` {call.operation}, {each.path} | {recorded} | {got} | {why} |"
            )
    return "".join(f"{line}\n" for line in lines)


def _cell(value: Any) -> str:
    """Return what one side has, as a cell; of a list, its length."""
    return f"{len(value)} entries" if isinstance(value, list) else f"`{value}`"


def written(page: str, report: parity.Report) -> str:
    """Return the page with a fresh table."""
    before, _, rest = page.partition(_BEGIN)
    return f"{before}{_BEGIN}\n{table(report)}\n{_END}{rest.partition(_END)[2]}"


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(written(page, parity.check(*recordings())), encoding="utf-8")
