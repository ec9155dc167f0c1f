"""The tools of a mock that make sessions and clients of aiobotocore."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from botocore.exceptions import UnknownServiceError

from membership_mock.engine.pipeline import caller
from membership_mock.errors import UsageError
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.client_arguments import NOT_OF_THE_USER, region_of, unknown_service
from membership_mock.testing.running_mock import RunningMock


@naming_arguments
class AsyncTools(RunningMock):
    """The tools of a mock that make sessions and clients of aiobotocore."""

    def async_session(self, account: str | None = None, region: str | None = None) -> Any:
        """Return a session of aiobotocore for an account.

        aioboto3 takes it: ``aioboto3.Session(botocore_session=mock.async_session(account))``.
        It ignores endpoints and the profile that the environment or a configuration file names.

        Args:
            account: 12 digits; the mock's default account when None.
            region: the session's region; the mock's default region when None.

        Raises:
            NotRunning: the mock is not running.
            UsageError: ``account`` is not 12 digits, ``region`` is not a region, or aiobotocore is
                not installed.
        """
        default = self._running().pipeline.default_account
        try:
            from aiobotocore.session import AioSession
        except ImportError as error:
            raise UsageError(
                f"Sessions and clients of aiobotocore need aiobotocore ({error}):"
                ' pip install "membership-mock[async]".'
            ) from error
        session = AioSession(session_vars=NOT_OF_THE_USER)
        session.set_credentials(
            caller.account_id(default if account is None else account), "membership-mock"
        )
        session.set_config_variable(
            "region", self._region() if region is None else caller.region_name(region)
        )
        return session

    @asynccontextmanager
    async def async_client(
        self, service: str, account: str | None = None, region: str | None = None, **kwargs: Any
    ) -> AsyncIterator[Any]:
        """Return an ``async with`` block with a client of aiobotocore, for any account and service.

        Args:
            service: the service's id, e.g. ``security-ir`` or ``organizations``.
            account: 12 digits; the mock's default account when None.
            region: the client's region; the mock's default region when None.
            **kwargs: whatever else ``create_client`` of aiobotocore's session takes, e.g.
                ``config``; its ``region_name`` is another name for ``region``.

        Yields:
            The client, which is closed at the end of the block.

        Raises:
            NotRunning: the mock is not running.
            UsageError: ``account`` is not 12 digits, ``region`` is not a region, AWS has no such
                service, or aiobotocore is not installed.
        """
        if not isinstance(service, str):
            raise unknown_service(service)
        session = self.async_session(account, region_of("async_client", region, kwargs))
        async with AsyncExitStack() as stack:
            try:
                client = await stack.enter_async_context(session.create_client(service, **kwargs))
            except UnknownServiceError as error:
                raise unknown_service(service) from error
            yield client
