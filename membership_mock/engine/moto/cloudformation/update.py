"""Updates a stack, with replacements where needed; rolls back if a resource fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from membership_mock.engine.cloudformation.resource_type import Resource
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.moto.cloudformation.stack_change import (
    FAILURES,
    RETAINED,
    StackChange,
    moto_at_work,
    physical_id_of,
    reason_of,
)
from membership_mock.engine.moto.cloudformation.stack_resources import StackResource
from membership_mock.engine.moto.cloudformation.templates import (
    STUMBLES,
    in_order,
    parsed,
    resources_of,
    unreadable,
)
from membership_mock.engine.moto.modules import require_models_of

#: the text of the event for a resource that cannot be changed (observed in public reports)
_REPLACED = "Requested update requires the creation of a new physical resource; hence creating one."


@dataclass
class _Before:
    """A stack before an update.

    Attributes:
        template: the text of its template.
        parsed: the same, parsed.
        resources: what the template says of each resource that exists.
        held: each resource that exists, in the order of their creation.
        resolved: what the template says of moto's resources, with all functions resolved.
        parameters: those of the stack.
        tags: those of the stack.
    """

    template: Any
    parsed: Any
    resources: dict[str, dict[str, Any]]
    held: dict[str, Any]
    resolved: dict[str, Any]
    parameters: Any
    tags: dict[str, str]


@dataclass
class _Progress:
    """The changes that an update has made so far.

    Attributes:
        undo: functions that undo the changes, in the order of the changes.
        replaced: the resources that have been replaced and still exist.
        created: the new resources: logical id, resource, its part of the template.
    """

    undo: list[Callable[[], None]] = field(default_factory=list)
    replaced: list[tuple[str, Any]] = field(default_factory=list)
    created: list[tuple[str, Any, dict[str, Any]]] = field(default_factory=list)


class Update(StackChange):
    """Updates a stack."""

    def run(self, template: Any, parameters: Any, tags: dict[str, str] | None) -> None:
        """Change the stack to another template, parameters or tags, or leave it as it is."""
        stack, resource_map = self._stack, self._map
        held = self._held
        before = _Before(
            stack.template,
            stack.template_dict,
            dict(resource_map._resource_json_map),
            held,
            {
                name: self._clean(resource_map._resource_json_map[name])
                for name, each in held.items()
                if not isinstance(each, StackResource)
            },
            resource_map.input_parameters,
            stack.tags,
        )
        models = require_models_of("cloudformation")
        try:
            read = parsed(template, models)
            self._load(template, read, parameters, tags)
            wanted = self._wanted(resources_of(stack.template_dict))
        except Exception as error:
            self._load_again(before)
            if isinstance(error, STUMBLES):
                raise models.ValidationError(message=unreadable(error)) from error
            raise
        self._set("UPDATE_IN_PROGRESS", "User Initiated")
        progress = _Progress()
        for name in in_order(wanted):
            existed = name in held
            try:
                self._apply(name, wanted[name], before, progress)
            except BaseException as failure:
                status = "UPDATE_FAILED" if existed else "CREATE_FAILED"
                self._mistaken = not isinstance(failure, FAILURES)
                self._event(name, wanted[name]["Type"], status, reason_of(failure), self._id(name))
                verb = "update" if existed else "create"
                reason = f"The following resource(s) failed to {verb}: [{name}]. "
                self._roll_update_back(reason, before, progress)
                if self._mistaken:  # the test author has to see it
                    raise
                return
        stack.output_map = stack._create_output_map()
        if refused := self._refused_outputs():
            self._roll_update_back(refused, before, progress)
            return
        gone = [(each, held[each]) for each in reversed(held) if each not in wanted]
        self._set("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        for each, resource in [*gone, *reversed(progress.replaced)]:
            replaced = (each, resource) in progress.replaced
            self._clean_up(each, resource, before.resources[each], replaced=replaced)
        for each, _ in gone:
            resource_map._parsed_resources.pop(each, None)
        resource_map._resource_json_map = wanted
        self._stack.output_map = self._stack._create_output_map()
        self._register_exports()
        self._set("UPDATE_COMPLETE")

    def _load(
        self, template: Any, parsed: Any, parameters: Any, tags: dict[str, str] | None
    ) -> None:
        """Let moto read a template and parameters."""
        stack, resource_map = self._stack, self._map
        stack.template, stack.template_dict = template, parsed
        resource_map._template = parsed
        if parameters:
            resource_map.input_parameters = stack.parameters = parameters
        if tags is not None:
            stack.tags = tags
        resource_map.resolved_parameters = {}
        resource_map.load_mapping()
        resource_map.load_parameters()
        resource_map.load_conditions()

    def _apply(
        self, name: str, described: dict[str, Any], before: _Before, progress: _Progress
    ) -> None:
        """Create, change or replace one resource, or leave it as it is."""
        existing = before.held.get(name)
        was = before.resources[name]["Type"] if existing is not None else None
        if existing is None:
            self._create_in_update(name, described, progress)
        elif was != described["Type"]:
            progress.undo.append(lambda: self._hold(name, before.resources[name], existing))
            self._create_in_update(name, described, progress)
            progress.replaced.append((name, existing))
        elif isinstance(existing, StackResource):
            self._change(existing, self._resolve(name, described), described, before, progress)
        elif self._clean(described) != before.resolved[name]:
            self._change_of_moto(name, described, existing, before, progress)
        else:
            self._map._resource_json_map[name] = described

    def _create_in_update(self, name: str, described: dict[str, Any], progress: _Progress) -> None:
        existing = self._held.get(name)
        try:
            self._create(name, described)
        finally:
            held = self._map._parsed_resources.get(name)
            if held is not None and held is not existing:
                progress.created.append((name, held, described))

    def _change(
        self,
        existing: StackResource,
        wanted: StackResource,
        described: dict[str, Any],
        before: _Before,
        progress: _Progress,
    ) -> None:
        """Change a resource of ours, or replace it if it cannot be changed."""
        old, new, kind = existing.resource, wanted.resource, existing.kind
        name = existing.logical_resource_id
        if new.properties == old.properties and new.tags == old.tags:
            self._map._resource_json_map[name] = described
            return
        if kind.schema.changed_create_only(old.properties, new.properties):
            self._replace(existing, wanted, described, before, progress)
            return
        calls = self._table.calls(kind, self._caller)
        self._event(name, kind.name, "UPDATE_IN_PROGRESS", "", self._id(name), of=wanted)
        new.attributes = dict(old.attributes)

        def change_back() -> None:
            again = Resource(old.properties, old.tags, dict(new.attributes))
            kind.change(again, new, calls)
            self._hold(name, before.resources[name], StackResource(kind, name, again))

        progress.undo.append(change_back)
        kind.change(new, old, calls)
        self._hold(name, described, wanted)
        self._event(name, kind.name, "UPDATE_COMPLETE", "", self._id(name), of=wanted)

    def _replace(
        self,
        existing: StackResource,
        wanted: StackResource,
        described: dict[str, Any],
        before: _Before,
        progress: _Progress,
    ) -> None:
        """Replace a resource: create the new one first, unless both cannot exist at once."""
        old, kind, name = existing.resource, existing.kind, existing.logical_resource_id
        self._event(name, kind.name, "UPDATE_IN_PROGRESS", _REPLACED, self._id(name), of=wanted)
        if kind.schema.deletes_first:
            kind.remove(old, self._table.calls(kind, self._caller))

            def make_again() -> None:
                again = StackResource(kind, name, Resource(old.properties, old.tags))
                self._make(again, lambda: self._hold(name, before.resources[name], again), "UPDATE")

            progress.undo.append(make_again)
        else:
            progress.undo.append(lambda: self._hold(name, before.resources[name], existing))
        try:
            self._make(wanted, lambda: self._hold(name, described, wanted), "UPDATE")
        finally:
            if wanted.physical_resource_id:
                progress.created.append((name, wanted, described))
        if not kind.schema.deletes_first:
            progress.replaced.append((name, existing))
        self._event(name, kind.name, "UPDATE_COMPLETE", "", self._id(name), of=wanted)

    def _change_of_moto(
        self,
        name: str,
        described: dict[str, Any],
        existing: Any,
        before: _Before,
        progress: _Progress,
    ) -> None:
        kind = described["Type"]
        self._event(name, kind, "UPDATE_IN_PROGRESS", "", self._id(name))

        def update(to: dict[str, Any]) -> None:
            with moto_at_work():
                found = self._parsing.parse_and_update_resource(
                    name, to, self._map, self._stack.account_id, self._stack.region_name
                )
            self._hold(name, to, found or existing)

        progress.undo.append(lambda: update(before.resources[name]))
        update(described)
        self._event(name, kind, "UPDATE_COMPLETE", "", self._id(name))

    def _load_again(self, before: _Before) -> None:
        self._map.input_parameters = self._stack.parameters = before.parameters
        self._load(before.template, before.parsed, None, before.tags)

    def _roll_update_back(self, reason: str, before: _Before, progress: _Progress) -> None:
        resource_map = self._map
        self._set("UPDATE_ROLLBACK_IN_PROGRESS", reason)
        self._load_again(before)
        failed: list[str] = []
        new = {id(resource) for _, resource, _ in progress.created}
        for take_back in reversed(progress.undo):
            failed += self._failures_of(take_back)
        self._set("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        for each, resource, described in reversed(progress.created):
            self._delete(each, resource, described)
        for each in list(self._held):
            if id(resource_map._parsed_resources[each]) in new:
                del resource_map._parsed_resources[each]
        resource_map._resource_json_map = dict(before.resources)
        self._stack.output_map = self._stack._create_output_map()
        self._set(
            "UPDATE_ROLLBACK_FAILED" if failed else "UPDATE_ROLLBACK_COMPLETE", " ".join(failed)
        )

    def _failures_of(self, take_back: Callable[[], None]) -> list[str]:
        try:
            take_back()
        except Exception as failure:
            if not (self._mistaken or isinstance(failure, FAILURES)):
                raise
            return [reason_of(failure)]
        return []

    def _clean_up(
        self, name: str, resource: Any, described: Mapping[str, Any], *, replaced: bool = False
    ) -> None:
        """Delete a resource that an update has removed or replaced; a failure is an event only."""
        policy = described.get("UpdateReplacePolicy" if replaced else "DeletionPolicy")
        if policy in RETAINED:
            self._event(name, described["Type"], "DELETE_SKIPPED", "", physical_id_of(resource))
            return
        self._delete(name, resource, dict(described))
