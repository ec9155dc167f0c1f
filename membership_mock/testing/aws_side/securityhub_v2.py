"""What AWS does by itself in Security Hub V2, done by a test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.errors import UsageError
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.arrivals.arrivals import ArrivalsV2
from membership_mock.securityhub.v2.ocsf import ocsf_templates
from membership_mock.securityhub.v2.ocsf import vocabulary as words
from membership_mock.securityhub.v2.ocsf.asff_to_ocsf import frame
from membership_mock.securityhub.v2.ocsf.documents import uid_of
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfFindingStore, OcsfRecord
from membership_mock.securityhub.v2.stores.trend_store import RecordedDay, TrendStore
from membership_mock.testing.aws_side.side import Side
from membership_mock.testing.names import not_one_of

HUB = "securityhub"

Kind = Literal[
    "detection",
    "vulnerability",
    "compliance",
    "data_security",
    "coverage",
    "exposure",
    "unused_permission",
]


class OcsfFindingSide(Side):
    """What products do with the findings of Security Hub V2 of one account in one region."""

    def ocsf_finding(
        self,
        document: Mapping[str, Any] | None = None,
        *,
        kind: Kind = "detection",
        **fields: Any,
    ) -> str:
        """Send a finding in OCSF, as a product does, and return its ``metadata.uid``.

        The finding shows in Security Hub V2 only; automation rules act on it. The same
        ``finding_info.uid`` of the same product again is a new version of the finding.

        Args:
            document: what is to differ from the finding that is made of `kind`: any fields of
                OCSF. Of ``severity`` and ``severity_id``, and of ``status`` and ``status_id``, one
                is enough.
            kind: what is found, and by which product.
            **fields: fields at the top of the document, e.g. ``severity="High"``.

        Raises:
            UsageError: the account has no hub of V2 in this region, there is no such kind, a value
                is not of its type, or a class, an activity, a severity, a status or a time does
                not exist.
        """
        if kind not in ocsf_templates.KINDS:
            raise not_one_of(kind, "a kind of finding", ocsf_templates.KINDS)
        given = {**(document or {}), **fields}
        with self._running.world.lock:
            ctx = self._v2_context("GetFindingsV2")
            info = given.get("finding_info")
            named = (info.get("uid") if isinstance(info, Mapping) else None) or ctx.world.uuid()
            try:
                whole = ocsf_templates.completed(
                    kind,
                    given,
                    self._account,
                    self._region,
                    partition_of(self._region),
                    ctx.now,
                    named,
                )
            except ValueError as impossible:
                raise UsageError(f"This is not a finding in OCSF: {impossible}.") from None
            product = whole["metadata"]["product"]["uid"]
            uid = uid_of(self._account, self._region, product, named)
            if self._findings().find(uid) is not None and "activity_id" not in given:
                whole.update(frame(whole["class_uid"], words.UPDATE))
            return self._family(HUB, ArrivalsV2).written(ctx, whole).uid

    def close_ocsf_finding(self, uid: str) -> None:
        """Close a finding that `ocsf_finding` has sent, as its product does.

        Args:
            uid: its ``metadata.uid``.

        Raises:
            UsageError: there is no such finding of this account in this region.
        """
        with self._running.world.lock:
            ctx = self._v2_context("GetFindingsV2")
            record = self._record(uid)
            if record.document is None:
                raise UsageError(
                    f"The finding {uid} was imported through BatchImportFindings: import it again"
                    " with RecordState ARCHIVED."
                )
            closed = {**record.document, **frame(record.document["class_uid"], words.CLOSE)}
            self._family(HUB, ArrivalsV2).written(ctx, closed)

    # --- how AWS acts ---

    def _v2_context(self, operation: str) -> Context:
        """Return a context for this account, whose hub of V2 must be enabled."""
        if self._family(HUB, SubscriptionV2).of_account(self._account) is None:
            raise UsageError(
                f"Account {self._account} has no hub of Security Hub V2 in {self._region}: call"
                " EnableSecurityHubV2 first, or `mock.given.securityhub.hub_v2(…)`."
            )
        return self._running.pipeline.new_context(HUB, operation, self._account, self._region)

    def _findings(self) -> OcsfFindingStore:
        return self._family(HUB, ArrivalsV2).store(OcsfFindingStore)

    def _record(self, uid: str) -> OcsfRecord:
        record = self._findings().find(uid)
        if record is None or (record.account_id, record.region) != (self._account, self._region):
            raise UsageError(
                f"Account {self._account} has no finding {uid} in Security Hub V2 in"
                f" {self._region}."
            )
        return record


class TrendSide(OcsfFindingSide):
    """The past that trends of Security Hub V2 show."""

    def record_trend(
        self,
        day: date,
        *,
        severities: Mapping[str, int] | None = None,
        resources: int | None = None,
    ) -> None:
        """Set what GetFindingsTrendsV2 and GetResourcesTrendsV2 show for a past day.

        Args:
            day: the day in UTC.
            severities: how many findings of each severity there were, by name (``High``); those
                that are left out had none. None for what follows from the findings.
            resources: how many resources there were; None for what follows from the findings.

        Raises:
            UsageError: the account has no hub of V2 in this region, a severity does not exist, or
                a number is negative.
        """
        known = list(words.SEVERITIES.values())
        for name, number in (severities or {}).items():
            if name not in known:
                raise not_one_of(name, "a severity", known)
            if number < 0:
                raise UsageError(f"There cannot be {number} findings of the severity {name}.")
        with self._running.world.lock:
            self._v2_context("GetFindingsTrendsV2")
            store = self._family(HUB, ArrivalsV2).store(TrendStore)
            held = store.days.setdefault(self._account, {}).setdefault(day, RecordedDay())
            if severities is not None:
                held.severities = dict(severities)
            if resources is not None:
                held.resources = resources
