"""Write values as XML, in the form in which the protocols with XML answer."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from botocore.model import ListShape, MapShape, Shape, StructureShape

from membership_mock.engine.protocol import timestamps

#: characters that XML 1.0 does not have. Source: https://www.w3.org/TR/xml/#charsets
#: (The set of those that it has takes eight times as long to compile.)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def members(shape: StructureShape, value: Mapping[str, Any], names: Iterable[str]) -> str:
    """Return members of a structure as elements, one after the other.

    Args:
        shape: the structure's.
        value: its members by their API names.
        names: which of them are written.
    """
    return "".join(
        _member(shape.members[name], name, value[name])
        for name in names
        if value.get(name) is not None and not shape.members[name].serialization.get("xmlAttribute")
    )


def element(name: str, inner: str, attributes: str = "") -> str:
    """Return an element; its content is XML already."""
    return f"<{name}{attributes}>{inner}</{name}>"


def text(value: object) -> str:
    """Return text as XML.

    Raises:
        ValueError: XML cannot hold one of its characters.
    """
    found = str(value)
    unfit = _UNFIT.search(found)
    if unfit is not None:
        raise ValueError(f"XML cannot hold the character {unfit[0]!r} of {found!r}")
    return escape(found, {"\r": "&#13;"})  # parsers turn an unescaped one into a line feed


def _member(shape: Shape, name: str, value: Any) -> str:
    wire = str(shape.serialization.get("name", name))
    if isinstance(shape, ListShape) and shape.serialization.get("flattened"):
        inner = str(shape.member.serialization.get("name", wire))
        return "".join(_element(shape.member, inner, each) for each in value)
    if isinstance(shape, MapShape) and shape.serialization.get("flattened"):
        return "".join(element(wire, _pair(shape, key, each)) for key, each in value.items())
    return _element(shape, wire, value)


def _element(shape: Shape, wire: str, value: Any) -> str:
    if isinstance(shape, StructureShape):
        return element(wire, members(shape, value, shape.members), _attributes(shape, value))
    if isinstance(shape, ListShape):
        inner = str(shape.member.serialization.get("name", "member"))
        return element(wire, "".join(_element(shape.member, inner, each) for each in value))
    if isinstance(shape, MapShape):
        pairs = (element("entry", _pair(shape, key, each)) for key, each in value.items())
        return element(wire, "".join(pairs))
    return element(wire, scalar(shape, value))


def _pair(shape: MapShape, key: Any, value: Any) -> str:
    key_name = str(shape.key.serialization.get("name", "key"))
    value_name = str(shape.value.serialization.get("name", "value"))
    return _element(shape.key, key_name, key) + _element(shape.value, value_name, value)


def _attributes(shape: StructureShape, value: Mapping[str, Any]) -> str:
    """Return the members of a structure that are attributes, with their namespaces."""
    out = ""
    for name, member in shape.members.items():
        if member.serialization.get("xmlAttribute") and value.get(name) is not None:
            wire = str(member.serialization["name"])
            prefix = wire.partition(":")[0]
            space = shape.serialization.get("xmlNamespace", {})
            if space.get("prefix") == prefix:
                out += f" xmlns:{prefix}={quoteattr(space['uri'])}"
            out += f" {wire}={quoteattr(str(value[name]))}"
    return out


def scalar(shape: Shape, value: Any) -> str:
    """Return a scalar value as the text of an element."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        form = timestamps.format_of(shape, "uri")  # the default format in XML is that of a path
        return str(timestamps.WRITING[form](value))
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return text(value)
