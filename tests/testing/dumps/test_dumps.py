"""The world written down, read back in the same or another mock, and compared."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import boto3
import pytest

from membership_mock import Dump, UsageError, mock_membership
from membership_mock.engine.state.world import Store
from membership_mock.testing.dumps.classes import class_named, name_of, store_classes
from membership_mock.testing.dumps.fields import declared
from tests.cleanrooms.collaboration_samples import REGION, A, B, join, member, new_collaboration
from tests.cleanrooms.query_samples import finish_query, new_bucket, objects, start_query
from tests.cleanrooms.table_samples import ready_table
from tests.samples import new_case, new_membership
from tests.securityhub.findings.finding_samples import finding
from tests.testing.dumps.test_snapshots import ADMIN, MANAGEMENT, MEMBER, hub, invited, statuses


def fill(mock: Any) -> None:
    """Put something of everything into the world."""
    invited(mock)
    client = mock.client("securityhub", account=ADMIN, region=REGION)
    client.batch_import_findings(Findings=[finding(account=ADMIN, region=REGION)])
    responder = mock.client("security-ir", account=ADMIN, region="us-east-1")
    membership = new_membership(responder, tags={"team": "red", "$odd": "a/b~c"})
    case = new_case(responder, clientToken="once")
    responder.create_case_comment(caseId=case, body="Still looking. \ud83d\ude00")
    if hasattr(responder, "get_finding_metrics"):
        mock.aws_side(ADMIN, "us-east-1").record_finding_metrics(
            membership, date(2026, 3, 9), findings_triaged=3
        )
    new_bucket(mock, A, "results")
    s3 = mock.client("s3", account=A, region="us-east-1")
    s3.put_object(Bucket="results", Key="a/b", Body=b"\xff\x00", Metadata={"kind": "bytes"})
    a, b = (mock.client("cleanrooms", account=one, region=REGION) for one in (A, B))
    room = new_collaboration(a, member(B))["id"]
    mine, _ = join(a, room)["id"], join(b, room)["id"]
    ready_table(a, mine, A)
    mock.aws_side(A, REGION).end_query(result=[{"city": "Ulm"}])
    finish_query(a, mine, start_query(a, mine)["id"])
    organizations = mock.client("organizations", account=MANAGEMENT)
    organizations.create_organization(FeatureSet="ALL")
    organizations.create_account(AccountName="app", Email="app@example.com")


# --- there and back ---


def test_a_dump_is_json_and_back(membership_mock: Any) -> None:
    fill(membership_mock)
    dump = membership_mock.dump()
    read = Dump.from_json(dump.to_json())
    assert read == dump
    assert read.data == dump.data
    assert dump.to_json(indent=None) == read.to_json(indent=None)


def test_a_loaded_world_is_the_same_world(membership_mock: Any) -> None:
    fill(membership_mock)
    text = membership_mock.dump().to_json()
    for _ in range(2):
        membership_mock.reset()
        membership_mock.load(Dump.from_json(text))
        again, before = json.loads(membership_mock.dump().to_json()), json.loads(text)
        for varies in ("random", "digest"):
            assert again.pop(varies) != before.pop(varies)
        assert again == before


def test_what_s3_and_organizations_can_hold_comes_back_whole(membership_mock: Any) -> None:
    s3 = membership_mock.client("s3", account=A, region="us-east-1")
    s3.create_bucket(Bucket="uploads")
    expiry = {"ID": "old", "Filter": {"Prefix": "x"}, "Status": "Enabled"}
    s3.put_bucket_lifecycle_configuration(
        Bucket="uploads", LifecycleConfiguration={"Rules": [{**expiry, "Expiration": {"Days": 3}}]}
    )
    for key in ("complete", "begun"):
        upload = s3.create_multipart_upload(Bucket="uploads", Key=key, Metadata={"kind": "large"})
        part = {"Bucket": "uploads", "Key": key, "UploadId": upload["UploadId"]}
        tag = s3.upload_part(**part, PartNumber=1, Body=b"x" * 100)["ETag"]
        if key == "complete":
            parts = {"Parts": [{"ETag": tag, "PartNumber": 1}]}
            s3.complete_multipart_upload(**part, MultipartUpload=parts)
    organizations = membership_mock.client("organizations", account=MANAGEMENT)
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="TAG_POLICY")
    policy = organizations.create_policy(
        Content="{}", Description="d", Name="n", Type="SERVICE_CONTROL_POLICY"
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=policy, TargetId=root)

    before = membership_mock.dump()
    membership_mock.restore(membership_mock.snapshot())
    assert before.difference(membership_mock.dump()) == ""
    membership_mock.reset()
    membership_mock.load(before)
    assert before.difference(membership_mock.dump()) == ""
    assert objects(membership_mock, A, "uploads") == {"complete": b"x" * 100}
    s3.upload_part(**part, PartNumber=2, Body=b"y")
    organizations.detach_policy(PolicyId=policy, TargetId=root)
    targets = organizations.list_targets_for_policy(PolicyId=policy)["Targets"]
    assert targets == []


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_a_world_goes_on_in_another_process(
    membership_mock: Any, tmp_path: Path, hash_seed: str
) -> None:
    fill(membership_mock)
    client = membership_mock.client("security-ir", account=ADMIN, region="us-east-1")
    file = tmp_path / "world.json"
    file.write_text(membership_mock.dump().to_json(), encoding="utf-8")
    script = f"""
        from pathlib import Path
        from membership_mock import Dump, mock_membership
        from tests.samples import new_case

        with mock_membership() as mock:
            dump = Dump.from_json(Path({str(file)!r}).read_text(encoding="utf-8"))
            mock.load(dump)
            assert dump.difference(mock.dump()) == ""
            client = mock.client("security-ir", account={ADMIN!r}, region="us-east-1")
            new_case(client)
            organizations = mock.client("organizations", account={MANAGEMENT!r})
            organizations.create_account(AccountName="late", Email="late@example.com")
            accounts = organizations.list_accounts()["Accounts"]
            assert len({{each["Id"] for each in accounts}}) == 3
            Path({str(file)!r}).write_text(mock.dump().to_json(), encoding="utf-8")
    """
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    membership_mock.load(Dump.from_json(file.read_text(encoding="utf-8")))
    assert len(client.list_cases()["items"]) == 2


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "mars-1", "local"])
def test_a_world_in_any_region_comes_back(membership_mock: Any, region: str) -> None:
    client = boto3.client("securityhub", region_name=region)  # as the code under test makes it
    client.enable_security_hub()
    dump = membership_mock.dump()
    membership_mock.reset()
    membership_mock.load(Dump.from_json(dump.to_json()))
    assert membership_mock.dump() == dump
    assert client.describe_hub()["HubArn"]


@pytest.mark.parametrize(
    "bucket",
    [
        {"a": 1},
        5,
        None,
        {"$type": "moto.s3.models.FakeBucket", "name": "results"},
        {"$type": "moto.s3.models.FakeBucket", "name": "results", "keys": {}, "multiparts": []},
        {"$type": "moto.s3.models.FakeBucket", "name": "results", "keys": 1, "multiparts": {}},
    ],
)
def test_a_bucket_that_moto_could_not_empty_is_refused(bucket: Any) -> None:
    with mock_membership() as mock:
        new_bucket(mock, A, "results")
        data = json.loads(mock.dump().to_json())
        data["s3"]["backends"][f"{A} aws"]["buckets"]["results"] = bucket
        with pytest.raises(UsageError):
            mock.load(Dump(data))
        mock.reset()
    with mock_membership() as mock:
        new_bucket(mock, A, "results")


@pytest.mark.parametrize(
    "part",
    [{"$type": 5}, {"$type": {}}, {"$tuple": True}, {"$set": 5}, {"$same": None}, {"$time": 1}],
)
def test_a_malformed_part_is_refused_in_words_or_shown(membership_mock: Any, part: Any) -> None:
    new_bucket(membership_mock, A, "results")
    before = membership_mock.dump()
    data = json.loads(before.to_json())
    data["s3"]["backends"][f"{A} aws"]["buckets"]["results"] = part
    after = Dump.from_json(json.dumps(data))
    for one, other in ((before, after), (after, before)):
        assert f"s3 {A} aws buckets" in shown_or_refused(one, other)


def shown_or_refused(one: Dump, other: Dump) -> str:
    try:
        return one.difference(other)
    except UsageError as error:
        return str(error)


@pytest.mark.parametrize("part", [{"$set": [1]}, {"$tuple": [1]}, {"$seconds": 5}, {"$utf8": "x"}])
def test_a_value_without_a_declared_type_is_one_of_json(membership_mock: Any, part: Any) -> None:
    membership_mock.given.securityhub.finding(ADMIN, Title="odd")
    data = json.loads(membership_mock.dump().to_json())
    text = json.dumps(data).replace('"odd"', json.dumps(part))
    assert text != json.dumps(data)
    with pytest.raises(UsageError, match="cannot be"):
        membership_mock.load(Dump.from_json(text))


def test_a_world_goes_on_in_another_mock() -> None:
    with mock_membership() as first:
        _, _, invitation = invited(first)
        new_bucket(first, A, "results")
        s3 = first.client("s3", account=A, region="us-east-1")
        s3.put_object(Bucket="results", Key="key", Body=b"\xffbytes")
        organizations = first.client("organizations", account=MANAGEMENT)
        organizations.create_organization(FeatureSet="ALL")
        responder = first.client("security-ir", account=ADMIN, region=REGION)
        new_membership(responder)
        cases = [new_case(responder, clientToken=f"{n}") for n in range(3)]
        page = responder.list_cases(maxResults=1)
        text = first.dump().to_json()
    with mock_membership() as second:
        second.load(Dump.from_json(text))
        invitee = second.client("securityhub", account=MEMBER, region=REGION)
        invitee.accept_administrator_invitation(AdministratorId=ADMIN, InvitationId=invitation)
        assert statuses(second.client("securityhub", account=ADMIN, region=REGION)) == ["Enabled"]
        assert objects(second, A, "results") == {"key": b"\xffbytes"}
        organizations = second.client("organizations", account=MANAGEMENT)
        assert len(organizations.list_accounts()["Accounts"]) == 1
        responder = second.client("security-ir", account=ADMIN, region=REGION)
        rest = responder.list_cases(nextToken=page["nextToken"], maxResults=9)["items"]
        assert {each["caseId"] for each in (*page["items"], *rest)} == set(cases)
        assert new_case(responder, clientToken="0") == cases[0]


def test_quotas_that_were_set_come_back(membership_mock: Any) -> None:
    quotas = membership_mock.quotas
    quotas.set("cleanrooms", "collaborations", 3)
    quotas.set("cleanrooms", "collaborations", 1, account=A, region=REGION)
    dump = Dump.from_json(membership_mock.dump().to_json())
    membership_mock.reset()
    membership_mock.load(dump)
    assert quotas.get("cleanrooms", "collaborations").limit == 3
    assert quotas.get("cleanrooms", "collaborations", account=A, region=REGION).limit == 1
    client = membership_mock.client("cleanrooms", account=A, region=REGION)
    new_collaboration(client)
    with pytest.raises(client.exceptions.ServiceQuotaExceededException):
        new_collaboration(client)


def test_what_is_one_object_in_several_places_is_one_again(membership_mock: Any) -> None:
    admin, invitee, invitation = invited(membership_mock)
    membership_mock.load(membership_mock.dump())
    invitee.accept_administrator_invitation(AdministratorId=ADMIN, InvitationId=invitation)
    assert [each["AccountId"] for each in admin.list_members()["Members"]] == [MEMBER]
    assert statuses(admin) == ["Enabled"]
    assert invitee.get_administrator_account()["Administrator"]["AccountId"] == ADMIN


def test_equal_seeds_give_equal_ids_before_and_after_a_load() -> None:
    def story() -> tuple[Dump, list[str]]:
        with mock_membership(seed=3) as mock:
            client = mock.client("security-ir", account=ADMIN, region=REGION)
            made = [new_membership(client)]
            dump = mock.dump()
            mock.reset()
            mock.load(dump)
            return dump, [*made, new_case(client)]

    (first, ids), (second, same_ids) = story(), story()
    assert ids == same_ids
    # the tokens of repeated calls are botocore's, which has a source of its own
    assert first.difference(second, ignore=["*timestamp*", "engine TokenStore *"]) == ""


def test_ids_made_after_a_load_are_none_that_the_dump_holds() -> None:
    with mock_membership(seed=1) as mock:
        a = mock.client("cleanrooms", account=A, region=REGION)
        new_collaboration(a)
        dump = mock.dump()
    with mock_membership(seed=1) as mock:
        mock.load(dump)
        a = mock.client("cleanrooms", account=A, region=REGION)
        new_collaboration(a)
        assert len(a.list_collaborations()["collaborationList"]) == 2


def test_a_world_that_was_only_looked_at_is_an_empty_one(membership_mock: Any) -> None:
    before = membership_mock.dump()
    membership_mock.client("cleanrooms", account=A, region=REGION).list_collaborations()
    membership_mock.client("s3", account=A).list_buckets()
    assert membership_mock.dump() == before
    assert repr(before) == "<Dump of an empty world>"


def test_a_dump_does_not_change_with_the_world(membership_mock: Any) -> None:
    fill(membership_mock)
    dump = membership_mock.dump()
    text = dump.to_json()
    client = membership_mock.client("securityhub", account=ADMIN, region=REGION)
    client.disassociate_members(AccountIds=[MEMBER])
    assert dump.to_json() == text
    assert membership_mock.dump() != dump


# --- to read ---


def test_a_dump_can_be_read(membership_mock: Any) -> None:
    invited(membership_mock)
    store = membership_mock.dump().data["stores"]["securityhub"]["AssociationStore"][REGION]
    association = store["rosters"][ADMIN]["members"][MEMBER]
    assert association["$type"] == "securityhub.Association"
    assert association["member_status"] == "Invited"
    assert re.fullmatch(r"2\d{3}-.*\+00:00", association["invited_at"]["$time"])
    pointer = f"/stores/securityhub/AssociationStore/{REGION}/rosters/{ADMIN}/members/{MEMBER}"
    assert store["rosters"][ADMIN]["ordered"] == [{"$same": pointer}]


def test_a_dump_says_which_stores_it_holds(membership_mock: Any) -> None:
    hub(membership_mock, ADMIN)
    membership_mock.client("organizations", account=ADMIN).create_organization(FeatureSet="ALL")
    assert repr(membership_mock.dump()) == (
        f"<Dump of securityhub HubStore {REGION}, organizations>"
    )


def test_whatever_a_store_can_hold_has_a_name_in_dumps() -> None:
    near: list[Any] = list(store_classes().values())
    seen: set[Any] = set()
    while near:
        kind = near.pop()
        if kind in seen:
            continue
        seen.add(kind)
        if isinstance(kind, TypeVar):
            near.append(kind.__bound__)
        elif dataclasses.is_dataclass(origin := get_origin(kind) or kind):
            assert isinstance(origin, type)
            named = name_of(origin)
            assert named is not None, f"{origin.__module__} is not in testing/dumps/classes.py"
            assert class_named(named) is origin
            near += [*declared(origin).values(), *origin.__subclasses__()]
        elif origin not in (Literal, Any):
            near += [each for each in get_args(kind) if each is not ...]
    kinds = {get_origin(each) or each for each in seen if not isinstance(each, TypeVar)}
    others = {each for each in kinds if not dataclasses.is_dataclass(each)}
    # what the writer knows; another type needs a word of its own in dumps
    assert others <= {
        *(None, type(None), bool, int, float, str, bytes, datetime, date, timedelta),
        *(dict, list, set, frozenset, tuple, Mapping, Sequence, Any, Literal, Union, UnionType),
    }


def test_every_store_has_a_name_of_its_own() -> None:
    def below(kind: type[Store]) -> set[type[Store]]:
        return {kind, *(found for each in kind.__subclasses__() for found in below(each))}

    ours = {each for each in below(Store) if each.__module__.startswith("membership_mock.")}
    assert set(store_classes().values()) == ours - {Store}


# --- to compare ---


def test_a_difference_has_a_line_for_each_change(membership_mock: Any) -> None:
    _, invitee, invitation = invited(membership_mock)
    before = membership_mock.dump()
    invitee.accept_administrator_invitation(AdministratorId=ADMIN, InvitationId=invitation)
    difference = before.difference(membership_mock.dump(), ignore=["*.updated_at"])
    place = f"securityhub AssociationStore {REGION}"
    pointer = f"/stores/securityhub/AssociationStore/{REGION}/rosters/{ADMIN}/members/{MEMBER}"
    assert set(difference.splitlines()) == {
        f"{place} rosters[{ADMIN}].members[{MEMBER}].member_status: 'Invited' -> 'Enabled'",
        f"{place} rosters[{ADMIN}].enabled[0]: added the one at {pointer}",
        f"{place} rosters[{ADMIN}].invited: 1 -> 0",
    }


def test_what_came_and_went_is_said(membership_mock: Any) -> None:
    hub(membership_mock, ADMIN)
    before = membership_mock.dump()
    hub(membership_mock, MEMBER)
    after = membership_mock.dump()
    assert re.fullmatch(
        rf"securityhub HubStore {REGION} hubs\[{MEMBER}\]: added Hub\(.*…",
        before.difference(after),
    )
    assert f"hubs[{MEMBER}]: removed Hub(" in after.difference(before)
    assert after.difference(after) == ""


def test_a_list_that_lost_one_says_so_once(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir", account=ADMIN, region=REGION)
    new_membership(client)
    case = new_case(client, watchers=[{"email": f"{name}@example.com"} for name in "abcd"])
    before = membership_mock.dump()
    client.update_case(caseId=case, watchersToDelete=[{"email": "b@example.com"}])
    difference = before.difference(membership_mock.dump())
    assert "watchers[1]: removed {'email': 'b@example.com'}" in difference
    assert "watchers[2]" not in difference


def test_a_difference_takes_no_time_for_long_lists_and_sets() -> None:
    def holding(value: Any) -> Dump:
        store = {"$type": "security_ir.cases.CaseIdStore", "taken": value}
        stores = {"security-ir": {"CaseIdStore": {REGION: store}}}
        return Dump({"stores": stores, "clock": {}})

    began = time.process_time()
    few = holding({"$set": [str(n) for n in range(30_000)]})
    more = holding({"$set": [str(n) for n in range(1, 30_001)]})
    assert few.difference(more).splitlines() == [
        f"security-ir CaseIdStore {REGION} taken: added '30000'",
        f"security-ir CaseIdStore {REGION} taken: removed '0'",
    ]
    # much the same again and again: what belongs together would have to be searched for
    old, new = holding([0, *[1, 2] * 900, 3]), holding([4, *[2, 1, 1] * 600, 5])
    assert old.difference(new)
    assert time.process_time() - began < 5


def test_whole_branches_can_be_left_out(membership_mock: Any) -> None:
    empty = membership_mock.dump()
    fill(membership_mock)
    full = membership_mock.dump()
    assert empty.difference(full, ignore=["s3 *", "organizations *", "security*"])
    assert empty.difference(full, ignore=["*"]) == ""
    only_s3 = empty.difference(
        full, ignore=["security*", "cleanrooms *", "organizations *", "engine *"]
    )
    assert all(line.startswith("s3 ") for line in only_s3.splitlines())


def test_a_difference_of_organizations_and_buckets_is_readable(membership_mock: Any) -> None:
    organizations = membership_mock.client("organizations", account=MANAGEMENT)
    organizations.create_organization(FeatureSet="ALL")
    made = organizations.create_account(AccountName="app", Email="app@example.com")
    account = made["CreateAccountStatus"]["AccountId"]
    new_bucket(membership_mock, A, "results")
    before = membership_mock.dump()
    organizations.close_account(AccountId=account)
    s3 = membership_mock.client("s3", account=A, region="us-east-1")
    s3.put_object(Bucket="results", Key="a/b", Body=b"text")
    lines = before.difference(membership_mock.dump()).splitlines()
    assert f"organizations {MANAGEMENT} aws accounts[1].status: 'ACTIVE' -> 'SUSPENDED'" in lines
    assert any(line.startswith(f"s3 {A} aws buckets[results].keys[a/b]: added") for line in lines)


def test_dumps_are_equal_to_dumps_only(membership_mock: Any) -> None:
    dump = membership_mock.dump()
    assert dump != dump.data
    assert dump == membership_mock.dump()
    with pytest.raises(TypeError):
        hash(dump)


@pytest.mark.parametrize(
    ("arguments", "ignore", "text"),
    [({}, [], "takes another dump"), (None, "*.at", r"ignore=\['\*\.at'\]")],
)
def test_a_difference_to_something_else_is_refused(
    membership_mock: Any, arguments: Any, ignore: Any, text: str
) -> None:
    dump = membership_mock.dump()
    with pytest.raises(UsageError, match=text):
        dump.difference(dump if arguments is None else arguments, ignore=ignore)


# --- what is no dump ---


def loads(mock: Any, data: Any) -> None:
    """Load what somebody has made of a dump."""
    mock.load(Dump.from_json(json.dumps(data)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "not the JSON text of a dump"),
        ("[]", "not a dump"),
        ('{"stores": {}}', "not a dump"),
        ('{"format": 99, "release": "9.9"}', r"format 99, written by membership_mock 9\.9"),
        (
            '{"format": 1, "release": "0.1.0"}',
            r"0\.1\.0; this release reads 2\. Make the dump again",
        ),
        (None, "not the JSON text of a dump"),
    ],
)
def test_text_that_is_no_dump_is_refused(text: Any, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        Dump.from_json(text)


def test_only_a_dump_can_be_loaded(membership_mock: Any) -> None:
    with pytest.raises(UsageError, match=r"a snapshot with `mock\.restore"):
        membership_mock.load(membership_mock.snapshot())


def test_data_and_text_of_a_dump_are_refused_in_a_few_words(membership_mock: Any) -> None:
    membership_mock.given.securityhub.members("111111111111", 50)
    dump = membership_mock.dump()
    for given in (dump.data, dump.to_json()):
        with pytest.raises(UsageError, match=r"`mock\.load\(Dump\.from_json\(text\)\)`") as refused:
            membership_mock.load(given)
        assert len(str(refused.value)) < 300
        with pytest.raises(UsageError, match=r"takes another dump, not .{80}\.$"):
            dump.difference(given)


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "builtins.eval",
        "subprocess.Popen",
        "engine.activation.Activation",
        "engine.world.World",
        "options.Options",
        "membership_mock.securityhub.hubs.Hub",
        "securityhub.hubs.Hub",
        "securityhub.Nothing",
        "securityhub.Scope",
        "moto.s3.models.subprocess",
        "moto.core.models.MockAWS",
        "",
        7,
        None,
    ],
)
def test_a_dump_names_no_class_but_those_of_plain_data(membership_mock: Any, name: Any) -> None:
    hub(membership_mock, ADMIN)
    before = membership_mock.dump()
    data = json.loads(before.to_json())
    data["stores"]["securityhub"]["HubStore"][REGION]["hubs"][ADMIN] = {"$type": name}
    with pytest.raises(UsageError, match="not a class that a dump may name"):
        loads(membership_mock, data)
    assert membership_mock.dump() == before


@pytest.mark.parametrize(
    ("hub_data", "expected"),
    [
        ({"$same": "/nowhere"}, "points at nothing"),
        ({"$same": {}}, "cannot be read"),
        ({"$type": "securityhub.Hub", "hub_arn": "x"}, "other attributes in this release"),
        ({"$time": "noon"}, "cannot be read"),
        ({"$base64": "§"}, "cannot be read"),
        ({"$unknown": 1}, "cannot be read"),
    ],
)
def test_a_broken_dump_is_refused_and_changes_nothing(
    membership_mock: Any, hub_data: Any, expected: str
) -> None:
    hub(membership_mock, ADMIN)
    before = membership_mock.dump()
    data = json.loads(before.to_json())
    data["stores"]["securityhub"]["HubStore"][REGION]["hubs"][ADMIN] = hub_data
    with pytest.raises(UsageError, match=expected):
        loads(membership_mock, data)
    assert membership_mock.dump() == before


@pytest.mark.parametrize(
    ("stores", "expected"),
    [
        ({"securityhub": {"NoStore": {REGION: {}}}}, "has no NoStore of securityhub"),
        ({"securityhub": {"HubStore": {REGION: {}}}}, "cannot stand at"),
        ({"securityhub": 7}, "in the wrong place"),
        (None, "in the wrong place"),
    ],
)
def test_stores_that_do_not_exist_are_refused(
    membership_mock: Any, stores: Any, expected: str
) -> None:
    data = {**membership_mock.dump().data, "stores": stores}
    with pytest.raises(UsageError, match=expected):
        loads(membership_mock, data)


@pytest.mark.parametrize(
    "malformed",
    [
        {"stores": None},
        {"stores": "text"},
        {"stores": {"securityhub": "text"}},
        {"stores": {"securityhub": {"HubStore": "text"}}},
        {"stores": {"securityhub": {"HubStore": {REGION: "text"}}}},
        {"clock": None},
        {"organizations": None},
        {"organizations": {"backends": 7}},
        {"s3": []},
    ],
)
def test_a_malformed_dump_is_not_compared_nor_masked_but_can_be_printed(
    membership_mock: Any, malformed: dict[str, Any]
) -> None:
    membership_mock.client("securityhub", account=ADMIN, region=REGION).enable_security_hub()
    good = membership_mock.dump()
    bad = Dump({**good.data, **malformed})
    for compare in (lambda: good.difference(bad), lambda: bad.difference(good)):
        with pytest.raises(UsageError, match="in the wrong place"):
            compare()
    with pytest.raises(UsageError, match="in the wrong place"):
        bad.masked("ids")
    assert repr(bad) == "<Dump with parts in the wrong place>"
    assert bad != good


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("securityhub HubStore hubs", 7, "hubs of a securityhub.HubStore cannot be 7"),
        ("securityhub HubStore hubs", {ADMIN: "hub"}, "hubs of a .* cannot be a dict"),
        ("securityhub HubStore hubs", {ADMIN: {"$same": "/stores"}}, "cannot be a dict"),
        (f"securityhub HubStore hubs {ADMIN} hub_arn", 7, "hub_arn of a .*Hub cannot be 7"),
        (
            f"securityhub HubStore hubs {ADMIN} subscribed_at",
            {"$time": "2026-01-01T00:00:00"},
            "subscribed_at of a .*Hub cannot be a datetime",
        ),
    ],
)
def test_a_value_of_another_type_is_refused_and_changes_nothing(
    membership_mock: Any, place: str, value: Any, expected: str
) -> None:
    hub(membership_mock, ADMIN)
    before = membership_mock.dump()
    data = json.loads(before.to_json())
    service, store, *inner, last = place.split(" ")
    part = data["stores"][service][store][REGION]
    for step in inner:
        part = part[step]
    assert last in part
    part[last] = value
    with pytest.raises(UsageError, match=expected):
        loads(membership_mock, data)
    assert membership_mock.dump() == before


@pytest.mark.parametrize("place", ["", f"{ADMIN} {REGION}", "eu-west-1 "])
def test_a_store_that_stands_nowhere_is_refused(membership_mock: Any, place: str) -> None:
    hub(membership_mock, ADMIN)
    data = json.loads(membership_mock.dump().to_json())
    stores = data["stores"]["securityhub"]["HubStore"]
    stores[place] = stores.pop(REGION)
    with pytest.raises(UsageError, match="cannot stand at"):
        loads(membership_mock, data)


@pytest.mark.parametrize(
    "clock",
    [
        {},
        {"frozen": None},
        {"ahead": None, "frozen": "noon"},
        {"ahead": {"$seconds": 1e300}, "frozen": None},
        {"ahead": {"$seconds": -1e10}, "frozen": None},
        {"ahead": None, "frozen": {"$time": "2026-01-01T00:00:00"}},
        {"ahead": None, "frozen": None, "now": 7},
        7,
    ],
)
def test_a_clock_that_cannot_be_is_refused_and_changes_nothing(
    membership_mock: Any, clock: Any
) -> None:
    membership_mock.clock.freeze("2026-03-01")
    hub(membership_mock, ADMIN)
    before = membership_mock.dump()
    with pytest.raises(UsageError):
        loads(membership_mock, {**before.data, "clock": clock})
    assert membership_mock.dump() == before


@pytest.mark.parametrize(
    "organizations",
    [
        7,
        {"master_accounts": {}, "backends": 7},
        {"master_accounts": {}, "backends": {"nobody aws": {}}},
        {"master_accounts": {}, "backends": {f"{ADMIN} nowhere": {}}},
        {"master_accounts": {}, "backends": {f"{ADMIN} aws": {}}},
        {"master_accounts": {}, "backends": {f"{ADMIN} aws": {"reset": 7}}},
        {"master_accounts": {ADMIN: 7}, "backends": {}},
        {"backends": {}},
    ],
)
def test_moto_s_services_cannot_be_broken_by_a_dump(organizations: Any) -> None:
    with mock_membership() as mock:
        hub(mock, ADMIN)
        mock.client("organizations", account=ADMIN).create_organization(FeatureSet="ALL")
        before = mock.dump()
        with pytest.raises(UsageError):
            loads(mock, {**before.data, "organizations": organizations})
        assert mock.dump() == before


@pytest.mark.parametrize("attribute", ["dispose", "__class__", "__reduce_ex__", "__dict__"])
def test_an_object_of_moto_s_does_what_it_always_does(attribute: str) -> None:
    from moto.s3.models import FakeKey

    with mock_membership() as mock:
        new_bucket(mock, A, "results")
        s3 = mock.client("s3", account=A, region="us-east-1")
        s3.put_object(Bucket="results", Key="key", Body=b"x")
        before, noted = mock.dump(), len(FakeKey.instances_tracked)
        data = json.loads(before.to_json())
        keys = data["s3"]["backends"][f"{A} aws"]["buckets"]["results"]["keys"]["items"]
        keys["key"][0][attribute] = "x"
        with pytest.raises(UsageError, match=f"has no attribute '{attribute}'"):
            loads(mock, data)
        assert mock.dump() == before
        assert len(FakeKey.instances_tracked) == noted


def test_the_organization_of_another_moto_is_refused(membership_mock: Any) -> None:
    membership_mock.client("organizations", account=ADMIN).create_organization(FeatureSet="ALL")
    data = {**membership_mock.dump().data, "moto": "4.0.0"}
    with pytest.raises(UsageError, match=r"organizations as moto 4\.0\.0 has them"):
        loads(membership_mock, data)


def test_a_failed_assertion_shows_the_difference(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_nothing_changes(membership_mock):
            before = membership_mock.dump()
            membership_mock.client("securityhub").enable_security_hub()
            assert membership_mock.dump() == before
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*two worlds; what is different in the left one:",
            "E*securityhub HubStore us-east-1 hubs?123456789012?: added Hub(*",
        ]
    )
