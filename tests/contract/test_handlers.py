"""Handlers take what the model says, wrong marks fail at import, few files know other libraries.

Which package may import which is checked by import-linter: see its contracts in pyproject.toml.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore
import pytest

import membership_mock as package
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Backend, Family, Handler, operation
from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.codec import codec
from membership_mock.services import SERVICES
from tests.many_cases import ManyCases

ROOT = Path(package.__file__).parent
#: the files that know moto's internals, besides those of the package engine.moto
KNOW_MOTO = {
    "engine/adapters/aiobotocore_clients.py",
    "engine/adapters/botocore_clients.py",
    "engine/adapters/clients_before_moto.py",
}
#: the files that know botocore's internals: how it sends, makes sessions, finds its models
KNOW_BOTOCORE = {
    "engine/adapters/aiobotocore_clients.py",
    "engine/adapters/botocore_clients.py",
    "engine/adapters/botocore_headers.py",
    "engine/adapters/clients_before_moto.py",  # the list of built-in handlers
    "engine/cloudformation/handler_calls.py",  # the serializer of requests, the parser of answers
    "engine/protocol/model.py",
    "engine/protocol/model_files.py",
    "engine/adapters/default_region.py",
    "engine/adapters/environment.py",
    "engine/adapters/event_handlers.py",
    "engine/adapters/json_answers.py",
    "engine/adapters/json_requests.py",
    "engine/adapters/new_clients.py",
    "engine/adapters/outlived_clients.py",  # the class of clients
    "engine/adapters/sessions.py",
    "engine/adapters/signing.py",
    "engine/adapters/suite_guard/botocore_part.py",
    "engine/adapters/timestamps.py",
    "parity/http_calls.py",  # the parser of recorded answers
    "parity/recorder.py",  # the method that makes a call
    "mock.py",  # sessions that the user's settings do not reach
    "engine/protocol/wire/answers.py",  # the parser of answers
    "engine/protocol/wire/requests.py",  # likewise, which reads bodies of requests as well
}
#: the files that know the internals of HTTP clients, each with those that it knows
KNOW_HTTP_CLIENTS = {
    "engine/adapters/http_clients.py": {"urllib3"},
    "engine/adapters/requests_library.py": {"requests", "responses"},
    "engine/moto/responses.py": {"requests", "responses"},
    "engine/moto/startup.py": {"requests"},
}
#: the botocore whose models the handlers were written for
WRITTEN_FOR = (1, 44)
_RELEASE = tuple(int(part) for part in botocore.__version__.split(".")[:2])
#: the modules of botocore that every file may import
PUBLIC_BOTOCORE = {"botocore.config", "botocore.exceptions", "botocore.model"}


def _expected_fields(service: str, name: str) -> set[str]:
    """Return the input fields that are left for the handler."""
    described = model.service_model(service).operation_model(name)
    fields = {model.snake(field) for field in described.input_shape.members}
    token = model.idempotency_token(described)
    used_up = {model.snake(token)} if token else set()
    paginator = model.paginators(service).get(name)
    if paginator:
        used_up |= {
            model.snake(paginator[key]) for key in ("input_token", "limit_key") if key in paginator
        }
    return fields - used_up


def _handlers(service: str) -> dict[str, Handler]:
    handlers = dict(SERVICES[service].handlers)
    assert handlers
    return handlers


@pytest.mark.parametrize("service", SERVICES)
def test_a_handler_takes_exactly_the_fields_that_the_engine_leaves_it(service: str) -> None:
    with ManyCases() as cases:
        for name, handler in _handlers(service).items():
            with cases.case(name):
                accepts, expected = set(handler.accepts), _expected_fields(service, name)
                assert expected <= accepts
                # an older botocore may not know a field yet
                assert accepts <= expected or _RELEASE < WRITTEN_FOR
    assert cases.tried == len(SERVICES[service].handlers)


@pytest.mark.newest_model
@pytest.mark.parametrize("service", SERVICES)
def test_a_handler_has_defaults_for_exactly_the_fields_that_are_not_required(service: str) -> None:
    with ManyCases() as cases:
        for name, handler in _handlers(service).items():
            with cases.case(name):
                described = model.service_model(service).operation_model(name)
                required = {model.snake(field) for field in described.input_shape.required_members}
                parameters = inspect.signature(handler.method).parameters
                without = {
                    each for each in handler.accepts if parameters[each].default is inspect._empty
                }
                assert without == required & _expected_fields(service, name)
    assert cases.tried == len(SERVICES[service].handlers)


@pytest.mark.parametrize("service", SERVICES)
def test_a_handler_is_named_like_its_operation_and_takes_the_context_first(service: str) -> None:
    with ManyCases() as cases:
        for name, handler in _handlers(service).items():
            with cases.case(name):
                method = handler.method
                assert method.__name__ == model.snake(name)
                taken = inspect.signature(method, eval_str=True).parameters.values()
                first, second = list(taken)[:2]
                assert first.name == "self"
                # with an underscore when the method does not look at it
                assert (second.name.lstrip("_"), second.annotation) == ("ctx", Context)
    assert cases.tried == len(SERVICES[service].handlers)


@pytest.mark.parametrize("service", SERVICES)
def test_a_handler_says_what_it_does(service: str) -> None:
    silent = [name for name, each in _handlers(service).items() if not inspect.getdoc(each.method)]
    assert silent == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_paginated_operation_is_one_for_the_codec_as_well(service: str) -> None:
    backend = SERVICES[service]
    paginated = {
        name for name in backend.handlers if codec(service, name, backend.unique_lists).paging
    }
    assert paginated == model.paginators(service).keys() & backend.handlers.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_lists_with_unique_entries_are_lists_of_the_model(service: str) -> None:
    described = model.service_model(service)
    for name in SERVICES[service].unique_lists:
        assert described.shape_for(name).type_name == "list"


# --- wrong marks ---


class Misspelt(Family):
    @operation("CreateCas")
    def create_case(self, ctx: Context) -> None:
        """Do nothing."""


class Newer(Family):
    @operation("CreateCaseOfTheFuture", optional=True)
    def create_case_of_the_future(self, ctx: Context) -> None:
        """Do nothing."""


class First(Family):
    @operation("CloseCase")
    def close_case(self, ctx: Context, case_id: str) -> None:
        """Do nothing."""


class Second(Family):
    @operation("CloseCase")
    def close_the_case(self, ctx: Context, case_id: str) -> None:
        """Do nothing."""


def _make(**attributes: Any) -> type[Backend]:
    return type("Wrong", (Backend,), {"service": "security-ir", **attributes})


@pytest.mark.parametrize("service", SERVICES)
def test_a_family_that_hears_of_time_says_where_something_waits(service: str) -> None:
    deaf = [
        kind.__name__
        for kind in SERVICES[service].followers_of_time
        if kind.waiting.__func__ is Family.waiting.__func__
    ]
    assert deaf == []


def test_a_misspelt_mark_fails_at_import_and_names_the_nearest_operation() -> None:
    with pytest.raises(TypeError) as refused:
        _make(families=(Misspelt,))
    message = str(refused.value)
    assert "CreateCas, which is not an operation of security-ir" in message
    assert "nearest: CreateCase" in message
    assert "Misspelt.create_case" in message
    assert f"{__file__}:" in message


def test_a_mark_that_is_not_in_an_older_model_is_left_out_when_it_says_so() -> None:
    assert _make(families=(Newer, First)).handlers.keys() == {"CloseCase"}


def test_a_doubled_mark_fails_at_import_and_names_both_places() -> None:
    with pytest.raises(TypeError) as refused:
        _make(families=(First, Second))
    message = str(refused.value)
    assert "CloseCase is served twice" in message
    for method in (First.close_case, Second.close_the_case):
        line = method.__code__.co_firstlineno
        assert f"{method.__qualname__} ({__file__}:{line})" in message


# --- imports ---


def _files() -> Iterator[tuple[str, Path]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), path


def _imports(path: Path) -> set[str]:
    """Return every module that a file imports, anywhere in it, by its full name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


#: what each file imports; imports that only a type checker follows count: they show what it knows
FILES = {name: _imports(path) for name, path in _files()}


def _not_allowed(files: dict[str, set[str]], wrong: Callable[[str, set[str]], set[str]]) -> Any:
    """Return by file what it imports and may not."""
    assert len(files) > 50
    found = {name: wrong(name, imports) for name, imports in files.items()}
    return {name: sorted(imports) for name, imports in found.items() if imports}


def test_only_few_files_know_the_internals_of_moto() -> None:
    def wrong(name: str, imports: set[str]) -> set[str]:
        if name in KNOW_MOTO or name.startswith("engine/moto/"):
            return set()
        return _with_root({"moto"}, imports)

    assert not _not_allowed(FILES, wrong)


def test_only_few_files_know_the_internals_of_botocore() -> None:
    def wrong(name: str, imports: set[str]) -> set[str]:
        if name in KNOW_BOTOCORE:
            return set()
        return {
            each
            for each in _with_root({"botocore"}, imports)
            if each.rpartition(".")[0] not in PUBLIC_BOTOCORE
        }

    assert not _not_allowed(FILES, wrong)


def test_only_few_files_know_the_internals_of_http_clients() -> None:
    def wrong(name: str, imports: set[str]) -> set[str]:
        clients = {"requests", "responses", "urllib3"} - KNOW_HTTP_CLIENTS.get(name, set())
        return _with_root(clients, imports)

    assert not _not_allowed(FILES, wrong)


def _with_root(roots: set[str], imports: set[str]) -> set[str]:
    return {each for each in imports if each.partition(".")[0] in roots}


def test_every_file_that_may_know_other_libraries_exists() -> None:
    known = KNOW_MOTO | KNOW_BOTOCORE | KNOW_HTTP_CLIENTS.keys()
    assert not known - FILES.keys()
