"""Reads botocore's service models; no other file loads them.

A model is read once per process and never changed, so the caches here hold no state of a mock.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    OperationNotFoundError,
    ServiceModel,
    Shape,
    StructureShape,
)

from membership_mock.engine.protocol.model_files import SharedFilesLoader

__all__ = [
    "ListShape",
    "MapShape",
    "OperationModel",
    "OperationNotFoundError",
    "Shape",
    "StructureShape",
    "add_paginators",
    "correct",
    "declared_errors",
    "error_shape",
    "idempotency_token",
    "labels",
    "loader",
    "model_in_protocol",
    "paginators",
    "service_model",
    "service_names",
    "snake",
    "success_status",
]


@lru_cache(maxsize=1)
def loader() -> SharedFilesLoader:
    """Return the loader of the models of the botocore in use."""
    return SharedFilesLoader()


@lru_cache(maxsize=1)
def service_names() -> frozenset[str]:
    """Return the ids of all services of AWS that the botocore in use knows."""
    return frozenset(loader().list_available_services("service-2"))


# Corrections of models that contradict themselves. A backend class registers them before its model
# is read.
_corrections: dict[str, Mapping[str, Mapping[str, Any]]] = {}

# The models that were read, by the service's id.
_models: dict[str, ServiceModel] = {}


def correct(service: str, shapes: Mapping[str, Mapping[str, Any]]) -> None:
    """Override traits of shapes in botocore's model of ``service``.

    Args:
        service: the service's id.
        shapes: the traits that differ, by the shape's name. Members of a structure are corrected
            one by one. A shape that the model does not have is added if its ``type`` is given.
    """
    _corrections[service] = shapes
    _models.pop(service, None)  # only this service's: classes are created at different times


def service_model(service: str) -> ServiceModel:
    """Return botocore's model of ``service``, e.g. ``security-ir``, with its corrections."""
    found = _models.get(service)
    if found is None:
        found = _models[service] = _read_model(service)
    return found


@cache
def model_in_protocol(service: str, protocol: str) -> ServiceModel:
    """Return botocore's model of ``service`` as that of a service that speaks one protocol only.

    An SDK in another language may use another protocol than botocore does.

    Args:
        service: the service's id.
        protocol: the name of the protocol, e.g. ``query``; the one of botocore when empty.
    """
    found = service_model(service)
    if protocol in ("", found.resolved_protocol):
        return found
    described = loader().load_service_model(service, "service-2")
    metadata = {**described["metadata"], "protocol": protocol, "protocols": [protocol]}
    return ServiceModel({**described, "metadata": metadata}, service_name=service)


def _read_model(service: str) -> ServiceModel:
    described = loader().load_service_model(service, "service-2")
    shapes = dict(described["shapes"])
    for name, traits in _corrections.get(service, {}).items():
        if name in shapes or "type" in traits:
            shapes[name] = _corrected(shapes.get(name, {}), traits)
    return ServiceModel({**described, "shapes": shapes}, service_name=service)


def _corrected(shape: Mapping[str, Any], traits: Mapping[str, Any]) -> dict[str, Any]:
    corrected = {**shape, **traits}
    if "members" in shape and "members" in traits:
        corrected["members"] = {**shape["members"], **traits["members"]}
    return corrected


# Paged operations that botocore has no paginator for, from the service's backend class.
_added_paginators: dict[str, Mapping[str, Mapping[str, str]]] = {}


def add_paginators(service: str, described: Mapping[str, Mapping[str, str]]) -> None:
    """Register paginators for operations of ``service`` that botocore has no paginator for.

    Args:
        service: the service's id.
        described: by operation name, a paginator in botocore's form: ``input_token``,
            ``output_token``, ``limit_key`` and ``result_key``.
    """
    _added_paginators[service] = described
    paginators.cache_clear()


@cache
def paginators(service: str) -> dict[str, dict[str, Any]]:
    """Return how each paged operation of ``service`` is paged, by operation name."""
    added = {name: dict(each) for name, each in _added_paginators.get(service, {}).items()}
    try:
        data = loader().load_service_model(service, "paginators-1")
    except UnknownServiceError:
        return added
    return {**added, **data["pagination"]}


@cache
def snake(name: str) -> str:
    """Return a name in Python's spelling: ``membershipArn`` is ``membership_arn``."""
    return str(xform_name(name))


def idempotency_token(operation: OperationModel) -> str | None:
    """Return the name of the input field with the idempotency token; None if it has none."""
    shape = operation.input_shape
    if shape is None:
        return None
    for name, field in shape.members.items():
        if field.metadata.get("idempotencyToken"):
            return str(name)
    return None


def labels(operation: OperationModel) -> list[str]:
    """Return the input fields that are part of the operation's path, in no particular order."""
    shape = operation.input_shape
    if shape is None:
        return []
    return [
        name
        for name, field in shape.members.items()
        if field.serialization.get("location") == "uri"
    ]


def success_status(operation: OperationModel) -> int:
    """Return the HTTP status of an answer that is not an error."""
    return int(operation.http.get("responseCode", 200))


def error_shape(service: str, code: str) -> Shape | None:
    """Return the shape of an error of ``service``; None for one that it does not model."""
    found: Shape | None = service_model(service).shape_for_error_code(code)
    return found


def declared_errors(operation: OperationModel) -> set[str]:
    """Return the codes of the errors that ``operation`` declares."""
    return {
        shape.metadata.get("error", {}).get("code", shape.name) for shape in operation.error_shapes
    }
