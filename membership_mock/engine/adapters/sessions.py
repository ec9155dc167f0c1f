"""Sessions that are cheap to make while a mock runs.

Every outermost mock drops boto3's default session, so nearly every test makes a new one: botocore
then reads megabytes of JSON and registers some hundred handlers again. While a mock runs, new
sessions share what has been read, and start from a copy of the registered handlers. Both are what
they would have made themselves; nothing of it is state.
"""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import botocore.hooks
import botocore.session
from botocore.handlers import BUILTIN_HANDLERS
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.loaders import JSONFileLoader, Loader, create_loader
from botocore.session import Session
from botocore.utils import EVENT_ALIASES

from membership_mock.engine.protocol.model_files import SharedFiles, SharedFilesLoader

if TYPE_CHECKING:
    from membership_mock.engine.moto.patches import Patches

# What loaders have read, by their search paths; files of an installed package do not change.
_read: dict[tuple[str, ...], dict[Any, Any]] = {}

#: the rules of retries: a client writes those of its service into what the loader returns
_CHANGED = "_retry"

# These rules as they were read, pickled, by the loaders' search paths.
_unchanged: dict[tuple[str, ...], bytes] = {}

# The present names of events by their older ones, which botocore finds out for each emitter again.
_aliases: dict[str, str] = {}

# The built-in handlers as they were registered last, with the list they were registered from, by
# kind of emitter: aiobotocore has one of its own.
_registered: dict[type, tuple[list[Any], HierarchicalEmitter]] = {}


#: what a node of botocore's tree of handlers consists of
_NODE = {"chunk", "children", "values"}


class SharingLoader(SharedFilesLoader):
    """A loader that shares what it reads with all loaders of the same search paths."""

    @property
    def _cache(self) -> dict[Any, Any]:
        return _read.setdefault(tuple(self._search_paths), {})

    @_cache.setter
    def _cache(self, value: dict[Any, Any]) -> None:
        """Ignore the loader's own, empty cache."""

    def load_data(self, name: str) -> Any:
        """Return what a file of data holds; what botocore changes afterwards is a copy."""
        if name != _CHANGED:
            return super().load_data(name)
        if "_own" not in vars(self):
            paths = tuple(self._search_paths)
            if paths not in _unchanged:
                _unchanged[paths] = pickle.dumps(super().load_data(name))
            self._own = pickle.loads(_unchanged[paths])  # noqa: S301  of our own
        return self._own


def _create_loader(search_path_string: str | None = None) -> Loader:
    plain = create_loader(search_path_string)
    sharing = SharingLoader.__new__(SharingLoader)
    for name, value in vars(plain).items():
        if name != "_cache":
            setattr(sharing, name, value)
    if type(getattr(sharing, "file_loader", None)) is JSONFileLoader:
        sharing.file_loader = SharedFiles()
    return sharing


def install(patches: Patches) -> None:
    """Make new sessions cheap, until ``patches`` are undone."""
    patches.set(botocore.session, "create_loader", _create_loader)
    register = patches.original(Session, "_register_builtin_handlers")

    def register_builtin_handlers(self: Any, events: Any) -> None:
        emitter = getattr(self, "_original_handler", None)
        if not _is_new(emitter):  # event hooks of the session's maker
            register(self, events)
            return
        known = _registered.get(type(emitter))
        if known is None or known[0] != BUILTIN_HANDLERS:
            register(self, events)
            _registered[type(emitter)] = (list(BUILTIN_HANDLERS), copy.copy(emitter))
            return
        vars(emitter).update(vars(copy.copy(known[1])), _lookup_cache={})

    patches.set(Session, "_register_builtin_handlers", register_builtin_handlers)

    alias = patches.original(EventAliaser, "__init__")

    def __init__(self: Any, event_emitter: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        alias(self, event_emitter, *args, **kwargs)
        if getattr(self, "_event_aliases", None) == EVENT_ALIASES:
            self._alias_name_cache = _aliases

    patches.set(EventAliaser, "__init__", __init__)
    _copy_handlers_quickly(patches)


def _is_new(emitter: Any) -> bool:
    """Return whether an emitter is one that botocore or aiobotocore makes, without handlers."""
    if type(emitter) is not HierarchicalEmitter and type(emitter).__module__ != "aiobotocore.hooks":
        return False
    root = getattr(getattr(emitter, "_handlers", None), "_root", None)
    return isinstance(root, dict) and not root.get("children")


def _copy_handlers_quickly(patches: Patches) -> None:
    """Copy the registered handlers of a session for each of its clients in less time.

    botocore copies the same tree, node by node, through `copy.copy` of each list.
    """
    trie = getattr(botocore.hooks, "_PrefixTrie", None)
    if trie is None or set(vars(trie())) != {"_root"} or "_recursive_copy" not in vars(trie):
        return
    slowly = patches.original(trie, "_recursive_copy")

    def _recursive_copy(self: Any, node: dict[str, Any]) -> dict[str, Any]:
        root = node.get("_root")
        if root is None or root.keys() != _NODE:
            copied: dict[str, Any] = slowly(self, node)
            return copied
        return {"_root": _copy_of(root)}

    patches.set(trie, "_recursive_copy", _recursive_copy)


def _copy_of(node: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a node of the tree of handlers; the handlers themselves are shared."""
    values = node["values"]
    return {
        "chunk": node["chunk"],
        "children": {name: _copy_of(child) for name, child in node["children"].items()},
        "values": None if values is None else values._make(part[:] for part in values),
    }
