"""Programs in processes that have imported boto3 and this package, but not moto.

The imports take longer than most of these programs. So one process makes them once, and forks for
each program. On a system without fork, each program is a process that is started anew.
"""

from __future__ import annotations

import json
import linecache
import os
import subprocess
import sys
import tempfile
import textwrap
import traceback
from pathlib import Path
from typing import Any

from tests.forking_process import ForkingProcess

#: what every program begins with; `moto_is_imported` must not import it
HEAD = """
import os, sys
import boto3
from membership_mock import mock_membership

def moto_is_imported():
    return any(name in sys.modules for name in ("moto", "responses", "requests"))

def client(service, **others):
    return boto3.client(service, region_name="us-east-1", **others)

os.environ.update(AWS_ACCESS_KEY_ID="mine", AWS_SECRET_ACCESS_KEY="secret")
os.environ.pop("AWS_SESSION_TOKEN", None)
assert not moto_is_imported()
"""

#: how many seconds a program may take
_PATIENCE = 120


class FreshProcesses:
    """Runs programs, from the first one until `close`."""

    def __init__(self) -> None:
        self._parent = ForkingProcess(__name__)

    def run(self, program: str, **environment: str) -> str:
        """Run a program after `HEAD`, and return what it prints.

        Args:
            program: its text, indented or not.
            **environment: variables besides those of the tests, without moto's and AWS's.

        Raises:
            AssertionError: it failed; the text is its traceback.
        """
        cleared = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MOTO_", "AWS_"))
        }
        text, variables = HEAD + textwrap.dedent(program), {**cleared, **environment}
        if not hasattr(os, "fork"):
            done = subprocess.run(
                [sys.executable, "-c", text],
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=False,
                env=variables,
            )
            assert done.returncode == 0, done.stderr
            return done.stdout
        with tempfile.TemporaryDirectory(prefix="fresh-process-") as folder:
            code = self._parent.ask({"program": text, "env": variables, "folder": folder})
            printed, failed = (Path(folder, name).read_text() for name in ("out", "err"))
        assert code == 0, failed or f"the program ended with {code}"
        return printed

    def close(self) -> None:
        """End the process that forks."""
        self._parent.close()


# --- in the process that forks ---


def _serve() -> None:
    """Read what to run from standard input, a line each, and answer with its exit code."""
    import boto3  # noqa: F401

    from membership_mock import mock_membership  # noqa: F401

    assert "moto" not in sys.modules
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(asked)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _run(asked: dict[str, Any]) -> None:
    """Be a process that was just started with the program, with a time limit."""
    import faulthandler

    folder = Path(asked["folder"])
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), number)
    faulthandler.dump_traceback_later(_PATIENCE, exit=True)
    os.environ.clear()
    os.environ.update(asked["env"])
    text, code = asked["program"], 0
    # so that a traceback shows the lines
    linecache.cache["program"] = (len(text), None, text.splitlines(keepends=True), "program")
    try:
        exec(compile(text, "program", "exec"), {"__name__": "__main__"})
    except BaseException:  # noqa: BLE001  whatever the program raises, its process ends
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve()
