"""The options of a mock, the same for the decorator, the marker and the ini file."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, Literal

from membership_mock.call_site import levels_up
from membership_mock.engine.pipeline.caller import account_id, region_name
from membership_mock.engine.state.clock import instant
from membership_mock.errors import UsageError
from membership_mock.testing.names import nearest_to

#: the options that take one of some words
_CHOICES = {
    "unused_plans": ("ignore", "warn", "error"),
    "unmocked_calls": ("ignore", "warn", "error"),
    "sleep": ("real", "virtual"),
    "missing_region": ("error", "mock"),
}


@dataclass(frozen=True)
class Options:
    """The options with which a mock is started.

    Attributes:
        config: moto's configuration, exactly as `moto.mock_aws` takes it.
        account: the account of calls whose credentials name no account, 12 digits; moto's default
            when None.
        region: that of `MembershipMock.client` and `MembershipMock.session` if none is given; the
            environment's AWS_DEFAULT_REGION, or else us-east-1, when None.
        seed: makes ids and tokens repeatable: the same seed gives the same ones.
        settle: when a status changes that takes minutes to change on AWS: at the next ``read``, or
            when the ``clock`` of the mock has moved far enough.
        strict: the only calls that are allowed, as `MembershipMock.strict` takes them; all are
            when None.
        now: the instant at which the mock's clock is frozen from the start, as `MockClock.move_to`
            takes it; the clock shows the real time when None.
        unused_plans: what happens when the mock stops to faults, canned answers, planned endings
            and other plans that were never used: ``ignore`` them, ``warn``, or raise an ``error``.
            When None: ``warn``, or for a mock inside another one what that does at its own end.
            Its older name ``unfired_faults`` is deprecated: it works until the next release.
        unmocked_calls: what happens when the mock stops to calls that no mock answers, if the code
            under test has caught their errors and gone on: ``ignore`` them, ``warn``, or raise an
            ``error``.
        sleep: with ``virtual``, sleeps of the code under test take no time, as
            `MockClock.virtual_sleep` does; ``real`` leaves them as they are.
        missing_region: what a client of the code under test gets for which neither the code nor the
            environment nor a profile names a region: botocore's ``error``, or the region of the
            ``mock``.
    """

    config: Mapping[str, Any] = field(default_factory=dict)
    account: str | None = None
    region: str | None = None
    seed: int | str | None = None
    settle: Literal["read", "clock"] | None = None
    strict: str | Sequence[str] | None = None
    now: datetime | date | str | None = None
    unused_plans: Literal["ignore", "warn", "error"] | None = None
    unmocked_calls: Literal["ignore", "warn", "error"] = "warn"
    sleep: Literal["real", "virtual"] = "real"
    missing_region: Literal["error", "mock"] = "error"

    @property
    def allowed_calls(self) -> tuple[str, ...]:
        """The patterns of ``strict``, whether one was given or many; none if it was not given."""
        return (self.strict,) if isinstance(self.strict, str) else tuple(self.strict or ())

    @property
    def instant(self) -> datetime | None:
        """The instant at which the clock is frozen from the start, in UTC, or None."""
        if self.now is None:
            return None
        return instant(self.now)

    @classmethod
    def of(cls, **given: Any) -> Options:
        """Return checked options.

        Raises:
            TypeError: an option is unknown, or ``config`` is not a mapping.
            UsageError: an option has a value that is not allowed.
        """
        __tracebackhide__ = True
        known = [each.name for each in fields(cls)]
        given = renamed(given)
        for name in given:
            if name not in known:
                raise TypeError(
                    f"mock_membership() has no option {name!r}{nearest_to(name, known)}"
                    f" Its options: {', '.join(known)}. They are explained by"
                    " `python -m membership_mock docs options`."
                )
        options = cls(**{name: value for name, value in given.items() if value is not None})
        if not isinstance(options.config, Mapping):
            raise TypeError(
                f"config must be a mapping as moto.mock_aws takes it, not {options.config!r}."
            )
        if options.account is not None:
            account_id(options.account)
        if options.region is not None:
            region_name(options.region)
        if options.settle not in (None, "read", "clock"):
            raise UsageError(f"settle is 'read' or 'clock', not {options.settle!r}.")
        if options.seed is not None and type(options.seed) not in (int, str):
            raise UsageError(f"A seed is an int or text, not {options.seed!r}.")
        for name, choices in _CHOICES.items():
            value = getattr(options, name)
            if value not in choices and not (name == "unused_plans" and value is None):
                raise UsageError(f"{name} is {_one_of(choices)}, not {value!r}.")
        if options.strict is not None:
            patterns: object = options.strict
            if not isinstance(patterns, Collection):
                raise UsageError(
                    "strict is a pattern of operations or a list of them, e.g. 'securityhub.*', not"
                    f" {patterns!r}."
                )
            from membership_mock.testing.strict import check_pattern

            for pattern in options.allowed_calls:
                check_pattern(pattern)
        _ = options.instant
        return options


def _one_of(words: Sequence[str]) -> str:
    """Return words as a message lists them: 'a', 'b' or 'c'."""
    *others, last = map(repr, words)
    return f"{', '.join(others)} or {last}"


#: the present names of options by their older ones
_RENAMED = {"unfired_faults": "unused_plans"}


def renamed(given: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return options of one source by their present names, and warn of those with older ones.

    Args:
        given: the options.
        prefix: what the source writes before the name of an option.

    Raises:
        UsageError: an option has different values under both names.
    """
    options = {name: value for name, value in given.items() if name not in _RENAMED}
    for old, new in _RENAMED.items():
        value = given.get(old)
        if value is not None and options.setdefault(new, value) not in (None, value):
            raise UsageError(f"{prefix}{old} is the older name of {prefix}{new}: pass {new} only.")
        if value is not None:
            options[new] = value
            warnings.warn(
                f"The option {prefix}{old} is deprecated, and the next release does not have it:"
                f" write {prefix}{new}.",
                DeprecationWarning,
                stacklevel=levels_up(),
            )
    return options
