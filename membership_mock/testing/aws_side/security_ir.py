"""How AWS acts in Security Incident Response, and what it does to attachments and memberships."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timezone
from typing import Any, Literal
from urllib.parse import quote

from membership_mock.engine.protocol.codec import Invalid, Unparsable, codec
from membership_mock.engine.protocol.model import service_model, snake
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.errors import ServiceError, UsageError
from membership_mock.security_ir.backend import SecurityIrBackend
from membership_mock.security_ir.memberships.finding_metrics import FindingMetrics
from membership_mock.security_ir.principals import RESPONDER, SERVICE, AwsContext
from membership_mock.security_ir.responders.responders import Responders
from membership_mock.testing.aws_side.side import Side, check_text
from membership_mock.testing.names import not_one_of

SERVICE_ID = "security-ir"


class SecurityIrSide(Side):
    """What AWS does with the attachments and memberships of one account in one region."""

    def end_scan(
        self, case_id: str, attachment: str, status: Literal["Verified", "Failed"] = "Verified"
    ) -> None:
        """Set the result of the scan of an attachment, for any resolver of the case.

        Args:
            case_id: a case of this account and region.
            attachment: its id, or the name of its file.
            status: ``Failed`` when it finds malicious content. The attachment has the status as
                soon as its bytes are uploaded.

        Raises:
            UsageError: the case has no such attachment, there is no such case, or a scan cannot end
                like this.
        """
        check_text(case_id=case_id, attachment=attachment, status=status)
        with self._acting("GetCaseAttachmentUploadUrl", SERVICE) as (responders, ctx):
            responders.end_scan(ctx, case_id, attachment, status)

    def terminate_membership(self, membership_id: str) -> None:
        """Terminate a cancelled membership, as AWS does.

        Args:
            membership_id: a membership of this account and region.

        Raises:
            UsageError: the membership is not Cancelled, or does not exist.
        """
        check_text(membership_id=membership_id)
        with self._acting("CancelMembership", SERVICE) as (responders, ctx):
            responders.terminate_membership(ctx, membership_id)

    def record_finding_metrics(self, membership_id: str, day: date, **counts: int) -> None:
        """Add to the counts of a day that GetFindingMetrics of Security Incident Response shows.

        Args:
            membership_id: a membership of this account and region, in any status.
            day: the day in UTC.
            **counts: how many to add, by the field's name in snake case, e.g.
                ``findings_triaged=3``.

        Raises:
            TypeError: a name is not a field of the answer of GetFindingMetrics.
            UsageError: there is no such membership, or a value is not a day or not a number of
                findings.
        """
        check_text(membership_id=membership_id)
        with self._running.world.lock:
            try:
                self._family(SERVICE_ID, FindingMetrics).record(membership_id, day, **counts)
            except ServiceError as refusal:
                raise UsageError(
                    f"Account {self._account} has no membership {membership_id} in {self._region}."
                ) from refusal

    # --- how AWS acts ---

    @contextmanager
    def _acting(
        self, operation: str, principal: str = RESPONDER
    ) -> Iterator[tuple[Responders, AwsContext]]:
        """Lock the world, and turn a refusal of the service into a usage error."""
        world = self._running.world
        with world.lock:
            ctx = AwsContext(
                world,
                SERVICE_ID,
                operation,
                self._account,
                self._region,
                partition_of(self._region),
                world.clock.now(),
                world.uuid(),
                acting=principal,
            )
            try:
                yield self._family(SERVICE_ID, Responders), ctx
            except UsageError:
                ctx.refused()
                raise
            except ServiceError as refusal:
                ctx.refused()
                raise UsageError(
                    "Security Incident Response refuses this, to AWS as well as to the customer:"
                    f" {refusal.code}: {refusal.message}"
                ) from refusal

    def _checked(
        self, operation: str, case_id: str | None, fields: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the arguments of an operation, checked as those of a request are."""
        compiled = codec(SERVICE_ID, operation, SecurityIrBackend.unique_lists)
        named = named_fields(operation, fields)
        path = str(compiled.model.http["requestUri"])
        for name, value in {"caseId": case_id, "commentId": named.get("commentId")}.items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        named.pop("commentId", None)
        try:
            body = json.dumps(named, default=_epoch).encode()
            return compiled.parse(path, "", {}, body)
        except Invalid as invalid:
            broken = "; ".join(violation.sentence() for violation in invalid.violations)
            raise UsageError(f"{operation} does not take that: {broken}.") from None
        except (Unparsable, TypeError) as unparsable:
            raise UsageError(f"{operation} does not take that: {unparsable}") from None


def named_fields(operation: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters of an operation by their API names; they may be given in snake case, too.

    Raises:
        UsageError: one is not a parameter of it.
    """
    shape = service_model(SERVICE_ID).operation_model(operation).input_shape
    names = list(shape.members) if shape else []
    spellings = {**{snake(name): name for name in names}, **{name: name for name in names}}
    for name in fields:
        if name not in spellings:
            raise not_one_of(name, f"a field of {operation}", map(snake, names))
    return {spellings[name]: value for name, value in fields.items()}


def _epoch(value: object) -> float:
    """Return a date as JSON has it on the wire."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).timestamp()
    raise TypeError(f"{value!r} cannot be a parameter.")
