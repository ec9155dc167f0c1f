"""Terraform, pointed at a server that shares its world with the tests."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from membership_mock.server.serving import serving

ADMINISTRATOR, MEMBER = "111122223333", "444455556666"


@pytest.fixture
def endpoint(membership_mock):
    """The URL of the server, which runs in threads of the test."""
    with serving(membership_mock) as url:
        yield url


@pytest.fixture
def terraform(endpoint, tmp_path):
    """Runs terraform on a copy of the project; skips the test where it is not installed."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")
    shutil.copy(Path(__file__).with_name("main.tf"), tmp_path)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CHECKPOINT_DISABLE": "1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": ADMINISTRATOR,  # twelve digits: the account that calls
        "AWS_SECRET_ACCESS_KEY": "any",
        "TF_VAR_administrator": ADMINISTRATOR,
        "TF_VAR_member": MEMBER,
        "TF_VAR_email": "security@shop.example",
    }

    def run(*arguments, statuses=(0,)):
        done = subprocess.run(
            ["terraform", *arguments, "-no-color"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode in statuses, done.stdout + done.stderr
        return done

    # A folder with the provider, as `terraform providers mirror` writes it, spares the download.
    plugins = os.environ.get("TERRAFORM_PLUGIN_DIR")
    run("init", "-input=false", *([f"-plugin-dir={plugins}"] if plugins else []))
    return run
