"""The families of Security Hub V2, for the service's backend."""

from __future__ import annotations

from membership_mock.engine.pipeline.operation import Family
from membership_mock.securityhub.v2.access.delegation import DelegationV2
from membership_mock.securityhub.v2.access.designation import DesignationV2
from membership_mock.securityhub.v2.access.home_region import HomeRegionV2
from membership_mock.securityhub.v2.access.scopes import ScopesV2
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.aggregation.aggregators import AggregatorsV2
from membership_mock.securityhub.v2.arrivals.arrivals import ArrivalsV2
from membership_mock.securityhub.v2.arrivals.resource_index import ResourceIndexV2
from membership_mock.securityhub.v2.arrivals.rule_runner import RuleRunnerV2
from membership_mock.securityhub.v2.automation_rules.automation_rules import AutomationRulesV2
from membership_mock.securityhub.v2.connectors.connectors import ConnectorsV2
from membership_mock.securityhub.v2.connectors.cspm_connectors import CspmConnectors
from membership_mock.securityhub.v2.connectors.ticket_maker import TicketMakerV2
from membership_mock.securityhub.v2.connectors.tickets import TicketsV2
from membership_mock.securityhub.v2.exports.exports import ExportsV2
from membership_mock.securityhub.v2.findings.finding_events import FindingEventsV2
from membership_mock.securityhub.v2.findings.findings import FindingsV2
from membership_mock.securityhub.v2.findings.products import ProductsV2
from membership_mock.securityhub.v2.findings.updates import FindingUpdatesV2
from membership_mock.securityhub.v2.findings.visibility import VisibleFindings
from membership_mock.securityhub.v2.hub.free_trials import FreeTrialsV2
from membership_mock.securityhub.v2.hub.hubs import HubsV2
from membership_mock.securityhub.v2.remediation.recommended_policies import RecommendedPoliciesV2
from membership_mock.securityhub.v2.remediation.remediations import RemediationsV2
from membership_mock.securityhub.v2.resources.resources import ResourcesV2
from membership_mock.securityhub.v2.software.software import SoftwareV2
from membership_mock.securityhub.v2.trends.finding_trends import FindingTrendsV2

V2_FAMILIES: tuple[type[Family], ...] = (
    SubscriptionV2,
    HubsV2,
    FreeTrialsV2,
    DelegationV2,
    DesignationV2,
    HomeRegionV2,
    AggregatorsV2,
    ScopesV2,
    VisibleFindings,
    ArrivalsV2,
    FindingsV2,
    FindingUpdatesV2,
    FindingEventsV2,
    ProductsV2,
    FindingTrendsV2,
    RuleRunnerV2,
    AutomationRulesV2,
    ConnectorsV2,
    TicketMakerV2,
    TicketsV2,
    ResourceIndexV2,
    ResourcesV2,
    ExportsV2,
    SoftwareV2,
    RemediationsV2,
    RecommendedPoliciesV2,
    CspmConnectors,
)

#: those with taggable resources
V2_TAGGED: tuple[type[Family], ...] = (
    HubsV2,
    AggregatorsV2,
    AutomationRulesV2,
    ConnectorsV2,
    CspmConnectors,
)

_PAGING = {"input_token": "NextToken", "output_token": "NextToken", "limit_key": "MaxResults"}
#: the lists that botocore has no paginator for
V2_PAGINATORS: dict[str, dict[str, str]] = {
    "ListAutomationRulesV2": {**_PAGING, "result_key": "Rules"},
    "ListConnectors": {**_PAGING, "result_key": "Connectors"},
    "ListConnectorsV2": {**_PAGING, "result_key": "Connectors"},
}
