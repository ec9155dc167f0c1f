"""Cases: how a case is found, and the operations on a case as a whole.

Source: API pages CreateCase, GetCase, ListCases, UpdateCase; user guide, "Edit a case". Statements
that no public page makes are marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.security_ir.cases.case_families import CaseChange, CaseFamily, overriding
from membership_mock.security_ir.cases.case_lists import edited_list, merged_metadata
from membership_mock.security_ir.cases.case_store import Case, CaseIdStore, CaseStore, keep
from membership_mock.security_ir.errors import (
    ConflictException,
    ResourceNotFoundException,
    SecurityIncidentResponseNotActiveException,
    no_such_resource,
)
from membership_mock.security_ir.memberships.memberships import Memberships, check_tag_keys
from membership_mock.security_ir.principals import principal_of
from membership_mock.security_ir.quotas import Quotas


def pending_action(resolver_type: str, case_status: str) -> str:
    """Return the party that has to act on a case.

    Source: the example request and response of the API reference, where a new self-managed case
    waits for the customer; user guide, "Action items": AWS waits for the customer to close a case
    that is ready for it. Otherwise AWS waits only after it has asked for something.
    """
    if resolver_type == "Self":
        return "None" if case_status == "Closed" else "Customer"
    return "Customer" if case_status == "Ready to Close" else "None"


class Cases(CaseFamily):
    """The cases of the active membership."""

    def find(self, case_id: str) -> Case:
        """Return a case of the active membership, without AWS's changes since the last call.

        Raises:
            SecurityIncidentResponseNotActiveException: there is no active membership.
            ResourceNotFoundException: the membership has no such case.
        """
        membership = self.of(Memberships).require_active()
        case = self.store(CaseStore).by_id.get(case_id)
        if case is None or case.membership_id != membership.membership_id:
            raise ResourceNotFoundException(f"Case {case_id} was not found.")
        return case

    def by_arn(self, arn: str) -> Case:
        """Return the case with this ARN.

        Raises:
            ResourceNotFoundException: the caller may see no case with this ARN.
        """
        missing = no_such_resource(arn)
        try:
            case = self.find(arn.rpartition("/")[2])
        except (ResourceNotFoundException, SecurityIncidentResponseNotActiveException):
            raise missing from None
        if case.case_arn != arn:
            raise missing
        return case

    def for_reading(self, ctx: Context, case_id: str) -> Case:
        """Return a case as `find` does, after AWS's changes up to now are applied.

        If the call is refused after that, these changes are undone.
        """
        case = self.find(case_id)
        ctx.undone_if_refused(keep(case))
        ctx.undone_if_refused(ctx.world.lock.mark())
        for kind in overriding(self.backend.families, "keep"):
            put_back = self.of(kind).keep(case)
            if put_back is not None:
                ctx.undone_if_refused(put_back)
        return self._caught_up(case, ctx.now)

    def for_reading_progress(self, ctx: Context, case_id: str) -> Case:
        """Return a case as `for_reading` does, for a read of AWS's work on it."""
        case = self.for_reading(ctx, case_id)
        for kind in overriding(self.backend.families, "progress_read"):
            self.of(kind).progress_read(ctx, case)
        return case

    def for_writing(self, ctx: Context, case_id: str) -> Case:
        """Return a case as `for_reading` does, if it is not closed."""
        case = self.for_reading(ctx, case_id)
        self.require_open(case)
        return case

    def require_open(self, case: Case) -> None:
        """Refuse a closed case.

        Source: user guide, "Closing a case" (nothing is writable); the error is inferred [IR-61].

        Raises:
            ConflictException: the case is closed.
        """
        if case.case_status == "Closed":
            raise ConflictException(
                f"Case {case.case_id} is closed and can no longer be changed.", case.case_id, "Case"
            )

    def note(self, change: CaseChange) -> None:
        """Set the time of a case's last update, and call the hook `changed` of every family."""
        change.case.last_updated_date = change.at
        for kind in overriding(self.backend.families, "changed"):
            self.of(kind).changed(change)

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the cases of the active membership."""
        try:
            membership = self.of(Memberships).require_active()
        except SecurityIncidentResponseNotActiveException:
            return
        for case in self.store(CaseStore).by_membership.get(membership.membership_id, ()):
            yield TaggedResource(case.case_arn, case.tags, resource_type="security-ir:case")

    @operation(
        "CreateCase",
        differs="no AWS engineer works on an AWS-supported case: the test says what they do",
    )
    def create_case(
        self,
        ctx: Context,
        resolver_type: str,
        title: str,
        description: str,
        engagement_type: str,
        reported_incident_start_date: datetime,
        impacted_accounts: list[str],
        watchers: list[dict[str, Any]],
        threat_actor_ip_addresses: list[dict[str, Any]] | None = None,
        impacted_services: list[str] | None = None,
        impacted_aws_regions: list[dict[str, Any]] | None = None,
        tags: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Open a case under the active membership, and return its id.

        Inferred [IR-52]: accounts need not be covered by the membership, and any start date is
        accepted.

        Raises:
            ServiceQuotaExceededException: a quota on cases is used up.
        """
        check_tag_keys(tags or {}, "tags")
        membership_id = self.of(Memberships).require_active().membership_id
        quotas = self.of(Quotas)
        store = self.store(CaseStore)
        overdue = partial(store.overdue, membership_id, resolver_type, ctx.now)
        quotas.require_room(membership_id, resolver_type, ctx.now, overdue)
        quotas.take(membership_id, resolver_type, ctx.now)
        siblings = store.by_membership.setdefault(membership_id, [])
        case_id = self._new_id()
        case = Case(
            case_id=case_id,
            case_arn=ctx.arn(f"case/{case_id}"),
            account_id=ctx.account_id,
            membership_id=membership_id,
            number=len(siblings),
            resolver_type=resolver_type,
            title=title,
            description=description,
            engagement_type=engagement_type,
            reported_incident_start_date=reported_incident_start_date,
            impacted_accounts=impacted_accounts,
            watchers=watchers,
            threat_actor_ip_addresses=threat_actor_ip_addresses or [],
            impacted_services=impacted_services or [],
            impacted_aws_regions=impacted_aws_regions or [],
            created_date=ctx.now,
            last_updated_date=ctx.now,
            pending_action=pending_action(resolver_type, "Submitted"),
            tags=tags or {},
            investigation=Progress([ctx.now]) if resolver_type == "AWS" else None,
        )
        store.by_id[case_id] = case
        siblings.append(case)
        self.note(
            CaseChange(
                case,
                ctx.now,
                principal_of(ctx),
                "Create case",
                f"Created the case with the resolver {resolver_type}.",
            )
        )
        return {"caseId": case_id}

    @operation("GetCase")
    def get_case(self, ctx: Context, case_id: str) -> Case:
        """Return a case; its lists are present when they are empty (inferred [IR-51])."""
        return self.for_reading(ctx, case_id)

    @operation("ListCases")
    def list_cases(self, ctx: Context) -> dict[str, Any]:
        """Return the cases of the active membership, newest first, and how many there are."""
        membership = self.of(Memberships).require_active()
        cases = self.store(CaseStore).by_membership.get(membership.membership_id, [])
        return {
            "items": Listing(
                cases,
                lambda case: case.number,
                descending=True,
                show=lambda case: self._caught_up(case, ctx.now),
            ),
            "total": len(cases),
        }

    @operation("UpdateCase")
    def update_case(
        self,
        ctx: Context,
        case_id: str,
        title: str | None = None,
        description: str | None = None,
        reported_incident_start_date: datetime | None = None,
        actual_incident_start_date: datetime | None = None,
        engagement_type: str | None = None,
        watchers_to_add: list[dict[str, Any]] | None = None,
        watchers_to_delete: list[dict[str, Any]] | None = None,
        threat_actor_ip_addresses_to_add: list[dict[str, Any]] | None = None,
        threat_actor_ip_addresses_to_delete: list[dict[str, Any]] | None = None,
        impacted_services_to_add: list[str] | None = None,
        impacted_services_to_delete: list[str] | None = None,
        impacted_aws_regions_to_add: list[dict[str, Any]] | None = None,
        impacted_aws_regions_to_delete: list[dict[str, Any]] | None = None,
        impacted_accounts_to_add: list[str] | None = None,
        impacted_accounts_to_delete: list[str] | None = None,
        case_metadata: list[dict[str, str]] | None = None,
    ) -> None:
        """Change fields of an open case.

        Inferred [IR-54, IR-56]: deletions come before additions; entries that are present already
        are not added, and absent entries are not deleted; a call that changes nothing adds no edit;
        engagement type and start date may be changed with either resolver.

        Raises:
            ConflictException: the case is closed.
            ValidationException: a list would become too long, or no impacted region would remain.
        """
        case = self.for_writing(ctx, case_id)
        lists: dict[str, tuple[Sequence[Any] | None, Sequence[Any] | None]] = {
            "watchers": (watchers_to_delete, watchers_to_add),
            "threatActorIpAddresses": (
                threat_actor_ip_addresses_to_delete,
                threat_actor_ip_addresses_to_add,
            ),
            "impactedServices": (impacted_services_to_delete, impacted_services_to_add),
            "impactedAwsRegions": (impacted_aws_regions_to_delete, impacted_aws_regions_to_add),
            "impactedAccounts": (impacted_accounts_to_delete, impacted_accounts_to_add),
        }
        wanted = {
            "title": title,
            "description": description,
            "reportedIncidentStartDate": reported_incident_start_date,
            "actualIncidentStartDate": actual_incident_start_date,
            "engagementType": engagement_type,
            **{name: edited_list(case, name, *edit) for name, edit in lists.items() if any(edit)},
            "caseMetadata": merged_metadata(case, case_metadata) if case_metadata else None,
        }
        changes = {
            name: value
            for name, value in wanted.items()
            if value is not None and value != getattr(case, model.snake(name))
        }
        if changes:
            for name, value in changes.items():
                setattr(case, model.snake(name), value)
            message = f"Updated {', '.join(changes)}."
            self.note(CaseChange(case, ctx.now, principal_of(ctx), "Update case", message))

    def _caught_up(self, case: Case, now: datetime) -> Case:
        for kind in overriding(self.backend.families, "catch_up"):
            self.of(kind).catch_up(case, now)
        return case

    def _new_id(self) -> str:
        taken = self.store(CaseIdStore).taken
        while (case_id := f"{self.backend.world.random.randrange(10**10):010d}") in taken:
            pass
        taken.add(case_id)
        return case_id
