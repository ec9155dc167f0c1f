"""The tables of resource types are those of the code."""

from __future__ import annotations

import re

import pytest

from membership_mock.engine.cloudformation.resource_type import ResourceType
from membership_mock.services import SERVICES
from tests.documentation.pages import DOCS, table

PAGE = DOCS / "reference" / "cloudformation.md"
HOW_TO = DOCS / "how-to" / "cloudformation.md"
HEAD = [
    "Type",
    "Create",
    "Read",
    "Change",
    "Delete",
    "Replaced when one changes",
    "`Ref`",
    "`Fn::GetAtt`",
]


def listed(names: object) -> str:
    """Return names as code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)  # type: ignore[attr-defined]


def row(kind: ResourceType) -> list[str]:
    """Return the line of a type."""
    schema = kind.schema
    return [
        f"`{kind.name}`",
        f"`{kind.create.operation}`",
        f"`{kind.read.operation}`",
        f"`{kind.update.operation}`" if kind.update else "",
        f"`{kind.delete.operation}`",
        listed(path.replace("/", ".") for path in schema.create_only),
        " and ".join(f"`{name}`" for name in schema.primary),
        listed(sorted(schema.read_only)),
    ]


@pytest.mark.parametrize(
    "service", [name for name, backend in SERVICES.items() if backend.resource_types()]
)
def test_the_table_has_the_types_of_the_code(service: str) -> None:
    expected = [HEAD, *(row(kind) for kind in SERVICES[service].resource_types())]
    lines = "\n".join(f"| {' | '.join(cells)} |" for cells in expected)
    stale = f"write the table below `{service}` in {PAGE.name} again:\n{lines}"
    assert table(PAGE, f"`{service}`") == expected, stale


def test_the_mark_inferred_names_the_rows_of_its_choices() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(re.findall(r"\binferred\b", text)) > 3
    assert re.findall(r"\binferred\b(?! \[(?:SH|CR)-\d)", text) == []


def test_the_number_of_types_is_that_of_the_code() -> None:
    numbers = [len(SERVICES[name].resource_types()) for name in ("securityhub", "cleanrooms")]
    assert "{} of Security Hub and {} of Clean Rooms".format(*numbers) in HOW_TO.read_text()
