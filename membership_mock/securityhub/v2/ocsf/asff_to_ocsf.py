"""A finding of the older service, in the Open Cybersecurity Schema Framework.

Sources: recorded answers with findings of Security Hub and Inspector; the published converter of an
AWS solution, which goes the other way; the API pages for the names of fields. The page on Security
Hub V2 says of each pairing how it is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from membership_mock.engine.protocol.timestamps import WRITING
from membership_mock.securityhub.findings.finding_format import instant
from membership_mock.securityhub.v2.ocsf import vocabulary as words
from membership_mock.securityhub.v2.ocsf.asff_evidence import evidences
from membership_mock.securityhub.v2.ocsf.asff_resources import resources
from membership_mock.securityhub.v2.ocsf.asff_vulnerabilities import vulnerabilities

Fields = Mapping[str, Any]

#: by class: a type that V2 adds to those of the provider (observed in some findings, not in all)
_OWN_TYPES = {
    words.VULNERABILITY: "Vulnerabilities",
    words.DATA_SECURITY: "Sensitive Data",
}
_TIMES = {
    "created": "CreatedAt",
    "modified": "UpdatedAt",
    "first_seen": "FirstObservedAt",
    "last_seen": "LastObservedAt",
}


def converted(fields: Fields, uid: str, activity_id: int, status_id: int, note: str | None) -> Any:
    """Return the provider's part of a finding in OCSF.

    Args:
        fields: the finding in ASFF, as the older service keeps it.
        uid: its ``metadata.uid``.
        activity_id: what happened to it last.
        status_id: the status that the provider gives it.
        note: the text that the provider gave it.
    """
    class_uid = class_of(fields)
    provided = fields.get("FindingProviderFields", {})
    label = provided.get("Severity", fields.get("Severity", {})).get("Label", "")
    severity_id = words.SEVERITY_OF_LABEL.get(label, 0)
    info = _finding_info(fields, provided, class_uid)
    document = {
        **frame(class_uid, activity_id),
        "cloud": cloud(fields["AwsAccountId"], fields["Region"], fields.get("AwsAccountName")),
        "comment": note,
        "confidence_score": provided.get("Confidence"),
        "finding_info": info,
        "metadata": metadata(uid, _product(fields)),
        "remediation": _remediation(fields.get("Remediation", {}).get("Recommendation", {})),
        "resources": resources(fields),
        **severity(severity_id),
        **status(status_id),
        "time": info.get("modified_time"),
        "time_dt": info.get("modified_time_dt"),
        "vendor_attributes": severity(severity_id),
        "vulnerabilities": vulnerabilities(fields.get("Vulnerabilities", ())),
        "evidences": evidences(fields),
        "malware": [{"name": each.get("Name")} for each in fields.get("Malware", ())],
    }
    if class_uid == words.COMPLIANCE:
        document["compliance"] = _compliance(fields["Compliance"])
    return tidy(document)


def class_of(fields: Fields) -> int:
    """Return the class of a finding (inferred [SH-267])."""
    if fields.get("Vulnerabilities"):
        return words.VULNERABILITY
    if "Compliance" in fields:
        return words.COMPLIANCE
    types = fields.get("FindingProviderFields", {}).get("Types", ())
    is_macie = fields["ProductArn"].endswith("/aws/macie")
    if is_macie or any(each.startswith("Sensitive Data Identifications") for each in types):
        return words.DATA_SECURITY
    return words.DETECTION


def frame(class_uid: int, activity_id: int) -> dict[str, Any]:
    """Return the fields that say what kind of document it is, and what happened."""
    class_name, activity = words.CLASSES[class_uid], words.ACTIVITIES[activity_id]
    category_uid, category = words.CATEGORY
    return {
        "activity_id": activity_id,
        "activity_name": activity,
        "category_name": category,
        "category_uid": category_uid,
        "class_name": class_name,
        "class_uid": class_uid,
        "type_name": f"{class_name}: {activity}",
        "type_uid": class_uid * 100 + activity_id,
    }


def cloud(account_id: str, region: str, name: str | None = None) -> dict[str, Any]:
    """Return where a finding is from."""
    return {"account": {"name": name, "uid": account_id}, "provider": "AWS", "region": region}


def metadata(uid: str, product: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a finding says of itself and of its product."""
    return {
        "extensions": [dict(words.EXTENSION)],
        "product": dict(product),
        "profiles": ["cloud", "datetime", "aws/cloud_resources"],
        "uid": uid,
        "version": words.OCSF_VERSION,
    }


def severity(severity_id: int) -> dict[str, Any]:
    """Return a severity, by number and name."""
    return {"severity": words.SEVERITIES[severity_id], "severity_id": severity_id}


def status(status_id: int) -> dict[str, Any]:
    """Return a status, by number and name."""
    return {"status": words.STATUSES[status_id], "status_id": status_id}


def moment(name: str, at: datetime | None) -> dict[str, Any]:
    """Return an instant in both of its spellings, or nothing for None."""
    if at is None:
        return {}
    return {
        f"{name}_time": int(at.timestamp() * 1000),
        f"{name}_time_dt": WRITING["iso8601"](at),
    }


def product_uid(product_arn: str) -> str:
    """Return the ARN of a product as V2 has it, from that of the older service."""
    return product_arn.replace(":product/", ":productv2/", 1)


def tidy(value: Any) -> Any:
    """Return a value with sorted keys, and without what is absent or empty."""
    if type(value) is dict:
        out = {}
        for key in sorted(value):
            item = value[key]
            if item is None:
                continue
            if type(item) in (dict, list):
                item = tidy(item)
                if not item:
                    continue
            out[key] = item
        return out
    if type(value) is list:
        return [tidy(item) if type(item) in (dict, list) else item for item in value]
    return value


def _finding_info(fields: Fields, provided: Fields, class_uid: int) -> dict[str, Any]:
    own = _OWN_TYPES.get(class_uid)
    if class_uid == words.COMPLIANCE and fields["Compliance"].get("SecurityControlId"):
        own = "Posture Management"
    types = [*provided.get("Types", ()), *([own] if own else [])]
    related = [
        {"product": {"uid": product_uid(each["ProductArn"])}, "uid": each["Id"]}
        for each in provided.get("RelatedFindings", ())
    ]
    info: dict[str, Any] = {
        "analytic": _analytic(fields.get("ProductFields", {})),
        "desc": fields.get("Description"),
        "related_events": related,
        "related_events_count": len(related) or None,
        "src_url": fields.get("SourceUrl"),
        "title": fields.get("Title"),
        "types": list(dict.fromkeys(types)),
        "uid": fields["Id"],
    }
    for name, asff in _TIMES.items():
        info.update(moment(name, instant(fields[asff]) if asff in fields else None))
    return info


def _analytic(product_fields: Mapping[str, str]) -> dict[str, Any] | None:
    name = product_fields.get("RelatedAWSResources:0/name")
    if name is None:
        return None
    category = product_fields.get("RelatedAWSResources:0/type")
    return {"category": category, "name": name, "type": "Rule", "type_id": 1}


def _product(fields: Fields) -> dict[str, Any]:
    is_control = "SecurityControlId" in fields.get("Compliance", {})
    feature = None if is_control else {"uid": fields.get("GeneratorId")}
    _, company, product = fields["ProductArn"].rsplit("/", 2)
    return {
        "feature": feature,
        "name": fields.get("ProductName", product),
        "uid": product_uid(fields["ProductArn"]),
        "vendor_name": fields.get("CompanyName", company),
    }


def _remediation(recommendation: Mapping[str, str]) -> dict[str, Any] | None:
    if not recommendation:
        return None
    url = recommendation.get("Url")
    return {"desc": recommendation.get("Text"), "references": [url] if url else []}


def _compliance(given: Mapping[str, Any]) -> dict[str, Any]:
    state = given.get("Status")
    status_id = words.COMPLIANCE_OF_ASFF.get(str(state), 0)
    reasons: Sequence[Mapping[str, str]] = given.get("StatusReasons", ())
    standards: Iterable[Mapping[str, str]] = given.get("AssociatedStandards", ())
    return {
        "assessments": [
            {
                "desc": each.get("Description"),
                "meets_criteria": state != "FAILED",
                "name": each.get("ReasonCode"),
            }
            for each in reasons
        ],
        "control": given.get("SecurityControlId"),
        "control_parameters": {
            each["Name"]: ", ".join(map(str, each.get("Value", ())))
            for each in given.get("SecurityControlParameters", ())
            if "Name" in each
        },
        "requirements": list(given.get("RelatedRequirements", ())),
        "standards": [each["StandardsId"] for each in standards if "StandardsId" in each],
        "status": words.COMPLIANCE_STATUSES[status_id],
        "status_id": status_id,
    }
