"""Objects that nothing can change are shared between the state and its copies."""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock import mock_membership
from membership_mock.engine import running
from membership_mock.engine.state.frozen import Freezer
from membership_mock.engine.state.layouts import is_atom_class, is_immutable
from membership_mock.engine.state.lifecycle import A_MINUTE, Progress, Step
from membership_mock.engine.state.world import World
from membership_mock.testing.dumps import classes
from tests.testing.dumps.worlds import IRELAND, Scene
from tests.walks import walks

Colour = Literal["red", "blue"]
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
CIS14 = "cis-aws-foundations-benchmark/v/1.4.0"


@dataclass(frozen=True)
class Still:
    name: str
    colour: Colour = "red"
    parts: tuple[tuple[str, int], ...] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class Nested:
    still: Still | None


@dataclass(frozen=True)
class WithList:
    held: list[str]


@dataclass(frozen=True)
class WithAnything:
    held: Any


@dataclass(frozen=True)
class WithUnknown:
    held: Unknown  # type: ignore[name-defined]  # noqa: F821  as if imported for the type checker


@dataclass(frozen=True)
class WithChanging:
    held: Changing


@dataclass
class Changing:
    name: str


@dataclass(frozen=True)
class Base:
    name: str


@dataclass(frozen=True)
class Derived(Base):
    pass


@dataclass(frozen=True)
class Evaluated:
    name: str


Evaluated.__dataclass_fields__["name"].type = str

NOT_IMMUTABLE = (
    WithList, WithAnything, WithUnknown, WithChanging, Changing, Base, Derived, Evaluated
)  # fmt: skip


def test_a_frozen_class_is_shared_only_if_its_fields_are_immutable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for kind in (Still, Nested, *NOT_IMMUTABLE):
        monkeypatch.setattr(kind, "__module__", "membership_mock.tests")
        monkeypatch.setitem(sys.modules, "membership_mock.tests", sys.modules[__name__])
    assert [is_immutable(kind) for kind in (Still, Nested)] == [True, True]
    assert not any(map(is_immutable, NOT_IMMUTABLE))


def test_an_object_of_a_class_of_another_package_is_not_shared() -> None:
    assert not is_atom_class(Still)


def test_a_copy_shares_immutable_objects_and_no_others() -> None:
    with mock_membership() as mock:
        mock.given.securityhub.members("111111111111", 2)
        store = _standards()
        (copied,) = Freezer().part([store]).thaw()
        for account_id, held in store.subscriptions.items():
            assert copied.subscriptions[account_id] is not held
            for arn, each in held.items():
                assert copied.subscriptions[account_id][arn] is each


def _standards() -> Any:
    from membership_mock.securityhub.standards.standards import StandardsStore

    ((_, store),) = running.require().world.stores(StandardsStore)
    return store


def _immutable_classes() -> list[Any]:
    return [kind for kind in classes._our_classes().values() if is_immutable(kind)]


def test_no_class_that_is_shared_has_subclasses_or_state_besides_its_fields() -> None:
    found = _immutable_classes()
    assert {"Subscription", "ControlSetting", "Invitation", "Step"} <= {
        kind.__name__ for kind in found
    }
    for kind in found:
        assert kind.__subclasses__() == [], kind
        assert "__setattr__" in vars(kind), kind
        for field in dataclasses.fields(kind):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(object.__new__(kind), field.name, 1)


def _values(found: Any) -> Any:
    """Return all that an object holds, at any depth."""
    if dataclasses.is_dataclass(found):
        return [(each.name, _values(getattr(found, each.name))) for each in _fields(found)]
    if isinstance(found, tuple):
        return [_values(each) for each in found]
    assert is_atom_class(type(found)), found
    return type(found), found


def _fields(found: Any) -> Any:
    return dataclasses.fields(found)


def _shared_objects(world: World) -> list[Any]:
    """Return every object of a shared class in the stores."""
    kinds = tuple(_immutable_classes())
    found: dict[int, Any] = {}
    seen: dict[int, Any] = {}
    near: list[Any] = list(world._stores.values())
    while near:
        each = near.pop()
        if id(each) in seen:
            continue
        seen[id(each)] = each
        if isinstance(each, kinds):
            found[id(each)] = each
        if isinstance(each, dict):
            near += [*each, *each.values()]
        elif isinstance(each, (list, tuple, set, frozenset)):
            near += each
        elif dataclasses.is_dataclass(each):
            near += [getattr(each, field.name) for field in _fields(each)]
    return list(found.values())


def test_nothing_changes_an_object_that_is_shared() -> None:
    with mock_membership(unused_plans="ignore") as mock:
        scene = Scene(mock)
        hub = scene.central.hub
        held = _shared_objects(running.require().world)
        before = [_values(each) for each in held]
        assert {"Subscription", "Step"} <= {type(each).__name__ for each in held}
        guest = mock.client("securityhub", account="777777777777", region=IRELAND)
        guest.enable_security_hub()
        guest.get_enabled_standards()
        arn = f"arn:aws:securityhub:{IRELAND}::standards/{CIS14}"
        guest.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": arn}])
        mock.clock.advance(minutes=5)
        for client in (hub, guest):
            for each in client.get_enabled_standards()["StandardsSubscriptions"]:
                client.describe_standards_controls(
                    StandardsSubscriptionArn=each["StandardsSubscriptionArn"]
                )
        scene.central.apply("SELF_MANAGED_SECURITY_HUB", scene.app)
        mock.clock.advance(days=100)
        guest.disable_security_hub()
        mock.dump()
        assert [_values(each) for each in held] == before


@settings(max_examples=walks(100), deadline=None)
@given(
    st.booleans(),
    st.booleans(),
    st.lists(st.integers(min_value=0, max_value=50), max_size=6),
)
def test_a_step_goes_the_way_of_a_progress_with_one_step(
    settles: bool, shown: bool, seconds: list[int]
) -> None:
    class _World:
        settles_at_read = settles

    world: Any = _World()
    now = START
    step, progress = Step(now, shown=shown), Progress([now], shown=shown)
    for each in seconds:
        now += timedelta(seconds=each)
        assert step.is_done(A_MINUTE, now) == (progress.steps_by((A_MINUTE,), now) == 1)
        before = step
        step = step.seen(A_MINUTE, now, world)
        progress.look((A_MINUTE,), now, world)
        moments = [step.began] if step.ended is None else [step.began, step.ended]
        assert (moments, step.shown) == (progress.moments, progress.shown)
        assert (step is before) == (step == before)
