"""Security Incident Response in a wanted state, in one call each."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from membership_mock import SeedRefused, UsageError, mock_membership
from membership_mock.security_ir.cases.case_status import SELF_MANAGED, SERVICE_MANAGED
from membership_mock.testing.given.security_ir import SecurityIrSeeds
from membership_mock.testing.given.setup import Setup
from tests.frozen_time import freeze_time

ACCOUNT, OTHER = "111122223333", "444455556666"
REGION, ELSEWHERE = "eu-west-1", "us-east-1"
WHERE = {"account": ACCOUNT, "region": REGION}
NOON = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)


@pytest.fixture
def seeds(membership_mock: Any) -> SecurityIrSeeds:
    return SecurityIrSeeds(Setup(membership_mock))


@pytest.fixture
def security(membership_mock: Any) -> Any:
    return membership_mock.client("security-ir", account=ACCOUNT, region=REGION)


def memberships(client: Any) -> list[str]:
    return [each["membershipStatus"] for each in client.list_memberships()["items"]]


# --- memberships ---


@pytest.mark.parametrize("status", ["Active", "Cancelled", "Terminated"])
def test_a_membership_has_the_status(seeds: Any, security: Any, status: str) -> None:
    seeded = seeds.membership(ACCOUNT, REGION, status=status)
    shown = security.get_membership(membershipId=seeded.membership_id)
    assert shown["membershipStatus"] == seeded.status == status
    assert shown["membershipArn"] == seeded.arn
    assert (seeded.account, seeded.region) == (ACCOUNT, REGION)
    assert seeds.membership(ACCOUNT, REGION, status=status) == seeded
    assert memberships(security) == [status]


def test_a_membership_goes_on_from_where_it_is(seeds: Any, security: Any) -> None:
    first = seeds.membership(**WHERE)
    assert seeds.membership(**WHERE, status="Cancelled").membership_id == first.membership_id
    assert seeds.membership(**WHERE, status="Terminated").membership_id == first.membership_id
    second = seeds.membership(**WHERE)
    assert second.membership_id != first.membership_id
    assert memberships(security) == ["Terminated", "Active"]


def test_a_membership_has_what_was_asked_for(seeds: Any, security: Any) -> None:
    team = [
        {"name": "Cem Ay", "jobTitle": "Lead", "email": "cem@example.com"},
        {"name": "Dee Orr", "jobTitle": "Analyst", "email": "dee@example.com"},
    ]
    first = seeds.membership(**WHERE, name="Night shift", team=team, triage=True)
    shown = security.get_membership(membershipId=first.membership_id)
    assert shown["membershipName"] == "Night shift"
    assert [each["email"] for each in shown["incidentResponseTeam"]] == [
        "cem@example.com",
        "dee@example.com",
    ]
    assert shown["optInFeatures"] == [{"featureName": "Triage", "isEnabled": True}]
    assert seeds.membership(**WHERE, triage=False, name="Day shift") == first
    shown = security.get_membership(membershipId=first.membership_id)
    assert shown["membershipName"] == "Day shift"
    assert shown["optInFeatures"] == [{"featureName": "Triage", "isEnabled": False}]


def test_the_account_and_region_of_the_mock_are_the_default() -> None:
    with mock_membership(account=OTHER, region=ELSEWHERE) as mock:
        seeded = SecurityIrSeeds(Setup(mock)).case()
        assert (seeded.account, seeded.region) == (OTHER, ELSEWHERE)
        assert mock.client("security-ir").get_case(caseId=seeded.case_id)["caseArn"] == seeded.arn


def test_a_membership_covers_the_organization_or_its_units(
    membership_mock: Any, seeds: Any
) -> None:
    organizations = membership_mock.client("organizations", account=ACCOUNT, region=REGION)
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="prod")
    unit_id = unit["OrganizationalUnit"]["Id"]
    client = membership_mock.client("security-ir", account=ACCOUNT, region=REGION)
    for coverage, entire, units in [
        ({"entire_organization": True}, True, []),
        ({"units": [unit_id]}, False, [unit_id]),
        ({"entire_organization": True}, True, []),
    ]:
        seeded = seeds.membership(**WHERE, **coverage)
        shown = client.get_membership(membershipId=seeded.membership_id)
        configured = shown["membershipAccountsConfigurations"]
        assert configured["coverEntireOrganization"] is entire
        assert configured["organizationalUnits"] == units
    assert memberships(client) == ["Active"]

    member = organizations.create_account(AccountName="app", Email="app@example.com")
    account = member["CreateAccountStatus"]["AccountId"]
    with pytest.raises(SeedRefused, match="AccessDeniedException") as refusal:
        seeds.membership(account, REGION)
    assert "delegated administrator for security-ir" in str(refusal.value)


def test_a_new_membership_covers_units(membership_mock: Any, seeds: Any) -> None:
    organizations = membership_mock.client("organizations", account=ACCOUNT, region=REGION)
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="prod")
    unit_id = unit["OrganizationalUnit"]["Id"]
    seeded = seeds.membership(**WHERE, units=[unit_id])
    client = membership_mock.client("security-ir", account=ACCOUNT, region=REGION)
    shown = client.get_membership(membershipId=seeded.membership_id)
    assert shown["membershipAccountsConfigurations"]["organizationalUnits"] == [unit_id]


def test_a_membership_that_is_refused_leaves_nothing_behind(seeds: Any, security: Any) -> None:
    with pytest.raises(UsageError, match="it can be: Active, Cancelled, Terminated"):
        seeds.membership(**WHERE, status="Pending")
    with pytest.raises(SeedRefused, match="CreateMembership"):
        seeds.membership(**WHERE, name="x")
    with pytest.raises(SeedRefused, match="UpdateMembership"):
        seeds.membership(**WHERE, units=["ou-ab12-12345678"])
    assert memberships(security) == []


# --- cases ---

EVERY_STATUS = [
    *(("Self", status) for status in SELF_MANAGED),
    *(("AWS", status) for status in SERVICE_MANAGED),
]


@pytest.mark.parametrize(("resolver", "status"), EVERY_STATUS)
def test_a_case_has_the_status(seeds: Any, security: Any, resolver: str, status: str) -> None:
    seeded = seeds.case(**WHERE, resolver=resolver, status=status)
    shown = security.get_case(caseId=seeded.case_id)
    assert (shown["resolverType"], shown["caseStatus"]) == (resolver, status)
    assert (seeded.resolver, seeded.status, seeded.arn) == (resolver, status, shown["caseArn"])
    assert memberships(security) == ["Active"]


@pytest.mark.parametrize("status", ["Acknowledged", "Ready to Close", "Resolved"])
def test_a_self_managed_case_does_not_get_everywhere(
    seeds: Any, security: Any, status: str
) -> None:
    with pytest.raises(UsageError, match="'Post-incident Activities', 'Closed'") as refusal:
        seeds.case(**WHERE, status=status)
    elsewhere = status != "Resolved"  # which no case at all can be
    assert refusal.type is (SeedRefused if elsewhere else UsageError)
    assert ("resolver='AWS'" in str(refusal.value)) is elsewhere
    assert memberships(security) == []


def test_each_moves_the_case_that_is_its_own(seeds: Any, security: Any) -> None:
    roads = {}
    for resolver in ("Self", "AWS"):
        seeded = seeds.case(**WHERE, resolver=resolver, status="Closed")
        edits = security.list_case_edits(caseId=seeded.case_id)["items"]
        roads[resolver] = [(each["principal"], each["message"]) for each in edits][1:]
    assert roads == {
        "Self": [(ACCOUNT, "Changed Submitted to Closed.")],
        "AWS": [
            ("AWS Responder", "Changed Submitted to Acknowledged."),
            ("AWS Responder", "Changed Acknowledged to Detection and Analysis."),
            ("AWS Responder", "Changed Detection and Analysis to Post-incident Activities."),
            ("AWS Responder", "Changed Post-incident Activities to Ready to Close."),
            (ACCOUNT, "Changed Ready to Close to Closed."),
        ],
    }


def test_aws_closes_a_case_that_has_a_closure_code(seeds: Any, security: Any) -> None:
    seeded = seeds.case(**WHERE, resolver="AWS", status="Closed", closure_code="Duplicate")
    assert security.get_case(caseId=seeded.case_id)["closureCode"] == "Duplicate"
    edits = security.list_case_edits(caseId=seeded.case_id)["items"]
    assert (edits[-1]["principal"], edits[-1]["action"]) == ("AWS Responder", "Close case")


def test_a_case_has_what_was_asked_for(seeds: Any, security: Any) -> None:
    seeded = seeds.case(
        **WHERE,
        resolver="AWS",
        status="Detection and Analysis",
        title="Odd sign-in",
        watchers=["ana@example.com", {"email": "bo@example.com", "name": "Bo"}],
        comments=["Help.", {"body": "Which host?", "by": "AWS Responder", "asks_customer": True}],
        attachments=["log.txt", {"file_name": "bad.exe", "status": "Failed"}],
        impacted_accounts=[OTHER],
        impactedServices=["Amazon EC2"],
        tags={"team": "blue"},
    )
    shown = security.get_case(caseId=seeded.case_id)
    assert shown["title"] == "Odd sign-in"
    assert [each["email"] for each in shown["watchers"]] == ["ana@example.com", "bo@example.com"]
    assert (shown["impactedAccounts"], shown["impactedServices"]) == ([OTHER], ["Amazon EC2"])
    assert shown["pendingAction"] == "None"  # an attachment came after the question
    statuses = {each["fileName"]: each["attachmentStatus"] for each in shown["caseAttachments"]}
    assert statuses == {"log.txt": "Verified", "bad.exe": "Failed"}
    assert [each.attachment_id for each in seeded.attachments] == [
        each["attachmentId"] for each in shown["caseAttachments"]
    ]
    comments = security.list_comments(caseId=seeded.case_id)["items"]
    assert [each["creator"] for each in comments] == [ACCOUNT, "AWS Responder"]
    assert [each.comment_id for each in seeded.comments] == ["000000", "000001"]
    assert security.list_tags_for_resource(resourceArn=seeded.arn)["tags"] == {"team": "blue"}


def test_aws_waits_or_not_as_was_asked_for(seeds: Any, security: Any) -> None:
    for status, waits, action in [
        ("Acknowledged", True, "Customer"),
        ("Ready to Close", None, "Customer"),
        ("Ready to Close", False, "None"),
    ]:
        seeded = seeds.case(**WHERE, resolver="AWS", status=status, waits_for_customer=waits)
        assert security.get_case(caseId=seeded.case_id)["pendingAction"] == action


def test_a_case_that_was_handed_over_shows_it(seeds: Any, security: Any) -> None:
    seeded = seeds.case(**WHERE, resolver="AWS", handed_over=True, status="Acknowledged")
    edits = security.list_case_edits(caseId=seeded.case_id)["items"]
    assert [each["action"] for each in edits] == [
        "Create case",
        "Update resolver type",
        "Update case status",
    ]


def test_a_case_goes_with_a_membership(seeds: Any, security: Any) -> None:
    old = seeds.membership(**WHERE)
    assert seeds.case(membership=old).membership_id == old.membership_id
    assert seeds.case(**WHERE, membership=old.membership_id).account == ACCOUNT
    seeds.membership(**WHERE, status="Cancelled")
    new = seeds.membership(**WHERE)
    with pytest.raises(SeedRefused, match="is not the active one"):
        seeds.case(membership=old)
    with pytest.raises(UsageError, match="leave account out"):
        seeds.case(OTHER, membership=new)
    assert security.list_cases()["total"] == 0


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"resolver": "Ana"}, "'Self', 'AWS'"),
        ({"closure_code": "Duplicate"}, "resolver='AWS' and status='Closed'"),
        ({"resolver": "AWS", "closure_code": "Duplicate"}, "status='Closed'"),
        ({"resolver": "AWS", "status": "Closed", "closure_code": "Done"}, "not a closure code"),
        ({"handed_over": True}, "are for AWS-supported cases"),
        ({"waits_for_customer": True}, "are for AWS-supported cases"),
        (
            {"resolver": "AWS", "status": "Closed", "waits_for_customer": True},
            "does not wait for the customer",
        ),
        ({"impacted_acounts": []}, "nearest: 'impacted_accounts'"),
        ({"title": "x" * 301}, "CreateCase"),
        ({"comments": [{"body": "x", "by": "AWS Responder"}]}, "is self-managed"),
        ({"comments": ["Yes.", ""]}, "CreateCaseComment"),
        ({"attachments": ["a.txt", "a.txt"]}, "ConflictException"),
        ({"account": "1"}, "is not an account id"),
    ],
)
def test_a_case_that_is_refused_leaves_nothing_behind(
    seeds: Any, security: Any, wanted: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        seeds.case(**{**WHERE, **wanted})
    assert memberships(security) == []


# --- what belongs to a case ---


def test_comments_are_written_by_whom_the_test_says(seeds: Any, security: Any) -> None:
    case = seeds.case(**WHERE, resolver="AWS")
    for by in ("customer", "AWS Responder", "security-ir.amazonaws.com"):
        seeds.comment(case, f"by {by}", by=by)
    seeded = seeds.comment(case.case_id, "Well?", by="AWS Responder", asks_customer=True, **WHERE)
    comments = security.list_comments(caseId=case.case_id)["items"]
    assert [each["creator"] for each in comments] == [
        ACCOUNT,
        "AWS Responder",
        "security-ir.amazonaws.com",
        "AWS Responder",
    ]
    assert (seeded.comment_id, seeded.creator) == ("000003", "AWS Responder")
    assert security.get_case(caseId=case.case_id)["pendingAction"] == "Customer"


def test_a_comment_and_an_attachment_bring_their_own_case(seeds: Any, security: Any) -> None:
    comment = seeds.comment(by="AWS Responder", **WHERE)
    attachment = seeds.attachment(**WHERE)
    resolvers = [
        security.get_case(caseId=each.case_id)["resolverType"] for each in (comment, attachment)
    ]
    assert resolvers == ["AWS", "Self"]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda seeds, case: seeds.comment(case, by="Ana"), "'customer', 'AWS Responder'"),
        (lambda seeds, case: seeds.comment(case, asks_customer=True), "by='AWS Responder'"),
        (lambda seeds, case: seeds.comment(case), "is closed"),
        (lambda seeds, case: seeds.comment(case, by="AWS Responder"), "is closed"),
        (lambda seeds, case: seeds.comment(case, account=OTHER), "leave account out"),
        (lambda seeds, case: seeds.comment(7), "case: 7 is not a SeededCase or text"),
        (lambda seeds, case: seeds.comment("0000000000", **WHERE), "ResourceNotFound"),
        (lambda seeds, case: seeds.attachment(case), "is closed"),
        (lambda seeds, case: seeds.attachment(case, status="Clean"), "Pending, Verified, Failed"),
        (lambda seeds, case: seeds.attachment(case, "a b"), "fileName"),
        (lambda seeds, case: seeds.attachment(case, content=""), "contentLength"),
        (lambda seeds, case: seeds.investigation(case), "is closed"),
        (lambda seeds, case: seeds.investigation(case, status="Done"), "InProgress, Completed"),
        (
            lambda seeds, case: seeds.investigation(status="Waiting", results={"x": "y"}),
            "no results",
        ),
        (lambda seeds, case: seeds.investigation(results={"x": "y"}, **WHERE), "left are"),
    ],
)
def test_what_cannot_belong_to_a_case_is_refused(
    seeds: Any, security: Any, make: Any, told: str
) -> None:
    case = seeds.case(**WHERE, resolver="AWS", status="Closed")
    before = security.list_case_edits(caseId=case.case_id)["items"]
    with pytest.raises(UsageError, match=told):
        make(seeds, case)
    assert security.list_case_edits(caseId=case.case_id)["items"] == before
    assert security.list_cases()["total"] == 1


@pytest.mark.parametrize("status", ["Pending", "Verified", "Failed"])
def test_an_attachment_has_the_status(seeds: Any, security: Any, status: str) -> None:
    case = seeds.case(**WHERE)
    seeded = seeds.attachment(case, "log.txt", b"who was it", status=status)
    (shown,) = security.get_case(caseId=case.case_id)["caseAttachments"]
    assert (seeded.attachment_id, seeded.status) == (shown["attachmentId"], status)
    assert shown["attachmentStatus"] == status
    assert shown["fileName"] == "log.txt"


def test_a_verified_attachment_can_be_downloaded(seeds: Any, security: Any) -> None:
    seeded = seeds.attachment(content="wer wär es", **WHERE)
    answer = security.get_case_attachment_download_url(
        caseId=seeded.case_id, attachmentId=seeded.attachment_id
    )
    found = requests.get(answer["attachmentPresignedUrl"], timeout=10)
    assert found.content.decode() == "wer wär es"


INVESTIGATIONS = {
    "Pending": ("Pending", "Pending", "Pending"),
    "Waiting": ("Waiting", "Pending", "Pending"),
    "InProgress": ("InProgress", "InProgress", "Pending"),
    "Completed": ("Completed", "Completed", "Completed"),
    "Failed": ("Failed", "Failed", "Failed"),
    "Cancelled": ("Cancelled", "Cancelled", "Cancelled"),
}


@pytest.mark.parametrize("status", INVESTIGATIONS)
def test_an_investigation_has_the_status(seeds: Any, security: Any, status: str) -> None:
    with freeze_time(NOON) as clock:
        seeded = seeds.investigation(status=status, **WHERE)
        for minutes in (0, 5) if status != "Pending" else (0,):
            clock.tick(timedelta(minutes=minutes))
            shown = security.list_investigations(caseId=seeded.case_id)["investigationActions"]
            assert tuple(each["status"] for each in shown) == INVESTIGATIONS[status]
        comments = security.list_comments(caseId=seeded.case_id)["items"]
    assert seeded.actions == {each["actionType"]: each["investigationId"] for each in shown}
    assert len(comments) == (status == "Completed")


def test_an_investigation_does_not_go_back(seeds: Any, security: Any) -> None:
    case = seeds.case(**WHERE, resolver="AWS")
    seeds.investigation(case, results={"Summarization": "## It was Bob"})
    (comment,) = security.list_comments(caseId=case.case_id)["items"]
    assert comment["body"] == "## It was Bob"
    for status, told in [
        ("Pending", "does not become Pending again"),
        ("Waiting", "does not become Waiting"),
        ("Failed", "has ended already"),
    ]:
        with pytest.raises(UsageError, match=told):
            seeds.investigation(case, status=status)


# --- all of them ---


def test_seeds_are_no_calls_of_the_test(membership_mock: Any, seeds: Any) -> None:
    seeds.case(**WHERE, resolver="AWS", status="Closed", attachments=["log.txt"])
    seeds.investigation(**WHERE)
    assert len(membership_mock.calls) == 0


def test_what_seeds_return_is_plain_data(seeds: Any) -> None:
    case = seeds.case(**WHERE, comments=["Help."], attachments=["log.txt"])
    kept = json.loads(json.dumps(asdict(case)))
    assert kept["comments"][0]["comment_id"] == "000000"
    assert kept["attachments"][0]["file_name"] == "log.txt"


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"comments": "Was it you?"}, "comments: 'Was it you\\?' is not a list of"),
        ({"comments": None}, "comments: None is not a list of"),
        ({"comments": [5]}, r"comments: \[5\] is not a list of"),
        ({"comments": [{"text": "Hm"}]}, "no 'text'; it has: body, by, asks_customer"),
        ({"attachments": "log.txt"}, "attachments: 'log.txt' is not a list of"),
        ({"attachments": [{"name": "log.txt"}]}, "no 'name'; it has: file_name, content, status"),
        ({"attachments": [{"file_name": "log.txt", "content": 5}]}, "content: 5 is not text"),
        ({"watchers": "eve@example.com"}, "watchers: .* is not a list of"),
        ({"watchers": [None]}, "watchers: .* is not a list of"),
        ({"resolverType": "AWS"}, "resolver of the case as resolver="),
        ({"resolver_type": "AWS"}, "resolver of the case as resolver="),
        ({"resolver": []}, "resolver: .* is not text"),
        ({"status": {}}, "status: {} is not text"),
    ],
    ids=str,
)
def test_what_no_case_can_have_is_refused(
    membership_mock: Any, seeds: Any, wanted: dict[str, Any], message: str
) -> None:
    before = membership_mock.dump()
    with pytest.raises(UsageError, match=message):
        seeds.case(**wanted)
    assert membership_mock.dump() == before


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"team": "Ana"}, "team: .* is not a list of"),
        ({"team": [5, 6]}, "team: .* is not a list of"),
        ({"units": None}, "units: .* is not a list of"),
        ({"units": "ou-abcd-12345678"}, "units: .* is not a list of"),
        # a new membership would silently cover the units alone
        ({"entire_organization": True, "units": ["ou-abcd-12345678"]}, "not both"),
    ],
    ids=str,
)
def test_what_no_membership_can_have_is_refused(
    membership_mock: Any, seeds: Any, wanted: dict[str, Any], message: str
) -> None:
    before = membership_mock.dump()
    with pytest.raises(UsageError, match=message):
        seeds.membership(**wanted)
    assert membership_mock.dump() == before


def test_a_seeded_membership_may_have_come_to_its_end(membership_mock: Any, seeds: Any) -> None:
    membership_mock.clock.freeze()
    first = seeds.membership(status="Cancelled")
    membership_mock.clock.advance(days=31)
    assert seeds.membership(status="Terminated").membership_id == first.membership_id
    assert seeds.membership(status="Cancelled").membership_id != first.membership_id
