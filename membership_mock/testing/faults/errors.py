"""Errors of the services that a test injects: which ones there are, and which members they have."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from membership_mock.engine.protocol.codec import service_error_response
from membership_mock.engine.protocol.http import unfit_header
from membership_mock.engine.protocol.model import (
    StructureShape,
    declared_errors,
    error_shape,
    service_model,
    snake,
)
from membership_mock.engine.protocol.parse import is_text
from membership_mock.engine.protocol.wire.writers import error_written
from membership_mock.errors import ServiceError, UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.faults.common_errors import (
    common_errors,
    error_code,
    models_no_errors,
)
from membership_mock.testing.faults.connections import connection_error_names
from membership_mock.testing.faults.effects import Effect, Proceed
from membership_mock.testing.faults.members import fill, sample
from membership_mock.testing.names import nearest_to
from membership_mock.testing.output_values import checked

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.engine.protocol.http import HttpAnswer

#: texts for errors of which a model says nothing but their name (inferred)
_TEXTS: Mapping[str, str] = {
    "BadRequestException": "The request is not valid.",
    "ConflictException": "The request conflicts with the current state of the resource.",
    "InternalServerException": "An internal server error occurred.",
    "InvalidTokenException": "The token is not valid.",
    "ResourceNotFoundException": "The resource was not found.",
    "SecurityIncidentResponseNotActiveException": "Security Incident Response is not active.",
    "ServiceQuotaExceededException": "The request would exceed a service quota.",
    "ValidationException": "The request is not valid.",
}
#: the headers that say how long a client is to wait: the standard one, in seconds, and the one that
#: newer AWS SDKs read, in milliseconds
_RETRY_AFTER, _AMZ_RETRY_AFTER = "retry-after", "x-amz-retry-after"


class InjectedError(ServiceError):
    """An error that a test injects; there is a subclass for each code.

    Attributes:
        undeclared: whether the operation does not declare it, or not with this status.
    """

    undeclared: bool = False


class ErrorAnswer(Effect):
    """The client gets an error of the service.

    Args:
        targets: service id and name of each operation that it is for.
        code: the error's code.
        message: its text; None for what the service's model says about the error.
        members: its other members, by their names in the API or in snake case.
        retry_after: after how many seconds the client may try again.
        status: another HTTP status than the model's; needs ``force``.
        after: whether the call takes effect before it fails.
        force: whether an operation that does not declare it may send it.

    Raises:
        UsageError: AWS would not send such an error.
    """

    def __init__(
        self,
        targets: frozenset[tuple[str, str]],
        code: str,
        *,
        message: str | None,
        members: Mapping[str, Any],
        retry_after: int | None,
        status: int | None,
        after: bool,
        force: bool,
    ) -> None:
        if not re.fullmatch(r"[\w.:#-]+", code, re.ASCII):
            raise _no_code(code)
        services = sorted({service for service, _ in targets})
        if len(services) == 1:
            code = error_code(services[0], code)
        if not force:
            _require_declared(targets, code)
            if status is not None:
                raise UsageError(
                    f"The service's model says which status {code} has; pass force=True to send"
                    f" {status} all the same."
                )
        elif status is not None and not (type(status) is int and 400 <= status < 600):
            raise UsageError(f"An error has an HTTP status from 400 to 599, not {status!r}.")
        if retry_after is not None and not (type(retry_after) is int and retry_after >= 0):
            raise UsageError(f"retry_after is a whole number of seconds, not {retry_after!r}.")
        if message is not None and not isinstance(message, str):
            raise UsageError(f"The message of an error is text, not {message!r}.")
        if message is not None and not is_text(message):
            raise UsageError(
                f"The message {message!r} has half of a surrogate pair, which is not a character."
            )
        self._code = code
        self._message = message
        self._retry_after = retry_after
        self._after = after
        self._members = {name: _members(name, code, members) for name in services}
        self._any = dict(sorted(targets))
        self._kinds = {name: _kind(name, code, status) for name in services}
        self._forced_status = status is not None
        statuses = {self._sample(service) for service in services}
        self.words = f"answers {code} ({' or '.join(map(str, sorted(statuses)))})" + (
            " after it took effect" if after else ""
        )

    def apply(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Raise the error; members that the test does not set are filled from the call."""
        if self._after:
            with suppress(ServiceError):  # a refusal is an answer, and lost like any other
                proceed()
        service = call.context.service
        members = dict(self._members[service])
        shape = error_shape(service, self._code)
        if isinstance(shape, StructureShape):
            members |= fill(shape, members, call)
        error = self._error(service, members)
        declared = declared_errors(call.model)
        error.undeclared = self._forced_status or self._code not in declared
        raise error

    def _error(self, service: str, members: Mapping[str, Any]) -> InjectedError:
        shape = error_shape(service, self._code)
        text = self._message
        if text is None:
            text = _default_message(service, shape, self._code)
        error = self._kinds[service](
            text, **{snake(name): value for name, value in members.items()}
        )
        seconds = self._retry_after
        if seconds is not None:
            error.headers = {_RETRY_AFTER: f"{seconds}", _AMZ_RETRY_AFTER: f"{seconds * 1000}"}
            for name, member in getattr(shape, "members", {}).items():
                if member.serialization.get("name", "").lower() == _RETRY_AFTER:
                    error.fields[snake(name)] = seconds
        return error

    def _sample(self, service: str) -> int:
        """Return the status of the error, once an example of it has proved to fit its shape."""
        from membership_mock.engine.protocol import fit

        shape, members = error_shape(service, self._code), self._members[service]
        if isinstance(shape, StructureShape):
            members = sample(shape) | members
        if service not in SERVICES:
            return self._sample_of_another(service, shape, members)
        try:
            answer = service_error_response(service, self._error(service, members))
            misfits = fit.error_misfits(service, None, *answer, allowed=[self._code])
            misfits += filter(None, [unfit_header(answer[1])])
        except (TypeError, ValueError, AttributeError) as wrong:
            misfits = [str(wrong)]
        if misfits:
            raise self._impossible(service, misfits)
        return answer[0]

    def _sample_of_another(self, service: str, shape: object, members: Mapping[str, Any]) -> int:
        """Do the same for a service that moto answers."""
        if isinstance(shape, StructureShape):
            named = {"message", "code"}
            said = {name: "text" for name in shape.required_members if name.lower() in named}
            values, wrong = checked(shape, {**said, **members})
            if wrong:
                raise self._impossible(service, wrong)
            self._members[service] = {
                name: value for name, value in values.items() if name in self._members[service]
            }
        model = service_model(service).operation_model(self._any[service])
        try:
            answer = error_written(model, self._error(service, members), "")
        except (TypeError, ValueError, AttributeError) as wrong:
            raise self._impossible(service, [str(wrong)]) from None
        unfit = unfit_header(answer.headers)
        if unfit is not None:
            raise self._impossible(service, [unfit])
        return answer.status

    def _impossible(self, service: str, wrong: list[str]) -> UsageError:
        reasons = "; ".join(each.rstrip(".") for each in wrong)
        return UsageError(f"{self._code} of {service} cannot look like that: {reasons}.")


def code_of(error: str | type[ClientError] | ClientError) -> tuple[str, str | None, dict[str, Any]]:
    """Return code, message and members that ``error`` stands for.

    Args:
        error: a code, a class of `client.exceptions`, or a `ClientError`.

    Raises:
        UsageError: it has no code.
    """
    if isinstance(error, str):
        return error, None, {}
    if isinstance(error, ClientError):
        response: dict[str, Any] = dict(error.response)
        details = response.pop("Error", {})
        response.pop("ResponseMetadata", None)
        members = {
            name: value
            for name, value in response.items()
            if name.lower() not in ("message", "code")
        }
        if not details.get("Code"):
            raise UsageError(f"{error!r} has no code: its response needs ['Error']['Code'].")
        if not isinstance(details["Code"], str):
            raise _no_code(details["Code"])
        return details["Code"], details.get("Message") or None, members
    if error is ClientError:
        raise UsageError(
            "ClientError alone has no code: pass the code, e.g. 'ThrottlingException', or a class"
            " of `client.exceptions`."
        )
    return error.__name__, None, {}


def _no_code(code: object) -> UsageError:
    return UsageError(f"{code!r} is not the code of an error, e.g. 'ThrottlingException'.")


def _require_declared(targets: frozenset[tuple[str, str]], code: str) -> None:
    declared: set[str] = set()
    without = []
    for service, operation in sorted(targets):
        known = declared_errors(service_model(service).operation_model(operation))
        declared |= known
        if code in known or code in common_errors(service) or code in _observed(service):
            continue
        if not (models_no_errors(service) or _is_status(service, code)):
            without.append(f"{service}.{operation}")
    if not without:
        return
    common = {name for service, _ in targets for name in common_errors(service)}
    known = {*declared, *common, *connection_error_names()}
    nearest = [] if code in declared else difflib.get_close_matches(code, known, n=1)
    if len(targets) == 1:
        shown = ", ".join(sorted(declared)) or "no error"
        text = f"{without[0]} does not declare {code!r}; it declares {shown}"
    else:
        shown = ", ".join(without[:6]) + (", …" if len(without) > 6 else "")
        text = (
            f"{len(without)} of the {len(targets)} operations do not declare {code!r}: {shown}."
            f" Errors that one or more of these operations declare: {', '.join(sorted(declared))}"
        )
    raise UsageError(
        f"{text}; any operation may also send one of the common errors of AWS, such as"
        " ThrottlingException or ServiceUnavailable"
        + (f"; nearest: {nearest[0]!r}" if nearest else "")
        + ". To send it all the same, pass force=True."
    )


@cache
def _observed(service: str) -> Mapping[str, int]:
    """Return the known errors of a service that its model lacks, with their statuses."""
    if service not in SERVICES:
        return {}
    package = SERVICES[service].__module__.rpartition(".")[0]
    return {
        each.code: each.status
        for each in vars(import_module(f"{package}.errors")).values()
        if isinstance(each, type)
        and issubclass(each, ServiceError)
        and each.__module__ == f"{package}.errors"
        and each.status is not None
        and error_shape(service, each.code) is None
    }


def _kind(service: str, code: str, status: int | None) -> type[InjectedError]:
    if status is None and error_shape(service, code) is None:
        status = _observed(service).get(code) or common_errors(service).get(code, (None, ""))[0]
        if status is None and _is_status(service, code):
            status = int(code)
    if status is None and service == "s3":  # its model says which errors there are, and no more
        status = common_errors(service).get(code, (None, ""))[0]
    return type(code, (InjectedError,), {"code": code, "status": status})


def _members(service: str, code: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that the test sets by their names in the API."""
    shape = error_shape(service, code)
    if members and not isinstance(shape, StructureShape):
        raise UsageError(
            f"The model of {service} has no {code}, so its only member is the message."
        )
    known = {name: name for name in getattr(shape, "members", {})}
    known |= {snake(name): name for name in known}
    found = {}
    for name, value in members.items():
        if not isinstance(name, str):
            raise UsageError(f"The name of a member of an error is text, not {name!r}.")
        if name.lower() == "message":
            raise UsageError(
                "The message of an error is not set in members: pass message=… instead."
            )
        if name not in known:
            raise UsageError(
                f"{code} of {service} has no member {name!r}; it has: "
                + (", ".join(dict.fromkeys(known.values())) or "only a message")
                + nearest_to(name, known)
            )
        found[known[name]] = value
    return found


def _is_status(service: str, code: str) -> bool:
    """Return whether a code is the status of an answer of S3 without a body: that to a HEAD."""
    return service == "s3" and code.isdecimal() and 400 <= int(code) < 600


def _default_message(service: str, shape: object, code: str) -> str:
    """Return the model's text for an error, or else the common text, or else its name."""
    said = html.unescape(re.sub(r"<[^>]+>", "", getattr(shape, "documentation", ""))).strip()
    if said:
        return re.split(r"(?<=\.)\s", said, maxsplit=1)[0]
    if code in common_errors(service):
        return common_errors(service)[code][1]
    return _TEXTS.get(code, f"The request failed: {code}.")
