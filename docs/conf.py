"""The site: Sphinx with MyST and furo. The pages are plain Markdown, so that code hosts show them as well."""

import re
from pathlib import Path

from pygments.lexers.special import TextLexer

project = "membership_mock"
author = "the authors of membership_mock"
copyright = author
release = re.search(
    r'^version = "(.+)"', (Path(__file__).parents[1] / "pyproject.toml").read_text(), re.MULTILINE
)[1]

extensions = ["myst_parser"]
myst_heading_anchors = 4
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"membership_mock {release}"

# The sidebar. Pages that a folder's line does not name come after those it does.
FOLDERS = {
    "Learn": ["tutorial/first-test", "tutorial/two-sides", "tutorial/*"],
    "Do": ["how-to/without-pytest", "how-to/unittest-and-classes", "how-to/beside-moto", "how-to/*"],
    "Look up": ["reference/options", "reference/python-api", "reference/errors", "reference/*"],
    "Understand": ["explanation/request-path", "explanation/fidelity", "explanation/*"],
    "Contribute": ["contributing/*"],
}


def add_sidebar(app, docname, source):
    """Give the front page its hidden tables of contents, which code hosts would show as code."""
    if docname == "index":
        for caption, pages in FOLDERS.items():
            listed = "\n".join(pages)
            source[0] += f"\n```{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n\n{listed}\n```\n"


def setup(app):
    # Code hosts draw Mermaid diagrams; here they stay text, next to a table that says the same.
    app.add_lexer("mermaid", TextLexer)
    app.connect("source-read", add_sidebar)
