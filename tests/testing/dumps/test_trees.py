"""How a graph of objects becomes the tree of a dump, and how it is read back."""

from __future__ import annotations

import copy
import json
from collections import OrderedDict
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock import Dump, UsageError, mock_membership
from membership_mock.engine.moto import service_state
from membership_mock.engine.state.clock import Clock
from membership_mock.engine.state.lifecycle import Progress, Step
from membership_mock.engine.state.reference_counts import many_references
from membership_mock.securityhub.hubs.hubs import Hub
from membership_mock.testing.dumps import graph, reader, writer
from membership_mock.testing.dumps.fields import _check_of
from tests.walks import walks

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
ADMIN, REGION = "111111111111", "eu-west-1"

_ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=3),
    st.sampled_from(["$", "$type", "~/", NOW, b"\xff", b"a", date(2026, 1, 1), timedelta(1)]),
    st.tuples(st.integers(), st.text(max_size=2)),
    st.frozensets(st.integers(), max_size=2),
)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """Return a mapping of objects of all kinds, which hold each other as they like."""
    objects: list[Any] = []
    for kind in draw(st.lists(st.sampled_from(["dict", "list", "ordered", "hub", "course"]))):
        made: Any = {"dict": {}, "list": [], "ordered": OrderedDict()}.get(kind)
        if kind == "hub":
            made = Hub(draw(st.text(max_size=2)), "", NOW, auto_enable_controls=True)
        elif kind == "course":
            made = Progress([NOW])
        objects.append(made)
    entries = st.one_of(_ATOMS, st.sampled_from(objects)) if objects else _ATOMS
    for made in objects:
        held = draw(st.lists(entries, max_size=4))
        if isinstance(made, list):
            made.extend(held)
        elif isinstance(made, Hub):
            made.tags = draw(st.sampled_from([*held, {}]))
        elif isinstance(made, Progress):
            made.moments = draw(st.sampled_from([held, NOW, (NOW, held)]))
        else:
            made.update({draw(_ATOMS): each for each in held})
    return {"stores": draw(st.lists(entries)), "clock": dict(enumerate(objects))}


def shape(root: Any) -> list[Any]:
    """Return what each object holds, and which objects are the same."""
    numbers: dict[int, int] = {}
    found: list[Any] = []
    near: list[Any] = [root]
    while near:
        value = near.pop(0)
        if isinstance(value, (dict, list, Hub, Progress)):
            if id(value) in numbers:
                found.append(numbers[id(value)])
                continue
            numbers[id(value)] = len(numbers)
        if isinstance(value, dict):
            found.append([(type(key), key) for key in value])
            near += value.values()
        elif isinstance(value, (list, tuple)):
            found.append((type(value), len(value)))
            near += value
        elif isinstance(value, (Hub, Progress)):
            found.append(type(value))
            near += vars(value).values()
        else:
            found.append((type(value), value))
    return found


@settings(max_examples=walks(150), deadline=None)
@given(graphs())
def test_a_graph_is_the_same_after_it_was_written_and_read(root: dict[str, Any]) -> None:
    tree = json.loads(json.dumps(writer.write(root)))
    assert shape(reader.read(tree)) == shape(root)


@settings(max_examples=walks(50), deadline=None)
@given(graphs())
def test_an_interpreter_that_counts_no_references_writes_the_same(root: dict[str, Any]) -> None:
    tree = writer.write(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph, "references", many_references)
        assert writer.write(root) == tree


def test_an_object_stays_at_its_place_when_others_are_added_or_deleted() -> None:
    tags = {"team": "blue"}
    hub = Hub(ADMIN, "arn", NOW, auto_enable_controls=True, tags=tags)
    few = {"hubs": {ADMIN: hub}, "tags": {"kept": {"tags": tags}}, "list": [hub, tags]}
    many = {
        "first": {"z": {"a": 1}},
        "hubs": {"0": Hub("0", "", NOW, auto_enable_controls=True), ADMIN: hub, "a": {"b": {}}},
        "tags": {"0": {"tags": {}}, "kept": {"tags": tags}},
        "list": [{}, [hub], hub, tags],
    }
    for root in (few, many):
        tree = writer.write(root)
        assert tree["tags"]["kept"]["tags"] == {"team": "blue"}
        assert tree["hubs"][ADMIN]["tags"] == {"$same": "/tags/kept/tags"}
        assert tree["list"][-2:] == [{"$same": f"/hubs/{ADMIN}"}, {"$same": "/tags/kept/tags"}]


def test_a_path_without_lists_is_preferred_to_a_shorter_one() -> None:
    held: dict[str, Any] = {"a": 1}
    tree = writer.write({"list": [held], "deep": {"b": {"c": held}}})
    assert tree == {"list": [{"$same": "/deep/b/c"}], "deep": {"b": {"c": {"a": 1}}}}


def test_what_an_error_names_is_where_the_object_stands() -> None:
    with pytest.raises(UsageError, match=r"At /stores/0/a~1b: a builtins\.object cannot be"):
        writer.write({"stores": [{"a/b": object()}]})
    with pytest.raises(UsageError, match="cannot be written into a dump as a key or in a set"):
        writer.write({"stores": {(object(),): 1}})


def test_the_order_of_what_is_written_about_an_object_does_not_matter() -> None:
    node = {"began": {"$time": NOW.isoformat()}, "shown": True, "ended": None}
    read = reader.read(
        {"a": {"b": [{**node, "$type": "engine.Step"}, {"$type": "engine.Step", **node}]}}
    )
    assert read["a"]["b"] == [Step(NOW, shown=True)] * 2


def test_what_waits_keeps_its_place_in_the_order() -> None:
    read = reader.read(
        {
            "a": {"x": {"$same": "/b/y"}, "z": 1},
            "b": {"y": {"k": {"$tuple": [{"$same": "/c"}, {"$tuple": [{"$same": "/b/y"}]}]}}},
            "c": [{"$same": "/b"}, 2, {"$same": "/d"}],
            "d": {"$set": [1]},
        }
    )
    assert list(read["a"]) == ["x", "z"]
    assert read["a"]["x"] is read["b"]["y"]
    assert read["b"]["y"]["k"][0] is read["c"]
    assert read["c"] == [read["b"], 2, {1}]
    assert read["c"][2] is read["d"]


@pytest.mark.parametrize(
    "tree",
    [
        {"a": {"$same": "/a"}},
        {"a": {"$tuple": [{"$same": "/a"}]}},
        {"a": [{"$same": "/a/1"}, 7]},
        {"a": [{"$same": "/a/01"}, []]},
        {"a": [{"$same": "/a/2"}, []]},
        {"a": {"$same": "/b"}, "b": {"$time": NOW.isoformat()}},
        {"a": {"$same": 7}},
    ],
)
def test_a_pointer_to_what_is_no_object_points_at_nothing(tree: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"At /a.* points at nothing"):
        reader.read(tree)


def test_keys_and_entries_of_sets_point_at_nothing() -> None:
    for tree in ({"a": {'${"$same":"/a"}': 1}}, {"a": {"$set": [{"$same": "/a"}]}}):
        with pytest.raises(ValueError, match="cannot stand at '/a'"):
            reader.read(tree)


def test_data_that_holds_itself_is_refused_and_changes_nothing() -> None:
    with mock_membership() as mock:
        before = mock.dump()
        data = copy.deepcopy(before.data)
        data["stores"]["securityhub"] = {"HubStore": {REGION: {}}}
        data["stores"]["securityhub"]["HubStore"][REGION]["a"] = data["stores"]["securityhub"]
        with pytest.raises(UsageError, match="cannot be read: RecursionError"):
            mock.load(Dump(data))
        assert mock.dump() == before


def test_a_dump_that_fails_when_it_is_put_in_place_leaves_the_organization_and_the_buckets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mock_membership() as mock:
        mock.organization(["app"])
        s3 = mock.client("s3", account=ADMIN, region="us-east-1")
        s3.create_bucket(Bucket="kept")
        s3.put_object(Bucket="kept", Key="a", Body=b"text")
        before, snapshot = mock.dump(), mock.snapshot()
        errors, fill = iter([RuntimeError("no")]), service_state.fill

        def fill_the_second_time(states: Any) -> None:
            for error in errors:
                raise error
            fill(states)

        monkeypatch.setattr(service_state, "fill", fill_the_second_time)
        with pytest.raises(UsageError, match="cannot be read"):
            mock.load(before)
        assert mock.dump() == before
        assert s3.get_object(Bucket="kept", Key="a")["Body"].read() == b"text"
        mock.restore(snapshot)
        assert mock.dump() == before


@pytest.mark.parametrize(
    ("hint", "right", "wrong"),
    [
        (int, [1, -1], [True, 1.0, "1"]),
        (float, [1, 1.5], [True, "1"]),
        (float | None, [None, 1], [True]),
        (str | None, [None, ""], [b""]),
        (datetime, [NOW], [NOW.replace(tzinfo=None), date(2026, 1, 1)]),
        (datetime | None, [NOW, None], [NOW.replace(tzinfo=None), ""]),
        (list[str], [[], ["a"]], [["a", 1], "a", ("a", 1), {}]),
        (dict[str, list[int]], [{}, {"a": [1]}], [{1: []}, {"a": [""]}, {"a": 1}]),
        (tuple[str, int], [("a", 1)], [("a",), (1, "a"), ["a", 1]]),
        (tuple[str, ...], [(), ("a", "b")], [(1,)]),
        (dict[str, Step | list[Step]], [{"a": Step(NOW), "b": [Step(NOW)]}], [{"a": [1]}]),
        (Any, [{"a": [1, None]}], [{1: 1}, object()]),
        (Clock, [Clock()], [None]),
    ],
)
def test_values_are_what_their_annotation_says(hint: Any, right: Any, wrong: Any) -> None:
    check = _check_of(hint)
    assert check([], [])
    assert check(right, [])
    for value in wrong:
        near: list[Any] = []
        assert not check([*right, value], near)
        assert all(isinstance(each, (Step, Clock)) for each in near)
