"""Change requests: who is asked, what they change, and every way they end."""

from datetime import datetime, timedelta, timezone

import pytest

from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    RECEIVER,
    RUNNER,
    STRANGER,
    A,
    B,
    C,
    D,
    code,
    join,
    member,
    new_collaboration,
    pays,
    refusal,
    results_to,
)
from tests.frozen_time import freeze_time

#: change requests have grown since the oldest supported boto3
pytestmark = pytest.mark.newest_model

NOON = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)


def of_member(account, *abilities, **others):
    specification = {"accountId": account, "memberAbilities": list(abilities), **others}
    return {"specificationType": "MEMBER", "specification": {"member": specification}}


def of_room(*types):
    specification = {"autoApprovedChangeTypes": list(types)}
    return {"specificationType": "COLLABORATION", "specification": {"collaboration": specification}}


def adding(account=D, *abilities):
    return of_member(account, *abilities, displayName="Newcomer")


def ask(client, room, *changes):
    return client.create_collaboration_change_request(
        collaborationIdentifier=room, changes=list(changes)
    )["collaborationChangeRequest"]


def act(client, request, action):
    return client.update_collaboration_change_request(
        collaborationIdentifier=request["collaborationId"],
        changeRequestIdentifier=request["id"],
        action=action,
    )["collaborationChangeRequest"]


def get(client, request):
    return client.get_collaboration_change_request(
        collaborationIdentifier=request["collaborationId"], changeRequestIdentifier=request["id"]
    )["collaborationChangeRequest"]


def members(client, room):
    answer = client.list_members(collaborationIdentifier=room)
    return {each["accountId"]: each for each in answer["memberSummaries"]}


@pytest.fixture
def room(clients):
    """A collaboration that A created, that A, B and C have joined."""
    made = new_collaboration(clients[A], member(B), member(C))["id"]
    for account in (A, B, C):
        join(clients[account], made)
    return made


def test_a_request_asks_everybody_who_has_joined_and_counts_the_creator(clients, room):
    with freeze_time(NOON):
        request = ask(clients[A], room, adding(D))
    assert request.pop("id")
    assert request == {
        "collaborationId": room,
        "createTime": NOON,
        "updateTime": NOON,
        "status": "PENDING",
        "isAutoApproved": False,
        "changes": [{**adding(D), "types": ["ADD_MEMBER"]}],
        "approvals": {
            A: {"status": "APPROVED"},
            B: {"status": "PENDING"},
            C: {"status": "PENDING"},
        },
    }


def test_a_request_is_approved_when_the_last_one_agrees(clients, room):
    request = ask(clients[A], room, adding(D))
    with freeze_time(NOON + timedelta(days=365)):
        answer = act(clients[B], request, "APPROVE")
    assert answer["status"] == "PENDING"
    assert answer["approvals"][B] == {"status": "APPROVED"}
    assert answer["updateTime"] == NOON + timedelta(days=365)
    assert act(clients[C], request, "APPROVE")["status"] == "APPROVED"
    assert D not in members(clients[A], room)


def test_a_request_changes_nothing_before_it_is_committed(clients, room):
    request = ask(clients[A], room, adding(D, "CAN_RECEIVE_RESULTS"))
    for account in (B, C):
        act(clients[account], request, "APPROVE")
    answer = act(clients[A], request, "COMMIT")
    assert answer["status"] == "COMMITTED"
    added = members(clients[B], room)[D]
    assert (added["status"], added["displayName"]) == ("INVITED", "Newcomer")
    assert added["abilities"] == ["CAN_RECEIVE_RESULTS"]
    assert added["paymentConfiguration"] == pays()
    join(clients[D], room, defaultResultConfiguration=results_to("results", D))


def test_a_request_that_one_member_denies_is_over(clients, room):
    request = ask(clients[A], room, adding(D))
    act(clients[B], request, "APPROVE")
    answer = act(clients[C], request, "DENY")
    assert answer["status"] == "DENIED"
    assert answer["approvals"][C] == {"status": "DENIED"}


def test_a_request_can_be_cancelled_before_and_after_it_is_approved(clients, room):
    assert act(clients[A], ask(clients[A], room, adding(D)), "CANCEL")["status"] == "CANCELLED"
    request = ask(clients[A], room, adding(D))
    for account in (B, C):
        act(clients[account], request, "APPROVE")
    assert act(clients[A], request, "CANCEL")["status"] == "CANCELLED"


def test_a_request_cannot_be_committed_before_it_is_approved(clients, room):
    request = ask(clients[A], room, adding(D))
    answer = refusal(act, clients[A], request, "COMMIT")
    assert answer["Error"]["Code"] == "ConflictException"
    assert answer["reason"] == "INVALID_STATE"
    assert get(clients[A], request) == request


@pytest.mark.parametrize("last", ["DENY", "CANCEL", "COMMIT"])
def test_a_request_that_is_over_takes_no_action(clients, room, last):
    request = ask(clients[A], room, adding(D))
    if last == "COMMIT":
        for account in (B, C):
            act(clients[account], request, "APPROVE")
    over = act(clients[B if last == "DENY" else A], request, last)
    for account, action in ((B, "APPROVE"), (C, "DENY"), (A, "CANCEL"), (A, "COMMIT")):
        answer = refusal(act, clients[account], request, action)
        assert answer["Error"]["Code"] == "ConflictException"
        assert answer["reason"] == "INVALID_STATE"
    assert get(clients[A], request) == over


@pytest.mark.parametrize("action", ["CANCEL", "COMMIT"])
def test_only_the_creator_cancels_and_commits(clients, room, action):
    request = ask(clients[A], room, adding(D))
    assert code(act, clients[B], request, action) == "AccessDeniedException"


@pytest.mark.parametrize("account", [B, STRANGER])
def test_only_the_creator_asks(clients, room, account):
    assert code(ask, clients[account], room, adding(D)) == "AccessDeniedException"


def test_invited_members_neither_see_nor_vote(clients):
    room = new_collaboration(clients[A], member(B), member(C))["id"]
    join(clients[C], room)
    request = ask(clients[A], room, adding(D))
    assert set(request["approvals"]) == {A, C}
    assert code(get, clients[B], request) == "AccessDeniedException"
    assert code(act, clients[B], request, "APPROVE") == "AccessDeniedException"
    join(clients[B], room)
    assert get(clients[B], request) == request
    assert code(act, clients[B], request, "APPROVE") == "AccessDeniedException"


def test_a_request_with_nobody_to_ask_is_approved(a, collaboration_id):
    request = ask(a, collaboration_id, adding(D))
    assert (request["status"], request["isAutoApproved"]) == ("APPROVED", False)
    assert act(a, request, "COMMIT")["status"] == "COMMITTED"


def test_a_member_who_goes_is_asked_no_longer(clients, room):
    request = ask(clients[A], room, adding(D))
    act(clients[B], request, "APPROVE")
    membership = clients[C].list_memberships()["membershipSummaries"][0]["id"]
    clients[C].delete_membership(membershipIdentifier=membership)
    answer = get(clients[A], request)
    assert answer["status"] == "APPROVED"
    assert set(answer["approvals"]) == {A, B}


def test_a_second_request_waits_until_the_first_is_over(clients, room):
    request = ask(clients[A], room, adding(D))
    answer = refusal(ask, clients[A], room, of_member(B, "CAN_RECEIVE_RESULTS"))
    assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "INVALID_STATE")
    act(clients[A], request, "CANCEL")
    ask(clients[A], room, of_member(B, "CAN_RECEIVE_RESULTS"))


@pytest.mark.parametrize(
    ("change", "types"),
    [
        pytest.param(
            adding(D, "CAN_RECEIVE_RESULTS"),
            ["ADD_MEMBER", "GRANT_RECEIVE_RESULTS_ABILITY"],
            id="a member who receives results",
        ),
        pytest.param(
            of_member(B, "CAN_EXPORT_QUERY_ANALYSIS_LOG", "CAN_RECEIVE_RESULTS"),
            ["GRANT_RECEIVE_RESULTS_ABILITY", "GRANT_EXPORT_QUERY_ANALYSIS_LOG_ABILITY"],
            id="abilities",
        ),
        pytest.param(of_member(A), ["REVOKE_RECEIVE_RESULTS_ABILITY"], id="the creator's own"),
        pytest.param(
            of_member(
                B, mlMemberAbilities={"customMLMemberAbilities": ["CAN_RECEIVE_MODEL_OUTPUT"]}
            ),
            ["GRANT_CAN_RECEIVE_MODEL_OUTPUT"],
            id="machine learning",
        ),
        pytest.param(
            of_member(B, paymentConfiguration=pays("queryCompute", "modelTraining")),
            ["ADD_PAYER_CANDIDATE"],
            id="a payer more",
        ),
        pytest.param(
            of_member(A, "CAN_RECEIVE_RESULTS", paymentConfiguration=pays("jobCompute")),
            ["ADD_PAYER_CANDIDATE", "REMOVE_PAYER_CANDIDATE"],
            id="a payer of something else",
        ),
        pytest.param(of_room("ADD_MEMBER"), ["EDIT_AUTO_APPROVED_CHANGE_TYPES"], id="the room"),
    ],
)
def test_the_types_of_a_change_follow_from_what_it_changes(clients, room, change, types):
    assert ask(clients[A], room, change)["changes"] == [{**change, "types": types}]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(of_member(B), id="nothing differs"),
        pytest.param(of_member(A, "CAN_RECEIVE_RESULTS", displayName="New"), id="only a name"),
        pytest.param(of_room(), id="the same automatic types"),
        pytest.param(of_member(D), id="a newcomer without a name"),
        pytest.param(of_member(B, "CAN_QUERY"), id="an ability that is fixed"),
        pytest.param(of_member(A, *RUNNER), id="an ability that is fixed and held"),
        pytest.param({**adding(D), "specificationType": "COLLABORATION"}, id="the wrong type"),
    ],
)
def test_a_change_that_is_impossible_or_none_is_refused(clients, room, change):
    answer = refusal(ask, clients[A], room, change)
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["reason"] == "INVALID_CONFIGURATION"
    answer = clients[A].list_collaboration_change_requests(collaborationIdentifier=room)
    assert answer["collaborationChangeRequestSummaries"] == []


def test_a_member_can_be_changed_only_once_in_a_request(clients, room):
    changes = [adding(D), of_member(D, "CAN_RECEIVE_RESULTS", displayName="Twice")]
    assert code(ask, clients[A], room, *changes) == "ValidationException"


def test_nobody_who_is_gone_can_be_added_again(clients, room):
    clients[A].delete_member(collaborationIdentifier=room, accountId=B)
    membership = clients[C].list_memberships()["membershipSummaries"][0]["id"]
    clients[C].delete_membership(membershipIdentifier=membership)
    for account in (B, C):
        answer = refusal(ask, clients[A], room, adding(account))
        assert answer["Error"]["Code"] == "ValidationException"


def test_a_request_counts_against_the_quota_of_members(clients, room):
    newcomers = [adding(f"{number:012}") for number in range(4)]
    answer = refusal(ask, clients[A], room, *newcomers)
    assert answer["quotaName"] == "Members invited per collaboration"
    ask(clients[A], room, *newcomers[:3])


def test_a_granted_ability_shows_in_the_membership(clients, room):
    request = ask(clients[A], room, of_member(B, *RECEIVER), of_member(A))
    for account in (B, C):
        act(clients[account], request, "APPROVE")
    act(clients[A], request, "COMMIT")
    abilities = [
        clients[account].list_memberships()["membershipSummaries"][0]["memberAbilities"]
        for account in (A, B)
    ]
    assert abilities == [["CAN_QUERY"], RECEIVER]


def test_the_last_machine_learning_ability_that_is_revoked_leaves_no_trace(clients):
    ml = {"customMLMemberAbilities": ["CAN_RECEIVE_MODEL_OUTPUT"]}
    room = new_collaboration(clients[A], member(B, mlMemberAbilities=ml))["id"]
    joined = join(clients[B], room)
    none = {"customMLMemberAbilities": []}
    request = ask(clients[A], room, of_member(B, mlMemberAbilities=none))
    act(clients[B], request, "APPROVE")
    act(clients[A], request, "COMMIT")
    membership = clients[B].get_membership(membershipIdentifier=joined["id"])["membership"]
    assert "mlMemberAbilities" not in membership
    assert "mlAbilities" not in members(clients[A], room)[B]


def test_a_new_display_name_of_a_member_is_applied_with_the_request(clients, room):
    request = ask(clients[A], room, of_member(B, "CAN_RECEIVE_RESULTS", displayName="Bakery"))
    for account in (B, C):
        act(clients[account], request, "APPROVE")
    assert members(clients[A], room)[B]["displayName"] != "Bakery"
    act(clients[A], request, "COMMIT")
    assert members(clients[C], room)[B]["displayName"] == "Bakery"


def test_a_new_display_name_of_the_creator_shows_in_the_collaboration(clients, room):
    request = ask(clients[A], room, of_member(A, displayName="Agency"))
    for account in (B, C):
        act(clients[account], request, "APPROVE")
    act(clients[A], request, "COMMIT")
    shown = clients[B].get_collaboration(collaborationIdentifier=room)["collaboration"]
    assert shown["creatorDisplayName"] == "Agency"


def test_a_payer_candidate_accepts_later_and_loses_what_is_taken_away(clients, room):
    def accepted():
        (item,) = clients[B].list_memberships()["membershipSummaries"]
        return item["id"], item["paymentConfiguration"]

    def change(costs):
        request = ask(clients[A], room, of_member(B, paymentConfiguration=costs))
        for account in (B, C):
            act(clients[account], request, "APPROVE")
        act(clients[A], request, "COMMIT")

    change(pays("queryCompute"))
    membership_id, payment = accepted()
    assert payment == pays()
    clients[B].update_membership(
        membershipIdentifier=membership_id, membershipPaymentConfiguration=pays("queryCompute")
    )
    assert accepted()[1] == pays("queryCompute")
    change(pays())
    assert accepted()[1] == pays()


def test_a_request_about_a_member_who_has_gone_cannot_be_committed(clients, room):
    request = ask(clients[A], room, of_member(B, "CAN_RECEIVE_RESULTS"))
    for account in (B, C):
        act(clients[account], request, "APPROVE")
    clients[A].delete_member(collaborationIdentifier=room, accountId=B)
    answer = refusal(act, clients[A], request, "COMMIT")
    assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "INVALID_STATE")
    assert members(clients[A], room)[B]["abilities"] == []


def test_what_is_approved_automatically_happens_at_once(clients):
    room = new_collaboration(clients[A], member(B), autoApprovedChangeRequestTypes=["ADD_MEMBER"])[
        "id"
    ]
    join(clients[B], room)
    request = ask(clients[A], room, adding(D))
    assert (request["status"], request["isAutoApproved"]) == ("COMMITTED", True)
    assert "approvals" not in request
    assert members(clients[B], room)[D]["status"] == "INVITED"
    assert code(act, clients[B], request, "APPROVE") == "ConflictException"


def test_a_newcomer_with_abilities_needs_each_of_them_automatic(clients):
    room = new_collaboration(clients[A], member(B), autoApprovedChangeRequestTypes=["ADD_MEMBER"])[
        "id"
    ]
    join(clients[B], room)
    request = ask(clients[A], room, adding(D, "CAN_RECEIVE_RESULTS"))
    assert (request["status"], request["isAutoApproved"]) == ("PENDING", False)


def test_the_automatic_types_change_by_a_request_themselves(clients, room):
    request = ask(clients[A], room, of_room("ADD_MEMBER"))
    for account in (B, C):
        act(clients[account], request, "APPROVE")
    act(clients[A], request, "COMMIT")
    answer = clients[B].get_collaboration(collaborationIdentifier=room)["collaboration"]
    assert answer["autoApprovedChangeTypes"] == ["ADD_MEMBER"]
    assert ask(clients[A], room, adding(D))["isAutoApproved"] is True


def test_requests_are_listed_in_order_and_by_status(clients, room):
    first = ask(clients[A], room, adding(D))
    act(clients[A], first, "CANCEL")
    second = ask(clients[A], room, adding(D))

    def listed(**filters):
        answer = clients[B].list_collaboration_change_requests(
            collaborationIdentifier=room, **filters
        )
        return [each["id"] for each in answer["collaborationChangeRequestSummaries"]]

    assert listed() == [first["id"], second["id"]]
    assert listed(status="CANCELLED") == [first["id"]]
    assert listed(status="DENIED") == []
    page = clients[B].list_collaboration_change_requests(collaborationIdentifier=room, maxResults=1)
    assert [each["id"] for each in page["collaborationChangeRequestSummaries"]] == [first["id"]]
    assert listed(nextToken=page["nextToken"]) == [second["id"]]


def test_an_unknown_request_is_not_found(clients, room):
    answer = refusal(get, clients[A], {"collaborationId": room, "id": NOBODY})
    assert answer["Error"]["Code"] == "ResourceNotFoundException"
    assert answer["resourceId"] == NOBODY


def test_a_request_of_another_room_is_not_found(clients, room):
    other = new_collaboration(clients[A])["id"]
    request = ask(clients[A], room, adding(D))
    answer = refusal(get, clients[A], {**request, "collaborationId": other})
    assert answer["Error"]["Code"] == "ResourceNotFoundException"
