"""The one mock that is running, if any: set up by the outermost start, taken down by the last stop.

Nested mocks, and mocks in several threads, share one world; it is emptied when the last one ends.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from membership_mock.engine import moto_bridge
from membership_mock.engine.caller import explicit_account, signing_key
from membership_mock.engine.interceptor import Interceptor
from membership_mock.engine.moto_start import MotoStart
from membership_mock.engine.record import Record
from membership_mock.engine.road import Road
from membership_mock.engine.world import World
from membership_mock.errors import NotRunning

if TYPE_CHECKING:
    from membership_mock.engine.operation import Backend

#: Variables of the user's that would shine through the fake credentials.
_HIDDEN = ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")

_lock = threading.RLock()
_current: list[Running] = []


class Running:
    """A running mock: its world, its road, and what it has changed outside of itself.

    Attributes:
        services: the backend class of each service, by service id.
        world: the state.
        record: every call so far.
        road: answers requests.
    """

    def __init__(
        self,
        services: Mapping[str, type[Backend]],
        config: Mapping[str, Any],
        default_account: str | None,
    ) -> None:
        self.services = services
        self.world = World(moto_bridge.random.getrandbits(128).to_bytes(16, "big"))
        self.record = Record()
        self.installation = moto_bridge.Installation(services, self.world)
        self.default_account = default_account
        self.road = Road(
            services,
            self.installation,
            self.world,
            self.record,
            default_account or moto_bridge.DEFAULT_ACCOUNT_ID,
        )
        self._configs: list[Mapping[str, Any]] = [config]
        self._config_before: dict[str, Any] = {}
        self._environment: dict[str, str | None] = {}
        self._moto = MotoStart(config, self.installation, self.world)
        self._interceptor = Interceptor(self.road, is_running)

    def open(self) -> None:
        """Set everything up."""
        self._config_before = deepcopy(moto_bridge.default_user_config)
        self._environment = {name: os.environ.pop(name, None) for name in _HIDDEN}
        self.installation.put(self._account_for_moto)
        try:
            self._moto.start()
            self._interceptor.put()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Take everything down, as it was before."""
        self._interceptor.remove()
        self._moto.stop()
        self.installation.remove()
        for name, value in self._environment.items():
            if value is not None:
                os.environ[name] = value
        moto_bridge.default_user_config.clear()
        moto_bridge.default_user_config.update(self._config_before)

    def reset(self) -> None:
        """Empty the world, moto's included, and the record of calls."""
        with self.world.lock:
            self._moto.reset()
            self.world.clear()
            self.record.entries.clear()

    def push_config(self, config: Mapping[str, Any]) -> None:
        """Let an inner mock's moto configuration count on top of the others."""
        self._configs.append(config)
        moto_bridge.default_user_config.update(config)

    def pop_config(self, config: Mapping[str, Any]) -> None:
        """Let it count no longer."""
        self._configs = [each for each in self._configs if each is not config]
        moto_bridge.default_user_config.clear()
        moto_bridge.default_user_config.update(deepcopy(self._config_before))
        for each in self._configs:
            moto_bridge.default_user_config.update(each)

    def _account_for_moto(self, headers: Any) -> str | None:
        found = explicit_account(headers)
        if found is not None or self.default_account is None:
            return found
        key = signing_key(headers)
        if key is not None and moto_bridge.account_of_access_key(key) is not None:
            return None
        return self.default_account


_entered = 0


def enter(
    services: Mapping[str, type[Backend]], config: Mapping[str, Any], default_account: str | None
) -> Running:
    """Start the mock, or join the one that is running."""
    global _entered  # noqa: PLW0603  one process has one botocore to catch
    with _lock:
        if _current:
            _current[0].push_config(config)
        else:
            running = Running(services, config, default_account)
            running.open()
            _current.append(running)
        _entered += 1
        return _current[0]


def leave(config: Mapping[str, Any]) -> None:
    """Leave the running mock, and stop it if nobody else is in it."""
    global _entered  # noqa: PLW0603  one process has one botocore to catch
    with _lock:
        if not _current:
            raise NotRunning("The mock was stopped more often than it was started.")
        _entered -= 1
        if _entered:
            _current[0].pop_config(config)
        else:
            _current.pop().close()


def is_running() -> bool:
    """Return whether any mock is running."""
    return bool(_current)


def require() -> Running:
    """Return the running mock.

    Raises:
        NotRunning: there is none.
    """
    if not _current:
        raise NotRunning(
            "No membership mock is running: start one with `with mock_membership() as mock:`,"
            " `@mock_membership` or the fixture `membership_mock`."
        )
    return _current[0]
