"""The table of Clean Rooms' resource types.

The operations of a type are documented: its schema lists the permissions of each handler. That
``Ref`` returns both parts of an identifier is inferred [CR-240]. A property that the operation for
changes does not accept keeps its value (inferred [CR-241]).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from membership_mock.engine.cloudformation.handler_calls import HandlerCalls
from membership_mock.engine.cloudformation.resource_type import (
    Argument,
    Resource,
    ResourceType,
    Step,
)
from membership_mock.engine.lazy_dataclasses import dataclass

_PACKAGE = "membership_mock.cleanrooms.cloudformation"


@dataclass(frozen=True)
class TypeWithRules(ResourceType):
    """A type with analysis rules, which are resources of their own in the API.

    Attributes:
        rules: the property with the rules.
    """

    rules: str = "AnalysisRules"

    def created(self, resource: Resource, calls: HandlerCalls) -> None:
        """Create the rules."""
        for rule in self._rules(resource).values():
            self._call("Create", resource, calls, rule)

    def changed(self, resource: Resource, before: Resource, calls: HandlerCalls) -> None:
        """Create, change and delete the rules that differ."""
        old, new = self._rules(before), self._rules(resource)
        for kind in old.keys() - new.keys():
            self._call("Delete", resource, calls, {"Type": kind})
        for kind, rule in new.items():
            if kind not in old:
                self._call("Create", resource, calls, rule)
            elif rule != old[kind]:
                self._call("Update", resource, calls, rule)

    def deleting(self, resource: Resource, calls: HandlerCalls) -> None:
        """Delete the rules."""
        for kind in self._rules(resource):
            self._call("Delete", resource, calls, {"Type": kind})

    def _rules(self, resource: Resource) -> dict[str, dict[str, Any]]:
        return {each["Type"]: each for each in resource.properties.get(self.rules, ())}

    def _call(
        self, verb: str, resource: Resource, calls: HandlerCalls, rule: Mapping[str, Any]
    ) -> None:
        kind = self.name.rpartition(":")[2]
        arguments = {"analysisRuleType": lambda *_: rule["Type"]}
        arguments["analysisRulePolicy"] = lambda *_: rule.get("Policy")
        Step(f"{verb}{kind}AnalysisRule", arguments).run(resource, calls)


def _members(resource: Resource, _: HandlerCalls) -> list[dict[str, Any]]:
    """Return the members of a collaboration; the API requires them and their abilities."""
    return [{"MemberAbilities": [], **each} for each in resource.properties.get("Members", ())]


def _empty_list(name: str) -> Argument:
    """Return an argument that the API requires and the schema does not."""
    return lambda resource, _: resource.properties.get(name, [])


#: the members of the API's union for the parameters of a budget
_BUDGETS = {
    "ACCESS_BUDGET": ("accessBudget", ("BudgetParameters", "ResourceArn")),
    "DIFFERENTIAL_PRIVACY": ("differentialPrivacy", ("Epsilon", "UsersNoisePerQuery")),
}


def _privacy_parameters(resource: Resource, _: HandlerCalls) -> dict[str, Any]:
    """Return the parameters of a budget, which are flat in the schema."""
    member, names = _BUDGETS[resource.properties["PrivacyBudgetType"]]
    flat = resource.properties["Parameters"]
    return {member: {name: flat[name] for name in names if name in flat}}


def _privacy_update(resource: Resource, calls: HandlerCalls) -> dict[str, Any]:
    """Return the same for an update, which does not take the resource."""
    [(member, flat)] = _privacy_parameters(resource, calls).items()
    return {member: {name: value for name, value in flat.items() if name != "ResourceArn"}}


def _row(
    kind: str,
    *,
    row: type[ResourceType] = ResourceType,
    create: Mapping[str, str | Argument] | None = None,
    update: Mapping[str, str | Argument] | None = None,
    names_collaboration: bool = False,
    **more: Any,
) -> ResourceType:
    """Return a row: the operations of all types are named in the same way.

    Args:
        kind: the type, without its service.
        row: the class of the row.
        create: the arguments of the operation that have other names than the properties.
        update: the same for an update.
        names_collaboration: whether ``Fn::GetAtt`` returns the collaboration.
        **more: further attributes of the row.
    """
    found = kind[0].lower() + kind[1:]
    return row(
        f"AWS::CleanRooms::{kind}",
        _PACKAGE,
        create=Step(f"Create{kind}", create or {}, found),
        read=Step(f"Get{kind}", found=found),
        update=Step(f"Update{kind}", update or {}, found),
        delete=Step(f"Delete{kind}"),
        attributes={
            f"{kind}Identifier": "id",
            **({"CollaborationIdentifier": "collaborationId"} if names_collaboration else {}),
        },
        **more,
    )


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    _row(
        "AnalysisTemplate",
        names_collaboration=True,
        # The service sets it, though the schema lets a template name it.
        elsewhere=frozenset({"SourceMetadata"}),
    ),
    _row(
        "Collaboration",
        create={
            "autoApprovedChangeRequestTypes": "AutoApprovedChangeTypes",
            "creatorMemberAbilities": _empty_list("CreatorMemberAbilities"),
            "members": _members,
        },
    ),
    _row("ConfiguredTable", row=TypeWithRules, elsewhere=frozenset({"AnalysisRules"})),
    _row(
        "ConfiguredTableAssociation",
        row=TypeWithRules,
        rules="ConfiguredTableAssociationAnalysisRules",
        elsewhere=frozenset({"ConfiguredTableAssociationAnalysisRules"}),
    ),
    _row("IdMappingTable", names_collaboration=True),
    _row("IdNamespaceAssociation", names_collaboration=True),
    _row(
        "IntermediateTable",
        row=TypeWithRules,
        names_collaboration=True,
        elsewhere=frozenset({"AnalysisRules"}),
    ),
    _row("Membership", update={"membershipPaymentConfiguration": "PaymentConfiguration"}),
    _row(
        "PrivacyBudgetTemplate",
        create={"parameters": _privacy_parameters},
        update={"parameters": _privacy_update},
        names_collaboration=True,
    ),
)
