"""The clock of a mock, for a test author to hold."""

from __future__ import annotations


class MockClock:
    """The clock of a running mock, from `MembershipMock.clock`."""
