"""Connectors of the older service to other clouds."""

from __future__ import annotations

from typing import Any

import pytest

from membership_mock.errors import UsageError
from tests.securityhub.samples import ADMIN, IRELAND, refused

pytestmark = pytest.mark.newest_model

GCP = {
    "GCP": {
        "AWSConfigConnectorArn": "arn:aws:config:eu-west-1:111111111111:connector/g",
        "ScopeConfiguration": {"ScopeType": "ORGANIZATION"},
        "GCPRegions": ["europe-west1"],
    }
}


def test_a_connector_is_enabled_updated_and_deleted(admin: Any) -> None:
    created = admin.create_connector(Name="gcp", Provider=GCP, Tags={"team": "blue"})
    connector_id, arn = created["ConnectorId"], created["ConnectorArn"]
    assert arn == f"arn:aws:securityhub:{IRELAND}:{ADMIN}:connector/{connector_id}"
    assert (created["ConnectorStatus"], created["EnablementStatus"]) == (
        "UNKNOWN",
        "PENDING_ENABLEMENT",
    )
    shown = admin.get_connector(ConnectorId=connector_id)
    assert (shown["Health"]["ConnectorStatus"], shown["EnablementStatus"]) == (
        "CONNECTED",
        "ENABLED",
    )
    assert shown["ProviderDetail"] == GCP
    assert "CreatedBy" not in shown
    assert admin.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "blue"}
    scope = {"ScopeType": "PROJECT", "ScopeValues": ["p-1"]}
    narrower = {"GCP": {"ScopeConfiguration": scope, "GCPRegions": ["europe-west4"]}}
    updated = admin.update_connector(ConnectorId=arn, Provider=narrower, Description="ours")
    assert updated["EnablementStatus"] == "PENDING_UPDATE"
    assert refused(admin.delete_connector, ConnectorId=arn)[:2] == ("ConflictException", 409)
    shown = admin.get_connector(ConnectorId=arn)
    assert (shown["EnablementStatus"], shown["Description"]) == ("ENABLED", "ours")
    assert shown["ProviderDetail"]["GCP"]["GCPRegions"] == ["europe-west4"]
    assert admin.delete_connector(ConnectorId=arn)["EnablementStatus"] == "PENDING_DELETION"
    assert admin.list_connectors()["Connectors"] == []
    assert refused(admin.get_connector, ConnectorId=arn)[:2] == ("ResourceNotFoundException", 404)


def test_connectors_are_listed_and_filtered(admin: Any) -> None:
    for number in range(3):
        admin.create_connector(Name=f"gcp-{number}", Provider=GCP)
    first = admin.list_connectors(MaxResults=2)
    rest = admin.list_connectors(MaxResults=2, NextToken=first["NextToken"])
    names = [one["Name"] for one in first["Connectors"] + rest["Connectors"]]
    assert names == ["gcp-0", "gcp-1", "gcp-2"]
    assert len(admin.list_connectors(ProviderName="GCP")["Connectors"]) == 3
    assert admin.list_connectors(ProviderName="AZURE")["Connectors"] == []
    assert admin.list_connectors(EnablementStatus="PENDING_UPDATE")["Connectors"] == []


def test_connectors_that_make_no_sense_are_refused(admin: Any, membership_mock: Any) -> None:
    admin.create_connector(Name="gcp", Provider=GCP)
    create = admin.create_connector
    assert refused(create, Name="gcp", Provider=GCP)[:2] == ("ConflictException", 409)
    project = {"ScopeConfiguration": {"ScopeType": "PROJECT"}}
    answer = refused(create, Name="b", Provider={"GCP": {**GCP["GCP"], **project}})
    assert answer[0] == "ValidationException"
    stranger = membership_mock.client("securityhub", account="555555555555", region=IRELAND)
    assert refused(stranger.create_connector, Name="gcp", Provider=GCP) == (
        "InvalidAccessException",
        401,
        "Account 555555555555 is not subscribed to AWS Security Hub",
    )
    assert len(admin.list_connectors()["Connectors"]) == 1


def test_a_connector_loses_its_connection(admin: Any, membership_mock: Any) -> None:
    connector_id = admin.create_connector(Name="gcp", Provider=GCP)["ConnectorId"]
    aws = membership_mock.aws_side(account=ADMIN, region=IRELAND)
    with pytest.raises(UsageError, match="is UNKNOWN, and has no health yet"):
        aws.set_connector_health(connector_id, "DEGRADED")
    admin.get_connector(ConnectorId=connector_id)
    issue = ("AUTHENTICATION_FAILURE", "The secret has expired.")
    aws.set_connector_health(connector_id, "FAILED_TO_CONNECT", message="No access", issues=[issue])
    health = admin.get_connector(ConnectorId=connector_id)["Health"]
    assert (health["ConnectorStatus"], health["Message"]) == ("FAILED_TO_CONNECT", "No access")
    assert health["Issues"] == [{"Code": issue[0], "Message": issue[1]}]
    assert len(admin.list_connectors(ConnectorStatus="FAILED_TO_CONNECT")["Connectors"]) == 1


def test_asking_for_a_connector_that_is_gone_changes_nothing(
    admin: Any, membership_mock: Any
) -> None:
    connector_id = admin.create_connector(Name="gcp", Provider=GCP)["ConnectorId"]
    admin.get_connector(ConnectorId=connector_id)
    admin.delete_connector(ConnectorId=connector_id)
    before = membership_mock.dump()
    for call in (admin.get_connector, admin.delete_connector, admin.update_connector):
        assert refused(call, ConnectorId=connector_id)[0] == "ResourceNotFoundException"
    assert membership_mock.dump() == before
    admin.create_connector(Name="gcp", Provider=GCP)
    assert len(admin.list_connectors()["Connectors"]) == 1
