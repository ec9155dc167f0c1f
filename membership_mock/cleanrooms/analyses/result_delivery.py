"""The destinations of results, and the delivery to S3.

The result of a receiver is written to S3, to a folder with the analysis's id below the key prefix.
The bucket is the one that the analysis names, or that the receiver named for its results when it
joined. It is written if the receiver has this bucket in the same mock. A result that a test has
planned needs the bucket: without it the analysis fails. The location is that folder (observed:
clients read everything below it); its parts are inferred [CR-81].
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from membership_mock.cleanrooms.collaborations.abilities import RECEIVE_RESULTS
from membership_mock.cleanrooms.collaborations.collaboration_store import Collaboration, Membership
from membership_mock.cleanrooms.errors import ValidationException
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.operation import Backend

Rows = Sequence[Mapping[str, Any]]
#: rows of a query, the bytes of its one file, or the files of a job by name
Result = Rows | Mapping[str, bytes] | bytes | None


@dataclass
class Destination:
    """A destination of a result.

    Attributes:
        account_id: the receiver.
        bucket: the receiver's bucket.
        key_prefix: the prefix of all keys, without a slash at its end.
        result_format: ``CSV`` or ``PARQUET``; None for jobs.
        shown: whether the runner gets to see the location; otherwise only the receiver's account.
    """

    account_id: str
    bucket: str
    key_prefix: str
    result_format: str | None
    shown: bool

    def folder(self, analysis_id: str) -> str:
        """Return the prefix of all keys of an analysis."""
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
        ValidationException: it has chosen no destination (inferred [CR-134]).
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
        ValidationException: the account is not an active member with that ability (inferred
            [CR-73]).
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
    """Return the only membership that receives results, for an analysis that names no receiver.

    Raises:
        ValidationException: several receive results, or none has joined (inferred [CR-134]).
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
    """Write the file of a query's result: the bytes as they are, or the rows as CSV.

    Without rows the CSV file is empty. A Parquet file is written only if its bytes were given.
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
    """Return text: why a result cannot be delivered; None if every receiver has its bucket."""
    bucket_region = backend.world.other_services.bucket_region
    for each in destinations:
        if bucket_region(each.account_id, backend.partition, each.bucket) is None:
            return f"The S3 bucket {each.bucket} of account {each.account_id} does not exist."
    return None


def output_of(
    analysis_id: str, destinations: Iterable[Destination], *, distributed: bool = False
) -> dict[str, Any]:
    """Return the destinations of a result as the runner sees them.

    Args:
        analysis_id: the query or job.
        destinations: the destinations of the result.
        distributed: whether the request had a distribution to several receivers.
    """
    output: dict[str, Any] = {}
    for each in destinations:
        if each.shown:
            output["s3"] = {"location": f"s3://{each.bucket}/{each.folder(analysis_id)}"}
        else:
            output.setdefault("memberList", []).append({"accountId": each.account_id})
    return {"distribute": output} if distributed else output


def csv_bytes(rows: Rows) -> bytes:
    """Return rows as CSV with a header line; columns are in the order of their first use."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        return b""
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
