"""A story of controls: one is switched off for the whole organization, and nobody undoes it.

The code between the lines is a user's.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.securityhub.central_configuration.central import HOME, LINKED, SELF_MANAGED, Central

FSBP = f"arn:aws:securityhub:{HOME}::standards/aws-foundational-security-best-practices/v/1.0.0"
BUCKET = "arn:aws:s3:::public-downloads"

# --- the user's code -------------------------------------------------------------------------


def wait_for_standards(client: Any) -> None:
    """Wait until the controls of all standards can be set."""
    for _ in range(60):
        subscriptions = client.get_enabled_standards()["StandardsSubscriptions"]
        if all(each["StandardsStatus"] == "READY" for each in subscriptions):
            return
    raise TimeoutError(subscriptions)


def is_enabled(client: Any, control: str) -> bool:
    """Return whether a control is enabled in one of the account's standards."""
    (found,) = client.batch_get_security_controls(SecurityControlIds=[control])["SecurityControls"]
    return bool(found["SecurityControlStatus"] == "ENABLED")


def disable_everywhere(client: Any, control: str, reason: str) -> list[str]:
    """Disable a control in all of the account's standards; return what went wrong."""
    pages = client.get_paginator("list_standards_control_associations").paginate(
        SecurityControlId=control
    )
    updates = [
        {
            "SecurityControlId": control,
            "StandardsArn": each["StandardsArn"],
            "AssociationStatus": "DISABLED",
            "UpdatedReason": reason,
        }
        for page in pages
        for each in page["StandardsControlAssociationSummaries"]
        if each["AssociationStatus"] == "ENABLED"
    ]
    answer = client.batch_update_standards_control_associations(
        StandardsControlAssociationUpdates=updates
    )
    return [each["ErrorReason"] for each in answer["UnprocessedAssociationUpdates"]]


def failed(client: Any) -> list[str]:
    """Return the accounts and controls of the failed checks that a client sees."""
    found = client.get_findings(
        Filters={
            "ComplianceStatus": [{"Value": "FAILED", "Comparison": "EQUALS"}],
            "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
        }
    )["Findings"]
    return sorted(
        f"{each['AwsAccountId']} {each['Compliance']['SecurityControlId']}" for each in found
    )


# --- the story -------------------------------------------------------------------------------


def test_a_control_is_disabled_organization_wide_and_a_member_cannot_undo_it(
    membership_mock: Any,
) -> None:
    central = Central(membership_mock)
    shop, lab = central.account("shop", central.prod), central.account("lab")

    def policy(*disabled: str) -> dict[str, Any]:
        return {
            "SecurityHub": {
                "ServiceEnabled": True,
                "EnabledStandardIdentifiers": [FSBP],
                "SecurityControlsConfiguration": {
                    "DisabledSecurityControlIdentifiers": list(disabled),
                    "SecurityControlCustomParameters": [
                        {
                            "SecurityControlId": "ACM.1",
                            "Parameters": {
                                "daysToExpiration": {
                                    "ValueType": "CUSTOM",
                                    "Value": {"Integer": 60},
                                }
                            },
                        }
                    ],
                },
            }
        }

    baseline = central.policy("baseline", configuration=policy())
    central.apply(baseline, central.root)
    clients = {
        (account, region): central.client(account, region)
        for account in (shop, lab)
        for region in (HOME, LINKED)
    }
    for client in clients.values():
        wait_for_standards(client)
    assert all(is_enabled(client, "S3.8") for client in clients.values())

    # the checks fail for a bucket that is public by design, and the security team sees it
    for account in (shop, lab):
        aws = membership_mock.aws_side(account, HOME)
        aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
        aws.evaluate_control("S3.1", "FAILED")
    everything = sorted(f"{account} S3.{number}" for account in (shop, lab) for number in (1, 8))
    assert failed(central.hub) == everything

    # a member would like to disable the control for itself, and may not
    member = clients[shop, HOME]
    with pytest.raises(member.exceptions.AccessDeniedException, match="central configuration"):
        disable_everywhere(member, "S3.8", "public by design")
    assert failed(central.hub) == everything

    # the security team switches it off, for all accounts and Regions
    central.hub.update_configuration_policy(
        Identifier=baseline, ConfigurationPolicy=policy("S3.8"), UpdatedReason="public by design"
    )
    assert not any(is_enabled(client, "S3.8") for client in clients.values())
    assert all(is_enabled(client, "S3.1") for client in clients.values())
    assert failed(central.hub) == sorted(f"{account} S3.1" for account in (shop, lab))

    # the member cannot undo it, whichever way it tries
    for refused in (
        lambda: member.update_standards_control(
            StandardsControlArn=(
                f"arn:aws:securityhub:{HOME}:{shop}:control/"
                "aws-foundational-security-best-practices/v/1.0.0/S3.8"
            ),
            ControlStatus="ENABLED",
        ),
        lambda: member.update_security_control(
            SecurityControlId="ACM.1", Parameters={"daysToExpiration": {"ValueType": "DEFAULT"}}
        ),
        lambda: member.batch_update_standards_control_associations(
            StandardsControlAssociationUpdates=[
                {
                    "SecurityControlId": "S3.8",
                    "StandardsArn": FSBP,
                    "AssociationStatus": "ENABLED",
                }
            ]
        ),
    ):
        with pytest.raises(member.exceptions.AccessDeniedException, match="central configuration"):
            refused()
    assert not is_enabled(member, "S3.8")

    # the lab manages itself from now on: it keeps what it has, and may change it
    central.apply(SELF_MANAGED, lab)
    itself = clients[lab, HOME]
    (acm,) = itself.batch_get_security_controls(SecurityControlIds=["ACM.1"])["SecurityControls"]
    assert acm["Parameters"]["daysToExpiration"]["Value"] == {"Integer": 60}
    assert not is_enabled(itself, "S3.8")
    assert disable_everywhere(itself, "S3.1", "a lab") == []
    assert failed(central.hub) == [f"{shop} S3.1"]
    assert is_enabled(member, "S3.1")
