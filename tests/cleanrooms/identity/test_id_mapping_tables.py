"""ID mapping tables: made of a source and a target, populated by jobs, seen by all as schemas."""

from datetime import timedelta

import pytest

from membership_mock import UsageError
from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    REGION,
    A,
    B,
    C,
    code,
    join,
    member,
    new_collaboration,
    refusal,
)
from tests.cleanrooms.identity_samples import (
    add_mapping_table,
    add_namespace,
    namespace,
    populate,
    workflow,
)
from tests.cleanrooms.privacy_samples import access_template, run
from tests.cleanrooms.query_samples import aws_side
from tests.cleanrooms.table_samples import associate, new_table, ready_table


@pytest.fixture
def sources(a, b, memberships):
    """The associations of a SOURCE of A and a TARGET of B, by type."""
    return {
        "SOURCE": add_namespace(a, memberships[A], namespace(A)),
        "TARGET": add_namespace(b, memberships[B], namespace(B, "target")),
    }


@pytest.fixture
def table(b, memberships, sources):
    """A table of B that is not populated."""
    del sources
    return add_mapping_table(b, memberships[B], workflow(B))


def get(client, membership_id, table_id):
    return client.get_id_mapping_table(
        membershipIdentifier=membership_id, idMappingTableIdentifier=table_id
    )["idMappingTable"]


def mine(client, membership_id):
    answer = client.list_id_mapping_tables(membershipIdentifier=membership_id)
    return answer["idMappingTableSummaries"]


def delete(client, membership_id, table_id):
    client.delete_id_mapping_table(
        membershipIdentifier=membership_id, idMappingTableIdentifier=table_id
    )


def update(client, membership_id, table_id, **changes):
    return client.update_id_mapping_table(
        membershipIdentifier=membership_id, idMappingTableIdentifier=table_id, **changes
    )["idMappingTable"]


def schema(client, collaboration_id, name="ids"):
    return client.get_schema(collaborationIdentifier=collaboration_id, name=name)["schema"]


def status(client, collaboration_id, name="ids"):
    (detail,) = schema(client, collaboration_id, name)["schemaStatusDetails"]
    return detail["status"], [each["code"] for each in detail.get("reasons", ())]


def policy(client, collaboration_id):
    rule = client.get_schema_analysis_rule(
        collaborationIdentifier=collaboration_id, name="ids", type="ID_MAPPING_TABLE"
    )["analysisRule"]
    assert "collaborationPolicy" not in rule
    assert "consolidatedPolicy" not in rule
    return rule["policy"]["v1"]["idMappingTable"]


EMPTY = ("NOT_READY", ["ID_MAPPING_TABLE_NOT_POPULATED"])
READY = ("READY", [])


@pytest.mark.newest_model
def test_create_returns_the_table_and_get_returns_it_again(
    b, collaboration_id, memberships, sources
):
    key = f"arn:aws:kms:{REGION}:{B}:key/1234"
    given = {"description": "Ours", "kmsKeyArn": key}
    table = add_mapping_table(b, memberships[B], workflow(B), "acx-real_ids", **given)
    membership_arn = f"arn:aws:cleanrooms:{REGION}:{B}:membership/{memberships[B]}"
    assert table == {
        "id": table["id"],
        "arn": f"{membership_arn}/idmappingtable/{table['id']}",
        "inputReferenceConfig": {
            "inputReferenceArn": workflow(B),
            "manageResourcePolicies": False,
        },
        "membershipId": memberships[B],
        "membershipArn": membership_arn,
        "collaborationId": collaboration_id,
        "collaborationArn": f"arn:aws:cleanrooms:{REGION}:{A}:collaboration/{collaboration_id}",
        "name": "acx-real_ids",
        "createTime": table["createTime"],
        "updateTime": table["createTime"],
        "inputReferenceProperties": {
            "idMappingTableInputSource": [
                {"idNamespaceAssociationId": sources[kind]["id"], "type": kind}
                for kind in ("SOURCE", "TARGET")
            ]
        },
        "childResources": [],
        **given,
    }
    assert get(b, memberships[B], table["id"]) == table
    left_out = ("inputReferenceProperties", "kmsKeyArn", "childResources")
    assert mine(b, memberships[B]) == [
        {name: each for name, each in table.items() if name not in left_out}
    ]


def test_a_table_needs_a_source_and_a_target(a, b, memberships):
    add_namespace(b, memberships[B], namespace(B, "target"))
    answer = refusal(add_mapping_table, b, memberships[B], workflow(B))
    assert (answer["Error"]["Code"], answer["reason"]) == (
        "ValidationException",
        "INVALID_CONFIGURATION",
    )
    assert "no association of the SOURCE" in answer["Error"]["Message"]
    add_namespace(a, memberships[A], namespace(A))
    add_mapping_table(b, memberships[B], workflow(B))


def test_a_described_workflow_tells_which_of_several_namespaces_it_maps(a, b, memberships, sources):
    add_namespace(a, memberships[A], namespace(A, "second"))
    answer = refusal(add_mapping_table, b, memberships[B], workflow(B))
    assert "2 associations that can be the SOURCE" in answer["Error"]["Message"]
    aws = aws_side(B)
    aws.id_mapping_workflow(workflow(B), source=namespace(A), target=namespace(B, "target"))
    table = add_mapping_table(b, memberships[B], workflow(B))
    found = table["inputReferenceProperties"]["idMappingTableInputSource"]
    assert [each["idNamespaceAssociationId"] for each in found] == [
        sources["SOURCE"]["id"],
        sources["TARGET"]["id"],
    ]
    aws.id_mapping_workflow(
        workflow(B, "other"), source=namespace(A, "third"), target=namespace(B, "target")
    )
    answer = refusal(add_mapping_table, b, memberships[B], workflow(B, "other"), "more")
    assert namespace(A, "third") in answer["Error"]["Message"]


@pytest.mark.parametrize("arn", [workflow(A), workflow(B, region="us-east-1")])
def test_a_workflow_of_another_account_or_region_is_refused(b, memberships, sources, arn):
    answer = refusal(add_mapping_table, b, memberships[B], arn)
    assert answer["Error"]["Code"] == "ValidationException"
    assert arn in answer["Error"]["Message"]
    assert mine(b, memberships[B]) == []


def test_names_are_unique_over_all_tables_of_a_collaboration(a, b, memberships, table):
    orders = associate(a, memberships[A], new_table(a)["id"])
    for call, twin in (
        (lambda: add_mapping_table(b, memberships[B], workflow(B, "x"), "orders"), orders),
        (lambda: add_mapping_table(b, memberships[B], workflow(B, "x"), "ids"), table),
        (lambda: associate(a, memberships[A], new_table(a)["id"], "ids"), table),
    ):
        answer = refusal(call)
        assert answer["Error"]["Code"] == "ConflictException"
        assert (answer["reason"], answer["resourceId"]) == ("ALREADY_EXISTS", twin["id"])


def test_update_changes_what_is_given(membership_mock, a, b, collaboration_id, memberships, table):
    membership_mock.clock.advance(seconds=1)
    updated = update(b, memberships[B], table["id"], description="New")
    assert updated["updateTime"] > table["updateTime"]
    assert schema(a, collaboration_id)["description"] == "New"
    key = f"arn:aws:kms:{REGION}:{B}:key/1234"
    updated = update(b, memberships[B], table["id"], kmsKeyArn=key)
    assert (updated["description"], updated["kmsKeyArn"]) == ("New", key)


@pytest.mark.parametrize("call", [get, update, delete, populate])
def test_a_table_is_found_in_its_own_membership_only(a, b, memberships, table, call):
    for mid, table_id, missing in (
        (memberships[A], table["id"], table["id"]),
        (memberships[A], NOBODY, NOBODY),
        (memberships[B], table["id"], memberships[B]),
    ):
        answer = refusal(call, a, mid, table_id)
        assert answer["Error"]["Code"] == "ResourceNotFoundException"
        assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", missing)
    assert mine(a, memberships[A]) == []


# --- the schema ---


@pytest.mark.newest_model
def test_all_members_see_the_same_schema(a, b, collaboration_id, memberships, table, sources):
    shown = {
        "name": "ids",
        "type": "ID_MAPPING_TABLE",
        "creatorAccountId": B,
        "createTime": table["createTime"],
        "updateTime": table["updateTime"],
        "collaborationId": collaboration_id,
        "collaborationArn": f"arn:aws:cleanrooms:{REGION}:{A}:collaboration/{collaboration_id}",
        "analysisRuleTypes": ["ID_MAPPING_TABLE"],
        "analysisMethod": "DIRECT_QUERY",
        "resourceArn": table["arn"],
    }
    kind = {"collaborationIdentifier": collaboration_id, "schemaType": "ID_MAPPING_TABLE"}
    assert a.list_schemas(**kind)["schemaSummaries"] == [shown]
    assert (
        schema(a, collaboration_id)
        == schema(b, collaboration_id)
        == {
            **shown,
            "columns": [
                {"name": "sourceid", "type": "string"},
                {"name": "targetid", "type": "string"},
            ],
            "partitionKeys": [],
            "description": "",
            "schemaStatusDetails": [
                {
                    "status": "NOT_READY",
                    "reasons": [
                        {
                            "code": "ID_MAPPING_TABLE_NOT_POPULATED",
                            "message": "The ID mapping table is not populated.",
                        }
                    ],
                    "analysisRuleType": "ID_MAPPING_TABLE",
                    "analysisType": "DIRECT_ANALYSIS",
                }
            ],
            "schemaTypeProperties": {
                "idMappingTable": {
                    "idMappingTableId": table["id"],
                    "idMappingTableInputSource": [
                        {"idNamespaceAssociationId": sources[each]["id"], "type": each}
                        for each in ("SOURCE", "TARGET")
                    ],
                }
            },
        }
    )


def test_schemas_of_all_types_stand_in_their_order(a, b, collaboration_id, memberships, sources):
    associate(a, memberships[A], new_table(a)["id"], "first")
    add_mapping_table(b, memberships[B], workflow(B), "second")
    associate(a, memberships[A], new_table(a)["id"], "third")

    def names(**filters):
        listed = a.list_schemas(collaborationIdentifier=collaboration_id, **filters)
        return [each["name"] for each in listed["schemaSummaries"]]

    assert names() == ["first", "second", "third"]
    assert names(schemaType="TABLE") == ["first", "third"]
    assert names(schemaType="ID_MAPPING_TABLE") == ["second"]


def test_the_rule_is_there_from_the_beginning_and_follows_the_associations(
    a, b, collaboration_id, memberships, table, sources
):
    columns = ["sourceid", "targetid"]
    rule = {"joinColumns": columns, "queryConstraints": [{"requireOverlap": {"columns": columns}}]}
    assert policy(a, collaboration_id) == policy(b, collaboration_id) == rule
    for client, one, kind, dimensions in (
        (b, B, "TARGET", ["targetid"]),
        (a, A, "SOURCE", ["sourceid", "targetid"]),
    ):
        client.update_id_namespace_association(
            membershipIdentifier=memberships[one],
            idNamespaceAssociationIdentifier=sources[kind]["id"],
            idMappingConfig={"allowUseAsDimensionColumn": True},
        )
        assert policy(a, collaboration_id) == {**rule, "dimensionColumns": dimensions}
    answer = refusal(
        a.get_schema_analysis_rule,
        collaborationIdentifier=collaboration_id,
        name="ids",
        type="CUSTOM",
    )
    assert answer["Error"]["Code"] == "ResourceNotFoundException"
    batch = a.batch_get_schema_analysis_rule(
        collaborationIdentifier=collaboration_id,
        schemaAnalysisRuleRequests=[{"name": "ids", "type": "ID_MAPPING_TABLE"}],
    )
    assert [each["name"] for each in batch["analysisRules"]] == ["ids"]


# --- populating ---


def test_a_look_ends_the_job(a, b, collaboration_id, memberships, table):
    assert status(a, collaboration_id) == EMPTY
    job_id = populate(b, memberships[B], table["id"])
    assert len(job_id) == 36
    assert status(a, collaboration_id) == READY
    assert status(b, collaboration_id) == READY


def test_the_owners_look_ends_it_too(a, b, memberships, table):
    populate(b, memberships[B], table["id"])
    get(b, memberships[B], table["id"])
    assert run(a, memberships[A], "SELECT COUNT(*) FROM ids")["status"] == "SUCCESS"


def test_time_ends_the_job(membership_mock, a, b, memberships, table):
    populate(b, memberships[B], table["id"])
    answer = refusal(run, a, memberships[A], "SELECT COUNT(*) FROM ids")
    assert answer["reason"] == "INVALID_QUERY"
    assert "ID_MAPPING_TABLE_NOT_POPULATED" in answer["Error"]["Message"]
    membership_mock.clock.advance(timedelta(minutes=5))
    assert run(a, memberships[A], "SELECT COUNT(*) FROM ids")["status"] == "SUCCESS"


def test_one_job_runs_at_a_time(membership_mock, b, collaboration_id, memberships, table):
    job_id = populate(b, memberships[B], table["id"])
    answer = refusal(populate, b, memberships[B], table["id"])
    assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "INVALID_STATE")
    assert job_id in answer["Error"]["Message"]
    membership_mock.clock.advance(timedelta(minutes=5))
    assert populate(b, memberships[B], table["id"]) != job_id


def test_a_job_may_fail_and_data_of_an_earlier_one_stay(a, b, collaboration_id, memberships, table):
    aws = aws_side(B)
    aws.end_id_mapping_job("FAILED")
    populate(b, memberships[B], table["id"])
    assert status(a, collaboration_id) == EMPTY
    populate(b, memberships[B], table["id"])
    assert status(a, collaboration_id) == READY
    job_id = populate(b, memberships[B], table["id"])
    aws.end_id_mapping_job("FAILED", id_mapping_job_id=job_id)
    assert status(a, collaboration_id) == READY
    with pytest.raises(UsageError, match=f"no ID mapping job with the id {job_id} that runs"):
        aws.end_id_mapping_job("FAILED", id_mapping_job_id=job_id)
    with pytest.raises(UsageError, match="SUCCEEDED or FAILED, not in 'DONE'"):
        aws.end_id_mapping_job("DONE")


@pytest.mark.parametrize("kind", ["INCREMENTAL", "DELETE_ONLY"])
def test_incremental_jobs_need_a_workflow_with_incremental_runs(b, memberships, table, kind):
    answer = refusal(populate, b, memberships[B], table["id"], jobType=kind)
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["fieldList"][0]["name"] == "jobType"
    target = namespace(B, "target")
    aws_side(B).id_mapping_workflow(
        workflow(B), source=namespace(A), target=target, incremental=True
    )
    populate(b, memberships[B], table["id"], jobType=kind)


def test_batch_jobs_need_nothing(a, b, collaboration_id, memberships, table):
    populate(b, memberships[B], table["id"], jobType="BATCH")
    assert status(a, collaboration_id) == READY


@pytest.mark.parametrize("gone", ["SOURCE", "TARGET", "member"])
def test_the_data_go_with_an_association(a, b, collaboration_id, memberships, gone, request):
    if gone == "member":
        # the removed member has the source; the table is one of another member
        room = new_collaboration(a, member(B), member(C))["id"]
        clients = request.getfixturevalue("clients")
        mids = {one: join(clients[one], room)["id"] for one in (A, B, C)}
        add_namespace(clients[C], mids[C], namespace(C))
    else:
        room, mids = collaboration_id, memberships
        add_namespace(a, mids[A], namespace(A))
    target = add_namespace(b, mids[B], namespace(B, "target"))
    table = add_mapping_table(b, mids[B], workflow(B))
    populate(b, mids[B], table["id"])
    assert status(a, room) == READY

    if gone == "member":
        a.delete_member(collaborationIdentifier=room, accountId=C)
    else:
        client, mid = (a, mids[A]) if gone == "SOURCE" else (b, mids[B])
        held = client.list_id_namespace_associations(membershipIdentifier=mid)
        (one,) = held["idNamespaceAssociationSummaries"]
        client.delete_id_namespace_association(
            membershipIdentifier=mid, idNamespaceAssociationIdentifier=one["id"]
        )

    assert status(a, room) == status(b, room) == EMPTY
    answer = refusal(populate, b, mids[B], table["id"])
    assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "INVALID_STATE")
    if gone == "SOURCE":  # another association of the same namespace does not bring it back
        add_namespace(a, mids[A], namespace(A))
        assert code(populate, b, mids[B], table["id"]) == "ConflictException"
    assert target["id"] in str(get(b, mids[B], table["id"]))


def test_delete_takes_data_and_schema_even_while_a_job_runs(
    a, b, collaboration_id, memberships, table
):
    populate(b, memberships[B], table["id"])
    delete(b, memberships[B], table["id"])
    assert code(schema, a, collaboration_id) == "ResourceNotFoundException"
    assert code(get, b, memberships[B], table["id"]) == "ResourceNotFoundException"
    add_mapping_table(b, memberships[B], workflow(B))  # the name is free again
    assert status(a, collaboration_id) == EMPTY


def test_a_table_of_a_removed_member_is_its_own_only(a, b, collaboration_id, memberships, table):
    a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    assert a.list_schemas(collaborationIdentifier=collaboration_id)["schemaSummaries"] == []
    assert get(b, memberships[B], table["id"])["id"] == table["id"]
    assert code(populate, b, memberships[B], table["id"]) == "ConflictException"
    assert code(update, b, memberships[B], table["id"]) == "AccessDeniedException"
    answer = refusal(b.delete_membership, membershipIdentifier=memberships[B])
    assert f"ID mapping table {table['id']}" in answer["Error"]["Message"]
    delete(b, memberships[B], table["id"])


def test_a_mapping_table_joins_other_tables_and_has_no_access_budget(
    a, b, collaboration_id, memberships, table
):
    ready_table(b, memberships[B], A)
    populate(b, memberships[B], table["id"])
    status(a, collaboration_id)
    sql = "SELECT city FROM orders JOIN ids ON orders.customer_id = ids.targetid"
    assert run(a, memberships[A], sql)["status"] == "SUCCESS"
    answer = refusal(access_template, b, memberships[B], table["arn"], ("DAY", 1))
    assert answer["reason"] == "FIELD_VALIDATION_FAILED"


def test_tables_have_tags_and_are_limited(membership_mock, a, b, memberships, table):
    b.tag_resource(resourceArn=table["arn"], tags={"Team": "blue"})
    assert b.list_tags_for_resource(resourceArn=table["arn"])["tags"] == {"Team": "blue"}
    assert code(a.list_tags_for_resource, resourceArn=table["arn"]) == "ResourceNotFoundException"
    tagging = membership_mock.client("resourcegroupstaggingapi", account=B, region=REGION)
    found = tagging.get_resources(ResourceTypeFilters=["cleanrooms:idmappingtable"])
    assert [each["ResourceARN"] for each in found["ResourceTagMappingList"]] == [table["arn"]]
    membership_mock.quotas.set("cleanrooms", "L-DBDCEC0D", 1, account=B)
    answer = refusal(add_mapping_table, b, memberships[B], workflow(B), "more")
    assert answer["Error"]["Code"] == "ServiceQuotaExceededException"
    assert answer["quotaName"] == "ID mapping tables per membership"


def test_show_tells_whether_it_is_populated(membership_mock, capsys, b, memberships, table):
    aws_side(B).end_id_mapping_job("SUCCEEDED")
    aws_side(B).end_id_mapping_job("FAILED")
    populate(b, memberships[B], table["id"])
    membership_mock.show()
    shown = capsys.readouterr().out
    assert "ID mapping table 'ids', not populated, a job runs" in shown
    assert "the next ID mapping job will end in FAILED" in shown
