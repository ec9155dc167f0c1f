"""The analysis rules of associations: the receivers of results, the allowed additional analyses.

AWS calls them collaboration analysis rules: they add settings of one collaboration to the rule of
the configured table. Sources: user guide, "Add a collaboration analysis rule"; API pages of
the operations; what they leave open is marked inferred.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_events import tell_of_resource
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import Membership
from membership_mock.cleanrooms.errors import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.tables.analysis_rule import (
    NO_ADDITIONAL_ANALYSES,
    AnalysisRule,
    content_of,
)
from membership_mock.cleanrooms.tables.custom_rules import check_receivers
from membership_mock.cleanrooms.tables.table_associations import TableAssociation, TableAssociations
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation


class AssociationAnalysisRules(CleanRoomsFamily):
    """The operations on the analysis rules of configured table associations."""

    @operation("CreateConfiguredTableAssociationAnalysisRule")
    def create_configured_table_association_analysis_rule(
        self,
        ctx: Context,
        membership_identifier: str,
        configured_table_association_identifier: str,
        analysis_rule_type: str,
        analysis_rule_policy: dict[str, Any],
    ) -> dict[str, Any]:
        """Return a new rule of an association, of the type of its table's rule.

        Raises:
            ConflictException: the association has a rule of this type; that the text says
                "already" is observed.
            ValidationException: the table has no rule of this type, the policy is of another
                type, or a receiver cannot receive results (all inferred [CR-51, CR-61]); or
                additional analyses are named for a rule of the type AGGREGATION.
        """
        membership = self.of(Memberships).require_active(membership_identifier)
        associations = self.of(TableAssociations)
        association = associations.find(membership, configured_table_association_identifier)
        if analysis_rule_type in association.rules:
            raise ConflictException(
                f"Configured table association {association.id} already has an analysis rule of"
                f" type {analysis_rule_type}.",
                association.id,
                "CONFIGURED_TABLE_ASSOCIATION",
                "ALREADY_EXISTS",
            )
        _check(membership, analysis_rule_type, analysis_rule_policy)
        table = associations.table_of(association)
        if analysis_rule_type not in table.analysis_rule_types:
            raise ValidationException(
                f"Configured table {table.id} has no analysis rule of type {analysis_rule_type}.",
                field="analysisRuleType",
            )
        rule = AnalysisRule(analysis_rule_type, analysis_rule_policy, ctx.now, ctx.now)
        association.rules[analysis_rule_type] = rule
        self._tell(membership, association, analysis_rule_type, "Created", ctx.now)
        return _shown(association, rule)

    @operation("GetConfiguredTableAssociationAnalysisRule")
    def get_configured_table_association_analysis_rule(
        self,
        ctx: Context,
        membership_identifier: str,
        configured_table_association_identifier: str,
        analysis_rule_type: str,
    ) -> dict[str, Any]:
        """Return a rule of an association."""
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        return _shown(
            *self._find(membership, configured_table_association_identifier, analysis_rule_type)
        )

    @operation("UpdateConfiguredTableAssociationAnalysisRule")
    def update_configured_table_association_analysis_rule(
        self,
        ctx: Context,
        membership_identifier: str,
        configured_table_association_identifier: str,
        analysis_rule_type: str,
        analysis_rule_policy: dict[str, Any],
    ) -> dict[str, Any]:
        """Replace the policy of a rule, and return the rule.

        Raises:
            ValidationException: as for CreateConfiguredTableAssociationAnalysisRule.
        """
        membership = self.of(Memberships).require_active(membership_identifier)
        association, rule = self._find(
            membership, configured_table_association_identifier, analysis_rule_type
        )
        _check(membership, analysis_rule_type, analysis_rule_policy)
        rule.policy, rule.update_time = analysis_rule_policy, ctx.now
        self._tell(membership, association, analysis_rule_type, "Updated", ctx.now)
        return _shown(association, rule)

    @operation("DeleteConfiguredTableAssociationAnalysisRule")
    def delete_configured_table_association_analysis_rule(
        self,
        ctx: Context,
        membership_identifier: str,
        configured_table_association_identifier: str,
        analysis_rule_type: str,
    ) -> None:
        """Delete a rule; the schema of the association is no longer ready."""
        membership = self.of(Memberships).find(membership_identifier)
        association, _ = self._find(
            membership, configured_table_association_identifier, analysis_rule_type
        )
        del association.rules[analysis_rule_type]
        self._tell(membership, association, analysis_rule_type, "Deleted", ctx.now)

    def _tell(
        self,
        membership: Membership,
        association: TableAssociation,
        rule_type: str,
        what: str,
        at: datetime,
    ) -> None:
        kind = "Configured Table Association Analysis Rule"
        tell_of_resource(self, membership, association, kind, what, at, analysisRuleType=rule_type)

    def _find(
        self, membership: Membership, association_id: str, rule_type: str
    ) -> tuple[TableAssociation, AnalysisRule]:
        association = self.of(TableAssociations).find(membership, association_id)
        rule = association.rules.get(rule_type)
        if rule is None:
            raise ResourceNotFoundException(
                f"No such analysis rule with configuredTableAssociationId: {association.id} and"
                f" type {rule_type}",
                association.id,
                "CONFIGURED_TABLE_ASSOCIATION",
            )
        return association, rule


def _shown(association: TableAssociation, rule: AnalysisRule) -> dict[str, Any]:
    return rule.shown(
        membershipIdentifier=association.membership_id,
        configuredTableAssociationId=association.id,
        configuredTableAssociationArn=association.arn,
    )


def _check(membership: Membership, rule_type: str, policy: dict[str, Any]) -> None:
    content = content_of(rule_type, policy)
    if rule_type == "AGGREGATION" and content.get("allowedAdditionalAnalyses"):
        raise ValidationException(
            NO_ADDITIONAL_ANALYSES,
            field="analysisRulePolicy",
        )
    check_receivers(membership.collaboration, content.get("allowedResultReceivers", ()))
