"""Custom actions."""

import pytest

from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, refused

ARN = f"arn:aws:securityhub:{IRELAND}:{ADMIN}:action/custom/Ticket"


def create(client, action_id="Ticket", name="Open a ticket"):
    """Create a custom action, and return its ARN."""
    return client.create_action_target(Name=name, Description="Opens a ticket", Id=action_id)[
        "ActionTargetArn"
    ]


def described(client, *arns):
    """Return the names of custom actions."""
    given = {"ActionTargetArns": list(arns)} if arns else {}
    return [one["Name"] for one in client.describe_action_targets(**given)["ActionTargets"]]


def test_an_action_reads_back_as_it_was_created(admin):
    assert create(admin) == ARN
    assert admin.describe_action_targets()["ActionTargets"] == [
        {"ActionTargetArn": ARN, "Name": "Open a ticket", "Description": "Opens a ticket"}
    ]


def test_an_update_leaves_alone_what_it_does_not_name(admin):
    create(admin)
    admin.update_action_target(ActionTargetArn=ARN, Name="Ticket")
    admin.update_action_target(ActionTargetArn=ARN, Description="Opens one")
    (found,) = admin.describe_action_targets()["ActionTargets"]
    assert (found["Name"], found["Description"]) == ("Ticket", "Opens one")


def test_a_deleted_action_is_gone_and_its_id_is_free(admin):
    create(admin)
    assert admin.delete_action_target(ActionTargetArn=ARN)["ActionTargetArn"] == ARN
    assert described(admin) == []
    create(admin)


def test_an_id_is_taken_once(admin):
    # observed
    create(admin)
    assert refused(create, client=admin) == (
        "ResourceConflictException", 409, "Action with Id: Ticket already exists",
    )  # fmt: skip
    assert described(admin) == ["Open a ticket"]


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        ({"Name": "x" * 21}, "Name"),
        ({"Id": "x" * 21}, "Id"),
        ({"Id": "open-ticket"}, "Id"),
        ({"Id": "öffnen"}, "Id"),
    ],
)
def test_names_and_ids_have_limits(admin, arguments, parameter):
    given = {"Name": "n", "Description": "d", "Id": "i", **arguments}
    code, status, message = refused(admin.create_action_target, **given)
    assert (code, status) == ("InvalidInputException", 400)
    assert message.startswith(f"Invalid parameter '{parameter}'. ")
    assert described(admin) == []


def test_a_long_name_does_not_take_the_place_of_another(admin):
    create(admin)
    code = refused(
        admin.update_action_target, ActionTargetArn=ARN, Name="x" * 21, Description="changed"
    )[0]
    assert code == "InvalidInputException"
    (found,) = admin.describe_action_targets()["ActionTargets"]
    assert found["Description"] == "Opens a ticket"


def test_unknown_actions_are_described_by_nothing(admin):
    # observed, though the model has an error for it
    create(admin)
    assert described(admin, ARN, f"{ARN}2") == ["Open a ticket"]
    assert described(admin, f"{ARN}2") == []


def test_unknown_actions_can_be_neither_updated_nor_deleted(admin):
    for call in (admin.update_action_target, admin.delete_action_target):
        assert refused(call, ActionTargetArn=ARN) == (
            "ResourceNotFoundException", 404, "Action target not found",
        )  # fmt: skip


@pytest.mark.parametrize("arn", [ARN.replace(IRELAND, OHIO), ARN.replace(ADMIN, MEMBER)])
def test_actions_of_other_accounts_and_regions_are_denied(admin, arn):
    for call in (admin.update_action_target, admin.delete_action_target):
        assert refused(call, ActionTargetArn=arn)[:2] == ("AccessDeniedException", 403)


def test_actions_belong_to_one_account_in_one_region(admin, member, hub):
    create(admin)
    assert described(member) == described(hub(ADMIN, OHIO)) == []


def test_an_account_has_50_actions_at_the_most(admin, hasty):
    for number in range(50):
        create(admin, str(number))
    assert refused(create, client=hasty)[:2] == ("LimitExceededException", 429)
    assert len(described(admin)) == 50


def test_actions_are_listed_oldest_first_page_by_page(admin):
    for name in "bac":
        create(admin, name, name)
    pages = admin.get_paginator("describe_action_targets").paginate(
        PaginationConfig={"PageSize": 2}
    )
    assert [one["Name"] for page in pages for one in page["ActionTargets"]] == list("bac")


def test_an_action_outlives_the_hub_and_carries_no_tags(admin):
    create(admin)
    assert refused(admin.tag_resource, ResourceArn=ARN, Tags={"a": "b"})[0] == (
        "ResourceNotFoundException"
    )
    admin.disable_security_hub()
    admin.enable_security_hub()
    assert described(admin) == ["Open a ticket"]
