"""Access budgets: every use of a table counts, for the period and for the lifetime."""

from datetime import datetime, timedelta, timezone

import pytest

from tests.cleanrooms.collaboration_samples import A, B, refusal
from tests.cleanrooms.privacy_samples import (
    access_budgets,
    access_left,
    access_template,
    budget,
    run,
)
from tests.cleanrooms.query_samples import get_query, start_query
from tests.cleanrooms.table_samples import add_rule, associate, new_table, ready_table

USE = "SELECT city FROM orders"


def day(number, hour=0, month=3):
    """Return an hour of a day of March 2030, whose Sundays are the 3rd, 10th, 17th, …."""
    return datetime(2030, month, number, hour, tzinfo=timezone.utc)


@pytest.fixture
def table(b, memberships):
    """A table of B that A may query."""
    return ready_table(b, memberships[B], A)


def update(client, membership_id, template, *budgets):
    return client.update_privacy_budget_template(
        membershipIdentifier=membership_id,
        privacyBudgetTemplateIdentifier=template["id"],
        privacyBudgetType="ACCESS_BUDGET",
        parameters={"accessBudget": {"budgetParameters": list(map(budget, budgets))}},
    )["privacyBudgetTemplate"]


def details(client, collaboration_id):
    (found,) = access_budgets(client, collaboration_id)
    return found["budget"]["accessBudget"]["details"]


@pytest.mark.newest_model  # older models have no retry
def test_each_query_takes_one_of_every_parameter(a, b, collaboration_id, memberships, table):
    access_template(b, memberships[B], table["arn"], ("WEEK", 2), ("LIFETIME", 3))
    assert access_left(a, collaboration_id) == {"CALENDAR_WEEK": 2, "LIFETIME": 3, "all": 2}
    sql = "SELECT x.city FROM orders x JOIN ORDERS y ON true"
    assert run(a, memberships[A], sql)["status"] == "SUCCESS"
    assert access_left(a, collaboration_id) == {"CALENDAR_WEEK": 1, "LIFETIME": 2, "all": 1}
    assert run(a, memberships[A], USE)["status"] == "SUCCESS"
    failed = run(a, memberships[A], USE)
    assert failed["status"] == "FAILED"
    assert failed["error"] == {
        "message": "Table orders has no access budget remaining.",
        "code": "INVALID_RESOURCE",
        "retry": {"retryable": False},
    }
    assert access_left(b, collaboration_id) == {"CALENDAR_WEEK": 0, "LIFETIME": 1, "all": 0}


def test_the_table_stays_ready_without_budget(a, b, collaboration_id, memberships, table):
    access_template(b, memberships[B], table["arn"], ("LIFETIME", 0))
    schema = a.get_schema(collaborationIdentifier=collaboration_id, name="orders")["schema"]
    assert [each["status"] for each in schema["schemaStatusDetails"]] == ["READY"]
    assert run(a, memberships[A], USE)["status"] == "FAILED"


def test_other_tables_are_unlimited_and_a_failed_query_takes_nothing(
    a, b, collaboration_id, memberships, table
):
    other = ready_table(b, memberships[B], A, name="other")
    access_template(b, memberships[B], table["arn"], ("LIFETIME", 5))
    access_template(b, memberships[B], other["arn"], ("DAY", 0))
    assert run(a, memberships[A], "SELECT city FROM orders, other")["status"] == "FAILED"
    assert [
        each["budget"]["accessBudget"]["aggregateRemainingBudget"]
        for each in access_budgets(a, collaboration_id)
    ] == [5, 0]
    ready_table(b, memberships[B], A, name="third")
    assert run(a, memberships[A], "SELECT city FROM third")["status"] == "SUCCESS"


def test_a_query_takes_when_it_starts_and_gives_nothing_back(
    a, b, collaboration_id, memberships, table
):
    access_template(b, memberships[B], table["arn"], ("LIFETIME", 5))
    query = start_query(a, memberships[A])
    assert access_left(a, collaboration_id)["all"] == 5
    get_query(a, memberships[A], query["id"])
    assert access_left(a, collaboration_id)["all"] == 4
    a.update_protected_query(
        membershipIdentifier=memberships[A],
        protectedQueryIdentifier=query["id"],
        targetStatus="CANCELLED",
    )
    assert get_query(a, memberships[A], query["id"])["status"] == "CANCELLED"
    assert access_left(a, collaboration_id)["all"] == 4


def test_the_owners_own_queries_count_too(a, collaboration_id, memberships):
    own = ready_table(a, memberships[A], A)
    access_template(a, memberships[A], own["arn"], ("LIFETIME", 1))
    run(a, memberships[A], USE)
    assert access_left(a, collaboration_id)["all"] == 0


# --- periods ---


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        ("DAY", day(20), day(21)),
        ("WEEK", day(17), day(24)),
        ("MONTH", day(1), day(1, month=4)),
    ],
)
def test_a_period_is_one_of_the_calendar_in_utc(
    membership_mock, a, b, collaboration_id, memberships, table, kind, start, end
):
    clock = membership_mock.clock
    clock.freeze(day(20, 15))
    access_template(b, memberships[B], table["arn"], (kind, 4))
    run(a, memberships[A], USE)
    (detail,) = details(a, collaboration_id)
    assert detail == {
        "startTime": start,
        "endTime": end,
        "remainingBudget": 3,
        "budget": 4,
        "budgetType": f"CALENDAR_{kind}",
        "autoRefresh": "ENABLED",
    }
    clock.freeze(end - timedelta(seconds=1))
    assert details(a, collaboration_id) == [detail]
    clock.freeze(end)
    (fresh,) = details(a, collaboration_id)
    assert (fresh["startTime"], fresh["remainingBudget"]) == (end, 4)


def test_a_lifetime_begins_with_the_template_and_has_no_end(
    membership_mock, a, b, collaboration_id, memberships, table
):
    template = access_template(b, memberships[B], table["arn"], ("LIFETIME", 4))
    run(a, memberships[A], USE)
    membership_mock.clock.advance(timedelta(days=1000))
    assert details(a, collaboration_id) == [
        {
            "startTime": template["createTime"],
            "remainingBudget": 3,
            "budget": 4,
            "budgetType": "LIFETIME",
        }
    ]


def test_a_period_is_refreshed_until_the_lifetime_is_used_up(
    membership_mock, a, b, collaboration_id, memberships, table
):
    clock = membership_mock.clock
    clock.freeze(day(20))
    access_template(b, memberships[B], table["arn"], ("WEEK", 2), ("LIFETIME", 3))
    (before,) = access_budgets(a, collaboration_id)
    for _ in range(2):
        run(a, memberships[A], USE)
    clock.freeze(day(24))
    assert access_left(a, collaboration_id) == {"CALENDAR_WEEK": 2, "LIFETIME": 1, "all": 1}
    assert run(a, memberships[A], USE)["status"] == "SUCCESS"
    assert run(a, memberships[A], USE)["status"] == "FAILED"
    (after,) = access_budgets(a, collaboration_id)
    assert after["id"] == before["id"]
    assert after["createTime"] == before["createTime"]
    assert after["updateTime"] == day(24)


def test_without_refresh_a_period_waits_for_an_update(
    membership_mock, a, b, collaboration_id, memberships, table
):
    clock = membership_mock.clock
    clock.freeze(day(20, 9))
    template = access_template(b, memberships[B], table["arn"], ("DAY", 2, "DISABLED"))
    run(a, memberships[A], USE)
    before = details(a, collaboration_id)
    update(b, memberships[B], template, ("DAY", 2, "DISABLED"))
    assert details(a, collaboration_id) == before
    clock.freeze(day(22, 9))
    assert details(a, collaboration_id) == before
    update(b, memberships[B], template, ("DAY", 2, "DISABLED"))
    (fresh,) = details(a, collaboration_id)
    assert (fresh["startTime"], fresh["remainingBudget"]) == (day(22), 2)


def test_an_update_keeps_what_was_used_of_a_type_that_stays(
    a, b, collaboration_id, memberships, table
):
    template = access_template(b, memberships[B], table["arn"], ("WEEK", 5), ("LIFETIME", 9))
    for _ in range(3):
        run(a, memberships[A], USE)
    shown = update(b, memberships[B], template, ("LIFETIME", 7), ("MONTH", 4, "DISABLED"))
    assert shown["parameters"]["accessBudget"] == {
        "resourceArn": table["arn"],
        "budgetParameters": [
            {"type": "LIFETIME", "budget": 7},
            {"type": "CALENDAR_MONTH", "budget": 4, "autoRefresh": "DISABLED"},
        ],
    }
    assert access_left(a, collaboration_id) == {"LIFETIME": 4, "CALENDAR_MONTH": 4, "all": 4}
    update(b, memberships[B], template, ("LIFETIME", 2))
    assert access_left(a, collaboration_id) == {"LIFETIME": 0, "all": 0}


# --- what a budget may be, and who has it ---


@pytest.mark.parametrize(
    "budgets",
    [
        [("DAY", 1), ("WEEK", 2)],
        [("LIFETIME", 1), ("LIFETIME", 2)],
        [("DAY", 1), ("DAY", 2)],
        [("LIFETIME", 1, "ENABLED")],
    ],
)
def test_parameters_have_to_go_together(b, memberships, table, budgets):
    answer = refusal(access_template, b, memberships[B], table["arn"], *budgets)
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["reason"] == "INVALID_CONFIGURATION"
    template = access_template(b, memberships[B], table["arn"], ("DAY", 1))
    answer = refusal(update, b, memberships[B], template, *budgets)
    assert answer["reason"] == "INVALID_CONFIGURATION"


def test_a_table_has_one_access_budget(b, memberships, table):
    template = access_template(b, memberships[B], table["arn"], ("DAY", 1))
    answer = refusal(access_template, b, memberships[B], table["arn"], ("WEEK", 1))
    assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "ALREADY_EXISTS")
    assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", template["id"])


def test_an_access_budget_is_for_a_table_of_ones_own(a, b, memberships, table):
    for client, mid, arn in (
        (a, memberships[A], table["arn"]),
        (b, memberships[B], table["arn"].replace(table["id"], memberships[A])),
    ):
        answer = refusal(access_template, client, mid, arn, ("DAY", 1))
        assert answer["Error"]["Code"] == "ResourceNotFoundException"
        assert answer["resourceType"] == "CONFIGURED_TABLE_ASSOCIATION"
        assert arn in answer["Error"]["Message"]


def test_a_table_without_its_budget_is_unlimited(a, b, collaboration_id, memberships, table):
    template = access_template(b, memberships[B], table["arn"], ("LIFETIME", 0))
    assert run(a, memberships[A], USE)["status"] == "FAILED"
    b.delete_privacy_budget_template(
        membershipIdentifier=memberships[B], privacyBudgetTemplateIdentifier=template["id"]
    )
    assert access_budgets(a, collaboration_id) == []
    assert run(a, memberships[A], USE)["status"] == "SUCCESS"


def test_an_access_budget_goes_with_its_table(a, b, collaboration_id, memberships, table):
    template = access_template(b, memberships[B], table["arn"], ("LIFETIME", 5))
    b.delete_configured_table_association(
        membershipIdentifier=memberships[B], configuredTableAssociationIdentifier=table["id"]
    )
    assert access_budgets(a, collaboration_id) == []
    answer = refusal(
        b.get_privacy_budget_template,
        membershipIdentifier=memberships[B],
        privacyBudgetTemplateIdentifier=template["id"],
    )
    assert answer["Error"]["Code"] == "ResourceNotFoundException"
    b.delete_membership(membershipIdentifier=memberships[B])


def test_lists_can_be_narrowed_to_one_table(a, b, collaboration_id, memberships, table):
    table_id = new_table(b)["id"]
    add_rule(b, table_id)
    other = associate(b, memberships[B], table_id, "other")
    first = access_template(b, memberships[B], table["arn"], ("DAY", 1))
    access_template(b, memberships[B], other["arn"], ("DAY", 1))

    def listed(arn):
        (one,) = [
            [each["privacyBudgetTemplateId"] for each in found]
            for found in [access_budgets(a, collaboration_id, accessBudgetResourceArn=arn)]
        ]
        mine = b.list_privacy_budgets(
            membershipIdentifier=memberships[B],
            privacyBudgetType="ACCESS_BUDGET",
            accessBudgetResourceArn=arn,
        )["privacyBudgetSummaries"]
        assert [each["privacyBudgetTemplateId"] for each in mine] == one
        return one

    assert listed(table["arn"]) == [first["id"]]
    assert listed(table["arn"].replace(table["id"], memberships[A])) == []
    private = a.list_collaboration_privacy_budgets(
        collaborationIdentifier=collaboration_id,
        privacyBudgetType="DIFFERENTIAL_PRIVACY",
        accessBudgetResourceArn=table["arn"],
    )
    assert private["collaborationPrivacyBudgetSummaries"] == []


def test_access_budgets_are_limited_per_collaboration(
    membership_mock, a, b, collaboration_id, memberships, table
):
    name = "access_budgets_per_collaboration"
    membership_mock.quotas.set("cleanrooms", name, 1, account=A)
    own = ready_table(a, memberships[A], A, name="mine")
    template = access_template(b, memberships[B], table["arn"], ("DAY", 1))
    answer = refusal(access_template, a, memberships[A], own["arn"], ("DAY", 1))
    assert answer["Error"]["Code"] == "ServiceQuotaExceededException"
    assert answer["quotaValue"] == 1.0
    b.delete_privacy_budget_template(
        membershipIdentifier=memberships[B], privacyBudgetTemplateIdentifier=template["id"]
    )
    access_template(a, memberships[A], own["arn"], ("DAY", 1))


def test_what_started_before_the_template_takes_nothing(
    membership_mock, a, b, collaboration_id, memberships, table
):
    query = start_query(a, memberships[A], sqlParameters={"queryString": USE})
    membership_mock.clock.advance(timedelta(hours=1))
    access_template(b, memberships[B], table["arn"], ("LIFETIME", 5))
    assert get_query(a, memberships[A], query["id"])["status"] == "SUCCESS"
    assert access_left(a, collaboration_id)["all"] == 5


def test_an_update_without_parameters_refreshes_what_is_over(
    membership_mock, a, b, collaboration_id, memberships, table
):
    template = access_template(
        b, memberships[B], table["arn"], ("DAY", 1, "DISABLED"), ("LIFETIME", 2)
    )

    def touch():
        b.update_privacy_budget_template(
            membershipIdentifier=memberships[B],
            privacyBudgetTemplateIdentifier=template["id"],
            privacyBudgetType="ACCESS_BUDGET",
        )

    run(a, memberships[A], USE)
    touch()
    assert access_left(a, collaboration_id) == {"CALENDAR_DAY": 0, "LIFETIME": 1, "all": 0}
    membership_mock.clock.advance(timedelta(days=1))
    assert access_left(a, collaboration_id)["CALENDAR_DAY"] == 0
    touch()
    assert access_left(a, collaboration_id) == {"CALENDAR_DAY": 1, "LIFETIME": 1, "all": 1}
