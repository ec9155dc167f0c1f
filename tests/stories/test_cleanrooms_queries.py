"""Two companies share a room, from the first invitation to the result, and end it both ways."""

import csv
import io
import json

import pytest

from membership_mock import AwsSide
from membership_mock.engine import running

BRAND, PUBLISHER, AGENCY = "111111111111", "222222222222", "333333333333"
REGION = "eu-central-1"
COLUMNS = [("email_hash", "string"), ("campaign", "string"), ("clicks", "int")]
SQL = "SELECT campaign, SUM(clicks) AS clicks FROM impressions GROUP BY campaign"


@pytest.fixture
def client(membership_mock):
    def of(account, service="cleanrooms"):
        return membership_mock.client(service, account=account, region=REGION)

    return of


def role(account):
    return f"arn:aws:iam::{account}:role/clean-rooms"


def open_room(brand, *members):
    """Create the brand's room, and return the collaboration."""
    return brand.create_collaboration(
        name="Campaign overlap",
        creatorDisplayName="Brand",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[
            {"accountId": account, "displayName": name, "memberAbilities": abilities}
            for account, name, abilities in members
        ],
        queryLogStatus="ENABLED",
    )["collaboration"]


def join(client, collaboration_id, **others):
    return client.create_membership(
        collaborationIdentifier=collaboration_id, queryLogStatus="ENABLED", **others
    )["membership"]["id"]


def catalog(client, account):
    """Put the table into the account's data catalog."""
    glue = client(account, "glue")
    glue.create_database(DatabaseInput={"Name": "ads"})
    columns = [{"Name": name, "Type": kind} for name, kind in COLUMNS]
    glue.create_table(
        DatabaseName="ads",
        TableInput={"Name": "impressions", "StorageDescriptor": {"Columns": columns}},
    )


def bring_table(client, membership_id, receivers):
    """Bring the publisher's table into the room, rules and all, and return the association."""
    table_id = client.create_configured_table(
        name="Impressions",
        tableReference={"glue": {"databaseName": "ads", "tableName": "impressions"}},
        allowedColumns=[name for name, _ in COLUMNS],
        analysisMethod="DIRECT_QUERY",
    )["configuredTable"]["id"]
    client.create_configured_table_analysis_rule(
        configuredTableIdentifier=table_id,
        analysisRuleType="AGGREGATION",
        analysisRulePolicy={
            "v1": {
                "aggregation": {
                    "aggregateColumns": [{"columnNames": ["clicks"], "function": "SUM"}],
                    "joinColumns": ["email_hash"],
                    "dimensionColumns": ["campaign"],
                    "scalarFunctions": [],
                    "outputConstraints": [
                        {"columnName": "email_hash", "minimum": 10, "type": "COUNT_DISTINCT"}
                    ],
                }
            }
        },
    )
    association = client.create_configured_table_association(
        name="impressions",
        membershipIdentifier=membership_id,
        configuredTableIdentifier=table_id,
        roleArn=role(PUBLISHER),
    )["configuredTableAssociation"]
    client.create_configured_table_association_analysis_rule(
        membershipIdentifier=membership_id,
        configuredTableAssociationIdentifier=association["id"],
        analysisRuleType="AGGREGATION",
        analysisRulePolicy={"v1": {"aggregation": {"allowedResultReceivers": receivers}}},
    )
    return association


def end_query(account, *args, **kwargs):
    AwsSide(running.require(), account, REGION).end_query(*args, **kwargs)


def ask(client, membership_id, **others):
    return client.start_protected_query(
        type="SQL", membershipIdentifier=membership_id, sqlParameters={"queryString": SQL}, **others
    )["protectedQuery"]["id"]


def wait_for(client, membership_id, query_id):
    """Poll a query as applications do, but without their patience."""
    for _ in range(10):
        query = client.get_protected_query(
            membershipIdentifier=membership_id, protectedQueryIdentifier=query_id
        )["protectedQuery"]
        if query["status"] in ("SUCCESS", "FAILED", "CANCELLED", "TIMED_OUT"):
            return query
    raise AssertionError("the query does not end")


def test_two_companies_share_a_room_until_the_publisher_leaves(client):
    brand, publisher = client(BRAND), client(PUBLISHER)
    s3 = client(BRAND, "s3")
    s3.create_bucket(
        Bucket="brand-results", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    catalog(client, PUBLISHER)

    # the brand invites, both join, the publisher brings its table
    room = open_room(brand, (PUBLISHER, "Publisher", []))["id"]
    (invitation,) = publisher.list_collaborations(memberStatus="INVITED")["collaborationList"]
    assert invitation["id"] == room
    brand_mid, publisher_mid = join(brand, room), join(publisher, room)
    association = bring_table(publisher, publisher_mid, receivers=[BRAND])

    # the brand sees the table, its types and that it is ready
    schema = brand.get_schema(collaborationIdentifier=room, name="impressions")["schema"]
    assert [(each["name"], each["type"]) for each in schema["columns"]] == COLUMNS
    assert [each["status"] for each in schema["schemaStatusDetails"]] == ["READY"]
    rule = brand.get_schema_analysis_rule(
        collaborationIdentifier=room, name="impressions", type="AGGREGATION"
    )["analysisRule"]["consolidatedPolicy"]["v1"]["aggregation"]
    assert rule["allowedResultReceivers"] == [BRAND]

    # the brand asks, and the result lands in its bucket
    end_query(BRAND, result=[{"campaign": "spring", "clicks": 120}])
    query_id = ask(
        brand,
        brand_mid,
        resultConfiguration={
            "outputConfiguration": {"s3": {"bucket": "brand-results", "resultFormat": "CSV"}}
        },
    )
    query = wait_for(brand, brand_mid, query_id)
    location = query["result"]["output"]["s3"]["location"]
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    (found,) = s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]
    text = s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read().decode()
    assert list(csv.DictReader(io.StringIO(text))) == [{"campaign": "spring", "clicks": "120"}]

    # the publisher leaves: first the table has to go, from the room and then for good
    with pytest.raises(publisher.exceptions.ConflictException):
        publisher.delete_membership(membershipIdentifier=publisher_mid)
    with pytest.raises(publisher.exceptions.ConflictException):
        publisher.delete_configured_table(
            configuredTableIdentifier=association["configuredTableId"]
        )
    publisher.delete_configured_table_association(
        membershipIdentifier=publisher_mid, configuredTableAssociationIdentifier=association["id"]
    )
    publisher.delete_configured_table(configuredTableIdentifier=association["configuredTableId"])
    publisher.delete_membership(membershipIdentifier=publisher_mid)
    assert brand.list_schemas(collaborationIdentifier=room)["schemaSummaries"] == []
    statuses = {
        each["accountId"]: each["status"]
        for each in brand.list_members(collaborationIdentifier=room)["memberSummaries"]
    }
    assert statuses == {BRAND: "ACTIVE", PUBLISHER: "LEFT"}

    # the past query stays readable
    assert wait_for(brand, brand_mid, query_id)["result"] == query["result"]


def test_two_companies_share_a_room_until_the_brand_deletes_it(client):
    brand, publisher = client(BRAND), client(PUBLISHER)
    room = open_room(brand, (PUBLISHER, "Publisher", []))["id"]
    brand_mid, publisher_mid = join(brand, room), join(publisher, room)
    association = bring_table(publisher, publisher_mid, receivers=[BRAND])
    brand.delete_collaboration(collaborationIdentifier=room)
    for each in (brand, publisher):
        with pytest.raises(each.exceptions.AccessDeniedException):
            each.get_schema(collaborationIdentifier=room, name="impressions")
    with pytest.raises(brand.exceptions.AccessDeniedException):
        ask(brand, brand_mid)

    # the publisher keeps access to what it has, and cleans up
    publisher.get_configured_table_association(
        membershipIdentifier=publisher_mid, configuredTableAssociationIdentifier=association["id"]
    )
    publisher.delete_configured_table_association(
        membershipIdentifier=publisher_mid, configuredTableAssociationIdentifier=association["id"]
    )
    publisher.delete_configured_table(configuredTableIdentifier=association["configuredTableId"])
    for each, membership_id in ((brand, brand_mid), (publisher, publisher_mid)):
        each.delete_membership(membershipIdentifier=membership_id)
        assert each.list_memberships()["membershipSummaries"] == []


def test_three_accounts_go_on_when_the_one_with_the_table_is_removed(client):
    brand, publisher, agency = client(BRAND), client(PUBLISHER), client(AGENCY)
    room = open_room(
        brand, (PUBLISHER, "Publisher", []), (AGENCY, "Agency", ["CAN_RECEIVE_RESULTS"])
    )["id"]
    brand_mid, publisher_mid = join(brand, room), join(publisher, room)
    s3 = client(AGENCY, "s3")
    s3.create_bucket(
        Bucket="agency-results", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    join(
        agency,
        room,
        defaultResultConfiguration={
            "outputConfiguration": {"s3": {"bucket": "agency-results", "resultFormat": "CSV"}},
            "roleArn": role(AGENCY),
        },
    )
    bring_table(publisher, publisher_mid, receivers=[AGENCY])
    to_agency = {"outputConfiguration": {"member": {"accountId": AGENCY}}}
    end_query(BRAND, result=[{"campaign": "spring", "clicks": 120}])
    query_id = ask(brand, brand_mid, resultConfiguration=to_agency)
    query = wait_for(brand, brand_mid, query_id)
    assert query["result"]["output"] == {"memberList": [{"accountId": AGENCY}]}
    assert len(s3.list_objects_v2(Bucket="agency-results")["Contents"]) == 1

    # the publisher has not allowed the brand itself to see results
    with pytest.raises(brand.exceptions.ValidationException) as refused:
        ask(
            brand,
            brand_mid,
            resultConfiguration={
                "outputConfiguration": {"s3": {"bucket": "brand-results", "resultFormat": "CSV"}}
            },
        )
    assert refused.value.response["reason"] == "INVALID_QUERY"

    brand.delete_member(collaborationIdentifier=room, accountId=PUBLISHER)
    assert agency.list_schemas(collaborationIdentifier=room)["schemaSummaries"] == []
    with pytest.raises(publisher.exceptions.AccessDeniedException):
        publisher.list_schemas(collaborationIdentifier=room)
    (kept,) = publisher.list_configured_table_associations(membershipIdentifier=publisher_mid)[
        "configuredTableAssociationSummaries"
    ]
    assert kept["name"] == "impressions"


def test_a_template_is_reviewed_allowed_and_run(client):
    brand, publisher = client(BRAND), client(PUBLISHER)
    room = open_room(brand, (PUBLISHER, "Publisher", []))["id"]
    brand_mid, publisher_mid = join(brand, room), join(publisher, room)
    arn = brand.create_analysis_template(
        membershipIdentifier=brand_mid,
        name="overlap",
        format="SQL",
        source={"text": "SELECT COUNT(*) FROM people WHERE age > :age"},
        analysisParameters=[{"name": "age", "type": "INTEGER"}],
    )["analysisTemplate"]["arn"]

    # the publisher reads what would be run, and allows only that
    template = publisher.get_collaboration_analysis_template(
        collaborationIdentifier=room, analysisTemplateArn=arn
    )["collaborationAnalysisTemplate"]
    assert template["creatorAccountId"] == BRAND
    assert ":age" in json.dumps(template["source"])
    table_id = publisher.create_configured_table(
        name="People",
        tableReference={"glue": {"databaseName": "ads", "tableName": "people"}},
        allowedColumns=["age"],
        analysisMethod="DIRECT_QUERY",
    )["configuredTable"]["id"]
    publisher.create_configured_table_analysis_rule(
        configuredTableIdentifier=table_id,
        analysisRuleType="CUSTOM",
        analysisRulePolicy={"v1": {"custom": {"allowedAnalyses": [arn]}}},
    )
    association_id = publisher.create_configured_table_association(
        name="people",
        membershipIdentifier=publisher_mid,
        configuredTableIdentifier=table_id,
        roleArn=role(PUBLISHER),
    )["configuredTableAssociation"]["id"]

    # a forgotten collaboration rule shows before it costs a query
    def run():
        return brand.start_protected_query(
            type="SQL",
            membershipIdentifier=brand_mid,
            sqlParameters={"analysisTemplateArn": arn, "parameters": {"age": "30"}},
            resultConfiguration={
                "outputConfiguration": {"s3": {"bucket": "results", "resultFormat": "CSV"}}
            },
        )["protectedQuery"]["id"]

    with pytest.raises(
        brand.exceptions.ValidationException, match="COLLABORATION_ANALYSIS_RULE_NOT_CONFIGURED"
    ):
        run()
    publisher.create_configured_table_association_analysis_rule(
        membershipIdentifier=publisher_mid,
        configuredTableAssociationIdentifier=association_id,
        analysisRuleType="CUSTOM",
        analysisRulePolicy={"v1": {"custom": {"allowedResultReceivers": [BRAND]}}},
    )
    end_query(BRAND, "FAILED", error={"code": "RESOURCE_ACCESS_DENIED"})
    first, second = run(), run()
    assert wait_for(brand, brand_mid, first)["error"]["code"] == "RESOURCE_ACCESS_DENIED"
    assert wait_for(brand, brand_mid, second)["status"] == "SUCCESS"
