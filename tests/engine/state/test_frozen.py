"""Copies of plain data are what pickle would have made of it."""

from __future__ import annotations

import pickle
import weakref
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock.engine.state import frozen
from membership_mock.engine.state.frozen import Freezer, SharedError
from membership_mock.engine.state.layouts import NotPlainError
from membership_mock.engine.state.reference_counts import many_references


class Colour(Enum):
    RED = 1


@dataclass
class Box:
    title: str = ""
    at: datetime | None = None
    held: Any = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Slots:
    number: int = 0
    held: Any = None


@dataclass(frozen=True, slots=True)
class Still:
    held: Any = None


@dataclass(eq=False)
class Empty:
    pass


class Bare:
    """A class without declared fields, as moto's are."""

    name = "of the class"
    title = "of the class"


#: the package of these classes is not one whose classes are copied
KINDS = (Box, Slots, Still, Empty)
for each in (*KINDS, Bare):
    each.__module__ = "membership_mock.tests"


def copies(*roots: Any) -> list[Any]:
    return Freezer().part(list(roots)).thaw()


def flat(root: Any) -> Any:
    """Return a text of a graph: what each object holds, and which objects are the same."""
    numbers: dict[int, int] = {}
    lines: list[Any] = []
    near = [root]
    while near:
        value = near.pop(0)
        if isinstance(value, (dict, list, set, *KINDS)):
            if id(value) in numbers:
                lines.append(("the same as", numbers[id(value)]))
                continue
            numbers[id(value)] = len(numbers)
            if isinstance(value, dict):
                lines.append((type(value), len(value), list(value)))
                near += value.values()
            elif isinstance(value, list):
                lines.append((list, len(value)))
                near += value
            elif isinstance(value, set):
                lines.append((set, sorted(value, key=repr)))
            else:
                names = list(value.__dataclass_fields__)
                lines.append((type(value), names))
                near += [getattr(value, name) for name in names]
        else:
            lines.append((type(value), value))
    return lines


ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=3),
    st.binary(max_size=3),
    st.datetimes(timezones=st.just(timezone.utc)),
    st.dates(),
    st.timedeltas(),
    st.just(Colour.RED),
    st.tuples(st.integers(), st.tuples(st.text(max_size=2))),
    st.frozensets(st.integers(), max_size=2),
)
KEYS = st.one_of(st.text(max_size=3), st.integers(), st.tuples(st.text(max_size=2), st.none()))
MAKERS = ("dict", "ordered", "list", "set", "box", "slots", "still", "empty")


@st.composite
def graphs(draw: st.DrawFn) -> list[Any]:
    """Return objects of all kinds, which hold each other, themselves, and atoms."""
    made: list[Any] = []
    for kind in draw(st.lists(st.sampled_from(MAKERS), min_size=1, max_size=12)):
        value = draw(st.one_of(ATOMS, st.sampled_from(made)) if made else ATOMS)
        entries = draw(st.dictionaries(KEYS, st.sampled_from([*made, value]), max_size=3))
        made.append(
            {
                "dict": lambda e=entries: dict(e),
                "ordered": lambda e=entries: OrderedDict(e),
                "list": lambda e=entries: list(e.values()),
                "set": lambda e=entries: set(e),
                "box": lambda v=value: Box("box", held=v),
                "slots": lambda v=value: Slots(1, v),
                "still": lambda v=value: Still(v),
                "empty": Empty,
            }[kind]()
        )
    for inner, outer in draw(
        st.lists(st.tuples(st.sampled_from(made), st.sampled_from(made)), max_size=4)
    ):
        if isinstance(outer, dict):
            outer["later"] = inner
        elif isinstance(outer, list):
            outer.append(inner)
        elif isinstance(outer, (Box, Slots)):
            outer.held = inner
    return made


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_a_copy_is_what_pickle_makes(roots: list[Any]) -> None:
    before = flat(roots)
    copy = Freezer().part(roots)
    for _ in range(2):  # any number of times
        made = copy.thaw()
        assert flat(made) == before
        for old, new in zip(roots, made, strict=True):
            assert new is not old


@settings(max_examples=20, deadline=None)
@given(graphs())
def test_what_becomes_of_the_objects_does_not_change_the_copy(roots: list[Any]) -> None:
    copy = Freezer().part(roots)
    before = flat(copy.thaw())
    for each in [*roots, *copy.thaw()]:
        if isinstance(each, (dict, list, set)):
            each.clear()
        elif isinstance(each, Box):
            each.title = "changed"
            each.tags["new"] = "tag"
    assert flat(copy.thaw()) == before


def test_objects_with_one_owner_are_made_anew_like_the_shared_ones() -> None:
    shared = ["shared"]
    boxes = [Box(f"{n}", held=shared if n % 2 else ["own"]) for n in range(4)]
    made = copies(*boxes)
    assert made == boxes
    assert made[1].held is made[3].held
    assert made[0].held is not made[2].held
    assert made[1].held is not shared


def test_without_reference_counts_copies_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frozen, "references", many_references)
    shared = ["shared"]
    boxes = [Box(f"{n}", held=shared if n % 2 else ["own"]) for n in range(4)]
    assert flat(copies(*boxes)) == flat(boxes)


def test_an_object_with_itself_inside_comes_back() -> None:
    ring: list[Any] = [Box()]
    ring[0].held = ring
    (made,) = copies(ring)
    assert made[0].held is made


def test_dates_and_members_of_other_libraries_stay_what_they_are() -> None:
    class OtherDatetime(datetime):
        """As freezegun's."""

    at = OtherDatetime(2026, 1, 2, tzinfo=timezone.utc)
    values = [at, date(2026, 1, 2), timedelta(1), Colour.RED, (1, ("a", b"b"))]
    (made,) = copies(values)
    assert made == values
    assert made[0] is at


def test_a_copy_holds_no_object_that_it_was_made_of() -> None:
    box = Box(held=Empty())
    noted = weakref.ref(box.held)
    copy = Freezer().part([box])
    del box
    assert noted() is None
    assert isinstance(copy.thaw()[0].held, Empty)


def test_parts_that_share_an_object_are_refused() -> None:
    shared: dict[str, str] = {}
    freezer = Freezer()
    freezer.part([Box(tags=shared)])
    freezer.part([Box()])
    with pytest.raises(SharedError):
        freezer.part([Box(tags=shared)])


class OwnState:
    def __getstate__(self) -> Any:
        return {}


class OwnWay:
    def __reduce__(self) -> Any:
        return OwnWay, ()


class Differing:
    pass


class Keyword:
    pass


for each in (OwnState, OwnWay, Differing, Keyword):
    each.__module__ = "moto.tests"


def differing() -> list[Any]:
    one, other = Differing(), Differing()
    other.more = 1  # type: ignore[attr-defined]
    return [one, other]


def keyword() -> Any:
    made = Keyword()
    vars(made)["from"] = 1
    return made


@pytest.mark.parametrize(
    "value",
    [
        OwnState(),
        OwnWay(),
        differing(),
        keyword(),
        {OwnState(): 1},
        ([],),
        {(Box, ())},
        weakref.WeakValueDictionary(),
        open,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_pickle_treats_in_its_own_way_is_left_to_pickle(value: Any) -> None:
    with pytest.raises(NotPlainError):
        copies([value])


def test_the_size_of_a_copy_is_that_of_its_pickle() -> None:
    few, many = (Freezer().part([["x" * n for n in range(size)]]) for size in (1, 100))
    assert many.size > len(pickle.dumps(["x" * n for n in range(100)]))
    assert few.size < many.size


def test_objects_of_a_class_of_moto_with_other_attributes_are_pickled() -> None:
    one, other, third = Bare(), Bare(), Bare()
    vars(one)["name"], vars(other)["title"], vars(third)["name"] = "a", "b", "c"
    for objects in ([one, other], [other, one], [one, third, other]):
        with pytest.raises(NotPlainError):
            copies(objects)
    vars(third)["more"] = 1
    with pytest.raises(NotPlainError):
        copies([one, third])


def test_large_containers_are_copied_like_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = ["shared"]
    root = {
        "few": {"a": shared},
        "many": {str(n): Box(str(n), held=shared) for n in range(7)},
        "none": {},
        "pairs": {str(n): (n, "x") for n in range(9)},
        "last": [[n] for n in range(6)],
    }
    usual = flat(copies(root))
    monkeypatch.setattr(frozen, "_LARGE", 5)
    assert flat(copies(root)) == usual == flat([root])


def test_each_copy_of_a_container_of_atoms_is_new() -> None:
    root = {"list": [1, 2], "dict": {"a": 1}, "set": {1}, "ordered": OrderedDict(b=1, a=2)}
    part = Freezer().part([root])
    (first,) = part.thaw()
    first["list"].append(3)
    first["dict"]["b"] = 2
    first["set"].add(2)
    first["ordered"].clear()
    root["list"].append(4)
    assert part.thaw() == [
        {"list": [1, 2], "dict": {"a": 1}, "set": {1}, "ordered": OrderedDict(b=1, a=2)}
    ]
