"""A recorded call and a recording, whatever file they were read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RecordedError:
    """What a recorded call was refused with.

    Attributes:
        code: the code of the error, e.g. ``AccessDeniedException``.
        message: the whole text; None when it is not known, and then not compared.
        contains: a part of the text, where only that is known.
        members: further members of the error, e.g. ``reason``; only these are compared.
    """

    code: str
    message: str | None = None
    contains: str | None = None
    members: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordedCall:
    """One call of a recording, in plain JSON values.

    Of ``answer``, ``shape`` and ``error``, exactly one is given; a set-up call may have none.

    Attributes:
        place: the file and the entry, for messages.
        service: the service's id, e.g. ``securityhub``.
        operation: the operation in its API spelling, e.g. ``CreateMembers``.
        account: the 12 digits of the calling account; None when the recording does not say.
        region: the region that was called; None when the recording does not say.
        parameters: the parameters by their API names.
        answer: the answer without ``ResponseMetadata``.
        shape: the paths and types of the answer, where its values are not known.
        error: the error.
        status: the HTTP status; None when the recording does not say.
        partial: whether ``answer`` or ``shape`` has only some of the members.
        setup: whether the call only leads to the state of later ones: it has to succeed, and what
            ``answer`` has of it gives ids their names.
    """

    place: str
    service: str
    operation: str
    account: str | None = None
    region: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] | None = None
    shape: Mapping[str, str] | None = None
    error: RecordedError | None = None
    status: int | None = None
    partial: bool = False
    setup: bool = False


@dataclass(frozen=True)
class Recording:
    """Calls in the order in which they were made.

    Attributes:
        name: the file or folder.
        calls: the calls.
        world: the state that the first call presumes, as `mock.given.world` takes it.
        ids: what the recording calls parts of that state: by the recording's id, a reference such
            as ``$room.id``.
        skipped: how many entries are no calls to check, by the reason.
    """

    name: str
    calls: Sequence[RecordedCall]
    world: Mapping[str, Any] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
