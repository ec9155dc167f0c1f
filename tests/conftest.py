"""What every test has: no network, no user's AWS settings, and every answer checked against its shape."""

from __future__ import annotations

import gc
import os
import re
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import botocore
import freezegun
import pytest
from botocore.exceptions import ParamValidationError

from membership_mock.engine.pipeline.call_record import Entry, Record
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
from membership_mock.engine.protocol import fit
from membership_mock.errors import ServiceError
from membership_mock.testing.faults.errors import InjectedError
from tests.forked_pytest import ForkedPytest, ForkingPytester
from tests.undeclared_errors import allowed

#: An older botocore does not know every field that the backends answer with; it drops them.
NEWEST_MODEL = tuple(map(int, botocore.__version__.split(".")[:2])) >= (1, 44)


#: What boto3 says to a parameter, an operation or an error that its release does not have.
_UNKNOWN_TO_BOTO3 = re.compile(
    r"Unknown parameter in|object has no attribute '(?:[a-z]+_)+[a-z]+'|Missing required parameter"
)


def pytest_configure(config: pytest.Config) -> None:
    """Forget the AWS settings of the machine, which modules of tests meet when they are imported.

    Declares the marker of tests that need more than the oldest supported boto3 knows. Lets pytest
    measure durations by the real clock, also where a test has frozen time with freezegun.
    """
    # The world of a test goes with its last reference. Looking for cycles again and again, in a
    # process that keeps hundreds of megabytes of models, takes a fifth of the time of the suite.
    gc.set_threshold(100_000, 20, 50)
    freezegun.configure(extend_ignore_list=["_pytest.timing", "_pytest.runner"])
    for name in list(os.environ):
        if name.startswith(("AWS_", "MOTO_")):
            del os.environ[name]
    config.addinivalue_line("markers", "newest_model: needs the model of the newest boto3")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Use every core for a run of the whole suite, unless the command line says otherwise.

    A single test, a folder or a selection stays in this process: it is over before workers have
    started, and a debugger and print work. ``-n 0`` keeps the whole suite here as well.
    """
    option = config.option
    chosen = ("keyword", "markexpr", "collectonly", "usepdb", "trace", "lf", "stepwise")
    if (
        getattr(option, "numprocesses", 0) is None  # xdist is there, and was not asked for anything
        and not hasattr(config, "workerinput")
        and not any(getattr(option, name, None) for name in chosen)
        and option.dist == "no"
        and option.capture != "no"
        and (os.cpu_count() or 1) > 1
        and _is_the_whole_suite(config)
    ):
        option.numprocesses = "auto"
        option.dist = "loadfile"  # what a file sets up for all its tests is set up once


def _is_the_whole_suite(config: pytest.Config) -> bool:
    if config.args_source == pytest.Config.ArgsSource.TESTPATHS:
        return True
    whole = {config.rootpath, Path(__file__).parent}
    return any((config.invocation_params.dir / each).resolve() in whole for each in config.args)


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


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Let no connection leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else address
        if str(host) not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test was about to connect to {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket, "getaddrinfo", _only_loopback(socket.getaddrinfo))
        yield


def _only_loopback(lookup: Any) -> Any:
    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in ("127.0.0.1", "::1", "localhost", "0.0.0.0", None, ""):
            raise socket.gaierror(f"a test was about to look up {host}")
        return lookup(host, *args, **kwargs)

    return guarded


_NO_SUCH_FOLDER = Path(__file__).parent / "no-such-folder"
#: What a test finds in the environment: a region and nothing else of the user's settings, neither
#: here nor in the files of the AWS CLI, which are not there.
_SETTINGS = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": str(_NO_SUCH_FOLDER / "config"),
    "AWS_SHARED_CREDENTIALS_FILE": str(_NO_SUCH_FOLDER / "credentials"),
    "AWS_EC2_METADATA_DISABLED": "true",
}
#: What a test does not find, so that a pytest which it starts prints the same on a CI machine and
#: on a coloured terminal.
_NO_SETTINGS = ("CI", "BUILD_NUMBER", "COLUMNS", "FORCE_COLOR", "PY_COLORS", "PYTEST_ADDOPTS")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Let each test begin with the same environment."""
    os.environ.update(_SETTINGS)
    for name in _NO_SETTINGS:
        os.environ.pop(name, None)


#: what is wrong with the answers of the test that runs
_found: list[str] = []


@pytest.fixture(autouse=True, scope="session")
def _answers_are_compared() -> Iterator[None]:
    """Compare each answer of each test with the service model."""
    add, perform = Record.add, RequestPipeline._perform

    def checked(self: Record, entry: Entry) -> None:
        add(self, entry)
        if entry.is_ours:
            _found.extend(_misfits(entry))

    def performed(
        self: RequestPipeline, step: Any, backend: Any, context: Context, arguments: Any
    ) -> Any:
        answer = perform(self, step, backend, context, arguments)
        if NEWEST_MODEL:
            _found.extend(fit.strays(context.service, context.operation, answer))
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Record, "add", checked)
        patch.setattr(RequestPipeline, "_perform", performed)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, Any, Any]:
    """Fail a test whose answers do not fit the service model."""
    try:
        result = yield
        assert not _found, "answers that do not fit the service model:\n" + "\n".join(_found)
        return result
    finally:
        _found.clear()


@pytest.fixture(scope="session")
def forked_pytest() -> Iterator[ForkedPytest]:
    """Runs of pytest in processes that begin with its imports done."""
    forked = ForkedPytest()
    yield forked
    forked.close()


@pytest.fixture
def pytester(
    pytester: pytest.Pytester, forked_pytest: ForkedPytest, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """The pytester of pytest, whose `runpytest_subprocess` takes a tenth of the time."""
    monkeypatch.setattr(pytester, "run", ForkingPytester(pytester, forked_pytest))
    return pytester


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
