"""Gives our services moto's Organizations, IAM, S3 and Glue."""

from __future__ import annotations

from membership_mock.engine.moto import access_keys, glue, organizations, s3
from membership_mock.engine.moto.organization_index import Indexes
from membership_mock.engine.state.organizations import Organization


class MotoServices:
    """Implements `OtherServices` with the backends of moto."""

    def __init__(self) -> None:
        self._indexes = Indexes()

    def organization_of(self, account_id: str, partition: str) -> Organization | None:
        """Return the organization that an account belongs to now; None if it is in none."""
        return organizations.organization_of(account_id, partition, self._indexes)

    register_delegated_administrator = staticmethod(organizations.register_delegated_administrator)
    principal_of = staticmethod(access_keys.principal_of)
    glue_database = staticmethod(glue.look_up)
    bucket_region = staticmethod(s3.bucket_region)
    object_body = staticmethod(s3.object_body)
    put_object = staticmethod(s3.put_object)
    delete_object = staticmethod(s3.delete_object)
