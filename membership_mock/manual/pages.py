"""The pages of the documentation: where they are, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from membership_mock.errors import UsageError
from membership_mock.testing.names import nearest_to

#: where the wheel has the pages; see setup.py
_INSTALLED = Path(__file__).parent / "pages"
#: where a checkout has them
_CHECKOUT = Path(__file__).parents[2] / "docs"
#: the folders of pages in the order of a list, with the heading of each
FOLDERS = {
    "tutorial": "Tutorials",
    "how-to": "How-to guides",
    "examples": "Examples",
    "reference": "Reference",
    "explanation": "Explanation",
    "contributing": "Contributing",
}
#: the language of the files of an example project, by how their names end
LANGUAGES = {".json": "json", ".py": "python", ".tf": "terraform", ".toml": "toml"}


@dataclass(frozen=True)
class Page:
    """A page of the documentation.

    Attributes:
        topic: what `python -m membership_mock docs` calls it, e.g. ``inject-faults``.
        folder: one of `FOLDERS`.
        title: its first heading.
        text: the page in Markdown.
    """

    topic: str
    folder: str
    title: str
    text: str


@cache
def pages() -> dict[str, Page]:
    """Return every page by its topic, in the order of `FOLDERS`.

    Raises:
        UsageError: the package was installed without its pages.
    """
    root = _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
    found = {}
    for folder in FOLDERS:
        for path in sorted([*(root / folder).glob("*.md"), *(root / folder).glob("*/README.md")]):
            text = path.read_text(encoding="utf-8")
            title = next((line[2:] for line in text.splitlines() if line.startswith("# ")), "")
            if path.name == "README.md":
                text += _files_beside(path)
            topic = topic_of(path.as_posix())
            if topic in found:  # e.g. a how-to and a reference page of one name
                topic = f"{topic}-{folder}"
            found[topic] = Page(topic, folder, title.strip(), text)
    changelog = root / "changelog.md" if root == _INSTALLED else root.parent / "CHANGELOG.md"
    if changelog.is_file():
        text = changelog.read_text(encoding="utf-8")
        found["changelog"] = Page("changelog", "contributing", "Changelog", text)
    if not found:
        raise UsageError(
            f"membership_mock was installed without its pages: neither {_INSTALLED} nor"
            f" {_CHECKOUT} has any. Install it from a wheel or from a checkout."
        )
    return found


def topic_of(path: str) -> str:
    """Return the topic of a page by its path: its name, or the folder's of an example project."""
    return path.removesuffix("/README.md").rpartition("/")[2].removesuffix(".md")


def _files_beside(readme: Path) -> str:
    """Return the files of an example project as blocks of code, each under its name."""
    files = sorted(path for path in readme.parent.iterdir() if path.suffix in LANGUAGES)
    return "".join(
        f"\n## {path.name}\n\n```{LANGUAGES[path.suffix]}\n{path.read_text(encoding='utf-8')}```\n"
        for path in files
    )


def page(topic: str) -> Page:
    """Return the page on a topic.

    Args:
        topic: its name, e.g. ``inject-faults``; ``how-to/inject-faults.md`` works as well.

    Raises:
        UsageError: there is no such page.
    """
    name = topic_of(topic.strip()).lower().replace("_", "-")
    folder = topic.strip().removeprefix("docs/").partition("/")[0]
    for each in (f"{name}-{folder}", name):
        if each in pages():
            return pages()[each]
    named = [each.topic for each in pages().values() if name and name in each.topic]
    hint = f"; see {', '.join(named[:4])}." if named else nearest_to(name, pages())
    raise UsageError(
        f"There is no page {topic!r}{hint} `python -m membership_mock docs` lists all pages."
    )
