"""UpdateFindings, which is deprecated and still called."""

import pytest

from tests.frozen_time import freeze_time
from tests.securityhub.findings.finding_samples import (
    bring,
    finding,
    identifier,
    names,
    only,
    update,
)
from tests.securityhub.samples import ADMIN, MEMBER, accept, invite, refused
from tests.securityhub.triage.triage_samples import equals, later

NOTE = {"Text": "seen", "UpdatedBy": "ana"}


def archived(client):
    """Return the ids of the archived findings that a client sees."""
    return sorted(names(client, Filters={"RecordState": equals("ARCHIVED")}))


def test_note_and_state_are_set_on_all_that_match(admin):
    bring(admin, finding("one"), finding("two"), finding("low", Severity={"Label": "LOW"}))
    with freeze_time("2026-03-01T12:00:00Z"):
        answer = admin.update_findings(
            Filters={"SeverityLabel": equals("HIGH")}, Note=NOTE, RecordState="ARCHIVED"
        )
        assert archived(admin) == ["one", "two"]
        notes = {one["Id"]: one.get("Note") for one in admin.get_findings()["Findings"]}
    assert answer.keys() == {"ResponseMetadata"}
    noted = {**NOTE, "UpdatedAt": "2026-03-01T12:00:00.000Z"}
    assert notes == {"one": noted, "two": noted, "low": None}


def test_the_next_import_takes_the_update_back(admin):
    # documented
    bring(admin, finding())
    update(admin, identifier(), Note={"Text": "mine", "UpdatedBy": "eve"})
    admin.update_findings(Filters={}, Note=NOTE, RecordState="ARCHIVED")
    admin.update_findings(Filters={}, Note={**NOTE, "Text": "again"})
    bring(admin, later())
    found = only(admin)
    assert (found["Note"]["Text"], found["RecordState"]) == ("mine", "ACTIVE")


def test_a_later_update_of_a_customer_lasts(admin):
    bring(admin, finding())
    admin.update_findings(Filters={}, Note=NOTE)
    update(admin, identifier(), Note={"Text": "mine", "UpdatedBy": "eve"})
    bring(admin, later())
    assert only(admin)["Note"]["Text"] == "mine"


def test_a_note_vanishes_with_the_next_import(admin):
    bring(admin, finding())
    admin.update_findings(Filters={}, Note=NOTE)
    bring(admin, later())
    assert "Note" not in only(admin)


def test_an_administrator_updates_its_members_findings_and_they_see_it(admin, member):
    invite(admin, MEMBER)
    accept(member, ADMIN)
    bring(admin, finding("own"))
    bring(member, finding("theirs", MEMBER))
    admin.update_findings(Filters={"AwsAccountId": equals(MEMBER)}, RecordState="ARCHIVED")
    assert archived(member) == archived(admin) == ["theirs"]
    member.update_findings(Filters={}, RecordState="ACTIVE")
    assert archived(admin) == []
    member.update_findings(Filters={}, Note=NOTE)
    assert [one["Id"] for one in admin.get_findings()["Findings"] if "Note" in one] == ["theirs"]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"RecordState": "ARCHIVED", "Filters": {"Title": [{"Comparison": "EQUALS"}]}},
        {"Note": {"Text": "x" * 513, "UpdatedBy": "ana"}},
    ],
)
def test_what_makes_no_sense_is_refused(admin, arguments):
    bring(admin, finding())
    before = only(admin)
    given = {"Filters": {}, **arguments}
    assert refused(admin.update_findings, **given)[:2] == ("InvalidInputException", 400)
    assert only(admin) == before


def test_no_match_is_no_error(admin):
    admin.update_findings(Filters={"Id": equals("nothing")}, RecordState="ARCHIVED")
    assert names(admin) == []


def test_update_findings_needs_a_hub(membership_mock):
    client = membership_mock.client("securityhub", account=ADMIN, region="eu-west-1")
    code = refused(client.update_findings, Filters={}, RecordState="ARCHIVED")[0]
    assert code == "InvalidAccessException"


def test_an_archived_finding_expires_after_30_days(hub):
    with freeze_time("2026-03-01T00:00:00Z") as clock:
        client = hub(ADMIN)
        bring(client, finding("active"), finding("archived", RecordState="ARCHIVED"))
        clock.move_to("2026-03-30T23:59:59Z")
        assert sorted(names(client)) == ["active", "archived"]
        clock.move_to("2026-03-31T00:00:00Z")
        assert names(client) == ["active"]
        client.update_findings(Filters={}, RecordState="ARCHIVED")
        clock.move_to("2026-04-29T23:59:59Z")
        assert names(client) == ["active"]
        clock.move_to("2026-04-30T00:00:00Z")
        assert names(client) == []
