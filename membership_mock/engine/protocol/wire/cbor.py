"""Writes values as CBOR (RFC 8949): the part of it that Smithy's RPC protocol uses."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any

#: the major types of RFC 8949, section 3.1
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(7)
#: how the first byte says in how many bytes a number follows
_SIZES = {1: 24, 2: 25, 4: 26, 8: 27}
#: the tag of an instant as seconds since 1970
_INSTANT = 1


def encode(value: Any) -> bytes:
    """Return a value as CBOR: text, numbers, bytes, instants, lists and mappings."""
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, (bytes, bytearray)):
        return _head(_BYTES, len(value)) + bytes(value)
    if isinstance(value, datetime):
        return _head(_TAG, _INSTANT) + encode(value.timestamp())
    if isinstance(value, Mapping):
        pairs = (encode(str(key)) + encode(each) for key, each in value.items())
        return _head(_MAP, len(value)) + b"".join(pairs)
    if isinstance(value, (list, tuple)):
        return _head(_ARRAY, len(value)) + b"".join(map(encode, value))
    raw = str(value).encode()
    return _head(_TEXT, len(raw)) + raw


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    size = max(1, 1 << ((number.bit_length() + 7) // 8 - 1).bit_length())
    return bytes([major << 5 | _SIZES[size]]) + number.to_bytes(size, "big")
