"""Read a recording, whichever of the known forms it has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from membership_mock.errors import UsageError
from membership_mock.parity.cassettes import read_cassette
from membership_mock.parity.placebo_folders import read_placebo
from membership_mock.parity.plain_form import call_of, read_plain
from membership_mock.parity.recorded_call import Recording


def read(
    recording: str | Path | Recording | Iterable[Mapping[str, Any]],
    *,
    accounts: Mapping[str, str] | None = None,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
) -> Recording:
    """Return a recording.

    Args:
        recording: a file of JSON lines in the plain form (``.jsonl``), a cassette of vcrpy
            (``.yaml``, ``.yml`` or ``.json``), a folder of placebo, or entries of the plain form.
        accounts: of a cassette: the accounts by the access key ids that they sign with.
        parameters: of a folder of placebo: the parameters by the name of the file without ending.

    Raises:
        UsageError: the recording cannot be read; the text names the file and the entry.
    """
    if isinstance(recording, Recording):
        return recording
    if not isinstance(recording, (str, Path)):
        calls = [call_of(f"entry {n}", entry) for n, entry in enumerate(recording, 1)]
        return Recording(name="the entries", calls=calls)
    path = Path(recording)
    if path.is_dir():
        return read_placebo(path, parameters or {})
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder.")
    if path.suffix in {".yaml", ".yml"} or (path.suffix == ".json" and _is_cassette(path)):
        return read_cassette(path, accounts or {})
    if path.suffix in {".jsonl", ".ndjson", ".json"}:
        return read_plain(path)
    raise UsageError(
        f"{path}: the form of the recording is not known. A recording is a file of JSON lines"
        " (.jsonl), a cassette of vcrpy (.yaml, .yml, .json) or a folder of placebo."
    )


def _is_cassette(path: Path) -> bool:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and "interactions" in found
