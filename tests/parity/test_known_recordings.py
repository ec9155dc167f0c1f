"""What others have seen of the services is answered alike, but for differences with reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from membership_mock import parity
from tests.parity.known import EXPLAINED, PAGE, differences_of, recordings, written

pytestmark = pytest.mark.newest_model

RECORDINGS = recordings()


@pytest.fixture(scope="module")
def report() -> parity.Report:
    """The report of all recordings of the project."""
    return parity.check(*RECORDINGS)


def test_every_difference_is_explained_and_every_explanation_is_needed(
    report: parity.Report,
) -> None:
    found = {
        (each.call.service, each.call.operation, difference.path)
        for each in report.checked
        for difference in differences_of(each)
    }
    assert found == set(EXPLAINED)


def test_nothing_is_not_mocked(report: parity.Report) -> None:
    assert [str(each) for each in report.of(parity.Outcome.NOT_MOCKED)] == []


def test_the_table_of_the_docs_is_fresh(report: parity.Report) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page, report), "stale; write it again: python -m tests.parity.known"


@pytest.mark.parametrize("recording", RECORDINGS, ids=[Path(each.name).name for each in RECORDINGS])
def test_each_recording_checks_something(recording: parity.Recording) -> None:
    assert any(not each.setup for each in recording.calls)
