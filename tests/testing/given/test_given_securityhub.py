"""Seeds of Security Hub bring the world into a wanted state, by the rules of the API."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from moto.core import enable_iam_authentication, set_initial_no_auth_action_count

from membership_mock import NotRunning, SeedRefused, mock_membership
from membership_mock.securityhub.relationships.associations import NEXT_STATUS
from tests.securityhub.samples import invitation_of, statuses
from tests.testing.dumps.world_state import nothing_happens

ADMIN, MEMBER, OTHER, THIRD = (digit * 12 for digit in "1234")
MANAGEMENT = "123456789012"
IRELAND, LONDON, OHIO = "eu-west-1", "eu-west-2", "us-east-2"

BY_INVITATION = ["Created", "Invited", "Enabled", "Resigned", "Removed", "Deleted"]
BY_ORGANIZATION = ["Enabled", "Removed", "Deleted", "AccountSuspended"]


@pytest.fixture
def given(membership_mock):
    return membership_mock.given.securityhub


@pytest.fixture
def hub(membership_mock):
    def client(account, region=IRELAND):
        return membership_mock.client("securityhub", account=account, region=region)

    return client


@pytest.fixture
def accounts(membership_mock):
    """An organization of the default account with four more accounts, which are returned."""
    client = membership_mock.client("organizations")
    client.create_organization(FeatureSet="ALL")
    return [
        client.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"][
            "AccountId"
        ]
        for name in ("security", "one", "two", "three")
    ]


# --- how seeds work ---


def test_a_seed_needs_a_running_mock():
    with pytest.raises(NotRunning, match="mock_membership"):
        _ = mock_membership().given


def test_a_seed_that_outlives_its_mock_says_so():
    with mock_membership() as mock:
        given = mock.given.securityhub
    with pytest.raises(NotRunning):
        given.hub()


def test_seeds_are_no_calls_of_the_test(membership_mock, given):
    given.member(ADMIN, MEMBER)
    membership_mock.calls.assert_not_called()


def test_defaults_are_those_of_the_mock():
    with mock_membership(account=OTHER, region=LONDON) as mock:
        hub = mock.given.securityhub.hub()
        assert (hub.account, hub.region) == (OTHER, LONDON)
        assert mock.client("securityhub").describe_hub()["HubArn"] == hub.arn


def test_seeds_come_from_the_accounts_that_they_name_whoever_the_test_is(
    membership_mock, given, hub, monkeypatch
):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", THIRD)
    with membership_mock.as_account(OTHER):
        given.member(ADMIN, MEMBER, region=IRELAND)
    monkeypatch.delenv("MOTO_ACCOUNT_ID")
    assert statuses(hub(ADMIN)) == {MEMBER: "Enabled"}


def test_no_policy_has_to_allow_a_seed(membership_mock, monkeypatch):
    monkeypatch.setenv("INITIAL_NO_AUTH_ACTION_COUNT", "0")
    with mock_membership(config={"core": {"mock_credentials": True}}) as mock:
        assert mock.given.securityhub.hub(ADMIN, region=IRELAND).account == ADMIN


def test_no_policy_of_moto_has_to_allow_a_seed_either(membership_mock):
    organization = membership_mock.organization(
        ["audit", "shop"], delegated={"securityhub": "audit"}
    )
    s3 = membership_mock.client("s3", account=MEMBER)
    with enable_iam_authentication():
        member = membership_mock.given.securityhub.member(
            organization["audit"], organization["shop"], "AccountSuspended"
        )
        membership_mock.given.cleanrooms.joined_collaboration([ADMIN], results_bucket="results")
        with pytest.raises(ClientError, match="InvalidAccessKeyId"):
            s3.list_buckets()
    assert member.status == "AccountSuspended"


def test_seeds_do_not_count_among_the_calls_that_no_policy_has_to_allow(membership_mock):
    s3 = membership_mock.client("s3", account=MEMBER)

    @set_initial_no_auth_action_count(1)
    def call():
        membership_mock.given.cleanrooms.joined_collaboration([ADMIN], results_bucket="results")
        return s3.list_buckets()["Buckets"]

    assert call() == []


def test_seeds_stay_in_the_mock_whatever_endpoint_is_configured(given, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    assert given.hub(ADMIN).account == ADMIN


def test_a_seed_works_again_after_a_reset(membership_mock, given, hub):
    given.member(ADMIN, MEMBER, region=IRELAND)
    membership_mock.reset()
    given.member(OTHER, THIRD, region=IRELAND)
    assert statuses(hub(OTHER)) == {THIRD: "Enabled"}


# --- hubs and standards ---


def test_hub_enables_a_hub_once(given, hub):
    first = given.hub(ADMIN, region=IRELAND)
    assert given.hub(ADMIN, region=IRELAND) == first
    assert hub(ADMIN).describe_hub()["HubArn"] == first.arn
    with pytest.raises(ClientError, match="not subscribed"):
        hub(ADMIN, LONDON).describe_hub()


def test_hub_leaves_a_hub_of_the_tests_own_as_it_is(given, hub):
    hub(ADMIN).enable_security_hub(EnableDefaultStandards=False)
    assert given.hub(ADMIN, region=IRELAND).standards == ()


@pytest.mark.parametrize(
    "name",
    ["nist-800-53/v/5.0.0", f"arn:aws:securityhub:{IRELAND}::standards/nist-800-53/v/5.0.0"],
)
def test_hub_takes_standards_by_arn_or_its_end(given, hub, name):
    arn = f"arn:aws:securityhub:{IRELAND}::standards/nist-800-53/v/5.0.0"
    assert given.hub(ADMIN, standards=[name], region=IRELAND).standards == (arn,)
    (enabled,) = hub(ADMIN).get_enabled_standards()["StandardsSubscriptions"]
    assert (enabled["StandardsArn"], enabled["StandardsStatus"]) == (arn, "READY")


def test_standards_come_on_top_of_those_that_are_there(given):
    before = given.hub(ADMIN, region=IRELAND).standards
    after = given.standards(["pci-dss/v/4.0.1"], ADMIN, region=IRELAND).standards
    assert set(after) == {*before, f"arn:aws:securityhub:{IRELAND}::standards/pci-dss/v/4.0.1"}


# --- members by invitation ---


@pytest.mark.parametrize("status", BY_INVITATION)
def test_member_by_invitation_reaches(given, hub, status):
    member = given.member(ADMIN, MEMBER, status, region=IRELAND)
    assert (member.status, member.by) == (status, "invitation")
    listed = {} if status == "Deleted" else {MEMBER: status}
    assert statuses(hub(ADMIN)) == listed
    if status == "Created":
        return
    seen = invitation_of(hub(MEMBER), ADMIN)
    assert (seen["InvitationId"] if seen else None) == member.invitation_id
    administrator = hub(MEMBER).get_administrator_account().get("Administrator")
    assert (administrator is not None) == (status == "Enabled")


@pytest.mark.parametrize("after", BY_INVITATION)
@pytest.mark.parametrize("before", BY_INVITATION)
def test_member_by_invitation_comes_from_any_status_to_any_other(given, hub, before, after):
    given.member(ADMIN, MEMBER, before, region=IRELAND)
    given.member(ADMIN, MEMBER, after, region=IRELAND)
    assert statuses(hub(ADMIN)) == ({} if after == "Deleted" else {MEMBER: after})


def test_member_has_a_seed_for_every_status_that_there_is():
    assert {*NEXT_STATUS.values()} == {*BY_INVITATION, *BY_ORGANIZATION}


def test_member_in_its_status_already_is_not_touched(given, hub):
    first = given.member(ADMIN, MEMBER, "Invited", region=IRELAND)
    before = hub(ADMIN).list_members(OnlyAssociated=False)["Members"]
    assert given.member(ADMIN, MEMBER, "Invited", region=IRELAND) == first
    assert hub(ADMIN).list_members(OnlyAssociated=False)["Members"] == before


def test_member_goes_on_from_what_the_test_did_itself(given, hub):
    hub(ADMIN).enable_security_hub()
    hub(ADMIN).create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "a@example.com"}])
    hub(ADMIN).invite_members(AccountIds=[MEMBER])
    given.member(ADMIN, MEMBER, region=IRELAND)
    (member,) = hub(ADMIN).list_members()["Members"]
    assert (member["MemberStatus"], member["Email"]) == ("Enabled", "a@example.com")


def test_member_keeps_to_its_region(given, hub):
    given.member(ADMIN, MEMBER, region=IRELAND)
    given.member(OTHER, MEMBER, region=OHIO)
    assert statuses(hub(ADMIN)) == statuses(hub(OTHER, OHIO)) == {MEMBER: "Enabled"}
    with pytest.raises(ClientError):
        hub(ADMIN, OHIO).list_members()


def test_member_keeps_the_email(given, hub):
    given.member(ADMIN, MEMBER, "Created", email="team@example.com", region=IRELAND)
    (member,) = hub(ADMIN).list_members(OnlyAssociated=False)["Members"]
    assert member["Email"] == "team@example.com"


def test_members_makes_as_many_as_are_wanted(given, hub):
    made = given.members(ADMIN, 120, "Created", region=IRELAND)
    more = given.members(ADMIN, 3, "Invited", region=IRELAND)
    assert statuses(hub(ADMIN)) == {
        **{each.account: "Created" for each in made},
        **{each.account: "Invited" for each in more},
    }
    assert len(statuses(hub(ADMIN))) == 123


def test_members_brings_accounts_of_different_statuses_to_one(given, hub):
    for account, status in [(MEMBER, "Resigned"), (OTHER, "Created")]:
        given.member(ADMIN, account, status, region=IRELAND)
    given.members(ADMIN, [MEMBER, OTHER, THIRD], region=IRELAND)
    assert statuses(hub(ADMIN)) == dict.fromkeys([MEMBER, OTHER, THIRD], "Enabled")


def test_members_of_a_seeded_mock_are_the_same_again():
    def accounts():
        with mock_membership(seed=7) as mock:
            return mock.given.securityhub.members(ADMIN, 3)

    assert accounts() == accounts()


# --- members that cannot be ---


def test_member_of_another_administrator_is_refused(membership_mock, given):
    given.member(OTHER, MEMBER, region=IRELAND)
    with nothing_happens(membership_mock, "master account", SeedRefused) as caught:
        given.member(ADMIN, MEMBER, region=IRELAND)
    text = str(caught.value)
    assert "securityhub.member" in text
    assert f"InviteMembers by {ADMIN} in {IRELAND}" in text
    assert "way out" in text


def test_a_refusal_in_the_middle_of_many_takes_all_of_them_back(membership_mock, given):
    given.member(OTHER, MEMBER, region=IRELAND)
    with nothing_happens(membership_mock, "InviteMembers", SeedRefused):
        given.members(ADMIN, [THIRD, MEMBER, "555555555555"], region=IRELAND)


def test_a_refusal_at_the_last_call_takes_all_calls_back(membership_mock, given):
    given.member(MEMBER, THIRD, region=IRELAND)
    given.member(ADMIN, MEMBER, "Invited", region=IRELAND)
    with nothing_happens(membership_mock, "has associated members", SeedRefused) as caught:
        given.members(ADMIN, [OTHER, MEMBER], region=IRELAND)
    assert isinstance(caught.value.__cause__, ClientError)


def test_an_administrator_is_no_member_of_itself(membership_mock, given):
    with nothing_happens(membership_mock, "member of itself", SeedRefused):
        given.member(ADMIN, ADMIN)


def test_a_member_is_no_administrator(membership_mock, given):
    given.member(ADMIN, MEMBER)
    with nothing_happens(membership_mock, "cannot create members", SeedRefused):
        given.member(MEMBER, OTHER)


def test_more_members_than_aws_allows_are_refused(membership_mock, given):
    with nothing_happens(membership_mock, "1001 is more than 1000, the quota invited_members"):
        given.members(ADMIN, 1001, "Created")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param({"status": "Enbled"}, "nearest: 'Enabled'", id="misspelt status"),
        pytest.param({"status": "CANCELLED"}, "There are: Created", id="status of nowhere"),
        pytest.param({"by": "email"}, "'invitation' or by 'organization'", id="unknown pipeline"),
        pytest.param({"region": "eu-wset-1"}, "nearest: 'eu-west-1'", id="misspelt region"),
        pytest.param({"region": 1}, r"region: 1 is not text or None", id="region that is no text"),
        pytest.param({"account": "22"}, "not an account id", id="account too short"),
        pytest.param({"administrator": 111111111111}, "leading zeros", id="account as int"),
    ],
)
def test_member_refuses(membership_mock, given, arguments, text):
    with nothing_happens(membership_mock, text):
        given.member(**{"administrator": ADMIN, "account": MEMBER, **arguments})


@pytest.mark.parametrize("accounts", [-1, True, MEMBER])
def test_members_refuses_what_is_neither_a_number_nor_a_list(membership_mock, given, accounts):
    with nothing_happens(membership_mock, "accounts(:.* is not| is how many)"):
        given.members(ADMIN, accounts)


@pytest.mark.parametrize(
    ("status", "by"),
    [("AccountSuspended", "invitation"), ("AccountSuspended", None)],
)
def test_member_refuses_a_status_of_the_other_road(membership_mock, given, status, by):
    with nothing_happens(membership_mock, "never AccountSuspended", SeedRefused):
        given.member(ADMIN, MEMBER, status, by=by)


def test_member_by_organization_needs_an_organization(membership_mock, given):
    with nothing_happens(membership_mock, "organization_admin", SeedRefused):
        given.member(ADMIN, MEMBER, by="organization")


# --- organizations ---


@pytest.mark.parametrize(
    ("count", "more"),
    [(1_001, "quota invited_members"), (222222222222, r"pass \['222222222222'\]")],
)
def test_members_refuses_more_than_the_quota(membership_mock, given, accounts, count, more):
    with nothing_happens(membership_mock, more):
        given.members(ADMIN, count)


def test_members_takes_the_quota_that_the_test_has_set(membership_mock, given, accounts):
    membership_mock.quotas.set("securityhub", "invited_members", 2, account=ADMIN)
    with nothing_happens(membership_mock, "3 is more than 2, the quota invited_members"):
        given.members(ADMIN, 3, by="invitation")
    assert len(given.members(ADMIN, 2, by="invitation")) == 2


def test_findings_refuses_the_number_of_an_account(membership_mock, given):
    with nothing_happens(membership_mock, r"For the account 222222222222, pass \['222222222222'\]"):
        given.findings(222222222222)


def test_organization_admin_designates_an_account_once(membership_mock, given, hub, accounts):
    for _ in range(2):
        seeded = given.organization_admin(accounts[0], region=IRELAND)
    assert (seeded.account, seeded.management) == (accounts[0], MANAGEMENT)
    (admin,) = hub(MANAGEMENT).list_organization_admin_accounts()["AdminAccounts"]
    assert admin["AccountId"] == accounts[0]


def test_organization_admin_can_be_the_management_account(given, hub, accounts):
    assert given.organization_admin(MANAGEMENT, region=IRELAND).management == MANAGEMENT
    assert hub(MANAGEMENT).describe_hub()["HubArn"]


def test_organization_admin_needs_an_organization(membership_mock, given):
    with nothing_happens(membership_mock, "mock.organization", SeedRefused):
        given.organization_admin(ADMIN)


def test_a_second_organization_admin_is_refused_with_moto_untouched(
    membership_mock, given, accounts
):
    given.organization_admin(accounts[0], region=IRELAND)
    with nothing_happens(membership_mock, "is the Security Hub administrator", SeedRefused):
        given.organization_admin(accounts[1], region=LONDON)


@pytest.mark.parametrize("status", BY_ORGANIZATION)
def test_member_by_organization_reaches(given, hub, accounts, status):
    given.organization_admin(accounts[0], region=IRELAND)
    member = given.member(accounts[0], accounts[1], status, region=IRELAND)
    assert (member.status, member.by, member.invitation_id) == (status, "organization", None)
    listed = {} if status == "Deleted" else {accounts[1]: status}
    assert statuses(hub(accounts[0])) == listed


@pytest.mark.parametrize("after", ["Enabled", "Removed", "Deleted"])
@pytest.mark.parametrize("before", ["Enabled", "Removed", "Deleted"])
def test_member_by_organization_comes_from_any_status_to_any_other(
    given, hub, accounts, before, after
):
    given.organization_admin(accounts[0], region=IRELAND)
    given.member(accounts[0], accounts[1], before, region=IRELAND)
    given.member(accounts[0], accounts[1], after, region=IRELAND)
    assert statuses(hub(accounts[0])) == ({} if after == "Deleted" else {accounts[1]: after})


def test_a_suspended_account_does_not_become_enabled(membership_mock, given, accounts):
    given.organization_admin(accounts[0], region=IRELAND)
    given.member(accounts[0], accounts[1], "AccountSuspended", region=IRELAND)
    with nothing_happens(membership_mock, "became AccountSuspended, not Enabled", SeedRefused):
        given.member(accounts[0], accounts[1], region=IRELAND)


def test_the_management_account_is_never_suspended(membership_mock, given, accounts):
    given.organization_admin(accounts[0], region=IRELAND)
    with nothing_happens(membership_mock, "which AWS does not close", SeedRefused):
        given.member(accounts[0], MANAGEMENT, "AccountSuspended", region=IRELAND)


def test_accounts_of_the_organization_are_never_invited(membership_mock, given, accounts):
    given.organization_admin(accounts[0], region=IRELAND)
    with nothing_happens(membership_mock, "never Invited", SeedRefused):
        given.member(accounts[0], accounts[1], "Invited", region=IRELAND)
    with nothing_happens(membership_mock, "without an invitation", SeedRefused):
        given.member(accounts[0], accounts[1], by="invitation", region=IRELAND)


def test_members_of_an_organization_are_its_accounts(membership_mock, given, hub, accounts):
    given.organization_admin(accounts[0], region=IRELAND)
    made = given.members(accounts[0], 4, region=IRELAND)
    assert {each.account for each in made} == {MANAGEMENT, *accounts[1:]}
    assert statuses(hub(accounts[0])) == dict.fromkeys((e.account for e in made), "Enabled")
    with nothing_happens(membership_mock, "has 0 active accounts", SeedRefused):
        given.members(accounts[0], 1, region=IRELAND)


def test_organization_configuration_admits_accounts_that_join(
    membership_mock, given, hub, accounts
):
    given.organization_configuration(accounts[0], region=IRELAND)
    membership_mock.client("organizations").create_account(
        AccountName="new", Email="new@example.com"
    )
    assert list(statuses(hub(accounts[0])).values()) == ["Enabled"]
    given.organization_configuration(accounts[0], auto_enable=False, region=IRELAND)
    assert hub(accounts[0]).describe_organization_configuration()["AutoEnable"] is False


@pytest.mark.parametrize(
    ("linked", "mode"),
    [
        (None, "ALL_REGIONS"),
        pytest.param([], "NO_REGIONS", marks=pytest.mark.newest_model),
        ([LONDON, OHIO], "SPECIFIED_REGIONS"),
    ],
)
def test_aggregator_links_regions(given, hub, linked, mode):
    given.aggregator(ADMIN, linked_regions=["us-east-1"], region=IRELAND)
    for _ in range(2):
        made = given.aggregator(ADMIN, linked_regions=linked, region=IRELAND)
    shown = hub(ADMIN).get_finding_aggregator(FindingAggregatorArn=made.arn)
    assert (shown["RegionLinkingMode"], shown.get("Regions", [])) == (mode, linked or [])


def test_aggregator_of_another_region_or_of_a_member_is_refused(membership_mock, given):
    given.aggregator(ADMIN, region=IRELAND)
    with nothing_happens(membership_mock, "home Region", SeedRefused):
        given.aggregator(ADMIN, linked_regions=[OHIO], region=LONDON)
    given.member(ADMIN, MEMBER, region=LONDON)
    with nothing_happens(membership_mock, "member account", SeedRefused):
        given.aggregator(MEMBER, region=LONDON)


def test_central_configuration_is_in_use_with_its_policies(given, hub, accounts):
    seeded = given.central_configuration(
        accounts[0],
        linked_regions=[LONDON],
        policies={
            "base": {"standards": ["nist-800-53/v/5.0.0"], "targets": [accounts[1]]},
            "off": {"enabled": False, "description": "Not here"},
        },
        region=IRELAND,
    )
    admin = hub(accounts[0])
    described = admin.describe_organization_configuration()["OrganizationConfiguration"]
    assert described == {"ConfigurationType": "CENTRAL", "Status": "ENABLED"}
    assert admin.get_configuration_policy(Identifier=seeded.policies["off"])["Name"] == "off"
    enabled = hub(accounts[1], LONDON).get_enabled_standards()["StandardsSubscriptions"]
    assert [each["StandardsArn"].rpartition("standards/")[2] for each in enabled] == [
        "nist-800-53/v/5.0.0"
    ]


def test_central_configuration_changes_what_is_there(given, hub, accounts):
    policies = {"base": {"standards": []}}
    first = given.central_configuration(accounts[0], policies=policies, region=IRELAND)
    policies = {"base": {"disabled_controls": ["IAM.1"]}}
    assert given.central_configuration(accounts[0], policies=policies, region=IRELAND) == first
    policy = hub(accounts[0]).get_configuration_policy(Identifier=first.policies["base"])
    controls = policy["ConfigurationPolicy"]["SecurityHub"]["SecurityControlsConfiguration"]
    assert controls == {"DisabledSecurityControlIdentifiers": ["IAM.1"]}


def test_a_refused_policy_takes_all_of_central_configuration_back(membership_mock, given, accounts):
    bad = {"enabled": False, "standards": ["nist-800-53/v/5.0.0"]}
    with nothing_happens(membership_mock, "CreateConfigurationPolicy", SeedRefused):
        given.central_configuration(accounts[0], policies={"good": {}, "bad": bad}, region=IRELAND)


def test_central_configuration_names_what_a_policy_cannot_have(membership_mock, given, accounts):
    with nothing_happens(membership_mock, "nearest: 'standards'"):
        given.central_configuration(accounts[0], policies={"base": {"standard": []}})


def test_hubs_that_are_centrally_managed_are_not_seeded_beside_their_policy(
    membership_mock, given, accounts
):
    off = {"off": {"enabled": False, "targets": [accounts[1]]}}
    given.central_configuration(accounts[0], policies=off, region=IRELAND)
    with nothing_happens(membership_mock, "configuration policy decides", SeedRefused):
        given.hub(accounts[1], region=IRELAND)


# --- findings ---


def test_finding_has_defaults_and_what_differs_from_them(given, hub):
    seeded = given.finding(ADMIN, region=IRELAND, Title="Open port", Severity={"Label": "LOW"})
    (found,) = hub(ADMIN).get_findings()["Findings"]
    assert (found["Id"], found["ProductArn"]) == (seeded.id, seeded.product_arn)
    assert (found["Title"], found["Severity"]["Label"]) == ("Open port", "LOW")


def test_findings_are_as_many_as_are_wanted_or_listed(given, hub):
    many = given.findings(150, ADMIN, region=IRELAND, Title="Many")
    given.findings([{"Id": "a"}, {"Id": "b", "Title": "Own"}], ADMIN, region=IRELAND, Title="All")
    pages = hub(ADMIN).get_paginator("get_findings").paginate()
    found = {each["Id"]: each["Title"] for page in pages for each in page["Findings"]}
    assert found == {**{each.id: "Many" for each in many}, "a": "All", "b": "Own"}


@pytest.mark.parametrize(
    ("fields", "text"),
    [({"Severity": 3}, "Severity"), ({"Title": ""}, "data.Title")],
)
def test_a_malformed_finding_takes_all_of_them_back(membership_mock, given, fields, text):
    with nothing_happens(membership_mock, text, SeedRefused):
        given.findings([{}, fields], ADMIN)
    given.hub(ADMIN)
    with nothing_happens(membership_mock, text, SeedRefused):
        given.finding(ADMIN, **fields)


def test_a_standard_that_does_not_exist_is_named_with_the_nearest(membership_mock, given):
    with nothing_happens(membership_mock, "nearest: 'nist-800-53/v/5.0.0'"):
        given.hub(ADMIN, standards=["nist-800-53/v/5.1.0"])
    with nothing_happens(membership_mock, r"standards: .* is not a list of text"):
        given.hub(ADMIN, standards="nist-800-53/v/5.0.0")


# --- threads ---


def test_seeds_of_several_threads_do_not_mix(membership_mock, hub):
    def seed(administrator):
        given = membership_mock.given.securityhub
        given.members(administrator, [administrator[:11] + str(n) for n in range(5, 9)])
        with pytest.raises(SeedRefused, match="member of itself"):
            given.members(administrator, ["999999999999", administrator])

    administrators = [ADMIN, MEMBER, OTHER, THIRD]
    with ThreadPoolExecutor(len(administrators)) as threads:
        list(threads.map(seed, administrators))
    for each in administrators:
        listed = statuses(hub(each, "us-east-1"))
        assert listed == {each[:11] + str(n): "Enabled" for n in range(5, 9)}
