"""Seeds of Security Hub: controls that are disabled, or have other parameters than by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from membership_mock.errors import UsageError
from membership_mock.securityhub.controls.customizations import Customizations
from membership_mock.testing.given.securityhub_hubs import SERVICE, HubSeeds
from membership_mock.testing.names import not_one_of

_REASON = "A test has seeded it."
_STATUSES = ("ENABLED", "DISABLED")


@dataclass(frozen=True)
class SeededControl:
    """A security control of an account.

    Attributes:
        account: whose it is.
        region: where it is.
        id: its id.
        arn: its ARN.
        standards: the ARNs of the enabled standards that have it.
    """

    account: str
    region: str
    id: str
    arn: str
    standards: tuple[str, ...]


class ControlSeeds(HubSeeds):
    """Seeds of controls."""

    def control(
        self,
        control: str,
        account: str | None = None,
        *,
        status: Literal["ENABLED", "DISABLED"] = "ENABLED",
        parameters: Mapping[str, Any] | None = None,
        standards: Sequence[str] | None = None,
        reason: str = _REASON,
        region: str | None = None,
    ) -> SeededControl:
        """Return a control in a wanted state, in an account whose hub is enabled.

        Args:
            control: its id, such as ``S3.8``.
            account: whose control.
            status: whether it is enabled or disabled, in all of the account's standards that have
                it.
            parameters: custom values by name, e.g. ``{"daysToExpiration": 15}``; None leaves the
                parameters as they are.
            standards: the only standards to set it in, by ARN or the end of one; the account is
                subscribed to them.
            reason: why it is disabled, or customized.
            region: where.

        Raises:
            SeedRefused: a configuration policy governs the account, or a parameter cannot have that
                value.
            UsageError: there is no such control, standard, parameter or status; or the control is
                in none of the account's standards.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        if status not in _STATUSES:
            raise not_one_of(status, "a status of a control", _STATUSES)
        with self._setup.seed(
            "securityhub.control",
            "controls of centrally managed accounts are what their configuration policy says:"
            " change the policy, or make the account self-managed.",
        ):
            self._enable(account, region)
            if standards is None:
                wanted: Sequence[str] = self._subscribed(account, region)
            else:
                self._subscribe(account, region, standards)
                wanted = self._standards_named(account, region, standards)
                self._subscribed(account, region)  # which lets them be ready
            arn = (
                f"arn:{self._setup.partition(region)}:securityhub:{region}:{account}"
                f":security-control/{control}"
            )
            definition = self._definition(account, region, control)
            if parameters is not None:
                self._customize(account, region, definition, parameters, reason)
            held = self._set(account, region, control, status, wanted, reason)
            return SeededControl(account, region, control, arn, held)

    def _definition(self, account: str, region: str, control: str) -> dict[str, Any]:
        found = self._setup.ask(
            SERVICE, "GetSecurityControlDefinition", account, region, SecurityControlId=control
        )
        if found is None:
            raise UsageError(
                f"There is no security control {control!r}; ListSecurityControlDefinitions lists"
                " them. Upper and lower case differ."
            )
        definition: dict[str, Any] = found["SecurityControlDefinition"]
        return definition

    def _customize(
        self,
        account: str,
        region: str,
        definition: Mapping[str, Any],
        values: Mapping[str, Any],
        reason: str,
    ) -> None:
        """Give parameters custom values; the control is READY before and after."""
        control, known = definition["SecurityControlId"], definition.get("ParameterDefinitions", {})
        given = {}
        for name, value in values.items():
            if name not in known:
                raise not_one_of(name, f"a parameter of {control}", known)
            (kind,) = known[name]["ConfigurationOptions"]
            given[name] = {"ValueType": "CUSTOM", "Value": {kind: value}}
        running = self._setup.running
        customizations = running.backends.of(SERVICE, account, region).family(Customizations)
        customizations.checked(account, control, running.world.clock.now())
        self._setup.call(
            SERVICE,
            "UpdateSecurityControl",
            account,
            region,
            SecurityControlId=control,
            Parameters=given,
            LastUpdateReason="".join(each for each in reason if each.isalnum() or each in "-_ "),
        )
        customizations.checked(account, control, running.world.clock.now())

    def _set(
        self,
        account: str,
        region: str,
        control: str,
        status: str,
        standards: Sequence[str],
        reason: str,
    ) -> tuple[str, ...]:
        """Set a control in those of some standards that have it; return these."""
        found = self._setup.listed(
            SERVICE, "ListStandardsControlAssociations", account, region, SecurityControlId=control
        )
        held = [each for each in found if each["StandardsArn"] in standards]
        if not held:
            enabled = self._setup.listed(SERVICE, "GetEnabledStandards", account, region)
            if any(each["StandardsStatus"] == "PENDING" for each in enabled):
                raise UsageError(
                    f"The standards of account {account} in {region} are PENDING, and wait for the"
                    " clock: enable them first, with mock.given.securityhub.hub(…), and put the"
                    " clock forward by a minute."
                )
            raise UsageError(
                f"No standard that account {account} has enabled in {region} has the control"
                f" {control}, so it can neither be enabled nor disabled: name one with standards=."
            )
        updates = [
            {
                "SecurityControlId": control,
                "StandardsArn": each["StandardsArn"],
                "AssociationStatus": status,
                "UpdatedReason": reason,
            }
            for each in held
            if each["AssociationStatus"] != status
        ]
        if updates:
            self._setup.call(
                SERVICE,
                "BatchUpdateStandardsControlAssociations",
                account,
                region,
                StandardsControlAssociationUpdates=updates,
            )
        return tuple(each["StandardsArn"] for each in held)
