"""Snapshots copy and restore the stores that were used, and nobody can see it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from membership_mock import UsageError, mock_membership
from membership_mock.cleanrooms.collaborations.collaboration_store import CollaborationStore
from membership_mock.engine import running
from membership_mock.engine.state.frozen import Frozen
from membership_mock.engine.state.world import World
from membership_mock.securityhub.hubs.hubs import HubStore
from membership_mock.testing.dumps import writer
from tests.cleanrooms.collaboration_samples import REGION, A, B, join, member, new_collaboration
from tests.mock.test_fork import in_child
from tests.mock.test_fork import pytestmark as needs_fork
from tests.samples import new_case, new_membership
from tests.stories.test_toolbox_walk import Walk
from tests.testing.dumps.test_dumps import fill
from tests.testing.dumps.test_snapshots import ADMIN, MANAGEMENT, MEMBER, hub, invited, statuses


def world() -> World:
    return running.require().world


def parts(snapshot: Any) -> dict[tuple[type[Any], tuple[str, ...]], Any]:
    """Return the copy that holds each store."""
    return {key: part for part in snapshot._copy.stores.parts for key in part.keys}


def require_equal_copies() -> int:
    """Require that each store that was not handed out equals its copy; return their number."""
    state = world()
    unchanged = state.kept._unchanged()
    for part in unchanged:
        now, then = ({"stores": found} for found in (_stores_of(part), part.stores()))
        assert writer.write(now) == writer.write(then), part.keys
    return sum(len(part.keys) for part in unchanged)


def _stores_of(part: Any) -> list[Any]:
    return [world()._stores[key] for key in part.keys]


# --- what is copied and restored ---


def test_stores_that_were_not_used_are_neither_copied_nor_restored(membership_mock: Any) -> None:
    admin, _, _ = invited(membership_mock)
    new_collaboration(membership_mock.client("cleanrooms", account=A, region=REGION))
    first = membership_mock.snapshot()
    rooms, hubs = (
        key for kind in (CollaborationStore, HubStore) for key in parts(first) if key[0] is kind
    )
    before = dict(world()._stores)
    admin.describe_hub()
    second = membership_mock.snapshot()
    assert parts(second)[rooms] is parts(first)[rooms]
    assert parts(second)[hubs] is not parts(first)[hubs]
    membership_mock.restore(first)
    assert world()._stores[rooms] is before[rooms]
    assert world()._stores[hubs] is not before[hubs]


def test_a_world_at_which_nobody_looked_is_restored_as_it_is(membership_mock: Any) -> None:
    fill(membership_mock)
    snapshot = membership_mock.snapshot()
    before = dict(world()._stores)
    membership_mock.restore(snapshot)
    assert {key: id(each) for key, each in world()._stores.items()} == {
        key: id(each) for key, each in before.items()
    }


def test_the_accounts_of_one_region_are_restored_without_those_of_another(
    membership_mock: Any,
) -> None:
    clients = [
        membership_mock.client("security-ir", account=f"{n:012d}", region=REGION) for n in range(60)
    ]
    for client in clients:
        new_membership(client)
    snapshot, dump = membership_mock.snapshot(), membership_mock.dump()
    before = dict(world()._stores)
    new_case(clients[0])
    membership_mock.restore(snapshot)
    now = world()._stores
    assert any(now[key] is not each for key, each in before.items())
    assert any(now[key] is each and f"{59:012d}" in key[1] for key, each in before.items())
    assert membership_mock.dump() == dump


def test_stores_stay_in_their_order(membership_mock: Any) -> None:
    fill(membership_mock)
    snapshot, order = membership_mock.snapshot(), list(world()._stores)
    membership_mock.client("securityhub", account=ADMIN, region=REGION).disable_security_hub()
    hub(membership_mock, MEMBER, "us-east-1")
    membership_mock.restore(snapshot)
    assert list(world()._stores) == order


def test_stores_that_share_objects_are_copied_together(membership_mock: Any) -> None:
    a, b = (membership_mock.client("cleanrooms", account=one, region=REGION) for one in (A, B))
    join(b, new_collaboration(a, member(B))["id"])
    hub(membership_mock, ADMIN)
    ((_, rooms),) = world().stores(CollaborationStore)
    ((_, hubs),) = world().stores(HubStore)
    (room,) = rooms.collaborations.values()
    room.tags = hubs.hubs[ADMIN].tags
    snapshot, dump = membership_mock.snapshot(), membership_mock.dump()
    assert len(snapshot._copy.stores.parts) == 1
    new_collaboration(b)
    membership_mock.restore(snapshot)
    assert membership_mock.dump() == dump
    assert require_equal_copies()
    ((_, rooms),) = world().stores(CollaborationStore)
    ((_, hubs),) = world().stores(HubStore)
    assert rooms.collaborations[room.id].tags is hubs.hubs[ADMIN].tags


def test_a_store_that_cannot_be_copied_in_columns_is_pickled(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, invitee, invitation = invited(membership_mock)
    monkeypatch.setattr("membership_mock.engine.state.layouts._layouts", {})
    monkeypatch.setattr("membership_mock.engine.state.layouts._is_plain", lambda _: False)
    organizations = membership_mock.client("organizations", account=MANAGEMENT)
    organizations.create_organization(FeatureSet="ALL")
    snapshot, dump = membership_mock.snapshot(), membership_mock.dump()
    copy = snapshot._copy
    assert not any(isinstance(part.frozen, Frozen) for part in copy.stores.parts)
    assert not any(isinstance(each, Frozen) for each in copy.moto.values())
    invitee.accept_administrator_invitation(AdministratorId=ADMIN, InvitationId=invitation)
    organizations.create_account(AccountName="app", Email="app@example.com")
    membership_mock.restore(snapshot)
    assert membership_mock.dump() == dump
    assert statuses(admin) == ["Invited"]
    assert snapshot.size > 1000


def test_organizations_of_moto_are_copied_in_columns(membership_mock: Any) -> None:
    organizations = membership_mock.client("organizations", account=MANAGEMENT)
    organizations.create_organization(FeatureSet="ALL")
    organizations.create_account(AccountName="app", Email="app@example.com")
    assert isinstance(membership_mock.snapshot()._copy.moto["organizations"], Frozen)


# --- nobody can see it ---


@pytest.mark.parametrize("seed", [1, 2])
def test_snapshots_of_random_steps_are_restored_in_any_order(seed: int) -> None:
    with mock_membership(seed=seed, now="2026-03-14", unused_plans="ignore") as mock:
        walk = Walk(mock, seed)
        steps = [walk.change_the_organization, walk.play_aws, walk.set_a_quota, walk.move_the_clock]
        steps += [walk.seed, walk.call] * 4
        for number in range(40):
            if number == 25:
                walk.begin_anew()
            with suppress(ClientError, UsageError):
                walk.pick(steps)()
            require_equal_copies()
            if number % 3 == 0:
                walk.keep()
            if number % 4 == 0:
                snapshot, dump = walk.pick(walk.kept)
                mock.restore(snapshot)
                assert dump.difference(mock.dump()) == ""
                assert require_equal_copies()


def test_a_snapshot_in_the_middle_of_a_change_is_restored_whole(membership_mock: Any) -> None:
    hub(membership_mock, ADMIN)
    with world().lock:  # as within a call: the store was handed out before the snapshot
        ((_, store),) = world().stores(HubStore)
        snapshot, dump = membership_mock.snapshot(), membership_mock.dump()
        store.hubs[ADMIN].auto_enable_controls = False
    assert membership_mock.dump() != dump
    membership_mock.restore(snapshot)
    assert membership_mock.dump() == dump


def test_a_restore_in_the_middle_of_a_change_is_whole(membership_mock: Any) -> None:
    hub(membership_mock, ADMIN)
    snapshot, dump = membership_mock.snapshot(), membership_mock.dump()
    with world().lock:
        ((_, store),) = world().stores(HubStore)
        membership_mock.restore(snapshot)
        store.hubs[ADMIN].auto_enable_controls = False  # of a world that is gone
    assert membership_mock.dump() == dump


def test_a_refused_seed_is_no_change_to_later_snapshots(membership_mock: Any) -> None:
    invited(membership_mock)
    first, dump = membership_mock.snapshot(), membership_mock.dump()
    entries = [
        {"member": {"administrator": ADMIN, "account": account, "region": REGION}}
        for account in ("333333333333", ADMIN)
    ]
    with pytest.raises(UsageError, match="member of itself"):
        membership_mock.given.world({"securityhub": entries})
    assert membership_mock.dump() == dump
    second = membership_mock.snapshot()
    hub(membership_mock, "333333333333")
    for snapshot in (first, second):
        membership_mock.restore(snapshot)
        assert membership_mock.dump() == dump
        assert require_equal_copies()


def test_snapshots_survive_resets_and_loads(membership_mock: Any) -> None:
    fill(membership_mock)
    full, full_dump = membership_mock.snapshot(), membership_mock.dump()
    membership_mock.reset()
    empty, empty_dump = membership_mock.snapshot(), membership_mock.dump()
    membership_mock.load(full_dump)
    hub(membership_mock, MANAGEMENT)
    for snapshot, dump in ((full, full_dump), (empty, empty_dump), (full, full_dump)):
        membership_mock.restore(snapshot)
        assert dump.difference(membership_mock.dump()) == ""
        membership_mock.reset()


def test_nested_mocks_share_what_is_known_of_the_stores(membership_mock: Any) -> None:
    invited(membership_mock)
    outer, dump = membership_mock.snapshot(), membership_mock.dump()
    with mock_membership() as mock:
        inner = mock.snapshot()
        hub(mock, "333333333333")
        mock.restore(inner)
        assert mock.dump() == dump
        hub(mock, "333333333333")
    membership_mock.restore(outer)
    assert membership_mock.dump() == dump


@needs_fork
def test_a_forked_child_restores_its_own_world(membership_mock: Any) -> None:
    admin, _, _ = invited(membership_mock)
    snapshot, dump = membership_mock.snapshot(), membership_mock.dump()
    admin.disassociate_members(AccountIds=[MEMBER])

    def restore() -> None:
        membership_mock.restore(snapshot)
        assert membership_mock.dump() == dump
        hub(membership_mock, "333333333333")

    assert in_child(restore) == 0
    assert statuses(admin) == ["Removed"]
    membership_mock.restore(snapshot)
    assert membership_mock.dump() == dump


def test_threads_call_keep_and_restore_at_the_same_time(membership_mock: Any) -> None:
    clients = [hub(membership_mock, f"{n:012d}") for n in range(1, 5)]
    start, dump = membership_mock.snapshot(), membership_mock.dump()

    def work(number: int) -> None:
        for turn in range(10):
            client = clients[(number + turn) % 4]
            if turn % 3 == 0:
                kept = membership_mock.snapshot()
            client.update_security_hub_configuration(AutoEnableControls=bool(turn % 2))
            client.create_insight(Name=f"{number}", Filters={}, GroupByAttribute="Id")
            if turn % 4 == number % 4:
                membership_mock.restore(kept)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert require_equal_copies() >= 0
    membership_mock.restore(start)
    assert dump.difference(membership_mock.dump()) == ""
