"""Canned answers: which calls they are for, in which order, and what they tell of themselves."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from membership_mock import (
    Answer,
    Answers,
    NotRunning,
    OperationNotMocked,
    UnusedPlan,
    UsageError,
    mock_membership,
)
from membership_mock.services import SERVICES

ONCE = Config(retries={"total_max_attempts": 1})
ADMIN, OTHER = "111111111111", "222222222222"


def caller(name: str) -> dict[str, str]:
    return {"Account": ADMIN, "UserId": "AIDA", "Arn": f"arn:aws:iam::{ADMIN}:user/{name}"}


def names(mock: Any, count: int, **others: Any) -> list[str]:
    """Return the last parts of the ARNs that some calls get."""
    sts = mock.client("sts", config=ONCE, **others)
    return [sts.get_caller_identity()["Arn"].rpartition("/")[2] for _ in range(count)]


# --- a value, a sequence, a function ---


def test_a_value_answers_every_call(membership_mock: Any) -> None:
    answer = membership_mock.answer("sts.GetCallerIdentity", caller("ana"))
    assert names(membership_mock, 3) == ["ana"] * 3
    assert (len(answer.used), answer.remaining) == (3, None)
    (first, *_) = answer.used
    assert first.answer == caller("ana")
    assert first.request_id
    assert membership_mock.passed_through() == {"sts.GetCallerIdentity": 3}


def test_a_value_answers_some_calls_and_the_mock_the_others(membership_mock: Any) -> None:
    answer = membership_mock.answer("sts.GetCallerIdentity", caller("ana"), times=2)
    assert names(membership_mock, 3) == ["ana", "ana", "moto"]
    assert (len(answer.used), answer.remaining) == (2, 0)


def test_a_list_answers_one_call_each(membership_mock: Any) -> None:
    membership_mock.answer("sts.GetCallerIdentity", caller("always"))
    membership_mock.answer("sts.GetCallerIdentity", [caller("one"), lambda _: caller("two")])
    assert names(membership_mock, 3) == ["one", "two", "always"]


def test_pages_are_followed_by_a_paginator(membership_mock: Any) -> None:
    pages = [
        {"Accounts": [{"Id": ADMIN}], "NextToken": "more"},
        {"Accounts": [{"Id": OTHER}]},
    ]
    membership_mock.answer("organizations.ListAccounts", pages)
    walk = membership_mock.client("organizations").get_paginator("list_accounts").paginate()
    assert [each["Id"] for page in walk for each in page["Accounts"]] == [ADMIN, OTHER]
    membership_mock.calls.assert_called("organizations.*", parameters={"NextToken": "more"})


def test_a_function_sees_the_call_and_may_leave_it_to_the_mock(membership_mock: Any) -> None:
    def of_known_accounts(call: Any) -> dict[str, str] | None:
        if call.account != OTHER:
            return None
        return {**caller("bo"), "Account": call.account}

    answer = membership_mock.answer("sts.GetCallerIdentity", of_known_accounts, times=1)
    assert names(membership_mock, 1) == ["moto"]
    assert answer.remaining == 1
    assert names(membership_mock, 2, account=OTHER) == ["bo", "moto"]
    assert len(answer.used) == 1


def test_a_function_that_passes_leaves_the_call_to_the_next_answer(membership_mock: Any) -> None:
    membership_mock.answer("sts.GetCallerIdentity", caller("default"))
    membership_mock.answer("sts.GetCallerIdentity", lambda _: None, times=1)
    assert names(membership_mock, 1) == ["default"]
    membership_mock.answers.clear()


def test_a_function_may_raise_an_error_of_the_service(membership_mock: Any) -> None:
    def refuse(_: Any) -> dict[str, Any]:
        details = {"Error": {"Code": "AccessDenied", "Message": "Not you"}}
        raise ClientError(details, "GetCallerIdentity")

    membership_mock.answer("sts.GetCallerIdentity", refuse)
    with pytest.raises(ClientError, match="Not you") as caught:
        names(membership_mock, 1)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert membership_mock.calls[-1].error_code == "AccessDenied"


def test_errors_stand_in_a_list_like_other_answers(membership_mock: Any) -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "Not you"}}, "AssumeRole")
    lost = ReadTimeoutError(endpoint_url="https://sts.amazonaws.com")
    membership_mock.answer("sts.GetCallerIdentity", [denied, lost, caller("ana")])
    sts = membership_mock.client("sts", config=ONCE)
    with pytest.raises(ClientError, match=r"AccessDenied.*Not you"):
        sts.get_caller_identity()
    with pytest.raises(ReadTimeoutError):
        sts.get_caller_identity()
    assert names(membership_mock, 1) == ["ana"]
    assert [call.error_code for call in membership_mock.calls] == [
        "AccessDenied",
        "ReadTimeoutError",
        None,
    ]


def test_a_function_may_raise_an_error_of_the_connection(membership_mock: Any) -> None:
    def lose(call: Any) -> Any:
        raise ConnectTimeoutError(endpoint_url=call.region)

    membership_mock.answer("sts.GetCallerIdentity", lose, times=1)
    with pytest.raises(ConnectTimeoutError, match="us-east-1"):
        membership_mock.client("sts", config=ONCE).get_caller_identity()


def test_a_list_that_is_not_used_up_is_reported() -> None:
    said = "the first 1 of its 2 answers, and no other"
    with pytest.raises(UnusedPlan, match=said), mock_membership(unused_plans="error") as mock:
        mock.answer("sts.GetCallerIdentity", [caller("ana"), caller("bo")])
        names(mock, 1)
    with mock_membership(unused_plans="error") as mock:
        mock.answer("sts.GetCallerIdentity", [caller("ana"), caller("bo")])
        names(mock, 2)


def test_what_a_function_gets_wrong_is_a_usage_error(membership_mock: Any) -> None:
    def wrong_name(_: Any) -> dict[str, Any]:
        return {"Acount": ADMIN}

    def fails(call: Any) -> dict[str, Any]:
        return call.parameters["None"]

    wrong = (
        (wrong_name, r"function wrong_name of mock\.answer: .* 'Acount'; nearest: 'Account'"),
        (lambda _: "text", "mapping of its members by API names, not 'text'"),
        (fails, r"function fails .* has raised KeyError: 'None'\n"),
    )
    for function, said in wrong:
        answer = membership_mock.answer("sts.GetCallerIdentity", function)
        with pytest.raises(UsageError, match=said):
            names(membership_mock, 1)
        answer.cancel()


# --- which operations ---


def test_an_operation_of_ours_is_overridden(membership_mock: Any) -> None:
    hub = membership_mock.client("securityhub", account=ADMIN, region="eu-west-1", config=ONCE)
    hub.enable_security_hub()
    member = {"AccountId": OTHER, "MemberStatus": "Enabled"}
    with membership_mock.answer("securityhub.ListMembers", {"Members": [member]}):
        assert hub.list_members()["Members"] == [member]
    assert hub.list_members()["Members"] == []
    first, second = membership_mock.calls.filter("securityhub.ListMembers")
    assert (first.answer, second.answer) == ({"Members": [member]}, {"Members": []})


def test_a_call_of_ours_is_validated_before_it_is_answered(membership_mock: Any) -> None:
    membership_mock.answer("securityhub.GetMembers", {"Members": []})
    client = membership_mock.client(
        "securityhub", config=ONCE.merge(Config(parameter_validation=False))
    )
    with pytest.raises(ClientError, match="InvalidInputException"):
        client.get_members()
    assert client.get_members(AccountIds=[ADMIN])["Members"] == []


def test_an_operation_that_is_not_mocked_is_answered(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # every operation is mocked: AWS may add one at any time
    monkeypatch.delitem(SERVICES["securityhub"].handlers, "GetInsights")
    hub = membership_mock.client("securityhub", config=ONCE)
    with pytest.raises(
        OperationNotMocked, match=r"mock\.answer\('securityhub\.GetInsights', {…}\)"
    ) as caught:
        hub.get_insights()
    assert "python -m membership_mock docs unmocked-operations" in str(caught.value)
    insight = {"InsightArn": "arn", "Name": "n", "Filters": {}, "GroupByAttribute": "Id"}
    with membership_mock.answer("securityhub.GetInsights", {"Insights": [insight]}):
        assert hub.get_insights(MaxResults=3)["Insights"] == [insight]
    membership_mock.calls.assert_called("get_insights", parameters={"MaxResults": 3})
    membership_mock.fail("securityhub.GetInsights", "LimitExceededException")
    with pytest.raises(hub.exceptions.LimitExceededException):
        hub.get_insights()


def test_a_service_that_moto_lacks_is_answered(membership_mock: Any) -> None:
    membership_mock.answer("voice-id.ListDomains", {"DomainSummaries": [{"Name": "first"}]})
    domains = membership_mock.client("voice-id").list_domains()["DomainSummaries"]
    assert domains == [{"Name": "first"}]
    membership_mock.calls.assert_called("voice-id.ListDomains", times=1)


def test_the_calls_of_any_client_are_answered() -> None:
    before = boto3.client("sts", region_name="us-east-1")
    with mock_membership() as mock:
        mock.answer("sts.GetCallerIdentity", caller("ana"))
        assert before.get_caller_identity()["UserId"] == "AIDA"
        assert boto3.client("sts").get_caller_identity()["UserId"] == "AIDA"


# --- which calls, and which answer ---


def test_account_region_parameters_and_where_choose_the_calls(membership_mock: Any) -> None:
    place = {"Bucket": "reports", "Key": "one"}
    membership_mock.answer("s3.GetObject", {"Body": b"1"}, parameters=place)
    membership_mock.answer(
        "s3.GetObject",
        {"Body": "2"},
        region="eu-west-1",
        where=lambda call: call.parameters["Key"].startswith("two"),
    )
    membership_mock.answer("s3.GetObject", {"Body": b"3"}, account=OTHER, parameters={"Key": "x"})

    def get(key: str, **others: Any) -> bytes:
        s3 = membership_mock.client("s3", config=ONCE, **others)
        return s3.get_object(Bucket="reports", Key=key)["Body"].read()

    assert get("one") == b"1"
    assert get("one") == b"1"  # each call gets a stream of its own
    assert get("two", region="eu-west-1") == b"2"
    assert get("x", account=OTHER) == b"3"
    for others in ({"key": "two"}, {"key": "x"}, {"key": "one-more"}):
        with pytest.raises(ClientError, match="NoSuchBucket"):
            get(**others)


def test_answers_for_some_calls_go_before_and_the_latest_of_the_others_counts(
    membership_mock: Any,
) -> None:
    membership_mock.answer("sts.GetCallerIdentity", caller("first"), times=1)
    membership_mock.answer("sts.GetCallerIdentity", caller("fixture"))
    membership_mock.answer("sts.GetCallerIdentity", caller("second"), times=1)
    with membership_mock.answer("sts.GetCallerIdentity", caller("test")):
        assert names(membership_mock, 3) == ["first", "second", "test"]
    assert names(membership_mock, 1) == ["fixture"]


def test_faults_go_before_answers(membership_mock: Any) -> None:
    answer = membership_mock.answer("sts.GetCallerIdentity", caller("ana"))
    membership_mock.fail("sts.GetCallerIdentity", "Throttling")
    with pytest.raises(ClientError, match="Throttling"):
        names(membership_mock, 1)
    assert len(answer.used) == 0
    membership_mock.fail("sts.GetCallerIdentity", "ReadTimeoutError", after=True)
    with pytest.raises(ReadTimeoutError):
        names(membership_mock, 1)
    assert len(answer.used) == 1
    assert names(membership_mock, 1) == ["ana"]


def test_a_list_is_used_up_once_by_many_threads(membership_mock: Any) -> None:
    many = [caller(f"{number}") for number in range(20)]
    answer = membership_mock.answer("sts.GetCallerIdentity", many)

    def ask(_: int) -> list[str]:
        return names(membership_mock, 5)

    with ThreadPoolExecutor(4) as pool:
        found = [name for part in pool.map(ask, range(5)) for name in part]
    assert sorted(found) == sorted([*map(str, range(20)), *["moto"] * 5])
    assert answer.remaining == 0


def test_what_a_test_changes_afterwards_changes_no_answer(membership_mock: Any) -> None:
    given = {"Accounts": [{"Id": ADMIN}]}
    membership_mock.answer("organizations.ListAccounts", given)
    given["Accounts"].append({"Id": OTHER})
    client = membership_mock.client("organizations")
    assert client.list_accounts()["Accounts"] == [{"Id": ADMIN}]


# --- their life ---


def test_answers_are_withdrawn_one_by_one_or_together(membership_mock: Any) -> None:
    one = membership_mock.answer("sts.GetCallerIdentity", caller("one"))
    two = membership_mock.answer("sts.GetCallerIdentity", caller("two"))
    answers = membership_mock.answers
    assert isinstance(answers, Answers)
    assert isinstance(one, Answer)
    assert (len(answers), answers[0], answers[1:]) == (2, one, [two])
    two.cancel()
    assert names(membership_mock, 1) == ["one"]
    assert repr(one) == "<Answer: sts.GetCallerIdentity answers, always; used once>"
    assert repr(two) == "<Answer: sts.GetCallerIdentity answers, always; not used, over>"
    assert repr(answers).count("\n") == 1
    answers.clear()
    assert names(membership_mock, 1) == ["moto"]
    assert repr(answers) == "no canned answers"


def test_snapshots_leave_answers_alone_and_a_reset_drops_them(membership_mock: Any) -> None:
    membership_mock.answer("sts.GetCallerIdentity", caller("ana"))
    before = membership_mock.snapshot()
    membership_mock.restore(before)
    assert names(membership_mock, 1) == ["ana"]
    answers = membership_mock.answers
    membership_mock.reset()
    assert names(membership_mock, 1) == ["moto"]
    with pytest.raises(NotRunning, match="ended or was reset"):
        answers.give("sts.GetCallerIdentity", caller("bo"))


def test_an_answer_changes_nothing_in_the_world(membership_mock: Any) -> None:
    hub = membership_mock.client("securityhub", config=ONCE)
    hub.enable_security_hub()
    before = membership_mock.dump()
    membership_mock.answer("securityhub.CreateMembers", {"UnprocessedAccounts": []})
    hub.create_members(AccountDetails=[{"AccountId": OTHER}])
    assert membership_mock.dump() == before


def test_an_unused_answer_is_reported_with_the_calls_that_came_nearest() -> None:
    said = "One canned answer was never used:\n"
    with pytest.warns(UserWarning, match=said) as caught, mock_membership() as mock:
        mock.answer("sts.GetCallerIdentity", caller("ana"), account=OTHER)
        names(mock, 1)
    assert "<Answer: sts.GetCallerIdentity answers for 222222222222, always; not used>" in str(
        caught[0].message
    )
    assert "[from 123456789012, not 222222222222]" in str(caught[0].message)
    several = pytest.raises(UnusedPlan, match="2 canned answers were never used")
    with several, mock_membership(unused_plans="error") as mock:
        for _ in range(2):
            mock.answer("sts.GetCallerIdentity", caller("ana"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with mock_membership(unused_plans="ignore") as mock:
            mock.answer("sts.GetCallerIdentity", caller("ana"))
        with mock_membership() as mock:
            mock.answer("sts.GetCallerIdentity", caller("ana")).cancel()


def test_all_answers_can_be_asked_for_in_the_test(membership_mock: Any) -> None:
    answer = membership_mock.answer("sts.GetCallerIdentity", caller("ana"))
    with pytest.raises(UnusedPlan, match="never used"):
        membership_mock.answers.assert_all_used()
    assert membership_mock.answers.unused == [answer]
    names(membership_mock, 1)
    membership_mock.answers.assert_all_used()


# --- misuse ---


def no_call() -> dict[str, Any]:
    return {}


async def coroutine(_: Any) -> dict[str, Any]:
    return {}


def test_a_function_may_wait_for_a_thread_that_calls_the_same_service(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region="eu-west-1")
    client.enable_security_hub()
    seen: list[str] = []

    def answer(call: Any) -> dict[str, Any]:
        thread = threading.Thread(target=lambda: seen.append(client.describe_hub()["HubArn"]))
        thread.start()
        thread.join(30)
        return {"Members": []}

    membership_mock.answer("securityhub.ListMembers", answer)
    assert client.list_members()["Members"] == []
    assert len(seen) == 1
    assert [call.operation for call in membership_mock.calls[-2:]] == ["DescribeHub", "ListMembers"]


def test_calls_go_on_after_a_function_that_has_raised(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region="eu-west-1")

    def answer(call: Any) -> dict[str, Any]:
        raise error("InvalidInputException")

    membership_mock.answer("securityhub.ListMembers", answer, times=1)
    with pytest.raises(ClientError, match="InvalidInputException"):
        client.list_members()
    client.enable_security_hub()
    assert client.list_members()["Members"] == []


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "GetCallerIdentity")


@pytest.mark.parametrize(
    ("operation", "answer", "options", "said"),
    [
        ("sts.*", {}, {}, "for one operation, not for 'sts.*'"),
        ("ListMembers", {}, {}, "Several services have 'ListMembers': name one"),
        ("GetCallerIdentity", {}, {}, "Name that of another service with it"),
        ("sts.GetCallerIdentty", {}, {}, "nearest: 'GetCallerIdentity'"),
        ("sts.GetCallerIdentity", "text", {}, "a mapping of its members by API names"),
        ("sts.GetCallerIdentity", None, {}, "not None"),
        ("sts.GetCallerIdentity", no_call, {}, "does not take one argument: write `lambda call"),
        ("sts.GetCallerIdentity", coroutine, {}, "coroutine: nothing would await it"),
        ("sts.GetCallerIdentity", ValueError("x"), {}, "A call cannot end in ValueError"),
        ("sts.GetCallerIdentity", error("AcessDenied"), {}, "nearest: 'AccessDenied'"),
        ("sts.GetCallerIdentity", [], {}, "sequence of answers .* is empty"),
        ("sts.GetCallerIdentity", [{}], {"times": 2}, "as many calls as it has entries"),
        ("sts.GetCallerIdentity", {}, {"times": 0}, "times is a positive number"),
        ("sts.GetCallerIdentity", {}, {"parameters": {"Id": 1}}, "has no parameter 'Id'"),
        ("sts.GetCallerIdentity", {}, {"where": True}, "where is a function of a call"),
        ("sts.GetCallerIdentity", {}, {"account": "1"}, "12 digits"),
        ("bedrock-runtime.ConverseStream", {}, {}, "stream of events"),
    ],
)
def test_an_answer_that_cannot_be_is_a_usage_error(
    membership_mock: Any, operation: str, answer: Any, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said.replace("*'", r"\*'")):
        membership_mock.answer(operation, answer, **options)
    assert len(membership_mock.answers) == 0


def test_an_unknown_argument_names_the_nearest(membership_mock: Any) -> None:
    with pytest.raises(TypeError, match=r"answer\(\) has no argument 'accont'; nearest: 'account'"):
        membership_mock.answer("sts.GetCallerIdentity", {}, accont=ADMIN)
