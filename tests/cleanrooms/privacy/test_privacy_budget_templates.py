"""Privacy budget templates: who makes, sees, changes and deletes them."""

import pytest

from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    REGION,
    STRANGER,
    A,
    B,
    code,
    refusal,
)
from tests.cleanrooms.privacy_samples import (
    access_template,
    create,
    privacy_template,
    private_budget,
    private_table,
    run,
)
from tests.cleanrooms.table_samples import ready_table


def get(client, membership_id, template_id):
    return client.get_privacy_budget_template(
        membershipIdentifier=membership_id, privacyBudgetTemplateIdentifier=template_id
    )["privacyBudgetTemplate"]


def delete(client, membership_id, template_id):
    client.delete_privacy_budget_template(
        membershipIdentifier=membership_id, privacyBudgetTemplateIdentifier=template_id
    )


def seen(client, collaboration_id):
    answer = client.list_collaboration_privacy_budget_templates(
        collaborationIdentifier=collaboration_id
    )
    return answer["collaborationPrivacyBudgetTemplateSummaries"]


def seen_one(client, collaboration_id, template_id):
    return client.get_collaboration_privacy_budget_template(
        collaborationIdentifier=collaboration_id, privacyBudgetTemplateIdentifier=template_id
    )["collaborationPrivacyBudgetTemplate"]


def test_create_returns_the_template_and_get_returns_it_again(b, collaboration_id, memberships):
    template = privacy_template(b, memberships[B], 3, 50)
    moment = template["createTime"]
    assert template == {
        "id": template["id"],
        "arn": f"arn:aws:cleanrooms:{REGION}:{B}:membership/{memberships[B]}"
        f"/privacybudgettemplate/{template['id']}",
        "membershipId": memberships[B],
        "membershipArn": f"arn:aws:cleanrooms:{REGION}:{B}:membership/{memberships[B]}",
        "collaborationId": collaboration_id,
        "collaborationArn": f"arn:aws:cleanrooms:{REGION}:{A}:collaboration/{collaboration_id}",
        "createTime": moment,
        "updateTime": moment,
        "privacyBudgetType": "DIFFERENTIAL_PRIVACY",
        "autoRefresh": "NONE",
        "parameters": {"differentialPrivacy": {"epsilon": 3, "usersNoisePerQuery": 50}},
    }
    assert get(b, memberships[B], template["id"]) == template


def test_an_access_budget_shows_its_parameters_in_their_order(b, memberships):
    table = ready_table(b, memberships[B], A)
    template = access_template(
        b, memberships[B], table["arn"], ("LIFETIME", 9), ("DAY", 2), autoRefresh="CALENDAR_MONTH"
    )
    assert template["autoRefresh"] == "CALENDAR_MONTH"
    assert template["parameters"] == {
        "accessBudget": {
            "budgetParameters": [
                {"type": "LIFETIME", "budget": 9},
                {"type": "CALENDAR_DAY", "budget": 2, "autoRefresh": "ENABLED"},
            ],
            "resourceArn": table["arn"],
        }
    }


def test_the_others_see_whose_it_is_and_not_its_membership(a, b, collaboration_id, memberships):
    template = privacy_template(b, memberships[B])
    shown = {name: each for name, each in template.items() if not name.startswith("membership")}
    shown["creatorAccountId"] = B
    assert seen_one(a, collaboration_id, template["id"]) == shown
    assert seen_one(b, collaboration_id, template["id"]) == shown
    del shown["parameters"], shown["autoRefresh"]
    assert seen(a, collaboration_id) == seen(b, collaboration_id) == [shown]


def test_lists_are_those_of_a_membership_or_of_everybody(a, b, collaboration_id, memberships):
    ids = []
    for client, mid, name in ((b, memberships[B], "b"), (a, memberships[A], "a")):
        table = ready_table(client, mid, A, name=name)
        ids.append(access_template(client, mid, table["arn"], ("DAY", 1))["id"])
    ids.append(privacy_template(b, memberships[B])["id"])
    assert [each["id"] for each in seen(a, collaboration_id)] == ids
    for client, mid, own in ((a, memberships[A], ids[1:2]), (b, memberships[B], ids[::2])):
        held = client.list_privacy_budget_templates(membershipIdentifier=mid)
        summaries = held["privacyBudgetTemplateSummaries"]
        assert [each["id"] for each in summaries] == own
        assert all("parameters" not in each for each in summaries)


def test_budgets_are_those_of_a_membership_or_of_everybody(a, b, collaboration_id, memberships):
    template = privacy_template(b, memberships[B])
    theirs = private_budget(a, collaboration_id)
    assert theirs["privacyBudgetTemplateArn"] == template["arn"]
    assert theirs["creatorAccountId"] == B
    assert theirs["id"] != template["id"]
    asked = {"privacyBudgetType": "DIFFERENTIAL_PRIVACY"}
    (mine,) = b.list_privacy_budgets(membershipIdentifier=memberships[B], **asked)[
        "privacyBudgetSummaries"
    ]
    assert (mine.pop("membershipId"), theirs.pop("creatorAccountId")) == (memberships[B], B)
    assert mine.pop("membershipArn") == template["membershipArn"]
    assert mine == theirs
    own = a.list_privacy_budgets(membershipIdentifier=memberships[A], **asked)
    assert own["privacyBudgetSummaries"] == []


def test_a_collaboration_has_one_budget_for_differential_privacy(a, b, memberships):
    template = privacy_template(b, memberships[B])
    for client, mid in ((a, memberships[A]), (b, memberships[B])):
        answer = refusal(privacy_template, client, mid)
        assert answer["Error"]["Code"] == "ConflictException"
        assert (answer["reason"], answer["resourceId"]) == ("ALREADY_EXISTS", template["id"])
    delete(b, memberships[B], template["id"])
    privacy_template(a, memberships[A])


def test_parameters_have_to_be_of_the_type(b, memberships):
    parameters = {"differentialPrivacy": {"epsilon": 1, "usersNoisePerQuery": 10}}
    answer = refusal(create, b, memberships[B], "ACCESS_BUDGET", parameters)
    assert answer["reason"] == "INVALID_CONFIGURATION"
    assert answer["fieldList"][0]["name"] == "parameters"
    template = privacy_template(b, memberships[B])
    given = {
        "membershipIdentifier": memberships[B],
        "privacyBudgetTemplateIdentifier": template["id"],
    }
    answer = refusal(b.update_privacy_budget_template, **given, privacyBudgetType="ACCESS_BUDGET")
    assert answer["fieldList"][0]["name"] == "privacyBudgetType"
    assert get(b, memberships[B], template["id"]) == template


def test_an_update_without_changes_moves_the_time(membership_mock, b, memberships):
    template = privacy_template(b, memberships[B])
    membership_mock.clock.advance(seconds=5)
    updated = b.update_privacy_budget_template(
        membershipIdentifier=memberships[B],
        privacyBudgetTemplateIdentifier=template["id"],
        privacyBudgetType="DIFFERENTIAL_PRIVACY",
    )["privacyBudgetTemplate"]
    assert updated.pop("updateTime") > template.pop("updateTime")
    assert updated == template


def test_the_budget_tells_when_it_was_used(membership_mock, a, b, collaboration_id, memberships):
    private_table(b, memberships[B], A)
    privacy_template(b, memberships[B])
    before = private_budget(a, collaboration_id)
    assert before["createTime"] == before["updateTime"]
    membership_mock.clock.advance(seconds=5)
    run(a, memberships[A])
    after = private_budget(a, collaboration_id)
    assert after["createTime"] == before["createTime"]
    assert after["updateTime"] > before["updateTime"]


@pytest.mark.parametrize("operation", ["get", "update", "delete"])
def test_a_template_is_found_in_its_own_membership_only(a, b, memberships, operation):
    template = privacy_template(b, memberships[B])
    call = getattr(a, f"{operation}_privacy_budget_template")
    more = {"privacyBudgetType": "DIFFERENTIAL_PRIVACY"} if operation == "update" else {}
    for mid, template_id, missing in (
        (memberships[A], template["id"], template["id"]),
        (memberships[A], NOBODY, NOBODY),
        (memberships[B], template["id"], memberships[B]),
    ):
        answer = refusal(
            call, membershipIdentifier=mid, privacyBudgetTemplateIdentifier=template_id, **more
        )
        assert answer["Error"]["Code"] == "ResourceNotFoundException"
        assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", missing)
    assert get(b, memberships[B], template["id"]) == template


def test_strangers_and_invited_accounts_see_nothing(clients, a, b, collaboration_id):
    asked = {
        "collaborationIdentifier": collaboration_id,
        "privacyBudgetType": "DIFFERENTIAL_PRIVACY",
    }
    for client in (b, clients[STRANGER]):
        assert code(seen, client, collaboration_id) == "AccessDeniedException"
        assert code(seen_one, client, collaboration_id, NOBODY) == "AccessDeniedException"
        assert code(client.list_collaboration_privacy_budgets, **asked) == "AccessDeniedException"
    assert seen(a, collaboration_id) == []  # its creator has not joined either
    answer = refusal(seen_one, a, collaboration_id, NOBODY)
    assert (answer["Error"]["Code"], answer["resourceId"]) == ("ResourceNotFoundException", NOBODY)


def test_a_template_of_a_removed_member_is_its_own_only(a, b, collaboration_id, memberships):
    template = privacy_template(b, memberships[B])
    a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    assert seen(a, collaboration_id) == []
    assert code(seen_one, a, collaboration_id, template["id"]) == "ResourceNotFoundException"
    assert get(b, memberships[B], template["id"]) == template
    for call in (privacy_template, update_nothing(template)):
        answer = refusal(call, b, memberships[B])
        assert (answer["Error"]["Code"], answer["reason"]) == ("ConflictException", "INVALID_STATE")
    answer = refusal(b.delete_membership, membershipIdentifier=memberships[B])
    assert answer["reason"] == "SUBRESOURCES_EXIST"
    assert f"privacy budget template {template['id']}" in answer["Error"]["Message"]
    delete(b, memberships[B], template["id"])
    b.delete_membership(membershipIdentifier=memberships[B])


def update_nothing(template):
    def update(client, membership_id):
        client.update_privacy_budget_template(
            membershipIdentifier=membership_id,
            privacyBudgetTemplateIdentifier=template["id"],
            privacyBudgetType=template["privacyBudgetType"],
        )

    return update


def test_templates_have_tags(membership_mock, a, b, memberships):
    arn = privacy_template(b, memberships[B], tags={"Env": "test"})["arn"]
    b.tag_resource(resourceArn=arn, tags={"Team": "blue"})
    b.untag_resource(resourceArn=arn, tagKeys=["Env"])
    assert b.list_tags_for_resource(resourceArn=arn)["tags"] == {"Team": "blue"}
    assert code(a.list_tags_for_resource, resourceArn=arn) == "ResourceNotFoundException"
    tagging = membership_mock.client("resourcegroupstaggingapi", account=B, region=REGION)
    found = tagging.get_resources(ResourceTypeFilters=["cleanrooms:privacybudgettemplate"])
    assert [each["ResourceARN"] for each in found["ResourceTagMappingList"]] == [arn]
    answer = refusal(privacy_template, a, memberships[A], tags={"aws:x": "y"})
    assert answer["fieldList"][0]["name"] == "tags"


def test_show_says_what_is_left(membership_mock, capsys, a, b, memberships):
    table = private_table(b, memberships[B], A)
    privacy_template(b, memberships[B])
    access_template(b, memberships[B], table["arn"], ("DAY", 7))
    run(a, memberships[A])
    membership_mock.show()
    shown = capsys.readouterr().out
    assert "privacy budget template DIFFERENTIAL_PRIVACY, 659 COUNT DISTINCT left" in shown
    assert f"configuredtableassociation/{table['id']}, 6 left" in shown
