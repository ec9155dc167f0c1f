"""The whole of a mocked world, to compare with what it is later."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from membership_mock.engine import running
from membership_mock.engine.pipeline.setup_calls import setup_calls
from membership_mock.errors import UsageError


def whole(mock: Any) -> tuple[Any, str, int, list[Any]]:
    """Return all state of our services, how it is shown, the calls, and moto's organizations."""
    held = running.require().world._stores
    # a store that somebody has looked for is there, though empty
    stores = {key: store for key, store in held.items() if store != type(store)()}
    return copy.deepcopy(stores), mock.report(), len(mock.calls), _organizations(mock)


def _organizations(mock: Any) -> list[Any]:
    """Return what the default account sees of its organization."""
    with setup_calls():  # which no record has
        return _read(mock.client("organizations"))


def _read(client: Any) -> list[Any]:
    try:
        accounts = client.list_accounts()["Accounts"]
    except client.exceptions.AWSOrganizationsNotInUseException:
        return []
    return [
        accounts,
        client.list_delegated_administrators()["DelegatedAdministrators"],
        client.list_aws_service_access_for_organization()["EnabledServicePrincipals"],
    ]


@contextmanager
def nothing_happens(
    mock: Any, match: str, kind: type[UsageError] = UsageError
) -> Iterator[pytest.ExceptionInfo[UsageError]]:
    """Expect a usage error of exactly this kind, which leaves the world as it was."""
    before = whole(mock)
    with pytest.raises(kind, match=match) as caught:
        yield caught
    assert type(caught.value) is kind
    assert whole(mock) == before
