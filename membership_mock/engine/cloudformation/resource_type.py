"""A resource type of CloudFormation: which operations create, read, update and delete one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any

from membership_mock.engine.cloudformation.conversion import (
    found_at,
    member_of,
    to_attribute,
    to_parameter,
)
from membership_mock.engine.cloudformation.handler_calls import HandlerCalls, HandlerFailed
from membership_mock.engine.cloudformation.schemas import ResourceSchema, schemas
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol.model import OperationModel
from membership_mock.errors import UsageError

#: how often a resource is read until its status is final; no resource has more steps
_MOST_READS = 5


@dataclass
class Resource:
    """A resource of a stack.

    Attributes:
        properties: what the template says, in the types of the schema, without tags.
        tags: its tags and those of the stack.
        attributes: what the service says about it: its identifiers, and what ``Fn::GetAtt``
            returns.
    """

    properties: dict[str, Any]
    tags: dict[str, str]
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """All that is known of it, by property."""
        return {**self.properties, **self.attributes}


#: Returns a parameter of an operation, from a resource and the calls for its stack.
Argument = Callable[[Resource, HandlerCalls], Any]


@dataclass(frozen=True)
class Step:
    """One call that creates, reads, updates or deletes a resource.

    Attributes:
        operation: its name.
        arguments: the parameters that have another name than the property: the property's name, or
            a function that returns the parameter, and None for a parameter that is left out. All
            others are the properties of the same name.
        found: the path of the resource in the answer, e.g. ``Insights.0``.
    """

    operation: str
    arguments: Mapping[str, str | Argument] = field(default_factory=dict)
    found: str = ""

    def run(self, resource: Resource, calls: HandlerCalls) -> dict[str, Any]:
        """Make the call, and return the resource in its answer; empty if the answer has none."""
        shape = calls.model(self.operation).input_shape
        values = resource.values
        parameters = {}
        for name, member in shape.members.items() if shape else ():
            source = self.arguments.get(name)
            if callable(source):
                value = source(resource, calls)
            elif name.lower() == "tags":
                value = resource.tags or None
            else:
                named = source or member_of(values, name)
                value = values.get(named) if named else None
            if value is not None:
                parameters[name] = to_parameter(value, member, name)
        found = found_at(calls(self.operation, **parameters), self.found)
        return dict(found) if isinstance(found, Mapping) else {}


@dataclass(frozen=True)
class ResourceType:
    """A row of the table of resource types; a subclass has what needs code.

    Attributes:
        name: e.g. ``AWS::SecurityHub::Insight``.
        package: the package with the schema of the type.
        create: the call that creates a resource.
        read: the call that reads one.
        delete: the call that deletes one.
        update: the call that changes one; None if nothing but tags can be changed.
        attributes: the path of a property in what ``read`` and ``create`` find, if it is not the
            property's own name.
        arn: the property with the ARN that tags belong to.
        elsewhere: the properties that a function or a further call brings to the service.
        pending: the path of a status in what ``read`` finds, and the value that is not final:
            CloudFormation waits for another one. Each read of the mock is a step, unless states
            wait for the clock.
    """

    name: str
    package: str
    create: Step
    read: Step
    delete: Step
    update: Step | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    arn: str = "Arn"
    elsewhere: frozenset[str] = frozenset()
    pending: tuple[str, str] = ("", "")

    @cached_property
    def schema(self) -> ResourceSchema:
        """The type's schema in CloudFormation's registry."""
        return schemas(self.package)[self.name]

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that make up the type, in the order create, read, update, delete."""
        steps = (self.create, self.read, self.update, self.delete)
        return tuple(dict.fromkeys(step.operation for step in steps if step is not None))

    def make(self, resource: Resource, calls: HandlerCalls) -> None:
        """Create a resource, and fill in its attributes.

        Raises:
            HandlerFailed: the service refused it. If it exists by then, it has its attributes.
            UsageError: the botocore in use does not know one of its properties.
        """
        self._check_known(resource, calls)
        self._take(resource, self.create.run(resource, calls))
        self.created(resource, calls)
        self.refresh(resource, calls)

    def refresh(self, resource: Resource, calls: HandlerCalls) -> None:
        """Read a resource, and fill in its attributes.

        Raises:
            HandlerFailed: it does not exist, or the service refused it.
        """
        path, status = self.pending
        for _ in range(_MOST_READS):
            found = self.read.run(resource, calls)
            if not found:
                raise HandlerFailed("NotFound", f"Resource of type '{self.name}' was not found.")
            if not path or found_at(found, path) != status:
                break
        self._take(resource, found)

    def change(self, resource: Resource, before: Resource, calls: HandlerCalls) -> None:
        """Change a resource that exists.

        Args:
            resource: as it is to be, with the attributes that identify it.
            before: as it is.
            calls: those for its stack.

        Raises:
            HandlerFailed: the service refused it.
            UsageError: the botocore in use does not know one of its properties.
        """
        self._check_known(resource, calls)
        if self.update is not None and resource.properties != before.properties:
            self.update.run(resource, calls)
        self.changed(resource, before, calls)
        self._change_tags(resource, before, calls)
        self.refresh(resource, calls)

    def remove(self, resource: Resource, calls: HandlerCalls) -> None:
        """Delete a resource; one that is gone already is deleted.

        Raises:
            HandlerFailed: the service refused it.
        """
        try:
            self.deleting(resource, calls)
            self.delete.run(resource, calls)
        except HandlerFailed as failure:
            if failure.code != "NotFound" and self._exists(resource, calls):
                raise

    def physical_id(self, resource: Resource) -> str:
        """Return what identifies a resource, and what ``Ref`` returns; empty before it is made."""
        values = resource.values
        found = [values.get(name) for name in self.schema.primary]
        return "|".join(map(str, found)) if all(found) else ""

    def created(self, resource: Resource, calls: HandlerCalls) -> None:
        """Make the further calls that are needed to create a resource."""

    def changed(self, resource: Resource, before: Resource, calls: HandlerCalls) -> None:
        """Make the further calls that are needed to change a resource."""

    def deleting(self, resource: Resource, calls: HandlerCalls) -> None:
        """Make the calls that are needed before a resource can be deleted."""

    def taken(self, calls: HandlerCalls) -> frozenset[str]:
        """Return the properties that reach the service with the botocore in use."""
        steps = [step for step in (self.create, self.update) if step is not None]
        members = {name.lower() for step in steps for name in _members(calls.model(step.operation))}
        renamed = {
            each for step in steps for each in step.arguments.values() if isinstance(each, str)
        }
        same = {name for name in self.schema.properties if name.lower() in members}
        return self.elsewhere | same | renamed

    def _check_known(self, resource: Resource, calls: HandlerCalls) -> None:
        """Refuse a property that would be lost: the schema may be newer than botocore."""
        lost = sorted(resource.properties.keys() - self.taken(calls))
        if lost:
            raise UsageError(
                f"{lost[0]} of {self.name} is in CloudFormation's schema, but the botocore in use"
                f" knows no such parameter of {self.create.operation}: leave it out, or install a"
                " newer botocore."
            )

    def _exists(self, resource: Resource, calls: HandlerCalls) -> bool:
        try:
            return bool(self.read.run(resource, calls))
        except HandlerFailed as failure:
            # A service that is disabled refuses every read, and has no resources any more.
            return failure.is_of_policies or failure.code not in ("NotFound", "AccessDenied")

    def _take(self, resource: Resource, found: Mapping[str, Any]) -> None:
        for name in (*self.schema.primary, *self.schema.read_only):
            value = found_at(found, self.attributes[name]) if name in self.attributes else None
            if value is None:
                member = member_of(found, name)
                value = found[member] if member else None
            if value is not None:
                resource.attributes[name] = to_attribute(value)

    def _change_tags(self, resource: Resource, before: Resource, calls: HandlerCalls) -> None:
        arn = resource.values.get(self.arn)
        gone = sorted(before.tags.keys() - resource.tags.keys())
        new = {k: v for k, v in resource.tags.items() if before.tags.get(k) != v}
        if gone:
            _tagging("UntagResource", calls, arn, gone)
        if new:
            _tagging("TagResource", calls, arn, new)


def _members(operation: OperationModel) -> Iterable[str]:
    return operation.input_shape.members if operation.input_shape else ()


def _tagging(operation: str, calls: HandlerCalls, arn: Any, tags: Any) -> None:
    shape = calls.model(operation).input_shape
    assert shape is not None  # noqa: S101  both services take an ARN and tags
    names = {name.lower(): name for name in shape.members}
    calls(operation, **{names["resourcearn"]: arn, names.get("tags") or names["tagkeys"]: tags})
