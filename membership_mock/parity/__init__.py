"""Prove the mock on recordings of AWS and on accounts of one's own.

- `check` makes the calls of recordings on a fresh mock and compares the answers.
- `record` writes such a recording from calls that are made, without names and secrets.
- `play` plays a story of this package on real endpoints and on the mock, call by call.

The package stands on top of the mock's public face; nothing else imports it but the command line.
"""

from __future__ import annotations

from membership_mock.parity.checking import check
from membership_mock.parity.reading import read
from membership_mock.parity.recorded_call import RecordedCall, RecordedError, Recording
from membership_mock.parity.recorder import Recorder, record
from membership_mock.parity.results import Difference, Outcome, Report, Result
from membership_mock.parity.side_by_side import play
from membership_mock.parity.stories import STORIES, Story

__all__ = [
    "STORIES",
    "Difference",
    "Outcome",
    "RecordedCall",
    "RecordedError",
    "Recorder",
    "Recording",
    "Report",
    "Result",
    "Story",
    "check",
    "play",
    "read",
    "record",
]
