"""Requests that a client would not send: through botocore without its checks, and without it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from membership_mock.engine import running
from membership_mock.engine.protocol import model
from tests.contract.sample_resources import ACCOUNT, REGION
from tests.contract.samples_from_model import Wire

#: no check in the client, and no second attempt
CARELESS = Config(parameter_validation=False, retries={"total_max_attempts": 1})


class UncheckedClient:
    """A boto3 client that sends anything, and returns the error that it got.

    Args:
        mock: the running mock.
        service: the service's id.
    """

    def __init__(self, mock: Any, service: str) -> None:
        self._client = mock.client(service, account=ACCOUNT, region=REGION, config=CARELESS)
        self._client.meta.events.register("before-call", self._replace)
        self._wire: Wire | None = None

    def send(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Call an operation, and return its answer or the parsed error."""
        try:
            answer = getattr(self._client, model.snake(operation))(**parameters)
        except ClientError as error:
            answer = error.response
        return dict(answer)

    def send_wire(self, operation: str, parameters: dict[str, Any], wire: Wire) -> dict[str, Any]:
        """Call an operation with ``parameters``, but let ``wire`` go out instead."""
        self._wire = wire
        try:
            return self.send(operation, parameters)
        finally:
            self._wire = None

    def _replace(self, params: dict[str, Any], **_: Any) -> None:
        if self._wire is not None:
            start = urlsplit(params["url"])
            params["url"] = f"{start.scheme}://{start.netloc}{self._wire.target}"
            params["body"] = self._wire.body


def signed(service: str, account: str = ACCOUNT, region: str = REGION) -> dict[str, str]:
    """Return the header that tells who sends a request."""
    scope = f"{account}/20260101/{region}/{service}/aws4_request"
    return {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00"
    }


def post(service: str, target: str, body: Any, method: str = "POST") -> requests.Response:
    """Send a request without any SDK to the service's own host."""
    endpoint = f"https://{service}.{REGION}.{_DOMAINS.get(service, 'amazonaws.com')}"
    return requests.request(
        method, endpoint + target, data=body, headers=signed(service), timeout=30
    )


_DOMAINS = {"security-ir": "api.aws"}


def world() -> str:
    """Return everything that the running mock remembers of our services, as text."""
    return repr(running.require().world._stores)
