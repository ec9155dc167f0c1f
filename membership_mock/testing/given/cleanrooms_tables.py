"""Seeds of Clean Rooms: tables, associated with a collaboration so that queries can use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from membership_mock.errors import UsageError
from membership_mock.testing.given.cleanrooms_rooms import (
    QUERY,
    RECEIVE,
    SERVICE,
    RoomSeeds,
    SeededCollaboration,
)
from membership_mock.testing.names import not_one_of

Rule = Literal["CUSTOM", "LIST", "AGGREGATION"]
RULES: tuple[str, ...] = ("CUSTOM", "LIST", "AGGREGATION")

COLUMNS = ("customer_id", "city", "amount")


@dataclass(frozen=True)
class SeededTable:
    """A configured table.

    Attributes:
        id: its id.
        arn: its ARN.
        name: its name.
        account: the owner.
        region: where it is.
        columns: its allowed columns.
    """

    id: str
    arn: str
    name: str
    account: str
    region: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class SeededTableAssociation:
    """A configured table in a collaboration.

    Attributes:
        id: the id of the association.
        arn: its ARN.
        name: the name of the table in queries.
        table_id: the configured table.
        membership_id: the owner's membership.
        collaboration_id: the collaboration.
        account: the owner.
        region: where it is.
    """

    id: str
    arn: str
    name: str
    table_id: str
    membership_id: str
    collaboration_id: str
    account: str
    region: str


class TableSeeds(RoomSeeds):
    """Seeds of tables."""

    def table(
        self,
        account: str | None = None,
        *,
        name: str = "orders",
        columns: Sequence[str] = COLUMNS,
        database: str = "seeded",
        region: str | None = None,
        **fields: Any,
    ) -> SeededTable:
        """Return a new configured table, without an analysis rule.

        Args:
            account: the owner.
            name: its name, and that of the table in Glue.
            columns: the columns that analyses may use.
            database: the database in Glue; if the account has this database, table and columns must
                be in it.
            region: where.
            **fields: other fields of CreateConfiguredTable.

        Raises:
            SeedRefused: Glue has the database, but not the table or a column.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        with self._setup.seed(
            "cleanrooms.table",
            "create the table with these columns in Glue, or leave database out.",
            atomic=True,
        ):
            made = self._setup.call(
                SERVICE,
                "CreateConfiguredTable",
                account,
                region,
                **{
                    "name": name,
                    "tableReference": {"glue": {"tableName": name, "databaseName": database}},
                    "allowedColumns": list(columns),
                    "analysisMethod": "DIRECT_QUERY",
                    **fields,
                },
            )["configuredTable"]
        return SeededTable(made["id"], made["arn"], name, account, region, tuple(columns))

    def associated_table(
        self,
        collaboration: SeededCollaboration | str,
        account: str | None = None,
        *,
        name: str = "orders",
        table: SeededTable | str | None = None,
        rule: Rule = "CUSTOM",
        policy: Mapping[str, Any] | None = None,
        receivers: Sequence[str] | None = None,
        region: str | None = None,
    ) -> SeededTableAssociation:
        """Return a table in a collaboration, with all the rules that let it be queried.

        The account joins the collaboration if it has not yet.

        Args:
            collaboration: which one, or its id.
            account: the owner of the table.
            name: the name of the table in queries.
            table: a configured table of the account, or its id; a new one when None. Its analysis
                rule, if it has one already, stays.
            rule: the type of the analysis rule: ``CUSTOM``, ``LIST`` or ``AGGREGATION``.
            policy: what the rule says, as in the API; when None, any query of the runner of queries
                for CUSTOM, joins by the first column and lists of the others for LIST.
            receivers: who may receive results; all that can when None.
            region: where the collaboration is; not needed for a seeded one.

        Raises:
            SeedRefused: the account is not a member, or the rule does not fit the table.
            UsageError: there is no such rule, or AGGREGATION comes without a policy.
        """
        room_id, account, region = self._place(collaboration, account, region)
        if rule not in RULES:
            raise not_one_of(rule, "an analysis rule of a table", RULES)
        with self._setup.seed(
            "cleanrooms.associated_table",
            "the table must belong to the account, the account must be a member, and the policy"
            " must fit the rule: see `mock.given.cleanrooms.table` and `membership`.",
        ):
            membership = self.membership(room_id, account, region=region)
            if table is None:
                table = self.table(account, name=name, region=region)
            table_id = table if isinstance(table, str) else table.id
            members = self._members(room_id, account, region)
            self._rule(account, region, table_id, rule, policy, members)
            made = self._setup.call(
                SERVICE,
                "CreateConfiguredTableAssociation",
                account,
                region,
                name=name,
                membershipIdentifier=membership.id,
                configuredTableIdentifier=table_id,
                roleArn=f"arn:{self._setup.partition(region)}:iam::{account}:role/clean-rooms",
            )["configuredTableAssociation"]
            if receivers is None:
                receivers = [
                    each["accountId"]
                    for each in members
                    if RECEIVE in each["abilities"] and each["status"] in ("INVITED", "ACTIVE")
                ]
            self._setup.call(
                SERVICE,
                "CreateConfiguredTableAssociationAnalysisRule",
                account,
                region,
                membershipIdentifier=membership.id,
                configuredTableAssociationIdentifier=made["id"],
                analysisRuleType=rule,
                analysisRulePolicy={
                    "v1": {rule.lower(): {"allowedResultReceivers": list(receivers)}}
                },
            )
            return SeededTableAssociation(
                made["id"],
                made["arn"],
                name,
                table_id,
                str(membership.id),
                room_id,
                account,
                region,
            )

    def _rule(
        self,
        account: str,
        region: str,
        table_id: str,
        rule: str,
        policy: Mapping[str, Any] | None,
        members: Sequence[Mapping[str, Any]],
    ) -> None:
        """Give a table an analysis rule, unless it has it."""
        table = self._setup.call(
            SERVICE, "GetConfiguredTable", account, region, configuredTableIdentifier=table_id
        )["configuredTable"]
        if rule in table["analysisRuleTypes"] and policy is None:
            return
        if policy is None and rule == "CUSTOM":
            runners = [each["accountId"] for each in members if QUERY in each["abilities"]]
            custom = {"allowedAnalyses": ["ANY_QUERY"], "allowedAnalysisProviders": runners}
            policy = {"v1": {"custom": custom}}
        elif policy is None and rule == "LIST":
            first, *others = table["allowedColumns"]
            policy = {"v1": {"list": {"joinColumns": [first], "listColumns": others or [first]}}}
        elif policy is None:
            raise UsageError("A rule of the type AGGREGATION needs a policy: pass it as policy.")
        self._setup.call(
            SERVICE,
            "CreateConfiguredTableAnalysisRule",
            account,
            region,
            configuredTableIdentifier=table_id,
            analysisRuleType=rule,
            analysisRulePolicy=dict(policy),
        )
