"""The tables of a collaboration, as all its members see them."""

import pytest

from tests.cleanrooms.collaboration_samples import (
    REGION,
    STRANGER,
    A,
    B,
    C,
    join,
    member,
    new_collaboration,
    results_to,
)
from tests.cleanrooms.table_samples import (
    COLUMNS,
    LIST,
    add_collaboration_rule,
    add_rule,
    associate,
    custom,
    new_table,
    ready_table,
    receivers,
)

MODEL_ARN = f"arn:aws:cleanrooms:{REGION}:{A}:membership/*/configuredaudiencemodelassociation/*"


def get(client, collaboration_id, name="orders"):
    return client.get_schema(collaborationIdentifier=collaboration_id, name=name)["schema"]


def rule_of(client, collaboration_id, name="orders", kind="LIST"):
    answer = client.get_schema_analysis_rule(
        collaborationIdentifier=collaboration_id, name=name, type=kind
    )
    return answer["analysisRule"]


def names(client, collaboration_id, **arguments):
    pages = client.get_paginator("list_schemas").paginate(
        collaborationIdentifier=collaboration_id, **arguments
    )
    return [each["name"] for page in pages for each in page["schemaSummaries"]]


def status(client, collaboration_id, name="orders"):
    """Return what is ready, and otherwise why not, by type of analysis."""
    return {
        each["analysisType"]: [reason["code"] for reason in each.get("reasons", ())]
        for each in get(client, collaboration_id, name)["schemaStatusDetails"]
    }


@pytest.mark.newest_model
def test_get_schema_shows_a_member_the_table_of_another(a, b, collaboration_id, memberships):
    association = ready_table(b, memberships[B], A)
    assert get(a, collaboration_id) == {
        "name": "orders",
        "type": "TABLE",
        "creatorAccountId": B,
        "createTime": association["createTime"],
        "updateTime": association["updateTime"],
        "collaborationId": collaboration_id,
        "collaborationArn": f"arn:aws:cleanrooms:{REGION}:{A}:collaboration/{collaboration_id}",
        "columns": [{"name": name, "type": "string"} for name in COLUMNS],
        "partitionKeys": [],
        "analysisRuleTypes": ["LIST"],
        "analysisMethod": "DIRECT_QUERY",
        "description": "",
        "schemaStatusDetails": [
            {"status": "READY", "analysisRuleType": "LIST", "analysisType": "DIRECT_ANALYSIS"}
        ],
        "resourceArn": association["arn"],
        "schemaTypeProperties": {
            "configuredTableAssociation": {"configuredTableAssociationId": association["id"]}
        },
    }


def test_get_schema_looks_the_same_to_its_owner_and_to_the_others(
    a, b, collaboration_id, memberships
):
    ready_table(b, memberships[B], A)
    assert get(a, collaboration_id) == get(b, collaboration_id)


def test_get_schema_shows_the_types_of_the_data_catalog(
    membership_mock, a, b, collaboration_id, memberships
):
    glue = membership_mock.client("glue", account=B, region=REGION)
    glue.create_database(DatabaseInput={"Name": "sales"})
    columns = [{"Name": "customer_id", "Type": "bigint"}, {"Name": "city", "Type": "char(2)"}]
    glue.create_table(
        DatabaseName="sales",
        TableInput={
            "Name": "orders",
            "StorageDescriptor": {"Columns": [*columns, {"Name": "secret", "Type": "string"}]},
            "PartitionKeys": [{"Name": "day", "Type": "date"}],
        },
    )
    without = new_table(b, allowedColumns=["customer_id"])
    associate(b, memberships[B], without["id"], "without")
    schema = a.get_schema(collaborationIdentifier=collaboration_id, name="without")["schema"]
    assert schema["columns"] == [{"name": "customer_id", "type": "bigint"}]
    assert schema["partitionKeys"] == [{"name": "day", "type": "date"}]
    table = new_table(b, allowedColumns=["customer_id", "city", "day"])
    associate(b, memberships[B], table["id"])
    schema = get(a, collaboration_id)
    assert schema["columns"] == [
        {"name": "customer_id", "type": "bigint"},
        {"name": "city", "type": "char(2)"},
        {"name": "day", "type": "date"},
    ]
    assert schema["partitionKeys"] == [{"name": "day", "type": "date"}]


def test_get_schema_follows_a_change_of_the_table(a, b, collaboration_id, memberships):
    table = new_table(b)
    associate(b, memberships[B], table["id"], description="Ours")
    b.update_configured_table(configuredTableIdentifier=table["id"], allowedColumns=["city"])
    schema = get(a, collaboration_id)
    assert (schema["columns"], schema["description"]) == (
        [{"name": "city", "type": "string"}],
        "Ours",
    )


def test_get_schema_needs_an_analysis_rule_to_be_ready(a, b, collaboration_id, memberships):
    associate(b, memberships[B], new_table(b)["id"])
    schema = get(a, collaboration_id)
    assert schema["analysisRuleTypes"] == []
    (detail,) = schema["schemaStatusDetails"]
    assert (detail["status"], detail["analysisType"]) == ("NOT_READY", "DIRECT_ANALYSIS")
    assert [reason["code"] for reason in detail["reasons"]] == ["ANALYSIS_RULE_MISSING"]
    assert "analysisRuleType" not in detail


def test_get_schema_needs_a_collaboration_rule_to_be_ready(a, b, collaboration_id, memberships):
    table = new_table(b)
    add_rule(b, table["id"])
    association = associate(b, memberships[B], table["id"])
    codes = ["COLLABORATION_ANALYSIS_RULE_NOT_CONFIGURED"]
    assert status(a, collaboration_id) == {"DIRECT_ANALYSIS": codes}
    add_collaboration_rule(b, memberships[B], association["id"], "LIST", {"v1": {"list": {}}})
    assert status(a, collaboration_id) == {"DIRECT_ANALYSIS": ["RESULT_RECEIVERS_NOT_CONFIGURED"]}


def test_get_schema_is_not_ready_when_the_table_has_a_rule_of_another_type_by_now(
    a, b, collaboration_id, memberships
):
    association = ready_table(b, memberships[B], A)
    table_id = association["configuredTableId"]
    b.delete_configured_table_analysis_rule(
        configuredTableIdentifier=table_id, analysisRuleType="LIST"
    )
    assert status(a, collaboration_id) == {"DIRECT_ANALYSIS": ["ANALYSIS_RULE_MISSING"]}
    add_rule(b, table_id, "CUSTOM", custom("ANY_QUERY", providers=[A]))
    codes = ["ANALYSIS_RULE_TYPES_NOT_COMPATIBLE"]
    assert status(a, collaboration_id) == {"DIRECT_ANALYSIS": codes}


@pytest.mark.parametrize(
    ("policy", "codes"),
    [
        pytest.param(custom(), ["ANALYSIS_TEMPLATES_NOT_CONFIGURED"], id="nothing allowed"),
        pytest.param(
            custom(
                "ANY_QUERY",
                providers=[A],
                differentialPrivacy={"columns": [{"name": "customer_id"}]},
            ),
            ["DIFFERENTIAL_PRIVACY_POLICY_NOT_CONFIGURED"],
            id="differential privacy without a budget",
        ),
        pytest.param(custom("ANY_QUERY", providers=[A]), [], id="any query"),
    ],
)
def test_get_schema_says_why_a_custom_rule_is_not_ready(
    a, b, collaboration_id, memberships, policy, codes
):
    ready_table(b, memberships[B], A, kind="CUSTOM", policy=policy)
    assert status(a, collaboration_id) == {"DIRECT_ANALYSIS": codes}


@pytest.mark.parametrize(
    ("wanted", "given", "expected"),
    [
        pytest.param(
            "ALLOWED",
            {},
            {"DIRECT_ANALYSIS": [], "ADDITIONAL_ANALYSIS": ["ADDITIONAL_ANALYSES_NOT_CONFIGURED"]},
            id="allowed, not configured",
        ),
        pytest.param(
            "ALLOWED",
            {"allowedAdditionalAnalyses": [MODEL_ARN]},
            {"DIRECT_ANALYSIS": [], "ADDITIONAL_ANALYSIS": []},
            id="allowed and configured",
        ),
        pytest.param(
            "NOT_ALLOWED",
            {"allowedAdditionalAnalyses": [MODEL_ARN]},
            {"DIRECT_ANALYSIS": [], "ADDITIONAL_ANALYSIS": ["ADDITIONAL_ANALYSES_NOT_ALLOWED"]},
            id="configured, not allowed",
        ),
        pytest.param(
            "REQUIRED",
            {"allowedAdditionalAnalyses": [MODEL_ARN]},
            {"ADDITIONAL_ANALYSIS": ["RESULT_RECEIVERS_NOT_ALLOWED"]},
            id="required, yet receivers are named",
        ),
    ],
)
def test_get_schema_says_whether_additional_analyses_are_ready(
    a, b, collaboration_id, memberships, wanted, given, expected
):
    table = new_table(b)
    policy = {"v1": {"list": {**LIST["v1"]["list"], "additionalAnalyses": wanted}}}
    add_rule(b, table["id"], "LIST", policy)
    association = associate(b, memberships[B], table["id"])
    add_collaboration_rule(
        b, memberships[B], association["id"], "LIST", receivers("LIST", A, **given)
    )
    assert status(a, collaboration_id) == expected


def test_get_schema_does_not_find_an_unknown_name(a, collaboration_id, memberships):
    with pytest.raises(a.exceptions.ResourceNotFoundException) as refused:
        get(a, collaboration_id)
    assert refused.value.response["resourceId"] == "orders"


@pytest.mark.parametrize("who", [C, STRANGER], ids=["who is only invited", "who is no member"])
def test_schemas_are_refused_to_an_account(a, clients, who):
    room = new_collaboration(a, member(B), member(C))["id"]
    client = clients[who]
    calls = (
        lambda: get(client, room),
        lambda: names(client, room),
        lambda: rule_of(client, room),
        lambda: client.batch_get_schema(collaborationIdentifier=room, names=["orders"]),
        lambda: client.batch_get_schema_analysis_rule(
            collaborationIdentifier=room,
            schemaAnalysisRuleRequests=[{"name": "orders", "type": "LIST"}],
        ),
    )
    for call in calls:
        with pytest.raises(client.exceptions.AccessDeniedException):
            call()


def test_schemas_are_shown_to_a_creator_who_has_not_joined(a, b):
    room = new_collaboration(a, member(B))["id"]
    associate(b, join(b, room)["id"], new_table(b)["id"])
    assert names(a, room) == ["orders"]


def test_list_schemas_returns_the_tables_of_all_members_in_order_and_in_pages(
    a, b, collaboration_id, memberships
):
    for number in range(5):
        client, mid = (a, memberships[A]) if number % 2 else (b, memberships[B])
        associate(client, mid, new_table(client)["id"], f"t{number}")
    expected = [f"t{number}" for number in range(5)]
    for client in (a, b):
        assert names(client, collaboration_id, PaginationConfig={"PageSize": 2}) == expected
    answer = a.list_schemas(collaborationIdentifier=collaboration_id)
    assert [each["creatorAccountId"] for each in answer["schemaSummaries"]] == [B, A, B, A, B]


def test_list_schemas_filters_by_type(a, b, collaboration_id, memberships):
    associate(b, memberships[B], new_table(b)["id"])
    assert names(a, collaboration_id, schemaType="TABLE") == ["orders"]
    assert names(a, collaboration_id, schemaType="ID_MAPPING_TABLE") == []


def test_schemas_of_another_collaboration_are_not_shown(a, b, collaboration_id, memberships):
    other = new_collaboration(a, member(B))["id"]
    associate(b, join(b, other)["id"], new_table(b)["id"])
    assert (names(a, other), names(a, collaboration_id)) == (["orders"], [])


def test_schemas_vanish_with_the_member_who_brought_them(a, b, collaboration_id, memberships):
    associate(b, memberships[B], new_table(b)["id"])
    associate(a, memberships[A], new_table(a)["id"], "mine")
    a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    assert names(a, collaboration_id) == ["mine"]
    with pytest.raises(a.exceptions.ResourceNotFoundException):
        get(a, collaboration_id)


def test_schemas_free_their_name_when_the_member_is_removed(a, b, collaboration_id, memberships):
    associate(b, memberships[B], new_table(b)["id"])
    a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    associate(a, memberships[A], new_table(a)["id"])
    assert get(a, collaboration_id)["creatorAccountId"] == A


def test_get_schema_analysis_rule_shows_both_policies_and_what_they_make(
    a, b, collaboration_id, memberships
):
    association = ready_table(b, memberships[B], A)
    mine = b.get_configured_table_analysis_rule(
        configuredTableIdentifier=association["configuredTableId"], analysisRuleType="LIST"
    )["analysisRule"]
    ours = receivers("LIST", A)
    rule = rule_of(a, collaboration_id)
    assert rule.pop("updateTime") >= mine["updateTime"]
    assert rule == {
        "collaborationId": collaboration_id,
        "type": "LIST",
        "name": "orders",
        "createTime": mine["createTime"],
        "policy": LIST,
        "collaborationPolicy": ours,
        "consolidatedPolicy": {"v1": {"list": {**LIST["v1"]["list"], **ours["v1"]["list"]}}},
    }


def test_get_schema_analysis_rule_is_not_found_before_there_are_both_rules(
    a, b, collaboration_id, memberships
):
    table = new_table(b)
    association = associate(b, memberships[B], table["id"])
    with pytest.raises(a.exceptions.ResourceNotFoundException):
        rule_of(a, collaboration_id)
    add_rule(b, table["id"])
    with pytest.raises(a.exceptions.ResourceNotFoundException):
        rule_of(a, collaboration_id)
    add_collaboration_rule(b, memberships[B], association["id"], "LIST", receivers("LIST", A))
    rule_of(a, collaboration_id)
    with pytest.raises(a.exceptions.ResourceNotFoundException):
        rule_of(a, collaboration_id, kind="CUSTOM")


def test_batch_get_schema_returns_what_there_is_and_an_error_for_the_rest(
    a, b, collaboration_id, memberships
):
    associate(b, memberships[B], new_table(b)["id"], "one")
    associate(b, memberships[B], new_table(b)["id"], "two")
    answer = a.batch_get_schema(
        collaborationIdentifier=collaboration_id, names=["two", "three", "one", "two"]
    )
    assert [each["name"] for each in answer["schemas"]] == ["two", "one"]
    assert answer["schemas"][1] == get(a, collaboration_id, "one")
    (error,) = answer["errors"]
    assert (error["name"], error["code"]) == ("three", "ResourceNotFoundException")


def test_batch_get_schema_analysis_rule_returns_what_there_is_and_an_error_for_the_rest(
    a, b, collaboration_id, memberships
):
    ready_table(b, memberships[B], A)
    answer = a.batch_get_schema_analysis_rule(
        collaborationIdentifier=collaboration_id,
        schemaAnalysisRuleRequests=[
            {"name": "orders", "type": "LIST"},
            {"name": "orders", "type": "CUSTOM"},
            {"name": "clicks", "type": "LIST"},
        ],
    )
    assert answer["analysisRules"] == [rule_of(a, collaboration_id)]
    assert [(each["name"], each["type"]) for each in answer["errors"]] == [
        ("orders", "CUSTOM"),
        ("clicks", "LIST"),
    ]


def test_schemas_are_gone_with_the_collaboration(a, b, collaboration_id, memberships):
    associate(b, memberships[B], new_table(b)["id"])
    a.delete_collaboration(collaborationIdentifier=collaboration_id)
    for client in (a, b):
        with pytest.raises(client.exceptions.AccessDeniedException):
            names(client, collaboration_id)


def test_a_receiver_with_a_bucket_of_its_own_can_be_named(a, b, clients):
    room = new_collaboration(a, member(B), member(C, "CAN_RECEIVE_RESULTS"))["id"]
    join(clients[C], room, defaultResultConfiguration=results_to("results-c", C))
    ready_table(b, join(b, room)["id"], C)
    assert status(clients[C], room) == {"DIRECT_ANALYSIS": []}
