"""The part of the suite's guard that knows aiobotocore: as `botocore_part`, with coroutines."""

from __future__ import annotations

from typing import Any

from aiobotocore.client import AioClientCreator
from aiobotocore.credentials import AioCredentialResolver
from aiobotocore.endpoint import AioEndpoint

from membership_mock.engine.adapters.suite_guard.botocore_part import (
    PLACEHOLDER,
    PutOffCredentials,
    calling_operation,
    check_allowed,
    look_up_at_use,
    looks_up,
)
from membership_mock.engine.adapters.suite_guard.decision import (
    is_guarding,
    is_mock_running,
    is_moto_running,
    leaving,
)
from membership_mock.engine.moto.patches import Patches


def install(patches: Patches) -> None:
    """Guard every client, whenever it is made.

    Args:
        patches: undone when the guard is removed.
    """
    send_request = patches.original(AioEndpoint, "_send_request")

    async def send_of_operation(self: Any, request_dict: Any, operation_model: Any) -> Any:
        with calling_operation(operation_model):
            return await send_request(self, request_dict, operation_model)

    patches.set(AioEndpoint, "_send_request", send_of_operation)

    sending = patches.original(AioEndpoint, "_send")

    async def send(self: Any, request: Any) -> Any:
        check_allowed(request)
        with leaving():
            return await sending(self, request)

    patches.set(AioEndpoint, "_send", send)

    load = patches.original(AioCredentialResolver, "load_credentials")

    async def load_credentials(self: Any) -> Any:
        if not is_guarding() or is_mock_running() or is_moto_running():
            return await load(self)
        for provider in self.providers:
            if looks_up(provider):
                return AwaitedPutOffCredentials(lambda: load(self))
            found = await provider.load()
            if found is not None:
                return found
        return None

    patches.set(AioCredentialResolver, "load_credentials", load_credentials)

    create = patches.original(AioClientCreator, "create_client")

    async def create_client(self: Any, *args: Any, **kwargs: Any) -> Any:
        client = await create(self, *args, **kwargs)
        look_up_at_use(client)
        return client

    patches.set(AioClientCreator, "create_client", create_client)


class AwaitedPutOffCredentials(PutOffCredentials):
    """Credentials of aiobotocore that are looked up when a call may leave."""

    async def get_frozen_credentials(self) -> Any:
        """Return placeholders, or what aiobotocore has found, or None if it has found nothing."""
        if self.is_placeholder():
            return PLACEHOLDER
        if self._found is None:
            with leaving():
                self._found = await self._look_up()
        return None if self._found is None else await self._found.get_frozen_credentials()

    async def get_account_id(self) -> Any:
        """Return the account, if the credentials say it; some endpoints have it in their names."""
        return getattr(await self.get_frozen_credentials(), "account_id", None)

    def _known(self) -> Any:
        return PLACEHOLDER if self.is_placeholder() else self._found
