"""Manage the members of a Security Hub administrator from the command line.

python members.py list
python members.py invite 444455556666 777788889999
python members.py remove 444455556666 --dry-run
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence

import boto3
from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

DONE, PARTLY, FAILED = 0, 1, 3  # argparse ends with 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    options = parser().parse_args(arguments)
    try:
        hub = boto3.Session(profile_name=options.profile, region_name=options.region).client(
            "securityhub"
        )
        status: int = options.command(hub, options)
    except (ClientError, BotoCoreError) as error:
        print(f"members: {error}", file=sys.stderr)
        return FAILED
    return status


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="members", description="Members of Security Hub")
    top.add_argument("--region", help="the region; that of the environment by default")
    top.add_argument("--profile", help="a profile of ~/.aws/config")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="list all members")
    listing.add_argument("--status", help="only members with this status, e.g. Invited")
    listing.set_defaults(command=list_members)

    inviting = commands.add_parser("invite", help="invite accounts")
    inviting.set_defaults(command=invite)
    removing = commands.add_parser("remove", help="remove members")
    removing.set_defaults(command=remove)
    for each in (inviting, removing):
        each.add_argument("accounts", nargs="+", type=account, metavar="ACCOUNT")
        each.add_argument("--dry-run", action="store_true", help="tell, and change nothing")
    return top


def account(text: str) -> str:
    """Return an account id, as argparse wants to have it checked."""
    if not re.fullmatch(r"\d{12}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an account id of 12 digits")
    return text


def statuses(hub: BaseClient) -> dict[str, str]:
    """Return the status of each member by account."""
    pages = hub.get_paginator("list_members").paginate(OnlyAssociated=False)
    return {each["AccountId"]: each["MemberStatus"] for page in pages for each in page["Members"]}


def list_members(hub: BaseClient, options: argparse.Namespace) -> int:
    """Print the members, an account and a status in each line."""
    for member, status in sorted(statuses(hub).items()):
        if options.status in (None, status):
            print(member, status)
    return DONE


def invite(hub: BaseClient, options: argparse.Namespace) -> int:
    """Create members where they are missing, and invite those that are not enabled."""
    known = statuses(hub)
    wanted = [each for each in options.accounts if known.get(each) != "Enabled"]
    missing = [each for each in wanted if each not in known]
    if options.dry_run or not wanted:
        print(f"to invite: {' '.join(wanted) or '-'}")
        return DONE
    refused = {}
    if missing:
        answer = hub.create_members(AccountDetails=[{"AccountId": each} for each in missing])
        refused = {e["AccountId"]: e["ProcessingResult"] for e in answer["UnprocessedAccounts"]}
    left = [each for each in wanted if each not in refused]
    if left:
        answer = hub.invite_members(AccountIds=left)
        refused |= {e["AccountId"]: e["ProcessingResult"] for e in answer["UnprocessedAccounts"]}
    return report("invited", wanted, refused)


def remove(hub: BaseClient, options: argparse.Namespace) -> int:
    """Disassociate and delete members."""
    known = statuses(hub)
    wanted = [each for each in options.accounts if each in known]
    if options.dry_run or not wanted:
        print(f"to remove: {' '.join(wanted) or '-'}")
        return DONE
    hub.disassociate_members(AccountIds=wanted)
    answer = hub.delete_members(AccountIds=wanted)
    refused = {e["AccountId"]: e["ProcessingResult"] for e in answer["UnprocessedAccounts"]}
    return report("removed", wanted, refused)


def report(done: str, accounts: Sequence[str], refused: dict[str, str]) -> int:
    """Print what was done and what was refused; return the exit status."""
    for each in accounts:
        if each not in refused:
            print(f"{done} {each}")
    for each, reason in refused.items():
        print(f"members: {each}: {reason}", file=sys.stderr)
    return PARTLY if refused else DONE


if __name__ == "__main__":
    sys.exit(main())
