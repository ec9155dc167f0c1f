"""The world in a wanted state, in one call each, by the rules of the API."""

from __future__ import annotations


class Given:
    """Seeds of a running mock, from `MembershipMock.given`."""
