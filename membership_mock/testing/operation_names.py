"""Operations as a test author names them: by name, in snake case, with the service, by pattern."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from membership_mock.engine.pipeline.caller import account_id, region_name
from membership_mock.engine.protocol.model import service_model, service_names, snake
from membership_mock.errors import UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.containing import Containing
from membership_mock.testing.names import nearest_to

if TYPE_CHECKING:
    from botocore.model import Shape


#: names by which services are known, where no part of it is the name that boto3 has
_OTHER_NAMES = {
    "cloudwatch-logs": "logs",
    "cloudwatchlogs": "logs",
    "eventbridge": "events",
    "eventbridge-pipes": "pipes",
    "eventbridge-scheduler": "scheduler",
    "incident-response": "security-ir",
    "securityir": "security-ir",
    "states": "stepfunctions",
    "step-functions": "stepfunctions",
}


def as_text(operation: str) -> str:
    """Return the name or pattern of an operation as it was given.

    Raises:
        UsageError: it is not text.
    """
    if not isinstance(operation, str):
        raise UsageError(
            f"An operation is its name, e.g. 'securityhub.CreateMembers', not {operation!r}."
        )
    return operation


def is_pattern(operation: str) -> bool:
    """Return whether ``operation`` may stand for several operations."""
    return any(wildcard in operation for wildcard in "*?[")


def operation_named(service: str | None, operation: str | None) -> tuple[str | None, str | None]:
    """Return service id and operation name as the record spells them; None for what is not given.

    Args:
        service: the service's id.
        operation: ``CreateCase``, ``create_case`` or ``security-ir.CreateCase``. An operation of a
            service of another package is named with its service: ``sts.AssumeRole``.

    Raises:
        UsageError: no service has the operation.
    """
    prefix, dot, bare = as_text("" if operation is None else operation).rpartition(".")
    if dot:
        if service not in (None, prefix):
            raise UsageError(f"{operation!r} is an operation of {prefix!r}, not of {service!r}.")
        service = prefix
    if service is not None:
        check_aws_service(service)
    if operation is None:
        return service, None
    if not dot and ":" in bare:
        raise UsageError(
            f"{operation!r} has a colon, as IAM writes it: write {bare.replace(':', '.', 1)!r}."
        )
    spellings = [_spellings(each) for each in ([service] if service else SERVICES)]
    for names in spellings:
        if bare in names:
            return service, names[bare]
    raise UsageError(
        f"{operation!r} is not an operation of {service or ', '.join(SERVICES)}"
        + nearest_to(bare, dict.fromkeys(chain.from_iterable(spellings)))
        + ("" if service else " Name that of another service with it: 'sts.AssumeRole'.")
    )


@cache
def _spellings(service: str) -> Mapping[str, str]:
    """Return the names of a service's operations by both spellings, the API's and boto3's."""
    names = service_model(service).operation_names
    return {spelled: name for name in names for spelled in (name, snake(name))}


def _operations_called(service: str | None, name: str) -> frozenset[tuple[str, str]]:
    """Return service id and name of the operations of one name, in a service or in all."""
    return frozenset(
        (each, name)
        for each in ([service] if service else SERVICES)
        if name in service_model(each).operation_names
    )


def check_service(service: object) -> None:
    """Refuse anything that is not a service of this package.

    Raises:
        UsageError: it is not one.
    """
    if not isinstance(service, str) or service not in SERVICES:
        raise UsageError(
            f"{service!r} is not a service that this package mocks: {', '.join(SERVICES)}"
            + nearest_to(str(service), SERVICES)
        )


def check_aws_service(service: object) -> None:
    """Refuse anything that is not a service of AWS.

    Raises:
        UsageError: the botocore in use does not know it.
    """
    if not isinstance(service, str) or service not in {*SERVICES, *service_names()}:
        known = [*SERVICES, *sorted(service_names())]
        spelled = str(service).lower().replace("_", "-").replace(" ", "")
        meant = _OTHER_NAMES.get(spelled) or (spelled if spelled in known else None)
        raise UsageError(
            f"{service!r} is not a service of AWS that this botocore knows"
            + (f"; boto3 calls it {meant!r}." if meant else nearest_to(str(service), known))
        )


def check_caller(account: str | None, region: str | None) -> None:
    """Refuse an account or a region that cannot exist: no call would come from there.

    Raises:
        UsageError: ``account`` is not 12 digits, or ``region`` is not a region.
    """
    if account is not None:
        account_id(account)
    if region is not None:
        region_name(region)


@dataclass(frozen=True)
class WantedOperations:
    """The operations that are looked for in the record.

    Attributes:
        operations: service id and name of each of them that is known by name.
        pattern: what else is looked for: the patterns of a service and an operation. A pattern such
            as ``*.List*`` stands for operations of all services of AWS.
    """

    operations: frozenset[tuple[str, str]]
    pattern: tuple[str, str] | None = None

    def include(self, service: str, operation: str) -> bool:
        """Return whether an operation is looked for."""
        if (service, operation) in self.operations:
            return True
        if self.pattern is None or not fnmatchcase(service, self.pattern[0]):
            return False
        name = self.pattern[1]
        return fnmatchcase(operation, name) or fnmatchcase(snake(operation), name)


def operations_wanted(service: str | None, operation: str | None) -> WantedOperations | None:
    """Return the operations that are looked for in the record; None for all.

    Args:
        service: the service's id.
        operation: as for `operations_matching`.

    Raises:
        UsageError: no call can match.
    """
    if operation is None or not is_pattern(as_text(operation)):
        service, name = operation_named(service, operation)
        if name is None:
            return None
        return WantedOperations(_operations_called(service, name))
    if service is not None:
        check_aws_service(service)
        if "." not in operation:
            return operations_wanted(None, f"{service}.{operation}")
    wanted = frozenset(
        each for each in operations_matching(operation) if service in (None, each[0])
    )
    prefix, _, bare = operation.rpartition(".")
    everywhere = (prefix or "*", bare) if service is None and is_pattern(prefix or "*") else None
    if not wanted:
        raise UsageError(f"No operation of {service} matches {operation!r}.")
    return WantedOperations(wanted, everywhere)


def check_parameters(
    operations: Collection[tuple[str, str]], parameters: Mapping[str, Any]
) -> None:
    """Refuse parameters that none of the operations has: no call would ever carry them.

    Args:
        operations: service id and name of each operation.
        parameters: some of the parameters, by API name; nested mappings may be partial too.

    Raises:
        UsageError: none of the operations has a parameter of this name.
    """
    # Several services may have an operation of this name: the one with more of the names is meant.
    wrong: list[tuple[int, str]] = []
    for service, operation in sorted(operations):
        shape = service_model(service).operation_model(operation).input_shape
        unknown = _unknown_name(shape, parameters)
        if unknown is None:
            return
        shared = len(parameters.keys() & shape.members) if shape else 0
        wrong.append((shared, f"{operation} has no parameter {unknown}"))
    raise UsageError(max(wrong, key=lambda each: each[0])[1])


def _unknown_name(shape: Shape | None, value: Any, path: str = "") -> str | None:
    """Return the first name in ``value`` that ``shape`` does not have, with the nearest one."""
    if isinstance(value, Mapping) and (shape is None or shape.type_name == "structure"):
        members = shape.members if shape else {}
        for name, inner in value.items():
            if name not in members:
                return f"{path + str(name)!r}" + nearest_to(str(name), members)
            wrong = _unknown_name(members[name], inner, f"{path}{name}.")
            if wrong:
                return wrong
    elif isinstance(value, Containing):
        if shape is None or shape.type_name not in ("list", "string"):
            return f"{path.rstrip('.')!r} that is a list or text, as {value!r} needs."
        if shape.type_name == "list":
            return _unknown_name(shape, value.parts, path)
    elif isinstance(value, (list, tuple)) and shape is not None and shape.type_name == "list":
        return next(filter(None, (_unknown_name(shape.member, each, path) for each in value)), None)
    return None


def operations_matching(pattern: str) -> frozenset[tuple[str, str]]:
    """Return service id and operation name of the operations that ``pattern`` stands for.

    Args:
        pattern: an operation as `operation_named` takes it, or with the wildcards ``*`` and ``?``:
            ``securityhub.Create*``, ``organizations.*``, ``*.List*``, ``*``. Wildcards for the
            service stand for the services of this package.

    Raises:
        UsageError: it stands for no operation.
    """
    if not is_pattern(as_text(pattern)):
        service, operation = operation_named(None, pattern)
        return _operations_called(service, operation or "")
    prefix, _, bare = pattern.rpartition(".")
    if prefix and not is_pattern(prefix):
        check_aws_service(prefix)
        services = [prefix]
    else:
        services = [each for each in SERVICES if fnmatchcase(each, prefix or "*")]
    found = frozenset(
        (service, operation)
        for service in services
        for operation in service_model(service).operation_names
        if fnmatchcase(operation, bare) or fnmatchcase(snake(operation), bare)
    )
    if not found:
        raise UsageError(
            f"No operation of {', '.join(services or SERVICES)} matches {pattern!r}; write e.g."
            " 'securityhub.Create*', 'organizations.*', '*.List*' or '*'."
        )
    return found
