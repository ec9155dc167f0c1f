"""Comments on a case: by the customer, by AWS's engineers, and by the service itself.

Source: API pages CreateCaseComment, UpdateCaseComment, ListComments; user guide,
"Communications". Order, counting of ids, and who may edit are inferred [IR-97].
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World
from membership_mock.security_ir.cases.case_families import CaseChange, CaseFamily
from membership_mock.security_ir.cases.case_store import Case, Comment, writable_cases
from membership_mock.security_ir.cases.cases import Cases
from membership_mock.security_ir.errors import AccessDeniedException, ResourceNotFoundException
from membership_mock.security_ir.principals import principal_of
from membership_mock.security_ir.quotas import COMMENTS, Quotas

#: the action that the edits of a case show for a new comment (source: see `edits`)
ADDED = "Add comment"


class Comments(CaseFamily):
    """The comments of every case."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many comments each case has to which some may be added."""
        del now
        for region, case in writable_cases(world):
            yield QuotaUse(COMMENTS, case.account_id, region, len(case.comments), case.case_id)

    def has_room(self, case: Case) -> bool:
        """Return whether a case may have one more comment."""
        return len(case.comments) < self.limit(COMMENTS)

    def add(self, case: Case, at: datetime, creator: str, body: str) -> Comment:
        """Append a comment to a case, and return it."""
        comment = Comment(f"{len(case.comments):06d}", at, at, creator, creator, body)
        case.comments.append(comment)
        self.of(Cases).note(
            CaseChange(case, at, creator, ADDED, f"Added comment {comment.comment_id}.")
        )
        return comment

    @operation("CreateCaseComment")
    def create_case_comment(self, ctx: Context, case_id: str, body: str) -> dict[str, Any]:
        """Append a comment to an open case, and return its id.

        Raises:
            ConflictException: the case is closed.
            ServiceQuotaExceededException: the case has the highest number of comments.
        """
        case = self.of(Cases).for_writing(ctx, case_id)
        self.of(Quotas).require_room_in_case(COMMENTS, case_id, len(case.comments))
        return {"commentId": self.add(case, ctx.now, principal_of(ctx), body).comment_id}

    @operation("UpdateCaseComment")
    def update_case_comment(
        self, ctx: Context, case_id: str, comment_id: str, body: str
    ) -> dict[str, Any]:
        """Replace the body of one of the caller's own comments, and return it.

        A body that is equal to the present one changes nothing and adds no edit
        (inferred [IR-63]).

        Raises:
            AccessDeniedException: the comment is by AWS.
            ConflictException: the case is closed.
        """
        cases, principal = self.of(Cases), principal_of(ctx)
        case = cases.for_reading(ctx, case_id)
        comment = find_comment(case, comment_id)
        if comment.creator != principal:
            raise AccessDeniedException(
                f"Comment {comment_id} of case {case_id} was written by AWS and cannot be edited."
            )
        cases.require_open(case)
        if comment.body != body:
            comment.body = body
            comment.last_updated_date = ctx.now
            comment.last_updated_by = principal
            cases.note(
                CaseChange(
                    case,
                    ctx.now,
                    principal,
                    "Update comment",
                    f"Updated comment {comment_id}.",
                )
            )
        return {"commentId": comment_id, "body": body}

    @operation("ListComments")
    def list_comments(self, ctx: Context, case_id: str) -> dict[str, Any]:
        """Return the comments of a case, oldest first, and how many there are."""
        comments = self.of(Cases).for_reading_progress(ctx, case_id).comments
        return {
            "items": Listing(comments, lambda comment: comment.comment_id),
            "total": len(comments),
        }


def find_comment(case: Case, comment_id: str) -> Comment:
    """Return a comment of a case.

    Raises:
        ResourceNotFoundException: the case has no such comment.
    """
    place = int(comment_id)
    if place >= len(case.comments):
        raise ResourceNotFoundException(
            f"Comment {comment_id} of case {case.case_id} was not found."
        )
    return case.comments[place]
