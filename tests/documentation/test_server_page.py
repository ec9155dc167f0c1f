"""The page on the server: its commands work as shown, and its options are those of the command."""

from __future__ import annotations

import argparse
import json
import re
from typing import Any

from membership_mock import mock_membership
from membership_mock.server import command_line
from membership_mock.server.serving import serving
from tests.documentation.pages import DOCS, blocks, table
from tests.server.raw_http import Raw
from tests.server.test_examples import command

PAGE = DOCS / "how-to" / "server.md"
SERVER = "http://127.0.0.1:5000"


def commands() -> list[tuple[str, str]]:
    """Return the commands of curl on the page, each with what it answers, if that is shown."""
    lines = [
        line
        for each in blocks(PAGE)
        if each.language == "console"
        for line in each.text.splitlines()
    ]
    found = [
        (line.removeprefix("$ "), after if not after.startswith("$") else "")
        for line, after in zip(lines, [*lines[1:], "$"], strict=True)
        if line.startswith("$ curl")
    ]
    assert len(found) > 10
    return found


def agrees(shown: Any, answered: Any) -> bool:
    """Return whether an answer is as shown, where … stands for anything."""
    if shown == "…":
        return True
    if isinstance(shown, dict):
        return (
            isinstance(answered, dict)
            and shown.keys() == answered.keys()
            and all(agrees(each, answered[name]) for name, each in shown.items())
        )
    if isinstance(shown, list):
        return len(shown) == len(answered) and all(map(agrees, shown, answered))
    return bool(shown == answered)


def test_the_commands_of_curl_answer_as_shown() -> None:
    with mock_membership() as mock, serving(mock) as url:
        for text, shown in commands():
            verb, target, body = command(text)
            assert target.startswith(SERVER)
            answer = Raw(url).send(verb, target.removeprefix(SERVER), body)
            assert answer.status == (400 if '"code"' in shown else 200), (text, answer.text)
            if shown:
                assert agrees(json.loads(shown), answer.json), (text, answer.text)


def test_the_options_are_those_of_the_command() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    command_line.add_options(parser)
    known = [option for action in parser._actions for option in action.option_strings]
    shown = [
        option for row in table(PAGE, "Options")[1:] for option in re.findall(r"--[\w-]+", row[0])
    ]
    assert shown == known


def test_the_codes_of_the_page_are_those_of_the_server() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (DOCS.parent / "membership_mock" / "server").rglob("*.py")
    )
    rows = table(PAGE, "Errors that an SDK sees")[1:]
    assert len(rows) == 5
    for name, status, _ in rows:
        if name != "`NotRunning`":
            assert f'"{name.strip("`")}"' in code
        assert status in ("501", "403")
