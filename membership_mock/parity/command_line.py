"""``python -m membership_mock parity``: check recordings, play stories."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from membership_mock.errors import UsageError
from membership_mock.parity.checking import check
from membership_mock.parity.results import Report
from membership_mock.parity.side_by_side import play, what_it_creates
from membership_mock.parity.stories import STORIES

#: exit statuses
EQUAL, DIFFERENT, MISTAKE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to its parser."""
    commands = parser.add_subparsers(dest="what", required=True)
    checking = commands.add_parser("check", help="make the calls of recordings on a fresh mock")
    checking.add_argument("files", nargs="+", metavar="FILE", help="a recording")
    checking.add_argument("--account", metavar="ID", help="of calls that name none")
    checking.add_argument("--region", help="of calls that name none")
    checking.add_argument(
        "--account-of",
        action="append",
        default=[],
        metavar="KEY=ID",
        help="the account of an access key id in a cassette",
    )
    checking.add_argument(
        "--parameters", metavar="FILE", help="JSON: parameters by file of a placebo folder"
    )
    playing = commands.add_parser("run", help="play a story on real endpoints and on the mock")
    playing.add_argument("story", metavar="STORY", help=f"one of: {', '.join(STORIES)}")
    playing.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="the profile of each role of the story, in their order",
    )
    playing.add_argument("--region", default="us-east-1", help="where (default: us-east-1)")
    playing.add_argument("--endpoint-url", metavar="URL", help="instead of AWS's own endpoints")
    playing.add_argument(
        "--create", action="store_true", help="let the story create things and remove them"
    )
    commands.add_parser("stories", help="list the stories")
    for each in (checking, playing):
        each.add_argument("--world", metavar="FILE", help="JSON: the state that is presumed")
        each.add_argument(
            "--ignore",
            action="append",
            default=[],
            metavar="PATH",
            help="a member that is not compared, e.g. '*.UpdatedAt'",
        )
        each.add_argument("--any-order", action="store_true", help="lists in any order are equal")
        each.add_argument("--json", action="store_true", help="print the report as JSON")
        each.add_argument("--all", action="store_true", help="print equal calls too")


def run(chosen: argparse.Namespace) -> int:
    """Run the command, and return the exit status.

    Returns:
        0 when all calls are answered as recorded, 1 when some are not or none was checked, 2 after
        a mistake in the arguments or the recording, and when a clean-up has failed.
    """
    try:
        if chosen.what == "check":
            return _show(chosen, _checked(chosen))
        if chosen.what == "run":
            return _show(chosen, _played(chosen))
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return MISTAKE
    for story in STORIES.values():
        sys.stdout.write(f"{story.name}: {story.about}\n")
        sys.stdout.write(f"  Roles: {', '.join(story.roles)}. Presumes: {story.presumes}\n")
        text = what_it_creates(story) if story.creates else f"It only reads. {story.cost}"
        sys.stdout.write("".join(f"  {line}\n" for line in text.splitlines()))
    return EQUAL


def _show(chosen: argparse.Namespace, report: Report) -> int:
    if chosen.json:
        sys.stdout.write(f"{json.dumps(report.as_json(), indent=1, default=str)}\n")
    elif chosen.what == "run":  # the calls were printed as they came
        sys.stdout.write(f"{report.summary}\n")
    else:
        sys.stdout.write(f"{report.every_call() if chosen.all else report}\n")
    if chosen.what == "run" and report.skipped:  # the story has not ended as it should
        return MISTAKE
    return EQUAL if report.ok else DIFFERENT


def _checked(chosen: argparse.Namespace) -> Report:
    accounts = {}
    for each in chosen.account_of:
        key, equals, account = each.partition("=")
        if not (equals and len(account) == 12 and account.isdigit()):
            raise UsageError(f"--account-of takes KEY=ID, the ID of 12 digits, not {each!r}.")
        accounts[key] = account
    return check(
        *chosen.files,
        world=_json(chosen.world),
        account=chosen.account,
        region=chosen.region,
        accounts=accounts,
        parameters=_json(chosen.parameters),
        ignore=chosen.ignore,
        any_order=chosen.any_order,
    )


def _played(chosen: argparse.Namespace) -> Report:
    import boto3
    from botocore.exceptions import ProfileNotFound

    story = STORIES.get(chosen.story)
    roles: Sequence[str] = story.roles if story is not None else ()
    if len(chosen.profile) > len(roles) and story is not None:
        raise UsageError(f"The story {story.name!r} has the roles {', '.join(roles)} only.")
    try:
        sessions = {
            role: boto3.Session(profile_name=profile)
            for role, profile in zip(roles, chosen.profile, strict=False)
        }
    except ProfileNotFound as error:
        raise UsageError(f"--profile: {error}") from error

    def tell(text: str) -> None:
        if not chosen.json and (chosen.all or not text.startswith("equal ")):
            sys.stdout.write(f"{text}\n")
        elif text.startswith("NOT REMOVED"):
            sys.stderr.write(f"{text}\n")

    return play(
        chosen.story,
        sessions,
        region=chosen.region,
        endpoint_url=chosen.endpoint_url,
        create=chosen.create,
        world=_json(chosen.world),
        ignore=chosen.ignore,
        any_order=chosen.any_order,
        tell=tell,
    )


def _json(file: str | None) -> Mapping[str, Any] | None:
    if file is None:
        return None
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: this cannot be read as JSON: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{file}: an object was expected, not {type(found).__name__}.")
    return found
