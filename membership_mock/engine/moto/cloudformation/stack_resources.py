"""A resource of ours in a stack of moto's, and the table of their types."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from membership_mock.engine.cloudformation.conversion import found_at
from membership_mock.engine.cloudformation.handler_calls import HandlerCalls, StackCaller
from membership_mock.engine.cloudformation.resource_type import Resource, ResourceType

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.operation import Backend
    from membership_mock.engine.pipeline.request_pipeline import RequestPipeline


class InvalidProperties(Exception):
    """The properties of a resource do not fit the schema of its type."""


class StackResource:
    """A resource of ours in the form that moto's stacks hold.

    Args:
        kind: its row in the table.
        logical_id: its name in the template.
        resource: its properties and attributes.
    """

    def __init__(self, kind: ResourceType, logical_id: str, resource: Resource) -> None:
        self.kind = kind
        self.resource = resource
        self.logical_resource_id = logical_id
        self.cf_resource_type = kind.name
        self.type = kind.name

    @property
    def physical_resource_id(self) -> str:
        """What identifies the resource, and what ``Ref`` returns."""
        return self.kind.physical_id(self.resource)

    def get_cfn_attribute(self, name: str) -> Any:
        """Return what ``Fn::GetAtt`` returns; empty if the service gave no such attribute."""
        found = found_at(self.resource.attributes, name)
        return "" if found is None else found

    def is_created(self) -> bool:
        """Return True: creation is always over."""
        return True

    @property
    def described(self) -> str:
        """The properties as stack events show them."""
        return json.dumps(self.resource.properties, default=str)


class MotoType:
    """The methods of a type that moto calls when it reads a template.

    Args:
        kind: the row of the table.
    """

    def __init__(self, kind: ResourceType) -> None:
        self._kind = kind

    def has_cfn_attr(self, name: str) -> bool:
        """Return whether ``Fn::GetAtt`` knows an attribute."""
        return name in self._kind.schema.read_only

    def cloudformation_type(self) -> str:
        """Return the name of the type."""
        return self._kind.name

    def cloudformation_name_type(self) -> None:
        """Return None: no property holds a name that moto would have to generate."""


class TypeTable:
    """The resource types of our services.

    Args:
        services: the backend class of each service, by its id.
        pipeline: returns that of the running mock.
    """

    def __init__(
        self, services: Mapping[str, type[Backend]], pipeline: Callable[[], RequestPipeline]
    ) -> None:
        self._pipeline = pipeline
        # An older botocore does not know all operations; a type that needs one of them is unknown.
        rows = [
            (kind, service)
            for service, backend in services.items()
            for kind in backend.resource_types()
            if backend.handlers.keys() >= set(kind.operations)
        ]
        self._services = {kind.name: service for kind, service in rows}
        self._kinds: dict[str, ResourceType] = {kind.name: kind for kind, _ in rows}

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def any_of(self, types: Iterable[str]) -> bool:
        """Return whether one of the types is ours."""
        return not self._kinds.keys().isdisjoint(types)

    def find(self, name: Any) -> ResourceType | None:
        """Return the row of a type; None if it is not ours."""
        return self._kinds.get(name)

    def calls(self, kind: ResourceType, caller: StackCaller) -> HandlerCalls:
        """Return the object that makes the calls for a resource."""
        return HandlerCalls(self._pipeline(), self._services[kind.name], caller)

    def wanted(
        self,
        kind: ResourceType,
        logical_id: str,
        properties: Mapping[str, Any],
        stack_tags: Mapping[str, str],
    ) -> StackResource:
        """Return the resource that a template describes.

        Args:
            kind: the row of its type.
            logical_id: its name in the template.
            properties: with all functions resolved.
            stack_tags: the tags of the stack, which its resources get too.

        Raises:
            InvalidProperties: they do not fit the schema.
        """
        checked, faults = kind.schema.checked(properties)
        if faults:
            raise InvalidProperties(
                f"Properties validation failed for resource {logical_id} with message:\n"
                + "\n".join(faults)
            )
        tags: dict[str, str] = {}
        if kind.schema.taggable:
            given = checked.pop("Tags", None) or {}
            if isinstance(given, list):
                given = {each["Key"]: each["Value"] for each in given}
            tags = {**stack_tags, **given}
        return StackResource(kind, logical_id, Resource(checked, tags))
