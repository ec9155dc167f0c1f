"""Seeds of products, insights, custom actions and automation rules."""

import pytest

from membership_mock.errors import SeedRefused, UsageError
from tests.securityhub.findings.finding_samples import bring, finding, only
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER
from tests.securityhub.triage.triage_samples import equals, groups

LOW = {"SeverityLabel": equals("LOW")}


@pytest.fixture
def given(membership_mock):
    """The seeds of Security Hub."""
    return membership_mock.given.securityhub


@pytest.fixture
def client(membership_mock):
    """A client of the account that is seeded."""
    return membership_mock.client("securityhub", account=ADMIN, region=IRELAND)


def test_a_product_of_the_catalogue_is_ready_in_one_line(given, client):
    seeded = given.product("prowler/prowler", ADMIN, region=IRELAND)
    assert seeded.arn == f"arn:aws:securityhub:{IRELAND}::product/prowler/prowler"
    listed = client.list_enabled_products_for_import()["ProductSubscriptions"]
    assert seeded.subscription_arn in listed
    bring(client, finding(ProductArn=seeded.arn))
    assert given.product(seeded.arn, ADMIN, region=IRELAND) == seeded


def test_a_product_with_an_account_is_found_by_its_tail(given):
    seeded = given.product("crowdstrike/crowdstrike-falcon", ADMIN, region=IRELAND)
    assert ":517716713836:" in seeded.arn


def test_a_new_product_is_added_with_its_names(given, client):
    seeded = given.product("acme/scanner", ADMIN, product_name="Scanner", region=IRELAND)
    bring(client, finding(ProductArn=seeded.arn))
    assert (only(client)["CompanyName"], only(client)["ProductName"]) == ("acme", "Scanner")
    (described,) = client.describe_products(ProductArn=seeded.arn)["Products"]
    assert described["ProductName"] == "Scanner"


def test_a_new_product_may_have_the_account_of_its_vendor(given, membership_mock, client):
    arn = f"arn:aws:securityhub:{IRELAND}:{MEMBER}:product/acme/scanner"
    given.product(arn, ADMIN, region=IRELAND)
    vendor = membership_mock.client("securityhub", account=MEMBER, region=IRELAND)
    bring(vendor, finding("one", ADMIN, ProductArn=arn))
    assert only(client)["ProductName"] == "scanner"


@pytest.mark.parametrize(
    ("product", "words"),
    [
        ("prowlr/prowler", "nearest: 'prowler/prowler'"),
        ("prowler", "is not a product of Security Hub"),
        ("arn:aws:securityhub:us-east-2::product/prowler/prowler", "is not one of eu-west-1"),
        ("arn:aws-cn:securityhub:eu-west-1::product/acme/scanner", "is not one of eu-west-1"),
        (
            f"arn:aws:securityhub:eu-west-1:{ADMIN}:product/{ADMIN}/default",
            "the account's own: its findings can be imported without a subscription",
        ),
    ],
)
def test_a_product_that_cannot_be_meant_is_a_usage_error(given, client, product, words):
    with pytest.raises(UsageError, match=words):
        given.product(product, ADMIN, region=IRELAND)


def test_a_seeded_finding_subscribes_to_its_product(given, client):
    arn = f"arn:aws:securityhub:{IRELAND}::product/prowler/prowler"
    given.finding(ADMIN, region=IRELAND, ProductArn=arn)
    assert only(client)["ProductName"] == "Prowler"


@pytest.mark.parametrize("arn", [None, 7, ["x"], "text"])
def test_a_seeded_finding_of_what_is_no_product_is_refused_as_before(given, arn):
    with pytest.raises(SeedRefused):
        given.finding(ADMIN, region=IRELAND, ProductArn=arn)


def test_an_insight_is_seeded_once_by_its_name(given, client):
    given.finding(ADMIN, region=IRELAND, Severity={"Label": "LOW"}, Title="low")
    first = given.insight(ADMIN, region=IRELAND, name="mine")
    second = given.insight(ADMIN, region=IRELAND, name="mine", filters=LOW, group_by="Title")
    assert first == second
    (found,) = client.get_insights()["Insights"]
    assert (found["InsightArn"], found["Filters"]) == (first.arn, LOW)
    assert groups(client, first.arn) == {"low": 1}


def test_an_action_is_seeded_once_by_its_id(given, client):
    first = given.action_target(ADMIN, region=IRELAND)
    second = given.action_target(ADMIN, region=IRELAND, name="renamed")
    assert first == second
    (found,) = client.describe_action_targets()["ActionTargets"]
    assert (found["ActionTargetArn"], found["Name"]) == (first.arn, "renamed")


def test_a_rule_is_seeded_once_by_its_name_and_acts(given, client):
    update = {"Workflow": {"Status": "SUPPRESSED"}}
    first = given.automation_rule(ADMIN, region=IRELAND, criteria=LOW, update=update, enabled=False)
    second = given.automation_rule(
        ADMIN, region=IRELAND, criteria=LOW, update=update, order=7, terminal=True
    )
    assert first == second
    (found,) = client.list_automation_rules()["AutomationRulesMetadata"]
    assert (found["RuleArn"], found["RuleOrder"]) == (first.arn, 7)
    assert (found["RuleStatus"], found["IsTerminal"]) == ("ENABLED", True)
    given.finding(ADMIN, region=IRELAND, Severity={"Label": "LOW"})
    assert only(client)["Workflow"]["Status"] == "SUPPRESSED"


def test_a_members_rule_is_refused_and_nothing_has_happened(given, membership_mock):
    given.member(ADMIN, MEMBER, region=IRELAND)
    before = str(membership_mock)
    with pytest.raises(SeedRefused, match="seed those of their administrator"):
        given.automation_rule(MEMBER, region=IRELAND, criteria=LOW, update={"Confidence": 1})
    assert str(membership_mock) == before


def test_a_world_is_seeded_with_triage_and_loads_again(membership_mock, tmp_path):
    membership_mock.given.world(
        {
            "securityhub": [
                {
                    "product": {
                        "product": "acme/scanner",
                        "product_name": "Scanner",
                        "account": ADMIN,
                    }
                },
                {"insight": {"account": ADMIN}},
                {"action_target": {"account": ADMIN}},
                {
                    "automation_rule": {
                        "account": ADMIN,
                        "criteria": LOW,
                        "update": {"Confidence": 1},
                    }
                },
                {"finding": {"account": ADMIN, "Severity": {"Label": "LOW"}}},
            ]
        }
    )
    shown = str(membership_mock)
    for words in ("insight 'An insight'", "action 'Triage'", "automation rules: 1", "acme/scanner"):
        assert words in shown
    dump = membership_mock.dump()
    membership_mock.reset()
    membership_mock.load(dump)
    assert str(membership_mock) == shown
    client = membership_mock.client("securityhub", account=ADMIN)
    (found,) = client.get_findings()["Findings"]
    record = client.get_finding_history(
        FindingIdentifier={"Id": found["Id"], "ProductArn": found["ProductArn"]}
    )["Records"][0]
    assert record["Updates"] == [{"UpdatedField": "Confidence", "NewValue": "1"}]
    (described,) = client.describe_products(
        ProductArn="arn:aws:securityhub:us-east-1::product/acme/scanner"
    )["Products"]
    assert described["CompanyName"] == "acme"
