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


def install(patches: Patches, services: frozenset[str]) -> None:
    """Give requests that are answered in the process a constant signature.

    Args:
        patches: undone when the mock ends.
        services: the ids of our services.
    """
    form = getattr(botocore.auth, "SIGV4_TIMESTAMP", None)
    if (
        form is None
        or not hasattr(botocore.auth, _NOW)
        or not all(hasattr(SigV4Auth, each) for each in _PRIVATE)
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
        request.context["timestamp"] = now.strftime(form)
        self._modify_request_before_signing(request)
        signed = "host;x-amz-date" + (";x-amz-security-token" if self.credentials.token else "")
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.scope(request)}, SignedHeaders={signed},"
            f" Signature={_SIGNATURE}"
        )

    patches.set(SigV4Auth, "add_auth", add_auth)
