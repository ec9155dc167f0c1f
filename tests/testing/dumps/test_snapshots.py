"""The world kept and brought back, seen through boto3."""

from __future__ import annotations

from datetime import datetime, timezone
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError

from membership_mock import NotRunning, UsageError, mock_membership
from membership_mock.engine.protocol import model
from membership_mock.services import SERVICES
from tests.cleanrooms.collaboration_samples import REGION, A, B, join, member, new_collaboration
from tests.cleanrooms.query_samples import finish_query, get_query, new_bucket, objects, start_query
from tests.samples import case_input, new_case, new_membership

ADMIN, MEMBER, MANAGEMENT = "111111111111", "222222222222", "999999999999"


def hub(mock: Any, account: str, region: str = REGION) -> Any:
    """Return a client of an account that has Security Hub enabled."""
    client = mock.client("securityhub", account=account, region=region)
    client.enable_security_hub(EnableDefaultStandards=False)
    return client


def invited(mock: Any) -> tuple[Any, Any, str]:
    """Return an administrator's client, an invited member's, and the invitation."""
    admin, invitee = hub(mock, ADMIN), hub(mock, MEMBER)
    admin.create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "b@example.com"}])
    admin.invite_members(AccountIds=[MEMBER])
    (invitation,) = invitee.list_invitations()["Invitations"]
    return admin, invitee, invitation["InvitationId"]


def statuses(client: Any) -> list[str]:
    """Return the statuses of all members."""
    members = client.list_members(OnlyAssociated=False)["Members"]
    return [each["MemberStatus"] for each in members]


# --- what comes back ---


def test_an_invitation_can_be_accepted_after_every_restore(membership_mock: Any) -> None:
    admin, invitee, invitation = invited(membership_mock)
    before = membership_mock.snapshot()
    for _ in range(3):
        invitee.accept_administrator_invitation(AdministratorId=ADMIN, InvitationId=invitation)
        assert statuses(admin) == ["Enabled"]
        membership_mock.restore(before)
        assert statuses(admin) == ["Invited"]


def test_what_came_after_the_snapshot_is_gone_in_every_account_and_region(
    membership_mock: Any,
) -> None:
    hub(membership_mock, ADMIN)
    before, dump = membership_mock.snapshot(), membership_mock.dump()
    other = hub(membership_mock, MEMBER, "us-east-1")
    new_membership(membership_mock.client("security-ir", account=MEMBER, region="us-east-1"))
    new_collaboration(membership_mock.client("cleanrooms", account=MEMBER, region="us-east-1"))
    membership_mock.restore(before)
    assert membership_mock.dump() == dump
    with pytest.raises(ClientError, match="not subscribed"):
        other.describe_hub()


def test_a_snapshot_brings_back_an_emptied_world(membership_mock: Any) -> None:
    admin, _, _ = invited(membership_mock)
    before = membership_mock.snapshot()
    membership_mock.reset()
    membership_mock.restore(before)
    assert statuses(admin) == ["Invited"]


def test_snapshots_can_be_restored_in_any_order(membership_mock: Any) -> None:
    admin, invitee, invitation = invited(membership_mock)
    first = membership_mock.snapshot()
    invitee.accept_administrator_invitation(AdministratorId=ADMIN, InvitationId=invitation)
    second = membership_mock.snapshot()
    for snapshot, expected in [(first, "Invited"), (second, "Enabled"), (first, "Invited")]:
        membership_mock.restore(snapshot)
        assert statuses(admin) == [expected]


def test_the_objects_that_both_sides_share_stay_shared(membership_mock: Any) -> None:
    admin, invitee, invitation = invited(membership_mock)
    membership_mock.restore(membership_mock.snapshot())
    invitee.accept_administrator_invitation(AdministratorId=ADMIN, InvitationId=invitation)
    assert statuses(admin) == ["Enabled"]
    assert invitee.get_administrator_account()["Administrator"]["AccountId"] == ADMIN
    assert [each["AccountId"] for each in admin.list_members()["Members"]] == [MEMBER]


def test_a_page_token_from_before_goes_on_after(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir", account=ADMIN, region=REGION)
    new_membership(client)
    cases = [new_case(client) for _ in range(3)]
    first = client.list_cases(maxResults=1)
    before = membership_mock.snapshot()
    new_case(client)
    membership_mock.restore(before)
    rest = client.list_cases(maxResults=5, nextToken=first["nextToken"])["items"]
    assert {each["caseId"] for each in (*first["items"], *rest)} == set(cases)


def test_a_repeated_call_gets_its_first_answer_after_a_restore(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir", account=ADMIN, region=REGION)
    new_membership(client)
    case = new_case(client, clientToken="once")
    before = membership_mock.snapshot()
    later = new_case(client, clientToken="later")
    membership_mock.restore(before)
    assert new_case(client, clientToken="once") == case
    assert [each["caseId"] for each in client.list_cases()["items"]] == [case]
    assert new_case(client, clientToken="later") != case
    with pytest.raises(client.exceptions.ConflictException):
        client.create_case(**case_input(clientToken="once", title="Another"))
    assert later not in (case, "")


def test_no_operation_with_an_idempotency_token_has_parameters_in_headers() -> None:
    # what is remembered of a first call is without its headers
    found = [
        (service, name)
        for service in SERVICES
        for name in model.service_model(service).operation_names
        if model.idempotency_token(described := model.service_model(service).operation_model(name))
        for shape in described.input_shape.members.values()
        if shape.serialization.get("location") in ("header", "headers")
    ]
    assert found == []


def test_results_in_s3_come_back_and_go(membership_mock: Any) -> None:
    new_bucket(membership_mock, A, "results")
    client = membership_mock.client("cleanrooms", account=A, region=REGION)
    membership = join(client, new_collaboration(client)["id"])["id"]
    membership_mock.aws_side(A, REGION).end_query(result=[{"city": "Ulm", "sum": 3}])
    query = start_query(client, membership)["id"]
    before = membership_mock.snapshot()
    assert finish_query(client, membership, query)["status"] == "SUCCESS"
    written = objects(membership_mock, A, "results")
    assert len(written) == 1
    after = membership_mock.snapshot()

    membership_mock.restore(before)
    assert objects(membership_mock, A, "results") == {}
    assert get_query(client, membership, query)["status"] != "SUCCESS"
    assert finish_query(client, membership, query)["status"] == "SUCCESS"
    assert objects(membership_mock, A, "results") == written

    s3 = membership_mock.client("s3", account=A, region="us-east-1")
    s3.put_object(Bucket="results", Key=next(iter(written)), Body=b"changed")
    s3.create_bucket(Bucket="another")
    membership_mock.restore(after)
    assert objects(membership_mock, A, "results") == written
    assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == ["results"]
    s3.create_bucket(Bucket="another")  # the name is free again


def test_every_version_of_an_object_comes_back(membership_mock: Any) -> None:
    s3 = membership_mock.client("s3", account=A, region="us-east-1")
    s3.create_bucket(Bucket="versions")
    s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        s3.put_object(Bucket="versions", Key="key", Body=body, Metadata={"kind": "text"})
    before = membership_mock.snapshot()
    s3.delete_object(Bucket="versions", Key="key")
    membership_mock.restore(before)
    found = s3.list_object_versions(Bucket="versions")
    bodies = [
        s3.get_object(Bucket="versions", Key="key", VersionId=each["VersionId"])["Body"].read()
        for each in found["Versions"]
    ]
    assert sorted(bodies) == [b"one", b"two"]
    assert "DeleteMarkers" not in found
    assert s3.head_object(Bucket="versions", Key="key")["Metadata"] == {"kind": "text"}


def test_the_organization_comes_back_with_those_who_moved_joined_and_left(
    membership_mock: Any,
) -> None:
    organizations = membership_mock.client("organizations", account=MANAGEMENT)
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    made = organizations.create_account(AccountName="app", Email="app@example.com")
    account = made["CreateAccountStatus"]["AccountId"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="prod")
    unit_id = unit["OrganizationalUnit"]["Id"]
    before = membership_mock.snapshot()

    organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit_id)
    organizations.create_account(AccountName="late", Email="late@example.com")
    hub(membership_mock, MANAGEMENT).enable_organization_admin_account(AdminAccountId=account)
    assert organizations.list_delegated_administrators()["DelegatedAdministrators"]
    membership_mock.restore(before)

    assert organizations.list_parents(ChildId=account)["Parents"][0]["Id"] == root
    assert len(organizations.list_accounts()["Accounts"]) == 2
    assert organizations.list_delegated_administrators()["DelegatedAdministrators"] == []
    organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit_id)
    assert organizations.list_parents(ChildId=account)["Parents"][0]["Id"] == unit_id


def test_an_organization_that_came_after_the_snapshot_is_gone(membership_mock: Any) -> None:
    before = membership_mock.snapshot()
    organizations = membership_mock.client("organizations", account=MANAGEMENT)
    for _ in range(2):
        organizations.create_organization(FeatureSet="ALL")
        made = organizations.create_account(AccountName="app", Email="app@example.com")
        client = membership_mock.client(
            "organizations", account=made["CreateAccountStatus"]["AccountId"]
        )
        assert client.describe_organization()["Organization"]["MasterAccountId"] == MANAGEMENT
        membership_mock.restore(before)
        for each in (organizations, client):
            with pytest.raises(ClientError, match="AWSOrganizationsNotInUse"):
                each.describe_organization()


def test_moto_notes_restored_objects_once_however_often_they_are_restored(
    membership_mock: Any,
) -> None:
    from moto.organizations.models import FakeAccount
    from moto.s3.models import FakeKey

    organizations = membership_mock.client("organizations", account=MANAGEMENT)
    organizations.create_organization(FeatureSet="ALL")
    s3 = membership_mock.client("s3", account=A, region="us-east-1")
    s3.create_bucket(Bucket="results")
    s3.put_object(Bucket="results", Key="key", Body=b"x")
    before = membership_mock.snapshot()
    for _ in range(3):
        membership_mock.restore(before)
        assert len(FakeAccount.instances_tracked) == 1
        assert len(FakeKey.instances_tracked) == 1


# --- what does not ---


def test_calls_and_moto_s_other_services_stay_as_they_are(membership_mock: Any) -> None:
    before = membership_mock.snapshot()
    hub(membership_mock, ADMIN)
    iam = membership_mock.client("iam", account=ADMIN)
    iam.create_user(UserName="ana")
    membership_mock.restore(before)
    membership_mock.calls.assert_called("EnableSecurityHub", times=1)
    assert [each["UserName"] for each in iam.list_users()["Users"]] == ["ana"]


def test_a_seeded_mock_makes_the_same_ids_after_every_restore() -> None:
    with mock_membership(seed=7) as mock:
        client = mock.client("security-ir", account=ADMIN, region=REGION)
        new_membership(client)
        before = mock.snapshot()
        made = set()
        for _ in range(3):
            made.add(new_case(client))
            mock.restore(before)
        assert len(made) == 1


def test_without_a_seed_ids_go_on_being_random(membership_mock: Any) -> None:
    before = membership_mock.snapshot()
    made = set()
    for _ in range(3):
        made.add(new_membership(membership_mock.client("security-ir", account=ADMIN)))
        membership_mock.restore(before)
    assert len(made) == 3


# --- blocks, nested mocks, misuse ---


def test_a_block_is_rolled_back_even_if_it_fails(membership_mock: Any) -> None:
    admin, invitee, invitation = invited(membership_mock)
    with pytest.raises(ZeroDivisionError), membership_mock.rolled_back():
        invitee.accept_administrator_invitation(AdministratorId=ADMIN, InvitationId=invitation)
        raise ZeroDivisionError
    assert statuses(admin) == ["Invited"]


def test_rolled_back_blocks_nest(membership_mock: Any) -> None:
    with membership_mock.rolled_back():
        admin, _, _ = invited(membership_mock)
        with membership_mock.rolled_back():
            admin.disassociate_members(AccountIds=[MEMBER])
            assert statuses(admin) == ["Removed"]
        assert statuses(admin) == ["Invited"]
    with pytest.raises(ClientError):
        admin.describe_hub()


def test_nested_mocks_share_the_world_and_its_snapshots(membership_mock: Any) -> None:
    before = membership_mock.snapshot()
    with mock_membership() as inner:
        hub(inner, ADMIN)
        after = inner.snapshot()
        inner.restore(before)
        with pytest.raises(ClientError):
            inner.client("securityhub", account=ADMIN, region=REGION).describe_hub()
    membership_mock.restore(after)
    client = membership_mock.client("securityhub", account=ADMIN, region=REGION)
    assert client.describe_hub()["HubArn"]


def test_the_snapshot_of_another_mock_is_refused_and_changes_nothing() -> None:
    with mock_membership() as first:
        snapshot = first.snapshot()
    with mock_membership() as second:
        hub(second, ADMIN)
        before = second.dump()
        with pytest.raises(UsageError, match=r"another mock.*mock\.dump\(\).*load\(dump\)"):
            second.restore(snapshot)
        assert second.dump() == before


def test_only_a_snapshot_can_be_restored(membership_mock: Any) -> None:
    with pytest.raises(UsageError, match=r"A dump goes back with `mock\.load\(dump\)`"):
        membership_mock.restore(membership_mock.dump())


@pytest.mark.parametrize("act", ["snapshot", "dump"])
def test_a_mock_that_is_not_running_has_no_world_to_keep(act: str) -> None:
    with pytest.raises(NotRunning):
        getattr(mock_membership(), act)()


def test_a_mock_that_has_ended_takes_no_world_back() -> None:
    with mock_membership() as mock:
        snapshot, dump = mock.snapshot(), mock.dump()
    with pytest.raises(NotRunning):
        mock.restore(snapshot)
    with pytest.raises(NotRunning):
        mock.load(dump)


def test_a_snapshot_says_how_large_it_is(membership_mock: Any) -> None:
    empty = membership_mock.snapshot()
    invited(membership_mock)
    full = membership_mock.snapshot()
    assert full.size > empty.size
    assert repr(full) == f"<Snapshot of {full.size:,} bytes>"


def test_what_is_remembered_of_a_request_over_http_can_be_kept(membership_mock: Any) -> None:
    # its headers hold on to the connection
    import requests

    client = membership_mock.client("security-ir", account=ADMIN, region=REGION)
    new_membership(client)
    answer = requests.post(
        f"https://security-ir.{REGION}.api.aws/v1/create-case",
        json={
            **case_input(reportedIncidentStartDate=0),
            "reportedIncidentStartDate": datetime(2026, 1, 2, tzinfo=timezone.utc).timestamp(),
            "clientToken": "once",
        },
        headers={"Authorization": f"AWS4-HMAC-SHA256 Credential={ADMIN}/20260101/{REGION}/x/y"},
        timeout=5,
    )
    assert answer.status_code == 201, answer.text
    before = membership_mock.snapshot()
    membership_mock.restore(before)
    assert [each["caseId"] for each in client.list_cases()["items"]] == [answer.json()["caseId"]]


def test_members_of_a_room_stay_its_members(membership_mock: Any) -> None:
    a, b = (membership_mock.client("cleanrooms", account=one, region=REGION) for one in (A, B))
    room = new_collaboration(a, member(B))["id"]
    before = membership_mock.snapshot()
    for _ in range(2):
        membership = join(b, room)["id"]
        assert b.get_membership(membershipIdentifier=membership)["membership"]["status"] == "ACTIVE"
        a.delete_member(collaborationIdentifier=room, accountId=B)
        seen = b.get_membership(membershipIdentifier=membership)["membership"]
        assert seen["status"] == "REMOVED"
        membership_mock.restore(before)


# --- objects that the state and its snapshots share ---


def controls(client: Any) -> dict[str, list[str]]:
    """Return the disabled controls of each standard of an account, and the status of it."""
    found = {}
    for each in client.get_enabled_standards()["StandardsSubscriptions"]:
        arn = each["StandardsSubscriptionArn"]
        listed = client.describe_standards_controls(StandardsSubscriptionArn=arn)["Controls"]
        off = [one["ControlId"] for one in listed if one["ControlStatus"] == "DISABLED"]
        found[arn] = [each["StandardsStatus"], *off]
    return found


def test_standards_and_controls_come_back_after_every_restore(membership_mock: Any) -> None:
    membership_mock.clock.freeze("2026-03-01")
    client = membership_mock.client("securityhub", account=ADMIN, region=REGION)
    client.enable_security_hub()
    pending = membership_mock.snapshot()
    states = []
    for days in (1, 2):
        membership_mock.clock.advance(days=days)
        first, second = controls(client)
        (control, *_) = client.describe_standards_controls(StandardsSubscriptionArn=first)[
            "Controls"
        ]
        client.update_standards_control(
            StandardsControlArn=control["StandardsControlArn"],
            ControlStatus="DISABLED",
            DisabledReason="not here",
        )
        inner = membership_mock.snapshot()
        changed = controls(client)
        assert changed == {first: ["READY", control["ControlId"]], second: ["READY"]}
        client.batch_disable_standards(StandardsSubscriptionArns=[first])
        states.append(controls(client))
        membership_mock.restore(inner)
        assert controls(client) == changed
        membership_mock.restore(pending)
    assert states[0] == states[1] == {second: ["READY"]}


def test_a_snapshot_can_be_restored_in_another_thread(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region=REGION)
    client.enable_security_hub()
    before, dump = membership_mock.snapshot(), membership_mock.dump()
    for _ in range(2):
        client.disable_security_hub()
        thread = Thread(target=membership_mock.restore, args=(before,))
        thread.start()
        thread.join()
        assert membership_mock.dump() == dump


def test_two_worlds_with_the_same_shared_objects_do_not_see_each_other(
    membership_mock: Any,
) -> None:
    admin, invitee, invitation = invited(membership_mock)
    invited_world = membership_mock.snapshot()
    invitee.decline_invitations(AccountIds=[ADMIN])
    declined = membership_mock.snapshot()
    for _ in range(2):
        membership_mock.restore(invited_world)
        assert [each["InvitationId"] for each in invitee.list_invitations()["Invitations"]] == [
            invitation
        ]
        membership_mock.restore(declined)
        assert statuses(admin) == ["Resigned"]
