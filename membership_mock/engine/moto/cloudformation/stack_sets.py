"""Stack sets whose stacks have resources of ours, in many accounts and regions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from membership_mock.engine.moto.cloudformation.stack_change import cause_of
from membership_mock.engine.moto.cloudformation.stack_request import (
    StackRequest,
    answering,
    current_request,
)
from membership_mock.engine.moto.cloudformation.templates import parsed
from membership_mock.engine.moto.patches import Patches

#: the final status of a stack that agrees with its stack set
_CURRENT = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def install(patches: Patches, models: Any, is_ours: Callable[[Any], bool]) -> None:
    """Let stack sets update their stacks, and report those that failed.

    Args:
        patches: undone when the mock ends.
        models: moto's models of CloudFormation.
        is_ours: returns whether a parsed template has resources of ours.
    """
    backend_class, instance_class = models.CloudFormationBackend, models.StackInstance
    create_instances = patches.original(backend_class, "create_stack_instances")
    update_instances = patches.original(backend_class, "update_stack_instances")
    update_set = patches.original(backend_class, "update_stack_set")
    to_dict = patches.original(instance_class, "to_dict")

    def create_stack_instances(
        backend: Any,
        stackset_name: str,
        accounts: Any,
        regions: Any,
        parameters: Any,
        deployment_targets: Any = None,
    ) -> Any:
        stack_set = backend.describe_stack_set(stackset_name)
        before = set(map(id, stack_set.stack_instances))
        given = parameters
        if parameters and is_ours(parsed(stack_set.template, models)):
            # moto takes the overrides for the complete list of parameters.
            given = _listed({**(stack_set.parameters or {}), **_overrides(parameters)})
        with answering(StackRequest(stack_set_tags=stack_set.tags or {})):
            operation_id = create_instances(
                backend, stackset_name, accounts, regions, given, deployment_targets
            )
        new = [each for each in stack_set.stack_instances if id(each) not in before]
        for each in new if parameters else ():
            each.parameters = parameters
        _finish(stack_set.operations[-1], new)
        return operation_id

    def update_stack_set(backend: Any, stackset_name: str, *args: Any, **kwargs: Any) -> Any:
        operation = update_set(backend, stackset_name, *args, **kwargs)
        stack_set = backend.describe_stack_set(stackset_name)
        stack_set.instances.template = stack_set.template
        stack_set.instances.parameters = stack_set.parameters
        where = [
            each
            for each in stack_set.stack_instances
            if each.account_id in (kwargs.get("accounts") or [each.account_id])
            and each.region_name in (kwargs.get("regions") or [each.region_name])
        ]
        _finish(operation, _update(stack_set, where, is_ours, models))
        return operation

    def update_stack_instances(
        backend: Any, stackset_name: str, accounts: Any, regions: Any, parameters: Any
    ) -> Any:
        stack_set = backend.describe_stack_set(stackset_name)
        accounts = [*accounts, *_accounts_in_units(stack_set, regions)]
        operation = update_instances(backend, stackset_name, accounts, regions, parameters)
        where = [
            each
            for each in stack_set.stack_instances
            if each.account_id in accounts and each.region_name in regions
        ]
        _finish(operation, _update(stack_set, where, is_ours, models))
        return operation

    def described(instance: Any) -> dict[str, Any]:
        found: dict[str, Any] = to_dict(instance)
        stack = instance.stack
        if is_ours(stack.template_dict):
            found["StackId"] = stack.stack_id
            if stack.status not in _CURRENT:
                gone_wrong = stack.status == "DELETE_FAILED"
                found["Status"] = "INOPERABLE" if gone_wrong else "OUTDATED"
                found["StatusReason"] = _why(stack)
                found["StackInstanceStatus"] = {"DetailedStatus": "FAILED"}
        return found

    patches.set(backend_class, "create_stack_instances", create_stack_instances)
    _delete_instances(patches, models, is_ours)
    patches.set(backend_class, "update_stack_set", update_stack_set)
    patches.set(backend_class, "update_stack_instances", update_stack_instances)
    patches.set(instance_class, "to_dict", described)


def _delete_instances(patches: Patches, models: Any, is_ours: Callable[[Any], bool]) -> None:
    """Delete instances by their units; retain them on request, and if they cannot be deleted."""
    backend_class = models.CloudFormationBackend
    delete_instances = patches.original(backend_class, "delete_stack_instances")

    def delete_stack_instances(
        backend: Any, stackset_name: str, accounts: Any, regions: Any
    ) -> Any:
        stack_set = backend.describe_stack_set(stackset_name)
        accounts = [*accounts, *_accounts_in_units(stack_set, regions)]
        held = stack_set.instances.stack_instances
        if current_request().retains_stacks and is_ours(parsed(stack_set.template, models)):
            held[:] = [
                each
                for each in held
                if not (each.account_id in accounts and each.region_name in regions)
            ]
        before = list(held)
        found = delete_instances(backend, stackset_name, accounts, regions)
        left = [
            each for each in before if each not in held and each.stack.status == "DELETE_FAILED"
        ]
        held.extend(left)
        _finish(stack_set.operations[-1], left)
        return found

    patches.set(backend_class, "delete_stack_instances", delete_stack_instances)


def _accounts_in_units(stack_set: Any, regions: Any) -> list[str]:
    """Return the accounts of the organizational units that the request names, and of units below.

    moto reads these units only when it creates instances.
    """
    wanted = set(current_request().organizational_units)
    if not wanted:
        return []
    organization = stack_set.instances.org_backend
    for _ in organization.ou:  # a unit may be inside another one
        wanted |= {each.id for each in organization.ou if each.parent_id in wanted}
    inside = {each.id for each in organization.accounts if each.parent_id in wanted}
    instances = stack_set.stack_instances
    there = [each.account_id for each in instances if each.region_name in regions]
    return list(dict.fromkeys(each for each in there if each in inside))


def _update(
    stack_set: Any, instances: list[Any], is_ours: Callable[[Any], bool], models: Any
) -> list[Any]:
    """Update stacks to their stack set, and return those that have been updated."""
    updated = []
    for each in instances:
        new = parsed(stack_set.template, models)
        if not (is_ours(new) or is_ours(each.stack.template_dict)):
            continue  # moto leaves it as it is
        each.template = stack_set.template
        parameters = {**(stack_set.parameters or {}), **_overrides(each.parameters)}
        with answering(StackRequest()):
            each.stack.update(stack_set.template, parameters=parameters, tags=stack_set.tags)
        updated.append(each)
    return updated


def _finish(operation: dict[str, Any], instances: list[Any]) -> None:
    if any(each.stack.status not in _CURRENT for each in instances):
        operation["Status"] = "FAILED"


def _why(stack: Any) -> str:
    """Return which resource failed, in the words of stack sets."""
    for event in reversed(stack.events):
        if event.resource_status in ("CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED"):
            return (
                f"ResourceLogicalId:{event.logical_resource_id},"
                f" ResourceType:{event.resource_type},"
                f" ResourceStatusReason:{event.resource_status_reason}."
            )
    return cause_of(stack)  # e.g. an export that another stack has


def _overrides(parameters: Any) -> dict[str, Any]:
    """Return the parameters of an instance that differ from those of its set.

    moto keeps them as a list. For an instance without any, it keeps the mapping of the set.
    """
    if isinstance(parameters, dict):
        return {}
    return {each["ParameterKey"]: each["ParameterValue"] for each in parameters or ()}


def _listed(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
