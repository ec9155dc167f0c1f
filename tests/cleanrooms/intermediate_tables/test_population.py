"""Populating intermediate tables, their versions, and how long data are kept."""

from datetime import timedelta

import pytest

from tests.cleanrooms.collaboration_samples import (
    RUNNER,
    A,
    B,
    join,
    member,
    new_collaboration,
    pays,
    refusal,
)
from tests.cleanrooms.intermediate_samples import (
    ROWS,
    SQL,
    fill,
    get_intermediate,
    new_intermediate,
    ready_intermediate,
    start_population,
    versions,
)
from tests.cleanrooms.privacy_samples import (
    access_left,
    access_template,
    aggregations_left,
    privacy_template,
    private_table,
    run,
)
from tests.cleanrooms.query_samples import aws_side, finish_query, get_query, start_query
from tests.cleanrooms.table_samples import (
    add_rule,
    associate,
    custom,
    new_table,
    pyspark_template,
    ready_table,
    sql_template,
)

pytestmark = pytest.mark.newest_model


@pytest.fixture
def orders(b, memberships):
    """A table of B that A may query."""
    return ready_table(b, memberships[B], A)


@pytest.fixture
def table(a, memberships, orders):
    """An intermediate table of A that is made of the orders of B, and has no data."""
    del orders
    return new_intermediate(a, memberships[A])


def status(client, collaboration_id, name="cities"):
    schema = client.get_schema(collaborationIdentifier=collaboration_id, name=name)["schema"]
    (detail,) = schema["schemaStatusDetails"]
    return detail["status"], [each["code"] for each in detail.get("reasons", ())]


def test_reads_move_a_population_to_its_end(a, memberships, table):
    aws_side(A).end_query(result=ROWS)
    started = start_population(a, memberships[A], table["id"])
    assert started["analysisType"] == "QUERY"
    seen = [get_intermediate(a, memberships[A], table["id"]) for _ in range(3)]
    assert [each["status"] for each in seen] == [
        "POPULATE_STARTED",
        "POPULATE_SUCCESS",
        "POPULATE_SUCCESS",
    ]
    assert seen[0].get("intermediateTableVersion") is None
    (version,) = versions(a, memberships[A], table["id"])
    assert version == {
        "versionId": started["versionId"],
        "tableId": table["id"],
        "createTime": version["createTime"],
        "analysisId": started["analysisId"],
        "status": "POPULATE_SUCCESS",
        "analysisType": "QUERY",
        "expirationTime": version["createTime"] + timedelta(days=30),
    }
    assert seen[1]["intermediateTableVersion"] == {
        "versionId": started["versionId"],
        "analysisId": started["analysisId"],
        "analysisType": "QUERY",
        "inheritedConstraints": {
            "allowedResultReceivers": {
                "value": [A],
                "sources": [
                    {
                        "name": "orders",
                        "id": table["tableDependencies"][0]["id"],
                        "type": "TABLE",
                        "value": [A],
                        "sourceAccountId": B,
                    }
                ],
            }
        },
        "expirationTime": version["expirationTime"],
    }


def test_the_population_is_a_query_of_the_owner(a, memberships, table):
    started = start_population(a, memberships[A], table["id"])
    target = {"id": table["id"], "arn": table["arn"], "name": "cities"}
    (listed,) = a.list_protected_queries(membershipIdentifier=memberships[A])["protectedQueries"]
    assert listed["id"] == started["analysisId"]
    assert listed["intermediateTableConfiguration"] == target
    assert listed["receiverConfigurations"] == []
    query = finish_query(a, memberships[A], started["analysisId"])
    assert query["status"] == "SUCCESS"
    assert query["resultConfiguration"] == {"outputConfiguration": {"intermediateTable": target}}
    assert query["sqlParameters"] == {"queryString": SQL}
    assert "result" not in query
    assert get_intermediate(a, memberships[A], table["id"])["status"] == "POPULATE_SUCCESS"


def test_time_ends_a_population_too(membership_mock, a, b, collaboration_id, memberships, table):
    start_population(a, memberships[A], table["id"])
    membership_mock.clock.advance(timedelta(minutes=6))
    assert status(b, collaboration_id)[1] == ["INTERMEDIATE_TABLE_ANALYSIS_RULE_MISSING"]


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (
            {"City": "Paris", "n": 7, "share": 0.5, "good": True, "none": None},
            [
                ("city", "string"),
                ("n", "bigint"),
                ("share", "double"),
                ("good", "boolean"),
                ("none", "string"),
            ],
        ),
    ],
)
def test_the_columns_are_those_of_the_rows(
    a, b, collaboration_id, memberships, table, row, columns
):
    shown = [{"name": name, "type": kind} for name, kind in columns]
    assert fill(a, A, memberships[A], table["id"], [row])["schema"]["columns"] == shown
    schema = b.get_schema(collaborationIdentifier=collaboration_id, name="cities")["schema"]
    assert schema["columns"] == shown


def test_columns_have_any_keys_and_are_there_once(a, memberships, table):
    found = fill(a, A, memberships[A], table["id"], [{2030: 1.5, "City": None, "city": "Paris"}])
    assert found["schema"]["columns"] == [
        {"name": "2030", "type": "double"},
        {"name": "city", "type": "string"},
    ]


def test_a_table_is_never_its_own_base(a, memberships, orders):
    del orders
    first = ready_intermediate(a, A, memberships[A], A, sql="SELECT * FROM orders JOIN later")
    ready_intermediate(a, A, memberships[A], A, name="later", sql="SELECT * FROM cities")
    first = fill(a, A, memberships[A], first["id"])
    assert [each["name"] for each in first["tableDependencies"]] == ["orders", "later"]
    assert [each["resourceName"] for each in first["childResources"]] == ["later"]


def test_the_columns_of_bytes_are_unknown(a, memberships, table):
    assert fill(a, A, memberships[A], table["id"], b"PAR1")["schema"]["columns"] == []


@pytest.mark.parametrize("end", ["FAILED", "TIMED_OUT", "CANCELLED"])
def test_a_population_may_fail_and_older_data_stay(a, memberships, table, end):
    before = fill(a, A, memberships[A], table["id"])
    aws_side(A).end_query(end)
    started = start_population(a, memberships[A], table["id"])
    finish_query(a, memberships[A], started["analysisId"])
    after = get_intermediate(a, memberships[A], table["id"])
    assert after["status"] == "POPULATE_FAILED"
    assert after["statusReason"]
    assert after["schema"] == before["schema"]
    assert after["intermediateTableVersion"] == before["intermediateTableVersion"]
    assert [each["status"] for each in versions(a, memberships[A], table["id"])] == [
        "POPULATE_FAILED",
        "POPULATE_SUCCESS",
    ]


def test_cancelling_the_query_lets_the_population_fail(a, memberships, table):
    started = start_population(a, memberships[A], table["id"])
    a.update_protected_query(
        membershipIdentifier=memberships[A],
        protectedQueryIdentifier=started["analysisId"],
        targetStatus="CANCELLED",
    )
    get_intermediate(a, memberships[A], table["id"])
    found = get_intermediate(a, memberships[A], table["id"])
    assert found["status"] == "POPULATE_FAILED"
    assert "CANCELLED" in found["statusReason"]


def test_one_population_runs_at_a_time(a, memberships, table):
    start_population(a, memberships[A], table["id"])
    answer = refusal(start_population, a, memberships[A], table["id"])
    assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "INVALID_STATE")
    assert len(versions(a, memberships[A], table["id"])) == 1


def test_the_old_version_can_be_used_while_a_new_one_is_made(
    a, collaboration_id, memberships, orders
):
    table = ready_intermediate(a, A, memberships[A], A)
    start_population(a, memberships[A], table["id"])
    assert status(a, collaboration_id) == ("READY", [])
    assert (
        start_query(a, memberships[A], sqlParameters={"queryString": "SELECT n FROM cities"})[
            "status"
        ]
        == "SUBMITTED"
    )


# --- retention ---


def test_data_go_when_their_retention_period_is_over(
    membership_mock, a, b, collaboration_id, memberships, orders
):
    table = ready_intermediate(a, A, memberships[A], A, retentionInDays=2)
    clock = membership_mock.clock
    clock.advance(timedelta(days=2) - timedelta(seconds=1))
    assert status(b, collaboration_id) == ("READY", [])
    clock.advance(timedelta(seconds=1))
    assert status(b, collaboration_id) == (
        "NOT_READY",
        ["INTERMEDIATE_TABLE_RETENTION_PERIOD_EXPIRED"],
    )
    found = get_intermediate(a, memberships[A], table["id"])
    assert found["status"] == "RETENTION_PERIOD_EXPIRED"
    assert found.get("schema") is None
    assert found.get("intermediateTableVersion") is None
    (version,) = versions(a, memberships[A], table["id"])
    assert version["status"] == "RETENTION_PERIOD_EXPIRED"
    answer = refusal(run, a, memberships[A], "SELECT n FROM cities")
    assert answer["reason"] == "INVALID_QUERY"
    assert fill(a, A, memberships[A], table["id"])["status"] == "POPULATE_SUCCESS"
    assert status(b, collaboration_id) == ("READY", [])


def test_retention_counts_from_each_population(membership_mock, a, memberships, orders):
    table = new_intermediate(a, memberships[A], retentionInDays=10)
    fill(a, A, memberships[A], table["id"])
    membership_mock.clock.advance(timedelta(days=6))
    fill(a, A, memberships[A], table["id"])
    membership_mock.clock.advance(timedelta(days=6))
    assert get_intermediate(a, memberships[A], table["id"])["status"] == "POPULATE_SUCCESS"
    assert [each["status"] for each in versions(a, memberships[A], table["id"])] == [
        "POPULATE_SUCCESS",
        "RETENTION_PERIOD_EXPIRED",
    ]


# --- what it takes, and what it may use ---


def test_population_and_use_take_from_every_access_budget(
    a, b, collaboration_id, memberships, orders
):
    access_template(b, memberships[B], orders["arn"], ("LIFETIME", 5))
    first = ready_intermediate(a, A, memberships[A], A)
    assert access_left(b, collaboration_id)["all"] == 4
    ready_intermediate(a, A, memberships[A], A, name="second", sql="SELECT n FROM cities")
    assert access_left(b, collaboration_id)["all"] == 3
    access_template(a, memberships[A], first["arn"], ("LIFETIME", 1))
    assert run(a, memberships[A], "SELECT n FROM second")["status"] == "SUCCESS"
    failed = run(a, memberships[A], "SELECT n FROM cities")
    assert (failed["status"], failed["error"]["message"]) == (
        "FAILED",
        "Table cities has no access budget remaining.",
    )
    answer = b.list_collaboration_privacy_budgets(
        collaborationIdentifier=collaboration_id,
        privacyBudgetType="ACCESS_BUDGET",
        accessBudgetResourceArn=orders["arn"],
    )["collaborationPrivacyBudgetSummaries"]
    assert [each["budget"]["accessBudget"]["aggregateRemainingBudget"] for each in answer] == [2]


def test_differential_privacy_is_paid_by_the_population_and_not_by_the_use(
    a, b, collaboration_id, memberships
):
    private_table(b, memberships[B], A, name="members")
    privacy_template(b, memberships[B])
    sql = "SELECT COUNT(DISTINCT customer_id) AS n FROM members"
    ready_intermediate(a, A, memberships[A], A, sql=sql)
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 659
    query = run(a, memberships[A], "SELECT SUM(n) FROM cities")
    assert query["status"] == "SUCCESS"
    assert "differentialPrivacy" not in query
    assert aggregations_left(a, collaboration_id)["COUNT_DISTINCT"] == 659


def test_a_population_without_budget_fails(a, b, memberships, orders):
    access_template(b, memberships[B], orders["arn"], ("LIFETIME", 0))
    table = new_intermediate(a, memberships[A])
    found = fill(a, A, memberships[A], table["id"])
    assert found["status"] == "POPULATE_FAILED"
    assert found["statusReason"] == "Table orders has no access budget remaining."


def test_base_tables_have_to_allow_the_analysis_but_not_yet_the_receivers(a, b, memberships):
    table = new_table(b)
    add_rule(b, table["id"], "CUSTOM", custom("ANY_QUERY", providers=[B]))
    association = associate(b, memberships[B], table["id"])
    intermediate = new_intermediate(a, memberships[A])
    answer = refusal(start_population, a, memberships[A], intermediate["id"])
    assert "COLLABORATION_ANALYSIS_RULE_NOT_CONFIGURED" in answer["Error"]["Message"]
    b.create_configured_table_association_analysis_rule(
        membershipIdentifier=memberships[B],
        configuredTableAssociationIdentifier=association["id"],
        analysisRuleType="CUSTOM",
        analysisRulePolicy={"v1": {"custom": {}}},
    )
    answer = refusal(start_population, a, memberships[A], intermediate["id"])
    assert answer["reason"] == "INVALID_QUERY"
    assert "does not allow this analysis" in answer["Error"]["Message"]
    b.update_configured_table_analysis_rule(
        configuredTableIdentifier=table["id"],
        analysisRuleType="CUSTOM",
        analysisRulePolicy=custom("ANY_QUERY", providers=[A]),
    )
    start_population(a, memberships[A], intermediate["id"])


def test_parameters_go_to_the_template(a, b, memberships):
    any_query = custom("ANY_QUERY", providers=[A])
    ready_table(b, memberships[B], A, kind="CUSTOM", policy=any_query)
    table = new_intermediate(a, memberships[A])
    template = sql_template(a, memberships[A])
    configured = {"sqlParameters": {"analysisTemplateArn": template["arn"]}}
    of_template = new_intermediate(
        a, memberships[A], "large", populationAnalysisConfiguration=configured
    )
    given = {"parameters": {"least": "5"}}
    started = start_population(a, memberships[A], of_template["id"], **given)
    query = finish_query(a, memberships[A], started["analysisId"])
    assert query["sqlParameters"] == {"analysisTemplateArn": template["arn"], **given}
    version = get_intermediate(a, memberships[A], of_template["id"])["intermediateTableVersion"]
    assert version["parameters"] == {"least": "5"}
    for one, wrong in ((of_template, {"most": "1"}), (table, {"least": "5"})):
        answer = refusal(start_population, a, memberships[A], one["id"], parameters=wrong)
        assert answer["Error"]["Code"] == "ValidationException"


def test_workers_and_payer_are_those_of_a_query(a, memberships, table):
    worker = {"type": "CR.4X", "number": 16}
    wrong = {"jobComputeConfiguration": {"worker": {"type": "CR.1X", "number": 4}}}
    many = {"queryComputeConfiguration": {"type": "CR.1X", "number": 401}}
    for given in (
        {"computeConfiguration": wrong},
        {"computeConfiguration": many},
        {"analysisPayerAccountId": B},
    ):
        answer = refusal(start_population, a, memberships[A], table["id"], **given)
        assert answer["Error"]["Code"] == "ValidationException"
    started = start_population(
        a,
        memberships[A],
        table["id"],
        computeConfiguration={"queryComputeConfiguration": worker},
        analysisPayerAccountId=A,
    )
    query = get_query(a, memberships[A], started["analysisId"])
    assert query["computeConfiguration"] == {"worker": worker}


def test_populations_count_among_the_queries(membership_mock, a, memberships, orders):
    membership_mock.quotas.set("cleanrooms", "concurrent_queries_per_membership", 2, account=A)
    tables = [new_intermediate(a, memberships[A], f"t{number}") for number in range(3)]
    for each in tables[:2]:
        start_population(a, memberships[A], each["id"])
    answer = refusal(start_population, a, memberships[A], tables[2]["id"])
    assert answer["quotaName"] == "Concurrent ongoing queries per membership"
    assert get_intermediate(a, memberships[A], tables[2]["id"])["status"] == "CREATED"


def test_a_job_populates_as_well(clients):
    a = clients[A]
    roles = {"creatorMemberAbilities": [*RUNNER, "CAN_RUN_JOB"]}
    room = new_collaboration(a, member(B), **roles)["id"]
    mine, theirs = (join(clients[one], room)["id"] for one in (A, B))
    template = pyspark_template(a, mine)
    ready_table(
        clients[B],
        theirs,
        A,
        kind="CUSTOM",
        policy=custom(template["arn"]),
        analysisMethod="DIRECT_JOB",
    )
    configured = {"jobParameters": {"analysisTemplateArn": template["arn"]}}
    table = new_intermediate(a, mine, populationAnalysisConfiguration=configured)
    wrong = {"queryComputeConfiguration": {"type": "CR.1X", "number": 4}}
    answer = refusal(start_population, a, mine, table["id"], computeConfiguration=wrong)
    assert answer["Error"]["Code"] == "ValidationException"
    right = {"jobComputeConfiguration": {"worker": {"type": "CR.1X", "number": 4}}}
    started = start_population(a, mine, table["id"], computeConfiguration=right)
    assert started["analysisType"] == "JOB"
    get_intermediate(a, mine, table["id"])
    assert get_intermediate(a, mine, table["id"])["status"] == "POPULATE_SUCCESS"
    (job,) = a.list_protected_jobs(membershipIdentifier=mine)["protectedJobs"]
    assert (job["id"], job["receiverConfigurations"]) == (started["analysisId"], [])
    assert job["intermediateTableConfiguration"]["name"] == "cities"


def test_a_runner_without_the_ability_populates_no_job(a, memberships):
    template = pyspark_template(a, memberships[A])
    configured = {"jobParameters": {"analysisTemplateArn": template["arn"]}}
    table = new_intermediate(a, memberships[A], populationAnalysisConfiguration=configured)
    answer = refusal(start_population, a, memberships[A], table["id"])
    assert answer["Error"]["Code"] == "AccessDeniedException"


def test_nothing_is_populated_when_nobody_pays(a, b, clients):
    costs = {"paymentConfiguration": pays("queryCompute")}
    room = new_collaboration(a, member(B, **costs), creatorPaymentConfiguration=pays())["id"]
    mine = join(a, room)["id"]
    table = new_intermediate(a, mine, sql="SELECT 1")
    answer = refusal(start_population, a, mine, table["id"])
    assert answer["fieldList"][0]["name"] == "analysisPayerAccountId"
    join(b, room, **costs)
    start_population(a, mine, table["id"])


def test_the_world_shows_that_data_are_too_old(membership_mock, capsys, a, memberships, orders):
    del orders
    ready_intermediate(a, A, memberships[A], A)
    membership_mock.clock.advance(timedelta(days=30))
    membership_mock.show()
    assert "intermediate table 'cities' RETENTION_PERIOD_EXPIRED" in capsys.readouterr().out
