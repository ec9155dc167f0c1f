"""The project is applied, has nothing left to change, and leaves nothing behind."""

import pytest

from conftest import ADMINISTRATOR, MEMBER


def test_the_member_is_enabled_and_the_project_is_stable(terraform, membership_mock):
    terraform("apply", "-auto-approve", "-input=false")

    administrator = membership_mock.client("securityhub", account=ADMINISTRATOR)
    (found,) = administrator.list_members()["Members"]
    assert (found["AccountId"], found["MemberStatus"]) == (MEMBER, "Enabled")
    membership_mock.calls.assert_in_order(
        ("InviteMembers", {"account": ADMINISTRATOR}),
        ("AcceptInvitation", {"account": MEMBER}),  # the older name of the operation
    )

    # With -detailed-exitcode, 2 means that there is something left to change.
    terraform("plan", "-input=false", "-detailed-exitcode", statuses=(0,))

    terraform("destroy", "-auto-approve", "-input=false")
    for account in (ADMINISTRATOR, MEMBER):
        hub = membership_mock.client("securityhub", account=account)
        with pytest.raises(hub.exceptions.InvalidAccessException):  # it is not enabled any more
            hub.describe_hub()
