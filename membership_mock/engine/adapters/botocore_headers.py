"""Reads and writes the headers of botocore's requests and responses quickly."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import botocore.awsrequest
import botocore.parsers
from botocore.awsrequest import AWSResponse, HeadersDict, _HeaderKey
from botocore.compat import HTTPHeaders
from botocore.endpoint import Endpoint

from membership_mock.engine.adapters.compiled_models import own_functions
from membership_mock.engine.moto.patches import Patches
from membership_mock.engine.protocol.http import HttpAnswer

#: returns botocore's key for the name of a header; there are few names, and without the cache their
#: keys take half of the time in which a response is made
_header_key = functools.lru_cache(maxsize=256)(_HeaderKey)
_LENGTH, _ENCODING = _header_key("Content-Length"), _header_key("Transfer-Encoding")
#: the policy of messages that are made without one; `email.policy`, which has a name for it, is not
#: imported, because it imports a parser of e-mail addresses
USUAL_POLICY = HTTPHeaders().policy
#: methods of requests for which botocore sends no length
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})

_preparer = getattr(botocore.awsrequest, "AWSRequestPreparer", object)
# What botocore's classes and modules have before anybody patches them.
_own = own_functions(_preparer, Endpoint)
_own_lowercase = getattr(botocore.parsers, "lowercase_dict", None)


class SentHeaders(HeadersDict):  # type: ignore[misc]  # botocore is untyped
    """The headers of a request, which finds common names without making their keys again."""

    def __init__(self, headers: HeadersDict) -> None:
        self._dict = headers._dict

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a header, whatever the case of its name."""
        return self._dict.get(_header_key(name), default)


class AnswerHeaders(HeadersDict):  # type: ignore[misc]  # likewise
    """The headers of a response, which botocore's parser reads without making keys anew."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._dict = {_header_key(name): text for name, text in headers.items()}

    def __getitem__(self, name: str) -> Any:
        return self._dict[_header_key(name)]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _header_key(name) in self._dict

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a header, whatever the case of its name."""
        return self._dict.get(_header_key(name), default)

    def __iter__(self) -> Iterator[str]:
        return (key._key for key in self._dict)


def set_headers(response: AWSResponse, answer: HttpAnswer) -> None:
    """Give a response the headers of an answer."""
    response.headers = AnswerHeaders(answer.headers)


def install(patches: Patches) -> None:
    """Prepare the headers of requests, and copy those of answers, until ``patches`` are undone.

    Until a request is sent, botocore holds its headers in a message of the standard library's
    package `email`, which checks each of them by the rules of e-mail.
    """
    _add_quickly(patches)
    _prepare_quickly(patches)
    _encode_quickly(patches)
    _copy_answers_quickly(patches)


def _add_quickly(patches: Patches) -> None:
    """Add a header to a request without the check whether a second one of its name is allowed."""
    if patches.has(HTTPHeaders, "__setitem__"):  # another tool has added it: botocore has none
        return
    inherited = HTTPHeaders.__setitem__

    def __setitem__(self: Any, name: str, text: Any) -> None:  # noqa: N807
        policy = self.policy
        if policy is USUAL_POLICY:
            self._headers.append(policy.header_store_parse(name, text))
        else:
            inherited(self, name, text)

    patches.set(HTTPHeaders, "__setitem__", __setitem__)


def _prepare_quickly(patches: Patches) -> None:
    """Make the headers of a request that is sent."""
    slow = patches.original_of(_preparer, "_prepare_headers", _own)
    if slow is None or not patches.has(_preparer, "_determine_content_length"):
        return

    def _prepare_headers(self: Any, original: Any, prepared_body: Any = None) -> Any:
        headers = _prepared(original.headers)
        if headers is None:
            return slow(self, original, prepared_body)
        known = headers._dict
        if not (original.method in _WITHOUT_BODY or _LENGTH in known or _ENCODING in known):
            length = self._determine_content_length(prepared_body)
            if length is None:
                return slow(self, original, prepared_body)
            known[_LENGTH] = str(length)
        return headers

    patches.set(_preparer, "_prepare_headers", _prepare_headers)


def _encode_quickly(patches: Patches) -> None:
    """Encode the headers of a request, which is done before they are prepared."""
    slow = patches.original_of(Endpoint, "_encode_headers", _own)
    if slow is None:
        return

    def _encode_headers(self: Any, headers: Any) -> None:
        if type(headers) is HTTPHeaders and headers.policy is USUAL_POLICY:
            held = headers._headers
            try:
                encoded = [
                    (name, text.encode("ascii")) for name, text in held if isinstance(text, str)
                ]
            except UnicodeError:  # botocore encodes it otherwise
                pass
            else:
                held.extend(encoded)  # botocore adds each header again, and leaves the text
                return
        slow(self, headers)

    patches.set(Endpoint, "_encode_headers", _encode_headers)


def _copy_answers_quickly(patches: Patches) -> None:
    """Copy the headers of an answer, whose names botocore shows in lower case."""
    slow = patches.original_of(botocore.parsers, "lowercase_dict", (_own_lowercase,))
    if slow is None:
        return

    def lowercase_dict(original: Any) -> Any:
        if type(original) is AnswerHeaders:
            return {key._lower: text for key, text in original._dict.items()}
        return slow(original)

    patches.set(botocore.parsers, "lowercase_dict", lowercase_dict)


def _prepared(message: Any) -> HeadersDict | None:
    """Return the headers of a message; None if it is not of the usual kind, or a header is not."""
    if type(message) is not HTTPHeaders or message.policy is not USUAL_POLICY:
        return None
    latest = dict(message._headers)  # botocore adds each header again when it has encoded it
    for text in latest.values():
        if type(text) is not bytes and not (type(text) is str and text.isascii()):
            return None
    found: HeadersDict = HeadersDict.__new__(HeadersDict)
    found._dict = {_header_key(name): text for name, text in latest.items()}
    return found if len(found._dict) == len(latest) else None
