"""What the pytest plugin costs a project that does not use it."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.measuring import Effort, Figure, Row, require

_IMPORT_PLUGIN = """
import sys, pytest
import membership_mock.pytest_plugin
print(sorted({"boto3", "botocore", "moto"} & set(sys.modules)))
"""


def plugin_import(effort: Effort) -> Figure:
    """Measure what importing the plugin adds to importing pytest."""
    taken = []
    for _ in range(effort.rounds // 4 + 2):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", _IMPORT_PLUGIN],
            cwd=Path(__file__).resolve().parents[2],
            # else each process compiles the file again, which users do not
            env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
            capture_output=True,
            text=True,
            check=True,
        )
        require(done.stdout.strip() == "[]", f"the plugin imports {done.stdout.strip()}")
        # Not indented: what the script itself imports. `import time: own | cumulative | name`
        found = re.findall(r"\| +(\d+) \| (membership_mock\S*)$", done.stderr, re.MULTILINE)
        require(found, "the plugin was not imported")
        taken.append(sum(int(microseconds) for microseconds, _ in found))
    middle = statistics.median(taken[1:])  # the first one may have to compile
    return Figure(middle / 1000, "ms", {"import": middle})


ROWS = [Row("import of the pytest plugin beyond pytest", 3.0, plugin_import)]
