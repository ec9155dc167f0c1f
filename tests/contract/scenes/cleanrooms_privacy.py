"""The part of the scene of Clean Rooms that is about privacy, identity and stored analyses."""

from __future__ import annotations

from typing import Any

from tests.cleanrooms import table_samples as tables
from tests.cleanrooms.privacy_samples import access_template, privacy_template


def furnish(client: Any, membership_id: str, association_arn: str) -> dict[str, Any]:
    """Make one of everything in a membership, and return the ids by the names of their shapes."""
    template = privacy_template(client, membership_id, tags={"team": "blue"})
    return {
        "PrivacyBudgetTemplateIdentifier": template["id"],
        "BudgetedResourceArn": association_arn,
    }


def call_everything(mock: Any, client: Any, mine: dict[str, str], here: dict[str, str]) -> None:
    """Call all operations of these families."""
    del mock
    _use_budgets(client, mine, here)


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
