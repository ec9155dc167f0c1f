"""The handlers of botocore's events, registered and copied in less time while a mock runs.

botocore keeps them in a tree, and copies the whole tree for each session and for each client. The
trees that are made while a mock runs share their nodes instead: a tree copies a node before it
changes it. So no client sees what another one registers, also after the mock has ended.
"""

from __future__ import annotations

import copy
import operator
from functools import cache
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

import botocore.hooks
from botocore.handlers import BUILTIN_HANDLERS
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.session import Session
from botocore.utils import EVENT_ALIASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from membership_mock.engine.moto.patches import Patches

# The present names of events by their older ones, which botocore finds out for each emitter again.
_aliases: dict[str, str] = {}

# The built-in handlers as they were registered last, and the list from which they were registered,
# by class of emitter: aiobotocore has its own.
_registered: dict[type, tuple[list[Any], HierarchicalEmitter]] = {}

#: what a node of botocore's tree of handlers consists of
_NODE = {"chunk", "children", "values"}

#: the flag of functions that take any keyword argument
_TAKES_KEYWORDS = 8


def install(patches: Patches) -> None:
    """Register and copy handlers quickly, until ``patches`` are undone."""
    _register_built_in_handlers_once(patches)
    alias = patches.original(EventAliaser, "__init__")

    def __init__(self: Any, event_emitter: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        alias(self, event_emitter, *args, **kwargs)
        if getattr(self, "_event_aliases", None) == EVENT_ALIASES:
            self._alias_name_cache = _aliases

    patches.set(EventAliaser, "__init__", __init__)
    if patches.has(botocore.hooks, "accepts_kwargs"):
        accepts = patches.original(botocore.hooks, "accepts_kwargs")
        patches.set(botocore.hooks, "accepts_kwargs", _quick_check(accepts))


def _register_built_in_handlers_once(patches: Patches) -> None:
    """Let new sessions start with the handlers that botocore has registered for the first one."""
    register = patches.original(Session, "_register_builtin_handlers")

    def register_builtin_handlers(self: Any, events: Any) -> None:
        emitter = getattr(self, "_original_handler", None)
        if not _is_new(emitter):  # whoever made the session has passed an emitter with handlers
            register(self, events)
            return
        known = _registered.get(type(emitter))
        if known is None or not _are_same(known[0], BUILTIN_HANDLERS):
            register(self, events)
            kept: Any = copy.copy(emitter)
            kept._handlers = _sharing(kept._handlers)
            _registered[type(emitter)] = (list(BUILTIN_HANDLERS), kept)
            return
        vars(emitter).update(vars(copy.copy(known[1])), _lookup_cache={})

    patches.set(Session, "_register_builtin_handlers", register_builtin_handlers)


def _are_same(some: list[Any], others: list[Any]) -> bool:
    """Return whether two lists have the same objects; a handler may be equal to another one."""
    return len(some) == len(others) and all(map(operator.is_, some, others))


def _is_new(emitter: Any) -> bool:
    """Return whether an emitter is one that botocore or aiobotocore makes, without handlers."""
    if type(emitter) is not HierarchicalEmitter and type(emitter).__module__ != "aiobotocore.hooks":
        return False
    root = getattr(getattr(emitter, "_handlers", None), "_root", None)
    return isinstance(root, dict) and not root.get("children")


def _sharing(tree: Any) -> Any:
    """Return a tree of handlers that shares its nodes with its copies.

    It is ``tree`` itself if this botocore has trees of another form.
    """
    if vars(tree).keys() != {"_root"} or tree._root.keys() != _NODE:
        return tree
    if not {"append_item", "remove_item", "__copy__"} <= vars(type(tree)).keys():
        return tree
    kind: Any = type(tree)
    return _kind_of_sharing(kind).with_root(tree._root)


@cache
def _kind_of_sharing(kind: Any) -> Any:
    """Return the class of trees of this kind that share their nodes."""

    class SharingTree(kind):  # type: ignore[misc]  # botocore is untyped here
        """A tree of handlers that copies nodes before it changes them, and no others.

        Attributes:
            _own: the identities of those nodes that no other tree has.
        """

        _root: dict[str, Any]
        _own: set[int]

        @classmethod
        def with_root(cls, root: dict[str, Any]) -> Any:
            """Return a tree with a root that it does not own."""
            made = cls.__new__(cls)
            made._root, made._own = root, set()
            return made

        def append_item(self, key: str, *args: Any, **kwargs: Any) -> Any:
            """Add a handler."""
            self._take_path(key)
            return super().append_item(key, *args, **kwargs)

        def remove_item(self, key: str, *args: Any, **kwargs: Any) -> Any:
            """Remove a handler."""
            self._take_path(key)
            return super().remove_item(key, *args, **kwargs)

        def __copy__(self) -> Any:
            self._own = set()  # from now on, the copy has them as well
            return self.with_root(self._root)

        def _take_path(self, key: str) -> None:
            """Own the nodes that lead to ``key``."""
            node = self._root = self._taken(self._root)
            for part in key.split("."):
                child = node["children"].get(part)
                if child is None:
                    return
                node["children"][part] = node = self._taken(child)

        def _taken(self, node: dict[str, Any]) -> dict[str, Any]:
            if id(node) in self._own:
                return node
            values = node["values"]
            taken = {
                "chunk": node["chunk"],
                "children": dict(node["children"]),
                "values": None if values is None else values._make(part[:] for part in values),
            }
            self._own.add(id(taken))
            return taken

    return SharingTree


def _quick_check(accepts: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what finds out whether a handler takes any keyword argument, as botocore demands."""

    def accepts_kwargs(func: Any) -> Any:
        plain = func.__func__ if type(func) is MethodType else func
        if type(plain) is FunctionType and not vars(plain):  # it has no signature of its own
            return bool(plain.__code__.co_flags & _TAKES_KEYWORDS)
        return accepts(func)

    return accepts_kwargs
