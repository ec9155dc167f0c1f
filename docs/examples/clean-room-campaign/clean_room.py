"""Two companies share a collaboration of AWS Clean Rooms: one brings a table, one asks.

Each company runs its half with its own credentials: the publisher `share_table`, the advertiser
`open_room` and `ask`.
"""

from __future__ import annotations

import csv
import io
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import boto3
from botocore.client import BaseClient

LOG = logging.getLogger(__name__)
POLL_SECONDS = 10
RUNNING = ("SUBMITTED", "STARTED", "CANCELLING")


class QueryFailed(Exception):
    """A protected query has ended without a result."""


class QueryTimedOut(QueryFailed):
    """A protected query took too long, and was cancelled."""


@dataclass(frozen=True)
class Table:
    """A table of Glue that a company shares.

    Attributes:
        database: its database.
        name: its name.
        columns: those that others may use, by name and type.
        join_columns: those to join by; the others may be listed.
    """

    database: str
    name: str
    columns: Mapping[str, str]
    join_columns: Sequence[str]


class Party:
    """A company in a collaboration."""

    def __init__(self, session: boto3.Session) -> None:
        self._rooms: BaseClient = session.client("cleanrooms")
        self._s3: BaseClient = session.client("s3")
        self.account: str = session.client("sts").get_caller_identity()["Account"]

    def open_room(self, name: str, partner: str) -> str:
        """Create a collaboration in which this company asks; return its id."""
        room = self._rooms.create_collaboration(
            name=name,
            description=f"{name}: {self.account} asks, {partner} answers",
            creatorDisplayName="Advertiser",
            creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            members=[{"accountId": partner, "displayName": "Publisher", "memberAbilities": []}],
            queryLogStatus="ENABLED",
        )["collaboration"]
        return str(room["id"])

    def join(self, room: str) -> str:
        """Return the id of this company's membership, which is created where it is missing."""
        for page in self._rooms.get_paginator("list_memberships").paginate(status="ACTIVE"):
            for membership in page["membershipSummaries"]:
                if membership["collaborationId"] == room:
                    return str(membership["id"])
        membership = self._rooms.create_membership(
            collaborationIdentifier=room, queryLogStatus="ENABLED"
        )["membership"]
        return str(membership["id"])

    def invitations(self) -> list[str]:
        """Return the ids of the collaborations that wait for this company."""
        pages = self._rooms.get_paginator("list_collaborations").paginate(memberStatus="INVITED")
        return [room["id"] for page in pages for room in page["collaborationList"]]

    def share_table(self, room: str, table: Table, receivers: Sequence[str], role: str) -> str:
        """Bring a table into a collaboration; return the id of its association.

        Args:
            room: the collaboration.
            table: what to share.
            receivers: the accounts that may receive results.
            role: the ARN of the role with which Clean Rooms reads the table.
        """
        membership = self.join(room)
        listed = [name for name in table.columns if name not in table.join_columns]
        configured = self._rooms.create_configured_table(
            name=table.name,
            tableReference={"glue": {"databaseName": table.database, "tableName": table.name}},
            allowedColumns=list(table.columns),
            analysisMethod="DIRECT_QUERY",
        )["configuredTable"]["id"]
        rule = {"joinColumns": list(table.join_columns), "listColumns": listed}
        self._rooms.create_configured_table_analysis_rule(
            configuredTableIdentifier=configured,
            analysisRuleType="LIST",
            analysisRulePolicy={"v1": {"list": rule}},
        )
        association = self._rooms.create_configured_table_association(
            name=table.name,
            membershipIdentifier=membership,
            configuredTableIdentifier=configured,
            roleArn=role,
        )["configuredTableAssociation"]["id"]
        self._rooms.create_configured_table_association_analysis_rule(
            membershipIdentifier=membership,
            configuredTableAssociationIdentifier=association,
            analysisRuleType="LIST",
            analysisRulePolicy={"v1": {"list": {"allowedResultReceivers": list(receivers)}}},
        )
        return str(association)

    def ask(self, room: str, sql: str, bucket: str, timeout: float = 1800) -> list[dict[str, str]]:
        """Return the rows that a query finds.

        Args:
            room: the collaboration.
            sql: the query.
            bucket: where Clean Rooms puts the result.
            timeout: after how many seconds the query is cancelled.

        Raises:
            QueryFailed: the query failed or was cancelled.
            QueryTimedOut: it took longer than ``timeout``.
        """
        membership = self.join(room)
        output = {"s3": {"bucket": bucket, "resultFormat": "CSV", "keyPrefix": "answers"}}
        query = self._rooms.start_protected_query(
            type="SQL",
            membershipIdentifier=membership,
            sqlParameters={"queryString": sql},
            resultConfiguration={"outputConfiguration": output},
        )["protectedQuery"]
        deadline = time.monotonic() + timeout
        while query["status"] in RUNNING:
            if time.monotonic() > deadline:
                self._rooms.update_protected_query(
                    membershipIdentifier=membership,
                    protectedQueryIdentifier=query["id"],
                    targetStatus="CANCELLED",
                )
                raise QueryTimedOut(f"query {query['id']} took more than {timeout:g} s")
            time.sleep(POLL_SECONDS)
            query = self._rooms.get_protected_query(
                membershipIdentifier=membership, protectedQueryIdentifier=query["id"]
            )["protectedQuery"]
        if query["status"] != "SUCCESS":
            error = query.get("error", {})
            raise QueryFailed(
                f"query {query['id']} {query['status']}: {error.get('code')} {error.get('message')}"
            )
        return self._read(query["result"]["output"]["s3"]["location"])

    def _read(self, location: str) -> list[dict[str, str]]:
        bucket, _, prefix = location.removeprefix("s3://").partition("/")
        rows: list[dict[str, str]] = []
        for page in self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix
        ):
            for found in page.get("Contents", ()):
                body = self._s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
                rows += csv.DictReader(io.StringIO(body.decode()))
        return rows
