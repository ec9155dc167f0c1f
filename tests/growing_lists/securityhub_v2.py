"""The lists of Security Hub V2."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.growing_lists.growing_list import ACCOUNT, REGION, Add, GrowingList, growing
from tests.securityhub.findings.finding_samples import bring, finding

LISTS: list[GrowingList] = []
SERVICE = "securityhub"
_list = partial(growing, LISTS, SERVICE)
Started = tuple[Any, dict[str, Any], Add]


def _client(mock: Any) -> Any:
    mock.quotas.set(SERVICE, "automation_rules_v2", 1_000_000)
    client = mock.client(SERVICE, account=ACCOUNT, region=REGION)
    client.enable_security_hub(EnableDefaultStandards=False)
    client.enable_security_hub_v2()
    return client


def _finding(client: Any, number: int) -> None:
    resource = {"Type": "AwsEc2Instance", "Id": f"i-{number}"}
    bring(
        client,
        finding(f"finding {number}", account=ACCOUNT, region=REGION, Resources=[resource]),
    )


@_list("GetFindingsV2")
def _findings(mock: Any) -> Started:
    client = _client(mock)
    return client, {}, partial(_finding, client)


@_list("ListAutomationRulesV2")
def _rules(mock: Any) -> Started:
    client = _client(mock)

    def add(number: int) -> None:
        client.create_automation_rule_v2(
            RuleName=f"rule{number}",
            Description="A rule",
            RuleOrder=number + 1,
            Criteria={"OcsfFindingCriteria": {}},
            Actions=[{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 2}}],
        )

    return client, {}, add
