"""The delegated administrator of Security Hub V2: one for the organization, in every region."""

from __future__ import annotations

from typing import Any

import pytest

from tests.securityhub.samples import IRELAND, MANAGEMENT, OHIO, Organization, refused
from tests.securityhub.v2.samples import ALONE, World

V2 = {"Feature": "SecurityHubV2"}


def _administrators(client: Any, **feature: str) -> list[dict[str, str]]:
    return list(client.list_organization_admin_accounts(**feature)["AdminAccounts"])


def test_the_administrator_is_the_same_in_every_region(led: World) -> None:
    for region in (IRELAND, OHIO):
        answer = led.organization.hub(region).list_organization_admin_accounts(**V2)
        assert answer["Feature"] == "SecurityHubV2"
        assert answer["AdminAccounts"] == [{"AccountId": led.security}]
        assert _administrators(led.organization.hub(region)) == []


def test_designation_registers_the_account_and_enables_no_hub(led: World) -> None:
    registered = led.organization.organizations.list_delegated_administrators(
        ServicePrincipal="securityhub.amazonaws.com"
    )["DelegatedAdministrators"]
    assert [each["Id"] for each in registered] == [led.security]
    client = led.mock.client("securityhub", account=led.security, region=IRELAND)
    assert refused(client.describe_security_hub_v2)[0] == "ResourceNotFoundException"
    assert refused(client.describe_hub)[0] == "InvalidAccessException"


def test_to_designate_the_same_account_again_changes_nothing(led: World) -> None:
    management = led.organization.hub(OHIO)
    answer = management.enable_organization_admin_account(AdminAccountId=led.security, **V2)
    assert answer["AdminAccountId"] == led.security
    assert answer["Feature"] == "SecurityHubV2"


def test_a_second_administrator_is_refused(led: World) -> None:
    management = led.organization.hub()
    designate = management.enable_organization_admin_account
    code, status, text = refused(designate, AdminAccountId=led.first, **V2)
    assert (code, status) == ("InvalidInputException", 400)
    assert led.security in text
    assert _administrators(management, **V2) == [{"AccountId": led.security}]


def test_only_the_management_account_designates_and_lists(led: World) -> None:
    text = f"Account {led.security} is not the management account of its organization"
    administrator = led.client(led.security)
    for call, arguments in (
        (administrator.list_organization_admin_accounts, {}),
        (administrator.enable_organization_admin_account, {"AdminAccountId": led.first}),
        (administrator.disable_organization_admin_account, {"AdminAccountId": led.security}),
    ):
        assert refused(call, **arguments, **V2) == ("InvalidAccessException", 401, text)
    alone = led.mock.client("securityhub", account=ALONE, region=IRELAND)
    assert refused(alone.list_organization_admin_accounts, **V2)[0] == "InvalidAccessException"


def test_the_two_services_must_have_the_same_administrator(organization: Organization) -> None:
    security, other = organization.accounts(("security", "other"))
    management = organization.hub()
    management.enable_organization_admin_account(AdminAccountId=security)
    designate = management.enable_organization_admin_account
    assert refused(designate, AdminAccountId=other, **V2)[0] == "InvalidInputException"
    designate(AdminAccountId=security, **V2)
    assert _administrators(management, **V2) == [{"AccountId": security}]


def test_the_older_service_follows_the_administrator_of_v2(led: World) -> None:
    management = led.organization.hub()
    designate = management.enable_organization_admin_account
    assert refused(designate, AdminAccountId=led.first)[0] == "InvalidInputException"
    management.enable_security_hub()
    designate(AdminAccountId=MANAGEMENT)
    assert _administrators(management) == [{"AccountId": MANAGEMENT, "Status": "ENABLED"}]


def test_the_management_account_cannot_administer_v2(organization: Organization) -> None:
    designate = organization.hub().enable_organization_admin_account
    code, status, _ = refused(designate, AdminAccountId=MANAGEMENT, **V2)
    assert (code, status) == ("InvalidInputException", 400)


def test_removing_the_administrator_of_v2_leaves_the_older_service(led: World) -> None:
    management = led.organization.hub()
    management.enable_organization_admin_account(AdminAccountId=led.security)
    management.disable_organization_admin_account(AdminAccountId=led.security, **V2)
    assert _administrators(management, **V2) == []
    assert [each["AccountId"] for each in _administrators(management)] == [led.security]
    again = management.disable_organization_admin_account
    assert refused(again, AdminAccountId=led.security, **V2)[:2] == (
        "ResourceNotFoundException",
        404,
    )


@pytest.mark.parametrize("what", ["deregistered", "closed", "trusted access"])
def test_the_role_ends_with_what_happens_in_organizations(led: World, what: str) -> None:
    organizations = led.organization.organizations
    principal = {"ServicePrincipal": "securityhub.amazonaws.com"}
    if what == "deregistered":
        organizations.deregister_delegated_administrator(AccountId=led.security, **principal)
    elif what == "closed":
        organizations.close_account(AccountId=led.security)
    else:
        organizations.disable_aws_service_access(**principal)
    assert _administrators(led.organization.hub(), **V2) == []


def test_another_account_is_designated_once_the_former_is_removed_and_deregistered(
    led: World,
) -> None:
    management = led.organization.hub()
    management.disable_organization_admin_account(AdminAccountId=led.security, **V2)
    designate = management.enable_organization_admin_account
    assert "deregister it in Organizations" in refused(designate, AdminAccountId=led.first, **V2)[2]
    led.organization.organizations.deregister_delegated_administrator(
        AccountId=led.security, ServicePrincipal="securityhub.amazonaws.com"
    )
    designate(AdminAccountId=led.first, **V2)
    assert _administrators(management, **V2) == [{"AccountId": led.first}]
