"""``llms.txt``: a list of all pages for language models, with a line for each.

The form is that of https://llmstxt.org: a title, a summary, and lists of links. The file stands at
the top of ``docs``, beside the pages in the wheel, and on the site; ``docs --llms`` prints it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from membership_mock.manual.pages import FOLDERS, Page, pages
from membership_mock.manual.terminal import plain

_SUMMARY = """\
# membership_mock

> A pytest plugin and moto extension that mocks AWS Security Hub, AWS Clean Rooms and AWS Security
> Incident Response in the Python process, with several accounts and regions in one test.

- The fixture is `membership_mock`, the decorator and context manager is `mock_membership`; both
  include `moto.mock_aws`.
- Read how-to/coding-agents.md first: rules, a test to start from, common mistakes.
- `python -m membership_mock docs TOPIC` prints a page, `explain SERVICE.OPERATION` tells what an
  operation does. Both work without network.
"""
#: the topics that come first in their section
_FIRST = ("first-test", "coding-agents", "examples", "python-api", "options")
#: the end of a sentence, which is not a full stop inside of code or a name
_SENTENCE = re.compile(r"(?<=[.:])\s+(?=[A-Z`\[])")


def llms_text() -> str:
    """Return ``llms.txt``: the pages by folder, each with its first sentence."""
    return "\n".join([_SUMMARY.rstrip(), *_sections()]) + "\n"


def _sections() -> Iterator[str]:
    for folder, caption in FOLDERS.items():
        yield f"\n## {caption}\n"
        shown = [page for page in pages().values() if page.folder == folder and _path(page)]
        for page in sorted(shown, key=lambda page: (page.topic not in _FIRST, page.topic)):
            yield f"- [{plain(page.title)}]({_path(page)}): {first_sentence(page)}"


def _path(page: Page) -> str:
    """Return where a page is, from the top of ``docs``; none for the changelog."""
    if page.topic == "changelog":
        return ""
    name = page.topic.removesuffix(f"-{page.folder}")
    return (
        f"{page.folder}/{name}/README.md"
        if page.folder == "examples"
        else f"{page.folder}/{name}.md"
    )


def first_sentence(page: Page) -> str:
    """Return the first sentence of prose of a page, as plain text.

    Raises:
        ValueError: the page has none.
    """
    in_code = False
    for line in page.text.splitlines():
        if line.startswith("```"):
            in_code = not in_code
        elif not in_code and (line[:1].isalpha() or line.startswith(("`", "["))):
            return plain(_SENTENCE.split(line.strip())[0]).rstrip(":.") + "."
    raise ValueError(f"the page {page.topic} has no prose")
