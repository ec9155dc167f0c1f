"""Hides parts of the user's environment from mocked calls: credentials, endpoints, profiles.

moto sets fake credentials. This file hides the rest, from the start of the outermost mock to its
end. What a test sets while the mock runs stays as the test has set it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from botocore.configprovider import ConfiguredEndpointProvider
from botocore.exceptions import BotoCoreError
from botocore.session import Session

from membership_mock.engine.moto import configuration
from membership_mock.engine.moto.patches import Patches

#: moto's fake credentials
_FAKED = {"AWS_ACCESS_KEY_ID": "FOOBARKEY", "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET"}

#: variables that would be used together with the fake credentials
_CREDENTIALS = ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")

#: AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE>
_ENDPOINTS = "AWS_ENDPOINT_URL"

_PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")

#: where botocore looks for an endpoint, as a private attribute lists it
_LOOKUP, _IN_FILES = "_ENDPOINT_URL_LOOKUP_ORDER", "config_"


class Environment:
    """The environment variables that a mock replaces, from its start to its end."""

    def __init__(self) -> None:
        self._before: dict[str, str | None] = {}

    def remember(self) -> None:
        """Note what will be restored, before moto sets its fake credentials."""
        self._before = {name: os.environ.get(name) for name in (*_FAKED, *_CREDENTIALS)}

    def fake(self) -> None:
        """Set the fake credentials that moto sets; it has not been imported."""
        os.environ.update(_FAKED)

    def hide(self) -> None:
        """Hide the user's variables; the fake credentials are set."""
        if configuration.mock_credentials():
            hidden = list(_CREDENTIALS)
        else:
            self._before, hidden = {}, []
        hidden += [name for name in os.environ if name.startswith(_ENDPOINTS)]
        hidden += _missing_profiles()
        for name in hidden:
            self._before.setdefault(name, os.environ.get(name))
            os.environ.pop(name, None)

    def prepare_end(self) -> None:
        """Set what moto expects to find when it stops, though the test may have deleted it."""
        for name in _FAKED:
            if name in self._before:
                os.environ.setdefault(name, "")

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Put the credentials that the test has now back after the block, in which moto starts."""
        before = {name: os.environ.get(name) for name in _FAKED}
        try:
            yield
        finally:
            _set(before)

    def restore(self) -> None:
        """Put everything back as it was."""
        _set(self._before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _missing_profiles() -> Iterator[str]:
    """Yield the variables that name a profile which this machine does not have."""
    named = {name: os.environ[name] for name in _PROFILES if os.environ.get(name)}
    if not named:
        return
    try:
        available = Session(include_builtin_handlers=False).available_profiles
    except BotoCoreError:  # a file that cannot be read: botocore reports it when the file is needed
        return
    for name, profile in named.items():
        if profile not in available:
            yield name


def install(patches: Patches, _alive: Callable[[], bool]) -> None:
    """Let new clients ignore the endpoints that the user's configuration files name.

    Args:
        patches: undone when the mock ends.
    """
    order = getattr(ConfiguredEndpointProvider, _LOOKUP, None)
    if order is not None:
        outside_of_files = [each for each in order if not each.startswith(_IN_FILES)]
        patches.set(ConfiguredEndpointProvider, _LOOKUP, outside_of_files)
