"""The interface to IAM: the account of an access key, and whether policies allow a request.

The package `engine.moto` implements it.
"""

from __future__ import annotations

from typing import Protocol

from membership_mock.engine.protocol.http import HttpRequest
from membership_mock.engine.protocol.refusals import Refusals


class Authorization(Protocol):
    """Find the account of an access key, and apply IAM policies to requests."""

    def account_of_access_key(self, access_key: str) -> str | None:
        """Return the account that IAM or STS gave an access key to; None if neither did."""

    def check_service(self, service: str) -> None:
        """Raise what moto raises if its configuration does not allow ``service``."""

    def authorize(
        self, request: HttpRequest, operation: str, account_id: str, refusals: Refusals
    ) -> None:
        """Refuse a request that no IAM policy allows, if policies are enforced.

        Raises:
            ServiceError: the credentials are unknown or wrong, or no policy allows the operation.
        """
