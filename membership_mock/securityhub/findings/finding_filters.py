"""The filters of GetFindings.

Different attributes are joined by AND. The filters of one attribute are joined by OR where they ask
for a value, and by AND where they exclude one.

Sources: the API pages AwsSecurityFindingFilters, StringFilter and MapFilter, GetFindings (limits).
Inferred are the texts of refusals; that a comparison that is left out is EQUALS; that a finding
without the attribute is never excluded by a value; that the several conditions of one filter of
numbers or dates must all hold.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from membership_mock.securityhub.errors import InvalidInputException
from membership_mock.securityhub.findings.finding_fields import attributes, path_of, texts, values
from membership_mock.securityhub.findings.finding_format import instant

MOST_ATTRIBUTES = 10
MOST_VALUES = 20

Fields = Mapping[str, Any]
Test = Callable[[Fields], bool]
ValueTest = Callable[[Any], bool]

#: attributes that all findings of one account in one region share
_ORIGIN = ("AwsAccountId", "Region")

#: The comparisons that GetFindings knows, and whether each excludes; the others of the enum belong
#: to automation rules and to the second version of the API. Source: API pages StringFilter and
#: MapFilter.
_EXCLUDES: dict[str, dict[str, bool]] = {
    "StringFilter": {
        "EQUALS": False,
        "PREFIX": False,
        "NOT_EQUALS": True,
        "PREFIX_NOT_EQUALS": True,
    },
    "MapFilter": {"EQUALS": False, "NOT_EQUALS": True},
}

#: the conditions of a NumberFilter
_NUMBER_CONDITIONS: dict[str, Callable[[Any, Any], bool]] = {
    "Gte": operator.ge,
    "Lte": operator.le,
    "Eq": operator.eq,
    "Gt": operator.gt,
    "Lt": operator.lt,
}


@dataclass(frozen=True)
class Query:
    """Compiled filters.

    Attributes:
        tests: what a finding must meet.
        origin_tests: those of them that depend only on account and region of a finding.
        ids: the only ids that can match; None if any can.
    """

    tests: tuple[Test, ...] = ()
    origin_tests: tuple[Test, ...] = ()
    ids: tuple[str, ...] | None = None

    def admits(self, account_id: str, region: str) -> bool:
        """Return whether findings of this account in this region can match at all."""
        origin = {"AwsAccountId": account_id, "Region": region}
        return all(test(origin) for test in self.origin_tests)

    def matches(self, fields: Fields) -> bool:
        """Return whether a finding of an admitted account and region matches."""
        return all(test(fields) for test in self.tests)


def compile_filters(filters: Mapping[str, Sequence[Any]], now: datetime) -> Query:
    """Return the query that ``filters`` stand for.

    Args:
        filters: the filters of each attribute; one without filters is ignored.
        now: what relative dates count from.

    Raises:
        InvalidInputException: there are too many, or one of them is not valid.
    """
    given = {name: each for name, each in filters.items() if each}
    if len(given) > MOST_ATTRIBUTES:
        raise _invalid(
            f"{len(given)} attributes are given, and {MOST_ATTRIBUTES} are the most that findings"
            " can be filtered by"
        )
    tests: dict[str, Test] = {}
    for name, wanted in given.items():
        if len(wanted) > MOST_VALUES:
            raise _invalid(
                f"{name} has {len(wanted)} values, and {MOST_VALUES} are the most that an attribute"
                " can have"
            )
        tests[name] = _COMPILERS[attributes()[name]](name, wanted, now)
    only_ids = all(each.get("Comparison", "EQUALS") == "EQUALS" for each in given.get("Id", ()))
    return Query(
        tests=tuple(test for name, test in tests.items() if name not in _ORIGIN),
        origin_tests=tuple(test for name, test in tests.items() if name in _ORIGIN),
        ids=(
            tuple(dict.fromkeys(each["Value"] for each in given["Id"]))
            if "Id" in given and only_ids
            else None
        ),
    )


def _strings(name: str, wanted: Sequence[Any], now: datetime) -> Test:
    del now
    by_comparison = _by_comparison("StringFilter", name, wanted)
    equal = frozenset(each["Value"] for each in by_comparison["EQUALS"])
    starts = tuple(each["Value"] for each in by_comparison["PREFIX"])
    not_equal = frozenset(each["Value"] for each in by_comparison["NOT_EQUALS"])
    not_starts = tuple(each["Value"] for each in by_comparison["PREFIX_NOT_EQUALS"])
    asks, excludes = bool(equal or starts), bool(not_equal or not_starts)
    if equal and excludes:
        raise _contradiction(name)
    path = path_of(name)

    def test(fields: Fields) -> bool:
        found = values(fields, path)
        if asks and not any(value in equal or value.startswith(starts) for value in found):
            return False
        return not excludes or not any(
            value in not_equal or value.startswith(not_starts) for value in found
        )

    return test


def _maps(name: str, wanted: Sequence[Any], now: datetime) -> Test:
    del now
    by_comparison = _by_comparison("MapFilter", name, wanted)
    if any("Key" not in each for each in wanted):
        raise _invalid(f"a filter of {name} has no Key")
    equal = {(each["Key"], each["Value"]) for each in by_comparison["EQUALS"]}
    not_equal = {(each["Key"], each["Value"]) for each in by_comparison["NOT_EQUALS"]}
    for key in {key for key, _ in equal} & {key for key, _ in not_equal}:
        raise _contradiction(f"{name} '{key}'")
    path = path_of(name)

    def test(fields: Fields) -> bool:
        entries = {entry for found in values(fields, path) for entry in found.items()}
        return (not equal or not equal.isdisjoint(entries)) and not_equal.isdisjoint(entries)

    return test


def _numbers(name: str, wanted: Sequence[Any], now: datetime) -> Test:
    del now
    alternatives = []
    for each in wanted:
        if not each:
            raise _invalid(f"a filter of {name} has none of {', '.join(_NUMBER_CONDITIONS)}")
        alternatives.append([_bound(_NUMBER_CONDITIONS[key], bound) for key, bound in each.items()])
    return _any_of(path_of(name), alternatives)


def _dates(name: str, wanted: Sequence[Any], now: datetime) -> Test:
    alternatives = []
    for each in wanted:
        conditions = []
        if "Start" in each:
            conditions.append(_bound(operator.ge, _date(name, each["Start"])))
        if "End" in each:
            conditions.append(_bound(operator.le, _date(name, each["End"])))
        if "DateRange" in each:
            conditions.append(_date_range(name, each["DateRange"], now))
        if not conditions:
            raise _invalid(f"a filter of {name} has neither Start, End nor DateRange")
        alternatives.append(conditions)
    return _any_of(path_of(name), alternatives, instant)


def _date_range(name: str, given: Mapping[str, Any], now: datetime) -> ValueTest:
    days = given.get("Value")
    if days is None or days < 0:
        raise _invalid(f"a DateRange of {name} needs a Value of 0 or more days")
    try:
        since = now - timedelta(days=days)
    except OverflowError:
        raise _invalid(f"a DateRange of {name} goes back {days} days, which is too far") from None
    older = given.get("Comparison", "WITHIN") == "OLDER_THAN"
    return _bound(operator.lt if older else operator.ge, since)


def _bound(meets: Callable[[Any, Any], bool], bound: Any) -> ValueTest:
    return lambda value: meets(value, bound)


def _addresses(name: str, wanted: Sequence[Any], now: datetime) -> Test:
    del now
    networks = [_network(name, each.get("Cidr")) for each in wanted]

    def within(text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in networks)

    return _any_of(path_of(name), [[within]])


def _network(name: str, cidr: str | None) -> IPv4Network | IPv6Network:
    try:
        return ip_network(cidr or "", strict=False)
    except ValueError:
        raise _invalid(f"{cidr!r} is no CIDR block for {name}") from None


def _booleans(name: str, wanted: Sequence[Any], now: datetime) -> Test:
    del now
    if any("Value" not in each for each in wanted):
        raise _without_value(name)
    allowed = {each["Value"] for each in wanted}
    path = path_of(name)
    # a finding without the attribute counts as false (inferred)
    return lambda fields: (values(fields, path) or [False])[0] in allowed


def _keywords(name: str, wanted: Sequence[Any], now: datetime) -> Test:
    del now
    if any("Value" not in each for each in wanted):
        raise _without_value(name)
    # inferred: AWS does not say where it looks for a keyword, nor how
    keywords = [each["Value"].lower() for each in wanted]
    return lambda fields: any(
        keyword in text.lower() for text in texts(fields) for keyword in keywords
    )


#: how the filters of each kind are compiled: attribute, its filters, the present
_COMPILERS: dict[str, Callable[[str, Sequence[Any], datetime], Test]] = {
    "StringFilter": _strings,
    "MapFilter": _maps,
    "NumberFilter": _numbers,
    "DateFilter": _dates,
    "IpFilter": _addresses,
    "BooleanFilter": _booleans,
    "KeywordFilter": _keywords,
}


def _any_of(
    path: tuple[str, ...],
    alternatives: Iterable[Iterable[ValueTest]],
    convert: Callable[[Any], Any] | None = None,
) -> Test:
    """Return the test whether some value at ``path`` meets all conditions of some alternative."""
    every = [tuple(conditions) for conditions in alternatives]

    def test(fields: Fields) -> bool:
        for value in values(fields, path):
            found = value if convert is None else convert(value)
            if found is not None and any(
                all(meets(found) for meets in conditions) for conditions in every
            ):
                return True
        return False

    return test


def _by_comparison(kind: str, name: str, wanted: Sequence[Any]) -> dict[str, list[Any]]:
    """Return the filters of an attribute by their comparison."""
    known = _EXCLUDES[kind]
    sorted_out: dict[str, list[Any]] = {comparison: [] for comparison in known}
    for each in wanted:
        if "Value" not in each:
            raise _without_value(name)
        comparison = each.get("Comparison", "EQUALS")
        if comparison not in known:
            raise _invalid(
                f"{name} is compared with {comparison}, and GetFindings knows {', '.join(known)}"
            )
        sorted_out[comparison].append(each)
    return sorted_out


def _contradiction(name: str) -> InvalidInputException:
    return _invalid(f"{name} has filters with EQUALS together with filters that exclude values")


def _date(name: str, text: str) -> datetime:
    stamp = instant(text)
    if stamp is None:
        raise _invalid(f"{text!r} is no timestamp for {name}")
    return stamp


def _without_value(name: str) -> InvalidInputException:
    return _invalid(f"a filter of {name} has no Value")


def _invalid(reason: str) -> InvalidInputException:
    return InvalidInputException(f"Invalid parameter 'Filters'. {reason[0].upper()}{reason[1:]}.")
