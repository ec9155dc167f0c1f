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
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import boto3
from botocore.awsrequest import AWSResponse
from moto import mock_aws
from moto.core.models import botocore_stubber
from moto.organizations.models import FakeAccount, organizations_backends

from membership_mock import mock_membership
from membership_mock.cleanrooms.quotas import COLLABORATIONS, MEMBERSHIPS
from membership_mock.engine import running
from membership_mock.engine.state.quotas import set_limit
from tests.cleanrooms.collaboration_samples import join, new_collaboration
from tests.samples import TEAM, case_input, new_case, new_membership
from tests.securityhub.findings.finding_samples import finding

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
MANAGEMENT = "999999999999"
OTHER_MANAGEMENT = "888888888888"
REGION = "eu-west-1"
OTHER_REGION = "eu-central-1"
THIRD_REGION = "eu-north-1"
PAGE = 25
CASES = 10
#: how many members CreateMembers takes at once
BATCH = 50
#: how often it is called at each size: every time makes new hubs, and organizations have an end
CREATIONS = 16
#: where in a list a page is measured
PLACES = {"at the beginning": 0.0, "in the middle": 0.5, "at the end": 1.0}
#: an administrator has no more than 10,000 members, so other lists go no further either
LENGTHS = (1_000, 10_000)
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
        unit: ``x`` for a ratio, ``ms`` or ``µs``.
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


def _session(account: str = ACCOUNT, region: str = REGION) -> boto3.Session:
    return boto3.Session(
        aws_access_key_id=account, aws_secret_access_key="benchmark", region_name=region
    )


def _client(service: str) -> Any:
    return _session().client(service)


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


# --- long lists ---------------------------------------------------------------------------------


@dataclass
class LongList:
    """A list in which everything is known: ``expected`` is what a walk has to show, in order.

    Attributes:
        call: the client's method with the parameters that choose the list.
        expected: the ids of all entries.
        shown: where an answer has the entries, and an entry its id.
        asked: the parameters for the size of a page and for the page token.
        tokens: what leads to each page, as far as walked.
    """

    call: Callable[..., dict[str, Any]]
    expected: Sequence[str]
    shown: tuple[str, str]
    asked: tuple[str, str] = ("maxResults", "nextToken")
    tokens: list[str | None] = field(default_factory=lambda: [None])

    @property
    def name(self) -> str:
        """How long it is, for the table."""
        return f"{len(self.expected):,}"

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return -(-len(self.expected) // PAGE)

    def page(self, token: str | None) -> dict[str, Any]:
        """Return the page behind a token."""
        size_key, token_key = self.asked
        return self.call(**{size_key: PAGE}, **({} if token is None else {token_key: token}))

    def at(self, place: float) -> Action:
        """Return the call for the page at ``place``: 0 is the first, 1 the last."""
        return partial(self.page, self.tokens[round(place * (self.pages - 1))])

    def walk(self) -> Action:
        """Return what shows one page after the other, and then starts again."""
        entries, own_id = self.shown
        seen: list[str] = []
        number = 0

        def step() -> None:
            nonlocal number, seen
            answer = self.page(self.tokens[number])
            seen += [entry[own_id] for entry in answer[entries]]
            number += 1
            token = answer.get(self.asked[1])
            if token is None:
                require(seen == self.expected, f"a walk over {self.name} {entries} misses some")
                number, seen = 0, []
            elif number == len(self.tokens):
                self.tokens.append(token)

        return step


def walk_and_pages(lists: Sequence[LongList], effort: Effort) -> dict[str, Figure]:
    """Measure the longest of lists, the last one, against the shortest, the first one.

    Returns:
        Of a full walk (``walk``), a page in several places, and the worst of these (``page``). The
        figure of the walk is of totals, not of medians, so a page now and then that costs much
        would show; the shortest list is walked over and over.
    """
    short, long = lists[0], lists[-1]
    for between in lists[1:-1]:
        step = between.walk()
        for _ in range(between.pages):
            step()
    walks = {each.name: _ready(each.walk()) for each in (short, long)}
    times = take_turns(walks, long.pages)
    totals = {name: sum(map(sum, rounds)) for name, rounds in times.rounds.items()}
    parts = {f"{name}, per page": total / long.pages / 1000 for name, total in totals.items()}
    figures = {"walk": Figure(totals[long.name] / totals[short.name], "x", parts)}
    for where, place in PLACES.items():
        pages = {each.name: _ready(each.at(place)) for each in lists}
        figures[where] = take_turns(pages, effort.rounds * 5).figure(long.name, short.name)
    worst = max(PLACES, key=lambda where: figures[where].value)
    parts = {f"{name} {worst}": taken for name, taken in figures[worst].parts.items()}
    return {**figures, "page": replace(figures[worst], parts=parts)}


def one_of(figures: Callable[[Effort], Mapping[str, Figure]], name: str, effort: Effort) -> Figure:
    """Return one figure of several that are measured together, since filling a world takes long."""
    return figures(effort)[name]


@contextmanager
def _world() -> Iterator[None]:
    """Start a mock whose world is going to be large; the garbage collector stays out of the way."""
    gc.disable()
    try:
        with mock_membership():
            yield
    finally:
        gc.enable()


class Resend:
    """Sends the request that a client has sent last, with other bodies.

    Whatever fills a world goes through the rules, but boto3 would take most of the time.
    """

    def __init__(self) -> None:
        self._state = running.require()
        last = self._state.record.entries[-1]
        self._service, self._operation = last.context.service, last.context.operation
        self._request = last.request

    def __call__(self, body: Any) -> Any:
        """Send ``body`` as JSON and return what is answered."""
        request = replace(self._request, body=json.dumps(body).encode())
        answer = self._state.pipeline.serve(self._service, self._operation, request)
        self._state.record.entries.pop()
        require(answer.status < 300, f"{self._operation} answered {answer}")
        return json.loads(answer.body or b"{}")


def _lister(service: str, account: str = ACCOUNT, region: str = REGION) -> Any:
    """Return a client that leaves timestamps as they are: reading them would hide the rest."""
    session = _session(account, region)
    factory = session._session.get_component("response_parser_factory")
    factory.set_parser_defaults(timestamp_parser=lambda value: value)
    return session.client(service)


def _in_batches(entries: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (entries[start : start + size] for start in range(0, len(entries), size))


# --- security-ir: comments ----------------------------------------------------------------------


@cache
def comments(effort: Effort) -> Mapping[str, Figure]:
    """Measure the comments of cases."""
    with _world():
        client = _lister("security-ir")
        new_membership(client)
        return walk_and_pages([_comments(client, size) for size in effort.sizes], effort)


def _comments(client: Any, size: int) -> LongList:
    case_id = new_case(client)
    client.create_case_comment(caseId=case_id, body="x")
    comment = Resend()
    for _ in range(size - 1):
        comment({"body": "Still looking."})
    total = client.list_comments(caseId=case_id)["total"]
    require(total == size, f"total is {total}, not {size}")
    expected = [f"{n:06d}" for n in range(size)]
    call = partial(client.list_comments, caseId=case_id)
    return LongList(call, expected, ("items", "commentId"))


# --- the world, kept and brought back -----------------------------------------------------------


@cache
def worlds(effort: Effort) -> Mapping[str, Figure]:
    """Measure snapshots and dumps of worlds that consist of an organization and its members.

    Each member brings an account, a hub, two standards and an association.

    Returns:
        For each method of the mock, what it costs per member in the long world against the short
        one: 1 is in exact proportion to the world.
    """
    with _world(), mock_membership() as mock:
        kept: dict[int, tuple[Any, Any]] = {}
        for size in LENGTHS:
            mock.reset()
            admin_id, *ids = _organization(MANAGEMENT, size + 1)
            _members(_delegate(MANAGEMENT, admin_id, REGION), ids)
            kept[size] = mock.snapshot(), mock.dump()
        actions: dict[str, Callable[[int], Action]] = {
            "snapshot": lambda _: mock.snapshot,
            "restore": lambda size: partial(mock.restore, kept[size][0]),
            "dump": lambda _: mock.dump,
            "load": lambda size: partial(mock.load, kept[size][1]),
        }
        return {
            name: _per_member(
                {size: _in_world(mock, kept[size][0], action(size)) for size in LENGTHS}, effort
            )
            for name, action in actions.items()
        }


def _in_world(mock: Any, snapshot: Any, act: Action) -> Contender:
    @contextmanager
    def ready() -> Iterator[Action]:
        mock.restore(snapshot)
        yield act

    return ready


def _per_member(contenders: Mapping[int, Contender], effort: Effort) -> Figure:
    named = {f"{size:,}, per member": each for size, each in contenders.items()}
    times = take_turns(named, max(effort.rounds // 6, 3))
    (short, fewer), (long, many) = zip(named, contenders, strict=True)
    parts = {short: times.middle(short) / fewer, long: times.middle(long) / many}
    return Figure(times.ratio(long, short) * fewer / many, "x", parts)


# --- securityhub: members and findings ----------------------------------------------------------


@cache
def members(effort: Effort) -> Mapping[str, Figure]:
    """Measure the members of administrators, who have them by their organization.

    Without one, 1,000 members are the limit.

    Returns:
        What `walk_and_pages` does, and what CreateMembers costs with 10,000 members against its
        cost at the start (``many members``), and at the start in an organization of 10,000
        accounts against one of 1,000 (``many accounts``).
    """
    short, long = LENGTHS
    with _world():
        ids = _organization(MANAGEMENT, long + CREATIONS * BATCH + BATCH)
        admins = {
            region: _delegate(MANAGEMENT, ids[0], region)
            for region in (REGION, OTHER_REGION, THIRD_REGION)
        }
        lists = [
            _members(admins[REGION], ids[1 : short + 1]),
            _members(admins[OTHER_REGION], ids[1 : long + 1]),
        ]
        figures = walk_and_pages(lists, effort)

        # room for the batches of the warm-up, which stay, and for one more
        _remove_members(admins[OTHER_REGION], ids[long + 1 - 5 * BATCH : long + 1])
        small_ids = _organization(OTHER_MANAGEMENT, short)
        small = _delegate(OTHER_MANAGEMENT, small_ids[0], REGION)
        names = (
            f"at the start in an organization of {short:,}",
            f"in one of {long:,}",
            f"with {long:,} members",
        )
        contenders: dict[str, Contender] = {
            names[0]: partial(_create_members, small, iter([*_batches(small_ids[1:])])),
            names[1]: partial(_create_members, admins[THIRD_REGION], iter([*_batches(ids[1:])])),
            names[2]: partial(
                _create_members, admins[OTHER_REGION], iter([*_batches(ids[long + 1 :])])
            ),
        }
        times = take_turns(contenders, min(effort.rounds, CREATIONS - 4))
    parts = {f"{name}, per account": times.middle(name) / BATCH for name in names}
    return {
        **figures,
        "many members": Figure(times.ratio(names[2], names[1]), "x", parts),
        "many accounts": Figure(times.ratio(names[1], names[0]), "x", parts),
    }


def _organization(management: str, size: int) -> list[str]:
    """Return the accounts of a new organization, but for its management account.

    They are made by moto's class: CreateAccount takes moto longer the more accounts there are.
    """
    _lister("organizations", management).create_organization(FeatureSet="ALL")
    backend = organizations_backends[management]["aws"]
    made = [
        FakeAccount(backend.org, AccountName=f"account {n}", Email=f"a{n}@example.com")
        for n in range(size)
    ]
    backend.accounts += made
    for account in made:
        organizations_backends.master_accounts[account.id] = (management, "aws")
    return [account.id for account in made]


def _delegate(management: str, admin_id: str, region: str) -> Any:
    """Return a client of the account that administers the organization from now on."""
    hub = _lister("securityhub", management, region)
    hub.enable_organization_admin_account(AdminAccountId=admin_id)
    return _lister("securityhub", admin_id, region)


def _members(admin: Any, ids: Sequence[str]) -> LongList:
    admin.create_members(AccountDetails=[{"AccountId": ids[0]}])
    create = Resend()
    for batch in _in_batches(ids[1:], BATCH):
        answer = create({"AccountDetails": [{"AccountId": each} for each in batch]})
        require(answer["UnprocessedAccounts"] == [], f"CreateMembers answered {answer}")
    return LongList(admin.list_members, ids, ("Members", "AccountId"), ("MaxResults", "NextToken"))


def _remove_members(admin: Any, ids: Sequence[str]) -> None:
    for batch in _in_batches(ids, BATCH):
        admin.disassociate_members(AccountIds=batch)
        answer = admin.delete_members(AccountIds=batch)
        require(answer["UnprocessedAccounts"] == [], f"DeleteMembers answered {answer}")


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    return (list(batch) for batch in _in_batches(ids, BATCH) if len(batch) == BATCH)


@contextmanager
def _create_members(admin: Any, batches: Iterator[list[str]]) -> Iterator[Action]:
    """Yield what creates the next batch of members; the last one is removed afterwards."""
    batch: list[str] = []
    answer: dict[str, Any] = {}

    def create() -> None:
        nonlocal batch, answer
        batch = next(batches)
        answer = admin.create_members(AccountDetails=[{"AccountId": each} for each in batch])

    yield create
    require(answer["UnprocessedAccounts"] == [], f"CreateMembers answered {answer}")
    _remove_members(admin, batch)


#: what no finding of `_findings` matches, and what has all of them looked at
QUERIES: dict[str, dict[str, Any]] = {
    "SeverityLabel": {"SeverityLabel": [{"Value": "CRITICAL", "Comparison": "EQUALS"}]},
    "Title prefix": {"Title": [{"Value": "Closed", "Comparison": "PREFIX"}]},
    "UpdatedAt": {"UpdatedAt": [{"DateRange": {"Value": 1, "Unit": "DAYS"}}]},
}


@cache
def findings(effort: Effort) -> Mapping[str, Figure]:
    """Measure the findings of an account.

    Returns:
        What `walk_and_pages` does, and how long it takes to look at a finding in vain
        (``filtered``; a part for each of `QUERIES`, the figure is that of the first), or to sort
        it by its severity (``sorted``).
    """
    with _world():
        clients = [_lister("securityhub", account) for account in (ACCOUNT, OTHER_ACCOUNT)]
        lists = [
            _findings(client, account, size)
            for client, account, size in zip(
                clients, (ACCOUNT, OTHER_ACCOUNT), LENGTHS, strict=True
            )
        ]
        figures = walk_and_pages(lists, effort)
        search = clients[-1].get_findings
        for query in QUERIES.values():
            found = search(Filters=query)["Findings"]
            require(found == [], f"{query} finds {found[:1]}")
        contenders = {name: _ready(partial(search, Filters=each)) for name, each in QUERIES.items()}
        criteria = [{"Field": "SeverityLabel", "SortOrder": "asc"}]
        contenders["sorted"] = _ready(partial(search, SortCriteria=criteria, MaxResults=1))
        times = take_turns(contenders, effort.rounds // 3)
    each = {name: times.middle(name) / LENGTHS[-1] for name in contenders}
    sorting = each.pop("sorted")
    return {
        **figures,
        "filtered": Figure(each["SeverityLabel"], "µs", each),
        "sorted": Figure(sorting, "µs", {}),
    }


def _findings(client: Any, account: str, size: int) -> LongList:
    client.enable_security_hub()
    oldest = datetime(2026, 2, 1, tzinfo=timezone.utc)
    made = [
        finding(f"{n:06d}", account, UpdatedAt=(oldest + timedelta(minutes=n)).isoformat())
        for n in range(size)
    ]
    client.batch_import_findings(Findings=made[:1])
    bring = Resend()
    for batch in _in_batches(made[1:], 100):
        answer = bring({"Findings": batch})
        require(answer["FailedCount"] == 0, f"BatchImportFindings answered {answer}")
    # without sort criteria the latest update comes first
    expected = [each["Id"] for each in reversed(made)]
    return LongList(client.get_findings, expected, ("Findings", "Id"), ("MaxResults", "NextToken"))


# --- cleanrooms: collaborations and memberships -------------------------------------------------


@cache
def rooms(effort: Effort) -> Mapping[str, Figure]:
    """Measure the collaborations of accounts, and the memberships that they join all of them with.

    Returns:
        What `walk_and_pages` does of each, its names with ``collaborations`` or ``memberships``
        before them.
    """
    collaborations, memberships = [], []
    with _world():
        for client, ids in _rooms():
            collaborations.append(
                LongList(client.list_collaborations, ids, ("collaborationList", "id"))
            )
            joined = [join(client, ids[0])["id"]]
            again = Resend()
            for each in ids[1:]:
                answer = again({"collaborationIdentifier": each, "queryLogStatus": "DISABLED"})
                joined.append(answer["membership"]["id"])
            memberships.append(
                LongList(client.list_memberships, joined, ("membershipSummaries", "id"))
            )
        both = {"collaborations": collaborations, "memberships": memberships}
        return {
            f"{name} {key}": figure
            for name, lists in both.items()
            for key, figure in walk_and_pages(lists, effort).items()
        }


def _rooms() -> Iterator[tuple[Any, list[str]]]:
    """Yield clients of accounts, each with the ids of the collaborations that it has created."""
    for account, size in zip((ACCOUNT, OTHER_ACCOUNT), LENGTHS, strict=True):
        for quota in (COLLABORATIONS, MEMBERSHIPS):
            set_limit(running.require().world, quota, size, account, REGION)
        client = _lister("cleanrooms", account)
        ids = [new_collaboration(client)["id"]]
        create = Resend()
        body = {
            "name": "Shared room",
            "members": [],
            "creatorDisplayName": "Creator",
            "creatorMemberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            "queryLogStatus": "ENABLED",
        }
        ids += [create(body)["collaboration"]["id"] for _ in range(size - 1)]
        yield client, ids


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

CALLS_OF_BOTH = [
    Scene("securityhub", "describe_hub", _with_hub, lambda answer: "HubArn" in answer),
    Scene(
        "securityhub", "list_members", _with_members, lambda answer: len(answer["Members"]) == CASES
    ),
]

WALK = "a full walk, per page"
WORST_PAGE = "the worst page"

#: an operation, what measures its lists, and which of the figures stand in the table, as what
LONG_LISTS = [
    ("ListComments", comments, {"walk": WALK}),
    ("ListMembers", members, {"page": WORST_PAGE, "walk": WALK}),
    ("GetFindings", findings, {"page": WORST_PAGE, "walk": WALK}),
    *(
        (name, rooms, {f"{prefix} page": WORST_PAGE, f"{prefix} walk": WALK})
        for name, prefix in (
            ("ListCollaborations", "collaborations"),
            ("ListMemberships", "memberships"),
        )
    ),
]

ROWS = [
    *(
        Row(
            f"one call, {scene.service} {scene.method} / floor",
            1.20,
            partial(one_call, scene, mock_membership),
        )
        for scene in (*CALLS, *CALLS_OF_BOTH)
    ),
    *(
        Row(
            f"one call, moto's {scene.service} {scene.method} / floor",
            None,
            partial(one_call, scene, mock_aws),
        )
        for scene in CALLS_OF_BOTH
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
    *(
        Row(
            f"ListComments, a page {where}: longest / shortest",
            1.5,
            partial(one_of, comments, where),
        )
        for where in PLACES
    ),
    *(
        Row(f"{name}, {text}: longest / shortest", 1.5, partial(one_of, figures, key))
        for name, figures, texts in LONG_LISTS
        for key, text in texts.items()
    ),
    Row(
        "CreateMembers, with 10,000 members / at the start",
        1.5,
        partial(one_of, members, "many members"),
    ),
    Row(
        "CreateMembers, in organizations of 10,000 / of 1,000",
        None,
        partial(one_of, members, "many accounts"),
    ),
    Row(
        "GetFindings, per finding that does not match", None, partial(one_of, findings, "filtered")
    ),
    Row("GetFindings, per finding that is sorted", None, partial(one_of, findings, "sorted")),
    *(
        Row(
            f"{name} of a world, per member: longest / shortest", bar, partial(one_of, worlds, name)
        )
        for name, bar in (("snapshot", 2.0), ("restore", 2.0), ("dump", None), ("load", None))
    ),
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
