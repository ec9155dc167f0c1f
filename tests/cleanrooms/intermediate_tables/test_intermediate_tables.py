"""Intermediate tables of the member who can query: creating, reading, changing, deleting."""

import pytest

from tests.cleanrooms.collaboration_samples import NOBODY, REGION, A, B, code, refusal
from tests.cleanrooms.identity_samples import (
    add_mapping_table,
    add_namespace,
    namespace,
    populate,
    workflow,
)
from tests.cleanrooms.intermediate_samples import (
    SQL,
    add_intermediate_rule,
    disallow,
    fill,
    get_intermediate,
    new_intermediate,
    ready_intermediate,
    start_population,
    versions,
)
from tests.cleanrooms.privacy_samples import access_template
from tests.cleanrooms.table_samples import (
    associate,
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


def mine(client, membership_id):
    answer = client.list_intermediate_tables(membershipIdentifier=membership_id)
    return answer["intermediateTableSummaries"]


def delete(client, membership_id, table_id):
    client.delete_intermediate_table(
        membershipIdentifier=membership_id, intermediateTableIdentifier=table_id
    )


def update(client, membership_id, table_id, **changes):
    return client.update_intermediate_table(
        membershipIdentifier=membership_id, intermediateTableIdentifier=table_id, **changes
    )["intermediateTable"]


def children(client, membership_id, association_id):
    return client.get_configured_table_association(
        membershipIdentifier=membership_id,
        configuredTableAssociationIdentifier=association_id,
    )["configuredTableAssociation"]["childResources"]


def test_create_returns_the_table_and_get_returns_it_again(
    a, collaboration_id, memberships, orders
):
    key = f"arn:aws:kms:{REGION}:{A}:key/1234"
    table = new_intermediate(a, memberships[A], description="Ours", kmsKeyArn=key)
    membership_arn = f"arn:aws:cleanrooms:{REGION}:{A}:membership/{memberships[A]}"
    assert table == {
        "id": table["id"],
        "arn": f"{membership_arn}/intermediatetable/{table['id']}",
        "name": "cities",
        "description": "Ours",
        "membershipArn": membership_arn,
        "membershipId": memberships[A],
        "collaborationArn": f"arn:aws:cleanrooms:{REGION}:{A}:collaboration/{collaboration_id}",
        "collaborationId": collaboration_id,
        "childResources": [],
        "createTime": table["createTime"],
        "updateTime": table["createTime"],
        "status": "CREATED",
        "kmsKeyArn": key,
        "populationAnalysisConfiguration": {"sqlParameters": {"queryString": SQL}},
        "retentionInDays": 30,
        "tableDependencies": [
            {
                "id": orders["id"],
                "name": "orders",
                "type": "TABLE",
                "parentType": "DIRECT",
                "creatorAccountId": B,
            }
        ],
        "analysisRuleTypes": [],
    }
    assert get_intermediate(a, memberships[A], table["id"]) == table
    shown = (
        "id arn name description membershipArn membershipId collaborationArn collaborationId"
        " createTime updateTime status retentionInDays analysisRuleTypes"
    )
    assert mine(a, memberships[A]) == [{name: table[name] for name in shown.split()}]
    assert versions(a, memberships[A], table["id"]) == []


def test_only_the_member_who_can_query_makes_one(b, memberships, orders):
    answer = refusal(new_intermediate, b, memberships[B])
    assert answer["Error"]["Code"] == "AccessDeniedException"
    assert mine(b, memberships[B]) == []


def test_the_analysis_may_be_a_template_of_the_right_format(a, memberships, orders):
    text = sql_template(a, memberships[A])["arn"]
    job = pyspark_template(a, memberships[A])["arn"]

    def configured(kind, **content):
        return {"populationAnalysisConfiguration": {kind: content}}

    for number, (kind, arn) in enumerate((("sqlParameters", text), ("jobParameters", job))):
        given = configured(kind, analysisTemplateArn=arn)
        table = new_intermediate(a, memberships[A], f"t{number}", **given)
        assert [each["name"] for each in table["tableDependencies"]] == ["orders"]
    for kind, content in (
        ("sqlParameters", {"analysisTemplateArn": job}),
        ("jobParameters", {"analysisTemplateArn": text}),
        ("sqlParameters", {}),
        ("sqlParameters", {"analysisTemplateArn": text, "queryString": SQL}),
    ):
        answer = refusal(new_intermediate, a, memberships[A], **configured(kind, **content))
        assert answer["reason"] == "INVALID_CONFIGURATION"
    answer = refusal(new_intermediate, a, memberships[A], sql=" ")
    assert answer["reason"] == "INVALID_QUERY"
    given = configured("jobParameters", analysisTemplateArn=job.replace(job[-36:], NOBODY))
    answer = refusal(new_intermediate, a, memberships[A], **given)
    assert answer["Error"]["Code"] == "ResourceNotFoundException"
    assert len(mine(a, memberships[A])) == 2


def test_names_are_unique_over_all_tables_of_a_collaboration(a, b, memberships, orders):
    table = new_intermediate(a, memberships[A])
    add_namespace(a, memberships[A], namespace(A))
    add_namespace(a, memberships[A], namespace(A, "target"))
    for call, twin in (
        (lambda: new_intermediate(a, memberships[A], "orders"), orders),
        (lambda: new_intermediate(a, memberships[A]), table),
        (lambda: associate(b, memberships[B], new_table(b)["id"], "cities"), table),
        (lambda: add_mapping_table(a, memberships[A], workflow(A), "cities"), table),
    ):
        answer = refusal(call)
        assert answer["Error"]["Code"] == "ConflictException"
        assert (answer["reason"], answer["resourceId"]) == ("ALREADY_EXISTS", twin["id"])


def test_dependencies_reach_through_other_intermediate_tables(a, memberships, orders):
    add_namespace(a, memberships[A], namespace(A))
    add_namespace(a, memberships[A], namespace(A, "target"))
    add_mapping_table(a, memberships[A], workflow(A))
    first = new_intermediate(a, memberships[A], "first", "SELECT 1 FROM orders, ids, nothing")
    second = new_intermediate(a, memberships[A], "second", "SELECT 1 FROM first")
    assert [(each["name"], each["type"]) for each in first["tableDependencies"]] == [
        ("orders", "TABLE"),
        ("ids", "ID_MAPPING_TABLE"),
    ]
    assert [(each["name"], each["parentType"]) for each in second["tableDependencies"]] == [
        ("first", "DIRECT"),
        ("orders", "INDIRECT"),
        ("ids", "INDIRECT"),
    ]


def test_owners_of_base_tables_see_what_is_made_of_them(a, b, memberships, orders):
    first = new_intermediate(a, memberships[A], "first", "SELECT 1 FROM orders")
    second = new_intermediate(a, memberships[A], "second", "SELECT 1 FROM first")
    fill(a, A, memberships[A], first["id"])
    assert children(b, memberships[B], orders["id"]) == [
        {
            "resourceType": "INTERMEDIATE_TABLE",
            "resourceName": name,
            "ownerAccountId": A,
            "resourceStatus": status,
        }
        for name, status in (("first", "POPULATE_SUCCESS"), ("second", "CREATED"))
    ]
    (child,) = get_intermediate(a, memberships[A], first["id"])["childResources"]
    assert (child["resourceName"], child["resourceId"]) == ("second", second["id"])


def test_a_mapping_table_shows_what_is_made_of_it(a, memberships):
    add_namespace(a, memberships[A], namespace(A))
    add_namespace(a, memberships[A], namespace(A, "target"))
    ids = add_mapping_table(a, memberships[A], workflow(A))
    table = new_intermediate(a, memberships[A], sql="SELECT 1 FROM ids")
    populate(a, memberships[A], ids["id"])
    (child,) = a.get_id_mapping_table(
        membershipIdentifier=memberships[A], idMappingTableIdentifier=ids["id"]
    )["idMappingTable"]["childResources"]
    assert child["resourceId"] == table["id"]
    assert fill(a, A, memberships[A], table["id"])["status"] == "POPULATE_SUCCESS"


def test_update_changes_description_key_and_types(membership_mock, a, memberships, orders):
    table = new_intermediate(a, memberships[A])
    change = [{"name": "n", "type": "int"}]
    answer = refusal(update, a, memberships[A], table["id"], columns=change)
    assert answer["fieldList"][0]["name"] == "columns"
    fill(a, A, memberships[A], table["id"])
    membership_mock.clock.advance(seconds=1)
    updated = update(a, memberships[A], table["id"], columns=change, description="New")
    assert updated["updateTime"] > table["updateTime"]
    assert updated["description"] == "New"
    assert updated["schema"]["columns"] == [
        {"name": "city", "type": "string"},
        {"name": "n", "type": "int"},
    ]
    change = [{"name": "city", "type": "char(5)"}, {"name": "x", "type": "int"}]
    answer = refusal(update, a, memberships[A], table["id"], columns=change)
    assert "no columns named x" in answer["Error"]["Message"]
    assert get_intermediate(a, memberships[A], table["id"]) == updated


def test_delete_takes_everything_and_may_be_repeated(a, b, collaboration_id, memberships, orders):
    table = ready_intermediate(a, A, memberships[A], A)
    access_template(a, memberships[A], table["arn"], ("DAY", 1))
    for _ in range(2):
        delete(a, memberships[A], table["id"])
    assert mine(a, memberships[A]) == []
    asked = {"membershipIdentifier": memberships[A]}
    held = a.list_privacy_budget_templates(**asked)["privacyBudgetTemplateSummaries"]
    assert held == children(b, memberships[B], orders["id"]) == []
    schemas = b.list_schemas(collaborationIdentifier=collaboration_id)["schemaSummaries"]
    assert [each["name"] for each in schemas] == ["orders"]
    assert code(get_intermediate, a, memberships[A], table["id"]) == "ResourceNotFoundException"
    assert code(delete, a, memberships[A], NOBODY) == "ResourceNotFoundException"
    assert code(delete, b, memberships[B], table["id"]) == "ResourceNotFoundException"
    new_intermediate(a, memberships[A])  # the name is free again


def test_delete_waits_for_the_population(a, memberships, orders):
    table = new_intermediate(a, memberships[A])
    start_population(a, memberships[A], table["id"])
    answer = refusal(delete, a, memberships[A], table["id"])
    assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "INVALID_STATE")
    assert len(mine(a, memberships[A])) == 1


@pytest.mark.parametrize("call", [get_intermediate, update, versions, start_population])
def test_a_table_is_found_in_its_own_membership_only(a, b, memberships, orders, call):
    table = new_intermediate(a, memberships[A])
    for mid, table_id, missing in (
        (memberships[B], table["id"], table["id"]),
        (memberships[B], NOBODY, NOBODY),
        (memberships[A], table["id"], memberships[A]),
    ):
        answer = refusal(call, b, mid, table_id)
        assert answer["Error"]["Code"] == "ResourceNotFoundException"
        assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", missing)


def test_a_table_blocks_its_membership_and_outlives_the_collaboration(
    a, b, collaboration_id, memberships, orders
):
    table = ready_intermediate(a, A, memberships[A], A)
    a.delete_collaboration(collaborationIdentifier=collaboration_id)
    assert get_intermediate(a, memberships[A], table["id"])["status"] == "BASE_TABLE_REMOVED"
    for call in (start_population, add_intermediate_rule):
        answer = refusal(call, a, memberships[A], table["id"])
        assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "INVALID_STATE")
    assert code(update, a, memberships[A], table["id"]) == "AccessDeniedException"
    assert code(disallow, b, memberships[B]) == "ConflictException"
    answer = refusal(a.delete_membership, membershipIdentifier=memberships[A])
    assert f"intermediate table {table['id']}" in answer["Error"]["Message"]
    delete(a, memberships[A], table["id"])
    a.delete_membership(membershipIdentifier=memberships[A])


def test_tables_have_tags(membership_mock, capsys, a, b, memberships, orders):
    arn = new_intermediate(a, memberships[A], tags={"Env": "test"})["arn"]
    a.tag_resource(resourceArn=arn, tags={"Team": "blue"})
    a.untag_resource(resourceArn=arn, tagKeys=["Env"])
    assert a.list_tags_for_resource(resourceArn=arn)["tags"] == {"Team": "blue"}
    assert code(b.list_tags_for_resource, resourceArn=arn) == "ResourceNotFoundException"
    tagging = membership_mock.client("resourcegroupstaggingapi", account=A, region=REGION)
    found = tagging.get_resources(ResourceTypeFilters=["cleanrooms:intermediatetable"])
    assert [each["ResourceARN"] for each in found["ResourceTagMappingList"]] == [arn]
    membership_mock.show()
    assert "intermediate table 'cities' CREATED, no analysis rule" in capsys.readouterr().out
