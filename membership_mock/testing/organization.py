"""An AWS organization in a line: accounts by name, in units, with clients to use."""

from __future__ import annotations


class MockOrganization:
    """An organization in moto, from `MembershipMock.organization`; accounts go by their names."""
