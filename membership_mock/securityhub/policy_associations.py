"""Which configuration policy goes for which account, unit, or the root.

The families that this one works with (hubs, members, standards) ask `Governance` in
``central_configuration``, which imports none of them.
"""

from __future__ import annotations

from membership_mock.engine.operation import Family
from membership_mock.securityhub.central_configuration import Governance


class PolicyAssociations(Family):
    """The operations on the associations of configuration policies."""

    def governing(self, account_id: str) -> str | None:
        """Return the policy that governs an account here, SELF_MANAGED_SECURITY_HUB, or None."""
        return self.of(Governance).governing(account_id)
