"""Many threads on one mock: nothing is lost, nothing is doubled."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.samples import TEAM, case_input, new_case, new_membership

THREADS = 8
ACCOUNTS = ("111111111111", "222222222222")
REGION = "eu-west-1"


def _together(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run ``work`` with 0, 1, 2, … in threads that begin at the same moment."""
    gate = threading.Barrier(count)

    def begin(number: int) -> Any:
        gate.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def _all_cases(client: Any) -> list[str]:
    pages = client.get_paginator("list_cases").paginate(PaginationConfig={"PageSize": 7})
    return [item["caseId"] for page in pages for item in page["items"]]


def test_cases_of_many_threads_are_all_there_once(membership_mock: Any) -> None:
    for account in ACCOUNTS:
        new_membership(membership_mock.client("security-ir", account=account, region=REGION))

    def work(number: int) -> list[tuple[str, str]]:
        account = ACCOUNTS[number % 2]
        client = membership_mock.client("security-ir", account=account, region=REGION)
        made = []
        for place in range(12):
            case_id = new_case(client, title=f"{number}/{place}")
            client.create_case_comment(caseId=case_id, body="Seen.")
            assert client.get_case(caseId=case_id)["title"] == f"{number}/{place}"
            made.append((account, case_id))
        return made

    made = [each for part in _together(THREADS, work) for each in part]

    assert len({case_id for _, case_id in made}) == THREADS * 12
    for account in ACCOUNTS:
        client = membership_mock.client("security-ir", account=account, region=REGION)
        ours = {case_id for owner, case_id in made if owner == account}
        listed = _all_cases(client)
        assert len(listed) == len(set(listed)) == client.list_cases()["total"]
        assert set(listed) == ours
        # each thread's cases stand in its own order, newest first
        titles = [client.get_case(caseId=each)["title"].split("/") for each in listed]
        for number in range(THREADS):
            places = [int(place) for thread, place in titles if int(thread) == number]
            assert places == sorted(places, reverse=True)


def test_comments_of_many_threads_on_one_case_have_different_ids(membership_mock: Any) -> None:
    owner = membership_mock.client("security-ir", account=ACCOUNTS[0], region=REGION)
    new_membership(owner)
    case_id = new_case(owner)

    def work(number: int) -> dict[str, str]:
        client = membership_mock.client("security-ir", account=ACCOUNTS[0], region=REGION)
        return {
            client.create_case_comment(caseId=case_id, body=body)["commentId"]: body
            for body in (f"{number}/{place}" for place in range(20))
        }

    made = _together(THREADS, work)

    expected = {comment: body for part in made for comment, body in part.items()}
    assert len(expected) == THREADS * 20
    pages = owner.get_paginator("list_comments").paginate(
        caseId=case_id, PaginationConfig={"PageSize": 9}
    )
    listed = [item for page in pages for item in page["items"]]
    assert {item["commentId"]: item["body"] for item in listed} == expected
    assert [item["commentId"] for item in listed] == sorted(expected)
    assert owner.list_comments(caseId=case_id)["total"] == len(expected)
    trail = owner.list_case_edits(caseId=case_id)
    assert trail["total"] == 1 + len(expected)


def test_calls_of_many_threads_are_all_recorded(membership_mock: Any) -> None:
    new_membership(membership_mock.client("security-ir", account=ACCOUNTS[0], region=REGION))
    before = len(membership_mock.calls)

    def work(number: int) -> Counter[str]:
        client = membership_mock.client("security-ir", account=ACCOUNTS[0], region=REGION)
        ids: Counter[str] = Counter()
        for place in range(25):
            answer = client.create_case(**case_input(title=f"{number}/{place}"))
            ids[answer["ResponseMetadata"]["RequestId"]] += 1
            if place == 9:
                client.close_case(caseId=answer["caseId"])
            len(membership_mock.calls)  # reading while others write
            if sum(ids.values()) == 12:
                break
        return ids

    made = sum(_together(THREADS, work), Counter())

    calls = membership_mock.calls
    created = calls.filter("CreateCase")
    assert len(created) == THREADS * 12
    assert len(calls) - before == THREADS * 13
    assert Counter(call.request_id for call in created) == made
    assert {call.parameters["title"] for call in created} == {
        f"{number}/{place}" for number in range(THREADS) for place in range(12)
    }


def test_one_of_many_sign_ups_at_once_succeeds(membership_mock: Any) -> None:
    def work(number: int) -> str:
        region = ("eu-west-1", "us-east-1")[number % 2]
        client = membership_mock.client("security-ir", account=ACCOUNTS[0], region=region)
        try:
            return str(new_membership(client))
        except client.exceptions.ConflictException as refused:
            return f"conflict with {refused.response['resourceId']}"

    answers = Counter(_together(THREADS, work))

    (made,) = [answer for answer in answers if answer.startswith("m-")]
    assert answers == {made: 1, f"conflict with {made}": THREADS - 1}


def test_a_client_token_in_many_threads_creates_one_membership(membership_mock: Any) -> None:
    def work(number: int) -> str:
        client = membership_mock.client("security-ir", account=ACCOUNTS[0], region=REGION)
        answer = client.create_membership(
            membershipName="Once", incidentResponseTeam=TEAM, clientToken="the-token"
        )
        return str(answer["membershipId"])

    assert len(set(_together(THREADS, work))) == 1
    client = membership_mock.client("security-ir", account=ACCOUNTS[0], region=REGION)
    assert len(client.list_memberships()["items"]) == 1


def _is_refused(client: Any) -> bool:
    """Try to open a service-managed case, and return whether there is no room for it."""
    try:
        new_case(client, resolverType="AWS")
    except client.exceptions.ServiceQuotaExceededException:
        return True
    return False


def test_quotas_hold_when_many_threads_open_cases(membership_mock: Any) -> None:
    owner = membership_mock.client("security-ir", account=ACCOUNTS[0], region=REGION)
    new_membership(owner)

    def work(number: int) -> int:
        client = membership_mock.client("security-ir", account=ACCOUNTS[0], region=REGION)
        return sum(_is_refused(client) for _ in range(10))

    refused = sum(_together(THREADS, work))

    assert owner.list_cases()["total"] == 50
    assert refused == THREADS * 10 - 50


def test_threads_act_as_different_accounts_with_one_client(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir", region=REGION)
    accounts = [f"{number:012d}" for number in range(1, THREADS + 1)]

    def work(number: int) -> tuple[str, str]:
        with membership_mock.as_account(accounts[number]):
            membership_id = new_membership(client)
            for _ in range(5):
                new_case(client)
            answer = client.get_membership(membershipId=membership_id)
            assert client.list_cases()["total"] == 5
            return accounts[number], str(answer["accountId"])

    for expected, seen in _together(THREADS, work):
        assert seen == expected
