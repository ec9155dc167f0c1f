"""Starts moto for the mock that runs: with the mock, or later at the first import of moto."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from random import Random
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto import configuration
from membership_mock.engine.moto.default_session import NoDefaultSession
from membership_mock.engine.moto.presence import CAUGHT, ImportWatch, can_wait, require_moto

if TYPE_CHECKING:
    from membership_mock.engine.adapters.environment import Environment
    from membership_mock.engine.adapters.replacements import Replacements
    from membership_mock.engine.moto.parts import Parts
    from membership_mock.engine.moto.registries import Registries
    from membership_mock.engine.moto.startup import MotoStart
    from membership_mock.engine.pipeline.plain_http import PlainHttpEndpoint


class MotoOfMock:
    """moto, for one running mock.

    If the process has not imported moto, the mock may begin without it. Code that reads
    moto's state finds nothing then, as if nothing had used moto yet.

    Args:
        config: moto's configuration for this mock.
        endpoints: what our services serve outside their APIs.
        environment: the environment variables of the mock.
        replacements: what is replaced in other libraries.
        registries: returns our services in moto's registries; it imports moto.
        parts: returns what moto's services work on.

    Attributes:
        random: the source of the mock's ids, which is moto's as soon as moto is started.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        endpoints: tuple[PlainHttpEndpoint, ...],
        environment: Environment,
        replacements: Replacements,
        registries: Callable[[], Registries],
        parts: Callable[[], Parts],
    ) -> None:
        self._config = config
        self._endpoints = endpoints
        self._environment = environment
        self._replacements = replacements
        self._make_registries = registries
        self._parts = parts
        self._watch = ImportWatch(lambda: self._put(late=True), CAUGHT)
        self._session = NoDefaultSession()
        self._registries: Registries | None = None
        self._start: MotoStart | None = None
        self._config_before: dict[str, Any] | None = None
        self._random_before: Any = None
        self.random = Random() if can_wait(config) else configuration.random()  # noqa: S311

    def open(self) -> None:
        """Start moto, or wait until something imports it; then set what moto would set."""
        if not can_wait(self._config):
            self._put(late=False)
            return
        self._environment.fake()
        self._session.start()
        self._watch.begin()
        if not can_wait(self._config):  # another thread has just imported what has to be caught
            require_moto()
            self._watch.notice()  # if its import had begun before the watch

    def end_wait(self) -> None:
        """Start moto no more, because the mock ends."""
        self._watch.end()

    def stop(self) -> None:
        """Stop moto, if it is started."""
        if self._start is None or not self._start.stop():
            self._session.stop()

    def remove(self) -> None:
        """Take our services out of moto's registries."""
        if self._registries is not None:
            self._registries.remove()

    def reset(self) -> None:
        """Empty all of moto's backends, which calls ``after_reset`` of the parts."""
        if self._start is not None:
            self._start.reset()
        else:
            self._parts().after_reset()

    def configure(self, configs: list[Mapping[str, Any]]) -> None:
        """Let these configurations of moto apply on top of the one from before the mock."""
        if self._config_before is None:  # moto is not started for this mock
            if any(configs):
                configuration.user_config()  # which starts moto
            else:
                return
        config = configuration.user_config()
        config.clear()
        config.update(configuration.copy_of(self._config_before))
        for each in configs:
            config.update(each)

    def restore_configuration(self) -> None:
        """Put moto's configuration back to what it was before the mock."""
        self.configure([])

    def seed(self, seed: int | str) -> None:
        """Let the ids of the mock, and moto's, come from this seed."""
        if self._random_before is None:
            self._random_before = self.random.getstate()
        self.random.seed(seed)

    def restore_random(self) -> None:
        """Let what comes after a seeded mock be as random as what came before."""
        if self._random_before is not None:
            self.random.setstate(self._random_before)

    def _put(self, *, late: bool) -> None:
        """Start moto, with our services in it.

        Args:
            late: something has just imported moto, and the mock has begun before.
        """
        from membership_mock.engine.moto.startup import MotoStart

        parts = self._parts()
        self._config_before = configuration.copy_of(configuration.user_config())
        self._share_random(parts)
        self._registries = self._make_registries()
        self._registries.put(parts.backends)
        session = self._session if late else None
        self._start = MotoStart(self._config, self._endpoints, parts.world, session)
        with self._environment.kept() if late else nullcontext():
            self._start.start()
        self._replacements.put_in_moto()

    def _share_random(self, parts: Parts) -> None:
        """Use moto's random source from now on; with a seed, it goes on where ours is."""
        ours, motos = self.random, configuration.random()
        if ours is motos:
            return
        self.random = parts.world.random = motos
        if self._random_before is not None:
            self._random_before = motos.getstate()
            motos.setstate(ours.getstate())
