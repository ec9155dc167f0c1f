"""One test that tries many cases, and reports every case that fails.

A test of its own for each case is worth what it costs, a millisecond or more for its set-up and its
report, if the case needs a fresh world or may be run alone. Thousands of short and alike cases are
quicker as a loop, which must not stop at the first failure.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

#: how many failures a report shows in full
SHOWN = 20


class ManyCases:
    """Collects what fails in a loop; fails itself at the end of its ``with`` block.

    Attributes:
        tried: how many cases there were.
        failed: what was wrong, by the name of the case.
    """

    def __init__(self) -> None:
        self.tried = 0
        self.failed: dict[str, str] = {}

    def __enter__(self) -> ManyCases:  # noqa: PYI034  Python 3.10 has no Self
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            return
        assert self.tried, "there was not a single case"
        assert not self.failed, self.report()

    @contextmanager
    def case(self, *names: object) -> Iterator[None]:
        """Try one case: what it raises is noted under its name, and the loop goes on."""
        self.tried += 1
        try:
            yield
        except Exception as error:  # noqa: BLE001  the other cases are tried all the same
            shown = traceback.format_exception(error)
            place = next((line for line in reversed(shown) if line.startswith("  File")), "")
            self.failed[" ".join(map(str, names))] = f"{place.strip()}\n{shown[-1].rstrip()}"

    def report(self) -> str:
        """Return what failed, case by case."""
        parts = [f"{len(self.failed)} of {self.tried} cases failed"]
        parts += [f"[{name}] {text}" for name, text in list(self.failed.items())[:SHOWN]]
        if len(self.failed) > SHOWN:
            parts.append("and: " + ", ".join(list(self.failed)[SHOWN:]))
        return "\n\n".join(parts)
