"""Quotas: how many resources of a kind an account may have in a region.

A service declares each of its quotas once, in its ``quotas.py``. Its families ask for the limit
with `Family.limit` where they add something, and report with `Family.quota_uses` what is in use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, one
from membership_mock.engine.state.world import Scope, Store, World


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Quota:
    """A quota of a service; it holds for an account in a region.

    Attributes:
        service: the service's id.
        name: its name in tests.
        title: AWS's name; empty if AWS has none.
        code: its code in Service Quotas; None if no code is published.
        default: the limit that holds until a test sets another.
        regional: the default of single regions, where it differs.
        per: what the limit applies to: ``account`` is the account in the region, any other word is
            each resource of that kind.
        counts: which resources count, in words.
        adjustable: whether AWS raises it on request; None if AWS does not say.
        most: the highest limit that a test may set; None for no maximum.
        origin: the source of its default: ``documented`` or ``inferred``.
    """

    service: str
    name: str
    title: str
    default: int
    per: str
    counts: str
    code: str | None = None
    regional: Mapping[str, int] = field(default_factory=dict)
    adjustable: bool | None = None
    most: int | None = None
    origin: str = "documented"

    def default_in(self, region: str) -> int:
        """Return the limit that holds in ``region`` until a test sets another."""
        return self.regional.get(region, self.default)


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """How much of a quota is used up.

    Attributes:
        of: the id of the resource that the limit applies to; empty for the account itself.
    """

    quota: Quota
    account_id: str
    region: str
    number: int
    of: str = ""


@dataclass(slots=True)
class Rule:
    """A limit that a test has set.

    Attributes:
        account_id: the account; None for all accounts.
        region: the region; None for all regions.
        limit: the limit; None for the default again, after an earlier rule.
    """

    account_id: str | None
    region: str | None
    limit: int | None

    def covers(self, account_id: str | None, region: str | None) -> bool:
        """Return whether the rule applies to all of these; None stands for all of them."""
        return self.account_id in (None, account_id) and self.region in (None, region)

    def touches(self, account_id: str | None, region: str | None) -> bool:
        """Return whether the rule applies to some of these; None stands for all of them."""
        return (None in (account_id, self.account_id) or account_id == self.account_id) and (
            None in (region, self.region) or region == self.region
        )


@dataclass
class QuotaRuleStore(Store, scope=Scope.WORLD):
    """The rules that a test has set, by service and name of the quota, the latest rule last."""

    rank = 9
    rules: dict[str, list[Rule]] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each rule."""
        del key, view
        for name, rules in self.rules.items():
            service, quota = name.split(" ", 1)
            for rule in rules:
                text = f"quota {quota}: {'default' if rule.limit is None else rule.limit}"
                yield Summary(rule.account_id or "", rule.region or "", service, one(text))


def limit_of(world: World, quota: Quota, account_id: str, region: str) -> int:
    """Return the limit that an account has in a region: the latest that was set, or the default."""
    rules = world.store_at(QuotaRuleStore, ()).rules
    if rules:
        for rule in reversed(rules.get(_key(quota), ())):
            if rule.covers(account_id, region):
                return quota.default_in(region) if rule.limit is None else rule.limit
    return quota.default_in(region)


def set_limit(
    world: World, quota: Quota, limit: int | None, account_id: str | None, region: str | None
) -> None:
    """Set a limit, or the default again with None; the latest rule wins.

    Args:
        world: the state that keeps the rule.
        quota: the quota.
        limit: the limit, at least the number in use; None for the default.
        account_id: the account; None for all accounts.
        region: the region; None for all regions.
    """
    rules = world.store_at(QuotaRuleStore, ()).rules
    new = Rule(account_id, region, limit)
    kept = [
        rule for rule in rules.get(_key(quota), ()) if not new.covers(rule.account_id, rule.region)
    ]
    if limit is not None or any(rule.touches(account_id, region) for rule in kept):
        kept.append(new)
    if kept:
        rules[_key(quota)] = kept
    else:
        rules.pop(_key(quota), None)


def _key(quota: Quota) -> str:
    return f"{quota.service} {quota.name}"
