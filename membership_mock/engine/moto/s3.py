"""Uses moto's S3 for our services: reads and writes objects, and deletes results."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from membership_mock.engine.moto.modules import models_of, require_models_of
from membership_mock.engine.protocol.regions import partition_of


def new_bucket(account_id: str, region: str, bucket: str) -> Callable[[], object] | None:
    """Give an account a bucket in moto.

    Returns:
        A function that takes it away again, once it is empty; None if there is a bucket of this
        name already, in whatever account.
    """
    models = require_models_of("s3")
    if bucket in models.s3_backends.bucket_accounts:
        return None
    backend = models.s3_backends[account_id][partition_of(region)]
    backend.create_bucket(bucket, region)
    return partial(backend.delete_bucket, bucket)


def put_object(account_id: str, partition: str, bucket: str, key: str, body: bytes) -> bool:
    """Write an object into a bucket of the same mock, if the account has that bucket.

    Returns:
        Whether it was written.
    """
    backend = _backend_of(account_id, partition)
    if backend is None or bucket not in backend.buckets:
        return False
    backend.put_object(bucket, key, body)
    return True


def delete_object(account_id: str, partition: str, bucket: str, key: str) -> None:
    """Delete an object of the same mock with all its versions, if there is one."""
    backend = _backend_of(account_id, partition)
    if backend is not None and bucket in backend.buckets and key in backend.buckets[bucket].keys:
        backend.buckets[bucket].keys.pop(key)


def object_body(account_id: str, partition: str, bucket: str, key: str) -> bytes | None:
    """Return an object of the same mock; None if the account has no such bucket or object."""
    backend = _backend_of(account_id, partition)
    if backend is None or bucket not in backend.buckets:
        return None
    found = backend.get_object(bucket, key)
    return None if found is None else bytes(found.value)


def bucket_region(account_id: str, partition: str, bucket: str) -> str | None:
    """Return the region of a bucket of the same mock; None if the account has no such bucket."""
    backend = _backend_of(account_id, partition)
    found = backend.buckets.get(bucket) if backend is not None else None
    return None if found is None else str(found.region_name)


def _backend_of(account_id: str, partition: str) -> Any:
    """Return moto's S3 of an account in a partition; None if there is none yet."""
    models = models_of("s3")
    if models is None:  # S3 has not been used yet, so there is no bucket
        return None
    backends = models.s3_backends
    if account_id not in backends or partition not in list(backends[account_id]):
        return None
    return backends[account_id][partition]


def forget_folder(folder: str) -> None:
    """Delete every object in a folder of this name, in all buckets and with all its versions."""
    models = models_of("s3")
    if models is None:
        return
    backends = [each for held in list(models.s3_backends.values()) for each in held.values()]
    for backend in backends:
        for bucket in list(backend.buckets.values()):
            for key in [key for key in bucket.keys if f"/{folder}/" in f"/{key}"]:
                bucket.keys.pop(key)
