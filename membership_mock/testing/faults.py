"""Faults that a test author lets happen to calls."""

from __future__ import annotations


class Faults:
    """The faults of a running mock, from `MembershipMock.faults`."""


class Fault:
    """One fault, from `MembershipMock.fail`."""
