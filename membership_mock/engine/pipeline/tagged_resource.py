"""A tagged resource, as the Resource Groups Tagging API lists it."""

from __future__ import annotations

from membership_mock.engine.lazy_dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaggedResource:
    """A resource with its tags.

    Attributes:
        arn: the ARN of the resource.
        tags: the value of each tag by its key.
        resource_type: the type by which the Tagging API filters, e.g. ``securityhub:hub``.
    """

    arn: str
    tags: dict[str, str]
    resource_type: str
