"""The resources of AWS Entity Resolution that a test has described; moto does not have the service.

Source for namespaces, workflows and their types: the service model of Entity Resolution.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from membership_mock.cleanrooms.errors import ValidationException
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.world import Scope, Store

SOURCE = "SOURCE"
TARGET = "TARGET"

#: the properties of a namespace that no test has described (observed in production)
_RULE_BASED = {"idMappingType": "RULE_BASED"}


@dataclass
class IdNamespace:
    """A namespace of Entity Resolution.

    Attributes:
        type: `SOURCE` or `TARGET`.
        workflows: ``idMappingWorkflowsSupported`` of its associations.
    """

    type: str
    workflows: list[dict[str, Any]]


@dataclass
class IdMappingWorkflow:
    """A workflow of Entity Resolution.

    Attributes:
        source: the ARN of the source namespace.
        target: the ARN of the target namespace.
        incremental: whether it can be run for changed data only.
    """

    source: str
    target: str
    incremental: bool


@dataclass
class EntityResolution(Store, scope=Scope.REGION):
    """The namespaces and workflows that tests have described in a region, by ARN."""

    namespaces: dict[str, IdNamespace] = field(default_factory=dict)
    workflows: dict[str, IdMappingWorkflow] = field(default_factory=dict)

    def namespace(self, arn: str) -> IdNamespace:
        """Return a namespace; the type of one that no test has described follows from its name.

        It is a target if its name contains the word, and a source otherwise.
        """
        described = self.namespaces.get(arn)
        if described is not None:
            return described
        name = arn.rpartition("/")[2].lower()
        return IdNamespace(TARGET if "target" in name else SOURCE, [dict(_RULE_BASED)])


def check_own(arn: str, account_id: str, region: str, field_name: str) -> None:
    """Refuse an ARN of another account or region (documented; the error is inferred [CR-137]).

    Raises:
        ValidationException: it belongs to another account or region.
    """
    _, _, _, its_region, its_account, _ = arn.split(":", 5)
    if (its_account, its_region) != (account_id, region):
        raise ValidationException(
            f"{arn} is not a resource of account {account_id} in Region {region}.", field=field_name
        )
