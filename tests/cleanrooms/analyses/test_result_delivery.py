"""Where the results of protected queries land."""

import pytest

from membership_mock import mock_membership
from membership_mock.errors import UnfiredFault, UsageError
from tests.cleanrooms.collaboration_samples import (
    RECEIVER,
    REGION,
    RUNNER,
    A,
    B,
    C,
    D,
    join,
    member,
    new_collaboration,
    results_to,
)
from tests.cleanrooms.query_samples import (
    aws_side,
    finish_query,
    get_query,
    new_bucket,
    objects,
    start_query,
    to_bucket,
    to_member,
)

ROWS = [{"city": "Paris", "n": 7}, {"city": 'Rome, "IT"', "n": None}]
CSV = b'city,n\nParis,7\n"Rome, ""IT""",\n'


@pytest.fixture
def mid(memberships):
    return memberships[A]


@pytest.fixture
def room(a):
    """A collaboration in which A and B and D receive results, and C does not."""
    members = (member(B, *RECEIVER), member(C), member(D, *RECEIVER))
    return new_collaboration(a, *members)["id"]


@pytest.fixture
def joined(clients, room):
    """The ids of the memberships of A, B, C and D, who have all joined."""
    given = {
        A: {},
        B: {"defaultResultConfiguration": results_to("results-b", B, keyPrefix="in/")},
        C: {},
        D: {"defaultResultConfiguration": results_to("results-d", D)},
    }
    return {each: join(clients[each], room, **given[each])["id"] for each in (A, B, C, D)}


def distribute(*locations):
    return {"outputConfiguration": {"distribute": {"locations": list(locations)}}}


def in_s3(bucket):
    return {"s3": {"resultFormat": "CSV", "bucket": bucket}}


def of_member(account):
    return {"member": {"accountId": account}}


def test_rows_land_as_csv_below_the_location_that_the_answer_names(membership_mock, a, mid):
    new_bucket(membership_mock, A, "results")
    aws_side(A).end_query(result=ROWS)
    configuration = to_bucket("results", keyPrefix="reports/daily")
    query_id = start_query(a, mid, resultConfiguration=configuration)["id"]
    get_query(a, mid, query_id)
    assert objects(membership_mock, A, "results") == {}
    query = get_query(a, mid, query_id)
    location = query["result"]["output"]["s3"]["location"]
    assert location == f"s3://results/reports/daily/{query_id}"
    ((key, body),) = objects(membership_mock, A, "results").items()
    assert f"s3://results/{key}".startswith(f"{location}/")
    assert (key.endswith(".csv"), body) == (True, CSV)


def test_a_result_that_nobody_gave_is_an_empty_file(membership_mock, a, mid):
    new_bucket(membership_mock, A, "results")
    finish_query(a, mid, start_query(a, mid)["id"])
    assert list(objects(membership_mock, A, "results").values()) == [b""]


def test_bytes_land_as_they_are_whatever_the_format(membership_mock, a, mid):
    new_bucket(membership_mock, A, "results")
    aws_side(A).end_query(result=b"PAR1...")
    configuration = to_bucket("results", resultFormat="PARQUET")
    finish_query(a, mid, start_query(a, mid, resultConfiguration=configuration)["id"])
    ((key, body),) = objects(membership_mock, A, "results").items()
    assert (key.endswith(".parquet"), body) == (True, b"PAR1...")


def test_a_parquet_file_is_never_made_up(membership_mock, a, mid):
    new_bucket(membership_mock, A, "results")
    configuration = to_bucket("results", resultFormat="PARQUET")
    query = finish_query(a, mid, start_query(a, mid, resultConfiguration=configuration)["id"])
    assert query["status"] == "SUCCESS"
    assert objects(membership_mock, A, "results") == {}


@pytest.mark.membership_mock(unused_plans="ignore")
def test_rows_for_a_parquet_result_are_refused_before_the_query_starts(a, mid):
    aws_side(A).end_query(result=ROWS)
    with pytest.raises(UsageError, match="PARQUET"):
        start_query(a, mid, resultConfiguration=to_bucket("results", resultFormat="PARQUET"))
    assert a.list_protected_queries(membershipIdentifier=mid)["protectedQueries"] == []


def test_a_query_succeeds_when_the_bucket_is_not_in_the_mock(a, mid):
    query = finish_query(a, mid, start_query(a, mid)["id"])
    assert query["result"]["output"]["s3"]["location"] == f"s3://results/{query['id']}"


@pytest.mark.parametrize("owner", [None, B])
def test_a_planned_result_without_its_bucket_ends_the_query(membership_mock, a, mid, owner):
    if owner is not None:
        new_bucket(membership_mock, owner, "results")
    aws_side(A).end_query(result=ROWS)

    query = finish_query(a, mid, start_query(a, mid)["id"])

    assert query["status"] == "FAILED"
    assert "result" not in query
    assert query["error"]["code"] == "RESOURCE_NOT_FOUND"
    assert query["error"]["message"] == f"The S3 bucket results of account {A} does not exist."


def test_a_planned_result_that_one_receiver_has_no_bucket_for_reaches_none(
    membership_mock, a, joined
):
    for account, bucket in ((A, "results"), (B, "results-b")):
        new_bucket(membership_mock, account, bucket)
    aws_side(A).end_query(result=ROWS)
    configuration = distribute(in_s3("results"), of_member(B), of_member(D))

    query_id = start_query(a, joined[A], resultConfiguration=configuration)["id"]
    query = finish_query(a, joined[A], query_id)

    assert query["status"] == "FAILED"
    assert "results-d" in query["error"]["message"]
    assert objects(membership_mock, A, "results") == objects(membership_mock, B, "results-b") == {}


def test_an_ending_is_planned_where_the_account_runs_its_queries(membership_mock, a, mid):
    side = membership_mock.aws_side(A, "us-west-2")
    with pytest.raises(
        UsageError, match=rf"but in {REGION}: take mock.aws_side\('{A}', '{REGION}'"
    ):
        side.end_query(result=ROWS)


def test_an_ending_is_not_planned_for_a_member_who_cannot_run_queries(membership_mock, joined):
    with pytest.raises(UsageError, match="does it have the ability CAN_QUERY"):
        membership_mock.aws_side(B, REGION).end_query("FAILED")
    with pytest.raises(UsageError, match="does it have the ability CAN_RUN_JOB"):
        membership_mock.aws_side(B, REGION).end_job("FAILED")


def test_an_ending_that_no_query_has_is_reported_like_a_fault_that_never_fired(a, mid):
    with pytest.raises(UnfiredFault) as unused, mock_membership(unused_plans="error") as inner:
        inner.aws_side(A, REGION).end_query("FAILED")
        inner.aws_side(A, REGION).end_query(result=ROWS)
        start_query(a, mid)
    assert str(unused.value) == (
        "One planned ending was never used:\n"
        f"    the next protected query of {A} in {REGION} ends in SUCCESS with a result"
    )


def test_endings_that_are_used_or_belong_to_an_outer_mock_are_not_reported(membership_mock, a, mid):
    membership_mock.aws_side(A, REGION).end_query("FAILED")
    with mock_membership(unused_plans="error") as inner:
        inner.aws_side(A, REGION).end_query("TIMED_OUT")
        start_query(a, mid)
        start_query(a, mid)
    membership_mock.aws_side(A, REGION).end_query("FAILED")
    with mock_membership(unused_plans="error"):
        pass
    with pytest.raises(UnfiredFault, match="ends in FAILED"):
        membership_mock.faults.assert_all_fired()
    start_query(a, mid)
    membership_mock.faults.assert_all_fired()


def test_a_bucket_of_another_account_gets_nothing(membership_mock, a, mid):
    new_bucket(membership_mock, B, "results")
    finish_query(a, mid, start_query(a, mid)["id"])
    assert objects(membership_mock, B, "results") == {}


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "CANCELLED"])
def test_a_query_that_does_not_succeed_leaves_nothing(membership_mock, a, mid, status):
    new_bucket(membership_mock, A, "results")
    aws_side(A).end_query(status)
    finish_query(a, mid, start_query(a, mid)["id"])
    assert objects(membership_mock, A, "results") == {}


def test_a_member_receives_the_result_where_its_membership_says(membership_mock, a, joined):
    new_bucket(membership_mock, B, "results-b")
    aws_side(A).end_query(result=ROWS)
    configuration = to_member(B)
    query = start_query(a, joined[A], resultConfiguration=configuration)
    assert query["resultConfiguration"] == configuration
    query = finish_query(a, joined[A], query["id"])
    assert query["result"] == {"output": {"memberList": [{"accountId": B}]}}
    ((key, body),) = objects(membership_mock, B, "results-b").items()
    assert (key.startswith(f"in/{query['id']}/"), body) == (True, CSV)


def test_a_result_can_be_distributed(membership_mock, a, joined):
    for account, bucket in ((A, "results"), (B, "results-b"), (D, "results-d")):
        new_bucket(membership_mock, account, bucket)
    aws_side(A).end_query(result=ROWS)
    configuration = distribute(in_s3("results"), of_member(B), of_member(D))
    query_id = start_query(a, joined[A], resultConfiguration=configuration)["id"]
    output = finish_query(a, joined[A], query_id)["result"]["output"]
    assert output == {
        "distribute": {
            "s3": {"location": f"s3://results/{query_id}"},
            "memberList": [{"accountId": B}, {"accountId": D}],
        }
    }
    for account, bucket in ((A, "results"), (B, "results-b"), (D, "results-d")):
        assert list(objects(membership_mock, account, bucket).values()) == [CSV]


@pytest.mark.parametrize(
    "configuration",
    [
        pytest.param(distribute(in_s3("one"), in_s3("two")), id="two buckets"),
        pytest.param(distribute(in_s3("one"), of_member(A)), id="the runner as a member"),
        pytest.param(distribute(of_member(B), of_member(B)), id="a member twice"),
        pytest.param(distribute(of_member(B), of_member(C)), id="a member who cannot receive"),
        pytest.param(to_member(C), id="only a member who cannot receive"),
        pytest.param(to_member("999999999999"), id="a stranger"),
        pytest.param(to_member(A), id="a member without a default place"),
    ],
)
def test_start_protected_query_refuses_a_result_configuration(a, joined, configuration):
    with pytest.raises(a.exceptions.ValidationException) as refused:
        start_query(a, joined[A], resultConfiguration=configuration)
    answer = refused.value.response
    assert answer["reason"] == "INVALID_CONFIGURATION"
    assert answer["fieldList"][0]["name"] == "resultConfiguration"


def test_start_protected_query_refuses_a_receiver_who_has_not_joined(a, room):
    mid = join(a, room)["id"]
    with pytest.raises(a.exceptions.ValidationException):
        start_query(a, mid, resultConfiguration=to_member(B))


def test_a_result_goes_to_the_default_place_of_the_runner(membership_mock, a):
    room = new_collaboration(a)["id"]
    mid = join(a, room, defaultResultConfiguration=results_to("results"))["id"]
    new_bucket(membership_mock, A, "results")
    query = start_query(a, mid, resultConfiguration=None)
    assert "resultConfiguration" not in query
    query = finish_query(a, mid, query["id"])
    assert query["result"]["output"]["s3"]["location"] == f"s3://results/{query['id']}"
    assert len(objects(membership_mock, A, "results")) == 1


def test_a_result_goes_to_the_only_receiver_when_the_runner_is_none(a, b):
    room = new_collaboration(a, member(B, *RECEIVER), creatorMemberAbilities=["CAN_QUERY"])["id"]
    mid = join(a, room)["id"]
    with pytest.raises(a.exceptions.ValidationException):
        start_query(a, mid, resultConfiguration=None)
    join(b, room, defaultResultConfiguration=results_to("results-b", B))
    query = finish_query(a, mid, start_query(a, mid, resultConfiguration=None)["id"])
    assert query["result"]["output"] == {"memberList": [{"accountId": B}]}
    with pytest.raises(a.exceptions.ValidationException, match="cannot receive"):
        start_query(a, mid, resultConfiguration=to_bucket("results"))


def test_a_result_without_configuration_needs_a_choice_among_several_receivers(a, joined):
    with pytest.raises(a.exceptions.ValidationException, match="3 active members"):
        start_query(a, joined[A], resultConfiguration=None)


@pytest.mark.membership_mock(unused_plans="ignore")
def test_results_of_two_regions_do_not_mix(membership_mock):
    new_bucket(membership_mock, A, "results")
    client = membership_mock.client("cleanrooms", account=A, region="us-west-2")
    room = new_collaboration(client, creatorMemberAbilities=RUNNER)["id"]
    mid = join(client, room)["id"]
    other = membership_mock.client("cleanrooms", account=A, region=REGION)
    join(other, new_collaboration(other, creatorMemberAbilities=RUNNER)["id"])
    aws_side(A).end_query("FAILED")
    assert finish_query(client, mid, start_query(client, mid)["id"])["status"] == "SUCCESS"
