"""The same calls on moto's mock_aws and on this package's mock: what the page on switching shows.

A case is named by the first cell of its row. It gets a maker of clients, makes calls, and returns
what its row shows: a status, a list, or the code of an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import boto3
from botocore.exceptions import ClientError

ADMIN, MEMBER, OTHER = "111122223333", "444455556666", "777788889999"
REGION = "eu-west-1"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


class Accounts:
    """Makes clients of accounts in a way that moto and this package both know."""

    def __call__(self, service: str, account: str = ADMIN, region: str = REGION) -> Any:
        client = boto3.client(
            service,
            region_name=region,
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="any",
        )

        def name_the_account(request: Any, **_: Any) -> None:
            request.headers["x-moto-account-id"] = account

        client.meta.events.register("before-sign", name_the_account)
        return client

    def hub(self, account: str = ADMIN, region: str = REGION) -> Any:
        """Return a client of Security Hub in an account whose hub is enabled."""
        client = self("securityhub", account, region)
        client.enable_security_hub(EnableDefaultStandards=False)
        return client

    def organization(self) -> str:
        """Make ADMIN the management account of an organization; return another account of it."""
        organizations = self("organizations")
        organizations.create_organization(FeatureSet="ALL")
        return self.account(organizations)

    @staticmethod
    def account(organizations: Any) -> str:
        """Return a new account of the organization."""
        created = organizations.create_account(Email="new@example.com", AccountName="new")
        return str(created["CreateAccountStatus"]["AccountId"])

    def administrator(self) -> tuple[Any, str]:
        """Return a client of the delegated administrator of Security Hub, and its account."""
        account = self.organization()
        self.hub().enable_organization_admin_account(AdminAccountId=account)
        return self("securityhub", account), account

    def room(self, **fields: Any) -> str:
        """Return the id of a new collaboration of ADMIN and MEMBER."""
        room = self("cleanrooms").create_collaboration(
            **{
                "name": "Campaigns",
                "description": "Who saw what?",
                "creatorDisplayName": "Brand",
                "creatorMemberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
                "members": [invited()],
                "queryLogStatus": "DISABLED",
                **fields,
            }
        )
        return str(room["collaboration"]["id"])

    def join(self, room: str, account: str = ADMIN, log: str = "DISABLED") -> str:
        """Return the id of a new membership."""
        made = self("cleanrooms", account).create_membership(
            collaborationIdentifier=room, queryLogStatus=log
        )
        return str(made["membership"]["id"])


Case = Callable[[Accounts], Any]
SECURITY_HUB: dict[str, Case] = {}
CLEAN_ROOMS: dict[str, Case] = {}


def security_hub(row: str) -> Callable[[Case], Case]:
    """Add a case to the table of Security Hub."""
    return lambda case: SECURITY_HUB.setdefault(row, case)


def clean_rooms(row: str) -> Callable[[Case], Case]:
    """Add a case to the table of Clean Rooms."""
    return lambda case: CLEAN_ROOMS.setdefault(row, case)


def answer(case: Case) -> str:
    """Return what a case answers, as the page shows it."""
    try:
        found = case(Accounts())
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return "not mocked" if code == "404" else f"`{code}`"  # moto has no such address
    return shown(found)


def shown(value: Any) -> str:
    """Return a value as a cell of a table."""
    if isinstance(value, str):
        return f"`{value}`"
    if value in (None, [], {}):
        return "nothing"
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    return f"`{value}`"


def finding(number: int = 1, account: str = ADMIN, **fields: Any) -> dict[str, Any]:
    """Return a finding in AWS's format."""
    stamp = "2026-03-14T12:00:00Z"
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"finding-{number}",
        "ProductArn": f"arn:aws:securityhub:{REGION}:{account}:product/{account}/default",
        "GeneratorId": "test",
        "AwsAccountId": account,
        "Types": ["Software and Configuration Checks"],
        "CreatedAt": stamp,
        "UpdatedAt": stamp,
        "Severity": {"Label": "HIGH"},
        "Title": f"Finding {number}",
        "Description": "A finding.",
        "Resources": [{"Type": "Other", "Id": "something"}],
        **fields,
    }


def invited(account: str = MEMBER, abilities: Iterable[str] = ()) -> dict[str, Any]:
    """Return a member as CreateCollaboration takes it."""
    return {"accountId": account, "displayName": "Publisher", "memberAbilities": list(abilities)}


def imported(hub: Any, *findings: dict[str, Any]) -> list[str]:
    """Import findings; return the codes of those that failed, or the number of successes."""
    answer = hub.batch_import_findings(Findings=list(findings))
    failed = [each["ErrorCode"] for each in answer["FailedFindings"]]
    return failed or [f"SuccessCount {answer['SuccessCount']}"]


# --- Security Hub: the hub ---


@security_hub("`EnableSecurityHub`, again")
def _(of: Accounts) -> Any:
    of.hub().enable_security_hub()
    return "200"


@security_hub("`EnableSecurityHub`, then `GetEnabledStandards`")
def _(of: Accounts) -> Any:
    hub = of("securityhub")
    hub.enable_security_hub()
    return f"{len(hub.get_enabled_standards()['StandardsSubscriptions'])} standards"


@security_hub("`DescribeHub` with another ARN")
def _(of: Accounts) -> Any:
    return of.hub().describe_hub(HubArn=f"arn:aws:securityhub:{REGION}:{OTHER}:hub/default")[
        "HubArn"
    ]


@security_hub("`DisableSecurityHub` in an account without a hub")
def _(of: Accounts) -> Any:
    of("securityhub").disable_security_hub()
    return "200"


# --- Security Hub: findings ---


@security_hub("`GetFindings` in an account without a hub")
def _(of: Accounts) -> Any:
    return [each["Id"] for each in of("securityhub").get_findings()["Findings"]]


@security_hub("`BatchImportFindings` in an account without a hub")
def _(of: Accounts) -> Any:
    return imported(of("securityhub"), finding())


@security_hub("`GetFindings` with a filter that nothing matches")
def _(of: Accounts) -> Any:
    hub = of.hub()
    imported(hub, finding())
    filters = {"Title": [{"Value": "Other", "Comparison": "EQUALS"}]}
    return [each["Id"] for each in hub.get_findings(Filters=filters)["Findings"]]


@security_hub("`GetFindings` sorted by `Title`, descending")
def _(of: Accounts) -> Any:
    hub = of.hub()
    imported(hub, finding(1), finding(2))
    order = [{"Field": "Title", "SortOrder": "desc"}]
    return [each["Id"] for each in hub.get_findings(SortCriteria=order)["Findings"]]


@security_hub("`Workflow` of a new finding")
def _(of: Accounts) -> Any:
    hub = of.hub()
    imported(hub, finding())
    return hub.get_findings()["Findings"][0].get("Workflow", {}).get("Status")


@security_hub("`RecordState` of a new finding")
def _(of: Accounts) -> Any:
    hub = of.hub()
    imported(hub, finding())
    return hub.get_findings()["Findings"][0].get("RecordState")


@security_hub("`BatchImportFindings` for another account")
def _(of: Accounts) -> Any:
    return imported(of.hub(), finding(AwsAccountId=OTHER))


@security_hub("`BatchImportFindings` with a time that is not one")
def _(of: Accounts) -> Any:
    return imported(of.hub(), finding(UpdatedAt="yesterday"))


@security_hub("`BatchImportFindings` of 101 findings")
def _(of: Accounts) -> Any:
    return imported(of.hub(), *(finding(number) for number in range(101)))


@security_hub("`BatchImportFindings`, again with an older `UpdatedAt`: the title")
def _(of: Accounts) -> Any:
    hub = of.hub()
    imported(hub, finding())
    imported(hub, finding(UpdatedAt="2026-03-13T12:00:00Z", Title="Older"))
    return hub.get_findings()["Findings"][0]["Title"]


@security_hub("`GetFindings` by the administrator of the account")
def _(of: Accounts) -> Any:
    hub, member = of.hub(), of.hub(MEMBER)
    hub.create_members(AccountDetails=[{"AccountId": MEMBER}])
    hub.invite_members(AccountIds=[MEMBER])
    (invitation,) = member.list_invitations()["Invitations"]
    member.accept_administrator_invitation(
        AdministratorId=ADMIN, InvitationId=invitation["InvitationId"]
    )
    imported(member, finding(account=MEMBER))
    return [each["Id"] for each in hub.get_findings()["Findings"]]


@security_hub("`GetFindings`: the order without `SortCriteria`")
def _(of: Accounts) -> Any:
    hub = of.hub()
    imported(hub, finding(1), finding(2, UpdatedAt="2026-03-15T12:00:00Z"))
    return [each["Id"] for each in hub.get_findings()["Findings"]]


@security_hub("`GetFindings` with a `NextToken` that is not one")
def _(of: Accounts) -> Any:
    of.hub().get_findings(NextToken="unknown")
    return "200"


@security_hub("`BatchImportFindings` with a severity that does not exist")
def _(of: Accounts) -> Any:
    return imported(of.hub(), finding(Severity={"Label": "URGENT"}))


@security_hub("`BatchImportFindings` without `Severity`")
def _(of: Accounts) -> Any:
    found = finding()
    del found["Severity"]
    return imported(of.hub(), found)


@security_hub("`BatchImportFindings` of a product that is not subscribed to")
def _(of: Accounts) -> Any:
    product = f"arn:aws:securityhub:{REGION}::product/prowler/prowler"
    return imported(of.hub(), finding(ProductArn=product))


@security_hub("`GetFindings` after `DisableSecurityHub` and `EnableSecurityHub`")
def _(of: Accounts) -> Any:
    hub = of.hub()
    imported(hub, finding())
    hub.disable_security_hub()
    hub.enable_security_hub()
    return [each["Id"] for each in hub.get_findings()["Findings"]]


# --- Security Hub: members ---


@security_hub("`CreateMembers` in an account without a hub")
def _(of: Accounts) -> Any:
    of("securityhub").create_members(AccountDetails=[{"AccountId": MEMBER}])
    return "200"


@security_hub("`MemberStatus` after `CreateMembers`")
def _(of: Accounts) -> Any:
    hub = of.hub()
    hub.create_members(AccountDetails=[{"AccountId": MEMBER}])
    return hub.get_members(AccountIds=[MEMBER])["Members"][0]["MemberStatus"]


@security_hub("`ListMembers` after `CreateMembers`")
def _(of: Accounts) -> Any:
    hub = of.hub()
    hub.create_members(AccountDetails=[{"AccountId": MEMBER}])
    return [each["AccountId"] for each in hub.list_members()["Members"]]


@security_hub("`AdministratorId` of a new member")
def _(of: Accounts) -> Any:
    hub = of.hub()
    hub.create_members(AccountDetails=[{"AccountId": MEMBER}])
    return hub.get_members(AccountIds=[MEMBER])["Members"][0].get("AdministratorId")


@security_hub("`InvitedAt` of a new member")
def _(of: Accounts) -> Any:
    hub = of.hub()
    hub.create_members(AccountDetails=[{"AccountId": MEMBER}])
    member = hub.get_members(AccountIds=[MEMBER])["Members"][0]
    return "a time" if "InvitedAt" in member else None


@security_hub("`CreateMembers` with the own account: `UnprocessedAccounts`")
def _(of: Accounts) -> Any:
    answer = of.hub().create_members(AccountDetails=[{"AccountId": ADMIN}])
    return [each["AccountId"] for each in answer["UnprocessedAccounts"]]


@security_hub("`InviteMembers`, then `ListInvitations` of the member")
def _(of: Accounts) -> Any:
    hub, member = of.hub(), of.hub(MEMBER)
    hub.create_members(AccountDetails=[{"AccountId": MEMBER}])
    hub.invite_members(AccountIds=[MEMBER])
    return [each["AccountId"] for each in member.list_invitations()["Invitations"]]


@security_hub("`ListMembers` in an account without a hub")
def _(of: Accounts) -> Any:
    return [each["AccountId"] for each in of("securityhub").list_members()["Members"]]


@security_hub("`ListMembers` with a `NextToken` that is not one")
def _(of: Accounts) -> Any:
    of.hub().list_members(NextToken="unknown")
    return "200"


@security_hub("`GetMembers` of an account that is not a member: `ProcessingResult`")
def _(of: Accounts) -> Any:
    answer = of.hub().get_members(AccountIds=[OTHER])
    return [each["ProcessingResult"] for each in answer["UnprocessedAccounts"]]


@security_hub("`CreateMembers` with 51 accounts: `UnprocessedAccounts`")
def _(of: Accounts) -> Any:
    accounts = [{"AccountId": str(500_000_000_000 + number)} for number in range(51)]
    answer = of.hub().create_members(AccountDetails=accounts)
    return [each["AccountId"] for each in answer["UnprocessedAccounts"]]


@security_hub("`CreateMembers` with an account id of 11 digits: `UnprocessedAccounts`")
def _(of: Accounts) -> Any:
    answer = of.hub().create_members(AccountDetails=[{"AccountId": "12345678901"}])
    return [each["AccountId"] for each in answer["UnprocessedAccounts"]]


@security_hub("`MemberStatus` after `CreateMembers` by the delegated administrator")
def _(of: Accounts) -> Any:
    hub, _ = of.administrator()
    account = of.account(of("organizations"))
    with suppress(ClientError):  # it is enabled already where that is part of the designation
        hub.enable_security_hub()
    hub.create_members(AccountDetails=[{"AccountId": account}])
    return hub.get_members(AccountIds=[account])["Members"][0]["MemberStatus"]


# --- Security Hub: organizations ---


@security_hub("`EnableOrganizationAdminAccount` without an organization")
def _(of: Accounts) -> Any:
    of.hub().enable_organization_admin_account(AdminAccountId=MEMBER)
    return "200"


@security_hub("`EnableOrganizationAdminAccount` by another account than the management account")
def _(of: Accounts) -> Any:
    account = of.organization()
    of.hub(account).enable_organization_admin_account(AdminAccountId=account)
    return "200"


@security_hub("`EnableOrganizationAdminAccount`, then another account")
def _(of: Accounts) -> Any:
    of.administrator()
    second = of.account(of("organizations"))
    of("securityhub").enable_organization_admin_account(AdminAccountId=second)
    return "200"


@security_hub("`DescribeHub` of a new delegated administrator")
def _(of: Accounts) -> Any:
    hub, _ = of.administrator()
    hub.describe_hub()
    return "200"


@security_hub(
    "`ListDelegatedAdministrators` of Organizations after `EnableOrganizationAdminAccount`"
)
def _(of: Accounts) -> Any:
    of.administrator()
    found = of("organizations").list_delegated_administrators(
        ServicePrincipal="securityhub.amazonaws.com"
    )
    return ["the account" for _ in found["DelegatedAdministrators"]]


@security_hub("`DescribeOrganizationConfiguration` in a region without an administrator")
def _(of: Accounts) -> Any:
    _, account = of.administrator()
    of("securityhub", account, "us-east-1").describe_organization_configuration()
    return "200"


@security_hub("`DescribeOrganizationConfiguration` by another account")
def _(of: Accounts) -> Any:
    of.administrator()
    of("securityhub").describe_organization_configuration()
    return "200"


@security_hub("`UpdateOrganizationConfiguration` by another account")
def _(of: Accounts) -> Any:
    of.administrator()
    of("securityhub").update_organization_configuration(AutoEnable=True)
    return "200"


@security_hub("`UpdateOrganizationConfiguration` without an organization")
def _(of: Accounts) -> Any:
    of.hub().update_organization_configuration(AutoEnable=True)
    return "200"


@security_hub("`UpdateOrganizationConfiguration` with `CENTRAL` and no `Status`")
def _(of: Accounts) -> Any:
    hub, _ = of.administrator()
    with suppress(ClientError):  # which moto does not have
        hub.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    hub.update_organization_configuration(
        AutoEnable=False,
        AutoEnableStandards="NONE",
        OrganizationConfiguration={"ConfigurationType": "CENTRAL"},
    )
    return "200"


@security_hub("`UpdateOrganizationConfiguration` with `CENTRAL` and `AutoEnable`")
def _(of: Accounts) -> Any:
    hub, _ = of.administrator()
    hub.update_organization_configuration(
        AutoEnable=True,
        OrganizationConfiguration={"ConfigurationType": "CENTRAL", "Status": "ENABLED"},
    )
    return "200"


@security_hub("`DescribeOrganizationConfiguration` without an organization")
def _(of: Accounts) -> Any:
    of.hub().describe_organization_configuration()
    return "200"


@security_hub("`ListMembers` after an account has joined an organization with `AutoEnable`")
def _(of: Accounts) -> Any:
    hub, _ = of.administrator()
    hub.update_organization_configuration(AutoEnable=True)
    of.account(of("organizations"))
    return ["the account" for _ in hub.list_members()["Members"]]


@security_hub("`GetAdministratorAccount` of an account of the organization that is not a member")
def _(of: Accounts) -> Any:
    of.administrator()
    other = of.account(of("organizations"))
    found = of.hub(other).get_administrator_account()
    return found.get("Administrator", {}).get("MemberStatus")


@security_hub("`GetMasterAccount` of an account of the organization that is not a member")
def _(of: Accounts) -> Any:
    of.administrator()
    other = of.account(of("organizations"))
    return of.hub(other).get_master_account().get("Master", {}).get("MemberStatus")


@security_hub("`GetAdministratorAccount` in an account without a hub")
def _(of: Accounts) -> Any:
    return of("securityhub").get_administrator_account().get("Administrator")


# --- Clean Rooms: collaborations ---


@clean_rooms("`GetCollaboration` with an unknown id")
def _(of: Accounts) -> Any:
    of("cleanrooms").get_collaboration(collaborationIdentifier=UNKNOWN)
    return "200"


@clean_rooms("`GetCollaboration` by the invited account")
def _(of: Accounts) -> Any:
    found = of("cleanrooms", MEMBER).get_collaboration(collaborationIdentifier=of.room())
    return found["collaboration"]["memberStatus"]


@clean_rooms("`GetCollaboration` by an account that is not invited")
def _(of: Accounts) -> Any:
    found = of("cleanrooms", OTHER).get_collaboration(collaborationIdentifier=of.room())
    return found["collaboration"]["memberStatus"]


@clean_rooms("`ListCollaborations` by the invited account")
def _(of: Accounts) -> Any:
    of.room()
    return [
        each["name"] for each in of("cleanrooms", MEMBER).list_collaborations()["collaborationList"]
    ]


@clean_rooms('`ListCollaborations` with `memberStatus="ACTIVE"` before the creator has joined')
def _(of: Accounts) -> Any:
    of.room()
    found = of("cleanrooms").list_collaborations(memberStatus="ACTIVE")["collaborationList"]
    return [each["name"] for each in found]


@clean_rooms("`CreateCollaboration` in which no member can query")
def _(of: Accounts) -> Any:
    of.room(creatorMemberAbilities=[])
    return "200"


@clean_rooms("`CreateCollaboration` in which two members can query")
def _(of: Accounts) -> Any:
    of.room(members=[invited(abilities=["CAN_QUERY"])])
    return "200"


@clean_rooms("`CreateCollaboration` with the creator among `members`")
def _(of: Accounts) -> Any:
    of.room(members=[invited(ADMIN)])
    return "200"


@clean_rooms("`CreateCollaboration` with an account twice")
def _(of: Accounts) -> Any:
    of.room(members=[invited(), invited()])
    return "200"


@clean_rooms("`CreateCollaboration` with a name of 101 characters")
def _(of: Accounts) -> Any:
    of.room(name="x" * 101)
    return "200"


@clean_rooms("`ListMembers`: who pays for queries")
def _(of: Accounts) -> Any:
    found = of("cleanrooms").list_members(collaborationIdentifier=of.room())["memberSummaries"]
    return [
        each["accountId"]
        for each in found
        if each["paymentConfiguration"]["queryCompute"]["isResponsible"]
    ]


@clean_rooms("`GetMembership` after `DeleteCollaboration`: the status")
def _(of: Accounts) -> Any:
    room = of.room()
    membership = of.join(room)
    of("cleanrooms").delete_collaboration(collaborationIdentifier=room)
    found = of("cleanrooms").get_membership(membershipIdentifier=membership)
    return found["membership"]["status"]


@clean_rooms("`CreateCollaboration` with the engine `CLEAN_ROOMS_SQL`")
def _(of: Accounts) -> Any:
    of.room(analyticsEngine="CLEAN_ROOMS_SQL")
    return "200"


@clean_rooms("`CreateCollaboration` with a tag key that begins with `aws:`")
def _(of: Accounts) -> Any:
    of.room(tags={"aws:team": "blue"})
    return "200"


@clean_rooms("`ListMembers` with an unknown id")
def _(of: Accounts) -> Any:
    return of("cleanrooms").list_members(collaborationIdentifier=UNKNOWN)["memberSummaries"]


@clean_rooms("`membershipId` in `ListMembers` before joining")
def _(of: Accounts) -> Any:
    found = of("cleanrooms").list_members(collaborationIdentifier=of.room())["memberSummaries"]
    return "an id" if "membershipId" in found[0] else None


@clean_rooms("`UpdateCollaboration` with an unknown id")
def _(of: Accounts) -> Any:
    of("cleanrooms").update_collaboration(collaborationIdentifier=UNKNOWN, name="New")
    return "200"


@clean_rooms("`UpdateCollaboration` with a new name: the name in `GetMembership`")
def _(of: Accounts) -> Any:
    room = of.room()
    membership = of.join(room)
    of("cleanrooms").update_collaboration(collaborationIdentifier=room, name="New")
    found = of("cleanrooms").get_membership(membershipIdentifier=membership)
    return found["membership"]["collaborationName"]


@clean_rooms("`DeleteCollaboration` with an unknown id")
def _(of: Accounts) -> Any:
    of("cleanrooms").delete_collaboration(collaborationIdentifier=UNKNOWN)
    return "200"


@clean_rooms("`ListCollaborations` with a `nextToken` that is not one")
def _(of: Accounts) -> Any:
    of("cleanrooms").list_collaborations(nextToken="unknown")
    return "200"


@clean_rooms("`analyticsEngine` when none is asked for")
def _(of: Accounts) -> Any:
    found = of("cleanrooms").get_collaboration(collaborationIdentifier=of.room())
    return found["collaboration"].get("analyticsEngine")


# --- Clean Rooms: memberships ---


@clean_rooms("`CreateMembership` by the invited account: its status in `ListMembers`")
def _(of: Accounts) -> Any:
    room = of.room()
    of.join(room, MEMBER)
    found = of("cleanrooms").list_members(collaborationIdentifier=room)["memberSummaries"]
    return next(each["status"] for each in found if each["accountId"] == MEMBER)


@clean_rooms("`CreateMembership`, again")
def _(of: Accounts) -> Any:
    room = of.room()
    of.join(room)
    of.join(room)
    return "200"


@clean_rooms("`CreateMembership` with query logs in a collaboration without them")
def _(of: Accounts) -> Any:
    of.join(of.room(), log="ENABLED")
    return "200"


@clean_rooms("`memberAbilities` of the invited account's membership")
def _(of: Accounts) -> Any:
    membership = of.join(of.room(), MEMBER)
    found = of("cleanrooms", MEMBER).get_membership(membershipIdentifier=membership)
    return found["membership"]["memberAbilities"]


@clean_rooms('`ListMemberships` with `status="REMOVED"`')
def _(of: Accounts) -> Any:
    of.join(of.room())
    found = of("cleanrooms").list_memberships(status="REMOVED")["membershipSummaries"]
    return [each["status"] for each in found]


@clean_rooms("`DeleteMembership` by the creator")
def _(of: Accounts) -> Any:
    membership = of.join(of.room())
    of("cleanrooms").delete_membership(membershipIdentifier=membership)
    return "200"


@clean_rooms("`CreateMembership` with an unknown id")
def _(of: Accounts) -> Any:
    return of.join(UNKNOWN)


@clean_rooms("`UpdateMembership` with query logs in a collaboration without them")
def _(of: Accounts) -> Any:
    membership = of.join(of.room())
    of("cleanrooms").update_membership(membershipIdentifier=membership, queryLogStatus="ENABLED")
    return "200"


# --- Clean Rooms: tables ---


def table(of: Accounts, **fields: Any) -> Any:
    """Return a new configured table."""
    return of("cleanrooms").create_configured_table(
        **{
            "name": "clicks",
            "tableReference": {"glue": {"databaseName": "ads", "tableName": "clicks"}},
            "allowedColumns": ["email_hash"],
            "analysisMethod": "DIRECT_QUERY",
            **fields,
        }
    )["configuredTable"]


@clean_rooms("`CreateConfiguredTable` with `MULTIPLE` and no `selectedAnalysisMethods`")
def _(of: Accounts) -> Any:
    table(of, analysisMethod="MULTIPLE")
    return "200"


@clean_rooms("`CreateConfiguredTable` with a method that does not exist")
def _(of: Accounts) -> Any:
    table(of, analysisMethod="GUESS")
    return "200"


@clean_rooms("`UpdateConfiguredTable` with `selectedAnalysisMethods` for `DIRECT_QUERY`")
def _(of: Accounts) -> Any:
    of("cleanrooms").update_configured_table(
        configuredTableIdentifier=table(of)["id"],
        analysisMethod="DIRECT_QUERY",
        selectedAnalysisMethods=["DIRECT_QUERY"],
    )
    return "200"


@clean_rooms("`CreateConfiguredTable` with a column that Glue's table does not have")
def _(of: Accounts) -> Any:
    glue = of("glue")
    glue.create_database(DatabaseInput={"Name": "ads"})
    columns = [{"Name": "campaign", "Type": "string"}]
    glue.create_table(
        DatabaseName="ads",
        TableInput={"Name": "clicks", "StorageDescriptor": {"Columns": columns}},
    )
    table(of)
    return "200"


# --- Clean Rooms: tags ---


@clean_rooms("`ListTagsForResource` of an ARN that does not exist")
def _(of: Accounts) -> Any:
    arn = f"arn:aws:cleanrooms:{REGION}:{ADMIN}:membership/{UNKNOWN}"
    return of("cleanrooms").list_tags_for_resource(resourceArn=arn)["tags"]


@clean_rooms("`TagResource` of another account's membership")
def _(of: Accounts) -> Any:
    room = of.room()
    found = of("cleanrooms").get_membership(membershipIdentifier=of.join(room))["membership"]
    of("cleanrooms", OTHER).tag_resource(resourceArn=found["arn"], tags={"team": "blue"})
    return "200"
