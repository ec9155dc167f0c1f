"""Recognize the hosts of AWS, and this machine."""

from __future__ import annotations

import functools
import ipaddress
from urllib.parse import urlsplit

from membership_mock.engine.protocol.model import loader


@functools.lru_cache(maxsize=256)
def _host(base: str) -> str:
    try:
        return (urlsplit(base).hostname or "").rstrip(".")
    except ValueError:  # there is no host; the client raises its own error
        return ""


def _base(url: str) -> str:
    """Return scheme and host of ``url``; there are few of them, so results can be cached."""
    end = url.find("/", url.find("//") + 2)
    return url if end < 0 else url[:end]


def host_of(url: str) -> str:
    """Return the host of ``url``; empty text if it has none."""
    return _host(_base(url))


def is_loopback(url: str) -> bool:
    """Return whether ``url`` stays on this machine."""
    return _is_loopback(_base(url))


@functools.lru_cache(maxsize=256)
def _is_loopback(base: str) -> bool:
    host = _host(base)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_aws(url: str) -> bool:
    """Return whether ``url`` is at a host of AWS, in any partition."""
    return _is_aws(_base(url))


@functools.lru_cache(maxsize=256)
def _is_aws(base: str) -> bool:
    return is_aws_host(_host(base))


@functools.lru_cache(maxsize=256)
def is_aws_host(host: str) -> bool:
    """Return whether ``host`` is a name of AWS's, in any partition."""
    return host.rstrip(".").lower().endswith(_aws_suffixes())


@functools.lru_cache(maxsize=1)
def _aws_suffixes() -> tuple[str, ...]:
    """Return the ends of AWS's host names, as botocore's partitions list them."""
    partitions = loader().load_data("partitions")["partitions"]
    found = {"amazonaws.com", "api.aws", "on.aws", "aws.amazon.com"}
    for partition in partitions:
        outputs = partition["outputs"]
        found |= {outputs["dnsSuffix"], outputs["dualStackDnsSuffix"]}
    return tuple(f".{suffix}" for suffix in sorted(found))
