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
#: how many attributes an emitter has; one that has more may have a method of another tool
_ATTRIBUTES = len(vars(HierarchicalEmitter()))


def install(patches: Patches) -> None:
    """Emit events quickly until ``patches`` are undone."""
    find = patches.original_of(ServiceId, "hyphenize", _own)
    if find is not None:  # the name of each event contains its result
        patches.set(ServiceId, "hyphenize", functools.lru_cache(maxsize=1024)(find))
    if _log is None or None in (_own_emit, _own_until, _own_inner):
        return
    _emit_quickly(patches)
    _emit_quickly_until_response(patches)


# Both functions repeat the same checks, because a call of a common function would take half of the
# time that is saved. botocore itself emits the first event of each name, and the first one after
# handlers have changed. It also emits all events while another tool replaces its methods, or while
# its log shows which handlers are called.


def _emit_quickly(patches: Patches) -> None:
    slow = patches.original_of(EventAliaser, "emit", _own)
    if slow is None:
        return
    usual, inner, outer = HierarchicalEmitter, _own_inner, _own_emit
    is_logged, debug = _log.isEnabledFor, logging.DEBUG

    def emit(self: Any, event_name: str, **kwargs: Any) -> Any:
        try:
            emitter = self._emitter
            name = self._alias_name_cache[event_name]
            handlers = emitter._lookup_cache[name]
        except (AttributeError, KeyError):
            return slow(self, event_name, **kwargs)
        if (
            type(emitter) is not usual
            or usual._emit is not inner
            or usual.emit is not outer
            or len(emitter.__dict__) != _ATTRIBUTES
            or patches.is_undone
        ):
            return slow(self, event_name, **kwargs)
        responses: list[Any] = []
        if handlers:
            if is_logged(debug) or botocore.hooks.logger is not _log:
                return slow(self, event_name, **kwargs)
            kwargs["event_name"] = name
            for handler in handlers:
                responses.append((handler, handler(**kwargs)))  # noqa: PERF401  it is faster
        return responses

    patches.set(EventAliaser, "emit", emit, asks_itself=True)


def _emit_quickly_until_response(patches: Patches) -> None:
    slow = patches.original_of(EventAliaser, "emit_until_response", _own)
    if slow is None:
        return
    usual, inner, outer = HierarchicalEmitter, _own_inner, _own_until
    is_logged, debug = _log.isEnabledFor, logging.DEBUG

    def emit_until_response(self: Any, event_name: str, **kwargs: Any) -> Any:
        try:
            emitter = self._emitter
            name = self._alias_name_cache[event_name]
            handlers = emitter._lookup_cache[name]
        except (AttributeError, KeyError):
            return slow(self, event_name, **kwargs)
        if (
            type(emitter) is not usual
            or usual._emit is not inner
            or usual.emit_until_response is not outer
            or len(emitter.__dict__) != _ATTRIBUTES
            or patches.is_undone
            or is_logged(debug)
            or botocore.hooks.logger is not _log
        ):
            return slow(self, event_name, **kwargs)
        kwargs["event_name"] = name
        last = None, None
        for handler in handlers:
            response = handler(**kwargs)
            last = handler, response
            if response is not None:
                break
        return last

    patches.set(EventAliaser, "emit_until_response", emit_until_response, asks_itself=True)
