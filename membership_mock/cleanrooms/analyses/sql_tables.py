"""Finds the names of tables in an SQL text; the mock reads nothing else of SQL.

SQL is not run and not validated. A name after FROM or JOIN counts as a table, unless the text
itself defines it with WITH.
"""

from __future__ import annotations

import re

#: Comments, string literals, and functions with the word FROM in another meaning. A comment or
#: literal that is not closed extends to the end, so that a hostile text takes linear time.
_NOISE = re.compile(
    r"--[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^']|'')*(?:'|\Z)"
    r"|\b(?:EXTRACT|TRIM|SUBSTRING|OVERLAY)\s*\([^()]*\)",
    re.DOTALL | re.IGNORECASE,
)
_NAME = r'(?:"[^"]+"|`[^`]+`|[A-Za-z0-9_]+)'
_NO_ALIAS = r"(?!(?:ON|USING|WHERE|JOIN|INNER|LEFT|RIGHT|FULL|CROSS)\b)"
_ITEM = rf"{_NAME}(?:\s+(?:AS\s+)?{_NO_ALIAS}{_NAME})?"
_SOURCES = re.compile(rf"\b(?:FROM|JOIN)\s+({_ITEM}(?:\s*,\s*{_ITEM})*)", re.IGNORECASE)
_FIRST = re.compile(_NAME)
#: a table that WITH defines, with or without names of columns; matched at the start of a name only
_DEFINED = re.compile(rf"(?<![A-Za-z0-9_])({_NAME})\s*(?:\([^()]*\)\s*)?\bAS\s*\(", re.IGNORECASE)


def tables_in(sql: str) -> list[str]:
    """Return the names of the tables in ``sql``, each once, in their order.

    >>> tables_in('WITH a AS (SELECT 1 FROM t1) SELECT * FROM a JOIN "t 2" x ON true, t1')
    ['t1', 't 2']
    """
    text = _NOISE.sub(" ", sql)
    own = {_bare(name) for name in _DEFINED.findall(text)}
    found: dict[str, None] = {}
    for sources in _SOURCES.findall(text):
        for item in sources.split(","):
            first = _FIRST.match(item.strip())
            if first and _bare(first[0]) not in own:
                found[_bare(first[0])] = None
    return list(found)


def _bare(name: str) -> str:
    return name.strip('"`')
