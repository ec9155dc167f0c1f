"""Find the operation of a request to any service of AWS.

botocore's clients say which operation they call. The request of another SDK, which a server gets,
names it as its protocol does: in a header, in a form, or by method and path.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

from botocore.model import OperationModel, ServiceModel

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol.http import HttpRequest
from membership_mock.engine.protocol.model import (
    loader,
    model_in_protocol,
    service_model,
    service_names,
)
from membership_mock.engine.protocol.wire.requests import path_pattern, path_with_bucket

#: AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/<service>/aws4_request
_CREDENTIAL = re.compile(r"Credential=[^,]*?/[^/,]+/[^/,]+/(?P<service>[^/,]+)/[^/,]+")
_FORM = "application/x-www-form-urlencoded"
_CBOR = "smithy-rpc-v2-cbor"
#: the path of a request in that protocol
_CBOR_PATH = re.compile(r"(?:/.*)?/service/[^/]+/operation/([^/]+)")

#: the metadata with which a model begins; the objects in it hold no further objects
_METADATA = re.compile(rb'"metadata"\s*:\s*\{(?:[^{}]|\{[^{}]*\})*\}')
_METADATA_END_BEFORE = 8192  # bytes
_SIGNING_NAME = re.compile(rb'"signingName"\s*:\s*"([^"]+)"')
_ENDPOINT_PREFIX = re.compile(rb'"endpointPrefix"\s*:\s*"([^"]+)"')


def signed_for(authorization: str) -> str | None:
    """Return the name of the service in a signature, e.g. ``monitoring``; None if there is none.

    Args:
        authorization: the header ``Authorization``.
    """
    found = _CREDENTIAL.search(authorization)
    return found["service"].lower() if found else None


def may_name_operation(content_type: str) -> bool:
    """Return whether a body of this type may name the operation, so that it has to be read."""
    return content_type.partition(";")[0].strip().lower() == _FORM


def operation_of(signing_name: str, request: HttpRequest) -> OperationModel | None:
    """Return botocore's model of the operation that a request calls, in the request's protocol.

    Args:
        signing_name: the name of the service in the signature.
        request: what was sent; its body is only read if it `may_name_operation`.

    Returns:
        The model; None if no service with this signing name has the operation.
    """
    candidates = [service_model(name) for name in services_signed_as(signing_name)]
    if _names_its_operation(request):
        found = _by_name(candidates, request)
        if found is not None:
            return found
    return _by_route(candidates, request)


def _names_its_operation(request: HttpRequest) -> bool:
    """Return whether the name of the operation stands in a request."""
    return (
        "Smithy-Protocol" in request.headers
        or "X-Amz-Target" in request.headers
        or "Action" in _form(request)
    )


def _by_name(candidates: Sequence[ServiceModel], request: HttpRequest) -> OperationModel | None:
    """Return the operation that a request names."""
    for service in candidates:
        protocol, operation = _named(service, request)
        if operation in service.operation_names:
            model = model_in_protocol(service.service_name, protocol)
            return model.operation_model(operation)
    return None


def _named(service: ServiceModel, request: HttpRequest) -> tuple[str, str | None]:
    """Return the protocol of a request, and its operation if the service is the one it names."""
    if "Smithy-Protocol" in request.headers:
        found = _CBOR_PATH.fullmatch(request.path)
        return _CBOR, found[1] if found else None
    target = request.headers.get("X-Amz-Target")
    if target is not None:
        prefix, _, operation = str(target).rpartition(".")
        # An older botocore may know a service in another protocol only, which has no prefix.
        wanted = service.metadata.get("targetPrefix", prefix)
        return "json", operation if prefix == wanted else None
    form = _form(request)
    protocol = "ec2" if service.resolved_protocol == "ec2" else "query"
    is_of_version = form.get("Version") in (None, service.api_version)
    return protocol, form["Action"] if is_of_version else None


def _form(request: HttpRequest) -> dict[str, str]:
    """Return the fields of a query protocol, which stand in the body or in the query string."""
    if may_name_operation(str(request.headers.get("Content-Type") or "")) and request.body:
        return dict(parse_qsl(request.body.decode("utf-8", "replace")))
    return dict(parse_qsl(request.query))


@dataclass(frozen=True, slots=True)
class _Route:
    """How the requests of an operation look.

    Attributes:
        operation: the operation's name.
        method: the HTTP method.
        path: matches the path.
        query: what the query string must have, with the value if that is fixed.
        headers: the headers that must be there.
        rank: how closely it describes a request; of two that match, the higher one is meant.
    """

    operation: str
    method: str
    path: re.Pattern[str]
    query: Mapping[str, str | None]
    headers: Collection[str]
    rank: tuple[int, int, bool]

    def matches(
        self, request: HttpRequest, path: str, queries: Mapping[str, Collection[str]]
    ) -> bool:
        """Return whether a request is one of the operation."""
        return (
            self.method == request.method
            and self.path.fullmatch(path) is not None
            and all(
                key in queries and (value is None or value in queries[key])
                for key, value in self.query.items()
            )
            and all(name in request.headers for name in self.headers)
        )


def _by_route(candidates: Sequence[ServiceModel], request: HttpRequest) -> OperationModel | None:
    """Return the operation to which method, path, query and headers of a request belong."""
    host = urlsplit(request.url).hostname or ""
    queries = parse_qs(request.query, keep_blank_values=True)
    best: tuple[_Route, ServiceModel] | None = None
    for service in candidates:
        is_s3 = service.service_name == "s3"
        path = path_with_bucket(host, request.path) if is_s3 else request.path
        for route in _routes(service.service_name):
            if route.matches(request, path, queries):
                if best is None or route.rank > best[0].rank:
                    best = route, service
                break
    return best[1].operation_model(best[0].operation) if best else None


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    """Return how the requests of each operation look, the most precise ones first."""
    model = service_model(service)
    if not str(model.resolved_protocol).startswith("rest-"):
        return ()
    routes = [_route(model.operation_model(name)) for name in model.operation_names]
    return tuple(sorted(routes, key=lambda route: route.rank, reverse=True))


def _route(operation: OperationModel) -> _Route:
    template, _, constant = operation.http["requestUri"].partition("?")
    query: dict[str, str | None] = {
        key: value or None for key, value in parse_qsl(constant, keep_blank_values=True)
    }
    headers = []
    shape = operation.input_shape
    for name in shape.required_members if shape is not None else ():
        traits = shape.members[name].serialization
        wire = str(traits.get("name", name))
        if traits.get("location") == "querystring":
            query.setdefault(wire)
        elif traits.get("location") == "header":
            headers.append(wire)
    literals = sum("{" not in each for each in template.split("/"))
    return _Route(
        operation.name,
        operation.http["method"],
        re.compile(path_pattern(template) + "/?", re.DOTALL),
        query,
        headers,
        (literals, len(query) + len(headers), not operation.deprecated),
    )


def services_signed_as(signing_name: str) -> tuple[str, ...]:
    """Return the ids of the services whose requests are signed for a name.

    The one with this id comes first: ``rds`` is also the name of Neptune and DocumentDB.
    """
    return _signing_names().get(signing_name, ())


@cache
def _signing_names() -> dict[str, tuple[str, ...]]:
    """Return the ids of all services by the name that their requests are signed for."""
    found: dict[str, list[str]] = {}
    for service in sorted(service_names()):
        signing_name = _signing_name(service)
        if signing_name is not None:
            found.setdefault(signing_name.lower(), []).append(service)
    return {
        name: tuple(sorted(services, key=lambda service: service != name))
        for name, services in found.items()
    }


def _signing_name(service: str) -> str | None:
    """Return the signing name in a model, of which only the beginning is read.

    To read all models would take seconds.
    """
    for root in loader().search_paths:
        folder = Path(root, service)
        if not folder.is_dir():
            continue
        for version in sorted((each for each in folder.iterdir()), reverse=True):
            head = _beginning(version / "service-2.json")
            if head is None:
                continue
            metadata = _METADATA.search(head)
            if metadata is None:
                return None
            name = _SIGNING_NAME.search(metadata[0]) or _ENDPOINT_PREFIX.search(metadata[0])
            return name[1].decode() if name else None
    return None


def _beginning(path: Path) -> bytes | None:
    packed = path.with_name(f"{path.name}.gz")
    if packed.is_file():
        with gzip.open(packed) as opened:
            return opened.read(_METADATA_END_BEFORE)
    if path.is_file():
        with path.open("rb") as plain:
            return plain.read(_METADATA_END_BEFORE)
    return None
