"""The analysis rules of configured tables."""

from copy import deepcopy
from datetime import datetime, timedelta, timezone

import pytest

from tests.cleanrooms.collaboration_samples import NOBODY, A
from tests.cleanrooms.table_samples import AGGREGATION, LIST, add_rule, custom, new_table
from tests.frozen_time import freeze_time

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
PRIVACY = {"columns": [{"name": "customer_id"}]}
THRESHOLD = {
    "identityColumns": ["customer_id"],
    "minimumIdentityCount": 2,
    "type": "COUNT_DISTINCT",
    "allowedAggregateExpressionType": "COLUMNS_ONLY",
}


def threshold(*outputs):
    """Return a CUSTOM policy with these overrides, each a column and its number of identities."""
    overrides = [{"outputColumnName": n, "minimumIdentityCount": least} for n, least in outputs]
    given = {**THRESHOLD, "outputColumnThresholds": overrides}
    return custom("ANY_QUERY", providers=[A], aggregationThresholds=[given])


def snowflake_table(kind):
    """Return what a table is created with whose only column, customer_id, has the type ``kind``."""
    described = {
        "secretArn": f"arn:aws:secretsmanager:us-east-1:{A}:secret:snow",
        "accountIdentifier": "abc-123",
        "databaseName": "SALES",
        "tableName": "ORDERS",
        "schemaName": "PUBLIC",
        "tableSchema": {"v1": [{"columnName": "customer_id", "columnType": kind}]},
    }
    return {"tableReference": {"snowflake": described}, "allowedColumns": ["customer_id"]}


def comparisons(*literal):
    return {"allowedLiteralComparisonColumns": list(literal), "allowedColumnComparisonColumns": []}


@pytest.fixture
def table(a):
    return new_table(a)


def get(client, table_id, kind="LIST"):
    answer = client.get_configured_table_analysis_rule(
        configuredTableIdentifier=table_id, analysisRuleType=kind
    )
    return answer["analysisRule"]


def types(client, table_id):
    answer = client.get_configured_table(configuredTableIdentifier=table_id)
    return answer["configuredTable"]["analysisRuleTypes"]


@pytest.mark.parametrize(
    ("kind", "policy"),
    [
        pytest.param("LIST", LIST, id="list"),
        pytest.param("AGGREGATION", AGGREGATION, id="aggregation"),
        pytest.param("CUSTOM", custom("ANY_QUERY", providers=[A]), id="custom"),
        pytest.param("CUSTOM", custom(), id="custom, nothing allowed yet"),
        pytest.param("CUSTOM", custom("ANY_JOB"), id="custom, any job"),
        pytest.param(
            "CUSTOM",
            custom("ANY_QUERY", providers=[A], differentialPrivacy=PRIVACY),
            id="differential privacy",
        ),
        pytest.param(
            "CUSTOM",
            custom(
                "ANY_QUERY",
                providers=[A],
                aggregationThresholds=[THRESHOLD],
                comparisonControls=comparisons("city"),
            ),
            id="thresholds and comparisons",
        ),
    ],
)
def test_create_configured_table_analysis_rule_returns_the_rule(a, table, kind, policy):
    with freeze_time(NOON):
        rule = add_rule(a, table["id"], kind, policy)
    assert rule == {
        "configuredTableId": table["id"],
        "configuredTableArn": table["arn"],
        "policy": policy,
        "type": kind,
        "createTime": NOON,
        "updateTime": NOON,
    }
    assert get(a, table["id"], kind) == rule
    assert types(a, table["id"]) == [kind]


def test_create_configured_table_analysis_rule_shows_in_the_list_of_tables(a, table):
    add_rule(a, table["id"])
    (summary,) = a.list_configured_tables()["configuredTableSummaries"]
    assert summary["analysisRuleTypes"] == ["LIST"]


@pytest.mark.parametrize("kind", ["LIST", "AGGREGATION"])
def test_create_configured_table_analysis_rule_refuses_a_second_rule_of_any_type(a, table, kind):
    add_rule(a, table["id"])
    with pytest.raises(a.exceptions.ConflictException, match="already has") as refused:
        add_rule(a, table["id"], kind, {"LIST": LIST, "AGGREGATION": AGGREGATION}[kind])
    answer = refused.value.response
    assert (answer["reason"], answer["resourceId"], answer["resourceType"]) == (
        "ALREADY_EXISTS",
        table["id"],
        "CONFIGURED_TABLE",
    )


@pytest.mark.parametrize(
    ("kind", "policy"),
    [
        pytest.param("AGGREGATION", LIST, id="policy of another type"),
        pytest.param(
            "LIST",
            {"v1": {"list": {"joinColumns": ["zip"], "listColumns": []}}},
            id="column that is not allowed",
        ),
        pytest.param(
            "LIST",
            {"v1": {"list": {"joinColumns": ["city"], "listColumns": ["city"]}}},
            id="join column that is a list column",
        ),
        pytest.param("CUSTOM", custom("ANY_QUERY"), id="any query without providers"),
        pytest.param("CUSTOM", custom("ANY_QUERY", providers=[]), id="any query, empty providers"),
        pytest.param(
            "CUSTOM", custom(disallowedOutputColumns=["zip"]), id="disallowed unknown column"
        ),
        pytest.param(
            "CUSTOM",
            custom(
                "ANY_QUERY",
                providers=[A],
                differentialPrivacy=PRIVACY,
                aggregationThresholds=[THRESHOLD],
            ),
            id="thresholds with differential privacy",
        ),
        pytest.param(
            "CUSTOM",
            custom("ANY_JOB", comparisonControls=comparisons("city")),
            id="comparisons when only jobs are allowed",
        ),
        pytest.param(
            "CUSTOM",
            custom(
                "ANY_QUERY",
                providers=[A],
                aggregationThresholds=[THRESHOLD],
                comparisonControls=comparisons("customer_id"),
            ),
            id="identity column compared with literals",
        ),
        pytest.param("CUSTOM", threshold(("city", 1)), id="output threshold of one identity"),
        pytest.param("CUSTOM", threshold(("city", 2), ("city", 3)), id="output column twice"),
        pytest.param("CUSTOM", threshold(("zip", 2)), id="unknown output column"),
    ],
)
def test_create_configured_table_analysis_rule_refuses_what_contradicts_itself(
    a, table, kind, policy
):
    with pytest.raises(a.exceptions.ValidationException) as refused:
        add_rule(a, table["id"], kind, policy)
    answer = refused.value.response
    assert answer["reason"] == "INVALID_CONFIGURATION"
    assert [each["name"] for each in answer["fieldList"]] == ["analysisRulePolicy"]
    assert types(a, table["id"]) == []


def test_create_configured_table_analysis_rule_takes_thresholds_of_output_columns(a, table):
    policy = threshold(("city", 0), ("amount", 2))
    assert add_rule(a, table["id"], "CUSTOM", policy)["policy"] == policy


@pytest.mark.parametrize("kind", ["string", "VARCHAR(20)", "char(2)", "TEXT"])
def test_an_identity_column_holds_text(a, kind):
    table = new_table(a, **snowflake_table(kind))
    add_rule(a, table["id"], "CUSTOM", threshold())
    assert types(a, table["id"]) == ["CUSTOM"]


@pytest.mark.parametrize("kind", ["bigint", "NUMBER(38,0)"])
def test_an_identity_column_of_numbers_is_refused(a, kind):
    table = new_table(a, **snowflake_table(kind))
    with pytest.raises(a.exceptions.ValidationException, match="customer_id"):
        add_rule(a, table["id"], "CUSTOM", threshold())
    assert types(a, table["id"]) == []


def test_create_configured_table_analysis_rule_refuses_additional_analyses_of_aggregations(
    a, table
):
    policy = deepcopy(AGGREGATION)
    policy["v1"]["aggregation"]["additionalAnalyses"] = "ALLOWED"
    with pytest.raises(a.exceptions.ValidationException):
        add_rule(a, table["id"], "AGGREGATION", policy)


def test_create_configured_table_analysis_rule_refuses_a_policy_over_the_quota(a, table):
    arn = f"arn:aws:cleanrooms:eu-west-1:{A}:membership/{NOBODY}/analysistemplate/"
    many = [f"{arn}{number:036}" for number in range(1000)]
    with pytest.raises(a.exceptions.ServiceQuotaExceededException):
        add_rule(a, table["id"], "CUSTOM", custom(*many))


def test_create_configured_table_analysis_rule_does_not_find_the_table_of_another(a, b, table):
    with pytest.raises(b.exceptions.ResourceNotFoundException):
        add_rule(b, table["id"])


@pytest.mark.parametrize("kind", ["CUSTOM", "AGGREGATION"])
def test_get_configured_table_analysis_rule_says_which_rule_is_missing(a, table, kind):
    add_rule(a, table["id"])
    with pytest.raises(a.exceptions.ResourceNotFoundException) as refused:
        get(a, table["id"], kind)
    assert refused.value.response["message"] == (
        f"No such analysis rule with configuredTableId: {table['id']} and type {kind}"
    )


def test_update_configured_table_analysis_rule_replaces_the_policy(a, table):
    with freeze_time(NOON):
        rule = add_rule(a, table["id"])
    policy = {"v1": {"list": {"joinColumns": ["amount"], "listColumns": []}}}
    with freeze_time(NOON + timedelta(hours=1)):
        answer = a.update_configured_table_analysis_rule(
            configuredTableIdentifier=table["id"],
            analysisRuleType="LIST",
            analysisRulePolicy=policy,
        )
    changed = {**rule, "policy": policy, "updateTime": NOON + timedelta(hours=1)}
    assert answer["analysisRule"] == changed
    assert get(a, table["id"]) == changed


def test_update_configured_table_analysis_rule_does_not_change_the_type(a, table):
    add_rule(a, table["id"])
    with pytest.raises(a.exceptions.ResourceNotFoundException):
        a.update_configured_table_analysis_rule(
            configuredTableIdentifier=table["id"],
            analysisRuleType="AGGREGATION",
            analysisRulePolicy=AGGREGATION,
        )


def test_update_configured_table_analysis_rule_leaves_the_rule_when_it_is_refused(a, table):
    rule = add_rule(a, table["id"])
    with pytest.raises(a.exceptions.ValidationException):
        a.update_configured_table_analysis_rule(
            configuredTableIdentifier=table["id"],
            analysisRuleType="LIST",
            analysisRulePolicy={"v1": {"list": {"joinColumns": ["zip"], "listColumns": []}}},
        )
    assert get(a, table["id"]) == rule


def test_delete_configured_table_analysis_rule_makes_room_for_another_type(a, table):
    add_rule(a, table["id"])
    answer = a.delete_configured_table_analysis_rule(
        configuredTableIdentifier=table["id"], analysisRuleType="LIST"
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    add_rule(a, table["id"], "AGGREGATION", AGGREGATION)
    assert types(a, table["id"]) == ["AGGREGATION"]


def test_delete_configured_table_analysis_rule_does_not_find_another_type(a, table):
    add_rule(a, table["id"])
    with pytest.raises(a.exceptions.ResourceNotFoundException):
        a.delete_configured_table_analysis_rule(
            configuredTableIdentifier=table["id"], analysisRuleType="CUSTOM"
        )
    assert types(a, table["id"]) == ["LIST"]


@pytest.mark.parametrize(("kind", "policy"), [("LIST", LIST), ("AGGREGATION", AGGREGATION)])
def test_only_a_table_in_s3_has_a_rule_that_is_not_custom(a, kind, policy):
    table = new_table(a, **snowflake_table("varchar"))
    with pytest.raises(a.exceptions.ValidationException, match="in Amazon S3 only, not for snow"):
        add_rule(a, table["id"], kind, policy)
    in_s3 = new_table(a)
    add_rule(a, in_s3["id"], kind, policy)
    columns = [
        {"columnName": name, "columnType": "varchar"} for name in ("customer_id", "city", "amount")
    ]
    reference = snowflake_table("varchar")["tableReference"]
    reference["snowflake"]["tableSchema"] = {"v1": columns}
    with pytest.raises(a.exceptions.ValidationException, match="in Amazon S3 only"):
        a.update_configured_table(configuredTableIdentifier=in_s3["id"], tableReference=reference)
    found = a.get_configured_table(configuredTableIdentifier=in_s3["id"])["configuredTable"]
    assert list(found["tableReference"]) == ["glue"]
