"""Looks for keywords in many findings at once, and reads only those that may have one.

`marshal` writes several findings into one output, which contains all their texts. That and the
search in the output are done in C, in a fraction of the time that Python code takes to read the
texts. What was made and read is kept with the part of findings until they change.
"""

from __future__ import annotations

import marshal
from collections.abc import Sequence

from membership_mock.securityhub.findings.finding_columns import Part
from membership_mock.securityhub.findings.finding_fields import texts

#: how many findings are searched at once; all of them are read if a keyword is in one
SEARCHED_AT_ONCE = 16

#: stands between two texts of a finding, and so in no keyword that is looked for
_BETWEEN = "\0"

#: the letters outside of ASCII whose small letters are in ASCII: Kelvin sign, I with a dot above
_SMALL_IN_ASCII = tuple(letter.encode() for letter in "\u212a\u0130")


class KeywordTest:
    """The test whether findings have one of some keywords in any of their texts.

    Args:
        keywords: the keywords; capital and small letters are the same.
    """

    def __init__(self, keywords: Sequence[str]) -> None:
        self._keywords = [each.lower() for each in keywords]
        self._written = [each.encode() for each in self._keywords if each.isascii()]
        # `bytes.lower` changes ASCII only, so other keywords cannot be looked for in the output
        self._is_ascii = len(self._written) == len(self._keywords)

    @staticmethod
    def knows(keywords: Sequence[str]) -> bool:
        """Return whether all these keywords can be looked for in this way."""
        return not any(_BETWEEN in each for each in keywords)

    def marks(self, part: Part, needed: bytes) -> bytes:
        """Return for each finding of a part 1 if it has a keyword, otherwise 0.

        Args:
            part: the findings.
            needed: 0 for each finding that is not asked for; any answer is right for it.
        """
        marks = bytearray(len(part.rows))
        for start in range(0, len(marks), SEARCHED_AT_ONCE):
            if 1 not in needed[start : start + SEARCHED_AT_ONCE]:
                continue
            if self._may_be_in(part, start):
                for at, text in enumerate(_texts(part, start), start):
                    marks[at] = any(keyword in text for keyword in self._keywords)
        return bytes(marks)

    def _may_be_in(self, part: Part, start: int) -> bool:
        if not self._is_ascii:
            return True
        written = _written(part, start)
        if written is None or any(map(written.__contains__, self._written)):
            return True
        # the first byte alone is looked for first, because that takes almost no time
        return any(each[0] in written and each in written for each in _SMALL_IN_ASCII)


def _written(part: Part, start: int) -> bytes | None:
    """Return the output of `marshal` for some findings, with ASCII letters in lower case.

    Returns:
        All texts and names of fields of the findings; None if they have a value that `marshal`
        cannot write.
    """

    def write() -> bytes | None:
        try:
            return marshal.dumps(part.rows[start : start + SEARCHED_AT_ONCE]).lower()
        except ValueError:
            return None

    return part.kept("written", start, write)


def _texts(part: Part, start: int) -> list[str]:
    """Return the texts of each of some findings, in small letters."""

    def read() -> list[str]:
        rows = part.rows[start : start + SEARCHED_AT_ONCE]
        return [_BETWEEN.join(texts(fields)).lower() for fields in rows]

    return part.kept("texts", start, read)
