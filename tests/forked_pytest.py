"""Runs of pytest in processes of their own that need not import pytest, boto3 and moto again.

Most of the time of a child process goes into these imports. So one process, the parent, imports
them once and forks for each run: a run has its own modules, environment, folder and exit code, as
a process that is started by a shell, and begins after a few milliseconds. The parent has a single
thread, so that a fork is safe, and runs nothing itself after its own first run.

What a test proves about a process that has imported nothing yet needs ``pytester.run(sys.executable,
"-m", "pytest")`` or ``subprocess``. On a system without fork, every run is such a process.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.forking_process import ForkingProcess

#: how many seconds the whole suite may wait for one run before it counts as hung
PATIENCE = 300

#: What the parent runs itself, so that the modules which most runs need are imported: a mock with
#: calls to each service and to moto, and a failure, which imports what pytest reports it with.
WARM_UP = """
import pytest


def test_calls(membership_mock):
    for service in ("security-ir", "cleanrooms"):
        membership_mock.client(service, region="us-east-1").list_memberships()
    membership_mock.client("securityhub", region="us-east-1").enable_security_hub()
    membership_mock.client("sts").get_caller_identity()
    membership_mock.client("s3").list_buckets()
    organizations = membership_mock.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    raise AssertionError(str(membership_mock))
"""


class ForkedPytest:
    """The parent process, seen from the tests: it starts with the first run, and ends with them."""

    def __init__(self) -> None:
        self._parent = ForkingProcess(__name__)

    def run(
        self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run ``python -m pytest`` with arguments; return its exit code and what it printed."""
        if not hasattr(os, "fork"):
            return subprocess.run(
                [sys.executable, "-m", "pytest", *arguments],
                cwd=cwd,
                env=dict(env),
                check=False,
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=PATIENCE,
            )
        with tempfile.TemporaryDirectory(prefix="forked-pytest-") as folder:
            asked = {
                "arguments": [str(each) for each in arguments],
                "cwd": str(cwd),
                "env": dict(env),
                "folder": folder,
            }
            code = self._parent.ask(asked)
            printed = [
                (Path(folder) / name).read_text(encoding="utf-8", errors="replace")
                for name in ("out", "err")
            ]
        return subprocess.CompletedProcess(asked["arguments"], code, *printed)

    def close(self) -> None:
        """End the parent."""
        self._parent.close()


class ForkingPytester:
    """What replaces ``pytester.run``: `runpytest_subprocess` forks, other commands do not."""

    def __init__(self, pytester: pytest.Pytester, forked: ForkedPytest) -> None:
        self._pytester = pytester
        self._forked = forked
        self._run = pytester.run

    def __call__(self, *command: Any, **options: Any) -> pytest.RunResult:
        """Run a command in the folder of the test."""
        if options.pop("timeout", None) is not None or command[:2] != (sys.executable, "-mpytest"):
            return self._run(*command, **options)
        path = os.pathsep.join(filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH", "")]))
        began = time.perf_counter()
        done = self._forked.run(
            command[2:], cwd=self._pytester.path, env={**os.environ, "PYTHONPATH": path}
        )
        code: int | pytest.ExitCode = done.returncode
        with contextlib.suppress(ValueError):
            code = pytest.ExitCode(code)
        print(done.stdout)  # for the report of a test that fails
        print(done.stderr, file=sys.stderr)
        return pytest.RunResult(
            code, done.stdout.splitlines(), done.stderr.splitlines(), time.perf_counter() - began
        )


# --- in the parent process ---


def _serve() -> None:
    """Read what to run from standard input, a line each, and answer with its exit code."""
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)  # what the first run prints is for nobody
    _warm_up()
    gc.collect()
    gc.freeze()  # a collection in a run need not look through, and copy, what was there before
    for line in requests:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            requests.close()
            answers.close()
            _be_a_run(asked)
        answers.write(f"{_exit_code_of(child)}\n")
        answers.flush()
    os._exit(0)  # nothing is left to tidy up


def _warm_up() -> None:
    path, modules = list(sys.path), set(sys.modules)
    with tempfile.TemporaryDirectory() as folder:
        test = Path(folder) / "test_warm_up.py"
        test.write_text(WARM_UP, encoding="utf-8")
        code = pytest.main(
            [
                "-p",
                "no:cacheprovider",
                "-p",
                "no:faulthandler",
                "-c",
                os.devnull,
                f"--rootdir={folder}",
                str(test),
            ]
        )
    assert code == pytest.ExitCode.TESTS_FAILED, code
    sys.path[:] = path
    for name in sys.modules.keys() - modules:
        if name.startswith("test_"):
            del sys.modules[name]


def _exit_code_of(child: int) -> int:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.killpg(child, 9)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _be_a_run(asked: dict[str, Any]) -> None:
    """Be a process that was just started with ``python -m pytest``."""
    code = 70
    try:
        os.setsid()
        os.chdir(asked["cwd"])
        for number, name in ((1, "out"), (2, "err")):
            file = os.open(Path(asked["folder"]) / name, os.O_CREAT | os.O_WRONLY, 0o600)
            os.dup2(file, number)
            os.close(file)
        os.environ.clear()
        os.environ.update(asked["env"])
        time.tzset()
        more = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
        sys.path[0:1] = [asked["cwd"], *more]
        sys.argv = [pytest.__file__, *asked["arguments"]]
        code = int(pytest.main())
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  nothing may get back into the loop of the parent
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
