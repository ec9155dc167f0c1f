"""Products, which send findings to Security Hub.

Sources: API page DescribeProducts; published answers and rows of public clients for the resource
policy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import field
from functools import cache
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.triage.product_catalogue import Product, catalogue

_ARN = re.compile(r"arn:([^:]+):securityhub:([^:]+):(\d{12})?:product/([^/]+/[^/]+)")


@dataclass
class ProductStore(Store, scope=Scope.WORLD):
    """Products that a test has added to the catalogue, by account and tail of their ARNs."""

    added: dict[tuple[str, str], Product] = field(default_factory=dict)


class Products(Family):
    """The operation on the catalogue of products."""

    @operation(
        "DescribeProducts",
        differs=(
            "The catalogue is the same in every region. Descriptions, categories and URLs are not"
            " AWS's, but for CrowdStrike's."
        ),
    )
    def describe_products(
        self, ctx: Context, product_arn: str | None = None
    ) -> dict[str, Listing[Product]]:
        """Return the catalogue of this region by ARN, or the one product that is asked for.

        An ARN that is not in the catalogue gives an empty list (inferred [SH-142]).
        """
        self.of(Hubs).require()
        if product_arn is None:
            held = sorted(self.all(), key=self._arn_of)
        else:
            found = self.find(product_arn)
            held = [] if found is None else [found]
        return {
            "Products": Listing(
                held, position=self._arn_of, show=lambda each: self._described(ctx, each)
            )
        }

    def all(self) -> Iterator[Product]:
        """Yield all products that findings can come from, but for the accounts' own ones."""
        yield from catalogue()
        added = self.store_if_any(ProductStore)
        if added is not None:
            yield from added.added.values()

    def find(self, arn: str) -> Product | None:
        """Return the product of this region that has an ARN; None if it does not exist."""
        found = _ARN.fullmatch(arn)
        if found is None:
            return None
        partition, region, account_id, tail = found.groups()
        if (partition, region) != (self.backend.partition, self.backend.region_name):
            return None
        key = (account_id or "", tail)
        return _by_account_and_tail().get(key) or self._added(key)

    def add(self, product: Product) -> None:
        """Add a product to the catalogue of all regions."""
        key = (product.account_id, product.tail)
        self.store(ProductStore).added[key] = product

    def _added(self, key: tuple[str, str]) -> Product | None:
        store = self.store_if_any(ProductStore)
        return None if store is None else store.added.get(key)

    def _arn_of(self, product: Product) -> str:
        return product.arn(self.backend.partition, self.backend.region_name)

    def _described(self, ctx: Context, product: Product) -> dict[str, Any]:
        arn = self._arn_of(product)
        return {
            "ProductArn": arn,
            "ProductName": product.product_name,
            "CompanyName": product.company_name,
            "Description": f"Findings of {product.product_name} by {product.company_name}.",
            "Categories": list(product.categories),
            "IntegrationTypes": list(product.integration_types),
            "ActivationUrl": product.activation_url or None,
            "ProductSubscriptionResourcePolicy": json.dumps(_policy(ctx, product, arn)),
        }


def is_product_arn(text: str) -> bool:
    """Return whether ``text`` has the form of a product's ARN."""
    return _ARN.fullmatch(text) is not None


@cache
def _by_account_and_tail() -> dict[tuple[str, str], Product]:
    return {(each.account_id, each.tail): each for each in catalogue()}


def _policy(ctx: Context, product: Product, arn: str) -> dict[str, Any]:
    """Return the resource policy that lets findings be imported into the caller's account.

    The first statement is for the account of the product. It is left out where that account is not
    published (inferred [SH-228]).
    """

    def statement(account_id: str, resource: str) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Principal": {"AWS": account_id},
            "Action": ["securityhub:BatchImportFindings"],
            "Resource": resource,
            "Condition": {"StringEquals": {"securityhub:TargetAccount": ctx.account_id}},
        }

    statements = [statement(ctx.account_id, arn)]
    if product.account_id:
        subscription = ctx.arn(f"product-subscription/{product.tail}")
        statements.insert(0, statement(product.account_id, subscription))
    return {"Version": "2012-10-17", "Statement": statements}
