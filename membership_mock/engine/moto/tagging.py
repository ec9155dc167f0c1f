"""Adds our resources to moto's Resource Groups Tagging API.

moto 5.2.3 and later ask every backend that has a mixin. Earlier releases name each service in
their code, so these methods are replaced while a mock runs.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from membership_mock.errors import ServiceError

if TYPE_CHECKING:
    from membership_mock.engine.moto.patches import Patches

HAS_MIXIN = importlib.util.find_spec("moto.core.resource_tagging") is not None

if HAS_MIXIN:
    from moto.core.resource_tagging import TaggableResourcesMixin as TaggableBackend
    from moto.core.resource_tagging import TaggedResource
else:

    @dataclass
    class TaggedResource:  # type: ignore[no-redef]
        """A resource with its tags, as the Tagging API shows it."""

        arn: str
        tags: dict[str, str]
        resource_type: str
        extra: dict[str, Any] = field(default_factory=dict)

    class TaggableBackend:  # type: ignore[no-redef]
        """Replaces the mixin of newer releases of moto."""

        SERVICE_NAMESPACE: ClassVar[str] = ""


__all__ = ["TaggableBackend", "TaggedResource", "install"]


def install(patches: Patches, backends: Mapping[str, Any]) -> None:
    """Let moto's Tagging API see and change the tags of our resources."""
    from moto.resourcegroupstaggingapi import models

    api = models.ResourceGroupsTaggingAPIBackend

    def ours(self: Any) -> Iterator[Any]:
        # Each is created if needed: a loaded world has resources before the first call.
        for accounts in backends.values():
            yield accounts[self.account_id][self.region_name]

    def resources(self: Any) -> Iterator[TaggedResource]:
        for backend in ours(self):
            yield from backend.iter_tagged_resources()

    patches.set(api, "tag_resources", _changing(api.tag_resources, ours, "tag_resource"))
    patches.set(api, "untag_resources", _changing(api.untag_resources, ours, "untag_resource"))
    if HAS_MIXIN:
        for name in ("get_resources", "get_tag_keys", "get_tag_values"):
            patches.set(api, name, _creating_backends(vars(api)[name], ours))
    if not HAS_MIXIN:
        listing, keys, values = (
            api._get_resources_generator,
            api._get_tag_keys_generator,
            api._get_tag_values_generator,
        )
        patches.set(api, "_get_resources_generator", _listing(listing, resources))
        patches.set(api, "_get_tag_keys_generator", _keys(keys, resources))
        patches.set(api, "_get_tag_values_generator", _values(values, resources))


Resources = Callable[[Any], Iterator[TaggedResource]]


def _creating_backends(original: Callable[..., Any], ours: Callable[[Any], Iterator[Any]]) -> Any:
    """Create our backends before moto reads: it asks only those that exist."""

    def read(self: Any, *args: Any, **kwargs: Any) -> Any:
        list(ours(self))
        return original(self, *args, **kwargs)

    return read


def _listing(original: Callable[..., Any], resources: Resources) -> Callable[..., Any]:
    def generate(
        self: Any,
        tag_filters: list[dict[str, Any]] | None = None,
        resource_type_filters: list[str] | None = None,
        **others: Any,
    ) -> Iterator[Any]:
        yield from original(
            self,
            tag_filters=tag_filters,
            resource_type_filters=resource_type_filters,
            **others,
        )
        for found in resources(self):
            service = found.resource_type.partition(":")[0]
            if (
                found.tags
                and (
                    not resource_type_filters
                    or found.resource_type in resource_type_filters
                    or service in resource_type_filters
                )
                and all(
                    wanted["Key"] in found.tags
                    and (not wanted.get("Values") or found.tags[wanted["Key"]] in wanted["Values"])
                    for wanted in tag_filters or ()
                )
            ):
                yield {
                    "ResourceARN": found.arn,
                    "Tags": [{"Key": key, "Value": value} for key, value in found.tags.items()],
                }

    return generate


def _keys(original: Callable[..., Any], resources: Resources) -> Callable[..., Any]:
    def generate(self: Any) -> Iterator[str]:
        yield from original(self)
        for found in resources(self):
            yield from found.tags

    return generate


def _values(original: Callable[..., Any], resources: Resources) -> Callable[..., Any]:
    def generate(self: Any, tag_key: str) -> Iterator[str]:
        yield from original(self, tag_key)
        for found in resources(self):
            if tag_key in found.tags:
                yield found.tags[tag_key]

    return generate


def _changing(
    original: Callable[..., Any], ours: Callable[[Any], Iterator[Any]], change: str
) -> Callable[..., Any]:
    def apply(self: Any, *args: Any, **kwargs: Any) -> Any:
        arns, what = [*args, *kwargs.values()]
        others, failed = [], {}
        for arn in arns:
            owner = next((backend for backend in ours(self) if backend.owns_arn(arn)), None)
            if owner is None:
                others.append(arn)
                continue
            try:
                getattr(owner, change)(arn, what)
            except ServiceError as error:
                # The Tagging API answers 200 and lists what was refused (API page TagResources).
                failed[arn] = {
                    "StatusCode": 400,
                    "ErrorCode": "InvalidParameterException",
                    "ErrorMessage": error.message,
                }
        return {**failed, **(original(self, others, what) if others else {})}

    return apply
