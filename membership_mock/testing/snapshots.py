"""The world kept, brought back, written down and compared."""

from __future__ import annotations


class Snapshot:
    """The mocked world at one moment, from `MembershipMock.snapshot`."""


class Dump:
    """The mocked world as plain data, from `MembershipMock.dump`."""
