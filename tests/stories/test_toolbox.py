"""The test author's tools together, in all three services, with slips of the pen in between."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from membership_mock import (
    Dump,
    MembershipMock,
    MockOrganization,
    NotRunning,
    SeedRefused,
    UnexpectedCall,
    UsageError,
    mock_membership,
)

REGION, PARTNER = "eu-west-1", "999988887777"
START = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)
ONCE = Config(retries={"total_max_attempts": 1})
SQL = "SELECT city, COUNT(*) AS people FROM orders GROUP BY city"


# --- the user's code -------------------------------------------------------------------------


def onboard(session: Any) -> dict[str, str]:
    """Make every active account of the organization a member; return the refused ones' reasons."""
    organizations = session.client("organizations")
    hub = session.client("securityhub", config=ONCE)
    me = session.client("sts").get_caller_identity()["Account"]
    members = {
        member["AccountId"]
        for page in hub.get_paginator("list_members").paginate()
        for member in page["Members"]
    }
    missing = [
        {"AccountId": account["Id"], "Email": account["Email"]}
        for page in organizations.get_paginator("list_accounts").paginate()
        for account in page["Accounts"]
        if account["Status"] == "ACTIVE" and account["Id"] not in {me, *members}
    ]
    if not missing:
        return {}
    answer = hub.create_members(AccountDetails=missing)
    return {each["AccountId"]: each["ProcessingResult"] for each in answer["UnprocessedAccounts"]}


def open_case(security: Any, account: str, **others: Any) -> str:
    """Open an AWS-supported case about an account."""
    case: str = security.create_case(
        resolverType="AWS",
        title="Unknown key",
        description="An access key nobody knows was used.",
        engagementType="Security Incident",
        reportedIncidentStartDate=START,
        impactedAccounts=[account],
        watchers=[],
        **others,
    )["caseId"]
    return case


def join_and_ask(rooms: Any, collaboration: str, bucket: str, wait: Any) -> dict[str, Any]:
    """Join a collaboration, run the query, and wait for its end."""
    membership = rooms.create_membership(
        collaborationIdentifier=collaboration, queryLogStatus="DISABLED"
    )["membership"]["id"]
    query = rooms.start_protected_query(
        type="SQL",
        membershipIdentifier=membership,
        sqlParameters={"queryString": SQL},
        resultConfiguration={
            "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": bucket}}
        },
    )["protectedQuery"]
    while query["status"] in {"SUBMITTED", "STARTED"}:
        wait()
        query = rooms.get_protected_query(
            membershipIdentifier=membership, protectedQueryIdentifier=query["id"]
        )["protectedQuery"]
    return dict(query)


# --- from the fixture ------------------------------------------------------------------------


@pytest.fixture
def org(membership_mock: MembershipMock) -> MockOrganization:
    return membership_mock.organization(
        {"Security": ["audit"], "Workloads": {"Prod": ["shop", "pay"]}},
        management="111111111111",
        delegated={"securityhub": "audit", "security-ir": "audit"},
        regions=[REGION],
    )


def takes_its_accounts_in(mock: MembershipMock, org: MockOrganization) -> None:
    """The first call breaks down, one account is refused, a quota is full, and then it works."""
    audit = org["audit"]
    with pytest.raises(UsageError, match="nearest: 'CreateMembers'"):
        mock.fail("securityhub.CreateMember", "InternalException")
    with pytest.raises(UsageError, match="does not declare"):
        mock.fail("securityhub.CreateMembers", "ResourceNotFoundException")
    assert len(mock.faults) == 0
    outage = mock.fail("securityhub.CreateMembers", "InternalException", account=audit)
    with pytest.raises(ClientError, match="InternalException"):
        onboard(org.session("audit"))
    assert outage.fired[0].account == audit

    org.client("securityhub").enable_security_hub()  # the management account does it itself
    mock.faults.refuse_accounts("securityhub.CreateMembers", [org["pay"]], reason="Busy")
    mock.quotas.set("securityhub", "members", 3, account=audit)
    assert onboard(org.session("audit")) == {org["pay"]: "Busy"}
    with pytest.raises(UsageError, match="has 2 of securityhub members"):
        mock.quotas.set("securityhub", "members", 1, account=audit)
    assert mock.quotas.get("securityhub", "members", account=audit).left == 1
    mock.quotas.set("securityhub", "members", 2, account=audit)
    assert list(onboard(org.session("audit"))) == [org["pay"]]
    mock.quotas.unset("securityhub", "members", account=audit)
    assert onboard(org.session("audit")) == {}
    assert onboard(org.session("audit")) == {}
    mock.calls.assert_called("CreateMembers", times=4, account=audit)
    mock.faults.assert_all_fired()


def changes_its_organization(mock: MembershipMock, org: MockOrganization) -> None:
    """It changes, and a look at what would come of it leaves nothing behind."""
    hub = org.client("securityhub", "audit")
    before = mock.dump()
    with mock.rolled_back():
        org.close("pay")
        org.leave("shop")
        # the closed account stays on the list until it is gone for good
        assert len(hub.list_members()["Members"]) == 2
        assert "Resigned" not in str(mock)
        with pytest.raises(UsageError, match="no account 'shop'"):
            org.move("shop", "Workloads")
    assert mock.dump() == before
    assert len(hub.list_members()["Members"]) == 3


def answers_an_incident(mock: MembershipMock, org: MockOrganization) -> None:
    """AWS works on an incident, while the clock of the test goes on."""
    audit = org["audit"]
    membership = mock.given.security_ir.membership(audit, units=[org.unit("Workloads/Prod")])
    security = org.client("security-ir", "audit")
    covered = security.get_membership(membershipId=membership.membership_id)
    assert covered["numberOfAccountsCovered"] == 2
    case = open_case(security, org["shop"])
    aws = mock.aws_side(audit)
    with pytest.raises(UsageError, match="next may come"):
        aws.move_case(case, "Ready to Close")
    mock.clock.advance(minutes=20)
    with pytest.raises(UsageError, match="cannot go back"):
        mock.clock.move_to(START)
    assert mock.clock.now() == START + timedelta(minutes=20)
    aws.move_case(case, "Acknowledged")
    aws.comment(case, "Was it you?", asks_customer=True)
    security.create_case_comment(caseId=case, body="No.")
    summary, question, answer = security.list_comments(caseId=case)["items"]
    assert [each["creator"] for each in (summary, question, answer)] == [
        "security-ir.amazonaws.com",
        "AWS Responder",
        audit,
    ]
    assert answer["createdDate"] == START + timedelta(minutes=20)


def asks_a_partner(mock: MembershipMock, org: MockOrganization) -> None:
    """The answer to a call is lost, its effect is not; the query takes its time."""
    given = mock.given.cleanrooms
    room = given.collaboration(PARTNER, [org["shop"]], runner=org["shop"], receivers=[org["shop"]])
    given.membership(room, PARTNER)
    given.associated_table(room, PARTNER)
    with pytest.raises(SeedRefused):
        given.membership(room, org["pay"])
    rooms = org.client("cleanrooms", "shop", config=ONCE)
    org.client("s3", "shop").create_bucket(
        Bucket="answers", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    mock.aws_side(org["shop"]).end_query(result=[{"city": "Ulm", "people": "7"}])
    lost = mock.fail("cleanrooms.CreateMembership", ReadTimeoutError, after=True)
    start = mock.snapshot()
    with pytest.raises(ReadTimeoutError):
        join_and_ask(rooms, room.id, "answers", mock.clock.advance)
    assert rooms.list_memberships()["membershipSummaries"][0]["status"] == "ACTIVE"
    assert len(lost.fired) == 1
    mock.restore(start)
    assert rooms.list_memberships()["membershipSummaries"] == []

    def wait() -> None:
        mock.clock.advance(minutes=3)

    with mock.strict("cleanrooms.*"):
        found = join_and_ask(rooms, room.id, "answers", wait)
    assert found["status"] == "SUCCESS"
    assert mock.clock.now() == START + timedelta(minutes=26)
    with pytest.raises(UnexpectedCall), mock.strict("cleanrooms.Get*"):
        rooms.list_memberships()


def is_seen_as_a_whole(mock: MembershipMock, org: MockOrganization) -> None:
    """One look shows all of it, and the seeds are no calls."""
    audit = org["audit"]
    text = str(mock)
    assert f"has member {org['pay']} Enabled, by organization" in text
    assert "Acknowledged (AWS), 3 comments" in text
    assert "ACTIVE in collaboration 'Shared room'" in text
    assert mock.diagram(service="cleanrooms").count(PARTNER) == 3
    mock.calls.assert_in_order(
        ("CreateMembers", {"error": "InternalException"}),
        ("CreateMembers", {"account": audit}),
        ("CreateCase", {"account": audit}),
        ("StartProtectedQuery", {"account": org["shop"]}),
        "GetProtectedQuery",
    )
    mock.calls.assert_not_called(account=PARTNER)  # what was seeded is no call


@pytest.mark.membership_mock(region=REGION, now=START, settle="clock")
def test_a_company_takes_its_accounts_in_answers_an_incident_and_asks_a_partner(
    membership_mock: MembershipMock, org: MockOrganization
) -> None:
    for chapter in (
        takes_its_accounts_in,
        changes_its_organization,
        answers_an_incident,
        asks_a_partner,
        is_seen_as_a_whole,
    ):
        chapter(membership_mock, org)


# --- from the context manager, in a script ---------------------------------------------------

SCRIPT = """
import sys
from datetime import timedelta
from pathlib import Path

import boto3

from membership_mock import Dump, NotRunning, UnfiredFault, UsageError, mock_membership

WORLD = {
    "accounts": {"bank": "222222222222", "shop": "333333333333"},
    "organization": {
        "tree": {"Security": ["audit"], "Workloads": ["web"]},
        "delegated": {"securityhub": "audit"},
    },
    "securityhub": [
        {"member": {"administrator": "$bank", "account": "$shop", "status": "Invited"}},
        {"member": {"administrator": "$audit", "account": "$web"}},
        {"findings": {"findings": 2, "account": "$shop", "Title": "Open port"}},
    ],
    "security-ir": [
        {"case": {"account": "$bank", "resolver": "AWS", "status": "Acknowledged"}, "as": "case"},
    ],
    "cleanrooms": [
        {"joined_collaboration": {"accounts": ["$bank", "$shop"], "name": "Data"}, "as": "room"},
        {"associated_table": {"collaboration": "$room", "account": "$shop"}},
        {"query": {"collaboration": "$room", "status": "STARTED"}, "as": "query"},
    ],
}


def refused(call, *words):
    try:
        call()
    except UsageError as error:
        assert all(word in str(error) for word in words), error
    else:
        raise AssertionError("not refused")


with mock_membership(region="eu-west-1", seed="script", now="2026-03-14") as mock:
    empty, nothing = mock.snapshot(), mock.dump()
    slip = {**WORLD, "cleanrooms": [*WORLD["cleanrooms"], {"query": {"colaboration": "$room"}}]}
    refused(lambda: mock.given.world(slip), "cleanrooms[3].query", "'collaboration' is missing", "'colaboration'")
    assert mock.dump() == nothing
    seeded = mock.given.world(WORLD)
    full = mock.dump()
    assert len(mock.calls) == 0 and not mock.passed_through()

    # a client of boto3's own, by the account's key
    bank = boto3.client(
        "security-ir",
        region_name="eu-west-1",
        aws_access_key_id=seeded["bank"],
        aws_secret_access_key="x",
    )
    assert bank.get_case(caseId=seeded["case"].case_id)["caseStatus"] == "Acknowledged"

    mock.restore(empty)
    assert bank.list_memberships()["items"] == []
    refused(lambda: mock.restore(full), "mock.load(dump)")
    mock.load(full)
    assert mock.dump() == full
    assert bank.list_cases()["total"] == 1
    Path(sys.argv[1]).write_text(full.to_json(), encoding="utf-8")
    print(mock)

refused(lambda: mock.given, "not running")
refused(lambda: mock.diagram(), "not running")
assert len(mock.calls) == 3

with mock_membership(region="eu-west-1", now="2026-03-15") as other:
    refused(lambda: other.restore(empty), "another mock")
    other.load(Dump.from_json(Path(sys.argv[1]).read_text(encoding="utf-8")))
    assert other.dump() == full
    rooms = other.client("cleanrooms", account=seeded["bank"])
    query = rooms.get_protected_query(
        membershipIdentifier=seeded["room"].memberships[seeded["bank"]],
        protectedQueryIdentifier=seeded["query"].id,
    )["protectedQuery"]
    assert query["status"] == "SUCCESS", query
    difference = full.difference(other.dump())
    assert difference and all(line.startswith(("cleanrooms", "s3")) for line in difference.splitlines())

try:
    with mock_membership(unused_plans="error") as last:
        last.fail("securityhub.CreateMembers", "LimitExceededException")
except UnfiredFault as error:
    print(error)
"""


def test_a_script_keeps_a_world_and_goes_on_with_it(tmp_path: Any) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    seen = [
        subprocess.run(
            [sys.executable, "-W", "error", str(script), str(tmp_path / "world.json")],
            capture_output=True,
            text=True,
            check=False,
        )
        for _ in range(2)
    ]
    assert [each.stderr for each in seen] == ["", ""]
    first, second = (each.stdout for each in seen)
    assert first == second  # the seed of the mock gives the same ids again
    assert "case" in first
    assert "One fault never fired" in first


# --- from the decorator ----------------------------------------------------------------------


@mock_membership(region=REGION, seed=3, now="2026-03-14T12:00:00Z", settle="clock")
def incident() -> tuple[str, ...]:
    """Run through an incident with clients of boto3 only; return the ids that came up."""
    security = boto3.client("security-ir", region_name=REGION)
    team = [
        {"name": name, "jobTitle": "Lead", "email": f"{name[:2]}@example.com"}
        for name in ("Ana Silva", "Bo Li")
    ]
    membership = security.create_membership(membershipName="Response", incidentResponseTeam=team)
    case = open_case(security, "123456789012", clientToken="one")
    hub = boto3.client("securityhub", region_name=REGION)
    arn = hub.enable_security_hub() and hub.describe_hub()["HubArn"]
    rooms = boto3.client("cleanrooms", region_name=REGION)
    room = rooms.create_collaboration(
        name="Data",
        description="Who?",
        creatorDisplayName="Us",
        creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        members=[],
        queryLogStatus="DISABLED",
    )["collaboration"]
    assert room["createTime"] == START
    standards = hub.get_enabled_standards()["StandardsSubscriptions"]
    assert {each["StandardsStatus"] for each in standards} == {"PENDING"}
    return membership["membershipId"], case, arn, room["id"]


def test_a_decorated_story_is_told_the_same_again() -> None:
    assert incident() == incident()


def test_tools_of_a_mock_that_has_ended_say_so() -> None:
    with mock_membership(unused_plans="ignore") as mock:
        clock, quotas, given, faults = mock.clock, mock.quotas, mock.given, mock.faults
        org = mock.organization(["shop"])
        snapshot, dump, aws = mock.snapshot(), mock.dump(), mock.aws_side()
        hub = mock.client("securityhub")
        fault = mock.fail("securityhub.DescribeHub", "InvalidAccessException")
    for use in (
        clock.now,
        lambda: clock.advance(days=1),
        lambda: quotas.set("securityhub", "members", 1),
        aws.end_query,
        given.securityhub.hub,
        lambda: faults.fail("securityhub.DescribeHub", "InvalidAccessException"),
        lambda: org["shop"],
        lambda: org.join("pay"),
        lambda: mock.restore(snapshot),
        lambda: mock.load(dump),
        aws.open_case,
        lambda: mock.strict("securityhub.*"),
        mock.diagram,
        mock.dump,
        mock.reset,
    ):
        with pytest.raises(NotRunning):
            use()
    with pytest.raises(UsageError):
        hub.describe_hub()
    mock.show()
    assert "ended" in str(mock)
    assert "not fired" in repr(fault)
    assert Dump.from_json(dump.to_json()) == dump
