"""Clients, and worlds that are filled faster than boto3 could."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import boto3

from membership_mock import mock_membership
from membership_mock.engine import running
from membership_mock.engine.protocol.http import HttpRequest
from tests.benchmarks.measuring import require

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
MANAGEMENT = "999999999999"
OTHER_MANAGEMENT = "888888888888"
REGION = "eu-west-1"
OTHER_REGION = "eu-central-1"
THIRD_REGION = "eu-north-1"


def session_of(account: str = ACCOUNT, region: str = REGION) -> boto3.Session:
    """Return a session whose calls come from an account."""
    return boto3.Session(
        aws_access_key_id=account, aws_secret_access_key="benchmark", region_name=region
    )


def client_of(service: str) -> Any:
    """Return a client of `ACCOUNT` in `REGION`."""
    return session_of().client(service)


@contextmanager
def large_world() -> Iterator[None]:
    """Start a mock whose world is going to be large; the garbage collector stays out of the way."""
    gc.disable()
    try:
        with mock_membership():
            yield
    finally:
        gc.enable()


class Resend:
    """Sends the request that a client has sent last, with other bodies.

    Whatever fills a world goes through the rules, but boto3 would take most of the time.
    """

    def __init__(self) -> None:
        self._state = running.require()
        last = self._state.record.entries[-1]
        self._service, self._operation = last.context.service, last.context.operation
        scope = f"{last.context.account_id}/20260101/{last.context.region}/{self._service}"
        signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}/aws4_request, "}
        sent = last.request
        self._request = HttpRequest(sent.method, "", sent.path, sent.query, signed, sent.body)

    def __call__(self, body: Any) -> Any:
        """Send ``body`` as JSON and return what is answered."""
        request = replace(self._request, body=json.dumps(body).encode())
        answer = self._state.pipeline.serve(self._service, self._operation, request)
        self._state.record.entries.pop()
        require(answer.status < 300, f"{self._operation} answered {answer}")
        return json.loads(answer.body or b"{}")


def lister(service: str, account: str = ACCOUNT, region: str = REGION) -> Any:
    """Return a client that leaves timestamps as they are: reading them would hide the rest."""
    session = session_of(account, region)
    factory = session._session.get_component("response_parser_factory")
    factory.set_parser_defaults(timestamp_parser=lambda value: value)
    return session.client(service)


def in_batches(entries: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Return the entries in parts that one call takes."""
    return (entries[start : start + size] for start in range(0, len(entries), size))
