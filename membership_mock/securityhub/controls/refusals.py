"""What the operations on controls refuse, as a whole or for one item of several.

Sources: the service model for codes; test runs and issues of Terraform's provider against the real
service for what is marked observed; AWS's own SDK examples for what is marked documented. The rest
is inferred [SH-192, SH-200].
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from typing import Literal

from membership_mock.errors import ServiceError
from membership_mock.securityhub.errors import (
    AccessDeniedException,
    InvalidInputException,
    ResourceNotFoundException,
    not_authorized_for,
)

#: how many items an operation takes (inferred [SH-201]: the model has no limit)
MOST_ITEMS = 100

#: observed
NO_SUCH_STANDARDS_CONTROL = "StandardsControl not found"
#: observed
REASON_WITHOUT_DISABLING = (
    "DisabledReason should not be given for action other than disabling control"
)
#: documented that it is required, the text is inferred [SH-192]
NO_REASON = "DisabledReason is required when disabling control"
#: inferred [SH-192]
NO_SUCH_SUBSCRIPTION = "Subscription not found"
#: inferred [SH-192]; the code is in the model
STILL_UPDATING = "The security control {} is still being updated, please try later"

Code = Literal["INVALID_INPUT", "ACCESS_DENIED", "RESOURCE_NOT_FOUND"]


class ItemRefused(Exception):
    """One item of a request cannot be processed.

    Attributes:
        code: the ErrorCode of the item.
        reason: its ErrorReason.
    """

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.code: Code = code
        self.reason = reason

    def as_error(self) -> ServiceError:
        """Return what an operation answers that takes one item only."""
        kinds: dict[str, type[ServiceError]] = {
            "ACCESS_DENIED": AccessDeniedException,
            "RESOURCE_NOT_FOUND": ResourceNotFoundException,
        }
        return kinds.get(self.code, InvalidInputException)(self.reason)


def foreign_control(account_id: str, arn: str) -> ItemRefused:
    """Return the refusal of a control of another account or region."""
    return ItemRefused("ACCESS_DENIED", not_authorized_for(account_id, arn).message)


def no_such_control(identifier: str) -> ItemRefused:
    """Return the refusal of a control that does not exist."""
    return ItemRefused("RESOURCE_NOT_FOUND", f"Security control {identifier} not found")


def malformed_control(identifier: str) -> ItemRefused:
    """Return the refusal of what can be no id and no ARN of a control."""
    return ItemRefused("INVALID_INPUT", f"Invalid security control identifier: '{identifier}'")


def invalid_standard(arn: str) -> ItemRefused:
    """Return the refusal of a standard that does not exist (documented by an SDK example)."""
    return ItemRefused("INVALID_INPUT", f"Invalid Standards Arn: '{arn}'")


def no_such_association(control_id: str, standards_arn: str) -> ItemRefused:
    """Return the refusal of a control that is not in a standard, or of a standard not enabled.

    The code is documented for a standard that is not ready for updates, otherwise
    inferred [SH-200].
    """
    return ItemRefused(
        "RESOURCE_NOT_FOUND",
        f"Security control {control_id} is not associated with the standard {standards_arn}",
    )


def check_size(name: str, items: Sized) -> None:
    """Refuse a list with too many items.

    Raises:
        InvalidInputException: there are more than 100 (number inferred [SH-201], wording observed
            for BatchImportFindings).
    """
    if len(items) > MOST_ITEMS:
        raise InvalidInputException(
            f"Invalid parameter '{name}'. Size '{len(items)}' is greater than maximum value:"
            f" {MOST_ITEMS}."
        )


# --- parameters (codes and texts inferred [SH-202], ranges documented) ---


def unsupported_parameter(name: str, control_id: str) -> InvalidInputException:
    """Return the error for a parameter that a control does not have."""
    return InvalidInputException(
        f"Parameter {name} is not supported for security control {control_id}"
    )


def wrong_value(name: str, rule: str) -> InvalidInputException:
    """Return the error for a value that a parameter cannot have, such as ``must be positive``."""
    return InvalidInputException(f"Value for parameter {name} {rule}")


def unavailable(control_id: str, region: str) -> InvalidInputException:
    """Return the error for customizing a control that the region does not have (documented)."""
    return InvalidInputException(
        f"The parameters of security control {control_id} cannot be customized, because it is not"
        f" available in {region}"
    )


def unknown_controls(identifiers: Iterable[str]) -> InvalidInputException:
    """Return the error for a configuration policy that names controls which do not exist."""
    return InvalidInputException(f"Invalid security control identifiers: {', '.join(identifiers)}")


def unnamed_control(field: str) -> InvalidInputException:
    """Return the error for a configuration policy with parameters of no control."""
    return InvalidInputException(f"Each entry of {field} must have a SecurityControlId")


def listed_values(values: Sequence[str]) -> str:
    """Return the allowed values of a parameter as they stand in a message."""
    return f"must be one of [{', '.join(values)}]"
