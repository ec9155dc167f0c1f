"""Serves the page, which asks the tools for all that it shows."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from werkzeug.wrappers import Request, Response

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def page(request: Request) -> Response:
    """Return the page.

    It allows itself its own script, and requests to this server; nothing from elsewhere.
    """
    if request.method not in ("GET", "HEAD"):
        return Response("The page is for GET.\n", 405, {"Allow": "GET"}, mimetype="text/plain")
    return Response(
        _text(),
        mimetype="text/html",
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                "default-src 'none'; connect-src 'self'; img-src data: blob:; base-uri 'none';"
                " form-action 'none'; frame-ancestors 'none'; style-src 'unsafe-inline';"
                f" script-src 'sha256-{_digest()}'"
            ),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )


@cache
def _text() -> str:
    return files("membership_mock.server.page").joinpath("page.html").read_text(encoding="utf-8")


@cache
def _digest() -> str:
    """Return the hash of the script, by which a browser knows that it is the page's own."""
    (script,) = _SCRIPT.findall(_text())
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
