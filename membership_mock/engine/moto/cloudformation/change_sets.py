"""Change sets of stacks with resources of ours: describe and execute them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.core.exceptions import ServiceException

from membership_mock.engine.moto.cloudformation.stack_resources import TypeTable
from membership_mock.engine.moto.cloudformation.templates import references, resources_of
from membership_mock.engine.moto.patches import Patches


def install(
    patches: Patches, models: Any, table: TypeTable, is_ours: Callable[[Any], bool]
) -> None:
    """Describe and execute change sets of stacks with resources of ours.

    Args:
        patches: undone when the mock ends.
        models: moto's models of CloudFormation.
        table: the resource types of our services.
        is_ours: returns whether a parsed template has resources of ours.
    """
    backend_class = models.CloudFormationBackend
    execute_change_set = patches.original(backend_class, "execute_change_set")
    diff = patches.original(models.ChangeSet, "diff")

    def concerns_ours(change_set: Any) -> bool:
        return is_ours(change_set.template_dict) or is_ours(change_set.stack.template_dict)

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
        if found is not None and concerns_ours(found):
            _check_executable(found)
            execute(found, backend)
        else:
            execute_change_set(backend, change_set_name, stack_name)

    def diff_of(change_set: Any) -> Any:
        return changes(change_set, models, table) if concerns_ours(change_set) else diff(change_set)

    patches.set(backend_class, "execute_change_set", execute_change_set_of)
    patches.set(models.ChangeSet, "diff", diff_of)


def changes(change_set: Any, models: Any, table: TypeTable) -> list[Any]:
    """Return the changes that a change set would make, those of parameters included.

    Args:
        change_set: moto's change set.
        models: moto's models of CloudFormation.
        table: the resource types of our services.

    Returns:
        A list of moto's changes. Those of our resources say whether they would be replaced:
        ``Conditional`` where that depends on a value that is not known yet.
    """
    stack = change_set.stack
    held = stack.resource_map._parsed_resources
    old, new = resources_of(stack.template_dict), resources_of(change_set.template_dict)
    by_action = stack.resource_map.build_resource_diff(
        change_set.template_dict, change_set.parameters
    )
    found = []
    for action, names in by_action.items():
        for name in names:
            described = old[name] if action == "Remove" else new[name]
            change = models.Change(action, name, described["Type"])
            if action != "Add":
                change.physical_resource_id = getattr(held.get(name), "physical_resource_id", None)
            if action == "Modify" and described["Type"] in table:
                change.replacement = _replacement(old[name], new[name], table)
            found.append(change)
    return found


def _replacement(old: Mapping[str, Any], new: Mapping[str, Any], table: TypeTable) -> str:
    if old["Type"] != new["Type"]:
        return "True"
    kind = table.find(new["Type"])
    assert kind is not None  # noqa: S101  asked before
    before, after = old.get("Properties") or {}, new.get("Properties") or {}
    if kind.schema.changed_create_only(before, after):
        return "True"
    names = {path.partition("/")[0] for path in kind.schema.create_only}
    depends = any(list(references(after.get(name))) for name in names)
    return "Conditional" if depends else "False"


class InvalidChangeSetStatus(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """A change set that has no changes, or has been executed, cannot be executed."""

    code = "InvalidChangeSetStatus"


def _check_executable(change_set: Any) -> None:
    """Refuse a change set that cannot be executed.

    The text is observed for change sets that failed, and inferred for those that were executed.

    Raises:
        InvalidChangeSetStatus: it has no changes, or has been executed.
    """
    if change_set.execution_status != "AVAILABLE":
        is_failed = change_set.status == "FAILED"
        kind, status = (
            ("status", "FAILED") if is_failed else ("execution status", change_set.execution_status)
        )
        raise InvalidChangeSetStatus(
            f"ChangeSet [{change_set.change_set_id}] cannot be executed in its current {kind} of"
            f" [{status}]"
        )


def execute(change_set: Any, backend: Any) -> None:
    """Execute a change set.

    Args:
        change_set: moto's change set.
        backend: moto's backend that holds it.
    """
    stack = change_set.stack
    if change_set.change_set_type == "CREATE":
        stack.template, stack.parameters = change_set.template, change_set.parameters
        stack.tags = change_set.tags or {}
        stack._parse_template()
        stack.cross_stack_resources = backend.exports
        stack.resource_map = stack._create_resource_map()
        stack.output_map = stack._create_output_map()
        stack._add_stack_event("CREATE_IN_PROGRESS", resource_status_reason="User Initiated")
        stack.create_resources()
        succeeded = stack.status == "CREATE_COMPLETE"
    else:
        stack.update(
            change_set.template,
            change_set.role_arn,
            parameters=change_set.parameters,
            tags=change_set.tags or None,
        )
        succeeded = stack.status == "UPDATE_COMPLETE"
    change_set.execution_status = "EXECUTE_COMPLETE" if succeeded else "EXECUTE_FAILED"
