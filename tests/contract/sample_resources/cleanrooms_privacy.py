"""Sample resources of Clean Rooms for privacy, identity and stored analyses."""

from __future__ import annotations

from typing import Any

from tests.cleanrooms import table_samples as tables
from tests.cleanrooms.identity_samples import (
    add_mapping_table,
    add_model,
    add_namespace,
    model,
    namespace,
    populate,
    workflow,
)
from tests.cleanrooms.intermediate_samples import add_intermediate_rule, disallow, new_intermediate
from tests.cleanrooms.privacy_samples import access_template, privacy_template, run
from tests.contract.sample_resources import ACCOUNT, REGION


def furnish(client: Any, membership_id: str, association_arn: str) -> dict[str, Any]:
    """Make one of everything in a membership, and return the ids by the names of their shapes."""
    template = privacy_template(client, membership_id, tags={"team": "blue"})
    source = add_namespace(client, membership_id, namespace(ACCOUNT))
    add_namespace(client, membership_id, namespace(ACCOUNT, "target"))
    add_mapping_table(client, membership_id, workflow(ACCOUNT))
    association = add_model(client, membership_id, model(ACCOUNT))
    return {
        **_intermediate_table(client, membership_id),
        "IdNamespaceAssociationIdentifier": source["id"],
        "IdNamespaceAssociationInputReferenceArn": namespace(ACCOUNT, "another"),
        "IdMappingTableInputReferenceArn": workflow(ACCOUNT),
        "ConfiguredAudienceModelArn": model(ACCOUNT, "another"),
        "ConfiguredAudienceModelAssociationIdentifier": association["id"],
        "PrivacyBudgetTemplateIdentifier": template["id"],
        "BudgetedResourceArn": association_arn,
    }


def _intermediate_table(client: Any, membership_id: str) -> dict[str, Any]:
    if not hasattr(client, "create_intermediate_table"):  # an older model
        return {}
    table = new_intermediate(client, membership_id)
    add_intermediate_rule(client, membership_id, table["id"])
    return {"IntermediateTableIdentifier": table["id"]}


def call_everything(mock: Any, client: Any, mine: dict[str, str], here: dict[str, str]) -> None:
    """Call all operations of these families."""
    _use_budgets(client, mine, here)
    _use_identity(client, mine, here)
    _use_models(client, mine, here)
    if hasattr(client, "create_intermediate_table"):
        _use_intermediate_tables(client, mine, here)
    if hasattr(client, "start_analysis_log_export"):
        _use_log_exports(mock, client, mine)


def _use_budgets(client: Any, mine: dict[str, str], here: dict[str, str]) -> None:
    membership_id = mine["membershipIdentifier"]
    association = tables.associate(client, membership_id, tables.new_table(client)["id"], "budget")
    access_template(client, membership_id, association["arn"], ("DAY", 5), ("LIFETIME", 7))
    template = privacy_template(client, membership_id)
    that = {"privacyBudgetTemplateIdentifier": template["id"]}
    client.get_privacy_budget_template(**mine, **that)
    client.list_privacy_budget_templates(**mine)
    client.get_collaboration_privacy_budget_template(**here, **that)
    client.list_collaboration_privacy_budget_templates(**here)
    for kind in ("DIFFERENTIAL_PRIVACY", "ACCESS_BUDGET"):
        client.list_privacy_budgets(**mine, privacyBudgetType=kind)
        client.list_collaboration_privacy_budgets(**here, privacyBudgetType=kind)
    parameters = {"differentialPrivacy": {"epsilon": 3, "usersNoisePerQuery": 30}}
    client.preview_privacy_impact(**mine, parameters=parameters)
    client.update_privacy_budget_template(
        **mine, **that, privacyBudgetType="DIFFERENTIAL_PRIVACY", parameters=parameters
    )
    client.delete_privacy_budget_template(**mine, **that)
    client.delete_configured_table_association(
        **mine, configuredTableAssociationIdentifier=association["id"]
    )


def _use_identity(client: Any, mine: dict[str, str], here: dict[str, str]) -> None:
    membership_id = mine["membershipIdentifier"]
    source, target = (
        add_namespace(client, membership_id, namespace(ACCOUNT, name))
        for name in ("source", "target")
    )
    that = {"idNamespaceAssociationIdentifier": source["id"]}
    client.get_id_namespace_association(**mine, **that)
    client.list_id_namespace_associations(**mine)
    client.get_collaboration_id_namespace_association(**here, **that)
    client.list_collaboration_id_namespace_associations(**here)
    client.update_id_namespace_association(**mine, **that, description="Ours")
    table = add_mapping_table(client, membership_id, workflow(ACCOUNT))
    its = {"idMappingTableIdentifier": table["id"]}
    populate(client, membership_id, table["id"])
    client.get_id_mapping_table(**mine, **its)
    client.list_id_mapping_tables(**mine)
    client.update_id_mapping_table(**mine, **its, description="Ours")
    client.get_schema(**here, name=table["name"])
    client.get_schema_analysis_rule(**here, name=table["name"], type="ID_MAPPING_TABLE")
    client.delete_id_mapping_table(**mine, **its)
    for each in (source, target):
        client.delete_id_namespace_association(**mine, idNamespaceAssociationIdentifier=each["id"])


def _use_models(client: Any, mine: dict[str, str], here: dict[str, str]) -> None:
    association = add_model(client, mine["membershipIdentifier"], model(ACCOUNT))
    that = {"configuredAudienceModelAssociationIdentifier": association["id"]}
    client.get_configured_audience_model_association(**mine, **that)
    client.list_configured_audience_model_associations(**mine)
    client.get_collaboration_configured_audience_model_association(**here, **that)
    client.list_collaboration_configured_audience_model_associations(**here)
    client.update_configured_audience_model_association(**mine, **that, description="Ours")
    client.delete_configured_audience_model_association(**mine, **that)


def _use_intermediate_tables(client: Any, mine: dict[str, str], here: dict[str, str]) -> None:
    membership_id = mine["membershipIdentifier"]
    association = tables.ready_table(client, membership_id, ACCOUNT)
    table = new_intermediate(client, membership_id)
    that = {**mine, "intermediateTableIdentifier": table["id"]}
    client.get_intermediate_table(**that)
    client.list_intermediate_tables(**mine)
    client.update_intermediate_table(**that, description="Ours")
    client.populate_intermediate_table(**that)
    client.get_intermediate_table(**that)
    client.list_intermediate_table_versions(**that)
    add_intermediate_rule(client, membership_id, table["id"])
    rule = {**that, "analysisRuleType": "CUSTOM"}
    client.get_intermediate_table_analysis_rule(**rule)
    client.update_intermediate_table_analysis_rule(
        **rule, analysisRulePolicy={"v1": {"custom": {}}}
    )
    client.get_schema(**here, name=table["name"])
    client.get_schema_analysis_rule(**here, name=table["name"], type="CUSTOM")
    client.delete_intermediate_table_analysis_rule(**rule)
    disallow(client, membership_id)
    client.delete_intermediate_table(**that)
    client.delete_configured_table_association(
        **mine, configuredTableAssociationIdentifier=association["id"]
    )


def _use_log_exports(mock: Any, client: Any, mine: dict[str, str]) -> None:
    mock.client("s3", account=ACCOUNT, region=REGION).create_bucket(
        Bucket="spark-logs", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    query = run(client, mine["membershipIdentifier"], "SELECT 1")
    export = client.start_analysis_log_export(
        **mine,
        analysisId=query["id"],
        analysisType="PROTECTED_QUERY",
        resultConfiguration={"outputConfiguration": {"s3": {"bucket": "spark-logs"}}},
    )["analysisLogExport"]
    client.get_analysis_log_export(
        **mine, analysisLogExportIdentifier=export["analysisLogExportId"]
    )
    client.list_analysis_log_exports(**mine)
