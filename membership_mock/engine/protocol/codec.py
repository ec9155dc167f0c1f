"""The parser and the serializers of one operation, compiled once from the service model."""

from __future__ import annotations

from functools import cache

from botocore.model import OperationModel

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.field_paths import Invalid, Unparsable
from membership_mock.engine.protocol.parse import RequestParser
from membership_mock.engine.protocol.readers import Readers
from membership_mock.engine.protocol.serialize import Answer, AnswerWriter, ErrorWriter, Writers
from membership_mock.errors import ServiceError

__all__ = ["Invalid", "OperationCodec", "Paging", "Unparsable", "codec", "service_error_response"]

#: the page size of lists whose model gives none (inferred)
DEFAULT_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Paging:
    """The parameters and fields with which an operation returns a list in pages.

    Attributes:
        input_token: the argument with the page token, in snake case.
        limit_key: the argument with the page size, in snake case; empty if there is none.
        token_name: the input field with the page token, in its API spelling.
        output_token: the output field with the token of the next page.
        result_key: the output field with the entries.
        page_size: the number of entries of a page when the caller gives none.
    """

    input_token: str
    limit_key: str
    token_name: str
    output_token: str
    result_key: str
    page_size: int


class OperationCodec:
    """Parses the requests for one operation and writes its answers.

    Get it from `codec`, which compiles it once per process.

    Attributes:
        model: the operation in botocore's model.
        fields: the names of all input fields, in snake case.
        labels: those that are part of the path.
        token_field: the argument with the idempotency token, in snake case; None if it has none.
        token_name: the same in its API spelling.
        paging: how the operation paginates, if botocore has a paginator for it.
        is_header: takes a header's name; returns whether it holds an argument. None when no header
            holds one.
        parse: takes path, query string, headers and body; returns the arguments that were sent.
        serialize: takes a handler's answer; returns status, headers and body.
        serialize_error: the same for an error.
    """

    def __init__(self, service: str, operation: OperationModel, readers: Readers) -> None:
        shape = operation.input_shape
        token = model.idempotency_token(operation)
        self.model = operation
        self.fields = tuple(map(model.snake, shape.members)) if shape else ()
        self.labels = tuple(map(model.snake, model.labels(operation)))
        self.token_name = token
        self.token_field = model.snake(token) if token else None
        self.paging = _paging(service, operation)
        parser = RequestParser(operation, readers)
        self.parse = parser.parse
        self.is_header = parser.is_header if parser.reads_headers else None
        self.serialize = AnswerWriter(operation, _writers(service)).serialize
        self.serialize_error = _error_writer(service).serialize


@cache
def codec(
    service: str,
    operation: str,
    unique_lists: frozenset[str],
    unchecked_shapes: frozenset[str] = frozenset(),
) -> OperationCodec:
    """Return the codec of an operation.

    Args:
        service: the service's id, e.g. ``security-ir``.
        operation: the operation in its API spelling, e.g. ``CreateCase``.
        unique_lists: names of the list shapes that refuse equal entries.
        unchecked_shapes: names of the structures, and of the long lists, that the handler checks.
    """
    described = model.service_model(service).operation_model(operation)
    return OperationCodec(service, described, _readers(service, unique_lists, unchecked_shapes))


def service_error_response(service: str, error: ServiceError) -> Answer:
    """Return status, headers and body of an error of ``service``, whatever the operation."""
    return _error_writer(service).serialize(error)


@cache
def _readers(
    service: str, unique_lists: frozenset[str], unchecked_shapes: frozenset[str]
) -> Readers:
    del service  # a key of the cache: two services may have shapes of the same name
    return Readers(unique_lists, unchecked_shapes)


@cache
def _writers(service: str) -> Writers:
    del service
    return Writers()


@cache
def _error_writer(service: str) -> ErrorWriter:
    return ErrorWriter(service, _writers(service))


def _paging(service: str, operation: OperationModel) -> Paging | None:
    described = model.paginators(service).get(operation.name)
    if described is None:
        return None
    limit = described.get("limit_key", "")
    shape = operation.input_shape
    size = shape.members[limit].metadata.get("max") if shape and limit else None
    return Paging(
        input_token=model.snake(described["input_token"]),
        limit_key=model.snake(limit) if limit else "",
        token_name=described["input_token"],
        output_token=described["output_token"],
        result_key=described["result_key"],
        page_size=int(size or DEFAULT_PAGE_SIZE),
    )
