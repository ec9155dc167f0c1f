"""The published examples of Security Hub hold: each is sent, and answered as its page says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from membership_mock.engine.protocol import model
from membership_mock.services import SERVICES
from tests.contract.triage_examples import TriageWorlds

_DOCUMENTED = json.loads(
    Path(__file__).with_name("documented_examples_securityhub.json").read_text(encoding="utf-8")
)
EXAMPLES = _DOCUMENTED["examples"]
RECORDED = _DOCUMENTED["recorded"]

#: the account of the ARNs, and of the administrator in the answers
ACCOUNT = "123456789012"
MANAGEMENT = "999999999999"
#: who invites, creates or answers where an example says nothing of the caller
CALLER = "210987654321"
#: three administrators, as in GetInvitationsCount
INVITERS = (ACCOUNT, "111122223333", "333344445555")
OFF = {"SecurityHub": {"ServiceEnabled": False}}
ON = {
    "SecurityHub": {
        "ServiceEnabled": True,
        "EnabledStandardIdentifiers": [],
        "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []},
    }
}


class Replay(TriageWorlds):
    """The world that an example is about; texts in angle brackets are looked up here."""

    def __init__(self, mock: Any, example: dict[str, Any]) -> None:
        self.mock = mock
        self.example = example
        self.region = example["region"]
        self.names: dict[str, str] = {}

    def send(self) -> dict[str, Any]:
        """Furnish the world, send the example's input, and return the answer."""
        operation = self.example["operation"]
        furnish = next(each for each, named in STATES.items() if operation in named.split())
        client = furnish(self)
        answer = getattr(client, model.snake(operation))(**self.filled(self.example["input"]))
        answer.pop("ResponseMetadata")
        return dict(answer)

    def filled(self, value: Any) -> Any:
        """Return a documented input with the ids of this world."""
        text = json.dumps(value)
        for name, known in self.names.items():
            text = text.replace(f"<{name}>", known)
        return json.loads(text)

    def client(self, account: str) -> Any:
        """Return the client of an account in the example's region."""
        return self.mock.client("securityhub", account=account, region=self.region)

    def hub(self, account: str = ACCOUNT) -> Any:
        """Return the client of an account, which has a hub afterwards."""
        client = self.client(account)
        client.enable_security_hub()
        return client

    def nothing(self) -> Any:
        """Return the client of an account without a hub."""
        return self.client(ACCOUNT)

    def another_hub(self) -> Any:
        """Return the client of an account that none of the examples invites."""
        return self.hub(CALLER)

    def tagged(self) -> Any:
        """Have tags on the hub, those of the example of TagResource."""
        client = self.hub()
        sent = next(each for each in EXAMPLES if each["operation"] == "TagResource")["input"]
        client.tag_resource(**sent)
        return client

    def subscribed(self) -> Any:
        """Have a standard that is READY."""
        client = self.hub()
        sent = next(each for each in EXAMPLES if each["operation"] == "BatchEnableStandards")
        client.batch_enable_standards(**sent["input"])
        client.get_enabled_standards()
        return client

    def controlled(self) -> Any:
        """Have all standards, ready for updates, with the controls as the example shows them."""
        client = self.hub()
        known = client.describe_standards(Providers=["AWS"])["Standards"]
        client.batch_enable_standards(
            StandardsSubscriptionRequests=[{"StandardsArn": each["StandardsArn"]} for each in known]
        )
        client.get_enabled_standards()
        for each in self.example["output"].get("SecurityControls", []):
            if "LastUpdateReason" in each:
                client.update_security_control(
                    SecurityControlId=each["SecurityControlId"],
                    Parameters=each["Parameters"],
                    LastUpdateReason=each["LastUpdateReason"],
                )
            if each["UpdateStatus"] == "READY":  # it is UPDATING at the first look
                client.batch_get_security_controls(SecurityControlIds=[each["SecurityControlId"]])
        shown = [
            *self.example["output"].get("StandardsControlAssociationSummaries", []),
            *self.example["output"].get("StandardsControlAssociationDetails", []),
        ]
        names = ("SecurityControlId", "StandardsArn", "AssociationStatus", "UpdatedReason")
        updates = [{key: each[key] for key in names if key in each} for each in shown]
        client.batch_update_standards_control_associations(
            StandardsControlAssociationUpdates=updates
        )
        return client

    def found(self) -> Any:
        """Have the findings that are updated, or are the answer of the example."""
        shown = self.example["output"].get("Findings", [])
        named = self.example["input"].get("FindingIdentifiers", [])
        (body, *_) = next(each for each in EXAMPLES if each["operation"] == "BatchImportFindings")[
            "input"
        ]["Findings"]
        client = self.hub()
        answer = client.batch_import_findings(Findings=[*shown, *({**body, **i} for i in named)])
        assert answer["FailedFindings"] == []
        return client

    def aggregating(self) -> Any:
        """Have the finding aggregator of the examples."""
        client = self.hub()
        answer = client.create_finding_aggregator(
            RegionLinkingMode="SPECIFIED_REGIONS", Regions=["us-west-1", "us-west-2"]
        )
        self.names["aggregator"] = answer["FindingAggregatorArn"]
        return client

    def listed(self) -> Any:
        """Have the accounts of the example on the caller's list."""
        client = self.hub()
        accounts = self.example["input"].get("AccountIds") or ["123456789111", "123456789222"]
        accounts = [each for each in accounts if each != ACCOUNT]
        client.create_members(AccountDetails=[{"AccountId": each} for each in accounts])
        return client

    def leading(self) -> Any:
        """Have them as enabled members."""
        client = self.listed()
        accounts = [
            each["AccountId"] for each in client.list_members(OnlyAssociated=False)["Members"]
        ]
        client.invite_members(AccountIds=accounts)
        for account in accounts:
            member = self.hub(account)
            (invitation,) = member.list_invitations()["Invitations"]
            member.accept_administrator_invitation(
                AdministratorId=ACCOUNT, InvitationId=invitation["InvitationId"]
            )
        return client

    def invited(self, inviters: tuple[str, ...] = INVITERS) -> Any:
        """Have invitations of all inviters."""
        for inviter in inviters:
            administrator = self.hub(inviter)
            administrator.create_members(AccountDetails=[{"AccountId": CALLER}])
            administrator.invite_members(AccountIds=[CALLER])
        client = self.hub(CALLER)
        self.names["invitation"] = client.list_invitations()["Invitations"][0]["InvitationId"]
        return client

    def declined(self) -> Any:
        """Have declined them."""
        client = self.invited()
        client.decline_invitations(AccountIds=list(INVITERS))
        return client

    def accepted(self) -> Any:
        """Have accepted the only invitation."""
        client = self.invited((ACCOUNT,))
        client.accept_administrator_invitation(
            AdministratorId=ACCOUNT, InvitationId=self.names["invitation"]
        )
        return client

    @cached_property
    def organizations(self) -> Any:
        """The client of a new organization's management account."""
        client = self.mock.client("organizations", account=MANAGEMENT, region="us-east-1")
        client.create_organization(FeatureSet="ALL")
        self.names["root"] = client.list_roots()["Roots"][0]["Id"]
        self.names["administrator"] = self.account("administrator")
        return client

    def account(self, name: str) -> str:
        """Return a new account of the organization."""
        client = self.mock.client("organizations", account=MANAGEMENT, region="us-east-1")
        answer = client.create_account(AccountName=name, Email=f"{name}@example.com")
        return str(answer["CreateAccountStatus"]["AccountId"])

    def unit(self, name: str) -> str:
        """Return a new unit of the organization."""
        answer = self.organizations.create_organizational_unit(
            ParentId=self.names["root"], Name=name
        )
        return str(answer["OrganizationalUnit"]["Id"])

    def organized(self) -> Any:
        """Have an organization without an administrator, and be its management account."""
        assert self.organizations
        return self.client(MANAGEMENT)

    def delegated(self) -> Any:
        """Have an administrator, and be the management account."""
        client = self.organized()
        client.enable_organization_admin_account(AdminAccountId=self.names["administrator"])
        return client

    def configuring(self) -> Any:
        """Be the administrator, with the configuration that the example shows."""
        shown = self.example["output"].get("OrganizationConfiguration", {})
        return self.central(shown.get("ConfigurationType", "LOCAL"))

    def central(self, configuration_type: str = "CENTRAL") -> Any:
        """Be the administrator, with a finding aggregator and central configuration."""
        self.delegated()
        client = self.client(self.names["administrator"])
        client.create_finding_aggregator(RegionLinkingMode="NO_REGIONS")
        client.update_organization_configuration(
            AutoEnable=False,
            AutoEnableStandards="NONE",
            OrganizationConfiguration={"ConfigurationType": configuration_type},
        )
        client.describe_organization_configuration()  # PENDING at the first look
        return client

    def with_policies(self) -> Any:
        """Have the policies that the example shows, or any, one more than its page takes."""
        client = self.central()
        shown = self.example["output"]
        shown = shown.get("ConfigurationPolicySummaries") or [shown]
        for each in shown:
            answer = client.create_configuration_policy(
                Name=each.get("Name", "any"),
                Description=each.get("Description", "any"),
                ConfigurationPolicy=each.get("ConfigurationPolicy", ON),
            )
            self.names.setdefault("policy", answer["Arn"])
        if "NextToken" in self.example["output"]:
            client.create_configuration_policy(Name="another", ConfigurationPolicy=ON)
        return client

    def with_targets(self) -> Any:
        """Have a policy, and a unit and an account that it can be applied to."""
        client = self.with_policies()
        self.names["unit"] = self.unit("good")
        self.names["account"] = self.account("good")
        return client

    def associated(self) -> Any:
        """Have the associations of the examples.

        The management account has no hub, so a policy fails for it, for its unit and the root.
        """
        client = self.with_targets()
        failing = self.names["failing unit"] = self.unit("failing")
        self.names["failing account"] = MANAGEMENT
        self.organizations.move_account(
            AccountId=MANAGEMENT, SourceParentId=self.names["root"], DestinationParentId=failing
        )
        for target in (
            {"RootId": self.names["root"]},
            {"OrganizationalUnitId": failing},
            {"OrganizationalUnitId": self.names["unit"]},
        ):
            client.start_configuration_policy_association(
                ConfigurationPolicyIdentifier=self.names["policy"], Target=target
            )
        if self.example["operation"] == "ListConfigurationPolicyAssociations":
            client.start_configuration_policy_association(
                ConfigurationPolicyIdentifier="SELF_MANAGED_SECURITY_HUB",
                Target={"AccountId": self.names["account"]},
            )
        return client

    def dissociable(self) -> Any:
        """Have associated what the example disassociates."""
        client = self.with_targets()
        client.start_configuration_policy_association(**self.filled(self.example["input"]))
        return client


#: operations that no page has an example of
WITHOUT_EXAMPLE = {"UpdateFindings"}

#: which world the examples of operations take for granted
STATES: dict[Callable[[Replay], Any], str] = {
    Replay.nothing: "EnableSecurityHub",
    Replay.hub: (
        "BatchEnableStandards BatchImportFindings CreateFindingAggregator DescribeHub"
        " DescribeStandards DisableSecurityHub TagResource UpdateSecurityHubConfiguration"
        " CreateActionTarget CreateAutomationRule CreateInsight DescribeProducts"
        " EnableImportFindingsForProduct"
    ),
    Replay.with_subscriptions: "DisableImportFindingsForProduct ListEnabledProductsForImport",
    Replay.with_insight: "DeleteInsight GetInsightResults GetInsights UpdateInsight",
    Replay.with_action: "DeleteActionTarget DescribeActionTargets UpdateActionTarget",
    Replay.with_rules: (
        "BatchDeleteAutomationRules BatchGetAutomationRules BatchUpdateAutomationRules"
        " ListAutomationRules"
    ),
    Replay.with_history: "GetFindingHistory",
    Replay.another_hub: "CreateMembers",
    Replay.tagged: "ListTagsForResource UntagResource",
    Replay.subscribed: "BatchDisableStandards GetEnabledStandards",
    Replay.controlled: (
        "BatchGetSecurityControls BatchGetStandardsControlAssociations"
        " BatchUpdateStandardsControlAssociations DescribeStandardsControls"
        " GetSecurityControlDefinition ListSecurityControlDefinitions"
        " ListStandardsControlAssociations UpdateSecurityControl UpdateStandardsControl"
    ),
    Replay.found: "BatchUpdateFindings GetFindings",
    Replay.aggregating: (
        "DeleteFindingAggregator GetFindingAggregator ListFindingAggregators"
        " UpdateFindingAggregator"
    ),
    Replay.listed: "DeleteMembers InviteMembers",
    Replay.leading: "DisassociateMembers GetMembers ListMembers",
    Replay.invited: (
        "AcceptAdministratorInvitation AcceptInvitation DeclineInvitations GetInvitationsCount"
    ),
    Replay.declined: "DeleteInvitations",
    Replay.accepted: (
        "DisassociateFromAdministratorAccount DisassociateFromMasterAccount"
        " GetAdministratorAccount GetMasterAccount ListInvitations"
    ),
    Replay.organized: "EnableOrganizationAdminAccount",
    Replay.delegated: "DisableOrganizationAdminAccount ListOrganizationAdminAccounts",
    Replay.configuring: "DescribeOrganizationConfiguration UpdateOrganizationConfiguration",
    Replay.central: "CreateConfigurationPolicy",
    Replay.with_policies: (
        "DeleteConfigurationPolicy GetConfigurationPolicy ListConfigurationPolicies"
        " UpdateConfigurationPolicy"
    ),
    Replay.with_targets: "StartConfigurationPolicyAssociation",
    Replay.associated: (
        "BatchGetConfigurationPolicyAssociations GetConfigurationPolicyAssociation"
        " ListConfigurationPolicyAssociations"
    ),
    Replay.dissociable: "StartConfigurationPolicyDisassociation",
}


def _differences(documented: Any, ours: Any, place: str = "") -> list[str]:
    """Return the places where our answer lacks what is documented, or says something else."""
    if isinstance(documented, dict) and isinstance(ours, dict):
        found = [f"{place}/{key} is missing" for key in documented.keys() - ours.keys()]
        for key in documented.keys() & ours.keys():
            found += _differences(documented[key], ours[key], f"{place}/{key}")
        return found
    if isinstance(documented, list) and isinstance(ours, list):
        if documented and ours:
            return [
                min((_differences(each, one, f"{place}/{at}") for one in ours), key=len)[0]
                for at, each in enumerate(documented)
                if all(_differences(each, one) for one in ours)
            ]
        return [] if documented == ours else [f"{place}: {ours} is not {documented}"]
    if isinstance(documented, str) and isinstance(ours, (str, datetime)):
        pattern = ".+".join(map(re.escape, re.split(r"<[^<>]*>", documented)))
        return [] if re.fullmatch(pattern, str(ours)) else [f"{place}: {ours} is not {documented}"]
    same = type(documented) is type(ours) and documented == ours
    return [] if same else [f"{place}: {ours} is not {documented}"]


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(each, id=f"{each['operation']}-{at}-{each['source'].split()[1]}")
        for at, each in enumerate(EXAMPLES)
    ],
)
@pytest.mark.newest_model
def test_a_documented_example_is_answered_as_documented(
    membership_mock: Any, example: dict[str, Any]
) -> None:
    replay = Replay(membership_mock, example)

    answer = replay.send()

    assert _differences(replay.filled(example["output"]), answer) == []


def test_every_mocked_operation_has_a_documented_example() -> None:
    documented = {each["operation"] for each in EXAMPLES}
    handlers = SERVICES["securityhub"].handlers
    # of Security Hub V2 and of connectors no example was published in these places
    newer = {name for name in handlers if name.endswith("V2") or "Connector" in name}
    assert documented | WITHOUT_EXAMPLE == handlers.keys() - newer
    assert documented.isdisjoint(WITHOUT_EXAMPLE)


def test_the_answers_about_a_hub_have_the_members_that_were_recorded(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ACCOUNT, region="us-west-1")
    client.enable_security_hub(ControlFindingGenerator="STANDARD_CONTROL")
    sent = next(each for each in EXAMPLES if each["operation"] == "BatchImportFindings")["input"]

    imported = client.batch_import_findings(**sent)

    assert _differences(RECORDED["BatchImportFindings"], imported) == []
    assert _differences(RECORDED["DescribeHub"], client.describe_hub()) == []


def test_a_finding_has_the_members_that_were_recorded(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ACCOUNT, region="us-west-1")
    client.enable_security_hub()
    sent = next(each for each in EXAMPLES if each["operation"] == "BatchImportFindings")["input"]
    client.batch_import_findings(**sent)

    found = client.get_findings()

    assert _differences(RECORDED["GetFindings"], found) == []


def test_an_account_of_the_organization_sees_what_was_recorded_of_its_administrator(
    membership_mock: Any,
) -> None:
    replay = Replay(membership_mock, {"region": "eu-west-1"})
    replay.delegated()
    account = replay.account("member")
    administrator = replay.client(replay.names["administrator"])
    administrator.create_members(AccountDetails=[{"AccountId": account}])

    answer = replay.client(account).get_master_account()

    expected = replay.filled(RECORDED["GetMasterAccount"])
    assert _differences(expected, answer) == []
    assert answer["Master"].keys() == expected["Master"].keys()
