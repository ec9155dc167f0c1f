"""Security standards and the subscriptions to them."""

import pytest

from tests.frozen_time import freeze_time
from tests.securityhub.central_configuration.central import SELF_MANAGED, Central
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, accept, invite, refused

FSBP = f"arn:aws:securityhub:{IRELAND}::standards/aws-foundational-security-best-practices/v/1.0.0"
CIS = "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0"
PCI = f"arn:aws:securityhub:{IRELAND}::standards/pci-dss/v/3.2.1"
AZURE = f"arn:aws:securityhub:{IRELAND}::standards/cis-azure-foundations-benchmark/v/4.0.0"


def subscription(name, account=ADMIN, region=IRELAND):
    return f"arn:aws:securityhub:{region}:{account}:subscription/{name}"


PCI_SUBSCRIPTION = subscription("pci-dss/v/3.2.1")


@pytest.fixture
def bare(hub):
    """An account with a hub and no standards."""
    return hub(ADMIN, EnableDefaultStandards=False)


def enable(client, *arns):
    requests = [{"StandardsArn": arn} for arn in arns]
    answer = client.batch_enable_standards(StandardsSubscriptionRequests=requests)
    return answer["StandardsSubscriptions"]


def disable(client, *arns):
    answer = client.batch_disable_standards(StandardsSubscriptionArns=list(arns))
    return answer["StandardsSubscriptions"]


def enabled(client, **arguments):
    found = client.get_enabled_standards(**arguments)["StandardsSubscriptions"]
    return {one["StandardsArn"]: one["StandardsStatus"] for one in found}


# which there are


def test_describe_standards_names_the_standards_of_the_region(bare):
    standards = bare.describe_standards()["Standards"]
    assert {FSBP, CIS, PCI} <= {one["StandardsArn"] for one in standards}
    assert [one["StandardsArn"] for one in standards if one["EnabledByDefault"]] == [FSBP, CIS]
    assert standards[0]["Name"] == "AWS Foundational Security Best Practices v1.0.0"
    assert standards[0]["StandardsManagedBy"] == {"Company": "AWS", "Product": "Security Hub"}


def test_describe_standards_goes_page_by_page(bare):
    whole = [one["Name"] for one in bare.describe_standards()["Standards"]]
    pages = bare.get_paginator("describe_standards").paginate(PaginationConfig={"PageSize": 3})
    assert [one["Name"] for page in pages for one in page["Standards"]] == whole


def test_describe_standards_goes_by_provider(bare):
    answer = bare.describe_standards(Providers=["Azure"])
    assert [one["StandardsArn"] for one in answer["Standards"]] == [AZURE]


def test_standards_of_china_have_its_partition(membership_mock):
    client = membership_mock.client("securityhub", account=ADMIN, region="cn-north-1")
    client.enable_security_hub()
    assert "arn:aws-cn:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0" in enabled(
        client
    )


# defaults


def test_default_standards_come_with_the_hub(admin):
    assert enabled(admin) == {FSBP: "READY", CIS: "READY"}


def test_default_standards_can_be_left_out(bare):
    assert enabled(bare) == {}


def test_a_hub_takes_its_standards_with_it(admin):
    admin.disable_security_hub()
    admin.enable_security_hub(EnableDefaultStandards=False)
    assert enabled(admin) == {}


# enabling


@pytest.mark.newest_model
def test_enabling_a_standard_answers_with_a_pending_subscription(bare):
    assert enable(bare, PCI) == [
        {
            "StandardsSubscriptionArn": PCI_SUBSCRIPTION,
            "StandardsArn": PCI,
            "StandardsInput": {},
            "StandardsStatus": "PENDING",
            "StandardsControlsUpdatable": "NOT_READY_FOR_UPDATES",
            "Provider": "AWS",
        }
    ]


def test_a_subscription_is_ready_at_the_next_look(bare):
    enable(bare, PCI)
    assert enabled(bare) == {PCI: "READY"}


def test_enabling_again_returns_the_subscription_that_there_is(bare):
    enable(bare, PCI)
    assert enabled(bare) == {PCI: "READY"}
    (again,) = enable(bare, PCI)
    assert (again["StandardsSubscriptionArn"], again["StandardsStatus"]) == (
        PCI_SUBSCRIPTION,
        "READY",
    )
    assert len(enabled(bare)) == 1


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:securityhub:eu-west-1::standards/nonsense/v/1.0.0",
        f"arn:aws:securityhub:{OHIO}::standards/pci-dss/v/3.2.1",
        f"arn:aws:securityhub:{IRELAND}::ruleset/cis-aws-foundations-benchmark/v/1.2.0",
    ],
)
def test_an_unknown_standard_is_refused_and_none_is_enabled(bare, arn):
    requests = [{"StandardsArn": PCI}, {"StandardsArn": arn}]
    assert refused(bare.batch_enable_standards, StandardsSubscriptionRequests=requests) == (
        "InvalidInputException",
        400,
        f'Invalid StandardsSubscriptionRequest(s): [{{"StandardsArn":"{arn}"}}]',
    )
    assert enabled(bare) == {}


@pytest.mark.newest_model
def test_a_standard_of_azure_is_ready_while_there_is_an_enabled_connector_to_azure(bare):
    def status():
        (found,) = bare.get_enabled_standards()["StandardsSubscriptions"]
        return found["StandardsStatus"], found.get("StandardsStatusReason")

    scope = {"ScopeType": "TENANT"}
    provider = {
        "Azure": {
            "ScopeConfiguration": scope,
            "AzureRegions": ["westeurope"],
            "AWSConfigConnectorArn": f"arn:aws:config:{IRELAND}:{ADMIN}:connector/azure",
        }
    }
    reason = {"StatusReasonCode": "NO_AVAILABLE_MULTICLOUD_CONNECTOR"}
    enable(bare, AZURE)
    connector_id = bare.create_connector(Name="azure", Provider=provider)["ConnectorId"]
    assert status() == ("INCOMPLETE", reason)  # the connector is PENDING_ENABLEMENT
    assert bare.get_connector(ConnectorId=connector_id)["EnablementStatus"] == "ENABLED"
    assert status() == ("READY", None)
    bare.delete_connector(ConnectorId=connector_id)
    assert status() == ("INCOMPLETE", reason)


@pytest.mark.newest_model
def test_standards_of_other_clouds_wait_for_a_connector(bare):
    enable(bare, AZURE)
    (found,) = bare.get_enabled_standards()["StandardsSubscriptions"]
    assert found["StandardsStatus"] == "INCOMPLETE"
    assert found["StandardsStatusReason"] == {
        "StatusReasonCode": "NO_AVAILABLE_MULTICLOUD_CONNECTOR"
    }


# disabling


def test_a_disabled_standard_is_deleting_and_then_gone(admin):
    assert PCI not in enabled(admin)
    arn = subscription("cis-aws-foundations-benchmark/v/1.2.0")
    (deleted,) = disable(admin, arn)
    assert (deleted["StandardsSubscriptionArn"], deleted["StandardsStatus"]) == (arn, "DELETING")
    assert enabled(admin) == {FSBP: "READY"}


def test_a_pending_standard_is_not_disabled(bare):
    enable(bare, PCI)
    assert refused(bare.batch_disable_standards, StandardsSubscriptionArns=[PCI_SUBSCRIPTION]) == (
        "InvalidInputException",
        400,
        f'StandardsSubscription(s) in state PENDING, please try later: ["{PCI_SUBSCRIPTION}"]',
    )
    assert enabled(bare) == {PCI: "READY"}
    assert len(disable(bare, PCI_SUBSCRIPTION)) == 1


def test_the_next_try_to_disable_a_pending_standard_succeeds(bare):
    enable(bare, PCI)
    refused(bare.batch_disable_standards, StandardsSubscriptionArns=[PCI_SUBSCRIPTION])
    assert len(disable(bare, PCI_SUBSCRIPTION)) == 1


@pytest.mark.membership_mock(settle="clock")
def test_a_refused_call_does_not_forget_a_standard_that_is_gone(hub, membership_mock):
    with freeze_time("2026-03-01T00:00:00Z") as clock:
        client = hub(ADMIN)
        clock.tick(60)
        disable(client, subscription("cis-aws-foundations-benchmark/v/1.2.0"))
        clock.tick(60)
        before = membership_mock.dump()
        for _ in range(2):
            code, *_ = refused(
                client.batch_disable_standards,
                StandardsSubscriptionArns=[subscription("cis-aws-foundations-benchmark/v/1.2.0")],
            )
            assert code == "InvalidInputException"
        assert membership_mock.dump() == before
        assert enabled(client) == {FSBP: "READY"}
        assert membership_mock.dump() != before


def test_a_standard_is_no_longer_pending_after_a_while(hub):
    with freeze_time("2026-03-01T00:00:00Z") as clock:
        client = hub(ADMIN, EnableDefaultStandards=False)
        enable(client, PCI)
        clock.tick(60)
        assert len(disable(client, PCI_SUBSCRIPTION)) == 1


def test_a_standard_can_be_enabled_again(bare):
    for _ in range(2):
        enable(bare, PCI)
        assert enabled(bare) == {PCI: "READY"}
        disable(bare, PCI_SUBSCRIPTION)
    assert enabled(bare) == {}


@pytest.mark.parametrize(
    ("arn", "text"),
    [
        (PCI_SUBSCRIPTION, f'Invalid StandardsSubscriptionArn(s): ["{PCI_SUBSCRIPTION}"]'),
        ("nonsense", "Invalid ARN: nonsense"),
    ],
)
def test_what_is_no_subscription_of_the_caller_is_refused(admin, arn, text):
    own = subscription("cis-aws-foundations-benchmark/v/1.2.0")
    assert enabled(admin) == {FSBP: "READY", CIS: "READY"}
    code, status, message = refused(
        admin.batch_disable_standards, StandardsSubscriptionArns=[own, arn]
    )
    assert (code, status, message) == ("InvalidInputException", 400, text)
    assert enabled(admin) == {FSBP: "READY", CIS: "READY"}


@pytest.mark.parametrize(
    "arn",
    [
        subscription("pci-dss/v/3.2.1", MEMBER),
        PCI_SUBSCRIPTION.replace(IRELAND, "us-east-1"),
        PCI_SUBSCRIPTION.replace(ADMIN, ""),
    ],
)
@pytest.mark.parametrize("operation", ["get_enabled_standards", "batch_disable_standards"])
def test_an_arn_of_no_account_or_of_another_account_or_region_is_refused(admin, operation, arn):
    own = subscription("cis-aws-foundations-benchmark/v/1.2.0")
    call = getattr(admin, operation)
    assert refused(call, StandardsSubscriptionArns=[own, arn]) == (
        "AccessDeniedException",
        403,
        f"Account id {ADMIN} is not authorized to perform action on resource: {arn}",
    )
    assert enabled(admin) == {FSBP: "READY", CIS: "READY"}


def test_the_standards_of_a_region_can_be_read_without_a_hub(membership_mock):
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    found = {each["StandardsArn"]: each for each in client.describe_standards()["Standards"]}
    ai = found[f"arn:aws:securityhub:{IRELAND}::standards/ai-security-best-practices/v/1.0.0"]
    assert ai["EnabledByDefault"] is False


def test_a_governed_account_does_not_choose_its_standards(membership_mock):
    central = Central(membership_mock)
    account = central.account("governed")
    central.apply(central.policy(), account)
    client = central.client(account)
    assert enabled(client) == {FSBP: "READY"}
    own = subscription("aws-foundational-security-best-practices/v/1.0.0", account)
    message = (
        "This account is currently associated with a central configuration policy, so only the"
        " administrator can access this operation."
    )
    denied = ("AccessDeniedException", 403, message)
    requests = [{"StandardsArn": PCI}]
    assert refused(client.batch_enable_standards, StandardsSubscriptionRequests=requests) == denied
    assert refused(client.batch_disable_standards, StandardsSubscriptionArns=[own]) == denied
    assert enabled(client) == {FSBP: "READY"}


def test_a_self_managed_account_chooses_its_standards(membership_mock):
    central = Central(membership_mock)
    account = central.account("selfmanaged")
    central.apply(central.policy(), account)
    central.apply(SELF_MANAGED, account)
    client = central.client(account)
    enable(client, PCI)
    assert enabled(client) == {FSBP: "READY", PCI: "READY"}


# looking


def test_get_enabled_standards_goes_by_subscription(admin):
    arns = [subscription("cis-aws-foundations-benchmark/v/1.2.0"), PCI_SUBSCRIPTION]
    assert enabled(admin, StandardsSubscriptionArns=arns) == {CIS: "READY"}


def test_get_enabled_standards_goes_page_by_page(admin):
    enable(admin, PCI)
    pages = admin.get_paginator("get_enabled_standards").paginate(PaginationConfig={"PageSize": 1})
    found = [[one["StandardsArn"] for one in page["StandardsSubscriptions"]] for page in pages]
    assert found == [[FSBP], [CIS], [PCI]]


def test_standards_are_separate_in_every_region_and_account(admin, hub):
    ohio = hub(ADMIN, OHIO, EnableDefaultStandards=False)
    member = hub(MEMBER, EnableDefaultStandards=False)
    assert enabled(ohio) == enabled(member) == {}
    assert len(enabled(admin)) == 2


def test_an_administrator_sees_its_own_standards_only(admin, hub):
    member = hub(MEMBER, EnableDefaultStandards=False)
    member.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": PCI}])
    invite(admin, MEMBER)
    accept(member, ADMIN)
    assert list(enabled(member)) == [PCI]
    assert PCI not in enabled(admin)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("get_enabled_standards", {}),
        ("batch_enable_standards", {"StandardsSubscriptionRequests": [{"StandardsArn": PCI}]}),
        ("batch_disable_standards", {"StandardsSubscriptionArns": [PCI_SUBSCRIPTION]}),
    ],
)
def test_standards_are_refused_without_a_hub(membership_mock, operation, arguments):
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    assert refused(getattr(client, operation), **arguments) == (
        "InvalidAccessException", 401, f"Account {ADMIN} is not subscribed to AWS Security Hub",
    )  # fmt: skip
