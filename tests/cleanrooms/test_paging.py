"""Every list of the service, walked page by page with boto3's paginators."""

import pytest

from tests.cleanrooms.collaboration_samples import (
    REGION,
    RUNNER,
    A,
    B,
    join,
    member,
    new_collaboration,
)
from tests.cleanrooms.identity_samples import (
    add_mapping_table,
    add_model,
    add_namespace,
    model,
    namespace,
    workflow,
)
from tests.cleanrooms.intermediate_samples import fill, new_intermediate
from tests.cleanrooms.privacy_samples import access_template, run
from tests.cleanrooms.query_samples import (
    aws_side,
    finish_query,
    get_job,
    start_job,
    start_query,
)
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

_ACCESS = {"privacyBudgetType": "ACCESS_BUDGET"}

#: the lists on privacy, identity and stored analyses, likewise, and what else is asked
MORE_LISTS = [
    ("list_privacy_budget_templates", "privacyBudgetTemplateSummaries", {}),
    ("list_privacy_budgets", "privacyBudgetSummaries", _ACCESS),
    ("list_id_namespace_associations", "idNamespaceAssociationSummaries", {}),
    ("list_id_mapping_tables", "idMappingTableSummaries", {}),
    (
        "list_configured_audience_model_associations",
        "configuredAudienceModelAssociationSummaries",
        {},
    ),
    ("list_intermediate_tables", "intermediateTableSummaries", {}),
    ("list_analysis_log_exports", "analysisLogExports", {}),
]
LISTS_OF_COLLABORATIONS = [
    (
        "list_collaboration_privacy_budget_templates",
        "collaborationPrivacyBudgetTemplateSummaries",
        {},
    ),
    ("list_collaboration_privacy_budgets", "collaborationPrivacyBudgetSummaries", _ACCESS),
    (
        "list_collaboration_id_namespace_associations",
        "collaborationIdNamespaceAssociationSummaries",
        {},
    ),
    (
        "list_collaboration_configured_audience_model_associations",
        "collaborationConfiguredAudienceModelAssociationSummaries",
        {},
    ),
    ("list_schemas", "schemaSummaries", {}),
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


@pytest.fixture
def furnished(membership_mock, a):
    """A room in which A has three of each of what `MORE_LISTS` has."""
    s3 = membership_mock.client("s3", account=A, region=REGION)
    s3.create_bucket(Bucket="spark-logs", CreateBucketConfiguration={"LocationConstraint": REGION})
    abilities = [*RUNNER, "CAN_EXPORT_QUERY_ANALYSIS_LOG"]
    room = new_collaboration(a, creatorMemberAbilities=abilities)["id"]
    mid = join(a, room)["id"]
    for number in range(3):
        table = associate(a, mid, new_table(a)["id"], f"table{number}")
        access_template(a, mid, table["arn"], ("DAY", number))
        for kind in ("source", "target"):
            add_namespace(a, mid, namespace(A, f"{kind}{number}"))
        maps = {"source": namespace(A, "source0"), "target": namespace(A, "target0")}
        aws_side(A).id_mapping_workflow(workflow(A, f"map{number}"), **maps)
        add_mapping_table(a, mid, workflow(A, f"map{number}"), f"ids{number}")
        add_model(a, mid, model(A, f"model{number}"))
        stored = new_intermediate(a, mid, f"stored{number}", "SELECT 1")
        query = run(a, mid, "SELECT 1")["id"]
        a.start_analysis_log_export(
            membershipIdentifier=mid,
            analysisId=query,
            analysisType="PROTECTED_QUERY",
            resultConfiguration={"outputConfiguration": {"s3": {"bucket": "spark-logs"}}},
        )
        fill(a, A, mid, stored["id"])
    for _ in range(2):
        fill(a, A, mid, stored["id"])
    return {
        "collaborationIdentifier": room,
        "membershipIdentifier": mid,
        "intermediateTableIdentifier": stored["id"],
    }


def test_the_lists_on_privacy_and_identity_are_the_same_in_pages_of_any_size(a, furnished):
    room, mid = furnished["collaborationIdentifier"], furnished["membershipIdentifier"]
    a.list_analysis_log_exports(membershipIdentifier=mid)  # they end
    versions = {"intermediateTableIdentifier": furnished["intermediateTableIdentifier"]}
    lists = [
        *MORE_LISTS,
        ("list_intermediate_table_versions", "intermediateTableVersionSummaries", versions),
    ]
    for operation, entries, more in lists:
        compare(a, operation, entries, {"membershipIdentifier": mid, **more})
    for operation, entries, more in LISTS_OF_COLLABORATIONS:
        compare(a, operation, entries, {"collaborationIdentifier": room, **more})


def test_every_list_is_the_same_in_pages_of_any_size(a, place):
    for operation, entries, path in LISTS:
        compare(a, operation, entries, {name: place[name] for name in path})


def compare(a, operation, entries, asked):
    """Compare pages of several sizes with the whole of a list."""
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
