"""The rules of the guard of a whole run: what it refuses and allows, its messages, its record."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from membership_mock.errors import RequestBlocked

#: where AWS tells a machine or a container its credentials
_METADATA_HOSTS = frozenset(
    ("169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23")
)

#: patterns of operations, each as service and operation
Patterns = Sequence[tuple[str, str]]

#: whether the request that is being sent has been allowed already
_leaving: ContextVar[bool] = ContextVar("membership_mock_guard_leaving", default=False)


class SuiteGuard:
    """The guard of one run of tests.

    Attributes:
        where: the running test as messages name it: "in tests/test_orders.py::test_total".
    """

    def __init__(self) -> None:
        self.where = "before any test"
        self._refused: list[Exception] = []

    def note(self, error: Exception) -> None:
        """Remember a refusal, in case the code under test catches it."""
        self._refused.append(error)

    def take_refused(self) -> list[Exception]:
        """Return what has been refused since the last call of this method."""
        taken, self._refused = self._refused, []
        return taken


#: the guards, the innermost run last: a run of pytest may run another one in its process
guards: list[SuiteGuard] = []
#: the operations that may reach AWS now, in any thread: patterns of them, or None for all
_allowed: list[Patterns | None] = []


@contextmanager
def allowing(patterns: Patterns | None) -> Iterator[None]:
    """Let calls reach AWS inside the block, from any thread.

    Args:
        patterns: the operations, as service and operation; everything when None.
    """
    _allowed.append(patterns)
    try:
        yield
    finally:
        _allowed.remove(patterns)


@contextmanager
def leaving() -> Iterator[None]:
    """Let requests inside the block reach the network: they have been allowed already."""
    token = _leaving.set(True)
    try:
        yield
    finally:
        _leaving.reset(token)


def is_guarding(operation: tuple[str, str] | None = None) -> bool:
    """Return whether a guard is active that may refuse calls now.

    Args:
        operation: the operation that it may refuse; any operation when None.
    """
    if not guards or _leaving.get():
        return False
    return not _allowed if operation is None else not _may_pass(operation)


def is_mock_running() -> bool:
    """Return whether a mock of this package is running."""
    engine = sys.modules.get("membership_mock.engine.running")
    return engine is not None and engine.is_running()


def is_moto_running() -> bool:
    """Return whether moto answers botocore's requests."""
    models = sys.modules.get("moto.core.models")
    # Another thread may be importing it, and has not started moto then.
    return bool(getattr(getattr(models, "botocore_stubber", None), "enabled", False))


def is_refused(url: str, operation: tuple[str, str] | None = None) -> bool:
    """Return whether a request must not leave.

    Args:
        url: where it goes.
        operation: service and operation; None when only the URL is known.
    """
    if not guards or _leaving.get() or is_mock_running():
        return False
    host = (urlsplit(url).hostname or "").rstrip(".")
    if not _is_of_aws(host) or _may_pass(operation):
        return False
    if is_moto_running():
        from membership_mock.engine.moto import configuration

        return not configuration.passes_through(None, url)
    return True


def refusal(what: str, host: str, pattern: str | None = None) -> RequestBlocked:
    """Return the error for a request that must not leave, and remember it.

    Args:
        what: what happened, as the beginning of a sentence.
        host: where the request was about to go.
        pattern: what a test passes to the marker to allow this call; None if the call has no name.
    """
    guard = guards[-1]
    if is_moto_running():
        happened = "moto's mock_aws, which is running, does not answer it"
        to_mock = (
            "take the fixture `membership_mock` into the arguments of the test, or start"
            " `mock_membership()`: it answers clients of any age, of aiobotocore too; mock_aws"
            " answers only those of boto3, and none of a session that is older than the import of"
            " moto"
        )
    else:
        happened = "no mock is running"
        to_mock = (
            "take the fixture `membership_mock` into the arguments of the test, or start"
            " `mock_membership()` or moto's `mock_aws()` before the call"
        )
    error = RequestBlocked(
        f"{what} {guard.where}, but {happened}, and the guard of this run"
        f" (membership_mock_guard) lets nothing leave for AWS ({host}).\n"
        f"    to mock it   {to_mock}\n"
        "    to allow it  mark a test that is meant to call AWS with"
        f" @pytest.mark.membership_mock_real_aws{'' if pattern is None else f'({pattern!r})'}\n"
        "    More: python -m membership_mock docs guard-a-suite"
    )
    guard.note(error)
    return error


def note(error: Exception) -> None:
    """Remember the refusal of another guard, in case the code under test catches it."""
    if guards:
        guards[-1].note(error)


def _may_pass(operation: tuple[str, str] | None) -> bool:
    for patterns in _allowed:
        if patterns is None:
            return True
        if operation is not None and any(
            fnmatchcase(operation[0], service) and fnmatchcase(operation[1], name)
            for service, name in patterns
        ):
            return True
    return False


def _is_of_aws(host: str) -> bool:
    if host in _METADATA_HOSTS:
        return True
    if "." not in host or host.replace(".", "").isdecimal():
        return False  # without importing botocore
    from membership_mock.engine.adapters.hosts import is_aws_host

    return is_aws_host(host)
