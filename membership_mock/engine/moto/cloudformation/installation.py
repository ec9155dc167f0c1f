"""Adds the types of our services to moto's CloudFormation while the mock runs.

For a type that moto does not have, moto creates nothing and answers CREATE_COMPLETE. So a template
with a type of our services that is not mocked is refused before anything is created, as AWS refuses
an unknown type.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto.cloudformation import change_sets, stack_sets, stacks
from membership_mock.engine.moto.cloudformation.checks import refusal, unrecognized
from membership_mock.engine.moto.cloudformation.stack_request import StackRequest, answering
from membership_mock.engine.moto.cloudformation.stack_resources import MotoType, TypeTable
from membership_mock.engine.moto.cloudformation.templates import (
    NESTED,
    attribute_of,
    parsed,
    types_of,
)
from membership_mock.engine.moto.modules import require_models_of
from membership_mock.engine.moto.patches import Patches
from membership_mock.engine.pipeline.caller import signing_key
from membership_mock.engine.protocol.model import service_model

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.operation import Backend
    from membership_mock.engine.pipeline.request_pipeline import RequestPipeline

#: the methods of moto's backend that take a template
_TAKING = (
    "create_stack",
    "update_stack",
    "create_change_set",
    "create_stack_set",
    "update_stack_set",
    "validate_template",
)

#: the methods of moto's response handler that ignore some parameters about instances
_ON_INSTANCES = ("delete_stack_instances", "update_stack_instances")

#: the methods of moto's response handler that change a stack for their caller
_CHANGING = ("create_stack", "update_stack", "delete_stack", "execute_change_set")


def install(
    patches: Patches,
    services: Mapping[str, type[Backend]],
    pipeline: Callable[[], RequestPipeline],
) -> None:
    """Let moto's stacks make resources of our services, and refuse types that are not mocked.

    Args:
        patches: undone when the mock ends.
        services: the backend class of each service, by its id.
        pipeline: returns that of the running mock.
    """
    models = require_models_of("cloudformation")
    prefixes = tuple(
        f"AWS::{service_model(service).service_id.replace(' ', '')}::" for service in services
    )
    table = TypeTable(services, pipeline)
    _teach_types(patches, table)
    backend = models.CloudFormationBackend
    for name in _TAKING:
        if name in vars(backend):
            method = patches.original(backend, name)
            patches.set(backend, name, _refusing(method, models, prefixes, table))
    is_ours = functools.partial(_is_ours, table)
    stacks.install(patches, models, table, is_ours)
    change_sets.install(patches, models, table, is_ours)
    stack_sets.install(patches, models, is_ours)
    handler = importlib.import_module("moto.cloudformation.responses").CloudFormationResponse
    for name in _CHANGING:
        patches.set(handler, name, _as_requested(patches.original(handler, name)))
    for name in _ON_INSTANCES:
        patches.set(handler, name, _on_instances(patches.original(handler, name)))


def _is_ours(table: TypeTable, template: Any) -> bool:
    """Return whether a template has resources of ours, or stacks that may have some."""
    types = types_of(template)
    return NESTED in types or table.any_of(types)


# --- templates -----------------------------------------------------------------------------------


def _teach_types(patches: Patches, table: TypeTable) -> None:
    parsing = importlib.import_module("moto.cloudformation.parsing")
    find = patches.original(parsing, "resource_class_from_type")
    find_name = patches.original(parsing, "resource_name_property_from_type")

    def resource_class_from_type(resource_type: str) -> Any:
        kind = table.find(resource_type)
        return find(resource_type) if kind is None else MotoType(kind)

    def resource_name_property_from_type(resource_type: str) -> Any:
        return None if resource_type in table else find_name(resource_type)

    clean = patches.original(parsing, "clean_json")

    def clean_json(resource_json: Any, resources_map: Any) -> Any:
        # moto asks a resource for the first part of an attribute such as Outputs.Hub
        if isinstance(resource_json, dict) and "Fn::GetAtt" in resource_json:
            name, attribute = attribute_of(resource_json["Fn::GetAtt"])
            resource_json = {**resource_json, "Fn::GetAtt": [name, attribute]}
        return clean(resource_json, resources_map)

    patches.set(parsing, "clean_json", clean_json)
    patches.set(parsing, "resource_class_from_type", resource_class_from_type)
    patches.set(parsing, "resource_name_property_from_type", resource_name_property_from_type)


def _refusing(
    method: Callable[..., Any], models: Any, prefixes: tuple[str, ...], table: TypeTable
) -> Callable[..., Any]:
    signature = inspect.signature(method)

    @functools.wraps(method)
    def refusing(*args: Any, **kwargs: Any) -> Any:
        template = signature.bind(*args, **kwargs).arguments.get("template")
        why = _why_refused(template, models, prefixes, table)
        if why:
            raise models.ValidationError(message=why)
        return method(*args, **kwargs)

    return refusing


def _why_refused(template: Any, models: Any, prefixes: tuple[str, ...], table: TypeTable) -> str:
    """Return why a template is refused; empty if it is accepted, or if moto refuses it."""
    if not template or not isinstance(template, str) or not any(p in template for p in prefixes):
        return ""
    try:
        read = parsed(template, models)
    except Exception:  # noqa: BLE001  moto says what is wrong with it
        return ""
    ours = {kind for kind in types_of(read) if kind.startswith(prefixes)}
    parsing = importlib.import_module("moto.cloudformation.parsing")
    unmade = sorted(kind for kind in ours if parsing.resource_class_from_type(kind) is None)
    if unmade:
        return unrecognized(unmade)
    return refusal(read, table) if table.any_of(ours) else ""


# --- requests ----------------------------------------------------------------------------------


def _as_requested(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let a method of moto's response handler pass on its caller and the options of the change."""

    @functools.wraps(method)
    def handler(response: Any) -> Any:
        parameter = response._get_param
        keeps = str(parameter("DisableRollback")).lower() == "true"
        # With RoleARN, the policies of that role apply on AWS; the mock does not read them.
        acts_itself = not parameter("RoleARN")
        request = StackRequest(
            access_key=(signing_key(response.headers) or "") if acts_itself else "",
            security_token=(response.headers.get("X-Amz-Security-Token") or "")
            if acts_itself
            else "",
            on_failure="DO_NOTHING" if keeps else parameter("OnFailure") or "ROLLBACK",
            retained=tuple(parameter("RetainResources") or ()),
        )
        with answering(request):
            return method(response)

    return handler


def _on_instances(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let a method of moto's response handler pass on its instances and the options for them."""

    @functools.wraps(method)
    def handler(response: Any) -> Any:
        targets = response._get_params().get("DeploymentTargets") or {}
        request = StackRequest(
            retains_stacks=str(response._get_param("RetainStacks")).lower() == "true",
            organizational_units=tuple(targets.get("OrganizationalUnitIds") or ()),
        )
        with answering(request):
            return method(response)

    return handler
