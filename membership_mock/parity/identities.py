"""Which id of the mock stands for which id of a recording."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from membership_mock.parity.values import texts_changed

#: The forms of ids that services make. Twelve digits are an account, which is compared by value.
FORMS = {
    "uuid": r"[0-9A-Za-z]{8}(?:-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12}",
    "hash": r"(?:[0-9a-f]{32}){1,2}",
    "membership": r"m-[a-z0-9]{10,32}",
    "organization": r"o-[a-z0-9]{10,32}",
    "unit": r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}",
    "root": r"r-[a-z0-9]{4,32}",
    "number": r"(?!\d{12}(?!\d))\d{10,32}",
}
_ID = re.compile(
    r"(?<![0-9A-Za-z-])(?:"
    + "|".join(f"(?P<{name}>{form})" for name, form in FORMS.items())
    + r")(?![0-9A-Za-z-])"
)


def ids_in(text: str) -> list[tuple[str, str]]:
    """Return the ids in a text, each with the name of its form, in their order."""
    return [(found.lastgroup or "", found.group()) for found in _ID.finditer(text)]


def without_ids(text: str) -> str:
    """Return a text with the forms of its ids in place of the ids."""
    return _ID.sub(lambda found: f"<{found.lastgroup}>", text)


class Identities:
    """Pairs of an id of the recording and the id that the mock has in its place.

    A pair is made when the two stand in the same place of an answer, and holds from then on.
    An id that the recording sends before any answer had it was chosen by the caller: the mock gets
    it unchanged, and has to answer with the same one.
    """

    def __init__(self) -> None:
        self._here: dict[str, str] = {}
        self._there: dict[str, str] = {}
        self._chosen: set[str] = set()
        self._known: re.Pattern[str] | None = None

    def pair(self, recorded: str, here: str) -> bool:
        """Pair two ids; return whether they are a pair, which they are not if one has another."""
        known = self._here.get(recorded)
        if known is not None:
            return known == here
        if here in self._there:
            return False
        if recorded != here and (recorded in self._chosen or here in self._chosen):
            return False  # a service does not change what the caller has chosen
        self._here[recorded] = here
        self._there[here] = recorded
        if recorded != here:
            self._known = None
        return True

    def partner(self, recorded: str) -> str | None:
        """Return the mock's id for an id of the recording; None if it has none yet."""
        return self._here.get(recorded)

    def recorded_for(self, here: str) -> str | None:
        """Return the recording's id for an id of the mock; None if it has none yet."""
        return self._there.get(here)

    def sent(self, parameters: Any) -> None:
        """Note that the recording sends these parameters: what is new in them is chosen."""

        def note(text: str) -> str:
            for _, each in ids_in(text):
                if each not in self._here:
                    self.pair(each, each)
            if text not in self._here:
                self._chosen.add(text)
            return text

        texts_changed(parameters, note)

    def translated(self, value: Any) -> Any:
        """Return a plain value of the recording with the mock's ids in it, also inside of ARNs."""
        if self._known is None:
            changed = [each for each, here in self._here.items() if each != here]
            parts = "|".join(re.escape(each) for each in sorted(changed, key=len, reverse=True))
            self._known = re.compile(rf"(?<![0-9A-Za-z])(?:{parts})(?![0-9A-Za-z])")
            if not changed:
                self._known = re.compile(r"(?!)")
        known = self._known

        def change(text: str) -> str:
            if text in self._here:  # a page token may hold characters that no id has
                return self._here[text]
            return known.sub(lambda found: self._here[found.group()], text)

        return texts_changed(value, change)

    def copy(self) -> Identities:
        """Return a copy, to try something out with."""
        other = Identities()
        other._here = dict(self._here)
        other._there = dict(self._there)
        other._chosen = self._chosen  # no comparison adds to it
        return other

    def take(self, other: Identities) -> None:
        """Take over the pairs of a copy with which something was tried out."""
        self._here, self._there, self._known = other._here, other._there, None

    @property
    def pairs(self) -> Mapping[str, str]:
        """The mock's ids by those of the recording."""
        return dict(self._here)
