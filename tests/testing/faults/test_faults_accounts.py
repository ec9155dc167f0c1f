"""Accounts that come back unprocessed while others are processed."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config

from membership_mock import UsageError
from tests.samples import new_membership

ONCE = Config(retries={"total_max_attempts": 1})
ADMIN, ONE, TWO, THREE = "111111111111", "222222222222", "333333333333", "444444444444"


@pytest.fixture
def hub(membership_mock: Any) -> Any:
    """A client of an account with a hub in Ireland."""
    client = membership_mock.client("securityhub", account=ADMIN, region="eu-west-1", config=ONCE)
    client.enable_security_hub()
    return client


def details(*accounts: str) -> list[dict[str, str]]:
    return [{"AccountId": account} for account in accounts]


def members(hub: Any) -> list[str]:
    return [each["AccountId"] for each in hub.list_members(OnlyAssociated=False)["Members"]]


def test_named_accounts_are_unprocessed_and_the_others_are_processed(
    membership_mock: Any, hub: Any
) -> None:
    fault = membership_mock.faults.refuse_accounts(
        "securityhub.CreateMembers", [TWO], reason="Busy"
    )
    answer = hub.create_members(AccountDetails=details(ONE, TWO, THREE))
    assert answer["UnprocessedAccounts"] == [{"AccountId": TWO, "ProcessingResult": "Busy"}]
    assert members(hub) == [ONE, THREE]
    assert fault.fired[0].answer == {"UnprocessedAccounts": answer["UnprocessedAccounts"]}
    assert hub.create_members(AccountDetails=details(TWO))["UnprocessedAccounts"] == []
    assert members(hub) == [ONE, THREE, TWO]


def test_refusals_of_the_service_stand_among_them_in_its_order(
    membership_mock: Any, hub: Any
) -> None:
    hub.create_members(AccountDetails=details(ONE))
    membership_mock.faults.refuse_accounts("create_members", [THREE, TWO], reason="Busy")
    answer = hub.create_members(AccountDetails=details(TWO, ONE, THREE, ADMIN))
    refused = [(each["AccountId"], each["ProcessingResult"]) for each in answer["UnprocessedAccounts"]]  # fmt: skip
    assert [account for account, _ in refused] == [TWO, ONE, THREE, ADMIN]
    assert [account for account, why in refused if why == "Busy"] == [TWO, THREE]


@pytest.mark.parametrize(
    "operation",
    [
        "get_members",
        "invite_members",
        "delete_members",
        "decline_invitations",
        "delete_invitations",
    ],
)
def test_every_operation_with_a_list_of_refused_accounts_has_them(
    membership_mock: Any, hub: Any, operation: str
) -> None:
    hub.create_members(AccountDetails=details(ONE))
    membership_mock.faults.refuse_accounts(f"securityhub.{operation}", [ONE])
    answer = getattr(hub, operation)(AccountIds=[ONE])
    assert answer["UnprocessedAccounts"] == [
        {"AccountId": ONE, "ProcessingResult": "The request could not be processed for this account."}
    ]  # fmt: skip
    assert answer.get("Members", []) == []
    assert members(hub) == [ONE]


def test_a_call_that_names_none_of_the_accounts_is_not_hit(membership_mock: Any, hub: Any) -> None:
    fault = membership_mock.faults.refuse_accounts("create_members", [TWO])
    assert hub.create_members(AccountDetails=details(ONE))["UnprocessedAccounts"] == []
    assert fault.remaining == 1
    assert len(hub.create_members(AccountDetails=details(TWO))["UnprocessedAccounts"]) == 1


def test_several_refusals_hit_the_same_call(membership_mock: Any, hub: Any) -> None:
    refuse = membership_mock.faults.refuse_accounts
    refuse("create_members", [ONE], reason="First")
    refuse("create_members", [ONE, TWO], reason="Second")
    answer = hub.create_members(AccountDetails=details(ONE, TWO, THREE))
    assert answer["UnprocessedAccounts"] == [
        {"AccountId": ONE, "ProcessingResult": "First"},
        {"AccountId": TWO, "ProcessingResult": "Second"},
    ]
    assert members(hub) == [THREE]


def test_an_error_comes_before_a_refusal_that_was_injected_later(
    membership_mock: Any, hub: Any
) -> None:
    membership_mock.fail("create_members", "InternalException")
    refusal = membership_mock.faults.refuse_accounts("create_members", [ONE])
    with pytest.raises(hub.exceptions.InternalException):
        hub.create_members(AccountDetails=details(ONE))
    assert refusal.remaining == 1
    assert len(hub.create_members(AccountDetails=details(ONE))["UnprocessedAccounts"]) == 1


def test_what_is_refused_as_a_whole_stays_refused(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, config=ONCE)
    membership_mock.faults.refuse_accounts("create_members", [ONE])
    with pytest.raises(client.exceptions.ClientError, match="BadRequestException"):
        client.create_members(AccountDetails=details(ONE))


def test_a_refusal_can_be_for_one_account_and_region(membership_mock: Any, hub: Any) -> None:
    ohio = membership_mock.client("securityhub", account=ADMIN, region="us-east-2", config=ONCE)
    ohio.enable_security_hub()
    membership_mock.faults.refuse_accounts("create_members", [ONE], region="us-east-2", times=None)
    asked = [each.create_members(AccountDetails=details(ONE)) for each in (hub, ohio, ohio)]
    assert [len(answer["UnprocessedAccounts"]) for answer in asked] == [0, 1, 1]


def test_details_of_accounts_come_back_as_errors(membership_mock: Any) -> None:
    security = membership_mock.client("security-ir", account=ADMIN, config=ONCE)
    membership = new_membership(security)
    membership_mock.faults.refuse_accounts(
        "security-ir.BatchGetMemberAccountDetails", [ONE, THREE], reason="Busy", code="Throttled"
    )
    asked = {"membershipId": membership, "accountIds": [THREE, TWO, ONE]}
    answer = security.batch_get_member_account_details(**asked)
    assert [each["accountId"] for each in answer["items"]] == [TWO]
    assert answer["errors"] == [
        {"accountId": account, "error": "Throttled", "message": "Busy"} for account in (THREE, ONE)
    ]
    answer = security.batch_get_member_account_details(**asked)
    assert (len(answer["items"]), answer["errors"]) == (3, [])


@pytest.mark.parametrize(
    ("operation", "accounts", "others", "said"),
    [
        pytest.param(
            "securityhub.DisassociateMembers",
            [ONE],
            {},
            "securityhub.DisassociateMembers cannot refuse single accounts; these operations can:"
            " securityhub.CreateMembers, .*security-ir.BatchGetMemberAccountDetails",
            id="no list",
        ),
        pytest.param("securityhub.*Members", [ONE], {}, "DisassociateMembers", id="pattern"),
        pytest.param("create_members", ONE, {}, "a list of account ids", id="text"),
        pytest.param("create_members", [], {}, "at least one", id="none"),
        pytest.param("create_members", ["1234"], {}, "not an account id", id="no account"),
        pytest.param("create_members", [ONE], {"code": "X"}, "leave `code` out", id="code"),
    ],
)
def test_what_cannot_be_refused_is_a_usage_error(
    membership_mock: Any, operation: str, accounts: Any, others: Any, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        membership_mock.faults.refuse_accounts(operation, accounts, **others)
    assert len(membership_mock.faults) == 0


@pytest.mark.parametrize(
    "wrong", [{"accounts": 7}, {"accounts": iter(["222222222222"])}, {"reason": 7}]
)
def test_what_is_no_list_or_no_text_is_a_usage_error(
    membership_mock: Any, wrong: dict[str, Any]
) -> None:
    with pytest.raises(UsageError):
        membership_mock.faults.refuse_accounts(
            **{"operation": "securityhub.CreateMembers", "accounts": ["222222222222"]} | wrong
        )
