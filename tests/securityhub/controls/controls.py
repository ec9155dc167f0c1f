"""Short words for what the tests of controls ask again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.securityhub.samples import ADMIN, IRELAND

FSBP = "aws-foundational-security-best-practices/v/1.0.0"
CIS12 = "cis-aws-foundations-benchmark/v/1.2.0"
CIS14 = "cis-aws-foundations-benchmark/v/1.4.0"
NIST = "nist-800-53/v/5.0.0"
PCI = "pci-dss/v/3.2.1"
TAGGING = "aws-resource-tagging-standard/v/1.0.0"


def standard(name: str, region: str = IRELAND) -> str:
    """Return the ARN of a standard."""
    if name == CIS12:
        return f"arn:aws:securityhub:::ruleset/{name}"
    return f"arn:aws:securityhub:{region}::standards/{name}"


def subscription(name: str, account: str = ADMIN, region: str = IRELAND) -> str:
    """Return the ARN of a subscription."""
    return f"arn:aws:securityhub:{region}:{account}:subscription/{name}"


def control_arn(name: str, control: str, account: str = ADMIN, region: str = IRELAND) -> str:
    """Return the ARN of a control in a standard."""
    return f"arn:aws:securityhub:{region}:{account}:control/{name}/{control}"


def security_control(control: str, account: str = ADMIN, region: str = IRELAND) -> str:
    """Return the ARN of a security control."""
    return f"arn:aws:securityhub:{region}:{account}:security-control/{control}"


def with_standards(hub: Callable[..., Any], *names: str, account: str = ADMIN, **where: Any) -> Any:
    """Return the client of an account that has exactly these standards, ready for updates."""
    client = hub(account, EnableDefaultStandards=False, **where)
    enable(client, *names)
    return client


def enable(client: Any, *names: str) -> None:
    """Enable standards and wait until they are ready for updates."""
    region = client.meta.region_name
    client.batch_enable_standards(
        StandardsSubscriptionRequests=[{"StandardsArn": standard(each, region)} for each in names]
    )
    client.get_enabled_standards()


def update(
    client: Any, control: str, name: str, status: str, reason: str | None = None
) -> list[dict[str, Any]]:
    """Enable or disable a control in a standard, and return what was unprocessed."""
    item = {
        "SecurityControlId": control,
        "StandardsArn": standard(name, client.meta.region_name),
        "AssociationStatus": status,
        **({"UpdatedReason": reason} if reason else {}),
    }
    answer = client.batch_update_standards_control_associations(
        StandardsControlAssociationUpdates=[item]
    )
    return list(answer["UnprocessedAssociationUpdates"])


def associations(client: Any, control: str) -> dict[str, str]:
    """Return the status of a control by the name of the standard."""
    found = client.list_standards_control_associations(SecurityControlId=control)
    return {
        each["StandardsArn"].rpartition(":")[2].partition("/")[2]: each["AssociationStatus"]
        for each in found["StandardsControlAssociationSummaries"]
    }


def described(client: Any, name: str) -> dict[str, dict[str, Any]]:
    """Return the controls of a standard by their ids in it, in the order of the list."""
    account = client.describe_hub()["HubArn"].split(":")[4]
    arn = subscription(name, account, client.meta.region_name)
    pages = client.get_paginator("describe_standards_controls").paginate(
        StandardsSubscriptionArn=arn
    )
    return {each["ControlId"]: each for page in pages for each in page["Controls"]}


def shown(client: Any, control: str) -> dict[str, Any]:
    """Return a security control."""
    (found,) = client.batch_get_security_controls(SecurityControlIds=[control])["SecurityControls"]
    return dict(found)


def custom(**values: Any) -> dict[str, Any]:
    """Return custom parameters; values are unions such as ``{"Integer": 15}``."""
    return {name: {"ValueType": "CUSTOM", "Value": value} for name, value in values.items()}
