"""The errors of Clean Rooms, one class per modelled error, and its refusals.

Sources: the service model for codes, statuses, members and the values of ``reason`` and
``resourceType``; which reason goes with which refusal is inferred [CR-83, CR-84] from the names,
and so are all texts but those that are marked observed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from membership_mock.engine.protocol.refusals import FieldListError, Refusals, Violation
from membership_mock.errors import ServiceError

#: the types of resources that errors can name
ResourceType = Literal[
    "CONFIGURED_TABLE", "COLLABORATION", "MEMBERSHIP", "CONFIGURED_TABLE_ASSOCIATION"
]
ConflictReason = Literal["ALREADY_EXISTS", "SUBRESOURCES_EXIST", "INVALID_STATE"]


class AccessDeniedException(ServiceError):
    """The caller must not do this, or must not see the collaboration."""

    def __init__(
        self, message: str = "Caller does not have sufficient access to perform this action."
    ) -> None:
        super().__init__(message, reason="INSUFFICIENT_PERMISSIONS")


class ConflictException(ServiceError):
    """The request conflicts with the present state of a resource."""

    def __init__(
        self,
        message: str,
        resource_id: str,
        resource_type: ResourceType,
        reason: ConflictReason,
    ) -> None:
        super().__init__(
            message, resource_id=resource_id, resource_type=resource_type, reason=reason
        )


class ResourceNotFoundException(ServiceError):
    """The resource does not exist.

    Args:
        message: the text for the caller.
        resource_id: the id in the request.
        resource_type: MEMBERSHIP for resources of a membership without a type of their own
            (inferred [CR-83]: the model has only four types).
    """

    def __init__(self, message: str, resource_id: str, resource_type: ResourceType) -> None:
        super().__init__(message, resource_id=resource_id, resource_type=resource_type)


class ServiceQuotaExceededException(ServiceError):
    """The request would exceed a quota."""

    def __init__(self, quota_name: str, quota_value: float) -> None:
        super().__init__(
            "Request denied because service quota has been exceeded:"
            f" {quota_name} ({quota_value:g}).",
            quota_name=quota_name,
            quota_value=quota_value,
        )


class ValidationException(FieldListError):
    """The request is malformed, breaks a constraint, or asks for something that is not allowed.

    Rules that are not a constraint of the model have the reason INVALID_CONFIGURATION
    (inferred [CR-83]).
    """

    rule = "INVALID_CONFIGURATION"


class CleanRoomsRefusals(Refusals):
    """The errors of Clean Rooms for requests that the engine refuses."""

    def invalid(self, violations: Sequence[Violation]) -> ServiceError:
        """Return a ValidationException that lists each violated field once per violation."""
        return ValidationException.of(violations, ":")

    def unparsable(self, detail: str) -> ServiceError:
        """Return a ValidationException without a field."""
        return ValidationException(detail, reason="FIELD_VALIDATION_FAILED")

    def unknown_operation(self, method: str, path: str) -> ServiceError:
        """Return a ValidationException without a field."""
        return ValidationException(
            f"No operation of this service has the method {method} and the path {path}.",
            reason="FIELD_VALIDATION_FAILED",
        )

    def bad_page_token(self, field: str) -> ServiceError:
        """Return a ValidationException that names the token's field."""
        return ValidationException(
            "The pagination token is not valid.", "FIELD_VALIDATION_FAILED", field
        )

    def token_reused(self, field: str, resource_id: str) -> ServiceError:
        """Return a ConflictException; no operation of the service has such a token."""
        return ConflictException(
            f"The {field} was already used with different parameters.",
            resource_id,
            "COLLABORATION",
            "ALREADY_EXISTS",
        )

    def access_denied(self, message: str) -> ServiceError:
        """Return the service's AccessDeniedException."""
        return AccessDeniedException(message)
