"""moto's stacks with resources of ours: created, updated and deleted here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from membership_mock.engine.moto.cloudformation.provisioning import Provisioning
from membership_mock.engine.moto.cloudformation.stack_change import cause_of
from membership_mock.engine.moto.cloudformation.stack_resources import TypeTable
from membership_mock.engine.moto.cloudformation.templates import STUMBLES, parsed, unreadable
from membership_mock.engine.moto.cloudformation.update import Update
from membership_mock.engine.moto.patches import Patches

#: a stack that has no resources yet
_NOT_BEGUN = ("CREATE_PENDING", "CREATE_IN_PROGRESS")

#: the final status of a stack that could not be created
_NOT_CREATED = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_COMPLETE")


def install(
    patches: Patches, models: Any, table: TypeTable, is_ours: Callable[[Any], bool]
) -> None:
    """Create, update and delete stacks with resources of ours; moto handles all others.

    Args:
        patches: undone when the mock ends.
        models: moto's models of CloudFormation.
        table: the resource types of our services.
        is_ours: returns whether a parsed template has resources of ours.
    """
    _change_stacks(patches, models, table, is_ours)
    _keep_stacks(patches, models, is_ours)


def _change_stacks(
    patches: Patches, models: Any, table: TypeTable, is_ours: Callable[[Any], bool]
) -> None:
    stack_class = models.Stack
    create_resources = patches.original(stack_class, "create_resources")
    update = patches.original(stack_class, "update")
    delete = patches.original(stack_class, "delete")
    exports = vars(stack_class)["exports"]
    nested = patches.original(stack_class, "create_from_cloudformation_json")

    def create_resources_of(stack: Any) -> None:
        if is_ours(stack.template_dict):
            Provisioning(stack, table).create()
        else:
            create_resources(stack)

    def update_of(
        stack: Any, template: Any, role_arn: Any = None, parameters: Any = None, tags: Any = None
    ) -> None:
        if is_ours(stack.template_dict) or is_ours(parsed(template, models)):
            Update(stack, table).run(template, parameters, tags)
            stack.role_arn = role_arn
        else:
            update(stack, template, role_arn, parameters, tags)

    def delete_of(stack: Any) -> None:
        if is_ours(stack.template_dict):
            Provisioning(stack, table).delete()
        else:
            delete(stack)

    def exports_of(stack: Any) -> Any:
        # moto reads outputs before it creates anything, and would create the resources in them.
        if stack.status == "CREATE_PENDING" and is_ours(stack.template_dict):
            return []
        return exports.fget(stack)

    def create_nested(_: Any, *args: Any, **kwargs: Any) -> Any:
        stack = nested(*args, **kwargs)
        if stack.status in _NOT_CREATED:
            why = cause_of(stack)
            backends = models.cloudformation_backends[stack.account_id]
            backends[stack.region_name].delete_stack(stack.stack_id)
            raise models.ValidationError(
                message=f"Embedded stack {stack.stack_id} was not successfully created: {why}"
            )
        return stack

    def output_of(stack: Any, name: str) -> Any:
        """Return what ``Fn::GetAtt`` returns of a nested stack; moto knows no attribute of it."""
        key = name.removeprefix("Outputs.")
        if key == name or key not in (stack.template_dict.get("Outputs") or {}):
            raise models.ValidationError(
                message=f"Template error: stack {stack.name} does not support attribute type {name}"
                " in Fn::GetAtt"
            )
        return stack.output_map[key].value

    if not hasattr(stack_class, "get_cfn_attribute"):
        patches.set(stack_class, "get_cfn_attribute", output_of)
    patches.set(stack_class, "create_resources", create_resources_of)
    patches.set(stack_class, "update", update_of)
    patches.set(stack_class, "delete", delete_of)
    patches.set(stack_class, "exports", property(exports_of))
    patches.set(stack_class, "create_from_cloudformation_json", classmethod(create_nested))


def _keep_stacks(patches: Patches, models: Any, is_ours: Callable[[Any], bool]) -> None:
    """Move each stack to the right list: those that exist, or those that are deleted."""
    backend_class = models.CloudFormationBackend
    create_stack = patches.original(backend_class, "create_stack")
    update_stack = patches.original(backend_class, "update_stack")
    delete_stack = patches.original(backend_class, "delete_stack")

    def create_stack_of(backend: Any, *args: Any, **kwargs: Any) -> Any:
        known = set(backend.stacks)
        try:
            stack = create_stack(backend, *args, **kwargs)
        except BaseException as error:
            for each in backend.stacks.keys() - known:
                new = backend.stacks[each]
                if new.status in _NOT_BEGUN and is_ours(new.template_dict):
                    del backend.stacks[each]
            template = kwargs["template"] if "template" in kwargs else args[1]
            if (
                isinstance(error, STUMBLES)
                and backend.stacks.keys() == known
                and is_ours(parsed(template, models))
            ):
                raise models.ValidationError(message=unreadable(error)) from error
            raise
        if stack.status == "DELETE_COMPLETE":  # the caller wanted no stack that failed
            backend.deleted_stacks[stack.stack_id] = backend.stacks.pop(stack.stack_id)
        return stack

    def update_stack_of(
        backend: Any, name: str, template: Any, role_arn: Any, parameters: Any, tags: Any
    ) -> Any:
        stack = backend.get_stack(name)
        if is_ours(stack.template_dict):
            given = backend._resolve_update_parameters(stack, parameters)
            same = {**stack.parameters, **given} == stack.parameters and tags in (None, stack.tags)
            if same and stack.template_dict == parsed(template, models):
                raise models.ValidationError(message="No updates are to be performed.")
        return update_stack(backend, name, template, role_arn, parameters, tags)

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

    patches.set(backend_class, "create_stack", create_stack_of)
    patches.set(backend_class, "update_stack", update_stack_of)
    patches.set(backend_class, "delete_stack", delete_stack_of)
