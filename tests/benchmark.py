"""What the mock costs, as ratios taken in one run: `python tests/benchmark.py --help`.

Contenders take turns (A B, B A, …), so the noise of the machine hits all alike. A figure is the
median, over all rounds, of the ratio within one round; times are medians (p50), except where they
are called a mean. The *floor* is botocore with a ``before-send`` handler that returns canned bytes,
the bytes that the mock has answered: nothing that works through botocore can cost less.

The rows stand in `tests/benchmarks/`, a module per subject; every module there that has `ROWS` is
found. Times never fail the run (exit status 1); a wrong answer does.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import iter_modules

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import benchmarks
from tests.benchmarks.measuring import FULL, QUICK, Effort, Row

#: whose rows come first, in this order; those of all other modules follow by the module's name
FIRST = (
    "calls",
    "roll_out",
    "whole_tests",
    "comments",
    "members",
    "findings",
    "collaborations",
    "snapshots",
    "plugin_import",
)


def all_rows() -> Iterator[Row]:
    """Return the rows of every module of `tests.benchmarks`."""
    others = sorted({found.name for found in iter_modules(benchmarks.__path__)} - {*FIRST})
    for name in (*FIRST, *others):
        yield from getattr(import_module(f"tests.benchmarks.{name}"), "ROWS", ())


@dataclass
class Result:
    """A row, measured."""

    name: str
    bar: float | None
    value: float | None = None
    unit: str = ""
    parts: Mapping[str, float] = field(default_factory=dict)
    verdict: str = "WRONG"


def run(row: Row, effort: Effort) -> Result:
    """Measure a row; what is wrong is told on stderr."""
    result = Result(row.name, row.bar)
    try:
        figure = row.measure(effort)
    except Exception:  # noqa: BLE001  the other rows are worth having
        traceback.print_exc()
        return result
    result.value, result.unit, result.parts = figure.value, figure.unit, figure.parts
    if row.bar is None:
        result.verdict = ""
    else:
        result.verdict = "PASS" if figure.value <= row.bar else "over"
    return result


def cells(result: Result) -> tuple[str, ...]:
    """Return a row of the table as text."""
    measured = "" if result.value is None else f"{result.value:.2f} {result.unit}"
    parts = ", ".join(
        f"{name} {time:,.{0 if time >= 100 else 1}f} µs" for name, time in result.parts.items()
    )
    return (
        result.name,
        measured,
        "" if result.bar is None else f"≤ {result.bar:.2f}",
        result.verdict,
        parts,
    )


def table(results: Sequence[Result]) -> str:
    """Return the results as a table in Markdown."""
    head = ("What", "Measured", "Bar", "Verdict", "Times")
    lines = [head, ("---",) * len(head), *map(cells, results)]
    taken_with = ", ".join(f"{name} {value}" for name, value in environment().items())
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + f"\n\nTaken with {taken_with}."


def environment() -> dict[str, str]:
    """Return what the figures were taken with."""
    packages = {name: version(name) for name in ("moto", "boto3", "botocore")}
    return {"python": platform.python_version(), "machine": platform.machine(), **packages}


def main() -> int:
    """Run the benchmark and return the exit status."""
    parser = argparse.ArgumentParser(description="Measure what the mock costs.")
    parser.add_argument("--quick", action="store_true", help="few repetitions and short lists")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures to FILE")
    parser.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    parser.add_argument("--only", metavar="TEXT", default="", help="rows whose name has TEXT")
    chosen = parser.parse_args()
    effort = QUICK if chosen.quick else FULL
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "MOTO_ACCOUNT_ID"):
        os.environ.pop(name, None)
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    results = []
    for row in all_rows():
        if chosen.only in row.name:
            results.append(run(row, effort))
            if not chosen.markdown:
                name, measured, bar, verdict, parts = cells(results[-1])
                print(f"{name:<58} {measured:>8} {bar:>7} {verdict:<5} {parts}", flush=True)
    if chosen.markdown:
        print(table(results))
    if chosen.json:
        figures = {"environment": environment(), "quick": chosen.quick}
        rows = [asdict(result) for result in results]
        chosen.json.write_text(json.dumps({**figures, "rows": rows}, indent=2) + "\n")
    return int(any(result.verdict == "WRONG" for result in results))


if __name__ == "__main__":
    sys.exit(main())
