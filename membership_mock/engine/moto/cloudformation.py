"""moto's CloudFormation, which must not claim to have made resources of our services.

moto ends in CREATE_COMPLETE for a type that it does not have, and makes nothing. A template with
such a type of one of our services is refused before anything is made, as AWS refuses a type that it
does not know.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from membership_mock.engine.moto.modules import require_models_of
from membership_mock.engine.moto.patches import Patches
from membership_mock.engine.protocol.model import service_model

#: the methods of moto's backend that take a template
_TAKING = (
    "create_stack",
    "update_stack",
    "create_change_set",
    "create_stack_set",
    "update_stack_set",
    "validate_template",
)


def install(patches: Patches, services: Iterable[str]) -> None:
    """Refuse templates with resources that would not be made.

    Args:
        patches: undone when the mock ends.
        services: the ids of our services.
    """
    models = require_models_of("cloudformation")
    prefixes = tuple(
        f"AWS::{service_model(service).service_id.replace(' ', '')}::" for service in services
    )
    for name in _TAKING:
        if name in vars(models.CloudFormationBackend):
            method = patches.original(models.CloudFormationBackend, name)
            patches.set(models.CloudFormationBackend, name, _refusing(method, models, prefixes))


def _refusing(
    method: Callable[..., Any], models: Any, prefixes: tuple[str, ...]
) -> Callable[..., Any]:
    signature = inspect.signature(method)

    @functools.wraps(method)
    def refusing(*args: Any, **kwargs: Any) -> Any:
        template = signature.bind(*args, **kwargs).arguments.get("template")
        unmade = sorted(_types(template, models, prefixes))
        if unmade:
            raise models.ValidationError(message=unrecognized(unmade))
        return method(*args, **kwargs)

    return refusing


def unrecognized(types: Iterable[str]) -> str:
    """Return AWS's message for types that it does not know (observed in public reports)."""
    return f"Template format error: Unrecognized resource types: [{', '.join(types)}]"


def _types(template: Any, models: Any, prefixes: tuple[str, ...]) -> set[str]:
    """Return the types of our services in a template that moto does not have."""
    if not template or not isinstance(template, str) or not any(p in template for p in prefixes):
        return set()
    try:
        parsed = _stack_class(models).parse_template(template)
    except Exception:  # noqa: BLE001  moto says what is wrong with it
        return set()
    resources = parsed.get("Resources") if isinstance(parsed, Mapping) else None
    if not isinstance(resources, Mapping):
        return set()
    named = {each.get("Type") for each in resources.values() if isinstance(each, Mapping)}
    ours = {kind for kind in named if isinstance(kind, str) and kind.startswith(prefixes)}
    find = importlib.import_module("moto.cloudformation.parsing").resource_class_from_type
    return {kind for kind in ours if find(kind) is None}


def _stack_class(models: Any) -> Any:
    return models.FakeStack if hasattr(models, "FakeStack") else models.Stack
