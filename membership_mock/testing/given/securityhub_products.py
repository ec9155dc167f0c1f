"""Seeds of Security Hub: products that may import findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from membership_mock.errors import UsageError
from membership_mock.securityhub.triage.product_catalogue import Product
from membership_mock.securityhub.triage.products import Products, is_product_arn
from membership_mock.testing.given.securityhub_hubs import SERVICE, HubSeeds
from membership_mock.testing.names import nearest_to


@dataclass(frozen=True)
class SeededProduct:
    """A product that an account is subscribed to.

    Attributes:
        account: the account.
        region: where it is subscribed.
        arn: the product, for the ``ProductArn`` of findings.
        subscription_arn: the subscription.
    """

    account: str
    region: str
    arn: str
    subscription_arn: str


class ProductSeeds(HubSeeds):
    """Seeds of products."""

    def product(
        self,
        product: str,
        account: str | None = None,
        *,
        company_name: str | None = None,
        product_name: str | None = None,
        region: str | None = None,
    ) -> SeededProduct:
        """Return a product that an account is subscribed to, and whose findings it may import.

        A product that Security Hub does not know is added to the catalogue of all regions, if it
        is given by ARN or with a name.

        Args:
            product: company and product as in the ARN, e.g. ``prowler/prowler``; or the ARN.
            account: whose subscription it is; its hub is enabled.
            company_name: the company of a new product, as findings name it; the first part of
                ``product`` when None.
            product_name: a new product, as findings name it; the second part of ``product`` when
                None.
            region: where.

        Raises:
            UsageError: there is no such product, and neither an ARN nor a name is given for a new
                one; the ARN is of another region, or of the account's own product, which needs no
                subscription.
        """
        account, region = self._setup.account(account), self._setup.region(region)
        with self._setup.seed("securityhub.product"):
            self._enable(account, region)
            is_named = company_name is not None or product_name is not None
            arn = self._product_named(account, region, product, may_be_new=is_named)
            if arn is None:
                arn = self._add(account, region, product, company_name, product_name)
            self._setup.ask(
                SERVICE, "EnableImportFindingsForProduct", account, region, ProductArn=arn
            )
            prefix = f"arn:{self._setup.partition(region)}:securityhub:{region}:{account}"
            tail = arn.partition(":product/")[2]
            return SeededProduct(account, region, arn, f"{prefix}:product-subscription/{tail}")

    def _product_named(
        self, account: str, region: str, product: str, *, may_be_new: bool
    ) -> str | None:
        """Return the ARN of a product of the catalogue; None for a new one."""
        listed = self._setup.listed(SERVICE, "DescribeProducts", account, region)
        arns: list[str] = [each["ProductArn"] for each in listed]
        if is_product_arn(product):
            partition = self._setup.partition(region)
            if not product.startswith(f"arn:{partition}:securityhub:{region}:"):
                raise UsageError(f"The product {product!r} is not one of {region}.")
            if product.endswith("/default"):
                raise UsageError(
                    f"The product {product!r} is the account's own: its findings can be imported"
                    " without a subscription."
                )
            return product if product in arns else None
        tails = {arn.partition(":product/")[2]: arn for arn in reversed(arns)}
        if product in tails:
            return tails[product]
        if not may_be_new or product.count("/") != 1:
            raise UsageError(
                f"{product!r} is not a product of Security Hub{nearest_to(product, tails)}"
                " For a new one give company and product, e.g. 'acme/scanner', and product_name."
            )
        return None

    def _add(
        self,
        account: str,
        region: str,
        product: str,
        company_name: str | None,
        product_name: str | None,
    ) -> str:
        """Add a product to the catalogue, and return its ARN."""
        account_id = product.split(":")[4] if is_product_arn(product) else ""
        tail = product.partition(":product/")[2] or product
        company, _, name = tail.partition("/")
        added = Product(tail, company_name or company, product_name or name, account_id)
        backend = self._setup.running.backends.of(SERVICE, account, region)
        backend.family(Products).add(added)
        return added.arn(self._setup.partition(region), region)


def is_of_product(product_arn: object, region: str) -> TypeGuard[str]:
    """Return whether an ARN is of a product of a region that an account has to subscribe to."""
    if not isinstance(product_arn, str) or not is_product_arn(product_arn):
        return False
    return product_arn.split(":")[3] == region and not product_arn.endswith("/default")
