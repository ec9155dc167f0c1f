"""A refused call ends nothing whose time has come: no query, no budget is taken, no event is sent."""

from datetime import timedelta

import pytest
from freezegun import freeze_time

from tests.cleanrooms.collaboration_samples import (
    RUNNER,
    A,
    B,
    code,
    join,
    member,
    new_collaboration,
)
from tests.cleanrooms.intermediate_samples import new_intermediate, start_population
from tests.cleanrooms.privacy_samples import (
    COUNT_DISTINCT,
    access_left,
    access_template,
    privacy_template,
    private_table,
)
from tests.cleanrooms.query_samples import (
    aws_side,
    get_query,
    new_bucket,
    objects,
    start_job,
    start_query,
)
from tests.cleanrooms.table_samples import (
    associate,
    custom,
    new_table,
    pyspark_template,
    ready_table,
)

START = "2026-11-02T12:00:00Z"


@pytest.fixture
def clock():
    """Stop the clock; ``tick`` moves it without letting anything happen."""
    with freeze_time(START) as frozen:
        yield frozen


class Unchanged:
    """What a test can see of the world, and that it is the same later."""

    def __init__(self, mock):
        self._mock, self._before = mock, self._seen(mock)

    def check(self):
        assert self._seen(self._mock) == self._before

    def _seen(self, mock):
        return mock.dump(), len(mock.events)


@pytest.fixture
def with_budget(clock, a, b, collaboration_id, memberships, membership_mock):
    """A table of B's with an access budget, and a query of A's on it with a planned result."""
    table = ready_table(
        b, memberships[B], A, kind="CUSTOM", policy=custom("ANY_QUERY", providers=[A])
    )
    access_template(b, memberships[B], table["arn"], ("LIFETIME", 3))
    new_bucket(membership_mock, A, "results")
    aws_side(A).end_query(result=[{"n": 1}])
    return start_query(a, memberships[A])["id"]


def test_cancelling_a_query_that_has_ended_by_time(
    clock, a, b, with_budget, collaboration_id, memberships, membership_mock
):
    clock.tick(timedelta(minutes=10))
    world = Unchanged(membership_mock)
    cancel = {
        "membershipIdentifier": memberships[A],
        "protectedQueryIdentifier": with_budget,
        "targetStatus": "CANCELLED",
    }

    assert code(lambda: a.update_protected_query(**cancel)) == "ConflictException"

    world.check()
    assert objects(membership_mock, A, "results") == {}
    # the next call that is answered finds what time has done
    assert access_left(b, collaboration_id)["LIFETIME"] == 2
    assert get_query(a, memberships[A], with_budget)["status"] == "SUCCESS"
    assert len(objects(membership_mock, A, "results")) == 1
    types = [each.detail_type for each in membership_mock.events]
    assert types.count("Protected Query Succeeded") == 1


def test_a_query_too_many(clock, a, with_budget, memberships, membership_mock):
    for _ in range(4):
        start_query(a, memberships[A])
    clock.tick(timedelta(minutes=2))  # all could be STARTED by now
    world = Unchanged(membership_mock)

    assert code(lambda: start_query(a, memberships[A])) == "ServiceQuotaExceededException"

    world.check()


@pytest.mark.newest_model
def test_cancelling_a_job_that_has_ended_by_time(clock, a, membership_mock):
    room = new_collaboration(a, creatorMemberAbilities=[*RUNNER, "CAN_RUN_JOB"])["id"]
    results = {
        "outputConfiguration": {"s3": {"bucket": "jobs"}},
        "roleArn": f"arn:aws:iam::{A}:role/results",
    }
    mine = join(a, room, defaultJobResultConfiguration=results)["id"]
    new_bucket(membership_mock, A, "jobs")
    aws_side(A).end_job(result={"out.txt": b"text"})
    job = start_job(a, mine, pyspark_template(a, mine)["arn"])
    clock.tick(timedelta(minutes=10))
    world = Unchanged(membership_mock)
    cancel = {
        "membershipIdentifier": mine,
        "protectedJobIdentifier": job["id"],
        "targetStatus": "CANCELLED",
    }

    assert code(lambda: a.update_protected_job(**cancel)) == "ConflictException"

    world.check()
    assert objects(membership_mock, A, "jobs") == {}


def test_deleting_a_membership_in_which_a_query_runs(clock, clients, membership_mock):
    """The older of two queries has ended by time, the later one runs."""
    a, b = clients[A], clients[B]
    room = new_collaboration(a, member(B, *RUNNER), creatorMemberAbilities=[])["id"]
    join(a, room)
    mine = join(b, room)["id"]
    start_query(b, mine)
    clock.tick(timedelta(minutes=9))
    start_query(b, mine)
    clock.tick(timedelta(minutes=1))
    world = Unchanged(membership_mock)

    refused = code(lambda: b.delete_membership(membershipIdentifier=mine))

    assert refused == "ConflictException"
    world.check()


def test_lowering_epsilon_after_a_query_that_has_run_by_time(
    clock, a, b, memberships, membership_mock
):
    private_table(b, memberships[B], A)
    template = privacy_template(b, memberships[B], epsilon=10)
    start_query(a, memberships[A], sqlParameters={"queryString": COUNT_DISTINCT})
    clock.tick(timedelta(minutes=10))
    world = Unchanged(membership_mock)

    refused = code(
        lambda: b.update_privacy_budget_template(
            membershipIdentifier=memberships[B],
            privacyBudgetTemplateIdentifier=template["id"],
            privacyBudgetType="DIFFERENTIAL_PRIVACY",
            parameters={"differentialPrivacy": {"epsilon": 5}},
        )
    )

    assert refused == "ConflictException"
    world.check()


@pytest.mark.newest_model
def test_a_rule_that_an_intermediate_table_does_not_have(clock, a, memberships, membership_mock):
    """Its population has ended by time."""
    table = new_intermediate(a, memberships[A])
    start_population(a, memberships[A], table["id"])
    clock.tick(timedelta(minutes=10))
    world = Unchanged(membership_mock)

    refused = code(
        lambda: a.update_intermediate_table_analysis_rule(
            membershipIdentifier=memberships[A],
            intermediateTableIdentifier=table["id"],
            analysisRuleType="CUSTOM",
            analysisRulePolicy=custom("ANY_QUERY"),
        )
    )

    assert refused in ("ResourceNotFoundException", "ConflictException")
    world.check()


def test_a_second_association_of_a_table_name(a, b, memberships, membership_mock):
    """The membership has no association yet, and nothing is listed for it afterwards either."""
    associate(a, memberships[A], new_table(a)["id"])
    other = new_table(b)["id"]
    world = Unchanged(membership_mock)

    assert code(lambda: associate(b, memberships[B], other)) == "ConflictException"

    world.check()


def test_a_template_beyond_the_quota(a, memberships, membership_mock):
    membership_mock.quotas.set("cleanrooms", "analysis_templates_per_membership", 0)
    world = Unchanged(membership_mock)

    refused = code(lambda: pyspark_template(a, memberships[A]))

    assert refused == "ServiceQuotaExceededException"
    world.check()
