"""What seeds of Security Incident Response return."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SeededMembership:
    """A membership that a seed has made or found."""

    membership_id: str
    arn: str
    account: str
    region: str
    status: str


@dataclass(frozen=True)
class SeededComment:
    """A comment that a seed has written; the creator is an account, or AWS."""

    comment_id: str
    case_id: str
    account: str
    region: str
    creator: str


@dataclass(frozen=True)
class SeededAttachment:
    """An attachment that a seed has added to a case."""

    attachment_id: str
    case_id: str
    account: str
    region: str
    file_name: str
    status: str


@dataclass(frozen=True)
class SeededCase:
    """A case that a seed has made, with what the seed has added to it."""

    case_id: str
    arn: str
    account: str
    region: str
    membership_id: str
    resolver: str
    status: str
    comments: tuple[SeededComment, ...] = ()
    attachments: tuple[SeededAttachment, ...] = ()


@dataclass(frozen=True)
class SeededInvestigation:
    """The investigation of a case; ``actions`` has the id of an action by its type."""

    case_id: str
    account: str
    region: str
    status: str
    actions: dict[str, str]
