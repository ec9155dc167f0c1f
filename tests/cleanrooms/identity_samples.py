"""ID namespaces, workflows and lookalike models to test with, and what is made of them."""

from __future__ import annotations

from typing import Any

from tests.cleanrooms.collaboration_samples import REGION

KEY = f"arn:aws:kms:{REGION}:222222222222:key/00000000-0000-4000-8000-00000000000k"


def namespace(account: str, name: str = "source", region: str = REGION) -> str:
    """Return the ARN of an ID namespace."""
    return f"arn:aws:entityresolution:{region}:{account}:idnamespace/{name}"


def workflow(account: str, name: str = "map", region: str = REGION) -> str:
    """Return the ARN of an ID mapping workflow."""
    return f"arn:aws:entityresolution:{region}:{account}:idmappingworkflow/{name}"


def model(account: str, name: str = "lookalike", region: str = REGION) -> str:
    """Return the ARN of a configured audience model."""
    return f"arn:aws:cleanrooms-ml:{region}:{account}:configured-audience-model/{name}"


def add_namespace(client: Any, membership_id: str, arn: str, **others: Any) -> dict[str, Any]:
    """Associate an ID namespace, and return the association."""
    given = {"name": arn.rpartition("/")[2], **others}
    answer = client.create_id_namespace_association(
        membershipIdentifier=membership_id,
        inputReferenceConfig={"inputReferenceArn": arn, "manageResourcePolicies": True},
        **given,
    )
    return dict(answer["idNamespaceAssociation"])


def add_mapping_table(
    client: Any, membership_id: str, arn: str, name: str = "ids", **others: Any
) -> dict[str, Any]:
    """Create an ID mapping table, and return it."""
    answer = client.create_id_mapping_table(
        membershipIdentifier=membership_id,
        name=name,
        inputReferenceConfig={"inputReferenceArn": arn, "manageResourcePolicies": False},
        **others,
    )
    return dict(answer["idMappingTable"])


def populate(client: Any, membership_id: str, table_id: str, **others: Any) -> str:
    """Populate an ID mapping table, and return the id of the job."""
    answer = client.populate_id_mapping_table(
        membershipIdentifier=membership_id, idMappingTableIdentifier=table_id, **others
    )
    return str(answer["idMappingJobId"])


def add_model(client: Any, membership_id: str, arn: str, **others: Any) -> dict[str, Any]:
    """Associate a configured audience model, and return the association."""
    given = {"configuredAudienceModelAssociationName": arn.rpartition("/")[2], **others}
    answer = client.create_configured_audience_model_association(
        membershipIdentifier=membership_id,
        configuredAudienceModelArn=arn,
        manageResourcePolicies=True,
        **given,
    )
    return dict(answer["configuredAudienceModelAssociation"])
