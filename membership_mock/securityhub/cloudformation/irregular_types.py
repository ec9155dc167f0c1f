"""The types of Security Hub that need more than one call to create, read, update or delete one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from membership_mock.engine.cloudformation.handler_calls import HandlerCalls, HandlerFailed
from membership_mock.engine.cloudformation.resource_type import Resource, ResourceType, Step


class HubType(ResourceType):
    """The hub: an update sets the properties that the call to enable it does not have."""

    def created(self, resource: Resource, calls: HandlerCalls) -> None:
        """Set whether new controls are enabled."""
        if "AutoEnableControls" in resource.properties:
            calls(
                "UpdateSecurityHubConfiguration",
                AutoEnableControls=resource.properties["AutoEnableControls"],
            )


class HubV2Type(ResourceType):
    """The hub of Security Hub V2, whose features are switched one by one."""

    def created(self, resource: Resource, calls: HandlerCalls) -> None:
        """Switch network scanning."""
        self._switch(resource, {}, calls)

    def changed(self, resource: Resource, before: Resource, calls: HandlerCalls) -> None:
        """Switch network scanning."""
        self._switch(resource, before.properties, calls)

    def _switch(self, resource: Resource, before: Mapping[str, Any], calls: HandlerCalls) -> None:
        wanted = resource.properties.get("NetworkScanning")
        if wanted is not None and wanted != before.get("NetworkScanning"):
            verb = "Enable" if wanted["Status"] == "ENABLED" else "Disable"
            calls(f"{verb}SecurityHubFeatureV2", FeatureName="NETWORK_SCANNING")


class DelegatedAdminType(ResourceType):
    """The delegated administrator of the organization, in one region."""

    def created(self, resource: Resource, calls: HandlerCalls) -> None:
        """Name the resource (the schema's pattern)."""
        resource.attributes["DelegatedAdminIdentifier"] = (
            f"{resource.properties['AdminAccountId']}/{calls.caller.region}"
        )


class AutomationRuleType(ResourceType):
    """An automation rule: operations on several rules answer with those that failed."""

    def change(self, resource: Resource, before: Resource, calls: HandlerCalls) -> None:
        """Change a rule in a batch of one."""
        if resource.properties != before.properties:
            item = {"RuleArn": resource.attributes["RuleArn"], **resource.properties}
            answer = calls("BatchUpdateAutomationRules", UpdateAutomationRulesRequestItems=[item])
            for failed in answer.get("UnprocessedAutomationRules", ()):
                raise HandlerFailed("GeneralServiceException", failed.get("ErrorMessage", ""))
        super().change(resource, before, calls)


def _kind(resource: Resource, _: HandlerCalls) -> dict[str, str] | None:
    kind = resource.properties.get("ConfigurationType")
    return {"ConfigurationType": kind} if kind else None


def _local(resource: Resource, _: HandlerCalls) -> dict[str, str] | None:
    central = resource.properties.get("ConfigurationType") == "CENTRAL"
    return {"ConfigurationType": "LOCAL"} if central else None


class OrganizationConfigurationType(ResourceType):
    """The organization's configuration, which exists as long as the delegated administrator does.

    To delete the resource is to return to the configuration that an administrator starts with
    (inferred [SH-296]: its handler has the permission to update, and no other).
    """

    UPDATE: ClassVar[Step] = Step(
        "UpdateOrganizationConfiguration", {"OrganizationConfiguration": _kind}
    )
    RESET: ClassVar[Step] = Step(
        "UpdateOrganizationConfiguration",
        {
            "AutoEnable": lambda *_: False,
            "AutoEnableStandards": lambda *_: "NONE",
            "OrganizationConfiguration": _local,
        },
    )

    def created(self, resource: Resource, calls: HandlerCalls) -> None:
        """Name the configuration: there is one in an account and region (the schema's pattern)."""
        caller = calls.caller
        resource.attributes["OrganizationConfigurationIdentifier"] = (
            f"{caller.account_id}/{caller.region}/securityhub-organization-configuration"
        )


class ProductSubscriptionType(ResourceType):
    """A subscription to a product, which only a list shows."""

    def refresh(self, resource: Resource, calls: HandlerCalls) -> None:
        """Look the subscription up."""
        if not self._exists(resource, calls):
            raise HandlerFailed("NotFound", f"Resource of type '{self.name}' was not found.")

    def _exists(self, resource: Resource, calls: HandlerCalls) -> bool:
        wanted, token = resource.attributes.get("ProductSubscriptionArn"), None
        while True:
            page = calls(self.read.operation, **({"NextToken": token} if token else {}))
            if wanted in page["ProductSubscriptions"]:
                return True
            token = page.get("NextToken")
            if token is None:
                return False


def _control(resource: Resource, _: HandlerCalls) -> str:
    values = resource.values
    return str(values.get("SecurityControlId") or values["SecurityControlArn"])


def _defaults(resource: Resource, _: HandlerCalls) -> dict[str, Any]:
    return {name: {"ValueType": "DEFAULT"} for name in resource.properties["Parameters"]}


class SecurityControlType(ResourceType):
    """The parameters of a control, which exist as long as the control does.

    To delete the resource is to return to the default of each parameter (inferred [SH-297]: its
    handler has the permission to update, and no other).
    """

    UPDATE: ClassVar[Step] = Step("UpdateSecurityControl", {"SecurityControlId": _control})
    READ: ClassVar[Step] = Step(
        "BatchGetSecurityControls",
        {"SecurityControlIds": lambda resource, calls: [_control(resource, calls)]},
        "SecurityControls.0",
    )
    RESET: ClassVar[Step] = Step(
        "UpdateSecurityControl", {"SecurityControlId": _control, "Parameters": _defaults}
    )


class StandardType(ResourceType):
    """A standard, with the controls that are disabled in it."""

    def created(self, resource: Resource, calls: HandlerCalls) -> None:
        """Disable controls, which can be changed once the standard is ready."""
        if not _disabled(resource):
            return
        self.refresh(resource, calls)
        for control in _disabled(resource).values():
            _disable(control, calls)

    def changed(self, resource: Resource, before: Resource, calls: HandlerCalls) -> None:
        """Enable and disable the controls that differ."""
        old, new = _disabled(before), _disabled(resource)
        for arn in sorted(old.keys() - new.keys()):
            calls("UpdateStandardsControl", StandardsControlArn=arn, ControlStatus="ENABLED")
        for arn, control in new.items():
            if control != old.get(arn):
                _disable(control, calls)


def _disabled(resource: Resource) -> dict[str, dict[str, str]]:
    found = resource.properties.get("DisabledStandardsControls", ())
    return {each["StandardsControlArn"]: each for each in found}


def _disable(control: Mapping[str, str], calls: HandlerCalls) -> None:
    calls(
        "UpdateStandardsControl",
        StandardsControlArn=control["StandardsControlArn"],
        ControlStatus="DISABLED",
        # The operation asks for a reason, the property does not (inferred [SH-299]).
        DisabledReason=control.get("Reason") or "Disabled by CloudFormation",
    )
