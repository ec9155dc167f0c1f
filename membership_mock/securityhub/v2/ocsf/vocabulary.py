"""The numbers and names of OCSF that findings of Security Hub have.

Sources: the API pages (numbers); recorded answers and the published converter of an AWS solution
(names); the OCSF schema for what neither shows (inferred [SH-271]).
"""

from __future__ import annotations

from collections.abc import Mapping

#: severity_id and severity
SEVERITIES: Mapping[int, str] = {
    0: "Unknown",
    1: "Informational",
    2: "Low",
    3: "Medium",
    4: "High",
    5: "Critical",
    6: "Fatal",
    99: "Other",
}
#: status_id and status
STATUSES: Mapping[int, str] = {
    0: "Unknown",
    1: "New",
    2: "In Progress",
    3: "Suppressed",
    4: "Resolved",
    5: "Archived",
    99: "Other",
}
SUPPRESSED, RESOLVED, ARCHIVED = 3, 4, 5
#: activity_id and activity_name
ACTIVITIES: Mapping[int, str] = {0: "Unknown", 1: "Create", 2: "Update", 3: "Close", 99: "Other"}
CREATE, UPDATE, CLOSE = 1, 2, 3
#: class_uid and class_name
CLASSES: Mapping[int, str] = {
    2002: "Vulnerability Finding",
    2003: "Compliance Finding",
    2004: "Detection Finding",
    2006: "Data Security Finding",
}
VULNERABILITY, COMPLIANCE, DETECTION, DATA_SECURITY = 2002, 2003, 2004, 2006
#: compliance.status_id and compliance.status
COMPLIANCE_STATUSES: Mapping[int, str] = {
    0: "Unknown",
    1: "Pass",
    2: "Warning",
    3: "Fail",
    99: "Other",
}

#: by the label of ASFF: severity_id
SEVERITY_OF_LABEL: Mapping[str, int] = {
    "INFORMATIONAL": 1,
    "LOW": 2,
    "MEDIUM": 3,
    "HIGH": 4,
    "CRITICAL": 5,
}
#: by the workflow status of ASFF: status_id
STATUS_OF_WORKFLOW: Mapping[str, int] = {
    "NEW": 1,
    "NOTIFIED": 2,
    "SUPPRESSED": SUPPRESSED,
    "RESOLVED": RESOLVED,
}
#: by the compliance status of ASFF: compliance.status_id
COMPLIANCE_OF_ASFF: Mapping[str, int] = {
    "PASSED": 1,
    "WARNING": 2,
    "FAILED": 3,
    "NOT_AVAILABLE": 0,
}
#: by what ASFF says of fixes: vulnerabilities.fix_coverage_id and fix_coverage
FIX_COVERAGE: Mapping[str, tuple[int, str]] = {
    "YES": (1, "Complete"),
    "PARTIAL": (2, "Partial"),
    "NO": (3, "None"),
}

#: the version of OCSF that answers claim (the user guide; newer answers say newer ones)
OCSF_VERSION = "1.6.0"
EXTENSION = {"name": "aws", "uid": "998", "version": "1.0.0"}
CATEGORY = (2, "Findings")
