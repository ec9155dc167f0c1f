"""The quotas of the mocked services, for a test author to read and set."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from membership_mock.engine.pipeline.caller import account_id, region_name
from membership_mock.engine.state.quotas import Quota, QuotaUse, limit_of, set_limit
from membership_mock.errors import NotRunning, UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.operation_names import check_service

if TYPE_CHECKING:
    from membership_mock.engine.running import Running


@dataclass(frozen=True, slots=True)
class QuotaState:
    """A quota of an account in a region, at the time of the call.

    Attributes:
        service: the service's id, e.g. ``cleanrooms``.
        name: the quota's name, e.g. ``members_per_collaboration``.
        account: the 12 digits of the account.
        region: the region.
        limit: how many there may be.
        used: how many there are; of a quota per resource, such as per collaboration, the largest
            number that a resource of the account has.
        uses: of a quota per resource, the number of each resource by its id; empty otherwise.
        default: the limit when no other one is set.
        title: what AWS calls the quota.
        code: its code in Service Quotas; None where no code is published.
        per: what has the limit: ``account``, or a kind of resource.
        counts: which resources count, in words.
        adjustable: whether AWS raises it on request; None where AWS does not say.
    """

    service: str
    name: str
    account: str
    region: str
    limit: int
    used: int
    uses: Mapping[str, int]
    default: int
    title: str
    code: str | None
    per: str
    counts: str
    adjustable: bool | None

    @property
    def left(self) -> int:
        """How many more there may be; of a quota per resource, in the resource with the most."""
        return max(self.limit - self.used, 0)

    def __str__(self) -> str:
        return (
            f"{self.service} {self.name} of {self.account} in {self.region}:"
            f" {self.used} of {self.limit} per {self.per}"
        )


@naming_arguments
class MockQuotas:
    """The quotas of a running mock, from `MembershipMock.quotas`.

    Iterate it for the `QuotaState` of each quota of the mock's default account in its default
    region; printed, it is a table of them.
    """

    def __init__(self, running: Callable[[], Running], region: Callable[[], str]) -> None:
        self._running = running
        self._region = region

    def get(
        self, service: str, name: str, *, account: str | None = None, region: str | None = None
    ) -> QuotaState:
        """Return a quota of an account in a region: its limit, and how much of it is used.

        Args:
            service: the service's id, e.g. ``cleanrooms``.
            name: the quota's name or its code of Service Quotas.
            account: 12 digits; the mock's default account when None.
            region: the region; the mock's default region when None.

        Raises:
            NotRunning: the mock is not running.
            UsageError: there is no such quota, or the account or region is not valid.
        """
        quota = _quota(service, name)
        (state,) = self._states([quota], account, region)
        return state

    def states(
        self,
        service: str | None = None,
        *,
        account: str | None = None,
        region: str | None = None,
    ) -> list[QuotaState]:
        """Return every quota of an account in a region.

        Args:
            service: the service's id; all services when None.
            account: 12 digits; the mock's default account when None.
            region: the region; the mock's default region when None.

        Raises:
            NotRunning: the mock is not running.
            UsageError: there is no such service, or the account or region is not valid.
        """
        return self._states(_quotas(service), account, region)

    def set(
        self,
        service: str,
        name: str,
        limit: int,
        *,
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        """Set a quota: raise it, as AWS Support would, or lower it.

        The latest call for an account and a region applies.

        Args:
            service: the service's id, e.g. ``cleanrooms``.
            name: the quota's name or its code of Service Quotas.
            limit: how many there may be, 0 or more.
            account: for which account, 12 digits; every account when None.
            region: for which region; every region when None.

        Raises:
            NotRunning: the mock is not running.
            UsageError: there is no such quota, the account or region is not valid, the limit is not
                an int from 0 on, an account has more than that already, or the limit is higher than
                the service can count.
        """
        quota = _quota(service, name)
        _check_limit(quota, limit)
        self._change([quota], limit, account, region)

    def unset(
        self,
        service: str | None = None,
        name: str | None = None,
        *,
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        """Set the default limit again.

        Args:
            service: the service's id; all services when None.
            name: the quota's name or its code of Service Quotas; all of the service when None.
            account: for which account, 12 digits; every account when None.
            region: for which region; every region when None.

        Raises:
            NotRunning: the mock is not running.
            UsageError: there is no such quota, the account or region is not valid, or an account
                has more than the default already.
        """
        if name is None:
            quotas = _quotas(service)
        elif service is None:
            raise UsageError(f"Say which service has the quota {name!r}: {', '.join(SERVICES)}.")
        else:
            quotas = [_quota(service, name)]
        self._change(quotas, None, account, region)

    def __iter__(self) -> Iterator[QuotaState]:
        return iter(self.states())

    def __len__(self) -> int:
        return len(_quotas(None))

    def __repr__(self) -> str:
        try:
            states = self.states()
        except NotRunning:
            return "the quotas of a mock that is not running"
        rows = [("service", "quota", "used", "limit", "default", "per", "code")]
        rows += [
            (
                each.service,
                each.name,
                str(each.used),
                str(each.limit),
                str(each.default),
                each.per,
                each.code or "",
            )
            for each in states
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        numbers = (2, 3, 4)
        lines = [f"Quotas of {states[0].account} in {states[0].region}"]
        for row in rows:
            cells = (
                cell.rjust(width) if place in numbers else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            lines.append("  ".join(cells).rstrip())
        return "\n".join(lines)

    def _states(
        self, quotas: list[Quota], account: str | None, region: str | None
    ) -> list[QuotaState]:
        running = self._running()
        named = account_id(running.pipeline.default_account if account is None else account)
        where = _checked_region(region) or self._region()
        with running.world.lock:
            held = [
                use
                for use in _uses(running, quotas)
                if (use.account_id, use.region) == (named, where)
            ]
            return [
                _state(
                    quota,
                    named,
                    where,
                    limit_of(running.world, quota, named, where),
                    [use for use in held if use.quota is quota],
                )
                for quota in quotas
            ]

    def _change(
        self, quotas: list[Quota], limit: int | None, account: str | None, region: str | None
    ) -> None:
        running = self._running()
        named = None if account is None else account_id(account)
        where = _checked_region(region)
        with running.world.lock:
            for use in _uses(running, quotas):
                wanted = use.quota.default_in(use.region) if limit is None else limit
                if (
                    use.number > wanted
                    and named in (None, use.account_id)
                    and where in (None, use.region)
                ):
                    raise _below_use(use, wanted)
            for quota in quotas:
                set_limit(running.world, quota, limit, named, where)


def _uses(running: Running, quotas: list[Quota]) -> Iterator[QuotaUse]:
    """Yield what counts against some quotas, in all accounts and regions."""
    running.pass_time()
    running.backends.complete()
    now = running.world.clock.now()
    for service in dict.fromkeys(quota.service for quota in quotas):
        for use in running.services[service].quota_uses(running.world, now):
            if use.quota in quotas:
                yield use


def _state(quota: Quota, account: str, region: str, limit: int, held: list[QuotaUse]) -> QuotaState:
    return QuotaState(
        service=quota.service,
        name=quota.name,
        account=account,
        region=region,
        limit=limit,
        used=max((use.number for use in held), default=0),
        uses={use.of: use.number for use in held if use.of},
        default=quota.default_in(region),
        title=quota.title,
        code=quota.code,
        per=quota.per,
        counts=quota.counts,
        adjustable=quota.adjustable,
    )


def _quotas(service: str | None) -> list[Quota]:
    if service is None:
        return [quota for backend in SERVICES.values() for quota in backend.quotas]
    return _quotas_of(service)


def _quotas_of(service: str) -> list[Quota]:
    check_service(service)
    return list(SERVICES[service].quotas)


def _quota(service: str, name: object) -> Quota:
    known = {quota.name: quota for quota in _quotas_of(service)}
    for quota in known.values():
        if name is not None and name in (quota.name, quota.code):  # many have no code
            return quota
    nearest = difflib.get_close_matches(str(name), known, n=1)
    raise UsageError(
        f"{name!r} is not a quota of {service}"
        + (f"; nearest: {nearest[0]!r}" if nearest else "")
        + f". There are: {', '.join(known)}."
    )


def _check_limit(quota: Quota, limit: object) -> None:
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise UsageError(f"The limit of a quota is an int from 0 on, not {limit!r}.")
    if quota.most is not None and limit > quota.most:
        raise UsageError(
            f"{quota.service} {quota.name} cannot be more than {quota.most}: the service has no"
            f" way to show more {quota.counts}."
        )


def _checked_region(region: str | None) -> str | None:
    return None if region is None else region_name(region)


def _below_use(use: QuotaUse, limit: int) -> UsageError:
    owner = f"{use.of} of account {use.account_id}" if use.of else f"Account {use.account_id}"
    return UsageError(
        f"{owner} has {use.number} of {use.quota.service} {use.quota.name} in {use.region}"
        f" already, so the quota cannot be {limit}: AWS lets no account have more than its quota."
        f" Set it to {use.number} or more, set it before they are made, or delete some first."
    )
