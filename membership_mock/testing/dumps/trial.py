"""Whether a dump that was edited by hand makes sense as a whole, as far as reading it shows.

The types of its values were checked before. What remains are contradictions between its parts: the
list of an account names a membership that is not there, for instance. They would fail in a later
call, far from their cause.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto.organizations import describe_organizations
from membership_mock.engine.pipeline.handlers import Handler
from membership_mock.engine.pipeline.operation import Backend
from membership_mock.engine.protocol.codec import codec
from membership_mock.engine.protocol.model import service_model, snake
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.protocol.regions import is_region
from membership_mock.errors import ServiceError, UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.show.diagrams import diagram
from membership_mock.testing.show.tree import Part, tree

if TYPE_CHECKING:
    from membership_mock.engine.running import Running

#: how many of its accounts and regions, and of the entries of each list, are read
_ACCOUNTS, _REGIONS, _ENTRIES = 20, 4, 100
_READS = ("List", "Get", "Describe", "BatchGet")
#: where a store has the ids that an operation may need, and how many of them are tried
_HELD_AS = {
    "caseId": "cases",
    "collaborationIdentifier": "collaborations",
    "membershipId": "memberships",
    "membershipIdentifier": "memberships",
}
_IDS = 5

_Reading = tuple[str, Callable[[], object]]


def contradiction(running: Running, stores: dict[str, Any]) -> str | None:
    """Return what fails when a world is read; None if nothing does.

    Reading moves statuses on. Restore the world afterwards; the events that it has announced and
    the random numbers that it has drawn are taken back here.

    Args:
        running: the running mock, whose lock is held.
        stores: the part of the dump with the stores, which names the accounts and regions.
    """
    take_back, drawn = running.world.lock.mark(), running.world.random.getstate()
    try:
        for title, read in _readings(running, stores):
            error = _error_of(read)
            if isinstance(error, KeyError):
                return f"{title} does not find {error}"
            if error is not None:
                return f"{title} fails: {error!r}"
    finally:
        take_back()
        running.world.random.setstate(drawn)
    return None


def _error_of(read: Callable[[], object]) -> Exception | None:
    """Return what reading fails with, unless it is an answer."""
    try:
        read()
    except (ServiceError, UsageError):
        return None
    except Exception as error:  # noqa: BLE001  whatever a call could stumble over
        return error
    return None


def _readings(running: Running, stores: dict[str, Any]) -> Iterator[_Reading]:
    yield "reading its organizations", describe_organizations
    yield "mock.show()", lambda: tree(running, Part())
    yield "mock.diagram()", lambda: diagram(running, "mermaid", Part())
    for service, backend_class in SERVICES.items():
        yield f"reading the quotas of {service}", partial(_read_quotas, running, backend_class)
    text = json.dumps(stores)
    accounts = dict.fromkeys(re.findall(r'"([0-9]{12})[" ]', text))
    regions = dict.fromkeys(filter(is_region, re.findall(r'[" ]([a-z-]+-[0-9]+)"', text)))
    places = product(islice(accounts, _ACCOUNTS), islice(regions, _REGIONS))
    for account_id, region in places:
        for service, backend_class in SERVICES.items():
            for name, handler in backend_class.handlers.items():
                if name.startswith(_READS):
                    for arguments in _arguments(service, name, stores):
                        yield (
                            f"{service}.{name} by {account_id} in {region}",
                            _call(running, service, name, handler, account_id, region, arguments),
                        )


def _read_quotas(running: Running, backend_class: type[Backend]) -> None:
    deque(backend_class.quota_uses(running.world, running.world.clock.now()), maxlen=0)


def _arguments(service: str, name: str, stores: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the arguments with which an operation is tried; none if it needs others."""
    shape = service_model(service).operation_model(name).input_shape
    needed = list(shape.required_members) if shape is not None else []
    if not needed:
        yield {}
    elif len(needed) == 1 and needed[0] in _HELD_AS:
        for store in stores.get(service, {}).values():
            for place in store.values():
                held = place.get(_HELD_AS[needed[0]], {}) if isinstance(place, dict) else {}
                for each in islice(held, _IDS):
                    yield {snake(needed[0]): each}


def _call(
    running: Running,
    service: str,
    name: str,
    handler: Handler,
    account_id: str,
    region: str,
    arguments: dict[str, str],
) -> Callable[[], None]:
    def call() -> None:
        context = running.pipeline.new_context(service, name, account_id, region)
        family = running.backends.of(service, account_id, region).family(handler.family)
        answer = handler.method(family, context, **arguments)
        paging = codec(service, name, frozenset()).paging
        listing = answer[paging.result_key] if paging is not None else None
        if isinstance(listing, Listing):
            listing.page(_ENTRIES, None)

    return call
