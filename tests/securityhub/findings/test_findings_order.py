"""The order of findings, and walking through them page by page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership_mock.securityhub.findings import finding_format
from tests.securityhub.findings.finding_samples import bring, finding, names, walked
from tests.securityhub.samples import refused


def stamp(hour):
    return f"2026-02-01T{hour:02d}:00:00Z"


def by(field, order="asc"):
    return [{"Field": field, "SortOrder": order}]


@pytest.fixture
def findings(admin):
    bring(
        admin,
        finding("a", UpdatedAt=stamp(2), Severity={"Normalized": 40}, Confidence=10, Title="x"),
        finding("b", UpdatedAt=stamp(3), Severity={"Normalized": 95}, Title="y"),
        finding("c", UpdatedAt=stamp(1), Severity={"Normalized": 5}, Confidence=30, Title="x"),
        finding("d", UpdatedAt=stamp(3), Severity={"Normalized": 40}, Confidence=20, Title="y"),
    )
    return admin


def test_the_latest_update_comes_first_and_equal_ones_as_they_were_imported(findings):
    assert names(findings) == ["b", "d", "a", "c"]


def test_instants_count_and_not_their_spelling(admin):
    bring(
        admin,
        finding("early", UpdatedAt="2026-02-01T05:00:00+05:00"),
        finding("late", UpdatedAt="2026-02-01T01:00:00Z"),
    )
    assert names(admin) == ["late", "early"]


def test_a_new_version_of_a_finding_comes_to_the_front(findings):
    bring(findings, finding("c", UpdatedAt=stamp(9)))
    assert names(findings) == ["c", "b", "d", "a"]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (by("UpdatedAt", "desc"), ["b", "d", "a", "c"]),
        (by("UpdatedAt", "asc"), ["c", "a", "d", "b"]),
        (by("SeverityNormalized", "asc"), ["c", "d", "a", "b"]),
        (by("SeverityNormalized", "desc"), ["b", "d", "a", "c"]),
        (by("SeverityLabel", "asc"), ["b", "c", "d", "a"]),
        (by("Id", "desc"), ["d", "c", "b", "a"]),
        ([{"Field": "Id"}], ["a", "b", "c", "d"]),
        # a finding without the attribute comes last, whichever way
        (by("Confidence", "asc"), ["a", "d", "c", "b"]),
        (by("Confidence", "desc"), ["c", "d", "a", "b"]),
        (by("Title") + by("SeverityNormalized", "desc"), ["a", "c", "b", "d"]),
        (by("UpdatedAt", "desc") + by("SeverityNormalized"), ["d", "b", "a", "c"]),
    ],
)
def test_findings_are_sorted(findings, criteria, expected):
    assert names(findings, SortCriteria=criteria) == expected


def test_a_list_is_sorted_by_what_comes_first(admin):
    def resources(*ids):
        return [{"Type": "Other", "Id": one} for one in ids]

    bring(
        admin,
        finding("wide", Resources=resources("k", "a", "z")),
        finding("narrow", Resources=resources("m")),
    )
    assert names(admin, SortCriteria=by("ResourceId", "asc")) == ["wide", "narrow"]
    assert names(admin, SortCriteria=by("ResourceId", "desc")) == ["wide", "narrow"]


@pytest.mark.parametrize("criterion", [{"Field": "Colour"}, {"Field": "ResourceTags"}, {}])
def test_findings_are_not_sorted_by_what_is_no_attribute(findings, criterion):
    code, status, message = refused(findings.get_findings, SortCriteria=[criterion])
    assert (code, status) == ("InvalidInputException", 400)
    assert message.startswith("Invalid parameter 'SortCriteria'.")


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(
    "criteria",
    [
        [],
        by("UpdatedAt"),
        by("SeverityNormalized", "desc"),
        by("Confidence"),
        by("Title") + by("UpdatedAt"),
    ],
)
def test_pages_together_are_the_whole(findings, size, criteria):
    whole = names(findings, SortCriteria=criteria)
    assert walked(findings, size, SortCriteria=criteria) == whole


def test_pages_of_what_is_looked_up_by_id_are_the_whole(findings):
    wanted = [{"Value": one, "Comparison": "EQUALS"} for one in "dcba"]
    assert walked(findings, 1, Filters={"Id": wanted}) == ["b", "d", "a", "c"]


def test_a_page_has_100_findings_unless_fewer_are_asked_for(admin):
    bring(admin, *(finding(f"{number:03d}") for number in range(100)))
    assert "NextToken" not in admin.get_findings()
    bring(admin, finding("100"))
    page = admin.get_findings()
    assert len(page["Findings"]) == 100
    assert names(admin, NextToken=page["NextToken"]) == ["100"]
    assert len(names(admin, MaxResults=7)) == 7


def test_a_page_has_100_findings_at_the_most(admin):
    assert refused(admin.get_findings, MaxResults=101)[:2] == ("InvalidInputException", 400)


@pytest.mark.parametrize("criteria", [[], by("UpdatedAt"), by("Confidence")])
def test_a_walk_goes_on_when_the_last_finding_shown_has_changed(findings, criteria):
    first = findings.get_findings(MaxResults=2, SortCriteria=criteria)
    last = first["Findings"][-1]["Id"]
    bring(findings, finding(last, UpdatedAt=stamp(23)), finding("new", UpdatedAt=stamp(0)))
    rest = names(findings, SortCriteria=criteria, NextToken=first["NextToken"])
    shown = {one["Id"] for one in first["Findings"]}
    assert {"a", "b", "c", "d"} <= {*shown, *rest}


def test_a_token_of_another_list_is_refused(findings, member):
    token = findings.get_findings(MaxResults=1)["NextToken"]
    filters = {"Title": [{"Value": "x", "Comparison": "EQUALS"}]}
    assert (
        refused(findings.get_findings, NextToken=token, Filters=filters)[0]
        == "InvalidInputException"
    )
    assert refused(member.get_findings, NextToken=token)[0] == "InvalidInputException"
    assert refused(findings.get_findings, NextToken="nonsense")[0] == "InvalidInputException"


def test_an_empty_token_means_the_first_page(findings):
    assert names(findings, NextToken="") == names(findings)


#: which hours of `findings` each filter of UpdatedAt accepts
INTERVALS = [
    ([{"Start": stamp(2)}], {2, 3}),
    ([{"End": stamp(2)}], {1, 2}),
    ([{"Start": stamp(2), "End": stamp(2)}], {2}),
    ([{"Start": "2026-02-01T01:00:00.000001Z", "End": "2026-02-01T02:59:59.999999Z"}], {2}),
    ([{"Start": stamp(3)}, {"End": "2026-02-01T06:00:00+05:00"}], {1, 3}),
    ([{"Start": stamp(3), "End": stamp(1)}], set()),
    ([{"DateRange": {"Value": 36_500, "Unit": "DAYS", "Comparison": "OLDER_THAN"}}], set()),
]


@pytest.mark.parametrize("criteria", [[], by("UpdatedAt"), by("Title"), by("CreatedAt", "desc")])
@pytest.mark.parametrize(("wanted", "hours"), INTERVALS)
def test_pages_of_an_interval_of_updates_are_the_whole(findings, criteria, wanted, hours):
    hour_of = {"a": 2, "b": 3, "c": 1, "d": 3}
    expected = [one for one in names(findings, SortCriteria=criteria) if hour_of[one] in hours]
    ids = [{"Value": one, "Comparison": "EQUALS"} for one in "abcd"]
    for filters in ({"UpdatedAt": wanted}, {"UpdatedAt": wanted, "Id": ids}):
        assert walked(findings, 1, Filters=filters, SortCriteria=criteria) == expected


@given(
    st.one_of(
        st.from_regex(finding_format._INSTANT),
        st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
        st.sampled_from(
            [
                "2026-02-01T23:59:60Z",
                "2026-W05-7T00:00:00Z",
                "2026-02-01T000000.0Z",
                "2026-02-01T00:00:00,123Z",
                "2026-02-30T00:00:00Z",
                "2026-02-01t00:00:00z",
                "2026-02-01T00:00:00.123456789Z",
                "0001-01-01T00:00:00.000001+00:00",
                "٢٠٢٦-02-01T00:00:00Z",
                "",
            ]
        ),
    )
)
def test_timestamps_that_are_read_quickly_are_the_same(text):
    assert finding_format.quick_instant(text) == finding_format.instant(text)
