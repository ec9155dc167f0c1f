"""The command is called in this process: its exit status, what it prints, and what it does."""

import pytest

import members

ADMIN, SHOP, PAY = "111122223333", "444455556666", "777788889999"


@pytest.fixture
def run(membership_mock, capsys, monkeypatch):
    """Runs the command in the region of the mock; returns status, output and errors."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    membership_mock.given.securityhub.hub(ADMIN)

    def run(*arguments):
        status = members.main(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_members_are_listed_by_status(run, membership_mock):
    membership_mock.given.securityhub.member(ADMIN, SHOP)
    membership_mock.given.securityhub.member(ADMIN, PAY, "Resigned")
    assert run("list") == (0, f"{SHOP} Enabled\n{PAY} Resigned\n", "")
    assert run("list", "--status", "Resigned") == (0, f"{PAY} Resigned\n", "")


def test_an_invited_account_sees_the_invitation(run, membership_mock):
    membership_mock.given.securityhub.hub(SHOP)
    assert run("invite", SHOP) == (0, f"invited {SHOP}\n", "")
    shop = membership_mock.client("securityhub", account=SHOP)
    (invitation,) = shop.list_invitations()["Invitations"]
    assert invitation["AccountId"] == ADMIN


def test_only_those_that_are_not_enabled_are_invited(run, membership_mock):
    membership_mock.given.securityhub.member(ADMIN, SHOP)
    membership_mock.given.securityhub.member(ADMIN, PAY, "Resigned")
    assert run("invite", SHOP, PAY)[1] == f"invited {PAY}\n"
    membership_mock.calls.assert_not_called("CreateMembers")
    membership_mock.calls.assert_called("InviteMembers", parameters={"AccountIds": [PAY]})


def test_a_refused_account_is_named_and_the_status_says_so(run, membership_mock):
    membership_mock.faults.refuse_accounts("CreateMembers", [PAY], reason="Account is suspended")
    status, out, err = run("invite", SHOP, PAY)
    assert (status, out) == (1, f"invited {SHOP}\n")
    assert err == f"members: {PAY}: Account is suspended\n"


@pytest.mark.parametrize("command", ["invite", "remove"])
def test_a_dry_run_changes_nothing(run, membership_mock, command):
    membership_mock.given.securityhub.member(ADMIN, SHOP, "Resigned")
    with membership_mock.strict("securityhub.ListMembers"):
        assert run(command, SHOP, "--dry-run") == (0, f"to {command}: {SHOP}\n", "")


def test_a_member_is_removed_on_both_sides(run, membership_mock):
    membership_mock.given.securityhub.member(ADMIN, SHOP)
    assert run("remove", SHOP, PAY) == (0, f"removed {SHOP}\n", "")
    assert run("list")[1] == ""
    shop = membership_mock.client("securityhub", account=SHOP)
    assert "Administrator" not in shop.get_administrator_account()


def test_an_error_of_aws_is_told_in_a_line(run, membership_mock):
    membership_mock.fail("ListMembers", "AccessDeniedException", message="No.")
    status, _, err = run("list")
    assert status == 3
    assert err.startswith("members: An error occurred (AccessDeniedException)")
    assert err.count("\n") == 1


def test_a_mistyped_account_is_refused_before_any_call(run, membership_mock, capsys):
    with pytest.raises(SystemExit) as end:
        run("invite", "4444-5555-6666")
    assert end.value.code == 2
    assert "is not an account id of 12 digits" in capsys.readouterr().err
    membership_mock.calls.assert_not_called()
