"""The catalogue of products, and the subscriptions to them."""

import json

import pytest

from membership_mock.securityhub.triage.product_catalogue import catalogue
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, refused
from tests.securityhub.triage.triage_samples import FALCON, PROWLER

SUBSCRIPTION = f"arn:aws:securityhub:{IRELAND}:{ADMIN}:product-subscription/"
#: a fresh hub in April 2026 (observed)
DEFAULTS = [
    "amazon/route-53-resolver-dns-firewall-advanced",
    "amazon/route-53-resolver-dns-firewall-aws-list",
    "aws/access-analyzer",
    "aws/config",
    "aws/firewall-manager",
    "aws/guardduty",
    "aws/health",
    "aws/inspector",
    "aws/macie",
    "aws/securityhub",
    "aws/ssm-patch-manager",
]


def enabled(client):
    """Return the products that are subscribed to, without the front of the ARNs."""
    listed = client.list_enabled_products_for_import()["ProductSubscriptions"]
    return [arn.removeprefix(SUBSCRIPTION) for arn in listed]


def test_a_new_hub_is_subscribed_to_the_products_of_aws(admin):
    assert enabled(admin) == DEFAULTS


def test_a_partner_is_subscribed_to_by_enabling_it(admin):
    answer = admin.enable_import_findings_for_product(ProductArn=FALCON)
    assert answer["ProductSubscriptionArn"] == f"{SUBSCRIPTION}crowdstrike/crowdstrike-falcon"
    assert enabled(admin) == [*DEFAULTS, "crowdstrike/crowdstrike-falcon"]


def test_a_subscription_belongs_to_one_account_in_one_region(admin, member, hub):
    ohio = hub(ADMIN, OHIO)
    admin.enable_import_findings_for_product(ProductArn=PROWLER)
    for other in (member, ohio):
        listed = other.list_enabled_products_for_import()["ProductSubscriptions"]
        assert len(listed) == len(DEFAULTS)


@pytest.mark.parametrize("arn", [PROWLER, f"arn:aws:securityhub:{IRELAND}::product/aws/guardduty"])
def test_a_subscription_can_be_ended_and_taken_up_again(admin, arn):
    tail = arn.partition("product/")[2]
    if tail not in DEFAULTS:
        admin.enable_import_findings_for_product(ProductArn=arn)
    for _ in range(2):
        answer = admin.disable_import_findings_for_product(
            ProductSubscriptionArn=f"{SUBSCRIPTION}{tail}"
        )
        assert answer.keys() == {"ResponseMetadata"}
        assert tail not in enabled(admin)
        admin.enable_import_findings_for_product(ProductArn=arn)
        assert tail in enabled(admin)


@pytest.mark.parametrize("arn", [PROWLER, f"arn:aws:securityhub:{IRELAND}::product/aws/guardduty"])
def test_a_second_subscription_to_a_product_conflicts(admin, arn):
    if arn == PROWLER:
        admin.enable_import_findings_for_product(ProductArn=arn)
    before = enabled(admin)
    code, status, _ = refused(admin.enable_import_findings_for_product, ProductArn=arn)
    assert (code, status) == ("ResourceConflictException", 409)
    assert enabled(admin) == before


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:securityhub:{IRELAND}::product/nobody/nothing",
        f"arn:aws:securityhub:{OHIO}::product/prowler/prowler",
        f"arn:aws:securityhub:{IRELAND}:{ADMIN}:product/prowler/prowler",
        f"arn:aws:securityhub:{IRELAND}:{ADMIN}:product/{ADMIN}/default",
    ],
)
def test_a_product_that_does_not_exist_here_is_not_found(admin, arn):
    # observed
    assert refused(admin.enable_import_findings_for_product, ProductArn=arn) == (
        "ResourceNotFoundException", 404, f'{{"productArn":"{arn}"}}',
    )  # fmt: skip
    assert enabled(admin) == DEFAULTS


def test_text_that_is_no_product_is_invalid(admin):
    text = "Invalid parameter 'ProductArn'. 'prowler' is not the ARN of a product."
    assert refused(admin.enable_import_findings_for_product, ProductArn="prowler") == (
        "InvalidInputException", 400, text,
    )  # fmt: skip


@pytest.mark.parametrize(
    "arn",
    [
        FALCON,
        f"arn:aws:securityhub:{IRELAND}:{MEMBER}:product-subscription/prowler/prowler",
        f"arn:aws:securityhub:{OHIO}:{ADMIN}:product-subscription/aws/guardduty",
    ],
)
def test_ending_what_is_no_subscription_of_ones_own_is_denied(admin, arn):
    # observed for the ARN of a product
    assert refused(admin.disable_import_findings_for_product, ProductSubscriptionArn=arn) == (
        "AccessDeniedException", 403,
        f"Account id {ADMIN} is not authorized to perform action on resource: {arn}",
    )  # fmt: skip
    assert enabled(admin) == DEFAULTS


def test_ending_a_subscription_that_there_is_not_is_not_found(admin):
    code, status, _ = refused(
        admin.disable_import_findings_for_product,
        ProductSubscriptionArn=f"{SUBSCRIPTION}prowler/prowler",
    )
    assert (code, status) == ("ResourceNotFoundException", 404)


def test_subscriptions_outlive_the_hub(admin):
    admin.enable_import_findings_for_product(ProductArn=PROWLER)
    admin.disable_security_hub()
    admin.enable_security_hub()
    assert "prowler/prowler" in enabled(admin)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("describe_products", {}),
        ("list_enabled_products_for_import", {}),
        ("enable_import_findings_for_product", {"ProductArn": PROWLER}),
        ("disable_import_findings_for_product", {"ProductSubscriptionArn": PROWLER}),
    ],
)
def test_products_need_a_hub(membership_mock, operation, arguments):
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    assert refused(getattr(client, operation), **arguments) == (
        "InvalidAccessException", 401, f"Account {ADMIN} is not subscribed to AWS Security Hub",
    )  # fmt: skip


# the catalogue


def test_every_product_of_the_catalogue_is_described_once(admin):
    pages = admin.get_paginator("describe_products").paginate(PaginationConfig={"PageSize": 7})
    arns = [each["ProductArn"] for page in pages for each in page["Products"]]
    assert arns == sorted(set(arns))
    assert len(arns) == len(catalogue())


def test_one_product_is_described_by_its_arn(admin):
    (falcon,) = admin.describe_products(ProductArn=FALCON)["Products"]
    assert (falcon["CompanyName"], falcon["ProductName"]) == ("CrowdStrike", "CrowdStrike Falcon")
    assert falcon["IntegrationTypes"] == ["SEND_FINDINGS_TO_SECURITY_HUB"]
    policy = json.loads(falcon["ProductSubscriptionResourcePolicy"])
    assert [(each["Principal"]["AWS"], each["Resource"]) for each in policy["Statement"]] == [
        ("517716713836", f"{SUBSCRIPTION}crowdstrike/crowdstrike-falcon"),
        (ADMIN, FALCON),
    ]
    assert {
        each["Condition"]["StringEquals"]["securityhub:TargetAccount"]
        for each in policy["Statement"]
    } == {ADMIN}


def test_an_unknown_product_is_described_by_nothing(admin):
    arn = f"arn:aws:securityhub:{IRELAND}::product/nobody/nothing"
    assert admin.describe_products(ProductArn=arn)["Products"] == []


def test_the_catalogue_of_another_partition_has_its_arns(hub):
    client = hub(ADMIN, "us-gov-west-1")
    arns = [each["ProductArn"] for each in client.describe_products()["Products"]]
    assert all(arn.startswith("arn:aws-us-gov:securityhub:us-gov-west-1:") for arn in arns)


def test_the_token_null_asks_for_the_first_page(admin):
    # documented
    first = admin.list_enabled_products_for_import(MaxResults=2)["ProductSubscriptions"]
    again = admin.list_enabled_products_for_import(MaxResults=2, NextToken="NULL")
    assert again["ProductSubscriptions"] == first
