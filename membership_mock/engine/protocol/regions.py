"""Regions and partitions, as botocore's endpoint data describes them."""

from __future__ import annotations

import re
from functools import cache

from membership_mock.engine.protocol.model import loader

_REGION = re.compile(r"[a-z]+(?:-[a-z]+)+-\d+")


def is_region(value: object) -> bool:
    """Return whether ``value`` has the form of a region, known to botocore or not yet."""
    return isinstance(value, str) and _REGION.fullmatch(value) is not None


@cache
def partition_of(region: str) -> str:
    """Return the partition of a region, such as ``aws``, ``aws-cn`` or ``aws-us-gov``.

    A region of no known partition belongs to ``aws``.
    """
    for partition, (regions, pattern) in _partitions().items():
        if region in regions or pattern.match(region):
            return partition
    return "aws"


@cache
def _partitions() -> dict[str, tuple[frozenset[str], re.Pattern[str]]]:
    """Return the regions and the region pattern of each partition that botocore knows."""
    described = loader().load_data("partitions")["partitions"]
    return {
        each["id"]: (frozenset(each["regions"]), re.compile(each["regionRegex"]))
        for each in described
    }
