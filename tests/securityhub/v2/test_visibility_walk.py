"""A random walk of four accounts over two regions, against a model of who sees which finding.

Three of the accounts belong to an organization, of which the first comes to be the administrator
and ceases to be it. After each step every account sees in each region what the model says.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from membership_mock import mock_membership
from tests.securityhub.findings.finding_samples import finding
from tests.securityhub.samples import IRELAND, OHIO, Organization
from tests.securityhub.v2.ocsf import where
from tests.walks import walks

REGIONS = (IRELAND, OHIO)
ACCOUNT = st.integers(0, 3)
REGION = st.sampled_from(REGIONS)
LABELS = {"HIGH": 4, "LOW": 2}
#: account, region
Place = tuple[int, str]


class Visibility(RuleBasedStateMachine):
    """What is done, and what the model says of it."""

    def __init__(self) -> None:
        super().__init__()
        self.mock = mock_membership()
        self.mock.start()
        organization = Organization(self.mock)
        self.management = organization.hub()
        self.ids = [*organization.accounts(("one", "two", "three")), "777777777777"]
        self.clients = {
            (at, region): self.mock.client("securityhub", account=account, region=region)
            for at, account in enumerate(self.ids)
            for region in REGIONS
        }
        for client in self.clients.values():
            client.enable_security_hub(EnableDefaultStandards=False)
        self.led = False
        self.hubs: set[Place] = set()
        self.homes: dict[int, str] = {}
        self.kept: dict[Place, int] = {}
        self.rules: set[Place] = set()
        self.imports = 0
        #: the severity of each finding as imported last, and the number of its first import
        self.findings: dict[Place, tuple[int, int]] = {}
        #: what was set on it in V2
        self.severities: dict[Place, int] = {}

    def teardown(self) -> None:
        self.mock.stop()

    def owner(self, account: int) -> int:
        """Return whose rules act on the findings of an account."""
        return 0 if self.led and account < 3 else account

    def is_member(self, account: int) -> bool:
        """Return whether another account administers the organization of this one."""
        return self.led and account in (1, 2)

    def attempt(self, expected: bool, call: Any, **arguments: Any) -> Any:
        """Make a call, which has to succeed if that is expected, and to be refused otherwise."""
        try:
            answer = call(**arguments)
        except ClientError:
            assert not expected
            return None
        assert expected
        return answer

    # --- steps ---

    @rule(account=ACCOUNT, region=REGION)
    def enable(self, account: int, region: str) -> None:
        self.clients[account, region].enable_security_hub_v2()
        self.hubs.add((account, region))

    @rule(account=ACCOUNT, region=REGION)
    def disable(self, account: int, region: str) -> None:
        self.clients[account, region].disable_security_hub_v2()
        if (account, region) in self.hubs:
            self.hubs.discard((account, region))
            self.rules.discard((account, region))
            self.severities.pop((account, region), None)
            self.kept.pop((account, region), None)
            if self.homes.get(account) == region:
                del self.homes[account]

    @rule()
    def designate_or_not(self) -> None:
        call = (
            self.management.disable_organization_admin_account
            if self.led
            else self.management.enable_organization_admin_account
        )
        call(AdminAccountId=self.ids[0], Feature="SecurityHubV2")
        self.led = not self.led

    @rule(account=ACCOUNT, region=REGION)
    def aggregate(self, account: int, region: str) -> None:
        place = (account, region)
        allowed = place in self.hubs and not self.is_member(account) and account not in self.homes
        (other,) = (each for each in REGIONS if each != region)
        self.attempt(
            allowed,
            self.clients[place].create_aggregator_v2,
            RegionLinkingMode="SPECIFIED_REGIONS",
            LinkedRegions=[other],
        )
        if allowed:
            self.homes[account] = region

    @rule(account=ACCOUNT)
    def stop_aggregation(self, account: int) -> None:
        home = self.homes.get(account)
        if home is None or (account, home) not in self.hubs or self.is_member(account):
            return
        client = self.clients[account, home]
        (found,) = client.list_aggregators_v2()["AggregatorsV2"]
        client.delete_aggregator_v2(AggregatorV2Arn=found["AggregatorV2Arn"])
        del self.homes[account]
        self.kept[account, home] = self.imports

    @rule(account=ACCOUNT, region=REGION)
    def make_rule(self, account: int, region: str) -> None:
        place = (account, region)
        if place in self.rules:
            return
        home = self.homes.get(account)
        allowed = place in self.hubs and not self.is_member(account) and home in (None, region)
        self.attempt(
            allowed,
            self.clients[place].create_automation_rule_v2,
            RuleName="critical",
            Description="What is high is critical.",
            RuleOrder=1,
            Criteria={"OcsfFindingCriteria": where("String", "severity", Value="High")},
            Actions=[{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"SeverityId": 5}}],
        )
        if allowed:
            self.rules.add(place)

    @rule(account=ACCOUNT, region=REGION, label=st.sampled_from(sorted(LABELS)))
    def send(self, account: int, region: str, label: str) -> None:
        place = (account, region)
        self.imports += 1
        stamp = f"2026-02-01T00:{self.imports // 60:02}:{self.imports % 60:02}Z"
        answer = self.clients[place].batch_import_findings(
            Findings=[
                finding("f", self.ids[account], region, Severity={"Label": label}, UpdatedAt=stamp)
            ]
        )
        assert answer["FailedCount"] == 0
        _, first = self.findings.get(place, (0, self.imports))
        self.findings[place] = (LABELS[label], first)
        owner = self.owner(account)
        home = self.homes.get(owner, region)
        acts = {(owner, region), (owner, home)} & self.rules
        if place in self.hubs and acts and label == "HIGH":
            self.severities[place] = 5

    @rule(viewer=ACCOUNT, region=REGION, account=ACCOUNT)
    def note(self, viewer: int, region: str, account: int) -> None:
        """Let a viewer change the severity of all that it sees of an account."""
        if (viewer, region) not in self.hubs:
            return
        client = self.clients[viewer, region]
        uids = [
            one["metadata"]["uid"]
            for one in client.get_findings_v2()["Findings"]
            if one["cloud"]["account"]["uid"] == self.ids[account]
        ]
        if uids:
            client.batch_update_findings_v2(MetadataUids=uids, SeverityId=1)
            for place in self.seen(viewer, region):
                if place[0] == account:
                    self.severities[place] = 1

    # --- what holds ---

    def seen(self, viewer: int, region: str) -> set[Place]:
        """Return the places whose finding a viewer sees in a region."""
        accounts = {0, 1, 2} if self.led and viewer == 0 else {viewer}
        is_home = self.homes.get(viewer) == region and not self.is_member(viewer)
        kept = self.kept.get((viewer, region), 0)
        return {
            place
            for place, (_, first) in self.findings.items()
            if place[0] in accounts
            and place in self.hubs
            and (place[1] == region or is_home or first <= kept)
        }

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        for viewer, region in sorted(self.hubs):
            found = self.clients[viewer, region].get_findings_v2()["Findings"]
            assert {
                (self.ids.index(one["cloud"]["account"]["uid"]), one["cloud"]["region"]): one[
                    "severity_id"
                ]
                for one in found
            } == {
                place: self.severities.get(place, self.findings[place][0])
                for place in self.seen(viewer, region)
            }


TestVisibility = Visibility.TestCase
TestVisibility.settings = settings(
    max_examples=walks(8),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
