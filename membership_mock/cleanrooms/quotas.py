"""The quotas of Clean Rooms, for an account in a region.

Sources: the quota page of the user guide. Where editions of it differ, the newest figure stands.
Inferred [CR-39, CR-40, CR-76, CR-204] are: that the error names a quota as that page does, whose
account a quota belongs to, and that the quotas on concurrent queries and jobs of an account, and on
their vCPUs, let more of them wait. The quotas of 500 collaborations and memberships rest on one
digest; copies of the guide say 10 and 100.
"""

from __future__ import annotations

from functools import partial

from membership_mock.cleanrooms.errors import ServiceQuotaExceededException
from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.state.quotas import Quota

_quota = partial(Quota, service="cleanrooms")

COLLABORATIONS = _quota(
    name="collaborations",
    title="Collaborations created per account",
    code="L-F60C2030",
    default=500,
    adjustable=True,
    per="account",
    counts="collaborations that the account has created and not deleted",
)
MEMBERSHIPS = _quota(
    name="memberships",
    title="Memberships per account",
    code="L-99A163CB",
    default=500,
    adjustable=True,
    per="account",
    counts="memberships in any status",
)
MEMBERS = _quota(
    name="members_per_collaboration",
    title="Members invited per collaboration",
    code="L-F7B26AF5",
    default=5,
    adjustable=True,
    per="collaboration",
    counts="members that are invited or active, without the creator; the quota is the creator's",
)
CONFIGURED_TABLES = _quota(
    name="configured_tables",
    title="Configured tables per account",
    code="L-7CEACCA0",
    default=250,
    adjustable=True,
    per="account",
    counts="configured tables",
)
ALLOWED_COLUMNS = _quota(
    name="columns_per_table",
    title="Columns per configured table allowlist",
    default=100,
    adjustable=True,
    per="configured table",
    counts="allowed columns",
)
POLICY_KILOBYTES = _quota(
    name="analysis_rule_kilobytes",
    title="Analysis rule JSON size (KB)",
    default=100,
    adjustable=False,
    per="configured table",
    counts="kilobytes of the analysis rule's policy, begun ones included",
)
TABLE_ASSOCIATIONS = _quota(
    name="table_associations_per_membership",
    title="Table associations per membership",
    code="L-25AC34A7",
    default=100,
    adjustable=True,
    per="membership",
    counts="configured table associations",
)
ANALYSIS_TEMPLATES = _quota(
    name="analysis_templates_per_membership",
    title="Analysis templates per membership",
    code="L-AF88CE55",
    default=25,
    adjustable=True,
    per="membership",
    counts="analysis templates",
)
ID_NAMESPACE_ASSOCIATIONS = _quota(
    name="id_namespace_associations_per_membership",
    title="ID namespace associations per membership",
    code="L-6359BE00",
    default=10,
    adjustable=True,
    per="membership",
    counts="ID namespace associations",
)
ID_MAPPING_TABLES = _quota(
    name="id_mapping_tables_per_membership",
    title="ID mapping tables per membership",
    code="L-DBDCEC0D",
    default=5,
    adjustable=True,
    per="membership",
    counts="ID mapping tables",
)
AUDIENCE_MODEL_ASSOCIATIONS = _quota(
    name="audience_model_associations_per_membership",
    title="Configured audience model associations per membership",
    code="L-4596E0C1",
    default=5,
    adjustable=True,
    per="membership",
    counts="configured audience model associations",
)
ACCESS_BUDGET_TEMPLATES = _quota(
    name="access_budgets_per_collaboration",
    title="Privacy budget templates for access budgets per collaboration",
    code="L-6FE25843",
    default=100,
    per="collaboration",
    counts="access budget templates of all members; the quota is the creator's",
    origin="inferred",  # CR-181
)
LOG_EXPORTS = _quota(
    name="log_exports_per_membership",
    title="Analysis log exports in progress per membership",
    default=5,
    per="membership",
    counts="analysis log exports that have not ended",
    origin="inferred",  # CR-165
)
TABLES_PER_QUERY = _quota(
    name="tables_per_query",
    title="Configured tables per protected query",
    default=15,
    adjustable=True,
    per="query or job",
    counts="tables that it names, which do not stay in use; the quota is the runner's",
)
PRIVATE_QUERY_KILOBYTES = _quota(
    name="private_query_kilobytes",
    title="Query text length with differential privacy (KB)",
    code="L-C6B48C80",
    default=8,
    adjustable=False,
    per="query",
    counts=(
        "kilobytes of its text, begun ones included, when it uses tables with differential privacy;"
        " the quota is the runner's"
    ),
)
CONCURRENT_QUERIES = _quota(
    name="concurrent_queries_per_membership",
    title="Concurrent ongoing queries per membership",
    code="L-F04AAAFE",
    default=5,
    adjustable=False,
    per="membership",
    counts="protected queries that have not ended",
)
CONCURRENT_QUERIES_OF_ACCOUNT = _quota(
    name="concurrent_queries",
    title="Concurrent SQL queries per account",
    code="L-40165B7B",
    default=2,
    regional={"us-east-1": 5},
    adjustable=True,
    per="account",
    counts="protected queries of all memberships that run; more of them wait in SUBMITTED",
)
QUERY_VCPUS = _quota(
    name="concurrent_query_vcpus",
    title="Concurrent SQL query vCPU usage per account",
    default=512,
    adjustable=True,
    per="account",
    counts="vCPUs of the workers that running protected queries ask for; more of them wait",
)
CONCURRENT_JOBS = _quota(
    name="concurrent_jobs_per_membership",
    title="Concurrent ongoing job per membership",
    code="L-844B7ECC",
    default=1,
    adjustable=False,
    per="membership",
    counts="protected jobs that have not ended",
)
CONCURRENT_JOBS_OF_ACCOUNT = _quota(
    name="concurrent_jobs",
    title="Concurrent PySpark jobs per account",
    code="L-B45D79BC",
    default=2,
    regional={"us-east-1": 5},
    adjustable=True,
    per="account",
    counts="protected jobs of all memberships that run; more of them wait in SUBMITTED",
)
JOB_VCPUS = _quota(
    name="concurrent_job_vcpus",
    title="Concurrent PySpark job vCPU usage per account",
    default=512,
    regional={"us-east-1": 1024},
    adjustable=True,
    per="account",
    counts="vCPUs of the workers that running protected jobs ask for; more of them wait",
)

QUOTAS = (
    COLLABORATIONS,
    MEMBERSHIPS,
    MEMBERS,
    CONFIGURED_TABLES,
    ALLOWED_COLUMNS,
    POLICY_KILOBYTES,
    TABLE_ASSOCIATIONS,
    ANALYSIS_TEMPLATES,
    ACCESS_BUDGET_TEMPLATES,
    ID_NAMESPACE_ASSOCIATIONS,
    ID_MAPPING_TABLES,
    AUDIENCE_MODEL_ASSOCIATIONS,
    LOG_EXPORTS,
    TABLES_PER_QUERY,
    PRIVATE_QUERY_KILOBYTES,
    CONCURRENT_QUERIES,
    CONCURRENT_QUERIES_OF_ACCOUNT,
    QUERY_VCPUS,
    CONCURRENT_JOBS,
    CONCURRENT_JOBS_OF_ACCOUNT,
    JOB_VCPUS,
)


class Quotas(Family):
    """How many of a thing there may be."""

    def require_room(
        self, quota: Quota, used: int, wanted: int = 1, *, account_id: str | None = None
    ) -> None:
        """Refuse ``wanted`` more when ``used`` of the quota are taken.

        Args:
            quota: which one.
            used: how many there are.
            wanted: how many are to be added.
            account_id: whose quota it is; the caller's when None.

        Raises:
            ServiceQuotaExceededException: they would be too many.
        """
        limit = self.limit(quota, account_id)
        if used + wanted > limit:
            raise ServiceQuotaExceededException(quota.title, limit)
