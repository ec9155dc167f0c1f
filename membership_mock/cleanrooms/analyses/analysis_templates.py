"""Analysis templates: a member writes an analysis; the others can review, allow and run it.

A template belongs to its author's membership, and the whole collaboration can see it. Sources: API
pages of the operations; user guide, "Analysis templates"; what they leave open is marked inferred.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.analyses.protected_tables import ProtectedTables, check_together
from membership_mock.cleanrooms.analyses.sql_tables import tables_in
from membership_mock.cleanrooms.analyses.template_store import (
    AnalysisTemplate,
    AnalysisTemplateStore,
)
from membership_mock.cleanrooms.collaborations.abilities import RECEIVE_RESULTS
from membership_mock.cleanrooms.collaborations.clean_rooms_events import tell_of_resource
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import Collaboration, Membership
from membership_mock.cleanrooms.collaborations.collaborations import Collaborations
from membership_mock.cleanrooms.errors import (
    AccessDeniedException,
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.ordered_index import add_to_index, remove_from_index, sequence_of
from membership_mock.cleanrooms.privacy.differential_privacy import aggregations_in
from membership_mock.cleanrooms.quotas import ANALYSIS_TEMPLATES, Quotas
from membership_mock.cleanrooms.tag_keys import check_tag_keys
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World


class AnalysisTemplates(CleanRoomsFamily):
    """The operations on analysis templates."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many templates each membership has."""
        del now
        for (region,), store in world.stores(AnalysisTemplateStore):
            for membership_id, held in store.by_membership.items():
                if held:
                    account_id = held[0].creator_account_id
                    yield QuotaUse(ANALYSIS_TEMPLATES, account_id, region, len(held), membership_id)

    def in_collaboration(self, collaboration: Collaboration, arn: str) -> AnalysisTemplate:
        """Return a template that the members of a collaboration see.

        Raises:
            ResourceNotFoundException: the template does not exist, or its author has left.
        """
        found = self.store(AnalysisTemplateStore).shared(collaboration.id, arn)
        if found is None:
            raise _no_such(arn)
        return found

    def blocks_membership_deletion(self, membership: Membership) -> list[str]:
        """Return the templates of ``membership`` (observed to prevent its deletion)."""
        held = self.store(AnalysisTemplateStore).by_membership.get(membership.id, ())
        return [f"analysis template {each.id}" for each in held]

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Remove the templates from the collaboration; their author keeps them."""
        del now
        store = self.store(AnalysisTemplateStore)
        visible = store.by_collaboration.get(membership.collaboration_id, [])
        for each in store.by_membership.get(membership.id, ()):
            remove_from_index(visible, each)

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """Return the stored tags of a template of this account."""
        found = self.store(AnalysisTemplateStore).by_id.get(arn.rpartition("/")[2])
        if found is None or (found.arn, found.creator_account_id) != (arn, self.backend.account_id):
            return None
        return found.tags

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the templates of this account."""
        for each in self.store(AnalysisTemplateStore).by_id.values():
            if each.creator_account_id == self.backend.account_id:
                yield TaggedResource(
                    each.arn, each.tags, resource_type="cleanrooms:analysistemplate"
                )

    @operation(
        "CreateAnalysisTemplate",
        differs="artifacts that are in no bucket of the author's are trusted, and get no hashes",
    )
    def create_analysis_template(
        self,
        ctx: Context,
        membership_identifier: str,
        name: str,
        format: str,  # noqa: A002  the field's name
        source: dict[str, Any],
        description: str | None = None,
        tags: dict[str, str] | None = None,
        analysis_parameters: list[dict[str, Any]] | None = None,
        schema: dict[str, Any] | None = None,
        error_message_configuration: dict[str, Any] | None = None,
        synthetic_data_parameters: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Create a template; the tables in an SQL text are its schema.

        Raises:
            AccessDeniedException: the template is a PySpark one, and the caller is not a member
                who can receive results (documented; the code is inferred [CR-70]).
            ConflictException: the membership has a template of that name (inferred [CR-67]).
            ServiceQuotaExceededException: the membership has too many templates.
            ValidationException: source and format do not fit together, or a parameter is repeated.
        """
        check_tag_keys(tags or {}, "tags")
        _check_source(format, source)
        _check_parameters(analysis_parameters or [])
        membership = self.of(Memberships).require_active(membership_identifier)
        if format != "SQL" and RECEIVE_RESULTS not in membership.member_abilities:
            raise AccessDeniedException(
                "Only members who can receive results can create PySpark analysis templates."
            )
        store = self.store(AnalysisTemplateStore)
        siblings = store.by_membership.get(membership.id, [])
        if any(each.name == name for each in siblings):
            raise ConflictException(
                f"Membership {membership.id} already has an analysis template named {name}.",
                membership.id,
                "MEMBERSHIP",
                "ALREADY_EXISTS",
            )
        self.of(Quotas).require_room(ANALYSIS_TEMPLATES, len(siblings))
        template_id = ctx.world.uuid()
        named = {"referencedTables": tables_in(source["text"])} if "text" in source else {}
        template = AnalysisTemplate(
            id=template_id,
            arn=f"{membership.arn}/analysistemplate/{template_id}",
            creator_account_id=ctx.account_id,
            sequence=store.created,
            collaboration_id=membership.collaboration_id,
            collaboration_arn=membership.collaboration_arn,
            membership_id=membership.id,
            membership_arn=membership.arn,
            name=name,
            description=description,
            create_time=ctx.now,
            update_time=ctx.now,
            schema=schema or named,
            format=format,
            source=source,
            analysis_parameters=analysis_parameters,
            error_message_configuration=error_message_configuration,
            synthetic_data_parameters=synthetic_data_parameters,
            tags=tags or {},
            source_metadata=self._hashes(source.get("artifacts")),
        )
        store.created += 1
        store.by_id[template_id] = template
        add_to_index(store.by_membership.setdefault(membership.id, []), template)
        add_to_index(store.by_collaboration.setdefault(template.collaboration_id, []), template)
        tell_of_resource(self, membership, template, "Analysis Template", "Created", ctx.now)
        return {"analysisTemplate": self._shown(template)}

    @operation("GetAnalysisTemplate")
    def get_analysis_template(
        self, ctx: Context, membership_identifier: str, analysis_template_identifier: str
    ) -> dict[str, Any]:
        """Return a template of a membership of the caller, in any status."""
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        template = self._find(membership, analysis_template_identifier)
        return {"analysisTemplate": self._shown(template)}

    @operation("ListAnalysisTemplates")
    def list_analysis_templates(
        self, ctx: Context, membership_identifier: str
    ) -> dict[str, Listing[AnalysisTemplate]]:
        """Return the templates of a membership of the caller, oldest first."""
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        held = self.store(AnalysisTemplateStore).by_membership.get(membership.id, ())
        return {"analysisTemplateSummaries": Listing(held, sequence_of)}

    @operation("UpdateAnalysisTemplate")
    def update_analysis_template(
        self,
        ctx: Context,
        membership_identifier: str,
        analysis_template_identifier: str,
        description: str | None = None,
    ) -> dict[str, Any]:
        """Change the description, and return the template; nothing else can change."""
        membership = self.of(Memberships).require_active(membership_identifier, conflict=False)
        template = self._find(membership, analysis_template_identifier)
        template.description = template.description if description is None else description
        template.update_time = ctx.now
        tell_of_resource(self, membership, template, "Analysis Template", "Updated", ctx.now)
        return {"analysisTemplate": self._shown(template)}

    @operation("DeleteAnalysisTemplate")
    def delete_analysis_template(
        self, ctx: Context, membership_identifier: str, analysis_template_identifier: str
    ) -> None:
        """Delete a template, in a membership of any status (inferred [CR-128]).

        Analysis rules may still name it.
        """
        membership = self.of(Memberships).find(membership_identifier)
        template = self._find(membership, analysis_template_identifier)
        store = self.store(AnalysisTemplateStore)
        del store.by_id[template.id]
        remove_from_index(store.by_membership[membership.id], template)
        remove_from_index(store.by_collaboration[template.collaboration_id], template)
        tell_of_resource(self, membership, template, "Analysis Template", "Deleted", ctx.now)

    @operation("GetCollaborationAnalysisTemplate")
    def get_collaboration_analysis_template(
        self, ctx: Context, collaboration_identifier: str, analysis_template_arn: str
    ) -> dict[str, Any]:
        """Return a template of a collaboration that the caller created or has joined."""
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        found = self.in_collaboration(collaboration, analysis_template_arn)
        return {"collaborationAnalysisTemplate": self._seen_by_others(found)}

    @operation("ListCollaborationAnalysisTemplates")
    def list_collaboration_analysis_templates(
        self, ctx: Context, collaboration_identifier: str
    ) -> dict[str, Listing[AnalysisTemplate]]:
        """Return the templates of all members of a collaboration, oldest first."""
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        held = self.store(AnalysisTemplateStore).by_collaboration.get(collaboration.id, ())
        return {"collaborationAnalysisTemplateSummaries": Listing(held, sequence_of)}

    @operation("BatchGetCollaborationAnalysisTemplate")
    def batch_get_collaboration_analysis_template(
        self, ctx: Context, collaboration_identifier: str, analysis_template_arns: list[str]
    ) -> dict[str, Any]:
        """Return templates in the order of the ARNs, each once, and an error per unknown ARN.

        The code of an error is the name of the exception (inferred [CR-64]).
        """
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        store = self.store(AnalysisTemplateStore)
        templates, errors = [], []
        for arn in dict.fromkeys(analysis_template_arns):
            found = store.shared(collaboration.id, arn)
            if found is not None:
                templates.append(self._seen_by_others(found))
            else:
                missing = _no_such(arn)
                errors.append({"arn": arn, "code": missing.code, "message": missing.message})
        return {"collaborationAnalysisTemplates": templates, "errors": errors}

    def _find(self, membership: Membership, template_id: str) -> AnalysisTemplate:
        found = self.store(AnalysisTemplateStore).by_id.get(template_id)
        if found is None or found.membership_id != membership.id:
            raise ResourceNotFoundException(
                f"No such analysis template with id: {template_id}", template_id, "MEMBERSHIP"
            )
        return found

    def _hashes(self, artifacts: dict[str, Any] | None) -> dict[str, Any] | None:
        """Return the SHA-256 of each artifact; None unless all are in buckets of the author."""
        if artifacts is None:
            return None
        backend, hashes = self.backend, []
        for each in (artifacts["entryPoint"], *artifacts.get("additionalArtifacts", ())):
            place = each["location"]
            body = backend.world.other_services.object_body(
                backend.account_id, backend.partition, place["bucket"], place["key"]
            )
            if body is None:
                return None
            hashes.append({"sha256": hashlib.sha256(body).hexdigest()})
        return {
            "artifacts": {"entryPointHash": hashes[0], "additionalArtifactHashes": hashes[1:]},
        }

    def _validations(self, template: AnalysisTemplate) -> list[dict[str, Any]] | None:
        """Return whether a query is valid for the tables with differential privacy that it names.

        AWS validates at creation and at each read (documented); what it checks is
        inferred [CR-129].

        Returns:
            One entry; None if the query names no such table of the collaboration.
        """
        if not template.is_sql:
            return None
        text = template.source["text"]
        tables = self.of(ProtectedTables)
        demand = tables.demand(template.collaboration_id, tables_in(text))
        if not demand.private:
            return None
        problems = [] if aggregations_in(text) else ["The query has no aggregate function."]
        try:
            check_together(demand)
        except ValidationException as refused:
            problems.append(refused.message)
        found: dict[str, Any] = {"type": "DIFFERENTIAL_PRIVACY", "status": "VALID"}
        if problems:
            found |= {"status": "INVALID", "reasons": [{"message": each} for each in problems]}
        return [found]

    def _shown(self, template: AnalysisTemplate) -> dict[str, Any]:
        """Return a template as its author sees it."""
        shared = self._seen_by_others(template)
        del shared["creatorAccountId"]
        return {
            **shared,
            "membershipId": template.membership_id,
            "membershipArn": template.membership_arn,
            "source": template.source,
        }

    def _seen_by_others(self, template: AnalysisTemplate) -> dict[str, Any]:
        """Return a template as the collaboration sees it: the text of a query, but no artifacts.

        That the text is shown is inferred [CR-69] from the purpose of the view: to review the
        analysis.
        """
        return {
            "id": template.id,
            "arn": template.arn,
            "collaborationId": template.collaboration_id,
            "collaborationArn": template.collaboration_arn,
            "description": template.description,
            "creatorAccountId": template.creator_account_id,
            "name": template.name,
            "createTime": template.create_time,
            "updateTime": template.update_time,
            "schema": template.schema,
            "format": template.format,
            "source": template.source if template.is_sql else None,
            "sourceMetadata": template.source_metadata,
            "analysisParameters": template.analysis_parameters,
            "validations": self._validations(template),
            "errorMessageConfiguration": template.error_message_configuration,
            "syntheticDataParameters": template.synthetic_data_parameters,
        }


def _no_such(arn: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"No such analysis template with arn: {arn}", arn, "MEMBERSHIP"
    )


def _check_source(template_format: str, source: dict[str, Any]) -> None:
    wanted = "text" if template_format == "SQL" else "artifacts"
    if wanted not in source:
        raise ValidationException(
            f"The source of a template in the format {template_format} must be {wanted}.",
            field="source",
        )
    if wanted == "text" and not source["text"].strip():
        raise ValidationException("The text of the query is empty.", "INVALID_QUERY", "source")


def _check_parameters(parameters: list[dict[str, Any]]) -> None:
    names = [each["name"] for each in parameters]
    if len(set(names)) < len(names):
        raise ValidationException(
            "Each parameter can be given only once.", field="analysisParameters"
        )
