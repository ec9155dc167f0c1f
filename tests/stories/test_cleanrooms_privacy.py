"""Stories of two accounts: privacy budgets, identity, lookalike models and stored analyses."""

from datetime import datetime, timezone

import pytest

from tests.cleanrooms.collaboration_samples import (
    REGION,
    RUNNER,
    join,
    member,
    new_collaboration,
    pays,
    refusal,
)
from tests.cleanrooms.identity_samples import (
    add_mapping_table,
    add_model,
    add_namespace,
    model,
    namespace,
    populate,
    workflow,
)
from tests.cleanrooms.intermediate_samples import (
    disallow,
    get_intermediate,
    ready_intermediate,
    start_population,
)
from tests.cleanrooms.privacy_samples import (
    AVG,
    COUNT_DISTINCT,
    access_left,
    access_template,
    aggregations_left,
    budget,
    privacy_template,
    private_table,
    run,
)
from tests.cleanrooms.query_samples import finish_query, start_query
from tests.cleanrooms.table_samples import (
    add_collaboration_rule,
    add_rule,
    associate,
    custom,
    new_table,
    ready_table,
    receivers,
)

PROVIDER, RUNS = "222222222222", "111111111111"


class Pair:
    """A provider of data, who creates the collaboration, and another account that runs queries."""

    def __init__(self, mock):
        self.mock = mock
        self.provider, self.runner = (
            mock.client("cleanrooms", account=each, region=REGION) for each in (PROVIDER, RUNS)
        )
        abilities = {"creatorMemberAbilities": []}
        self.room = new_collaboration(self.provider, member(RUNS, *RUNNER), **abilities)["id"]
        self.theirs = join(self.provider, self.room)["id"]
        self.mine = join(self.runner, self.room)["id"]

    def status(self, client, name):
        """Return whether a schema is ready, or why not."""
        schema = client.get_schema(collaborationIdentifier=self.room, name=name)["schema"]
        (detail,) = schema["schemaStatusDetails"]
        return detail["status"], [each["code"] for each in detail.get("reasons", ())]

    def run(self, sql):
        """Run a query to its end, and return it."""
        return run(self.runner, self.mine, sql)


@pytest.fixture
def pair(membership_mock):
    membership_mock.clock.freeze(datetime(2030, 3, 20, 12, tzinfo=timezone.utc))
    return Pair(membership_mock)


def test_a_provider_protects_its_members_with_differential_privacy(pair):
    provider, runner, room = pair.provider, pair.runner, pair.room
    private_table(provider, pair.theirs, RUNS, name="members")
    distinct, average = (sql.replace("orders", "members") for sql in (COUNT_DISTINCT, AVG))
    missing = ("NOT_READY", ["DIFFERENTIAL_PRIVACY_POLICY_NOT_CONFIGURED"])
    assert pair.status(runner, "members") == missing

    # the provider looks what a budget would allow, and takes it
    impact = provider.preview_privacy_impact(
        membershipIdentifier=pair.theirs,
        parameters={"differentialPrivacy": {"epsilon": 10, "usersNoisePerQuery": 30}},
    )["privacyImpact"]["differentialPrivacy"]["aggregations"]
    assert {each["type"]: each["maxCount"] for each in impact} == {
        "AVG": 165,
        "COUNT": 330,
        "COUNT_DISTINCT": 660,
        "SUM": 220,
        "STDDEV": 165,
    }
    refreshed = {"autoRefresh": "CALENDAR_MONTH"}
    template = privacy_template(provider, pair.theirs, 10, 30, **refreshed)
    assert pair.status(runner, "members") == ("READY", [])

    # the runner sees what its queries leave
    pair.run(distinct)
    assert aggregations_left(runner, room)["COUNT_DISTINCT"] == 659
    pair.run(average)
    assert aggregations_left(runner, room)["COUNT_DISTINCT"] == 655
    assert refusal(privacy_template, runner, pair.mine)["reason"] == "ALREADY_EXISTS"

    # the provider cannot take anything back, and may give more
    that = {
        "membershipIdentifier": pair.theirs,
        "privacyBudgetTemplateIdentifier": template["id"],
    }
    kind = {"privacyBudgetType": "DIFFERENTIAL_PRIVACY"}
    for epsilon, answer in ((9, "ConflictException"), (11, None)):
        given = {**that, **kind, "parameters": {"differentialPrivacy": {"epsilon": epsilon}}}
        if answer:
            refused = refusal(provider.update_privacy_budget_template, **given)
            assert refused["Error"]["Code"] == answer
        else:
            provider.update_privacy_budget_template(**given)
    assert aggregations_left(runner, room)["COUNT_DISTINCT"] > 655

    # it starts again with a small one, which is soon used up
    provider.delete_privacy_budget_template(**that)
    assert pair.status(runner, "members") == missing
    privacy_template(provider, pair.theirs, 1, 30, **refreshed)
    assert aggregations_left(runner, room)["COUNT_DISTINCT"] == 9
    assert [pair.run(average)["status"] for _ in range(2)] == ["SUCCESS", "SUCCESS"]
    failed = pair.run(average)
    assert failed["status"] == "FAILED"
    assert f"to run this query on the data from {PROVIDER}." in failed["error"]["message"]

    # and is full again on the first of April
    pair.mock.clock.freeze(datetime(2030, 4, 1, tzinfo=timezone.utc))
    assert aggregations_left(runner, room)["COUNT_DISTINCT"] == 9
    assert pair.run(average)["status"] == "SUCCESS"


def test_a_provider_limits_how_often_its_table_is_used(pair):
    provider, runner, room = pair.provider, pair.runner, pair.room
    table = ready_table(provider, pair.theirs, RUNS)
    template = access_template(
        provider, pair.theirs, table["arn"], ("WEEK", 2, "ENABLED"), ("LIFETIME", 3)
    )
    assert access_left(runner, room) == {"CALENDAR_WEEK": 2, "LIFETIME": 3, "all": 2}
    own = runner.list_privacy_budgets(
        membershipIdentifier=pair.mine, privacyBudgetType="ACCESS_BUDGET"
    )
    assert own["privacyBudgetSummaries"] == []
    sql = "SELECT city FROM orders"
    assert [pair.run(sql)["status"] for _ in range(2)] == ["SUCCESS"] * 2
    assert access_left(runner, room)["all"] == 0
    assert pair.run(sql)["status"] == "FAILED"
    assert pair.status(runner, "orders") == ("READY", [])

    # a week begins on Sunday
    pair.mock.clock.freeze(datetime(2030, 3, 24, tzinfo=timezone.utc))
    assert access_left(runner, room) == {"CALENDAR_WEEK": 2, "LIFETIME": 1, "all": 1}
    provider.update_privacy_budget_template(
        membershipIdentifier=pair.theirs,
        privacyBudgetTemplateIdentifier=template["id"],
        privacyBudgetType="ACCESS_BUDGET",
        parameters={"accessBudget": {"budgetParameters": [budget(("LIFETIME", 100))]}},
    )
    assert access_left(runner, room) == {"LIFETIME": 98, "all": 98}
    assert pair.run(sql)["status"] == "SUCCESS"


def test_two_members_map_the_ids_of_one_to_those_of_the_other(pair):
    provider, runner, room = pair.provider, pair.runner, pair.room
    answer = refusal(add_mapping_table, runner, pair.mine, workflow(RUNS))
    assert answer["Error"]["Code"] == "ValidationException"

    # each brings its namespace, and sees that of the other
    source = add_namespace(provider, pair.theirs, namespace(PROVIDER))
    target = add_namespace(runner, pair.mine, namespace(RUNS, "target"))
    for client, other, owner in ((provider, target, RUNS), (runner, source, PROVIDER)):
        seen = client.get_collaboration_id_namespace_association(
            collaborationIdentifier=room, idNamespaceAssociationIdentifier=other["id"]
        )["collaborationIdNamespaceAssociation"]
        assert seen["creatorAccountId"] == owner
    table = add_mapping_table(runner, pair.mine, workflow(RUNS))
    assert table["inputReferenceProperties"]["idMappingTableInputSource"] == [
        {"idNamespaceAssociationId": source["id"], "type": "SOURCE"},
        {"idNamespaceAssociationId": target["id"], "type": "TARGET"},
    ]

    # the table is everybody's to see, and its owner's to populate
    empty = ("NOT_READY", ["ID_MAPPING_TABLE_NOT_POPULATED"])
    assert pair.status(provider, "ids") == empty
    populate(runner, pair.mine, table["id"])
    assert pair.status(provider, "ids") == pair.status(runner, "ids") == ("READY", [])
    its = {"idMappingTableIdentifier": table["id"]}
    answer = refusal(provider.get_id_mapping_table, membershipIdentifier=pair.theirs, **its)
    assert answer["Error"]["Code"] == "ResourceNotFoundException"

    # the rule follows the provider's association
    that = {
        "membershipIdentifier": pair.theirs,
        "idNamespaceAssociationIdentifier": source["id"],
    }
    provider.update_id_namespace_association(
        **that, idMappingConfig={"allowUseAsDimensionColumn": True}
    )
    rule = provider.get_schema_analysis_rule(
        collaborationIdentifier=room, name="ids", type="ID_MAPPING_TABLE"
    )["analysisRule"]["policy"]["v1"]["idMappingTable"]
    assert rule["dimensionColumns"] == ["sourceid"]

    # without it there is no table
    provider.delete_id_namespace_association(**that)
    assert pair.status(provider, "ids") == pair.status(runner, "ids") == empty
    answer = refusal(populate, runner, pair.mine, table["id"])
    assert answer["Error"]["Code"] == "ConflictException"


def test_a_provider_of_training_data_brings_a_lookalike_model(pair):
    provider, runner, room = pair.provider, pair.runner, pair.room
    association = add_model(provider, pair.theirs, model(PROVIDER))
    key = "configuredAudienceModelAssociationIdentifier"
    that = {key: association["id"]}
    seen = runner.get_collaboration_configured_audience_model_association(
        collaborationIdentifier=room, **that
    )["collaborationConfiguredAudienceModelAssociation"]
    assert (seen["name"], seen["creatorAccountId"]) == ("lookalike", PROVIDER)

    # the runner names it in the rule of its own table
    table = new_table(runner)
    policy = custom("ANY_QUERY", providers=[RUNS], additionalAnalyses="ALLOWED")
    add_rule(runner, table["id"], "CUSTOM", policy)
    mine = associate(runner, pair.mine, table["id"], "users")
    rule = receivers("CUSTOM", RUNS, allowedAdditionalAnalyses=[association["arn"]])
    add_collaboration_rule(runner, pair.mine, mine["id"], "CUSTOM", rule)
    details = runner.get_schema(collaborationIdentifier=room, name="users")["schema"]
    assert [each["status"] for each in details["schemaStatusDetails"]] == ["READY", "READY"]

    # it is the provider's, who cannot leave while it has it
    for call in (
        runner.update_configured_audience_model_association,
        runner.delete_configured_audience_model_association,
    ):
        answer = refusal(call, membershipIdentifier=pair.mine, **that)
        assert answer["Error"]["Code"] == "ResourceNotFoundException"
    provider.delete_collaboration(collaborationIdentifier=room)
    answer = refusal(provider.delete_membership, membershipIdentifier=pair.theirs)
    assert answer["reason"] == "SUBRESOURCES_EXIST"
    provider.delete_configured_audience_model_association(membershipIdentifier=pair.theirs, **that)
    provider.delete_membership(membershipIdentifier=pair.theirs)


@pytest.mark.newest_model
@pytest.mark.parametrize("end", ["disallowed", "base table removed"])
def test_a_runner_keeps_a_result_and_the_provider_has_the_last_word(pair, end):
    provider, runner, room = pair.provider, pair.runner, pair.room
    orders = ready_table(provider, pair.theirs, RUNS)
    access_template(provider, pair.theirs, orders["arn"], ("LIFETIME", 9))

    # the runner stores what it has found, and asks that again
    table = ready_intermediate(runner, RUNS, pair.mine, RUNS)
    assert table["status"] == "POPULATE_SUCCESS"
    assert access_left(provider, room)["all"] == 8
    assert pair.run("SELECT n FROM cities")["status"] == "SUCCESS"
    assert access_left(provider, room)["all"] == 7
    ready_intermediate(runner, RUNS, pair.mine, RUNS, name="more", sql="SELECT n FROM cities")

    # the provider sees it, and cannot look into it
    shown = provider.get_configured_table_association(
        membershipIdentifier=pair.theirs, configuredTableAssociationIdentifier=orders["id"]
    )["configuredTableAssociation"]["childResources"]
    assert [(each["resourceName"], each["resourceStatus"]) for each in shown] == [
        ("cities", "POPULATE_SUCCESS"),
        ("more", "POPULATE_SUCCESS"),
    ]
    assert pair.status(provider, "cities") == ("READY", [])
    answer = refusal(get_intermediate, provider, pair.theirs, table["id"])
    assert answer["Error"]["Code"] == "ResourceNotFoundException"

    # and ends it, with what was built on it
    if end == "disallowed":
        disallow(provider, pair.theirs)
        status = "DISALLOWED_BY_DATA_PROVIDER"
    else:
        provider.delete_configured_table_association(
            membershipIdentifier=pair.theirs, configuredTableAssociationIdentifier=orders["id"]
        )
        status = "BASE_TABLE_REMOVED"
    held = runner.list_intermediate_tables(membershipIdentifier=pair.mine)
    found = {each["name"]: each["status"] for each in held["intermediateTableSummaries"]}
    assert found == {"cities": status, "more": status}
    answer = refusal(pair.run, "SELECT n FROM more")
    assert answer["reason"] == "INVALID_QUERY"
    answer = refusal(start_population, runner, pair.mine, table["id"])
    assert answer["Error"]["Code"] == "ConflictException"


LOG_ABILITY = "CAN_EXPORT_QUERY_ANALYSIS_LOG"
PAYER, OTHER = "222222222222", "333333333333"


@pytest.mark.newest_model
def test_runner_and_payer_take_the_logs_of_a_query_home(membership_mock):
    payer, runner, other = (
        membership_mock.client("cleanrooms", account=each, region=REGION)
        for each in (PAYER, RUNS, OTHER)
    )
    room = new_collaboration(
        payer,
        member(RUNS, *RUNNER, paymentConfiguration=pays()),
        member(OTHER, LOG_ABILITY),
        creatorMemberAbilities=[],
        creatorPaymentConfiguration=pays("queryCompute"),
    )["id"]
    mids = {
        PAYER: join(payer, room, paymentConfiguration=pays("queryCompute"))["id"],
        RUNS: join(runner, room)["id"],
        OTHER: join(other, room)["id"],
    }
    for account in (PAYER, RUNS, OTHER):
        s3 = membership_mock.client("s3", account=account, region=REGION)
        where = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=f"spark-logs-{account}", CreateBucketConfiguration=where)

    def export(client, account, query_id):
        bucket = {"s3": {"bucket": f"spark-logs-{account}"}}
        return client.start_analysis_log_export(
            membershipIdentifier=mids[account],
            analysisId=query_id,
            analysisType="PROTECTED_QUERY",
            resultConfiguration={"outputConfiguration": bucket},
        )["analysisLogExport"]

    # nobody but the third one may, until all agree
    query = run(runner, mids[RUNS], "SELECT 1")["id"]
    assert refusal(export, runner, RUNS, query)["Error"]["Code"] == "AccessDeniedException"
    request = payer.create_collaboration_change_request(
        collaborationIdentifier=room,
        changes=[
            {
                "specificationType": "MEMBER",
                "specification": {"member": {"accountId": each, "memberAbilities": abilities}},
            }
            for each, abilities in (
                (PAYER, [LOG_ABILITY]),
                (RUNS, ["CAN_RECEIVE_RESULTS", LOG_ABILITY]),
            )
        ],
    )["collaborationChangeRequest"]
    that = {"collaborationIdentifier": room, "changeRequestIdentifier": request["id"]}
    for client, action in ((runner, "APPROVE"), (other, "APPROVE"), (payer, "COMMIT")):
        client.update_collaboration_change_request(**that, action=action)

    # each exports to its own bucket, and sees its own export
    exports = {
        RUNS: export(runner, RUNS, query)["analysisLogExportId"],
        PAYER: export(payer, PAYER, query)["analysisLogExportId"],
    }
    answer = refusal(export, runner, RUNS, query)
    assert answer["Error"]["Code"] == "ValidationException"
    for client, account in ((runner, RUNS), (payer, PAYER)):
        (mine,) = client.list_analysis_log_exports(membershipIdentifier=mids[account])[
            "analysisLogExports"
        ]
        assert (mine["analysisLogExportId"], mine["status"]) == (exports[account], "SUCCESS")
        s3 = membership_mock.client("s3", account=account, region=REGION)
        keys = [
            each["Key"] for each in s3.list_objects_v2(Bucket=f"spark-logs-{account}")["Contents"]
        ]
        assert sum(exports[account] in key for key in keys) == 2
    answer = refusal(export, other, OTHER, query)
    assert "runner or the payer" in answer["Error"]["Message"]

    # a query that never ran has no logs
    waiting = start_query(runner, mids[RUNS], sqlParameters={"queryString": "SELECT 1"})
    runner.update_protected_query(
        membershipIdentifier=mids[RUNS],
        protectedQueryIdentifier=waiting["id"],
        targetStatus="CANCELLED",
    )
    finish_query(runner, mids[RUNS], waiting["id"])
    started = export(runner, RUNS, waiting["id"])["analysisLogExportId"]
    ended = runner.get_analysis_log_export(
        membershipIdentifier=mids[RUNS], analysisLogExportIdentifier=started
    )["analysisLogExport"]
    assert (ended["status"], ended["error"]["code"]) == ("FAILED", "LOGS_NOT_AVAILABLE")
