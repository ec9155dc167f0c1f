"""What the tests of aiobotocore's clients share."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

ADMIN, MEMBER = "111122223333", "444455556666"
REGION = "eu-west-1"


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a coroutine as a test, in an event loop of its own."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


def new_session() -> Any:
    """Return a session as code under test makes it."""
    return pytest.importorskip("aiobotocore.session").get_session()


def client_of(
    account: str, service: str = "security-ir", region: str = REGION, **options: Any
) -> Any:
    """Return a context manager that makes a client, as code under test does."""
    return new_session().create_client(
        service,
        region_name=region,
        aws_access_key_id=account,
        aws_secret_access_key="any",
        **options,
    )


def config(**options: Any) -> Any:
    """Return aiobotocore's own kind of configuration."""
    return pytest.importorskip("aiobotocore.config").AioConfig(**options)


def httpx_backend() -> Any:
    """Return a configuration that sends with httpx instead of aiohttp."""
    return config(http_session_cls=pytest.importorskip("aiobotocore.httpxsession").HttpxSession)
