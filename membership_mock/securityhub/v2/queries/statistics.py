"""How many documents have each value of a field.

Sources: the API pages of the operations on statistics (limits, sort order).
Inferred [SH-182, SH-276]: a document counts once for each value that it has, and not at all without
one; equal counts go by the value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from membership_mock.securityhub.errors import ValidationException
from membership_mock.securityhub.v2.queries.fields import Document, values
from membership_mock.securityhub.v2.queries.filters import Dialect, compile_filters

MOST_RULES = 5
#: inferred [SH-277]: the most that may be asked for
DEFAULT_RESULTS = 400


def group(
    rules: Sequence[Mapping[str, Any]],
    documents: Callable[[], Iterable[Document]],
    now: datetime,
    dialect: Dialect,
    sort_order: str | None,
    most: int | None,
) -> list[dict[str, Any]]:
    """Return a result for each rule, in their order.

    Args:
        rules: GroupByRules of the request.
        documents: returns all documents that the caller sees.
        now: what relative dates count from.
        dialect: knows where a document has a field.
        sort_order: ``asc`` or ``desc`` by the counts; descending when None.
        most: how many values a rule has at the most; 400 when None.

    Raises:
        ValidationException: there is no rule, there are more than five, or a filter makes no sense.
    """
    if not 1 <= len(rules) <= MOST_RULES:
        raise ValidationException(f"GroupByRules must have between 1 and {MOST_RULES} entries")
    compiled = [
        (
            rule["GroupByField"],
            dialect.path(rule["GroupByField"]),
            compile_filters(rule.get("Filters"), now, dialect),
            Counter[str](),
        )
        for rule in rules
    ]
    for document in documents():
        for _, path, matches, counts in compiled:
            if matches is None or matches(document):
                counts.update({_text(each) for each in values(document, path)})
    sign = 1 if sort_order == "asc" else -1
    return [
        {
            "GroupByField": name,
            "GroupByValues": [
                {"FieldValue": value, "Count": count}
                for value, count in sorted(
                    counts.items(), key=lambda item: (sign * item[1], item[0])
                )[: most or DEFAULT_RESULTS]
            ],
        }
        for name, _, _, counts in compiled
    ]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
