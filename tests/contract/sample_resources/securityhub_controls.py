"""Sample resources of Security Hub for controls."""

from __future__ import annotations

from typing import Any

CONTROL = "CloudTrail.1"
CUSTOM = {"daysToExpiration": {"ValueType": "CUSTOM", "Value": {"Integer": 15}}}


def call_everything(client: Any) -> None:
    """Call all operations on controls, for a hub with a standard that is READY."""
    (subscription, *_) = client.get_enabled_standards()["StandardsSubscriptions"]
    standard = subscription["StandardsArn"]
    client.list_security_control_definitions(StandardsArn=standard)
    client.get_security_control_definition(SecurityControlId=CONTROL)
    client.update_security_control(SecurityControlId="ACM.1", Parameters=CUSTOM)
    client.batch_get_security_controls(SecurityControlIds=["ACM.1", "Nothing.1"])
    client.list_standards_control_associations(SecurityControlId=CONTROL)
    client.batch_get_standards_control_associations(
        StandardsControlAssociationIds=[{"SecurityControlId": CONTROL, "StandardsArn": standard}]
    )
    client.batch_update_standards_control_associations(
        StandardsControlAssociationUpdates=[
            {
                "SecurityControlId": CONTROL,
                "StandardsArn": standard,
                "AssociationStatus": "DISABLED",
                "UpdatedReason": "Not ours",
            }
        ]
    )
    described = client.describe_standards_controls(
        StandardsSubscriptionArn=subscription["StandardsSubscriptionArn"]
    )
    client.update_standards_control(
        StandardsControlArn=described["Controls"][0]["StandardsControlArn"],
        ControlStatus="DISABLED",
        DisabledReason="Not ours",
    )
