"""The interface to IAM: the account of an access key, and whether policies allow a request.

The package `engine.moto` implements it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.protocol.http import HttpRequest
from membership_mock.engine.protocol.refusals import Refusals


def resource_of(context: Context, labels: Mapping[str, str], without_labels: str) -> str:
    """Return the ARN of what a request is about, as a refusal by IAM names it (inferred).

    Args:
        context: the request.
        labels: what stands in its path, by the field's name in snake case: an ARN or an id.
        without_labels: what a request is about that names nothing in its path.
    """
    for name, value in labels.items():
        if value.startswith("arn:"):
            return value
        kind = name.removesuffix("_identifier").removesuffix("_id")
        if kind != name:
            return context.arn(f"{kind.replace('_', '')}/{value}")
    return context.arn(without_labels)


class Authorization(Protocol):
    """Find the account of an access key, and apply IAM policies to requests."""

    def account_of_access_key(self, access_key: str) -> str | None:
        """Return the account that IAM or STS gave an access key to; None if neither did."""

    def check_service(self, service: str) -> None:
        """Raise what moto raises if its configuration does not allow ``service``."""

    def authorize(
        self,
        request: HttpRequest,
        action: str,
        account_id: str,
        resource: Callable[[], str],
        refusals: Refusals,
    ) -> None:
        """Refuse a request that no IAM policy allows, if policies are enforced.

        Args:
            request: what was sent.
            action: the IAM action that allows it, without the service.
            account_id: the caller's account.
            resource: returns the ARN that a refusal names.
            refusals: how the service words it.

        Raises:
            ServiceError: the credentials are unknown or wrong, or no policy allows the operation.
        """
