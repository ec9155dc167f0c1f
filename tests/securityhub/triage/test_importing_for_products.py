"""What is subscribed decides what may be imported."""

import boto3
import pytest

from membership_mock.engine import running
from membership_mock.securityhub.triage.finding_import import FindingImport
from tests.securityhub.findings.finding_samples import bring, finding, names, only
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, refused
from tests.securityhub.triage.triage_samples import FALCON, PROWLER, equals, history, rule

VENDOR = "517716713836"


def denied(arn, who=f"arn:aws:iam::{ADMIN}:root"):
    """Return the text of AWS for a refused import."""
    return (
        f"User: {who} is not authorized to perform: securityhub:BatchImportFindings on resource:"
        f" {arn}"
    )


def test_findings_of_the_products_of_aws_can_be_imported_from_the_start(admin):
    arn = f"arn:aws:securityhub:{IRELAND}::product/aws/guardduty"
    bring(admin, finding(ProductArn=arn))
    assert names(admin) == ["one"]


@pytest.mark.parametrize("arn", [PROWLER, FALCON])
def test_a_partner_is_denied_as_a_whole_until_it_is_enabled(admin, arn):
    code, status, message = refused(
        admin.batch_import_findings, Findings=[finding("own"), finding("partner", ProductArn=arn)]
    )
    assert (code, status) == ("AccessDeniedException", 403)
    assert message.startswith(denied(arn))
    assert names(admin) == []
    admin.enable_import_findings_for_product(ProductArn=arn)
    bring(admin, finding("own"), finding("partner", ProductArn=arn))
    assert sorted(names(admin)) == ["own", "partner"]


def test_the_refusal_names_the_line_that_helps(admin, membership_mock):
    message = refused(admin.batch_import_findings, Findings=[finding(ProductArn=PROWLER)])[2]
    assert "mock.given.securityhub.product('prowler/prowler')" in message
    membership_mock.given.securityhub.product("prowler/prowler", ADMIN, region=IRELAND)
    bring(admin, finding(ProductArn=PROWLER))


def test_the_refusal_of_an_unknown_product_names_the_line_that_helps(admin, membership_mock):
    arn = f"arn:aws:securityhub:{IRELAND}::product/acme/scanner"
    message = refused(admin.batch_import_findings, Findings=[finding(ProductArn=arn)])[2]
    assert f"mock.given.securityhub.product('{arn}')" in message
    membership_mock.given.securityhub.product(arn, ADMIN, region=IRELAND)
    bring(admin, finding(ProductArn=arn))


def test_findings_stay_and_new_ones_are_denied_when_a_subscription_ends(admin):
    arn = admin.enable_import_findings_for_product(ProductArn=PROWLER)["ProductSubscriptionArn"]
    bring(admin, finding("before", ProductArn=PROWLER))
    admin.disable_import_findings_for_product(ProductSubscriptionArn=arn)
    code, _, _ = refused(
        admin.batch_import_findings, Findings=[finding("after", ProductArn=PROWLER)]
    )
    assert code == "AccessDeniedException"
    assert names(admin) == ["before"]


def test_a_product_of_aws_is_denied_when_its_subscription_has_ended(admin):
    arn = f"arn:aws:securityhub:{IRELAND}::product/aws/macie"
    admin.disable_import_findings_for_product(
        ProductSubscriptionArn=f"arn:aws:securityhub:{IRELAND}:{ADMIN}:product-subscription/aws/macie"
    )
    assert refused(admin.batch_import_findings, Findings=[finding(ProductArn=arn)])[1] == 403


def test_an_administrators_subscription_means_nothing_for_its_member(admin, member):
    admin.enable_import_findings_for_product(ProductArn=PROWLER)
    sent = finding("one", MEMBER, ProductArn=PROWLER)
    assert refused(member.batch_import_findings, Findings=[sent])[1] == 403


def test_without_a_hub_findings_of_a_partner_fail_one_by_one(membership_mock):
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    answer = client.batch_import_findings(Findings=[finding(ProductArn=PROWLER)])
    assert [one["ErrorCode"] for one in answer["FailedFindings"]] == ["InvalidAccess"]


# a vendor


def test_a_vendor_imports_into_the_accounts_of_its_customers(membership_mock, admin, member):
    for customer in (admin, member):
        customer.enable_import_findings_for_product(ProductArn=FALCON)
    vendor = membership_mock.client("securityhub", account=VENDOR, region=IRELAND)
    bring(
        vendor,
        finding("first", ADMIN, ProductArn=FALCON),
        finding("second", MEMBER, ProductArn=FALCON),
    )
    assert (names(admin), names(member)) == (["first"], ["second"])
    assert only(admin)["ProductName"] == "CrowdStrike Falcon"


def test_a_vendors_finding_fails_for_an_account_that_is_not_its_customer(
    membership_mock, admin, member
):
    admin.enable_import_findings_for_product(ProductArn=FALCON)
    vendor = membership_mock.client("securityhub", account=VENDOR, region=IRELAND)
    answer = vendor.batch_import_findings(
        Findings=[
            finding("first", ADMIN, ProductArn=FALCON),
            finding("second", MEMBER, ProductArn=FALCON),
        ]
    )
    assert answer["SuccessCount"] == 1
    assert answer["FailedFindings"] == [
        {
            "Id": "second",
            "ErrorCode": "InvalidAccess",
            "ErrorMessage": f"Account {MEMBER} is not subscribed to the product {FALCON}",
        }
    ]
    assert names(member) == []


def test_a_vendor_may_import_for_its_own_product_only(membership_mock, admin):
    admin.enable_import_findings_for_product(ProductArn=PROWLER)
    vendor = membership_mock.client("securityhub", account=VENDOR, region=IRELAND)
    sent = finding("one", ADMIN, ProductArn=PROWLER)
    code, _, message = refused(vendor.batch_import_findings, Findings=[sent])
    assert (code, message) == (
        "AccessDeniedException", denied(PROWLER, f"arn:aws:iam::{VENDOR}:root"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "arn", [PROWLER.replace(IRELAND, OHIO), PROWLER.replace("arn:aws:", "arn:aws-cn:")]
)
def test_products_of_another_region_or_partition_are_denied(admin, arn):
    admin.enable_import_findings_for_product(ProductArn=PROWLER)
    assert refused(admin.batch_import_findings, Findings=[finding(ProductArn=arn)])[2] == denied(
        arn
    )


# who is named


def test_the_refusal_names_the_role_that_signed(membership_mock, admin):
    sts = membership_mock.client("sts", account=ADMIN, region=IRELAND)
    given = sts.assume_role(RoleArn=f"arn:aws:iam::{ADMIN}:role/Importer", RoleSessionName="night")
    keys = given["Credentials"]
    client = boto3.client(
        "securityhub",
        region_name=IRELAND,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    who = f"arn:aws:sts::{ADMIN}:assumed-role/Importer/night"
    sent = finding(AwsAccountId=MEMBER)
    message = refused(client.batch_import_findings, Findings=[sent])[2]
    assert message == denied(sent["ProductArn"], who)


def test_the_refusal_names_the_user_that_signed(membership_mock, admin):
    iam = membership_mock.client("iam", account=ADMIN, region="us-east-1")
    iam.create_user(UserName="ana")
    keys = iam.create_access_key(UserName="ana")["AccessKey"]
    client = boto3.client(
        "securityhub",
        region_name=IRELAND,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
    )
    sent = finding(AwsAccountId=MEMBER)
    message = refused(client.batch_import_findings, Findings=[sent])[2]
    assert message == denied(sent["ProductArn"], f"arn:aws:iam::{ADMIN}:user/ana")


# names


@pytest.mark.parametrize(
    ("tail", "company", "product"),
    [
        # recorded findings of 2020 to 2025
        ("aws/securityhub", "AWS", "Security Hub"),
        ("aws/config", "AWS", "Config"),
        ("aws/guardduty", "Amazon", "GuardDuty"),
        ("aws/inspector", "Amazon", "Inspector"),
        ("prowler/prowler", "Prowler", "Prowler"),
        ("cloud-custodian/cloud-custodian", "Cloud Custodian", "Cloud Custodian"),
    ],
)
def test_a_finding_carries_the_names_of_its_product(admin, membership_mock, tail, company, product):
    arn = membership_mock.given.securityhub.product(tail, ADMIN, region=IRELAND).arn
    bring(admin, finding(ProductArn=arn, ProductName="Else", CompanyName="Else"))
    found = only(admin)
    assert (found["CompanyName"], found["ProductName"]) == (company, product)
    assert found["ProductFields"]["aws/securityhub/CompanyName"] == company
    by_name = {"ProductName": [{"Value": product, "Comparison": "EQUALS"}]}
    assert names(admin, Filters=by_name) == ["one"]


def test_a_finding_carries_the_name_of_its_account_in_the_organization(
    organization, delegated, admin_id
):
    bring(delegated, finding("one", admin_id))
    assert only(delegated)["AwsAccountName"] == "security"
    by_name = {"AwsAccountName": [{"Value": "security", "Comparison": "EQUALS"}]}
    assert names(delegated, Filters=by_name) == ["one"]


def test_a_finding_outside_of_organizations_has_the_name_that_it_brings(admin):
    bring(admin, finding("one"), finding("two", AwsAccountName="mine"))
    found = {one["Id"]: one.get("AwsAccountName") for one in admin.get_findings()["Findings"]}
    assert found == {"one": None, "two": "mine"}


# what AWS makes itself


def test_what_aws_makes_itself_needs_no_subscription_and_is_judged_by_rules(admin):
    arn = f"arn:aws:securityhub:{IRELAND}::product/aws/securityhub"
    admin.disable_import_findings_for_product(
        ProductSubscriptionArn=f"arn:aws:securityhub:{IRELAND}:{ADMIN}:product-subscription/aws/securityhub"
    )
    rule(admin, {"ProductName": equals("Security Hub")}, Confidence=5)
    state = running.require()
    ctx = state.pipeline.new_context("securityhub", "BatchImportFindings", ADMIN, IRELAND)
    family = state.backends.of("securityhub", ADMIN, IRELAND).family(FindingImport)
    family.take(ctx, [finding("own", ProductArn=arn)])
    found = only(admin)
    assert (found["ProductName"], found["Confidence"]) == ("Security Hub", 5)
    assert len(history(admin, {"Id": "own", "ProductArn": arn})) == 2
