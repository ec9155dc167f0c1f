"""Each project below docs/examples passes its own tests, in a folder and with settings of its own.

`MEMBERSHIP_MOCK_TERRAFORM_PLUGINS` names a folder with Terraform's provider of AWS, as
``terraform providers mirror`` writes it. Without it, the project of Terraform is skipped here: its
test takes half a minute.
"""

from __future__ import annotations

import os
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.documentation.pages import DOCS, ROOT, links
from tests.forked_pytest import ForkedPytest

PROJECTS = sorted(path.parent for path in (DOCS / "examples").glob("*/README.md"))
EVERY_PROJECT = pytest.mark.parametrize(
    "project", [pytest.param(project, id=project.name) for project in PROJECTS]
)
INDEX = DOCS / "how-to" / "examples.md"
PLUGINS = "MEMBERSHIP_MOCK_TERRAFORM_PLUGINS"


def skip_what_cannot_run(project: Path) -> None:
    """Skip the test of a project that needs what is not here."""
    if project.name == "async-findings" and find_spec("aiobotocore") is None:
        pytest.skip("aiobotocore is not installed")
    if project.name == "terraform-members":
        if shutil.which("terraform") is None:
            pytest.skip("terraform is not installed")
        if PLUGINS not in os.environ:
            pytest.skip(f"{PLUGINS} does not say where the provider is")


@EVERY_PROJECT
def test_the_tests_of_the_project_pass(
    project: Path, tmp_path: Path, forked_pytest: ForkedPytest
) -> None:
    skip_what_cannot_run(project)
    folder = tmp_path / project.name
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    nowhere = str(tmp_path / "nowhere")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "MOTO_", "MEMBERSHIP_MOCK_"))
    }
    environment |= {
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "PYTHONPATH": str(ROOT),
    }
    if PLUGINS in os.environ:
        environment["TERRAFORM_PLUGIN_DIR"] = os.environ[PLUGINS]
    arguments = ["-W", "error", "--strict-markers", "--strict-config", "-p", "no:xdist"]
    done = forked_pytest.run(
        [*arguments, "-p", "no:cacheprovider", "-rs"], cwd=folder, env=environment
    )
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr
    assert re.search(r"^rootdir: .*" + project.name + "$", done.stdout, re.MULTILINE)
    last = done.stdout.splitlines()[-1]
    assert re.search(r"\d+ passed", last)
    assert "skipped" not in last


@EVERY_PROJECT
def test_the_page_of_the_project_links_to_every_file_of_it(project: Path) -> None:
    files = {path.name for path in project.iterdir() if path.is_file()} - {"README.md"}
    assert files == {link for link in links(project / "README.md") if "/" not in link}


def test_the_list_of_examples_has_every_project() -> None:
    named = {link.split("/")[2] for link in links(INDEX) if link.startswith("../examples/")}
    assert named == {project.name for project in PROJECTS}
    assert len(PROJECTS) == 8
