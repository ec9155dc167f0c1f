"""Threads that make the first call of a process to a service of moto's."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: what a fresh process runs: the calls come while moto imports the service for the first of them
PROGRAM = """
import asyncio, threading
import boto3
from membership_mock import mock_membership

service, operation, count, seeded = {service!r}, {operation!r}, {count}, {seeded}
team = [dict(name=name, jobTitle="Lead", email=name + "@example.com") for name in ("Ann", "Bob")]
parameters = dict(
    create_membership=dict(membershipName="Example", incidentResponseTeam=team),
    create_configured_table=dict(
        name="orders",
        tableReference=dict(glue=dict(tableName="orders", databaseName="sales")),
        allowedColumns=["id"],
        analysisMethod="DIRECT_QUERY",
    ),
).get(operation, dict())
failed = []

def call(client):
    try:
        getattr(client, operation)(**parameters)
    except client.exceptions.ClientError as refusal:  # an answer, as AWS may give it
        if refusal.response["Error"]["Code"] not in ("AWSOrganizationsNotInUseException", "ConflictException"):
            failed.append(repr(refusal))
    except Exception as error:
        failed.append(repr(error))

async def all_at_once(clients):
    await asyncio.gather(*(asyncio.to_thread(call, client) for client in clients))

with mock_membership() as mock:
    if seeded:
        mock.given.securityhub.hub("111122223333", region="us-east-1")
    clients = [
        # keys that only moto's IAM could know, so that it is asked whose they are
        boto3.client(service, region_name="us-east-1",
                     aws_access_key_id="AKIAIOSFODNN7EXAMPL" + chr(65 + n), aws_secret_access_key="x")
        for n in range(count)
    ]
    if {in_asyncio}:
        asyncio.run(all_at_once(clients))
    else:
        threads = [threading.Thread(target=call, args=(client,)) for client in clients]
        for each in threads: each.start()
        for each in threads: each.join()
assert not failed, failed
"""


@pytest.mark.parametrize(
    ("service", "operation", "count", "in_asyncio", "seeded"),
    [
        pytest.param("sts", "get_caller_identity", 2, False, False, id="STS"),
        pytest.param("iam", "list_users", 16, False, True, id="IAM after a seed"),
        pytest.param("organizations", "list_accounts", 16, True, False, id="Organizations"),
        pytest.param("security-ir", "create_membership", 16, False, False, id="a membership"),
        pytest.param("cleanrooms", "create_configured_table", 16, False, False, id="Glue"),
    ],
)
def test_threads_that_make_the_first_call_to_a_service_of_motos_get_answers(
    service: str, operation: str, count: int, in_asyncio: bool, seeded: bool
) -> None:
    # 19 of 20 calls failed once: a module was read that another thread was still importing
    program = PROGRAM.format(
        service=service, operation=operation, count=count, in_asyncio=in_asyncio, seeded=seeded
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
