"""Loaders of botocore's data that share what they have read.

botocore reads megabytes of JSON for a client, and looks into every folder of every service. The
mock needs the same files for itself. Files of an installed package do not change, so each is read
once per process, whoever asks.
"""

from __future__ import annotations

import gc
from functools import cache
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader, Loader

#: the services whose models botocore's handlers change while a client is in use, e.g.
#: `remove_bucket_from_url_paths_from_model`: each loader has its own
CHANGED = frozenset({"s3", "s3control"})
#: what was read, by the file's path without its extension
_read: dict[str, Any] = {}


class SharedFiles(JSONFileLoader):  # type: ignore[misc]  # botocore is untyped here
    """Reads each file once per process."""

    def load_file(self, file_path: str) -> Any:
        """Return what a file holds; None if it does not exist.

        Args:
            file_path: without ``.json``.
        """
        if Path(file_path).parts[-3] in CHANGED:
            return super().load_file(file_path)
        found = _read.get(file_path)
        if found is None:
            was_enabled = gc.isenabled()
            gc.disable()  # it would scan the many new objects again and again
            try:
                found = super().load_file(file_path)
            finally:
                if was_enabled:
                    gc.enable()
            if found is not None:
                found = _read.setdefault(file_path, found)
        return found


class SharedFilesLoader(Loader):  # type: ignore[misc]  # likewise
    """A loader that shares files, and lists of services, with all others of its kind."""

    FILE_LOADER_CLASS = SharedFiles

    def list_available_services(self, type_name: str) -> list[str]:
        """Return the ids of the services that have data of a type, e.g. ``service-2``."""
        found = (_services_in(path, type_name) for path in self.search_paths)
        return sorted(frozenset().union(*found))


@cache
def _services_in(path: str, type_name: str) -> frozenset[str]:
    if not Path(path).is_dir():
        return frozenset()
    loader = Loader(extra_search_paths=[path], include_default_search_paths=False)
    return frozenset(loader.list_available_services(type_name))
