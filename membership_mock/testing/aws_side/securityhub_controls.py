"""What AWS does with the controls of Security Hub, done by a test."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from membership_mock.errors import UsageError
from membership_mock.securityhub.checks.control_checks import ControlChecks
from membership_mock.securityhub.controls.control_releases import ControlReleases
from membership_mock.securityhub.controls.known_controls import KnownControls
from membership_mock.securityhub.standards.standards import Standards
from membership_mock.testing.aws_side.side import Side, check_text
from membership_mock.testing.names import not_one_of

SERVICE_ID = "securityhub"

ComplianceStatus = Literal["PASSED", "FAILED", "WARNING", "NOT_AVAILABLE"]
ControlSeverity = Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]

_ID = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9]+)+")


class ControlSide(Side):
    """What AWS does with the controls of one account in one region."""

    def evaluate_control(
        self,
        control_id: str,
        outcome: ComplianceStatus | Mapping[str, ComplianceStatus],
        *,
        resource_type: str | None = None,
        status_reasons: Sequence[Mapping[str, str]] = (),
    ) -> list[str]:
        """Evaluate a security control as AWS, and return the ids of the findings about it.

        The findings are those of Security Hub itself: one for each resource, or one for each
        resource and enabled standard when ``ControlFindingGenerator`` of the hub is
        ``STANDARD_CONTROL``. Evaluating a resource again updates its findings. What has passed is
        ``INFORMATIONAL`` and RESOLVED; what fails again is NEW. Findings are archived when the
        control is disabled.

        Args:
            control_id: a control that is enabled in this account and region, such as ``S3.8``.
            outcome: the status of each resource by its id, such as an ARN; or one status for the
                account itself, as controls like ``IAM.6`` have it. A status is ``PASSED``,
                ``FAILED``, ``WARNING`` or ``NOT_AVAILABLE``.
            resource_type: what the findings call the type of the resources, such as
                ``AwsS3Bucket``; the type that the control checks when None.
            status_reasons: why the statuses are so, each with ``ReasonCode`` and ``Description``.

        Returns:
            The ids in the order of the resources, and for each of them in the order of the
            standards.

        Raises:
            UsageError: AWS would not evaluate the control: the account has no hub here, the control
                does not exist, is disabled or not available in this region; or an outcome is no
                status.
        """
        check_text(control_id=control_id)
        if resource_type is not None:
            check_text(resource_type=resource_type)
        outcomes: dict[str | None, str] = {}
        if isinstance(outcome, Mapping):
            outcomes.update(outcome.items())
        else:
            outcomes[None] = outcome
        statuses = get_args(ComplianceStatus)
        for resource, status in outcomes.items():
            if resource is not None:
                check_text(resource=resource)
            if status not in statuses:
                raise not_one_of(status, "a status of a check", statuses)
        for each in status_reasons:
            if set(each) != {"ReasonCode", "Description"}:
                raise UsageError(
                    f"A status reason has a ReasonCode and a Description, not {sorted(each)}."
                )
            check_text(**each)
            if not all(text.strip() for text in each.values()):
                raise UsageError(f"ReasonCode and Description are not blank as in {dict(each)}.")
        world = self._running.world
        with world.lock:
            ctx = self._running.pipeline.new_context(
                SERVICE_ID, "BatchImportFindings", self._account, self._region
            )
            return self._family(SERVICE_ID, ControlChecks).evaluate(
                ctx, control_id, outcomes, resource_type, status_reasons
            )

    def release_control(
        self,
        control_id: str,
        title: str,
        *,
        severity: ControlSeverity = "MEDIUM",
        standards: Sequence[str] = ("aws-foundational-security-best-practices/v/1.0.0",),
    ) -> None:
        """Release a new security control as AWS, for all accounts and regions.

        It is enabled at once in the standards that accounts have enabled, unless they have set
        ``AutoEnableControls`` to False; in centrally managed accounts the policy decides.

        Args:
            control_id: its id, such as ``S3.900``, which must be new.
            title: its title.
            severity: ``LOW``, ``MEDIUM``, ``HIGH`` or ``CRITICAL``.
            standards: the standards that have it, by ARN or the end of one.

        Raises:
            UsageError: there is such a control already, or an argument is not valid.
        """
        check_text(control_id=control_id, title=title)
        if not _ID.fullmatch(control_id) or not title.strip():
            raise UsageError(
                f"A control has an id such as 'S3.900' and a title, not {control_id!r} and"
                f" {title!r}."
            )
        severities = get_args(ControlSeverity)
        if severity not in severities:
            raise not_one_of(severity, "a severity of a control", severities)
        with self._running.world.lock:
            if self._family(SERVICE_ID, KnownControls).find(control_id) is not None:
                raise UsageError(f"There is a security control {control_id} already.")
            known = {
                each.resource: each
                for each in self._family(SERVICE_ID, Standards).available().values()
            }
            wanted = []
            for name in standards:
                check_text(standard=name)
                resource = name.rpartition(":")[2].removeprefix("standards/")
                resource = resource.removeprefix("ruleset/")
                if resource not in known:
                    raise not_one_of(name, "a standard", known)
                wanted.append(resource)
            self._family(SERVICE_ID, ControlReleases).release(
                control_id, title, severity, wanted, self._running.world.clock.now()
            )
