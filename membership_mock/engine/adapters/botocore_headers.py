"""Reads and writes the headers of botocore's requests and responses quickly."""

from __future__ import annotations

import functools
from typing import Any

from botocore.awsrequest import AWSResponse, HeadersDict, _HeaderKey

from membership_mock.engine.protocol.http import HttpAnswer

#: botocore's key of a header's name; the names are few, and making keys is half of a response
_header_key = functools.lru_cache(maxsize=256)(_HeaderKey)


class SentHeaders(HeadersDict):  # type: ignore[misc]  # botocore is untyped
    """The headers of a request, which finds common names without making their keys again."""

    def __init__(self, headers: HeadersDict) -> None:
        self._dict = headers._dict

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a header, whatever the case of its name."""
        return self._dict.get(_header_key(name), default)


def set_headers(response: AWSResponse, answer: HttpAnswer) -> None:
    """Give a response the headers of an answer."""
    response.headers._dict = {_header_key(name): text for name, text in answer.headers.items()}
