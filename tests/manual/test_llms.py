"""``llms.txt`` lists every page with its first sentence."""

import re

from membership_mock.__main__ import main
from membership_mock.manual.llms import first_sentence, llms_text
from membership_mock.manual.pages import pages
from tests.documentation.pages import DOCS

COMMAND = "python -m membership_mock docs --llms > docs/llms.txt"
ITEM = re.compile(r"^- \[(.+?)\]\((.+?\.md)\): (.+\.)$", re.MULTILINE)


def test_the_file_is_what_the_command_prints(capsys):
    assert main(["docs", "--llms"]) == 0
    printed = capsys.readouterr().out
    assert printed == (DOCS / "llms.txt").read_text(encoding="utf-8"), (
        f"docs/llms.txt is stale; write it again:\n    {COMMAND}\n"
    )


def test_it_lists_each_page_once_with_a_sentence():
    items = ITEM.findall(llms_text())
    paths = [path for _, path, _ in items]
    assert len(set(paths)) == len(paths) == len(pages()) - 1  # the changelog is not listed
    assert all((DOCS / path).is_file() for path in paths)
    assert all(len(sentence) > 12 for _, _, sentence in items)


def test_it_begins_with_a_title_and_a_summary_and_names_the_page_for_agents():
    lines = llms_text().splitlines()
    assert lines[0] == "# membership_mock"
    assert lines[2].startswith("> ")
    assert "how-to/coding-agents.md" in llms_text().partition("\n## ")[0]


def test_a_first_sentence_has_no_marks_of_links():
    for page in pages().values():
        if page.topic != "changelog":
            assert "](" not in first_sentence(page), page.topic
