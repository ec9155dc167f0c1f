"""Clients of aiobotocore see the same world as those of boto3: accounts, services, bodies."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ConnectionClosedError

from membership_mock import UsageError, mock_membership
from membership_mock.engine import running
from membership_mock.engine.pipeline.hooks import Hook, InterceptedCall
from membership_mock.engine.protocol.http import HttpAnswer
from tests.engine.adapters.async_tests import (
    ADMIN,
    MEMBER,
    REGION,
    client_of,
    httpx_backend,
    in_loop,
    new_session,
)
from tests.samples import TEAM

pytest.importorskip("aiobotocore")

# --- stories of two accounts ---


@in_loop
async def test_an_invitation_of_security_hub_is_seen_and_accepted_by_the_other_account(
    membership_mock: Any,
) -> None:
    async with (
        client_of(ADMIN, "securityhub") as admin,
        client_of(MEMBER, "securityhub") as member,
    ):
        await asyncio.gather(admin.enable_security_hub(), member.enable_security_hub())
        await admin.create_members(AccountDetails=[{"AccountId": MEMBER}])
        await admin.invite_members(AccountIds=[MEMBER])
        (invitation,) = (await member.list_invitations())["Invitations"]
        await member.accept_administrator_invitation(
            AdministratorId=invitation["AccountId"], InvitationId=invitation["InvitationId"]
        )
        (seen,) = (await admin.list_members())["Members"]
        assert (seen["AccountId"], seen["MemberStatus"]) == (MEMBER, "Enabled")
    # clients of boto3 see the same world
    sync = membership_mock.client("securityhub", account=MEMBER, region=REGION)
    assert sync.get_administrator_account()["Administrator"]["AccountId"] == ADMIN
    membership_mock.calls.assert_called(
        "AcceptAdministratorInvitation", account=MEMBER, region=REGION, times=1
    )


@in_loop
async def test_a_collaboration_of_clean_rooms_is_seen_and_joined_by_the_other_account(
    membership_mock: Any,
) -> None:
    async with (
        client_of(ADMIN, "cleanrooms") as creator,
        client_of(MEMBER, "cleanrooms") as member,
    ):
        made = await creator.create_collaboration(
            name="Campaigns",
            description="Who saw what?",
            creatorDisplayName="Brand",
            creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            members=[{"accountId": MEMBER, "displayName": "Publisher", "memberAbilities": []}],
            queryLogStatus="DISABLED",
        )
        room = made["collaboration"]["id"]
        (invited,) = (await member.list_collaborations())["collaborationList"]
        assert (invited["id"], invited["memberStatus"]) == (room, "INVITED")
        await member.create_membership(collaborationIdentifier=room, queryLogStatus="DISABLED")
        members = (await creator.list_members(collaborationIdentifier=room))["memberSummaries"]
        assert {each["accountId"]: each["status"] for each in members}[MEMBER] == "ACTIVE"


@in_loop
async def test_a_membership_of_security_ir_covers_the_other_account(membership_mock: Any) -> None:
    membership_mock.organization({"shop": MEMBER}, management="777788889999", delegated={})
    async with (
        client_of("777788889999", "organizations", "us-east-1") as organizations,
        client_of("777788889999") as management,
        client_of(MEMBER) as shop,
    ):
        listed = (await organizations.list_accounts())["Accounts"]
        assert {account["Id"] for account in listed} == {"777788889999", MEMBER}
        made = await management.create_membership(
            membershipName="Response", incidentResponseTeam=TEAM, coverEntireOrganization=True
        )
        answer = await management.batch_get_member_account_details(
            membershipId=made["membershipId"], accountIds=[MEMBER]
        )
        assert [item["relationshipStatus"] for item in answer["items"]] == ["Associated"]
        with pytest.raises(shop.exceptions.AccessDeniedException):
            await shop.create_membership(membershipName="Mine", incidentResponseTeam=TEAM)


# --- accounts ---


async def account_of(client: Any) -> str:
    """Return the account that moto's STS sees."""
    return str((await client.get_caller_identity())["Account"])


@in_loop
async def test_the_ways_to_be_another_account_are_those_of_boto3(membership_mock: Any) -> None:
    async with new_session().create_client("sts", region_name=REGION) as sts:
        assert await account_of(sts) == "123456789012"
        with membership_mock.as_account(MEMBER):
            assert await account_of(sts) == MEMBER
            assert await asyncio.gather(*map(account_of, [sts, sts])) == [MEMBER, MEMBER]
        role = f"arn:aws:iam::{MEMBER}:role/responder"
        given = await sts.assume_role(RoleArn=role, RoleSessionName="test")
    async with client_of(ADMIN, "sts") as sts:
        assert await account_of(sts) == ADMIN
    assumed = given["Credentials"]
    async with new_session().create_client(
        "securityhub",
        region_name=REGION,
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    ) as hub:
        arn = (await hub.enable_security_hub()) and (await hub.describe_hub())["HubArn"]
    assert arn == f"arn:aws:securityhub:{REGION}:{MEMBER}:hub/default"


@in_loop
async def test_another_account_in_one_task_is_none_in_the_task_beside_it(
    membership_mock: Any,
) -> None:
    both_inside = asyncio.Barrier(2) if hasattr(asyncio, "Barrier") else None

    async def who(account: str, sts: Any) -> str:
        with membership_mock.as_account(account):
            if both_inside is not None:
                await both_inside.wait()
            else:
                await asyncio.sleep(0)
            return await account_of(sts)

    async with new_session().create_client("sts", region_name=REGION) as sts:
        assert await asyncio.gather(who(ADMIN, sts), who(MEMBER, sts)) == [ADMIN, MEMBER]


@in_loop
async def test_async_client_and_async_session_are_of_an_account(membership_mock: Any) -> None:
    async with membership_mock.async_client("sts", account=MEMBER, region="sa-east-1") as sts:
        assert await account_of(sts) == MEMBER
        assert sts.meta.region_name == "sa-east-1"
    async with membership_mock.async_client("sts", MEMBER, region_name="eu-west-3") as sts:
        assert sts.meta.region_name == "eu-west-3"
    async with membership_mock.async_session(MEMBER).create_client("sts") as sts:
        assert await account_of(sts) == MEMBER
        assert sts.meta.region_name == "us-east-1"
    async with membership_mock.async_client("sts") as sts:
        assert await account_of(sts) == "123456789012"


@in_loop
async def test_async_client_refuses_what_client_refuses(membership_mock: Any) -> None:
    for arguments, expected in (
        ({"service": "sts", "account": "1"}, "not an account id"),
        ({"service": "sts", "region": "eu-west1"}, "nearest: 'eu-west-1'"),
        ({"service": "securityhubs"}, "nearest: 'securityhub'"),
        ({"service": "sts", "region": "eu-west-1", "region_name": "eu-west-2"}, "one of them"),
    ):
        with pytest.raises(UsageError, match=expected):
            async with membership_mock.async_client(**arguments):
                pass
    with pytest.raises(UsageError, match="not an account id"):
        membership_mock.async_session("1")


@in_loop
async def test_endpoints_of_the_environment_take_no_call_out_of_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    async with (
        mock_membership() as mock,
        new_session().create_client("security-ir", region_name=REGION) as client,
    ):
        assert (await client.list_memberships())["items"] == []
        mock.calls.assert_called("ListMemberships", times=1)


# --- answers ---


@in_loop
async def test_errors_are_typed_and_carry_their_members(membership_mock: Any) -> None:
    async with client_of(ADMIN) as client:
        with pytest.raises(client.exceptions.AccessDeniedException) as caught:
            await client.get_membership(membershipId="m-" + "0" * 20)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert membership_mock.calls[-1].error_code == "AccessDeniedException"


@in_loop
async def test_pages_follow_each_other(membership_mock: Any) -> None:
    membership_mock.given.securityhub.hub(ADMIN, region=REGION)
    accounts = [f"{number:012d}" for number in range(1, 8)]
    async with client_of(ADMIN, "securityhub") as hub:
        await hub.create_members(AccountDetails=[{"AccountId": each} for each in accounts])

        def pages() -> Any:
            paginator = hub.get_paginator("list_members")
            return paginator.paginate(OnlyAssociated=False, PaginationConfig={"PageSize": 3})

        assert [len(page["Members"]) async for page in pages()] == [3, 3, 1]
        found = [each async for each in pages().search("Members[].AccountId")]
    assert sorted(found) == accounts


@in_loop
async def test_a_waiter_ends_when_the_state_is_there(membership_mock: Any) -> None:
    async with client_of(ADMIN, "s3", "us-east-1") as s3:
        waiter = s3.get_waiter("bucket_exists")
        await s3.create_bucket(Bucket="evidence")
        await waiter.wait(Bucket="evidence")
        with pytest.raises(Exception, match="Max attempts exceeded"):
            await waiter.wait(Bucket="other", WaiterConfig={"Delay": 0, "MaxAttempts": 2})
    assert membership_mock.passed_through()["s3.HeadBucket"] == 3


@in_loop
async def test_50_calls_at_once_each_take_effect(membership_mock: Any) -> None:
    async with client_of(ADMIN) as client, client_of(ADMIN, "dynamodb") as dynamodb:
        await client.create_membership(membershipName="Response", incidentResponseTeam=TEAM)
        await dynamodb.create_table(
            TableName="seen",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
            BillingMode="PAY_PER_REQUEST",
        )

        async def note(number: int) -> None:
            await client.list_memberships()
            await dynamodb.put_item(TableName="seen", Item={"id": {"N": str(number)}})

        await asyncio.gather(*map(note, range(50)))
        assert (await dynamodb.scan(TableName="seen"))["Count"] == 50
    membership_mock.calls.assert_called("ListMemberships", times=50)


def test_event_loops_in_several_threads_share_the_world(membership_mock: Any) -> None:
    async def invite(number: int) -> None:
        async with client_of(ADMIN, "securityhub") as hub:
            members = [{"AccountId": f"{number}{each:011d}"} for each in range(1, 6)]
            await asyncio.gather(*(hub.create_members(AccountDetails=[each]) for each in members))

    sync = membership_mock.client("securityhub", account=ADMIN, region=REGION)
    sync.enable_security_hub()
    threads = [threading.Thread(target=asyncio.run, args=[invite(each)]) for each in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sync.list_members(OnlyAssociated=False)["Members"]) == 20


# --- bodies ---


class AsyncFile:
    """A file whose reading is awaited, as that of aiofiles."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def seek(self, *where: int) -> int:
        return self._file.seek(*where)

    def tell(self) -> int:
        return self._file.tell()


class LosingOnce(Hook):
    """Loses the connection of the first call of an operation, after it has taken effect."""

    def __init__(self, operation: str) -> None:
        self._operation = operation

    def around(self, call: InterceptedCall, proceed: Callable[[], HttpAnswer]) -> HttpAnswer:
        answer = proceed()
        if call.model.name == self._operation:
            self._operation = ""
            raise ConnectionClosedError(endpoint_url=call.request.url)
        return answer


CONTENT = b"one\ntwo\n" + b"x" * 5000
BACKENDS = pytest.mark.parametrize("backend", ["aiohttp", "httpx"])
LEGACY = pytest.mark.filterwarnings("ignore:aiobotocore's httpx backend:DeprecationWarning")


def s3_client(backend: str) -> Any:
    options = {"config": httpx_backend()} if backend == "httpx" else {}
    return client_of(ADMIN, "s3", "us-east-1", **options)


@BACKENDS
@LEGACY
@in_loop
async def test_bodies_of_s3_are_read_in_every_way(membership_mock: Any, backend: str) -> None:
    async with s3_client(backend) as s3:
        await s3.create_bucket(Bucket="evidence")
        await s3.put_object(Bucket="evidence", Key="key", Body=CONTENT)

        async def body() -> Any:
            return (await s3.get_object(Bucket="evidence", Key="key"))["Body"]

        async with await body() as stream:
            assert await stream.read() == CONTENT
        if backend == "httpx" and not hasattr(type(await body()), "iter_chunks"):
            return  # the first releases with httpx read a body as a whole only
        assert b"".join([part async for part in (await body()).iter_chunks(1024)]) == CONTENT
        assert [line async for line in (await body()).iter_lines()][:2] == [b"one", b"two"]
        stream = await body()
        assert [await stream.read(3), await stream.read(1)] == [b"one", b"\n"]
        assert (await s3.head_object(Bucket="evidence", Key="key"))["ContentLength"] == 5008
        with pytest.raises(s3.exceptions.NoSuchKey):
            await s3.get_object(Bucket="evidence", Key="other")


@LEGACY
@in_loop
async def test_clients_that_send_with_httpx_are_served(membership_mock: Any) -> None:
    async with client_of(ADMIN, config=httpx_backend()) as client:
        made = await client.create_membership(membershipName="Response", incidentResponseTeam=TEAM)
        found = await client.get_membership(membershipId=made["membershipId"])
        assert found["membershipStatus"] == "Active"
        with pytest.raises(client.exceptions.AccessDeniedException):
            await client.get_membership(membershipId="m-" + "0" * 20)


@pytest.mark.parametrize(
    "make", [bytes, io.BytesIO, AsyncFile], ids=["bytes", "file", "async file"]
)
@in_loop
async def test_uploads_of_every_kind_arrive(membership_mock: Any, make: Any) -> None:
    async with client_of(ADMIN, "s3", "us-east-1") as s3:
        await s3.create_bucket(Bucket="evidence")
        await s3.put_object(
            Bucket="evidence", Key="key", Body=make(CONTENT), ChecksumAlgorithm="CRC32"
        )
        answer = await s3.get_object(Bucket="evidence", Key="key", ChecksumMode="ENABLED")
        assert await answer["Body"].read() == CONTENT


@in_loop
async def test_a_body_that_is_awaited_is_sent_again_with_a_retry(
    membership_mock: Any, naps: list[float]
) -> None:
    running.require().pipeline.hooks.add(LosingOnce("PutObject"))
    async with client_of(ADMIN, "s3", "us-east-1") as s3:
        await s3.create_bucket(Bucket="evidence")
        await s3.put_object(Bucket="evidence", Key="key", Body=io.BytesIO(CONTENT))
        answer = await s3.get_object(Bucket="evidence", Key="key")
        assert await answer["Body"].read() == CONTENT
    assert len(naps) == 1


@in_loop
async def test_presigned_urls_are_signed_for_real_and_served(membership_mock: Any) -> None:
    async with client_of(ADMIN, "s3", "us-east-1") as s3:
        await s3.create_bucket(Bucket="evidence")
        await s3.put_object(Bucket="evidence", Key="key", Body=b"bytes")
        url = await s3.generate_presigned_url(
            "get_object", Params={"Bucket": "evidence", "Key": "key"}
        )
    assert "0" * 64 not in url
    assert (await asyncio.to_thread(urllib3.request, "GET", url)).data == b"bytes"


@in_loop
async def test_streams_of_events_are_read(membership_mock: Any) -> None:
    pytest.importorskip("py_partiql_parser")  # moto needs it for this operation
    async with client_of(ADMIN, "s3", "us-east-1") as s3:
        await s3.create_bucket(Bucket="evidence")
        await s3.put_object(Bucket="evidence", Key="key", Body=b"a,b\n1,2\n")
        answer = await s3.select_object_content(
            Bucket="evidence",
            Key="key",
            ExpressionType="SQL",
            Expression="SELECT * FROM s3object",
            InputSerialization={"CSV": {"FileHeaderInfo": "USE"}},
            OutputSerialization={"JSON": {}},
        )
        events = [event async for event in answer["Payload"]]
    assert b'{"a":"1","b":"2"}' in events[0]["Records"]["Payload"]
    assert "End" in events[-1]
