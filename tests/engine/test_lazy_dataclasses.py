"""Internal dataclasses behave like those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import threading
from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Any, ClassVar

import pytest

from membership_mock.engine.lazy_dataclasses import FROZEN
from membership_mock.engine.lazy_dataclasses import dataclass as lazy
from membership_mock.services import SERVICES

OPTIONS = [
    {},
    {"frozen": True},
    {"slots": True},
    {"frozen": True, "slots": True},
    {"eq": False},
    {"frozen": True, "eq": False},
    {"kw_only": True},
]


def classes(make: Callable[..., Any], **options: Any) -> tuple[Any, Any, Any]:
    """Return a dataclass, one that inherits from it, and one with methods of its own."""

    @make(**options)
    class Point:
        x: int
        y: Any = 0
        names: list[str] = field(default_factory=list)
        hidden: int = field(default=3, repr=False, compare=False)
        kind: ClassVar[str] = "point"

    @make(**options)
    class Place(Point):
        z: int = 9
        doubled: int = field(init=False, default=0)

        def __post_init__(self) -> None:
            object.__setattr__(self, "doubled", self.x * 2)

    @make(**options)
    class Named:
        name: str

        def __repr__(self) -> str:
            return f"<{self.name}>"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Named) and self.name.lower() == other.name.lower()

        def __hash__(self) -> int:
            return hash(self.name.lower())

    return Point, Place, Named


def outcome(act: Callable[[], Any]) -> Any:
    """Return what a function returns, or the kind and text of its error."""
    try:
        return act()
    except Exception as error:  # noqa: BLE001  whatever it is, both classes have to raise it
        return type(error), str(error)


def observed(kinds: tuple[Any, Any, Any]) -> Iterator[Any]:
    """Yield what can be seen of the classes and their objects."""
    point, place, named = kinds
    yield from observed_of(point)
    yield from observed_of(place)
    one, same = point(x=1, y=2), point(x=1, y=2)
    yield outcome(lambda: len({one, same}))
    yield isinstance(place(x=1), point), place(x=4).doubled
    yield repr(named(name="A")), named(name="A") == named(name="a")
    yield len({named(name="A"), named(name="a")})


def observed_of(kind: Any) -> Iterator[Any]:
    """Yield what can be seen of one of the first two classes."""
    values: dict[str, Any] = {"x": 1, "y": (2,)}
    yield outcome(lambda: repr(kind(**values)))
    yield outcome(lambda: repr(kind(1, 2)))
    yield outcome(kind)
    yield outcome(lambda: kind(1, unknown=2))
    one, same, other = kind(**values), kind(**values, hidden=4), kind(x=2)
    yield one == same, one != same, one == other, one == 1
    yield dataclasses.asdict(one), one.hidden, one.kind
    yield dataclasses.replace(one, x=5) == kind(x=5, y=(2,))
    yield outcome(lambda: setattr(one, "x", 7)), one.x
    yield outcome(lambda: delattr(kind(x=1), "y"))
    yield repr(copy.copy(one)), repr(copy.deepcopy(other)), copy.deepcopy(other).names
    yield kind(x=1).names is not kind(x=1).names
    yield list(inspect.signature(kind).parameters)
    yield kind.__init__.__qualname__, kind.__match_args__
    yield hasattr(one, "__dict__")
    yield dataclasses.is_dataclass(kind), [each.name for each in dataclasses.fields(kind)]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_lazy_dataclass_behaves_as_one_of_the_standard_library(options: dict[str, Any]) -> None:
    theirs = list(observed(classes(dataclasses.dataclass, **options)))
    ours = list(observed(classes(lazy, **options)))
    assert ours == theirs
    assert len(ours) > 30


@lazy(frozen=True, slots=True)
class Frozen:
    """A class that a pickle can name."""

    name: str
    parts: tuple[int, ...] = ()


@lazy
class Node:
    """A class whose objects may hold themselves."""

    others: list[Any] = field(default_factory=list)


def test_a_frozen_object_with_slots_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(Frozen("a", (1, 2)))) == Frozen("a", (1, 2))


def test_the_text_of_an_object_that_holds_itself_ends() -> None:
    node = Node()
    node.others.append(node)
    assert repr(node) == "Node(others=[...])"


def test_threads_that_make_the_first_objects_of_a_class_get_whole_ones() -> None:
    for _ in range(20):
        point = classes(lazy)[1]
        made: list[Any] = []
        ready = threading.Barrier(8)

        def make(kind: Any = point, made: list[Any] = made, ready: Any = ready) -> None:
            ready.wait()
            made.append(kind(x=3))

        threads = [threading.Thread(target=make) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert [(each.x, each.doubled, each.names) for each in made] == [(3, 6, [])] * 8


def lazy_classes() -> list[Any]:
    """Return every lazy dataclass of the services and the engine."""
    for service in SERVICES:
        assert SERVICES[service]
    found: dict[str, Any] = {}
    waiting: list[type] = [object]
    while waiting:
        for kind in type.__subclasses__(waiting.pop()):
            name = f"{kind.__module__}.{kind.__qualname__}"
            if name not in found and not issubclass(kind, type):
                found[name] = kind
                waiting.append(kind)
    return [
        kind
        for name, kind in sorted(found.items())
        if name.startswith("membership_mock.") and FROZEN in vars(kind)
    ]


def test_every_lazy_dataclass_takes_the_arguments_of_its_fields() -> None:
    kinds = lazy_classes()
    assert len(kinds) > 140  # fewer with Python 3.10
    for kind in kinds:
        fields = [each for each in dataclasses.fields(kind) if each.init]
        with pytest.raises(TypeError, match=r"unexpected keyword argument 'no_such_field'"):
            kind(no_such_field=1)
        taken = list(inspect.signature(kind).parameters)
        wanted = [each.name for each in fields if not each.kw_only]
        assert taken == wanted + [each.name for each in fields if each.kw_only], kind
