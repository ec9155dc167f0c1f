"""The calls of seeds: any account makes them, in any region.

They are real calls, so a seed reaches only states that AWS allows. They are setup calls: they are
not recorded, faults do not apply to them, and no policy is checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from membership_mock.engine.pipeline.caller import account_id, acting_as, region_name
from membership_mock.engine.pipeline.setup_calls import setup_calls
from membership_mock.engine.protocol.model import idempotency_token, paginators, snake
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.errors import SeedRefused
from membership_mock.services import SERVICES
from membership_mock.testing.printing import printable, shortened

if TYPE_CHECKING:
    from membership_mock.engine.running import Running
    from membership_mock.engine.state.organizations import Organization
    from membership_mock.engine.state.transaction import Transaction
    from membership_mock.testing.running_mock import RunningMock

_SHOWN = 300

#: The advice of a refusal when the seed has no better one.
BY_THE_RULES = (
    "a seed follows the rules of the service: first bring the world into a state that allows the"
    " call, or ask for another state."
)

#: The errors of the services for a quota that is reached, and the advice for them.
_OF_QUOTAS = ("ServiceQuotaExceededException", "LimitExceededException")
_QUOTA_WAY_OUT = (
    "a quota is reached, and quotas hold for seeds too: raise it with `mock.quotas.set`, or end"
    " something that counts against it first; `print(mock.quotas)` shows the quotas."
)


class _State:
    """What all seeds of a running mock share: its clients, and the seed that is running.

    Attributes:
        clients: one per service and region, for all accounts.
        transaction: undone if the outermost running seed is refused.
        seed: the name of the innermost running seed.
        way_out: what to do when it is refused.
    """

    def __init__(self, _running: Running) -> None:
        self.clients: dict[tuple[str, str], Any] = {}
        self.transaction: Transaction | None = None
        self.seed: str = ""
        self.way_out: str = BY_THE_RULES


class Setup:
    """Makes the calls of seeds, as any account, and undoes them when one is refused.

    Args:
        mock: the mock in whose world the calls are made.
    """

    def __init__(self, mock: RunningMock) -> None:
        self._mock = mock

    @property
    def running(self) -> Running:
        """The running mock.

        Raises:
            NotRunning: the mock is not running.
        """
        return self._mock._running()

    def account(self, account: str | None = None) -> str:
        """Return ``account``, or the mock's default account when None.

        Raises:
            NotRunning: the mock is not running.
            UsageError: ``account`` is not 12 digits.
        """
        default = self.running.pipeline.default_account
        return default if account is None else account_id(account)

    def region(self, region: str | None = None) -> str:
        """Return ``region``, or the mock's default region when None.

        Raises:
            UsageError: ``region`` cannot be a region.
        """
        if region is None:
            return self._mock._region()
        return region_name(region)

    @contextmanager
    def seed(
        self, name: str, way_out: str = BY_THE_RULES, *, atomic: bool = False
    ) -> Iterator[None]:
        """Make all calls inside the block or, if one is refused, none of them.

        Put it around every seed. No other thread sees the world between two of the seed's calls. If
        an exception leaves the outermost block, all that was done inside is undone: automatically
        in our services, by `undo` and `keep_organizations` in moto's.

        Args:
            name: the name of the seed for messages, e.g. ``securityhub.member``.
            way_out: what to do when it is refused.
            atomic: the block makes at most one call that changes the world, and that call changes
                nothing when it is refused. Then no copy of the stores is needed, which saves time
                where a store is large.
        """
        running = self.running
        state = running.tool(_State)
        with running.world.lock, setup_calls():
            before = (state.seed, state.way_out)
            state.seed, state.way_out = name, way_out
            try:
                if atomic or state.transaction is not None:
                    yield
                else:
                    with running.world.undone_on_error() as point:
                        state.transaction = point
                        try:
                            yield
                        finally:
                            state.transaction = None
            finally:
                state.seed, state.way_out = before

    def undo(self, take_back: Callable[[], object]) -> None:
        """Let ``take_back`` be called if the running seed is refused, the latest first.

        It is for changes in moto's services; changes in ours are undone anyway.
        """
        point = self.running.tool(_State).transaction
        if point is not None:
            point.undo.append(take_back)

    def keep_organizations(self) -> None:
        """Put moto's organizations back to what they are now if the running seed is refused."""
        # These import moto, which most seeds do not need.
        from membership_mock.engine.moto import snapshot
        from membership_mock.engine.moto.organization_setup import keep_roles

        point = self.running.tool(_State).transaction
        if point is not None and not point.keeps_organizations:
            point.keeps_organizations = True
            point.undo += [snapshot.keep_moto("organizations"), keep_roles()]

    def organization(self, account: str, region: str) -> Organization | None:
        """Return the organization that an account belongs to now; None if it has none."""
        return self.running.world.organization_of(account, partition_of(region))

    def partition(self, region: str) -> str:
        """Return the partition of a region."""
        return partition_of(region)

    def random_id(self) -> str:
        """Return a random UUID, from the random source of the mock."""
        return self.running.world.uuid()

    def refuse(self, text: str, way_out: str = "") -> SeedRefused:
        """Return the refusal of the running seed, for a reason that was found without a call."""
        state = self.running.tool(_State)
        return SeedRefused(
            f"The seed {state.seed} was refused, and the world is as it was before.\n"
            f"    reason    {text}\n"
            f"    way out   {way_out or state.way_out}"
        )

    def call(
        self,
        service: str,
        operation: str,
        account: str | None = None,
        region: str | None = None,
        /,
        **parameters: Any,
    ) -> dict[str, Any]:
        """Make a call as an account, and return its answer without ``ResponseMetadata``.

        Args:
            service: the service's id, ours or moto's.
            operation: the operation's name, e.g. ``CreateMembers``.
            account: whose call it is; the mock's default account when None.
            region: where it goes; the mock's default region when None.
            **parameters: the operation's parameters, as boto3 takes them; those that are None are
                left out.

        Raises:
            SeedRefused: the service refuses the call, or a part of what it asks for.
            UsageError: ``account`` or ``region`` is not valid.
            NotRunning: the mock is not running.
        """
        who, where = self.account(account), self.region(region)
        sent = {name: value for name, value in parameters.items() if value is not None}
        try:
            answer = self._make(service, operation, who, where, sent)
        except ClientError as error:
            said = error.response.get("Error", {})
            code = said.get("Code", "an error")
            text = f"{code}: {said.get('Message', '')}"
            way_out = _QUOTA_WAY_OUT if code in _OF_QUOTAS and service in SERVICES else ""
            raise self._refused(service, operation, who, where, sent, text, way_out) from error
        except BotoCoreError as error:
            text = f"{type(error).__name__}: {error}"
            raise self._refused(service, operation, who, where, sent, text) from error
        partly = _refused_parts(answer)
        if partly:
            raise self._refused(service, operation, who, where, sent, partly)
        return answer

    def ask(
        self,
        service: str,
        operation: str,
        account: str | None = None,
        region: str | None = None,
        /,
        **parameters: Any,
    ) -> dict[str, Any] | None:
        """Return what `call` returns, or None when the service refuses; use it to read only."""
        try:
            return self._make(
                service, operation, self.account(account), self.region(region), parameters
            )
        except (ClientError, BotoCoreError):
            return None

    def listed(
        self,
        service: str,
        operation: str,
        account: str | None = None,
        region: str | None = None,
        /,
        **parameters: Any,
    ) -> Iterator[Any]:
        """Yield the entries of a list, page after page; the rest is as for `call`."""
        paging = paginators(service)[operation]
        token = None
        while True:
            sent = {**parameters, paging["input_token"]: token}
            page = self.call(service, operation, account, region, **sent)
            yield from page[paging["result_key"]]
            token = page.get(paging["output_token"])
            if not token:
                return

    def _make(
        self, service: str, operation: str, account: str, region: str, sent: Mapping[str, Any]
    ) -> dict[str, Any]:
        clients = self.running.tool(_State).clients
        client = clients.get((service, region))
        if client is None:
            # Endpoints and retries that the environment configures are for the user's calls only.
            config = Config(ignore_configured_endpoint_urls=True, retries={"total_max_attempts": 1})
            client = self._mock.session(region=region).client(service, config=config)
            clients[service, region] = client
        if service in SERVICES:
            # botocore would fill in a random token, which the mock's option `seed` cannot repeat
            token = idempotency_token(client.meta.service_model.operation_model(operation))
            if token is not None:
                sent = {token: self.random_id(), **sent}
        with acting_as(account), setup_calls():
            answer: dict[str, Any] = getattr(client, snake(operation))(**sent)
        answer.pop("ResponseMetadata", None)
        return answer

    def _refused(
        self,
        service: str,
        operation: str,
        account: str,
        region: str,
        sent: Mapping[str, Any],
        text: str,
        way_out: str = "",
    ) -> SeedRefused:
        state = self.running.tool(_State)
        return SeedRefused(
            f"The seed {state.seed or operation} was refused, and the world is as it was before.\n"
            f"    call      {service}.{operation} by {account} in {region} {_short(sent)}\n"
            f"    answer    {_short(text)}\n"
            f"    way out   {way_out or state.way_out}"
        )


def _refused_parts(answer: Mapping[str, Any]) -> str:
    """Return what a successful answer lists as refused; empty if it lists nothing."""
    for name, value in answer.items():
        listed = name.startswith(("Unprocessed", "Failed")) or name == "errors"
        if listed and isinstance(value, list) and value:
            return f"{name}: {_short(value)}"
    return ""


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return shortened(printable(" ".join(text.split())), _SHOWN)
