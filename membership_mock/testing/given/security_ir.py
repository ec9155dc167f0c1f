"""Security Incident Response in a wanted state: memberships, cases, and what belongs to a case."""

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

    Every seed makes the calls that the customer would make, and lets AWS do what AWS does
    (`AwsSide`); what it needs and is not there, it makes. It does all of that or nothing.
    """
