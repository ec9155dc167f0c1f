"""Clean Rooms: the list of its families."""

from __future__ import annotations

from typing import Any

from membership_mock.cleanrooms.analyses.analysis_templates import AnalysisTemplates
from membership_mock.cleanrooms.analyses.protected_jobs import ProtectedJobs
from membership_mock.cleanrooms.analyses.protected_queries import ProtectedQueries
from membership_mock.cleanrooms.analyses.protected_tables import ProtectedTables
from membership_mock.cleanrooms.audience_models.audience_model_associations import (
    AudienceModelAssociations,
)
from membership_mock.cleanrooms.collaborations.change_requests import ChangeRequests
from membership_mock.cleanrooms.collaborations.collaborations import Collaborations
from membership_mock.cleanrooms.collaborations.members import Members
from membership_mock.cleanrooms.errors import CleanRoomsRefusals
from membership_mock.cleanrooms.iam_resources import IAM_RESOURCES
from membership_mock.cleanrooms.identity.id_mapping_schemas import IdMappingSchemas
from membership_mock.cleanrooms.identity.id_mapping_tables import IdMappingTables
from membership_mock.cleanrooms.identity.id_namespace_associations import IdNamespaceAssociations
from membership_mock.cleanrooms.intermediate_tables.base_tables import BaseTables
from membership_mock.cleanrooms.intermediate_tables.intermediate_rules import IntermediateTableRules
from membership_mock.cleanrooms.intermediate_tables.intermediate_schemas import IntermediateSchemas
from membership_mock.cleanrooms.intermediate_tables.intermediate_tables import IntermediateTables
from membership_mock.cleanrooms.intermediate_tables.population import Population
from membership_mock.cleanrooms.intermediate_tables.running_population import RunningPopulation
from membership_mock.cleanrooms.log_exports.log_exports import LogExports
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.model_corrections import CORRECTIONS
from membership_mock.cleanrooms.privacy.budget_spending import BudgetSpending
from membership_mock.cleanrooms.privacy.privacy_budget_templates import PrivacyBudgetTemplates
from membership_mock.cleanrooms.privacy.privacy_budgets import PrivacyBudgets
from membership_mock.cleanrooms.quotas import QUOTAS, Quotas
from membership_mock.cleanrooms.schemas.schemas import Schemas
from membership_mock.cleanrooms.tables.association_analysis_rules import AssociationAnalysisRules
from membership_mock.cleanrooms.tables.configured_tables import ConfiguredTables
from membership_mock.cleanrooms.tables.table_analysis_rules import TableAnalysisRules
from membership_mock.cleanrooms.tables.table_associations import TableAssociations
from membership_mock.cleanrooms.tables.table_schemas import TableSchemas
from membership_mock.cleanrooms.tags import Tags
from membership_mock.engine.pipeline.operation import Backend


class CleanRoomsBackend(Backend):
    """Clean Rooms for one account in one region."""

    service = "cleanrooms"
    model_corrections = CORRECTIONS
    families = (
        Collaborations,
        Members,
        Memberships,
        ChangeRequests,
        ConfiguredTables,
        TableAnalysisRules,
        TableAssociations,
        AssociationAnalysisRules,
        TableSchemas,
        Schemas,
        AnalysisTemplates,
        IdNamespaceAssociations,
        IdMappingTables,
        IdMappingSchemas,
        AudienceModelAssociations,
        ProtectedTables,
        ProtectedQueries,
        ProtectedJobs,
        IntermediateTables,
        IntermediateTableRules,
        IntermediateSchemas,
        Population,
        RunningPopulation,
        BaseTables,
        LogExports,
        PrivacyBudgetTemplates,
        PrivacyBudgets,
        BudgetSpending,
        Quotas,
        Tags,
    )
    refusals = CleanRoomsRefusals()
    iam_resources = IAM_RESOURCES
    quotas = QUOTAS
    unique_lists = frozenset({"CustomMLMemberAbilities", "MemberAbilities"})

    @classmethod
    def resource_types(cls) -> tuple[Any, ...]:
        """Return the rows of the table of CloudFormation's resource types."""
        from membership_mock.cleanrooms.cloudformation.resource_types import RESOURCE_TYPES

        return RESOURCE_TYPES
