"""A filter of findings that is not valid, and the error that it becomes."""

from __future__ import annotations

from membership_mock.securityhub.errors import InvalidInputException


class BadFilter(Exception):
    """A filter that is not valid.

    Args:
        reason: why, to follow the name of the parameter.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def refusal(self, parameter: str) -> InvalidInputException:
        """Return the error of the service for a parameter that holds the filter."""
        reason = f"{self.reason[0].upper()}{self.reason[1:]}"
        return InvalidInputException(f"Invalid parameter '{parameter}'. {reason}.")
