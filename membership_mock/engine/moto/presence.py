"""Says whether the process has imported moto, and notices the import.

moto and its libraries take longer to import than all else that a test of our services needs. Many
of these tests call no service of moto's. So a mock that starts in a process without moto begins
without it, and moto is started as soon as anything imports it.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_MOTO = "moto"

#: the libraries whose requests moto catches, or whose clients it has a handler in; a mock with one
#: of them starts moto at once
CAUGHT = ("requests", "responses", "aiobotocore")

#: the variables that moto reads when it is imported
_SETTINGS = ("MOTO_", "TEST_SERVER_MODE", "TEST_PROXY_MODE", "INITIAL_NO_AUTH_ACTION_COUNT")


def is_imported() -> bool:
    """Return whether moto is imported, or another thread has begun to import it.

    The caller must not take modules from `sys.modules` then, but call `require_moto` and import
    them: that waits until they are complete.
    """
    return _MOTO in sys.modules


def require_moto() -> None:
    """Import moto, which starts it for the mock that runs.

    Call it before the import of a module of moto. Otherwise a thread that imports
    ``moto.settings`` holds the import lock of that module, and waits for another thread that
    imports ``moto``, which waits for that lock. Python then hands out incomplete modules.
    """
    import_module(_MOTO)


def can_wait(config: Mapping[str, Any]) -> bool:
    """Return whether a mock may begin without moto.

    Args:
        config: moto's configuration for the mock.
    """
    return not (
        config
        or any(name in sys.modules for name in (_MOTO, *CAUGHT))
        or any(name.startswith(_SETTINGS) for name in os.environ)
    )


class ImportWatch(MetaPathFinder):
    """Calls a function once, right after moto was imported, before the importing code goes on.

    Args:
        imported: the function. The thread that imports calls it, and holds the import lock of moto,
            which other threads wait for. So it must not wait for a lock that may be held around an
            import of moto.
        caught: libraries after whose import moto is imported as well.
    """

    def __init__(self, imported: Callable[[], None], caught: Sequence[str] = ()) -> None:
        self._imported = imported
        self._caught = caught
        self._lock = threading.RLock()
        self._is_over = False
        self._finding = _Finding()
        self._importing: list[str] = []
        self._lock_of_importing = threading.Lock()

    def begin(self) -> None:
        """Watch the imports of the process from now on."""
        sys.meta_path.insert(0, self)

    def end(self) -> None:
        """Call the function no more; wait for another thread that is calling it."""
        with self._lock:
            self._is_over = True
            if self in sys.meta_path:
                sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how a watched module is loaded, which is as without this class; else None."""
        if fullname != _MOTO and fullname not in self._caught:
            return None
        if self._finding.is_on:  # another finder of this kind asks all others in turn
            return None
        self._finding.is_on = True
        try:
            spec = self._spec_of_others(fullname, path, target)
        finally:
            self._finding.is_on = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self)
        return spec

    def _spec_of_others(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        for finder in list(sys.meta_path):
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = (
                None if finder is self or find is None else find(fullname, path, target)
            )
            if spec is not None:
                return spec
        return None

    def execute(self, loader: Loader, module: ModuleType) -> None:
        """Execute a module with its own loader, then do what follows its import."""
        name, is_last = module.__name__, False
        with self._lock_of_importing:
            self._importing.append(name)
        try:
            loader.exec_module(module)
        finally:
            with self._lock_of_importing:
                self._importing.remove(name)
                is_last = not self._importing
        if name == _MOTO:
            self.notice()
        # One of these libraries may import another one, moto imports some of them, and two threads
        # may import them at once. This thread holds the import lock of its library. If it imported
        # moto while another thread imports a library that needs this one, each could wait for the
        # other. So the thread whose import ends last imports moto.
        elif is_last and not self._is_over and not is_imported():
            require_moto()

    def notice(self) -> None:
        """Call the function, because moto is imported, unless the watch has ended."""
        with self._lock:
            if not self._is_over:
                self.end()
                self._imported()


class _Finding(threading.local):
    """Whether a thread is looking for a watched module."""

    is_on = False


class _Loader(Loader):
    """Loads a module with its own loader, and lets a watch know.

    Args:
        loader: the module's own.
        watch: executes the module.
    """

    def __init__(self, loader: Loader, watch: ImportWatch) -> None:
        self._loader = loader
        self._watch = watch

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return what the module's own loader returns."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Execute the module with its own loader, which it keeps."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._watch.execute(self._loader, module)

    def __getattr__(self, name: str) -> Any:
        if name == "_loader":  # a copy has no attributes yet
            raise AttributeError(name)
        return getattr(self._loader, name)
