"""Findings in OCSF that no import makes: the frame of a document, by kind.

Sources: recorded findings of coverage and exposure, and the guide's sample of the latter; the
frame is that of all findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from membership_mock.securityhub.findings.finding_format import instant
from membership_mock.securityhub.v2.ocsf import vocabulary as words
from membership_mock.securityhub.v2.ocsf.asff_to_ocsf import (
    cloud,
    frame,
    metadata,
    moment,
    severity,
    status,
    tidy,
)
from membership_mock.securityhub.v2.ocsf.document_checks import check_like

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

#: by kind: class, product, name of the product, type of the finding, title
_KINDS: Mapping[str, tuple[int, str, str, str, str]] = {
    "detection": (words.DETECTION, "aws/guardduty", "GuardDuty", "Threats", "A threat"),
    "vulnerability": (
        words.VULNERABILITY,
        "aws/inspector",
        "Inspector",
        "Vulnerabilities",
        "A vulnerability",
    ),
    "compliance": (
        words.COMPLIANCE,
        "aws/securityhub",
        "Security Hub",
        "Posture Management",
        "A failed control",
    ),
    "data_security": (words.DATA_SECURITY, "aws/macie", "Macie", "Sensitive Data", "Open data"),
    "coverage": (
        words.COMPLIANCE,
        "aws/securityhub-coverage",
        "Security Hub Coverage",
        "Coverage",
        "GuardDuty Coverage Finding",
    ),
    "exposure": (
        words.DETECTION,
        "aws/securityhub-risk",
        "Security Hub Exposure Detection",
        "Exposure/Potential Impact/Resource Hijacking",
        "An exposure",
    ),
    "unused_permission": (
        words.DETECTION,
        "aws/access-analyzer",
        "IAM Access Analyzer",
        "UnusedPermission",
        "Unused permissions",
    ),
}
KINDS = tuple(_KINDS)
_MOMENTS = ("created_time", "modified_time", "first_seen_time", "last_seen_time")


def completed(
    kind: str,
    given: Mapping[str, Any],
    account_id: str,
    region: str,
    partition: str,
    now: datetime,
    default_uid: str,
) -> dict[str, Any]:
    """Return a document with all that a finding has, but for its ``metadata.uid``.

    Args:
        kind: one of `KINDS`.
        given: what is to differ from the defaults; maps are merged, lists are replaced.
        account_id: whose finding it is.
        region: where it is.
        partition: the partition of the region.
        now: the present: when it was made and changed, if the document does not say.
        default_uid: its ``finding_info.uid``, if the document does not say.

    Raises:
        ValueError: something in ``given`` is not of its type, or a class, an activity, a severity,
            a status or a time does not exist.
    """
    class_uid, product, name, kind_of_finding, title = _KINDS[kind]
    product_info: dict[str, Any] = {
        "name": name,
        "uid": f"arn:{partition}:securityhub:{region}::productv2/{product}",
        "vendor_name": "AWS",
    }
    if kind == "coverage":
        product_info["feature"] = {"uid": "security-hub/Coverage"}
    own_class = given.get("class_uid", class_uid)
    activity_id = given.get("activity_id", words.CREATE)
    _known("class_uid", own_class, words.CLASSES)
    _known("activity_id", activity_id, words.ACTIVITIES)
    class_uid = own_class
    document: dict[str, Any] = {
        **frame(class_uid, activity_id),
        "cloud": cloud(account_id, region),
        "finding_info": {
            "desc": f"{title} that a test has written.",
            "title": title,
            "types": [kind_of_finding],
            "uid": default_uid,
            **moment("created", now),
            **moment("modified", now),
        },
        "metadata": metadata("", product_info),
        "resources": [
            {
                "cloud_partition": partition,
                "owner": {"account": {"uid": account_id}},
                "provider": "AWS",
                "region": region,
                "type": "AWS::::Account",
                "uid": account_id,
            }
        ],
        **severity(3),
        **status(1),
    }
    if class_uid == words.COMPLIANCE:
        document["compliance"] = {"status": "Fail", "status_id": 3}
    moments = dict.fromkeys(_MOMENTS, 0) | {f"{name}_dt": "" for name in _MOMENTS}
    like = {
        **document,
        "finding_info": {**moments, **document["finding_info"]},
        "time": 0,
        "time_dt": "",
        "vendor_attributes": {},
    }
    check_like(given, like)
    document = _merged(document, given)
    if not document["metadata"]["product"]["uid"]:
        raise ValueError("metadata.product.uid is empty, which tells whose finding it is")
    _pair(document, "severity", words.SEVERITIES, given)
    _pair(document, "status", words.STATUSES, given)
    info = document["finding_info"]
    _pair_times(info, given.get("finding_info", {}))
    document["time"], document["time_dt"] = info["modified_time"], info["modified_time_dt"]
    document.setdefault(
        "vendor_attributes",
        {"severity": document["severity"], "severity_id": document["severity_id"]},
    )
    tidied: dict[str, Any] = tidy(document)
    return tidied


def _merged(document: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(document)
    for name, value in given.items():
        below = merged.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[name] = _merged(below, value)
        else:
            merged[name] = value
    return merged


def _pair(
    document: dict[str, Any], name: str, known: Mapping[int, str], given: Mapping[str, Any]
) -> None:
    """Let number and name of a field agree when only one of them is given."""
    number = f"{name}_id"
    if number in given:
        _known(number, given[number], known)
    numbers = {text: each for each, text in known.items()}
    if name in given and given[name] not in numbers:
        raise ValueError(f"{given[name]!r} is no {name}: {', '.join(numbers)}")
    if number in given and name not in given:
        document[name] = known[given[number]]
    elif name in given and number not in given:
        document[number] = numbers[given[name]]


def _known(name: str, number: object, known: Mapping[int, str]) -> None:
    if type(number) is not int or number not in known:
        raise ValueError(f"{number!r} is no {name}: {', '.join(map(str, known))}")


def _pair_times(info: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Let both spellings of a time agree when only one of them is given."""
    for name in ("created", "modified", "first_seen", "last_seen"):
        millis, text = f"{name}_time", f"{name}_time_dt"
        if text in given:
            at = instant(str(given[text]))
            if at is None:
                raise ValueError(f"{given[text]!r} is no {text}: give a timestamp in ISO 8601")
            if millis not in given:
                info.update(moment(name, at))
        elif millis in given:
            try:
                at = _EPOCH + timedelta(milliseconds=given[millis])
            except OverflowError:
                raise ValueError(f"{given[millis]} is no {millis}: it is too far") from None
            info.update(moment(name, at))
