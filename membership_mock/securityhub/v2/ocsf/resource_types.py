"""The types of resources: from ASFF to those of AWS Config, and their categories.

Observed: ``AwsEc2Instance`` is ``AWS::EC2::Instance``, ``AwsAccount`` is ``AWS::::Account``. The
rule for the others (split after the service) is inferred [SH-270]; unknown types stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

ACCOUNT = "AWS::::Account"

#: by how a type of ASFF begins after ``Aws``: the service as AWS Config spells it
_SERVICES: Mapping[str, str] = {
    "AmazonMq": "AmazonMQ",
    "ApiGateway": "ApiGateway",
    "AppSync": "AppSync",
    "Athena": "Athena",
    "AutoScaling": "AutoScaling",
    "Backup": "Backup",
    "Bedrock": "Bedrock",
    "CertificateManager": "CertificateManager",
    "CloudFormation": "CloudFormation",
    "CloudFront": "CloudFront",
    "CloudTrail": "CloudTrail",
    "CloudWatch": "CloudWatch",
    "CodeBuild": "CodeBuild",
    "Dms": "DMS",
    "DynamoDb": "DynamoDB",
    "Ec2": "EC2",
    "Ecr": "ECR",
    "Ecs": "ECS",
    "Efs": "EFS",
    "Eks": "EKS",
    "ElasticBeanstalk": "ElasticBeanstalk",
    "Elasticsearch": "Elasticsearch",
    "Elb": "ElasticLoadBalancing",
    "Elbv2": "ElasticLoadBalancingV2",
    "Events": "Events",
    "GuardDuty": "GuardDuty",
    "Iam": "IAM",
    "Kinesis": "Kinesis",
    "Kms": "KMS",
    "Lambda": "Lambda",
    "Msk": "MSK",
    "NetworkFirewall": "NetworkFirewall",
    "OpenSearchService": "OpenSearchService",
    "Rds": "RDS",
    "Redshift": "Redshift",
    "Route53": "Route53",
    "S3": "S3",
    "SageMaker": "SageMaker",
    "SecretsManager": "SecretsManager",
    "Sns": "SNS",
    "Sqs": "SQS",
    "Ssm": "SSM",
    "StepFunction": "StepFunctions",
    "Waf": "WAF",
    "WafRegional": "WAFRegional",
    "Wafv2": "WAFv2",
    "Xray": "XRay",
}
#: how AWS Config spells abbreviations at the start of a resource's name
_ABBREVIATIONS: Mapping[str, str] = {"Db": "DB", "Vpc": "VPC", "Vpn": "VPN", "Eip": "EIP"}

#: by service: the category of its resources (inferred [SH-190])
_CATEGORIES: Mapping[str, str] = {
    **dict.fromkeys(("EC2", "Lambda", "ECS", "EKS", "AutoScaling", "ElasticBeanstalk"), "Compute"),
    **dict.fromkeys(("RDS", "DynamoDB", "Redshift", "OpenSearchService"), "Database"),
    **dict.fromkeys(("S3", "EFS", "Backup"), "Storage"),
    **dict.fromkeys(("IAM",), "Identity"),
    **dict.fromkeys(
        (
            "ElasticLoadBalancing",
            "ElasticLoadBalancingV2",
            "CloudFront",
            "ApiGateway",
            "NetworkFirewall",
            "Route53",
        ),
        "Network",
    ),
    **dict.fromkeys(("SQS", "SNS", "AmazonMQ", "MSK", "Kinesis"), "Messaging"),
    **dict.fromkeys(("ECR", "CodeBuild"), "Code"),
    **dict.fromkeys(("Bedrock", "SageMaker"), "AI/ML"),
}
#: resources of EC2 that belong to the network
_NETWORK = re.compile(
    r"VPC|Subnet|NetworkAcl|NetworkInterface|SecurityGroup|RouteTable|Gateway|EIP"
)


@cache
def config_type(asff_type: str) -> str:
    """Return the type of a resource as AWS Config has it: ``AWS::EC2::Instance``."""
    if asff_type == "AwsAccount":
        return ACCOUNT
    name = asff_type.removeprefix("Aws")
    if name == asff_type:
        return asff_type
    for start in sorted(_SERVICES, key=len, reverse=True):
        rest = name.removeprefix(start)
        if name.startswith(start) and rest[:1].isupper():
            for short, spelled in _ABBREVIATIONS.items():
                if re.match(rf"{short}(?![a-z])", rest):
                    rest = spelled + rest[len(short) :]
            return f"AWS::{_SERVICES[start]}::{rest}"
    return asff_type


@cache
def category_of(resource_type: str) -> str:
    """Return the category of a resource by its type: ``Compute``; ``Other`` if it has none."""
    _, _, rest = resource_type.partition("::")
    service, _, name = rest.partition("::")
    if service == "EC2" and _NETWORK.match(name):
        return "Network"
    return _CATEGORIES.get(service, "Other")
