"""A page of a list costs the same however long the list is, for every list operation.

What is counted is work, not time; see ``counted_work.py``.
"""

from __future__ import annotations

from typing import Any

import pytest

from membership_mock.engine.protocol import model
from membership_mock.services import SERVICES
from tests.growing_lists import BOUNDED, LISTS
from tests.growing_lists.counted_work import least_work
from tests.growing_lists.growing_list import PAGE, GrowingList

SHORT, LONG = 12, 102
#: how many lines more a page of the long list may take. A binary search takes a few for each step;
#: a loop takes at least one for each of the 90 entries that were added.
MORE = 85


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
        costs[size] = least_work(lambda: page(None)), least_work(lambda token=token: page(token))
    for place, short, long in zip(("first", "second"), costs[SHORT], costs[LONG], strict=True):
        assert long - short <= MORE, (
            f"the {place} page of {LONG} entries takes {long} lines, of {SHORT} {short}"
        )
