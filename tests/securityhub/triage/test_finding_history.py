"""The history of a finding: who has changed what, and when."""

import pytest

from tests.frozen_time import freeze_time
from tests.securityhub.findings.finding_samples import (
    bring,
    finding,
    identifier,
    product,
    update,
)
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, accept, invite, refused
from tests.securityhub.triage.triage_samples import equals, history, later, rule

ROOT = f"arn:aws:iam::{ADMIN}:root"
RULE, IMPORT = "BATCH_UPDATE_FINDINGS", "BATCH_IMPORT_FINDINGS"


def changed(record):
    """Return the old and the new value of each field that a record tells of."""
    return {
        one["UpdatedField"]: (one.get("OldValue"), one.get("NewValue")) for one in record["Updates"]
    }


def test_the_first_import_is_the_first_record(hub):
    with freeze_time("2026-03-01T12:00:00.250Z"):
        client = hub(ADMIN)
        bring(client, finding())
        (record,) = history(client, identifier())
    assert record.pop("UpdateTime").isoformat() == "2026-03-01T12:00:00.250000+00:00"
    # documented
    assert record == {
        "FindingIdentifier": identifier(),
        "FindingCreated": True,
        "UpdateSource": {"Type": IMPORT, "Identity": product()},
        "Updates": [],
    }


def test_an_import_is_recorded_with_what_it_changes_newest_first(admin):
    bring(admin, finding(SourceUrl="https://example.com", Types=["TTPs"]))
    bring(
        admin,
        later(Title="Closed port", Types=["TTPs", "Effects"], Compliance={"Status": "PASSED"}),
    )
    newest, first = history(admin, identifier())
    assert (newest["FindingCreated"], first["FindingCreated"]) == (False, True)
    assert newest["UpdateSource"] == {"Type": IMPORT, "Identity": product()}
    assert changed(newest) == {
        "Title": ("Open port", "Closed port"),
        "Types": ('["TTPs"]', '["TTPs","Effects"]'),
        "FindingProviderFields.Types": ('["TTPs"]', '["TTPs","Effects"]'),
        "SourceUrl": ("https://example.com", None),
        "Compliance": (None, '{"Status":"PASSED"}'),
    }


def test_an_import_that_changes_nothing_is_not_recorded(admin):
    bring(admin, finding())
    bring(admin, later())
    bring(admin, finding(Title="too old"))
    assert len(history(admin, identifier())) == 1


def test_an_update_of_a_customer_is_recorded_with_its_caller(admin):
    bring(admin, finding())
    update(admin, identifier(), Workflow={"Status": "NOTIFIED"}, Severity={"Label": "LOW"})
    newest, _ = history(admin, identifier())
    assert newest["UpdateSource"] == {"Type": RULE, "Identity": ROOT}
    assert changed(newest) == {
        "Workflow.Status": ("NEW", "NOTIFIED"),
        "Severity.Label": ("HIGH", "LOW"),
        "Severity.Normalized": ("70", "1"),
    }
    update(admin, identifier(), Workflow={"Status": "NOTIFIED"})
    assert len(history(admin, identifier())) == 2


def test_what_a_rule_changes_is_recorded_with_the_rule(admin):
    arn = rule(admin, {"SeverityLabel": equals("HIGH")}, Workflow={"Status": "SUPPRESSED"})
    bring(admin, finding())
    newest, first = history(admin, identifier())
    assert first["FindingCreated"]
    assert newest["UpdateSource"] == {"Type": RULE, "Identity": arn}
    assert changed(newest) == {"Workflow.Status": ("NEW", "SUPPRESSED")}
    bring(admin, later())
    assert len(history(admin, identifier())) == 2


def test_update_findings_is_not_recorded(admin):
    # documented
    bring(admin, finding())
    admin.update_findings(Filters={}, RecordState="ARCHIVED")
    assert len(history(admin, identifier())) == 1


def test_the_import_that_takes_update_findings_back_records_only_what_the_provider_changed(admin):
    bring(admin, finding(Title="old"))
    update(admin, identifier(), Note={"Text": "mine", "UpdatedBy": "me"})
    admin.update_findings(
        Filters={}, RecordState="ARCHIVED", Note={"Text": "theirs", "UpdatedBy": "them"}
    )
    bring(admin, later(Title="new"))
    assert changed(history(admin, identifier())[0]) == {"Title": ("old", "new")}


@pytest.fixture
def days(hub):
    """A finding that was imported on March 1 and updated on the two days after."""
    with freeze_time("2026-03-01T12:00:00Z") as clock:
        client = hub(ADMIN)
        bring(client, finding())
        for day in (2, 3):
            clock.move_to(f"2026-03-{day:02d}T12:00:00Z")
            update(client, identifier(), Confidence=day)
        yield client, clock


@pytest.mark.parametrize(
    ("window", "shown"),
    [
        ({}, [3, 2, 1]),
        ({"StartTime": "2026-03-02T12:00:00Z"}, [3, 2]),
        ({"EndTime": "2026-03-02T12:00:00Z"}, [2, 1]),
        ({"StartTime": "2026-03-02T00:00:00Z", "EndTime": "2026-03-03T00:00:00Z"}, [2]),
        ({"StartTime": "2026-03-04T00:00:00Z"}, []),
    ],
)
def test_a_window_of_time_can_be_asked_for(days, window, shown):
    client, _ = days
    assert [one["UpdateTime"].day for one in history(client, identifier(), **window)] == shown


def test_a_window_that_ends_before_it_starts_is_refused(days):
    client, _ = days
    code, status, _ = refused(
        client.get_finding_history,
        FindingIdentifier=identifier(),
        StartTime="2026-03-02T00:00:00Z",
        EndTime="2026-03-01T00:00:00Z",
    )
    assert (code, status) == ("InvalidInputException", 400)


def test_history_goes_back_90_days(days):
    client, clock = days
    clock.move_to("2026-05-30T12:00:00Z")
    assert [one["UpdateTime"].day for one in history(client, identifier())] == [3, 2]


def test_history_of_an_archived_finding_goes_back_30_days(days):
    client, clock = days
    clock.move_to("2026-03-31T12:00:00Z")
    client.update_findings(Filters={}, RecordState="ARCHIVED")
    assert [one["UpdateTime"].day for one in history(client, identifier())] == [3, 2]


def test_history_is_shown_page_by_page(days):
    client, _ = days
    pages = client.get_paginator("get_finding_history").paginate(
        FindingIdentifier=identifier(), PaginationConfig={"PageSize": 2}
    )
    found = [[one["UpdateTime"].day for one in page["Records"]] for page in pages]
    assert found == [[3, 2], [1]]


def test_both_sides_read_the_history_of_a_members_finding(admin, member):
    invite(admin, MEMBER)
    accept(member, ADMIN)
    theirs = identifier("theirs", MEMBER)
    bring(member, finding("theirs", MEMBER))
    update(admin, theirs, Confidence=1)
    assert [len(history(client, theirs)) for client in (admin, member)] == [2, 2]
    assert history(member, theirs)[0]["UpdateSource"]["Identity"] == ROOT
    bring(admin, finding("own"))
    assert history(member, identifier("own")) == []


def test_a_home_region_reads_the_history_of_linked_regions(admin, hub):
    ohio = hub(ADMIN, OHIO)
    admin.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    bring(ohio, finding("american", region=OHIO))
    there = identifier("american", region=OHIO)
    assert len(history(admin, there)) == 1
    bring(admin, finding("irish"))
    assert history(ohio, identifier("irish", region=IRELAND)) == []


def test_an_unknown_finding_has_no_history(admin):
    assert history(admin, identifier("nothing")) == []
