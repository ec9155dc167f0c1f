"""What is compiled from the shapes of botocore's service models, shared by clients of one model."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

C = TypeVar("C")

#: for how many models compilers are kept; sessions that are made in a mock share their models
_MOST = 64


class CompiledModels(Generic[C]):
    """Keeps a compiler for each service model, and for each variant of what is compiled.

    Each client has its own objects of shapes, but all clients of a mock's sessions parse the same
    document. So the document identifies the model. It is not changed.

    Args:
        make: returns a new compiler for a variant.
    """

    def __init__(self, make: Callable[[Any], C]) -> None:
        self._make = make
        # The document is kept, so that no other object gets its id. The oldest entry leaves first.
        self._known: dict[tuple[int, Hashable], tuple[Any, C]] = {}

    def of(self, shape: Any, variant: Hashable) -> C:
        """Return the compiler for the model of a shape.

        Raises:
            AttributeError: this botocore stores its models in another way.
        """
        document = shape._shape_resolver._shape_map
        key = (id(document), variant)
        found = self._known.get(key)
        if found is None:
            while len(self._known) >= _MOST:
                self._known.pop(next(iter(self._known)), None)
            found = self._known[key] = (document, self._make(variant))
        return found[1]


class UnusualError(Exception):
    """A value is not of the usual kind: botocore has to handle it."""


def own_functions(*owners: Any) -> frozenset[Any]:
    """Return the functions of classes, to tell them later from those of another tool."""
    return frozenset(each for kind in owners for each in vars(kind).values() if callable(each))
