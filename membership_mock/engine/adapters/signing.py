"""Signatures of requests that never leave the process.

Computing a signature is about a quarter of what botocore spends on a call. The signature of a
request that is answered in the process is never checked, so it is a constant. The other headers of
a signed request are complete: the date, the session token, the credential with its scope. Presigned
URLs, requests that leave for the network, and requests that moto's IAM authenticates get a real
signature.
"""

from __future__ import annotations

from typing import Any

import botocore.auth
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.compat import HTTPHeaders

from membership_mock.engine.adapters.botocore_headers import USUAL_POLICY
from membership_mock.engine.adapters.dispatch import stays_in_process
from membership_mock.engine.moto.access_keys import is_enforced
from membership_mock.engine.moto.patches import Patches

#: as long as a real one
_SIGNATURE = "0" * 64

#: the signers that write into the headers of a whole request; subclasses presign URLs and forms,
#: or sign streams of events
_SIGNERS = (SigV4Auth, S3SigV4Auth)

#: the undocumented names of botocore that this file uses; if one is missing, botocore signs
_PRIVATE = ("_modify_request_before_signing", "scope", "add_auth")
_NOW = "get_current_datetime"

#: the methods of botocore that set the headers of a signed request, and those headers
_SETTING = ("_modify_request_before_signing", "_set_necessary_date_headers")
_SET = frozenset({"authorization", "date", "x-amz-date", "x-amz-security-token"})
# What botocore's class has before anybody patches it.
_own = tuple(vars(SigV4Auth).get(name) for name in _SETTING)


def install(patches: Patches, services: frozenset[str]) -> None:
    """Give requests that are answered in the process a constant signature.

    Args:
        patches: undone when the mock ends.
        services: the ids of our services.
    """
    form = getattr(botocore.auth, "SIGV4_TIMESTAMP", None)
    if (
        form is None
        or not patches.has(botocore.auth, _NOW)
        or not all(patches.has(SigV4Auth, each) for each in _PRIVATE)
    ):
        return
    sign = patches.original(SigV4Auth, "add_auth")

    def add_auth(self: Any, request: Any) -> None:
        if (
            type(self) not in _SIGNERS
            or self.credentials is None
            or is_enforced()
            or not stays_in_process(request.url, self._service_name, services)
        ):
            sign(self, request)
            return
        now = getattr(botocore.auth, _NOW)()
        timestamp = request.context["timestamp"] = now.strftime(form)
        token = self.credentials.token
        signed = "host;x-amz-date" + (";x-amz-security-token" if token else "")
        signature = (
            f"AWS4-HMAC-SHA256 Credential={self.scope(request)}, SignedHeaders={signed},"
            f" Signature={_SIGNATURE}"
        )
        if type(self) is SigV4Auth and _is_unsigned(request):
            added = [("X-Amz-Date", timestamp), ("Authorization", signature)]
            if token:
                added.insert(1, ("X-Amz-Security-Token", token))
            request.headers._headers.extend(added)
        else:
            self._modify_request_before_signing(request)
            request.headers["Authorization"] = signature

    patches.set(SigV4Auth, "add_auth", add_auth)


def _is_unsigned(request: Any) -> bool:
    """Return whether signing adds headers to a request and changes nothing else.

    Its headers are a message of the standard library's package `email`, which checks each header
    that is added by the rules of e-mail. It adds those of a signature unchanged.
    """
    headers = request.headers
    return (
        type(headers) is HTTPHeaders
        and headers.policy is USUAL_POLICY
        and request.context.get("payload_signing_enabled", True)
        and _SET.isdisjoint([name.lower() for name, _ in headers._headers])
        and (SigV4Auth._modify_request_before_signing, SigV4Auth._set_necessary_date_headers)
        == _own
    )
