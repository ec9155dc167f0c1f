"""Which requests to the tools come from a web page that the user did not open for this.

A page that a browser shows can send requests to every server on the machine. The tools must not
obey it: one of them loads a dump. A program other than a browser sends no ``Origin``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

#: names that no page from elsewhere can have, whatever a name server says
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal")


def refusal(headers: Headers, scheme: str, allowed: Collection[str]) -> str | None:
    """Return why a request must not be obeyed; None if it may be.

    Args:
        headers: its headers, looked up without regard to case.
        scheme: ``http`` or ``https``.
        allowed: names of hosts, besides the local ones, that the server goes by.
    """
    host = headers.get("Host", "")
    name = _name_of(host)
    if name and not _is_local(name) and name not in allowed:
        return (
            f"The request is for the host {host!r}, which a web page may have made up. If it is a"
            f" name of this server, start it with `--allow-host {name}`."
        )
    origin = headers.get("Origin")
    if origin is not None and origin != f"{scheme}://{host}":
        return f"The request comes from a web page of {origin!r}, not of this server."
    if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return "The request comes from a web page of another server."
    return None


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return host


def _is_local(name: str) -> bool:
    """Return whether a name cannot be one of the public name servers."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "." not in name or name.endswith(_LOCAL_SUFFIXES)
    return True
