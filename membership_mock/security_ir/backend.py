"""Security Incident Response: the list of its families."""

from __future__ import annotations

from membership_mock.engine.pipeline.operation import Backend
from membership_mock.security_ir.attachments.attachments import Attachments
from membership_mock.security_ir.cases.case_events import CaseEvents
from membership_mock.security_ir.cases.case_status import CaseStatus
from membership_mock.security_ir.cases.cases import Cases
from membership_mock.security_ir.cases.comments import Comments
from membership_mock.security_ir.cases.edits import Edits
from membership_mock.security_ir.errors import SecurityIrRefusals
from membership_mock.security_ir.iam_resources import IAM_RESOURCES
from membership_mock.security_ir.investigations.investigations import Investigations
from membership_mock.security_ir.memberships.coverage import Coverage
from membership_mock.security_ir.memberships.finding_metrics import FindingMetrics
from membership_mock.security_ir.memberships.memberships import Memberships
from membership_mock.security_ir.quotas import QUOTAS, Quotas
from membership_mock.security_ir.responders.responders import Responders
from membership_mock.security_ir.tags import Tags


class SecurityIrBackend(Backend):
    """Security Incident Response for one account in one region."""

    service = "security-ir"
    families = (
        Memberships,
        Coverage,
        FindingMetrics,
        Cases,
        CaseStatus,
        Comments,
        Edits,
        CaseEvents,
        Attachments,
        Investigations,
        Responders,
        Quotas,
        Tags,
    )
    refusals = SecurityIrRefusals()
    iam_resources = IAM_RESOURCES
    quotas = QUOTAS
    unique_lists = frozenset(
        {
            "ImpactedAccounts",
            "ImpactedAwsRegionList",
            "ImpactedServicesList",
            "IncidentResponseTeam",
            "OptInFeatures",
            "Watchers",
        }
    )
