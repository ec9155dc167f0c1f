"""The releases of aiobotocore that the page on it names are those that are tested."""

from __future__ import annotations

import re
from importlib import metadata

import pytest

from membership_mock.engine.adapters import aiobotocore_clients
from tests.documentation.pages import DOCS, ROOT, table

PAGE = DOCS / "how-to" / "async.md"
#: by release of aiobotocore, what the page says of it
ROWS = {row[0]: row[1:] for row in table(PAGE, "Releases that go together")[1:]}
TESTED = [release for release, row in ROWS.items() if row[-1] == "yes, tested"]


def test_the_oldest_tested_release_is_the_lower_bound() -> None:
    oldest = TESTED[0]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'async = ["aiobotocore>={oldest}"]' in project
    assert f"aiobotocore=={oldest}\n" in (ROOT / ".ci/lowest.txt").read_text(encoding="utf-8")


def test_the_message_about_other_releases_names_those_that_are_tested() -> None:
    assert " to ".join(TESTED) == aiobotocore_clients._TESTED


def test_an_installed_release_takes_the_botocore_that_the_page_says() -> None:
    release = pytest.importorskip("aiobotocore").__version__
    if release not in ROWS:
        pytest.skip(f"the page does not name aiobotocore {release}")
    (bounds,) = (each for each in metadata.requires("aiobotocore") or () if "botocore<" in each)
    first = re.search(r">=([0-9.]+)", bounds)
    beyond = re.search(r"<([0-9.]+)\.([0-9]+)", bounds)
    assert first
    assert beyond
    last = f"{beyond[1]}.{int(beyond[2]) - 1}"
    assert ROWS[release][0] == f"{first[1]} to {last}"
