"""The tables of quotas are those of the code."""

from __future__ import annotations

import pytest

from membership_mock.engine.state.quotas import Quota
from membership_mock.services import SERVICES
from tests.documentation.pages import DOCS, table

PAGE = DOCS / "how-to" / "set-quotas.md"
HEAD = ["Quota", "Default", "For each", "What counts", "Adjustable", "Code"]
ADJUSTABLE = {True: "yes", False: "no", None: ""}


def row(quota: Quota) -> list[str]:
    """Return the line of a quota."""
    default = f"{quota.default:,}"
    for region, other in quota.regional.items():
        default += f"; {other} in {region}"
    return [
        f"`{quota.name}`",
        default,
        quota.per,
        quota.counts,
        ADJUSTABLE[quota.adjustable],
        f"`{quota.code}`" if quota.code else "",
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_the_table_has_the_quotas_of_the_code(service: str) -> None:
    expected = [HEAD, *(row(quota) for quota in SERVICES[service].quotas)]
    lines = "\n".join(f"| {' | '.join(cells)} |" for cells in expected)
    stale = f"write the table below `{service}` in {PAGE.name} again:\n{lines}"
    assert table(PAGE, f"`{service}`") == expected, stale


def test_what_is_inferred_is_named_on_the_page() -> None:
    after = PAGE.read_text(encoding="utf-8").partition("*inferred*")[2]
    paragraph = after.partition("These limits are not quotas")[0]
    inferred = {
        quota.name
        for each in SERVICES.values()
        for quota in each.quotas
        if quota.origin == "inferred"
    }
    assert inferred
    assert {name for name in inferred if f"`{name}`" not in paragraph} == set()
