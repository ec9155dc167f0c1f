"""Gives our services moto's Organizations, IAM, S3 and Glue."""

from __future__ import annotations

from membership_mock.engine.moto import access_keys, glue, organizations, s3


class MotoServices:
    """Implements `OtherServices` with the backends of moto."""

    organization_of = staticmethod(organizations.organization_of)
    register_delegated_administrator = staticmethod(organizations.register_delegated_administrator)
    principal_of = staticmethod(access_keys.principal_of)
    glue_database = staticmethod(glue.look_up)
    bucket_region = staticmethod(s3.bucket_region)
    object_body = staticmethod(s3.object_body)
    put_object = staticmethod(s3.put_object)
    delete_object = staticmethod(s3.delete_object)
