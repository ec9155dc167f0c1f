"""Replaces functions of botocore, http.client and sockets while a run of tests is guarded."""

from __future__ import annotations

import importlib
import importlib.util
import socket
import sys
import threading
from http.client import HTTPConnection
from importlib.abc import MetaPathFinder
from typing import Any
from urllib.parse import urlsplit

from membership_mock.engine.adapters.suite_guard.decision import (
    SuiteGuard,
    guards,
    is_refused,
    refusal,
)
from membership_mock.engine.moto.patches import Patches

#: for each library, the module that imports all that the guard replaces, and the file that does it
_ENTRIES = {"botocore.session": "botocore_part", "aiobotocore.session": "aiobotocore_part"}

_lock = threading.Lock()
_patches: list[Patches] = []


def put(guard: SuiteGuard) -> None:
    """Activate a guard, until `remove`."""
    with _lock:
        guards.append(guard)
        if not _patches:
            _patches.append(_install())


def remove(guard: SuiteGuard) -> None:
    """Deactivate a guard; nothing happens if it is not active."""
    with _lock:
        if guard in guards:
            guards.remove(guard)
        if not guards and _patches:
            _patches.pop().undo()
            sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, _AtImport)]


def _install() -> Patches:
    patches = Patches()
    patches.set(socket, "getaddrinfo", _looking_up(socket.getaddrinfo))
    patches.set(HTTPConnection, "putrequest", _beginning(HTTPConnection.putrequest))
    for entry in _ENTRIES:
        if entry in sys.modules:
            _install_in_library(entry, patches)
        else:
            sys.meta_path.insert(0, _AtImport(entry, patches))
    return patches


def _looking_up(look_up: Any) -> Any:
    """Return a guarded `socket.getaddrinfo`: all HTTP clients of Python look up hosts with it."""

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode("latin-1") if isinstance(host, (bytes, bytearray)) else host
        if isinstance(name, str) and is_refused(f"https://{_in_url(name)}/"):
            raise refusal("An HTTP client or a socket looked up a host", name)
        return look_up(host, *args, **kwargs)

    return getaddrinfo


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _beginning(putrequest: Any) -> Any:
    """Return a guarded `putrequest`: over a proxy or an open connection, no host is looked up."""

    def begin(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        host = getattr(self, "_tunnel_host", None) or self.host
        whole = url if url.startswith(("http://", "https://")) else f"https://{_in_url(host)}/"
        if is_refused(whole):
            sent = f"{method} {url.partition('?')[0]} was sent"
            raise refusal(sent, urlsplit(whole).hostname or "")
        return putrequest(self, method, url, *args, **kwargs)

    return begin


def _install_in_library(entry: str, patches: Patches) -> None:
    part = importlib.import_module(f"{__package__}.{_ENTRIES[entry]}")
    part.install(patches)


class _AtImport(MetaPathFinder):
    """Guards a library when it is imported, so that a run without it spends no time here."""

    def __init__(self, entry: str, patches: Patches) -> None:
        self._entry = entry
        self._patches = patches

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        """Return the module's own specification, with a loader that then guards the library."""
        del path, target
        if fullname != self._entry:
            return None
        sys.meta_path[:] = [each for each in sys.meta_path if each is not self]
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            load, patches = spec.loader.exec_module, self._patches

            def load_and_guard(module: Any) -> None:
                load(module)
                _install_in_library(fullname, patches)

            spec.loader.exec_module = load_and_guard  # type: ignore[method-assign]
        return spec
