"""The columns of documents, which work like those of findings (``findings/finding_columns.py``)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from membership_mock.securityhub.findings.finding_columns import Columns, Held
from membership_mock.securityhub.v2.queries.fields import Document, values

_VERSION = operator.attrgetter("version")


class Versioned(Protocol):
    """An entry that is shown as a document, which stays the same as long as its version does."""

    @property
    def place(self) -> str:
        """The place in the order."""

    @property
    def version(self) -> int:
        """It grows with each change."""


V = TypeVar("V", bound=Versioned)


class DocumentColumns(Columns[V]):
    """The columns of the documents of entries.

    Args:
        held: keeps the entries.
        document: returns the document of an entry; None if nothing is shown of it.
    """

    # a document may have anything where others have a map
    read = staticmethod(values)

    def __init__(self, held: Held[V], document: Callable[[V], Document | None]) -> None:
        super().__init__(held)
        self.held = held
        self._document = document

    def state(self, entries: list[V]) -> list[Any]:
        """Return the entries with their versions."""
        return [*entries, *map(_VERSION, entries)]

    def rows(self, entries: list[V]) -> list[Document]:
        """Return the documents of entries, an empty one for those that show nothing."""
        return [self._document(each) or {} for each in entries]
