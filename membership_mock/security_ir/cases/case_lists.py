"""Edits the lists of a case: which entries are equal, and how many a list may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol import model
from membership_mock.security_ir.errors import ValidationException

if TYPE_CHECKING:
    from membership_mock.security_ir.cases.case_store import Case


@dataclass(frozen=True, slots=True)
class ListRule:
    """The rule for editing a list of a case: its shape in the model, and when entries are equal."""

    shape: str
    identity: Callable[[Any], Any]


LISTS: Mapping[str, ListRule] = {
    "watchers": ListRule("Watchers", lambda watcher: watcher["email"].lower()),
    "threatActorIpAddresses": ListRule("ThreatActorIpList", lambda actor: actor["ipAddress"]),
    "impactedServices": ListRule("ImpactedServicesList", lambda service: service),
    "impactedAwsRegions": ListRule("ImpactedAwsRegionList", lambda impacted: impacted["region"]),
    "impactedAccounts": ListRule("ImpactedAccounts", lambda account_id: account_id),
    "caseMetadata": ListRule("CaseMetadata", lambda entry: entry["key"]),
}


def edited_list(
    case: Case, name: str, delete: Sequence[Any] | None, add: Sequence[Any] | None
) -> list[Any]:
    """Return a list of a case after deletions and additions.

    Raises:
        ValidationException: it would become too long, or no region would remain.
    """
    identity = LISTS[name].identity
    before: list[Any] = getattr(case, model.snake(name))
    deleted = {identity(entry) for entry in delete or ()}
    after = [entry for entry in before if identity(entry) not in deleted]
    present = {identity(entry) for entry in after}
    for entry in add or ():
        if identity(entry) not in present:
            present.add(identity(entry))
            after.append(entry)
    if name == "impactedAwsRegions" and before and not after:
        # as integrators report; CreateCase itself demands no region
        raise ValidationException(
            "At least one impacted Region must remain.", field="impactedAwsRegionsToDelete"
        )
    _require_room(name, len(after), f"{name}ToAdd")
    return after


def merged_metadata(case: Case, entries: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the metadata of a case after ``entries``, the latest of each key.

    Raises:
        ValidationException: they would become too many.
    """
    identity = LISTS["caseMetadata"].identity
    merged = {identity(entry): entry for entry in [*(case.case_metadata or ()), *entries]}
    _require_room("caseMetadata", len(merged), "caseMetadata")
    return list(merged.values())


def _require_room(name: str, count: int, field_name: str) -> None:
    most = model.service_model("security-ir").shape_for(LISTS[name].shape).metadata["max"]
    if count > most:
        raise ValidationException(
            f"A case may not have more than {most} entries in {name}.", field=field_name
        )
