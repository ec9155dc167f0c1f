"""aioboto3, which is built on aiobotocore: sessions of an account, resources, transfers."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest

from tests.engine.adapters.async_tests import ADMIN, MEMBER, REGION, in_loop

aioboto3 = pytest.importorskip("aioboto3")


@in_loop
async def test_sessions_are_of_the_account_that_they_are_made_for(membership_mock: Any) -> None:
    ours = aioboto3.Session(botocore_session=membership_mock.async_session(MEMBER, REGION))
    own = aioboto3.Session(ADMIN, "any", region_name=REGION)
    async with ours.client("securityhub") as member, own.client("securityhub") as admin:
        await asyncio.gather(member.enable_security_hub(), admin.enable_security_hub())
        await admin.create_members(AccountDetails=[{"AccountId": MEMBER}])
        await admin.invite_members(AccountIds=[MEMBER])
        (invitation,) = (await member.list_invitations())["Invitations"]
        assert invitation["AccountId"] == ADMIN


@in_loop
async def test_transfers_in_parts_arrive(membership_mock: Any) -> None:
    content = bytes(range(256)) * 80_000
    session = aioboto3.Session(ADMIN, "any", region_name="us-east-1")
    async with session.resource("s3") as s3:
        bucket = await s3.create_bucket(Bucket="evidence")
        await bucket.upload_fileobj(io.BytesIO(content), "key")
        found = io.BytesIO()
        await bucket.download_fileobj("key", found)
        assert found.getvalue() == content
        assert [each.key async for each in bucket.objects.all()] == ["key"]
    assert membership_mock.passed_through()["s3.UploadPart"] == 3


@in_loop
async def test_resources_are_served(membership_mock: Any) -> None:
    session = aioboto3.Session(ADMIN, "any", region_name="us-east-1")
    async with session.resource("dynamodb") as dynamodb:
        table = await dynamodb.create_table(
            TableName="seen",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        await table.put_item(Item={"id": "1"})
        assert (await table.scan())["Items"] == [{"id": "1"}]
