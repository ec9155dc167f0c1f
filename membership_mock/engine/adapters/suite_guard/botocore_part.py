"""The part of the suite's guard that knows botocore: how it sends, and how it finds credentials.

A client looks for credentials when it is made, in files, with commands and at metadata services,
long before it calls anything. So this file delays botocore's own look-up until a call is allowed to
leave. Until then, requests are signed with placeholders, since something in the process may answer
them; those that would leave are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from botocore.client import ClientCreator
from botocore.credentials import CredentialResolver, Credentials, EnvProvider, ReadOnlyCredentials
from botocore.endpoint import Endpoint

from membership_mock.engine.adapters.suite_guard.decision import (
    is_guarding,
    is_mock_running,
    is_moto_running,
    is_refused,
    leaving,
    note,
    refusal,
)
from membership_mock.engine.moto.patches import Patches
from membership_mock.errors import ClientOutlivedMock

#: the credentials of a request that stays in the process; moto uses the same
PLACEHOLDER = ReadOnlyCredentials("FOOBARKEY", "FOOBARSECRET", None)

#: the operation that a thread or task is calling, as service and operation
calling: ContextVar[tuple[str, str] | None] = ContextVar("membership_mock_calling", default=None)


def install(patches: Patches) -> None:
    """Guard every client, whenever it is made.

    Args:
        patches: undone when the guard is removed.
    """
    make = patches.original(Endpoint, "make_request")

    def make_request(self: Any, operation_model: Any, request_dict: Any) -> Any:
        with calling_operation(operation_model):
            return make(self, operation_model, request_dict)

    patches.set(Endpoint, "make_request", make_request)

    sending = patches.original(Endpoint, "_send")

    def send(self: Any, request: Any) -> Any:
        check_allowed(request)
        with leaving():
            return sending(self, request)

    patches.set(Endpoint, "_send", send)

    load = patches.original(CredentialResolver, "load_credentials")

    def load_credentials(self: Any) -> Any:
        if not is_guarding() or is_mock_running() or is_moto_running():
            return load(self)
        for provider in self.providers:
            if looks_up(provider):
                return PutOffCredentials(lambda: load(self))
            found = provider.load()
            if found is not None:
                return found
        return None

    patches.set(CredentialResolver, "load_credentials", load_credentials)

    create = patches.original(ClientCreator, "create_client")

    def create_client(self: Any, *args: Any, **kwargs: Any) -> Any:
        client = create(self, *args, **kwargs)
        look_up_at_use(client)
        return client

    patches.set(ClientCreator, "create_client", create_client)


@contextmanager
def calling_operation(model: Any) -> Iterator[None]:
    """Let requests inside the block belong to an operation, and note clients that outlived a mock.

    Args:
        model: botocore's model of the operation.
    """
    token = calling.set((model.service_model.service_name, model.name))
    try:
        yield
    except ClientOutlivedMock as error:
        note(error)
        raise
    finally:
        calling.reset(token)


def check_allowed(request: Any) -> None:
    """Refuse a request that must not leave.

    Raises:
        RequestBlocked: it must not leave.
    """
    operation = calling.get()
    if is_refused(request.url, operation):
        name = ".".join(operation) if operation else f"{request.method} {request.url}"
        host = urlsplit(request.url).hostname or ""
        raise refusal(f"{name} was called", host, name if operation else None)


def look_up_at_use(client: Any) -> None:
    """Let a client of LocalStack or MinIO, which may check credentials, use real ones."""
    signer = getattr(client, "_request_signer", None)
    put_off = getattr(signer, "_credentials", None)
    if isinstance(put_off, PutOffCredentials) and not goes_to_aws(client.meta.endpoint_url):
        signer._credentials = put_off.looked_up_at_use()  # type: ignore[union-attr]


def looks_up(provider: object) -> bool:
    """Return whether a provider of credentials reads files, runs commands or asks a service.

    A provider that reads the environment, or one that the test has made, does not.
    """
    of_botocore = type(provider).__module__ in ("botocore.credentials", "aiobotocore.credentials")
    return of_botocore and not isinstance(provider, EnvProvider)


def goes_to_aws(url: str) -> bool:
    """Return whether a URL is at a host of AWS."""
    from membership_mock.engine.adapters.hosts import is_aws

    return is_aws(url)


class PutOffCredentials(Credentials):  # type: ignore[misc]  # botocore is untyped here
    """Credentials that are looked up when a call may leave; placeholders until then.

    Args:
        look_up: returns what botocore finds, or None.
        guarded: whether placeholders are used while calls are refused or mocked.
    """

    def __init__(self, look_up: Any, *, guarded: bool = True) -> None:
        self._look_up = look_up
        self._guarded = guarded
        self._found: Any = None
        self.method = "put-off-by-membership-mock"

    def looked_up_at_use(self) -> PutOffCredentials:
        """Return the same credentials for a client that does not go to AWS."""
        return type(self)(self._look_up, guarded=False)

    def is_placeholder(self) -> bool:
        """Return whether placeholders are used now."""
        return self._guarded and (
            is_mock_running() or is_moto_running() or is_guarding(calling.get())
        )

    def get_frozen_credentials(self) -> Any:
        """Return placeholders, or what botocore has found, or None if it has found nothing."""
        if self.is_placeholder():
            return PLACEHOLDER
        if self._found is None:
            with leaving():
                self._found = self._look_up()
        return None if self._found is None else self._found.get_frozen_credentials()

    def _known(self) -> Any:
        return self.get_frozen_credentials()

    @property
    def access_key(self) -> Any:
        """The access key id."""
        return getattr(self._known(), "access_key", None)

    @property
    def secret_key(self) -> Any:
        """The secret access key."""
        return getattr(self._known(), "secret_key", None)

    @property
    def token(self) -> Any:
        """The session token."""
        return getattr(self._known(), "token", None)

    @property
    def account_id(self) -> Any:
        """The account, if the credentials say it."""
        return getattr(self._known(), "account_id", None)
