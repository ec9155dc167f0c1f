"""The site: Sphinx with MyST and furo. The pages are plain Markdown, so that code hosts show them as well."""

import re
from pathlib import Path

from pygments.lexers.special import TextLexer

ROOT = Path(__file__).parents[1]

project = "membership_mock"
author = "the authors of membership_mock"
copyright = author
release = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]

extensions = ["myst_parser"]
myst_heading_anchors = 4
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"membership_mock {release}"
html_show_sourcelink = False

# The sidebar: a caption and its pages in order. A glob means the pages that are not named.
SIDEBAR = {
    "Learn": ["tutorial/first-test", "tutorial/two-sides", "tutorial/clean-room"],
    "Do": [
        "how-to/without-pytest",
        "how-to/unittest-and-classes",
        "how-to/beside-moto",
        "how-to/*",
    ],
    "Look up": ["reference/options", "reference/python-api", "reference/errors", "reference/*"],
    "Understand": ["explanation/request-path", "explanation/fidelity", "explanation/*"],
    "Contribute": ["contributing/*", "changelog"],
}


def fill_in(app, docname, source):
    """Add what would be in the way of a reader on a code host: tables of contents, the changelog."""
    if docname == "changelog":
        source[0] = (ROOT / "CHANGELOG.md").read_text()
    if docname == "index":
        for caption, pages in SIDEBAR.items():
            listed = "\n".join(pages)
            source[0] += (
                f"\n```{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n\n{listed}\n```\n"
            )


def setup(app):
    # Code hosts draw Mermaid diagrams; here they stay text, which says the same.
    app.add_lexer("mermaid", TextLexer)
    app.connect("source-read", fill_in)
