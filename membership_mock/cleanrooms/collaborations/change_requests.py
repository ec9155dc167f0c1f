"""Change requests: the changes that a creator wants, the votes of the members, and the result.

Sources: the API pages and the user guide's pages on change requests; the rest is
marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from membership_mock.cleanrooms import quotas
from membership_mock.cleanrooms.collaborations import changes as specifications
from membership_mock.cleanrooms.collaborations.clean_rooms_events import (
    tell_of_change_request,
    tell_of_collaboration,
    tell_of_invitations,
)
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import (
    Collaboration,
    CollaborationStore,
    Membership,
)
from membership_mock.cleanrooms.collaborations.collaborations import Collaborations
from membership_mock.cleanrooms.errors import (
    AccessDeniedException,
    ConflictException,
    ResourceNotFoundException,
)
from membership_mock.cleanrooms.ordered_index import (
    add_to_index,
    remove_from_index,
    sequence_of,
)
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.summary import Summary, View, by_account, several
from membership_mock.engine.state.world import Scope, Store

Event = Literal["approve", "approve as the last", "deny", "cancel", "commit"]

#: The events of a change request, with the status afterwards; any other event is refused. Source:
#: API page UpdateCollaborationChangeRequest; that DENIED is final, and that an approved request can
#: be cancelled, is inferred [CR-139].
NEXT_STATUS: dict[tuple[str, Event], str] = {
    ("PENDING", "approve"): "PENDING",
    ("PENDING", "approve as the last"): "APPROVED",
    ("PENDING", "deny"): "DENIED",
    ("PENDING", "cancel"): "CANCELLED",
    ("APPROVED", "cancel"): "CANCELLED",
    ("APPROVED", "commit"): "COMMITTED",
}
OPEN = ("PENDING", "APPROVED")


@dataclass
class ChangeRequest:
    """A change request; fields that are not explained are those of the API.

    Attributes:
        votes: the vote of each account that was asked: PENDING, APPROVED or DENIED; empty for
            changes that are approved automatically.
        sequence: its place in the order of creation.
    """

    id: str
    collaboration_id: str
    create_time: datetime
    update_time: datetime
    status: str
    is_auto_approved: bool
    changes: list[dict[str, Any]]
    votes: dict[str, str]
    sequence: int

    @property
    def approvals(self) -> dict[str, dict[str, str]] | None:
        """The votes as answers show them."""
        return {account: {"status": vote} for account, vote in self.votes.items()} or None

    def move(self, event: Event, now: datetime) -> None:
        """Apply ``event``.

        Raises:
            ConflictException: the table does not have it.
        """
        status = NEXT_STATUS.get((self.status, event))
        if status is None:
            raise ConflictException(
                f"Change request {self.id} is {self.status}.",
                self.collaboration_id,
                "COLLABORATION",
                "INVALID_STATE",
            )
        self.status = status
        self.update_time = now

    def vote(self, account_id: str, vote: str, now: datetime) -> None:
        """Count the vote of an account that was asked.

        Raises:
            ConflictException: the request is no longer PENDING.
        """
        last = all(
            given == "APPROVED" for asked, given in self.votes.items() if asked != account_id
        )
        if vote == "DENIED":
            self.move("deny", now)
        else:
            self.move("approve as the last" if last else "approve", now)
        self.votes[account_id] = vote


@dataclass
class ChangeRequestStore(Store, scope=Scope.REGION):
    """The change requests of a region.

    Attributes:
        requests: those of each collaboration, by its id, in the order of creation.
        by_status: the same by collaboration and status.
    """

    rank = 3
    requests: dict[str, list[ChangeRequest]] = field(default_factory=dict)
    by_status: dict[str, dict[str, list[ChangeRequest]]] = field(default_factory=dict)

    def file(self, request: ChangeRequest) -> None:
        """List a request under its present status only."""
        by_status = self.by_status.setdefault(request.collaboration_id, {})
        for status, held in by_status.items():
            if status != request.status:
                remove_from_index(held, request)
        add_to_index(by_status.setdefault(request.status, []), request)

    def of(self, collaboration_id: str, status: str | None) -> list[ChangeRequest]:
        """Return the requests of a collaboration, of one status or of any, the oldest first."""
        if status is None:
            return self.requests.get(collaboration_id, [])
        return self.by_status.get(collaboration_id, {}).get(status, [])

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each request, under its creator and under the accounts that may vote."""
        (region,) = key
        found: CollaborationStore | None = view.find_store(CollaborationStore, key)
        collaborations = found.collaborations if found else {}
        held = [
            each
            for collaboration_id, requests in self.requests.items()
            if collaboration_id in collaborations
            for each in requests
        ]

        def creator(request: ChangeRequest) -> str:
            return collaborations[request.collaboration_id].creator_account_id

        for account_id, own in by_account(held, creator).items():
            lines = several("change requests", own, _of_creator)
            yield Summary(account_id, region, "cleanrooms", lines)
        asked = [(account, each) for each in held for account in each.votes]
        for account_id, votes in by_account(asked, lambda pair: pair[0]).items():
            lines = several("votes", votes, _of_voter)
            yield Summary(account_id, region, "cleanrooms", lines)


def _of_creator(request: ChangeRequest) -> str:
    return (
        f"change request {request.id} of collaboration {request.collaboration_id} {request.status}"
    )


def _of_voter(vote: tuple[str, ChangeRequest]) -> str:
    account_id, request = vote
    return f"vote {request.votes[account_id]} on change request {request.id} {request.status}"


#: the statuses that are announced (documented)
_EVENTS = ("APPROVED", "CANCELLED", "COMMITTED")


class ChangeRequests(CleanRoomsFamily):
    """The operations on change requests."""

    @operation("CreateCollaborationChangeRequest", optional=True)
    def create_collaboration_change_request(
        self, ctx: Context, collaboration_identifier: str, changes: list[dict[str, Any]]
    ) -> dict[str, ChangeRequest]:
        """Ask the members of a collaboration to agree to changes.

        Changes that the collaboration approves automatically are made at once (user guide; that the
        status is COMMITTED then is inferred [CR-35]). Otherwise every account that has joined is
        asked, and if only the creator has joined, the request is APPROVED (inferred [CR-31]).

        Raises:
            AccessDeniedException: the caller did not create the collaboration (inferred [CR-140]).
            ConflictException: another request is still open (inferred [CR-29]).
            ServiceQuotaExceededException: the collaboration would have too many members.
            ValidationException: a change is not possible, or would change nothing.
        """
        collaboration = self.of(Collaborations).owned(collaboration_identifier)
        examined = specifications.examined(changes, collaboration)
        store = self.store(ChangeRequestStore)
        if any(store.of(collaboration.id, status) for status in OPEN):
            raise ConflictException(
                "Another change request of the collaboration is still open.",
                collaboration.id,
                "COLLABORATION",
                "INVALID_STATE",
            )
        self._require_room(collaboration, examined)
        requests = store.requests.setdefault(collaboration.id, [])
        automatic = set(collaboration.auto_approved_change_types or ())
        wanted = {kind for each in examined for kind in each["types"]}
        request = ChangeRequest(
            id=ctx.world.uuid(),
            collaboration_id=collaboration.id,
            create_time=ctx.now,
            update_time=ctx.now,
            status="PENDING",
            is_auto_approved=wanted <= automatic,
            changes=examined,
            votes={},
            sequence=len(requests),
        )
        requests.append(request)
        if request.is_auto_approved:
            request.status = "COMMITTED"
            self._apply(request, collaboration, ctx.now)
        else:
            asked = [ctx.account_id, *(one.account_id for one in collaboration.active_members())]
            request.votes = dict.fromkeys(asked, "PENDING")
            request.vote(ctx.account_id, "APPROVED", ctx.now)
        store.file(request)
        tell_of_change_request(self, collaboration, request.id, "Created", ctx.now)
        self._tell(request, collaboration, "PENDING", ctx.now)
        return {"collaborationChangeRequest": request}

    @operation("GetCollaborationChangeRequest", optional=True)
    def get_collaboration_change_request(
        self, ctx: Context, collaboration_identifier: str, change_request_identifier: str
    ) -> dict[str, ChangeRequest]:
        """Return a change request of a collaboration that the caller created or has joined."""
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        return {"collaborationChangeRequest": self._find(collaboration, change_request_identifier)}

    @operation("ListCollaborationChangeRequests", optional=True)
    def list_collaboration_change_requests(
        self, ctx: Context, collaboration_identifier: str, status: str | None = None
    ) -> dict[str, Listing[ChangeRequest]]:
        """Return the change requests of a collaboration, the oldest first."""
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        chosen = self.store(ChangeRequestStore).of(collaboration.id, status)
        return {"collaborationChangeRequestSummaries": Listing(chosen, sequence_of)}

    @operation("UpdateCollaborationChangeRequest", optional=True)
    def update_collaboration_change_request(
        self,
        ctx: Context,
        collaboration_identifier: str,
        change_request_identifier: str,
        action: str,
    ) -> dict[str, ChangeRequest]:
        """Approve, deny, cancel or commit a change request.

        Raises:
            AccessDeniedException: the caller was not asked, or did not create the collaboration.
            ConflictException: the status of the request does not allow it, or its members have left
                (inferred [CR-37, CR-139]).
        """
        collaborations = self.of(Collaborations)
        collaboration = collaborations.joined(collaboration_identifier)
        request = self._find(collaboration, change_request_identifier)
        if action in ("CANCEL", "COMMIT"):
            collaborations.owned(collaboration_identifier)
        elif not request.is_auto_approved and ctx.account_id not in request.votes:
            raise AccessDeniedException
        before = request.status
        if action == "CANCEL":
            request.move("cancel", ctx.now)
        elif action == "COMMIT":
            self._commit(request, collaboration, ctx.now)
        else:
            vote = "APPROVED" if action == "APPROVE" else "DENIED"
            request.vote(ctx.account_id, vote, ctx.now)
        self.store(ChangeRequestStore).file(request)
        self._tell(request, collaboration, before, ctx.now)
        return {"collaborationChangeRequest": request}

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Stop waiting for the vote of an account that has left (inferred [CR-32])."""
        account, store = membership.account_id, self.store(ChangeRequestStore)
        for request in list(store.of(membership.collaboration_id, "PENDING")):
            if account in request.votes:
                del request.votes[account]
                if all(vote == "APPROVED" for vote in request.votes.values()):
                    request.move("approve as the last", now)
                    store.file(request)
                    self._tell(request, membership.collaboration, "PENDING", now)

    def _find(self, collaboration: Collaboration, request_id: str) -> ChangeRequest:
        requests = self.store(ChangeRequestStore).requests.get(collaboration.id, ())
        found = next((each for each in requests if each.id == request_id), None)
        if found is None:
            raise ResourceNotFoundException(
                f"No such collaboration change request with id: {request_id}",
                request_id,
                "COLLABORATION",
            )
        return found

    def _commit(self, request: ChangeRequest, collaboration: Collaboration, now: datetime) -> None:
        if request.status == "APPROVED" and not specifications.possible(
            request.changes, collaboration
        ):
            raise ConflictException(
                f"Change request {request.id} is about members who are not in the collaboration any"
                " more.",
                collaboration.id,
                "COLLABORATION",
                "INVALID_STATE",
            )
        request.move("commit", now)
        self._apply(request, collaboration, now)

    def _apply(self, request: ChangeRequest, collaboration: Collaboration, now: datetime) -> None:
        store = self.store(CollaborationStore)
        before = set(collaboration.members)
        specifications.apply(request.changes, collaboration, store, now, self.backend.world.uuid)
        added = [account for account in collaboration.members if account not in before]
        tell_of_invitations(self, collaboration, added, now)
        seeing = [each.account_id for each in collaboration.members_here()]
        tell_of_collaboration(self, collaboration, "Updated", seeing, now)

    def _tell(
        self, request: ChangeRequest, collaboration: Collaboration, before: str, at: datetime
    ) -> None:
        """Send the event of a new status; a denial has no event."""
        if request.status != before and request.status in _EVENTS:
            what = request.status.title()
            tell_of_change_request(self, collaboration, request.id, what, at)

    def _require_room(self, collaboration: Collaboration, changes: list[dict[str, Any]]) -> None:
        added = specifications.added_members(changes)
        if added:
            here = collaboration.invited_here()
            self.of(quotas.Quotas).require_room(quotas.MEMBERS, here, added)
