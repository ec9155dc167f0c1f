"""Seeds of Security Hub: hubs and standards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from membership_mock.errors import UsageError
from membership_mock.testing.given.seeds import Seeds
from membership_mock.testing.names import nearest_to

T = TypeVar("T")

SERVICE = "securityhub"


@dataclass(frozen=True)
class SeededHub:
    """A hub that is enabled.

    Attributes:
        account: whose it is.
        region: where it is.
        arn: its ARN.
        standards: the ARNs of the standards that it is subscribed to.
    """

    account: str
    region: str
    arn: str
    standards: tuple[str, ...]


class HubSeeds(Seeds):
    """Seeds of hubs, and what the other seeds of Security Hub share."""

    def hub(
        self,
        account: str | None = None,
        *,
        standards: Sequence[str] | None = None,
        region: str | None = None,
    ) -> SeededHub:
        """Return the enabled hub of an account; its standards are read, which makes them READY.

        Args:
            account: whose hub.
            standards: the standards to subscribe to, by ARN or the end of one, e.g.
                ``nist-800-53/v/5.0.0``; those that come with a hub by default when None. A hub that
                is enabled already gets those that it lacks.
            region: where.

        Raises:
            SeedRefused: a configuration policy governs the account.
            UsageError: a standard does not exist.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        with self._setup.seed(
            "securityhub.hub",
            "a configuration policy decides about the hub of a centrally managed account: change"
            " the policy, or make the account self-managed.",
        ):
            hub = self._setup.ask(SERVICE, "DescribeHub", account, region)
            if hub is None:
                self._setup.call(
                    SERVICE,
                    "EnableSecurityHub",
                    account,
                    region,
                    EnableDefaultStandards=standards is None,
                )
                hub = self._setup.call(SERVICE, "DescribeHub", account, region)
            if standards:
                self._subscribe(account, region, standards)
            return SeededHub(account, region, hub["HubArn"], self._subscribed(account, region))

    def standards(
        self,
        standards: Sequence[str],
        account: str | None = None,
        *,
        region: str | None = None,
    ) -> SeededHub:
        """Return an account's hub, which is subscribed to standards.

        Args:
            standards: by ARN or the end of one, e.g. ``nist-800-53/v/5.0.0``; a new hub has no
                others.
            account: whose hub.
            region: where.

        Raises:
            SeedRefused: a configuration policy governs the account.
            UsageError: a standard does not exist.
        """
        return self.hub(account, standards=standards, region=region)

    def _enable(self, account: str, region: str) -> None:
        """Enable a hub that is not enabled, without reading its standards."""
        enabled = self._setup.ask(SERVICE, "EnableSecurityHub", account, region)
        if enabled is None and self._setup.ask(SERVICE, "DescribeHub", account, region) is None:
            self._setup.call(SERVICE, "EnableSecurityHub", account, region)  # to raise the refusal

    def _subscribe(self, account: str, region: str, standards: Sequence[str]) -> None:
        wanted = self._standards_named(account, region, standards)
        missing = [each for each in wanted if each not in self._subscribed(account, region)]
        if missing:
            self._setup.call(
                SERVICE,
                "BatchEnableStandards",
                account,
                region,
                StandardsSubscriptionRequests=[{"StandardsArn": each} for each in missing],
            )

    def _subscribed(self, account: str, region: str) -> tuple[str, ...]:
        found = self._setup.call(SERVICE, "GetEnabledStandards", account, region, MaxResults=100)
        return tuple(each["StandardsArn"] for each in found["StandardsSubscriptions"])

    def _standards_named(self, account: str, region: str, names: Sequence[str]) -> list[str]:
        """Return the ARNs of standards that are named by ARN or by the end of one."""
        listed = self._setup.call(SERVICE, "DescribeStandards", account, region, MaxResults=100)
        arns = [each["StandardsArn"] for each in listed["Standards"]]
        short = {arn.rpartition(":")[2].partition("/")[2]: arn for arn in arns}
        found = []
        for name in names:
            arn = name if name in arns else short.get(str(name).rpartition(":")[2])
            arn = arn or next((each for each in arns if each.endswith(f"/{name}")), None)
            if arn is None:
                raise UsageError(
                    f"{name!r} is not a standard in {region}{nearest_to(str(name), short)}"
                )
            found.append(arn)
        return found


def batches(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield ``things`` in parts of at most ``size``."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


def counted(name: str, number: int, most: int, why: str) -> int:
    """Return ``number`` if so many can be made.

    Args:
        name: the argument.
        number: what it was given.
        most: how many there may be.
        why: what says so.

    Raises:
        UsageError: it is negative, or more than ``most``.
    """
    if number < 0:
        raise UsageError(f"{name} is how many, or a list of them, not {number!r}.")
    if number > most:
        hint = f" For the account {number}, pass ['{number}']." if len(str(number)) == 12 else ""
        raise UsageError(
            f"{name} is how many, or a list of them; {number} is more than {most}, {why}.{hint}"
        )
    return number
