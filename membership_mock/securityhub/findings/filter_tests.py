"""What the filters of one attribute ask of a finding: one compiler for each kind of filter.

The filters of one attribute are joined by OR where they ask for a value, and by AND where they
exclude one.

Sources: the API pages StringFilter and MapFilter. Inferred [SH-93, SH-96, SH-97, SH-192] are the
texts of refusals; that a comparison that is left out is EQUALS; that a finding without the
attribute is never excluded by a value; that the several conditions of one filter of numbers or
dates must all hold.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from membership_mock.securityhub.findings.bad_filters import BadFilter
from membership_mock.securityhub.findings.filter_intervals import intervals
from membership_mock.securityhub.findings.finding_fields import attributes, path_of, texts, values
from membership_mock.securityhub.findings.finding_format import quick_instant

Fields = Mapping[str, Any]
Test = Callable[[Fields], bool]
ValueTest = Callable[[Any], bool]

#: by kind of filter: the comparisons, and whether each excludes
Comparisons = Mapping[str, Mapping[str, bool]]

#: The comparisons of GetFindings and insights; the others of the enum belong to automation rules
#: and to the second version of the API. Source: API pages StringFilter and MapFilter.
FINDING_COMPARISONS: Comparisons = {
    "StringFilter": {
        "EQUALS": False,
        "PREFIX": False,
        "NOT_EQUALS": True,
        "PREFIX_NOT_EQUALS": True,
    },
    "MapFilter": {"EQUALS": False, "NOT_EQUALS": True},
}
#: The comparisons of automation rules. Source: the same pages.
RULE_COMPARISONS: Comparisons = {
    "StringFilter": {
        **FINDING_COMPARISONS["StringFilter"],
        "CONTAINS": False,
        "NOT_CONTAINS": True,
    },
    "MapFilter": {
        **FINDING_COMPARISONS["MapFilter"],
        "CONTAINS": False,
        "NOT_CONTAINS": True,
    },
}
#: comparisons that one attribute cannot have together with any other; source: the same pages
_ALONE = ("CONTAINS", "NOT_CONTAINS")

#: the conditions of a NumberFilter
_NUMBER_CONDITIONS: dict[str, Callable[[Any, Any], bool]] = {
    "Gte": operator.ge,
    "Lte": operator.le,
    "Eq": operator.eq,
    "Gt": operator.gt,
    "Lt": operator.lt,
}


def compile_each(
    filters: Mapping[str, Sequence[Any]], now: datetime | None, comparisons: Comparisons
) -> dict[str, Test]:
    """Return the test that the filters of each attribute stand for.

    Args:
        filters: the filters of each attribute.
        now: what relative dates count from; None where no filter has a relative date.
        comparisons: those that may be used.

    Raises:
        BadFilter: one of them is not valid.
    """
    kinds = attributes()
    return {
        name: _COMPILERS[kinds[name]](name, wanted, now, comparisons)
        for name, wanted in filters.items()
        if wanted
    }


def _strings(
    name: str, wanted: Sequence[Any], now: datetime | None, comparisons: Comparisons
) -> Test:
    del now
    by_comparison = _by_comparison("StringFilter", name, wanted, comparisons)
    equal, starts, contained = (
        _texts_of(by_comparison, each) for each in ("EQUALS", "PREFIX", "CONTAINS")
    )
    not_equal, not_starts, not_contained = (
        _texts_of(by_comparison, each)
        for each in ("NOT_EQUALS", "PREFIX_NOT_EQUALS", "NOT_CONTAINS")
    )
    accepts = _any_text(equal, starts, contained)
    rejects = _any_text(not_equal, not_starts, not_contained)
    if equal and rejects is not None:
        raise _contradiction(name)
    path = path_of(name)

    def test(fields: Fields) -> bool:
        found: Any = fields
        for step in path:
            found = found.get(step)
            if type(found) is not dict:
                break
        if type(found) is str:
            return (accepts is None or accepts(found)) and (rejects is None or not rejects(found))
        all_found = values(fields, path) if found is not None else ()
        return (accepts is None or any(map(accepts, all_found))) and (
            rejects is None or not any(map(rejects, all_found))
        )

    if accepts is None or rejects is not None or len(path) > 2:
        return test
    # Most filters are like this one, and every finding is tested: so there is no loop.
    accepted, first, last = accepts, path[0], path[-1]

    def test_of_one_step(fields: Fields) -> bool:
        found = fields.get(first)
        return accepted(found) if type(found) is str else test(fields)

    def test_of_two_steps(fields: Fields) -> bool:
        found = fields.get(first)
        if type(found) is dict:
            found = found.get(last)
            if type(found) is str:
                return accepted(found)
        return test(fields)

    return test_of_one_step if len(path) == 1 else test_of_two_steps


def _texts_of(by_comparison: Mapping[str, Sequence[Any]], comparison: str) -> tuple[str, ...]:
    return tuple(each["Value"] for each in by_comparison.get(comparison, ()))


def _any_text(
    equal: tuple[str, ...], starts: tuple[str, ...], contained: tuple[str, ...]
) -> ValueTest | None:
    """Return the test whether a text is, begins with or contains one of these; None for none."""
    equal_to = frozenset(equal)
    if not (starts or contained):
        return equal_to.__contains__ if equal else None
    if not (equal or contained):
        return lambda text: text.startswith(starts)
    return lambda text: (
        text in equal_to or text.startswith(starts) or any(part in text for part in contained)
    )


def _maps(name: str, wanted: Sequence[Any], now: datetime | None, comparisons: Comparisons) -> Test:
    del now
    by_comparison = _by_comparison("MapFilter", name, wanted, comparisons)
    if any("Key" not in each for each in wanted):
        raise BadFilter(f"a filter of {name} has no Key")
    entries_of = {
        comparison: [(each["Key"], each["Value"]) for each in filters]
        for comparison, filters in by_comparison.items()
    }
    equal, not_equal = set(entries_of["EQUALS"]), set(entries_of["NOT_EQUALS"])
    contained = entries_of.get("CONTAINS", ())
    not_contained = entries_of.get("NOT_CONTAINS", ())
    for key in {key for key, _ in equal} & {key for key, _ in not_equal}:
        raise _contradiction(f"{name} '{key}'")
    path = path_of(name)
    asks = bool(equal or contained)

    def test(fields: Fields) -> bool:
        entries = {entry for found in values(fields, path) for entry in found.items()}
        if asks and equal.isdisjoint(entries) and not _any_contains(entries, contained):
            return False
        return not_equal.isdisjoint(entries) and not _any_contains(entries, not_contained)

    return test


def _any_contains(entries: Iterable[tuple[str, str]], wanted: Sequence[tuple[str, str]]) -> bool:
    """Return whether an entry with one of the wanted keys contains the text wanted for it."""
    return bool(wanted) and any(
        key == name and part in value for name, value in entries for key, part in wanted
    )


def _numbers(
    name: str, wanted: Sequence[Any], now: datetime | None, comparisons: Comparisons
) -> Test:
    del now, comparisons
    alternatives = []
    for each in wanted:
        if not each:
            raise BadFilter(f"a filter of {name} has none of {', '.join(_NUMBER_CONDITIONS)}")
        alternatives.append([_bound(_NUMBER_CONDITIONS[key], bound) for key, bound in each.items()])
    return _any_of(path_of(name), alternatives)


def _dates(
    name: str, wanted: Sequence[Any], now: datetime | None, comparisons: Comparisons
) -> Test:
    del comparisons
    accepted = [(each.start, each.end) for each in intervals(name, wanted, now)]
    path = path_of(name)

    def test(fields: Fields) -> bool:
        for text in values(fields, path):
            found = quick_instant(text)
            if found is not None:
                for start, end in accepted:
                    if start <= found <= end:
                        return True
        return False

    return test


def _bound(meets: Callable[[Any, Any], bool], bound: Any) -> ValueTest:
    return lambda value: meets(value, bound)


def _addresses(
    name: str, wanted: Sequence[Any], now: datetime | None, comparisons: Comparisons
) -> Test:
    del now, comparisons
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
        raise BadFilter(f"{cidr!r} is no CIDR block for {name}") from None


def _booleans(
    name: str, wanted: Sequence[Any], now: datetime | None, comparisons: Comparisons
) -> Test:
    del now, comparisons
    if any("Value" not in each for each in wanted):
        raise _without_value(name)
    allowed = {each["Value"] for each in wanted}
    path = path_of(name)
    # a finding without the attribute counts as false (inferred [SH-210])
    return lambda fields: (values(fields, path) or [False])[0] in allowed


def _keywords(
    name: str, wanted: Sequence[Any], now: datetime | None, comparisons: Comparisons
) -> Test:
    del now, comparisons
    if any("Value" not in each for each in wanted):
        raise _without_value(name)
    # inferred [SH-211]: AWS does not say where it looks for a keyword, nor how
    keywords = [each["Value"].lower() for each in wanted]
    return lambda fields: any(
        keyword in text.lower() for text in texts(fields) for keyword in keywords
    )


#: how the filters of each kind are compiled: attribute, its filters, the present, comparisons
_COMPILERS: dict[str, Callable[[str, Sequence[Any], datetime | None, Comparisons], Test]] = {
    "StringFilter": _strings,
    "MapFilter": _maps,
    "NumberFilter": _numbers,
    "DateFilter": _dates,
    "IpFilter": _addresses,
    "BooleanFilter": _booleans,
    "KeywordFilter": _keywords,
}


def _any_of(path: tuple[str, ...], alternatives: Iterable[Iterable[ValueTest]]) -> Test:
    """Return the test whether some value at ``path`` meets all conditions of some alternative."""
    every = [tuple(conditions) for conditions in alternatives]

    def test(fields: Fields) -> bool:
        return any(
            all(meets(found) for meets in conditions)
            for found in values(fields, path)
            for conditions in every
        )

    return test


def _by_comparison(
    kind: str, name: str, wanted: Sequence[Any], comparisons: Comparisons
) -> dict[str, list[Any]]:
    """Return the filters of an attribute by their comparison."""
    known = comparisons[kind]
    sorted_out: dict[str, list[Any]] = {comparison: [] for comparison in known}
    for each in wanted:
        if "Value" not in each:
            raise _without_value(name)
        comparison = each.get("Comparison", "EQUALS")
        if comparison not in known:
            raise BadFilter(
                f"{name} is compared with {comparison}, and the comparisons are {', '.join(known)}"
            )
        sorted_out[comparison].append(each)
    used = [comparison for comparison, filters in sorted_out.items() if filters]
    for comparison in _ALONE:
        if comparison in used and len(used) > 1:
            raise BadFilter(f"{name} has filters with {comparison} together with others")
    return sorted_out


def _contradiction(name: str) -> BadFilter:
    return BadFilter(f"{name} has filters with EQUALS together with filters that exclude values")


def _without_value(name: str) -> BadFilter:
    return BadFilter(f"a filter of {name} has no Value")
