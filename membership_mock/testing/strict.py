"""Strict mode: a call that is not allowed fails at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from membership_mock.engine.pipeline.hooks import Hook
from membership_mock.engine.protocol.model import service_names, snake
from membership_mock.errors import UnexpectedCall, UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.operation_names import is_pattern, operations_matching

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.call_record import Entry
    from membership_mock.engine.running import Running


class Strictness(Hook):
    """The calls that are allowed while a mock is running: all, or those of the innermost block."""

    outlives_reset = True
    rank = -10  # before every other hook: nothing may happen to a call that is not allowed

    def __init__(self, running: Running) -> None:
        self._hooks = running.pipeline.hooks
        self._lock = running.world.lock
        self._stack: list[_Allowed] = []

    @contextmanager
    def allowing(self, patterns: Sequence[str]) -> Iterator[None]:
        """Allow only these calls inside the block, from all accounts.

        Raises:
            UnexpectedCall: a call was refused inside the block, and the code caught the error and
                went on.
        """
        allowed = _Allowed(patterns)
        with self._lock:
            self._stack.append(allowed)
            self._hooks.add(self)
        try:
            yield
        finally:
            with self._lock:
                self._stack.remove(allowed)
                if not self._stack:
                    self._hooks.remove(self)
        if allowed.refused is not None:
            raise allowed.refused

    def arrives(self, entry: Entry) -> None:
        """Refuse a call that is not allowed, before anything happens."""
        context = entry.context
        with self._lock:
            if self._stack:  # else the block has ended in another thread just now
                self._stack[-1].check(
                    context.service, context.operation, context.account_id, context.region
                )


class _Allowed:
    """Patterns of operations, and the first call that matched none of them."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [(each, *check_pattern(each)) for each in patterns]
        self.refused: UnexpectedCall | None = None

    def check(self, service: str, operation: str, account: str, region: str) -> None:
        for _, wanted_service, wanted in self._patterns:
            if fnmatchcase(service, wanted_service) and (
                fnmatchcase(operation, wanted) or fnmatchcase(snake(operation), wanted)
            ):
                return
        patterns = [each for each, *_ in self._patterns]
        more = ", ".join(repr(each) for each in [*patterns, f"{service}.{operation}"])
        refusal = UnexpectedCall(
            f"{service}.{operation} was called by {account} in {region}, but strict mode allows"
            f" only: {', '.join(patterns) or 'nothing'}.\n"
            f"    Allow it as well, strict({more}), or find out why the code calls it."
        )
        self.refused = self.refused or refusal
        raise refusal


def check_pattern(pattern: str) -> tuple[str, str]:
    """Return the two parts of a pattern of operations: that of the service, and the rest.

    Raises:
        UsageError: there is no such service, or no mocked service has such an operation.
    """
    if not isinstance(pattern, str):
        raise UsageError(f"A pattern of operations is text, e.g. 'securityhub.*', not {pattern!r}.")
    service, dot, operation = pattern.rpartition(".")
    if dot and not operation:
        raise UsageError(f"{pattern!r} names no operation; write '{pattern}*' for all of them.")
    if service in SERVICES or (not dot and pattern != "*"):
        operations_matching(pattern)
        return service or "*", operation
    if not is_pattern(service) and service and (service not in service_names()):
        nearest = difflib.get_close_matches(service, service_names(), n=1)
        raise UsageError(
            f"{pattern!r} names no service of AWS"
            + (f"; nearest: '{nearest[0]}.{operation}'." if nearest else ".")
        )
    return service or "*", operation
