"""ARNs of another account, region, partition, kind or service, and texts that are no ARN."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from membership_mock import mock_membership
from tests.securityhub.central_configuration.central import Central, on

ACCOUNT = "111111111111"
REGION = "eu-west-1"
ID_FILTER = {"Id": [{"Value": "x", "Comparison": "EQUALS"}]}


class Samples(NamedTuple):
    """The client and the ARNs of one resource of each kind."""

    client: Any
    action: str
    aggregator: str
    control: str
    hub: str
    insight: str
    product_subscription: str
    rule: str
    standards_control: str
    subscription: str


@pytest.fixture(scope="module")
def own():
    with mock_membership() as mock:
        client = mock.client("securityhub", account=ACCOUNT, region=REGION)
        client.enable_security_hub()
        subscription = client.get_enabled_standards()["StandardsSubscriptions"][0]
        arn = subscription["StandardsSubscriptionArn"]
        controls = client.describe_standards_controls(StandardsSubscriptionArn=arn, MaxResults=1)
        yield Samples(
            client=client,
            action=client.create_action_target(Name="n", Description="d", Id="act")[
                "ActionTargetArn"
            ],
            aggregator=client.create_finding_aggregator(RegionLinkingMode="NO_REGIONS")[
                "FindingAggregatorArn"
            ],
            control=f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/IAM.1",
            hub=client.describe_hub()["HubArn"],
            insight=client.create_insight(
                Name="n", Filters=ID_FILTER, GroupByAttribute="ResourceId"
            )["InsightArn"],
            product_subscription=client.enable_import_findings_for_product(
                ProductArn=f"arn:aws:securityhub:{REGION}:453761072151:product/turbot/turbot"
            )["ProductSubscriptionArn"],
            rule=client.create_automation_rule(
                RuleOrder=1,
                RuleName="r",
                Description="d",
                Criteria=ID_FILTER,
                Actions=[
                    {"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"Confidence": 1}}
                ],
            )["RuleArn"],
            standards_control=controls["Controls"][0]["StandardsControlArn"],
            subscription=arn,
        )


def foreign(arn: str) -> list[str]:
    """Return ``arn`` with each part changed that says whose it is."""
    partition, service, region, account, resource = arn.split(":", 5)[1:]
    return [
        f"arn:{partition}:{service}:{region}:999999999999:{resource}",
        f"arn:{partition}:{service}:{region}::{resource}",
        f"arn:{partition}:{service}:us-east-1:{account}:{resource}",
        f"arn:{partition}:{service}::{account}:{resource}",
        f"arn:aws-us-gov:{service}:{region}:{account}:{resource}",
    ]


def no_arns(arn: str) -> list[str]:
    """Return an ARN of another service, and a text that is no ARN."""
    return [arn.replace(":securityhub:", ":guardduty:"), "nonsense"]


def answered(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


ONLY_OWN = [
    ("update_action_target", "ActionTargetArn", "action", {"Name": "new"}),
    ("delete_action_target", "ActionTargetArn", "action", {}),
    ("get_insight_results", "InsightArn", "insight", {}),
    ("update_insight", "InsightArn", "insight", {"Name": "new"}),
    ("delete_insight", "InsightArn", "insight", {}),
    (
        "disable_import_findings_for_product",
        "ProductSubscriptionArn",
        "product_subscription",
        {},
    ),
    ("describe_standards_controls", "StandardsSubscriptionArn", "subscription", {}),
    (
        "update_standards_control",
        "StandardsControlArn",
        "standards_control",
        {"ControlStatus": "ENABLED"},
    ),
    ("update_security_control", "SecurityControlId", "control", {"Parameters": {}}),
    ("list_standards_control_associations", "SecurityControlId", "control", {}),
    ("get_insights", "InsightArns", "insight", {}),
    ("get_enabled_standards", "StandardsSubscriptionArns", "subscription", {}),
    ("batch_disable_standards", "StandardsSubscriptionArns", "subscription", {}),
]


@pytest.mark.parametrize(
    ("method", "field", "kind", "more"), ONLY_OWN, ids=[each[0] for each in ONLY_OWN]
)
def test_an_arn_that_is_not_of_the_own_account_and_region_is_denied(own, method, field, kind, more):
    call, arn = getattr(own.client, method), getattr(own, kind)
    value = (lambda text: [text]) if field.endswith("Arns") else str
    for each in foreign(arn):
        text = f"Account id {ACCOUNT} is not authorized to perform action on resource: {each}"
        assert answered(call, **{field: value(each)}, **more) == ("AccessDeniedException", text)
    for each in no_arns(arn):
        code, text = answered(call, **{field: value(each)}, **more)
        assert (code, each in text) == ("InvalidInputException", True)
    if kind != "control":
        of_a_hub = arn.rpartition(":")[0] + ":hub/default"
        assert answered(call, **{field: value(of_a_hub)}, **more)[0] == "AccessDeniedException"


LOOKED_UP_WHOLE = [
    ("describe_hub", "HubArn", "hub", {}),
    ("get_finding_aggregator", "FindingAggregatorArn", "aggregator", {}),
    (
        "update_finding_aggregator",
        "FindingAggregatorArn",
        "aggregator",
        {"RegionLinkingMode": "NO_REGIONS"},
    ),
    ("delete_finding_aggregator", "FindingAggregatorArn", "aggregator", {}),
    ("batch_get_automation_rules", "AutomationRulesArns", "rule", {}),
    ("batch_delete_automation_rules", "AutomationRulesArns", "rule", {}),
]


@pytest.mark.parametrize(
    ("method", "field", "kind", "more"), LOOKED_UP_WHOLE, ids=[each[0] for each in LOOKED_UP_WHOLE]
)
def test_a_foreign_arn_is_not_found_where_the_whole_arn_is_looked_up(
    own, method, field, kind, more
):
    call, arn = getattr(own.client, method), getattr(own, kind)
    for each in [*foreign(arn), *no_arns(arn)]:
        value = [each] if field.endswith("Arns") else each
        assert answered(call, **{field: value}, **more)[0] == "ResourceNotFoundException"


@pytest.mark.parametrize("kind", ["hub", "rule"])
def test_tags_of_a_foreign_arn_are_not_found_unless_the_models_pattern_refuses_it(own, kind):
    arn, client = getattr(own, kind), own.client
    calls = [
        (client.list_tags_for_resource, {}),
        (client.tag_resource, {"Tags": {"team": "red"}}),
        (client.untag_resource, {"TagKeys": ["team"]}),
    ]
    *of_the_partition, of_another = foreign(arn)
    for call, more in calls:
        for each in of_the_partition:
            assert answered(call, ResourceArn=each, **more)[0] == "ResourceNotFoundException"
        for each in (of_another, *no_arns(arn)):
            assert answered(call, ResourceArn=each, **more)[0] == "InvalidInputException"


def test_an_association_is_found_by_the_own_arn_of_its_policy_only(membership_mock):
    central = Central(membership_mock)
    policy = central.hub.create_configuration_policy(Name="policy", ConfigurationPolicy=on())
    central.hub.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=policy["Id"], Target={"RootId": central.root}
    )

    def found(identifier):
        answer = central.hub.list_configuration_policy_associations(
            Filters={"ConfigurationPolicyId": identifier}
        )
        return len(answer["ConfigurationPolicyAssociationSummaries"])

    assert found(policy["Id"]) == found(policy["Arn"]) > 0
    for each in [*foreign(policy["Arn"]), *no_arns(policy["Arn"])]:
        assert found(each) == 0
        assert (
            answered(central.hub.get_configuration_policy, Identifier=each)[0]
            == "ResourceNotFoundException"
        )
