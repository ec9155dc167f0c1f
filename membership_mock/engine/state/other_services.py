"""The interface to other services of the same accounts: Organizations, IAM, S3 and Glue.

moto mocks those. The package `engine.moto` implements this interface, so nothing else has to know
moto's data structures.
"""

from __future__ import annotations

from typing import Protocol

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.organizations import Organization


@dataclass(frozen=True, slots=True)
class GlueTable:
    """The columns of a table in a data catalog.

    Attributes:
        columns: the type of each column by its name, partition keys last.
        partition_keys: the names of the partition keys.
    """

    columns: dict[str, str]
    partition_keys: list[str]


@dataclass(frozen=True, slots=True)
class GlueDatabase:
    """A database of a data catalog; ``table`` is None if it does not have the table asked for."""

    table: GlueTable | None


class OtherServices(Protocol):
    """Read and write other services of an account in the same mock."""

    def organization_of(self, account_id: str, partition: str) -> Organization | None:
        """Return the organization that an account belongs to now; None if it is in none."""

    def register_delegated_administrator(
        self,
        organization: Organization,
        partition: str,
        account_id: str,
        service_principal: str,
    ) -> None:
        """Enable trusted access, and register a delegated administrator for a service."""

    def principal_of(self, account_id: str, partition: str, access_key: str) -> str | None:
        """Return the ARN of the user or assumed role of an account that has an access key.

        Returns:
            None if no user and no assumed role of the account has it.
        """

    def glue_database(
        self, account_id: str, region: str, database: str, table: str
    ) -> GlueDatabase | None:
        """Return a database with one of its tables; None if the account has no such database."""

    def bucket_region(self, account_id: str, partition: str, bucket: str) -> str | None:
        """Return the region of a bucket of the account; None if it has no such bucket."""

    def object_body(self, account_id: str, partition: str, bucket: str, key: str) -> bytes | None:
        """Return an object in a bucket of the account; None if there is no such object."""

    def put_object(
        self, account_id: str, partition: str, bucket: str, key: str, body: bytes
    ) -> bool:
        """Write an object into a bucket of the account, and return whether it has that bucket."""

    def delete_object(self, account_id: str, partition: str, bucket: str, key: str) -> None:
        """Delete an object from a bucket of the account, with all its versions."""
