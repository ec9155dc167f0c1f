"""The errors of Security Hub, modelled and not, and its refusals.

Sources: the service model for codes, statuses and members; logs of real calls for
``BadRequestException``, which no model knows, and for the texts that are not marked inferred.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from membership_mock.engine.protocol.refusals import Refusals, Violation
from membership_mock.errors import ServiceError

#: an account id, an administrator or an invitation that is not valid for a membership operation,
#: for one account or for the whole request
OUT_OF_RANGE = (
    "The request is rejected because an invalid or out-of-range value is specified as an input"
    " parameter."
)
#: a membership operation without a hub, or on an invitation that does not exist
NO_SUCH_RESOURCE = "The request is rejected since no such resource found."
#: an account that a configuration policy governs
CENTRALLY_MANAGED = (
    "This account is currently associated with a central configuration policy, so only the"
    " administrator can access this operation."
)

#: an account that is in the list already (observed)
ALREADY_LISTED = (
    "The request is rejected because the given account ID is already a member or associated member"
    " of the current account."
)
#: the administrator's own account (inferred [SH-192]: GuardDuty's words)
OWN_ACCOUNT = "The request is rejected because an account cannot become a member of itself."
#: an account that is an enabled member of another administrator (from "already an" on observed)
OTHERS_MEMBER = (
    "The request is rejected because the given account ID is already an associated member of"
    " another master account."
)
#: an administrator that has as many members as it may have (inferred [SH-192]: GuardDuty's words)
LIMIT_REACHED = (
    "The request is rejected because the current account cannot create anymore members since it"
    " cannot exceed the maximum number of allowed members."
)
#: an account that has enabled members itself (inferred [SH-192])
IS_ADMINISTRATOR = (
    "The request is rejected because the given account ID is the master account of other member"
    " accounts."
)
#: the fifty-first account of a request, and those after it (observed)
TOO_MANY = "Maximum number of results exceeded"
#: ListOrganizationAdminAccounts outside of an organization (observed that the text contains this)
NO_ORGANIZATION = "Your account is not a member of an organization"
#: an operation on configuration policies, or a change of central configuration, outside the home
#: region (observed for the former, inferred [SH-55] for the latter)
HOME_REGION_ONLY = "Central Configuration APIs can only be called from the aggregation region"


class AccessDeniedException(ServiceError):
    """The caller must not do this."""


class InvalidAccessException(ServiceError):
    """The account has no hub in this region, or not the role that the operation asks for."""


class InvalidInputException(ServiceError):
    """The request is malformed, breaks a constraint, or asks for something that is not allowed."""


class LimitExceededException(ServiceError):
    """The request would exceed a quota, or comes too soon after others."""


class ResourceConflictException(ServiceError):
    """The resource exists already, or is in use."""


class ResourceInUseException(ServiceError):
    """The resource is being changed already."""


class ResourceNotFoundException(ServiceError):
    """The resource does not exist."""


class ValidationException(ServiceError):
    """For newer operations: the request breaks a constraint, or asks for something not allowed."""


class ConflictException(ServiceError):
    """For newer operations: the request conflicts with the present state."""


class ServiceQuotaExceededException(ServiceError):
    """For newer operations: the request would exceed a quota."""


class OrganizationNotFoundException(ServiceError):
    """The organization does not exist, or is not the caller's.

    The status is that of the model; the oldest supported botocore does not have this error yet.
    """

    status = 400


class OrganizationalUnitNotFoundException(ServiceError):
    """The organizational unit does not exist in the caller's organization.

    The status is that of the model; the oldest supported botocore does not have this error yet.
    """

    status = 400


class BadRequestException(ServiceError):
    """The membership operations refuse a request as a whole (observed; in no model)."""

    status = 400


def not_subscribed(account_id: str) -> InvalidAccessException:
    """Return the error for an account without a hub in the region (observed)."""
    return InvalidAccessException(not_subscribed_text(account_id))


def not_subscribed_text(account_id: str) -> str:
    """Return the text about an account without a hub in the region (observed)."""
    return f"Account {account_id} is not subscribed to AWS Security Hub"


def not_an_administrator(account_id: str) -> InvalidAccessException:
    """Return the error for an account that does not administer its organization (observed)."""
    return InvalidAccessException(not_an_administrator_text(account_id))


def not_an_administrator_text(account_id: str) -> str:
    """Return the text about an account that does not administer its organization (observed)."""
    return f"Account {account_id} is not an administrator for this organization"


def not_authorized_for(account_id: str, arn: str) -> AccessDeniedException:
    """Return the error for an ARN that is not one of the caller's account and region.

    Observed for product subscriptions, standards and controls; for others inferred [SH-203] from
    them.
    """
    return AccessDeniedException(
        f"Account id {account_id} is not authorized to perform action on resource: {arn}"
    )


#: the engine's text about a value of the wrong type; a number with a fraction is a number
_WRONG_TYPE_IN_FILTERS = re.compile(
    r"The value at '/Filters/([^']+)' must be an? (\w+), not (?!a number with)"
)
_INDEX = re.compile(r"/(\d+)(?=/|$)")
#: JSON Schema's names of types with other names in the engine
_JSON_SCHEMA_TYPES = {"integer": "number", "list": "array"}


class SecurityHubRefusals(Refusals):
    """The errors of Security Hub for requests that the engine refuses.

    The operations of Security Hub V2 and on connectors declare other errors than the older ones,
    ValidationException and ConflictException, and have other words (`newer_sentence`).

    Args:
        newer: whether the operation declares ValidationException.
    """

    def __init__(self, *, newer: bool = False) -> None:
        self._newer = newer
        self._invalid: type[ServiceError] = ValidationException if newer else InvalidInputException
        self._say = newer_sentence if newer else _sentence
        self._conflict: type[ServiceError] = (
            ConflictException if newer else ResourceConflictException
        )

    def for_operation(self, declared: AbstractSet[str]) -> Refusals:
        """Return the refusals of an operation, which go by the errors that it declares."""
        return SecurityHubRefusals(newer=True) if ValidationException.code in declared else self

    def invalid(self, violations: Sequence[Violation]) -> ServiceError:
        """Return the error that names each violated field.

        Observed for a list that is too long and for a number that is too great, otherwise the
        wording is inferred [SH-122].
        """
        return self._invalid("; ".join(self._say(found) for found in violations))

    def unparsable(self, detail: str) -> ServiceError:
        """Return the error for a request that cannot be read.

        Observed for a value of the wrong type in the filters of an insight; used for the filters of
        the other older operations as well (inferred [SH-122]). The other texts are
        inferred [SH-122].
        """
        in_filters = None if self._newer else _WRONG_TYPE_IN_FILTERS.match(detail)
        if in_filters is None:
            return self._invalid(detail)
        path, expected = in_filters.groups()
        where = _INDEX.sub(r"[\1]", path).replace("/", ".")
        kind = _JSON_SCHEMA_TYPES.get(expected, expected)
        return self._invalid(f"Invalid Filters in the input: data.{where} should be {kind}")

    def unknown_operation(self, method: str, path: str) -> ServiceError:
        """Return an InvalidInputException (inferred [SH-208])."""
        return InvalidInputException(
            f"No operation of this service has the method {method} and the path {path}."
        )

    def bad_page_token(self, field: str) -> ServiceError:
        """Return the error that names the token's field (inferred [SH-124])."""
        return self._invalid(f"Invalid parameter '{field}'. The token is not valid.")

    def token_reused(self, field: str, resource_id: str) -> ServiceError:
        """Return the error that names the token.

        Documented for export jobs, otherwise inferred [SH-209].
        """
        return self._conflict(
            f"The {field} {resource_id} was already used with different parameters."
        )

    def access_denied(self, message: str) -> ServiceError:
        """Return the service's AccessDeniedException."""
        return AccessDeniedException(message)


def _sentence(found: Violation) -> str:
    is_list = found.kind == "length" and len(found.path) == 1 and not isinstance(found.value, str)
    if is_list and found.length is not None and found.bounds and found.length > found.bounds[1]:
        return (
            f"Invalid parameter '{found.path[0]}'. Size '{found.length}' is greater than"
            f" maximum value: {found.bounds[1]}."
        )
    if found.kind == "range" and len(found.path) == 1 and found.bounds:
        # observed for a number that is too great
        low, high = found.bounds
        side = f"less than minimum value: {low}"
        if found.value > high:
            side = f"greater than maximum value: {high}"
        return f"Invalid parameter '{found.path[0]}'. '{found.value}' is {side}."
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in found.path)
    length = f" with length {found.length}" if found.length is not None else ""
    return (
        f"Invalid parameter '{found.path[0]}'. Value{length} at 'data{path}' failed to satisfy"
        f" constraint: {found.constraint}"
    )


def newer_sentence(found: Violation) -> str:
    """Return a violation in the words of the newer operations.

    Observed: ``must be between 1 and 2048 characters`` for a text that is too long. The others are
    worded alike (inferred [SH-122]).
    """
    name = ".".join(map(str, found.path))
    if found.kind == "required":
        return f"{name} is required"
    if found.kind in ("length", "range") and found.bounds is not None:
        least, most = found.bounds
        is_open = most in (sys.maxsize, math.inf)
        limits = f"at least {least:g}" if is_open else f"between {least:g} and {most:g}"
        if found.kind == "range":
            return f"{name} must be {limits}"
        if isinstance(found.value, str):
            return f"{name} must be {limits} characters"
        return f"{name} must have {limits} entries"
    if found.kind == "enum":
        allowed = found.constraint.partition("[")[2].rstrip("]")
        return f"{name} must be one of: {allowed}"
    return f"{name} is invalid: {found.constraint}"
