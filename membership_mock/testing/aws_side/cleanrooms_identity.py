"""What AWS Entity Resolution has and does, set by a test, because moto does not mock it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from membership_mock.cleanrooms.identity.entity_resolution import (
    SOURCE,
    TARGET,
    EntityResolution,
    IdMappingWorkflow,
    IdNamespace,
)
from membership_mock.cleanrooms.identity.id_mapping_tables import IdMappingTables
from membership_mock.errors import UsageError
from membership_mock.testing.argument_types import checking_arguments
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.aws_side.side import Side, check_text


@checking_arguments
@naming_arguments
class IdentitySide(Side):
    """What AWS does with the ID namespaces and mapping workflows of one account in one region."""

    def id_namespace(
        self,
        arn: str,
        type: Literal["SOURCE", "TARGET"] = "SOURCE",  # noqa: A002  the API's name
        *,
        workflows: Sequence[Mapping[str, Any]] = ({"idMappingType": "RULE_BASED"},),
    ) -> None:
        """Describe an ID namespace of Entity Resolution, before it is associated.

        A namespace that is not described is a target if "target" occurs in its name, and a source
        otherwise.

        Args:
            arn: the ARN of a namespace of this account and region.
            type: ``SOURCE`` or ``TARGET``.
            workflows: ``idMappingWorkflowsSupported`` of its associations.

        Raises:
            UsageError: the ARN is not an ARN of an ID namespace here, or there is no such type.
        """
        self._check_arn(arn, "idnamespace")
        if type not in (SOURCE, TARGET):
            raise UsageError(f"An ID namespace is a {SOURCE} or a {TARGET}, not {type!r}.")
        if not all(isinstance(each, Mapping) for each in workflows):
            raise UsageError(
                'Each workflow is a mapping such as {"idMappingType": "RULE_BASED"}, not'
                f" {workflows!r}."
            )
        with self._running.world.lock:
            known = self._entity_resolution().namespaces
            known[arn] = IdNamespace(type, [dict(each) for each in workflows])

    def id_mapping_workflow(
        self, arn: str, *, source: str, target: str, incremental: bool = False
    ) -> None:
        """Describe an ID mapping workflow of Entity Resolution, before a table is made from it.

        A workflow that is not described maps the only source and the only target that are
        associated in the collaboration.

        Args:
            arn: the ARN of a workflow of this account and region.
            source: the ARN of the ID namespace whose ids it maps.
            target: the ARN of the ID namespace to whose ids it maps them.
            incremental: whether it was created with incremental runs.

        Raises:
            UsageError: an ARN is not one of this kind in this account and region.
        """
        self._check_arn(arn, "idmappingworkflow")
        for each in (source, target):
            check_text(namespace=each)
            if ":idnamespace/" not in each:
                raise UsageError(f"{each!r} is no ARN of an ID namespace.")
        with self._running.world.lock:
            workflow = IdMappingWorkflow(source, target, bool(incremental))
            self._entity_resolution().workflows[arn] = workflow

    def end_id_mapping_job(
        self,
        status: Literal["SUCCEEDED", "FAILED"] = "SUCCEEDED",
        *,
        id_mapping_job_id: str | None = None,
    ) -> None:
        """End the next job that populates an ID mapping table of this account, or a given one.

        Args:
            status: ``SUCCEEDED`` or ``FAILED``.
            id_mapping_job_id: a job that runs already; when None, it is the next one to start, and
                several calls are for the next ones, in order.

        Raises:
            UsageError: no job can end like that, or no such job runs.
        """
        with self._running.world.lock:
            self._family("cleanrooms", IdMappingTables).plan(status, id_mapping_job_id)

    def _entity_resolution(self) -> EntityResolution:
        return self._family("cleanrooms", IdMappingTables).store(EntityResolution)

    def _check_arn(self, arn: str, kind: str) -> None:
        check_text(arn=arn)
        start = rf"arn:aws[-a-z]*:entityresolution:{self._region}:{self._account}:{kind}/."
        if not re.match(start, arn):
            raise UsageError(
                f"{arn!r} is no {kind} of account {self._account} in {self._region}: it begins with"
                f" arn:aws:entityresolution:{self._region}:{self._account}:{kind}/."
            )
