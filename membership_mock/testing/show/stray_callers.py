"""A hint for the report of a failed test: the code has called from an account without anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from membership_mock.engine import running as engine
from membership_mock.engine.state.summary import listed
from membership_mock.testing.show.tree import WorldView

if TYPE_CHECKING:
    from membership_mock.engine.running import Running

#: how the names of operations begin that make nothing
_READING = ("BatchGet", "Describe", "Get", "Head", "List", "Lookup", "Query", "Scan", "Search")


def stray_callers(running: Running) -> list[str]:
    """Return lines that say that calls came from the default account by accident; or none.

    They did if that account has no resources, and is in no organization, while others have some.
    What moto's services hold is not looked up. So there are no lines if the account has called one
    of them to change something, nor when the mock has ended and its organizations are not known.
    """
    if not engine.is_current(running):
        return []
    default = running.pipeline.default_account
    with running.world.lock:
        record = running.record
        callers = [entry.context.account_id for entry in record.entries]
        if default not in callers or any(
            entry.context.account_id == default
            and not entry.context.operation.startswith(_READING)
            and entry.answer is not None
            and entry.answer.status < 400
            for entry in record.passed
        ):
            return []
        view = WorldView(running)
        holders: set[str] = {each for _, one in view.organizations for each in one.accounts}
        if default in holders:
            return []
        for summary in view.summaries():
            if summary.account == default:
                return []
            if summary.account and summary.lines.count:
                holders.add(summary.account)
    if not holders:
        return []
    number = callers.count(default)
    came = "1 call" if number == 1 else f"{number} calls"
    others = listed([view.account(each) for each in sorted(holders)], 3)
    have = "has" if len(holders) == 1 else "have"
    text = (
        f"{came} came from {default}, the default account, which has no resources in this world;"
        f" {others} {have} some.\n"
        "  Calls whose credentials name no account come from the default account.\n"
        "  Ways to name one: python -m membership_mock docs accounts-and-regions"
    )
    return text.splitlines()
