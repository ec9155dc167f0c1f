"""Seeds of Clean Rooms: collaborations, and memberships in any status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from membership_mock.errors import UsageError
from membership_mock.testing.given.seeds import Seeds
from membership_mock.testing.names import nearest_to, not_one_of

SERVICE = "cleanrooms"

QUERY = "CAN_QUERY"
RECEIVE = "CAN_RECEIVE_RESULTS"

MembershipStatus = Literal["INVITED", "ACTIVE", "LEFT", "REMOVED", "COLLABORATION_DELETED"]

#: The statuses of a member. They follow from the tables `NEXT_MEMBER_STATUS` and
#: `MEMBERSHIP_STATUS`.
STATUSES: tuple[str, ...] = ("INVITED", "ACTIVE", "LEFT", "REMOVED", "COLLABORATION_DELETED")

_ROOM_WAY_OUT = (
    "one account of the collaboration runs the queries, every receiver of results is a member, and"
    " no account is listed twice: see the arguments runner, receivers and payer."
)
_MEMBERSHIP_WAY_OUT = (
    "only invited accounts can join, a membership must be empty before its account leaves, an"
    " account that has left or was removed cannot come back, and the creator cannot leave: use"
    " another account, or another collaboration."
)


@dataclass(frozen=True)
class SeededCollaboration:
    """A collaboration.

    Attributes:
        id: its id.
        arn: its ARN.
        name: its name.
        creator: the account that created it.
        runner: the account that runs the queries.
        accounts: the creator, and then all invited accounts.
        region: where it is.
        memberships: the ids of the memberships, by the accounts that have joined.
    """

    id: str
    arn: str
    name: str
    creator: str
    runner: str
    accounts: tuple[str, ...]
    region: str
    memberships: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SeededMembership:
    """The status of an account in a collaboration, with its membership.

    Attributes:
        id: the id of the membership; None for an account without one.
        collaboration_id: the collaboration.
        account: the account.
        region: where it is.
        status: ``INVITED``, ``ACTIVE``, ``LEFT``, ``REMOVED`` or ``COLLABORATION_DELETED``.
    """

    id: str | None
    collaboration_id: str
    account: str
    region: str
    status: str


class RoomSeeds(Seeds):
    """Seeds of collaborations and memberships."""

    def collaboration(
        self,
        creator: str | None = None,
        members: Sequence[str | Mapping[str, Any]] = (),
        *,
        name: str = "Shared room",
        runner: str | None = None,
        receivers: Sequence[str] | None = None,
        payer: str | None = None,
        region: str | None = None,
        **fields: Any,
    ) -> SeededCollaboration:
        """Return a new collaboration, which no account has joined yet.

        Args:
            creator: the account that creates it; the mock's default account when None.
            members: the invited accounts, or members as CreateCollaboration takes them;
                ``accountId`` is enough.
            name: its name.
            runner: the account that runs queries; the creator when None.
            receivers: the accounts that receive results; the runner when None.
            payer: the account that pays for queries; the runner when None.
            region: where it is.
            **fields: other fields of CreateCollaboration, e.g. ``queryLogStatus="ENABLED"``.

        Raises:
            SeedRefused: accounts and abilities do not go together.
            UsageError: a member has no account, or ``runner``, ``payer`` or a receiver is not one
                of the accounts.
        """
        creator, region = self._setup.account(creator), self._setup.region(region)
        with self._setup.seed("cleanrooms.collaboration", _ROOM_WAY_OUT, atomic=True):
            listed = [_as_listed(each) for each in members]
            accounts = [creator, *(self._setup.account(each["accountId"]) for each in listed)]
            own = next(
                (e["accountId"] for e in listed if QUERY in e.get("memberAbilities", ())), None
            )
            runner = runner or own or creator
            receiving = (runner,) if receivers is None else tuple(receivers)
            for each in (runner, *receiving, *([payer] if payer else [])):
                if each not in accounts:
                    raise UsageError(
                        f"Account {each!r} is neither the creator nor a member of the"
                        f" collaboration{nearest_to(str(each), accounts)} There are:"
                        f" {', '.join(accounts)}."
                    )
            shared = {
                each: {
                    "displayName": f"Account {each}",
                    "memberAbilities": [
                        ability
                        for ability, holders in ((QUERY, (runner,)), (RECEIVE, receiving))
                        if each in holders
                    ],
                    "paymentConfiguration": (
                        {"queryCompute": {"isResponsible": True}} if each == payer else None
                    ),
                }
                for each in accounts
            }
            made = self._setup.call(
                SERVICE,
                "CreateCollaboration",
                creator,
                region,
                **{
                    "name": name,
                    "description": "Seeded for a test.",  # older releases of boto3 demand one
                    "members": [_full({**shared[e["accountId"]], **e}) for e in listed],
                    "creatorDisplayName": shared[creator]["displayName"],
                    "creatorMemberAbilities": shared[creator]["memberAbilities"],
                    "creatorPaymentConfiguration": shared[creator]["paymentConfiguration"],
                    "queryLogStatus": "DISABLED",
                    **fields,
                },
            )["collaboration"]
        return SeededCollaboration(
            made["id"], made["arn"], name, creator, runner, tuple(accounts), region
        )

    def joined_collaboration(
        self,
        accounts: Sequence[str],
        *,
        name: str = "Shared room",
        runner: str | None = None,
        receivers: Sequence[str] | None = None,
        payer: str | None = None,
        results_bucket: str | None = None,
        region: str | None = None,
        **fields: Any,
    ) -> SeededCollaboration:
        """Return a new collaboration that all accounts have joined.

        Args:
            accounts: the creator, and then the invited accounts.
            name: its name.
            runner: the account that runs queries; the creator when None.
            receivers: the accounts that receive results; the runner when None.
            payer: the account that pays for queries; the runner when None.
            results_bucket: the bucket of the first receiver, as for `membership`.
            region: where it is.
            **fields: other fields of CreateCollaboration.

        Raises:
            SeedRefused: accounts and abilities do not go together.
            UsageError: there is no account, or an argument names one that is not among them.
        """
        if not accounts:
            raise UsageError("accounts is a list of accounts, the creator first, not an empty one.")
        with self._setup.seed("cleanrooms.joined_collaboration", _ROOM_WAY_OUT):
            creator, *invited = accounts
            room = self.collaboration(
                creator,
                invited,
                name=name,
                runner=runner,
                receivers=receivers,
                payer=payer,
                region=region,
                **fields,
            )
            first = room.runner if receivers is None else next(iter(receivers), None)
            joined = {
                each: self.membership(
                    room, each, results_bucket=results_bucket if each == first else None
                ).id
                or ""
                for each in room.accounts
            }
            return replace(room, memberships=joined)

    def membership(
        self,
        collaboration: SeededCollaboration | str,
        account: str | None = None,
        status: MembershipStatus = "ACTIVE",
        *,
        results_bucket: str | None = None,
        region: str | None = None,
    ) -> SeededMembership:
        """Return an account's membership in a collaboration, brought to a status.

        An account that joins accepts the payments that the collaboration asks of it. If it receives
        results, it names a bucket for them.

        Args:
            collaboration: which one, or its id.
            account: an invited account.
            status: ``INVITED``, ``ACTIVE``, ``LEFT``, ``REMOVED`` or ``COLLABORATION_DELETED``; for
                the last three, the account joins first.
            results_bucket: the account's bucket for results, created in S3 if there is none; when
                None, results are addressed to a bucket that need not exist.
            region: where the collaboration is; not needed for a seeded one.

        Raises:
            SeedRefused: the account was not invited, or the status cannot be reached any more.
            UsageError: there is no such status.
        """
        room_id, account, region = self._place(collaboration, account, region)
        if status not in STATUSES:
            raise not_one_of(status, "a status of a membership", STATUSES)
        with self._setup.seed("cleanrooms.membership", _MEMBERSHIP_WAY_OUT):
            before, membership_id = self._status(room_id, account, region)
            if before == status:
                return SeededMembership(membership_id, room_id, account, region, status)
            if status == "INVITED":
                raise self._setup.refuse(f"account {account} is {before} already.")
            if before == "INVITED":
                membership_id = self._join(room_id, account, region, results_bucket)
            self._end(room_id, account, membership_id, status, before, region)
            if status == "LEFT":
                membership_id = None
            return SeededMembership(membership_id, room_id, account, region, status)

    # --- steps ---

    def _place(
        self, collaboration: SeededCollaboration | str, account: str | None, region: str | None
    ) -> tuple[str, str, str]:
        """Return the id of the collaboration, the account and the region that are meant."""
        if isinstance(collaboration, SeededCollaboration):
            if region is not None and region != collaboration.region:
                raise UsageError(
                    f"The collaboration {collaboration.id} is in {collaboration.region}, not in"
                    f" {region!r}: leave region out."
                )
            return collaboration.id, self._setup.account(account), collaboration.region
        return collaboration, self._setup.account(account), self._setup.region(region)

    def _status(self, room_id: str, account: str, region: str) -> tuple[str, str | None]:
        """Return the status of an account in a collaboration, and the id of its membership."""
        room = self._setup.ask(
            SERVICE, "GetCollaboration", account, region, collaborationIdentifier=room_id
        )
        if room is not None:
            found = room["collaboration"]
            return found["memberStatus"], found.get("membershipId")
        # an account can have a membership in a collaboration that it no longer sees
        for each in self._setup.listed(SERVICE, "ListMemberships", account, region):
            if each["collaborationId"] == room_id:
                return each["status"], each["id"]
        return "", None  # unknown here: the service will refuse

    def _members(self, room_id: str, account: str, region: str) -> list[dict[str, Any]]:
        found = self._setup.call(
            SERVICE, "ListMembers", account, region, collaborationIdentifier=room_id, maxResults=100
        )
        return list(found["memberSummaries"])

    def _join(self, room_id: str, account: str, region: str, bucket: str | None) -> str:
        own = next(e for e in self._members(room_id, account, region) if e["accountId"] == account)
        if bucket is not None:
            self._bucket(account, region, bucket)
        results = None
        if RECEIVE in own["abilities"]:
            results = {
                "outputConfiguration": {
                    "s3": {"resultFormat": "CSV", "bucket": bucket or f"results-{account}"}
                },
                "roleArn": f"arn:{self._setup.partition(region)}:iam::{account}:role/results",
            }
        joined = self._setup.call(
            SERVICE,
            "CreateMembership",
            account,
            region,
            collaborationIdentifier=room_id,
            queryLogStatus="DISABLED",
            defaultResultConfiguration=results,
            paymentConfiguration=None if QUERY in own["abilities"] else _accepted(own),
        )
        return str(joined["membership"]["id"])

    def _end(
        self,
        room_id: str,
        account: str,
        membership_id: str | None,
        status: str,
        before: str,
        region: str,
    ) -> None:
        """Bring a member that has joined to a status; the service refuses what is not possible."""
        if status == "ACTIVE":
            if before not in ("INVITED", "ACTIVE"):  # the service's refusal says why not
                self._join(room_id, account, region, None)
            return
        if before not in ("INVITED", "ACTIVE"):
            raise self._setup.refuse(
                f"account {account} is {before or 'not a member'} in collaboration {room_id}."
            )
        if status == "LEFT":
            self._setup.call(
                SERVICE, "DeleteMembership", account, region, membershipIdentifier=membership_id
            )
            return
        room = self._setup.call(
            SERVICE, "GetCollaboration", account, region, collaborationIdentifier=room_id
        )["collaboration"]
        more = {"accountId": account} if status == "REMOVED" else {}
        self._setup.call(
            SERVICE,
            "DeleteMember" if status == "REMOVED" else "DeleteCollaboration",
            room["creatorAccountId"],
            region,
            collaborationIdentifier=room_id,
            **more,
        )

    def _bucket(self, account: str, region: str, bucket: str) -> None:
        """Create a bucket, unless the account has it."""
        listed = self._setup.call("s3", "ListBuckets", account, region)
        if bucket in [each["Name"] for each in listed["Buckets"]]:
            return
        where = {"LocationConstraint": region} if region != "us-east-1" else None
        self._setup.call(
            "s3", "CreateBucket", account, region, Bucket=bucket, CreateBucketConfiguration=where
        )
        self._setup.undo(
            lambda: self._setup.call("s3", "DeleteBucket", account, region, Bucket=bucket)
        )


def _as_listed(member: str | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(member, str):
        return {"accountId": member}
    if "accountId" in member:
        return dict(member)
    raise UsageError(
        "A member is an account, or a mapping as CreateCollaboration takes it, with at least an"
        f" accountId, not {member!r}."
    )


def _full(member: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in member.items() if value is not None}


def _accepted(member: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a member has to accept to pay for; None if it is nothing."""
    payment = member.get("paymentConfiguration", {})
    return dict(payment) if True in _answers(payment.values()) else None


def _answers(parts: Iterable[Any]) -> list[bool]:
    found: list[bool] = []
    for part in parts:
        if "isResponsible" in part:
            found.append(part["isResponsible"])
        else:
            found += _answers(part.values())
    return found
