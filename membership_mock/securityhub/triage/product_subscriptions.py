"""Product subscriptions: which products may import findings into an account in a region.

Sources: the API pages of the three operations; the answer of a fresh hub for what is subscribed by
default; logs of real calls for refusals.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import field

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.summary import Summary, View, listed, one
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.errors import (
    InvalidInputException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.resource_arns import check_own, not_found
from membership_mock.securityhub.triage.product_catalogue import Product, catalogue
from membership_mock.securityhub.triage.products import Products, is_product_arn

_KIND = "product-subscription/"
#: the tails of the products that every hub is subscribed to until it ends the subscription
DEFAULTS = frozenset(each.tail for each in catalogue() if each.is_default)


@dataclass
class ProductSubscriptionStore(Store, scope=Scope.ACCOUNT_REGION):
    """How the subscriptions of an account in a region differ from those of a fresh hub.

    They are kept while the hub is disabled (inferred [SH-227]).

    Attributes:
        enabled: the tails of the products that were enabled and are not defaults.
        disabled: the tails of the default products that were disabled.
    """

    rank = 10
    enabled: set[str] = field(default_factory=set)
    disabled: set[str] = field(default_factory=set)

    @property
    def subscribed(self) -> set[str]:
        """The tails of all products that are subscribed to."""
        return self.enabled | (DEFAULTS - self.disabled)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for what differs from a fresh hub."""
        del view
        account_id, region = key
        for words, tails in (
            ("products enabled", self.enabled),
            ("products disabled", self.disabled),
        ):
            if tails:
                text = f"{words}: {listed(sorted(tails))}"
                yield Summary(account_id, region, "securityhub", one(text))


class ProductSubscriptions(Family):
    """The operations on product subscriptions."""

    def allows(self, account_id: str, product: Product) -> bool:
        """Return whether a product may import findings into an account in this region."""
        if self.of(Hubs).of_account(account_id) is None:
            return False
        key = (account_id, self.backend.region_name)
        store = self.backend.world.held_at(ProductSubscriptionStore, key)
        if store is None:
            return product.is_default
        return product.tail in store.enabled or (
            product.is_default and product.tail not in store.disabled
        )

    @operation("EnableImportFindingsForProduct")
    def enable_import_findings_for_product(self, ctx: Context, product_arn: str) -> dict[str, str]:
        """Subscribe to a product, which may then import findings, and return the subscription.

        Raises:
            InvalidInputException: the text is not an ARN of a product (inferred [SH-141]).
            ResourceConflictException: the account is subscribed already.
            ResourceNotFoundException: there is no such product in this region (observed, though
                the model does not declare it).
        """
        self.of(Hubs).require()
        if not is_product_arn(product_arn):
            raise InvalidInputException(
                f"Invalid parameter 'ProductArn'. '{product_arn}' is not the ARN of a product."
            )
        product = self.of(Products).find(product_arn)
        if product is None:
            raise ResourceNotFoundException(
                json.dumps({"productArn": product_arn}, separators=(",", ":"))
            )
        if self.allows(ctx.account_id, product):
            # the code is in the model, the text is inferred [SH-140]
            raise ResourceConflictException("Account is already subscribed to product")
        store = self.store(ProductSubscriptionStore)
        if product.is_default:
            store.disabled.discard(product.tail)
        else:
            store.enabled.add(product.tail)
        return {"ProductSubscriptionArn": ctx.arn(f"{_KIND}{product.tail}")}

    @operation("DisableImportFindingsForProduct")
    def disable_import_findings_for_product(
        self, ctx: Context, product_subscription_arn: str
    ) -> None:
        """End a subscription; findings that are stored stay (documented).

        Raises:
            AccessDeniedException: the ARN is a product's, or of another account or region
                (observed, though the model does not declare it).
            ResourceNotFoundException: the account is not subscribed (observed).
        """
        self.of(Hubs).require()
        check_own(ctx, product_subscription_arn, _KIND)
        tail = product_subscription_arn.partition(f":{_KIND}")[2]
        store = self.store(ProductSubscriptionStore)
        if tail not in store.subscribed:
            raise not_found(product_subscription_arn, "Product subscription")
        if tail in DEFAULTS:
            store.disabled.add(tail)
        else:
            store.enabled.discard(tail)

    @operation("ListEnabledProductsForImport")
    def list_enabled_products_for_import(self, ctx: Context) -> dict[str, Listing[str]]:
        """Return the ARNs of the account's subscriptions here, in their order.

        The order is inferred [SH-143].
        """
        self.of(Hubs).require()
        store = self.store_if_any(ProductSubscriptionStore) or ProductSubscriptionStore()
        arns = sorted(ctx.arn(f"{_KIND}{tail}") for tail in store.subscribed)
        return {"ProductSubscriptions": Listing(arns, position=str)}
