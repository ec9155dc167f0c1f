"""The failed test that the README shows a picture of: `python -m tests.documentation.failure_report`.

Run it from the root of the repository, with rich installed, to draw the picture again.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

PICTURE = Path(__file__).parents[2] / "docs" / "failure-report.svg"
EXAMPLE = """\
SECURITY, SHOP = "111122223333", "444455556666"


def test_the_shop_becomes_a_member(membership_mock):
    security = membership_mock.client("securityhub", account=SECURITY, region="eu-west-1")
    shop = membership_mock.client("securityhub", account=SHOP, region="eu-west-1")
    for client in (security, shop):
        client.enable_security_hub(EnableDefaultStandards=False)

    security.create_members(AccountDetails=[{"AccountId": SHOP}])
    security.invite_members(AccountIds=[SHOP])

    (member,) = security.list_members(OnlyAssociated=False)["Members"]
    assert member["MemberStatus"] == "Enabled"
"""
#: where the picture begins; what stands before it is the test itself
_FIRST = '>       assert member["MemberStatus"]'


def shown(report: str) -> list[str]:
    """Return the lines of pytest's output that the picture shows."""
    lines = report.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(_FIRST))
    last = next(number for number, line in enumerate(lines) if "short test summary" in line)
    return [line.rstrip() for line in lines[first:last]]


def draw(lines: list[str]) -> None:
    """Write the picture of a terminal with these lines."""
    import io

    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=112, file=io.StringIO())
    for line in lines:
        style = "bold red" if line.startswith("E ") else "bold" if line.startswith(">") else ""
        if line.startswith(("Last calls:", "World:")) or "membership_mock ---" in line:
            style = "bold cyan"
        console.print(Text(line, style=style), no_wrap=True, overflow="ellipsis", crop=True)
    svg = console.export_svg(title="pytest", unique_id="failure-report")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # from another host
    PICTURE.write_text(svg.replace("Fira Code, monospace", "monospace"), encoding="utf-8")


def main() -> None:
    """Run the example with pytest, and draw what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_onboarding.py").write_text(EXAMPLE, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    draw(shown(ran.stdout))


if __name__ == "__main__":
    main()
