"""The errors of Security Incident Response, one class per modelled error, and its refusals.

Sources: the service model for codes, statuses and members; the wording of validation messages
follows the restJson1 protocol tests of Smithy (inferred [IR-94]: the service publishes none).
"""

from __future__ import annotations

from collections.abc import Sequence

from membership_mock.engine.protocol.refusals import FieldListError, Refusals, Violation
from membership_mock.errors import ServiceError


class AccessDeniedException(ServiceError):
    """The caller must not do this, or must not see the resource."""


class ConflictException(ServiceError):
    """The request conflicts with the present state of a resource."""

    def __init__(self, message: str, resource_id: str, resource_type: str) -> None:
        super().__init__(message, resource_id=resource_id, resource_type=resource_type)


class ResourceNotFoundException(ServiceError):
    """The resource does not exist."""


class SecurityIncidentResponseNotActiveException(ServiceError):
    """The account has no active membership in this region."""


def no_such_resource(arn: str) -> ResourceNotFoundException:
    """Return the error for an ARN that names no resource of the caller (text inferred [IR-94])."""
    return ResourceNotFoundException(f"Resource {arn} was not found.")


class ServiceQuotaExceededException(ServiceError):
    """The request would exceed a quota of the account in this region."""

    def __init__(self, message: str, resource_id: str, resource_type: str, quota_code: str) -> None:
        super().__init__(
            message,
            resource_id=resource_id,
            resource_type=resource_type,
            service_code="security-ir",
            quota_code=quota_code,
        )


class ValidationException(FieldListError):
    """The request is malformed, breaks a constraint, or asks for something that is not allowed."""

    rule = "OTHER"


class SecurityIrRefusals(Refusals):
    """The errors of Security Incident Response for requests that the engine refuses."""

    def invalid(self, violations: Sequence[Violation]) -> ServiceError:
        """Return a ValidationException that lists each violated field once per violation."""
        return ValidationException.of(violations, ".")

    def unparsable(self, detail: str) -> ServiceError:
        """Return a ValidationException with the reason CANNOT_PARSE."""
        return ValidationException(detail, reason="CANNOT_PARSE")

    def unknown_operation(self, method: str, path: str) -> ServiceError:
        """Return a ValidationException with the reason UNKNOWN_OPERATION."""
        return ValidationException(
            f"No operation of this service has the method {method} and the path {path}.",
            reason="UNKNOWN_OPERATION",
        )

    def bad_page_token(self, field: str) -> ServiceError:
        """Return a ValidationException that names the token's field."""
        return ValidationException("The pagination token is not valid.", field=field)

    def token_reused(self, field: str, resource_id: str) -> ServiceError:
        """Return a ConflictException that names the token."""
        return ConflictException(
            f"The {field} was already used with different parameters.", resource_id, "ClientToken"
        )

    def access_denied(self, message: str) -> ServiceError:
        """Return the service's AccessDeniedException."""
        return AccessDeniedException(message)
