"""Recorded HTTP in botocore's terms: the operation, its parameters and its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.awsrequest import HeadersDict
from botocore.parsers import ResponseParserError, create_parser

from membership_mock.engine.protocol.model import OperationModel, Shape, service_model
from membership_mock.engine.protocol.router import Template, router
from membership_mock.parity.recorded_call import RecordedCall, RecordedError
from membership_mock.parity.values import plain
from membership_mock.services import SERVICES

#: what a signature says: the access key id, the region and the service
_SIGNED = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/")
_HOST = re.compile(
    r"(?:[\w-]+\.)*?(?P<service>[a-z][a-z0-9-]*?)(?:-fips)?\.(?P<region>[a-z]{2,}(?:-[a-z]+)+-\d)\."
)
#: answers that say nothing of the service's rules: the client sends the same again
_TRANSIENT_CODES = {
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}


@dataclass(frozen=True)
class HttpExchange:
    """A recorded request with its answer.

    Attributes:
        place: the file and the entry.
        method: e.g. ``POST``.
        url: the whole URL.
        headers: of the request; the last value of each.
        body: of the request.
        status: of the answer.
        answer_headers: of the answer.
        answer_body: of the answer, not compressed.
    """

    place: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    answer_headers: Mapping[str, str]
    answer_body: bytes

    @property
    def access_key(self) -> str | None:
        """The access key id that signed the request; None if it is not signed with one."""
        return self._signature("key")

    @property
    def region(self) -> str | None:
        """The region of the signature, or of the host; None if neither says."""
        return self._signature("region") or self._of_host("region")

    @property
    def service(self) -> str | None:
        """The mocked service that was called; None if it was none of them.

        The signature tells it, or the host. Without either, the path does if only one of the
        mocked services has it.
        """
        named = self._signature("service") or self._of_host("service")
        if named is not None:
            return named if named in SERVICES else None
        if (urlsplit(self.url).hostname or "").endswith((".amazonaws.com", ".api.aws")):
            return None
        found = [each for each in SERVICES if router(each).match(self.method, self._path)]
        return found[0] if len(found) == 1 else None

    @property
    def called(self) -> str:
        """What was called, for a message: the service, or the host."""
        named = self._signature("service") or self._of_host("service")
        return named or urlsplit(self.url).hostname or "an unknown host"

    @property
    def _path(self) -> str:
        return urlsplit(self.url).path or "/"

    def _signature(self, part: str) -> str | None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        signed = headers.get("authorization", "")
        query = unquote(urlsplit(self.url).query).replace("X-Amz-Credential=", "Credential=")
        found = _SIGNED.search(signed) or _SIGNED.search(query)
        return found[part] if found else None

    def _of_host(self, part: str) -> str | None:
        found = _HOST.match(urlsplit(self.url).hostname or "")
        return found[part] if found else None

    def call(self, account: str | None) -> RecordedCall | str:
        """Return the call of this exchange, or the reason why it is not a call.

        Args:
            account: the account of the access key, if it is known.
        """
        service = self.service
        if service is None:
            return f"{self.called} is not one of {', '.join(SERVICES)}"
        name = router(service).match(self.method, self._path)
        if name is None:
            return f"{service} has no operation at {self.method} {self._path}"
        operation = service_model(service).operation_model(name)
        answer, error = self._outcome(operation)
        if error is not None and self._is_transient(error):
            return f"a transient answer of {service}, after which a client tries again"
        return RecordedCall(
            place=self.place,
            service=service,
            operation=name,
            account=account,
            region=self.region,
            parameters=self._parameters(operation),
            answer=answer,
            error=error,
            status=self.status,
        )

    def _is_transient(self, error: RecordedError) -> bool:
        return self.status >= 500 or error.code in _TRANSIENT_CODES

    def _outcome(
        self, operation: OperationModel
    ) -> tuple[Mapping[str, Any] | None, RecordedError | None]:
        protocol = operation.service_model.metadata["protocol"]
        raw = {
            "status_code": self.status,
            "headers": HeadersDict(self.answer_headers),
            "body": self.answer_body,
        }
        try:
            parsed = create_parser(protocol).parse(raw, operation.output_shape)
        except ResponseParserError as error:
            raise ValueError(f"the answer cannot be parsed: {error}") from error
        parsed.pop("ResponseMetadata", None)
        if self.status < 300:
            return plain(parsed), None
        told = parsed.pop("Error", {})
        return None, RecordedError(str(told.get("Code", "")) or "Unknown", told.get("Message"))

    def _parameters(self, operation: OperationModel) -> dict[str, Any]:
        """Return the parameters; what a client sent against the model is kept as well."""
        shape = operation.input_shape
        if shape is None:
            return {}
        found: dict[str, Any] = {}
        template = Template(operation.http["requestUri"])
        read = template.read(self._path) or ()
        labels = dict(zip(template.labels, read, strict=False))
        query = parse_qs(urlsplit(self.url).query, keep_blank_values=True)
        headers = {name.lower(): value for name, value in self.headers.items()}
        names_in_body: dict[str, str] = {}
        for name, member in shape.members.items():
            where = member.serialization.get("location")
            key = str(member.serialization.get("name", name))
            if where == "uri" and key in labels:
                found[name] = _scalar(unquote(labels[key]), member)
            elif where == "querystring" and key in query:
                values = [_scalar(each, member) for each in query[key]]
                found[name] = values if member.type_name == "list" else values[-1]
            elif where == "header" and key.lower() in headers:
                found[name] = _scalar(headers[key.lower()], member)
            elif where is None:
                names_in_body[key] = name
        if self.body.strip():
            sent = json.loads(self.body)
            if not isinstance(sent, dict):
                raise ValueError("the body of the request is not a JSON object")
            for sent_name, value in sent.items():
                found[str(names_in_body.get(sent_name, sent_name))] = value
        return found


def _scalar(text: str, shape: Shape) -> Any:
    """Return a text of a path, a query or a header as the model types it; as it is, if it cannot.

    A list is read entry by entry.
    """
    kind = shape.member.type_name if shape.type_name == "list" else shape.type_name
    if kind == "boolean" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if kind in {"integer", "long"} and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text
