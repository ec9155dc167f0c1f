"""Clients that are made in less time while a mock runs.

botocore parses the model of a service and makes its methods for each client again. They are always
the same for the same file, so clients share them. What a client or a handler can change is its own:
its class, its configuration, its handlers and the settings of its model.
"""

from __future__ import annotations

import copy
import os
import threading
import urllib.request
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.endpoint
import botocore.utils
from botocore.client import ClientCreator
from botocore.httpsession import URLLib3Session
from botocore.model import ServiceModel
from botocore.session import Session

from membership_mock.engine.adapters.sessions import SharingLoader
from membership_mock.engine.protocol.model_files import CHANGED

if TYPE_CHECKING:
    from collections.abc import Callable

    from membership_mock.engine.moto.patches import Patches

# The parsed models, and the methods of clients, by the identity of the description of the service
# and by its name. The loaders that mocks share keep the descriptions.
_models: dict[tuple[int, str | None], ServiceModel] = {}
_methods: dict[tuple[int, str | None], dict[str, Any]] = {}

#: the attribute of an HTTP session that is not open yet: returns the attributes of an open one
_OPEN = "membership_mock_open"

#: the methods of botocore that make the methods of a client
_MAKING = ("_create_methods", "_create_api_method")

_opening = threading.RLock()


def install(patches: Patches) -> None:
    """Make clients quickly, until ``patches`` are undone."""
    if patches.has(ClientCreator, "_load_service_model"):
        _share_models(patches)
    if all(patches.has(ClientCreator, name) for name in _MAKING):
        _share_methods(patches)
    _open_http_sessions_when_used(patches)
    _read_proxies_quickly(patches)


# --- models and methods --------------------------------------------------------------------------


def _share_models(patches: Patches) -> None:
    """Parse the model of a service once."""
    load = patches.original(ClientCreator, "_load_service_model")

    def _load_service_model(self: Any, service_name: str, *args: Any, **kwargs: Any) -> Any:
        model = load(self, service_name, *args, **kwargs)
        description = getattr(model, "_service_description", None)
        if (
            type(model) is not ServiceModel
            or description is None
            or type(loader := getattr(self, "_loader", None)) is not SharingLoader
            or not loader.shares
            or service_name in CHANGED
        ):
            return model
        key = id(description), service_name
        if key not in _models:
            _ = getattr(model, "endpoint_discovery_operation", None)  # which botocore asks for
            _models[key] = model
        # what is set on a model, such as its signature version, is set on the copy
        return copy.copy(_models[key])

    patches.set(ClientCreator, "_load_service_model", _load_service_model)


def _share_methods(patches: Patches) -> None:
    """Make the methods of the clients of a service once; each client has a class of its own."""
    create = patches.original(ClientCreator, "_create_methods")
    create_one = patches.original(ClientCreator, "_create_api_method")

    def _create_methods(self: Any, service_model: Any) -> dict[str, Any]:
        description = getattr(service_model, "_service_description", None)
        key = id(description), getattr(service_model, "_service_name", None)
        if key not in _models or type(self)._create_api_method is not create_one:
            made: dict[str, Any] = create(self, service_model)
            return made
        methods = _methods.get(key)
        if methods is None:
            methods = create(self, _models[key])
            for each in methods.values():
                arguments = getattr(each.__doc__, "_gen_kwargs", {})
                if "event_emitter" in arguments:  # else it would keep the first session alive
                    arguments["event_emitter"] = _DocumentationEvents()
            _methods[key] = methods
        return dict(methods)

    patches.set(ClientCreator, "_create_methods", _create_methods)


class _DocumentationEvents:
    """An emitter for the events of a method's documentation, with botocore's built-in handlers."""

    def emit(self, event_name: str, **kwargs: Any) -> Any:
        """Call the handlers of an event."""
        return _built_in_handlers().emit(event_name, **kwargs)


@cache
def _built_in_handlers() -> Any:
    return Session().get_component("event_emitter")


# --- HTTP sessions -------------------------------------------------------------------------------


def _open_http_sessions_when_used(patches: Patches) -> None:
    """Make a pool of connections when something is sent, which rarely happens while a mock runs.

    A session makes three pools: for the client, and for two sources of credentials.
    """
    make = patches.original(URLLib3Session, "__init__")

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        if type(self) is not URLLib3Session or args or not _is_plain(kwargs):
            make(self, *args, **kwargs)
            return

        def opened() -> dict[str, Any]:
            made: Any = object.__new__(URLLib3Session)
            make(made, **kwargs)
            attributes: dict[str, Any] = vars(made)
            return attributes

        vars(self)[_OPEN] = opened
        self.__class__ = _UnopenedSession

    patches.set(URLLib3Session, "__init__", __init__)


def _is_plain(arguments: dict[str, Any]) -> bool:
    """Return whether an HTTP session can certainly be made with these arguments."""
    timeout = arguments.get("timeout")
    times = timeout if isinstance(timeout, tuple | list) else [timeout]
    return (
        not arguments.get("client_cert")
        and not arguments.get("proxies_config")
        and all(each is None or (type(each) in (int, float) and each > 0) for each in times)
    )


class _UnopenedSession(URLLib3Session):  # type: ignore[misc]  # botocore is untyped here
    """An HTTP session that becomes one of botocore's when it is used, also after the mock's end."""

    def __getattr__(self, name: str) -> Any:
        # `_OPEN`: another thread has opened it since then. A copy is asked for the methods of
        # pickles before it has any attribute; an open session has none of them either.
        if name == _OPEN or name[:2] == "__":
            raise AttributeError(name)
        self._become_open()
        return getattr(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "__class__":
            self._become_open()
        object.__setattr__(self, name, value)

    def close(self) -> None:
        """Do nothing: there are no connections."""

    def _become_open(self) -> None:
        attributes: dict[str, Any] = self.__dict__
        with _opening:
            opened = attributes.get(_OPEN)
            if opened is not None:
                attributes.update(opened())
                self.__class__ = URLLib3Session
                del attributes[_OPEN]


def _read_proxies_quickly(patches: Patches) -> None:
    """Look for proxies only if the environment names any."""
    usual = getattr(urllib.request, "getproxies_environment", None)
    if usual is None or urllib.request.getproxies is not usual:
        return  # this system has settings besides the environment
    for module in (botocore.utils, botocore.endpoint):
        if patches.has(module, "get_environ_proxies"):
            find = patches.original(module, "get_environ_proxies")
            patches.set(module, "get_environ_proxies", _finder(find))


def _finder(find: Callable[[str], dict[str, str]]) -> Callable[[str], dict[str, str]]:
    def get_environ_proxies(url: str) -> dict[str, str]:
        if any(name[-6:].lower() == "_proxy" for name in os.environ):
            return find(url)
        return {}

    return get_environ_proxies
