"""Looks for keywords in many findings at once, and passes over those that have none of them.

A test in Python takes several times as long for a finding as C code takes for all of its texts.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: Tells whether one of these findings, given by their fields, may have a keyword. Only a test of
#: each finding tells whether it really has.
Sieve = Callable[[Sequence[Mapping[str, Any]]], bool]

#: how many findings a sieve gets at once; all of them are tested if a keyword is in one
SIEVED_AT_ONCE = 16

#: the letters outside of ASCII whose small letters are in ASCII: Kelvin sign, I with a dot above
_SMALL_IN_ASCII = tuple(letter.encode() for letter in "\u212a\u0130")


def sieve_of(keywords: Sequence[str]) -> Sieve | None:
    """Return the sieve for keywords, one of which a finding must have; None if there is none."""
    if not all(map(str.isascii, keywords)):
        return None
    looked_for = [each.lower().encode() for each in keywords]

    def may_have(many: Sequence[Mapping[str, Any]]) -> bool:
        try:
            written = marshal.dumps(list(many)).lower()  # all texts, and names of fields too
        except ValueError:  # something that `marshal` does not write
            return True
        if any(map(written.__contains__, looked_for)):
            return True
        # to look for one byte takes almost no time
        return any(each[0] in written and each in written for each in _SMALL_IN_ASCII)

    return may_have
