"""The pages of the parity kit: their recordings play, and their tables are those of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from membership_mock import parity
from membership_mock.parity import plain_form
from tests.documentation.pages import DOCS, blocks, table

FORM = DOCS / "reference/recordings.md"
EXAMPLES = [block for block in blocks(FORM) if block.language == "json"]


@pytest.mark.parametrize("at", range(len(EXAMPLES)))
def test_a_recording_of_the_page_is_answered_alike(at: int, tmp_path: Path) -> None:
    file = tmp_path / "example.jsonl"
    hub = '{"service": "securityhub", "operation": "EnableSecurityHub", "setup": true,'
    hub += ' "account": "111122223333", "region": "eu-west-1"}\n'
    alone = EXAMPLES[at].text.startswith('{"service"')
    file.write_text((hub if alone else "") + EXAMPLES[at].text, encoding="utf-8")
    parity.check(file).assert_equal()


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ("A call", plain_form.ENTRY),
        ("An error", plain_form.ERROR),
        ("The head", [each for each in plain_form.HEAD if each != "recording"]),
    ],
)
def test_every_field_of_the_form_is_on_the_page(title: str, fields: list[str]) -> None:
    shown = [cell.strip("`") for cell, *_ in table(FORM, title)[1:]]
    assert sorted(shown) == sorted(fields)


def test_every_story_is_on_the_page_with_its_roles() -> None:
    rows = table(DOCS / "how-to/check-parity.md", "Compare with real accounts")[1:]
    assert {row[0].strip("`"): row[2] for row in rows} == {
        story.name: ", ".join(story.roles) for story in parity.STORIES.values()
    }
