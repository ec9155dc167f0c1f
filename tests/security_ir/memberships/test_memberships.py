"""The life of a membership of an account outside any organization."""

import re
from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError

from tests.frozen_time import freeze_time

ALICE = {"name": "Alice", "jobTitle": "CEO", "email": "alice@example.com"}
BOB = {"name": "Bob Jones", "jobTitle": "Security Responder", "email": "bob.jones@example.com"}
CAROL = {"name": "Carol", "jobTitle": "Analyst", "email": "carol@example.com"}
TEAM = [BOB, ALICE]
NOON = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)


@pytest.fixture
def client(membership_mock):
    return membership_mock.client("security-ir", account="111111111111", region="eu-west-1")


@pytest.fixture
def membership_id(client):
    return create(client)


def create(client, **arguments):
    given = {"membershipName": "Example", "incidentResponseTeam": TEAM, **arguments}
    return client.create_membership(**given)["membershipId"]


def get(client, membership_id):
    answer = client.get_membership(membershipId=membership_id)
    del answer["ResponseMetadata"]
    return answer


def listed(client):
    return [
        (item["membershipId"], item["membershipStatus"])
        for item in client.list_memberships()["items"]
    ]


def test_create_membership_returns_an_id_in_the_pattern_of_the_model(client):
    assert re.fullmatch(r"m-[a-z0-9]{17}", create(client))


def test_create_membership_answers_with_status_201(client):
    answer = client.create_membership(membershipName="Example", incidentResponseTeam=TEAM)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201


def test_answers_carry_the_headers_of_api_gateway(client):
    # clients of the live service take them out before they compare two answers
    with pytest.raises(ClientError) as refused:
        client.get_membership(membershipId="m-0000000000")
    for answer in (client.list_memberships(), refused.value.response):
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        assert headers.keys() >= {"x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id"}
        assert headers["x-amzn-requestid"] == answer["ResponseMetadata"]["RequestId"]


def test_create_membership_is_active_at_once(client):
    with freeze_time(NOON):
        membership_id = create(client, optInFeatures=[{"featureName": "Triage", "isEnabled": True}])
        membership = get(client, membership_id)
    team = membership.pop("incidentResponseTeam")
    assert [{key: one[key] for key in ALICE} for one in team] == TEAM
    assert membership == {
        "membershipId": membership_id,
        "accountId": "111111111111",
        "region": "eu-west-1",
        "membershipName": "Example",
        "membershipArn": f"arn:aws:security-ir:eu-west-1:111111111111:membership/{membership_id}",
        "membershipStatus": "Active",
        "membershipActivationTimestamp": NOON,
        "customerType": "Standalone",
        "numberOfAccountsCovered": 1,
        "optInFeatures": [{"featureName": "Triage", "isEnabled": True}],
        "membershipAccountsConfigurations": {
            "coverEntireOrganization": False,
            "organizationalUnits": [],
        },
    }


def test_create_membership_leaves_triage_off_when_it_is_not_mentioned(client, membership_id):
    assert get(client, membership_id)["optInFeatures"] == [
        {"featureName": "Triage", "isEnabled": False}
    ]


def test_create_membership_sends_every_notification_to_who_states_no_preferences(client):
    chosen = {**ALICE, "communicationPreferences": ["Case Created"]}
    none = {**CAROL, "communicationPreferences": []}
    team = get(client, create(client, incidentResponseTeam=[BOB, chosen, none]))[
        "incidentResponseTeam"
    ]
    shape = client.meta.service_model.shape_for("CommunicationType")
    assert [one["communicationPreferences"] for one in team] == [shape.enum, ["Case Created"], []]


def test_create_membership_covers_one_account_outside_organizations_whatever_is_asked(client):
    membership = get(client, create(client, coverEntireOrganization=True))
    assert membership["customerType"] == "Standalone"
    assert membership["numberOfAccountsCovered"] == 1
    assert membership["membershipAccountsConfigurations"]["coverEntireOrganization"] is True


def test_create_membership_again_with_the_same_token_returns_the_same_id(client):
    assert create(client, clientToken="token") == create(client, clientToken="token")


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"], ids=["same region", "other region"])
def test_create_membership_conflicts_with_the_active_one(membership_mock, membership_id, region):
    client = membership_mock.client("security-ir", account="111111111111", region=region)
    with pytest.raises(client.exceptions.ConflictException) as refusal:
        create(client)
    assert refusal.value.response["resourceId"] == membership_id
    assert refusal.value.response["resourceType"] == "Membership"
    assert refusal.value.response["Error"]["Message"] == (
        f"Account 111111111111 already has the active membership {membership_id}"
        " in Region eu-west-1."
    )


def test_create_membership_in_another_account_is_another_membership(membership_mock, membership_id):
    other = membership_mock.client("security-ir", account="222222222222", region="eu-west-1")
    assert create(other) != membership_id


def test_create_membership_conflicts_when_two_team_members_share_an_email(client):
    twin = {**ALICE, "email": "BOB.Jones@example.com"}
    with pytest.raises(client.exceptions.ConflictException) as refusal:
        create(client, incidentResponseTeam=[BOB, twin])
    assert refusal.value.response["resourceType"] == "IncidentResponder"
    assert "example.com" not in str(refusal.value.response).lower()
    assert listed(client) == []


def test_create_membership_accepts_team_members_that_share_all_but_the_email(client):
    create(client, incidentResponseTeam=[ALICE, {**ALICE, "email": "alice.two@example.com"}])


def test_create_membership_refuses_team_members_that_are_wholly_equal(client):
    with pytest.raises(client.exceptions.ValidationException) as refusal:
        create(client, incidentResponseTeam=[ALICE, ALICE])
    assert refusal.value.response["fieldList"][0]["name"] == "incidentResponseTeam"


def test_create_membership_refuses_one_feature_given_twice(client):
    both = [{"featureName": "Triage", "isEnabled": on} for on in (True, False)]
    with pytest.raises(client.exceptions.ValidationException) as refusal:
        create(client, optInFeatures=both)
    assert refusal.value.response["reason"] == "OTHER"
    assert [field["name"] for field in refusal.value.response["fieldList"]] == ["optInFeatures"]


def test_create_membership_refuses_reserved_tag_keys(client):
    with pytest.raises(client.exceptions.ValidationException) as refusal:
        create(client, tags={"team": "blue", "aws:owner": "me"})
    assert [field["name"] for field in refusal.value.response["fieldList"]] == ["tags"]
    assert listed(client) == []


@pytest.mark.parametrize(
    ("account", "region"),
    [
        pytest.param("222222222222", "eu-west-1", id="of another account"),
        pytest.param("111111111111", "us-east-1", id="of another region"),
    ],
)
@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("get_membership", {}),
        ("cancel_membership", {}),
        ("update_membership", {"membershipName": "Mine now"}),
        ("batch_get_member_account_details", {"accountIds": ["111111111111"]}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_operations_are_denied_for_a_membership(
    membership_mock, membership_id, account, region, operation, arguments
):
    stranger = membership_mock.client("security-ir", account=account, region=region)
    with pytest.raises(stranger.exceptions.AccessDeniedException, match=membership_id):
        getattr(stranger, operation)(membershipId=membership_id, **arguments)


def test_get_membership_is_denied_for_an_unknown_id(client):
    with pytest.raises(client.exceptions.AccessDeniedException) as refusal:
        client.get_membership(membershipId="m-aaaaaaaaaaaaaaaaaaaa")
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_list_memberships_is_empty_before_the_first(client):
    assert client.list_memberships()["items"] == []


def test_list_memberships_shows_five_fields_of_a_membership(client, membership_id):
    assert client.list_memberships()["items"] == [
        {
            "membershipId": membership_id,
            "accountId": "111111111111",
            "region": "eu-west-1",
            "membershipArn": (
                f"arn:aws:security-ir:eu-west-1:111111111111:membership/{membership_id}"
            ),
            "membershipStatus": "Active",
        }
    ]


@pytest.mark.parametrize(
    ("account", "region"), [("111111111111", "us-east-1"), ("222222222222", "eu-west-1")]
)
def test_list_memberships_is_empty_elsewhere(membership_mock, membership_id, account, region):
    assert listed(membership_mock.client("security-ir", account=account, region=region)) == []


def test_list_memberships_pages_through_all_of_them_oldest_first(client):
    ids = []
    for _ in range(30):
        ids.append(create(client))
        client.cancel_membership(membershipId=ids[-1])
    first = client.list_memberships()
    assert len(first["items"]) == 25
    pages = list(
        client.get_paginator("list_memberships").paginate(PaginationConfig={"PageSize": 7})
    )
    assert [len(page["items"]) for page in pages] == [7, 7, 7, 7, 2]
    assert [item["membershipId"] for page in pages for item in page["items"]] == ids
    assert "nextToken" not in pages[-1]


def test_cancel_membership_keeps_the_id_listed_as_cancelled(client, membership_id):
    assert client.cancel_membership(membershipId=membership_id)["membershipId"] == membership_id
    assert listed(client) == [(membership_id, "Cancelled")]


def test_cancel_membership_takes_effect_at_once_and_covers_nobody(client, membership_id):
    with freeze_time(NOON):
        client.cancel_membership(membershipId=membership_id)
        membership = get(client, membership_id)
    assert membership["membershipStatus"] == "Cancelled"
    assert membership["membershipDeactivationTimestamp"] == NOON
    assert membership["numberOfAccountsCovered"] == 0


def test_cancel_membership_a_second_time_changes_nothing(client, membership_id):
    with freeze_time(NOON) as time:
        client.cancel_membership(membershipId=membership_id)
        before = get(client, membership_id)
        time.tick(timedelta(days=1))
        client.cancel_membership(membershipId=membership_id)
        assert get(client, membership_id) == before


def test_create_membership_after_a_cancellation_gives_a_new_id(client, membership_id):
    client.cancel_membership(membershipId=membership_id)
    second = create(client)
    assert listed(client) == [(membership_id, "Cancelled"), (second, "Active")]


def test_create_membership_after_a_cancellation_may_choose_another_region(
    membership_mock, client, membership_id
):
    client.cancel_membership(membershipId=membership_id)
    elsewhere = membership_mock.client("security-ir", account="111111111111", region="us-east-1")
    second = create(elsewhere)
    assert listed(elsewhere) == [(second, "Active")]
    assert listed(client) == [(membership_id, "Cancelled")]


def test_update_membership_without_changes_changes_nothing(client, membership_id):
    before = get(client, membership_id)
    client.update_membership(membershipId=membership_id)
    assert get(client, membership_id) == before


def test_update_membership_replaces_the_whole_team(client, membership_id):
    client.update_membership(membershipId=membership_id, incidentResponseTeam=[CAROL, ALICE])
    team = get(client, membership_id)["incidentResponseTeam"]
    assert [one["name"] for one in team] == ["Carol", "Alice"]
    assert len(team[0]["communicationPreferences"]) == 16


def test_update_membership_changes_name_and_features_only(client, membership_id):
    before = get(client, membership_id)
    features = [{"featureName": "Triage", "isEnabled": True}]
    client.update_membership(
        membershipId=membership_id, membershipName="Renamed", optInFeatures=features
    )
    assert get(client, membership_id) == {
        **before,
        "membershipName": "Renamed",
        "optInFeatures": features,
    }


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        pytest.param(
            {"incidentResponseTeam": [ALICE, {**BOB, "email": "Alice@example.com"}]},
            "ConflictException",
            id="shared email",
        ),
        pytest.param(
            {"undoMembershipCancellation": True}, "ConflictException", id="nothing to undo"
        ),
        pytest.param(
            {"undoMembershipCancellation": False}, "ValidationException", id="undo is false"
        ),
        pytest.param(
            {"optInFeatures": [{"featureName": "Triage", "isEnabled": on} for on in (True, False)]},
            "ValidationException",
            id="contradictory features",
        ),
        pytest.param(
            {
                "membershipAccountsConfigurationsUpdate": {
                    "organizationalUnitsToAdd": ["ou-abcd-12345678"]
                }
            },
            "ValidationException",
            id="units without an organization",
        ),
    ],
)
def test_update_membership_changes_nothing_when_it_is_refused(client, membership_id, refused, code):
    before = get(client, membership_id)
    with pytest.raises(ClientError) as refusal:
        client.update_membership(membershipId=membership_id, membershipName="Renamed", **refused)
    assert refusal.value.response["Error"]["Code"] == code
    assert get(client, membership_id) == before


def test_update_membership_refuses_an_undo_that_is_false(client, membership_id):
    client.cancel_membership(membershipId=membership_id)
    with pytest.raises(client.exceptions.ValidationException) as refusal:
        client.update_membership(membershipId=membership_id, undoMembershipCancellation=False)
    assert refusal.value.response["reason"] == "OTHER"
    names = [field["name"] for field in refusal.value.response["fieldList"]]
    assert names == ["undoMembershipCancellation"]


def test_update_membership_conflicts_with_a_cancellation(client, membership_id):
    client.cancel_membership(membershipId=membership_id)
    with pytest.raises(client.exceptions.ConflictException) as refusal:
        client.update_membership(membershipId=membership_id, membershipName="Renamed")
    assert refusal.value.response["Error"]["Message"] == (
        f"You cannot update membership {membership_id} because its status is Cancelled."
    )
    assert refusal.value.response["resourceId"] == membership_id


def test_update_membership_undoes_a_cancellation(client, membership_id):
    before = get(client, membership_id)
    client.cancel_membership(membershipId=membership_id)
    client.update_membership(membershipId=membership_id, undoMembershipCancellation=True)
    assert get(client, membership_id) == before


def test_update_membership_undoes_and_changes_in_one_request(client, membership_id):
    client.cancel_membership(membershipId=membership_id)
    client.update_membership(
        membershipId=membership_id, undoMembershipCancellation=True, membershipName="Renamed"
    )
    membership = get(client, membership_id)
    assert (membership["membershipStatus"], membership["membershipName"]) == ("Active", "Renamed")


def test_update_membership_cannot_undo_beside_a_new_membership(client, membership_id):
    client.cancel_membership(membershipId=membership_id)
    second = create(client)
    with pytest.raises(client.exceptions.ConflictException) as refusal:
        client.update_membership(membershipId=membership_id, undoMembershipCancellation=True)
    assert refusal.value.response["resourceId"] == second
    assert listed(client) == [(membership_id, "Cancelled"), (second, "Active")]


def test_update_membership_can_undo_once_the_new_membership_is_cancelled(client, membership_id):
    client.cancel_membership(membershipId=membership_id)
    second = create(client)
    client.cancel_membership(membershipId=second)
    client.update_membership(membershipId=membership_id, undoMembershipCancellation=True)
    assert listed(client) == [(membership_id, "Active"), (second, "Cancelled")]


def test_list_cases_asks_for_an_active_membership(client, membership_id):
    assert client.list_cases()["items"] == []
    client.cancel_membership(membershipId=membership_id)
    with pytest.raises(client.exceptions.SecurityIncidentResponseNotActiveException):
        client.list_cases()


def test_batch_get_member_account_details_knows_a_standalone_account_only(client, membership_id):
    answer = client.batch_get_member_account_details(
        membershipId=membership_id,
        accountIds=["222222222222", "111111111111", "222222222222"],
    )
    assert answer["items"] == [
        {
            "accountId": "222222222222",
            "relationshipStatus": "Unassociated",
            "relationshipType": "Unrelated",
        },
        {
            "accountId": "111111111111",
            "relationshipStatus": "Associated",
            "relationshipType": "Organization",
        },
    ]
    assert answer["errors"] == []


def test_batch_get_member_account_details_asks_for_an_active_membership(client, membership_id):
    client.cancel_membership(membershipId=membership_id)
    with pytest.raises(client.exceptions.SecurityIncidentResponseNotActiveException):
        client.batch_get_member_account_details(
            membershipId=membership_id, accountIds=["111111111111"]
        )
