"""The relationship between an administrator and a member, stored once per region."""

from __future__ import annotations

from datetime import datetime

from membership_mock.engine.operation import Family


class Associations(Family):
    """Who is whose administrator in this region."""

    def administrator_of(self, account_id: str) -> str | None:
        """Return the administrator that an account is an enabled member of; None if of none."""
        raise NotImplementedError

    def enabled_members(self, account_id: str) -> list[str]:
        """Return the enabled members of an account."""
        raise NotImplementedError

    def is_member(self, administrator_id: str, account_id: str) -> bool:
        """Return whether ``account_id`` is an enabled member of ``administrator_id``."""
        raise NotImplementedError

    def enroll(self, administrator_id: str, account_id: str, now: datetime) -> None:
        """Make an account of the organization an enabled member, if nothing stands against it."""
        raise NotImplementedError
