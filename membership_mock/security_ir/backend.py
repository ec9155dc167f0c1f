"""Security Incident Response: the list of its families."""

from __future__ import annotations

from membership_mock.engine.operation import Backend
from membership_mock.security_ir import attachment_storage
from membership_mock.security_ir.attachments import Attachments
from membership_mock.security_ir.case_status import CaseStatus
from membership_mock.security_ir.cases import Cases
from membership_mock.security_ir.comments import Comments
from membership_mock.security_ir.coverage import Coverage
from membership_mock.security_ir.edits import Edits
from membership_mock.security_ir.errors import SecurityIrRefusals
from membership_mock.security_ir.finding_metrics import FindingMetrics
from membership_mock.security_ir.investigations import Investigations
from membership_mock.security_ir.memberships import Memberships
from membership_mock.security_ir.quotas import QUOTAS, Quotas
from membership_mock.security_ir.responders import Responders
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
        Attachments,
        Investigations,
        Responders,
        Quotas,
        Tags,
    )
    refusals = SecurityIrRefusals()
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
    doors = (attachment_storage.DOOR,)
