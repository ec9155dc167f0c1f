"""Where results go, and how they get there.

A receiver's result lands in S3, in a folder of the analysis's id below the key prefix: in the
bucket that the analysis names, or that the receiver named for its results when it joined. It is
written when the receiver has that bucket in the same mock, as the account of the bucket sees it.
A result that the author of a test has planned needs the bucket: without it the analysis fails.
The location is that folder (observed: clients read everything below it); its parts are
inferred [CR-81].
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from membership_mock.cleanrooms.collaborations.abilities import RECEIVE_RESULTS
from membership_mock.cleanrooms.collaborations.collaboration_store import Collaboration, Membership
from membership_mock.cleanrooms.errors import ValidationException
from membership_mock.engine.pipeline.operation import Backend

Rows = Sequence[Mapping[str, Any]]
#: rows of a query, the bytes of its one file, or the files of a job by name
Result = Rows | Mapping[str, bytes] | bytes | None


@dataclass
class Destination:
    """Where a result goes.

    Attributes:
        account_id: the receiver.
        bucket: the receiver's bucket.
        key_prefix: what keys begin with, without a slash at its end.
        result_format: ``CSV`` or ``PARQUET``; None for jobs.
        shown: whether the runner may see the location, rather than the receiver's account only.
    """

    account_id: str
    bucket: str
    key_prefix: str
    result_format: str | None
    shown: bool

    def folder(self, analysis_id: str) -> str:
        """Return the key under which everything of an analysis lies."""
        return f"{self.key_prefix}/{analysis_id}" if self.key_prefix else analysis_id


def in_bucket(account_id: str, configuration: Mapping[str, Any], *, shown: bool) -> Destination:
    """Return the destination that an S3 configuration describes."""
    return Destination(
        account_id,
        configuration["bucket"],
        configuration.get("keyPrefix", "").rstrip("/"),
        configuration.get("resultFormat"),
        shown,
    )


def by_default(
    account_id: str, configuration: Mapping[str, Any] | None, *, shown: bool
) -> Destination:
    """Return the destination that a receiver has chosen for its results.

    Raises:
        ValidationException: it has chosen none (inferred [CR-134]).
    """
    if configuration is None:
        raise ValidationException(
            f"The membership of account {account_id} has no default result configuration.",
            field="resultConfiguration",
        )
    return in_bucket(account_id, configuration["outputConfiguration"]["s3"], shown=shown)


def receiver(collaboration: Collaboration, account_id: str) -> Membership:
    """Return the membership of the account that is to receive a result.

    Raises:
        ValidationException: the account is no active member with that ability (inferred [CR-73]).
    """
    for found in receivers(collaboration):
        if found.account_id == account_id:
            return found
    raise ValidationException(
        f"Account {account_id} is not an active member of the collaboration who can receive"
        " results.",
        field="resultConfiguration",
    )


def only_receiver(collaboration: Collaboration) -> Membership:
    """Return the one membership that receives results, for an analysis that names none.

    Raises:
        ValidationException: there are several, or none has joined (inferred [CR-134]).
    """
    found = receivers(collaboration)
    if len(found) != 1:
        raise ValidationException(
            "A result configuration is required: the collaboration has"
            f" {len(found)} active members who can receive results.",
            field="resultConfiguration",
        )
    return found[0]


def receivers(collaboration: Collaboration) -> list[Membership]:
    """Return the memberships that can receive results now."""
    return [
        each.membership
        for each in collaboration.active_members()
        if each.membership is not None and RECEIVE_RESULTS in each.abilities
    ]


def write_query_result(
    backend: Backend, analysis_id: str, destination: Destination, result: Rows | bytes | None
) -> None:
    """Write the one file of a query's result: the bytes as they are, or the rows as CSV.

    Without rows a CSV file is empty; no Parquet file is written unless its bytes were given.
    """
    if isinstance(result, bytes):
        body = result
    elif destination.result_format == "CSV":
        body = csv_bytes(result or ())
    else:
        return
    suffix = (destination.result_format or "").lower()
    write_files(backend, analysis_id, destination, {f"part-00000.{suffix}": body})


def write_files(
    backend: Backend, analysis_id: str, destination: Destination, files: Mapping[str, bytes]
) -> None:
    """Write files into the folder of an analysis, if the receiver has the bucket."""
    for name, body in files.items():
        key = f"{destination.folder(analysis_id)}/{name}"
        backend.world.put_object(
            destination.account_id, backend.partition, destination.bucket, key, body
        )


def missing_bucket(backend: Backend, destinations: Iterable[Destination]) -> str | None:
    """Return why a result cannot be delivered, in words; None if every receiver has its bucket."""
    bucket_region = backend.world.other_services.bucket_region
    for each in destinations:
        if bucket_region(each.account_id, backend.partition, each.bucket) is None:
            return f"The S3 bucket {each.bucket} of account {each.account_id} does not exist."
    return None


def output_of(
    analysis_id: str, destinations: Iterable[Destination], *, distributed: bool = False
) -> dict[str, Any]:
    """Return what the runner learns of where its result went.

    Args:
        analysis_id: the query or job.
        destinations: where its result went.
        distributed: whether the runner asked for a distribution over several.
    """
    output: dict[str, Any] = {}
    for each in destinations:
        if each.shown:
            output["s3"] = {"location": f"s3://{each.bucket}/{each.folder(analysis_id)}"}
        else:
            output.setdefault("memberList", []).append({"accountId": each.account_id})
    return {"distribute": output} if distributed else output


def csv_bytes(rows: Rows) -> bytes:
    """Return rows as CSV with a header line; columns stand in the order of their first use."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        return b""
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
