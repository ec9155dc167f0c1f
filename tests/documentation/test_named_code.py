"""Files and names of the code that the pages for contributors mention exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import botocore
import pytest
from botocore.endpoint import Endpoint

from tests.documentation.pages import DOCS, ROOT, name_of

PACKAGE = ROOT / "membership_mock"
PAGES = sorted([*(DOCS / "explanation").glob("*.md"), *(DOCS / "contributing").glob("*.md")])
#: where the paths on the pages begin
BASES = (ROOT, PACKAGE, PACKAGE / "engine")
#: what the first name of a chain of attributes means on these pages
MEANT = {"self": "Family", "ctx": "Context", "world": "World", "mock": "MembershipMock"}

_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_PATH = re.compile(r"\.?\w[\w.-]*/(?:[\w.-]+/)*[\w.-]*|\w+\.(?:py|toml|txt)")
_CHAIN = re.compile(r"([A-Z]\w+|self|ctx|world|mock)\.(\w+)(?:\.(\w+))?(?:\(.*\))?")
_NAME = re.compile(r"[a-z]+(?:_[a-z]+)+|[A-Z]+(?:_[A-Z]+)*")

EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=name_of)


def code_of(page: Path) -> list[str]:
    """Return the code in the text of a page, without its fenced blocks."""
    text = re.sub(
        r"^`{3}.*?^`{3}", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    return _CODE.findall(text)


@cache
def sources() -> dict[Path, str]:
    """Return the text of each Python file of the package and its tests."""
    found = [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    return {path: path.read_text(encoding="utf-8") for path in found if path != Path(__file__)}


@cache
def attributes(name: str) -> frozenset[str]:
    """Return the attributes of a class of the package, with those of its bases."""
    found: set[str] = set()
    for path, text in sources().items():
        if PACKAGE in path.parents and re.search(rf"^class {name}\b", text, re.MULTILINE):
            for node in ast.parse(text).body:
                if isinstance(node, ast.ClassDef) and node.name == name:
                    found |= _attributes_in(node)
                    for base in node.bases:
                        found |= attributes(ast.unparse(base).partition("[")[0])
    return frozenset(found)


def _attributes_in(owner: ast.ClassDef) -> set[str]:
    found = set()
    for node in ast.walk(owner):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return found


@EVERY_PAGE
def test_the_files_on_a_page_exist(page: Path) -> None:
    paths = [code for code in code_of(page) if _PATH.fullmatch(code)]
    names = {path.name for path in sources()} | {path.name for path in ROOT.glob("*.*")}
    missing = [
        path
        for path in paths
        if not any((base / path).exists() for base in BASES)
        and not ("/" not in path and path in names)
    ]
    assert missing == []


@EVERY_PAGE
def test_the_attributes_on_a_page_exist(page: Path) -> None:
    missing = []
    for code in code_of(page):
        chain = _CHAIN.fullmatch(code)
        if chain is None or _PATH.fullmatch(code):
            continue
        first, second, third = chain.groups()
        if first == "Endpoint":
            known = hasattr(Endpoint, second)
        else:
            known = second in attributes(MEANT.get(first, first))
        if third is not None and second in MEANT:
            known = known and third in attributes(MEANT[second])
        if not known:
            missing.append(code)
    assert missing == []


@EVERY_PAGE
def test_the_names_on_a_page_exist(page: Path) -> None:
    names = {code for code in code_of(page) if _NAME.fullmatch(code)}
    missing = [
        name
        for name in names
        if not any(name in text for text in sources().values()) and not hasattr(botocore, name)
    ]
    assert missing == []
