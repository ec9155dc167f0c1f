"""A list that a test makes longer, and what one of its pages costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from membership_mock.engine.protocol import model

ACCOUNT = "222222222222"
REGION = "eu-west-1"
PAGE = 5

#: calls that make a list longer by one entry, which gets a number of its own
Add = Callable[[int], object]
#: returns the client that lists, the parameters that choose the list, and what makes it longer
Start = Callable[[Any], tuple[Any, dict[str, Any], Add]]


@dataclass(frozen=True)
class GrowingList:
    """A list of one operation.

    Attributes:
        service: the service's id.
        operation: the operation that lists.
        case: what is special about the list; empty for the plain one.
        start: makes everything that the list needs, in a fresh mock.
    """

    service: str
    operation: str
    case: str
    start: Start

    @property
    def name(self) -> str:
        """The list in words."""
        return " ".join(filter(None, (self.service, self.operation, self.case)))

    def lister(self, client: Any, parameters: dict[str, Any]) -> Callable[[str | None], Any]:
        """Return what shows the page behind a page token, with the token of the next page."""
        paging = model.paginators(self.service)[self.operation]
        call = getattr(client, model.snake(self.operation))

        def page(token: str | None) -> tuple[list[Any], str | None]:
            given = dict(parameters)
            if "limit_key" in paging:
                given[paging["limit_key"]] = PAGE
            if token is not None:
                given[paging["input_token"]] = token
            answer = call(**given)
            return answer[paging["result_key"]], answer.get(paging["output_token"])

        return page


def growing(into: list[GrowingList], service: str, operation: str, case: str = "") -> Any:
    """Mark a function that starts a list."""

    def keep(start: Start) -> Start:
        into.append(GrowingList(service, operation, case, start))
        return start

    return keep


def account(number: int) -> str:
    """Return the id of an account that nothing else uses."""
    return f"{500_000_000_000 + number}"
