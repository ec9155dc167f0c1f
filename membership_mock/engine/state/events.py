"""Events that services announce, and the lock that passes them on once a change has taken effect.

A family announces an event while it holds the world's lock. The last release of the lock passes the
events on, so no target of an event is called under the lock.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from _thread import RLock
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from datetime import datetime
from functools import partial
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass

#: the ``detail`` of an event, or a function that makes it from data that does not change
Detail = Mapping[str, Any] | Callable[[], Mapping[str, Any]]

#: how many of the latest events are kept as they are; earlier ones are packed
_UNPACKED = 100


@dataclass(slots=True, eq=False)
class Event:
    """An event as a service sends it to EventBridge.

    Attributes:
        source: e.g. ``aws.securityhub``.
        detail_type: e.g. ``Case Created``.
        account_id: the account whose event bus gets it.
        region: the region of that bus.
        time: when it happened, in UTC.
        resources: ARNs, or other names, of its resources.
        given: its detail, or the function that makes it, or the packed detail.
        salt: random text from which, with the number, its id is made.
        number: its number among the events that were passed on, from 1 on.
    """

    source: str
    detail_type: str
    account_id: str
    region: str
    time: datetime
    resources: Sequence[str]
    given: Detail | bytes
    salt: bytes = b""
    number: int = 0

    @property
    def id(self) -> str:
        """Its id, a UUID; it does not use the random source of other ids."""
        digits = hashlib.blake2b(b"%d" % self.number, digest_size=16, key=self.salt).hexdigest()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    @property
    def detail(self) -> Mapping[str, Any]:
        """What happened."""
        given = self.given
        if isinstance(given, bytes):
            unpacked: dict[str, Any] = json.loads(zlib.decompress(given))
            return unpacked
        return given() if callable(given) else given

    def pack(self) -> None:
        """Replace a function by its result as compressed JSON; other details are small.

        Otherwise each event of a finding would keep its own version of the finding, which is
        several times larger.
        """
        if callable(self.given):
            text = json.dumps(self.given(), separators=(",", ":"), default=str)
            self.given = zlib.compress(text.encode(), 1)

    def message(self) -> dict[str, Any]:
        """Return the event as EventBridge passes it on."""
        return {
            "version": "0",
            "id": self.id,
            "detail-type": self.detail_type,
            "source": self.source,
            "account": self.account_id,
            "time": f"{self.time:%Y-%m-%dT%H:%M:%SZ}",
            "region": self.region,
            "resources": list(self.resources),
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery of an event to one target of one rule.

    Attributes:
        event_id: the id of the event.
        source: its source.
        detail_type: its detail-type.
        rule: the ARN of the rule that it matched.
        target_id: the id of the target within the rule.
        target: the ARN of the target.
        failure: why the target did not get it; None if it did.
    """

    event_id: str
    source: str
    detail_type: str
    rule: str
    target_id: str
    target: str
    failure: str | None = None


@dataclass
class EventLog:
    """The events of one running mock, in the order in which they were passed on.

    Attributes:
        sent: the events.
        deliveries: the deliveries of each event that matched a rule, by its id; also of events that
            a test has put onto a bus itself.
        most: how many of the latest events are always kept; None keeps all.
        last_number: the number of the latest event.
        reported: how many failed deliveries a mock has reported at its end.
    """

    sent: list[Event] = field(default_factory=list)
    deliveries: dict[str, list[Delivery]] = field(default_factory=dict)
    most: int | None = None
    last_number: int = 0
    reported: int = 0

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Forget what is sent inside the block when it ends."""
        sent, deliveries = list(self.sent), dict(self.deliveries)
        reported = self.reported
        try:
            yield
        finally:
            self.sent, self.deliveries, self.reported = sent, deliveries, reported

    def add(self, event: Event, salt: bytes) -> None:
        """Add an event that has just been passed on."""
        self.last_number += 1
        event.number, event.salt = self.last_number, salt
        self.sent.append(event)
        if len(self.sent) > _UNPACKED:
            self.sent[-_UNPACKED - 1].pack()
        if self.most is not None and len(self.sent) > 2 * self.most:
            del self.sent[: -self.most or None]

    def delivered(self, delivery: Delivery) -> None:
        """Add a delivery of an event."""
        self.deliveries.setdefault(delivery.event_id, []).append(delivery)
        if self.most is not None and len(self.deliveries) > 2 * self.most:
            # Events that a test puts onto a bus itself are not in ``sent``.
            for each in list(self.deliveries)[: len(self.deliveries) - self.most]:
                self.deliveries.pop(each, None)

    def clear(self) -> None:
        """Start new lists, because other objects may hold the old ones."""
        self.sent, self.deliveries, self.reported = [], {}, 0


class WorldLock(RLock):  # type: ignore[misc]  # typeshed says that nothing may inherit from it
    """The lock of a world, which also holds the events that wait for its release.

    Attributes:
        waiting: the events that were announced since the lock was taken, in order.
        hand_over: called with them when the lock has been released for good.
    """

    def __init__(self) -> None:
        self.waiting: list[Event] = []
        self.hand_over: Callable[[list[Event]], None] = lambda _: None

    def __exit__(self, *raised: object) -> None:
        if not self.waiting:
            self.release()
            return
        taken = list(self.waiting)
        self.waiting.clear()
        self.release()
        if self.is_held():  # the outer block hands them over
            self.waiting[:0] = taken
        else:
            self.hand_over(taken)

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let other threads take the lock inside the block, if this thread has taken it once.

        It stays taken while an outer block holds it as well, or events wait for its release:
        others must not see what is half done.
        """
        if self.waiting or not self._is_owned():  # type: ignore[attr-defined]  # as above
            yield
            return
        depth, owner = self._release_save()  # type: ignore[attr-defined]  # as above
        is_released = depth == 1
        if not is_released:
            self._acquire_restore((depth, owner))  # type: ignore[attr-defined]  # as above
        try:
            yield
        finally:
            if is_released:
                self._acquire_restore((depth, owner))  # type: ignore[attr-defined]  # as above

    def is_held(self) -> bool:
        """Return whether the present thread holds the lock."""
        held: bool = self._is_owned()  # type: ignore[attr-defined]  # typeshed leaves it out
        return held

    def mark(self) -> Callable[[], None]:
        """Return a function that withdraws the events that are announced from now on."""
        return partial(self._take_back, len(self.waiting))

    def _take_back(self, count: int) -> None:
        del self.waiting[count:]
