"""Loaders of botocore's data that share what they have read.

botocore reads megabytes of JSON for a client, and looks into every folder of every service. The
mock needs the same files for itself. Files of botocore and boto3 do not change, so each is read
once per process, whoever asks. Folders of the user's, such as ``~/.aws/models``, are read anew.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.loaders import JSONFileLoader, Loader

from membership_mock.engine.lasting_objects import making_lasting_objects

T = TypeVar("T")

#: the services whose models botocore's handlers change while a client is in use, e.g.
#: `remove_bucket_from_url_paths_from_model`: each loader has its own
CHANGED = frozenset({"s3", "s3control"})
#: the folders whose files do not change
_INSTALLED = frozenset({Loader.BUILTIN_DATA_PATH, str(Path(str(boto3.__file__)).parent / "data")})
#: what was read, by the file's path without its extension
_read: dict[str, Any] = {}

# The only services that the loader of this thread has to find, while it loads the data of one.
_asked = threading.local()


class SharedFiles(JSONFileLoader):  # type: ignore[misc]  # botocore is untyped here
    """Reads each file once per process."""

    def load_file(self, file_path: str) -> Any:
        """Return what a file holds; None if it does not exist.

        Args:
            file_path: without ``.json``.
        """
        is_installed = file_path.startswith(tuple(_INSTALLED))
        if not is_installed or Path(file_path).parts[-3] in CHANGED:
            return super().load_file(file_path)
        found = _read.get(file_path)
        if found is None:
            with making_lasting_objects():
                found = super().load_file(file_path)
            if found is not None:
                found = _read.setdefault(file_path, found)
        return found

    def _load_file(self, full_path: str, open_method: Callable[..., Any]) -> Any:
        """Do what botocore's method does, but make a `dict` of each JSON object.

        It has the same order as botocore's `OrderedDict`, which takes twice as long to read.
        """
        if not full_path.startswith(tuple(_INSTALLED)):
            return super()._load_file(full_path, open_method)
        if not Path(full_path).is_file():
            return None
        with open_method(full_path, "rb") as file:
            return json.loads(file.read())


class SharedFilesLoader(Loader):  # type: ignore[misc]  # likewise
    """A loader that shares files, and lists of services, with all others of its kind."""

    FILE_LOADER_CLASS = SharedFiles

    def load_service_model(
        self, service_name: Any, type_name: str, api_version: str | None = None
    ) -> Any:
        """Return the data of a type for a service, without a look at all other services.

        Args:
            service_name: the service's id.
            type_name: e.g. ``service-2``.
            api_version: the latest one when None.

        Raises:
            UnknownServiceError: there is no such service, or it has no such data.
        """
        if not isinstance(service_name, str) or not any(
            _has(path, service_name, type_name) for path in self.search_paths
        ):
            return super().load_service_model(service_name, type_name, api_version)
        before = getattr(_asked, "services", None)
        _asked.services = [service_name]
        try:
            return super().load_service_model(service_name, type_name, api_version)
        finally:
            _asked.services = before

    def list_available_services(self, type_name: str) -> list[str]:
        """Return the ids of the services that have data of a type, e.g. ``service-2``."""
        if getattr(_asked, "services", None) is not None:  # the loader asks itself
            return list(_asked.services)
        found = (_services_in(path, type_name) for path in self.search_paths)
        return sorted(frozenset().union(*found))


def is_of_user(path: str) -> bool:
    """Return whether a search path is an existing folder of the user's, which may change."""
    return path not in _INSTALLED and Path(path).is_dir()


def _once_if_installed(find: Callable[..., T]) -> Callable[..., T]:
    """Let a function of a folder look once into those that do not change."""
    known = cache(find)

    def found(path: str, *others: str) -> T:
        return (known if path in _INSTALLED else find)(path, *others)

    return found


@_once_if_installed
def _folders_in(path: str) -> frozenset[str]:
    folder = Path(path)
    return frozenset(each.name for each in folder.iterdir()) if folder.is_dir() else frozenset()


@_once_if_installed
def _has(path: str, service_name: str, type_name: str) -> bool:
    """Return whether a folder of data has some of a type for a service."""
    if service_name not in _folders_in(path):
        return False
    exists = JSONFileLoader().exists
    versions = Path(path, service_name)
    return versions.is_dir() and any(
        exists(str(version / type_name)) for version in versions.iterdir()
    )


@_once_if_installed
def _services_in(path: str, type_name: str) -> frozenset[str]:
    if not Path(path).is_dir():
        return frozenset()
    loader = Loader(extra_search_paths=[path], include_default_search_paths=False)
    return frozenset(loader.list_available_services(type_name))
