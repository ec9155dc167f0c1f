"""Who sees and updates whose findings: accounts, administrators, members, home regions."""

import pytest

from tests.securityhub.findings.finding_samples import (
    bring,
    finding,
    identifier,
    names,
    only,
    update,
    walked,
)
from tests.securityhub.samples import (
    ADMIN,
    IRELAND,
    MEMBER,
    OHIO,
    OTHER_ADMIN,
    OTHER_MEMBER,
    accept,
    create,
    invite,
    refused,
)


@pytest.fixture
def joined(admin, member):
    """A member that belongs to the administrator, each with a finding."""
    invite(admin, MEMBER)
    accept(member, ADMIN)
    bring(admin, finding("admin's"))
    bring(member, finding("member's", MEMBER))
    return admin, member


def test_strangers_do_not_see_each_other(admin, member):
    bring(admin, finding("admin's"))
    bring(member, finding("member's", MEMBER))
    assert names(admin) == ["admin's"]
    assert names(member) == ["member's"]


def test_regions_do_not_see_each_other(admin, hub):
    bring(admin, finding("irish"))
    ohio = hub(ADMIN, OHIO)
    assert names(ohio) == []
    bring(ohio, finding("american", region=OHIO))
    assert names(admin) == ["irish"]


def test_an_administrator_sees_its_members_findings_and_a_member_only_its_own(joined):
    admin, member = joined
    assert sorted(names(admin)) == ["admin's", "member's"]
    assert names(member) == ["member's"]


def test_a_members_finding_stays_the_members(joined):
    admin, member = joined
    (seen,) = (one for one in admin.get_findings()["Findings"] if one["Id"] == "member's")
    assert seen == only(member)
    assert seen["AwsAccountId"] == MEMBER


def test_an_administrator_finds_one_members_findings(joined):
    admin, _ = joined
    wanted = {"AwsAccountId": [{"Value": MEMBER, "Comparison": "EQUALS"}]}
    assert names(admin, Filters=wanted) == ["member's"]


def test_an_account_that_has_not_accepted_is_not_seen(admin, member):
    bring(member, finding("member's", MEMBER))
    create(admin, MEMBER)
    assert names(admin) == []
    admin.invite_members(AccountIds=[MEMBER])
    assert names(admin) == []


def test_an_administrator_updates_its_members_findings(joined):
    admin, member = joined
    assert update(admin, identifier("member's", MEMBER), Workflow={"Status": "NOTIFIED"}) == []
    assert only(member)["Workflow"] == {"Status": "NOTIFIED"}


def test_a_member_does_not_update_its_administrators_findings(joined):
    _, member = joined
    assert update(member, identifier("admin's"), Confidence=1) == ["FindingNotFound"]


def test_another_administrator_neither_sees_nor_updates_a_members_findings(joined, hub):
    other = hub(OTHER_ADMIN)
    assert names(other) == []
    assert update(other, identifier("member's", MEMBER), Confidence=1) == ["FindingNotFound"]


@pytest.mark.parametrize("who", ["admin", "member"])
def test_an_administrator_loses_sight_of_a_member_that_is_gone(joined, who):
    admin, member = joined
    if who == "admin":
        admin.disassociate_members(AccountIds=[MEMBER])
    else:
        member.disassociate_from_administrator_account()
    assert names(admin) == ["admin's"]
    assert update(admin, identifier("member's", MEMBER), Confidence=1) == ["FindingNotFound"]
    assert names(member) == ["member's"]


def test_the_order_goes_across_accounts(admin, member, hub):
    other = hub(OTHER_MEMBER)
    invite(admin, MEMBER, OTHER_MEMBER)
    for client in (member, other):
        accept(client, ADMIN)
    for number in range(9):
        client, account = [(admin, ADMIN), (member, MEMBER), (other, OTHER_MEMBER)][number % 3]
        bring(client, finding(str(number), account, UpdatedAt=f"2026-02-0{number + 1}T00:00:00Z"))
    assert names(admin) == list("876543210")
    assert walked(admin, 2) == list("876543210")
    upwards = [{"Field": "UpdatedAt", "SortOrder": "asc"}]
    assert walked(admin, 2, SortCriteria=upwards) == list("012345678")


def test_one_product_may_report_the_same_id_in_two_accounts(joined):
    admin, member = joined
    arn = f"arn:aws:securityhub:{IRELAND}::product/aws/inspector"
    for client, account in ((admin, ADMIN), (member, MEMBER)):
        bring(client, finding("same", account, ProductArn=arn))
    assert names(admin).count("same") == 2
    assert update(admin, {"Id": "same", "ProductArn": arn}, Confidence=7) == []
    confidences = [
        one.get("Confidence") for one in admin.get_findings()["Findings"] if one["Id"] == "same"
    ]
    assert confidences == [7, 7]


# home regions


@pytest.fixture
def home(admin, hub):
    """The administrator's home region, with Ohio linked to it, and the client there."""
    ohio = hub(ADMIN, OHIO)
    admin.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OHIO])
    bring(admin, finding("irish"))
    bring(ohio, finding("american", region=OHIO))
    return admin, ohio


def test_a_home_region_sees_the_findings_of_linked_regions(home):
    irish, ohio = home
    assert sorted(names(irish)) == ["american", "irish"]
    assert names(ohio) == ["american"]


def test_the_region_tells_where_a_finding_comes_from(home):
    irish, _ = home
    wanted = {"Region": [{"Value": OHIO, "Comparison": "EQUALS"}]}
    assert names(irish, Filters=wanted) == ["american"]


def test_a_home_region_updates_the_findings_of_linked_regions(home):
    irish, ohio = home
    assert update(irish, identifier("american", region=OHIO), Confidence=3) == []
    assert only(ohio)["Confidence"] == 3
    assert update(ohio, identifier("irish"), Confidence=3) == ["FindingNotFound"]


def test_members_findings_of_linked_regions_are_seen_where_they_are_members(home, hub):
    irish, ohio = home
    american = hub(MEMBER, OHIO)
    bring(american, finding("member's", MEMBER, OHIO))
    assert "member's" not in names(irish)
    invite(ohio, MEMBER)
    accept(american, ADMIN)
    assert "member's" in names(irish)


def test_linking_a_region_enables_no_hub_there(admin, membership_mock):
    admin.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    ohio = membership_mock.client("securityhub", account=ADMIN, region=OHIO)
    assert refused(ohio.describe_hub)[0] == "InvalidAccessException"


def test_copies_stay_in_the_home_region_when_aggregation_ends(home):
    irish, ohio = home
    arn = irish.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"]
    irish.delete_finding_aggregator(FindingAggregatorArn=arn)
    bring(ohio, finding("late", region=OHIO))
    assert sorted(names(irish)) == ["american", "irish"]
    assert sorted(names(ohio)) == ["american", "late"]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_of_many_members_have_all_findings_in_their_order(admin, hub, size):
    made = []
    for place in range(7):
        account = f"{700_000_000_000 + place}"
        member = hub(account, IRELAND)
        invite(admin, account)
        accept(member, ADMIN)
        for number in range(place % 3 + 1):
            day = 1 + (5 * place + 11 * number) % 27
            name = f"{place}-{number}"
            stamp = f"2026-01-{day:02d}T00:{place:02d}:{number:02d}Z"
            bring(member, finding(name, account, UpdatedAt=stamp))
            made.append((stamp, name))
    latest_first = [name for _, name in sorted(made, reverse=True)]

    assert walked(admin, size) == latest_first
    upwards = [{"Field": "UpdatedAt", "SortOrder": "asc"}]
    assert walked(admin, size, SortCriteria=upwards) == latest_first[::-1]
    since = {"UpdatedAt": [{"Start": "2026-01-10T00:00:00Z"}]}
    expected = [name for stamp, name in sorted(made, reverse=True) if stamp >= "2026-01-10"]
    assert walked(admin, size, Filters=since) == expected
