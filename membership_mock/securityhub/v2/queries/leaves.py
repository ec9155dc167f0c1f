"""One condition of a filter, on a text, a number, a boolean, a date, a map or an IP address.

Sources: the API pages StringFilter, DateFilter, NumberFilter, MapFilter and IpFilter.
Inferred [SH-192, SH-273] are the words of refusals; that a positive condition on a list holds if
one value meets it, and a negative one only if none does; that a document without the field meets
negative conditions only; and that a comparison that is left out is EQUALS.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from membership_mock.securityhub.errors import ValidationException
from membership_mock.securityhub.findings.finding_format import instant, quick_instant
from membership_mock.securityhub.v2.queries.fields import Document, Path, pairs, values

Test = Callable[[Document], bool]
ValueTest = Callable[[Any], bool]

#: the comparisons of texts that lists, statistics and exports know (documented)
SEARCHING = frozenset({"EQUALS", "PREFIX", "NOT_EQUALS", "PREFIX_NOT_EQUALS", "CONTAINS_WORD"})
#: those that automation rules know (documented)
RULING = frozenset({"EQUALS", "PREFIX", "NOT_EQUALS", "PREFIX_NOT_EQUALS", "CONTAINS"})
#: those of the lists of software (documented)
SOFTWARE = frozenset({"EQUALS", "PREFIX", "NOT_EQUALS", "PREFIX_NOT_EQUALS"})

_NEGATIVE = ("NOT_EQUALS", "PREFIX_NOT_EQUALS", "NOT_CONTAINS")
_NUMBERS: dict[str, Callable[[Any, Any], bool]] = {
    "Eq": operator.eq,
    "Gte": operator.ge,
    "Lte": operator.le,
    "Gt": operator.gt,
    "Lt": operator.lt,
}
_WORD = re.compile(r"[^\W_]+")


def text_test(path: Path, given: Mapping[str, Any], allowed: frozenset[str], name: str) -> Test:
    """Return the test of a filter of texts, whose comparison must be one of ``allowed``."""
    wanted = required(given, "Value", name)
    comparison = given.get("Comparison", "EQUALS")
    if comparison not in allowed:
        raise ValidationException(
            f"The comparison of {name} must be one of: {', '.join(sorted(allowed))}"
        )
    meets = _text_condition(comparison, wanted)
    if comparison in _NEGATIVE:
        return lambda document: not any(meets(str(each)) for each in values(document, path))
    return lambda document: any(meets(str(each)) for each in values(document, path))


def map_test(path: Path, given: Mapping[str, Any], allowed: frozenset[str], name: str) -> Test:
    """Return the test of a filter of maps; rules know CONTAINS besides (documented)."""
    key, wanted = required(given, "Key", name), required(given, "Value", name)
    comparison = given.get("Comparison", "EQUALS")
    known = {"EQUALS", "NOT_EQUALS"} | (
        {"CONTAINS", "NOT_CONTAINS"} if allowed is RULING else set()
    )
    if comparison not in known:
        raise ValidationException(
            f"The comparison of {name} must be one of: {', '.join(sorted(known))}"
        )
    meets = _text_condition(comparison, wanted)

    def test(document: Document) -> bool:
        found = pairs(values(document, path))
        return any(held == key and meets(text) for held, text in found)

    return (lambda document: not test(document)) if comparison in _NEGATIVE else test


def number_test(path: Path, given: Mapping[str, Any], name: str) -> Test:
    """Return the test of a filter of numbers, whose conditions must all hold for one value."""
    conditions = [(_NUMBERS[key], bound) for key, bound in given.items() if key in _NUMBERS]
    if not conditions:
        raise ValidationException(f"{name} needs one of: {', '.join(_NUMBERS)}")

    def meets(value: Any) -> bool:
        return all(compare(value, bound) for compare, bound in conditions)

    return lambda document: any(
        meets(each) for each in values(document, path) if isinstance(each, (int, float))
    )


def boolean_test(path: Path, given: Mapping[str, Any], name: str) -> Test:
    """Return the test of a filter of booleans."""
    wanted = required(given, "Value", name)
    return lambda document: any(each is wanted for each in values(document, path))


def date_test(path: Path, given: Mapping[str, Any], name: str, now: datetime) -> Test:
    """Return the test of a filter of dates: from Start to End, or a number of days.

    That Start and End belong together was observed, that End is inside is inferred [SH-274].
    """
    meets = _days(given["DateRange"], name, now) if "DateRange" in given else None
    if ("Start" in given) != ("End" in given) or (meets is None) != ("Start" in given):
        raise ValidationException(f"{name} needs either Start and End, or DateRange")
    if meets is None:
        start, end = _date(given["Start"], name), _date(given["End"], name)

        def meets(moment: datetime) -> bool:
            return start <= moment <= end

    def test(document: Document) -> bool:
        moments = (quick_instant(str(each)) for each in values(document, path))
        return any(moment is not None and meets(moment) for moment in moments)

    return test


def address_test(path: Path, given: Mapping[str, Any], name: str) -> Test:
    """Return the test of a filter of IP addresses."""
    cidr = required(given, "Cidr", name)
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        raise ValidationException(f"{name}: {cidr} is not a CIDR block") from None

    def inside(text: Any) -> bool:
        try:
            return ip_address(text) in network
        except ValueError:
            return False

    return lambda document: any(inside(each) for each in values(document, path))


def required(given: Mapping[str, Any], member: str, name: str) -> Any:
    """Return a member of a filter.

    Raises:
        ValidationException: it is not there.
    """
    if given.get(member) is None:
        raise ValidationException(f"{member} of the filter of {name} is required")
    return given[member]


def _text_condition(comparison: str, wanted: str) -> ValueTest:
    if comparison.endswith("CONTAINS_WORD"):
        words = _WORD.findall(wanted.lower())
        size = len(words)

        def has_words(text: str) -> bool:
            found = _WORD.findall(text.lower())
            return size > 0 and any(
                found[at : at + size] == words for at in range(len(found) - size + 1)
            )

        return has_words
    if comparison.endswith("CONTAINS"):
        return lambda text: wanted in text
    if comparison.startswith("PREFIX"):
        return lambda text: text.startswith(wanted)
    return lambda text: text == wanted


def _days(given: Mapping[str, Any], name: str, now: datetime) -> Callable[[datetime], bool]:
    days = required(given, "Value", f"{name}.DateRange")
    if days < 0:
        raise ValidationException(f"{name}.DateRange.Value must be at least 0")
    try:
        since = now - timedelta(days=days)
    except OverflowError:
        raise ValidationException(f"{name}.DateRange.Value is too large") from None
    if given.get("Comparison", "WITHIN") == "OLDER_THAN":
        return lambda moment: moment < since
    return lambda moment: moment >= since


def _date(text: str, name: str) -> datetime:
    moment = instant(text)
    if moment is None:
        raise ValidationException(f"{name}: {text} is not a timestamp in ISO 8601")
    return moment
