"""Security standards: which there are in a region, and which of them accounts are subscribed to.

The operations are in ``standards_subscriptions.py``; here is what other families need: an account
is subscribed to standards when its hub is enabled, and by configuration policies.

Sources: API page EnableSecurityHub (the defaults), the published examples of DescribeStandards
(names and descriptions of the older standards), the user guide's list of standards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import datetime
from functools import cache
from types import MappingProxyType

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.lifecycle import A_MINUTE, Step, is_over
from membership_mock.engine.state.summary import Summary, View, listed, one
from membership_mock.engine.state.world import Scope, Store, World
from membership_mock.securityhub.families import SecurityHubFamily
from membership_mock.securityhub.relationships.deferred_rollouts import DeferredRollouts
from membership_mock.securityhub.standards.control_settings import ControlsByPolicy, ControlSetting

#: how long a subscription stays PENDING, where time has to pass, and DELETING (inferred [SH-218])
SET_UP = A_MINUTE


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard; its fields are those of DescribeStandards."""

    standards_arn: str
    name: str
    description: str
    enabled_by_default: bool
    provider: str

    @property
    def standards_managed_by(self) -> dict[str, str]:
        """Who maintains it."""
        return {"Company": "AWS", "Product": "Security Hub"}

    @property
    def resource(self) -> str:
        """What the standard is called in every region: ``pci-dss/v/3.2.1``."""
        return resource_of(self.standards_arn)


@dataclass(frozen=True)
class Subscription:
    """An account's subscription to a standard; its fields are those of GetEnabledStandards.

    It is replaced when it changes, so that snapshots can share it: each member has two by default.

    Attributes:
        sequence: its place in the order of subscribing.
        set_up: how far it has been set up: PENDING, and then READY.
        deleting_since: when it was ended, if it is not gone at once.
        standards_input: the names and values of its parameters.
        policy: what a configuration policy has decided on its controls, if one has.
    """

    standards_subscription_arn: str
    standards_arn: str
    provider: str
    sequence: int
    set_up: Step
    standards_input: tuple[tuple[str, str], ...] = ()
    deleting_since: datetime | None = None
    policy: ControlsByPolicy | None = None

    @property
    def resource(self) -> str:
        """What its standard is called in every region: ``pci-dss/v/3.2.1``."""
        return resource_of(self.standards_arn)

    @property
    def enabled_at(self) -> datetime:
        """When the standard was enabled."""
        return self.set_up.began

    def status_at(self, now: datetime) -> str:
        """Return the status by the clock alone, as if nothing had read it."""
        if self.deleting_since is not None:
            return "DELETING"
        return "PENDING" if self.pending(now) else "READY"

    def pending(self, now: datetime) -> bool:
        """Return whether the subscription is still being set up."""
        return not self.set_up.is_done(SET_UP, now)


@dataclass
class StandardsStore(Store, scope=Scope.REGION):
    """The subscriptions of all accounts in a region.

    Attributes:
        subscriptions: each account's subscriptions by their ARNs, in the order of subscribing.
        settings: the settings of the controls that were set, by the ARN of the subscription and the
            id of the control as ARNs have it.
        last_sequence: what the latest one was numbered.
    """

    rank = 7
    subscriptions: dict[str, dict[str, Subscription]] = field(default_factory=dict)
    settings: dict[str, dict[str, ControlSetting]] = field(default_factory=dict)
    last_sequence: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each account with subscriptions, with its status by the clock."""
        (region,) = key
        for account_id, held in self.subscriptions.items():
            shown = [
                f"{resource_of(each.standards_arn)} {each.status_at(view.now)}"
                for each in held.values()
            ]
            yield Summary(account_id, region, "securityhub", one(f"standards {listed(shown)}"))
            for each in held.values():
                for text in _controls_of(each, self.settings_of(each)):
                    yield Summary(account_id, region, "securityhub", one(text))

    def of(self, account_id: str) -> dict[str, Subscription]:
        """Return the subscriptions of an account, by their ARNs."""
        return self.subscriptions.get(account_id, {})

    def settings_of(self, subscription: Subscription) -> Mapping[str, ControlSetting]:
        """Return the settings of those controls of a subscription that were set."""
        return self.settings.get(subscription.standards_subscription_arn, {})

    def set_control(self, subscription: Subscription, arn_id: str, setting: ControlSetting) -> None:
        """Set a control of a subscription, by its id as ARNs have it."""
        self.settings.setdefault(subscription.standards_subscription_arn, {})[arn_id] = setting

    def see(self, subscription: Subscription, now: datetime, world: World) -> Subscription:
        """Return a subscription after a read, which may take its set-up further."""
        seen = subscription.set_up.seen(SET_UP, now, world)
        is_same = seen is subscription.set_up
        return subscription if is_same else self.put(replace(subscription, set_up=seen))

    def put(self, subscription: Subscription) -> Subscription:
        """Replace the subscription that has the same ARN, and return the new one."""
        arn = subscription.standards_subscription_arn
        self.subscriptions[arn.split(":")[4]][arn] = subscription
        return subscription

    def subscribe(
        self,
        account_id: str,
        arn: str,
        standard: Standard,
        now: datetime,
        standards_input: Mapping[str, str] = MappingProxyType({}),
    ) -> Subscription:
        """Return the subscription ``arn`` of an account, which is made if there was none."""
        held = self.subscriptions.setdefault(account_id, {})
        if arn not in held or held[arn].deleting_since is not None:
            held.pop(arn, None)  # the new one stands at the end
            self.settings.pop(arn, None)
            self.last_sequence += 1
            held[arn] = Subscription(
                standards_subscription_arn=arn,
                standards_arn=standard.standards_arn,
                provider=standard.provider,
                sequence=self.last_sequence,
                set_up=Step(now, shown=True),  # by the answer that says PENDING
                standards_input=tuple(standards_input.items()),
            )
        return held[arn]

    def unsubscribe(self, account_id: str, arn: str) -> None:
        """End a subscription, if there is one."""
        held = self.subscriptions.get(account_id, {})
        held.pop(arn, None)
        self.settings.pop(arn, None)
        if not held:
            self.subscriptions.pop(account_id, None)

    def unsubscribe_from_all(self, account_id: str) -> None:
        """End all subscriptions of an account."""
        for arn in self.subscriptions.pop(account_id, {}):
            self.settings.pop(arn, None)


class Standards(SecurityHubFamily):
    """The standards of this region and the subscriptions to them, for the other families."""

    def available(self) -> dict[str, Standard]:
        """Return the standards of this region by their ARNs."""
        return _catalogue(self.backend.partition, self.backend.region_name)

    def find(self, standards_arn: str) -> Standard | None:
        """Return a standard of this region, whichever region its ARN names; None if unknown.

        Configuration policies name standards by the ARNs of the home region.
        """
        resource = resource_of(standards_arn)
        known = self.available().values()
        return next((each for each in known if each.resource == resource), None)

    def hub_enabled(self, account_id: str, now: datetime, *, default_standards: bool) -> None:
        """Subscribe an account to the standards that come with its hub, if it wants them."""
        if default_standards:
            defaults = [each for each in self.available().values() if each.enabled_by_default]
            self.subscribe(account_id, [each.standards_arn for each in defaults], now)

    def subscribe(self, account_id: str, standards_arns: Iterable[str], now: datetime) -> None:
        """Subscribe an account to standards; those it has already stay as they are.

        Args:
            account_id: any account; whether it has a hub is not checked.
            standards_arns: unknown ones are ignored; those of another region mean the same
                standards of this one.
            now: when the subscriptions begin.
        """
        store = self._store_for(account_id)
        for standard in filter(None, map(self.find, standards_arns)):
            arn = self.subscription_arn(account_id, standard)
            store.subscribe(account_id, arn, standard, now)

    def held(self, account_id: str, now: datetime) -> dict[str, Subscription]:
        """Return an account's subscriptions by their ARNs, those being deleted among them."""
        held = self._store_for(account_id).of(account_id)
        return {arn: each for arn, each in held.items() if not self._is_gone(each, now)}

    def forget_gone(self, account_id: str, now: datetime) -> None:
        """Forget the subscriptions of an account whose deletion is over."""
        store = self._store_for(account_id)
        for arn, each in list(store.of(account_id).items()):
            if self._is_gone(each, now):
                store.unsubscribe(account_id, arn)

    def _is_gone(self, subscription: Subscription, now: datetime) -> bool:
        since = subscription.deleting_since
        return since is not None and is_over(since, now, self.backend.world)

    def unsubscribe(self, account_id: str, standards_arns: Iterable[str], now: datetime) -> None:
        """End an account's subscriptions to standards; others are ignored."""
        for standard in filter(None, map(self.find, standards_arns)):
            self.end(account_id, self.subscription_arn(account_id, standard), now)

    def end(self, account_id: str, arn: str, now: datetime) -> None:
        """End a subscription, if there is one: it is DELETING, and removed by the next read."""
        subscription = self.held(account_id, now).get(arn)
        if subscription is not None and subscription.deleting_since is None:
            self.store(StandardsStore).put(replace(subscription, deleting_since=now))
            self.forget_gone(account_id, now)
            for each in self.followers():
                each.controls_disabled(account_id, now)

    def hub_disabling(self, account_id: str) -> None:
        """End all of an account's subscriptions in this region."""
        self._store_for(account_id).unsubscribe_from_all(account_id)

    def subscribed(self, account_id: str) -> list[str]:
        """Return the ARNs of the standards that an account is subscribed to in this region."""
        held = self._store_for(account_id).of(account_id).values()
        return [each.standards_arn for each in held if each.deleting_since is None]

    def _store_for(self, account_id: str) -> StandardsStore:
        self.of(DeferredRollouts).catch_up(account_id)
        return self.store(StandardsStore)

    def subscription_arn(self, account_id: str, standard: Standard) -> str:
        """Return the ARN of an account's subscription to ``standard``."""
        partition, region = self.backend.partition, self.backend.region_name
        return f"arn:{partition}:securityhub:{region}:{account_id}:subscription/{standard.resource}"


def _controls_of(
    subscription: Subscription, settings: Mapping[str, ControlSetting]
) -> Iterator[str]:
    """Yield a line for what was decided on the controls of a standard, and by whom."""
    policy = subscription.policy
    if policy is not None and policy.enabled is not None:
        only = listed(policy.enabled) or "none"
        yield f"controls enabled in {subscription.resource} by policy: {only}"
    elif policy is not None and policy.disabled:
        yield f"controls disabled in {subscription.resource} by policy: {listed(policy.disabled)}"
    disabled = [name for name, each in settings.items() if each.status == "DISABLED"]
    if disabled:
        yield f"controls disabled in {subscription.resource}: {listed(disabled)}"
    enabled = [name for name, each in settings.items() if each.status == "ENABLED"]
    if enabled and policy is not None:
        yield f"controls enabled in {subscription.resource} by the account: {listed(enabled)}"


def resource_of(standards_arn: str) -> str:
    """Return what follows ``standards/`` or ``ruleset/`` in an ARN; empty if nothing does."""
    return standards_arn.rpartition(":")[2].partition("/")[2]


_FSBP = (
    "The AWS Foundational Security Best Practices standard is a set of automated security checks"
    " that detect when AWS accounts and deployed resources do not align to security best practices."
    " The standard is defined by AWS security experts. This curated set of controls helps improve"
    " your security posture in AWS, and cover AWS's most popular and foundational services."
)
_AI = (
    "The AI Security Best Practices standard checks whether resources of Amazon Bedrock and Amazon"
    " SageMaker AI follow best practices of security."
)
_TAGGING = "The AWS Resource Tagging Standard checks whether your AWS resources have tags."
_CIS = (
    "The Center for Internet Security (CIS) AWS Foundations Benchmark v{} is a set of security"
    " configuration best practices for AWS. This Security Hub standard automatically checks for"
    " your compliance readiness against a subset of CIS requirements."
)
_CIS_AZURE = (
    "The Center for Internet Security (CIS) Microsoft Azure Foundations Benchmark v4.0.0 is a set"
    " of security configuration best practices for Azure. This Security Hub standard automatically"
    " checks for your compliance readiness against a subset of CIS requirements."
)
_NIST_171 = (
    "NIST SP 800-171 Revision 2 has requirements for the protection of controlled unclassified"
    " information in nonfederal systems. This Security Hub standard automatically checks for your"
    " compliance readiness against a subset of them."
)
_NIST_53 = (
    "NIST Special Publication 800-53 Revision 5 provides a catalog of security and privacy controls"
    " for information systems and organizations. This Security Hub standard automatically checks"
    " for your compliance readiness against a subset of them."
)
_PCI = (
    "The Payment Card Industry Data Security Standard (PCI DSS) v{} is an information security"
    " standard for entities that store, process, and/or transmit cardholder data. This Security Hub"
    " standard automatically checks for your compliance readiness against a subset of PCI DSS"
    " requirements."
)

#: the end of the ARN, name, description
_STANDARDS: tuple[tuple[str, str, str], ...] = (
    (
        "standards/aws-foundational-security-best-practices/v/1.0.0",
        "AWS Foundational Security Best Practices v1.0.0",
        _FSBP,
    ),
    (
        "standards/aws-resource-tagging-standard/v/1.0.0",
        "AWS Resource Tagging Standard v1.0.0",
        _TAGGING,
    ),
    (
        "standards/ai-security-best-practices/v/1.0.0",
        "AI Security Best Practices v1.0.0",
        _AI,
    ),
    (
        "ruleset/cis-aws-foundations-benchmark/v/1.2.0",
        "CIS AWS Foundations Benchmark v1.2.0",
        _CIS.format("1.2.0"),
    ),
    *(
        (
            f"standards/cis-aws-foundations-benchmark/v/{version}",
            f"CIS AWS Foundations Benchmark v{version}",
            _CIS.format(version),
        )
        for version in ("1.4.0", "3.0.0", "5.0.0")
    ),
    (
        "standards/cis-azure-foundations-benchmark/v/4.0.0",
        "CIS Azure Foundations Benchmark v4.0.0",
        _CIS_AZURE,
    ),
    (
        "standards/nist-800-171/v/2.0.0",
        "NIST Special Publication 800-171 Revision 2",
        _NIST_171,
    ),
    (
        "standards/nist-800-53/v/5.0.0",
        "NIST Special Publication 800-53 Revision 5",
        _NIST_53,
    ),
    *(
        (f"standards/pci-dss/v/{version}", f"PCI DSS v{version}", _PCI.format(version))
        for version in ("3.2.1", "4.0.1")
    ),
)

#: those that come with a hub (source: API page EnableSecurityHub)
_DEFAULTS = (
    "standards/aws-foundational-security-best-practices/v/1.0.0",
    "ruleset/cis-aws-foundations-benchmark/v/1.2.0",
)


@cache
def _catalogue(partition: str, region: str) -> dict[str, Standard]:
    """Return the standards of a region by their ARNs; rulesets are the same in all regions."""
    catalogue = {}
    for resource, name, description in _STANDARDS:
        where = "" if resource.startswith("ruleset/") else region
        arn = f"arn:{partition}:securityhub:{where}::{resource}"
        provider = "Azure" if "azure" in resource else "AWS"
        catalogue[arn] = Standard(arn, name, description, resource in _DEFAULTS, provider)
    return catalogue
