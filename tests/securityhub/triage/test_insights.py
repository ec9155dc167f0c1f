"""Custom and managed insights, and what they count."""

import pytest
from botocore.config import Config

from tests.frozen_time import freeze_time
from tests.securityhub.findings.finding_samples import bring, finding, identifier, update
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, accept, invite, refused
from tests.securityhub.triage.triage_samples import equals, groups

MANAGED = "arn:aws:securityhub:::insight/securityhub/default/"
PREFIX = f"arn:aws:securityhub:{IRELAND}:{ADMIN}:insight/{ADMIN}/custom/"


def insight(client, grouped_by="ResourceId", **filters):
    """Create an insight, and return its ARN."""
    return client.create_insight(Name="mine", Filters=filters, GroupByAttribute=grouped_by)[
        "InsightArn"
    ]


# the resource


def test_an_insight_reads_back_as_it_was_created(admin):
    filters = {
        "SeverityLabel": equals("HIGH"),
        "CreatedAt": [{"DateRange": {"Value": 7, "Unit": "DAYS"}}],
    }
    arn = admin.create_insight(Name="high", Filters=filters, GroupByAttribute="AwsAccountId")[
        "InsightArn"
    ]
    assert arn.startswith(PREFIX)
    assert admin.get_insights()["Insights"] == [
        {"InsightArn": arn, "Name": "high", "Filters": filters, "GroupByAttribute": "AwsAccountId"}
    ]


def test_an_update_leaves_alone_what_it_does_not_name(admin):
    arn = insight(admin, SeverityLabel=equals("HIGH"))
    admin.update_insight(InsightArn=arn, Name="renamed")
    (found,) = admin.get_insights()["Insights"]
    assert (found["Name"], found["Filters"]) == ("renamed", {"SeverityLabel": equals("HIGH")})
    admin.update_insight(
        InsightArn=arn, Filters={"Region": equals(IRELAND)}, GroupByAttribute="Title"
    )
    (found,) = admin.get_insights()["Insights"]
    assert found["Filters"] == {"Region": equals(IRELAND)}
    assert (found["Name"], found["GroupByAttribute"]) == ("renamed", "Title")


def test_a_deleted_insight_is_gone(admin):
    arn = insight(admin)
    assert admin.delete_insight(InsightArn=arn)["InsightArn"] == arn
    assert admin.get_insights()["Insights"] == []
    for call in (admin.delete_insight, admin.get_insight_results):
        assert refused(call, InsightArn=arn)[:2] == ("ResourceNotFoundException", 404)
    assert refused(admin.get_insights, InsightArns=[arn])[:2] == ("ResourceNotFoundException", 404)


def test_insights_are_listed_oldest_first_page_by_page(admin):
    arns = [insight(admin) for _ in range(5)]
    pages = admin.get_paginator("get_insights").paginate(PaginationConfig={"PageSize": 2})
    assert [one["InsightArn"] for page in pages for one in page["Insights"]] == arns


def test_named_insights_come_in_the_order_of_their_names(admin):
    first, second = insight(admin), insight(admin)
    arns = [second, f"{MANAGED}1", first]
    pages = admin.get_paginator("get_insights").paginate(
        InsightArns=arns, PaginationConfig={"PageSize": 2}
    )
    assert [one["InsightArn"] for page in pages for one in page["Insights"]] == arns


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:securityhub:{IRELAND}:{MEMBER}:insight/{MEMBER}/custom/x",
        f"arn:aws:securityhub:{OHIO}:{ADMIN}:insight/{ADMIN}/custom/x",
    ],
)
def test_insights_of_other_accounts_and_regions_are_denied(admin, arn):
    text = f"Account id {ADMIN} is not authorized to perform action on resource: {arn}"
    for call in (admin.update_insight, admin.delete_insight, admin.get_insight_results):
        assert refused(call, InsightArn=arn) == ("AccessDeniedException", 403, text)
    assert refused(admin.get_insights, InsightArns=[arn])[0] == "AccessDeniedException"


def test_text_that_is_no_insight_is_invalid(admin):
    assert refused(admin.get_insight_results, InsightArn="mine")[0] == "InvalidInputException"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"Filters": {"Title": [{"Value": "x", "Comparison": "CONTAINS"}]}}, "CONTAINS"),
        ({"Filters": {"Title": equals(*map(str, range(21)))}}, "20 are the most"),
        ({"GroupByAttribute": "Nothing"}, "'Nothing'"),
        ({"GroupByAttribute": "ProductFields"}, "'ProductFields'"),
        ({"GroupByAttribute": "Keyword"}, "'Keyword'"),
    ],
)
def test_what_no_insight_can_have_is_refused(admin, arguments, word):
    arn = insight(admin)
    before = admin.get_insights()["Insights"]
    given = {"Name": "new", "Filters": {}, "GroupByAttribute": "ResourceId", **arguments}
    code, status, message = refused(admin.create_insight, **given)
    assert (code, status) == ("InvalidInputException", 400)
    assert word in message
    assert refused(admin.update_insight, InsightArn=arn, Name="new", **arguments)[2] == message
    assert admin.get_insights()["Insights"] == before


@pytest.mark.parametrize(
    ("filters", "where"),
    [
        # observed
        (
            {"CreatedAt": [{"DateRange": {"Value": "7", "Unit": "DAYS"}}]},
            "CreatedAt[0].DateRange.Value should be number",
        ),
        ({"Title": [{"Value": "a"}, {"Value": 7}]}, "Title[1].Value should be string"),
        ({"Sample": [{"Value": "true"}]}, "Sample[0].Value should be boolean"),
    ],
)
def test_filters_with_a_value_of_the_wrong_type_are_refused(membership_mock, admin, filters, where):
    unchecked = membership_mock.client(
        "securityhub", account=ADMIN, region=IRELAND, config=Config(parameter_validation=False)
    )
    assert refused(
        unchecked.create_insight, Name="new", Filters=filters, GroupByAttribute="ResourceId"
    ) == ("InvalidInputException", 400, f"Invalid Filters in the input: data.{where}")
    assert admin.get_insights()["Insights"] == []


def test_an_account_has_100_insights_at_the_most(admin, hasty, membership_mock):
    membership_mock.quotas.set("securityhub", "insights", 2)
    insight(admin), insight(admin)
    assert refused(hasty.create_insight, Name="n", Filters={}, GroupByAttribute="Id") == (
        "LimitExceededException", 429, "The number of custom insights exceeds the limit of 2",
    )  # fmt: skip
    assert len(admin.get_insights()["Insights"]) == 2


# results


def test_the_largest_groups_come_first_and_equal_ones_by_value(admin):
    bring(
        admin,
        *(finding(f"{name}-{n}", Title=name) for name in ("b", "a") for n in range(2)),
        *(finding(f"c-{n}", Title="c") for n in range(3)),
    )
    arn = insight(admin, "Title")
    assert list(groups(admin, arn).items()) == [("c", 3), ("a", 2), ("b", 2)]


def test_no_match_gives_no_groups(admin):
    arn = insight(admin, SeverityLabel=equals("LOW"))
    bring(admin, finding())
    assert groups(admin, arn) == {}


def test_at_most_100_groups_are_shown(admin):
    bring(admin, *(finding(str(n), Title=f"{n:03d}") for n in range(100)))
    bring(
        admin,
        *(finding(f"more-{n}", Title=f"more-{n}") for n in range(5)),
        finding("x", Title="more-4"),
    )
    found = groups(admin, insight(admin, "Title"))
    assert len(found) == 100
    assert next(iter(found.items())) == ("more-4", 2)
    assert "more-0" not in found


def test_every_resource_of_a_finding_counts_once(admin):
    # documented: also those that the filter does not ask for
    bucket = {"Type": "AwsS3Bucket", "Id": "bucket"}
    role = {"Type": "AwsIamRole", "Id": "role"}
    bring(admin, finding(Resources=[bucket, bucket, role]))
    arn = insight(admin, ResourceType=equals("AwsS3Bucket"))
    assert groups(admin, arn) == {"bucket": 1, "role": 1}


@pytest.mark.parametrize(
    ("attribute", "fields", "shown"),
    [
        ("AwsAccountId", {}, {ADMIN: 1}),
        ("SeverityLabel", {}, {"HIGH": 1}),
        ("SeverityNormalized", {}, {"70": 1}),
        ("ProductName", {}, {"Default": 1}),
        ("WorkflowStatus", {}, {"NEW": 1}),
        ("RecordState", {}, {"ACTIVE": 1}),
        ("Type", {"Types": ["TTPs", "Effects"]}, {"TTPs": 1, "Effects": 1}),
        ("Confidence", {"Confidence": 42}, {"42": 1}),
        ("Sample", {"Sample": True}, {"true": 1}),
        ("ComplianceStatus", {"Compliance": {"Status": "FAILED"}}, {"FAILED": 1}),
        ("ComplianceStatus", {}, {}),
        ("ResourceAwsEc2InstanceImageId",
         {"Resources": [{"Type": "AwsEc2Instance", "Id": "i", "Details": {"AwsEc2Instance": {"ImageId": "ami-1"}}}]},
         {"ami-1": 1}),
    ],
)  # fmt: skip
def test_findings_are_grouped_by_any_attribute_with_a_value(admin, attribute, fields, shown):
    bring(admin, finding(**fields))
    assert groups(admin, insight(admin, attribute)) == shown


def test_an_administrator_counts_its_members_findings_and_a_member_its_own(admin, member):
    invite(admin, MEMBER)
    accept(member, ADMIN)
    bring(admin, finding("one"))
    bring(member, finding("two", MEMBER), finding("three", MEMBER))
    assert groups(admin, insight(admin, "AwsAccountId")) == {MEMBER: 2, ADMIN: 1}
    assert groups(member, insight(member, "AwsAccountId")) == {MEMBER: 2}


def test_a_home_region_counts_the_findings_of_linked_regions(admin, hub):
    ohio = hub(ADMIN, OHIO)
    admin.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    bring(admin, finding("irish"))
    bring(ohio, finding("american", region=OHIO))
    assert groups(admin, insight(admin, "Region")) == {IRELAND: 1, OHIO: 1}
    assert groups(ohio, insight(ohio, "Region")) == {OHIO: 1}


def test_an_insight_counts_what_there_is_at_the_moment(hub):
    with freeze_time("2026-03-01T00:00:00Z") as clock:
        client = hub(ADMIN)
        week = [{"DateRange": {"Value": 7, "Unit": "DAYS"}}]
        arn = insight(client, "Id", UpdatedAt=week)
        bring(client, finding(UpdatedAt="2026-02-28T00:00:00Z"))
        assert groups(client, arn) == {"one": 1}
        clock.move_to("2026-03-08T00:00:00Z")
        assert groups(client, arn) == {}


# managed insights


def test_managed_insights_are_shown_by_name_only(admin):
    assert admin.get_insights()["Insights"] == []
    (found,) = admin.get_insights(InsightArns=[f"{MANAGED}29"])["Insights"]
    assert found["Name"] == "24. Severity by counts of findings"
    assert found["GroupByAttribute"] == "SeverityLabel"
    assert found["Filters"] == {
        "RecordState": equals("ACTIVE"),
        "WorkflowStatus": equals("NEW", "NOTIFIED"),
    }


def test_every_managed_insight_can_be_read_and_counts(admin):
    # documented: there are 35, and no 2, 4, 5, 15 and 20
    numbers = [n for n in range(1, 41) if n not in (2, 4, 5, 15, 20)]
    arns = [f"{MANAGED}{n}" for n in numbers]
    found = admin.get_insights(InsightArns=arns)["Insights"]
    assert sorted(int(one["Name"].partition(".")[0]) for one in found) == list(range(1, 36))
    for arn in arns:
        assert groups(admin, arn) == {}
    for n in (0, 2, 4, 5, 15, 20, 41):
        code = refused(admin.get_insight_results, InsightArn=f"{MANAGED}{n}")[0]
        assert code == "ResourceNotFoundException"


def test_managed_insights_count_open_findings(admin):
    bring(
        admin,
        finding("open"),
        finding("archived", RecordState="ARCHIVED"),
        finding("resolved"),
        finding(
            "bucket",
            Types=["Effects/Data Exposure/x"],
            Resources=[{"Type": "AwsS3Bucket", "Id": "b"}],
        ),
    )
    update(admin, identifier("resolved"), Workflow={"Status": "RESOLVED"})
    assert groups(admin, f"{MANAGED}1") == {"b": 1, "i-1": 1}
    assert groups(admin, f"{MANAGED}10") == {"b": 1}
    assert groups(admin, f"{MANAGED}27") == {ADMIN: 2}


def test_managed_insights_can_be_neither_changed_nor_deleted(admin):
    arn = f"{MANAGED}1"
    assert refused(admin.update_insight, InsightArn=arn, Name="mine")[:2] == (
        "InvalidInputException",
        400,
    )
    assert refused(admin.delete_insight, InsightArn=arn)[:2] == ("InvalidInputException", 400)
    assert admin.get_insights(InsightArns=[arn])["Insights"][0]["Name"].startswith("1. ")


def test_insights_need_a_hub_and_outlive_it(admin):
    arn = insight(admin)
    admin.disable_security_hub()
    assert refused(admin.get_insights)[0] == "InvalidAccessException"
    admin.enable_security_hub()
    assert [one["InsightArn"] for one in admin.get_insights()["Insights"]] == [arn]
