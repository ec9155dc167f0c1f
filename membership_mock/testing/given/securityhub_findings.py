"""Seeds of Security Hub: findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from membership_mock.testing.given.securityhub_hubs import SERVICE, batches, counted
from membership_mock.testing.given.securityhub_products import ProductSeeds, is_of_product

_FINDINGS_PER_CALL = 100

#: how many findings a seed makes at most; the service has no quota for them
_MOST = 1_000_000


@dataclass(frozen=True)
class SeededFinding:
    """A finding.

    Attributes:
        account: the account that it is about.
        region: where it is.
        id: its id.
        product_arn: the product that found it.
    """

    account: str
    region: str
    id: str
    product_arn: str


class FindingSeeds(ProductSeeds):
    """Seeds of findings."""

    def finding(
        self, account: str | None = None, *, region: str | None = None, **fields: Any
    ) -> SeededFinding:
        """Return a finding of an account, whose hub is enabled and subscribed to its product.

        Args:
            account: the account that it is about.
            region: where.
            **fields: fields of the AWS Security Finding Format that are to differ from the
                defaults, e.g. ``Title``, ``Severity={"Label": "LOW"}``.

        Raises:
            SeedRefused: the finding is not well-formed.
        """
        (found,) = self.findings(1, account, region=region, **fields)
        return found

    def findings(
        self,
        findings: int | Sequence[Mapping[str, Any]],
        account: str | None = None,
        *,
        region: str | None = None,
        **fields: Any,
    ) -> tuple[SeededFinding, ...]:
        """Return many findings of an account.

        Its hub is enabled, and subscribed to their products.

        Args:
            findings: how many; or for each of them the fields that are to differ from the defaults.
            account: the account that they are about.
            region: where.
            **fields: fields in which all of them differ from the defaults.

        Raises:
            SeedRefused: a finding is not well-formed; then none was imported.
            UsageError: ``findings`` is a negative number, or more than a million.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        if isinstance(findings, int):
            findings = [{}] * counted("findings", findings, _MOST, "the most that a seed makes")
        has_hub = self._setup.ask(SERVICE, "DescribeHub", account, region) is not None
        given = (each.get("ProductArn") for each in (fields, *findings))
        missing = dict.fromkeys(arn for arn in given if is_of_product(arn, region))
        with self._setup.seed(
            "securityhub.findings",
            "give the fields that the answer names as BatchImportFindings takes them.",
            atomic=has_hub and len(findings) == 1 and not missing,
        ):
            if not has_hub:
                self._enable(account, region)
            for arn in missing:
                self.product(arn, account, region=region)
            whole = [self._finding(account, region, {**fields, **each}) for each in findings]
            for batch in batches(whole, _FINDINGS_PER_CALL):
                self._setup.call(
                    SERVICE, "BatchImportFindings", account, region, Findings=list(batch)
                )
        return tuple(
            SeededFinding(each["AwsAccountId"], region, each["Id"], each["ProductArn"])
            for each in whole
        )

    def _finding(self, account: str, region: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        now = self._setup.running.world.clock.now().isoformat(timespec="milliseconds")[:23] + "Z"
        partition = self._setup.partition(region)
        return {
            "SchemaVersion": "2018-10-08",
            "Id": f"finding-{self._setup.random_id()}",
            "ProductArn": (
                f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default"
            ),
            "GeneratorId": "membership-mock",
            "AwsAccountId": account,
            "Types": ["Software and Configuration Checks"],
            "CreatedAt": now,
            "UpdatedAt": now,
            "Severity": {"Label": "MEDIUM"},
            "Title": "A finding",
            "Description": "A finding that a test has seeded.",
            "Resources": [{"Type": "AwsAccount", "Id": f"AWS::::Account:{account}"}],
            **fields,
        }
