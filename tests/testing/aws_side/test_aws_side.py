"""What AWS does by itself, said by the author of a test, through the mock's public face."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone
from typing import Any

import pytest

from membership_mock import NotRunning, UsageError, mock_membership
from tests.cleanrooms.collaboration_samples import REGION, A, join, new_collaboration
from tests.cleanrooms.query_samples import finish_query, start_query
from tests.samples import new_membership
from tests.securityhub.central_configuration.central import HOME, LINKED, MANAGEMENT, Central


def test_a_finding_metric_that_was_recorded_is_shown(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir", account="111122223333", region="eu-west-1")
    if not hasattr(client, "get_finding_metrics"):
        pytest.skip("the oldest supported boto3 does not have the operation")
    membership = new_membership(client)
    aws = membership_mock.aws_side(account="111122223333", region="eu-west-1")
    aws.record_finding_metrics(membership, date(2026, 3, 9), findings_triaged=3)
    day = datetime(2026, 3, 9, tzinfo=timezone.utc)
    seen = client.get_finding_metrics(membershipId=membership, startDate=day, endDate=day)
    assert seen["findingsTriaged"] == 3


def test_the_account_and_region_of_the_mock_are_the_default() -> None:
    with mock_membership(account=A, region=REGION) as mock:
        client = mock.client("cleanrooms")
        membership = join(client, new_collaboration(client)["id"])
        query = start_query(client, membership["id"])
        mock.aws_side().end_query("TIMED_OUT", protected_query_id=query["id"])
        assert finish_query(client, membership["id"], query["id"])["status"] == "TIMED_OUT"


def test_what_is_no_account_is_refused(membership_mock: Any) -> None:
    with pytest.raises(UsageError, match="is not an account id"):
        membership_mock.aws_side(account="1")


def test_a_mock_that_is_not_running_has_no_side_of_aws() -> None:
    with pytest.raises(NotRunning):
        mock_membership().aws_side()


def test_a_query_ends_as_the_test_says(membership_mock: Any) -> None:
    client = membership_mock.client("cleanrooms", account=A, region=REGION)
    membership = join(client, new_collaboration(client)["id"])
    aws = membership_mock.aws_side(account=A, region=REGION)
    aws.end_query("FAILED", error={"code": "INSUFFICIENT_COMPUTE", "message": "too big"})
    query = start_query(client, membership["id"])
    ended = finish_query(client, membership["id"], query["id"])
    assert ended["status"] == "FAILED"
    assert ended["error"]["code"] == "INSUFFICIENT_COMPUTE"


def test_a_job_that_cannot_end_like_that_is_refused(membership_mock: Any) -> None:
    aws = membership_mock.aws_side(account=A, region=REGION)
    with pytest.raises(UsageError):
        aws.end_job("TIMED_OUT")


# --- configuration policies of Security Hub ---


def messages(central: Central) -> dict[str, tuple[str, str]]:
    listed = central.hub.list_configuration_policy_associations()
    return {
        each["TargetId"]: (each["AssociationStatus"], each["AssociationStatusMessage"])
        for each in listed["ConfigurationPolicyAssociationSummaries"]
    }


def test_a_policy_fails_for_the_account_that_the_test_names(membership_mock: Any) -> None:
    central = Central(membership_mock)
    first, second = (central.account(name, central.prod) for name in ("first", "second"))
    policy = central.policy()
    central.apply(policy, central.prod)
    assert {status for status, _ in messages(central).values()} == {"SUCCESS"}

    aws = membership_mock.aws_side(central.administrator, HOME)
    aws.fail_policy_association(first, "AWS Config is not enabled.")
    seen = messages(central)
    assert seen[first] == ("FAILED", "AWS Config is not enabled.")
    assert seen[second][0] == "SUCCESS"
    children = "One or more children under this target failed association."
    assert seen[central.prod] == ("FAILED", children)

    aws.fail_policy_association(second)
    assert messages(central)[second][1].startswith(
        f"Configuration Policy {policy} couldn't be applied to account {second} in {HOME} Region."
    )
    central.apply(policy, central.prod)
    assert {status for status, _ in messages(central).values()} == {"SUCCESS"}


def test_a_policy_that_governs_nobody_cannot_fail(membership_mock: Any) -> None:
    central = Central(membership_mock)
    account = central.account("first")
    aws = membership_mock.aws_side(central.administrator, HOME)
    with pytest.raises(UsageError, match="start_configuration_policy_association"):
        aws.fail_policy_association(account)
    with pytest.raises(UsageError, match="is not an account of the organization"):
        aws.fail_policy_association(central.root)
    for side in ((MANAGEMENT, HOME), (central.administrator, LINKED)):
        with pytest.raises(UsageError, match=r"\w\. Take .* of the delegated administrator"):
            membership_mock.aws_side(*side).fail_policy_association(account)


@pytest.mark.parametrize("region", ["", 5, b"eu-west-1", "eu-wset-1"])
def test_what_is_no_region_is_refused(membership_mock: Any, region: Any) -> None:
    with pytest.raises(UsageError, match="is not a region"):
        membership_mock.aws_side(region=region)


def test_the_side_of_aws_ends_with_its_mock() -> None:
    with mock_membership() as mock:
        aws = mock.aws_side()
    attempts: list[Callable[[], object]] = [
        lambda: aws.comment("0123456789", "Was it you?"),
        aws.open_case,
        aws.end_query,
        aws.end_job,
        lambda: aws.fail_policy_association("111122223333"),
        lambda: aws.record_finding_metrics("m-0000000000", date(2026, 3, 14)),
    ]
    for attempt in attempts:
        with pytest.raises(NotRunning, match="has ended"):
            attempt()
    with mock_membership():
        for attempt in attempts:
            with pytest.raises(NotRunning, match="has ended"):
                attempt()


@pytest.mark.parametrize(
    "ending",
    [
        {"result": 5},
        {"result": ({"city": city} for city in ["Paris"])},
        {"status": "FAILED", "error": 5},
        {"status": "FAILED", "error": []},
        {"status": "FAILED", "error": {"message": 5}},
        {"protected_query_id": []},
    ],
    ids=["number", "iterator", "error is a number", "error is a list", "message", "id"],
)
def test_what_no_query_ends_in_is_refused(membership_mock: Any, ending: Any) -> None:
    with pytest.raises(UsageError):
        membership_mock.aws_side().end_query(**ending)
    assert "the next" not in str(membership_mock)
