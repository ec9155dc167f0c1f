"""The S3 bucket behind the presigned URLs, which stores the bytes of attachments.

Source: the S3 user guide for presigned URLs and the texts of errors; the name of the bucket and
how long a URL is valid are inferred [IR-95]. The signature covers method, host, path, query and the
length of the body. It is not a SigV4 signature, for which the client's secret key would be needed.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import field
from datetime import datetime, timedelta, timezone
from hashlib import md5
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.plain_http import (
    PlainHttpEndpoint,
    PlainHttpRequest,
    PlainHttpResponse,
)
from membership_mock.engine.state.world import Scope, Store

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.context import Context
    from membership_mock.engine.state.world import World

#: how long a presigned URL is valid (inferred [IR-74, IR-95])
URL_LIFE = timedelta(seconds=900)
_SIGNATURE = "X-Amz-Signature"
_DATE = "%Y%m%dT%H%M%SZ"


@dataclass(slots=True)
class StoredObject:
    """The S3 object of one attachment.

    Attributes:
        secret: the key that signs the URLs of this attachment.
        content: the bytes; None until they are uploaded.
        uploaded_at: when the bytes were uploaded.
        scanned: whether these bytes have been scanned.
        deleted_at: when the bytes are deleted; None while their case is open.
        verdict: Verified or Failed, if a test has set the result of the scan.
    """

    secret: str
    content: bytes | None = None
    uploaded_at: datetime | None = None
    scanned: bool = False
    deleted_at: datetime | None = None
    verdict: str | None = None


@dataclass
class AttachmentStore(Store, scope=Scope.ACCOUNT_REGION):
    """The bytes of the attachments of an account in a region, by attachment id."""

    objects: dict[str, StoredObject] = field(default_factory=dict)


def new_object(world: World) -> StoredObject:
    """Return an object without content, with its own secret for signatures."""
    return StoredObject(secret=f"{world.random.getrandbits(256):064x}")


def upload_url(ctx: Context, stored: StoredObject, key: str, length: int) -> str:
    """Return a URL to which exactly ``length`` bytes may be sent for 900 seconds."""
    return _presigned(ctx, stored, "PUT", key, "content-length;host", length)


def download_url(ctx: Context, stored: StoredObject, key: str) -> str:
    """Return a URL from which the bytes may be fetched for 900 seconds."""
    return _presigned(ctx, stored, "GET", key, "host", 0)


def _presigned(
    ctx: Context, stored: StoredObject, method: str, key: str, headers: str, length: int
) -> str:
    host = f"security-ir-attachments-{ctx.region}.s3.{ctx.region}.amazonaws.com"
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"ASIASECURITYIRMOCK00/{ctx.now:%Y%m%d}/{ctx.region}/s3/aws4_request",
        "X-Amz-Date": f"{ctx.now:{_DATE}}",
        "X-Amz-Expires": str(int(URL_LIFE.total_seconds())),
        "X-Amz-SignedHeaders": headers,
    }
    query[_SIGNATURE] = _signature(stored, method, host, f"/{key}", query.items(), length)
    return f"https://{host}/{key}?{urlencode(query, quote_via=quote, safe='')}"


def _signature(
    stored: StoredObject,
    method: str,
    host: str,
    path: str,
    query: Iterable[tuple[str, str]],
    length: int,
) -> str:
    text = "\n".join([method, host, path, urlencode(sorted(query)), str(length)])
    return hmac.new(stored.secret.encode(), text.encode(), "sha256").hexdigest()


def serve(world: World, request: PlainHttpRequest) -> PlainHttpResponse:
    """Answer a request to a presigned URL as S3 would."""
    url = urlsplit(request.url)
    query = parse_qsl(url.query, keep_blank_values=True)
    given = dict(query)
    if _SIGNATURE not in given:
        return _refusal(request, 403, "AccessDenied", "Access Denied")
    now = world.clock.now()
    stored = _find(world, url.path)
    expiry = _expiry(given)
    if expiry is not None and now > expiry:
        return _refusal(request, 403, "AccessDenied", "Request has expired")
    length = len(request.body)
    unsigned = [(name, value) for name, value in query if name != _SIGNATURE]
    if (
        stored is None
        or expiry is None
        or request.headers.get("Content-Length", str(length)) != str(length)
        or not hmac.compare_digest(
            given[_SIGNATURE].encode(),
            _signature(
                stored, request.method, url.hostname or "", url.path, unsigned, length
            ).encode(),
        )
    ):
        return _refusal(
            request,
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided."
            " Check your key and signing method.",
        )
    if stored.deleted_at is not None and now >= stored.deleted_at:
        stored.content = None
    return _put(stored, request, now) if request.method == "PUT" else _get(stored, request)


def _put(stored: StoredObject, request: PlainHttpRequest, now: datetime) -> PlainHttpResponse:
    if request.headers.get("If-None-Match") == "*" and stored.content is not None:
        return _refusal(
            request,
            412,
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
        )
    stored.content = bytes(request.body)
    stored.uploaded_at = now
    stored.scanned = False
    return PlainHttpResponse(200, {"ETag": _etag(stored.content), "Content-Length": "0"})


def _get(stored: StoredObject, request: PlainHttpRequest) -> PlainHttpResponse:
    content = stored.content
    if content is None:
        return _refusal(request, 404, "NoSuchKey", "The specified key does not exist.")
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(len(content)),
        "ETag": _etag(content),
    }
    return PlainHttpResponse(200, headers, content)


def _etag(content: bytes) -> str:
    return f'"{md5(content, usedforsecurity=False).hexdigest()}"'


def _find(world: World, path: str) -> StoredObject | None:
    parts = path.split("/")
    if len(parts) == 5:
        _, account_id, _, attachment_id, _ = parts
        for (owner, _), store in world.stores(AttachmentStore):
            if owner == account_id and attachment_id in store.objects:
                return store.objects[attachment_id]
    return None


def _expiry(query: dict[str, str]) -> datetime | None:
    try:
        issued = datetime.strptime(query["X-Amz-Date"], _DATE).replace(tzinfo=timezone.utc)
        return issued + timedelta(seconds=int(query["X-Amz-Expires"]))
    except (KeyError, ValueError, OverflowError):
        return None


def _refusal(request: PlainHttpRequest, status: int, code: str, message: str) -> PlainHttpResponse:
    from xml.sax.saxutils import escape  # which few tests need

    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    )
    # an answer to HEAD has no body
    body = b"" if request.method == "HEAD" else text.encode()
    return PlainHttpResponse(status, {"Content-Type": "application/xml"}, body)


#: the URLs of the bucket, in every region, and the function that serves them
ENDPOINT = PlainHttpEndpoint(
    re.compile(r"https?://security-ir-attachments-[a-z0-9-]+\.s3\.[a-z0-9-]+\.amazonaws\.com/"),
    serve,
)
