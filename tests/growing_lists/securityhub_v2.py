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


@_list("GetResourcesV2")
def _resources(mock: Any) -> Started:
    client = _client(mock)
    return client, {}, partial(_finding, client)


@_list("GetSoftwareV2")
def _software(mock: Any) -> Started:
    client, aws = _client(mock), mock.aws_side(account=ACCOUNT, region=REGION)

    def add(number: int) -> None:
        aws.record_software(f"package{number}", "3.0", "library", on=["i-1"])

    return client, {}, add


@_list("GetSoftwareResourcesV2")
def _software_resources(mock: Any) -> Started:
    client, aws = _client(mock), mock.aws_side(account=ACCOUNT, region=REGION)

    def add(number: int) -> None:
        aws.record_software("openssl", "3.0", "library", on=[f"i-{number}"])

    return client, {"PackageName": "openssl", "PackageType": "library"}, add


@_list("GetRemediationsV2")
def _remediations(mock: Any) -> Started:
    client, aws = _client(mock), mock.aws_side(account=ACCOUNT, region=REGION)

    def add(number: int) -> None:
        del number
        aws.remediation_target([(aws.ocsf_finding(kind="exposure"), "High", None)])

    return client, {}, add


@_list("ListFreeTrialStatusesV2")
def _free_trials(mock: Any) -> Started:
    organizations = mock.client("organizations", account=ACCOUNT, region="us-east-1")
    organizations.create_organization(FeatureSet="ALL")
    created = organizations.create_account(AccountName="security", Email="sec@example.com")
    security = created["CreateAccountStatus"]["AccountId"]
    mock.client(SERVICE, account=ACCOUNT, region=REGION).enable_organization_admin_account(
        AdminAccountId=security, Feature="SecurityHubV2"
    )

    def add(number: int) -> None:
        organizations.create_account(AccountName=f"a{number}", Email=f"a{number}@example.com")

    return mock.client(SERVICE, account=security, region=REGION), {}, add


@_list("ListExportJobsV2")
def _export_jobs(mock: Any) -> Started:
    client = _client(mock)
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"

    def add(number: int) -> None:
        del number
        job = client.start_export_job_v2(
            Destination={"S3": {"BucketArn": "arn:aws:s3:::reports", "KmsKeyArn": key}},
            OutputConfiguration={"Findings": {"Format": "OCSF_JSON"}},
        )["ExportJobId"]
        client.cancel_export_job_v2(ExportJobId=job)

    return client, {}, add


@_list("ListConnectors")
def _connectors(mock: Any) -> Started:
    client = _client(mock)

    def add(number: int) -> None:
        arn = f"arn:aws:config:{REGION}:{ACCOUNT}:connector/c{number}"
        settings = {"ScopeConfiguration": {"ScopeType": "TENANT"}, "AzureRegions": ["westeurope"]}
        client.create_connector(
            Name=f"azure{number}",
            Provider={"Azure": {"AWSConfigConnectorArn": arn, **settings}},
        )

    return client, {}, add


@_list("ListConnectorsV2")
def _ticket_connectors(mock: Any) -> Started:
    client = _client(mock)
    client.create_aggregator_v2(RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=[])

    def add(number: int) -> None:
        provider = {"JiraCloud": {"ProjectKey": "SEC"}}
        client.create_connector_v2(Name=f"jira{number}", Provider=provider)

    return client, {}, add
