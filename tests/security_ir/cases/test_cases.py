"""Creating, showing, listing and editing cases."""

import re
from datetime import datetime, timedelta, timezone

import pytest
import requests

from tests.security_ir.scenes import START, code, member_client, new_case, refusal

#: every operation on a case that exists, with the least that it takes besides the case's id
ON_A_CASE = {
    "close_case": {},
    "create_case_comment": {"body": "Seen again."},
    "get_case": {},
    "get_case_attachment_download_url": {"attachmentId": "3C5A6B89-1DEF-4C2D-A5B6-123456789ABC"},
    "get_case_attachment_upload_url": {"fileName": "log.txt", "contentLength": 1},
    "list_case_edits": {},
    "list_comments": {},
    "list_investigations": {},
    "send_feedback": {"resultId": "inv-0000000000", "usefulness": "USEFUL"},
    "update_case": {},
    "update_case_comment": {"commentId": "000000", "body": "Not seen."},
    "update_case_status": {"caseStatus": "Detection and Analysis"},
    "update_resolver_type": {"resolverType": "AWS"},
}
WATCHER = {"email": "eve@example.com", "name": "Eve", "jobTitle": "Auditor"}
REGIONS = [{"region": "eu-west-1"}, {"region": "us-east-1"}]


def fields(response):
    return [field["name"] for field in response["fieldList"]]


@pytest.mark.parametrize("name", ON_A_CASE)
def test_no_operation_finds_an_unknown_case(security_ir, name):
    response = refusal(getattr(security_ir, name), caseId="0000000000", **ON_A_CASE[name])
    assert code(response) == "ResourceNotFoundException"


@pytest.mark.parametrize("name", ON_A_CASE)
def test_every_operation_on_a_case_asks_for_an_active_membership(security_ir, name):
    case_id = new_case(security_ir)
    (membership,) = security_ir.list_memberships()["items"]
    security_ir.cancel_membership(membershipId=membership["membershipId"])
    response = refusal(getattr(security_ir, name), caseId=case_id, **ON_A_CASE[name])
    assert code(response) == "SecurityIncidentResponseNotActiveException"


# CreateCase


def test_create_case_answers_with_ten_digits(security_ir):
    assert re.fullmatch(r"[0-9]{10}", new_case(security_ir))


def test_create_case_is_refused_without_a_membership(membership_mock):
    client = membership_mock.client("security-ir", account="222222222222", region="us-east-1")
    with pytest.raises(client.exceptions.SecurityIncidentResponseNotActiveException):
        new_case(client)


def test_create_case_is_refused_in_another_region_than_the_memberships(
    membership_mock, security_ir
):
    client = membership_mock.client("security-ir", account="111111111111", region="us-east-1")
    with pytest.raises(client.exceptions.SecurityIncidentResponseNotActiveException):
        new_case(client)


def test_create_case_keeps_its_tags(security_ir):
    case_id = new_case(security_ir, tags={"team": "red"})
    arn = security_ir.get_case(caseId=case_id)["caseArn"]
    assert security_ir.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "red"}


def test_create_case_refuses_reserved_tag_keys(security_ir):
    with pytest.raises(security_ir.exceptions.ValidationException):
        new_case(security_ir, tags={"aws:team": "red"})
    assert security_ir.list_cases()["total"] == 0


def test_create_case_with_the_same_token_creates_one_case(security_ir):
    assert new_case(security_ir, clientToken="a") == new_case(security_ir, clientToken="a")
    assert security_ir.list_cases()["total"] == 1


def test_create_case_refuses_a_used_token_with_another_title(security_ir):
    new_case(security_ir, clientToken="a")
    with pytest.raises(security_ir.exceptions.ConflictException) as refused:
        new_case(security_ir, clientToken="a", title="Another key")
    response = refused.value.response
    assert (response["resourceId"], response["resourceType"]) == ("a", "ClientToken")
    assert security_ir.list_cases()["total"] == 1


@pytest.mark.parametrize("resolver", ["Self", "AWS"])
@pytest.mark.parametrize("engagement", ["Security Incident", "Investigation"])
def test_create_case_takes_every_engagement_with_every_resolver(security_ir, resolver, engagement):
    case_id = new_case(security_ir, resolver, engagementType=engagement)
    case = security_ir.get_case(caseId=case_id)
    assert (case["resolverType"], case["engagementType"]) == (resolver, engagement)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("impactedAccounts", ["111111111111"] * 2, id="accounts"),
        pytest.param("watchers", [WATCHER] * 2, id="watchers"),
        pytest.param("impactedServices", ["Amazon EC2"] * 2, id="services"),
        pytest.param("impactedAwsRegions", [REGIONS[0]] * 2, id="regions"),
    ],
)
def test_create_case_refuses_equal_entries(security_ir, name, value):
    with pytest.raises(security_ir.exceptions.ValidationException) as refused:
        new_case(security_ir, **{name: value})
    assert fields(refused.value.response) == [name]


def test_create_case_accepts_equal_ip_addresses(security_ir):
    addresses = [{"ipAddress": "192.0.2.1", "userAgent": agent} for agent in ("curl", "curl")]
    case_id = new_case(security_ir, threatActorIpAddresses=addresses)
    assert security_ir.get_case(caseId=case_id)["threatActorIpAddresses"] == addresses


# GetCase


def test_get_case_shows_a_new_self_managed_case(security_ir):
    case_id = new_case(security_ir)
    case = security_ir.get_case(caseId=case_id)
    del case["ResponseMetadata"]
    assert case == {
        "title": "Leaked key",
        "caseArn": f"arn:aws:security-ir:eu-west-1:111111111111:case/{case_id}",
        "description": "A key was found in a public repository.",
        "caseStatus": "Submitted",
        "engagementType": "Security Incident",
        "reportedIncidentStartDate": datetime(2026, 3, 1, tzinfo=timezone.utc),
        "impactedAwsRegions": [],
        "threatActorIpAddresses": [],
        "pendingAction": "Customer",
        "impactedAccounts": ["111111111111"],
        "watchers": [],
        "createdDate": START,
        "lastUpdatedDate": START,
        "resolverType": "Self",
        "impactedServices": [],
        "caseAttachments": [],
    }


def test_get_case_shows_that_nothing_is_pending_in_a_service_managed_case(security_ir):
    case_id = new_case(security_ir, "AWS")
    assert security_ir.get_case(caseId=case_id)["pendingAction"] == "None"


def test_get_case_shows_everything_that_create_case_was_given(security_ir):
    given = {
        "watchers": [WATCHER],
        "threatActorIpAddresses": [{"ipAddress": "192.0.2.1", "userAgent": "Browser"}],
        "impactedServices": ["Amazon EC2", "TBD"],
        "impactedAwsRegions": REGIONS,
        "impactedAccounts": [],
    }
    case = security_ir.get_case(caseId=new_case(security_ir, **given))
    assert {name: case[name] for name in given} == given


@pytest.mark.parametrize("case_id", ["0000000000", "12345678901", "1234567890-x"])
def test_get_case_refuses_an_unknown_id(security_ir, case_id):
    response = refusal(security_ir.get_case, caseId=case_id)
    assert code(response) == "ResourceNotFoundException"
    assert case_id in response["message"]


def test_get_case_is_not_dated_to_what_leaves_no_edit(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    url = security_ir.get_case_attachment_upload_url(
        caseId=case_id, fileName="log.bin", contentLength=1
    )["attachmentPresignedUrl"]
    (action, *_) = security_ir.list_investigations(caseId=case_id)["investigationActions"]
    clock.tick(30)
    requests.put(url, data=b"x", timeout=5).raise_for_status()
    security_ir.send_feedback(
        caseId=case_id, resultId=action["investigationId"], usefulness="USEFUL"
    )
    arn = security_ir.get_case(caseId=case_id)["caseArn"]
    security_ir.tag_resource(resourceArn=arn, tags={"team": "red"})
    case = security_ir.get_case(caseId=case_id)
    assert case["caseAttachments"][0]["attachmentStatus"] == "Verified"
    assert case["lastUpdatedDate"] == START
    assert security_ir.list_case_edits(caseId=case_id)["total"] == 2


def test_get_case_refuses_the_case_of_another_account(membership_mock, security_ir):
    case_id = new_case(security_ir)
    other = member_client(membership_mock, account="222222222222")
    assert code(refusal(other.get_case, caseId=case_id)) == "ResourceNotFoundException"


def test_get_case_refuses_a_case_whose_membership_is_cancelled(security_ir):
    case_id = new_case(security_ir)
    (membership,) = security_ir.list_memberships()["items"]
    security_ir.cancel_membership(membershipId=membership["membershipId"])
    with pytest.raises(security_ir.exceptions.SecurityIncidentResponseNotActiveException):
        security_ir.get_case(caseId=case_id)


def test_get_case_shows_old_cases_after_the_cancellation_is_undone(security_ir):
    case_id = new_case(security_ir)
    membership_id = security_ir.list_memberships()["items"][0]["membershipId"]
    security_ir.cancel_membership(membershipId=membership_id)
    security_ir.update_membership(membershipId=membership_id, undoMembershipCancellation=True)
    assert security_ir.get_case(caseId=case_id)["caseStatus"] == "Submitted"


def test_get_case_refuses_the_case_of_an_earlier_membership(membership_mock, security_ir):
    case_id = new_case(security_ir)
    membership_id = security_ir.list_memberships()["items"][0]["membershipId"]
    security_ir.cancel_membership(membershipId=membership_id)
    again = member_client(membership_mock)
    assert code(refusal(again.get_case, caseId=case_id)) == "ResourceNotFoundException"
    assert again.list_cases()["total"] == 0


def test_tags_of_a_case_are_not_found_without_an_active_membership(security_ir):
    arn = security_ir.get_case(caseId=new_case(security_ir))["caseArn"]
    membership_id = security_ir.list_memberships()["items"][0]["membershipId"]
    security_ir.cancel_membership(membershipId=membership_id)
    response = refusal(security_ir.list_tags_for_resource, resourceArn=arn)
    assert code(response) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "place", ["us-east-1:111111111111", "eu-west-1:222222222222"], ids=["region", "account"]
)
def test_tags_of_a_case_are_not_found_under_a_foreign_arn(security_ir, place):
    arn = f"arn:aws:security-ir:{place}:case/{new_case(security_ir)}"
    response = refusal(security_ir.list_tags_for_resource, resourceArn=arn)
    assert code(response) == "ResourceNotFoundException"


# ListCases


def test_list_cases_shows_the_newest_case_first(security_ir, clock):
    first, second = new_case(security_ir), new_case(security_ir)
    clock.tick(60)
    third = new_case(security_ir)
    answer = security_ir.list_cases()
    assert [case["caseId"] for case in answer["items"]] == [third, second, first]
    assert answer["total"] == 3
    assert "nextToken" not in answer


def test_list_cases_shows_ten_fields_of_a_closed_case(security_ir):
    case_id = new_case(security_ir)
    security_ir.close_case(caseId=case_id)
    assert security_ir.list_cases()["items"] == [
        {
            "caseId": case_id,
            "lastUpdatedDate": START,
            "title": "Leaked key",
            "caseArn": f"arn:aws:security-ir:eu-west-1:111111111111:case/{case_id}",
            "engagementType": "Security Incident",
            "caseStatus": "Closed",
            "createdDate": START,
            "closedDate": START,
            "resolverType": "Self",
            "pendingAction": "None",
        }
    ]


def test_list_cases_counts_all_cases_on_every_page(security_ir):
    created = [new_case(security_ir) for _ in range(7)]
    pages = security_ir.get_paginator("list_cases").paginate(PaginationConfig={"PageSize": 3})
    shown = list(pages)
    assert [page["total"] for page in shown] == [7, 7, 7]
    assert [case["caseId"] for page in shown for case in page["items"]] == created[::-1]


def test_list_cases_neither_misses_nor_repeats_a_case_when_one_is_created_meanwhile(security_ir):
    created = [new_case(security_ir) for _ in range(4)]
    page = security_ir.list_cases(maxResults=2)
    new_case(security_ir)
    rest = security_ir.list_cases(maxResults=2, nextToken=page["nextToken"])
    assert [case["caseId"] for case in rest["items"]] == created[1::-1]


def test_list_cases_is_refused_without_a_membership(membership_mock):
    client = membership_mock.client("security-ir", account="222222222222", region="us-east-1")
    with pytest.raises(client.exceptions.SecurityIncidentResponseNotActiveException):
        client.list_cases()


def test_list_cases_dates_a_case_to_the_summary_of_its_investigation(security_ir, clock):
    new_case(security_ir, "AWS")
    clock.tick(timedelta(hours=1))
    (case,) = security_ir.list_cases()["items"]
    assert case["lastUpdatedDate"] == START + timedelta(minutes=18)


# UpdateCase


def test_update_case_replaces_plain_fields(security_ir, clock):
    case_id = new_case(security_ir)
    clock.tick(60)
    wanted = {
        "title": "Two leaked keys",
        "description": "Another one was found.",
        "reportedIncidentStartDate": datetime(2026, 2, 1, tzinfo=timezone.utc),
        "actualIncidentStartDate": datetime(2026, 1, 1, tzinfo=timezone.utc),
        "engagementType": "Investigation",
    }
    answer = security_ir.update_case(caseId=case_id, **wanted)
    assert set(answer) == {"ResponseMetadata"}
    case = security_ir.get_case(caseId=case_id)
    assert {name: case[name] for name in wanted} == wanted
    assert case["lastUpdatedDate"] == START + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("name", "present", "gone", "new"),
    [
        pytest.param("impactedServices", "EC2", "S3", "IAM", id="services"),
        pytest.param("impactedAccounts", "1" * 12, "2" * 12, "3" * 12, id="accounts"),
        pytest.param(
            "impactedAwsRegions",
            {"region": "eu-west-1"},
            {"region": "us-east-1"},
            {"region": "eu-west-2"},
            id="regions",
        ),
        pytest.param(
            "watchers",
            {"email": "a@example.com"},
            {"email": "b@example.com", "name": "B"},
            {"email": "c@example.com"},
            id="watchers",
        ),
        pytest.param(
            "threatActorIpAddresses",
            {"ipAddress": "192.0.2.1"},
            {"ipAddress": "192.0.2.2", "userAgent": "curl"},
            {"ipAddress": "192.0.2.3"},
            id="ip addresses",
        ),
    ],
)
def test_update_case_edits_lists(security_ir, name, present, gone, new):
    case_id = new_case(security_ir, **{name: [present, gone]})
    edit = {f"{name}ToDelete": [gone], f"{name}ToAdd": [present, new]}
    security_ir.update_case(caseId=case_id, **edit)
    assert security_ir.get_case(caseId=case_id)[name] == [present, new]


def test_update_case_deletes_before_it_adds(security_ir):
    case_id = new_case(security_ir, watchers=[WATCHER])
    renamed = {"email": "EVE@example.com", "name": "Eva"}
    security_ir.update_case(caseId=case_id, watchersToDelete=[renamed], watchersToAdd=[renamed])
    assert security_ir.get_case(caseId=case_id)["watchers"] == [renamed]


def test_update_case_ignores_a_watcher_who_is_there_in_another_spelling(security_ir):
    case_id = new_case(security_ir, watchers=[WATCHER])
    security_ir.update_case(caseId=case_id, watchersToAdd=[{"email": "EVE@Example.com"}])
    assert security_ir.get_case(caseId=case_id)["watchers"] == [WATCHER]


@pytest.mark.parametrize(
    ("name", "first", "more"),
    [
        pytest.param(
            "watchers",
            [{"email": f"w{n}@example.com"} for n in range(30)],
            [{"email": "more@example.com"}],
            id="watchers",
        ),
        pytest.param(
            "impactedAccounts", [f"{n:012d}" for n in range(200)], ["9" * 12], id="accounts"
        ),
    ],
)
def test_update_case_refuses_more_entries_than_the_list_may_have(security_ir, name, first, more):
    case_id = new_case(security_ir, **{name: first})
    edit = {f"{name}ToAdd": more}
    response = refusal(security_ir.update_case, caseId=case_id, title="New", **edit)
    assert code(response) == "ValidationException"
    assert response["reason"] == "OTHER"
    assert fields(response) == [f"{name}ToAdd"]
    case = security_ir.get_case(caseId=case_id)
    assert (case[name], case["title"]) == (first, "Leaked key")


def test_update_case_makes_room_by_deleting(security_ir):
    watchers = [{"email": f"w{n}@example.com"} for n in range(30)]
    case_id = new_case(security_ir, watchers=watchers)
    security_ir.update_case(
        caseId=case_id, watchersToDelete=watchers[:1], watchersToAdd=[{"email": "x@example.com"}]
    )
    assert len(security_ir.get_case(caseId=case_id)["watchers"]) == 30


def test_update_case_refuses_to_remove_the_last_region(security_ir):
    case_id = new_case(security_ir, impactedAwsRegions=REGIONS)
    response = refusal(security_ir.update_case, caseId=case_id, impactedAwsRegionsToDelete=REGIONS)
    assert code(response) == "ValidationException"
    assert fields(response) == ["impactedAwsRegionsToDelete"]
    assert security_ir.get_case(caseId=case_id)["impactedAwsRegions"] == REGIONS


def test_update_case_accepts_a_deletion_from_no_regions(security_ir):
    case_id = new_case(security_ir)
    security_ir.update_case(caseId=case_id, impactedAwsRegionsToDelete=REGIONS)
    assert security_ir.get_case(caseId=case_id)["impactedAwsRegions"] == []


def test_update_case_merges_metadata_by_key(security_ir):
    case_id = new_case(security_ir)
    for entries in ({"ticket": "1", "owner": "red"}, {"ticket": "2"}):
        metadata = [{"key": key, "value": value} for key, value in entries.items()]
        security_ir.update_case(caseId=case_id, caseMetadata=metadata)
    assert security_ir.get_case(caseId=case_id)["caseMetadata"] == [
        {"key": "ticket", "value": "2"},
        {"key": "owner", "value": "red"},
    ]


def test_update_case_refuses_more_than_thirty_metadata_entries(security_ir):
    case_id = new_case(security_ir)
    metadata = [{"key": str(number), "value": "x"} for number in range(31)]
    security_ir.update_case(caseId=case_id, caseMetadata=metadata[:30])
    response = refusal(security_ir.update_case, caseId=case_id, caseMetadata=metadata[30:])
    assert code(response) == "ValidationException"
    assert fields(response) == ["caseMetadata"]


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param({}, id="nothing given"),
        pytest.param({"title": "Leaked key"}, id="same title"),
        pytest.param({"impactedServicesToDelete": ["Amazon EC2"]}, id="delete what is absent"),
        pytest.param({"impactedAccountsToAdd": ["111111111111"]}, id="add what is present"),
    ],
)
def test_update_case_leaves_no_trace_when_nothing_changes(security_ir, clock, edit):
    case_id = new_case(security_ir)
    clock.tick(60)
    security_ir.update_case(caseId=case_id, **edit)
    assert security_ir.get_case(caseId=case_id)["lastUpdatedDate"] == START
    assert security_ir.list_case_edits(caseId=case_id)["total"] == 1


def test_update_case_refuses_a_closed_case(security_ir):
    case_id = new_case(security_ir)
    security_ir.close_case(caseId=case_id)
    response = refusal(security_ir.update_case, caseId=case_id, title="New")
    assert code(response) == "ConflictException"
    assert (response["resourceId"], response["resourceType"]) == (case_id, "Case")


def test_update_case_refuses_an_unknown_case(security_ir):
    response = refusal(security_ir.update_case, caseId="0000000000", title="New")
    assert code(response) == "ResourceNotFoundException"
