"""``python -m membership_mock serve``: its options, and what it says when they cannot be so."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from membership_mock.errors import UsageError

if TYPE_CHECKING:
    from membership_mock.mock import MembershipMock
    from membership_mock.server.certificates import Certificate

#: what ends the server: Ctrl+C, and how a shell, a container or a service manager ends a program
_ENDING = (signal.SIGINT, signal.SIGTERM)

_NO_EXTRA = "The server needs moto's server extra: pip install 'membership-mock[server]'"


class CannotStart(Exception):
    """The server cannot start, or cannot end in order; the text is one sentence."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to a parser."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=5000, help="port to listen on; 0 takes a free one")
    add("--account", metavar="ID", help="account of calls that name none, 12 digits")
    add("--region", help="region of tools that name none")
    add("--seed", metavar="TEXT", help="give the same ids again in every run with this text")
    add("--now", metavar="INSTANT", help="freeze the clock there, e.g. 2026-01-31T12:00:00Z")
    add("--load", metavar="FILE", help="start with the world of this dump")
    add("--given", metavar="FILE", help="then seed what this JSON file describes")
    add("--dump-on-exit", metavar="FILE", help="write the world to this file at the end")
    add("--tls", action="store_true", help="serve HTTPS with a certificate made for this run")
    add("--tls-cert", metavar="FILE", help="serve HTTPS with this certificate (PEM)")
    add("--tls-key", metavar="FILE", help="the key of that certificate (PEM)")
    add(
        "--allow-host",
        metavar="NAME",
        action="append",
        default=[],
        help="a name of this server by which its tools can be reached, besides local ones",
    )
    add(
        "--keep-calls",
        type=int,
        default=1_000,
        metavar="N",
        help="how many of the latest calls the record keeps (default: 1000)",
    )


def run(chosen: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Serve until SIGINT or SIGTERM, and return the exit status.

    Args:
        chosen: the options.
        parser: ends the process with status 2 where an option has a value that it cannot have.

    Returns:
        0 when a signal has ended the server; 1 when it could not start, or could not write the
        dump at the end, after one sentence on standard error that says why.
    """
    with _interrupted_by_signals():  # also while it starts: imports and a large dump take a while
        try:
            _serve(_mock(chosen, parser), chosen)
        except CannotStart as why:
            sys.stderr.write(f"{why}\n")
            return 1
    return 0


def _mock(chosen: argparse.Namespace, parser: argparse.ArgumentParser) -> MembershipMock:
    """Return the mock to serve, not started, if all options are right."""
    from membership_mock.mock import mock_membership

    if chosen.keep_calls < 0:
        parser.error(f"--keep-calls is a number from 0 on, not {chosen.keep_calls}")
    if (chosen.tls_cert is None) is not (chosen.tls_key is None):
        parser.error("--tls-cert and --tls-key go together")
    if chosen.tls and chosen.tls_cert is not None:
        parser.error("--tls makes a certificate: leave it out, or --tls-cert and --tls-key")
    if chosen.now is not None and chosen.load is not None:
        parser.error("--now and --load do not go together: a dump has a clock of its own")
    options = {name: getattr(chosen, name) for name in ("account", "region", "now", "seed")}
    for name, value in options.items():
        _check_option(parser, name, value)
    return mock_membership(**options, unmocked_calls="ignore")


def _check_option(parser: argparse.ArgumentParser, name: str, value: Any) -> None:
    from membership_mock.mock import mock_membership

    try:
        mock_membership(**{name: value})
    except UsageError as error:
        parser.error(f"--{name}: {error}")


def _serve(mock: MembershipMock, chosen: argparse.Namespace) -> None:
    try:
        import_module("flask_cors")  # what the rest needs is there if this is
        from membership_mock.server import serving
        from membership_mock.server.tools.served import Served
    except ImportError:
        raise CannotStart(_NO_EXTRA) from None
    with ExitStack() as stack:
        try:
            listener = stack.enter_context(serving.listening(chosen.host, chosen.port))
        except (OSError, OverflowError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CannotStart(f"Cannot listen on {chosen.host}:{chosen.port}: {reason}") from None
        world, given = _read_dump(chosen), _read_json("--given", chosen.given)
        _check_writable(chosen.dump_on_exit)
        certificate = _certificate(chosen, stack)
        stack.enter_context(mock)
        running = mock._running()
        running.record.most = running.events.most = chosen.keep_calls
        _check_region(mock)
        _fill(mock, chosen, world, given)
        if chosen.dump_on_exit is not None:
            stack.callback(_write_dump, mock, Path(chosen.dump_on_exit))
        tls = certificate.context if certificate else None
        url = stack.enter_context(
            serving.run(Served(mock), listener, chosen.host, tls, chosen.allow_host, log=True)
        )
        sys.stdout.write(f"Serving on {url} (Ctrl+C stops)\n")
        if chosen.tls and certificate:
            sys.stdout.write(f"Certificate to trust: {certificate.file}\n")
        sys.stdout.flush()
        _wait_for_a_signal()


def _wait_for_a_signal() -> None:
    threading.Event().wait()


def _certificate(chosen: argparse.Namespace, stack: ExitStack) -> Certificate | None:
    from membership_mock.server import certificates

    if chosen.tls:
        return stack.enter_context(certificates.self_signed(chosen.host))
    if chosen.tls_cert is None:
        return None
    try:
        return certificates.from_files(chosen.tls_cert, chosen.tls_key)
    except OSError as error:
        raise CannotStart(
            f"--tls-cert {chosen.tls_cert} and --tls-key {chosen.tls_key} cannot be used:"
            f" {error.strerror or error}"
        ) from None


def _read_dump(chosen: argparse.Namespace) -> Any:
    """Return the dump to start with; None if there is none."""
    from membership_mock.testing.dumps.dumps import Dump

    if chosen.load is None:
        return None
    if chosen.load == chosen.dump_on_exit and not Path(chosen.load).exists():
        sys.stdout.write(f"{chosen.load} is not there yet: the world is empty\n")
        return None
    try:
        return Dump.from_json(_read("--load", chosen.load))
    except UsageError as error:
        raise CannotStart(f"--load {chosen.load}: {error}") from None


def _read_json(option: str, path: str | None) -> Any:
    if path is None:
        return None
    try:
        return json.loads(_read(option, path))
    except (ValueError, RecursionError) as error:
        raise CannotStart(f"{option} {path} is not JSON: {error}") from None


def _read(option: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotStart(f"{option} {path} cannot be read: {reason}") from None


def _fill(mock: MembershipMock, chosen: argparse.Namespace, world: Any, given: Any) -> None:
    """Load a dump, and seed a world."""
    for option, path, value, fill in (
        ("--load", chosen.load, world, mock.load),
        ("--given", chosen.given, given, mock.given.world),
    ):
        if value is not None:
            try:
                fill(value)
            except (UsageError, TypeError) as error:
                raise CannotStart(f"{option} {path}: {error}") from None


def _check_region(mock: MembershipMock) -> None:
    """Refuse a default region from the environment that is not a region."""
    try:
        mock._region()
    except UsageError as error:
        raise CannotStart(str(error)) from None


def _check_writable(path: str | None) -> None:
    """Refuse a place for the dump that the end of the server could not write to."""
    if path is None:
        return
    target = Path(path)
    folder = target.parent
    if not folder.is_dir():
        raise CannotStart(f"--dump-on-exit {path} cannot be written: {folder} is not a folder")
    if target.is_dir() or not os.access(target if target.exists() else folder, os.W_OK):
        raise CannotStart(f"--dump-on-exit {path} cannot be written")


def _write_dump(mock: MembershipMock, target: Path) -> None:
    """Write the world to a file as a whole: who reads it meanwhile sees the old one."""
    new = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        new.write_text(mock.dump().to_json(), encoding="utf-8")
        new.replace(target)
    except OSError as error:
        raise CannotStart(
            f"--dump-on-exit {target} cannot be written: {error.strerror or error}"
        ) from None
    except UsageError as error:
        raise CannotStart(f"--dump-on-exit {target} cannot be written: {error}") from None


@contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """End the block at SIGINT and at SIGTERM, whatever the process that started this one has set.

    A shell lets programs in the background ignore SIGINT. Process 1 of a container ignores every
    signal that it has no handler for.
    """

    def interrupt(_number: int, _frame: object) -> None:
        for each in _ENDING:  # what ends in order, and writes a dump, is not to be stopped in it
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in _ENDING}
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
