"""Analysis rules of intermediate tables, what these take over, and the schemas of both."""

import pytest

from tests.cleanrooms.collaboration_samples import (
    REGION,
    A,
    B,
    C,
    code,
    join,
    member,
    new_collaboration,
    refusal,
    results_to,
)
from tests.cleanrooms.intermediate_samples import (
    add_intermediate_rule,
    disallow,
    fill,
    get_intermediate,
    new_intermediate,
    start_population,
)
from tests.cleanrooms.privacy_samples import privacy_template, run
from tests.cleanrooms.query_samples import start_query, to_member
from tests.cleanrooms.table_samples import (
    add_collaboration_rule,
    add_rule,
    associate,
    custom,
    new_table,
    receivers,
)

pytestmark = pytest.mark.newest_model

MODEL = f"arn:aws:cleanrooms:{REGION}:{B}:membership/*/configuredaudiencemodelassociation/"


def base_table(client, mid, name, *accounts, analyses=(), **content):
    """Bring a table with a custom rule that A may query, and return the association."""
    table = new_table(client)
    add_rule(client, table["id"], "CUSTOM", custom("ANY_QUERY", providers=[A], **content))
    association = associate(client, mid, table["id"], name)
    more = {"allowedAdditionalAnalyses": list(analyses)} if analyses else {}
    policy = receivers("CUSTOM", *accounts, **more)
    add_collaboration_rule(client, mid, association["id"], "CUSTOM", policy)
    return association


@pytest.fixture
def room(clients):
    """A collaboration of A, who runs the queries, and of B and C, who may receive results."""
    everybody = [member(each, "CAN_RECEIVE_RESULTS") for each in (B, C)]
    return new_collaboration(clients[A], *everybody)["id"]


@pytest.fixture
def mids(clients, room):
    """The memberships of A, B and C, by account."""
    found = {A: join(clients[A], room)["id"]}
    for one in (B, C):
        configuration = results_to("results", one)
        found[one] = join(clients[one], room, defaultResultConfiguration=configuration)["id"]
    return found


@pytest.fixture
def table(clients, mids):
    """A table of A without data, made of one table of B and one of C."""
    base_table(
        clients[B],
        mids[B],
        "of_b",
        A,
        B,
        analyses=[MODEL + "1", MODEL + "2"],
        additionalAnalyses="ALLOWED",
        disallowedOutputColumns=["city"],
    )
    base_table(
        clients[C],
        mids[C],
        "of_c",
        A,
        C,
        analyses=[MODEL + "2"],
        additionalAnalyses="ALLOWED",
        disallowedOutputColumns=["city", "amount"],
    )
    return new_intermediate(clients[A], mids[A], sql="SELECT * FROM of_b JOIN of_c ON true")


ROW = [{"city": "Paris", "amount": 3, "customer_id": "c"}]


def get_rule(client, mid, table_id):
    return client.get_intermediate_table_analysis_rule(
        membershipIdentifier=mid, intermediateTableIdentifier=table_id, analysisRuleType="CUSTOM"
    )["analysisRule"]


def update_rule(client, mid, table_id, **content):
    return client.update_intermediate_table_analysis_rule(
        membershipIdentifier=mid,
        intermediateTableIdentifier=table_id,
        analysisRuleType="CUSTOM",
        analysisRulePolicy=custom(**content),
    )["analysisRule"]


def delete_rule(client, mid, table_id):
    client.delete_intermediate_table_analysis_rule(
        membershipIdentifier=mid, intermediateTableIdentifier=table_id, analysisRuleType="CUSTOM"
    )


def status(client, room, name="cities"):
    schema = client.get_schema(collaborationIdentifier=room, name=name)["schema"]
    (detail,) = schema["schemaStatusDetails"]
    return detail["status"], [each["code"] for each in detail.get("reasons", ())]


def test_a_rule_is_created_read_changed_and_deleted(membership_mock, a, b, mids, table):
    rule = add_intermediate_rule(a, mids[A], table["id"], allowedResultReceivers=[A])
    assert rule == {
        "intermediateTableIdentifier": table["id"],
        "intermediateTableArn": table["arn"],
        "analysisRulePolicy": custom(allowedResultReceivers=[A]),
        "analysisRuleType": "CUSTOM",
        "createTime": rule["createTime"],
        "updateTime": rule["createTime"],
    }
    assert get_rule(a, mids[A], table["id"]) == rule
    assert get_intermediate(a, mids[A], table["id"])["analysisRuleTypes"] == ["CUSTOM"]
    answer = refusal(add_intermediate_rule, a, mids[A], table["id"])
    assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "ALREADY_EXISTS")
    membership_mock.clock.advance(seconds=1)
    updated = update_rule(a, mids[A], table["id"], allowedResultReceivers=[])
    assert updated["createTime"] == rule["createTime"] < updated["updateTime"]
    assert code(get_rule, b, mids[B], table["id"]) == "ResourceNotFoundException"
    delete_rule(a, mids[A], table["id"])
    for call in (get_rule, delete_rule, update_rule):
        answer = refusal(call, a, mids[A], table["id"])
        assert (answer["Error"]["Code"], answer["resourceId"]) == (
            "ResourceNotFoundException",
            table["id"],
        )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"allowedAnalyses": ["ANY_QUERY"]}, "providers are required"),
        ({"allowedResultReceivers": ["9" * 12]}, "can receive results"),
        (
            {
                "differentialPrivacy": {"columns": [{"name": "city"}]},
                "comparisonControls": {
                    "allowedLiteralComparisonColumns": [],
                    "allowedColumnComparisonColumns": [],
                },
            },
            "cannot be used with differential privacy",
        ),
        ({"disallowedOutputColumns": ["nothing"]}, "no columns named nothing"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(a, mids, table, content, text):
    fill(a, A, mids[A], table["id"], ROW)
    policy = {"v1": {"custom": content}}
    answer = refusal(add_intermediate_rule, a, mids[A], table["id"], policy)
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["reason"] == "INVALID_CONFIGURATION"
    assert text in answer["Error"]["Message"]
    assert code(get_rule, a, mids[A], table["id"]) == "ResourceNotFoundException"


def test_a_policy_can_be_too_large(membership_mock, a, mids, table):
    membership_mock.quotas.set("cleanrooms", "analysis_rule_kilobytes", 1, account=A)
    large = {"disallowedOutputColumns": [f"column_{number}" for number in range(100)]}
    answer = refusal(add_intermediate_rule, a, mids[A], table["id"], **large)
    assert answer["Error"]["Code"] == "ServiceQuotaExceededException"
    add_intermediate_rule(a, mids[A], table["id"])
    answer = refusal(update_rule, a, mids[A], table["id"], **large)
    assert answer["Error"]["Code"] == "ValidationException"


def test_constraints_are_taken_over_when_it_is_populated(a, mids, table):
    found = fill(a, A, mids[A], table["id"], ROW)
    taken = found["intermediateTableVersion"]["inheritedConstraints"]
    assert taken["allowedResultReceivers"]["value"] == [A]
    assert [each["value"] for each in taken["allowedResultReceivers"]["sources"]] == [
        [A, B],
        [A, C],
    ]
    assert taken["allowedAdditionalAnalyses"]["value"] == [MODEL + "2"]
    assert taken["additionalAnalyses"]["value"] == "ALLOWED"
    assert taken["disallowedOutputColumns"]["value"] == ["city", "amount"]
    lineage = taken["disallowedOutputColumns"]["columnLineage"]
    assert [(each["column"], each["sourceName"]) for each in lineage] == [
        ("city", "of_b"),
        ("city", "of_c"),
        ("amount", "of_c"),
    ]
    ids = [each["id"] for each in found["tableDependencies"]]
    assert [each["sourceId"] for each in lineage] == [ids[0], ids[1], ids[1]]


def test_nothing_is_taken_over_from_own_tables(a, mids):
    base_table(a, mids[A], "own", A, disallowedOutputColumns=["city"])
    table = new_intermediate(a, mids[A], sql="SELECT * FROM own")
    found = fill(a, A, mids[A], table["id"], ROW)
    assert found["intermediateTableVersion"]["inheritedConstraints"] == {}
    add_intermediate_rule(a, mids[A], table["id"], allowedResultReceivers=[B])
    sent = {"sqlParameters": {"queryString": "SELECT city FROM cities"}}
    start_query(a, mids[A], resultConfiguration=to_member(B), **sent)


def test_constraints_are_taken_over_through_another_intermediate_table(a, mids, table):
    add_intermediate_rule(a, mids[A], table["id"])
    fill(a, A, mids[A], table["id"])
    second = new_intermediate(a, mids[A], "second", "SELECT city FROM cities")
    second = fill(a, A, mids[A], second["id"])
    found = second["intermediateTableVersion"]["inheritedConstraints"]
    assert found["allowedResultReceivers"]["value"] == [A]
    assert [each["name"] for each in found["allowedResultReceivers"]["sources"]] == ["cities"]
    error = refusal(
        lambda: add_intermediate_rule(a, mids[A], second["id"], allowedResultReceivers=[A, C])
    )
    assert error["Error"]["Message"] == (
        "The analysis rule is less strict than the rules of the base tables in"
        " allowedResultReceivers."
    )


def test_an_arn_with_a_wildcard_covers_those_that_it_matches(clients, a, mids):
    for account, name, model in ((B, "of_b", "*"), (C, "of_c", "1")):
        base_table(
            clients[account],
            mids[account],
            name,
            A,
            analyses=[MODEL + model],
            additionalAnalyses="ALLOWED",
        )
    tables = [
        new_intermediate(a, mids[A], name, f"SELECT * FROM {bases}")
        for name, bases in (("both", "of_b JOIN of_c"), ("one", "of_b"))
    ]
    both, one = (fill(a, A, mids[A], each["id"]) for each in tables)
    found = both["intermediateTableVersion"]["inheritedConstraints"]
    assert found["allowedAdditionalAnalyses"]["value"] == [MODEL + "1"]
    rule = {"additionalAnalyses": "ALLOWED", "allowedAdditionalAnalyses": [MODEL + "2"]}
    add_intermediate_rule(a, mids[A], one["id"], **rule)
    error = refusal(lambda: add_intermediate_rule(a, mids[A], both["id"], **rule))
    assert error["Error"]["Message"].endswith("in allowedAdditionalAnalyses.")


def test_constraints_stay_when_the_rule_between_is_deleted_meanwhile(a, mids, table):
    add_intermediate_rule(a, mids[A], table["id"])
    fill(a, A, mids[A], table["id"])
    second = new_intermediate(a, mids[A], "second", "SELECT city FROM cities")
    start_population(a, mids[A], second["id"])
    delete_rule(a, mids[A], table["id"])
    while second["status"] in ("CREATED", "POPULATE_STARTED"):
        second = get_intermediate(a, mids[A], second["id"])
    found = second["intermediateTableVersion"]["inheritedConstraints"]
    assert found["allowedResultReceivers"]["value"] == [A]


@pytest.mark.parametrize(
    "content",
    [
        {"allowedResultReceivers": [A, B]},
        {"allowedAdditionalAnalyses": [MODEL + "1"]},
        {"disallowedOutputColumns": ["city"]},
        {"additionalAnalyses": "NOT_ALLOWED"},
    ],
)
def test_a_rule_can_only_be_stricter(a, room, mids, table, content):
    # made before there are data, such a rule keeps the table from being ready
    add_intermediate_rule(a, mids[A], table["id"], **content)
    assert status(a, room) == ("NOT_READY", ["INTERMEDIATE_TABLE_NOT_POPULATED"])
    fill(a, A, mids[A], table["id"], ROW)
    assert status(a, room) == (
        "NOT_READY",
        ["INTERMEDIATE_TABLE_INHERITED_CONSTRAINTS_VIOLATED"],
    )
    answer = refusal(update_rule, a, mids[A], table["id"], **content)
    assert answer["reason"] == "INVALID_CONFIGURATION"
    assert next(iter(content)) in answer["Error"]["Message"]
    update_rule(
        a,
        mids[A],
        table["id"],
        allowedResultReceivers=[],
        disallowedOutputColumns=["amount", "city", "customer_id"],
        additionalAnalyses="REQUIRED",
        allowedAdditionalAnalyses=[],
    )
    assert status(a, room) == ("READY", [])


def test_constraints_do_not_follow_the_base_tables_before_the_next_population(
    clients, a, room, mids, table
):
    add_intermediate_rule(a, mids[A], table["id"], allowedResultReceivers=[A])
    fill(a, A, mids[A], table["id"], ROW)
    held = clients[B].list_configured_table_associations(membershipIdentifier=mids[B])
    (association,) = held["configuredTableAssociationSummaries"]
    clients[B].update_configured_table_association_analysis_rule(
        membershipIdentifier=mids[B],
        configuredTableAssociationIdentifier=association["id"],
        analysisRuleType="CUSTOM",
        analysisRulePolicy=receivers("CUSTOM", B),
    )
    assert status(a, room) == ("READY", [])
    fill(a, A, mids[A], table["id"], ROW)
    assert status(a, room)[1] == ["INTERMEDIATE_TABLE_INHERITED_CONSTRAINTS_VIOLATED"]


def test_all_members_see_the_same_schema(clients, a, room, mids, table):
    kind = {"collaborationIdentifier": room, "schemaType": "INTERMEDIATE_TABLE"}
    (summary,) = clients[C].list_schemas(**kind)["schemaSummaries"]
    assert summary == {
        "name": "cities",
        "type": "INTERMEDIATE_TABLE",
        "creatorAccountId": A,
        "createTime": table["createTime"],
        "updateTime": table["updateTime"],
        "collaborationId": room,
        "collaborationArn": table["collaborationArn"],
        "analysisRuleTypes": [],
        "analysisMethod": "MULTIPLE",
        "selectedAnalysisMethods": ["DIRECT_QUERY", "DIRECT_JOB"],
    }
    schema = clients[C].get_schema(collaborationIdentifier=room, name="cities")["schema"]
    assert schema["columns"] == schema["partitionKeys"] == []
    assert schema["schemaTypeProperties"] == {
        "intermediateTable": {"intermediateTableId": table["id"]}
    }
    assert "analysisRuleType" not in schema["schemaStatusDetails"][0]
    fill(a, A, mids[A], table["id"], ROW)
    assert status(clients[C], room)[1] == ["INTERMEDIATE_TABLE_ANALYSIS_RULE_MISSING"]
    add_intermediate_rule(a, mids[A], table["id"], allowedAnalyses=["ANY_JOB"])
    assert status(clients[C], room) == ("READY", [])
    views = [
        clients[each].get_schema(collaborationIdentifier=room, name="cities")["schema"]
        for each in (A, B, C)
    ]
    assert views[0] == views[1] == views[2]
    assert [each["name"] for each in views[0]["columns"]] == ["city", "amount", "customer_id"]


def test_the_rule_of_the_schema_is_shown_with_what_was_taken_over(clients, a, room, mids, table):
    asked = {"collaborationIdentifier": room, "name": "cities", "type": "CUSTOM"}
    answer = refusal(clients[B].get_schema_analysis_rule, **asked)
    assert answer["Error"]["Code"] == "ResourceNotFoundException"
    fill(a, A, mids[A], table["id"], ROW)
    content = {"disallowedOutputColumns": ["city", "amount", "customer_id"]}
    add_intermediate_rule(a, mids[A], table["id"], {"v1": {"custom": content}})
    rule = clients[B].get_schema_analysis_rule(**asked)["analysisRule"]
    assert rule["policy"] == custom(**content)
    assert "collaborationPolicy" not in rule
    assert rule["consolidatedPolicy"]["v1"]["custom"] == {
        "allowedAnalyses": [],
        "allowedResultReceivers": [A],
        "allowedAdditionalAnalyses": [MODEL + "2"],
        "additionalAnalyses": "ALLOWED",
        **content,
    }


def test_results_go_to_the_receivers_of_all_base_tables_only(a, mids, table):
    add_intermediate_rule(a, mids[A], table["id"])
    fill(a, A, mids[A], table["id"], ROW)
    sent = {"sqlParameters": {"queryString": "SELECT customer_id FROM cities"}}
    answer = refusal(start_query, a, mids[A], resultConfiguration=to_member(B), **sent)
    assert answer["reason"] == "INVALID_QUERY"
    assert B in answer["Error"]["Message"]
    assert start_query(a, mids[A], **sent)["status"] == "SUBMITTED"


def test_a_table_for_additional_analyses_only_is_not_queried(a, mids, table):
    add_intermediate_rule(a, mids[A], table["id"], additionalAnalyses="REQUIRED")
    fill(a, A, mids[A], table["id"], ROW)
    answer = refusal(run, a, mids[A], "SELECT customer_id FROM cities")
    assert "requires additional analyses" in answer["Error"]["Message"]


def test_differential_privacy_of_its_own_takes_from_the_budget(a, room, mids, table):
    privacy = {"differentialPrivacy": {"columns": [{"name": "customer_id"}]}}
    add_intermediate_rule(a, mids[A], table["id"], **privacy)
    fill(a, A, mids[A], table["id"], ROW)
    assert status(a, room)[1] == ["DIFFERENTIAL_PRIVACY_POLICY_NOT_CONFIGURED"]
    sql = "SELECT COUNT(DISTINCT customer_id) FROM cities"
    assert refusal(run, a, mids[A], sql)["reason"] == "INVALID_QUERY"
    privacy_template(a, mids[A])
    assert "differentialPrivacy" in run(a, mids[A], sql)


def test_a_table_that_has_ended_gets_no_rule(clients, a, mids, table):
    add_intermediate_rule(a, mids[A], table["id"])
    disallow(clients[B], mids[B])
    answer = refusal(update_rule, a, mids[A], table["id"])
    assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "INVALID_STATE")
    delete_rule(a, mids[A], table["id"])
    assert refusal(add_intermediate_rule, a, mids[A], table["id"])["reason"] == "INVALID_STATE"
