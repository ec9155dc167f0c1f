"""The common part of each change of a stack: its resources, its events, its outputs."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moto.core.exceptions import ServiceException
from moto.moto_api._internal import mock_random
from werkzeug.exceptions import HTTPException

from membership_mock.engine.cloudformation.handler_calls import HandlerFailed, StackCaller
from membership_mock.engine.moto.cloudformation.stack_request import current_request
from membership_mock.engine.moto.cloudformation.stack_resources import (
    InvalidProperties,
    StackResource,
    TypeTable,
)
from membership_mock.engine.moto.cloudformation.templates import dependencies, in_order
from membership_mock.engine.moto.modules import require_models_of
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.errors import UsageError


class MotoFailed(Exception):
    """moto cannot make a resource of its own from what the template says; the text says why."""


#: the errors with which a resource fails; any other error is raised to the test author
FAILURES = (HandlerFailed, InvalidProperties, ServiceException, HTTPException, MotoFailed)

#: the policies that keep a resource
RETAINED = ("Retain", "RetainExceptOnCreate")


class StackChange:
    """A change of one of moto's stacks.

    Args:
        stack: the stack.
        table: the resource types of our services.
    """

    def __init__(self, stack: Any, table: TypeTable) -> None:
        self._stack = stack
        self._table = table
        self._parsing = importlib.import_module("moto.cloudformation.parsing")
        request = current_request()
        self._request = request
        self._mistaken = False
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

    def _create(self, name: str, described: dict[str, Any]) -> None:
        kind = self._table.find(described["Type"])
        self._event(name, described["Type"], "CREATE_IN_PROGRESS")
        if kind is None:
            with moto_at_work():
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
        """Create a resource of ours, and add it to the stack even if a later step fails."""
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

    def _delete_all(self, *, on_create: bool = False) -> list[str]:
        """Delete every resource; those that others need come last.

        Returns:
            The logical ids of those that could not be deleted. The resources that these need stay
            as well.
        """
        held = self._held
        described = self._map._resource_json_map
        failed: list[str] = []
        needed: set[str] = set()
        # Resources that do not name what they need keep their order: a hub and its insights.
        for name in reversed(in_order({each: described[each] for each in held})):
            policy = described[name].get("DeletionPolicy")
            kept = policy == "Retain" or (policy in RETAINED and not on_create)
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
        kind, physical_id = described["Type"], physical_id_of(resource)
        self._event(name, kind, "DELETE_IN_PROGRESS", "", physical_id)
        try:
            if isinstance(resource, StackResource):
                calls = self._table.calls(resource.kind, self._caller)
                resource.kind.remove(resource.resource, calls)
            else:
                with moto_at_work():
                    self._map._delete_resource(resource, described)
        except Exception as failure:
            if not (self._mistaken or isinstance(failure, FAILURES)):
                raise
            self._event(name, kind, "DELETE_FAILED", reason_of(failure), physical_id)
            return False
        self._event(name, kind, "DELETE_COMPLETE", "", physical_id)
        return True

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
        with moto_at_work():
            properties = self._clean(described.get("Properties") or {})
        return self._table.wanted(kind, name, properties, self._stack.tags)

    def _clean(self, described: Any) -> Any:
        self._map._parsed_resources["AWS::Partition"] = partition_of(self._stack.region_name)
        return _without_nothing(self._parsing.clean_json(described, self._map))

    def _id(self, name: str) -> str:
        return physical_id_of(self._map._parsed_resources.get(name))

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

    def _refused_outputs(self) -> str:
        """Return why the outputs or the exports are refused; empty if they are accepted."""
        try:
            with moto_at_work("the outputs"):
                exports = self._stack.exports
                for each in self._stack.output_map.values():
                    _ = each and each.value  # which moto reads when it is asked for
        except FAILURES as failure:
            return f"{reason_of(failure)}. "
        for each in exports:
            taken = self._backend.exports.get(each.name)
            if taken is not None and taken.exporting_stack_id != self._stack.stack_id:
                other = self._backend.get_stack(taken.exporting_stack_id).name
                return f"Export with name {each.name} is already exported by stack {other}. "
        return ""

    def _show_nothing(self) -> None:
        """Remove the outputs: moto would create the resources that they name."""
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


@contextmanager
def moto_at_work(part: str = "the properties") -> Iterator[None]:
    """Turn an error of moto into a failure of the resource; leave the test author's errors."""
    try:
        yield
    except (*FAILURES, UsageError, NotImplementedError):
        raise
    except Exception as error:
        raise MotoFailed(f"moto cannot read {part}: {type(error).__name__}: {error}") from error


def physical_id_of(resource: Any) -> str:
    """Return the physical id of a resource; empty if it has none."""
    found = getattr(resource, "physical_resource_id", None)
    return str(found) if found else ""


def failed_to_delete(names: list[str]) -> str:
    """Return why a stack could not be deleted; empty if it was deleted."""
    return f"The following resource(s) failed to delete: [{', '.join(names)}]. " if names else ""


def cause_of(stack: Any) -> str:
    """Return why a stack failed, from its events."""
    found = [
        each.resource_status_reason
        for each in stack.events
        if each.physical_resource_id == stack.stack_id and each.resource_status_reason
    ]
    return str(found[-1]).removesuffix("Rollback requested by user.")


def reason_of(failure: BaseException) -> str:
    """Return why a resource failed, in CloudFormation's words."""
    if isinstance(failure, HandlerFailed):
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
