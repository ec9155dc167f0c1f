"""The size of a differential privacy budget, and the price of each aggregate function.

AWS does not publish its formula. This one is inferred [CR-175]; it gives every number but one that
was seen on the service, in the console of two accounts of a public workshop of 2024:

- ε 10 and noise 30 allow 660 COUNT DISTINCT, 330 COUNT, 220 SUM, or 165 AVG;
- ε 10 and noise 100 allow 7335 and 1833 AVG; ε 1 and noise 30 allow 9 and 2 AVG;
- one COUNT DISTINCT leaves 659 and 164 AVG; the same again and one AVG leave 654 and 163.

The number that it misses by one is an example in the console: 1832 AVG after one SUM at noise 100,
where the formula says 1833. All functions draw on one budget. It is counted in a unit of its own,
so that neither another ε nor another noise changes what was used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from membership_mock.engine.lazy_dataclasses import dataclass

#: how many COUNT DISTINCT one call of each function takes (observed), in the order of the answers
WEIGHTS = {"AVG": 4, "COUNT": 2, "COUNT_DISTINCT": 1, "SUM": 3, "STDDEV": 4}

#: the two constants of the formula (inferred [CR-175], see above)
_DELTA = math.log(10**4)
_SCALE = 0.40363

#: a tolerance for rounding, less than the price of any function
_ROUNDING = 1e-9

#: comments and quoted texts, in which no function is called; one that is not closed extends to the
#: end, so that a search takes linear time
_NOISE = re.compile(
    r"--[^\n]*|/\*.*?(?:\*/|\Z)|'[^']*(?:'|\Z)|\"[^\"]*(?:\"|\Z)|`[^`]*(?:`|\Z)", re.DOTALL
)
_CALL = re.compile(
    r"\b(?:(COUNT)\s*\(\s*DISTINCT\b|(COUNT|SUM|AVG|STDDEV)(?:_POP|_SAMP)?\s*\()", re.IGNORECASE
)
_BRACKET = re.compile(r"[()]")


@dataclass
class Aggregation:
    """A call of an aggregate function in a query.

    Attributes:
        function: one of `WEIGHTS`.
        expression: the text of the call.
    """

    function: str
    expression: str


def whole(epsilon: int) -> float:
    """Return the whole budget for ``epsilon``."""
    return (math.sqrt(_DELTA + epsilon) - math.sqrt(_DELTA)) ** 2


def price(functions: Iterable[str], noise: int) -> float:
    """Return the price of calls of functions.

    Args:
        functions: the function of each call, see `WEIGHTS`.
        noise: ``usersNoisePerQuery``.
    """
    return sum(WEIGHTS[each] for each in functions) / (_SCALE * noise**2)


def affordable(left: float, noise: int) -> dict[str, int]:
    """Return how often each function can be called with the remaining budget.

    >>> affordable(whole(10), 30)
    {'AVG': 165, 'COUNT': 330, 'COUNT_DISTINCT': 660, 'SUM': 220, 'STDDEV': 165}
    """
    units = max(0.0, _SCALE * noise**2 * left)
    return {name: math.floor(units / weight + _ROUNDING) for name, weight in WEIGHTS.items()}


def suffices(left: float, wanted: float) -> bool:
    """Return whether a budget with ``left`` can pay ``wanted``."""
    return wanted <= left + _ROUNDING


def aggregations_in(sql: str) -> list[Aggregation]:
    """Return the calls of aggregate functions in ``sql``, in any place.

    SQL is not parsed (inferred [CR-176]: AWS counts the calls of the final SELECT).

    >>> [each.function for each in aggregations_in("SELECT count(distinct a), AVG(b) FROM t")]
    ['COUNT_DISTINCT', 'AVG']
    """
    text = _NOISE.sub(lambda found: " " * len(found[0]), sql)
    ends = _ends_of_brackets(text)
    return [
        Aggregation(
            "COUNT_DISTINCT" if found[1] else found[2].upper(),
            sql[found.start() : ends.get(text.index("(", found.start()), len(text))],
        )
        for found in _CALL.finditer(text)
    ]


def _ends_of_brackets(text: str) -> dict[int, int]:
    """Return the position after each closing bracket, by the position of the opening one."""
    ends, opened = {}, []
    for found in _BRACKET.finditer(text):
        if found[0] == "(":
            opened.append(found.start())
        elif opened:
            ends[opened.pop()] = found.end()
    return ends
