"""Functions that write JSON, made once.

`json.dumps` and `JSONEncoder.encode` make a new encoder for each text, which takes longer than
writing a short one.
"""

from __future__ import annotations

import json.encoder
from collections.abc import Callable
from typing import Any

#: the part of an encoder that is written in C; an interpreter may have none
_MAKE: Any = getattr(json.encoder, "c_make_encoder", None)


def json_writer(
    item_separator: str, key_separator: str, default: Callable[[Any], Any], *, allow_nan: bool
) -> Callable[[Any], str]:
    """Return a function that writes a value as `json.dumps` does with these options.

    The value must not contain itself: then the function raises `RecursionError`.
    """
    encoder = json.JSONEncoder(
        separators=(item_separator, key_separator),
        default=default,
        check_circular=False,
        allow_nan=allow_nan,
    )
    try:
        made = _MAKE(
            None, default, json.encoder.encode_basestring_ascii, None,
            key_separator, item_separator, False, False, allow_nan,
        )  # fmt: skip
        made({}, 0)
    except (AttributeError, TypeError):  # an interpreter whose encoder is another one
        return encoder.encode

    def write(value: Any) -> str:
        return "".join(made(value, 0))

    return write
