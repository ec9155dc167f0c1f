"""The site: Sphinx with MyST and furo. The pages are plain Markdown, so that code hosts show them as well."""

import os
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
GENERATED = Path(__file__).parent / "_generated"
sys.path.insert(0, str(Path(__file__).parent))

import site_pages  # noqa: E402  stands beside this file
from membership_mock.manual.pages import FOLDERS, LANGUAGES  # noqa: E402

project = "membership_mock"
author = "the authors of membership_mock"
copyright = author
release = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinxcontrib.mermaid",
]
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]  # a code host draws the same block
exclude_patterns = ["_build"]
html_theme = "furo"
pygments_dark_style = "github-dark"  # the default underlines the names of modules, like links
html_title = f"membership_mock {release}"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["llms.txt", "_generated/markdown"]  # for language models: pages as they are

# Docstrings name other objects in single backticks; what is not found stays code.
default_role = "py:obj"
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False

# Diagrams are drawn in the browser. MERMAID_DIST is the folder "dist" of the npm package: with it
# the site needs no other host.
mermaid_dist = os.environ.get("MERMAID_DIST")
mermaid_version = "11.12.0"
mermaid_height = "auto"
mermaid_fullscreen = False
# A diagram has its natural width, and the style sheet says how far it shrinks.
mermaid_init_config = {
    "startOnLoad": False,
    "theme": "neutral",
    **{kind: {"useMaxWidth": False} for kind in ("state", "flowchart", "sequence")},
}
if mermaid_dist:
    mermaid_use_local = "mermaid/mermaid.esm.min.mjs"
    html_static_path.append(str(GENERATED / "static"))

# The sidebar: a caption and its pages in order. A glob means the pages that are not named.
SIDEBAR = {
    "Tutorials": ["tutorial/first-test", "tutorial/two-sides", "tutorial/clean-room"],
    "Examples": ["how-to/examples", "examples/*/README"],
    "Switch from another tool": [
        "how-to/switch-from-mock-aws",
        "how-to/switch-from-stubber",
        "how-to/switch-from-localstack",
        "explanation/comparison",
    ],
    "Start the mock": [
        "how-to/without-pytest",
        "how-to/unittest-and-classes",
        "how-to/beside-moto",
        "how-to/guard-a-suite",
        "how-to/async",
        "how-to/server",
        "how-to/coding-agents",
    ],
    "Set up accounts": [
        "how-to/accounts-and-regions",
        "how-to/build-an-organization",
        "how-to/seed-the-world",
        "how-to/share-a-setup",
        "how-to/repeat-ids",
        "how-to/cover-an-organization",
        "how-to/iam",
        "how-to/set-quotas",
        "how-to/cloudformation",
    ],
    "Control and check calls": ["how-to/*"],
    "Reference": ["reference/options", "reference/python-api", "reference/errors", "reference/*"],
    "Reference from docstrings": [
        "_generated/classes/index",
        *(f"_generated/operations/{service}/index" for service in site_pages.TITLES),
    ],
    "Explanation": ["explanation/request-path", "explanation/fidelity", "explanation/*"],
    "Contributing": ["contributing/*", "changelog"],
}


def generate(app, config):
    """Write the pages that are made from docstrings, and put Mermaid where the site finds it."""
    site_pages.write(GENERATED)
    copy_pages(GENERATED / "markdown")
    if mermaid_dist:
        target = GENERATED / "static" / "mermaid"
        target.mkdir(parents=True)
        shutil.copy(Path(mermaid_dist, "mermaid.esm.min.mjs"), target)
        shutil.copytree(
            Path(mermaid_dist, "chunks", "mermaid.esm.min"), target / "chunks" / "mermaid.esm.min"
        )


def copy_pages(target):
    """Copy the pages that llms.txt lists, which stand on the site as Markdown too."""
    folder = Path(__file__).parent
    for path in [path for name in FOLDERS for path in (folder / name).rglob("*.md")]:
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)


def named_by(entry):
    """Return the pages that an entry of the sidebar means, as long as they exist."""
    folder = Path(__file__).parent
    named = {page for pages in SIDEBAR.values() for page in pages}
    files = (path for path in folder.glob(f"{entry}.*") if path.suffix in (".md", ".rst"))
    found = sorted(path.relative_to(folder).with_suffix("") for path in files)
    return [str(page) for page in found if entry == str(page) or str(page) not in named]


def fill_in(app, docname, source):
    """Add what a reader on a code host does not need: contents, the changelog, files of examples."""
    if docname == "changelog":
        source[0] = (ROOT / "CHANGELOG.md").read_text()
    if docname.startswith("examples/"):
        for path in sorted((Path(__file__).parent / docname).parent.iterdir()):
            if path.suffix in LANGUAGES:
                source[0] += f"\n## {path.name}\n\n```{{literalinclude}} {path.name}\n"
                source[0] += f":language: {LANGUAGES[path.suffix]}\n```\n"
    if docname == "index":
        for caption, pages in SIDEBAR.items():
            listed = "\n".join(page for entry in pages for page in named_by(entry))
            source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```\n"


def setup(app):
    """Connect what is above to Sphinx."""
    app.connect("config-inited", generate)
    app.connect("source-read", fill_in)
