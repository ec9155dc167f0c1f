"""The vulnerabilities of a finding, from ASFF to OCSF.

The shape was recorded, the pairing is inferred [SH-267].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from membership_mock.securityhub.v2.ocsf.vocabulary import FIX_COVERAGE


def vulnerabilities(given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the vulnerabilities of a finding."""
    return [_vulnerability(each) for each in given]


def _vulnerability(given: Mapping[str, Any]) -> dict[str, Any]:
    coverage_id, coverage = FIX_COVERAGE.get(given.get("FixAvailable", ""), (None, None))
    exploit = given.get("ExploitAvailable")
    epss = given.get("EpssScore")
    return {
        "affected_code": [
            {"file": {"path": each.get("FilePath", {}).get("FilePath")}}
            for each in given.get("CodeVulnerabilities", ())
        ],
        "affected_packages": [_package(each) for each in given.get("VulnerablePackages", ())],
        "cve": {
            "cvss": [
                {
                    "base_score": each.get("BaseScore"),
                    "vector_string": each.get("BaseVector"),
                    "vendor_name": each.get("Source"),
                    "version": each.get("Version"),
                }
                for each in given.get("Cvss", ())
            ],
            # as text, unlike in ASFF
            "epss": {"score": None if epss is None else str(epss)},
            "uid": given.get("Id"),
        },
        "fix_coverage": coverage,
        "fix_coverage_id": coverage_id,
        "is_exploit_available": None if exploit is None else exploit == "YES",
        "is_fix_available": None if coverage is None else coverage != "None",
        "references": list(given.get("ReferenceUrls", ())),
        "related_vulnerabilities": list(given.get("RelatedVulnerabilities", ())),
        "severity": given.get("Vendor", {}).get("VendorSeverity"),
    }


def _package(given: Mapping[str, Any]) -> dict[str, Any]:
    epoch = str(given.get("Epoch", ""))
    return {
        "architecture": given.get("Architecture"),
        "epoch": int(epoch) if epoch.isdecimal() else None,
        "fixed_in_version": given.get("FixedInVersion"),
        "name": given.get("Name"),
        "package_manager": given.get("PackageManager"),
        "path": given.get("FilePath"),
        "release": given.get("Release"),
        "remediation": {"desc": given.get("Remediation")},
        "version": given.get("Version"),
    }
