"""The first mocked test of a process: imports, a mock, a client and a call."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import Effort, Figure, Row, require

#: what each process runs; it prints the microseconds of processor time that it took
_FIRST_TEST = """
import time
start = time.process_time_ns()
import boto3
{imports}
with {mock}():
    client = boto3.client("securityhub", region_name="eu-west-1")
    client.enable_security_hub()
    {more}
print((time.process_time_ns() - start) // 1000)
"""

#: a call to a service of moto's, which starts moto
_OF_MOTO = 'boto3.client("sts", region_name="eu-west-1").get_caller_identity()'

_FIRST_CLIENT = """
import time
start = time.process_time_ns()
import boto3
boto3.client("securityhub", region_name="eu-west-1")
print((time.process_time_ns() - start) // 1000)
"""


def _programs(more: str) -> dict[str, str]:
    return {
        "mock_membership": _FIRST_TEST.format(
            imports="from membership_mock import mock_membership", mock="mock_membership", more=more
        ),
        "mock_aws": _FIRST_TEST.format(
            imports="from moto import mock_aws", mock="mock_aws", more=more
        ),
        "boto3 and a client alone": _FIRST_CLIENT,
    }


def first_test(more: str, effort: Effort) -> Figure:
    """Measure the first test of a process against the same in `mock_aws`, in turns.

    The third part is what neither mock can save.

    Args:
        more: what the test does after its first call.
        effort: how often.
    """
    programs = _programs(more)
    taken: dict[str, list[int]] = {name: [] for name in programs}
    for number in range(effort.rounds // 6 + 2):
        for name in list(programs)[:: 1 if number % 2 else -1]:
            taken[name].append(_processor_time(programs[name]))
    # the first of each may have to compile
    ours, theirs, alone = (statistics.median(times[1:]) for times in taken.values())
    return Figure(ours / theirs, "x", dict(zip(programs, (ours, theirs, alone), strict=True)))


def _processor_time(program: str) -> int:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).resolve().parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    require(done.returncode == 0, f"the first test fails: {done.stderr}")
    return int(done.stdout)


ROWS = [
    Row("the first mocked test of a process / mock_aws", 0.50, partial(first_test, "pass")),
    Row(
        "the first mocked test of a process, with a call to moto's STS / mock_aws",
        None,
        partial(first_test, _OF_MOTO),
    ),
]
