"""The delegated administrator's registration in Organizations, which designating it brings about.

Sources: user guide, "the first designation registers the account"; that trusted access is enabled
along with it is inferred from what the console does.
"""

from __future__ import annotations

import sys
from typing import Any

from membership_mock.engine.organizations import Organization
from membership_mock.securityhub.delegation import SERVICE_PRINCIPAL


def register(organization: Organization, partition: str, account_id: str) -> None:
    """Register an account as delegated administrator; the management account needs none.

    Args:
        organization: the organization as it was read for this request.
        partition: the partition that it lives in.
        account_id: an account of it.
    """
    management = organization.management_account_id
    models: Any = sys.modules["moto.organizations.models"]
    backend = models.organizations_backends[management][partition]
    if SERVICE_PRINCIPAL not in organization.trusted_services:
        backend.enable_aws_service_access(ServicePrincipal=SERVICE_PRINCIPAL)
    registered = organization.delegated.get(SERVICE_PRINCIPAL, ())
    if account_id not in (management, *registered):
        backend.register_delegated_administrator(
            AccountId=account_id, ServicePrincipal=SERVICE_PRINCIPAL
        )
