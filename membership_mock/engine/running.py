"""The one mock that is running, if any: set up by the outermost start, taken down by the last stop.

Nested mocks, and mocks in several threads, share one world; it is emptied when the last one ends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from membership_mock.engine.activation import Activation, StartedMock
from membership_mock.engine.adapters import clients_before_moto
from membership_mock.engine.adapters.environment import Environment
from membership_mock.engine.adapters.moto_handlers import response_handler
from membership_mock.engine.adapters.replacements import Replacements
from membership_mock.engine.forking import keep_locks_usable
from membership_mock.engine.moto import access_keys, configuration
from membership_mock.engine.moto.event_bridge.event_bridge import EventBridge
from membership_mock.engine.moto.organizations import forget_members_of_deleted_organizations
from membership_mock.engine.moto.other_services import MotoServices
from membership_mock.engine.moto.parts import Parts
from membership_mock.engine.moto.presence import is_imported
from membership_mock.engine.moto_of_mock import MotoOfMock
from membership_mock.engine.pipeline import observers
from membership_mock.engine.pipeline.backends import Backends, Services
from membership_mock.engine.pipeline.call_record import Record
from membership_mock.engine.pipeline.caller import explicit_account, named_default, signing_key
from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
from membership_mock.engine.state.events import EventLog
from membership_mock.engine.state.world import World
from membership_mock.errors import NotRunning, UsageError

if TYPE_CHECKING:
    from membership_mock.engine.moto.registries import Registries

T = TypeVar("T")

#: how old an instant may be that is still taken for the present
_A_MOMENT = timedelta(seconds=1)

_lock = threading.RLock()
_current: list[Running] = []


class Running:
    """A running mock: its world, its pipeline, and what it has changed outside of itself.

    Attributes:
        services: the backend class of each service, by service id.
        world: the state.
        record: every call so far.
        events: every event so far.
        event_bridge: delivers them.
        pipeline: answers requests.
        mocks: those that a test author holds and has started, in order; they are not held here.
        at_end: what is called first when it ends.
    """

    def __init__(self, services: Services, activation: Activation) -> None:
        self.services = services
        self._environment = Environment()
        self._replacements = _replacements(frozenset(services))
        self._moto = MotoOfMock(
            activation.config,
            services.plain_http_endpoints,
            self._environment,
            self._replacements,
            partial(_registries, frozenset(services)),
            lambda: self.parts,
        )
        self._plant(activation.seed)
        self.world = World(self._secret(), self._moto.random, MotoServices())
        self.record = Record()
        self.events = EventLog()
        self.event_bridge = EventBridge(self.world, self.events)
        self.world.lock.hand_over = self.event_bridge.hand_over
        self.backends = Backends(services, self.world)
        self._default_account = activation.account
        self.pipeline = RequestPipeline(
            self.backends,
            access_keys.MotoAuthorization(),
            self.world,
            self.record,
            activation.account or configuration.DEFAULT_ACCOUNT_ID,
        )
        self.mocks: list[StartedMock] = []
        self.at_end = ExitStack()
        self._activations = [activation]
        self._settle()
        if activation.now is not None:
            self.world.clock.set(activation.now, frozen=True)
        self._tools: dict[type, Any] = {}
        self.parts = Parts(
            self.backends,
            self.world,
            self.pipeline,
            self.event_bridge,
            self._account_for_moto,
            self._begin_anew,
        )

    def open(self) -> None:
        """Set everything up."""
        self._environment.remember()
        try:
            self._moto.open()
            self._environment.hide()
            self._replacements.put()
        except BaseException:
            self.close()
            raise

    def end_wait(self) -> None:
        """Start moto no more, because the mock ends; wait for a thread that is starting it."""
        self._moto.end_wait()

    def close(self) -> None:
        """Take everything down, as it was before; what fails keeps nothing else from it."""
        with ExitStack() as last_first:
            last_first.callback(self._moto.restore_configuration)
            last_first.callback(self._environment.restore)
            last_first.callback(self._moto.restore_random)
            last_first.callback(self._moto.remove)
            last_first.callback(self._moto.stop)
            self._moto.end_wait()
            self.at_end.close()
            self._environment.prepare_end()
            self._replacements.remove()

    def tool(self, kind: type[T]) -> T:
        """Return the one tool of ``kind`` that works on this running mock, made when asked for.

        It is gone after `reset`, unless the class says that it ``outlives_reset``.
        """
        with self.world.lock:
            found = self._tools.get(kind)
            if found is None:
                found = self._tools[kind] = kind(self)  # type: ignore[call-arg]  # as tools do
            return found

    def _plant(self, seed: int | str | None) -> None:
        if seed is not None:
            self._moto.seed(seed)

    def _secret(self) -> bytes:
        """Return what page tokens are sealed with, the same one for the same seed."""
        return self._moto.random.getrandbits(128).to_bytes(16, "big")

    def reset(self) -> None:
        """Empty the world, moto's included, the record of calls, and what tools have set up."""
        with self.world.lock:
            self._moto.reset()  # which calls `_begin_anew`, as moto's own ways to reset do

    def _begin_anew(self) -> None:
        """Follow moto, which has emptied its backends."""
        with self.world.lock:
            forget_members_of_deleted_organizations()
            self.world.clear()
            self.record.clear()
            self.events.clear()
            self.event_bridge.functions.clear()
            observers.announce(self.record)
            self._tools = {
                kind: tool
                for kind, tool in self._tools.items()
                if getattr(kind, "outlives_reset", False)
            }
            self.pipeline.hooks.reset()
            for seed in dict.fromkeys(activation.seed for activation in self._activations):
                self._plant(seed)
            for activation in self._activations:
                if activation.now is not None:
                    self.world.clock.set(activation.now, frozen=True)
            self.world.secret = self._secret()

    def set_clock(self, at: datetime | None, *, frozen: bool) -> None:
        """Put the clock of the world to ``at``, frozen or not; None leaves it where it is.

        Raises:
            UsageError: time would go back in a world in which something has happened.
        """
        clock = self.world.clock
        now = clock.frozen or clock.now()
        # what a test has just read from a clock that runs is the past by now
        earliest = now if clock.frozen else now - _A_MOMENT
        if at is not None and at < earliest and (clock.is_set or not self.world.is_untouched):
            raise UsageError(
                f"The clock cannot go back to {at.isoformat()}: it is {now.isoformat()} by now, and"
                " what has happened would lie in the future. Start the mock on that day with the"
                " option `now`, or freeze the clock before anything else."
            )
        clock.set(now if at is None else at, frozen=frozen)
        self.pass_time()

    def pass_time(self) -> None:
        """Let what is due by now happen, where it shows without a look."""
        now = self.world.clock.now()
        for service, kind in self.services.items():
            for family in kind.followers_of_time:
                for account_id, region in dict.fromkeys(family.waiting(self.world)):
                    backend = self.backends.of(service, account_id, region)
                    backend.family(family).time_passed(now)

    def join(self, activation: Activation) -> None:
        """Let an inner mock's options count on top of the others'."""
        with self.world.lock:
            # a decorated class starts a mock for its set-up and one for its test
            if activation.now is not None and activation.now not in [
                e.now for e in self._activations
            ]:
                try:
                    self.set_clock(activation.now, frozen=True)
                except UsageError as refusal:
                    raise UsageError(
                        f"{refusal} This mock shares the world of one that is running already: that"
                        " of a fixture of a wider scope, for instance, or of a block around it. It"
                        " is that one that needs the option."
                    ) from None
        # the ids that this seed gives at first are in the world that the mocks share
        if activation.seed not in [each.seed for each in self._activations]:
            self._plant(activation.seed)
        self._activations.append(activation)
        self._apply_options()

    def part(self, activation: Activation) -> None:
        """Let them count no longer; mocks of several threads need not end in reverse order."""
        self._activations.remove(activation)
        if self._activations:  # else `close` restores it all, after moto has read its own options
            self._apply_options()

    @property
    def is_seeded(self) -> bool:
        """Whether ids are to come again, as the option ``seed`` promises."""
        return any(activation.seed is not None for activation in self._activations)

    @property
    def is_empty(self) -> bool:
        """Whether everybody has left."""
        return not self._activations

    def _apply_options(self) -> None:
        self._moto.configure([activation.config for activation in self._activations])
        self._default_account = None
        for activation in self._activations:
            self._default_account = activation.account or self._default_account
        self.pipeline.default_account = self._default_account or configuration.DEFAULT_ACCOUNT_ID
        self._settle()
        self.pipeline.forget_operations()  # another list of services may be allowed

    def _settle(self) -> None:
        said = [activation.settle for activation in self._activations if activation.settle]
        self.world.settles_at_read = said[-1:] != ["clock"]

    @property
    def region_of_code(self) -> str | None:
        """The region of sessions that have none; None leaves them without one."""
        said = [each.region_of_code for each in self._activations if each.region_of_code]
        return said[-1] if said else None

    def _account_for_moto(self, headers: Any) -> str | None:
        found = explicit_account(headers)
        default = named_default() or self._default_account
        if found is not None or default is None:
            return found
        key = signing_key(headers)
        if key is not None and access_keys.account_of_access_key(key) is not None:
            return None
        return default


def enter(services: Services, activation: Activation) -> Running:
    """Start the mock, or join the one that is running."""
    with _lock:
        if _current:
            _current[0].join(activation)
        else:
            running = Running(services, activation)
            running.open()
            _current.append(running)
            observers.announce(running.record)
        return _current[0]


def leave(activation: Activation) -> None:
    """Leave the running mock, and stop it if no other mock is nested in it."""
    with _lock:
        running = require()
        running.part(activation)
        if running.is_empty:
            running.end_wait()  # a thread that starts moto for this mock needs it to be current
            _current.remove(running)
            running.close()


def is_running() -> bool:
    """Return whether any mock is running."""
    return bool(_current)


def _pipeline_if_any() -> RequestPipeline | None:
    return _current[0].pipeline if _current else None


def _region_if_any() -> str | None:
    return _current[0].region_of_code if _current else None


@cache
def _replacements(services: frozenset[str]) -> Replacements:
    """Return what is replaced in other libraries, made once per process."""
    return Replacements(_pipeline_if_any, _region_if_any, services)


@cache
def _registries(services: frozenset[str]) -> Registries:
    """Return our services in moto's registries, made once per process; this imports moto."""
    from membership_mock.engine.moto.registries import Registries

    handler = partial(response_handler, pipeline=current_pipeline)
    return Registries(services, handler, lambda: _current[0].parts if _current else None)


def current_pipeline() -> RequestPipeline:
    """Return the pipeline of the running mock.

    Raises:
        NotRunning: there is none.
    """
    return require().pipeline


def current_record() -> Record | None:
    """Return the calls of the running mock; None if none is running."""
    return _current[0].record if _current else None


def current_mocks() -> list[StartedMock]:
    """Return the mocks of the running one that a test author has started, in order."""
    return list(_current[0].mocks) if _current else []


def is_current(running: Running | None) -> bool:
    """Return whether ``running`` is the mock that runs now, and has not ended."""
    return bool(_current) and _current[0] is running


def require() -> Running:
    """Return the running mock.

    Raises:
        NotRunning: there is none.
    """
    if not _current:
        raise NotRunning(
            "No membership mock is running: start one with `with mock_membership() as mock:`,"
            " `@mock_membership` or the fixture `membership_mock`."
        )
    return _current[0]


def _locks() -> Iterator[Any]:
    """Yield the locks of the running mock and of moto, in the order in which calls take them."""
    yield _lock
    yield from (each.world.lock for each in _current)
    if is_imported():
        yield configuration.backend_lock()


def _locks_of_mocks() -> Iterator[Any]:
    started = [mock() for mock in current_mocks()]
    yield from (mock._lock for mock in started if mock is not None)


keep_locks_usable(_locks, _locks_of_mocks)
clients_before_moto.serve_later()
