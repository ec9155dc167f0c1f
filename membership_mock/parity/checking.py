"""Check recordings on a mock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from membership_mock.engine import running
from membership_mock.errors import UsageError
from membership_mock.mock import MembershipMock, mock_membership
from membership_mock.parity.playback import Playback
from membership_mock.parity.reading import read
from membership_mock.parity.recorded_call import Recording
from membership_mock.parity.results import Report, Result


def check(
    *recordings: str | Path | Recording | Iterable[Mapping[str, Any]],
    world: Mapping[str, Any] | None = None,
    ids: Mapping[str, str] | None = None,
    account: str | None = None,
    region: str | None = None,
    accounts: Mapping[str, str] | None = None,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    ignore: Sequence[str] = (),
    any_order: bool = False,
    mock: MembershipMock | None = None,
) -> Report:
    """Make the calls of recordings on a fresh mock, and return how it has answered.

    Each recording has a mock of its own, and its calls are made in their order by the accounts
    that made them. Answers are compared by shape and value. An id, a page token or a time that AWS
    has made up may be another one here; an id is the same from then on, also inside of ARNs and in
    the parameters of later calls.

    Args:
        *recordings: files of JSON lines in the plain form, cassettes of vcrpy, folders of placebo,
            or entries of the plain form; see ``docs/reference/recordings.md``.
        world: the state that the first call presumes, as `mock.given.world` takes it; by default
            what the recording itself says.
        ids: what the recordings call parts of that state: by the recorded id, a reference such as
            ``$room.id``.
        account: the account of calls whose account the recording does not tell.
        region: the region of calls whose region the recording does not tell.
        accounts: of cassettes: the accounts by the access key ids that they sign with.
        parameters: of folders of placebo: the parameters by the name of the file without ending.
        ignore: patterns of members that are not compared, e.g. ``*.UpdatedAt`` or
            ``securityhub.ListMembers:Members[].Email``.
        any_order: whether the order of lists is left out of account.
        mock: a running mock to use as it is, instead of a fresh one.

    Returns:
        The report: ``ok``, ``counts``, the ``results`` by call, `assert_equal`.

    Raises:
        UsageError: a recording cannot be read (the text names the file and the entry), the
            presumed state cannot be reached, or a mock is running and was not given.
    """
    if not recordings:
        raise UsageError("There is no recording to check: name at least one file or folder.")
    for name, given in (("ignore", ignore), ("recordings", recordings)):
        if isinstance(given, str):
            raise UsageError(f"{name} is a list of texts, not {given!r}.")
    if mock is None and running.is_running():
        raise UsageError(
            "A mock is running already, and mocks that run at the same time share one world. Check"
            " outside of it, or pass it with mock= to check in the world as it is."
        )
    results: list[Result] = []
    skipped: Counter[str] = Counter()
    for each in recordings:
        recording = read(each, accounts=accounts, parameters=parameters)
        skipped.update(recording.skipped)
        fresh = mock_membership(account=account, region=region, unmocked_calls="ignore")
        with fresh if mock is None else nullcontext(mock) as used:
            playback = Playback(
                used, account=account, region=region, ignore=ignore, any_order=any_order
            )
            playback.presume(
                recording.name,
                recording.world if world is None else world,
                {**recording.ids, **(ids or {})},
            )
            results += [playback.check(call) for call in recording.calls]
    return Report(results, dict(skipped))
