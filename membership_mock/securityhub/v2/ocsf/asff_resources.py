"""The resources of a finding, from ASFF to OCSF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from membership_mock.securityhub.v2.ocsf.resource_types import ACCOUNT, config_type

_ACCOUNT_ID = "AWS::::Account:"


def resources(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the resources of a finding."""
    is_inspector = fields["ProductArn"].endswith("/aws/inspector")
    return [
        _resource(each, fields["AwsAccountId"], is_inspector)
        for each in fields.get("Resources", ())
    ]


def ids_of(fields: Mapping[str, Any]) -> list[str]:
    """Return the ids of the resources of a finding: the ARN of each, or else its uid."""
    found = (
        _identifiers(config_type(each.get("Type", "Other")), str(each.get("Id", "")))
        for each in fields.get("Resources", ())
    )
    return [arn or uid for uid, arn in found]


def _identifiers(kind: str, named: str) -> tuple[str, str | None]:
    """Return the uid of a resource, and its ARN if it has one."""
    if kind == ACCOUNT:
        return named.removeprefix(_ACCOUNT_ID), None
    if named.startswith("arn:"):
        # observed for instances, functions and buckets
        return named.replace("/", ":").rpartition(":")[2], named
    return named, None


def _resource(given: Mapping[str, Any], account_id: str, is_inspector: bool) -> dict[str, Any]:
    kind = config_type(given.get("Type", "Other"))
    uid, arn = _identifiers(kind, str(given.get("Id", "")))
    details = given.get("Details")
    return {
        "cloud_partition": given.get("Partition"),
        "data": _lower(details, "Details") if is_inspector and details else details,
        "owner": {"account": {"uid": account_id}},
        "provider": "AWS",
        "region": given.get("Region"),
        "tags": [{"name": name, "value": value} for name, value in given.get("Tags", {}).items()],
        "type": kind,
        "uid": uid,
        "uid_alt": arn,
    }


def _lower(value: Any, suffix: str = "") -> Any:
    """Return details in lower camel case, as those of Inspector were recorded."""
    if isinstance(value, Mapping):
        return {
            f"{name[:1].lower()}{name[1:]}{suffix}": _lower(item) for name, item in value.items()
        }
    return [_lower(item) for item in value] if isinstance(value, list) else value
