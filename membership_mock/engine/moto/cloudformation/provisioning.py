"""Creates, updates and deletes the resources of a stack, and rolls back as CloudFormation does."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from membership_mock.engine.cloudformation.handler_calls import HandlerFailed, StackCaller
from membership_mock.engine.cloudformation.resource_type import Resource
from membership_mock.engine.moto.cloudformation.stack_resources import (
    InvalidProperties,
    StackResource,
    TypeTable,
)
from membership_mock.engine.moto.cloudformation.templates import (
    dependencies,
    in_order,
    resources_of,
)
from membership_mock.engine.moto.modules import require_models_of
from membership_mock.engine.protocol.regions import partition_of

#: what a resource may fail with; anything else is a mistake that the test author has to see
_FAILURES = (HandlerFailed, InvalidProperties, ServiceException, HTTPException)

_RETAINED = ("Retain", "RetainExceptOnCreate")


@dataclass(frozen=True)
class StackRequest:
    """What the caller of CloudFormation asked for, besides what moto passes on.

    Attributes:
        access_key: the key that signed the request; empty if IAM policies do not apply.
        security_token: the session token of the key.
        on_failure: ``ROLLBACK``, ``DELETE`` or ``DO_NOTHING``.
        retained: the logical ids of the resources that are not to be deleted with the stack.
        stack_set_tags: the tags of the stack set that the stack belongs to.
    """

    access_key: str = ""
    security_token: str = ""
    on_failure: str = "ROLLBACK"
    retained: tuple[str, ...] = ()
    stack_set_tags: Mapping[str, str] = field(default_factory=dict)


#: the request that is being answered
current_request: ContextVar[StackRequest] = ContextVar(
    "membership_mock_stack_request", default=StackRequest()
)


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
class _Update:
    """How far an update has come.

    Attributes:
        undo: what takes the changes back, in the order in which they were made.
        replaced: the resources that have been replaced, and are still there.
        created: the resources that are new: logical id, resource, what the template says of it.
    """

    undo: list[Callable[[], None]] = field(default_factory=list)
    replaced: list[tuple[str, Any]] = field(default_factory=list)
    created: list[tuple[str, Any, dict[str, Any]]] = field(default_factory=list)


class Provisioning:
    """Changes one stack of moto's.

    Args:
        stack: the stack.
        table: the resource types of our services.
    """

    def __init__(self, stack: Any, table: TypeTable) -> None:
        self._stack = stack
        self._table = table
        self._parsing = importlib.import_module("moto.cloudformation.parsing")
        request = current_request.get()
        self._request = request
        self._caller = StackCaller(
            stack.account_id, stack.region_name, request.access_key, request.security_token
        )

    @property
    def _map(self) -> Any:
        return self._stack.resource_map

    @property
    def _held(self) -> dict[str, Any]:
        """Every resource that exists, in the order of their creation."""
        parsed = self._map._parsed_resources
        names = self._map._resource_json_map
        return {name: each for name, each in parsed.items() if name in names and each is not None}

    # --- create ----------------------------------------------------------------------------------

    def create(self) -> None:
        """Create every resource, or none: what has been made is deleted if one fails."""
        stack = self._stack
        stack.status = "CREATE_IN_PROGRESS"
        stack.tags = {**self._request.stack_set_tags, **stack.tags}
        resources = self._wanted(resources_of(stack.template_dict))
        self._map._resource_json_map = {}
        self._map.tags.update(
            {
                "aws:cloudformation:stack-name": stack.name,
                "aws:cloudformation:stack-id": stack.stack_id,
            }
        )
        for name in in_order(resources):
            try:
                self._create(name, resources[name])
            except _FAILURES as failure:
                kind = resources[name]["Type"]
                self._event(name, kind, "CREATE_FAILED", _reason(failure), self._id(name))
                self._give_up(f"The following resource(s) failed to create: [{name}]. ")
                return
        if taken := self._taken_export():
            self._give_up(taken)
            return
        self._register_exports()
        stack.description = stack.template_dict.get("Description")
        if all(each.is_created() for each in self._held.values()):
            stack.mark_creation_complete()

    def _give_up(self, reason: str) -> None:
        """Delete what has been created, unless the caller wants to look at it."""
        if self._request.on_failure == "DO_NOTHING":
            self._set("CREATE_FAILED", reason)
            self._show_nothing()
            return
        delete = self._request.on_failure == "DELETE"
        word = "DELETE" if delete else "ROLLBACK"
        self._set(
            f"{word}_IN_PROGRESS",
            reason + ("Delete" if delete else "Rollback") + " requested by user.",
        )
        failed = self._delete_all(on_create=True)
        self._set(f"{word}_FAILED" if failed else f"{word}_COMPLETE", _failed_to_delete(failed))

    def _create(self, name: str, described: dict[str, Any]) -> None:
        kind = self._table.find(described["Type"])
        self._event(name, described["Type"], "CREATE_IN_PROGRESS")
        if kind is None:
            made = self._parsing.parse_and_create_resource(
                name, described, self._map, self._stack.account_id, self._stack.region_name
            )
            self._hold(name, described, made)
            self._tag(name, made)
        else:
            made = self._resolve(name, described)
            self._make(made, lambda: self._hold(name, described, made))
        self._event(name, described["Type"], "CREATE_COMPLETE", physical_id=self._id(name), of=made)

    def _make(self, made: StackResource, hold: Callable[[], None], verb: str = "CREATE") -> None:
        """Create a resource of ours; it is held as soon as it exists, so that it can be deleted."""
        try:
            made.kind.make(made.resource, self._table.calls(made.kind, self._caller))
        finally:
            if made.physical_resource_id:
                hold()
                self._event(
                    made.logical_resource_id,
                    made.cf_resource_type,
                    f"{verb}_IN_PROGRESS",
                    "Resource creation Initiated",
                    made.physical_resource_id,
                    of=made,
                )

    def _hold(self, name: str, described: dict[str, Any], made: Any) -> None:
        self._map._resource_json_map[name] = described
        if made is not None:
            self._map._parsed_resources[name] = made  # a replacement keeps the place of the other

    def _tag(self, name: str, made: Any) -> None:
        """Give moto's EC2 resources the tags of the stack, as moto does."""
        if isinstance(made, self._parsing.TaggedEC2Resource):
            backend = self._parsing.ec2_models.ec2_backends[self._stack.account_id][
                self._stack.region_name
            ]
            tags = {**self._map.tags, "aws:cloudformation:logical-id": name}
            backend.create_tags([made.physical_resource_id], tags)

    # --- update ----------------------------------------------------------------------------------

    def update(self, template: Any, parameters: Any, tags: dict[str, str] | None) -> None:
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
        try:
            self._load(template, stack.parse_template(template), parameters, tags)
            wanted = self._wanted(resources_of(stack.template_dict))
        except Exception:
            self._load_again(before)
            raise
        self._set("UPDATE_IN_PROGRESS", "User Initiated")
        progress = _Update()
        for name in in_order(wanted):
            existed = name in held
            try:
                self._apply(name, wanted[name], before, progress)
            except _FAILURES as failure:
                status = "UPDATE_FAILED" if existed else "CREATE_FAILED"
                self._event(name, wanted[name]["Type"], status, _reason(failure), self._id(name))
                self._roll_update_back(name, before, progress, existed=existed)
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
        self, name: str, described: dict[str, Any], before: _Before, progress: _Update
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

    def _create_in_update(self, name: str, described: dict[str, Any], progress: _Update) -> None:
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
        progress: _Update,
    ) -> None:
        """Change a resource of ours, with another one in its place if need be."""
        old, new, kind = existing.resource, wanted.resource, existing.kind
        name = existing.logical_resource_id
        if new.properties == old.properties and new.tags == old.tags:
            self._map._resource_json_map[name] = described
            return
        calls = self._table.calls(kind, self._caller)
        if not kind.schema.changed_create_only(old.properties, new.properties):
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
            return
        self._event(
            name,
            kind.name,
            "UPDATE_IN_PROGRESS",
            "Requested update requires the creation of a new physical resource; hence creating one.",
            self._id(name),
            of=wanted,
        )
        if kind.schema.deletes_first:
            kind.remove(old, calls)

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
        progress: _Update,
    ) -> None:
        kind = described["Type"]
        self._event(name, kind, "UPDATE_IN_PROGRESS", "", self._id(name))

        def update(to: dict[str, Any]) -> None:
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

    def _roll_update_back(
        self, name: str, before: _Before, progress: _Update, *, existed: bool
    ) -> None:
        resource_map = self._map
        verb = "update" if existed else "create"
        self._set(
            "UPDATE_ROLLBACK_IN_PROGRESS",
            f"The following resource(s) failed to {verb}: [{name}]. ",
        )
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

    @staticmethod
    def _failures_of(take_back: Callable[[], None]) -> list[str]:
        try:
            take_back()
        except _FAILURES as failure:
            return [_reason(failure)]
        return []

    def _clean_up(
        self, name: str, resource: Any, described: Mapping[str, Any], *, replaced: bool = False
    ) -> None:
        """Delete a resource that an update has removed or replaced; a failure stays a failure."""
        policy = described.get("UpdateReplacePolicy" if replaced else "DeletionPolicy")
        if policy in _RETAINED:
            self._event(name, described["Type"], "DELETE_SKIPPED", "", _physical_id(resource))
            return
        self._delete(name, resource, dict(described))

    # --- delete ----------------------------------------------------------------------------------

    def delete(self) -> None:
        """Delete every resource; what cannot be deleted stays, and the stack with it."""
        self._set("DELETE_IN_PROGRESS", "User Initiated")
        failed = self._delete_all()
        self._set("DELETE_FAILED" if failed else "DELETE_COMPLETE", _failed_to_delete(failed))

    def _delete_all(self, *, on_create: bool = False) -> list[str]:
        """Delete every resource, those that others need last.

        Returns:
            The logical ids of those that could not be deleted. What these need is left as well.
        """
        held = self._held
        described = self._map._resource_json_map
        failed: list[str] = []
        needed: set[str] = set()
        # The order of creation counts for what does not name what it needs: a hub and its insights.
        for name in reversed(in_order({each: described[each] for each in held})):
            policy = described[name].get("DeletionPolicy")
            kept = policy == "Retain" or (policy in _RETAINED and not on_create)
            if name in needed:
                needed |= dependencies(described[name])
                continue
            if kept or name in self._request.retained:
                self._event(name, described[name]["Type"], "DELETE_SKIPPED", "", self._id(name))
            elif not self._delete(name, held[name], described[name]):
                failed.append(name)
                needed |= dependencies(described[name])
                continue
            self._map._parsed_resources.pop(name, None)
            del described[name]
        self._show_nothing()
        return failed

    def _delete(self, name: str, resource: Any, described: dict[str, Any]) -> bool:
        """Delete a resource, and return whether it is gone."""
        kind, physical_id = described["Type"], _physical_id(resource)
        self._event(name, kind, "DELETE_IN_PROGRESS", "", physical_id)
        try:
            if isinstance(resource, StackResource):
                calls = self._table.calls(resource.kind, self._caller)
                resource.kind.remove(resource.resource, calls)
            else:
                self._map._delete_resource(resource, described)
        except _FAILURES as failure:
            self._event(name, kind, "DELETE_FAILED", _reason(failure), physical_id)
            return False
        self._event(name, kind, "DELETE_COMPLETE", "", physical_id)
        return True

    # --- what moto holds and shows ---------------------------------------------------------------

    def _wanted(self, resources: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return the resources whose condition holds."""
        conditions = self._map.lazy_condition_map
        return {
            name: each
            for name, each in resources.items()
            if not each.get("Condition") or conditions[each["Condition"]]
        }

    def _resolve(self, name: str, described: dict[str, Any]) -> StackResource:
        kind = self._table.find(described["Type"])
        assert kind is not None  # noqa: S101  asked before
        properties = self._clean(described.get("Properties") or {})
        return self._table.wanted(kind, name, properties, self._stack.tags)

    def _clean(self, described: Any) -> Any:
        self._map._parsed_resources["AWS::Partition"] = partition_of(self._stack.region_name)
        return _without_nothing(self._parsing.clean_json(described, self._map))

    def _id(self, name: str) -> str:
        return _physical_id(self._map._parsed_resources.get(name))

    def _register_exports(self) -> None:
        """Let other stacks of the account and region import what this one exports."""
        backend = self._backend
        if self._stack.stack_id not in backend.stacks:
            return  # the hidden stack of a stack set
        for name, each in list(backend.exports.items()):
            if each.exporting_stack_id == self._stack.stack_id:
                del backend.exports[name]
        for each in self._stack.exports:
            backend.exports[each.name] = each

    @property
    def _backend(self) -> Any:
        backends = require_models_of("cloudformation").cloudformation_backends
        return backends[self._stack.account_id][self._stack.region_name]

    def _taken_export(self) -> str:
        """Return why an export is refused; empty if none is."""
        for each in self._stack.exports:
            taken = self._backend.exports.get(each.name)
            if taken is not None and taken.exporting_stack_id != self._stack.stack_id:
                other = self._backend.get_stack(taken.exporting_stack_id).name
                return f"Export with name {each.name} is already exported by stack {other}. "
        return ""

    def _show_nothing(self) -> None:
        """Show no outputs: moto would create the resources that they name."""
        models = require_models_of("cloudformation")
        self._stack.output_map = models.OutputMap(self._map, {}, self._stack.stack_id)

    def _set(self, status: str, reason: str = "") -> None:
        self._stack.status = status
        self._stack.status_reason = reason or None
        self._stack._add_stack_event(status, resource_status_reason=reason or None)

    def _event(
        self,
        name: str,
        kind: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        of: Any = None,
    ) -> None:
        stack = self._stack
        event = require_models_of("cloudformation").Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=name,
            physical_resource_id=physical_id,
            resource_type=kind,
            resource_status=status,
            resource_status_reason=reason or None,
            resource_properties=of.described if isinstance(of, StackResource) else None,
        )
        event.sendToSns(stack.account_id, stack.region_name, stack.notification_arns)
        stack.events.append(event)


def _physical_id(resource: Any) -> str:
    found = getattr(resource, "physical_resource_id", None)
    return str(found) if found else ""


def _failed_to_delete(names: list[str]) -> str:
    return f"The following resource(s) failed to delete: [{', '.join(names)}]. " if names else ""


def _reason(failure: Exception) -> str:
    """Return why a resource failed, in CloudFormation's words."""
    if isinstance(failure, HandlerFailed):
        from moto.moto_api._internal import mock_random

        return (
            f'Resource handler returned message: "{failure.message}" (RequestToken:'
            f" {mock_random.uuid4()}, HandlerErrorCode: {failure.code})"
        )
    return str(getattr(failure, "message", None) or failure)


def _without_nothing(value: Any) -> Any:
    """Return a value without ``AWS::NoValue``."""
    if isinstance(value, dict):
        return {name: _without_nothing(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nothing(each) for each in value if each is not None]
    return value
