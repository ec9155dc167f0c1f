"""Quotas: read, set, reached, by account and region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.config import Config

from membership_mock import (
    MembershipMock,
    NotRunning,
    QuotaState,
    SeedRefused,
    UsageError,
    mock_membership,
)
from membership_mock.services import SERVICES
from tests.cleanrooms.collaboration_samples import RUNNER, join, member, new_collaboration
from tests.cleanrooms.identity_samples import (
    add_mapping_table,
    add_model,
    add_namespace,
    model,
    namespace,
    workflow,
)
from tests.cleanrooms.privacy_samples import access_template, run
from tests.cleanrooms.query_samples import start_job, start_query
from tests.cleanrooms.table_samples import (
    associate,
    custom,
    new_table,
    pyspark_template,
    ready_table,
    sql_template,
)
from tests.frozen_time import freeze_time
from tests.security_ir.scenes import member_client, new_case
from tests.securityhub.central_configuration import central
from tests.securityhub.samples import Organization, create, statuses, why
from tests.securityhub.triage.triage_samples import rule

A, B = "111111111111", "222222222222"
IRELAND, OHIO = "eu-west-1", "us-east-2"
NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)

#: LimitExceededException has a status that botocore retries, with sleeps
ONCE = Config(retries={"total_max_attempts": 1})


# --- a way to use up each quota ---


@dataclass
class Story:
    """What uses up a quota.

    Attributes:
        add: makes one more, and returns the answer.
        account: whose quota that is.
        of: what the limit belongs to, if not to the account.
    """

    add: Callable[[], Any]
    account: str = A
    of: str | None = None


def rooms(mock: MembershipMock) -> Any:
    return mock.client("cleanrooms", account=A, region=IRELAND)


def collaborations(mock: MembershipMock) -> Story:
    return Story(lambda: new_collaboration(rooms(mock)))


def memberships(mock: MembershipMock) -> Story:
    client = rooms(mock)
    return Story(lambda: join(client, new_collaboration(client)["id"]))


def members_per_collaboration(mock: MembershipMock) -> Story:
    client = rooms(mock)
    invited = iter(range(10))
    room = new_collaboration(client, autoApprovedChangeRequestTypes=["ADD_MEMBER"])["id"]

    def add() -> Any:
        change = {
            "specificationType": "MEMBER",
            "specification": {"member": member(f"{next(invited):012}")},
        }
        return client.create_collaboration_change_request(
            collaborationIdentifier=room, changes=[change]
        )

    return Story(add, of=room)


def configured_tables(mock: MembershipMock) -> Story:
    return Story(lambda: new_table(rooms(mock)))


def columns_per_table(mock: MembershipMock) -> Story:
    client = rooms(mock)
    table_id = new_table(client, allowedColumns=["c0"])["id"]

    def add() -> Any:
        held = client.get_configured_table(configuredTableIdentifier=table_id)["configuredTable"]
        columns = [*held["allowedColumns"], f"c{len(held['allowedColumns'])}"]
        return client.update_configured_table(
            configuredTableIdentifier=table_id, allowedColumns=columns
        )

    return Story(add, of=table_id)


def analysis_rule_kilobytes(mock: MembershipMock) -> Story:
    client = rooms(mock)
    table_id = new_table(client)["id"]
    prefix = f"arn:aws:cleanrooms:{IRELAND}:{A}:membership/{'0' * 36}/analysistemplate/"
    arguments = {"configuredTableIdentifier": table_id, "analysisRuleType": "CUSTOM"}
    client.create_configured_table_analysis_rule(
        **arguments, analysisRulePolicy=custom(f"{prefix}{0:036}")
    )
    length = len(f'"{prefix}{0:036}", ')

    def add() -> Any:
        rule = client.get_configured_table_analysis_rule(**arguments)["analysisRule"]
        held = len(rule["policy"]["v1"]["custom"]["allowedAnalyses"])
        kilobytes = held * length // 1000 + 1
        count = (kilobytes + 1) * 1000 // length
        many = [f"{prefix}{number:036}" for number in range(count)]
        return client.update_configured_table_analysis_rule(
            **arguments, analysisRulePolicy=custom(*many)
        )

    return Story(add, of=table_id)


def joined(mock: MembershipMock) -> tuple[Any, str]:
    client = rooms(mock)
    return client, join(client, new_collaboration(client)["id"])["id"]


def table_associations_per_membership(mock: MembershipMock) -> Story:
    client, membership_id = joined(mock)
    names = iter("abcdef")
    return Story(
        lambda: associate(client, membership_id, new_table(client)["id"], next(names)),
        of=membership_id,
    )


def analysis_templates_per_membership(mock: MembershipMock) -> Story:
    client, membership_id = joined(mock)
    names = iter("abcdef")
    return Story(lambda: sql_template(client, membership_id, name=next(names)), of=membership_id)


def id_namespace_associations_per_membership(mock: MembershipMock) -> Story:
    client, membership_id = joined(mock)
    names = iter("abcdef")
    return Story(
        lambda: add_namespace(client, membership_id, namespace(A, next(names))), of=membership_id
    )


def id_mapping_tables_per_membership(mock: MembershipMock) -> Story:
    client, membership_id = joined(mock)
    for kind in ("source", "target"):
        add_namespace(client, membership_id, namespace(A, kind))
    names = iter("abcdef")
    return Story(
        lambda: add_mapping_table(client, membership_id, workflow(A), next(names)),
        of=membership_id,
    )


def audience_model_associations_per_membership(mock: MembershipMock) -> Story:
    client, membership_id = joined(mock)
    names = iter("abcdef")
    return Story(lambda: add_model(client, membership_id, model(A, next(names))), of=membership_id)


def access_budgets_per_collaboration(mock: MembershipMock) -> Story:
    client = rooms(mock)
    room = new_collaboration(client)["id"]
    membership_id = join(client, room)["id"]
    names = iter("abcdef")

    def add() -> Any:
        table = associate(client, membership_id, new_table(client)["id"], next(names))
        return access_template(client, membership_id, table["arn"], ("LIFETIME", 1))

    return Story(add, of=room)


def log_exports_per_membership(mock: MembershipMock) -> Story:
    client = rooms(mock)
    mock.client("s3", account=A, region=IRELAND).create_bucket(
        Bucket="spark-logs", CreateBucketConfiguration={"LocationConstraint": IRELAND}
    )
    abilities = [*RUNNER, "CAN_EXPORT_QUERY_ANALYSIS_LOG"]
    room = new_collaboration(client, creatorMemberAbilities=abilities)["id"]
    membership_id = join(client, room)["id"]
    query_id = run(client, membership_id, "SELECT 1")["id"]
    prefixes = iter("abcdef")

    def add() -> Any:
        place = {"s3": {"bucket": "spark-logs", "keyPrefix": next(prefixes)}}
        return client.start_analysis_log_export(
            membershipIdentifier=membership_id,
            analysisId=query_id,
            analysisType="PROTECTED_QUERY",
            resultConfiguration={"outputConfiguration": place},
        )

    return Story(add, of=membership_id)


def concurrent_queries_per_membership(mock: MembershipMock) -> Story:
    client, membership_id = joined(mock)
    mock.quotas.set("cleanrooms", "concurrent_queries", 9)
    return Story(lambda: start_query(client, membership_id), of=membership_id)


def job_runner(mock: MembershipMock) -> tuple[Callable[[], Any], str]:
    client = rooms(mock)
    room = new_collaboration(client, creatorMemberAbilities=[*RUNNER, "CAN_RUN_JOB"])
    results = {
        "outputConfiguration": {"s3": {"bucket": "results"}},
        "roleArn": f"arn:aws:iam::{A}:role/results",
    }
    membership_id = join(client, room["id"], defaultJobResultConfiguration=results)["id"]
    arn = pyspark_template(client, membership_id)["arn"]
    return lambda: start_job(client, membership_id, arn), membership_id


def concurrent_jobs_per_membership(mock: MembershipMock) -> Story:
    mock.quotas.set("cleanrooms", "concurrent_jobs", 9)
    add, membership_id = job_runner(mock)
    return Story(add, of=membership_id)


def hub_of(mock: MembershipMock) -> Any:
    client = mock.client("securityhub", account=A, region=IRELAND, config=ONCE)
    client.enable_security_hub()
    return client


def members(mock: MembershipMock) -> Story:
    client = hub_of(mock)
    others = iter(range(10))
    return Story(lambda: create(client, f"{next(others):012}"))


def outstanding_invitations(mock: MembershipMock) -> Story:
    client = hub_of(mock)
    others = iter(range(10))

    def add() -> Any:
        account = f"{next(others):012}"
        create(client, account)
        return client.invite_members(AccountIds=[account])

    return Story(add)


def configuration_policies(mock: MembershipMock) -> Story:
    organization = central.Central(mock)
    client = mock.client(
        "securityhub", account=organization.administrator, region=IRELAND, config=ONCE
    )
    names = iter("abcdef")
    return Story(
        lambda: client.create_configuration_policy(
            Name=next(names), ConfigurationPolicy=central.on()
        ),
        account=organization.administrator,
    )


def insights(mock: MembershipMock) -> Story:
    client = hub_of(mock)
    return Story(
        lambda: client.create_insight(Name="mine", Filters={}, GroupByAttribute="ResourceId")
    )


def action_targets(mock: MembershipMock) -> Story:
    client = hub_of(mock)
    ids = iter("abcdef")
    return Story(lambda: client.create_action_target(Name="any", Description="any", Id=next(ids)))


def automation_rules(mock: MembershipMock) -> Story:
    client = hub_of(mock)
    criteria = {"Title": [{"Value": "any", "Comparison": "EQUALS"}]}
    return Story(lambda: rule(client, criteria, Confidence=1))


def automation_rules_v2(mock: MembershipMock) -> Story:
    client = hub_of(mock)
    client.enable_security_hub_v2()
    action = {"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 2}}
    return Story(
        lambda: client.create_automation_rule_v2(
            RuleName="any",
            Description="any",
            RuleOrder=1,
            Criteria={"OcsfFindingCriteria": {}},
            Actions=[action],
        )
    )


def active_self_managed_cases(mock: MembershipMock) -> Story:
    client = member_client(mock)
    return Story(lambda: new_case(client))


def active_service_managed_cases(mock: MembershipMock) -> Story:
    client = member_client(mock)
    return Story(lambda: new_case(client, "AWS"))


def service_managed_cases_per_day(mock: MembershipMock) -> Story:
    client = member_client(mock)

    def add() -> Any:
        case_id = new_case(client, "AWS")
        return client.close_case(caseId=case_id)

    return Story(add)


def attachments_per_case(mock: MembershipMock) -> Story:
    client = member_client(mock)
    case_id = new_case(client)
    names = iter("abcdef")
    return Story(
        lambda: client.get_case_attachment_upload_url(
            caseId=case_id, fileName=next(names), contentLength=1
        ),
        of=case_id,
    )


def comments_per_case(mock: MembershipMock) -> Story:
    client = member_client(mock)
    case_id = new_case(client)
    return Story(lambda: client.create_case_comment(caseId=case_id, body="Seen"), of=case_id)


STORIES: dict[tuple[str, str], Callable[[MembershipMock], Story]] = {
    ("cleanrooms", "collaborations"): collaborations,
    ("cleanrooms", "memberships"): memberships,
    ("cleanrooms", "members_per_collaboration"): members_per_collaboration,
    ("cleanrooms", "configured_tables"): configured_tables,
    ("cleanrooms", "columns_per_table"): columns_per_table,
    ("cleanrooms", "analysis_rule_kilobytes"): analysis_rule_kilobytes,
    ("cleanrooms", "table_associations_per_membership"): table_associations_per_membership,
    ("cleanrooms", "analysis_templates_per_membership"): analysis_templates_per_membership,
    ("cleanrooms", "access_budgets_per_collaboration"): access_budgets_per_collaboration,
    (
        "cleanrooms",
        "id_namespace_associations_per_membership",
    ): id_namespace_associations_per_membership,
    ("cleanrooms", "id_mapping_tables_per_membership"): id_mapping_tables_per_membership,
    (
        "cleanrooms",
        "audience_model_associations_per_membership",
    ): audience_model_associations_per_membership,
    ("cleanrooms", "log_exports_per_membership"): log_exports_per_membership,
    ("cleanrooms", "concurrent_queries_per_membership"): concurrent_queries_per_membership,
    ("cleanrooms", "concurrent_jobs_per_membership"): concurrent_jobs_per_membership,
    ("securityhub", "members"): members,
    ("securityhub", "invited_members"): members,
    ("securityhub", "outstanding_invitations"): outstanding_invitations,
    ("securityhub", "configuration_policies"): configuration_policies,
    ("securityhub", "insights"): insights,
    ("securityhub", "action_targets"): action_targets,
    ("securityhub", "automation_rules"): automation_rules,
    ("securityhub", "automation_rules_v2"): automation_rules_v2,
    ("security-ir", "active_self_managed_cases"): active_self_managed_cases,
    ("security-ir", "active_service_managed_cases"): active_service_managed_cases,
    ("security-ir", "service_managed_cases_per_day"): service_managed_cases_per_day,
    ("security-ir", "attachments_per_case"): attachments_per_case,
    ("security-ir", "comments_per_case"): comments_per_case,
}

#: quotas of securityhub that refuse the whole call
LIMIT_EXCEEDED = ("configuration_policies", "insights", "action_targets", "automation_rules")

DECLARED = {(quota.service, quota.name) for each in SERVICES.values() for quota in each.quotas}


#: quotas of Clean Rooms that limit what a call names, or that let analyses wait instead of refusing
#: them; each has a test of its own beside the other tests of what it limits
TESTED_ELSEWHERE = {
    "concurrent_job_vcpus",
    "concurrent_jobs",
    "concurrent_queries",
    "concurrent_query_vcpus",
    "private_query_kilobytes",
    "tables_per_query",
}


def test_every_quota_has_a_story() -> None:
    assert {*STORIES, *(("cleanrooms", name) for name in TESTED_ELSEWHERE)} == DECLARED


def refusal(story: Story) -> tuple[int, Any]:
    """Return the status and the answer of what is refused; 200 where AWS says it by account."""
    from botocore.exceptions import ClientError

    try:
        answer = story.add()
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response
    return 200, answer


def check_refusal(state: QuotaState, status: int, answer: Any) -> None:
    """See that a refusal is the modelled one, with the limit in it where it has a place for it."""
    if state.name in LIMIT_EXCEEDED:
        assert (status, answer["Error"]["Code"]) == (429, "LimitExceededException")
        assert f" {state.limit} " in f"{answer['Error']['Message']} "
    elif state.service == "securityhub" and state.name != "automation_rules_v2":
        assert status == 200
        (text,) = why(answer).values()
        wanted = "invitations" if state.name == "outstanding_invitations" else "members"
        assert text.endswith(f"cannot exceed the maximum number of {_kind(wanted)}.")
    else:
        assert (status, answer["Error"]["Code"]) == (402, "ServiceQuotaExceededException")
        assert f"{state.limit}" in answer["Error"]["Message"]
        if state.service == "cleanrooms":
            assert (answer["quotaName"], answer["quotaValue"]) == (state.title, state.limit)
        elif state.service == "security-ir":
            assert (answer["serviceCode"], answer["quotaCode"]) == ("security-ir", state.code)


def _kind(what: str) -> str:
    return "outstanding invitations" if what == "invitations" else "allowed members"


#: older models do not declare the error for the operation that the story calls
NEWEST_MODEL = {
    "analysis_rule_kilobytes": pytest.mark.newest_model,
    "log_exports_per_membership": pytest.mark.newest_model,
}


@pytest.mark.parametrize(
    ("service", "name"),
    [
        pytest.param(*each, id=".".join(each), marks=NEWEST_MODEL.get(each[1], ()))
        for each in STORIES
    ],
)
def test_reaching_a_quota_gives_the_modelled_error(
    membership_mock: MembershipMock, service: str, name: str
) -> None:
    story = STORIES[service, name](membership_mock)
    quotas = membership_mock.quotas

    def state() -> QuotaState:
        return quotas.get(service, name, account=story.account, region=IRELAND)

    story.add()
    before = state()
    assert before.used >= 1
    assert before.limit == before.default or service == "cleanrooms"
    assert list(before.uses) == ([story.of] if story.of else [])

    quotas.set(service, name, before.used + 1, account=story.account)
    story.add()
    reached = state()
    assert reached == replace(
        before,
        limit=before.used + 1,
        used=before.used + 1,
        uses={story.of: before.used + 1} if story.of else {},
    )
    assert reached.left == 0

    check_refusal(reached, *refusal(story))
    assert state() == reached

    quotas.set(service, name, reached.limit + 1, account=story.account)
    story.add()
    assert state().used == reached.used + 1
    other = quotas.get(service, name, account="999999999999", region=IRELAND)
    assert (other.limit, other.used) == (other.default, 0)


def test_the_tables_of_a_query_are_limited(membership_mock: MembershipMock) -> None:
    client, membership_id = joined(membership_mock)
    for name in ("orders", "clicks"):
        ready_table(client, membership_id, A, name=name)
    membership_mock.quotas.set("cleanrooms", "tables_per_query", 1, account=A)

    def query(text: str) -> Any:
        return start_query(client, membership_id, sqlParameters={"queryString": text})

    query("SELECT city FROM orders")
    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as refused:
        query("SELECT city FROM orders JOIN clicks ON 1 = 1")
    answer = refused.value.response
    assert answer["quotaName"] == "Configured tables per protected query"
    assert answer["quotaValue"] == 1
    assert membership_mock.quotas.get("cleanrooms", "tables_per_query", account=A).used == 0


# --- set ---


def limits(mock: MembershipMock, *where: tuple[str, str]) -> list[int]:
    return [
        mock.quotas.get("cleanrooms", "collaborations", account=account, region=region).limit
        for account, region in where
    ]


EVERYWHERE = [(A, IRELAND), (A, OHIO), (B, IRELAND), (B, OHIO)]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        pytest.param({}, [2, 2, 2, 2], id="everywhere"),
        pytest.param({"account": A}, [2, 2, 500, 500], id="account"),
        pytest.param({"region": OHIO}, [500, 2, 500, 2], id="region"),
        pytest.param({"account": B, "region": OHIO}, [500, 500, 500, 2], id="both"),
    ],
)
def test_a_quota_is_set_for_what_is_named(
    membership_mock: MembershipMock, where: dict[str, str], expected: list[int]
) -> None:
    membership_mock.quotas.set("cleanrooms", "collaborations", 2, **where)
    assert limits(membership_mock, *EVERYWHERE) == expected
    membership_mock.quotas.unset("cleanrooms", "collaborations", **where)
    assert limits(membership_mock, *EVERYWHERE) == [500] * 4


def test_the_latest_limit_counts(membership_mock: MembershipMock) -> None:
    quotas = membership_mock.quotas
    quotas.set("cleanrooms", "collaborations", 2, account=A, region=IRELAND)
    quotas.set("cleanrooms", "collaborations", 3)
    quotas.set("cleanrooms", "collaborations", 4, region=OHIO)
    assert limits(membership_mock, *EVERYWHERE) == [3, 4, 3, 4]
    quotas.set("cleanrooms", "collaborations", 5, account=A)
    assert limits(membership_mock, *EVERYWHERE) == [5, 5, 3, 4]
    quotas.unset("cleanrooms", "collaborations", account=A, region=OHIO)
    assert limits(membership_mock, *EVERYWHERE) == [5, 500, 3, 4]
    quotas.unset("cleanrooms")
    assert limits(membership_mock, *EVERYWHERE) == [500] * 4


def test_unset_lets_all_defaults_count_again(membership_mock: MembershipMock) -> None:
    quotas = membership_mock.quotas
    before = quotas.states()
    for state in before:
        quotas.set(state.service, state.name, 1)
    assert {state.limit for state in quotas} == {1}
    quotas.unset()
    assert quotas.states() == before


def test_a_quota_goes_by_its_code_as_well(membership_mock: MembershipMock) -> None:
    membership_mock.quotas.set("cleanrooms", "L-F60C2030", 7)
    assert membership_mock.quotas.get("cleanrooms", "collaborations").limit == 7
    assert membership_mock.quotas.get("cleanrooms", "L-F60C2030").name == "collaborations"


def test_a_quota_of_nothing_allows_nothing(membership_mock: MembershipMock) -> None:
    membership_mock.quotas.set("cleanrooms", "collaborations", 0)
    client = rooms(membership_mock)
    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as refused:
        new_collaboration(client)
    assert refused.value.response["quotaValue"] == 0


def test_reset_and_a_new_mock_have_the_defaults() -> None:
    with mock_membership() as mock:
        mock.quotas.set("cleanrooms", "collaborations", 1)
        mock.reset()
        assert mock.quotas.get("cleanrooms", "collaborations").limit == 500
        mock.quotas.set("cleanrooms", "collaborations", 1)
    with mock_membership() as mock:
        assert mock.quotas.get("cleanrooms", "collaborations").limit == 500


def test_nested_mocks_have_the_same_quotas_and_regions_of_their_own() -> None:
    with mock_membership(region=OHIO) as outer, mock_membership(region=IRELAND, account=A) as inner:
        outer.quotas.set("cleanrooms", "collaborations", 1)
        state = inner.quotas.get("cleanrooms", "collaborations")
        assert (state.limit, state.account, state.region) == (1, A, IRELAND)
        assert outer.quotas.get("cleanrooms", "collaborations").region == OHIO


def test_a_set_quota_shows_in_the_report(membership_mock: MembershipMock) -> None:
    membership_mock.quotas.set("cleanrooms", "collaborations", 1, account=A)
    membership_mock.quotas.set("securityhub", "members", 9, region=OHIO)
    lines = [line.strip() for line in membership_mock.report().splitlines()]
    for shown in (
        [A, "cleanrooms in all regions", "quota collaborations: 1"],
        ["all accounts", f"securityhub in {OHIO}", "quota members: 9"],
    ):
        start = lines.index(shown[0])
        assert lines[start : start + 3] == shown


# --- read ---


def test_what_is_used_is_told_by_account_and_region(membership_mock: MembershipMock) -> None:
    for account, region in [(A, IRELAND), (A, IRELAND), (A, OHIO), (B, OHIO)]:
        new_collaboration(membership_mock.client("cleanrooms", account=account, region=region))
    used = [
        membership_mock.quotas.get("cleanrooms", "collaborations", account=a, region=r).used
        for a, r in EVERYWHERE
    ]
    assert used == [2, 1, 0, 1]


def test_the_fullest_thing_stands_for_a_quota_that_each_has(
    membership_mock: MembershipMock,
) -> None:
    client = rooms(membership_mock)
    one = new_collaboration(client, member(B))["id"]
    two = new_collaboration(client, member(B), member("333333333333"))["id"]
    state = membership_mock.quotas.get(
        "cleanrooms", "members_per_collaboration", account=A, region=IRELAND
    )
    assert state.uses == {one: 1, two: 2}
    assert (state.used, state.limit, state.left) == (2, 5, 3)


def test_what_is_deleted_is_used_no_more(membership_mock: MembershipMock) -> None:
    client = rooms(membership_mock)
    room = new_collaboration(client)["id"]
    client.delete_collaboration(collaborationIdentifier=room)
    for state in membership_mock.quotas.states("cleanrooms", account=A, region=IRELAND):
        assert state.used == 0


def test_cases_of_the_last_day_are_used_for_a_day(membership_mock: MembershipMock) -> None:
    def used() -> int:
        return membership_mock.quotas.get(
            "security-ir", "service_managed_cases_per_day", account=A, region=IRELAND
        ).used

    with freeze_time(NOON) as clock:
        new_case(member_client(membership_mock), "AWS")
        assert used() == 1
        clock.move_to(NOON + timedelta(days=1))
        assert used() == 0


def test_queries_that_have_ended_by_the_clock_are_used_no_more(
    membership_mock: MembershipMock,
) -> None:
    mock = membership_mock
    client, first = joined(mock)
    _, second = joined(mock)

    def uses() -> dict[str, int]:
        name = "concurrent_queries_per_membership"
        return dict(mock.quotas.get("cleanrooms", name, account=A, region=IRELAND).uses)

    with freeze_time(NOON) as clock:
        for membership_id in (first, second):
            start_query(client, membership_id)
        assert uses() == {first: 1, second: 1}
        clock.move_to(NOON + timedelta(hours=1))
        start_query(client, first)
        assert uses() == {first: 1}
        clock.move_to(NOON + timedelta(hours=2))
        assert uses() == {}


def test_cases_of_an_ended_membership_are_used_no_more(membership_mock: MembershipMock) -> None:
    client = member_client(membership_mock)
    case_id = new_case(client)
    client.create_case_comment(caseId=case_id, body="Seen")
    (membership,) = client.list_memberships()["items"]
    client.cancel_membership(membershipId=membership["membershipId"])
    for state in membership_mock.quotas.states("security-ir", account=A, region=IRELAND):
        assert state.used == 0


def test_a_default_may_depend_on_the_region(membership_mock: MembershipMock) -> None:
    def default(region: str) -> int:
        return membership_mock.quotas.get("cleanrooms", "concurrent_queries", region=region).default

    assert (default("us-east-1"), default(IRELAND)) == (5, 2)


def test_the_quotas_are_a_table_of_the_default_account() -> None:
    with mock_membership(account=A, region=IRELAND) as mock:
        new_collaboration(mock.client("cleanrooms"))
        states = list(mock.quotas)
        assert {(state.service, state.name) for state in states} == DECLARED
        assert len(mock.quotas) == len(states)
        title, head, *lines = str(mock.quotas).splitlines()
        assert title == f"Quotas of {A} in {IRELAND}"
        assert head.split() == ["service", "quota", "used", "limit", "default", "per", "code"]
        first = ["cleanrooms", "collaborations", "1", "500", "500", "account", "L-F60C2030"]
        assert lines[0].split() == first
        assert len(lines) == len(states)
        assert str(states[0]) == (
            f"cleanrooms collaborations of {A} in {IRELAND}: 1 of 500 per account"
        )


# --- what else asks for a limit ---


def test_accounts_that_join_the_organization_stay_out_of_a_full_list(
    membership_mock: MembershipMock,
) -> None:
    organization = Organization(membership_mock)
    security = organization.account("security")
    hub = organization.delegate(security)
    hub.update_organization_configuration(AutoEnable=True)
    membership_mock.quotas.set("securityhub", "members", 1, account=security)
    first = organization.account("first")
    assert hub.describe_organization_configuration()["MemberAccountLimitReached"]
    organization.account("second")
    assert statuses(hub) == {first: "Enabled"}


def test_a_policy_fails_for_an_account_that_a_full_list_has_no_room_for(
    membership_mock: MembershipMock,
) -> None:
    scene = central.Central(membership_mock)
    membership_mock.quotas.set("securityhub", "members", 0)
    account = scene.account("workload")
    scene.apply(scene.policy(), account)
    for _ in range(2):
        status = scene.association(account)["AssociationStatus"]
    assert status == "FAILED"
    assert scene.members() == {}


def test_an_investigation_leaves_no_comment_in_a_full_case(
    membership_mock: MembershipMock,
) -> None:
    with freeze_time(NOON) as clock:
        client = member_client(membership_mock)
        case_id = new_case(client, "AWS")
        membership_mock.quotas.set("security-ir", "comments_per_case", 0)
        clock.move_to(NOON + timedelta(days=2))
        assert client.list_comments(caseId=case_id)["total"] == 0


# --- misuse ---


@pytest.mark.parametrize("limit", [0, 1])
def test_a_quota_cannot_be_set_below_its_use(membership_mock: MembershipMock, limit: int) -> None:
    client = membership_mock.client("cleanrooms", account=A, region=OHIO)
    for _ in range(2):
        new_collaboration(client)
    for where in ({}, {"account": A}, {"region": OHIO}, {"account": A, "region": OHIO}):
        with pytest.raises(UsageError) as refused:
            membership_mock.quotas.set("cleanrooms", "collaborations", limit, **where)
        text = str(refused.value)
        assert f"Account {A} has 2 of cleanrooms collaborations in {OHIO}" in text
        assert "Set it to 2 or more" in text
    membership_mock.quotas.set("cleanrooms", "collaborations", limit, account=B)
    membership_mock.quotas.set("cleanrooms", "collaborations", limit, region=IRELAND)
    membership_mock.quotas.set("cleanrooms", "collaborations", 2, account=A)
    assert limits(membership_mock, *EVERYWHERE) == [2, 2, limit, limit]


def test_a_quota_below_use_names_the_thing_that_is_too_full(
    membership_mock: MembershipMock,
) -> None:
    room = new_collaboration(rooms(membership_mock), member(B))["id"]
    with pytest.raises(UsageError, match=f"{room} of account {A} has 1 of cleanrooms members_per"):
        membership_mock.quotas.set("cleanrooms", "members_per_collaboration", 0)


def test_a_quota_cannot_be_unset_when_more_than_the_default_is_used(
    membership_mock: MembershipMock,
) -> None:
    quotas = membership_mock.quotas
    quotas.set("cleanrooms", "members_per_collaboration", 6, account=A)
    client = rooms(membership_mock)
    new_collaboration(client, *(member(f"{number:012}") for number in range(6)))
    with pytest.raises(UsageError, match="cannot be 5"):
        quotas.unset()
    assert quotas.get("cleanrooms", "members_per_collaboration", account=A).limit == 6


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        pytest.param(-1, "int from 0 on, not -1", id="negative"),
        pytest.param(1.5, "not 1.5", id="no int"),
        pytest.param("5", "not '5'", id="text"),
        pytest.param(True, "not True", id="bool"),
        pytest.param(None, "not None", id="nothing"),
    ],
)
def test_a_limit_is_a_number_of_things(
    membership_mock: MembershipMock, limit: Any, text: str
) -> None:
    with pytest.raises(UsageError, match=text):
        membership_mock.quotas.set("cleanrooms", "collaborations", limit)


@pytest.mark.parametrize(
    ("name", "most"), [("attachments_per_case", 50), ("comments_per_case", 10**6)]
)
def test_a_quota_cannot_go_beyond_what_the_service_can_count(
    membership_mock: MembershipMock, name: str, most: int
) -> None:
    with pytest.raises(UsageError, match=f"cannot be more than {most}"):
        membership_mock.quotas.set("security-ir", name, most + 1)
    membership_mock.quotas.set("security-ir", name, most)


CALLS: dict[str, Callable[..., Any]] = {
    "get": lambda quotas, service, name, **where: quotas.get(service, name, **where),
    "set": lambda quotas, service, name, **where: quotas.set(service, name, 1, **where),
    "unset": lambda quotas, service, name, **where: quotas.unset(service, name, **where),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("service", "name", "where", "text"),
    [
        pytest.param("guardduty", "members", {}, "securityhub", id="service"),
        pytest.param(
            "securityhub",
            "member",
            {},
            r"'member' is not a quota of securityhub; nearest: 'members'. There are: members, inv",
            id="name",
        ),
        pytest.param([], "members", {}, "not a service", id="list"),
        pytest.param("cleanrooms", 7, {}, "7 is not a quota of cleanrooms", id="number"),
        pytest.param(
            "securityhub", "§", {}, r"'§' is not a quota of securityhub. There", id="sign"
        ),
        pytest.param("securityhub", "members", {"account": "12"}, "12 digits", id="account"),
        pytest.param("securityhub", "members", {"account": 111111111111}, "zeros", id="int"),
        pytest.param("securityhub", "members", {"region": "eu_west_1"}, "eu-west-1", id="region"),
        pytest.param("securityhub", "members", {"region": ""}, "not a region", id="no region"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    membership_mock: MembershipMock,
    call: Callable[..., Any],
    service: Any,
    name: Any,
    where: dict[str, Any],
    text: str,
) -> None:
    with pytest.raises(UsageError, match=text):
        call(membership_mock.quotas, service, name, **where)


@pytest.mark.parametrize("call", [CALLS["get"], CALLS["set"]], ids=["get", "set"])
@pytest.mark.parametrize(
    ("service", "name", "text"),
    [
        pytest.param("cleanrooms", None, "None is not a quota of cleanrooms", id="name"),
        pytest.param(None, "members", "None is not a service", id="service"),
    ],
)
def test_one_quota_has_a_service_and_a_name(
    membership_mock: MembershipMock, call: Callable[..., Any], service: Any, name: Any, text: str
) -> None:
    with pytest.raises(UsageError, match=text):
        call(membership_mock.quotas, service, name)


def test_a_name_alone_cannot_be_unset(membership_mock: MembershipMock) -> None:
    with pytest.raises(UsageError, match="which service has the quota 'members'"):
        membership_mock.quotas.unset(name="members")


def test_a_service_that_is_not_mocked_has_no_states(membership_mock: MembershipMock) -> None:
    with pytest.raises(UsageError, match="'s3' is not a service"):
        membership_mock.quotas.states("s3")


def test_a_mock_that_is_not_running_has_no_quotas() -> None:
    mock = mock_membership()
    with mock:
        kept = mock.quotas
    for call in (
        lambda: kept.get("cleanrooms", "collaborations"),
        lambda: kept.set("cleanrooms", "collaborations", 1),
        kept.unset,
        kept.states,
        lambda: list(mock.quotas),
    ):
        with pytest.raises(NotRunning):
            call()
    assert repr(kept) == "the quotas of a mock that is not running"


def _one_query_too_many(given: Any) -> None:
    room = given.cleanrooms.joined_collaboration([A, B])
    given.cleanrooms.associated_table(room, B)
    given.cleanrooms.query(room, "STARTED")


def _one_policy_too_many(given: Any) -> None:
    given.securityhub.central_configuration(A, policies={"base": {}})


@pytest.mark.parametrize(
    ("service", "name", "seed"),
    [
        ("cleanrooms", "concurrent_queries_per_membership", _one_query_too_many),
        ("security-ir", "active_self_managed_cases", lambda given: given.security_ir.case(A)),
        ("securityhub", "configuration_policies", _one_policy_too_many),
    ],
)
def test_a_seed_that_meets_a_quota_leads_to_the_quotas(
    membership_mock: Any, service: str, name: str, seed: Any
) -> None:
    membership_mock.organization({"one": A}, management=B, delegated={"security-ir": "one"})
    membership_mock.quotas.set(service, name, 0)
    with pytest.raises(SeedRefused, match=r"way out   a quota is reached.*`mock\.quotas\.set`"):
        seed(membership_mock.given)
    membership_mock.quotas.unset(service, name)
    seed(membership_mock.given)
