"""Sample resources of Clean Rooms."""

from __future__ import annotations

import re
from typing import Any

from tests.cleanrooms import table_samples as tables
from tests.cleanrooms.collaboration_samples import join, new_collaboration, results_to
from tests.contract.sample_resources import ACCOUNT, REGION, cleanrooms_privacy
from tests.contract.samples_from_model import Break

OTHER = "333333333333"

#: by the kind of a violation, what the message says (inferred from Smithy's protocol tests)
_WORDS = {
    "required": "Member must not be null",
    "length": r"Member must have length (between \d+ and \d+, inclusive|\w+ than or equal to \d+)",
    "range": r"Member must be (between [\d.]+ and [\d.]+, inclusive|\w+ than or equal to [\d.]+)",
    "pattern": "Member must satisfy regular expression pattern: ",
    "enum": r"Member must satisfy enum value set: \[",
    "unique": "Member must have unique values",
}


def furnish(mock: Any) -> dict[str, Any]:
    """Make a collaboration that its creator has joined, with a change request and a table."""
    client = mock.client("cleanrooms", account=ACCOUNT, region=REGION)
    room = new_collaboration(client, tags={"team": "blue"})
    membership = join(client, room["id"], defaultResultConfiguration=results_to("results"))
    member = {"accountId": "333333333333", "memberAbilities": [], "displayName": "Newcomer"}
    request = client.create_collaboration_change_request(
        collaborationIdentifier=room["id"],
        changes=[{"specificationType": "MEMBER", "specification": {"member": member}}],
    )["collaborationChangeRequest"]
    table = tables.new_table(client)
    tables.add_rule(client, table["id"])
    association = tables.associate(client, membership["id"], table["id"])
    template = tables.sql_template(client, membership["id"])
    return {
        **cleanrooms_privacy.furnish(client, membership["id"], association["arn"]),
        "CollaborationIdentifier": room["id"],
        "MembershipIdentifier": membership["id"],
        "CollaborationChangeRequestIdentifier": request["id"],
        "CleanroomsArn": room["arn"],
        "ConfiguredTableIdentifier": table["id"],
        "ConfiguredTableAssociationIdentifier": association["id"],
        "AnalysisTemplateIdentifier": template["id"],
        "AnalysisTemplateArn": template["arn"],
        "AccountId": "333333333333",
    }


def call_everything(mock: Any) -> None:
    """Call all operations."""
    client = mock.client("cleanrooms", account=ACCOUNT, region=REGION)
    other = mock.client("cleanrooms", account=OTHER, region=REGION)
    abilities = ["CAN_QUERY", "CAN_RUN_JOB", "CAN_RECEIVE_RESULTS"]
    if hasattr(client, "start_analysis_log_export"):  # otherwise it is an older model
        abilities.append("CAN_EXPORT_QUERY_ANALYSIS_LOG")
    room = new_collaboration(client, creatorMemberAbilities=abilities)
    here = {"collaborationIdentifier": room["id"]}
    membership = join(
        client,
        room["id"],
        defaultResultConfiguration=results_to("results"),
        defaultJobResultConfiguration={
            "outputConfiguration": {"s3": {"bucket": "results"}},
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/results",
        },
    )
    mine = {"membershipIdentifier": membership["id"]}
    client.get_collaboration(**here)
    client.update_collaboration(**here, name="Another name")
    client.list_collaborations()
    client.get_membership(**mine)
    client.update_membership(**mine, queryLogStatus="ENABLED")
    client.list_memberships()
    _change_members(client, here)
    join(other, room["id"])
    client.list_members(**here)
    client.delete_member(**here, accountId=OTHER)
    client.tag_resource(resourceArn=room["arn"], tags={"team": "blue"})
    client.list_tags_for_resource(resourceArn=room["arn"])
    client.untag_resource(resourceArn=room["arn"], tagKeys=["team"])

    _use_tables(client, mine, here)
    _use_templates(client, mine, here)
    cleanrooms_privacy.call_everything(mock, client, mine, here)
    client.delete_collaboration(**here)
    client.delete_membership(**mine)


def _change_members(client: Any, here: dict[str, str]) -> None:
    member = {"accountId": OTHER, "memberAbilities": [], "displayName": "Newcomer"}
    request = client.create_collaboration_change_request(
        **here, changes=[{"specificationType": "MEMBER", "specification": {"member": member}}]
    )["collaborationChangeRequest"]
    client.get_collaboration_change_request(**here, changeRequestIdentifier=request["id"])
    client.list_collaboration_change_requests(**here)
    client.update_collaboration_change_request(
        **here, changeRequestIdentifier=request["id"], action="COMMIT"
    )


def _use_tables(client: Any, mine: dict[str, str], here: dict[str, str]) -> None:
    table = tables.new_table(client)
    its = {"configuredTableIdentifier": table["id"]}
    rule = {**its, "analysisRuleType": "CUSTOM"}
    policy = tables.custom("ANY_QUERY", providers=[ACCOUNT])
    client.get_configured_table(**its)
    client.list_configured_tables()
    client.update_configured_table(**its, description="Orders of a year")
    client.create_configured_table_analysis_rule(**rule, analysisRulePolicy=policy)
    client.get_configured_table_analysis_rule(**rule)
    client.update_configured_table_analysis_rule(**rule, analysisRulePolicy=policy)

    association = tables.associate(client, mine["membershipIdentifier"], table["id"])
    that = {**mine, "configuredTableAssociationIdentifier": association["id"]}
    receivers = tables.receivers("CUSTOM", ACCOUNT)
    client.get_configured_table_association(**that)
    client.list_configured_table_associations(**mine)
    client.update_configured_table_association(**that, description="Ours")
    rules = {**that, "analysisRuleType": "CUSTOM"}
    client.create_configured_table_association_analysis_rule(**rules, analysisRulePolicy=receivers)
    client.get_configured_table_association_analysis_rule(**rules)
    client.update_configured_table_association_analysis_rule(**rules, analysisRulePolicy=receivers)

    client.list_schemas(**here)
    client.get_schema(**here, name="orders")
    client.get_schema_analysis_rule(**here, name="orders", type="CUSTOM")
    client.batch_get_schema(**here, names=["orders"])
    client.batch_get_schema_analysis_rule(
        **here, schemaAnalysisRuleRequests=[{"name": "orders", "type": "CUSTOM"}]
    )
    query = client.start_protected_query(
        **mine, type="SQL", sqlParameters={"queryString": "SELECT COUNT(*) FROM orders"}
    )["protectedQuery"]
    client.update_protected_query(
        **mine, protectedQueryIdentifier=query["id"], targetStatus="CANCELLED"
    )
    client.get_protected_query(**mine, protectedQueryIdentifier=query["id"])
    client.list_protected_queries(**mine)
    client.delete_configured_table_association_analysis_rule(**rules)
    client.delete_configured_table_association(**that)
    client.delete_configured_table_analysis_rule(**rule)
    client.delete_configured_table(**its)


def _use_templates(client: Any, mine: dict[str, str], here: dict[str, str]) -> None:
    table = tables.new_table(client, analysisMethod="DIRECT_JOB")
    template = tables.pyspark_template(client, mine["membershipIdentifier"])
    policy = tables.custom(template["arn"])
    tables.add_rule(client, table["id"], "CUSTOM", policy)
    association = tables.associate(client, mine["membershipIdentifier"], table["id"])
    tables.add_collaboration_rule(
        client,
        mine["membershipIdentifier"],
        association["id"],
        "CUSTOM",
        tables.receivers("CUSTOM", ACCOUNT),
    )
    that = {**mine, "analysisTemplateIdentifier": template["id"]}
    client.get_analysis_template(**that)
    client.list_analysis_templates(**mine)
    client.update_analysis_template(**that, description="A model")
    client.list_collaboration_analysis_templates(**here)
    client.get_collaboration_analysis_template(**here, analysisTemplateArn=template["arn"])
    client.batch_get_collaboration_analysis_template(**here, analysisTemplateArns=[template["arn"]])
    job = client.start_protected_job(
        **mine, type="PYSPARK", jobParameters={"analysisTemplateArn": template["arn"]}
    )["protectedJob"]
    client.update_protected_job(**mine, protectedJobIdentifier=job["id"], targetStatus="CANCELLED")
    client.get_protected_job(**mine, protectedJobIdentifier=job["id"])
    client.list_protected_jobs(**mine)
    client.get_protected_job(**mine, protectedJobIdentifier=job["id"])
    client.delete_configured_table_association(
        **mine, configuredTableAssociationIdentifier=association["id"]
    )
    client.delete_analysis_template(**that)


def assert_refusal(response: dict[str, Any], broken: Break) -> None:
    """Check status, code, reason, the field that is named, and the words of the message."""
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["Error"]["Code"] == "ValidationException"
    assert response["reason"] == "FIELD_VALIDATION_FAILED"
    message = response["Error"]["Message"]
    place = "/".join(map(str, broken.path))
    if broken.kind == "type":
        assert f"'/{place}'" in message
        return
    assert [entry["name"] for entry in response["fieldList"]] == [broken.path[0]]
    assert message == f"1 validation error detected: {response['fieldList'][0]['message']}"
    assert f" at '/{place}' failed to satisfy constraint: " in message
    assert re.search(_WORDS[broken.kind], message)


ACCEPTED_BY_NO_HANDLER: dict[str, str] = {}
