"""What a test author does with a mock while it runs: the tools, all in one place."""

from __future__ import annotations

from membership_mock.testing.calls import Calls
from membership_mock.testing.printing import printable
from membership_mock.testing.show.refused_calls import refused_calls
from membership_mock.testing.show.stray_callers import stray_callers
from membership_mock.testing.show.tree import Part
from membership_mock.testing.tools.answer_tools import AnswerTools
from membership_mock.testing.tools.async_tools import AsyncTools
from membership_mock.testing.tools.call_tools import CallTools
from membership_mock.testing.tools.event_tools import EventTools
from membership_mock.testing.tools.fault_tools import FaultTools
from membership_mock.testing.tools.hook_tools import HookTools
from membership_mock.testing.tools.setup_tools import SetupTools
from membership_mock.testing.tools.world_tools import WorldTools


class Toolbox(
    SetupTools, AnswerTools, FaultTools, HookTools, WorldTools, CallTools, EventTools, AsyncTools
):
    """The tools of a `MembershipMock`."""

    #: the report that was kept of a failed test when its mock ended
    _kept_report: str | None

    def report(self) -> str:
        """Return the last calls and the state of the world as text, for a failed test's report."""
        if self._entered is None:
            return "The mock has not been started."
        if self._kept_report is not None and not self._is_running:
            return self._kept_report
        text = "\n".join(
            [
                "Last calls:",
                Calls(self._read_calls).last(10),
                *refused_calls(self._entered),
                *stray_callers(self._entered),
                "World:",
                *(f"  {line}" for line in self._tree(Part())),
            ]
        )
        return printable(text)
