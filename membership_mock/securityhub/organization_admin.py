"""The delegated administrator of an organization, per region."""

from __future__ import annotations

from membership_mock.engine.operation import Family

SERVICE_PRINCIPAL = "securityhub.amazonaws.com"


class OrganizationAdmin(Family):
    """The operations on the delegated administrator."""

    def delegated_administrator(self) -> str | None:
        """Return the delegated administrator of the caller's organization in this region."""
        raise NotImplementedError
