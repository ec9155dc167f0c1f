"""What AWS finds out about software, exposures and permissions, set by a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from membership_mock.errors import UsageError
from membership_mock.securityhub.v2.arrivals.arrivals import ArrivalsV2
from membership_mock.securityhub.v2.exports.exports import ExportsV2
from membership_mock.securityhub.v2.remediation.remediations import SEVERITIES
from membership_mock.securityhub.v2.stores.remediation_store import (
    PRIORITIES,
    RecommendationStore,
    RemediationStore,
    RemediationTarget,
)
from membership_mock.securityhub.v2.stores.software_store import Installed, SoftwareStore
from membership_mock.testing.aws_side.securityhub_v2 import HUB
from membership_mock.testing.aws_side.securityhub_v2_inventory import InventorySide
from membership_mock.testing.names import not_one_of

_FAILURES = ("ACCESS_DENIED", "RESOURCE_NOT_FOUND", "INTERNAL_ERROR")


class AnalysisSide(InventorySide):
    """What AWS does with software, exposures, permissions and exports of one account and region."""

    def record_software(
        self,
        name: str,
        version: str | None = None,
        package_type: str = "application",
        *,
        on: Sequence[str],
        resource_type: str = "AWS::EC2::Instance",
    ) -> None:
        """Record a software package that Security Hub V2 has found on resources.

        Args:
            name: the name of the package.
            version: its version; None where it has none.
            package_type: such as ``operating-system``, ``application`` or ``library``.
            on: the ids of the resources that it is on, one at least.
            resource_type: the type of these resources.

        Raises:
            UsageError: the account has no hub of V2 in this region, or no resource is named.
        """
        if isinstance(on, str) or not on:
            raise UsageError("`on` is a list of one or more ids of resources.")
        with self._running.world.lock:
            self._v2_context("GetSoftwareV2")
            store = self._family(HUB, ArrivalsV2).store(SoftwareStore)
            for resource_id in on:
                store.add(
                    Installed(
                        name,
                        version,
                        package_type,
                        resource_id,
                        resource_type,
                        self._account,
                        self._region,
                    )
                )

    def remediation_target(
        self,
        exposures: Sequence[tuple[str, str, str | None]],
        *,
        priority: Literal["Critical", "High", "Medium", "Low"] = "High",
        action: str = "Restrict the access",
        resource: Mapping[str, Any] | None = None,
        trait: Mapping[str, str] | None = None,
        guidance: Mapping[str, Any] | None = None,
    ) -> str:
        """Record a change that would remedy exposures, and return its ``TargetUid``.

        Args:
            exposures: for each exposure its ``metadata.uid``, its severity before and the one
                after the change, None if the change resolves it. Impacts and counts follow.
            priority: how urgent it is.
            action: what is to be done.
            resource: fields of ``Resource`` that are to differ from an instance of the account.
            trait: ``Type`` and ``Title`` of the trait that makes the exposure.
            guidance: ``Guidance`` as the API has it, if there is any.

        Raises:
            UsageError: the account has no hub of V2 in this region, an exposure is unknown, or a
                severity or priority does not exist.
        """
        if priority not in PRIORITIES:
            raise not_one_of(priority, "a priority", PRIORITIES)
        for _, before, after in exposures:
            for severity in (before, after or before):
                if severity not in SEVERITIES:
                    raise not_one_of(severity, "a severity", SEVERITIES)
        with self._running.world.lock:
            ctx = self._v2_context("GetRemediationsV2")
            for uid, _, _ in exposures:
                self._record(uid)
            store = self._family(HUB, ArrivalsV2).store(RemediationStore)
            store.last_number += 1
            target_uid = f"{ctx.world.random.getrandbits(256):064x}"
            held = store.targets.setdefault(self._region, {}).setdefault(self._account, {})
            held[target_uid] = RemediationTarget(
                target_uid=target_uid,
                priority=priority,
                status="New",
                summary={"Action": action, "IsImmediate": True},
                resource={
                    "AccountId": self._account,
                    "Region": self._region,
                    "Type": "AWS::EC2::Instance",
                    "Id": "i-0",
                    "ResourceRegion": self._region,
                    "CloudProvider": "AWS",
                    **(resource or {}),
                },
                trait={"Type": "Reachability", "Title": "Open to the internet", **(trait or {})},
                guidance=None if guidance is None else dict(guidance),
                exposures=[(uid, before, after) for uid, before, after in exposures],
                updated_at=ctx.now,
                number=store.last_number,
            )
            return target_uid

    def resolve_remediation(self, target_uid: str) -> None:
        """Record that a change was made: the remediation is Resolved.

        Args:
            target_uid: the target of the remediation, of this account and region.

        Raises:
            UsageError: there is no such target of this account in this region.
        """
        with self._running.world.lock:
            ctx = self._v2_context("GetRemediationsV2")
            store = self._family(HUB, ArrivalsV2).store(RemediationStore)
            target = store.targets.get(self._region, {}).get(self._account, {}).get(target_uid)
            if target is None:
                raise UsageError(
                    f"Account {self._account} has no remediation {target_uid} in {self._region}."
                )
            target.status, target.updated_at = "Resolved", ctx.now

    def end_recommended_policy(
        self,
        uid: str,
        *,
        steps: Sequence[Mapping[str, Any]] | None = None,
        error: tuple[str, str] | None = None,
    ) -> None:
        """Set the end of the generation of a policy for a finding, now and later on.

        Args:
            uid: the ``metadata.uid`` of a finding on unused permissions.
            steps: fields of ``UnusedPermissions``, one mapping a step; None for the default.
            error: code and message, if the generation is to fail.

        Raises:
            UsageError: there is no such finding, or both steps and an error are given.
        """
        if steps is not None and error is not None:
            raise UsageError("A generation ends with steps or with an error, not with both.")
        with self._running.world.lock:
            self._v2_context("GetRecommendedPolicyV2")
            self._record(uid)
            store = self._family(HUB, ArrivalsV2).store(RecommendationStore)
            made = None if steps is None else [dict(each) for each in steps]
            store.planned[uid] = (made, error)
            current = store.recommendations.get(uid)
            if current is not None:
                current.steps, current.error = made, error

    def end_export(
        self,
        job_id: str,
        status: Literal["SUCCEEDED", "FAILED"] = "SUCCEEDED",
        *,
        failure: str | None = None,
    ) -> None:
        """End a running export job of Security Hub V2.

        Args:
            job_id: its id.
            status: ``SUCCEEDED`` or ``FAILED``.
            failure: why it fails: ``ACCESS_DENIED``, ``RESOURCE_NOT_FOUND`` or
                ``INTERNAL_ERROR``, which is the default.

        Raises:
            UsageError: there is no such job, it has ended, or it cannot end like that.
        """
        if status not in ("SUCCEEDED", "FAILED"):
            raise UsageError(f"An export job ends as SUCCEEDED or FAILED, not as {status!r}.")
        code = failure or "INTERNAL_ERROR"
        if code not in _FAILURES:
            raise not_one_of(code, "a failure of an export", _FAILURES)
        with self._running.world.lock:
            ctx = self._v2_context("GetExportJobV2")
            family = self._family(HUB, ExportsV2)
            job = family.find(job_id)
            if job is None or job.status != "RUNNING":
                state = job.status if job else "unknown"
                raise UsageError(f"The export job {job_id} is {state}, and cannot end any more.")
            if status == "FAILED":
                job.planned = ("FAILED", code, "A test has let the job fail.")
            family.end(job, ctx.now)
