"""JSON is written as `json.dumps` writes it, by any interpreter."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock.engine.protocol import json_text
from membership_mock.engine.protocol.json_text import json_writer

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
values = st.recursive(
    scalars | st.just({1}),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(st.text(max_size=2) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


def as_list(value: Any) -> list[Any]:
    return sorted(value)


def written(write: Any, value: Any) -> str:
    try:
        return str(write(value))
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("make", ["that of the interpreter", None, lambda: None])
@pytest.mark.parametrize(
    ("item", "key", "allow_nan"), [(",", ":", False), (", ", ": ", True)], ids=["compact", "usual"]
)
def test_any_value_is_written_as_json_dumps_writes_it(
    make: Any, item: str, key: str, allow_nan: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not isinstance(make, str):
        monkeypatch.setattr(json_text, "_MAKE", make)
    write = json_writer(item, key, as_list, allow_nan=allow_nan)

    def own(value: Any) -> str:
        return json.dumps(value, separators=(item, key), default=as_list, allow_nan=allow_nan)

    @settings(max_examples=50, deadline=None)
    @given(value=values)
    def check(value: Any) -> None:
        assert written(write, value) == written(own, value)

    check()


def test_a_value_that_contains_itself_is_an_error() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(RecursionError):
        json_writer(",", ":", as_list, allow_nan=False)(value)
