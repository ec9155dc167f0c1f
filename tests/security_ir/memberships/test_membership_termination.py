"""What ends a membership from outside: changes of its organization, and time after it was cancelled."""

from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError

from tests.frozen_time import freeze_time

MANAGEMENT = "111111111111"
PRINCIPAL = "security-ir.amazonaws.com"
NOON = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)
TEAM = [
    {"name": "Alice", "jobTitle": "CEO", "email": "alice@example.com"},
    {"name": "Bob Jones", "jobTitle": "Security Responder", "email": "bob@example.com"},
]


@pytest.fixture
def organizations(membership_mock):
    client = membership_mock.client("organizations", account=MANAGEMENT, region="us-east-1")
    client.create_organization(FeatureSet="ALL")
    return client


@pytest.fixture
def security(organizations):
    """The account that is the delegated administrator."""
    created = organizations.create_account(AccountName="security", Email="sec@example.com")
    account_id = created["CreateAccountStatus"]["AccountId"]
    organizations.register_delegated_administrator(AccountId=account_id, ServicePrincipal=PRINCIPAL)
    return account_id


class Held:
    """A membership, seen by the account that holds it."""

    def __init__(self, mock, account_id, region="eu-west-1"):
        self.client = mock.client("security-ir", account=account_id, region=region)
        self.membership_id = self.create()

    def create(self):
        created = self.client.create_membership(membershipName="Example", incidentResponseTeam=TEAM)
        return created["membershipId"]

    def get(self):
        return self.client.get_membership(membershipId=self.membership_id)

    def status(self):
        return self.get()["membershipStatus"]

    def update(self, **arguments):
        self.client.update_membership(membershipId=self.membership_id, **arguments)

    def cancel(self):
        return self.client.cancel_membership(membershipId=self.membership_id)


def deregister(organizations, account_id, principal=PRINCIPAL):
    organizations.deregister_delegated_administrator(
        AccountId=account_id, ServicePrincipal=principal
    )


@pytest.fixture
def held(membership_mock, security):
    return Held(membership_mock, security)


def test_deregister_delegated_administrator_terminates_its_membership(
    organizations, security, held
):
    with freeze_time(NOON):
        deregister(organizations, security)
    membership = held.get()
    assert membership["membershipStatus"] == "Terminated"
    assert membership["membershipDeactivationTimestamp"] == NOON
    assert membership["numberOfAccountsCovered"] == 0
    assert membership["customerType"] == "Organization"


def test_terminated_membership_stays_listed(organizations, security, held):
    deregister(organizations, security)
    items = held.client.list_memberships()["items"]
    assert [(item["membershipId"], item["membershipStatus"]) for item in items] == [
        (held.membership_id, "Terminated")
    ]


def test_deregister_delegated_administrator_of_another_service_ends_nothing(
    organizations, security, held
):
    other = "guardduty.amazonaws.com"
    organizations.register_delegated_administrator(AccountId=security, ServicePrincipal=other)
    deregister(organizations, security, other)
    assert held.status() == "Active"


def test_deregister_delegated_administrator_spares_the_membership_of_the_management_account(
    membership_mock, organizations, security
):
    held = Held(membership_mock, MANAGEMENT)
    deregister(organizations, security)
    assert held.status() == "Active"


def test_deregister_delegated_administrator_that_fails_ends_nothing(organizations, held):
    created = organizations.create_account(AccountName="member", Email="m@example.com")
    with pytest.raises(ClientError):
        deregister(organizations, created["CreateAccountStatus"]["AccountId"])
    assert held.status() == "Active"


@pytest.mark.parametrize("holder", ["management account", "delegated administrator"])
def test_disable_aws_service_access_terminates_the_membership_of_the(
    membership_mock, organizations, security, holder
):
    held = Held(membership_mock, MANAGEMENT if holder == "management account" else security)
    organizations.enable_aws_service_access(ServicePrincipal=PRINCIPAL)
    organizations.disable_aws_service_access(ServicePrincipal=PRINCIPAL)
    assert held.status() == "Terminated"


def test_disable_aws_service_access_of_another_service_ends_nothing(organizations, held):
    organizations.enable_aws_service_access(ServicePrincipal="guardduty.amazonaws.com")
    organizations.disable_aws_service_access(ServicePrincipal="guardduty.amazonaws.com")
    assert held.status() == "Active"


def test_disable_aws_service_access_spares_other_organizations_and_standalone_accounts(
    membership_mock, organizations
):
    other = membership_mock.client("organizations", account="222222222222", region="us-east-1")
    other.create_organization(FeatureSet="ALL")
    spared = [
        Held(membership_mock, "222222222222"),
        Held(membership_mock, "333333333333", "us-east-1"),
    ]
    organizations.disable_aws_service_access(ServicePrincipal=PRINCIPAL)
    assert [one.status() for one in spared] == ["Active", "Active"]


def test_remove_account_from_organization_terminates_the_membership_of_the_account(
    organizations, security, held
):
    organizations.remove_account_from_organization(AccountId=security)
    assert held.status() == "Terminated"


def test_remove_account_from_organization_spares_the_membership_of_another_account(
    organizations, held
):
    created = organizations.create_account(AccountName="member", Email="m@example.com")
    organizations.remove_account_from_organization(
        AccountId=created["CreateAccountStatus"]["AccountId"]
    )
    assert held.status() == "Active"


def test_close_account_terminates_the_membership_of_the_account(organizations, security, held):
    organizations.close_account(AccountId=security)
    assert held.status() == "Terminated"


def test_delete_organization_terminates_the_membership_of_the_management_account(
    membership_mock, organizations
):
    held = Held(membership_mock, MANAGEMENT)
    organizations.delete_organization()
    assert held.status() == "Terminated"


def test_termination_of_a_cancelled_membership_keeps_the_time_of_the_cancellation(
    organizations, security, held
):
    with freeze_time(NOON):
        held.cancel()
    deregister(organizations, security)
    membership = held.get()
    assert membership["membershipStatus"] == "Terminated"
    assert membership["membershipDeactivationTimestamp"] == NOON


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        pytest.param(lambda held: held.cancel(), "You cannot cancel membership", id="cancel"),
        pytest.param(
            lambda held: held.update(membershipName="Renamed"),
            "You cannot update membership",
            id="update",
        ),
        pytest.param(
            lambda held: held.update(undoMembershipCancellation=True),
            "You cannot undo the cancellation of membership",
            id="undo",
        ),
    ],
)
def test_terminated_membership_refuses_to(organizations, security, held, refused, message):
    deregister(organizations, security)
    with pytest.raises(held.client.exceptions.ConflictException, match=message) as refusal:
        refused(held)
    assert refusal.value.response["resourceId"] == held.membership_id
    assert "Terminated" in refusal.value.response["Error"]["Message"]


def test_terminated_membership_gives_no_account_details(organizations, security, held):
    deregister(organizations, security)
    with pytest.raises(held.client.exceptions.SecurityIncidentResponseNotActiveException):
        held.client.batch_get_member_account_details(
            membershipId=held.membership_id, accountIds=[MANAGEMENT]
        )


def test_terminated_membership_stays_so_when_its_account_is_registered_again(
    organizations, security, held
):
    deregister(organizations, security)
    organizations.register_delegated_administrator(AccountId=security, ServicePrincipal=PRINCIPAL)
    assert held.status() == "Terminated"
    assert held.create() != held.membership_id


def test_termination_leaves_room_for_a_membership_of_another_account(
    membership_mock, organizations, security, held
):
    deregister(organizations, security)
    assert Held(membership_mock, MANAGEMENT).status() == "Active"
    with pytest.raises(held.client.exceptions.AccessDeniedException):
        held.create()


def test_termination_ends_access_to_cases(organizations, security, held):
    assert held.client.list_cases()["items"] == []
    deregister(organizations, security)
    with pytest.raises(held.client.exceptions.SecurityIncidentResponseNotActiveException):
        held.client.list_cases()


# --- the end of a cancelled membership ---

BEFORE_THE_END = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("activated", "cancelled", "ends"),
    [
        ("2026-03-14T12:00:00Z", "2026-03-14T12:00:00Z", "2026-04-14T12:00:00Z"),
        ("2026-03-14T12:00:00Z", "2026-04-14T11:59:59Z", "2026-04-14T12:00:00Z"),
        ("2026-03-14T12:00:00Z", "2026-04-14T12:00:00Z", "2026-05-14T12:00:00Z"),
        ("2026-03-14T12:00:00Z", "2026-12-31T00:00:00Z", "2027-01-14T12:00:00Z"),
        ("2025-12-31T00:00:00Z", "2026-02-01T00:00:00Z", "2026-02-28T00:00:00Z"),
        ("2025-12-31T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-31T00:00:00Z"),
    ],
)
def test_a_cancelled_membership_is_terminated_when_its_month_ends(
    membership_mock, activated, cancelled, ends
):
    clock = membership_mock.clock
    clock.freeze(activated)
    held = Held(membership_mock, MANAGEMENT)
    clock.move_to(cancelled)
    held.cancel()
    clock.move_to(datetime.fromisoformat(ends.replace("Z", "+00:00")) - BEFORE_THE_END)
    assert held.status() == "Cancelled"
    clock.move_to(ends)
    assert held.status() == "Terminated"
    deactivated = datetime.fromisoformat(cancelled.replace("Z", "+00:00"))
    assert held.get()["membershipDeactivationTimestamp"] == deactivated


def test_a_cancellation_cannot_be_undone_after_the_end(membership_mock):
    membership_mock.clock.freeze(NOON)
    held = Held(membership_mock, MANAGEMENT)
    held.cancel()
    membership_mock.clock.advance(days=31)
    with pytest.raises(ClientError, match="because its status is Terminated") as refusal:
        held.update(undoMembershipCancellation=True)
    assert refusal.value.response["Error"]["Code"] == "ConflictException"


def test_a_cancellation_that_was_undone_ends_nothing(membership_mock):
    membership_mock.clock.freeze(NOON)
    held = Held(membership_mock, MANAGEMENT)
    held.cancel()
    membership_mock.clock.advance(days=30)
    held.update(undoMembershipCancellation=True)
    membership_mock.clock.advance(days=365)
    assert held.status() == "Active"


def test_every_look_shows_the_end_of_a_cancelled_membership(membership_mock):
    with freeze_time(NOON) as time:
        held = Held(membership_mock, MANAGEMENT)
        held.cancel()
        time.tick(timedelta(days=31))
        assert "Terminated" in membership_mock.diagram()
        assert "Terminated" in str(membership_mock)
        (listed,) = held.client.list_memberships()["items"]
        assert listed["membershipStatus"] == "Terminated"


def test_the_clock_ends_cancelled_memberships_without_a_look(membership_mock):
    membership_mock.clock.freeze(NOON)
    held = Held(membership_mock, MANAGEMENT)
    held.cancel()
    membership_mock.clock.advance(days=31)
    before = membership_mock.dump()
    held.get()
    assert membership_mock.dump() == before


def test_a_refused_call_does_not_write_down_that_a_membership_has_ended(membership_mock):
    with freeze_time(NOON) as time:
        held = Held(membership_mock, MANAGEMENT)
        held.cancel()
        time.tick(timedelta(days=31))  # the mock does not know that the clock has moved
        before = membership_mock.dump(), len(membership_mock.events)
        for call in (held.cancel, lambda: held.update(membershipName="New name")):
            with pytest.raises(ClientError):
                call()
            assert (membership_mock.dump(), len(membership_mock.events)) == before
        assert held.status() == "Terminated"
        assert membership_mock.events[-1].detail_type == "Membership Terminated"
