"""The lists of Clean Rooms."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.cleanrooms import table_samples as tables
from tests.cleanrooms.collaboration_samples import (
    RUNNER,
    join,
    new_collaboration,
    results_to,
)
from tests.growing_lists.growing_list import ACCOUNT, REGION, Add, GrowingList, account, growing

LISTS: list[GrowingList] = []
SERVICE = "cleanrooms"
_list = partial(growing, LISTS, SERVICE)
Started = tuple[Any, dict[str, Any], Add]
QUOTAS = (
    "collaborations",
    "memberships",
    "members_per_collaboration",
    "configured_tables",
    "table_associations_per_membership",
    "analysis_templates_per_membership",
)


def client_of(mock: Any, *quotas: str) -> Any:
    """Return a client for lists that no quota ends."""
    for quota in (*QUOTAS, *quotas):
        mock.quotas.set(SERVICE, quota, 1_000_000)
    return mock.client(SERVICE, account=ACCOUNT, region=REGION)


def joined(client: Any, *abilities: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the parameters for a collaboration, and for the membership in it."""
    room = new_collaboration(client, creatorMemberAbilities=[*RUNNER, "CAN_RUN_JOB", *abilities])
    results = results_to("results")
    joined = join(
        client,
        room["id"],
        defaultResultConfiguration=results,
        defaultJobResultConfiguration={
            "outputConfiguration": {"s3": {"bucket": "results"}},
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/results",
        },
    )
    here, mine = {"collaborationIdentifier": room["id"]}, {"membershipIdentifier": joined["id"]}
    return here, mine


@_list("ListCollaborations")
def _collaborations(mock: Any) -> Started:
    client = client_of(mock)
    return client, {}, lambda number: new_collaboration(client, name=f"Room {number}")


@_list("ListCollaborations", "that are joined")
def _joined_collaborations(mock: Any) -> Started:
    client = client_of(mock)
    return client, {"memberStatus": "ACTIVE"}, lambda number: joined(client)


@_list("ListMemberships")
def _memberships(mock: Any) -> Started:
    client = client_of(mock)
    return client, {}, lambda number: joined(client)


@_list("ListMemberships", "of one status")
def _active_memberships(mock: Any) -> Started:
    client = client_of(mock)
    return client, {"status": "ACTIVE"}, lambda number: joined(client)


def _change(client: Any, here: dict[str, str], number: int) -> dict[str, Any]:
    newcomer = {"accountId": account(number), "memberAbilities": [], "displayName": f"{number}"}
    return dict(
        client.create_collaboration_change_request(
            **here,
            changes=[{"specificationType": "MEMBER", "specification": {"member": newcomer}}],
        )["collaborationChangeRequest"]
    )


def _end_change(client: Any, here: dict[str, str], action: str, number: int) -> None:
    request = _change(client, here, number)
    client.update_collaboration_change_request(
        **here, changeRequestIdentifier=request["id"], action=action
    )


@_list("ListMembers")
def _members(mock: Any) -> Started:
    client = client_of(mock)
    here, _ = joined(client)
    return client, here, partial(_end_change, client, here, "COMMIT")


@_list("ListCollaborationChangeRequests")
def _change_requests(mock: Any) -> Started:
    client = client_of(mock)
    here, _ = joined(client)
    return client, here, partial(_end_change, client, here, "CANCEL")


@_list("ListCollaborationChangeRequests", "of one status")
def _committed_change_requests(mock: Any) -> Started:
    client = client_of(mock)
    here, _ = joined(client)
    for number in range(20):
        _end_change(client, here, "COMMIT", -number - 1)
    return client, {**here, "status": "COMMITTED"}, partial(_end_change, client, here, "CANCEL")


@_list("ListConfiguredTables")
def _tables(mock: Any) -> Started:
    client = client_of(mock)
    return client, {}, lambda number: tables.new_table(client, name=f"Table {number}")


@_list("ListConfiguredTableAssociations")
def _table_associations(mock: Any) -> Started:
    client = client_of(mock)
    _, mine = joined(client)
    return client, mine, partial(_associate, client, mine)


@_list("ListSchemas")
def _schemas(mock: Any) -> Started:
    client = client_of(mock)
    here, mine = joined(client)
    return client, here, partial(_associate, client, mine)


def _associate(client: Any, mine: dict[str, str], number: int) -> None:
    table = tables.new_table(client, name=f"Table {number}")
    tables.associate(client, mine["membershipIdentifier"], table["id"], f"table_{number}")


@_list("ListAnalysisTemplates")
def _templates(mock: Any) -> Started:
    client = client_of(mock)
    _, mine = joined(client)
    return client, mine, partial(_template, client, mine)


@_list("ListCollaborationAnalysisTemplates")
def _templates_of_a_collaboration(mock: Any) -> Started:
    client = client_of(mock)
    here, mine = joined(client)
    return client, here, partial(_template, client, mine)


def _template(client: Any, mine: dict[str, str], number: int) -> None:
    tables.sql_template(client, mine["membershipIdentifier"], name=f"template_{number}")


def _with_queries(mock: Any) -> tuple[Any, dict[str, str], Add]:
    client = client_of(mock)
    _, mine = joined(client)
    tables.ready_table(client, mine["membershipIdentifier"], ACCOUNT)

    def add(number: int) -> None:
        del number
        query = client.start_protected_query(
            **mine, type="SQL", sqlParameters={"queryString": "SELECT city FROM orders"}
        )["protectedQuery"]
        client.update_protected_query(
            **mine, protectedQueryIdentifier=query["id"], targetStatus="CANCELLED"
        )
        client.get_protected_query(**mine, protectedQueryIdentifier=query["id"])

    return client, mine, add


@_list("ListProtectedQueries")
def _queries(mock: Any) -> Started:
    return _with_queries(mock)


@_list("ListProtectedQueries", "of one status")
def _queries_of_one_status(mock: Any) -> Started:
    client, mine, add = _with_queries(mock)
    return client, {**mine, "status": "CANCELLED"}, add


@_list("ListProtectedJobs")
def _jobs(mock: Any) -> Started:
    client = client_of(mock)
    _, mine = joined(client)
    table = tables.new_table(client, analysisMethod="DIRECT_JOB")
    template = tables.pyspark_template(client, mine["membershipIdentifier"])
    tables.add_rule(client, table["id"], "CUSTOM", tables.custom(template["arn"]))
    held = tables.associate(client, mine["membershipIdentifier"], table["id"])
    tables.add_collaboration_rule(
        client,
        mine["membershipIdentifier"],
        held["id"],
        "CUSTOM",
        tables.receivers("CUSTOM", ACCOUNT),
    )

    def add(number: int) -> None:
        del number
        job = client.start_protected_job(
            **mine, type="PYSPARK", jobParameters={"analysisTemplateArn": template["arn"]}
        )["protectedJob"]
        client.update_protected_job(
            **mine, protectedJobIdentifier=job["id"], targetStatus="CANCELLED"
        )
        client.get_protected_job(**mine, protectedJobIdentifier=job["id"])

    return client, mine, add
