"""Which account of an organization may hold its membership, and which accounts are covered."""

import pytest
from botocore.exceptions import ClientError

MANAGEMENT = "111111111111"
STRANGER = "999999999999"
PRINCIPAL = "security-ir.amazonaws.com"
TEAM = [
    {"name": "Alice", "jobTitle": "CEO", "email": "alice@example.com"},
    {"name": "Bob Jones", "jobTitle": "Security Responder", "email": "bob@example.com"},
]


class Story:
    """An organization with a unit `workloads`, a unit `prod` in it, and what happens to them."""

    def __init__(self, mock, feature_set="ALL"):
        self.mock = mock
        self.organizations = mock.client("organizations", account=MANAGEMENT, region="us-east-1")
        self.organizations.create_organization(FeatureSet=feature_set)
        self.root = self.organizations.list_roots()["Roots"][0]["Id"]
        self.workloads = self.unit("workloads", self.root)
        self.prod = self.unit("prod", self.workloads)

    def unit(self, name, parent):
        created = self.organizations.create_organizational_unit(ParentId=parent, Name=name)
        return created["OrganizationalUnit"]["Id"]

    def account(self, name, parent=None):
        created = self.organizations.create_account(AccountName=name, Email=f"{name}@example.com")
        account_id = created["CreateAccountStatus"]["AccountId"]
        if parent is not None:
            self.move(account_id, self.root, parent)
        return account_id

    def move(self, account_id, source, destination):
        self.organizations.move_account(
            AccountId=account_id, SourceParentId=source, DestinationParentId=destination
        )

    def delegate(self, account_id):
        self.organizations.register_delegated_administrator(
            AccountId=account_id, ServicePrincipal=PRINCIPAL
        )
        return account_id

    def holds(self, account_id=MANAGEMENT, **arguments):
        client = self.mock.client("security-ir", account=account_id, region="eu-west-1")
        created = client.create_membership(
            membershipName="Example", incidentResponseTeam=TEAM, **arguments
        )
        return Held(client, created["membershipId"])


class Held:
    """A membership, seen by the account that holds it."""

    def __init__(self, client, membership_id):
        self.client = client
        self.membership_id = membership_id

    def get(self):
        return self.client.get_membership(membershipId=self.membership_id)

    def scope(self):
        configurations = self.get()["membershipAccountsConfigurations"]
        return configurations["coverEntireOrganization"], configurations["organizationalUnits"]

    def change(self, **update):
        self.client.update_membership(
            membershipId=self.membership_id, membershipAccountsConfigurationsUpdate=update
        )

    def count(self):
        return self.get()["numberOfAccountsCovered"]

    def status(self, *accounts):
        items = self.client.batch_get_member_account_details(
            membershipId=self.membership_id, accountIds=accounts
        )["items"]
        assert [item["accountId"] for item in items] == list(accounts)
        return [f"{item['relationshipStatus']} {item['relationshipType']}" for item in items]


@pytest.fixture
def story(membership_mock):
    return Story(membership_mock)


COVERED = "Associated Organization"
FORMERLY = "Disassociated Organization"
NEVER = "Unassociated Organization"
OUTSIDE = "Unassociated Unrelated"


def test_create_membership_in_the_management_account_is_of_type_organization(story):
    assert story.holds().get()["customerType"] == "Organization"


def test_create_membership_in_the_delegated_administrator_account_needs_no_trusted_access(story):
    security = story.delegate(story.account("security"))
    assert story.holds(security).get()["accountId"] == security


def test_create_membership_works_along_the_documented_onboarding(story):
    security = story.delegate(story.account("security"))
    story.organizations.enable_aws_service_access(ServicePrincipal=PRINCIPAL)
    membership = story.holds(security, coverEntireOrganization=True)
    assert (membership.count(), membership.scope()) == (2, (True, []))


def test_create_membership_in_the_management_account_works_beside_a_delegated_administrator(story):
    story.delegate(story.account("security"))
    assert story.holds(MANAGEMENT).get()["accountId"] == MANAGEMENT


def test_create_membership_is_denied_to_an_ordinary_member_account(story):
    member = story.account("member")
    with pytest.raises(ClientError) as refusal:
        story.holds(member)
    assert refusal.value.response["Error"] == {
        "Code": "AccessDeniedException",
        "Message": (
            f"Account {member} is neither the management account of its organization nor the"
            f" delegated administrator for {PRINCIPAL}."
        ),
    }


def test_create_membership_is_denied_to_the_delegated_administrator_of_another_service(story):
    member = story.account("member")
    story.organizations.register_delegated_administrator(
        AccountId=member, ServicePrincipal="guardduty.amazonaws.com"
    )
    with pytest.raises(ClientError, match="AccessDeniedException"):
        story.holds(member)


def test_create_membership_wants_all_features_of_the_organization(membership_mock):
    story = Story(membership_mock, feature_set="CONSOLIDATED_BILLING")
    with pytest.raises(ClientError, match="all features") as refusal:
        story.holds()
    assert refusal.value.response["Error"]["Code"] == "ValidationException"
    assert refusal.value.response["reason"] == "OTHER"


def test_create_membership_conflicts_with_the_one_of_another_account_of_the_organization(story):
    security = story.delegate(story.account("security"))
    held = story.holds(security)
    with pytest.raises(ClientError) as refusal:
        story.holds(MANAGEMENT)
    assert refusal.value.response["Error"]["Code"] == "ConflictException"
    assert refusal.value.response["resourceId"] == held.membership_id


def test_create_membership_moves_to_another_account_once_the_first_is_cancelled(story):
    security = story.delegate(story.account("security"))
    held = story.holds(security)
    held.client.cancel_membership(membershipId=held.membership_id)
    story.holds(MANAGEMENT)
    with pytest.raises(ClientError, match="ConflictException"):
        held.client.update_membership(
            membershipId=held.membership_id, undoMembershipCancellation=True
        )


def test_get_membership_is_denied_to_the_other_accounts_of_the_organization(story):
    security = story.delegate(story.account("security"))
    held = story.holds(security, coverEntireOrganization=True)
    for account in (MANAGEMENT, story.account("member")):
        client = story.mock.client("security-ir", account=account, region="eu-west-1")
        assert client.list_memberships()["items"] == []
        with pytest.raises(client.exceptions.AccessDeniedException):
            client.get_membership(membershipId=held.membership_id)


def test_membership_without_a_scope_covers_its_own_account_only(story):
    member = story.account("member")
    held = story.holds()
    assert (held.count(), held.scope()) == (1, (False, []))
    assert held.status(MANAGEMENT, member, STRANGER) == [COVERED, NEVER, OUTSIDE]


def test_membership_of_the_entire_organization_covers_accounts_that_come_later(story):
    held = story.holds(coverEntireOrganization=True)
    assert held.count() == 1
    member = story.account("member", story.prod)
    assert held.count() == 2
    assert held.status(member, STRANGER) == [COVERED, OUTSIDE]


def test_membership_of_a_unit_covers_the_accounts_below_it(story):
    held = story.holds()
    inside, deeper, beside = (
        story.account("inside", story.workloads),
        story.account("deeper", story.prod),
        story.account("beside"),
    )
    held.change(organizationalUnitsToAdd=[story.workloads])
    assert held.scope() == (False, [story.workloads])
    assert held.count() == 2
    assert held.status(inside, deeper, beside) == [COVERED, COVERED, NEVER]


def test_membership_account_is_associated_but_not_counted_outside_the_units(story):
    held = story.holds()
    held.change(organizationalUnitsToAdd=[story.prod])
    assert held.count() == 0
    assert held.status(MANAGEMENT) == [COVERED]


def test_membership_of_overlapping_units_counts_an_account_once(story):
    held = story.holds()
    story.account("deeper", story.prod)
    held.change(organizationalUnitsToAdd=[story.workloads, story.prod, story.prod])
    assert held.scope() == (False, [story.workloads, story.prod])
    assert held.count() == 1


def test_membership_follows_an_account_that_moves_in_and_out_of_a_unit(story):
    held = story.holds()
    held.change(organizationalUnitsToAdd=[story.workloads])
    wanderer = story.account("wanderer")
    assert held.status(wanderer) == [NEVER]
    story.move(wanderer, story.root, story.prod)
    assert held.status(wanderer) == [COVERED]
    story.move(wanderer, story.prod, story.root)
    assert held.status(wanderer) == [FORMERLY]
    story.move(wanderer, story.root, story.workloads)
    assert held.status(wanderer) == [COVERED]


def test_membership_remembers_an_account_that_left_the_organization(story):
    held = story.holds(coverEntireOrganization=True)
    member = story.account("member")
    story.organizations.remove_account_from_organization(AccountId=member)
    assert held.status(member) == [FORMERLY]
    assert held.count() == 1


def test_account_that_leaves_without_having_been_covered_is_unrelated(story):
    held = story.holds()
    member = story.account("member")
    story.organizations.remove_account_from_organization(AccountId=member)
    assert held.status(member) == [OUTSIDE]


def test_membership_does_not_cover_a_closed_account(story):
    held = story.holds(coverEntireOrganization=True)
    member = story.account("member")
    story.organizations.close_account(AccountId=member)
    assert held.count() == 1
    assert held.status(member) == [FORMERLY]


def test_membership_remembers_the_accounts_of_a_deleted_unit(story):
    held = story.holds()
    member = story.account("member", story.prod)
    held.change(organizationalUnitsToAdd=[story.prod])
    story.organizations.delete_organizational_unit(OrganizationalUnitId=story.prod)
    assert held.status(member) == [FORMERLY]
    held.change(organizationalUnitsToRemove=[story.prod])
    assert held.scope() == (False, [])


def test_update_membership_disassociates_accounts_of_a_removed_unit(story):
    held = story.holds()
    member = story.account("member", story.prod)
    held.change(organizationalUnitsToAdd=[story.prod])
    held.change(organizationalUnitsToRemove=[story.prod])
    assert held.scope() == (False, [])
    assert held.status(member) == [FORMERLY]
    assert held.count() == 1


def test_update_membership_narrows_the_entire_organization_to_a_unit(story):
    held = story.holds(coverEntireOrganization=True)
    inside, beside = story.account("inside", story.prod), story.account("beside")
    held.change(organizationalUnitsToAdd=[story.prod])
    assert held.scope() == (False, [story.prod])
    assert held.status(inside, beside) == [COVERED, FORMERLY]


def test_update_membership_widens_units_to_the_entire_organization(story):
    held = story.holds()
    held.change(organizationalUnitsToAdd=[story.prod])
    held.change(coverEntireOrganization=True)
    assert held.scope() == (True, [])


def test_update_membership_ends_the_coverage_of_the_entire_organization(story):
    held = story.holds(coverEntireOrganization=True)
    member = story.account("member")
    held.change(coverEntireOrganization=False)
    assert (held.count(), held.status(member)) == (1, [FORMERLY])


def test_update_membership_adds_and_removes_different_units_at_once(story):
    held = story.holds()
    held.change(organizationalUnitsToAdd=[story.workloads])
    held.change(
        organizationalUnitsToAdd=[story.prod], organizationalUnitsToRemove=[story.workloads]
    )
    assert held.scope() == (False, [story.prod])


def test_update_membership_ignores_present_units_to_add_and_absent_ones_to_remove(story):
    held = story.holds()
    held.change(organizationalUnitsToAdd=[story.prod])
    held.change(
        organizationalUnitsToAdd=[story.prod], organizationalUnitsToRemove=[story.workloads]
    )
    assert held.scope() == (False, [story.prod])


UNKNOWN = "ou-zzzz-zzzzzzzz"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(
            {"organizationalUnitsToAdd": [UNKNOWN]}, "ResourceNotFoundException", id="add unknown"
        ),
        pytest.param(
            {"organizationalUnitsToRemove": [UNKNOWN]},
            "ResourceNotFoundException",
            id="remove unknown",
        ),
        pytest.param(
            {"organizationalUnitsToAdd": [UNKNOWN], "organizationalUnitsToRemove": [UNKNOWN]},
            "ValidationException",
            id="add and remove the same",
        ),
        pytest.param(
            {"organizationalUnitsToAdd": [UNKNOWN], "coverEntireOrganization": True},
            "ValidationException",
            id="unit and entire organization",
        ),
        pytest.param(
            {"organizationalUnitsToAdd": [f"ou-zzzz-zzzzzzz{digit}" for digit in range(6)]},
            "ValidationException",
            id="six units",
        ),
    ],
)
def test_update_membership_refuses_a_change_of_scope(story, change, code):
    held = story.holds()
    held.change(organizationalUnitsToAdd=[story.prod])
    with pytest.raises(ClientError) as refusal:
        held.change(**change)
    assert refusal.value.response["Error"]["Code"] == code
    assert held.scope() == (False, [story.prod])


def test_membership_remembers_coverage_across_a_cancellation(story):
    held = story.holds(coverEntireOrganization=True)
    member = story.account("member")
    held.client.cancel_membership(membershipId=held.membership_id)
    story.organizations.remove_account_from_organization(AccountId=member)
    held.client.update_membership(membershipId=held.membership_id, undoMembershipCancellation=True)
    assert held.status(member) == [FORMERLY]


def test_organizations_of_two_management_accounts_have_a_membership_each(membership_mock, story):
    held = story.holds(coverEntireOrganization=True)
    other = membership_mock.client("organizations", account="222222222222", region="us-east-1")
    other.create_organization(FeatureSet="ALL")
    second = story.holds("222222222222", coverEntireOrganization=True)
    assert (held.count(), second.count()) == (1, 1)
    assert held.status("222222222222") == [OUTSIDE]
