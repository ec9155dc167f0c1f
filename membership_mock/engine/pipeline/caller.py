"""Finds the caller of a request: account, region and partition."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from membership_mock.engine.protocol.http import HttpRequest
from membership_mock.engine.protocol.regions import is_likely_region, is_region, nearest_region
from membership_mock.errors import UsageError

_acting: ContextVar[str | None] = ContextVar("membership_mock_acting", default=None)
_default: ContextVar[str | None] = ContextVar("membership_mock_default_account", default=None)

_ACCOUNT = re.compile(r"[0-9]{12}")
_HOST_REGION = re.compile(r"\.([a-z]+(?:-[a-z]+)+-\d+)\.")
_DEFAULT_REGION = "us-east-1"

#: the header and the variable with which moto's users name the account of a call
_VARIABLE = "MOTO_ACCOUNT_ID"
_HEADER = "x-moto-account-id"


def account_id(value: object) -> str:
    """Return ``value`` if it is an account id.

    Raises:
        UsageError: it is not a string of 12 digits.
    """
    if isinstance(value, str) and _ACCOUNT.fullmatch(value):
        return value
    hint = ""
    if isinstance(value, int):
        hint = " (leading zeros count, so an int will not do)"
    elif isinstance(value, str) and is_likely_region(value):
        hint = f" (it is a region: write region={value!r})"
    raise UsageError(
        f"{value!r} is not an account id: pass a string of 12 digits, e.g. '111122223333'{hint}."
    )


def region_name(value: object) -> str:
    """Return ``value`` if it is a region, or may be one that AWS adds later.

    Raises:
        UsageError: it is misspelt, or not text.
    """
    if isinstance(value, str) and is_likely_region(value):
        return value
    nearest = nearest_region(value) if isinstance(value, str) else None
    if nearest is None:
        is_account = isinstance(value, str) and _ACCOUNT.fullmatch(value)
        hint = f" (it is an account id: write account={value!r})" if is_account else ""
        raise UsageError(f"{value!r} is not a region: pass e.g. 'eu-west-1'{hint}.")
    raise UsageError(
        f"{value!r} is not a region; nearest: {nearest!r}."
        + (" (A new region may need a newer botocore.)" if is_region(value) else "")
    )


@contextmanager
def acting_as(account: str) -> Iterator[None]:
    """Let every call inside the block come from ``account``, whatever its credentials say."""
    token = _acting.set(account_id(account))
    try:
        yield
    finally:
        _acting.reset(token)


def acting_account() -> str | None:
    """Return the account of the innermost `acting_as` block; None outside of such blocks."""
    return _acting.get()


@contextmanager
def by_default(account: str) -> Iterator[None]:
    """Let calls inside the block whose credentials name no account come from ``account``."""
    token = _default.set(account)
    try:
        yield
    finally:
        _default.reset(token)


#: Returns the account that `by_default` names, or None.
named_default = _default.get


@contextmanager
def acting_as_signed() -> Iterator[None]:
    """Let calls inside the block come from the account that has signed them: end `acting_as`."""
    token = _acting.set(None)
    try:
        yield
    finally:
        _acting.reset(token)


def explicit_account(headers: Mapping[str, Any]) -> str | None:
    """Return the account that a request's headers name; None if they name none.

    Raises:
        UsageError: the header or the variable that names one holds no account id.
    """
    return _named_account(headers, signing_key(headers))


def caller_of(
    request: HttpRequest,
    default_account: str,
    account_of_access_key: Callable[[str], str | None],
) -> tuple[str, str]:
    """Return account and region of the caller.

    Args:
        request: signed in its headers or its query; unsigned, it comes from the default account.
        default_account: the account of a request that names none.
        account_of_access_key: returns the account that an access key belongs to, or None.

    Raises:
        UsageError: moto's header or variable holds no account id.
    """
    key, region = _scope(request.headers.get("Authorization"), request.query)
    if region is None:
        found = _HOST_REGION.search(request.url)
        region = found.group(1) if found else _DEFAULT_REGION
    account = _named_account(request.headers, key)
    if account is None and key is not None:
        account = account_of_access_key(key)
    return account or named_default() or default_account, region


def _named_account(headers: Mapping[str, Any], key: str | None) -> str | None:
    """Return the account that `acting_as`, moto's header or variable, or the access key names."""
    acting = _acting.get()
    if acting is not None:
        return acting
    if _VARIABLE in os.environ:
        return _named_by(f"The environment variable {_VARIABLE}", os.environ[_VARIABLE])
    named = headers.get(_HEADER)
    if named:
        return _named_by(f"The header {_HEADER}", _text(named))
    return key if key is not None and _ACCOUNT.fullmatch(key) else None


def _named_by(what: str, value: str) -> str:
    if _ACCOUNT.fullmatch(value) is None:
        raise UsageError(f"{what} is {value!r}, which is not an account id: set it to 12 digits.")
    return value


def signing_key(headers: Mapping[str, Any]) -> str | None:
    """Return the access key id that signed a request; None for an unsigned one."""
    return _scope(headers.get("Authorization"), "")[0]


def _scope(authorization: Any, query: str) -> tuple[str | None, str | None]:
    """Return access key id and region of a SigV4 signature, from the header or the query."""
    if authorization:
        return _scope_of_header(_text(authorization))
    return _read_scope(unquote(query.partition("X-Amz-Credential=")[2].partition("&")[0]))


@lru_cache(maxsize=256)
def _scope_of_header(authorization: str) -> tuple[str | None, str | None]:
    return _read_scope(authorization.partition("Credential=")[2].partition(",")[0])


def _read_scope(credential: str) -> tuple[str | None, str | None]:
    parts = credential.split("/")
    if len(parts) < 5:
        return None, None
    return "/".join(parts[:-4]), parts[-3]


def _text(value: Any) -> str:
    """Return a header's value, which botocore may have turned into bytes."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
