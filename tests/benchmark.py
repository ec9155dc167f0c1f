"""What the mock costs, as ratios taken in one run: `python tests/benchmark.py --help`.

Contenders take turns (A B, B A, …), so the noise of the machine hits all alike. A figure is the
median, over all rounds, of the ratio within one round; times are medians (p50), except where they
are called a mean. The *floor* is botocore with a ``before-send`` handler that returns canned bytes,
the bytes that the mock has answered: nothing that works through botocore can cost less.

To add a row, append a `Row` to `ROWS`: a name, a bar, a function. Times never fail the run (exit
status 1); a wrong answer does.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from importlib.metadata import version
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import boto3
from botocore.awsrequest import AWSResponse
from moto import mock_aws
from moto.core.models import botocore_stubber

from membership_mock import mock_membership
from membership_mock.engine import running
from tests.samples import TEAM, case_input, new_case, new_membership

ACCOUNT = "111122223333"
REGION = "eu-west-1"
PAGE = 25
CASES = 10
#: calls at the start of a turn that do not count
WARM_UP = 2
#: how many calls of each contender there are between two runs of the garbage collector
COLLECT_EVERY = 40
#: enough for the garbage collector to look at everything several times
TESTS_IN_A_SUITE = 20

Action = Callable[[], Any]
Test = Callable[[Callable[[], Any]], None]
#: Prepares what a contender needs, and gives the call that is measured.
Contender = Callable[[], AbstractContextManager[Action]]


@dataclass(frozen=True)
class Effort:
    """How much is repeated, and how far the sizes go."""

    rounds: int
    calls: int
    suites: int
    sizes: tuple[int, ...]


FULL = Effort(rounds=60, calls=20, suites=5, sizes=(1_000, 10_000, 100_000))
QUICK = Effort(rounds=10, calls=10, suites=1, sizes=(1_000, 10_000))


@dataclass(frozen=True)
class Figure:
    """What a row has measured.

    Attributes:
        value: what the bar limits.
        unit: ``x`` for a ratio, or ``ms``.
        parts: the times behind it, in microseconds.
    """

    value: float
    unit: str
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Row:
    """A line of the table; a bar of None means that it stands there for comparison."""

    name: str
    bar: float | None
    measure: Callable[[Effort], Figure]


@dataclass
class Result:
    """A row, measured."""

    name: str
    bar: float | None
    value: float | None = None
    unit: str = ""
    parts: Mapping[str, float] = field(default_factory=dict)
    verdict: str = "WRONG"


class Wrong(Exception):
    """Something does not work as it should, so its time means nothing."""


def require(condition: object, text: str) -> None:
    """Stop a row whose contender does not do what it is measured for."""
    if not condition:
        raise Wrong(text)


# --- taking turns -------------------------------------------------------------------------------


class Times:
    """Nanoseconds by contender: a list of rounds, each a list of calls.

    Args:
        contenders: who is measured.
        mean: look at means rather than at medians.
    """

    def __init__(self, contenders: Mapping[str, Contender], *, mean: bool) -> None:
        self.rounds: dict[str, list[list[int]]] = {name: [] for name in contenders}
        self._middle: Callable[[Iterable[int]], float] = (
            statistics.fmean if mean else statistics.median
        )

    def middle(self, name: str) -> float:
        """Return the middle of all calls, in microseconds."""
        return self._middle(ns for calls in self.rounds[name] for ns in calls) / 1000

    def ratio(self, name: str, base: str) -> float:
        """Return how much longer ``name`` takes than ``base``: the median over the rounds."""
        pairs = zip(self.rounds[name], self.rounds[base], strict=True)
        return statistics.median(self._middle(a) / self._middle(b) for a, b in pairs)

    def figure(self, name: str, base: str) -> Figure:
        """Return the ratio of two contenders with the times of all."""
        ratio = self.ratio(name, base)
        return Figure(ratio, "x", {each: self.middle(each) for each in self.rounds})


def take_turns(
    contenders: Mapping[str, Contender],
    rounds: int,
    calls: int = 1,
    *,
    suite: bool = False,
) -> Times:
    """Measure the contenders one after another, in every round, in alternating order.

    Args:
        contenders: what is compared, by name.
        rounds: how often each one has its turn.
        calls: how many calls a turn has.
        suite: a turn is like a suite of tests: the garbage collector is on, and what it costs now
            and then counts, in a mean. Otherwise it is off, and works between the turns.
    """
    times = Times(contenders, mean=suite)
    names = list(contenders)
    for contender in contenders.values():
        _measure(contender, WARM_UP)
    gc.collect()
    if not suite:
        gc.freeze()
        gc.disable()
    try:
        for number in range(rounds):
            if not suite and number % (1 + COLLECT_EVERY // calls) == 0:
                gc.collect()
            for name in names if number % 2 else names[::-1]:
                if suite:
                    gc.collect()
                times.rounds[name].append(_measure(contenders[name], calls))
    finally:
        gc.enable()
        gc.unfreeze()
    return times


def _ready(act: Action) -> Contender:
    """Return a contender that has nothing to prepare."""
    return lambda: nullcontext(act)


def _measure(contender: Contender, calls: int) -> list[int]:
    clock = time.perf_counter_ns
    taken = []
    with contender() as act:
        for _ in range(WARM_UP if calls > 1 else 0):
            act()
        for _ in range(calls):
            start = clock()
            act()
            taken.append(clock() - start)
    return taken


# --- one call -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """One call of one operation.

    Attributes:
        service: the service's id.
        method: the client's method.
        prepare: fills an empty world and returns the parameters of the call; it is done anew for
            every round, so a quota has to last for one round only.
        check: says whether the answer is right.
    """

    service: str
    method: str
    prepare: Callable[[Any], dict[str, Any]]
    check: Callable[[dict[str, Any]], bool]


def one_call(scene: Scene, mock: Callable[[], Any], effort: Effort) -> Figure:
    """Measure a call inside ``mock`` against the floor."""
    with mock():
        client = _client(scene.service)

    @contextmanager
    def mocked() -> Iterator[Action]:
        with mock():
            yield partial(getattr(client, scene.method), **scene.prepare(client))

    sent: list[dict[str, Any]] = []
    watched = _client(scene.service)
    watched.meta.events.register(
        "before-parse", lambda response_dict, **_: sent.append(response_dict)
    )
    with mock():
        parameters = scene.prepare(watched)
        expected = getattr(watched, scene.method)(**parameters)
    require(scene.check(expected), f"{scene.method} answered {expected}")
    bare = _floor(scene.service, sent[-1])
    call = partial(getattr(bare, scene.method), **parameters)
    require(_content(call()) == _content(expected), "the floor answers something else")
    contenders: dict[str, Contender] = {"floor": _ready(call), "mock": mocked}
    return take_turns(contenders, effort.rounds, effort.calls).figure("mock", "floor")


def _client(service: str) -> Any:
    return boto3.Session(
        aws_access_key_id=ACCOUNT, aws_secret_access_key="benchmark", region_name=REGION
    ).client(service)


def _floor(service: str, answer: dict[str, Any]) -> Any:
    """Return a client that answers everything with the same bytes, and knows no mock."""
    client = _client(service)
    status, headers, body = answer["status_code"], dict(answer["headers"]), answer["body"]

    def send_canned(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, status, headers, _Raw(body))

    client.meta.events.unregister("before-send", botocore_stubber)
    client.meta.events.register_first("before-send", send_canned)
    return client


class _Raw(BytesIO):
    def stream(self, amt: int | None = None, decode_content: bool | None = None) -> Iterator[bytes]:
        del amt, decode_content
        if chunk := self.read():
            yield chunk


def _content(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _with_membership(client: Any) -> dict[str, Any]:
    return {"membershipId": new_membership(client)}


def _with_cases(client: Any) -> dict[str, Any]:
    new_membership(client)
    for _ in range(CASES):
        new_case(client)
    return {}


def _for_create_case(client: Any) -> dict[str, Any]:
    new_membership(client)
    return case_input()


def _for_create_comment(client: Any) -> dict[str, Any]:
    new_membership(client)
    return {"caseId": new_case(client), "body": "The key was rotated."}


def _with_hub(client: Any) -> dict[str, Any]:
    client.enable_security_hub()
    return {}


def _with_members(client: Any) -> dict[str, Any]:
    client.enable_security_hub()
    details = [
        {"AccountId": f"{n:012d}", "Email": f"a{n}@example.com"} for n in range(1, CASES + 1)
    ]
    client.create_members(AccountDetails=details)
    return {"OnlyAssociated": False}


# --- enter, exit, and a whole test --------------------------------------------------------------


def enter_and_exit_ratio(effort: Effort) -> Figure:
    """Measure starting and stopping `mock_membership` against `mock_aws`."""
    contenders = {
        "mock_membership": _ready(partial(enter_and_exit, mock_membership)),
        "mock_aws": _ready(partial(enter_and_exit, mock_aws)),
    }
    return take_turns(contenders, effort.rounds, effort.calls).figure(*contenders)


def whole_test(ours: Test, theirs: Test, effort: Effort) -> Figure:
    """Measure a suite of tests with `mock_membership` against one with `mock_aws`."""
    contenders = {
        "mean with mock_membership": _ready(partial(ours, mock_membership)),
        "mean with mock_aws": _ready(partial(theirs, mock_aws)),
    }
    times = take_turns(contenders, effort.suites, TESTS_IN_A_SUITE, suite=True)
    return times.figure(*contenders)


def enter_and_exit(mock: Callable[[], Any]) -> None:
    """Start a mock and stop it."""
    with mock():
        pass


def security_ir_test(mock: Callable[[], Any]) -> None:
    """Do what a small test does."""
    with mock():
        client = boto3.client("security-ir", region_name=REGION)
        made = client.create_membership(membershipName="Incidents", incidentResponseTeam=TEAM)
        got = client.get_membership(membershipId=made["membershipId"])
        listed = client.list_memberships()["items"]
    require(got["membershipStatus"] == "Active" and len(listed) == 1, "no membership was made")


def securityhub_test(mock: Callable[[], Any]) -> None:
    """Do what a small test does."""
    with mock():
        client = boto3.client("securityhub", region_name=REGION)
        client.enable_security_hub()
        hub = client.describe_hub()["HubArn"]
        listed = client.list_members()["Members"]
    require(hub and listed == [], "the hub was not enabled")


# --- pages of a long list -----------------------------------------------------------------------


class Comments:
    """A case with so many comments, and the tokens of its pages."""

    def __init__(self, client: Any, size: int) -> None:
        self.size = size
        self.client = client
        self.case_id = new_case(client)
        self._fill()
        self.tokens: list[str | None] = [None]
        seen: list[str] = []
        while len(self.tokens) <= size // PAGE:
            answer = self.page(self.tokens[-1])
            seen += [comment["commentId"] for comment in answer["items"]]
            require(answer["total"] == size, f"total is {answer['total']}, not {size}")
            if "nextToken" not in answer:
                break
            self.tokens.append(answer["nextToken"])
        require(
            seen == [f"{n:06d}" for n in range(size)], f"a walk over {size} comments misses some"
        )

    def page(self, token: str | None) -> dict[str, Any]:
        """Return the page behind a token."""
        chosen = {} if token is None else {"nextToken": token}
        answer: dict[str, Any] = self.client.list_comments(
            caseId=self.case_id, maxResults=PAGE, **chosen
        )
        return answer

    def at(self, place: float) -> Action:
        """Return the call for the page at ``place``: 0 is the first, 1 the last."""
        return partial(self.page, self.tokens[round(place * (len(self.tokens) - 1))])

    def _fill(self) -> None:
        """Send one prepared request over and over: boto3 would take most of the time."""
        self.client.create_case_comment(caseId=self.case_id, body="x")
        state = running.require()
        request = replace(state.record.entries[-1].request, body=b'{"body": "Still looking."}')
        for _ in range(self.size - 1):
            answer = state.road.serve("security-ir", "CreateCaseComment", request)
            require(answer.status == 201, f"CreateCaseComment answered {answer}")
        state.record.entries.clear()


@contextmanager
def _long_lists(sizes: Sequence[int]) -> Iterator[list[Comments]]:
    with mock_membership(account=ACCOUNT, region=REGION) as mock:
        client = mock.client("security-ir")
        new_membership(client)
        yield [Comments(client, size) for size in sizes]


def one_page(place: float, effort: Effort) -> Figure:
    """Measure a page of the longest list against the same of the shortest."""
    with _long_lists(effort.sizes) as lists:
        contenders: dict[str, Contender] = {
            f"{each.size:,}": _ready(each.at(place)) for each in lists
        }
        times = take_turns(contenders, effort.rounds * 5)
    return times.figure(f"{lists[-1].size:,}", f"{lists[0].size:,}")


def full_walk(effort: Effort) -> Figure:
    """Measure a walk over the longest list, page by page, next to walks over the shortest.

    The figure is of totals, not of medians, so a page now and then that costs much would show.
    """
    with _long_lists((effort.sizes[0], effort.sizes[-1])) as (short, long):

        def walk(case: Comments) -> Contender:
            places = cycle(case.tokens)
            return _ready(lambda: case.page(next(places)))

        contenders = {f"{each.size:,}": walk(each) for each in (short, long)}
        times = take_turns(contenders, len(long.tokens))
    names = list(contenders)
    totals = {name: sum(map(sum, times.rounds[name])) for name in names}
    pages = len(times.rounds[names[0]])
    parts = {f"{name}, per page": totals[name] / pages / 1000 for name in names}
    return Figure(totals[names[1]] / totals[names[0]], "x", parts)


# --- the plugin, unused -------------------------------------------------------------------------

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
            cwd=Path(__file__).resolve().parents[1],
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


# --- rows ---------------------------------------------------------------------------------------

CALLS = [
    Scene(
        "security-ir",
        "get_membership",
        _with_membership,
        lambda answer: answer["membershipStatus"] == "Active",
    ),
    Scene("security-ir", "list_cases", _with_cases, lambda answer: len(answer["items"]) == CASES),
    Scene("security-ir", "create_case", _for_create_case, lambda answer: "caseId" in answer),
    Scene(
        "security-ir",
        "create_case_comment",
        _for_create_comment,
        lambda answer: answer["commentId"] == "000000",
    ),
]

CALLS_OF_MOTO = [
    Scene("securityhub", "describe_hub", _with_hub, lambda answer: "HubArn" in answer),
    Scene(
        "securityhub", "list_members", _with_members, lambda answer: len(answer["Members"]) == CASES
    ),
]

ROWS = [
    *(
        Row(
            f"one call, {scene.service} {scene.method} / floor",
            1.20,
            partial(one_call, scene, mock_membership),
        )
        for scene in CALLS
    ),
    *(
        Row(
            f"one call, moto's {scene.service} {scene.method} / floor",
            None,
            partial(one_call, scene, mock_aws),
        )
        for scene in CALLS_OF_MOTO
    ),
    Row("enter + exit / mock_aws", 0.5, enter_and_exit_ratio),
    Row(
        "a whole test of security-ir / of securityhub in mock_aws",
        0.10,
        partial(whole_test, security_ir_test, securityhub_test),
    ),
    Row(
        "a whole test of securityhub / the same in mock_aws",
        None,
        partial(whole_test, securityhub_test, securityhub_test),
    ),
    Row("a page, at the beginning: the longest list / the shortest", 1.5, partial(one_page, 0.0)),
    Row("a page, in the middle: the longest list / the shortest", 1.5, partial(one_page, 0.5)),
    Row("a page, at the end: the longest list / the shortest", 1.5, partial(one_page, 1.0)),
    Row("a full walk, per page: the longest list / the shortest", 1.5, full_walk),
    Row("import of the pytest plugin beyond pytest", 5.0, plugin_import),
]


# --- output -------------------------------------------------------------------------------------


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
    parts = ", ".join(f"{name} {time:,.0f} µs" for name, time in result.parts.items())
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
    for row in ROWS:
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
