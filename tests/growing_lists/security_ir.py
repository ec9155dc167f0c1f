"""The lists of Security Incident Response."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.growing_lists.growing_list import ACCOUNT, REGION, Add, GrowingList, growing
from tests.samples import new_case, new_membership

LISTS: list[GrowingList] = []
SERVICE = "security-ir"
_list = partial(growing, LISTS, SERVICE)
Started = tuple[Any, dict[str, Any], Add]


def _client(mock: Any) -> Any:
    for quota in ("active_self_managed_cases", "comments_per_case"):
        mock.quotas.set(SERVICE, quota, 1_000_000)
    client = mock.client(SERVICE, account=ACCOUNT, region=REGION)
    new_membership(client)
    return client


@_list("ListMemberships")
def _memberships(mock: Any) -> Started:
    client = mock.client(SERVICE, account=ACCOUNT, region=REGION)

    def add(number: int) -> None:
        del number
        client.cancel_membership(membershipId=new_membership(client))

    return client, {}, add


@_list("ListCases")
def _cases(mock: Any) -> Started:
    client = _client(mock)
    return client, {}, lambda number: new_case(client, title=f"Case {number}")


@_list("ListComments")
def _comments(mock: Any) -> Started:
    client = _client(mock)
    case = {"caseId": new_case(client)}
    return client, case, lambda number: client.create_case_comment(**case, body=f"{number}")


@_list("ListCaseEdits")
def _edits(mock: Any) -> Started:
    client = _client(mock)
    case = {"caseId": new_case(client)}
    return client, case, lambda number: client.update_case(**case, title=f"Title {number}")
