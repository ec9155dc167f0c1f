"""The world as a tree of text: what it shows, what it leaves out, and that looking moves nothing."""

from __future__ import annotations

import io
import re
from copy import deepcopy
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from membership_mock import MembershipMock, NotRunning, UsageError, mock_membership
from membership_mock.cleanrooms.collaborations.collaboration_store import CollaborationStore
from membership_mock.engine import running
from membership_mock.engine.state.summary import Summary, one, several
from membership_mock.securityhub.hubs.hubs import HubStore
from membership_mock.securityhub.relationships.associations import AssociationStore
from membership_mock.securityhub.standards.standards import StandardsStore
from membership_mock.testing.show import tree
from tests.cleanrooms import collaboration_samples as rooms
from tests.samples import new_case, new_membership
from tests.securityhub.samples import create, invite
from tests.testing.dumps.worlds import (
    AGENCY,
    BRAND,
    GUEST,
    IRELAND,
    LINKED,
    PUBLISHER,
    STRANGER,
    Scene,
)

ADMIN, MEMBER = "111111111111", "222222222222"
NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)


@pytest.fixture
def mock(membership_mock: Any) -> MembershipMock:
    return membership_mock


#: the scene plans an end of a query that no query has
pytestmark = pytest.mark.filterwarnings("ignore:One planned ending was never used")


@pytest.fixture
def scene(mock: MembershipMock) -> Scene:
    return Scene(mock)


def shown(mock: MembershipMock, **part: Any) -> str:
    """Return what `show` prints, without the heading."""
    file = io.StringIO()
    mock.show(file=file, **part)
    return file.getvalue().partition("\n")[2]


def stores() -> dict[Any, Any]:
    return running.require().world._stores


# --- what there is to see ---


def test_the_tree_goes_from_accounts_over_services_and_regions_to_what_they_hold(mock):
    admin = mock.client("securityhub", account=ADMIN, region=IRELAND)
    admin.enable_security_hub(EnableDefaultStandards=False)
    invite(admin, MEMBER)
    member = mock.client("securityhub", account=MEMBER, region=IRELAND)
    member.enable_security_hub(EnableDefaultStandards=False)
    assert str(mock).splitlines() == [
        "MembershipMock, running: account 123456789012, region us-east-1, 4 calls",
        "  111111111111",
        "    securityhub in eu-west-1",
        "      hub",
        "      has member 222222222222 Invited",
        "  222222222222",
        "    securityhub in eu-west-1",
        "      hub",
        "      invited by 111111111111",
    ]


def test_print_writes_what_str_returns(mock, scene, capsys):
    print(mock)
    assert capsys.readouterr().out == f"{mock}\n"


def test_show_without_a_part_prints_the_same(mock, scene, capsys):
    assert mock.show() is None
    assert capsys.readouterr().out == f"{mock}\n"


def test_an_organization_is_shown_with_its_units_and_accounts(mock, scene):
    central = scene.central
    central.organizations.close_account(AccountId=scene.app)
    id_of = central.organizations.describe_organization()["Organization"]["Id"]
    assert str(mock).splitlines()[1:7] == [
        f"  organization {id_of} of 111111111111, all features, 3 accounts",
        "    111111111111 'master', management account",
        f"    {scene.administrator} 'security', delegated administrator of securityhub",
        f"    unit 'workloads' {central.workloads}",
        f"      unit 'prod' {central.prod}",
        f"        {scene.app} 'app', suspended",
    ]


def test_both_sides_of_central_configuration_are_shown(mock, scene):
    administrator = shown(mock, account=scene.administrator, service="securityhub")
    assert "  securityhub in all regions\n" in administrator
    assert (
        f"configuration policy 'baseline', Security Hub on, applied to {scene.central.prod}\n"
        in administrator
    )
    assert f"SELF_MANAGED_SECURITY_HUB applied to {scene.administrator}\n" in administrator
    assert "finding aggregator SPECIFIED_REGIONS: eu-west-2\n" in administrator
    assert "administers the organization of 111111111111\n" in administrator
    assert (
        "organization configuration CENTRAL, PENDING, AutoEnable False, AutoEnableStandards NONE\n"
        in administrator
    )
    app = shown(mock, account=scene.app)
    assert f"configured by policy 'baseline' of {scene.administrator}\n" in app
    assert f"member of {scene.administrator}, by organization\n" in app
    management = shown(mock, account=ADMIN)
    assert f"has the delegated administrator {scene.administrator}\n" in management


def test_a_configuration_that_failed_says_why(mock, scene):
    scene.central.apply(scene.policy, ADMIN)  # the management account has no hub
    failed = f"FAILED: Configuration Policy {scene.policy} couldn't be applied to account {ADMIN}"
    assert failed in shown(mock, account=ADMIN, service="securityhub")


@pytest.mark.parametrize(
    ("steps", "administrator", "member"),
    [
        ([], "has member {} Created", "listed by {}, not invited"),
        (["invite"], "has member {} Invited", "invited by {}"),
        (
            ["invite", "accept"],
            "has member {} Enabled, by invitation",
            "member of {}, by invitation",
        ),
        (
            ["invite", "decline"],
            "has member {} Resigned, by invitation",
            "resigned from {}, may still accept",
        ),
        (
            ["invite", "accept", "disassociate"],
            "has member {} Removed, by invitation",
            "removed by {}",
        ),
    ],
)
def test_both_sides_of_an_invitation_are_shown(mock, steps, administrator, member):
    admin, guest = (
        mock.client("securityhub", account=each, region=IRELAND) for each in (ADMIN, MEMBER)
    )
    admin.enable_security_hub()
    guest.enable_security_hub()
    create(admin, MEMBER)
    for step in steps:
        if step == "invite":
            admin.invite_members(AccountIds=[MEMBER])
        elif step == "accept":
            (invitation,) = guest.list_invitations()["Invitations"]
            guest.accept_administrator_invitation(
                AdministratorId=ADMIN, InvitationId=invitation["InvitationId"]
            )
        elif step == "decline":
            guest.decline_invitations(AccountIds=[ADMIN])
        else:
            admin.disassociate_members(AccountIds=[MEMBER])
    assert f"    {administrator.format(MEMBER)}\n" in shown(mock, account=ADMIN)
    assert f"    {member.format(ADMIN)}\n" in shown(mock, account=MEMBER)


def test_both_sides_of_a_collaboration_are_shown(mock, scene):
    assert f"""
      created collaboration 'Campaigns' {scene.room}
        {BRAND} 'Creator' ACTIVE
        {PUBLISHER} 'Company 3' ACTIVE: CAN_QUERY, CAN_RECEIVE_RESULTS
        {AGENCY} 'Company 4' INVITED
""" in shown(mock, account=BRAND)
    publisher = shown(mock, account=PUBLISHER)
    assert f"    ACTIVE in collaboration 'Campaigns' {scene.room} of {BRAND}\n" in publisher
    assert f"    membership {scene.membership} ACTIVE in collaboration 'Campaigns'\n" in publisher
    agency = shown(mock, account=AGENCY)
    assert f"    INVITED in collaboration 'Campaigns' {scene.room} of {BRAND}\n" in agency


def test_what_a_member_owns_and_runs_is_shown(mock, scene):
    brand = shown(mock, account=BRAND)
    assert "configured table 'Orders', analysis rule LIST, 1 association\n" in brand
    assert f"table association 'orders' in collaboration {scene.room}" in brand
    publisher = shown(mock, account=PUBLISHER)
    assert f"analysis template 'cities' (SQL) in collaboration {scene.room}\n" in publisher
    assert f"protected query {scene.query} SUBMITTED\n" in publisher
    assert "the next protected query will end in FAILED\n" in publisher


def test_a_deleted_collaboration_leaves_its_memberships_in_sight(mock, scene):
    brand = mock.client("cleanrooms", account=BRAND, region=IRELAND)
    brand.delete_collaboration(collaborationIdentifier=scene.room)
    text = shown(mock, account=PUBLISHER)
    assert f"membership {scene.membership} COLLABORATION_DELETED" in text
    assert f"protected query {scene.query} CANCELLED" in text
    assert "in collaboration 'Campaigns' " + scene.room not in text


@pytest.mark.newest_model
def test_a_change_request_is_shown_to_the_creator_and_to_those_who_vote(mock, scene):
    brand = mock.client("cleanrooms", account=BRAND, region=IRELAND)
    newcomer = {
        "specificationType": "MEMBER",
        "specification": {
            "member": {"accountId": GUEST, "memberAbilities": [], "displayName": "Newcomer"}
        },
    }
    request = brand.create_collaboration_change_request(
        collaborationIdentifier=scene.room, changes=[newcomer]
    )["collaborationChangeRequest"]["id"]
    creator = shown(mock, account=BRAND)
    assert f"change request {request} of collaboration {scene.room} PENDING\n" in creator
    assert f"vote PENDING on change request {request} PENDING\n" in shown(mock, account=PUBLISHER)


def test_a_membership_is_shown_with_its_cases_and_to_the_accounts_that_it_covers(mock, scene):
    owner = shown(mock, account=ADMIN, service="security-ir")
    assert (
        f"membership {scene.coverage} 'Incident response' Active, Organization,"
        " covers the entire organization: 3 accounts\n"
    ) in owner
    assert f"    case {scene.case} 'Unknown key' Submitted (Self), 1 comment\n" in owner
    assert "      attachment 'log.txt' Pending\n" in owner
    covered = f"covered by membership {scene.coverage} of {ADMIN}\n"
    assert covered in shown(mock, account=scene.app)
    assert covered not in owner


def test_a_cancelled_membership_covers_nobody(mock, scene):
    security = mock.client("security-ir", account=ADMIN, region=IRELAND)
    security.cancel_membership(membershipId=scene.coverage)
    assert "Cancelled, Organization, covers the entire organization: 0 accounts" in str(mock)
    assert "covered by" not in str(mock)


def test_findings_are_counted(mock):
    client = mock.client("securityhub", account=ADMIN, region=IRELAND)
    client.enable_security_hub()
    finding = {
        "SchemaVersion": "2018-10-08",
        "Id": "one",
        "ProductArn": f"arn:aws:securityhub:{IRELAND}:{ADMIN}:product/{ADMIN}/default",
        "GeneratorId": "test",
        "AwsAccountId": ADMIN,
        "CreatedAt": "2026-01-01T00:00:00Z",
        "UpdatedAt": "2026-01-01T00:00:00Z",
        "Severity": {"Label": "LOW"},
        "Title": "Title",
        "Description": "Description",
        "Types": ["Software and Configuration Checks"],
        "Resources": [{"Type": "Other", "Id": "resource"}],
    }
    assert client.batch_import_findings(Findings=[finding])["SuccessCount"] == 1
    assert "    findings: 1\n" in shown(mock, account=ADMIN)


def test_regions_and_accounts_with_the_same_in_them_are_shown_once(mock):
    for account in (ADMIN, MEMBER):
        for region in (IRELAND, LINKED, "us-east-2", "us-west-1", "us-west-2"):
            client = mock.client("securityhub", account=account, region=region)
            client.enable_security_hub(EnableDefaultStandards=False)
    assert str(mock).splitlines()[1:] == [
        "  111111111111, 222222222222",
        "    securityhub in eu-west-1, eu-west-2, us-east-2, … and 2 more",
        "      hub",
    ]


def test_what_goes_for_all_accounts_comes_first_and_is_part_of_each(mock, monkeypatch):
    mock.client("securityhub", account=ADMIN, region=IRELAND).enable_security_hub()
    everywhere = Summary("", "", "securityhub", one("a quota"))
    monkeypatch.setattr(StandardsStore, "summary", lambda *_: iter([everywhere]))
    expected = ["  all accounts", "    securityhub in all regions", "      a quota", f"  {ADMIN}"]
    assert str(mock).splitlines()[1:5] == expected
    assert shown(mock, account=ADMIN).splitlines()[:4] == expected


# --- how the mock is ---


def test_the_heading_tells_account_region_and_calls():
    with mock_membership(account=ADMIN, region="sa-east-1") as mock:
        mock.client("security-ir").list_memberships()
        assert str(mock).splitlines() == [
            "MembershipMock, running: account 111111111111, region sa-east-1, 1 call",
            "  empty",
        ]


def test_the_heading_tells_when_the_clock_stands_still(mock, monkeypatch):
    monkeypatch.setattr(running.require().world.clock, "frozen", NOW, raising=False)
    assert repr(mock).endswith(", 0 calls, clock frozen at 2026-03-01T00:00:00+00:00>")


def test_repr_is_one_short_line(mock, scene):
    line = "<MembershipMock, running: account 123456789012, region us-east-1, {} calls>"
    assert repr(mock) == line.format(len(mock.calls))


def test_a_mock_that_was_not_started_says_so(capsys):
    mock = mock_membership()
    assert str(mock) == "MembershipMock, not started"
    assert repr(mock) == "<MembershipMock, not started>"
    mock.show()
    assert capsys.readouterr().out == "MembershipMock, not started\n"


def test_a_mock_that_has_ended_says_so():
    with mock_membership() as mock:
        mock.client("security-ir").list_memberships()
    assert str(mock) == "MembershipMock, ended after 1 call\n  gone: the mock has ended"
    assert repr(mock) == "<MembershipMock, ended after 1 call>"


def test_what_runs_after_a_mock_is_not_shown_as_its_own():
    with mock_membership() as ended:
        pass
    with mock_membership(unused_plans="ignore") as mock:
        Scene(mock)
        assert "gone: the mock has ended" in str(ended)
        assert "organization" not in str(ended)


def test_an_inner_mock_shows_the_world_that_it_shares(mock, scene):
    with mock_membership(region="sa-east-1") as inner:
        assert inner._tree(tree.Part()) == mock._tree(tree.Part())
        assert "region sa-east-1" in repr(inner)
    assert repr(inner).startswith("<MembershipMock, ended after ")


def test_reset_empties_the_tree(mock, scene):
    mock.reset()
    assert str(mock).splitlines()[1:] == ["  empty"]


# --- a part ---


def test_show_of_an_account_shows_where_it_stands_and_nobody_else(mock, scene):
    text = shown(mock, account=scene.app)
    id_of = scene.central.organizations.describe_organization()["Organization"]["Id"]
    assert text.splitlines()[:2] == [
        f"  {scene.app} 'app'",
        f"    account of organization {id_of} of 111111111111, in 'workloads' / 'prod'",
    ]
    assert BRAND not in text


def test_show_of_a_region_keeps_what_goes_for_all_regions(mock, scene):
    text = shown(mock, region=LINKED)
    assert "securityhub in eu-west-2" in text
    assert "securityhub in all regions" in text
    assert "in eu-west-1" not in text
    assert "cleanrooms" not in text


@pytest.mark.parametrize("service", ["cleanrooms", "securityhub", "security-ir"])
def test_show_of_a_service_leaves_out_the_others_and_the_organizations(mock, scene, service):
    text = shown(mock, service=service)
    assert set(re.findall(r"^    (\S+) in ", text, re.MULTILINE)) == {service}
    assert "organization o-" not in text


def test_show_of_what_there_is_not_says_nothing(mock, scene):
    assert shown(mock, account=STRANGER) == "  nothing\n"
    assert shown(mock, account=BRAND, region="sa-east-1") == "  nothing\n"


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"account": "12"}, "'12' is not an account id"),
        ({"account": 111111111111}, "an int will not do"),
        ({"region": "moon"}, "'moon' is not a region"),
        ({"region": 1}, "1 is not a region"),
        ({"service": "securtyhub"}, "nearest: 'securityhub'"),
        ({"service": ["securityhub"]}, "is not a service that this package mocks"),
        ({"service": "s3"}, "'s3' is not a service that this package mocks: cleanrooms, "),
    ],
)
def test_a_part_that_cannot_be_is_refused(mock, part, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        mock.show(**part)


def test_show_takes_keywords_only(mock):
    with pytest.raises(TypeError):
        mock.show(ADMIN)


def test_show_writes_to_what_cannot_write_everything(mock):
    client = mock.client("security-ir", account=ADMIN, region=IRELAND)
    new_membership(client, membershipName="Überwachung")
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii")
    mock.show(file=file)
    file.flush()
    assert b"'\\xdcberwachung' Active" in raw.getvalue()


# --- looking moves nothing ---


def look(mock: MembershipMock) -> None:
    """Look in every way there is."""
    assert str(mock)
    assert repr(mock)
    mock.show(file=io.StringIO())
    mock.show(account=BRAND, region=IRELAND, service="cleanrooms", file=io.StringIO())
    assert mock.diagram()
    assert mock.diagram("svg")
    assert mock.report()


def test_looking_changes_nothing_in_the_world(mock, scene):
    before = deepcopy(stores())
    calls, passed = len(mock.calls), len(running.require().record.passed)
    chance = running.require().world.random.getstate()
    look(mock)
    assert stores() == before
    assert list(stores()) == list(before)
    assert (len(mock.calls), len(running.require().record.passed)) == (calls, passed)
    assert running.require().world.random.getstate() == chance


def test_states_that_settle_at_the_next_read_wait_for_it_however_often_they_are_shown(mock, scene):
    for _ in range(3):
        look(mock)
    hub = scene.central.hub
    configuration = hub.describe_organization_configuration()["OrganizationConfiguration"]
    assert configuration["Status"] == "PENDING"
    text = shown(mock, account=scene.administrator)
    assert "aws-foundational-security-best-practices/v/1.0.0 PENDING" in text
    hub.get_enabled_standards()
    text = shown(mock, account=scene.administrator)
    assert "aws-foundational-security-best-practices/v/1.0.0 READY" in text
    publisher = mock.client("cleanrooms", account=PUBLISHER, region=IRELAND)
    query = publisher.get_protected_query(
        membershipIdentifier=scene.membership, protectedQueryIdentifier=scene.query
    )["protectedQuery"]
    assert query["status"] == "STARTED"
    assert f"protected query {scene.query} STARTED" in shown(mock, account=PUBLISHER)


@pytest.mark.parametrize("minutes", [0.5, 1, 5, 60])
def test_looking_changes_nothing_however_much_time_has_passed(mock, scene, minutes):
    mock.quotas.set("securityhub", "members", 20, account=ADMIN)
    before = deepcopy(stores())
    mock.clock.advance(minutes=minutes)
    passed = deepcopy(stores())  # what time itself has done
    look(mock)
    assert stores() == passed
    assert list(stores()) == list(before)


def test_looking_leaves_moto_as_it_was(mock):
    from moto.organizations.models import organizations_backends

    before = set(organizations_backends)
    new_membership(mock.client("security-ir", account=ADMIN, region=IRELAND))
    look(mock)
    assert set(organizations_backends) - before <= {ADMIN}


# --- much, and odd ---


def test_ten_thousand_members_are_a_screenful(mock):
    admin = mock.client("securityhub", account="999999999999", region=IRELAND)
    admin.enable_security_hub()
    store = running.require().world.store_at(AssociationStore, (IRELAND,))
    for number in range(10_000):
        store.create("999999999999", f"{number:012d}", None, NOW)
    lines = str(mock).splitlines()
    assert len(lines) < 40
    assert "      … and 9,990 more members" in lines
    assert "      has member 000000000009 Created" in lines
    assert "  000000000000, 000000000001, 000000000002, … and 996 more" in lines
    assert lines[-1] == "  … and 9,001 more accounts"
    assert "listed by 999999999999" in shown(mock, account="000000009999")


def test_what_is_not_shown_is_not_even_written(mock):
    written = []

    def write(number: int) -> str:
        written.append(number)
        return f"line {number}"

    lines = several("things", range(10_000), write)
    assert list(tree._write(lines, 0, 5))[-1] == "… and 9,990 more things"
    assert written == list(range(10))


def test_nobody_is_told_that_there_is_one_more():
    lines = several("things", range(11), str)
    assert list(tree._write(lines, 0, 5)) == [str(number) for number in range(11)]


def test_an_organization_of_thousands_is_cut(mock, scene, monkeypatch):
    for number in range(20):
        unit = scene.central.unit(f"unit {number}", scene.central.root)
        for name in range(8 if number < 12 else 0):
            scene.central.account(f"account {name}", unit)
    text = str(mock)
    assert "    … and 11 more units" in text
    assert "      … and 3 more accounts" in text
    monkeypatch.setattr(tree, "SCREEN", 5)
    assert str(mock).splitlines()[6] == "    …"


def test_the_latest_cases_are_shown_first(mock):
    client = mock.client("security-ir", account=ADMIN, region=IRELAND)
    new_membership(client)
    cases = [new_case(client) for _ in range(13)]
    text = shown(mock)
    assert re.findall(r"case (\d+)", text) == cases[:2:-1]
    assert "… and 3 more cases" in text


def test_names_stay_on_their_line_whatever_is_in_them(mock):
    client = mock.client("cleanrooms", account=BRAND, region=IRELAND)
    rooms.new_collaboration(client, name="There\tand \u202eback " + "x" * 60)
    line = next(line for line in str(mock).splitlines() if "created collaboration" in line)
    assert "'There\\tand \\u202eback xxxx" in line
    assert "…'" in line
    assert line.isprintable()


def test_half_a_character_can_be_shown(mock):
    client = mock.client("cleanrooms", account=BRAND, region=IRELAND)
    room = rooms.new_collaboration(client)["id"]
    store = running.require().world.store_at(CollaborationStore, (IRELAND,))
    store.collaborations[room].name = "Half \ud800"  # no call brings that about
    for text in (str(mock), mock.report(), shown(mock), mock.diagram(), mock.diagram("svg")):
        assert "Half " in text
        assert text.encode()


def test_a_case_with_lines_in_its_title_takes_one(mock):
    client = mock.client("security-ir", account=ADMIN, region=IRELAND)
    new_membership(client)
    try:
        new_case(client, title="One\nTwo\x1b[31m")
    except ClientError:
        pytest.skip("the model allows no such title")
    assert "case" in shown(mock)
    assert "\x1b" not in str(mock)
    assert r"'One\nTwo\x1b[31m'" in str(mock)


def test_the_report_has_the_same_tree(mock, scene):
    tree_lines = str(mock).splitlines()[1:]
    assert mock.report().splitlines()[-len(tree_lines) - 1 :] == ["World:", *tree_lines]


def test_a_store_that_cannot_be_shown_hides_no_failed_test(mock, monkeypatch):
    def broken(*_: Any) -> Any:
        raise KeyError("broken")

    mock.client("securityhub", account=ADMIN).enable_security_hub()
    monkeypatch.setattr(HubStore, "summary", broken)
    assert "the world cannot be shown: KeyError('broken')" in mock.report()
    assert "1  securityhub.EnableSecurityHub" in mock.report()
    assert "the world cannot be shown" in str(mock)


def test_an_ended_mock_has_no_diagram():
    with mock_membership() as mock:
        pass
    with pytest.raises(NotRunning):
        mock.diagram()
