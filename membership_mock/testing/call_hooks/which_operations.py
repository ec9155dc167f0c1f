"""The operations that a hook is for, of our services and of those that moto mocks."""

from __future__ import annotations

from fnmatch import fnmatchcase

from membership_mock.engine.protocol.model import service_model, service_names, snake
from membership_mock.errors import UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.names import nearest_to
from membership_mock.testing.operation_names import as_text, is_pattern, operations_matching


def targets_of(operation: str) -> frozenset[tuple[str, str]]:
    """Return service id and name of the operations that ``operation`` stands for.

    Args:
        operation: a name or pattern as `operations_matching` takes it; or one of another service of
            AWS, which is named in full: ``organizations.List*``.

    Raises:
        UsageError: it stands for no operation.
    """
    service, _, wanted = as_text(operation).rpartition(".")
    if service in SERVICES or is_pattern(service) or not service:
        return operations_matching(operation)
    if service not in service_names():
        known = [*SERVICES, *service_names()]
        raise UsageError(f"{service!r} is not a service of AWS{nearest_to(service, known)}")
    names = service_model(service).operation_names
    found = frozenset(
        (service, name)
        for name in names
        if fnmatchcase(name, wanted) or fnmatchcase(snake(name), wanted)
    )
    if not found:
        spellings = [spelled for name in names for spelled in (name, snake(name))]
        raise UsageError(f"{service} has no operation {wanted!r}{nearest_to(wanted, spellings)}")
    return found
