"""Puts the types of our services into moto's CloudFormation while the mock runs.

moto ends in CREATE_COMPLETE for a type that it does not have, and makes nothing. A template with a
type of our services that is not mocked is refused before anything is made, as AWS refuses a type
that it does not know.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto.cloudformation import stack_sets
from membership_mock.engine.moto.cloudformation.change_sets import changes, execute
from membership_mock.engine.moto.cloudformation.checks import refusal, unrecognized
from membership_mock.engine.moto.cloudformation.provisioning import (
    Provisioning,
    StackRequest,
    current_request,
)
from membership_mock.engine.moto.cloudformation.stack_resources import MotoType, TypeTable
from membership_mock.engine.moto.cloudformation.templates import NESTED, types_of
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

#: the methods of moto's response handler that change a stack for their caller
_CHANGING = ("create_stack", "update_stack", "delete_stack", "execute_change_set")

#: how a stack ends that could not be created
_NOT_CREATED = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_COMPLETE")


def install(
    patches: Patches, services: Mapping[str, type[Backend]], pipeline: RequestPipeline
) -> None:
    """Let moto's stacks make resources of our services, and refuse types that are not mocked.

    Args:
        patches: undone when the mock ends.
        services: the backend class of each service, by its id.
        pipeline: that of the running mock.
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
    _provision(patches, models, table)
    stack_sets.install(patches, models, functools.partial(_is_ours, table))
    handler = importlib.import_module("moto.cloudformation.responses").CloudFormationResponse
    for name in _CHANGING:
        patches.set(handler, name, _as_requested(patches.original(handler, name)))


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
    """Return why a template is refused; empty if it is not, or if moto says what is wrong."""
    if not template or not isinstance(template, str) or not any(p in template for p in prefixes):
        return ""
    try:
        parsed = models.Stack.parse_template(template)
    except Exception:  # noqa: BLE001  moto says what is wrong with it
        return ""
    ours = {kind for kind in types_of(parsed) if kind.startswith(prefixes)}
    parsing = importlib.import_module("moto.cloudformation.parsing")
    unmade = sorted(kind for kind in ours if parsing.resource_class_from_type(kind) is None)
    if unmade:
        return unrecognized(unmade)
    return refusal(parsed, table) if table.any_of(ours) else ""


# --- stacks --------------------------------------------------------------------------------------


def _provision(patches: Patches, models: Any, table: TypeTable) -> None:
    stack_class, backend_class = models.Stack, models.CloudFormationBackend
    create_resources = patches.original(stack_class, "create_resources")
    update = patches.original(stack_class, "update")
    delete = patches.original(stack_class, "delete")
    exports = vars(stack_class)["exports"]
    nested = patches.original(stack_class, "create_from_cloudformation_json")
    create_stack = patches.original(backend_class, "create_stack")
    delete_stack = patches.original(backend_class, "delete_stack")
    execute_change_set = patches.original(backend_class, "execute_change_set")
    diff = patches.original(models.ChangeSet, "diff")

    def create_resources_of(stack: Any) -> None:
        if _is_ours(table, stack.template_dict):
            Provisioning(stack, table).create()
        else:
            create_resources(stack)

    def update_of(
        stack: Any, template: Any, role_arn: Any = None, parameters: Any = None, tags: Any = None
    ) -> None:
        new = stack.parse_template(template)
        if _is_ours(table, stack.template_dict) or _is_ours(table, new):
            Provisioning(stack, table).update(template, parameters, tags)
            stack.role_arn = role_arn
        else:
            update(stack, template, role_arn, parameters, tags)

    def delete_of(stack: Any) -> None:
        if _is_ours(table, stack.template_dict):
            Provisioning(stack, table).delete()
        else:
            delete(stack)

    def exports_of(stack: Any) -> Any:
        # moto reads them before it creates anything, and would create what they name.
        if stack.status == "CREATE_PENDING" and _is_ours(table, stack.template_dict):
            return []
        return exports.fget(stack)

    def create_nested(_: Any, *args: Any, **kwargs: Any) -> Any:
        stack = nested(*args, **kwargs)
        if stack.status in _NOT_CREATED:
            raise models.ValidationError(
                message=f"Embedded stack {stack.stack_id} was not successfully created:"
                f" {stack.status_reason}"
            )
        return stack

    def create_stack_of(backend: Any, *args: Any, **kwargs: Any) -> Any:
        stack = create_stack(backend, *args, **kwargs)
        if stack.status == "DELETE_COMPLETE":  # the caller wanted no stack that failed
            backend.deleted_stacks[stack.stack_id] = backend.stacks.pop(stack.stack_id)
        return stack

    def delete_stack_of(backend: Any, name_or_stack_id: str) -> None:
        going = [
            each
            for each in backend.stacks.values()
            if name_or_stack_id in (each.stack_id, each.name)
        ]
        delete_stack(backend, name_or_stack_id)
        for each in going:
            if each.status == "DELETE_FAILED":
                backend.deleted_stacks.pop(each.stack_id, None)
                backend.stacks[each.stack_id] = each

    def execute_change_set_of(backend: Any, change_set_name: str, stack_name: Any = None) -> None:
        found = next(
            (
                each
                for each in backend.change_sets.values()
                if change_set_name in (each.change_set_id, each.change_set_name)
                and stack_name in (None, each.stack_name, each.stack_id)
            ),
            None,
        )
        if found is not None and any(
            _is_ours(table, each) for each in (found.template_dict, found.stack.template_dict)
        ):
            execute(found, backend)
        else:
            execute_change_set(backend, change_set_name, stack_name)

    def diff_of(change_set: Any) -> Any:
        templates = (change_set.template_dict, change_set.stack.template_dict)
        if any(_is_ours(table, each) for each in templates):
            return changes(change_set, models, table)
        return diff(change_set)

    patches.set(stack_class, "create_resources", create_resources_of)
    patches.set(stack_class, "update", update_of)
    patches.set(stack_class, "delete", delete_of)
    patches.set(stack_class, "exports", property(exports_of))
    patches.set(stack_class, "create_from_cloudformation_json", classmethod(create_nested))
    patches.set(backend_class, "create_stack", create_stack_of)
    patches.set(backend_class, "delete_stack", delete_stack_of)
    patches.set(backend_class, "execute_change_set", execute_change_set_of)
    patches.set(models.ChangeSet, "diff", diff_of)


def _as_requested(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let a method of moto's response handler tell who asks for the change, and how."""

    @functools.wraps(method)
    def handler(response: Any) -> Any:
        parameter = response._get_param
        keeps = str(parameter("DisableRollback")).lower() == "true"
        # A role of the caller's decides then what CloudFormation may do; its policies are not read.
        acts_itself = not parameter("RoleARN")
        request = StackRequest(
            access_key=(signing_key(response.headers) or "") if acts_itself else "",
            security_token=(response.headers.get("X-Amz-Security-Token") or "")
            if acts_itself
            else "",
            on_failure="DO_NOTHING" if keeps else parameter("OnFailure") or "ROLLBACK",
            retained=tuple(parameter("RetainResources") or ()),
        )
        token = current_request.set(request)
        try:
            return method(response)
        finally:
            current_request.reset(token)

    return handler
