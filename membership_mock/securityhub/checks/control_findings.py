"""The findings that the checks of controls have made, and their end when a control is disabled.

Sources: the user guide on disabling controls, on consolidated control findings and on the fields of
control findings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol.timestamps import WRITING
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.controls.control_states import ControlStates
from membership_mock.securityhub.controls.known_controls import KnownControls
from membership_mock.securityhub.families import SecurityHubFamily
from membership_mock.securityhub.findings import finding_format
from membership_mock.securityhub.findings.finding_changes import IMPORTED
from membership_mock.securityhub.findings.finding_events import FindingEvents
from membership_mock.securityhub.findings.finding_store import Finding, FindingStore, place_of

#: Why a finding was archived. The first one is documented. For the second one it is documented that
#: these fields are there; code and text are inferred [SH-137].
GENERATOR_CHANGED = {
    "ArchivalReasons:0/Description": (
        "The finding is in an ARCHIVED state because consolidated control findings has been turned"
        " on or off. This causes findings in the previous state to be archived when new findings"
        " are being generated."
    ),
    "ArchivalReasons:0/ReasonCode": "CONSOLIDATED_CONTROL_FINDINGS_UPDATE",
}
CONTROL_DISABLED = {
    "ArchivalReasons:0/Description": (
        "The finding is in an ARCHIVED state because the control is disabled."
    ),
    "ArchivalReasons:0/ReasonCode": "CONTROL_DISABLED",
}

#: the group of the findings that stand for all standards together
CONSOLIDATED = ""


@dataclass
class ControlFindingStore(Store, scope=Scope.REGION):
    """The ids of the findings that checks have made in a region.

    Attributes:
        ids: by account, control, group and resource. A group is a requirement, such as
            ``pci-dss/v/3.2.1/PCI.S3.6``, or `CONSOLIDATED`.
    """

    ids: dict[str, dict[str, dict[str, dict[str, str]]]] = field(default_factory=dict)

    def note(self, account_id: str, control_id: str, group: str, resource: str, id_: str) -> None:
        """Remember the finding that the check of a resource has made."""
        controls = self.ids.setdefault(account_id, {})
        controls.setdefault(control_id, {}).setdefault(group, {})[resource] = id_


class ControlFindings(SecurityHubFamily):
    """The findings of the controls of this region."""

    def find(self, account_id: str, id_: str | None, now: datetime) -> Finding | None:
        """Return a finding of Security Hub's own in an account; None if it has expired."""
        if id_ is None:
            return None
        index = self.store(FindingStore).index_of(account_id, self.backend.region_name)
        index.expire(now)
        return index.findings.get((self.product_arn(), id_))

    def product_arn(self) -> str:
        """Return the ARN of Security Hub itself as a product of this region."""
        backend = self.backend
        return f"arn:{backend.partition}:securityhub:{backend.region_name}::product/aws/securityhub"

    def groups(self, account_id: str, control_id: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the groups of a control's findings, each with the ids by resource."""
        controls = self.store(ControlFindingStore).ids.get(account_id, {})
        yield from controls.get(control_id, {}).items()

    def controls_disabled(
        self, account_id: str, now: datetime, control_id: str | None = None
    ) -> None:
        """Archive the findings of controls that are no longer enabled.

        A finding that stands for several standards stays as long as the control is enabled in one
        of them. AWS takes three to five days for it (documented); here it is done at once.
        """
        store = self.store_if_any(ControlFindingStore)
        checked = store.ids.get(account_id, {}) if store else {}
        for each in checked if control_id is None else checked.keys() & {control_id}:
            control = self.of(KnownControls).find(each)
            requirements = (
                self.of(ControlStates).enabled_requirements(account_id, control) if control else ()
            )
            enabled = {group_of(one.standard, one.arn_id) for _, one in requirements}
            for group, ids in self.groups(account_id, each):
                if not (enabled if group == CONSOLIDATED else group in enabled):
                    self.archive(account_id, ids.values(), CONTROL_DISABLED, now)

    def accounts_with_control_findings(self) -> Collection[str]:
        """Return the accounts in this region with findings of checks."""
        store = self.store_if_any(ControlFindingStore)
        return store.ids.keys() if store else ()

    def archive(
        self, account_id: str, ids: Iterable[str], why: Mapping[str, str], now: datetime
    ) -> None:
        """Archive findings that are active, and note why in their ProductFields."""
        index = self.store(FindingStore).index_of(account_id, self.backend.region_name)
        for id_ in ids:
            finding = self.find(account_id, id_, now)
            if finding is None or finding.fields["RecordState"] == "ARCHIVED":
                continue
            before = finding.fields
            moment = later_than(before, now)
            index.remove(finding)
            finding.fields = {
                **before,
                "RecordState": "ARCHIVED",
                "UpdatedAt": WRITING["iso8601"](moment),
                "ProductFields": {**before["ProductFields"], **why},
            }
            finding.place = place_of(moment, finding.sequence)
            finding.touched = now
            finding.note_changes(now, IMPORTED, self.product_arn(), before)
            index.add(finding)
            self.of(FindingEvents).announce(account_id, finding, now)
            for family in self.followers():
                family.finding_archived(account_id, finding.identity, now)


def group_of(standard: str, arn_id: str) -> str:
    """Return the group of the findings about a control of a standard."""
    return f"{standard}/{arn_id}"


def later_than(fields: Mapping[str, Any], now: datetime) -> datetime:
    """Return when a finding is updated that is updated now: after its last update in any case."""
    before = finding_format.when(fields["UpdatedAt"])
    return max(now, before + timedelta(milliseconds=1))
