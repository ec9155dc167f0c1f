"""Regions and partitions, as botocore's endpoint data describes them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache

from membership_mock.engine.protocol.model import loader

_REGION = re.compile(r"[a-z]+(?:-[a-z]+)+-[0-9]+")

#: the end of a region's name: every region that botocore knows has it
_PLACE = re.compile(r".+-(north|south|east|west|central|(north|south)(east|west))-[1-9]")

#: The regions that every account has without opting in. Regions that came after March 20, 2019
#: have to be enabled by each account. Source: AWS Account Management Reference Guide.
REGIONS_WITHOUT_OPT_IN: dict[str, tuple[str, ...]] = {
    "aws": (
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-east-1", "us-gov-west-1"),
}


def is_region(value: object) -> bool:
    """Return whether ``value`` has the form of a region, which need not exist."""
    return isinstance(value, str) and _REGION.fullmatch(value) is not None


def is_likely_region(value: object) -> bool:
    """Return whether ``value`` is a region that botocore knows, or may be one that AWS adds later.

    The name of a later region matches botocore's pattern for its partition, and ends as those of
    all regions do: with a point of the compass and one digit. So most misspelt names are refused.
    """
    if not is_region(value):
        return False
    name = str(value)
    return name in known_regions() or (
        _PLACE.fullmatch(name) is not None
        and any(pattern.match(name) for _, pattern in _partitions().values())
    )


@cache
def known_regions() -> frozenset[str]:
    """Return the regions of all partitions that botocore knows, without ``aws-global`` and such."""
    return frozenset(
        region for regions, _ in _partitions().values() for region in regions if is_region(region)
    )


@cache
def regions_of(partition: str) -> tuple[str, ...]:
    """Return the regions of a partition that botocore knows, by name."""
    regions, _ = _partitions().get(partition, (frozenset[str](), None))
    return tuple(sorted(region for region in regions if is_region(region)))


def nearest_region(name: str) -> str | None:
    """Return the known region with the name nearest to ``name``; None if no name is near."""
    spelled = name.strip().lower()
    for regions, pattern in _partitions().values():  # those of its partition before others
        if pattern.match(spelled):
            nearest = get_close_matches(spelled, sorted(regions & known_regions()), n=1)
            if nearest:
                return nearest[0]
    return next(iter(get_close_matches(spelled, sorted(known_regions()), n=1)), None)


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
