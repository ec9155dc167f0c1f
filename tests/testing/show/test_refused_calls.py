"""The report of a failed test says how to read on about a refused call."""

import pytest

HINT = "python -m membership_mock explain securityhub.DescribeHub"


def refuse(client):
    with pytest.raises(client.exceptions.ClientError):
        client.describe_hub()


def test_the_report_names_the_command_that_explains_a_refused_call(membership_mock):
    refuse(membership_mock.client("securityhub"))
    assert HINT in membership_mock.report()


def test_the_last_of_several_refusals_is_named(membership_mock):
    client = membership_mock.client("securityhub")
    refuse(client)
    with pytest.raises(client.exceptions.ClientError):
        client.list_members()
    assert HINT not in membership_mock.report()
    assert "explain securityhub.ListMembers" in membership_mock.report()


def test_answered_calls_and_injected_errors_are_not_explained(membership_mock):
    client = membership_mock.client("securityhub")
    client.enable_security_hub()
    membership_mock.fail("securityhub.DescribeHub", "InvalidAccessException")
    refuse(client)
    client.describe_hub()
    assert "explain" not in membership_mock.report()


def test_a_refusal_by_a_service_of_motos_is_not_explained(membership_mock):
    client = membership_mock.client("iam")
    with pytest.raises(client.exceptions.NoSuchEntityException):
        client.get_user(UserName="missing")
    assert "explain" not in membership_mock.report()
