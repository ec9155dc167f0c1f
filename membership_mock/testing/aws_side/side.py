"""The account and region in which AWS does something by itself."""

from __future__ import annotations

from inspect import isfunction
from typing import TYPE_CHECKING, TypeVar

from membership_mock.errors import NotRunning, UsageError
from membership_mock.testing.argument_types import checking_types
from membership_mock.testing.arguments import naming_attributes

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.operation import Family
    from membership_mock.engine.running import Running

F = TypeVar("F", bound="Family")


class Side:
    """What AWS does by itself in one account and region.

    Every public method of a subclass checks the types of its arguments.
    """

    def __init_subclass__(cls) -> None:
        for name, value in list(vars(cls).items()):
            if isfunction(value) and not name.startswith("_"):
                setattr(cls, name, checking_types(value))
        naming_attributes(cls)

    def __init__(self, running: Running, account: str, region: str) -> None:
        self._held = running
        self._account = account
        self._region = region

    @property
    def _running(self) -> Running:
        if self._held.is_empty:
            raise NotRunning(
                "The mock of this side of AWS has ended: take `mock.aws_side(…)` of the one that is"
                " running."
            )
        return self._held

    def _family(self, service: str, kind: type[F]) -> F:
        found: F = self._running.backends.of(service, self._account, self._region).family(kind)
        return found


def check_text(**given: object) -> None:
    """Refuse a value that is not text, by its name."""
    for name, value in given.items():
        if not isinstance(value, str):
            raise UsageError(f"{name} is text, not {value!r}.")
