"""`python -m membership_mock docs` prints the pages."""

import pytest

from membership_mock.__main__ import main
from membership_mock.manual.pages import pages
from tests.documentation.pages import DOCS


def test_without_a_topic_every_page_is_listed_with_its_title(capsys):
    assert main(["docs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines if line[:2] == "  "}
    paths = [path for path in DOCS.glob("*/*.md") if not path.parent.name.startswith("_")]
    projects = {path.parent.name for path in DOCS.glob("examples/*/README.md")}
    assert listed.keys() >= {path.stem for path in paths} | projects | {"changelog"}
    assert len(listed) == len(paths) + len(projects) + 1
    assert listed["inject-faults"] == pages()["inject-faults"].title


@pytest.mark.parametrize("topic", sorted(pages()))
def test_every_page_is_printed_without_marks_of_markdown(topic, capsys):
    assert main(["docs", topic]) == 0
    text = capsys.readouterr().out
    title = pages()[topic].title
    assert text.splitlines()[1] == "=" * len(text.splitlines()[0])
    assert title.replace("`", "")[:12] in text.replace("`", "")
    assert "```" not in text
    prose = "".join(line for line in text.splitlines() if not line.startswith("    "))
    assert "](" not in prose
    assert "][" not in prose


def test_a_mark_is_printed_with_the_key_of_its_source(capsys):
    main(["docs", "security-ir"])
    text = capsys.readouterr().out
    assert "documented [UG:cancel-membership]" in text
    assert "| `UG:cancel-membership` | user guide | <https://docs.aws.amazon.com/" in text
    assert "\n[UG:cancel-membership]: " not in text


@pytest.mark.parametrize("name", ["how-to/inject-faults.md", "inject_faults", "Inject-Faults"])
def test_a_page_is_found_by_its_file_and_with_other_letters(name, capsys):
    assert main(["docs", name]) == 0
    assert capsys.readouterr().out.splitlines()[0] == pages()["inject-faults"].title


def test_two_pages_of_one_name_are_both_there(capsys):
    titles = []
    for topic in ("how-to/cloudformation.md", "reference/cloudformation.md"):
        assert main(["docs", topic]) == 0
        titles.append(capsys.readouterr().out.splitlines()[0])
    assert titles == [
        (DOCS / folder / "cloudformation.md").read_text(encoding="utf-8").splitlines()[0][2:]
        for folder in ("how-to", "reference")
    ]
    assert pages()["cloudformation-reference"].folder == "reference"


def test_prose_is_wrapped_and_code_keeps_its_lines(capsys):
    main(["docs", "inject-faults"])
    lines = capsys.readouterr().out.splitlines()
    prose = [line for line in lines if not line.startswith(("    ", "|"))]
    assert max(map(len, prose)) <= 120  # a link is one word
    assert any(line.startswith("    def test_") for line in lines)


def test_a_link_to_a_page_names_its_topic_and_another_one_its_address(capsys):
    main(["docs", "retries"])
    assert "inject (docs inject-faults)" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("topic", "hint"),
    [("fault", "see inject-faults"), ("inject-fault", "inject-faults"), ("zzz", "")],
)
def test_an_unknown_topic_names_the_nearest_and_where_all_are_listed(topic, hint, capsys):
    assert main(["docs", topic]) == 2
    said = capsys.readouterr().err
    assert f"There is no page {topic!r}" in said
    assert hint in said
    assert "`python -m membership_mock docs` lists all pages" in said


def test_an_example_is_printed_with_all_its_files(capsys):
    main(["docs", "examples/security-ir-onboarding/README.md"])
    printed = capsys.readouterr().out
    for file in (DOCS / "examples" / "security-ir-onboarding").iterdir():
        if file.suffix in (".py", ".json", ".toml"):
            assert f"\n{file.name}\n---" in printed
            assert f"    {file.read_text(encoding='utf-8').splitlines()[0]}\n" in printed


def test_a_link_to_an_example_names_its_topic(capsys):
    main(["docs", "examples"])
    assert "A command line tool (docs members-cli)" in capsys.readouterr().out
