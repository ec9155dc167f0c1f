"""Seeds of Clean Rooms: rooms, memberships, tables and queries, by the rules of the API."""

import pytest
from botocore.exceptions import ClientError

from membership_mock import SeedRefused, UsageError, mock_membership
from tests.testing.dumps.world_state import nothing_happens

A, B, C, STRANGER = (digit * 12 for digit in "1239")
IRELAND, OHIO = "eu-west-1", "us-east-2"


@pytest.fixture
def given(membership_mock):
    return membership_mock.given.cleanrooms


@pytest.fixture
def rooms(membership_mock):
    def client(account, region=IRELAND):
        return membership_mock.client("cleanrooms", account=account, region=region)

    return client


@pytest.fixture
def room(given):
    return given.joined_collaboration([A, B], region=IRELAND)


def members(client, room):
    listed = client.list_members(collaborationIdentifier=room.id)["memberSummaries"]
    return {each["accountId"]: (each["status"], each["abilities"]) for each in listed}


def membership_of(client, room):
    held = client.list_memberships()["membershipSummaries"]
    return {each["collaborationId"]: each["status"] for each in held}.get(room.id)


# --- collaborations ---


def test_collaboration_invites_everybody_and_its_creator_runs_queries(given, rooms):
    room = given.collaboration(A, [B, C], region=IRELAND)
    assert (room.creator, room.runner, room.accounts, room.memberships) == (A, A, (A, B, C), {})
    assert members(rooms(C), room) == {
        A: ("INVITED", ["CAN_QUERY", "CAN_RECEIVE_RESULTS"]),
        B: ("INVITED", []),
        C: ("INVITED", []),
    }


def test_collaboration_says_who_runs_receives_and_pays(given, rooms):
    room = given.collaboration(A, [B, C], runner=B, receivers=[A, B], payer=C, region=IRELAND)
    assert members(rooms(A), room) == {
        A: ("INVITED", ["CAN_RECEIVE_RESULTS"]),
        B: ("INVITED", ["CAN_QUERY", "CAN_RECEIVE_RESULTS"]),
        C: ("INVITED", []),
    }
    listed = rooms(A).list_members(collaborationIdentifier=room.id)["memberSummaries"]
    pays = [
        e["accountId"] for e in listed if e["paymentConfiguration"]["queryCompute"]["isResponsible"]
    ]
    assert pays == [C]


def test_collaboration_takes_members_and_fields_as_the_api_does(given, rooms):
    listed = {"accountId": B, "displayName": "Shop", "memberAbilities": ["CAN_QUERY"]}
    room = given.collaboration(
        A, [listed], name="Sales", receivers=[A], queryLogStatus="ENABLED", region=IRELAND
    )
    shown = rooms(B).get_collaboration(collaborationIdentifier=room.id)["collaboration"]
    assert (shown["name"], shown["queryLogStatus"], room.runner) == ("Sales", "ENABLED", B)
    summaries = rooms(B).list_members(collaborationIdentifier=room.id)["memberSummaries"]
    assert [each["displayName"] for each in summaries] == [f"Account {A}", "Shop"]


def test_defaults_are_those_of_the_mock():
    with mock_membership(account=B, region=OHIO) as mock:
        room = mock.given.cleanrooms.collaboration()
        assert (room.creator, room.region) == (B, OHIO)
        assert mock.given.cleanrooms.membership(room).account == B


@pytest.mark.parametrize(
    ("arguments", "text", "kind"),
    [
        pytest.param({"members": [A]}, "cannot be listed", SeedRefused, id="creator twice"),
        pytest.param({"members": [B, B]}, "listed only once", SeedRefused, id="member twice"),
        pytest.param({"runner": C}, "neither the creator", UsageError, id="strange runner"),
        pytest.param({"payer": C}, "neither the creator", UsageError, id="strange payer"),
        pytest.param({"receivers": [C]}, "neither the creator", UsageError, id="strange receiver"),
        pytest.param({"members": [{}]}, "accountId", UsageError, id="member without account"),
        pytest.param({"members": ["2"]}, "not an account id", UsageError, id="no account id"),
        pytest.param({"region": "eu-wst-1"}, "nearest: 'eu-west-1'", UsageError, id="region"),
        pytest.param({"colour": "red"}, "Unknown parameter", SeedRefused, id="unknown field"),
        pytest.param({"members": [str(i) * 12 for i in range(2, 9)]}, "Quota", SeedRefused, id="7"),
    ],
)
def test_collaboration_refuses(membership_mock, given, arguments, text, kind):
    with nothing_happens(membership_mock, text, kind):
        given.collaboration(A, **{"members": [B], **arguments})


def test_joined_collaboration_has_a_membership_of_everybody(given, rooms):
    room = given.joined_collaboration(
        [A, B, C], runner=B, payer=C, receivers=[A, C], region=IRELAND
    )
    assert {account: status for account, (status, _) in members(rooms(A), room).items()} == (
        dict.fromkeys([A, B, C], "ACTIVE")
    )
    for account, membership_id in room.memberships.items():
        shown = rooms(account).get_membership(membershipIdentifier=membership_id)["membership"]
        assert (shown["status"], "defaultResultConfiguration" in shown) == ("ACTIVE", account != B)


@pytest.mark.parametrize("accounts", [[], A])
def test_joined_collaboration_needs_a_list_of_accounts(membership_mock, given, accounts):
    with nothing_happens(membership_mock, r"list of accounts|is not a list of text"):
        given.joined_collaboration(accounts)


# --- memberships ---


@pytest.mark.parametrize(
    "status", ["INVITED", "ACTIVE", "LEFT", "REMOVED", "COLLABORATION_DELETED"]
)
def test_membership_reaches(given, rooms, status):
    room = given.collaboration(A, [B], region=IRELAND)
    seeded = given.membership(room, B, status)
    assert (seeded.status, seeded.account, seeded.collaboration_id) == (status, B, room.id)
    held = status if status in ("ACTIVE", "REMOVED", "COLLABORATION_DELETED") else None
    assert membership_of(rooms(B), room) == held
    if status == "COLLABORATION_DELETED":
        with pytest.raises(ClientError):
            rooms(A).get_collaboration(collaborationIdentifier=room.id)
    else:
        assert members(rooms(A), room)[B][0] == status


@pytest.mark.parametrize("status", ["INVITED", "ACTIVE", "REMOVED", "COLLABORATION_DELETED"])
def test_membership_in_its_status_already_is_not_touched(membership_mock, given, status):
    room = given.collaboration(A, [B], region=IRELAND)
    first = given.membership(room, B, status)
    report = membership_mock.report()
    assert given.membership(room, B, status) == first
    assert membership_mock.report() == report


def test_membership_is_found_among_many(given):
    """Seeds once looked at the first page of an account's memberships only."""
    rooms = [given.joined_collaboration([A, B], region=IRELAND) for _ in range(101)]
    last = rooms[-1]
    assert given.membership(last, B).id == last.memberships[B]
    assert given.query(last).membership_id == last.memberships[A]
    removed = given.membership(last, B, "REMOVED")
    assert given.membership(last, B, "REMOVED") == removed


def test_membership_takes_the_id_of_a_collaboration(given, rooms):
    made = rooms(A).create_collaboration(
        name="Own",
        description="Made by the test.",
        members=[{"accountId": B, "memberAbilities": [], "displayName": "B"}],
        creatorDisplayName="A",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        queryLogStatus="DISABLED",
    )["collaboration"]
    seeded = given.membership(made["id"], B, region=IRELAND)
    assert rooms(B).get_membership(membershipIdentifier=seeded.id)["membership"]["id"] == seeded.id


@pytest.mark.parametrize(
    ("account", "status", "text"),
    [
        pytest.param(STRANGER, "ACTIVE", "AccessDeniedException", id="stranger joins"),
        pytest.param(STRANGER, "LEFT", "not a member", id="stranger leaves"),
        pytest.param(B, "INVITED", "ACTIVE already", id="invited again"),
        pytest.param(A, "LEFT", "creator of the collaboration", id="creator leaves"),
        pytest.param(A, "REMOVED", "cannot be removed", id="creator is removed"),
        pytest.param(C, "ACTIVE", "AccessDeniedException", id="left and back"),
        pytest.param(C, "REMOVED", "not a member", id="left and removed"),
    ],
)
def test_membership_refuses_what_cannot_be(membership_mock, given, account, status, text):
    room = given.joined_collaboration([A, B, C], region=IRELAND)
    given.membership(room, C, "LEFT")
    with nothing_happens(membership_mock, text, SeedRefused):
        given.membership(room, account, status)


@pytest.mark.parametrize(
    ("status", "text"),
    [("CANCELLED", "There are: INVITED"), ("ACTVE", "nearest: 'ACTIVE'")],
)
def test_membership_names_the_statuses_that_there_are(membership_mock, given, room, status, text):
    with nothing_happens(membership_mock, text):
        given.membership(room, B, status)


def test_membership_of_another_region_is_a_mistake(membership_mock, given, room):
    with nothing_happens(membership_mock, f"is in {IRELAND}, not in '{OHIO}'"):
        given.membership(room, B, region=OHIO)
    with nothing_happens(membership_mock, "AccessDenied", SeedRefused):
        given.membership(room.id, B, region=OHIO)
    with nothing_happens(membership_mock, "min length: 36", SeedRefused):
        given.membership("room", B)
    with nothing_happens(membership_mock, "collaboration: 7 is not a SeededCollaboration or text"):
        given.membership(7, B)


def test_what_a_refusal_puts_back_hangs_together_as_before(membership_mock, given, rooms, room):
    with nothing_happens(membership_mock, "creator", SeedRefused):
        given.membership(room, A, "REMOVED")
    rooms(A).update_collaboration(collaborationIdentifier=room.id, name="Renamed")
    shown = rooms(B).get_membership(membershipIdentifier=room.memberships[B])["membership"]
    assert shown["collaborationName"] == "Renamed"


# --- tables ---


def test_table_is_a_configured_table(given, rooms):
    table = given.table(B, name="cities", columns=["city", "country"], region=IRELAND)
    shown = rooms(B).get_configured_table(configuredTableIdentifier=table.id)["configuredTable"]
    assert (shown["name"], shown["allowedColumns"]) == ("cities", ["city", "country"])
    assert shown["analysisRuleTypes"] == []


def test_table_has_to_be_in_a_glue_database_that_is_there(membership_mock, given):
    glue = membership_mock.client("glue", account=B, region=IRELAND)
    glue.create_database(DatabaseInput={"Name": "sales"})
    with nothing_happens(membership_mock, "create the table", SeedRefused):
        given.table(B, database="sales", region=IRELAND)


@pytest.mark.parametrize("rule", ["CUSTOM", "LIST"])
def test_associated_table_can_be_queried_by_the_next_call(given, rooms, room, rule):
    association = given.associated_table(room, B, rule=rule)
    (schema,) = rooms(A).list_schemas(collaborationIdentifier=room.id)["schemaSummaries"]
    assert (schema["name"], schema["analysisRuleTypes"]) == (association.name, [rule])
    started = rooms(A).start_protected_query(
        type="SQL",
        membershipIdentifier=room.memberships[A],
        sqlParameters={"queryString": "SELECT city FROM orders"},
        resultConfiguration={
            "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": "results"}}
        },
    )
    assert started["protectedQuery"]["status"] == "SUBMITTED"


def test_associated_table_lets_an_invited_account_join(given, rooms):
    room = given.collaboration(A, [B], region=IRELAND)
    association = given.associated_table(room, B)
    assert members(rooms(A), room)[B][0] == "ACTIVE"
    assert membership_of(rooms(B), room) == "ACTIVE"
    assert association.membership_id


def test_associated_table_leaves_out_receivers_who_have_gone(given, rooms):
    room = given.joined_collaboration([A, B, C], receivers=[A, C], region=IRELAND)
    given.membership(room, C, "LEFT")
    association = given.associated_table(room, B)
    rule = rooms(B).get_configured_table_association_analysis_rule(
        membershipIdentifier=association.membership_id,
        configuredTableAssociationIdentifier=association.id,
        analysisRuleType="CUSTOM",
    )["analysisRule"]
    assert rule["policy"]["v1"]["custom"]["allowedResultReceivers"] == [A]


def test_associated_table_takes_a_table_and_its_rule(given, rooms, room):
    table = given.table(B, region=IRELAND)
    first = given.associated_table(room, B, table=table, name="one")
    other = given.joined_collaboration([A, B], region=IRELAND)
    second = given.associated_table(other, B, table=table.id, name="two")
    assert first.table_id == second.table_id == table.id


@pytest.mark.parametrize(
    ("arguments", "text", "kind"),
    [
        pytest.param({"rule": "LISTS"}, "nearest: 'LIST'", UsageError, id="misspelt rule"),
        pytest.param({"rule": "AGGREGATION"}, "needs a policy", UsageError, id="no policy"),
        pytest.param({"account": STRANGER}, "AccessDenied", SeedRefused, id="stranger"),
        pytest.param({"receivers": [B]}, "receive", SeedRefused, id="receiver who is none"),
        pytest.param({"table": "t" * 36}, "o such|pattern", SeedRefused, id="unknown table"),
        pytest.param(
            {"policy": {"v1": {"list": {"joinColumns": ["x"], "listColumns": ["y"]}}}},
            "CUSTOM",
            SeedRefused,
            id="policy of another rule",
        ),
    ],
)
def test_associated_table_refuses(membership_mock, given, room, arguments, text, kind):
    with nothing_happens(membership_mock, text, kind):
        given.associated_table(room, **{"account": B, **arguments})


# --- queries ---


@pytest.mark.parametrize(
    "status",
    ["SUBMITTED", "STARTED", "SUCCESS", "FAILED", "TIMED_OUT", "CANCELLING", "CANCELLED"],
)
def test_query_reaches(given, rooms, room, status):
    given.associated_table(room, B)
    query = given.query(room, status)
    listed = rooms(A).list_protected_queries(
        membershipIdentifier=query.membership_id, status=status, maxResults=1
    )["protectedQueries"]
    # a look moves what has not ended
    after = {"SUBMITTED": [], "STARTED": [], "CANCELLING": []}.get(status, [query.id])
    assert [each["id"] for each in listed] == after


def test_query_leaves_its_result_in_the_bucket_of_the_receiver(membership_mock, given):
    room = given.joined_collaboration([A, B], results_bucket="findings-of-a", region=IRELAND)
    query = given.query(room, result=[{"city": "Paris", "n": 7}])
    s3 = membership_mock.client("s3", account=A, region=IRELAND)
    (found,) = s3.list_objects_v2(Bucket="findings-of-a")["Contents"]
    assert found["Key"].startswith(query.id)
    body = s3.get_object(Bucket="findings-of-a", Key=found["Key"])["Body"].read()
    assert body == b"city,n\nParis,7\n"


def test_query_settles_how_it_will_end(given, rooms, room):
    query = given.query(room, "SUBMITTED", error={"code": "INSUFFICIENT_COMPUTE"})
    for _ in range(2):
        shown = rooms(A).get_protected_query(
            membershipIdentifier=query.membership_id, protectedQueryIdentifier=query.id
        )["protectedQuery"]
    assert (shown["status"], shown["error"]["code"]) == ("FAILED", "INSUFFICIENT_COMPUTE")


def test_query_runs_where_the_runner_joined_by_itself(given, rooms):
    room = given.collaboration(A, [B], region=IRELAND)
    rooms(A).create_membership(collaborationIdentifier=room.id, queryLogStatus="DISABLED")
    query = given.query(room.id, account=A, region=IRELAND)
    assert query.status == "SUCCESS"


@pytest.mark.parametrize(
    ("arguments", "text", "kind"),
    [
        pytest.param({"status": "SUCESS"}, "nearest: 'SUCCESS'", UsageError, id="misspelt"),
        pytest.param({"status": "FAILED", "result": []}, "has no result", UsageError, id="result"),
        pytest.param({"error": {"code": "X"}}, "has no error", UsageError, id="error"),
        pytest.param({"account": B}, "AccessDenied", SeedRefused, id="not the runner"),
        pytest.param({"account": STRANGER}, "not a member", SeedRefused, id="stranger"),
        pytest.param({"sql": " "}, "empty", SeedRefused, id="empty"),
        pytest.param({"sql": "SELECT a FROM shut"}, "cannot be used", SeedRefused, id="no rule"),
    ],
)
def test_query_refuses(membership_mock, given, rooms, room, arguments, text, kind):
    table = given.table(B, region=IRELAND)
    rooms(B).create_configured_table_association(
        name="shut",
        membershipIdentifier=room.memberships[B],
        configuredTableIdentifier=table.id,
        roleArn=f"arn:aws:iam::{B}:role/clean-rooms",
    )
    with nothing_happens(membership_mock, text, kind):
        given.query(room, **arguments)


def test_query_of_a_runner_that_has_not_joined_is_refused(membership_mock, given):
    room = given.collaboration(A, [B])
    with nothing_happens(membership_mock, f"{A} is INVITED", SeedRefused):
        given.query(room)


def test_query_waits_for_the_clock_where_states_do():
    with mock_membership(settle="clock") as mock:
        given = mock.given.cleanrooms
        room = given.joined_collaboration([A, B])
        assert given.query(room, "SUBMITTED").status == "SUBMITTED"
        with nothing_happens(mock, "only with the mock's clock", SeedRefused):
            given.query(room)


def test_privacy_budget_is_full_and_belongs_to_a_member(given, rooms):
    room = given.collaboration(A, [B], region=IRELAND)
    budget = given.privacy_budget(room, B)
    (seen,) = rooms(A).list_collaboration_privacy_budgets(
        collaborationIdentifier=room.id, privacyBudgetType="DIFFERENTIAL_PRIVACY"
    )["collaborationPrivacyBudgetSummaries"]
    assert (seen["privacyBudgetTemplateId"], seen["creatorAccountId"]) == (budget.id, B)
    counts = seen["budget"]["differentialPrivacy"]["aggregations"]
    assert {each["type"]: each["remainingCount"] for each in counts}["COUNT_DISTINCT"] == 660


def test_privacy_budget_refuses_a_second_one_and_values_out_of_range(membership_mock, given, room):
    given.privacy_budget(room, B)
    with nothing_happens(membership_mock, "one such budget", SeedRefused):
        given.privacy_budget(room, A)
    with nothing_happens(membership_mock, "between 1 and 20", SeedRefused):
        given.privacy_budget(room, A, epsilon=21)


def test_access_budget_limits_a_table(membership_mock, given, rooms, room):
    table = given.associated_table(room, B)
    budget = given.access_budget(table, 7, "CALENDAR_WEEK")
    (seen,) = rooms(B).list_privacy_budgets(
        membershipIdentifier=table.membership_id, privacyBudgetType="ACCESS_BUDGET"
    )["privacyBudgetSummaries"]
    content = seen["budget"]["accessBudget"]
    assert (seen["privacyBudgetTemplateArn"], content["resourceArn"]) == (budget.arn, table.arn)
    assert content["aggregateRemainingBudget"] == 7
    with nothing_happens(membership_mock, "one access budget", SeedRefused):
        given.access_budget(table)
