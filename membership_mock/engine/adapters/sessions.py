"""Sessions that share what they read while a mock runs.

Every outermost mock drops boto3's default session, so nearly every test makes a new one, and
botocore then reads megabytes of JSON again. While a mock runs, new sessions share what has been
read. It is what they would have read themselves, and no state.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.loaders import JSONFileLoader, Loader, create_loader

from membership_mock.engine.protocol.model_files import (
    SharedFiles,
    SharedFilesLoader,
    is_of_user,
)

if TYPE_CHECKING:
    from membership_mock.engine.moto.patches import Patches

# What loaders have read, by their search paths; files of an installed package do not change.
_read: dict[tuple[str, ...], dict[Any, Any]] = {}

#: the rules of retries: a client writes those of its service into what the loader returns
_CHANGED = "_retry"

# These rules as they were read, pickled, by the loaders' search paths.
_unchanged: dict[tuple[str, ...], bytes] = {}


class SharingLoader(SharedFilesLoader):
    """A loader that shares what it reads with all loaders of the same search paths.

    It shares nothing if one of them is a folder of the user's: its files may change until the next
    session is made.
    """

    _caches: dict[tuple[str, ...], dict[Any, Any]]

    @property
    def shares(self) -> bool:
        """Whether the loader shares what it reads."""
        return self._cache is _read.get(tuple(self._search_paths))

    @property
    def _cache(self) -> dict[Any, Any]:
        paths = tuple(self._search_paths)
        found: dict[Any, Any] | None = self._caches.get(paths)
        if found is None:
            found = {} if any(map(is_of_user, paths)) else _read.setdefault(paths, {})
            found = self._caches.setdefault(paths, found)
        return found

    @_cache.setter
    def _cache(self, value: dict[Any, Any]) -> None:
        """Ignore the loader's own, empty cache."""

    def load_data(self, name: str) -> Any:
        """Return what a file of data holds; what botocore changes afterwards is a copy."""
        if name != _CHANGED or not self.shares:
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
    sharing._caches = {}
    for name, value in vars(plain).items():
        if name != "_cache":
            setattr(sharing, name, value)
    if type(getattr(sharing, "file_loader", None)) is JSONFileLoader:
        sharing.file_loader = SharedFiles()
    return sharing


def install(patches: Patches) -> None:
    """Let new sessions share what they read, until ``patches`` are undone."""
    patches.set(botocore.session, "create_loader", _create_loader)
