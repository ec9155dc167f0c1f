"""Security controls: their definitions, their status, and who may ask for them."""

from __future__ import annotations

import pytest

from tests.securityhub.controls.controls import (
    CIS12,
    CIS14,
    FSBP,
    NIST,
    PCI,
    custom,
    security_control,
    shown,
    standard,
    update,
    with_standards,
)
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, refused

VIRGINIA = "us-east-1"
OREGON = "us-west-2"


def definitions(client, **arguments):
    pages = client.get_paginator("list_security_control_definitions").paginate(**arguments)
    return [each for page in pages for each in page["SecurityControlDefinitions"]]


# definitions


def test_all_controls_are_listed_in_the_byte_order_of_their_ids(admin):
    ids = [each["SecurityControlId"] for each in definitions(admin)]
    assert len(ids) == 589
    assert ids == sorted(ids)
    assert ids.index("APIGateway.1") < ids.index("Account.1")
    assert "EC2.22" in ids  # it belongs to no standard


def test_a_page_of_definitions_has_25_entries_unless_another_number_is_asked_for(admin):
    first = admin.list_security_control_definitions()
    assert len(first["SecurityControlDefinitions"]) == 25
    assert first["NextToken"]
    two = admin.list_security_control_definitions(MaxResults=2)
    assert len(two["SecurityControlDefinitions"]) == 2


def test_the_token_null_asks_for_the_first_page(admin):
    first = admin.list_security_control_definitions()
    assert (
        admin.list_security_control_definitions(NextToken="NULL")["SecurityControlDefinitions"]
        == first["SecurityControlDefinitions"]
    )


@pytest.mark.parametrize(
    ("name", "count"), [(FSBP, 377), (NIST, 297), (PCI, 44), (CIS12, 42), (CIS14, 39)]
)
def test_the_controls_of_a_standard_are_listed_though_it_is_not_enabled(hub, name, count):
    bare = hub(ADMIN, EnableDefaultStandards=False)
    assert len(definitions(bare, StandardsArn=standard(name))) == count


def test_a_standard_is_named_without_its_region_as_well(admin):
    arn = f"arn:aws:securityhub:::standards/{CIS14}"
    assert len(definitions(admin, StandardsArn=arn)) == 39


def test_the_standard_for_ai_is_described_and_has_its_controls(admin):
    arn = standard("ai-security-best-practices/v/1.0.0")
    assert arn in [each["StandardsArn"] for each in admin.describe_standards()["Standards"]]
    ids = [each["SecurityControlId"] for each in definitions(admin, StandardsArn=arn)]
    assert len(ids) == 31
    assert {"Bedrock.1", "BedrockAgentCore.7", "SageMaker.25"} <= set(ids)


@pytest.mark.parametrize(
    "arn",
    [
        standard("nope/v/1.0.0"),
        "nope",
        f"arn:aws:iam:{IRELAND}::standards/{FSBP}",
        f"arn:aws:securityhub:{IRELAND}::control/{FSBP}",
    ],
)
def test_a_standard_that_does_not_exist_is_refused(admin, arn):
    assert refused(admin.list_security_control_definitions, StandardsArn=arn) == (
        "InvalidInputException",
        400,
        f"Invalid Standards Arn: '{arn}'",
    )


@pytest.mark.newest_model
def test_controls_are_listed_by_provider(admin):
    assert definitions(admin, Providers=["Azure", "GCP"]) == []
    assert len(definitions(admin, Providers=["AWS", "GCP"])) == 589
    assert definitions(admin)[0]["Provider"] == "AWS"


def test_a_definition_in_a_list_has_no_parameter_definitions(admin):
    first, second, *_ = definitions(admin)
    assert (first["SecurityControlId"], first["CustomizableProperties"]) == (
        "ACM.1",
        ["Parameters"],
    )
    assert (second["SecurityControlId"], second["CustomizableProperties"]) == ("ACM.2", [])
    assert "ParameterDefinitions" not in first


def test_a_definition_names_the_parameters_with_type_default_and_range(admin):
    found = admin.get_security_control_definition(SecurityControlId="ACM.1")
    definition = found["SecurityControlDefinition"]
    assert definition["ParameterDefinitions"]["daysToExpiration"]["ConfigurationOptions"] == {
        "Integer": {"DefaultValue": 30, "Min": 14, "Max": 365}
    }
    assert definition["SeverityRating"] == "MEDIUM"
    assert definition["RemediationUrl"].endswith("/securityhub/ACM.1/remediation")
    assert "SecurityControlArn" not in definition


@pytest.mark.parametrize(
    ("control", "parameter", "options"),
    [
        (
            "AutoScaling.2",
            "minAvailabilityZones",
            {"Enum": {"DefaultValue": "2", "AllowedValues": ["2", "3", "4", "5", "6"]}},
        ),
        ("RDS.14", "BacktrackWindowInHours", {"Double": {"Min": 0.1, "Max": 72.0}}),
        ("ACM.3", "requiredTagKeys", {"StringList": {"MaxItems": 6}}),
        (
            "RDS.40",
            "logTypes",
            {
                "EnumList": {
                    "DefaultValue": ["agent", "error"],
                    "MaxItems": 2,
                    "AllowedValues": ["agent", "error"],
                }
            },
        ),
        ("CloudWatch.15", "okActionRequired", {"Boolean": {"DefaultValue": False}}),
        (
            "EC2.18",
            "authorizedTcpPorts",
            {"IntegerList": {"DefaultValue": [80, 443], "Min": 1, "Max": 65535}},
        ),
    ],
)
def test_each_type_of_parameter_has_its_options(admin, control, parameter, options):
    found = admin.get_security_control_definition(SecurityControlId=control)
    definitions_ = found["SecurityControlDefinition"]["ParameterDefinitions"]
    assert definitions_[parameter]["ConfigurationOptions"] == options


def test_a_control_without_parameters_has_no_parameter_definitions(admin):
    found = admin.get_security_control_definition(SecurityControlId="IAM.1")
    assert "ParameterDefinitions" not in found["SecurityControlDefinition"]
    assert found["SecurityControlDefinition"]["CustomizableProperties"] == []


@pytest.mark.parametrize("name", ["S3.999", "s3.1", security_control("S3.1")])
def test_a_definition_is_found_by_the_exact_id_only(admin, name):
    assert refused(admin.get_security_control_definition, SecurityControlId=name) == (
        "ResourceNotFoundException",
        404,
        f"The security control {name} was not found",
    )


@pytest.mark.parametrize(
    ("control", "region", "available"),
    [
        ("CloudFront.1", VIRGINIA, "AVAILABLE"),
        ("CloudFront.1", IRELAND, "UNAVAILABLE"),
        ("GlobalAccelerator.1", OREGON, "AVAILABLE"),
        ("ElastiCache.4", VIRGINIA, "UNAVAILABLE"),
        ("ElastiCache.4", OHIO, "AVAILABLE"),
    ],
)
def test_a_definition_says_whether_the_region_has_the_control(hub, control, region, available):
    found = hub(ADMIN, region).get_security_control_definition(SecurityControlId=control)
    assert found["SecurityControlDefinition"]["CurrentRegionAvailability"] == available


# controls


def test_controls_are_named_by_id_or_arn_and_come_in_the_order_of_the_request(admin):
    found = admin.batch_get_security_controls(
        SecurityControlIds=["S3.8", security_control("ACM.1"), "S3.8", "ACM.1"]
    )
    assert [each["SecurityControlId"] for each in found["SecurityControls"]] == ["S3.8", "ACM.1"]
    assert found["SecurityControls"][1]["SecurityControlArn"] == security_control("ACM.1")
    assert found["UnprocessedIds"] == []


def test_controls_that_cannot_be_found_are_unprocessed_and_stop_no_other(admin):
    foreign = security_control("S3.1", MEMBER)
    elsewhere = security_control("S3.1", region=OHIO)
    asked = ["S3.999", foreign, elsewhere, "S3 1", "arn:aws:s3:::S3.1", "S3.1"]
    found = admin.batch_get_security_controls(SecurityControlIds=asked)
    assert [each["SecurityControlId"] for each in found["SecurityControls"]] == ["S3.1"]
    assert found["UnprocessedIds"] == [
        {
            "SecurityControlId": "S3.999",
            "ErrorCode": "RESOURCE_NOT_FOUND",
            "ErrorReason": "Security control S3.999 not found",
        },
        *(
            {
                "SecurityControlId": arn,
                "ErrorCode": "ACCESS_DENIED",
                "ErrorReason": (
                    f"Account id {ADMIN} is not authorized to perform action on resource: {arn}"
                ),
            }
            for arn in (foreign, elsewhere)
        ),
        *(
            {
                "SecurityControlId": name,
                "ErrorCode": "INVALID_INPUT",
                "ErrorReason": f"Invalid security control identifier: '{name}'",
            }
            for name in ("S3 1", "arn:aws:s3:::S3.1")
        ),
    ]


def test_no_controls_are_an_empty_answer(admin):
    found = admin.batch_get_security_controls(SecurityControlIds=[])
    assert (found["SecurityControls"], found["UnprocessedIds"]) == ([], [])


def test_more_than_100_controls_are_refused(admin):
    ids = [f"S3.{number}" for number in range(101)]
    assert refused(admin.batch_get_security_controls, SecurityControlIds=ids) == (
        "InvalidInputException",
        400,
        "Invalid parameter 'SecurityControlIds'. Size '101' is greater than maximum value: 100.",
    )


def test_a_control_is_enabled_while_it_is_so_in_one_standard(hub):
    client = with_standards(hub, FSBP, CIS12)
    update(client, "CloudTrail.1", FSBP, "DISABLED")
    assert shown(client, "CloudTrail.1")["SecurityControlStatus"] == "ENABLED"
    update(client, "CloudTrail.1", CIS12, "DISABLED")
    assert shown(client, "CloudTrail.1")["SecurityControlStatus"] == "DISABLED"


def test_a_control_of_no_enabled_standard_is_disabled(admin):
    assert shown(admin, "ACM.3")["SecurityControlStatus"] == "DISABLED"  # tagging
    assert shown(admin, "EC2.22")["SecurityControlStatus"] == "DISABLED"  # of no standard


def test_a_control_that_the_region_does_not_have_is_disabled(admin):
    assert shown(admin, "CloudFront.1")["SecurityControlStatus"] == "DISABLED"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("list_security_control_definitions", {}),
        ("get_security_control_definition", {"SecurityControlId": "S3.1"}),
        ("batch_get_security_controls", {"SecurityControlIds": ["S3.1"]}),
        (
            "update_security_control",
            {
                "SecurityControlId": "ACM.1",
                "Parameters": custom(daysToExpiration={"Integer": 15}),
            },
        ),
        ("list_standards_control_associations", {"SecurityControlId": "S3.1"}),
        ("batch_get_standards_control_associations", {"StandardsControlAssociationIds": []}),
        (
            "batch_update_standards_control_associations",
            {"StandardsControlAssociationUpdates": []},
        ),
        ("describe_standards_controls", {"StandardsSubscriptionArn": "x"}),
        ("update_standards_control", {"StandardsControlArn": "x"}),
    ],
)
def test_controls_are_refused_without_a_hub(membership_mock, operation, arguments):
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    assert refused(getattr(client, operation), **arguments) == (
        "InvalidAccessException",
        401,
        f"Account {ADMIN} is not subscribed to AWS Security Hub",
    )
