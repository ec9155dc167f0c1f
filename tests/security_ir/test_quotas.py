"""The quotas on cases."""

from datetime import timedelta

import pytest

from tests.security_ir.scenes import START, member_client, new_case


def new_cases(client, count, resolver="Self"):
    return [new_case(client, resolver) for _ in range(count)]


def exceeded(client, call):
    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as refused:
        call()
    response = refused.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert response["serviceCode"] == "security-ir"
    (active,) = (
        item["membershipId"]
        for item in client.list_memberships()["items"]
        if item["membershipStatus"] == "Active"
    )
    assert (response["resourceId"], response["resourceType"]) == (active, "Membership")
    return response["quotaCode"]


def test_create_case_refuses_the_101st_active_self_managed_case(security_ir):
    new_cases(security_ir, 100)
    assert exceeded(security_ir, lambda: new_case(security_ir)) == "L-87F7FF63"
    assert security_ir.list_cases()["total"] == 100


def test_create_case_refuses_the_51st_active_service_managed_case(security_ir):
    new_cases(security_ir, 50, "AWS")
    assert exceeded(security_ir, lambda: new_case(security_ir, "AWS")) == "L-A44E2290"


def test_create_case_counts_the_two_resolvers_apart(security_ir):
    new_cases(security_ir, 50, "AWS")
    assert new_case(security_ir)


def test_create_case_works_again_when_a_self_managed_case_is_closed(security_ir):
    first, *_ = new_cases(security_ir, 100)
    security_ir.close_case(caseId=first)
    assert new_case(security_ir)


def test_create_case_refuses_the_51st_service_managed_case_of_a_day(security_ir, clock):
    for case_id in new_cases(security_ir, 50, "AWS"):
        security_ir.close_case(caseId=case_id)
    clock.tick(timedelta(days=1, seconds=-1))
    assert exceeded(security_ir, lambda: new_case(security_ir, "AWS")) == "L-5052B1EE"


def test_create_case_looks_back_one_day(security_ir, clock):
    for case_id in new_cases(security_ir, 50, "AWS"):
        security_ir.close_case(caseId=case_id)
    clock.tick(timedelta(days=1))
    assert new_case(security_ir, "AWS")


def test_create_case_counts_each_account_and_region_apart(membership_mock, security_ir):
    new_cases(security_ir, 50, "AWS")
    other = member_client(membership_mock, account="222222222222", region="us-east-1")
    assert new_case(other, "AWS")


def test_create_case_does_not_count_active_cases_of_an_earlier_membership(
    membership_mock, security_ir
):
    new_cases(security_ir, 100)
    membership_id = security_ir.list_memberships()["items"][0]["membershipId"]
    security_ir.cancel_membership(membershipId=membership_id)
    assert new_case(member_client(membership_mock))


def test_create_case_counts_the_day_across_memberships(membership_mock, security_ir):
    new_cases(security_ir, 50, "AWS")
    membership_id = security_ir.list_memberships()["items"][0]["membershipId"]
    security_ir.cancel_membership(membershipId=membership_id)
    again = member_client(membership_mock)
    assert exceeded(again, lambda: new_case(again, "AWS")) == "L-5052B1EE"


@pytest.fixture
def unanswered(membership_mock, security_ir):
    """Take the only place of a service-managed case with one that AWS opens and nobody answers."""
    membership_id = security_ir.list_memberships()["items"][0]["membershipId"]
    triage = [{"featureName": "Triage", "isEnabled": True}]
    security_ir.update_membership(membershipId=membership_id, optInFeatures=triage)
    membership_mock.quotas.set("security-ir", "active_service_managed_cases", 1)
    return membership_mock.aws_side("111111111111", "eu-west-1").open_case()


def test_create_case_counts_a_case_that_awaits_an_answer(security_ir, clock, unanswered):
    clock.tick(timedelta(days=5, seconds=-1))
    assert exceeded(security_ir, lambda: new_case(security_ir, "AWS")) == "L-A44E2290"
    assert security_ir.get_case(caseId=unanswered)["caseStatus"] == "Submitted"


def test_create_case_does_not_count_a_case_that_nobody_answered(security_ir, clock, unanswered):
    # without a look at that case, and with a clock that does not tell the mock that it moves
    clock.tick(timedelta(days=6))
    assert new_case(security_ir, "AWS")
    case = security_ir.get_case(caseId=unanswered)
    assert (case["caseStatus"], case["closedDate"]) == ("Closed", START + timedelta(days=5))


def test_update_resolver_type_does_not_count_a_case_that_nobody_answered(
    security_ir, clock, unanswered
):
    case_id = new_case(security_ir)
    clock.tick(timedelta(days=6))
    security_ir.update_resolver_type(caseId=case_id, resolverType="AWS")
    assert security_ir.get_case(caseId=unanswered)["caseStatus"] == "Closed"


def test_update_resolver_type_needs_room_for_a_service_managed_case(security_ir):
    new_cases(security_ir, 50, "AWS")
    case_id = new_case(security_ir)

    def convert():
        security_ir.update_resolver_type(caseId=case_id, resolverType="AWS")

    assert exceeded(security_ir, convert) == "L-A44E2290"
    assert security_ir.get_case(caseId=case_id)["resolverType"] == "Self"


def test_update_resolver_type_counts_as_a_service_managed_case_of_the_day(security_ir):
    for case_id in new_cases(security_ir, 50):
        security_ir.update_resolver_type(caseId=case_id, resolverType="AWS")
        security_ir.close_case(caseId=case_id)
    assert exceeded(security_ir, lambda: new_case(security_ir, "AWS")) == "L-5052B1EE"


def test_update_resolver_type_gives_room_for_a_self_managed_case(security_ir):
    first, *_ = new_cases(security_ir, 100)
    security_ir.update_resolver_type(caseId=first, resolverType="AWS")
    assert new_case(security_ir)


def test_a_case_that_is_refused_does_not_close_a_case_that_nobody_answered(
    membership_mock, security_ir, clock, unanswered
):
    clock.tick(timedelta(days=6))
    membership_mock.quotas.set("security-ir", "service_managed_cases_per_day", 0)
    before = membership_mock.dump(), len(membership_mock.events)
    assert exceeded(security_ir, lambda: new_case(security_ir, "AWS")) == "L-5052B1EE"
    assert (membership_mock.dump(), len(membership_mock.events)) == before
