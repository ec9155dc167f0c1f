"""The garbage collector, which is off while modules are imported and on again afterwards."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from membership_mock.engine.lasting_objects import making_lasting_objects


@pytest.fixture(autouse=True)
def collector_as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


class Node:
    """An object that can be part of a cycle."""

    def __init__(self) -> None:
        self.itself = self


def test_the_collector_is_on_again_also_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), making_lasting_objects():
        assert not gc.isenabled()
        raise ZeroDivisionError
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with making_lasting_objects():
        pass
    assert not gc.isenabled()


def test_what_was_made_is_collected_later_when_nothing_refers_to_it() -> None:
    with making_lasting_objects():
        made = Node()
    assert not any(made is each for each in gc.get_objects(generation=0))
    known = weakref.ref(made)
    del made
    gc.collect()
    assert known() is None


def test_objects_that_the_code_under_test_has_frozen_stay_frozen() -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()
    with making_lasting_objects():
        pass
    assert gc.get_freeze_count() == frozen
