"""Reads the owners of access keys from moto's IAM and STS, and whether moto enforces policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from membership_mock.engine.moto.configuration import check_whitelist
from membership_mock.engine.moto.modules import models_of, module
from membership_mock.engine.moto.presence import is_imported

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.authorization import Demand
    from membership_mock.engine.protocol.http import HttpRequest
    from membership_mock.engine.protocol.refusals import Refusals


class MotoAuthorization:
    """Implements `Authorization` with moto's IAM and configuration."""

    def account_of_access_key(self, access_key: str) -> str | None:
        """Return the account that IAM or STS gave an access key to; None if neither did."""
        return account_of_access_key(access_key)

    def check_service(self, service: str) -> None:
        """Raise what moto raises if its configuration does not allow ``service``."""
        check_whitelist(service)

    def authorize(
        self,
        request: HttpRequest,
        account_id: str,
        wanted: Callable[[], Iterator[Demand]],
        refusals: Refusals,
    ) -> None:
        """Refuse a request that no IAM policy allows, if moto is told to enforce policies."""
        if is_enforced():
            from membership_mock.engine.moto.iam import authorize

            authorize(request, account_id, wanted, refusals)


def is_enforced() -> bool:
    """Return whether moto is told to authenticate requests and to enforce policies.

    moto's switch decides: `set_initial_no_auth_action_count` and `enable_iam_authentication`.
    """
    return is_imported() and bool(
        float("inf") != module("moto.settings").INITIAL_NO_AUTH_ACTION_COUNT
    )


def account_of_access_key(access_key: str) -> str | None:
    """Return the account that moto's IAM or STS gave this access key to; None if neither did."""
    iam = models_of("iam")
    if iam is None:  # IAM and STS have not been used yet, so there are no keys
        return None
    for account_id, account in list(iam.iam_backends.items()):
        for backend in list(account.values()):
            if access_key in backend.access_keys:
                return str(account_id)
    return None


def principal_of(account_id: str, partition: str, access_key: str) -> str | None:
    """Return the ARN of the user or assumed role of an account that has an access key.

    Returns:
        None if moto's IAM and STS have given it to neither.
    """
    sts, iam = models_of("sts"), models_of("iam")
    if sts is not None and account_id in sts.sts_backends:
        for backend in list(sts.sts_backends[account_id].values()):
            role = backend.get_assumed_role_from_access_key(access_key)
            if role is not None:
                return str(role.arn)
    if iam is not None and account_id in iam.iam_backends:
        user = iam.iam_backends[account_id][partition].get_user_from_access_key_id(access_key)
        if user is not None:
            return str(user.arn)
    return None
