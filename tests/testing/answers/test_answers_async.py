"""Canned answers and faults of other services for clients of aiobotocore."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine.adapters.async_tests import ADMIN, client_of, in_loop

pytest.importorskip("aiobotocore")


@in_loop
async def test_calls_of_aiobotocore_are_answered_and_fail_likewise(membership_mock: Any) -> None:
    pages = [{"DomainSummaries": [{"Name": name}]} for name in ("first", "second")]
    membership_mock.answer("voice-id.ListDomains", pages)
    membership_mock.answer("s3.GetObject", {"Body": b"content"}, times=1)
    membership_mock.fail("sts.GetCallerIdentity", "AccessDenied")
    async with (
        client_of(ADMIN, "voice-id") as voice,
        client_of(ADMIN, "s3") as s3,
        client_of(ADMIN, "sts") as sts,
    ):
        for page in pages:
            assert (await voice.list_domains())["DomainSummaries"] == page["DomainSummaries"]
        stream = (await s3.get_object(Bucket="reports", Key="k"))["Body"]
        assert await stream.read() == b"content"
        with pytest.raises(ClientError, match="AccessDenied"):
            await sts.get_caller_identity()
        assert (await sts.get_caller_identity())["Account"] == ADMIN
    called = [f"{call.service}.{call.operation}" for call in membership_mock.calls]
    assert called == [
        "voice-id.ListDomains",
        "voice-id.ListDomains",
        "s3.GetObject",
        "sts.GetCallerIdentity",
        "sts.GetCallerIdentity",
    ]
    membership_mock.calls.assert_called("s3.GetObject", parameters={"Key": "k"})
