"""The document of a resource, as GetResourcesV2 shows it.

Source: the API page. AWS inventories resources by itself; here they follow from findings, and from
what a test records. How is inferred [SH-268], but for the fields that are always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from membership_mock.engine.protocol.timestamps import WRITING
from membership_mock.securityhub.v2.ocsf import vocabulary as words
from membership_mock.securityhub.v2.ocsf.resource_types import category_of
from membership_mock.securityhub.v2.queries import leaves
from membership_mock.securityhub.v2.queries.fields import Document
from membership_mock.securityhub.v2.queries.filters import Dialect
from membership_mock.securityhub.v2.stores.resource_store import ResourceRecord

_PATHS = {
    "ResourceDetailCaptureTime": ("ResourceDetailCaptureTimeDt",),
    "ResourceCreationTime": ("ResourceCreationTimeDt",),
}
#: the filters of resources
RESOURCES = Dialect(paths=_PATHS)
#: the criteria of automation rules on resources
RESOURCE_RULE = Dialect(leaves.RULING, _PATHS)
#: the filters of trends of resources
RESOURCE_TRENDS = Dialect(
    paths={
        "account_id": ("AccountId",),
        "region": ("Region",),
        "resource_type": ("ResourceType",),
        "resource_category": ("ResourceCategory",),
        "resource_cloud_provider": ("ResourceProvider",),
        "resource_region": ("ResourceRegion",),
        "resource_owner_id": ("ResourceOwnerAccountId",),
        "resource_owner_organization_id": ("ResourceOwnerOrgId",),
    }
)

#: the types that V2 adds to those of a finding, and those of findings that no import makes
_OWN_TYPES = ("Posture Management", "Vulnerabilities", "Threats", "Sensitive Data", "Coverage")
#: the statuses of the findings that count for a resource: New and In Progress (inferred [SH-269])
_OPEN = (1, 2)

#: what was last shown of each resource, with its version: no state, for it can be made anew
_SHOWN: WeakKeyDictionary[ResourceRecord, tuple[int, dict[str, Any]]] = WeakKeyDictionary()


def id_of(resource: Mapping[str, Any]) -> str:
    """Return the id of a resource of a finding in OCSF."""
    return str(resource.get("uid_alt") or resource.get("uid", ""))


def shown(record: ResourceRecord, findings: Iterable[Document]) -> dict[str, Any]:
    """Return a resource as GetResourcesV2 shows it.

    Args:
        record: the resource.
        findings: those that are about it; read only if something has changed.
    """
    held = _SHOWN.get(record)
    if held is not None and held[0] == record.version:
        return held[1]
    document = _document(record, list(findings))
    _SHOWN[record] = (record.version, document)
    return document


def of_finding(record: ResourceRecord, finding: Document) -> dict[str, Any]:
    """Return what is known of a resource from one finding alone, for automation rules."""
    return _document(record, [finding])


def _document(record: ResourceRecord, findings: list[Document]) -> dict[str, Any]:
    latest: Mapping[str, Any] = {}
    captured = WRITING["iso8601"](record.created_at)
    for finding in findings:
        modified = finding["finding_info"].get("modified_time_dt", "")
        for resource in finding.get("resources", ()):
            if id_of(resource) == record.resource_id and (not latest or modified >= captured):
                latest, captured = resource, modified
    resource_type = latest.get("type", "Other")
    criticality = record.criticality
    document = {
        "ResourceGuid": latest.get("uid", record.resource_id),
        "ResourceId": record.resource_id,
        "AccountId": record.account_id,
        "Region": record.region,
        "ResourceProvider": latest.get("provider", "AWS"),
        "ResourceOwnerAccountId": record.account_id,
        "ResourceOwnerOrgId": latest.get("owner", {}).get("org", {}).get("uid"),
        "ResourceCloudPartition": latest.get("cloud_partition"),
        "ResourceRegion": latest.get("region", record.region),
        "ResourceCategory": category_of(resource_type),
        "ResourceType": resource_type,
        "ResourceName": latest.get("name", latest.get("uid")),
        "ResourceDetailCaptureTimeDt": captured,
        "FindingsSummary": _summary(findings),
        "ResourceTags": [
            {"Key": tag["name"], "Value": tag["value"]} for tag in latest.get("tags", ())
        ],
        "ResourceConfig": {},
        "ResourceCriticality": criticality[0] if criticality else "Unknown",
        "CriticalitySources": (
            [{"Source": "AutomationRule", "Reason": criticality[1]}] if criticality else None
        ),
        **(record.recorded or {}),
    }
    return {name: value for name, value in document.items() if value is not None}


def _summary(findings: list[Document]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], dict[str, int]] = {}
    for finding in findings:
        if finding.get("status_id") not in _OPEN:
            continue
        types = finding["finding_info"].get("types", ())
        own = next((each for each in types if each in _OWN_TYPES), finding["class_name"])
        product = finding["metadata"]["product"].get("name", "Unknown")
        counts = groups.setdefault((own, product), dict.fromkeys(words.SEVERITIES.values(), 0))
        counts[finding.get("severity", "Unknown")] += 1
    return [
        {
            "FindingType": own,
            "ProductName": product,
            "TotalFindings": sum(counts.values()),
            "Severities": counts,
        }
        for (own, product), counts in sorted(groups.items())
    ]
