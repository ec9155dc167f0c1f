"""The controls of a region: those of the catalogue, and those that AWS has released since.

Sources: API pages of the operations for how controls and standards are named in requests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from heapq import merge

from membership_mock.engine.pipeline.operation import Family
from membership_mock.securityhub.controls import catalogue
from membership_mock.securityhub.controls.catalogue import SecurityControl, StandardsControl
from membership_mock.securityhub.controls.control_store import ReleasedControl, ReleasedControlStore
from membership_mock.securityhub.controls.refusals import (
    foreign_control,
    malformed_control,
    no_such_control,
)

_ID = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9]+)+")
_ARN = re.compile(r"arn:[^:]+:securityhub:([^:]*):([^:]*):security-control/(.+)")


class KnownControls(Family):
    """The existing controls, for the other families."""

    def all(self) -> Sequence[SecurityControl]:
        """Return all controls in the byte order of their ids, available here or not."""
        released = self._released()
        if not released:
            return catalogue.in_order()
        return sorted([*catalogue.in_order(), *released], key=lambda each: each.id)

    def find(self, control_id: str) -> SecurityControl | None:
        """Return a control by its id; None if it does not exist."""
        found = catalogue.security_controls().get(control_id)
        if found is None:
            store = self.store_if_any(ReleasedControlStore)
            released = store.controls.get(control_id) if store else None
            return _as_control(released) if released else None
        return found

    def of_standard(self, resource: str) -> Sequence[StandardsControl]:
        """Return the controls of a standard that this region has, each as the standard has it.

        Args:
            resource: the standard, such as ``pci-dss/v/3.2.1``.

        Returns:
            They are in the byte order of the ids that the standard gives them.
        """
        region = self.backend.region_name
        known = catalogue.of_standard(resource, region)
        released = catalogue.controls_of(self._released(), resource, region)
        if not released:
            return known
        return tuple(merge(known, released, key=lambda each: each.control_id))

    def identified(self, identifier: str) -> SecurityControl:
        """Return a control by its id or by its ARN in this account and region.

        Raises:
            ItemRefused: it does not exist (codes inferred [SH-200]).
        """
        control_id = identifier
        if identifier.startswith("arn:"):
            parts = _ARN.fullmatch(identifier)
            if parts is None:
                raise malformed_control(identifier)
            region, account_id, control_id = parts.groups()
            here = (self.backend.region_name, self.backend.account_id)
            if (region, account_id) != here or identifier != self.arn(control_id):
                raise foreign_control(self.backend.account_id, identifier)
        elif not _ID.fullmatch(identifier):
            raise malformed_control(identifier)
        found = self.find(control_id)
        if found is None:
            raise no_such_control(identifier)
        return found

    def arn(self, control_id: str) -> str:
        """Return the ARN of a control in this account and region."""
        backend = self.backend
        return (
            f"arn:{backend.partition}:securityhub:{backend.region_name}:{backend.account_id}"
            f":security-control/{control_id}"
        )

    def released_at(self, control_id: str) -> datetime | None:
        """Return when a control was released, if that was while the mock runs."""
        store = self.store_if_any(ReleasedControlStore)
        released = store.controls.get(control_id) if store else None
        return released.released_at if released else None

    def _released(self) -> list[SecurityControl]:
        store = self.store_if_any(ReleasedControlStore)
        return [_as_control(each) for each in store.controls.values()] if store else []


def _as_control(released: ReleasedControl) -> SecurityControl:
    """Return a released control as the catalogue has its own."""
    return SecurityControl(
        id=released.id,
        title=released.title,
        severity=released.severity,
        standards={
            resource: (StandardsControl(resource, released.id, released.id, released.title),)
            for resource in released.standards
        },
    )
