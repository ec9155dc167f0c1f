"""What every test has: no network, no user's AWS settings, and every answer checked against its shape."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Generator, Iterator
from typing import Any

import botocore
import pytest
from botocore.exceptions import ParamValidationError

from membership_mock.engine.pipeline.call_record import Entry, Record
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
from membership_mock.engine.protocol import fit
from membership_mock.errors import ServiceError
from membership_mock.testing.faults.errors import InjectedError
from tests.undeclared_errors import allowed

#: An older botocore does not know every field that the backends answer with; it drops them.
NEWEST_MODEL = tuple(map(int, botocore.__version__.split(".")[:2])) >= (1, 44)


#: What boto3 says to a parameter, an operation or an error that its release does not have.
_UNKNOWN_TO_BOTO3 = re.compile(
    r"Unknown parameter in|object has no attribute '(?:[a-z]+_)+[a-z]+'|Missing required parameter"
)


def pytest_configure(config: pytest.Config) -> None:
    """Forget the AWS settings of the machine, which modules of tests meet when they are imported.

    Declares the marker of tests that need more than the oldest supported boto3 knows.
    """
    for name in list(os.environ):
        if name.startswith(("AWS_", "MOTO_")):
            del os.environ[name]
    config.addinivalue_line("markers", "newest_model: needs the model of the newest boto3")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what the botocore in use cannot even ask, or does not read."""
    if not NEWEST_MODEL:
        for item in items:
            if item.get_closest_marker("newest_model"):
                item.add_marker(pytest.mark.skip(reason=f"not known to {botocore.__version__}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Skip a test whose calls the oldest supported boto3 does not let out."""
    try:
        return (yield)
    except (ParamValidationError, AttributeError) as error:
        if NEWEST_MODEL or not _UNKNOWN_TO_BOTO3.search(str(error)):
            raise
        pytest.skip(f"boto3 for botocore {botocore.__version__} does not know this: {error}")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no connection leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else address
        if str(host) not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test was about to connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", _only_loopback(socket.getaddrinfo))


def _only_loopback(lookup: Any) -> Any:
    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in ("127.0.0.1", "::1", "localhost", "0.0.0.0", None, ""):
            raise socket.gaierror(f"a test was about to look up {host}")
        return lookup(host, *args, **kwargs)

    return guarded


@pytest.fixture(autouse=True)
def _no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Have a region and nothing else, neither in the environment nor in the files of the AWS CLI."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(autouse=True)
def _reports_as_in_a_plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pytest that a test starts print the same on a CI machine and on a coloured terminal."""
    for name in ("CI", "BUILD_NUMBER", "COLUMNS", "FORCE_COLOR", "PY_COLORS", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _answers_fit_their_shapes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check each answer of each test against the service model."""
    found: list[str] = []
    add = Record.add

    def checked(self: Record, *parts: Any) -> None:
        add(self, *parts)
        found.extend(_misfits(self.entries[-1]))

    monkeypatch.setattr(Record, "add", checked)
    perform = RequestPipeline._perform

    def performed(
        self: RequestPipeline, step: Any, backend: Any, context: Context, arguments: Any
    ) -> Any:
        answer = perform(self, step, backend, context, arguments)
        if NEWEST_MODEL:
            found.extend(fit.strays(context.service, context.operation, answer))
        return answer

    monkeypatch.setattr(RequestPipeline, "_perform", performed)
    yield
    assert not found, "answers that do not fit the service model:\n" + "\n".join(found)


def _injected(error: ServiceError) -> frozenset[str]:
    """Return the code of an error that a test lets an operation send without declaring it."""
    asked_for = isinstance(error, InjectedError) and error.undeclared
    return frozenset({error.code}) if asked_for else frozenset()


def _misfits(entry: Entry) -> list[str]:
    context, answer = entry.context, entry.answer
    if answer is None:
        return []
    if isinstance(entry.error, ServiceError):
        if context.operation == "UnknownOperation":
            return []
        return fit.error_misfits(
            context.service,
            context.operation,
            answer.status,
            answer.headers,
            answer.body,
            allowed(context.service, context.operation) | _injected(entry.error),
        )
    if (
        context.partition != "aws"
    ):  # the ARN patterns of the models know the commercial partition only
        return []
    return fit.misfits(context.service, context.operation, answer.body, answer.status)
