"""The life of a protected query, and who may ask what."""

from datetime import datetime, timedelta, timezone

import pytest

from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    RECEIVER,
    REGION,
    RUNNER,
    A,
    B,
    C,
    join,
    member,
    new_collaboration,
    pays,
    results_to,
)
from tests.cleanrooms.query_samples import (
    aws_side,
    finish_query,
    get_query,
    start_query,
    to_bucket,
    to_member,
)
from tests.cleanrooms.table_samples import associate, custom, new_table, ready_table, sql_template
from tests.frozen_time import freeze_time

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def _room_for_as_many_queries_as_a_membership_may_have(membership_mock):
    membership_mock.quotas.set("cleanrooms", "concurrent_queries", 5)


@pytest.fixture
def mid(memberships):
    return memberships[A]


def cancel(client, membership_id, query_id):
    answer = client.update_protected_query(
        membershipIdentifier=membership_id,
        protectedQueryIdentifier=query_id,
        targetStatus="CANCELLED",
    )
    return answer["protectedQuery"]["status"]


def statuses(client, membership_id, **arguments):
    pages = client.get_paginator("list_protected_queries").paginate(
        membershipIdentifier=membership_id, **arguments
    )
    return [each["status"] for page in pages for each in page["protectedQueries"]]


# --- start and progress ---


@pytest.mark.newest_model
def test_start_protected_query_returns_a_submitted_query(a, mid):
    configuration = to_bucket("results", keyPrefix="reports")
    with freeze_time(NOON):
        query = start_query(a, mid, resultConfiguration=configuration)
    assert query == {
        "id": query["id"],
        "membershipId": mid,
        "membershipArn": f"arn:aws:cleanrooms:{REGION}:{A}:membership/{mid}",
        "createTime": NOON,
        "sqlParameters": {"queryString": "SELECT city, SUM(amount) FROM orders GROUP BY city"},
        "status": "SUBMITTED",
        "resultConfiguration": configuration,
        "queryComputePayerAccountId": A,
    }


def test_get_protected_query_moves_a_query_to_its_success(a, mid):
    query_id = start_query(a, mid)["id"]
    seen = [get_query(a, mid, query_id)["status"] for _ in range(4)]
    assert seen == ["STARTED", "SUCCESS", "SUCCESS", "SUCCESS"]


def test_get_protected_query_has_result_and_statistics_after_success_only(a, mid):
    with freeze_time(NOON) as clock:
        query_id = start_query(a, mid)["id"]
        started = get_query(a, mid, query_id)
        clock.tick(timedelta(seconds=90))
        ended = get_query(a, mid, query_id)
    assert {"result", "statistics", "error"} & started.keys() == set()
    assert ended["result"] == {"output": {"s3": {"location": f"s3://results/{query_id}"}}}
    assert ended["statistics"]["totalDurationInMillis"] == 90_000
    assert "error" not in ended


def test_get_protected_query_takes_no_time_when_the_clock_goes_back(a, mid):
    with freeze_time(NOON):
        query_id = start_query(a, mid)["id"]
    with freeze_time(NOON - timedelta(days=1)):
        ended = finish_query(a, mid, query_id)
    assert ended["statistics"]["totalDurationInMillis"] == 0


def test_get_protected_query_moves_only_the_query_it_shows(a, mid):
    first, second = start_query(a, mid)["id"], start_query(a, mid)["id"]
    get_query(a, mid, first)
    assert [get_query(a, mid, each)["status"] for each in (first, second)] == [
        "SUCCESS",
        "STARTED",
    ]


def test_get_protected_query_does_not_find_the_query_of_another_membership(a, b, memberships):
    query_id = start_query(a, memberships[A])["id"]
    with pytest.raises(b.exceptions.ResourceNotFoundException) as refused:
        get_query(b, memberships[B], query_id)
    answer = refused.value.response
    assert (answer["resourceId"], answer["resourceType"]) == (query_id, "MEMBERSHIP")


def test_list_protected_queries_shows_the_newest_first_in_pages(a, mid):
    with freeze_time(NOON) as clock:
        ids = []
        for _ in range(5):
            ids.append(start_query(a, mid)["id"])
            clock.tick(timedelta(seconds=1))
    pages = a.get_paginator("list_protected_queries").paginate(
        membershipIdentifier=mid, PaginationConfig={"PageSize": 2}
    )
    assert [each["id"] for page in pages for each in page["protectedQueries"]] == ids[::-1]


def test_list_protected_queries_moves_queries_as_well(a, mid):
    start_query(a, mid)
    assert [statuses(a, mid) for _ in range(3)] == [["STARTED"], ["SUCCESS"], ["SUCCESS"]]


def test_list_protected_queries_moves_nothing_between_the_pages_of_a_walk(a, mid):
    for _ in range(3):
        start_query(a, mid)
    one_by_one = {"PageSize": 1}
    assert statuses(a, mid, status="STARTED", PaginationConfig=one_by_one) == ["STARTED"] * 3
    assert statuses(a, mid, PaginationConfig=one_by_one) == ["SUCCESS"] * 3


def test_list_protected_queries_moves_nothing_when_it_refuses_the_token(a, mid):
    query_id = start_query(a, mid)["id"]
    with pytest.raises(a.exceptions.ValidationException):
        a.list_protected_queries(membershipIdentifier=mid, nextToken="worn")
    assert get_query(a, mid, query_id)["status"] == "STARTED"


def test_list_protected_queries_filters_by_status(a, mid):
    ended = start_query(a, mid)["id"]
    finish_query(a, mid, ended)
    start_query(a, mid)
    assert statuses(a, mid, status="SUCCESS") == ["SUCCESS"]
    assert statuses(a, mid, status="SUBMITTED") == []


@pytest.mark.newest_model
def test_list_protected_queries_names_the_receivers(a, mid):
    query = start_query(a, mid)
    (summary,) = a.list_protected_queries(membershipIdentifier=mid)["protectedQueries"]
    assert summary == {
        "id": query["id"],
        "membershipId": mid,
        "membershipArn": query["membershipArn"],
        "createTime": query["createTime"],
        "status": "STARTED",
        "receiverConfigurations": [
            {
                "analysisType": "DIRECT_ANALYSIS",
                "configurationDetails": {
                    "directAnalysisConfigurationDetails": {"receiverAccountIds": [A]}
                },
            }
        ],
        "queryComputePayerAccountId": A,
    }


# --- other ends ---


@pytest.mark.parametrize("looks", [0, 1], ids=["before it has started", "after it has started"])
def test_update_protected_query_cancels_in_two_steps(a, mid, looks):
    query_id = start_query(a, mid)["id"]
    for _ in range(looks):
        get_query(a, mid, query_id)
    assert cancel(a, mid, query_id) == "CANCELLING"
    assert cancel(a, mid, query_id) == "CANCELLING"
    ended = get_query(a, mid, query_id)
    assert ended["status"] == "CANCELLED"
    assert {"result", "statistics", "error"} & ended.keys() == set()
    assert cancel(a, mid, query_id) == "CANCELLED"


def test_update_protected_query_refuses_a_query_that_has_ended(a, mid):
    query_id = start_query(a, mid)["id"]
    finish_query(a, mid, query_id)
    with pytest.raises(a.exceptions.ConflictException) as refused:
        cancel(a, mid, query_id)
    assert refused.value.response["reason"] == "INVALID_STATE"
    assert get_query(a, mid, query_id)["status"] == "SUCCESS"


@pytest.mark.newest_model
def test_a_query_fails_with_the_error_that_the_test_names(a, mid):
    message = "One of the underlying datasets has an unsupported file format."
    aws_side(A).end_query("FAILED", error={"code": "INVALID_RESOURCE", "message": message})
    query = finish_query(a, mid, start_query(a, mid)["id"])
    assert query["status"] == "FAILED"
    assert query["error"] == {
        "code": "INVALID_RESOURCE",
        "message": message,
        "retry": {"retryable": False},
    }
    assert {"result", "statistics"} & query.keys() == set()


def test_a_query_times_out_when_the_test_says_so(a, mid):
    aws_side(A).end_query("TIMED_OUT")
    query = finish_query(a, mid, start_query(a, mid)["id"])
    assert (query["status"], "error" in query) == ("TIMED_OUT", False)


def test_planned_ends_are_for_the_next_queries_one_each(a, mid):
    aws_side(A).end_query("FAILED")
    aws_side(A).end_query("TIMED_OUT")
    ids = [start_query(a, mid)["id"] for _ in range(3)]
    ends = [finish_query(a, mid, each)["status"] for each in reversed(ids)]
    assert ends == ["SUCCESS", "TIMED_OUT", "FAILED"]


def test_a_refused_query_does_not_use_up_a_planned_end(a, mid):
    aws_side(A).end_query("FAILED")
    with pytest.raises(a.exceptions.ValidationException):
        start_query(a, mid, sqlParameters={"queryString": " "})
    assert finish_query(a, mid, start_query(a, mid)["id"])["status"] == "FAILED"


@pytest.mark.membership_mock(unused_plans="ignore")
def test_planned_ends_are_for_one_account(a, mid):
    aws_side("999999999999").end_query("FAILED")  # which may still join a collaboration
    assert finish_query(a, mid, start_query(a, mid)["id"])["status"] == "SUCCESS"


def test_the_end_of_a_query_that_has_started_can_still_be_settled(a, mid):
    query_id = start_query(a, mid)["id"]
    get_query(a, mid, query_id)
    aws_side(A).end_query("CANCELLED", protected_query_id=query_id)
    assert [get_query(a, mid, query_id)["status"] for _ in range(2)] == ["CANCELLING", "CANCELLED"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"status": "DONE"}, "SUCCESS, FAILED, TIMED_OUT, CANCELLED", id="status"),
        pytest.param({"status": "FAILED", "result": [{"n": 1}]}, "no result", id="result"),
        pytest.param({"error": {"code": "MALFORMED_QUERY"}}, "no error", id="error of a success"),
        pytest.param({"status": "FAILED", "error": {"code": "X"}}, "MALFORMED_QUERY", id="code"),
        pytest.param({"status": "FAILED", "error": {"text": "X"}}, "not text", id="key of error"),
        pytest.param({"result": "a,b"}, "is not a list of mappings or bytes", id="text as result"),
        pytest.param(
            {"result": [1, 2]}, "is not a list of mappings or bytes", id="numbers as result"
        ),
        pytest.param({"protected_query_id": NOBODY}, NOBODY, id="unknown query"),
    ],
)
def test_the_end_of_an_analysis_tells_the_author_of_a_test_what_is_wrong(
    membership_mock, given, says
):
    from membership_mock.errors import UsageError

    with pytest.raises(UsageError, match=says):
        aws_side(A).end_query(**given)


def test_aws_side_refuses_a_query_that_has_ended(a, mid):
    from membership_mock.errors import UsageError

    query_id = start_query(a, mid)["id"]
    finish_query(a, mid, query_id)
    with pytest.raises(UsageError, match="SUCCESS already"):
        aws_side(A).end_query("FAILED", protected_query_id=query_id)


# --- who may ask what ---


def test_start_protected_query_is_refused_to_a_member_who_cannot_query(b, memberships):
    with pytest.raises(b.exceptions.AccessDeniedException) as refused:
        start_query(b, memberships[B])
    assert refused.value.response["reason"] == "INSUFFICIENT_PERMISSIONS"


def test_start_protected_query_does_not_find_the_membership_of_another(b, memberships):
    with pytest.raises(b.exceptions.ResourceNotFoundException):
        start_query(b, memberships[A])


def test_start_protected_query_is_refused_once_the_collaboration_is_deleted(
    a, collaboration_id, mid
):
    a.delete_collaboration(collaborationIdentifier=collaboration_id)
    with pytest.raises(a.exceptions.AccessDeniedException):
        start_query(a, mid)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        pytest.param({}, "INVALID_CONFIGURATION", id="neither text nor template"),
        pytest.param(
            {
                "queryString": "SELECT 1",
                "analysisTemplateArn": (
                    f"arn:aws:cleanrooms:{REGION}:{A}:membership/{NOBODY}/analysistemplate/{NOBODY}"
                ),
            },
            "INVALID_CONFIGURATION",
            id="both",
        ),
        pytest.param({"queryString": "\n "}, "INVALID_QUERY", id="empty text"),
        pytest.param(
            {"queryString": "SELECT 1", "parameters": {"n": "1"}},
            "INVALID_CONFIGURATION",
            id="parameters of a text",
        ),
    ],
)
def test_start_protected_query_refuses_parameters(a, mid, parameters, reason):
    with pytest.raises(a.exceptions.ValidationException) as refused:
        start_query(a, mid, sqlParameters=parameters)
    assert refused.value.response["reason"] == reason
    assert statuses(a, mid) == []


def test_start_protected_query_runs_the_template_of_another_member(a, b, memberships):
    template = sql_template(b, memberships[B])
    parameters = {"analysisTemplateArn": template["arn"], "parameters": {"least": "5"}}
    query = start_query(a, memberships[A], sqlParameters=parameters)
    assert query["sqlParameters"] == parameters


def test_start_protected_query_does_not_find_a_template_that_is_gone(
    a, b, collaboration_id, memberships
):
    template = sql_template(b, memberships[B])
    a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    with pytest.raises(a.exceptions.ResourceNotFoundException):
        start_query(a, memberships[A], sqlParameters={"analysisTemplateArn": template["arn"]})


@pytest.mark.parametrize(
    "given", [{}, {"least": "1", "most": "2"}], ids=["one missing", "one too many"]
)
def test_start_protected_query_checks_the_parameters_of_a_template(a, b, memberships, given):
    template = sql_template(
        b, memberships[B], analysisParameters=[{"name": "least", "type": "INTEGER"}]
    )
    parameters = {"analysisTemplateArn": template["arn"], "parameters": given}
    with pytest.raises(a.exceptions.ValidationException):
        start_query(a, memberships[A], sqlParameters=parameters)


def test_start_protected_query_refuses_more_than_the_quota_until_one_has_ended(a, mid):
    ids = [start_query(a, mid)["id"] for _ in range(5)]
    with pytest.raises(a.exceptions.ServiceQuotaExceededException) as refused:
        start_query(a, mid)
    answer = refused.value.response
    assert (answer["quotaName"], answer["quotaValue"]) == (
        "Concurrent ongoing queries per membership",
        5.0,
    )
    finish_query(a, mid, ids[0])
    start_query(a, mid)


def test_start_protected_query_refuses_too_many_workers(a, mid):
    def workers(number):
        return {"worker": {"type": "CR.1X", "number": number}}

    query = start_query(a, mid, computeConfiguration=workers(400))
    assert query["computeConfiguration"] == workers(400)
    with pytest.raises(a.exceptions.ValidationException):
        start_query(a, mid, computeConfiguration=workers(401))


# --- what the tables allow ---


def test_start_protected_query_may_use_a_table_that_is_ready(a, b, memberships):
    ready_table(b, memberships[B], A)
    start_query(a, memberships[A])


def test_start_protected_query_refuses_a_table_that_is_not_ready(a, b, memberships):
    association = ready_table(b, memberships[B], A)
    b.delete_configured_table_association_analysis_rule(
        membershipIdentifier=memberships[B],
        configuredTableAssociationIdentifier=association["id"],
        analysisRuleType="LIST",
    )
    with pytest.raises(
        a.exceptions.ValidationException, match="COLLABORATION_ANALYSIS_RULE_NOT_CONFIGURED"
    ) as refused:
        start_query(a, memberships[A])
    assert refused.value.response["reason"] == "INVALID_QUERY"


def test_start_protected_query_refuses_a_table_for_jobs_only(a, b, memberships):
    ready_table(b, memberships[B], A, analysisMethod="DIRECT_JOB")
    with pytest.raises(a.exceptions.ValidationException, match="DIRECT_JOB"):
        start_query(a, memberships[A])


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        pytest.param(custom("ANY_QUERY", providers=[A]), True, id="any query of the runner"),
        pytest.param(custom("ANY_QUERY", providers=[B]), False, id="any query of another"),
        pytest.param(custom("ANY_JOB"), False, id="any job"),
    ],
)
def test_start_protected_query_asks_the_custom_rule_of_a_table(a, b, memberships, policy, allowed):
    ready_table(b, memberships[B], A, kind="CUSTOM", policy=policy)
    if allowed:
        start_query(a, memberships[A])
    else:
        with pytest.raises(a.exceptions.ValidationException, match="does not allow"):
            start_query(a, memberships[A])


def test_a_query_uses_tables_of_one_type_of_analysis_rule(a, b, memberships):
    ready_table(b, memberships[B], A)
    allowed = custom("ANY_QUERY", providers=[A])
    ready_table(b, memberships[B], A, name="visits", kind="CUSTOM", policy=allowed)
    sql = "SELECT city FROM orders JOIN visits ON true"
    with pytest.raises(a.exceptions.ValidationException) as refused:
        start_query(a, memberships[A], sqlParameters={"queryString": sql})
    assert refused.value.response["Error"]["Message"] == (
        "All tables of a query must have analysis rules of the same type, not orders (LIST),"
        " visits (CUSTOM)."
    )
    assert statuses(a, memberships[A]) == []


def test_a_template_runs_on_tables_with_a_custom_rule_only(a, b, memberships):
    template = sql_template(a, memberships[A])
    ready_table(b, memberships[B], A)
    with pytest.raises(a.exceptions.ValidationException, match="allows no analysis templates"):
        start_query(a, memberships[A], sqlParameters={"analysisTemplateArn": template["arn"]})


def test_the_schema_of_a_template_does_not_hide_the_tables_of_its_text(a, b, memberships):
    template = sql_template(a, memberships[A], schema={"referencedTables": ["others"]})
    ready_table(b, memberships[B], A, kind="CUSTOM", policy=custom("ANY_JOB"))
    with pytest.raises(a.exceptions.ValidationException, match="does not allow this analysis"):
        start_query(a, memberships[A], sqlParameters={"analysisTemplateArn": template["arn"]})


def test_start_protected_query_runs_only_the_templates_that_a_custom_rule_names(a, b, memberships):
    good, bad = (sql_template(a, memberships[A], name=name) for name in ("good", "bad"))
    ready_table(b, memberships[B], A, kind="CUSTOM", policy=custom(good["arn"]))
    start_query(a, memberships[A], sqlParameters={"analysisTemplateArn": good["arn"]})
    for parameters in (
        {"analysisTemplateArn": bad["arn"]},
        {"queryString": good["source"]["text"]},
    ):
        with pytest.raises(a.exceptions.ValidationException):
            start_query(a, memberships[A], sqlParameters=parameters)


def test_start_protected_query_refuses_a_receiver_that_a_table_does_not_name(a, b, clients):
    room = new_collaboration(a, member(B), member(C, *RECEIVER))["id"]
    mid, theirs = join(a, room)["id"], join(b, room)["id"]
    join(clients[C], room, defaultResultConfiguration=results_to("results-c", C))
    ready_table(b, theirs, C)
    start_query(a, mid, resultConfiguration=to_member(C))
    with pytest.raises(a.exceptions.ValidationException, match=A):
        start_query(a, mid)


def test_start_protected_query_refuses_a_receiver_that_the_rule_of_a_table_does_not_name(
    a, b, collaboration_id, memberships
):
    policy = custom("ANY_QUERY", providers=[A], allowedResultReceivers=[B])
    ready_table(b, memberships[B], A, kind="CUSTOM", policy=policy)
    with pytest.raises(a.exceptions.ValidationException, match=A):
        start_query(a, memberships[A])
    rule = a.get_schema_analysis_rule(
        collaborationIdentifier=collaboration_id, name="orders", type="CUSTOM"
    )["analysisRule"]
    assert rule["consolidatedPolicy"]["v1"]["custom"]["allowedResultReceivers"] == []


def test_start_protected_query_leaves_names_alone_that_are_no_schema(a, mid):
    start_query(a, mid, sqlParameters={"queryString": "SELECT * FROM nowhere"})


def test_start_protected_query_means_the_table_whose_name_is_spelt_alike(a, b, memberships):
    ready_table(b, memberships[B], A, name="orders")
    associate(b, memberships[B], new_table(b)["id"], "ORDERS")  # which is not READY
    assert start_query(a, memberships[A])["status"] == "SUBMITTED"
    with pytest.raises(a.exceptions.ValidationException, match="ORDERS"):
        start_query(a, memberships[A], sqlParameters={"queryString": "SELECT 1 FROM ORDERS"})


def test_start_protected_query_reads_a_long_text_at_once(a, mid):
    text = "SELECT " + "a" * 400_000 + " FROM orders"
    assert start_query(a, mid, sqlParameters={"queryString": text})["status"] == "SUBMITTED"


def test_start_protected_query_leaves_out_what_the_text_itself_defines(a, b, memberships):
    associate(b, memberships[B], new_table(b)["id"], "mine")  # which is not READY
    text = "WITH mine (city) AS (SELECT 'Paris') SELECT city FROM mine"
    query = start_query(a, memberships[A], sqlParameters={"queryString": text})
    assert query["status"] == "SUBMITTED"


# --- who pays ---


@pytest.mark.newest_model
def test_start_protected_query_is_paid_by_the_member_configured_for_it(a, b):
    room = new_collaboration(a, member(B, *RECEIVER, paymentConfiguration=pays("queryCompute")))[
        "id"
    ]
    mid = join(a, room)["id"]
    with pytest.raises(a.exceptions.ValidationException, match="pays"):
        start_query(a, mid)
    join(
        b,
        room,
        defaultResultConfiguration=results_to("results-b", B),
        paymentConfiguration=pays("queryCompute"),
    )
    assert start_query(a, mid)["queryComputePayerAccountId"] == B
    a.delete_member(collaborationIdentifier=room, accountId=B)
    with pytest.raises(a.exceptions.ValidationException, match="pays"):
        start_query(a, mid)


def test_start_protected_query_needs_the_name_of_one_of_several_payers(a, b):
    room = new_collaboration(
        a,
        member(B, paymentConfiguration=pays("queryCompute")),
        creatorMemberAbilities=RUNNER,
        creatorPaymentConfiguration=pays("queryCompute"),
    )["id"]
    mid = join(a, room)["id"]
    join(b, room, paymentConfiguration=pays("queryCompute"))
    with pytest.raises(a.exceptions.ValidationException, match="Several"):
        start_query(a, mid)
    assert start_query(a, mid, queryComputePayerAccountId=B)["queryComputePayerAccountId"] == B
    with pytest.raises(a.exceptions.ValidationException, match=C):
        start_query(a, mid, queryComputePayerAccountId=C)


# --- what becomes of a query when its membership ends ---


def test_delete_membership_waits_for_queries_that_have_not_ended(a, b):
    room = new_collaboration(a, member(B, *RUNNER), creatorMemberAbilities=["CAN_RECEIVE_RESULTS"])[
        "id"
    ]
    mid = join(b, room)["id"]
    query_id = start_query(b, mid)["id"]
    with pytest.raises(b.exceptions.ConflictException, match=query_id) as refused:
        b.delete_membership(membershipIdentifier=mid)
    assert refused.value.response["reason"] == "INVALID_STATE"
    finish_query(b, mid, query_id)
    b.delete_membership(membershipIdentifier=mid)


def test_queries_of_a_membership_that_ends_are_cancelled_and_can_be_read(a, collaboration_id, mid):
    query_id = start_query(a, mid)["id"]
    a.delete_collaboration(collaborationIdentifier=collaboration_id)
    assert get_query(a, mid, query_id)["status"] == "CANCELLED"
    assert statuses(a, mid) == ["CANCELLED"]
    with pytest.raises(a.exceptions.ConflictException) as refused:  # its membership has ended
        cancel(a, mid, query_id)
    answer = refused.value.response
    assert (answer["reason"], answer["resourceType"]) == ("INVALID_STATE", "MEMBERSHIP")
