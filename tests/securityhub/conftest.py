"""What the tests of Security Hub have besides the common fixtures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from membership_mock.engine import fit
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, Organization

#: Errors that the service was observed to send though the operation does not declare them, or
#: with another status than modelled: (operation, or None for any, and the code).
OBSERVED = {
    (None, "BadRequestException"),
    ("CreateFindingAggregator", "InvalidInputException"),
    ("DisableOrganizationAdminAccount", "ResourceNotFoundException"),
    ("DisableSecurityHub", "InvalidInputException"),
    ("EnableSecurityHub", "InvalidInputException"),
}


@pytest.fixture(autouse=True)
def _observed_errors_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = fit.error_misfits

    def misfits(service: str, operation: str | None, *rest: Any, **others: Any) -> list[str]:
        *before, allowed = rest
        return declared(service, operation, *before, {*allowed, *observed(operation)}, **others)

    monkeypatch.setattr(fit, "error_misfits", misfits)


def observed(operation: str | None) -> Iterable[str]:
    """Return the codes that ``operation`` may send without declaring them."""
    return {code for name, code in OBSERVED if name in (None, operation)}


@pytest.fixture
def hub(membership_mock: Any) -> Callable[..., Any]:
    """Return what makes a client of an account with a hub."""

    def enabled(account: str, region: str = IRELAND, **arguments: Any) -> Any:
        client = membership_mock.client("securityhub", account=account, region=region)
        client.enable_security_hub(**arguments)
        return client

    return enabled


@pytest.fixture
def admin(hub: Callable[..., Any]) -> Any:
    """An account with a hub that is going to have members."""
    return hub(ADMIN)


@pytest.fixture
def member(hub: Callable[..., Any]) -> Any:
    """An account with a hub that is going to be a member."""
    return hub(MEMBER)


@pytest.fixture
def organization(membership_mock: Any) -> Organization:
    """An organization with nothing but its management account."""
    return Organization(membership_mock)
