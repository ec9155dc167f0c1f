"""The world written down as plain data, read back, and compared."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto import service_state, snapshot
from membership_mock.engine.state.clock import Clock, in_range
from membership_mock.engine.state.world import Scope, Store
from membership_mock.errors import UsageError
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.dumps import reader, writer
from membership_mock.testing.dumps.classes import service_of, store_classes
from membership_mock.testing.dumps.difference import difference
from membership_mock.testing.dumps.fields import require_types
from membership_mock.testing.dumps.masks import Mask, masked
from membership_mock.testing.printing import shortened

if TYPE_CHECKING:
    from membership_mock.engine.running import Running

#: goes up with every change that makes older dumps unreadable
FORMAT = 2

_MISPLACED = "Parts of this dump are missing or in the wrong place."

#: how many characters of a wrong argument are shown: the text of a dump can have megabytes
_SHOWN = 80

#: what of a dump is the world; the rest is about the dump itself
_WORLD = ("stores", "organizations", "s3", "clock")

#: the key of the text of a dump by which `Dump.from_json` sees whether it was edited
_DIGEST = "digest"

#: the places that a store of each scope can stand at; a client may be in a region of any name
_REACHES = {
    Scope.ACCOUNT_REGION: re.compile(r"[0-9]{12} \S+"),
    Scope.REGION: re.compile(r"\S+"),
    Scope.PARTITION: re.compile(r"\S+"),
    Scope.WORLD: re.compile(""),
}


@naming_arguments
class Dump:
    """The state as plain data, from `MembershipMock.dump` or `from_json`.

    Two dumps are equal if their states are. Ids and timestamps are compared, the order of keys
    is not.

    Attributes:
        data: the data, of JSON's types; do not change it.

    Raises:
        UsageError: ``data`` is not a dict.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        if not isinstance(data, dict):
            raise UsageError(
                "A dump comes from `mock.dump()` or `Dump.from_json(text)`; its data is a dict, not"
                f" {shortened(repr(data), _SHOWN)}."
            )
        self.data = data
        self._is_edited = True

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the dump as JSON text, to save and to read.

        Args:
            indent: by how much inner lines are indented; None writes it all into one line.
        """
        return json.dumps({**self.data, _DIGEST: _digest(self.data)}, indent=indent)

    @classmethod
    def from_json(cls, text: str) -> Dump:
        """Return the dump that `to_json` has written.

        Args:
            text: the JSON text.

        Raises:
            UsageError: this is not a dump, or this release cannot read it.
        """
        try:
            data = json.loads(text)
        except (ValueError, TypeError, RecursionError) as error:
            raise UsageError(f"This is not the JSON text of a dump: {error}") from None
        if not isinstance(data, dict) or "format" not in data:
            raise UsageError(
                "This is JSON, but not a dump: pass what `mock.dump().to_json()` has returned."
            )
        if data["format"] != FORMAT:
            raise UsageError(
                f"This dump has the format {data['format']!r}, written by membership_mock"
                f" {data.get('release', '?')}; this release reads {FORMAT}. Make the dump again."
            )
        if not (_is_shaped(data) and {"stores", "clock"} <= data.keys()):
            raise UsageError(_MISPLACED)
        written = data.pop(_DIGEST, None)
        made = cls(data)
        made._is_edited = written != _digest(data)
        return made

    def difference(
        self, other: Dump, *, ignore: Iterable[str] = (), mask: Iterable[Mask] = ()
    ) -> str:
        """Return the differences from this dump to another one, one line per change; "" if equal.

        Args:
            other: the other dump, usually the later one.
            ignore: places to leave out, with all that is below them, with ``*`` for any text, e.g.
                ``*.updated_at``. Each line of the result begins with its place.
            mask: what may differ from run to run, as `masked` takes it.

        Raises:
            UsageError: ``other`` is not a dump, a dump is malformed, or a mask is not valid.
        """
        if not isinstance(other, Dump):
            raise UsageError(
                f"difference() takes another dump, not {shortened(repr(other), _SHOWN)}."
            )
        if isinstance(ignore, str):
            raise UsageError(f"ignore is a list of patterns: write ignore=[{ignore!r}].")
        patterns: list[object] = list(ignore) if _is_iterable(ignore) else [ignore]
        for each in patterns:
            if not isinstance(each, str):
                raise UsageError(
                    f"ignore is a list of patterns, e.g. ['*.updated_at'], not of {each!r}."
                )
        for one in (self, other):
            one._require_shape()
        before, after = self._world, other._world
        if mask != ():
            before, after = masked(before, mask), masked(after, mask)
        return "\n".join(difference(before, after, list(map(str, patterns))))

    def masked(self, *masks: Mask) -> Dump:
        """Return a dump with names in place of what differs from run to run, to compare.

        The same id gets the same name wherever it stands, such as ``id-1``, by the order in which
        the ids stand in the dump. The result can be saved and compared, but not loaded.

        Args:
            *masks: ``ids`` for the random ids of resources, organizations and units; ``accounts``
                for account ids; ``times`` for all timestamps and the clock; or a compiled regular
                expression for other text.

        Raises:
            UsageError: a mask is not one of these, or the dump is malformed.
        """
        if not masks:
            raise UsageError("masked() takes what to mask, e.g. masked('ids', 'times').")
        self._require_shape()
        world = masked(self._world, masks)
        about = {name: self.data.get(name) for name in ("format", "release", "moto")}
        named = [mask if isinstance(mask, str) else mask.pattern for mask in masks]
        held = {name: part for name, part in world.items() if name in self.data}
        return Dump({**about, "masked": named, **held})

    @property
    def _world(self) -> dict[str, Any]:
        world = {name: self.data.get(name, {}) for name in _WORLD}
        clock = world["clock"]
        if isinstance(clock, dict) and clock.get(
            "frozen"
        ):  # the distance from the real time does not count then
            world["clock"] = {"frozen": clock["frozen"]}
        return world

    def _require_shape(self) -> None:
        if not _is_shaped(self.data):
            raise UsageError(_MISPLACED)

    def __eq__(self, other: object) -> bool:
        return self._world == other._world if isinstance(other, Dump) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # its data can be changed

    def __repr__(self) -> str:
        if not _is_shaped(self.data):
            return "<Dump with parts in the wrong place>"
        stores = [
            f"{service} {name} {place}"
            for service, names in self.data.get("stores", {}).items()
            for name, places in names.items()
            for place in places
        ]
        others = [name for name in ("organizations", "s3") if self.data.get(name)]
        return f"<Dump of {', '.join(stores + others) or 'an empty world'}>"


def _digest(data: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _is_iterable(value: object) -> bool:
    return isinstance(value, Iterable)


def _is_shaped(data: dict[str, Any]) -> bool:
    """Return whether the places that a difference names are there; what is there is not read."""
    near = [(data.get("stores", {}), 4), (data.get("clock", {}), 1)]
    for service in service_state.KEPT:
        if service in data:
            held = data[service]
            near += [(held, 1), (held.get("backends", {}) if isinstance(held, dict) else None, 2)]
    while near:
        part, depth = near.pop()
        if not isinstance(part, dict):
            return False
        if depth > 1:
            near += [(each, depth - 1) for each in part.values()]
    return True


def dump(running: Running) -> Dump:
    """Return the world of a running mock as plain data.

    Raises:
        UsageError: moto's Organizations or S3 hold something that cannot be written.
    """
    from membership_mock.version import __version__

    with running.world.lock, snapshot.no_garbage_collection():
        running.backends.complete()
        state = snapshot.read(running.world)
        stores: dict[str, dict[str, dict[str, Store]]] = {}
        for kind, key in sorted(state.stores, key=lambda each: (_title(each[0]), each[1])):
            store = state.stores[kind, key]
            if store != kind():  # an empty store may be left from a read
                service, name = _title(kind)
                stores.setdefault(service, {}).setdefault(name, {})[" ".join(key)] = store
        written = writer.write({"stores": stores, **state.moto, "clock": state.clock})
        drawn = hashlib.sha256(repr(running.world.random.getstate()).encode()).hexdigest()
    made = Dump(
        {
            "format": FORMAT,
            "release": __version__,
            "moto": service_state.release(),
            "random": drawn,
            "secret": base64.b64encode(state.secret).decode(),
            **written,
        }
    )
    made._is_edited = False
    return made


def load(running: Running, given: Dump) -> None:
    """Replace the world of a running mock by what a dump holds.

    Raises:
        UsageError: the dump cannot be read by this release, or holds what it must not.
    """
    if not isinstance(given, Dump):
        raise UsageError(
            "load() takes what dump() or Dump.from_json() returned, not"
            f" {shortened(repr(given), _SHOWN)}. JSON text of a dump goes back with"
            " `mock.load(Dump.from_json(text))`, a snapshot with `mock.restore(snapshot)`."
        )
    if "masked" in given.data:
        raise UsageError(
            f"The {', '.join(given.data['masked'])} of this dump were masked, so it can be"
            " compared, but not loaded. Load the dump that it was made of."
        )
    with running.world.lock, snapshot.no_garbage_collection():
        world = running.world
        before = snapshot.read(world)
        moto_before = snapshot.kept_moto(before.moto)
        try:
            with service_state.untracked():
                state = _state(given.data)
                moto = snapshot.copy_moto(state.moto)
            drawn = str(given.data["random"])
        except UsageError:
            raise
        except Exception as error:
            raise _unreadable(error) from error
        try:
            snapshot.replace(world, state, moto)
        except Exception as error:
            snapshot.replace(world, before, moto_before)
            raise _unreadable(error) from error
        if given._is_edited:
            from membership_mock.testing.dumps.trial import contradiction

            wrong = contradiction(running, given.data["stores"])
            if wrong is None:
                with service_state.untracked():  # again, because reading has moved statuses on
                    snapshot.replace(world, _state(given.data), moto)
            else:
                snapshot.replace(world, before, moto_before)
                raise UsageError(
                    f"This dump was edited, and contradicts itself: {wrong}. Every id that one part"
                    " names must be in the other parts as well."
                )
        # Ids that are made from now on must not be those that the dump holds, which may come from
        # the same seed; with a seed, they come again whenever this dump is loaded at this point.
        world.random.seed(f"{drawn} {world.random.getrandbits(128)}")


def _unreadable(error: Exception) -> UsageError:
    return UsageError(f"This dump cannot be read: {error!r}.")


def _state(data: dict[str, Any]) -> snapshot.State:
    motos = [service for service in service_state.KEPT if data.get(service)]
    if motos and data.get("moto") != service_state.release():
        raise UsageError(
            f"This dump holds moto's {' and '.join(motos)} as moto {data.get('moto')} has them;"
            f" this is moto {service_state.release()}. Make the dump again."
        )
    service_state.import_services(motos)
    graph = reader.read(
        {"stores": data["stores"], "clock": data["clock"]} | {m: data[m] for m in motos}
    )
    kinds = store_classes()
    stores: dict[tuple[type[Store], tuple[str, ...]], Store] = {}
    for service, names in graph["stores"].items():
        for name, places in names.items():
            kind = kinds.get((service, name))
            if kind is None:
                raise UsageError(f"This release has no {name} of {service}. Make the dump again.")
            for place, store in places.items():
                key = tuple(place.split(" ")) if place else ()
                if type(store) is not kind or not _REACHES[kind.scope].fullmatch(place):
                    raise UsageError(f"{service} {name} cannot stand at {place!r}.")
                stores[kind, key] = store
    clock = Clock()
    if graph["clock"].keys() != vars(clock).keys():
        raise UsageError(f"The clock of a dump has {' and '.join(vars(clock))}, and no more.")
    vars(clock).update(graph["clock"])
    require_types([*stores.values(), clock])
    in_range(clock.now(), "the time of this dump")
    for service in motos:
        if why := service_state.misfit(service, graph[service]):
            raise UsageError(f"The {service} of this dump cannot be read: {why}.")
    return snapshot.State(
        stores,
        vars(clock),
        base64.b64decode(data["secret"], validate=True),
        {service: graph[service] for service in motos},
    )


def _title(kind: type[Store]) -> tuple[str, str]:
    return service_of(kind), kind.__name__
