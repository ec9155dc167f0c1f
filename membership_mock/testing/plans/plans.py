"""The plans of a running mock, and what is said about those that were never used."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from membership_mock.errors import UnfiredFault, UnusedPlan
from membership_mock.testing.aws_side.unused_endings import unused_endings, unused_report

if TYPE_CHECKING:
    from membership_mock.engine.running import Running


class Plan(ABC):
    """What a test has set up for calls that are still to come.

    A subclass adds itself to the `Plans` of its running mock when it is made.

    Attributes:
        _kind: what a report calls it, e.g. ``fault``.
        _never: what a report says of one that was never used, and of several, e.g. ``never fired``.
        _is_fault: whether its report is an `UnfiredFault`.
    """

    _kind: ClassVar[str]
    _never: ClassVar[tuple[str, str]] = ("was never used", "were never used")
    _is_fault: ClassVar[bool] = False
    _reported: str | None = None  # how the test was told that it was never used

    @property
    @abstractmethod
    def _is_unused(self) -> bool:
        """Whether it was never used, and not withdrawn either."""

    @abstractmethod
    def cancel(self) -> None:
        """Withdraw it: it applies to no further call, and does not count as unused."""

    def _reasons(self) -> Sequence[str]:
        """Return lines for the report that it was never used: a title, then details."""
        return ()


@dataclass(frozen=True)
class Known:
    """What was planned when a mock started, which an outer mock reports.

    Attributes:
        plans: the plans.
        endings: the planned endings of queries and jobs, and how often.
    """

    plans: Sequence[Plan] = ()
    endings: Counter[str] = field(default_factory=Counter)


class Plans:
    """The plans of a running mock, in the order in which a test has made them.

    Plans that are used up or over are included, until they are forgotten.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        self._all: list[Plan] = []
        self._reported_endings: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Plan]:
        return iter(list(self._all))

    def add(self, plan: Plan) -> None:
        """Add a plan."""
        self._all.append(plan)

    def forget(self, *plans: Plan) -> None:
        """Remove plans from the list: no report names them."""
        gone = {id(plan) for plan in plans}
        self._all = [plan for plan in self._all if id(plan) not in gone]

    @property
    def unused(self) -> list[Plan]:
        """The plans that were never used, except those that were withdrawn."""
        return [plan for plan in self._all if plan._is_unused]

    def known(self) -> Known:
        """Return what is planned now."""
        return Known(list(self._all), unused_endings(self._running.world))

    def unreported(self, known: Known, option: str) -> UnusedPlan | None:
        """Return an error about what was never used and not reported yet; None if all was used.

        Args:
            known: what an outer mock reports.
            option: ``warn`` or ``error``: what happens to the report. What was only a warning is
                reported again as an error.
        """
        endings = self._new_endings(known)
        # An inner mock may have reported them already: a decorated class has one inside another.
        unused = [
            plan
            for plan in self.unused
            if plan._reported not in (option, "error") and plan not in known.plans
        ]
        for plan in unused:
            plan._reported = option
        return unused_plans(unused, endings)

    def excuse(self, known: Known) -> None:
        """Let no report name what is unused now, because the test has failed.

        Args:
            known: the endings that an outer mock reports all the same.
        """
        self._new_endings(known)
        for plan in self.unused:
            plan._reported = "error"

    def told(self, plans: Sequence[Plan], endings: Counter[str] | None = None) -> None:
        """Note that an error has named these plans and endings: no report does so again."""
        for plan in plans:
            plan._reported = "error"
        if endings is not None:
            self._reported_endings = endings.copy()

    def _new_endings(self, known: Known) -> Counter[str]:
        """Return planned endings beyond ``known`` ones that were not used, and note them."""
        unused = unused_endings(self._running.world) - known.endings - self._reported_endings
        self._reported_endings += unused
        return unused

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Withdraw, when the block ends, the plans that were made inside, and forget them."""
        known = {id(plan) for plan in self._all}
        try:
            yield
        finally:
            plans = self._running.tool(Plans)  # others, if the mock was reset
            inside = [plan for plan in plans if id(plan) not in known]
            for plan in inside:
                plan.cancel()
            plans.forget(*inside)


def unused_plans(unused: Sequence[Plan], endings: Counter[str] | None = None) -> UnusedPlan | None:
    """Return an error about plans and endings that were never used; None if there are none.

    Args:
        unused: the plans.
        endings: planned endings of queries and jobs, as words, and how often.
    """
    reports = []
    for kind in dict.fromkeys(type(plan) for plan in unused):
        plans = [plan for plan in unused if type(plan) is kind]
        one, several = kind._never
        is_one = len(plans) == 1
        title = f"One {kind._kind} {one}" if is_one else f"{len(plans)} {kind._kind}s {several}"
        reports.append("\n".join([f"{title}:", *map(_described, plans)]))
    if endings:
        reports.append(unused_report(endings))
    if not reports:
        return None
    is_fault = bool(endings) or any(plan._is_fault for plan in unused)
    return (UnfiredFault if is_fault else UnusedPlan)("\n".join(reports))


def _described(plan: Plan) -> str:
    lines = [f"    {plan!r}"]
    for number, line in enumerate(plan._reasons()):
        lines.append(f"{' ' * (8 if number else 6)}{line}")
    return "\n".join(lines)
