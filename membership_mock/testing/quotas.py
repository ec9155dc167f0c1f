"""The quotas of the mocked services, for a test author to read and set."""

from __future__ import annotations


class MockQuotas:
    """The quotas of a running mock, from `MembershipMock.quotas`."""
