"""Central configuration at work: what policies do to accounts, in which regions, and for how long."""

import pytest
from botocore.exceptions import ClientError

from tests.frozen_time import freeze_time
from tests.securityhub.central_configuration.central import (
    CIS,
    FSBP,
    FSBP_LINKED,
    HOME,
    LINKED,
    MANAGEMENT,
    NIST,
    OFF,
    SELF_MANAGED,
    UNLINKED,
    Central,
    on,
    status_of,
    text_of,
)
from tests.securityhub.samples import OTHER_ADMIN as OUTSIDER
from tests.securityhub.samples import accept, invite, refused

CENTRALLY_MANAGED = (
    "This account is currently associated with a central configuration policy, so only the"
    " administrator can access this operation."
)


@pytest.fixture
def central(membership_mock):
    return Central(membership_mock)


def has_hub(hub):
    try:
        hub.describe_hub()
    except hub.exceptions.InvalidAccessException:
        return False
    return True


def test_a_policy_enables_hub_and_standards_and_makes_a_member(central):
    account_id = central.account("alice", central.prod)

    central.apply(central.policy(configuration=on(FSBP, CIS)), central.workloads)

    assert central.standards(account_id) == sorted([FSBP, CIS])
    assert central.members() == {account_id: "Enabled"}
    found = central.client(account_id).get_administrator_account()["Administrator"]
    assert found["AccountId"] == central.administrator


def test_a_policy_takes_effect_in_linked_regions_too(central):
    account_id = central.account("alice", central.prod)

    central.apply(central.policy(), central.prod)

    assert central.standards(account_id, LINKED) == [FSBP_LINKED]
    assert central.members(LINKED) == {account_id: "Enabled"}
    assert not has_hub(central.client(account_id, UNLINKED))


def test_a_policy_leaves_no_standards_but_its_own(central):
    account_id = central.account("alice", central.prod)
    alice = central.client(account_id)
    alice.enable_security_hub(EnableDefaultStandards=True)

    central.apply(central.policy(configuration=on(NIST)), account_id)

    assert central.standards(account_id) == [NIST]


def test_a_policy_configures_the_administrator_as_well(central):
    central.apply(central.policy(configuration=on(NIST)), central.root)

    assert central.standards(central.administrator) == [NIST]


def test_a_policy_that_disables_security_hub_takes_hub_and_membership_away(central):
    account_id = central.account("alice", central.prod)
    central.apply(central.policy("on"), account_id)

    central.apply(central.policy("off", configuration=OFF), account_id)

    for region in (HOME, LINKED):
        assert not has_hub(central.client(account_id, region))
        assert central.members(region) == {account_id: "Removed"}
    assert central.association(account_id)["AssociationStatus"] == "SUCCESS"


def test_updating_a_policy_configures_all_its_accounts_anew(central):
    inheriting, applied = central.account("a", central.prod), central.account("b")
    other = central.account("c")
    policy_id = central.policy()
    central.apply(policy_id, central.workloads)
    central.apply(policy_id, applied)
    central.apply(central.policy("other"), other)

    central.hub.update_configuration_policy(Identifier=policy_id, ConfigurationPolicy=on(CIS))

    assert central.standards(inheriting) == central.standards(applied) == [CIS]
    assert central.standards(other) == [FSBP]


def test_renaming_a_policy_configures_nothing(central):
    account_id = central.account("a", central.prod)
    policy_id = central.policy()
    with freeze_time("2026-03-01T12:00:00Z") as clock:
        central.apply(policy_id, central.prod)
        clock.move_to("2026-03-02T12:00:00Z")
        central.hub.update_configuration_policy(Identifier=policy_id, Name="other")
        found = central.association(account_id)

    assert found["UpdatedAt"].isoformat() == "2026-03-01T12:00:00+00:00"


def test_after_a_disassociation_an_account_keeps_its_settings_and_may_change_them(central):
    account_id = central.account("alice", central.prod)
    policy_id = central.policy()
    central.apply(policy_id, account_id)

    central.take_away(policy_id, account_id)

    assert central.standards(account_id) == [FSBP]
    central.client(account_id).batch_enable_standards(
        StandardsSubscriptionRequests=[{"StandardsArn": CIS}]
    )
    assert central.standards(account_id) == sorted([FSBP, CIS])


def test_after_a_disassociation_an_account_gets_what_it_inherits(central):
    account_id = central.account("alice", central.prod)
    central.apply(central.policy("everywhere", configuration=on(CIS)), central.root)
    special = central.policy("special", configuration=on(NIST))
    central.apply(special, central.prod)
    assert central.standards(account_id) == [NIST]

    central.take_away(special, central.prod)

    assert central.standards(account_id) == [CIS]


def test_a_centrally_managed_account_cannot_change_its_standards(central):
    account_id = central.account("alice", central.prod)
    central.apply(central.policy(), central.prod)
    alice = central.client(account_id)

    with pytest.raises(alice.exceptions.AccessDeniedException) as refused:
        alice.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": CIS}])

    assert text_of(refused) == CENTRALLY_MANAGED
    assert status_of(refused) == 403
    assert central.standards(account_id) == [FSBP]


def test_a_centrally_managed_account_cannot_switch_its_hub_on_or_off(central):
    enabled, disabled = central.account("a", central.prod), central.account("b", central.workloads)
    central.apply(central.policy("off", configuration=OFF), central.workloads)
    central.apply(central.policy("on"), central.prod)

    with pytest.raises(ClientError) as refused:
        central.client(enabled).disable_security_hub()
    assert text_of(refused) == CENTRALLY_MANAGED
    with pytest.raises(ClientError) as refused:
        central.client(disabled, LINKED).enable_security_hub()
    assert text_of(refused) == CENTRALLY_MANAGED


def test_a_self_managed_account_configures_itself(central):
    account_id = central.account("alice", central.prod)
    central.apply(central.policy(), central.root)

    central.apply(SELF_MANAGED, central.workloads)

    central.client(account_id).batch_enable_standards(
        StandardsSubscriptionRequests=[{"StandardsArn": CIS}]
    )
    assert central.standards(account_id) == sorted([FSBP, CIS])


def test_in_an_unlinked_region_a_centrally_managed_account_configures_itself(central):
    account_id = central.account("alice", central.prod)
    central.apply(central.policy(), central.root)

    alice = central.client(account_id, UNLINKED)
    alice.enable_security_hub(EnableDefaultStandards=False)
    alice.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": CIS}])

    assert central.standards(account_id, UNLINKED) == [CIS]


def test_an_account_that_joins_inherits_at_once(central):
    central.apply(central.policy(configuration=on(NIST)), central.root)

    account_id = central.account("alice")

    assert central.standards(account_id) == [NIST]
    assert central.members()[account_id] == "Enabled"


def test_an_account_that_moves_gets_what_its_new_place_has(central):
    central.apply(central.policy("workloads", configuration=on(CIS)), central.workloads)
    central.apply(central.policy("prod", configuration=on(NIST)), central.prod)
    account_id = central.account("alice", central.workloads)
    assert central.standards(account_id) == [CIS]

    central.move(account_id, central.workloads, central.prod)
    assert central.standards(account_id) == [NIST]

    central.move(account_id, central.prod, central.root)
    assert central.standards(account_id) == [NIST]
    central.client(account_id).batch_enable_standards(
        StandardsSubscriptionRequests=[{"StandardsArn": CIS}]
    )


def test_an_account_that_leaves_is_governed_no_more(central):
    account_id = central.account("alice", central.prod)
    central.apply(central.policy(), account_id)

    central.organizations.remove_account_from_organization(AccountId=account_id)

    assert central.associations() == {}
    central.client(account_id).batch_enable_standards(
        StandardsSubscriptionRequests=[{"StandardsArn": CIS}]
    )


def test_a_unit_that_is_deleted_is_no_target_any_more(central):
    policy_id = central.policy()
    central.apply(policy_id, central.prod)

    central.organizations.delete_organizational_unit(OrganizationalUnitId=central.prod)

    assert central.associations() == {}
    central.hub.delete_configuration_policy(Identifier=policy_id)


def test_linking_a_region_takes_the_policies_there(central):
    account_id = central.account("alice", central.prod)
    central.apply(central.policy(), central.prod)
    arn = central.hub.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"]

    central.hub.update_finding_aggregator(
        FindingAggregatorArn=arn,
        RegionLinkingMode="SPECIFIED_REGIONS",
        Regions=[LINKED, UNLINKED],
    )

    assert central.standards(account_id, UNLINKED) == [FSBP.replace(HOME, UNLINKED)]
    assert central.members(UNLINKED) == {account_id: "Enabled"}


def test_linking_a_region_makes_the_administrator_one_there_too(central):
    arn = central.hub.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"]

    central.hub.update_finding_aggregator(
        FindingAggregatorArn=arn, RegionLinkingMode="SPECIFIED_REGIONS", Regions=[UNLINKED]
    )

    there = central.client(central.administrator, UNLINKED)
    described = there.describe_organization_configuration()["OrganizationConfiguration"]
    assert described["ConfigurationType"] == "CENTRAL"


def test_a_region_is_not_linked_where_the_administrator_is_a_member(central):
    outsider, there = (central.client(one, UNLINKED) for one in (OUTSIDER, central.administrator))
    for client in (outsider, there):
        client.enable_security_hub()
    invite(outsider, central.administrator)
    accept(there, OUTSIDER)
    arn = central.hub.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"]

    assert refused(
        central.hub.update_finding_aggregator,
        FindingAggregatorArn=arn,
        RegionLinkingMode="SPECIFIED_REGIONS",
        Regions=[LINKED, UNLINKED],
    ) == (
        "InvalidInputException", 400,
        f"Account {central.administrator} is a member account of {OUTSIDER} in {UNLINKED}",
    )  # fmt: skip
    assert central.hub.get_finding_aggregator(FindingAggregatorArn=arn)["Regions"] == [LINKED]


def test_an_association_that_failed_at_home_does_not_succeed_by_linking_a_region(central):
    central.apply(central.policy(), MANAGEMENT)
    central.client(MANAGEMENT, UNLINKED).enable_security_hub(EnableDefaultStandards=False)
    arn = central.hub.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"]

    central.hub.update_finding_aggregator(
        FindingAggregatorArn=arn, RegionLinkingMode="SPECIFIED_REGIONS", Regions=[UNLINKED]
    )

    assert central.association(MANAGEMENT)["AssociationStatus"] == "FAILED"


def test_a_finding_aggregator_of_local_configuration_designates_nobody(membership_mock):
    local = Central(membership_mock, central=False)
    arn = local.link()

    local.hub.update_finding_aggregator(
        FindingAggregatorArn=arn, RegionLinkingMode="SPECIFIED_REGIONS", Regions=[UNLINKED]
    )

    assert not has_hub(local.client(local.administrator, UNLINKED))


def test_unlinking_a_region_leaves_the_settings_there_to_the_accounts(central):
    account_id = central.account("alice", central.prod)
    central.apply(central.policy(), central.prod)
    arn = central.hub.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"]

    central.hub.update_finding_aggregator(FindingAggregatorArn=arn, RegionLinkingMode="NO_REGIONS")

    assert central.standards(account_id, LINKED) == [FSBP_LINKED]
    central.client(account_id, LINKED).batch_enable_standards(
        StandardsSubscriptionRequests=[{"StandardsArn": CIS}]
    )
    with pytest.raises(ClientError):
        central.client(account_id, HOME).batch_enable_standards(
            StandardsSubscriptionRequests=[{"StandardsArn": CIS}]
        )


def test_all_regions_stands_for_those_that_need_no_opt_in(membership_mock):
    central = Central(membership_mock, RegionLinkingMode="ALL_REGIONS")
    account_id = central.account("alice", central.prod)

    central.apply(central.policy(), central.prod)

    assert has_hub(central.client(account_id, "ap-northeast-3"))
    assert not has_hub(central.client(account_id, "af-south-1"))


def test_all_regions_takes_in_a_region_that_the_administrator_opts_into(membership_mock):
    central = Central(membership_mock, RegionLinkingMode="ALL_REGIONS")
    account_id = central.account("alice")
    central.apply(central.policy(), account_id)
    there = central.client(central.administrator, "ap-east-1")
    there.enable_security_hub()

    assert central.association(account_id)["AssociationStatus"] == "SUCCESS"

    assert central.members("ap-east-1") == {account_id: "Enabled"}
    assert central.standards(account_id, "ap-east-1") == [FSBP.replace(HOME, "ap-east-1")]
    described = there.describe_organization_configuration()["OrganizationConfiguration"]
    assert described["ConfigurationType"] == "CENTRAL"


def test_all_regions_leaves_out_a_region_where_the_administrator_is_a_member(membership_mock):
    central = Central(membership_mock, RegionLinkingMode="ALL_REGIONS")
    outsider, there = (
        central.client(one, "ap-east-1") for one in (OUTSIDER, central.administrator)
    )
    for client in (outsider, there):
        client.enable_security_hub()
    invite(outsider, central.administrator)
    accept(there, OUTSIDER)
    account_id = central.account("alice")

    central.apply(central.policy(), account_id)

    assert central.association(account_id)["AssociationStatus"] == "SUCCESS"
    assert central.members("ap-east-1") == {}
    assert not has_hub(central.client(account_id, "ap-east-1"))


def test_all_regions_except_some_leaves_those_out(membership_mock):
    central = Central(
        membership_mock, RegionLinkingMode="ALL_REGIONS_EXCEPT_SPECIFIED", Regions=["us-east-1"]
    )
    account_id = central.account("alice", central.prod)

    central.apply(central.policy(), central.prod)

    assert has_hub(central.client(account_id, "us-east-2"))
    assert not has_hub(central.client(account_id, "us-east-1"))


def test_local_configuration_comes_back_once_everything_is_taken_away_and_deleted(central):
    account_id = central.account("alice", central.prod)
    policy_id = central.policy()
    central.apply(policy_id, central.prod)
    central.apply(SELF_MANAGED, account_id)

    for step in (
        lambda: central.take_away(policy_id, central.prod),
        lambda: central.take_away(SELF_MANAGED, account_id),
        lambda: central.hub.delete_configuration_policy(Identifier=policy_id),
    ):
        with pytest.raises(central.hub.exceptions.ResourceConflictException):
            central.turn("LOCAL")
        step()
    central.turn("LOCAL")

    assert central.standards(account_id) == [FSBP]
    described = central.hub.describe_organization_configuration()["OrganizationConfiguration"]
    assert described["ConfigurationType"] == "LOCAL"


def test_removing_the_administrator_in_organizations_ends_central_configuration(central):
    account_id = central.account("alice", central.prod)
    central.apply(central.policy(), central.root)

    central.organizations.deregister_delegated_administrator(
        AccountId=central.administrator, ServicePrincipal="securityhub.amazonaws.com"
    )

    assert central.standards(account_id) == [FSBP]
    central.client(account_id).batch_enable_standards(
        StandardsSubscriptionRequests=[{"StandardsArn": CIS}]
    )
    with pytest.raises(central.hub.exceptions.AccessDeniedException):
        central.hub.list_configuration_policies()


def test_an_administrator_that_comes_back_finds_no_policies(central):
    central.apply(central.policy(), central.root)
    central.organizations.deregister_delegated_administrator(
        AccountId=central.administrator, ServicePrincipal="securityhub.amazonaws.com"
    )

    central.client(MANAGEMENT).enable_organization_admin_account(
        AdminAccountId=central.administrator
    )
    central.turn("CENTRAL")

    assert central.hub.list_configuration_policies()["ConfigurationPolicySummaries"] == []
    assert central.associations() == {}


def test_two_organizations_have_nothing_to_do_with_each_other(central, membership_mock):
    stranger = membership_mock.client("organizations", account="777777777777", region="us-east-1")
    stranger.create_organization(FeatureSet="ALL")
    created = stranger.create_account(AccountName="theirs", Email="theirs@example.com")
    theirs = created["CreateAccountStatus"]["AccountId"]

    central.apply(central.policy(), central.root)

    hub = central.client(theirs)
    assert not has_hub(hub)
    with pytest.raises(central.hub.exceptions.ResourceNotFoundException):
        central.association(theirs)


def test_the_administrator_may_change_its_own_standards_under_its_own_policy(central):
    policy = central.policy("ours", configuration=on(FSBP))
    central.apply(policy, central.root)
    central.hub.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": NIST}])
    enabled = central.hub.get_enabled_standards()["StandardsSubscriptions"]
    assert {each["StandardsArn"] for each in enabled} == {FSBP, NIST}
