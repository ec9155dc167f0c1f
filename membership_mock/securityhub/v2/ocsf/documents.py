"""The document of a finding: the provider's fields, overridden by those of customers and rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from membership_mock.securityhub.findings.finding_store import FindingStore
from membership_mock.securityhub.v2.ocsf import vocabulary as words
from membership_mock.securityhub.v2.ocsf.asff_to_ocsf import converted, severity, status, tidy
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfRecord

#: what was last shown of each record, with its version: no state, for it can be made anew
_SHOWN: WeakKeyDictionary[OcsfRecord, tuple[int, dict[str, Any]]] = WeakKeyDictionary()


def uid_of(account_id: str, region: str, product: str, finding_id: str) -> str:
    """Return the ``metadata.uid`` of a finding: 64 hexadecimal digits (form observed)."""
    text = f"{account_id}\n{region}\n{product}\n{finding_id}"
    return hashlib.sha256(text.encode()).hexdigest()


def of_provider(older: FindingStore, record: OcsfRecord) -> dict[str, Any] | None:
    """Return a finding as its provider has it; None if the older service keeps it no more.

    Args:
        older: the findings of the older service.
        record: the finding.
    """
    if record.identity is None:
        return record.document
    index = older.shelves.get(record.region, {}).get(record.account_id)
    finding = index.findings.get(record.identity) if index else None
    return provided(finding.fields, record) if finding is not None else None


def provided(fields: Mapping[str, Any], record: OcsfRecord) -> dict[str, Any]:
    """Return a finding as its provider has it.

    Args:
        fields: what the older service has of it.
        record: the finding.
    """
    status_id = words.STATUS_OF_WORKFLOW[record.workflow]
    is_over = status_id in (words.SUPPRESSED, words.RESOLVED)
    if record.activity_id == words.CLOSE and not is_over:
        status_id = words.ARCHIVED
    document: dict[str, Any] = converted(
        fields, record.uid, record.activity_id, status_id, record.note
    )
    return document


def shown(older: FindingStore, record: OcsfRecord) -> dict[str, Any] | None:
    """Return a finding as V2 shows it; None if the older service keeps it no more."""
    held = _SHOWN.get(record)
    if held is not None and held[0] == record.version:
        return held[1]
    document = of_provider(older, record)
    if document is None:
        return None
    document = overlaid(document, record.overlay)
    _SHOWN[record] = (record.version, document)
    return document


def overlaid(document: dict[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with what customers or automation rules have set."""
    changes: dict[str, Any] = {}
    if "comment" in overlay:
        changes["comment"] = overlay["comment"]
    if "severity_id" in overlay:
        changes.update(severity(overlay["severity_id"]))
    if "status_id" in overlay:
        changes.update(status(overlay["status_id"]))
    if not changes:
        return document
    changed: dict[str, Any] = tidy({**document, **changes})
    return changed
