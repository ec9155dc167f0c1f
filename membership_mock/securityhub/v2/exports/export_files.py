"""What an export job writes: one document a line, or a table.

Documented: the formats, and that columns come in the order of the selected fields.
Inferred [SH-251]: the name of the file, the heading, and that the values of a list are joined by
semicolons.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from membership_mock.securityhub.v2.queries.fields import Document, path_of, values

CSV, OCSF_JSON = "CSV", "OCSF_JSON"
_EXTENSIONS: Mapping[str, str] = {CSV: "csv", OCSF_JSON: "json"}


def key_of(prefix: str | None, account_id: str, region: str, job_id: str, kind: str) -> str:
    """Return the key of the file of a job in its bucket."""
    parts = [(prefix or "").strip("/"), account_id, region, job_id]
    return "/".join([*filter(None, parts), f"findings.{_EXTENSIONS[kind]}"])


def written(kind: str, fields: Sequence[str], documents: Iterable[Document]) -> bytes:
    """Return the file of a job.

    Args:
        kind: ``CSV`` or ``OCSF_JSON``.
        fields: the columns of a table, by the paths of the fields.
        documents: the findings.
    """
    if kind == OCSF_JSON:
        return "".join(json.dumps(dict(each)) + "\n" for each in documents).encode()
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(fields)
    for document in documents:
        table.writerow(
            ";".join(_cell(each) for each in values(document, path_of(name))) for name in fields
        )
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        name, text = value.get("name"), value.get("value")
        return f"{name}={text}" if name is not None else json.dumps(dict(value))
    return str(value)
