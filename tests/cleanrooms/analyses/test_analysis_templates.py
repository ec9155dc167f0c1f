"""Analyses that a member writes down for the whole collaboration."""

import hashlib
from datetime import datetime, timedelta, timezone

import pytest

from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    REGION,
    STRANGER,
    A,
    B,
    C,
    join,
    member,
    new_collaboration,
)
from tests.cleanrooms.privacy_samples import private_table
from tests.cleanrooms.table_samples import pyspark_template, ready_table, sql_template
from tests.frozen_time import freeze_time

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
ROLE = "arn:aws:iam::111111111111:role/artifacts"


def get(client, membership_id, template_id):
    answer = client.get_analysis_template(
        membershipIdentifier=membership_id, analysisTemplateIdentifier=template_id
    )
    return answer["analysisTemplate"]


def delete(client, membership_id, template_id):
    return client.delete_analysis_template(
        membershipIdentifier=membership_id, analysisTemplateIdentifier=template_id
    )


def seen(client, collaboration_id, arn):
    answer = client.get_collaboration_analysis_template(
        collaborationIdentifier=collaboration_id, analysisTemplateArn=arn
    )
    return answer["collaborationAnalysisTemplate"]


def shared(client, collaboration_id, **arguments):
    pages = client.get_paginator("list_collaboration_analysis_templates").paginate(
        collaborationIdentifier=collaboration_id, **arguments
    )
    found = [each for page in pages for each in page["collaborationAnalysisTemplateSummaries"]]
    return [(each["creatorAccountId"], each["name"]) for each in found]


def test_create_analysis_template_returns_the_template(b, collaboration_id, memberships):
    mid = memberships[B]
    with freeze_time(NOON):
        template = sql_template(b, mid, description="By city")
    arn = f"arn:aws:cleanrooms:{REGION}:{B}:membership/{mid}"
    assert template == {
        "id": template["id"],
        "arn": f"{arn}/analysistemplate/{template['id']}",
        "collaborationId": collaboration_id,
        "collaborationArn": f"arn:aws:cleanrooms:{REGION}:{A}:collaboration/{collaboration_id}",
        "membershipId": mid,
        "membershipArn": arn,
        "description": "By city",
        "name": "cities",
        "createTime": NOON,
        "updateTime": NOON,
        "schema": {"referencedTables": ["orders"]},
        "format": "SQL",
        "source": {"text": "SELECT city FROM orders WHERE amount > :least"},
        "analysisParameters": [{"name": "least", "type": "INTEGER", "defaultValue": "0"}],
    }
    assert get(b, mid, template["id"]) == template


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        pytest.param("SELECT 1", [], id="none"),
        pytest.param("select * from a, b x join c on x.i = c.i", ["a", "b", "c"], id="list, joins"),
        pytest.param('SELECT * FROM "my table" AS t', ["my table"], id="quoted"),
        pytest.param("WITH a AS (SELECT * FROM b) SELECT * FROM a", ["b"], id="with"),
        pytest.param("SELECT * FROM (SELECT * FROM a) s JOIN a t ON 1=1", ["a"], id="subquery"),
        pytest.param("SELECT 'from x' FROM a -- from y\n/* from z */", ["a"], id="text, comments"),
        pytest.param("SELECT EXTRACT(year FROM day) FROM a", ["a"], id="from of a function"),
    ],
)
def test_create_analysis_template_finds_the_tables_of_its_text(b, memberships, text, tables):
    template = sql_template(b, memberships[B], source={"text": text}, analysisParameters=[])
    assert template["schema"] == {"referencedTables": tables}


def test_create_analysis_template_keeps_a_pyspark_template_as_it_is(a, memberships):
    template = pyspark_template(a, memberships[A])
    assert template["schema"] == {"referencedTables": ["orders"]}
    assert template["source"]["artifacts"]["entryPoint"]["location"]["key"] == "main.py"


def test_create_analysis_template_needs_a_receiver_of_results_for_pyspark(b, memberships):
    with pytest.raises(b.exceptions.AccessDeniedException):
        pyspark_template(b, memberships[B])


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(
            {"format": "PYSPARK_1_0", "source": {"text": "SELECT 1"}}, id="text for pyspark"
        ),
        pytest.param(
            {
                "source": {
                    "artifacts": {
                        "entryPoint": {"location": {"bucket": "scripts", "key": "main.py"}},
                        "roleArn": "arn:aws:iam::111111111111:role/artifacts",
                    }
                }
            },
            id="artifacts for sql",
        ),
        pytest.param({"source": {"text": "  "}}, id="empty text"),
        pytest.param(
            {"analysisParameters": [{"name": "n", "type": "DATE"}] * 2}, id="parameter given twice"
        ),
    ],
)
def test_create_analysis_template_refuses(a, memberships, given):
    with pytest.raises(a.exceptions.ValidationException):
        sql_template(a, memberships[A], **given)
    assert (
        a.list_analysis_templates(membershipIdentifier=memberships[A])["analysisTemplateSummaries"]
        == []
    )


def test_create_analysis_template_refuses_a_name_of_the_same_membership_only(a, b, memberships):
    sql_template(b, memberships[B])
    with pytest.raises(b.exceptions.ConflictException) as refused:
        sql_template(b, memberships[B])
    assert refused.value.response["reason"] == "ALREADY_EXISTS"
    sql_template(a, memberships[A])


def test_create_analysis_template_refuses_more_than_the_quota(b, memberships):
    for number in range(25):
        sql_template(b, memberships[B], name=f"t{number}")
    with pytest.raises(b.exceptions.ServiceQuotaExceededException) as refused:
        sql_template(b, memberships[B])
    assert refused.value.response["quotaValue"] == 25


def test_get_analysis_template_does_not_find_the_template_of_another_membership(a, b, memberships):
    template = sql_template(b, memberships[B])
    with pytest.raises(a.exceptions.ResourceNotFoundException) as refused:
        get(a, memberships[A], template["id"])
    answer = refused.value.response
    assert (answer["resourceId"], answer["resourceType"]) == (template["id"], "MEMBERSHIP")


def test_list_analysis_templates_returns_the_own_ones_in_order_and_in_pages(a, b, memberships):
    names = [f"t{number}" for number in range(5)]
    for name in names:
        sql_template(b, memberships[B], name=name)
    sql_template(a, memberships[A])
    pages = b.get_paginator("list_analysis_templates").paginate(
        membershipIdentifier=memberships[B], PaginationConfig={"PageSize": 2}
    )
    assert [e["name"] for page in pages for e in page["analysisTemplateSummaries"]] == names


def test_update_analysis_template_changes_the_description(b, memberships):
    with freeze_time(NOON):
        template = sql_template(b, memberships[B])
    later = NOON + timedelta(days=1)
    with freeze_time(later):
        answer = b.update_analysis_template(
            membershipIdentifier=memberships[B],
            analysisTemplateIdentifier=template["id"],
            description="New",
        )
    changed = {**template, "description": "New", "updateTime": later}
    assert answer["analysisTemplate"] == changed
    assert get(b, memberships[B], template["id"]) == changed


def test_delete_analysis_template_answers_204_and_frees_the_name(
    a, b, collaboration_id, memberships
):
    template = sql_template(b, memberships[B])
    answer = delete(b, memberships[B], template["id"])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert shared(a, collaboration_id) == []
    sql_template(b, memberships[B])


def test_delete_membership_is_held_back_by_a_template(b, memberships):
    template = sql_template(b, memberships[B])
    with pytest.raises(b.exceptions.ConflictException, match=template["id"]) as refused:
        b.delete_membership(membershipIdentifier=memberships[B])
    assert refused.value.response["reason"] == "SUBRESOURCES_EXIST"
    delete(b, memberships[B], template["id"])
    b.delete_membership(membershipIdentifier=memberships[B])


def test_get_collaboration_analysis_template_shows_the_others_the_text(
    a, b, collaboration_id, memberships
):
    template = sql_template(b, memberships[B])
    expected = {**template, "creatorAccountId": B}
    del expected["membershipId"], expected["membershipArn"]
    for client in (a, b):
        assert seen(client, collaboration_id, template["arn"]) == expected


def test_get_collaboration_analysis_template_hides_artifacts(a, b, collaboration_id, memberships):
    template = pyspark_template(a, memberships[A])
    assert "source" not in seen(b, collaboration_id, template["arn"])


def test_get_collaboration_analysis_template_does_not_find_one_of_another_collaboration(
    a, b, collaboration_id, memberships
):
    other = join(b, new_collaboration(a, member(B))["id"])["id"]
    template = sql_template(b, other)
    with pytest.raises(a.exceptions.ResourceNotFoundException):
        seen(a, collaboration_id, template["arn"])


@pytest.mark.parametrize("who", [C, STRANGER], ids=["who is only invited", "who is no member"])
def test_templates_are_refused_to_an_account(a, b, clients, who):
    room = new_collaboration(a, member(B), member(C))["id"]
    template = sql_template(b, join(b, room)["id"])
    client = clients[who]
    for call in (
        lambda: seen(client, room, template["arn"]),
        lambda: shared(client, room),
        lambda: client.batch_get_collaboration_analysis_template(
            collaborationIdentifier=room, analysisTemplateArns=[template["arn"]]
        ),
    ):
        with pytest.raises(client.exceptions.AccessDeniedException):
            call()


def test_list_collaboration_analysis_templates_returns_those_of_all_in_order_and_in_pages(
    a, b, collaboration_id, memberships
):
    sql_template(a, memberships[A])
    sql_template(b, memberships[B])
    sql_template(a, memberships[A], name="more")
    expected = [(A, "cities"), (B, "cities"), (A, "more")]
    assert shared(b, collaboration_id, PaginationConfig={"PageSize": 2}) == expected


def test_batch_get_collaboration_analysis_template_returns_what_there_is_and_the_errors(
    a, b, collaboration_id, memberships
):
    template = sql_template(b, memberships[B])
    missing = template["arn"].replace(template["id"], NOBODY)
    answer = a.batch_get_collaboration_analysis_template(
        collaborationIdentifier=collaboration_id, analysisTemplateArns=[missing, template["arn"]]
    )
    assert answer["collaborationAnalysisTemplates"] == [seen(a, collaboration_id, template["arn"])]
    (error,) = answer["errors"]
    assert (error["arn"], error["code"]) == (missing, "ResourceNotFoundException")


def test_templates_vanish_with_their_author_who_can_still_read_and_delete_them(
    a, b, collaboration_id, memberships
):
    template = sql_template(b, memberships[B])
    a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    assert shared(a, collaboration_id) == []
    assert get(b, memberships[B], template["id"]) == template
    with pytest.raises(b.exceptions.AccessDeniedException):
        b.update_analysis_template(
            membershipIdentifier=memberships[B], analysisTemplateIdentifier=template["id"]
        )
    with pytest.raises(b.exceptions.ConflictException):
        sql_template(b, memberships[B], name="more")
    delete(b, memberships[B], template["id"])


def test_templates_keep_the_tags_they_were_created_with(b, memberships):
    template = sql_template(b, memberships[B], tags={"team": "sales"})
    assert b.list_tags_for_resource(resourceArn=template["arn"])["tags"] == {"team": "sales"}


def test_a_pyspark_template_has_the_hashes_of_artifacts_that_its_author_has(
    membership_mock, a, b, collaboration_id, memberships
):
    s3 = membership_mock.client("s3", account=A, region=REGION)
    s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
    bodies = {"main.py": b"print(1)", "more.zip": b"PK"}
    for key, body in bodies.items():
        s3.put_object(Bucket="artifacts", Key=key, Body=body)
    places = [{"location": {"bucket": "artifacts", "key": key}} for key in bodies]
    source = {"entryPoint": places[0], "additionalArtifacts": places[1:], "roleArn": ROLE}
    template = pyspark_template(a, memberships[A], source={"artifacts": source})
    entry, more = ({"sha256": hashlib.sha256(body).hexdigest()} for body in bodies.values())
    assert template["sourceMetadata"] == {
        "artifacts": {"entryPointHash": entry, "additionalArtifactHashes": [more]}
    }
    others = seen(b, collaboration_id, template["arn"])
    assert others["sourceMetadata"] == template["sourceMetadata"]
    assert "source" not in others


def test_a_pyspark_template_without_its_artifacts_has_no_hashes(a, memberships):
    assert "sourceMetadata" not in pyspark_template(a, memberships[A])


@pytest.mark.parametrize(
    ("text", "status", "reasons"),
    [
        ("SELECT COUNT(DISTINCT customer_id) FROM orders", "VALID", []),
        ("SELECT city FROM orders", "INVALID", ["The query has no aggregate function."]),
    ],
)
def test_a_template_is_validated_for_differential_privacy(
    a, b, collaboration_id, memberships, text, status, reasons
):
    early = sql_template(a, memberships[A], name="early", source={"text": text})
    assert "validations" not in early  # the collaboration does not have the table yet
    private_table(b, memberships[B], A)
    expected = {"type": "DIFFERENTIAL_PRIVACY", "status": status}
    if reasons:
        expected["reasons"] = [{"message": each} for each in reasons]
    late = sql_template(a, memberships[A], name="late", source={"text": text})
    assert late["validations"] == [expected]
    assert get(a, memberships[A], early["id"])["validations"] == [expected]
    assert seen(b, collaboration_id, early["arn"])["validations"] == [expected]


def test_a_template_on_tables_without_differential_privacy_has_no_validations(b, memberships):
    ready_table(b, memberships[B], A)
    assert "validations" not in sql_template(b, memberships[B])
