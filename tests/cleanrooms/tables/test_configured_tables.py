"""What an account says about its own tables, before any collaboration."""

import re
from datetime import datetime, timedelta, timezone

import pytest

from tests.cleanrooms.collaboration_samples import NOBODY, REGION, A, B
from tests.cleanrooms.table_samples import COLUMNS, GLUE, add_rule, associate, new_table
from tests.frozen_time import freeze_time

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
SNOWFLAKE = {
    "snowflake": {
        "secretArn": f"arn:aws:secretsmanager:us-east-1:{A}:secret:snow",
        "accountIdentifier": "abc-123",
        "databaseName": "SALES",
        "tableName": "ORDERS",
        "schemaName": "PUBLIC",
        "tableSchema": {"v1": [{"columnName": "city", "columnType": "varchar"}]},
    }
}


def get(client, table_id):
    return client.get_configured_table(configuredTableIdentifier=table_id)["configuredTable"]


def listed(client, **arguments):
    pages = client.get_paginator("list_configured_tables").paginate(**arguments)
    return [each["name"] for page in pages for each in page["configuredTableSummaries"]]


def glue_table(membership_mock, account, *columns, keys=(), region=REGION):
    glue = membership_mock.client("glue", account=account, region=region)
    glue.create_database(DatabaseInput={"Name": "sales"})
    glue.create_table(
        DatabaseName="sales",
        TableInput={
            "Name": "orders",
            "StorageDescriptor": {"Columns": [{"Name": n, "Type": t} for n, t in columns]},
            "PartitionKeys": [{"Name": n, "Type": t} for n, t in keys],
        },
    )


def test_create_configured_table_returns_what_was_recorded_of_the_service(a):
    with freeze_time(NOON):
        table = new_table(a)
    table_id = table["id"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", table_id)
    assert table == {
        "id": table_id,
        "arn": f"arn:aws:cleanrooms:{REGION}:{A}:configuredtable/{table_id}",
        "name": "Orders",
        "tableReference": {
            "glue": {"region": REGION, "tableName": "orders", "databaseName": "sales"}
        },
        "createTime": NOON,
        "updateTime": NOON,
        "analysisRuleTypes": [],
        "analysisMethod": "DIRECT_QUERY",
        "allowedColumns": COLUMNS,
    }


def test_get_configured_table_returns_the_table_that_was_created(a):
    table = new_table(a, description="All orders", tags={"team": "sales"})
    assert get(a, table["id"]) == table


def test_create_configured_table_allows_the_same_name_again(a):
    assert new_table(a)["id"] != new_table(a)["id"]


def test_create_configured_table_keeps_the_region_of_its_reference(a):
    reference = {"glue": {**GLUE["glue"], "region": "us-east-1"}}
    assert new_table(a, tableReference=reference)["tableReference"] == reference


@pytest.mark.newest_model
def test_create_configured_table_names_the_type_of_a_snowflake_table(a):
    table = new_table(a, tableReference=SNOWFLAKE, allowedColumns=["city"])
    assert (table["tableType"], table["tableReference"]) == ("SNOWFLAKE", SNOWFLAKE)


@pytest.mark.newest_model
def test_create_configured_table_takes_a_databricks_table_on_trust(a):
    share = f"https://abc.cloud.databricks.com/api/2.0/delta-sharing/metastores/{NOBODY}"
    reference = {
        "databricks": {
            "schemaName": "sales",
            "tableName": "orders",
            "workspaceUrl": "https://abc.cloud.databricks.com",
            "connectionType": {
                "deltaSharing": {
                    "deltaShareEndpoint": f"{share}/recipients/{NOBODY}",
                    "shareName": "orders",
                }
            },
        }
    }
    table = new_table(a, tableReference=reference)
    assert (table["tableType"], table["tableReference"]) == ("DATABRICKS", reference)


def test_create_configured_table_refuses_a_column_that_a_snowflake_table_does_not_have(a):
    with pytest.raises(a.exceptions.ValidationException) as refused:
        new_table(a, tableReference=SNOWFLAKE, allowedColumns=["city", "zip"])
    assert refused.value.response["fieldList"][0]["name"] == "allowedColumns"
    assert "zip" in str(refused.value)


@pytest.mark.parametrize(
    "methods",
    [
        pytest.param({"analysisMethod": "MULTIPLE"}, id="none selected"),
        pytest.param(
            {"analysisMethod": "MULTIPLE", "selectedAnalysisMethods": ["DIRECT_QUERY"]},
            id="one selected",
        ),
        pytest.param(
            {"analysisMethod": "MULTIPLE", "selectedAnalysisMethods": ["DIRECT_JOB"] * 2},
            id="the same one twice",
        ),
        pytest.param(
            {
                "analysisMethod": "DIRECT_JOB",
                "selectedAnalysisMethods": ["DIRECT_JOB", "DIRECT_QUERY"],
            },
            id="selected though not multiple",
        ),
    ],
)
def test_create_configured_table_refuses_analysis_methods_that_do_not_go_together(a, methods):
    with pytest.raises(a.exceptions.ValidationException) as refused:
        new_table(a, **methods)
    assert refused.value.response["reason"] == "INVALID_CONFIGURATION"
    assert listed(a) == []


def test_create_configured_table_takes_both_analysis_methods(a):
    both = ["DIRECT_JOB", "DIRECT_QUERY"]
    table = new_table(a, analysisMethod="MULTIPLE", selectedAnalysisMethods=both)
    assert table["selectedAnalysisMethods"] == both


def test_create_configured_table_refuses_a_table_that_the_data_catalog_does_not_have(
    membership_mock, a
):
    glue_table(membership_mock, A, ("city", "string"))
    reference = {"glue": {"databaseName": "sales", "tableName": "missing"}}
    with pytest.raises(a.exceptions.ValidationException, match="missing was not found"):
        new_table(a, tableReference=reference)


def test_create_configured_table_refuses_a_column_that_the_glue_table_does_not_have(
    membership_mock, a
):
    glue_table(membership_mock, A, ("city", "string"), ("amount", "int"))
    with pytest.raises(a.exceptions.ValidationException, match="customer_id"):
        new_table(a)


def test_create_configured_table_finds_columns_among_the_partition_keys(membership_mock, a):
    columns = [("customer_id", "string"), ("amount", "int")]
    glue_table(membership_mock, A, *columns, keys=[("city", "string")])
    assert new_table(a)["allowedColumns"] == COLUMNS


def test_create_configured_table_finds_names_in_the_catalog_in_any_letter_case(membership_mock, a):
    columns = [("Customer_ID", "string"), ("AMOUNT", "int")]
    glue_table(membership_mock, A, *columns, keys=[("City", "string")])
    for database, table in (("sales", "orders"), ("SALES", "Orders")):
        reference = {"glue": {"databaseName": database, "tableName": table}}
        assert new_table(a, tableReference=reference)["tableReference"]["glue"] == {
            **reference["glue"],
            "region": REGION,
        }
    reference = {"glue": {"databaseName": "Sales", "tableName": "missing"}}
    with pytest.raises(a.exceptions.ValidationException, match="missing was not found"):
        new_table(a, tableReference=reference)


def test_create_configured_table_does_not_look_into_the_catalog_of_another_account(
    membership_mock, a, b
):
    glue_table(membership_mock, A, ("city", "string"))
    assert new_table(b)["allowedColumns"] == COLUMNS


def test_create_configured_table_looks_into_the_catalog_of_the_region_it_names(membership_mock, a):
    glue_table(membership_mock, A, ("city", "string"), region="us-east-1")
    new_table(a)
    reference = {"glue": {**GLUE["glue"], "region": "us-east-1"}}
    with pytest.raises(a.exceptions.ValidationException):
        new_table(a, tableReference=reference)


def test_create_configured_table_refuses_reserved_tag_keys(a):
    with pytest.raises(a.exceptions.ValidationException):
        new_table(a, tags={"aws:team": "sales"})
    assert listed(a) == []


def test_create_configured_table_refuses_more_columns_than_the_quota(a):
    with pytest.raises(a.exceptions.ServiceQuotaExceededException) as refused:
        new_table(a, allowedColumns=[f"c{number}" for number in range(101)])
    answer = refused.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert (answer["quotaName"], answer["quotaValue"]) == (
        "Columns per configured table allowlist",
        100.0,
    )


def test_create_configured_table_refuses_more_tables_than_the_quota(a, b):
    for _ in range(250):
        new_table(a)
    with pytest.raises(a.exceptions.ServiceQuotaExceededException):
        new_table(a)
    new_table(b)


@pytest.mark.parametrize("region", ["us-east-1", REGION])
def test_get_configured_table_does_not_find_what_belongs_elsewhere(membership_mock, a, region):
    table = new_table(a)
    account = A if region != REGION else B
    elsewhere = membership_mock.client("cleanrooms", account=account, region=region)
    with pytest.raises(elsewhere.exceptions.ResourceNotFoundException) as refused:
        get(elsewhere, table["id"])
    answer = refused.value.response
    assert (answer["resourceId"], answer["resourceType"]) == (table["id"], "CONFIGURED_TABLE")


def test_list_configured_tables_returns_the_own_tables_in_order_and_in_pages(a, b):
    names = [f"Table {number}" for number in range(5)]
    for name in names:
        new_table(a, name=name)
    new_table(b)
    assert listed(a, PaginationConfig={"PageSize": 2}) == names


def test_list_configured_tables_returns_what_was_recorded_of_the_service(a):
    both = ["DIRECT_JOB", "DIRECT_QUERY"]
    new_table(a, analysisMethod="MULTIPLE", selectedAnalysisMethods=both, description="x")
    (summary,) = a.list_configured_tables()["configuredTableSummaries"]
    assert set(summary) == {
        "id",
        "arn",
        "name",
        "createTime",
        "updateTime",
        "analysisRuleTypes",
        "analysisMethod",
        "selectedAnalysisMethods",
    }


def test_update_configured_table_changes_what_is_given_and_the_time(a):
    with freeze_time(NOON):
        table = new_table(a)
    later = NOON + timedelta(hours=1)
    with freeze_time(later):
        answer = a.update_configured_table(
            configuredTableIdentifier=table["id"], name="Sales", allowedColumns=["city", "zip"]
        )
    changed = {"name": "Sales", "allowedColumns": ["city", "zip"], "updateTime": later}
    assert answer["configuredTable"] == {**table, **changed}
    assert get(a, table["id"]) == {**table, **changed}


def test_update_configured_table_drops_the_selected_methods_with_multiple(a):
    both = ["DIRECT_JOB", "DIRECT_QUERY"]
    table = new_table(a, analysisMethod="MULTIPLE", selectedAnalysisMethods=both)
    answer = a.update_configured_table(
        configuredTableIdentifier=table["id"], analysisMethod="DIRECT_QUERY"
    )
    assert "selectedAnalysisMethods" not in answer["configuredTable"]


def test_update_configured_table_keeps_the_columns_that_its_rule_uses(a):
    table = new_table(a)
    add_rule(a, table["id"])
    with pytest.raises(a.exceptions.ConflictException) as refused:
        a.update_configured_table(
            configuredTableIdentifier=table["id"], name="Other", allowedColumns=["city", "amount"]
        )
    answer = refused.value.response
    assert (answer["reason"], answer["resourceType"]) == ("INVALID_STATE", "CONFIGURED_TABLE")
    assert get(a, table["id"])["name"] == "Orders"


def test_update_configured_table_does_not_find_the_table_of_another_account(a, b):
    table = new_table(a)
    with pytest.raises(b.exceptions.ResourceNotFoundException):
        b.update_configured_table(configuredTableIdentifier=table["id"], name="Mine")


def test_delete_configured_table_answers_204_and_takes_the_rule_with_it(a):
    table = new_table(a)
    add_rule(a, table["id"])
    answer = a.delete_configured_table(configuredTableIdentifier=table["id"])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert listed(a) == []
    with pytest.raises(a.exceptions.ResourceNotFoundException):
        get(a, table["id"])


def test_delete_configured_table_is_held_back_by_an_association(b, memberships):
    table = new_table(b)
    association = associate(b, memberships[B], table["id"])
    with pytest.raises(b.exceptions.ConflictException) as refused:
        b.delete_configured_table(configuredTableIdentifier=table["id"])
    answer = refused.value.response
    assert (answer["reason"], answer["resourceId"], answer["resourceType"]) == (
        "SUBRESOURCES_EXIST",
        table["id"],
        "CONFIGURED_TABLE",
    )
    b.delete_configured_table_association(
        membershipIdentifier=memberships[B], configuredTableAssociationIdentifier=association["id"]
    )
    b.delete_configured_table(configuredTableIdentifier=table["id"])


def test_delete_configured_table_does_not_find_an_unknown_table(a):
    with pytest.raises(a.exceptions.ResourceNotFoundException):
        a.delete_configured_table(configuredTableIdentifier=NOBODY)
