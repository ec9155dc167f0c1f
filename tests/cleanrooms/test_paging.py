"""Every list of the service, walked page by page with boto3's paginators."""

import pytest

from tests.cleanrooms.collaboration_samples import RUNNER, B, join, member, new_collaboration
from tests.cleanrooms.query_samples import finish_query, get_job, start_job, start_query
from tests.cleanrooms.table_samples import associate, new_table, pyspark_template, sql_template

pytestmark = pytest.mark.newest_model  # jobs and change requests among them

#: each list, which entries it has, and what goes into its path
LISTS = [
    ("list_collaborations", "collaborationList", ()),
    ("list_memberships", "membershipSummaries", ()),
    ("list_configured_tables", "configuredTableSummaries", ()),
    ("list_members", "memberSummaries", ("collaborationIdentifier",)),
    ("list_schemas", "schemaSummaries", ("collaborationIdentifier",)),
    (
        "list_collaboration_analysis_templates",
        "collaborationAnalysisTemplateSummaries",
        ("collaborationIdentifier",),
    ),
    (
        "list_collaboration_change_requests",
        "collaborationChangeRequestSummaries",
        ("collaborationIdentifier",),
    ),
    (
        "list_configured_table_associations",
        "configuredTableAssociationSummaries",
        ("membershipIdentifier",),
    ),
    ("list_analysis_templates", "analysisTemplateSummaries", ("membershipIdentifier",)),
    ("list_protected_queries", "protectedQueries", ("membershipIdentifier",)),
    ("list_protected_jobs", "protectedJobs", ("membershipIdentifier",)),
]


@pytest.fixture
def place(a):
    """A room in which A has three of everything that can be listed."""
    roles = {"creatorMemberAbilities": [*RUNNER, "CAN_RUN_JOB"]}
    rooms = [new_collaboration(a, member(B), member("3" * 12), **roles)["id"] for _ in range(3)]
    where = {"outputConfiguration": {"s3": {"bucket": "jobs"}}}
    where["roleArn"] = "arn:aws:iam::111111111111:role/results"
    mine = [join(a, room, defaultJobResultConfiguration=where)["id"] for room in rooms]
    room, mid = rooms[0], mine[0]
    for number in range(3):
        associate(a, mid, new_table(a)["id"], f"table{number}")
        sql_template(a, mid, name=f"sql{number}")
        change = {"accountId": B, "memberAbilities": ["CAN_RECEIVE_RESULTS"]}
        request = a.create_collaboration_change_request(
            collaborationIdentifier=room,
            changes=[{"specificationType": "MEMBER", "specification": {"member": change}}],
        )["collaborationChangeRequest"]
        a.update_collaboration_change_request(
            collaborationIdentifier=room,
            changeRequestIdentifier=request["id"],
            action="CANCEL",
        )
        parameters = {"queryString": "SELECT 1"}
        finish_query(a, mid, start_query(a, mid, sqlParameters=parameters)["id"])
        template = pyspark_template(a, mid, name=f"job{number}", schema={"referencedTables": []})
        job = start_job(a, mid, template["arn"])
        while get_job(a, mid, job["id"])["status"] != "SUCCESS":
            pass
    return {"collaborationIdentifier": room, "membershipIdentifier": mid}


def test_every_list_is_the_same_in_pages_of_any_size(a, place):
    for operation, entries, path in LISTS:
        asked = {name: place[name] for name in path}
        everything = getattr(a, operation)(**asked)
        assert len(everything[entries]) >= 3, operation
        assert "nextToken" not in everything, operation
        for size in (1, 2, 100):
            settings = {"PageSize": size}
            pages = list(a.get_paginator(operation).paginate(**asked, PaginationConfig=settings))
            listed = [one for page in pages for one in page[entries]]
            assert listed == everything[entries], operation
            assert max(len(page[entries]) for page in pages) <= size, operation
            assert "nextToken" not in pages[-1], operation
