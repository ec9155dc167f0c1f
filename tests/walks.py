"""How many random walks a run of the tests makes.

A walk makes random calls, and compares the mock with a model after each of them. The whole suite
has to be quick, so it makes half of the walks. ``MEMBERSHIP_MOCK_WALKS=all`` makes all of them, as
one of the runs of ``.ci/run`` does.
"""

from __future__ import annotations

import os


def walks(count: int) -> int:
    """Return how many of ``count`` walks are made."""
    return count if os.environ.get("MEMBERSHIP_MOCK_WALKS") == "all" else (count + 1) // 2
