"""Sample resources of Security Hub for Security Hub V2."""

from __future__ import annotations

import re
from typing import Any

from tests.contract.sample_resources import ACCOUNT, REGION
from tests.contract.samples_from_model import Break

#: what the newer operations say, by the kind of a violation
_WORDS = {
    "required": r"{name} is required",
    "length": r"{name} must (be|have) (between \S+ and \S+|at least \S+) (characters|entries)",
    "range": r"{name} must be (between \S+ and \S+|at least \S+)",
    "pattern": r"{name} is invalid: Member must satisfy regular expression pattern: .*",
    "enum": r"{name} must be one of: .*",
}


def call_v2(mock: Any) -> None:
    """Call all operations of V2 with success."""
    client = mock.client("securityhub", account=ACCOUNT, region=REGION)
    client.enable_security_hub_v2()
    client.describe_security_hub_v2()
    _aggregators(client)
    _findings(client)
    _resources(client)
    _rules(client)
    _connectors(client, mock.aws_side(account=ACCOUNT, region=REGION))
    if hasattr(client, "enable_security_hub_feature_v2"):
        _newest(client, mock.aws_side(account=ACCOUNT, region=REGION))
    client.disable_security_hub_v2()


def _newest(client: Any, aws: Any) -> None:
    """Call the operations that the oldest supported botocore does not have."""
    client.enable_security_hub_feature_v2(FeatureName="NETWORK_SCANNING")
    client.disable_security_hub_feature_v2(FeatureName="NETWORK_SCANNING")
    client.list_free_trial_statuses_v2()
    _exports(client)
    aws.record_software("openssl", "3.0", "library", on=["i-1"])
    client.get_software_v2()
    client.get_software_statistics_v2(GroupByRules=[{"GroupByField": "PackageName"}])
    client.get_software_resources_v2(PackageName="openssl", PackageType="library")
    exposure = aws.ocsf_finding(kind="exposure")
    target = aws.remediation_target([(exposure, "High", None)])
    client.get_remediations_v2()
    client.list_exposures_by_remediation_v2(TargetUid=target)
    unused = aws.ocsf_finding(kind="unused_permission")
    client.generate_recommended_policy_v2(MetadataUid=unused)
    client.get_recommended_policy_v2(MetadataUid=unused)
    _cspm_connectors(client)


def _exports(client: Any) -> None:
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
    job = client.start_export_job_v2(
        Destination={"S3": {"BucketArn": "arn:aws:s3:::reports", "KmsKeyArn": key}},
        OutputConfiguration={"Findings": {"Format": "OCSF_JSON"}},
    )["ExportJobId"]
    client.get_export_job_v2(ExportJobId=job)
    client.cancel_export_job_v2(ExportJobId=job)
    client.list_export_jobs_v2()


def _cspm_connectors(client: Any) -> None:
    settings = {
        "ScopeConfiguration": {"ScopeType": "TENANT"},
        "AzureRegions": ["westeurope"],
    }
    arn = f"arn:aws:config:{REGION}:{ACCOUNT}:connector/a"
    connector = client.create_connector(
        Name="azure", Provider={"Azure": {"AWSConfigConnectorArn": arn, **settings}}
    )["ConnectorId"]
    client.get_connector(ConnectorId=connector)
    client.update_connector(ConnectorId=connector, Provider={"Azure": settings})
    client.list_connectors()
    client.delete_connector(ConnectorId=connector)


def _aggregators(client: Any) -> None:
    wanted = {"RegionLinkingMode": "SPECIFIED_REGIONS", "LinkedRegions": ["eu-west-2"]}
    arn = client.create_aggregator_v2(**wanted)["AggregatorV2Arn"]
    client.get_aggregator_v2(AggregatorV2Arn=arn)
    client.list_aggregators_v2()
    client.update_aggregator_v2(AggregatorV2Arn=arn, **wanted)
    client.delete_aggregator_v2(AggregatorV2Arn=arn)


def _findings(client: Any) -> None:
    found = client.get_findings_v2()["Findings"][0]
    uid = found["metadata"]["uid"]
    client.batch_update_findings_v2(MetadataUids=[uid], StatusId=2)
    client.get_finding_statistics_v2(GroupByRules=[{"GroupByField": "severity"}])
    client.get_findings_trends_v2(StartTime="2026-01-01", EndTime="2026-01-02")
    client.describe_products_v2()


def _resources(client: Any) -> None:
    client.get_resources_v2()
    client.get_resources_statistics_v2(GroupByRules=[{"GroupByField": "ResourceType"}])
    client.get_resources_trends_v2(StartTime="2026-01-01", EndTime="2026-01-02")


def _rules(client: Any) -> None:
    rule = client.create_automation_rule_v2(
        RuleName="triage",
        Description="A rule",
        RuleOrder=1,
        Criteria={"OcsfFindingCriteria": {}},
        Actions=[{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 2}}],
    )
    client.get_automation_rule_v2(Identifier=rule["RuleId"])
    client.list_automation_rules_v2()
    client.update_automation_rule_v2(Identifier=rule["RuleId"], RuleOrder=2)
    client.delete_automation_rule_v2(Identifier=rule["RuleId"])


def _connectors(client: Any, aws: Any) -> None:
    client.create_aggregator_v2(RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=[])
    provider = {"JiraCloud": {"ProjectKey": "SEC"}}
    connector = client.create_connector_v2(Name="jira", Provider=provider)["ConnectorId"]
    visit = aws.authorize_connector(connector)
    client.register_connector_v2(AuthCode=visit.auth_code, AuthState=visit.auth_state)
    client.get_connector_v2(ConnectorId=connector)
    client.list_connectors_v2()
    client.update_connector_v2(ConnectorId=connector, Description="ours")
    client.create_ticket_v2(ConnectorId=connector, FindingMetadataUid="any", Mode="DRYRUN")
    client.delete_connector_v2(ConnectorId=connector)


def assert_newer_refusal(response: dict[str, Any], broken: Break) -> None:
    """Check the words of an operation that declares ValidationException."""
    message = response["Error"]["Message"]
    if broken.kind == "type":
        assert f"'/{'/'.join(map(str, broken.path))}'" in message
        return
    name = re.escape(".".join(map(str, broken.path)))
    assert re.fullmatch(_WORDS[broken.kind].format(name=name), message, re.DOTALL), message
