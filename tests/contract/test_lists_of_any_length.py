"""A page of a list costs the same however long the list is, for every list operation.

What is counted is work, not time: the lines that the package executes for a page, and the
attributes of stored objects, and of moto's accounts and units, that it reads, which C code such as
`sorted` asks for too.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from moto.organizations import models as organizations

import membership_mock as package
from membership_mock.engine import running
from membership_mock.engine.protocol import model
from membership_mock.services import SERVICES
from tests.growing_lists import BOUNDED, LISTS
from tests.growing_lists.growing_list import PAGE, GrowingList

SHORT, LONG = 12, 102
#: how many lines more a page of the long list may take. A binary search takes a few for each step;
#: a loop takes at least one for each of the 90 entries that were added.
MORE = 85
_ROOT = str(Path(package.__file__).parent)


def test_every_list_operation_is_measured_or_cannot_become_long() -> None:
    measured = {(each.service, each.operation) for each in LISTS}
    known = measured | BOUNDED.keys()
    mocked = {
        (service, name)
        for service, backend in SERVICES.items()
        for name in backend.handlers
        if name in model.paginators(service)
    }
    assert mocked - known == set()
    assert {each for each in known - mocked if each[1] in SERVICES[each[0]].handlers} == set()


@pytest.mark.parametrize("each", LISTS, ids=lambda each: each.name)
def test_a_page_costs_the_same_at_any_length(membership_mock: Any, each: GrowingList) -> None:
    if each.operation not in SERVICES[each.service].handlers:
        pytest.skip("the botocore in use does not have the operation")
    client, parameters, add = each.start(membership_mock)
    page = each.lister(client, parameters)
    costs: dict[int, tuple[int, ...]] = {}
    length = 0
    for size in (SHORT, LONG):
        for number in range(length, size):
            add(number)
        length = size
        first, token = page(None)  # a read may settle states, and memory is filled
        assert len(first) == PAGE, first
        assert token is not None
        page(token)
        costs[size] = _least_work(lambda: page(None)), _least_work(lambda token=token: page(token))
    for place, short, long in zip(("first", "second"), costs[SHORT], costs[LONG], strict=True):
        assert long - short <= MORE, (
            f"the {place} page of {LONG} entries takes {long} lines, of {SHORT} {short}"
        )


def _least_work(act: Callable[[], object]) -> int:
    """Count a call three times, and return the least.

    What a call does now and then, as a finalizer that the garbage collector runs or a text that is
    made once a second, is no cost of the page.
    """
    return min(_work(act) for _ in range(3))


def _work(act: Callable[[], object]) -> int:
    """Count what the package does in a call: lines, and attributes of stored objects.

    Instructions would be no measure: how many there are depends on what the interpreter has
    specialized so far.
    """
    count = 0

    def trace(frame: Any, event: str, _: Any) -> Any:
        nonlocal count
        if event == "call" and not frame.f_code.co_filename.startswith((_ROOT, __file__)):
            return None
        if event in ("call", "line"):
            count += 1
        return trace

    with _attributes_traced():
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            act()
        finally:
            sys.settrace(before)
    return count


@contextmanager
def _attributes_traced() -> Iterator[None]:
    """Let every attribute of a stored object or an account be read by a counted function."""

    def read(self: object, name: str) -> Any:
        return object.__getattribute__(self, name)

    kinds = {type(each) for each in _stored()}
    kinds |= {organizations.FakeAccount, organizations.FakeOrganizationalUnit}
    for kind in kinds:
        kind.__getattribute__ = read  # type: ignore[method-assign]
    try:
        yield
    finally:
        for kind in kinds:
            del kind.__getattribute__  # type: ignore[misc]


def _stored() -> Iterator[Any]:
    """Yield every object of the package's that stands in a store."""
    waiting: list[Any] = list(running.require().world._stores.values())
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, (list, tuple, set)):
            waiting += each
        elif dataclasses.is_dataclass(each) and not isinstance(each, type):
            yield each
            waiting += [getattr(each, field.name) for field in dataclasses.fields(each)]
