"""Seeds of Security Incident Response: memberships, cases, and what belongs to a case."""

from __future__ import annotations

from membership_mock.testing.given.security_ir_investigations import InvestigationSeeds
from membership_mock.testing.given.security_ir_results import (
    SeededAttachment,
    SeededCase,
    SeededComment,
    SeededInvestigation,
    SeededMembership,
)

__all__ = [
    "SecurityIrSeeds",
    "SeededAttachment",
    "SeededCase",
    "SeededComment",
    "SeededInvestigation",
    "SeededMembership",
]


class SecurityIrSeeds(InvestigationSeeds):
    """Seeds of Security Incident Response, from ``mock.given.security_ir``.

    A seed makes the customer's calls, and AWS's part through `AwsSide`. It also makes what it
    needs, such as the membership for a case. If a step is refused, all steps are undone.
    """
