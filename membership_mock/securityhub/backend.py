"""Security Hub: the list of its families."""

from __future__ import annotations

from membership_mock.engine.operation import Backend
from membership_mock.securityhub.associations import Associations
from membership_mock.securityhub.errors import SecurityHubRefusals
from membership_mock.securityhub.hubs import Hubs
from membership_mock.securityhub.organization_admin import OrganizationAdmin
from membership_mock.securityhub.organization_configuration import OrganizationConfiguration


class SecurityHubBackend(Backend):
    """Security Hub for one account in one region."""

    service = "securityhub"
    families = (
        Hubs,
        Associations,
        OrganizationAdmin,
        OrganizationConfiguration,
    )
    refusals = SecurityHubRefusals()
