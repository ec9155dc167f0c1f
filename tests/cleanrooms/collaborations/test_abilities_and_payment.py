"""Abilities and payment: who may run queries, and who accepts to pay for them."""

import pytest

from tests.cleanrooms.collaboration_samples import (
    RUNNER,
    A,
    B,
    C,
    join,
    member,
    new_collaboration,
    pays,
    refusal,
)

JOBS = [*RUNNER, "CAN_RUN_JOB"]
TRAINING = {
    "queryCompute": {"isResponsible": False},
    "machineLearning": {"modelTraining": {"isResponsible": True}},
}


def refused(call, *arguments, **others):
    answer = refusal(call, *arguments, **others)
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["reason"] == "INVALID_CONFIGURATION"
    return answer["Error"]["Message"]


def payments(client, room):
    answer = client.list_members(collaborationIdentifier=room)
    return {each["accountId"]: each["paymentConfiguration"] for each in answer["memberSummaries"]}


def pay(*costs, **explicit):
    return {"paymentConfiguration": pays(*costs, **explicit)}


@pytest.mark.parametrize(
    ("of_a", "of_b"),
    [
        pytest.param([], [], id="nobody queries"),
        pytest.param(["CAN_QUERY"], ["CAN_QUERY"], id="two query"),
        pytest.param(["CAN_QUERY"], ["CAN_RUN_JOB"], id="another one runs jobs"),
        pytest.param(["CAN_RUN_JOB"], [], id="jobs without queries"),
    ],
)
def test_a_collaboration_has_exactly_one_member_who_runs_things(a, of_a, of_b):
    refused(new_collaboration, a, member(B, *of_b), creatorMemberAbilities=of_a)
    assert a.list_collaborations()["collaborationList"] == []


@pytest.mark.parametrize(
    ("of_a", "of_b", "field"),
    [
        pytest.param([], [], "creatorMemberAbilities", id="nobody queries"),
        pytest.param(["CAN_QUERY"], ["CAN_QUERY"], "members", id="two query"),
        pytest.param(["CAN_QUERY"], ["CAN_RUN_JOB"], "members", id="another one runs jobs"),
        pytest.param(["CAN_RUN_JOB"], ["CAN_QUERY"], "creatorMemberAbilities", id="creator does"),
    ],
)
def test_a_refusal_of_abilities_names_the_field_that_has_them(a, of_a, of_b, field):
    with pytest.raises(a.exceptions.ValidationException) as caught:
        new_collaboration(a, member(B, *of_b), creatorMemberAbilities=of_a)
    assert [each["name"] for each in caught.value.response["fieldList"]] == [field]


@pytest.mark.parametrize("runner", ["creator", "members"])
def test_a_refusal_of_payment_names_the_field_that_has_it(a, runner):
    unpaid = pays("queryCompute", jobCompute=False)
    arguments = (
        {"creatorMemberAbilities": JOBS, "creatorPaymentConfiguration": unpaid, "members": []}
        if runner == "creator"
        else {
            "creatorMemberAbilities": [],
            "members": [member(B, *JOBS, paymentConfiguration=unpaid)],
        }
    )
    with pytest.raises(a.exceptions.ValidationException) as caught:
        new_collaboration(a, **arguments)
    field = "creatorPaymentConfiguration" if runner == "creator" else "members"
    assert [each["name"] for each in caught.value.response["fieldList"]] == [field]


def test_an_invited_member_may_be_the_one_who_queries(clients):
    room = new_collaboration(clients[A], member(B, *RUNNER), creatorMemberAbilities=[])["id"]
    assert payments(clients[A], room) == {A: pays(), B: pays("queryCompute")}
    assert join(clients[B], room)["memberAbilities"] == RUNNER


def test_several_members_may_receive_results(a):
    room = new_collaboration(a, member(B, "CAN_RECEIVE_RESULTS"), member(C, "CAN_RECEIVE_RESULTS"))
    answer = a.list_members(collaborationIdentifier=room["id"])
    assert all("CAN_RECEIVE_RESULTS" in each["abilities"] for each in answer["memberSummaries"])


def test_an_ability_can_be_given_only_once(a):
    with pytest.raises(a.exceptions.ValidationException) as caught:
        new_collaboration(a, creatorMemberAbilities=["CAN_QUERY", "CAN_QUERY"])
    assert caught.value.response["reason"] == "FIELD_VALIDATION_FAILED"
    assert caught.value.response["fieldList"][0]["name"] == "creatorMemberAbilities"


def test_the_runner_pays_when_nobody_is_named(a):
    room = new_collaboration(a, member(B, paymentConfiguration=pays()))["id"]
    assert payments(a, room) == {A: pays("queryCompute"), B: pays()}


def test_another_member_may_pay_for_queries(clients):
    room = new_collaboration(
        clients[A], member(B, *RUNNER), creatorMemberAbilities=[],
        creatorPaymentConfiguration=pays("queryCompute"),
    )["id"]  # fmt: skip
    assert payments(clients[A], room) == {A: pays("queryCompute"), B: pays()}


def test_several_members_may_be_payer_candidates(a):
    room = new_collaboration(
        a, member(B, **pay("queryCompute")), creatorPaymentConfiguration=pays("queryCompute")
    )["id"]
    assert payments(a, room) == {A: pays("queryCompute"), B: pays("queryCompute")}


def test_payment_that_is_given_in_parts_is_shown_whole(a):
    room = new_collaboration(a, member(B, paymentConfiguration=TRAINING))["id"]
    assert payments(a, room)[B] == pays("modelTraining")


def test_who_runs_jobs_pays_for_them(a):
    room = new_collaboration(a, creatorMemberAbilities=JOBS)["id"]
    assert payments(a, room) == {A: pays("queryCompute", "jobCompute")}


def test_who_runs_jobs_cannot_be_told_not_to_pay(a):
    given = pays("queryCompute", jobCompute=False)
    refused(new_collaboration, a, creatorMemberAbilities=JOBS, creatorPaymentConfiguration=given)


def test_the_runner_accepts_payment_without_saying_so(a, collaboration_id):
    assert join(a, collaboration_id)["paymentConfiguration"] == pays("queryCompute")


def test_the_runner_may_say_that_it_pays(a, collaboration_id):
    accepted = {"queryCompute": {"isResponsible": True}}
    membership = join(a, collaboration_id, paymentConfiguration=accepted)
    assert membership["paymentConfiguration"] == pays("queryCompute")


def test_the_runner_may_take_the_models_that_nobody_is_named_for(a, collaboration_id):
    accepted = pays("queryCompute", "modelTraining", "modelInference")
    assert join(a, collaboration_id, paymentConfiguration=accepted)["paymentConfiguration"] == (
        accepted
    )


def test_another_payer_has_to_say_that_it_pays(clients):
    room = new_collaboration(clients[A], member(B, **pay("queryCompute", "modelTraining")))["id"]
    message = refused(join, clients[B], room)
    assert "queryCompute, machineLearning.modelTraining" in message
    membership = join(clients[B], room, **pay("queryCompute", "modelTraining"))
    assert membership["paymentConfiguration"] == pays("queryCompute", "modelTraining")


@pytest.mark.parametrize("cost", ["queryCompute", "jobCompute", "modelTraining", "modelInference"])
def test_joining_refuses_payment_that_does_not_fit(clients, cost):
    room = new_collaboration(clients[A], member(B, **pay(cost)), member(C))["id"]
    assert "cannot be false" in refused(join, clients[B], room, **pay())
    assert "cannot be true" in refused(join, clients[C], room, **pay(cost))
    assert clients[B].list_memberships()["membershipSummaries"] == []


def test_a_member_who_pays_nothing_may_say_so(clients, collaboration_id):
    assert join(clients[B], collaboration_id, **pay())["paymentConfiguration"] == pays()


def test_payment_can_be_declined_and_accepted_later(clients):
    room = new_collaboration(clients[A], member(B, **pay("queryCompute", "jobCompute")))["id"]
    membership = join(clients[B], room, **pay("queryCompute", "jobCompute"))
    for accepted in (False, True):
        answer = clients[B].update_membership(
            membershipIdentifier=membership["id"],
            membershipPaymentConfiguration={"queryCompute": {"isResponsible": accepted}},
        )
        assert answer["membership"]["paymentConfiguration"] == pays(
            "jobCompute", queryCompute=accepted
        )
    assert payments(clients[A], room)[B] == pays("queryCompute", "jobCompute")
