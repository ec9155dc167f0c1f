"""Entries of a call that come back as failed while others are processed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from membership_mock import MembershipMock, UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.faults.entries import entry_lists
from membership_mock.testing.faults.refusals import account_lists
from tests.cleanrooms.collaboration_samples import A, join, new_collaboration
from tests.cleanrooms.table_samples import ready_table, sql_template
from tests.samples import new_membership
from tests.securityhub.findings.finding_samples import finding, product

ADMIN, ONE, TWO = "111111111111", "222222222222", "333333333333"
REGION = "eu-west-1"
IRELAND = {"account": ADMIN, "region": REGION}


@pytest.fixture
def hub(membership_mock: MembershipMock) -> Any:
    client = membership_mock.client("securityhub", account=ADMIN, region=REGION)
    client.enable_security_hub()
    return client


def identifier(name: str) -> dict[str, str]:
    return {"Id": name, "ProductArn": product(ADMIN, REGION)}


def imported(hub: Any, *names: str) -> None:
    hub.batch_import_findings(Findings=[finding(name, ADMIN, REGION) for name in names])


def titles(hub: Any) -> dict[str, str]:
    return {each["Id"]: each["Title"] for each in hub.get_findings()["Findings"]}


# --- the two that everybody uses ---


def test_a_refused_finding_is_not_imported_and_the_others_are(
    membership_mock: MembershipMock, hub: Any
) -> None:
    fault = membership_mock.faults.refuse_entries(
        "securityhub.BatchImportFindings", ["two"], code="InvalidInput", reason="Too old"
    )
    answer = hub.batch_import_findings(
        Findings=[finding(name, ADMIN, REGION) for name in ("one", "two", "three")]
    )
    assert answer["FailedFindings"] == [
        {"Id": "two", "ErrorCode": "InvalidInput", "ErrorMessage": "Too old"}
    ]
    assert (answer["FailedCount"], answer["SuccessCount"]) == (1, 2)
    assert sorted(titles(hub)) == ["one", "three"]
    assert len(fault.fired) == 1
    imported(hub, "two")
    assert sorted(titles(hub)) == ["one", "three", "two"]


def test_a_refused_finding_is_not_updated_and_has_the_documented_code_and_text(
    membership_mock: MembershipMock, hub: Any
) -> None:
    imported(hub, "one", "two")
    membership_mock.faults.refuse_entries("securityhub.BatchUpdateFindings", ["one"])
    membership_mock.faults.refuse_entries(
        "securityhub.BatchUpdateFindings", ["two"], code="ConcurrentUpdateError"
    )
    answer = hub.batch_update_findings(
        FindingIdentifiers=[identifier("two"), identifier("none"), identifier("one")],
        Workflow={"Status": "RESOLVED"},
    )
    assert answer["ProcessedFindings"] == []
    failed = [
        (each["FindingIdentifier"]["Id"], each["ErrorCode"], each["ErrorMessage"])
        for each in answer["UnprocessedFindings"]
    ]
    assert failed[0] == ("two", "ConcurrentUpdateError", "Concurrent finding updates detected")
    assert failed[1][:2] == ("none", "FindingNotFound")
    assert failed[2] == ("one", "InternalFailure", "Internal service failure")
    assert {each["Workflow"]["Status"] for each in hub.get_findings()["Findings"]} == {"NEW"}


def test_refused_findings_stand_among_those_that_the_service_refuses_in_the_order_of_the_call(
    membership_mock: MembershipMock, hub: Any
) -> None:
    membership_mock.faults.refuse_entries("BatchImportFindings", ["c", "a"], reason="Busy")
    wrong = {**finding("b", ADMIN, REGION), "SchemaVersion": "1"}
    answer = hub.batch_import_findings(
        Findings=[finding("a", ADMIN, REGION), wrong, finding("c", ADMIN, REGION)]
    )
    assert [each["Id"] for each in answer["FailedFindings"]] == ["a", "b", "c"]
    assert (answer["FailedCount"], answer["SuccessCount"]) == (3, 0)


def test_entries_are_named_by_some_of_their_members(
    membership_mock: MembershipMock, hub: Any
) -> None:
    membership_mock.faults.refuse_entries(
        "securityhub.BatchImportFindings", [{"Severity": {"Label": "LOW"}}], times=None
    )
    answer = hub.batch_import_findings(
        Findings=[
            finding("high", ADMIN, REGION),
            finding("low", ADMIN, REGION, Severity={"Label": "LOW"}),
        ]
    )
    assert [each["Id"] for each in answer["FailedFindings"]] == ["low"]
    assert sorted(titles(hub)) == ["high"]


def test_a_call_without_such_an_entry_is_not_hit(membership_mock: MembershipMock, hub: Any) -> None:
    fault = membership_mock.faults.refuse_entries("securityhub.BatchImportFindings", ["two"])
    imported(hub, "one")
    assert (sorted(titles(hub)), fault.remaining) == (["one"], 1)
    fault.cancel()


def test_the_first_calls_can_be_left_alone_and_the_account_can_be_chosen(
    membership_mock: MembershipMock, hub: Any
) -> None:
    membership_mock.faults.refuse_entries(
        "securityhub.BatchImportFindings", ["one"], skip=1, account=ADMIN, region=REGION
    )
    imported(hub, "one")
    assert sorted(titles(hub)) == ["one"]
    late = finding("one", ADMIN, REGION, Title="Later", UpdatedAt="2026-03-01T00:00:00Z")
    assert hub.batch_import_findings(Findings=[late])["FailedCount"] == 1
    assert titles(hub) == {"one": "Open port"}


def test_what_the_service_refuses_as_a_whole_stays_refused(membership_mock: MembershipMock) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region=REGION)
    membership_mock.faults.refuse_entries("securityhub.BatchUpdateFindings", ["one"])
    with pytest.raises(client.exceptions.InvalidAccessException):
        client.batch_update_findings(FindingIdentifiers=[identifier("one")], Confidence=5)


# --- every operation that answers for single entries ---


def rules(mock: MembershipMock, hub: Any) -> list[str]:
    return [
        mock.given.securityhub.automation_rule(
            ADMIN, name=name, criteria={"Title": [{"Value": "x", "Comparison": "EQUALS"}]},
            update={"Note": {"Text": "n", "UpdatedBy": "u"}}, region=REGION,
        ).arn
        for name in ("one", "two")
    ]  # fmt: skip


def get_rules(mock: MembershipMock, hub: Any) -> Any:
    arns = rules(mock, hub)
    return arns, hub.batch_get_automation_rules, {"AutomationRulesArns": arns}


def update_rules(mock: MembershipMock, hub: Any) -> Any:
    arns = rules(mock, hub)
    items = [{"RuleArn": arn, "RuleName": "new"} for arn in arns]
    return arns, hub.batch_update_automation_rules, {"UpdateAutomationRulesRequestItems": items}


def delete_rules(mock: MembershipMock, hub: Any) -> Any:
    arns = rules(mock, hub)
    return arns, hub.batch_delete_automation_rules, {"AutomationRulesArns": arns}


def import_findings(mock: MembershipMock, hub: Any) -> Any:
    found = [finding(name, ADMIN, REGION) for name in ("one", "two")]
    return ["one", "two"], hub.batch_import_findings, {"Findings": found}


def update_findings(mock: MembershipMock, hub: Any) -> Any:
    imported(hub, "one", "two")
    named = {"FindingIdentifiers": [identifier("one"), identifier("two")], "Confidence": 5}
    return ["one", "two"], hub.batch_update_findings, named


def v2_findings(hub: Any) -> list[dict[str, Any]]:
    hub.enable_security_hub_v2()
    imported(hub, "one", "two")
    return hub.get_findings_v2()["Findings"]


def update_findings_v2_by_uid(mock: MembershipMock, hub: Any) -> Any:
    uids = [each["metadata"]["uid"] for each in v2_findings(hub)]
    return uids, hub.batch_update_findings_v2, {"MetadataUids": uids, "StatusId": 4}


def update_findings_v2_by_identifier(mock: MembershipMock, hub: Any) -> Any:
    identifiers = [
        {
            "CloudAccountUid": each["cloud"]["account"]["uid"],
            "FindingInfoUid": each["finding_info"]["uid"],
            "MetadataProductUid": each["metadata"]["product"]["uid"],
        }
        for each in v2_findings(hub)
    ]
    names = [each["FindingInfoUid"] for each in identifiers]
    return names, hub.batch_update_findings_v2, {"FindingIdentifiers": identifiers, "StatusId": 4}


def get_controls(mock: MembershipMock, hub: Any) -> Any:
    ids = ["IAM.1", "IAM.2"]
    return ids, hub.batch_get_security_controls, {"SecurityControlIds": ids}


def standard(hub: Any) -> str:
    found = [each["StandardsArn"] for each in hub.get_enabled_standards()["StandardsSubscriptions"]]
    return next(arn for arn in found if "foundational" in arn)


def get_associations(mock: MembershipMock, hub: Any) -> Any:
    ids = [
        {"SecurityControlId": name, "StandardsArn": standard(hub)} for name in ("EC2.2", "EC2.6")
    ]
    asked = {"StandardsControlAssociationIds": ids}
    return ["EC2.2", "EC2.6"], hub.batch_get_standards_control_associations, asked


def update_associations(mock: MembershipMock, hub: Any) -> Any:
    updates = [
        {
            "SecurityControlId": name,
            "StandardsArn": standard(hub),
            "AssociationStatus": "DISABLED",
            "UpdatedReason": "Not needed",
        }
        for name in ("EC2.2", "EC2.6")
    ]
    changed = {"StandardsControlAssociationUpdates": updates}
    return ["EC2.2", "EC2.6"], hub.batch_update_standards_control_associations, changed


def get_policy_associations(mock: MembershipMock, hub: Any) -> Any:
    org = mock.organization(["audit", "shop"], management=ONE)
    central = mock.given.securityhub.central_configuration(
        org["audit"], region=REGION, policies={"base": {"targets": [org["shop"]]}}
    )
    client = mock.client("securityhub", account=central.account, region=REGION)
    ids = [org["shop"], org["audit"]]
    asked = [{"Target": {"AccountId": account}} for account in ids]
    parameters = {"ConfigurationPolicyAssociationIdentifiers": asked}
    return ids, client.batch_get_configuration_policy_associations, parameters


def accounts(operation: str, name: str = "AccountIds") -> Callable[[MembershipMock, Any], Any]:
    def prepare(mock: MembershipMock, hub: Any) -> Any:
        parameters: Any = [ONE, TWO]
        if name == "AccountDetails":
            parameters = [{"AccountId": each} for each in (ONE, TWO)]
        elif operation in ("decline_invitations", "delete_invitations"):
            for administrator in (ONE, TWO):
                mock.given.securityhub.member(administrator, ADMIN, "Invited", region=REGION)
            hub.decline_invitations(AccountIds=[ONE, TWO]) if "delete" in operation else None
        else:
            hub.create_members(AccountDetails=[{"AccountId": each} for each in (ONE, TWO)])
        return [ONE, TWO], getattr(hub, operation), {name: parameters}

    return prepare


def member_details(mock: MembershipMock, hub: Any) -> Any:
    client = mock.client("security-ir", **IRELAND)
    membership = new_membership(client)
    asked = {"membershipId": membership, "accountIds": [ADMIN, ONE]}
    return [ADMIN, ONE], client.batch_get_member_account_details, asked


def room(mock: MembershipMock) -> tuple[Any, str, str]:
    client = mock.client("cleanrooms", account=A, region=REGION)
    collaboration = new_collaboration(client)["id"]
    return client, collaboration, join(client, collaboration)["id"]


def get_templates(mock: MembershipMock, hub: Any) -> Any:
    client, collaboration, membership = room(mock)
    ready_table(client, membership, A)
    arns = [sql_template(client, membership, name=name)["arn"] for name in ("one", "two")]
    asked = {"collaborationIdentifier": collaboration, "analysisTemplateArns": arns}
    return arns, client.batch_get_collaboration_analysis_template, asked


def get_schemas(mock: MembershipMock, hub: Any) -> Any:
    client, collaboration, membership = room(mock)
    ready_table(client, membership, A)
    names = ["orders", "none"]
    asked = {"collaborationIdentifier": collaboration, "names": names}
    return names, client.batch_get_schema, asked


def get_schema_rules(mock: MembershipMock, hub: Any) -> Any:
    client, collaboration, membership = room(mock)
    ready_table(client, membership, A)
    asked = [{"name": name, "type": "LIST"} for name in ("orders", "none")]
    parameters = {"collaborationIdentifier": collaboration, "schemaAnalysisRuleRequests": asked}
    return ["orders", "none"], client.batch_get_schema_analysis_rule, parameters


#: each operation, by its API name, with what prepares a call of two entries
EVERY = {
    "securityhub.BatchImportFindings": import_findings,
    "securityhub.BatchUpdateFindings": update_findings,
    "securityhub.BatchUpdateFindingsV2": update_findings_v2_by_uid,
    "securityhub.BatchGetAutomationRules": get_rules,
    "securityhub.BatchUpdateAutomationRules": update_rules,
    "securityhub.BatchDeleteAutomationRules": delete_rules,
    "securityhub.BatchGetSecurityControls": get_controls,
    "securityhub.BatchGetStandardsControlAssociations": get_associations,
    "securityhub.BatchUpdateStandardsControlAssociations": update_associations,
    "securityhub.BatchGetConfigurationPolicyAssociations": get_policy_associations,
    "securityhub.CreateMembers": accounts("create_members", "AccountDetails"),
    "securityhub.GetMembers": accounts("get_members"),
    "securityhub.DeleteMembers": accounts("delete_members"),
    "securityhub.InviteMembers": accounts("invite_members"),
    "securityhub.DeclineInvitations": accounts("decline_invitations"),
    "securityhub.DeleteInvitations": accounts("delete_invitations"),
    "security-ir.BatchGetMemberAccountDetails": member_details,
    "cleanrooms.BatchGetCollaborationAnalysisTemplate": get_templates,
    "cleanrooms.BatchGetSchema": get_schemas,
    "cleanrooms.BatchGetSchemaAnalysisRule": get_schema_rules,
}


def test_every_operation_that_lists_what_failed_is_tried() -> None:
    known = {
        f"{service}.{operation}"
        for service, backend in SERVICES.items()
        for operation in backend.handlers
        if entry_lists(service, operation) is not None
    }
    assert known == EVERY.keys()
    assert known >= {
        f"{service}.{operation}"
        for service, backend in SERVICES.items()
        for operation in backend.handlers
        if account_lists(service, operation) is not None
    }


CASES = [
    *(pytest.param(name, prepare, id=name.partition(".")[2]) for name, prepare in EVERY.items()),
    pytest.param(
        "securityhub.BatchUpdateFindingsV2",
        update_findings_v2_by_identifier,
        id="BatchUpdateFindingsV2 by identifier",
    ),
]


@pytest.mark.newest_model
@pytest.mark.parametrize(("operation", "prepare"), CASES)
def test_one_entry_is_refused_and_then_all_of_them(
    membership_mock: MembershipMock, hub: Any, operation: str, prepare: Callable[..., Any]
) -> None:
    names, call, parameters = prepare(membership_mock, hub)
    lists = entry_lists(*operation.split("."))
    assert lists is not None
    before = membership_mock.dump()

    membership_mock.faults.refuse_entries(operation, names, reason="Busy")
    refused = call(**parameters)[lists.refused]
    assert [each[lists.reason] for each in refused] == ["Busy", "Busy"]
    assert all(name in str(each) for name, each in zip(names, refused, strict=True))
    assert membership_mock.dump().difference(before) == ""

    membership_mock.faults.refuse_entries(operation, names[1:], reason="Busy")
    refused = call(**parameters)[lists.refused]
    busy = [each for each in refused if each[lists.reason] == "Busy"]
    assert len(busy) == 1
    assert names[1] in str(busy[0])
    assert not any(names[0] in str(each) for each in refused)


# --- misuse ---


@pytest.mark.parametrize(
    ("operation", "arguments", "expected"),
    [
        pytest.param(
            "securityhub.ListMembers", {"entries": ["x"]}, r"These operations can: .*BatchImport", id="operation"
        ),
        pytest.param("BatchImportFindings", {"entries": "one"}, r"at least one", id="text"),
        pytest.param("BatchImportFindings", {"entries": []}, r"at least one", id="none"),
        pytest.param("BatchImportFindings", {"entries": [7]}, r"not 7", id="number"),
        pytest.param("BatchImportFindings", {"entries": [{}]}, r"named by text", id="empty"),
        pytest.param(
            "BatchImportFindings", {"entries": [{"Titel": "x"}]}, r"'Findings\.Titel'.*nearest: 'Title'", id="member"
        ),
        pytest.param(
            "BatchUpdateFindings", {"entries": ["x"], "code": "FindingNotFond"}, r"nearest: 'FindingNotFound'", id="code"
        ),
        pytest.param(
            "BatchUpdateAutomationRules", {"entries": ["x"], "code": "x"}, r"ErrorCode .*is a number", id="number as code"
        ),
        pytest.param("BatchImportFindings", {"entries": ["x"], "code": 4}, r"is text", id="text as code"),
        pytest.param("CreateMembers", {"entries": [ONE], "code": "x"}, r"no code", id="no code"),
        pytest.param("BatchImportFindings", {"entries": ["x"], "reason": 4}, r"reason is text", id="reason"),
        pytest.param("BatchImportFindings", {"entries": ["x"], "skip": -1}, r"skip is a number", id="skip"),
    ],
)  # fmt: skip
def test_what_cannot_be_refused_is_a_usage_error(
    membership_mock: MembershipMock, operation: str, arguments: dict[str, Any], expected: str
) -> None:
    with pytest.raises(UsageError, match=expected):
        membership_mock.faults.refuse_entries(operation, **arguments)
    assert len(membership_mock.faults) == 0
