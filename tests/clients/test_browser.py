"""A browser shows the page: the world, its picture and the calls, with names as text."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path

from membership_mock import MembershipMock

BRAND, PUBLISHER = "111122223333", "444455556666"
#: changes the title of the page if it runs
ATTACK = "<img src=x onerror=document.title=1>"


def test_the_page_shows_the_world_and_the_calls(
    browser: str, url: str, mock: MembershipMock, tmp_path: Path
) -> None:
    mock.client("cleanrooms", account=BRAND).create_collaboration(
        name=ATTACK,
        description="Who saw what?",
        creatorDisplayName="Brand",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[{"accountId": PUBLISHER, "displayName": "Publisher", "memberAbilities": []}],
        queryLogStatus="DISABLED",
    )
    shown = subprocess.run(
        [
            browser,
            *("--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *("--virtual-time-budget=3000", f"--user-data-dir={tmp_path}"),
            f"{url}/",  # which leads to the page
        ],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    ).stdout
    assert "<title>membership_mock</title>" in shown
    world = re.search(r'<pre id="world">(.*?)</pre>', shown, re.DOTALL)
    assert world
    assert f"created collaboration '{ATTACK}'" in html.unescape(world.group(1))
    assert "<code>cleanrooms.CreateCollaboration</code>" in shown
    assert f"by {BRAND} in eu-west-1" in shown
    assert re.search(r'<img id="picture"[^>]* src="blob:', shown)
    assert "account 123456789012, region eu-west-1, 1 call" in shown
    assert '<div id="trouble" role="status"></div>' in shown
