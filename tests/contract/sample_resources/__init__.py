"""What the contract tests cannot read from a model: sample resources for each service.

A module here is named like its service's package, and has

- ``furnish(mock)``: makes a resource of each kind for `ACCOUNT` in `REGION`, and returns their ids
  by the names of the shapes that stand for them;
- ``call_everything(mock)``: calls every mocked operation of the service with success;
- ``assert_refusal(response, broken)``: checks the wording of the refusal of a `Break`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from membership_mock.services import SERVICES
from tests.contract.samples_from_model import Samples

ACCOUNT = "222222222222"
REGION = "eu-west-1"


def sample_resources_of(service: str) -> Any:
    """Return the module with the sample resources of a service; None if there is none yet."""
    name = f"{__name__}.{service.replace('-', '_')}"
    return None if find_spec(name) is None else import_module(name)


def samples_of(service: str, mock: Any) -> Samples:
    """Return samples for a service, with the ids of its sample resources."""
    backend, resources = SERVICES[service], sample_resources_of(service)
    given = resources.furnish(mock) if resources else {}
    return Samples(service, backend.unique_lists, backend.unchecked_shapes, given)


def mocked_operations() -> list[Any]:
    """Return service and operation of every handler, as parameters of a test."""
    return [
        pytest.param(service, operation, id=f"{service}-{operation}")
        for service, backend in SERVICES.items()
        for operation in sorted(backend.handlers)
    ]
