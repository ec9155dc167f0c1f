import runpy
import sys
from typing import Any

import pytest

from membership_mock.engine.state import reference_counts
from membership_mock.engine.state.reference_counts import ONE_OWNER, references


def test_an_object_with_one_owner_has_fewer_references_than_a_shared_one() -> None:
    alone: list[Any] = [[]]
    shared: list[Any] = [[]]
    others = list(shared)
    assert max(map(references, list(alone))) <= ONE_OWNER
    assert max(map(references, list(shared))) > ONE_OWNER
    assert others == shared


def test_without_reference_counts_no_object_seems_to_have_one_owner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(sys, "getrefcount")
    made = runpy.run_path(str(reference_counts.__file__))
    assert made["references"]([]) > made["ONE_OWNER"] + 1
