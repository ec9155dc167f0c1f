"""Events of botocore, emitted in less time while a mock runs.

A call emits some twelve events. For each of them botocore passes the arguments through three
functions, and for each handler it asks the log. Here one function calls the same handlers in the
same order. While botocore's log shows which handlers are called, botocore emits the events.
"""

from __future__ import annotations

import functools
import logging
from typing import Any

import botocore.hooks
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.model import ServiceId

from membership_mock.engine.adapters.compiled_models import own_functions
from membership_mock.engine.moto.patches import Patches

_log: Any = getattr(botocore.hooks, "logger", None)

# What botocore's classes have before anybody patches them.
_own = own_functions(EventAliaser, ServiceId)
_own_emit, _own_until, _own_inner = (
    vars(HierarchicalEmitter).get(name) for name in ("emit", "emit_until_response", "_emit")
)


def install(patches: Patches) -> None:
    """Emit events quickly until ``patches`` are undone."""
    if patches.has(ServiceId, "hyphenize"):  # each event has this name of the service in it
        find = patches.original(ServiceId, "hyphenize")
        if find in _own:  # else it is another tool's
            patches.set(ServiceId, "hyphenize", functools.lru_cache(maxsize=1024)(find))
    if _log is None or None in (_own_emit, _own_until, _own_inner):
        return
    if patches.has(EventAliaser, "emit"):
        _emit_quickly(patches)
    if patches.has(EventAliaser, "emit_until_response"):
        _emit_quickly_until_response(patches)


def _emit_quickly(patches: Patches) -> None:
    slow = patches.original(EventAliaser, "emit")
    if slow not in _own:
        return

    def emit(self: Any, event_name: str, **kwargs: Any) -> Any:
        handlers = None if patches.is_undone else _handlers(self, event_name, kwargs)
        if handlers is None:
            return slow(self, event_name, **kwargs)
        return [(handler, handler(**kwargs)) for handler in handlers]

    patches.set(EventAliaser, "emit", emit, asks_itself=True)


def _emit_quickly_until_response(patches: Patches) -> None:
    slow = patches.original(EventAliaser, "emit_until_response")
    if slow not in _own:
        return

    def emit_until_response(self: Any, event_name: str, **kwargs: Any) -> Any:
        handlers = None if patches.is_undone else _handlers(self, event_name, kwargs)
        if handlers is None:
            return slow(self, event_name, **kwargs)
        last = None, None
        for handler in handlers:
            response = handler(**kwargs)
            last = handler, response
            if response is not None:
                break
        return last

    patches.set(EventAliaser, "emit_until_response", emit_until_response, asks_itself=True)


def _handlers(aliaser: Any, event_name: str, arguments: dict[str, Any]) -> Any:
    """Return the handlers to call for an event, and complete their arguments.

    Returns:
        None if botocore has to emit the event: it is the first of this name, its handlers have
        changed since then, another tool wants to see it, or the log does.
    """
    try:
        emitter = aliaser._emitter
        attributes = emitter.__dict__
        name = aliaser._alias_name_cache[event_name]
        handlers = attributes["_lookup_cache"][name]
    except (AttributeError, KeyError):
        return None
    if (
        type(emitter) is not HierarchicalEmitter
        or HierarchicalEmitter._emit is not _own_inner
        or HierarchicalEmitter.emit is not _own_emit
        or HierarchicalEmitter.emit_until_response is not _own_until
        or "emit" in attributes
        or "emit_until_response" in attributes
        or "_emit" in attributes
    ):
        return None
    if handlers:
        if _log.isEnabledFor(logging.DEBUG):
            return None
        arguments["event_name"] = name
    return handlers
