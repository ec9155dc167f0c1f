"""Every fenced Python block of every page runs, as it stands there.

The blocks of a page are one module, in their order: pytest collects the tests in them, and
executes the rest on the way. Every line keeps its number, so that a traceback shows the page's own.
A comment above a block says what else it is: ``<!-- file: name.py -->`` makes it a module that
the others import, ``<!-- not run: reason -->`` leaves it out.

A comment in a page says which package its examples need, besides those that all tests need:
``<!-- needs: aiobotocore -->``. The page is skipped where that is not installed.

The pages of the selected tests run in one child process, so that they leave no imports behind in this one. What guards
this suite guards them too, but they have no region in the environment: a newcomer has none.
"""

from __future__ import annotations

import ast
import os
import re
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.documentation.pages import ROOT, Block, blocks, name_of, needs, pages, prose
from tests.forked_pytest import ForkedPytest

CONFTEST = """
import pytest


@pytest.fixture(autouse=True)
def _as_on_a_newcomers_machine(monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
"""


def python(page: Path) -> list[Block]:
    """Return the Python blocks of a page."""
    return [block for block in blocks(page) if block.language == "python"]


def module_of(page: Path) -> str:
    """Return the blocks of a page as one module in which every line has its number in the page."""
    lines: list[str] = []
    for block in python(page):
        if not block.file and not block.not_run:
            lines += [""] * (block.line - len(lines))
            lines += block.text.splitlines()
    return "\n".join(lines) + "\n"


def file_of(page: Path) -> str:
    """Return the name of the module of a page."""
    return "test_" + re.sub(r"\W", "_", name_of(page).removesuffix(".md"))


def names_of_tests(module: str) -> list[str]:
    """Return the names of the tests in a module."""
    tree = ast.parse(module)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    found = [node for owner in (tree, *classes) for node in owner.body]
    return [
        node.name
        for node in found
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.startswith("test_")
    ]


PAGES = [page for page in pages() if python(page)]


def lacks_a_package(page: Path) -> bool:
    """Return whether this environment cannot run a page."""
    package = needs(page)
    return package is not None and find_spec(package) is None


@pytest.fixture(scope="session")
def outcomes(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    forked_pytest: ForkedPytest,
) -> dict[str, dict[str, str]]:
    """Run the pages of the selected tests; return what went wrong, by module and test.

    That is a report, or empty text.
    """
    selected = [
        each.callspec.params.get("page")
        for each in request.session.items
        if hasattr(each, "callspec")
    ]
    folder = tmp_path_factory.mktemp("pages")
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    for page in PAGES:
        if page not in selected or lacks_a_package(page):
            continue
        (folder / f"{file_of(page)}.py").write_text(module_of(page), encoding="utf-8")
        for block in python(page):
            if block.file:
                (folder / block.file).write_text(block.text, encoding="utf-8")
    arguments = ["-W", "error", "--strict-markers", "-p", "no:xdist", "-p", "tests.conftest"]
    arguments += ["-p", "no:cacheprovider", "--junitxml", "report.xml", "."]
    # A test that expects such an error gets a warning besides, which is an error here.
    arguments += ["-o", "membership_mock_unmocked_calls=ignore"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    run = forked_pytest.run(arguments, cwd=folder, env=environment)
    report = folder / "report.xml"
    assert report.exists(), run.stdout + run.stderr
    found: dict[str, dict[str, str]] = {}
    for case in ET.parse(report).iter("testcase"):
        module = (case.get("classname") or case.get("name") or "").partition(".")[0]
        troubles = [f"{each.get('message')}\n{each.text}" for each in case]
        found.setdefault(module, {})[case.get("name") or ""] = "\n".join(troubles)
    return found


@pytest.mark.parametrize("page", [pytest.param(page, id=name_of(page)) for page in PAGES])
def test_the_python_of_the_page_runs(page: Path, outcomes: dict[str, dict[str, str]]) -> None:
    if lacks_a_package(page):
        pytest.skip(f"{needs(page)} is not installed")
    tests = names_of_tests(module_of(page))
    assert len(set(tests)) == len(tests), "two tests of a page have the same name"
    run = outcomes.get(file_of(page), {})
    troubles = [f"{name}: {trouble}" for name, trouble in run.items() if trouble]
    assert not troubles, "\n\n".join(troubles)
    assert set(tests) <= {name.partition("[")[0] for name in run}


def test_files_of_the_pages_do_not_overwrite_each_other() -> None:
    files = [block.file for page in PAGES for block in python(page) if block.file]
    assert len(set(files)) == len(files)


def test_the_readme_has_a_test_and_a_block_without_pytest() -> None:
    readme = python(ROOT / "README.md")
    assert all(block.not_run is None for block in readme)
    assert names_of_tests(readme[0].text)
    assert any(not names_of_tests(block.text) for block in readme)


@pytest.mark.parametrize("page", [pytest.param(page, id=name_of(page)) for page in pages()])
def test_no_block_hides_from_the_tests(page: Path) -> None:
    assert not re.search(r"^\s+```|^~~~|```python", prose(page), re.MULTILINE), (
        "indented, tilde and decorated fences are not read by the tests"
    )
    assert "pycon" not in {block.language for block in blocks(page)}
