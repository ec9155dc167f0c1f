"""Differential privacy: every number that was seen on the service, and what queries take."""

from datetime import datetime, timedelta, timezone

import pytest

from membership_mock import UsageError
from tests.cleanrooms.collaboration_samples import (
    REGION,
    RUNNER,
    A,
    B,
    C,
    join,
    member,
    new_collaboration,
    refusal,
)
from tests.cleanrooms.privacy_samples import (
    AVG,
    COUNT_DISTINCT,
    aggregations_left,
    privacy_template,
    private,
    private_budget,
    private_table,
    run,
)
from tests.cleanrooms.query_samples import aws_side, finish_query, get_query, start_query
from tests.cleanrooms.table_samples import add_rule, new_table, ready_table, sql_template

NO_UTILITY = (
    f"You do not have enough aggregations remaining to run this query on the data from {B}. You can"
    " wait for the utility to refresh or contact the data owner to provide you more utility."
)


def preview(client, membership_id, epsilon, noise):
    impact = client.preview_privacy_impact(
        membershipIdentifier=membership_id,
        parameters={"differentialPrivacy": {"epsilon": epsilon, "usersNoisePerQuery": noise}},
    )["privacyImpact"]["differentialPrivacy"]
    return {each["type"]: each["maxCount"] for each in impact["aggregations"]}


def status(client, collaboration_id, name="orders"):
    schema = client.get_schema(collaborationIdentifier=collaboration_id, name=name)["schema"]
    (detail,) = schema["schemaStatusDetails"]
    return detail["status"], [each["code"] for each in detail.get("reasons", ())]


def update(client, membership_id, template, **private_parameters):
    return client.update_privacy_budget_template(
        membershipIdentifier=membership_id,
        privacyBudgetTemplateIdentifier=template["id"],
        privacyBudgetType="DIFFERENTIAL_PRIVACY",
        parameters={"differentialPrivacy": private_parameters},
    )["privacyBudgetTemplate"]


@pytest.mark.parametrize(
    ("epsilon", "noise", "counts"),
    [
        # seen on the service: COUNT_DISTINCT, COUNT, SUM, AVG and STDDEV
        (10, 30, {"COUNT_DISTINCT": 660, "COUNT": 330, "SUM": 220, "AVG": 165, "STDDEV": 165}),
        (10, 100, {"COUNT_DISTINCT": 7335, "AVG": 1833}),
        (1, 30, {"COUNT_DISTINCT": 9, "AVG": 2}),
        # worked out by the formula
        (1, 10, {"COUNT_DISTINCT": 1, "COUNT": 0, "SUM": 0, "AVG": 0, "STDDEV": 0}),
        (1, 100, {"COUNT_DISTINCT": 103, "COUNT": 51, "SUM": 34, "AVG": 25}),
        (5, 30, {"COUNT_DISTINCT": 196, "COUNT": 98, "SUM": 65, "AVG": 49}),
        (10, 10, {"COUNT_DISTINCT": 73, "COUNT": 36, "SUM": 24, "AVG": 18}),
        (20, 30, {"COUNT_DISTINCT": 2040, "COUNT": 1020, "SUM": 680, "AVG": 510}),
        (20, 100, {"COUNT_DISTINCT": 22667, "COUNT": 11333, "SUM": 7555, "AVG": 5666}),
    ],
)
def test_preview_gives_the_numbers_of_the_service(b, memberships, epsilon, noise, counts):
    impact = preview(b, memberships[B], epsilon, noise)
    assert {name: impact[name] for name in counts} == counts
    assert list(impact) == ["AVG", "COUNT", "COUNT_DISTINCT", "SUM", "STDDEV"]


def test_preview_needs_a_membership_of_the_caller_and_keeps_nothing(a, b, memberships):
    answer = refusal(preview, a, memberships[B], 10, 30)
    assert answer["Error"]["Code"] == "ResourceNotFoundException"
    preview(b, memberships[B], 10, 30)
    held = b.list_privacy_budget_templates(membershipIdentifier=memberships[B])
    assert held["privacyBudgetTemplateSummaries"] == []


def test_a_new_budget_is_what_the_preview_says(a, b, collaboration_id, memberships):
    privacy_template(b, memberships[B], 7, 41)
    full = preview(b, memberships[B], 7, 41)
    assert aggregations_left(a, collaboration_id) == full
    assert aggregations_left(b, collaboration_id) == full


def test_queries_take_what_was_seen_on_the_service(a, b, collaboration_id, memberships):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B], 10, 30)

    def left():
        counts = aggregations_left(a, collaboration_id)
        return counts["COUNT_DISTINCT"], counts["AVG"]

    assert left() == (660, 165)
    assert run(a, memberships[A], COUNT_DISTINCT)["status"] == "SUCCESS"
    assert left() == (659, 164)
    run(a, memberships[A], COUNT_DISTINCT)
    run(a, memberships[A], AVG)
    assert left() == (654, 163)


def test_a_sum_leaves_what_the_console_says(a, b, collaboration_id, memberships):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B], 10, 30)
    run(a, memberships[A], "SELECT SUM(amount) FROM orders")
    counts = aggregations_left(a, collaboration_id)
    assert (counts["COUNT_DISTINCT"], counts["AVG"]) == (657, 164)


@pytest.mark.newest_model  # older models have no retry
def test_a_small_budget_ends_as_it_was_seen_to(a, b, collaboration_id, memberships):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B], 1, 30)
    counts = aggregations_left(a, collaboration_id)
    assert (counts["COUNT_DISTINCT"], counts["AVG"]) == (9, 2)
    assert run(a, memberships[A], AVG)["status"] == "SUCCESS"
    assert run(a, memberships[A], AVG)["status"] == "SUCCESS"
    counts = aggregations_left(a, collaboration_id)
    assert (counts["COUNT_DISTINCT"], counts["AVG"]) == (1, 0)

    failed = run(a, memberships[A], AVG)

    assert failed["status"] == "FAILED"
    assert failed["error"] == {
        "message": NO_UTILITY,
        "code": "INVALID_RESOURCE",
        "retry": {"retryable": False},
    }
    assert aggregations_left(a, collaboration_id) == counts
    assert run(a, memberships[A], COUNT_DISTINCT)["status"] == "SUCCESS"
    assert set(aggregations_left(a, collaboration_id).values()) == {0}


def test_a_query_without_budget_goes_from_submitted_to_failed(a, b, memberships):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B], 1, 10)
    query = start_query(a, memberships[A], sqlParameters={"queryString": AVG})
    assert query["status"] == "SUBMITTED"
    assert get_query(a, memberships[A], query["id"])["status"] == "FAILED"
    # it does not count as running any longer
    assert [start_query(a, memberships[A])["status"] for _ in range(2)] == ["SUBMITTED"] * 2


def test_the_budget_is_taken_when_a_query_starts_and_not_given_back(
    a, b, collaboration_id, memberships
):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B])
    aws_side(A).end_query("FAILED")
    query = start_query(a, memberships[A], sqlParameters={"queryString": COUNT_DISTINCT})
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 660
    assert get_query(a, memberships[A], query["id"])["status"] == "STARTED"
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 659
    assert finish_query(a, memberships[A], query["id"])["status"] == "FAILED"
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 659


def test_a_query_that_is_cancelled_before_it_starts_takes_nothing(
    a, b, collaboration_id, memberships
):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B])
    query = start_query(a, memberships[A], sqlParameters={"queryString": COUNT_DISTINCT})
    a.update_protected_query(
        membershipIdentifier=memberships[A],
        protectedQueryIdentifier=query["id"],
        targetStatus="CANCELLED",
    )
    assert finish_query(a, memberships[A], query["id"])["status"] == "CANCELLED"
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 660


@pytest.mark.parametrize(
    ("sql", "taken"),
    [
        ("SELECT COUNT(customer_id), SUM(amount), stddev_pop(amount) FROM orders", 9),
        ("SELECT count( distinct customer_id ) -- AVG(amount)\nFROM orders", 1),
        ("SELECT COUNT(*), 'SUM(x)' AS \"AVG(y)\" FROM orders /* AVG(z) */", 2),
        ("SELECT city FROM orders", 1),
        ("SELECT SUM(amount) FROM orders /* AVG(z)", 3),
        ("SELECT SUM(SUM(amount)), '(' FROM orders", 6),
    ],
)
def test_functions_are_counted_in_the_text(a, b, collaboration_id, memberships, sql, taken):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B])
    run(a, memberships[A], sql)
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 660 - taken


def test_the_text_of_a_private_query_is_limited_to_8_kilobytes(a, b, collaboration_id, memberships):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B])
    longest = "SELECT SUM(amount) FROM orders".ljust(8 * 1024)
    run(a, memberships[A], longest)
    with pytest.raises(a.exceptions.ServiceQuotaExceededException) as refused:
        run(a, memberships[A], longest + " ")
    answer = refused.value.response
    assert answer["quotaName"] == "Query text length with differential privacy (KB)"
    assert answer["quotaValue"] == 8
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 657
    run(a, memberships[A], f"SELECT {' ' * 9000}1")


def test_a_template_pays_for_its_own_text(a, b, collaboration_id, memberships):
    template = sql_template(
        a, memberships[A], source={"text": "SELECT AVG(amount) FROM orders"}, analysisParameters=[]
    )
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B])
    query = start_query(a, memberships[A], sqlParameters={"analysisTemplateArn": template["arn"]})
    finish_query(a, memberships[A], query["id"])
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 656


@pytest.mark.newest_model
def test_a_query_shows_what_its_noise_was_measured_by_once_it_has_succeeded(
    a, b, collaboration_id, memberships
):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B])
    sql = "SELECT COUNT(DISTINCT customer_id), AVG(ROUND(amount)) FROM orders"
    query = start_query(a, memberships[A], sqlParameters={"queryString": sql})
    assert "differentialPrivacy" not in query
    query = finish_query(a, memberships[A], query["id"])
    assert query["differentialPrivacy"]["sensitivityParameters"] == [
        {
            "aggregationType": kind,
            "aggregationExpression": text,
            "userContributionLimit": 1,
        }
        for kind, text in [
            ("COUNT_DISTINCT", "COUNT(DISTINCT customer_id)"),
            ("AVG", "AVG(ROUND(amount))"),
        ]
    ]
    ready_table(b, memberships[B], A, name="open")
    assert "differentialPrivacy" not in run(a, memberships[A], "SELECT city FROM open")


def test_the_test_may_say_what_a_query_pays_for(a, b, collaboration_id, memberships):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B])
    aws_side(A).end_query(functions=["SUM", "COUNT"])
    run(a, memberships[A], "SELECT f(amount) FROM orders")
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 655


@pytest.mark.parametrize(
    ("functions", "text"),
    [
        (["MAX"], "there are: AVG, COUNT, COUNT_DISTINCT, SUM, STDDEV"),
        ("SUM", "'SUM' is not a list of text"),
    ],
)
def test_the_test_can_name_the_five_functions_only(membership_mock, functions, text):
    with pytest.raises(UsageError, match=text):
        aws_side(A).end_query(functions=functions)


def test_tables_without_differential_privacy_take_nothing(a, b, collaboration_id, memberships):
    ready_table(b, memberships[B], A)
    privacy_template(b, memberships[B])
    run(a, memberships[A], COUNT_DISTINCT)
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 660


# --- readiness ---


def test_a_private_table_is_ready_while_there_is_a_template(a, b, collaboration_id, memberships):
    private_table(b, memberships[B], A)
    missing = ("NOT_READY", ["DIFFERENTIAL_PRIVACY_POLICY_NOT_CONFIGURED"])
    assert status(a, collaboration_id) == missing
    answer = refusal(run, a, memberships[A])
    assert answer["reason"] == "INVALID_QUERY"
    template = privacy_template(b, memberships[B])
    assert status(a, collaboration_id) == status(b, collaboration_id) == ("READY", [])
    b.delete_privacy_budget_template(
        membershipIdentifier=memberships[B], privacyBudgetTemplateIdentifier=template["id"]
    )
    assert status(a, collaboration_id) == missing


def test_a_template_of_a_member_who_is_gone_makes_nothing_ready(
    a, b, collaboration_id, memberships
):
    private_table(a, memberships[A], A)
    privacy_template(b, memberships[B])
    assert status(a, collaboration_id) == ("READY", [])
    a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    assert status(a, collaboration_id)[0] == "NOT_READY"
    privacy_template(a, memberships[A])
    assert status(a, collaboration_id) == ("READY", [])


def test_a_query_fails_when_the_template_goes_before_it_starts(a, b, memberships):
    private_table(b, memberships[B], A)
    template = privacy_template(b, memberships[B])
    query = start_query(a, memberships[A], sqlParameters={"queryString": COUNT_DISTINCT})
    b.delete_privacy_budget_template(
        membershipIdentifier=memberships[B], privacyBudgetTemplateIdentifier=template["id"]
    )
    query = finish_query(a, memberships[A], query["id"])
    assert (query["status"], query["error"]["code"]) == ("FAILED", "INVALID_RESOURCE")
    assert "no privacy budget template" in query["error"]["message"]


@pytest.fixture
def three(clients):
    """A collaboration of A, who runs the queries, B and C: its id and the memberships."""
    room = new_collaboration(clients[A], member(B), member(C))["id"]
    return room, {one: join(clients[one], room)["id"] for one in (A, B, C)}


def test_private_tables_of_two_members_cannot_be_used_together(clients, three):
    room, mids = three
    for one in (B, C):
        private_table(clients[one], mids[one], A, name=f"of_{one[0]}")
    privacy_template(clients[B], mids[B])
    answer = refusal(run, clients[A], mids[A], "SELECT COUNT(*) FROM of_2 JOIN of_3 ON true")
    assert (answer["Error"]["Code"], answer["reason"]) == ("ValidationException", "INVALID_QUERY")
    assert "of two members" in answer["Error"]["Message"]
    run(clients[A], mids[A], "SELECT COUNT(*) FROM of_2")
    assert aggregations_left(clients[A], room)["COUNT_DISTINCT"] == 658


def test_private_tables_have_to_have_the_same_identifier(a, b, memberships):
    private_table(b, memberships[B], A)
    policy = private(A, column="city")
    private_table(b, memberships[B], A, name="cities", policy=policy)
    privacy_template(b, memberships[B])
    answer = refusal(run, a, memberships[A], "SELECT COUNT(*) FROM orders JOIN cities ON true")
    assert answer["reason"] == "INVALID_QUERY"
    assert "user identifier" in answer["Error"]["Message"]


def test_differential_privacy_is_for_tables_in_glue(b):
    athena = {"workGroup": "w", "databaseName": "d", "tableName": "t"}
    table = new_table(b, tableReference={"athena": athena})
    answer = refusal(add_rule, b, table["id"], "CUSTOM", private(A))
    assert answer["Error"]["Code"] == "ValidationException"
    assert "Glue" in answer["Error"]["Message"]


# --- time ---


def test_a_budget_is_new_on_the_first_of_the_month(
    membership_mock, a, b, collaboration_id, memberships
):
    clock = membership_mock.clock
    clock.freeze(datetime(2030, 3, 17, 12, tzinfo=timezone.utc))
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B], autoRefresh="CALENDAR_MONTH")
    run(a, memberships[A])
    march = private_budget(a, collaboration_id)
    clock.freeze(datetime(2030, 3, 31, 23, 59, 59, tzinfo=timezone.utc))
    assert private_budget(a, collaboration_id) == march
    clock.freeze(datetime(2030, 4, 1, tzinfo=timezone.utc))
    april = private_budget(a, collaboration_id)
    assert april["id"] != march["id"]
    assert april["createTime"] == april["updateTime"] == datetime(2030, 4, 1, tzinfo=timezone.utc)
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 660
    run(a, memberships[A])
    assert private_budget(a, collaboration_id)["id"] == april["id"]
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 659


def test_a_budget_that_is_not_refreshed_stays_used(
    membership_mock, a, b, collaboration_id, memberships
):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B])
    run(a, memberships[A])
    membership_mock.clock.advance(timedelta(days=100))
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 659


def test_a_query_that_time_starts_takes_from_the_budget_of_its_month(
    membership_mock, a, b, collaboration_id, memberships
):
    clock = membership_mock.clock
    clock.freeze(datetime(2030, 3, 31, 23, 58, tzinfo=timezone.utc))
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B], autoRefresh="CALENDAR_MONTH")
    start_query(a, memberships[A], sqlParameters={"queryString": COUNT_DISTINCT})
    clock.advance(timedelta(minutes=1))
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 659
    clock.advance(timedelta(minutes=1))
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 660


# --- updates ---


def test_epsilon_goes_up_at_any_time_and_down_before_the_first_query_only(
    a, b, collaboration_id, memberships
):
    private_table(b, memberships[B], A)
    template = privacy_template(b, memberships[B], 10, 30)
    assert update(b, memberships[B], template, epsilon=1)["parameters"] == {
        "differentialPrivacy": {"epsilon": 1, "usersNoisePerQuery": 30}
    }
    update(b, memberships[B], template, epsilon=10)
    run(a, memberships[A])
    answer = refusal(update, b, memberships[B], template, epsilon=9)
    assert answer["Error"]["Code"] == "ConflictException"
    assert (answer["reason"], answer["resourceId"]) == ("INVALID_STATE", template["id"])
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 659
    update(b, memberships[B], template, epsilon=20)
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 2039


def test_noise_goes_up_and_down_at_any_time(a, b, collaboration_id, memberships):
    private_table(b, memberships[B], A)
    template = privacy_template(b, memberships[B], 10, 30)
    run(a, memberships[A], COUNT_DISTINCT)
    update(b, memberships[B], template, usersNoisePerQuery=100)
    # one COUNT DISTINCT at noise 30 is worth some eleven at noise 100
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 7324
    update(b, memberships[B], template, usersNoisePerQuery=30)
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 659


def test_a_template_that_is_created_anew_has_a_full_budget(a, b, collaboration_id, memberships):
    private_table(b, memberships[B], A)
    template = privacy_template(b, memberships[B], 10, 30)
    run(a, memberships[A])
    before = private_budget(a, collaboration_id)["id"]
    b.delete_privacy_budget_template(
        membershipIdentifier=memberships[B], privacyBudgetTemplateIdentifier=template["id"]
    )
    privacy_template(b, memberships[B], 1, 30)
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 9
    assert private_budget(a, collaboration_id)["id"] != before


@pytest.mark.newest_model
def test_jobs_cannot_use_private_tables(clients):
    from tests.cleanrooms.query_samples import start_job
    from tests.cleanrooms.table_samples import pyspark_template

    roles = {"creatorMemberAbilities": [*RUNNER, "CAN_RUN_JOB"]}
    room = new_collaboration(clients[A], member(B), **roles)["id"]
    results = {
        "outputConfiguration": {"s3": {"bucket": "jobs"}},
        "roleArn": f"arn:aws:iam::{A}:role/results",
    }
    mine = join(clients[A], room, defaultJobResultConfiguration=results)["id"]
    theirs = join(clients[B], room)["id"]
    methods = ["DIRECT_QUERY", "DIRECT_JOB"]
    private_table(clients[B], theirs, A, analysisMethod="MULTIPLE", selectedAnalysisMethods=methods)
    privacy_template(clients[B], theirs)
    template = pyspark_template(clients[A], mine)
    answer = refusal(start_job, clients[A], mine, template["arn"])
    assert answer["reason"] == "INVALID_QUERY"
    assert "queries only" in answer["Error"]["Message"]
    assert REGION in template["arn"]
